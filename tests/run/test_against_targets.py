"""A run that holds approved target forms lays them beside the self-evaluations, whoever works for it."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path

import pytest
from formats import as_docx, drawn
from planted_targets import PROJECTS, TARGETS, evaluation

from auditkit import resources
from auditkit.cli.app import main
from auditkit.run import outputs
from auditkit.run.batch import run

PAIRS = resources.data() / "targets"


@pytest.fixture
def _no_notebook(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(outputs, "write_year", lambda *_: "")


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("out")
    run(PAIRS, 2024, out, jobs=2, formats=())
    return out


def across(out: Path) -> dict[str, list[dict]]:
    return json.loads((out / "across.json").read_text("utf-8"))


def test_what_was_changed_stands_among_the_findings_with_the_cells_of_both_papers(made):
    found = [one for one in across(made)["findings"] if one["rule"].startswith("TGT")]
    assert [one["rule"] for one in found] == [*["TGT001"] * 3, "TGT003", "TGT004", "TGT006", "TGT007"]
    for one in found:
        places = " ".join(proof["at"] for proof in one["evidence"])
        assert "自评/城区路灯改造_自评表.docx" in places
        assert "批复/城区路灯改造_绩效目标申报表.docx" in places
    rows = csv.DictReader(io.StringIO((made / "findings.csv").read_text("utf-8-sig")))
    assert [row["rule"] for row in rows if row["rule"].startswith("TGT")] == [one["rule"] for one in found]
    page = (made / "index.html").read_text("utf-8")
    assert "≥300盏" in page
    assert "路灯改造数量" in page


def test_a_paper_without_a_partner_is_named_and_target_forms_are_no_forms(made):
    reasons = [one["reason"] for one in across(made)["skipped"] if one["rule"] == "TGT001"]
    assert len(reasons) == 1
    assert "公厕提升改造" in reasons[0]
    assert "批复/公厕提升改造_绩效目标批复表.docx" in reasons[0]
    assert reasons[0] in (made / "index.html").read_text("utf-8")
    status = {r["file"]: r for r in csv.DictReader(io.StringIO((made / "status.csv").read_text("utf-8-sig")))}
    assert {(r["status"], r["forms"]) for name, r in status.items() if name.startswith("批复")} == {("ok", "0")}
    assert (made / "sheets.csv").read_text("utf-8-sig").count(",target,") == 3


def test_audit_of_the_same_files_finds_the_same(made, capsys):
    with pytest.raises(SystemExit):
        main(["audit", "--json", *map(str, sorted(PAIRS.rglob("*.docx")))])
    told = json.loads(capsys.readouterr().out)["across"]
    wanted = across(made)
    assert sorted(one["message"] for one in told["findings"]) == sorted(one["message"] for one in wanted["findings"])


@pytest.mark.usefixtures("_no_notebook")
def test_a_folder_without_target_forms_says_nothing_of_them(tmp_path):
    run(PAIRS / "自评", 2024, tmp_path / "out", jobs=1, formats=())
    told = across(tmp_path / "out")
    assert not any(one["rule"].startswith("TGT") for one in (*told["findings"], *told["skipped"]))


@pytest.mark.usefixtures("_no_notebook")
def test_a_cluster_finds_the_same(made, tmp_path):
    from distributed import LocalCluster

    with LocalCluster(n_workers=1, threads_per_worker=1, dashboard_address=None, silence_logs=50) as cluster:
        run(PAIRS, 2024, tmp_path / "out", formats=(), scheduler=cluster.scheduler_address)
    assert across(tmp_path / "out") == across(made)


@pytest.mark.usefixtures("_no_notebook")
def test_papers_of_one_file_meet_and_the_same_target_form_twice_is_one(tmp_path):
    (one, *_), folder = PROJECTS, tmp_path / "forms"
    folder.mkdir()
    target = TARGETS["points"](one)
    (folder / "合.docx").write_bytes(as_docx(drawn(f"{target}\n---\n{evaluation(one)}")))
    (folder / "另.docx").write_bytes(as_docx(drawn(target)))
    run(folder, 2024, tmp_path / "out", jobs=1, formats=())
    told = across(tmp_path / "out")
    assert not any(row["rule"].startswith("TGT") for row in (*told["findings"], *told["skipped"]))


@pytest.mark.usefixtures("_no_notebook")
def test_two_candidates_are_told_and_not_compared(tmp_path):
    (one, other, *_), folder = PROJECTS, tmp_path / "forms"
    folder.mkdir()
    for name, text in {
        "a": TARGETS["terms"](one),
        "b": TARGETS["terms"](one).replace("≥300盏", "≥310盏"),
        "c": evaluation(one),
        "d": evaluation(other),
    }.items():
        (folder / f"{name}.docx").write_bytes(as_docx(drawn(text)))
    run(folder, 2024, tmp_path / "out", jobs=1, formats=())
    told = across(tmp_path / "out")
    assert not any(row["rule"].startswith("TGT") for row in told["findings"])
    both, alone = (row["reason"] for row in told["skipped"] if row["rule"] == "TGT001")
    assert all(name in both for name in ("a.docx", "b.docx", "c.docx"))
    assert "d.docx" in alone


@pytest.mark.usefixtures("_no_notebook")
def test_both_papers_stand_side_by_side_on_a_page_of_the_project(tmp_path):
    folder = tmp_path / "forms"
    folder.mkdir()
    for path in PAIRS.rglob("城区路灯改造*.docx"):
        (folder / path.name).write_bytes(path.read_bytes())
    out = tmp_path / "out"
    run(folder, 2024, out, jobs=1, formats=("html",))
    (page,) = out.glob("projects/*/targets.html")
    assert "≥280盏" in page.read_text("utf-8")
    index = (out / "index.html").read_text("utf-8")
    assert index.count(f'<a href="projects/{page.parent.name}/targets.html">对照批复</a>') == 1
    assert "没有对照的表" not in index
    assert (
        f"projects/{page.parent.name}/targets.html" in json.loads((out / "manifest.json").read_text("utf-8"))["outputs"]
    )
    (folder / "城区路灯改造_绩效目标申报表.docx").unlink()
    run(folder, 2024, out, jobs=1, formats=("html",), most_missing=1)
    assert not page.exists()
