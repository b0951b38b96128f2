"""Which files a run writes, and the command that takes a working paper back."""

import json
from dataclasses import replace

import openpyxl
import pytest

from auditkit import resources
from auditkit.cli import app as cli
from auditkit.decisions.store import open_store
from auditkit.decisions.worklist import tasks
from auditkit.dependencies import DEPENDENCIES
from auditkit.pipeline import audit
from auditkit.report import formats
from auditkit.report.formats import FORMATS, choose, make_files
from auditkit.report.office.working_paper import review_workbook
from auditkit.run import batch
from auditkit.safety import Unreadable


@pytest.fixture(scope="module")
def one():
    return audit(next((resources.data() / "2021").glob("08_*.docx")))[0]


def test_formats_are_chosen_by_name_and_by_what_is_installed(monkeypatch):
    assert choose()[0] == ("html", *FORMATS)
    assert choose("docx, html,docx") == (("docx", "html"), ())
    with pytest.raises(Unreadable, match="没有这种格式：exe"):
        choose("html,exe")
    monkeypatch.setitem(
        formats.FORMATS,
        "docx",
        replace(FORMATS["docx"], package=replace(DEPENDENCIES["python-docx"], module="no_such_package")),
    )
    chosen, absent = choose()
    assert "docx" not in chosen
    assert len(absent) == 1
    assert 'pip install "auditkit[word]"' in absent[0]
    with pytest.raises(Unreadable, match=r"auditkit\[word\]"):
        choose("docx")


def test_a_format_that_fails_costs_only_itself(monkeypatch, one):
    monkeypatch.setitem(
        formats.FORMATS, "docx", replace(FORMATS["docx"], function="auditkit.report.office.memo:absent")
    )
    files, failure = make_files(one, ("html", "docx", "xlsx"))
    assert list(files) == ["review.xlsx"]
    assert failure.startswith("memo.docx 未能生成")


def test_a_run_writes_what_was_asked_for(tmp_path):
    folder = tmp_path / "in"
    folder.mkdir()
    path = next((resources.data() / "2021").glob("08_*.docx"))
    (folder / "a.docx").write_bytes(path.read_bytes())
    batch.run(folder, 2021, tmp_path / "a", formats=("html",))
    assert not list((tmp_path / "a").glob("*.docx")) + list((tmp_path / "a").glob("*.xlsx"))
    batch.run(folder, 2021, tmp_path / "b", formats=("docx", "xlsx"))
    assert (tmp_path / "b" / "memo.docx").is_file()
    assert (tmp_path / "b" / "review.xlsx").is_file()


def left_by_a_run(folder, one):
    """A project's folder as a run leaves it, with a paper in which one decision was filled in."""
    project = folder / "projects" / "001"
    project.mkdir(parents=True)
    (project / "review.json").write_text(json.dumps([task.as_json() for task in tasks(one)]), "ascii")
    (project / "review.xlsx").write_bytes(review_workbook([one]))
    book = openpyxl.load_workbook(project / "review.xlsx")
    book["审核发现"]["J4"] = "存疑"
    book.save(project / "review.xlsx")
    return project / "review.xlsx"


@pytest.mark.parametrize("told", [True, False])
def test_import_review_prints_the_changes(tmp_path, capsys, one, told):
    paper = left_by_a_run(tmp_path, one)
    with pytest.raises(SystemExit) as end:
        cli.main(["import-review", str(paper), "--json", *(["--run", str(tmp_path)] if told else [])])
    assert end.value.code == 0
    (change,) = json.loads(capsys.readouterr().out)["changes"]
    assert (change["field"], change["before"], change["after"]) == ("ruling", "", "doubted")


def test_import_review_records_in_the_store_of_the_run_and_a_second_time_nothing(tmp_path, capsys, one):
    paper = left_by_a_run(tmp_path, one)
    for _ in range(2):
        with pytest.raises(SystemExit) as end:
            cli.main(["import-review", str(paper), "--who", "张审核"])
        assert end.value.code == 0
    (entry,) = open_store(tmp_path / "review.sqlite", create=False).entries()
    assert (entry.who, entry.after) == ("张审核", "doubted")
    assert "共 1 条" in capsys.readouterr().out


def test_import_review_on_a_hub_takes_no_other_name_than_the_accounts(tmp_path, capsys, one, monkeypatch):
    paper = left_by_a_run(tmp_path, one)
    monkeypatch.setenv("JUPYTERHUB_USER", "张三")
    for options, status in ((["--who", "李四"], 2), ([], 0)):
        with pytest.raises(SystemExit) as end:
            cli.main(["import-review", str(paper), *options])
        assert end.value.code == status
    assert "“张三”" in capsys.readouterr().err
    assert [entry.who for entry in open_store(tmp_path / "review.sqlite", create=False).entries()] == ["张三"]


def test_import_review_refuses_with_reasons(tmp_path, capsys, one):
    paper = left_by_a_run(tmp_path, one)
    book = openpyxl.load_workbook(paper)
    book["审核发现"]["J5"] = "同意"
    book.save(paper)
    with pytest.raises(SystemExit) as end:
        cli.main(["import-review", str(paper)])
    assert end.value.code == 2
    assert "审核发现!J5" in capsys.readouterr().err
    with pytest.raises(SystemExit) as end:
        cli.main(["import-review", str(paper), "--run", str(tmp_path / "elsewhere")])
    assert end.value.code == 2
    assert "--run" in capsys.readouterr().err
