"""What the workbench opens: a folder or a run, its forms read elsewhere and only when they are wanted."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from auditkit import resources
from auditkit.decisions.errors import StoreFault
from auditkit.decisions.subject import Field, Ruling
from auditkit.notebook import lab
from auditkit.notebook.lab import FOLDER, FORMS, STORE
from auditkit.run import open as bench
from auditkit.run.batch import run
from auditkit.run.open import open_workbench
from auditkit.run.progress import notebook_progress
from auditkit.safety import Unreadable

FORM = next((resources.data() / "2021").glob("02_*"))


@pytest.fixture
def forms(tmp_path: Path) -> Path:
    folder = tmp_path / "forms"
    folder.mkdir()
    shutil.copy(FORM, folder)
    return folder


@pytest.fixture(scope="module")
def ran(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """The output of a run, and its forms."""
    forms, out = tmp_path_factory.mktemp("forms"), tmp_path_factory.mktemp("out")
    shutil.copy(FORM, forms)
    run(forms, 2021, out, jobs=1, formats=())
    return out, forms


@pytest.fixture
def no_child(monkeypatch: pytest.MonkeyPatch):
    def refuse(self):
        raise AssertionError("a form was read")

    monkeypatch.setattr("auditkit.sandbox.process.SandboxProcess._started", refuse)


def test_a_folder_is_read_once_and_what_cannot_be_read_is_told(forms: Path, request: pytest.FixtureRequest):
    (forms / "坏.docx").write_bytes(b"PK\3\4")
    table = open_workbench(forms)
    assert [one.name for one in table.listed] == ["法治政府建设经费"]
    assert table.failures[0].startswith("坏.docx：")
    (forms / "坏.docx").unlink()
    request.getfixturevalue("no_child")
    assert open_workbench(forms).listed == table.listed


def test_who_waits_for_a_big_folder_is_told_how_far_it_is(monkeypatch: pytest.MonkeyPatch):
    said, times = [], iter([0.0, 0.4, 1.2, 1.3, 2.0, 2.1])

    class Handle:
        def update(self, line, raw):
            said.append(line["text/plain"])

    monkeypatch.setattr("IPython.display.display", lambda line, **_: said.append(line["text/plain"]) or Handle())
    tell = notebook_progress(lambda: next(times))
    for done in range(4):
        tell(f"{done}.docx", done, 4)
    tell("", 4, 4)
    assert said == ["正在读取 2/4：1.docx", "正在读取 4/4：3.docx", "已读取 4 个文件"]


def test_only_a_person_is_told(forms: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
    told = []
    monkeypatch.setattr(bench, "notebook_progress", lambda: lambda *step: told.append(step))
    open_workbench(forms)
    assert not told
    monkeypatch.setenv("JPY_SESSION_NAME", "review.ipynb")
    open_workbench(forms, str(tmp_path / "s.sqlite"))
    assert told == [(FORM.name, 0, 1), ("", 1, 1)]


def test_forms_are_never_read_in_this_process(forms: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
    monkeypatch.setenv("AUDITKIT_CACHE", str(tmp_path / "cache"))
    monkeypatch.setattr("auditkit.pipeline.read", lambda *_: pytest.fail("read here"))
    assert len(open_workbench(forms).listed) == 1


def test_a_run_is_listed_without_its_forms_and_fetched_by_what_it_kept(
    ran: tuple[Path, Path], tmp_path: Path, no_child: None, monkeypatch: pytest.MonkeyPatch
):
    out, _ = ran
    table = open_workbench(out, str(tmp_path / "s.sqlite"))
    (one,) = table.listed
    audit = table.load(one)
    assert audit.source == one.file == FORM.name
    assert [c.subject for c in table.findings(audit)] == [q.subject for q in one.questions]
    table.record(table.findings(audit)[0], Field.RULING, Ruling.ACCEPTED.value, "张三")
    assert table.projects()[0].decided == 1
    monkeypatch.setenv("AUDITKIT_CACHE", str(tmp_path / "empty"))
    with pytest.raises(Unreadable, match="重新运行"):
        open_workbench(out).load(one)


def test_what_a_run_kept_no_longer_comes_from_the_same_bytes_only(
    ran: tuple[Path, Path], forms: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    out, _ = ran
    monkeypatch.setenv("AUDITKIT_CACHE", str(tmp_path / "empty"))
    monkeypatch.setenv(FORMS, str(forms))
    table = open_workbench(out)
    assert table.load(table.listed[0]).form.project.text == "法治政府建设经费"
    monkeypatch.setenv("AUDITKIT_CACHE", str(tmp_path / "other"))
    shutil.copy(next((resources.data() / "2021").glob("01_*")), forms / FORM.name)
    with pytest.raises(Unreadable, match="不是审核时的那一份"):
        open_workbench(out).load(table.listed[0])


def test_only_who_can_decide_leaves_a_store_behind(forms: Path, monkeypatch: pytest.MonkeyPatch):
    place = forms / ".auditkit" / "review.sqlite"
    table = open_workbench(forms)
    assert not table.projects()[0].decided
    with pytest.raises(StoreFault, match="只读"):
        table.record(table.findings(table.load(table.listed[0]))[0], Field.RULING, Ruling.ACCEPTED.value, "张三")
    assert not place.exists()
    monkeypatch.setenv("JPY_SESSION_NAME", "review.ipynb")
    assert open_workbench(forms).store.name == str(place)
    assert place.exists()
    monkeypatch.delenv("JPY_SESSION_NAME")
    assert open_workbench(forms).store.name == str(place), "what was decided is shown"


def test_the_programs_own_forms_stay_clean():
    assert not bench.default_store(resources.data() / "2021").is_relative_to(resources.data())


def test_lab_tells_the_notebook_what_to_open_and_overwrites_nothing(tmp_path: Path, forms: Path):
    told = lab.environment(forms, "d.sqlite", tmp_path)
    assert (told[FOLDER], told[FORMS]) == (str(forms), str(tmp_path))
    assert Path(told[STORE]).is_absolute()
    mine = tmp_path / "work" / "notebooks" / "project_audit.ipynb"
    mine.parent.mkdir(parents=True)
    mine.write_text("mine", "utf-8")
    lab.workspace(tmp_path / "work")
    assert mine.read_text("utf-8") == "mine"
    assert (mine.parent / "review.ipynb").is_file()
    assert (tmp_path / "work" / "data" / "2021" / FORM.name).is_file()


def test_what_a_person_wrote_goes_before_what_lab_was_told(forms: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv(FOLDER, str(forms))
    assert bench.EXAMPLE in (resources.notebooks() / "review.ipynb").read_text("utf-8")
    assert len(open_workbench(bench.EXAMPLE).listed) == 1
    with pytest.raises(Unreadable, match="没有这个文件"):
        open_workbench(forms / "别处")
