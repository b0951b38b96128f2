"""What was decided and signed shows in every report of the next run, and what was tampered with is named."""

from __future__ import annotations

import csv
import hashlib
import io
import json
import shutil
import sqlite3
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import docx
import openpyxl
import pytest
from databases import cluster, fresh, needs_postgresql
from pdftext import text
from typer.testing import CliRunner

from auditkit import resources
from auditkit.cli.app import app
from auditkit.decisions.manifests import manifest_digest
from auditkit.decisions.signoff import sign
from auditkit.decisions.standing import carry
from auditkit.decisions.store import Store, open_store
from auditkit.decisions.subject import Change, Field, Ruling
from auditkit.decisions.summarize import decided_in
from auditkit.model import Severity
from auditkit.pipeline import Audit, audit
from auditkit.report import decisions
from auditkit.rulebooks.loader import load_rulebook
from auditkit.run.decided import decided_of
from auditkit.run.manifest import Ledger
from auditkit.run.open import open_workbench

TIME = "2026-03-02T08:00:00.000000+00:00"
NOTE = "与附件3不符 <script>alert(1)</script> $x$ =1+1"
SEEDS = {"a.docx": "02_*.docx", "b.docx": "07_*.docx"}


def seed(name: str) -> Path:
    return next((resources.data() / "2021").glob(SEEDS[name]))


def command(*arguments: object) -> tuple[int, str]:
    done = CliRunner().invoke(app, [str(one) for one in arguments])
    assert done.exception is None or isinstance(done.exception, SystemExit), done.exception
    return done.exit_code, done.output


def run(base: Path, *more: str) -> None:
    code, output = command("run", base / "in", "--year", 2021, "--out", base / "out", "--jobs", 1, *more)
    assert code == 0, output


def project(base: Path, number: int = 1) -> Path:
    return next((base / "out" / "projects").glob(f"{number:03d}_*"))


def read(base: Path, name: str = "a.docx") -> Audit:
    return audit(base / "in" / name)[0]


def total(one: Audit, store: Store):
    """The finding on the form's total."""
    found = (c for c in carry(one, store) if c.finding)
    return next(c for c in found if any(value.at == one.form.total_score.at for value in c.finding.evidence))


def texts(path: Path) -> str:
    """All that a reader sees of a file."""
    data = path.read_bytes()
    match path.suffix:
        case ".docx":
            document = docx.Document(io.BytesIO(data))
            cells = (cell.text for table in document.tables for row in table.rows for cell in row.cells)
            return "\n".join((*(paragraph.text for paragraph in document.paragraphs), *cells))
        case ".xlsx":
            book = openpyxl.load_workbook(io.BytesIO(data))
            return "\n".join(str(cell.value or "") for sheet in book for row in sheet for cell in row)
        case ".pdf":
            return text(data)
    return data.decode("utf-8")


def restate_total(source: Path, target: Path, stated: str) -> None:
    """The same form with another total."""
    form = docx.Document(str(source))
    (cell,) = {
        id(cell._tc): cell
        for table in form.tables
        for row in table.rows
        for cell in row.cells
        if cell.text.strip() == stated.strip()
    }.values()
    cell.paragraphs[0].runs[0].text = "96.5"
    for rest in cell.paragraphs[0].runs[1:]:
        rest.text = ""
    form.save(str(target))


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two forms, audited; nobody has decided anything."""
    base = tmp_path_factory.mktemp("shown")
    (base / "in").mkdir()
    for name in SEEDS:
        shutil.copy(seed(name), base / "in" / name)
    run(base)
    return base


@pytest.fixture(scope="module")
def decided(base: Path) -> tuple[Path, dict[Path, int]]:
    """Form 2 decided, disputed and signed, and the run repeated; with the times of the files before that."""
    assert "还没有人对审核发现作出决定" in texts(project(base) / "audit.html")
    before = {path: path.stat().st_mtime_ns for path in (base / "out").rglob("*") if path.is_file()}
    store, one = open_store(base / "out" / "review.sqlite"), read(base)
    errors = [c.subject for c in carry(one, store) if c.finding and c.finding.severity is Severity.ERROR]
    store.record([Change(subject, Field.RULING, "", "accepted") for subject in errors], "张三")
    store.record([Change(total(one, store).subject, Field.NOTE, "", NOTE)], "李四")
    sign(one, store, "编制", "张三")
    run(base)
    return base, before


def test_a_decision_shows_in_every_report(decided):
    base, _ = decided
    own = ("audit.html", "audit.ipynb", "audit.pdf", "memo.docx", "review.xlsx")
    paths = [project(base) / name for name in own]
    paths += [base / "out" / name for name in ("year_report.html", "year_report.ipynb", "year_report.pdf")]
    paths += [base / "out" / name for name in ("memo.docx", "review.xlsx")]
    head = open_store(base / "out" / "review.sqlite").head()
    for path in paths:
        read = texts(path)
        for words in ("认可", "张三", "李四", "与附件3不符", "编制", str(head)):
            assert words in read, (path, words)
        assert "<script>alert" not in read or path.suffix in (".docx", ".xlsx", ".pdf"), path
        assert str(base) not in read
    assert "有效" in texts(project(base) / "audit.html")
    assert f"决定链：第 {head.sequence} 条，头 {head}" in texts(project(base) / "audit.html")
    assert "review = 'decisions.json'" in json.loads(texts(project(base) / "audit.ipynb"))["cells"][2]["source"]
    assert "<input" not in texts(project(base) / "audit.html")
    assert "<button" not in texts(project(base) / "audit.html")


def test_the_first_page_the_summary_and_the_table_say_how_much_is_decided_and_signed(decided):
    base, _ = decided
    store, one = open_store(base / "out" / "review.sqlite"), read(base)
    count = sum(c.settled for c in carry(one, store) if c.finding)
    page, told = texts(base / "out" / "index.html"), texts(base / "out" / "summary.txt")
    assert f"{count}/{len(one.findings)}<br>编制 张三" in page
    assert "<br>未签署" in page
    assert f"已决定 {count} 条" in told
    assert str(store.head()) in told
    first, second = csv.DictReader(io.StringIO(texts(base / "out" / "forms.csv").lstrip("\ufeff")))
    assert (first["decided"], first["undecided"]) == (str(count), str(len(one.findings) - count))
    assert first["signed"] == "编制 张三"
    assert (second["decided"], second["signed"]) == ("0", "")


def test_decisions_across_forms_show_in_the_years_reports(copy: Path):
    restate_total(copy / "in" / "a.docx", copy / "in" / "c.docx", read(copy).form.total_score.text)
    run(copy)
    table = open_workbench(copy / "out")
    shared = next(one for one in table.listed if not one.number)
    seen = next(c for c in table.across(shared) if c.finding.rule == "SET005")
    table.record(seen, Field.RULING, Ruling.ACCEPTED.value, "赵六")
    table.record(seen, Field.NOTE, "确为重复报送", "赵六")
    run(copy)
    for name in ("year_report.html", "year_report.pdf", "memo.docx"):
        assert "确为重复报送" in texts(copy / "out" / name), name
    assert "认可<br>赵六" in texts(copy / "out" / "index.html")
    (copy / "in" / "c.docx").rename(copy / "in" / "d.docx")
    run(copy)
    assert "依据其他数据作出：赵六" in texts(copy / "out" / "year_report.html")
    assert verified(copy)[0] == 0


@pytest.mark.parametrize("formats", ["", "html"])
def test_a_run_beyond_one_machine_shows_the_same(copy: Path, formats: str):
    out = copy / "far"
    more = ("--format", formats) if formats else ()
    address = copy / "out" / "review.sqlite"
    code, output = command(
        "run", copy / "in", "--year", 2021, "--out", out, "--jobs", 1, "--scheduler", "local", "--store", address, *more
    )
    assert code == 0, output
    for name in ("decisions.json", "summary.txt", "forms.csv"):
        here = texts(copy / "out" / name)
        assert "张三" in here or name == "summary.txt"
        told = texts(out / name)
        assert told.count("张三") == here.count("张三"), name
        assert str(open_store(address).head()) in told or name == "forms.csv"
    assert "与附件3不符" in texts(out / "year_report.html")
    assert "编制 张三" in texts(out / "index.html")
    if formats:
        folder = next((out / "projects").glob("001_*"))
        assert "与附件3不符" in texts(folder / "audit.html")
        assert "与附件3不符" in texts(folder / "decisions.json")


def test_a_decision_remakes_the_report_of_its_project_and_the_years(decided):
    base, before = decided
    same = {path for path, time in before.items() if path.stat().st_mtime_ns == time}
    assert project(base) / "audit.html" not in same
    assert base / "out" / "year_report.html" not in same
    assert project(base, 2) / "audit.html" in same
    assert not (project(base, 2) / "decisions.json").exists()
    now = {path: path.stat().st_mtime_ns for path in (base / "out").rglob("*.html")}
    run(base)
    assert now == {path: path.stat().st_mtime_ns for path in (base / "out").rglob("*.html")}


def test_a_paper_of_decided_findings_changes_nothing_when_it_comes_back(decided, tmp_path: Path):
    base, _ = decided
    head = open_store(base / "out" / "review.sqlite").head()
    for paper in (project(base) / "review.xlsx", base / "out" / "review.xlsx"):
        assert command("import-review", paper, "--run", base / "out", "--who", "王五")[0] == 0
    assert open_store(base / "out" / "review.sqlite").head() == head


@pytest.fixture
def copy(decided, tmp_path: Path) -> Path:
    """The same to be tampered with."""
    shutil.copytree(decided[0], tmp_path / "copy")
    return tmp_path / "copy"


def verified(base: Path) -> tuple[int, str]:
    return command("verify", base / "out", "--forms", base / "in")


def tampered(base: Path, statement: str) -> None:
    """The store changed by somebody who takes the second line down and puts it up again."""
    with closing(sqlite3.connect(base / "out" / "review.sqlite")) as connection:
        triggers = list(connection.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'"))
        for name, _ in triggers:
            connection.execute(f"DROP TRIGGER {name}")
        for each in (*statement.split(";"), *(sql for _, sql in triggers)):
            connection.execute(each)
        connection.commit()


@pytest.mark.parametrize(
    ("statement", "named"),
    [
        ("UPDATE entries SET after = 'rejected' WHERE sequence = 1", "第 1 条被改动"),
        ("DELETE FROM entries WHERE sequence = 2", "第 2 条被删除"),
        (
            "UPDATE entries SET sequence = 99 WHERE sequence = 1; UPDATE entries SET sequence = 1 WHERE sequence = 2;"
            "UPDATE entries SET sequence = 2 WHERE sequence = 99",
            "第 1 条被调换：它原是第 2 条",
        ),
        ("UPDATE entries SET at = '2020-01-01T00:00:00.000000+00:00' WHERE sequence = 3", "第 3 条时间倒填"),
    ],
)
def test_a_store_that_was_tampered_with_is_named_and_said_in_the_reports(copy: Path, statement: str, named: str):
    assert verified(copy)[0] == 0
    tampered(copy, statement)
    code, output = verified(copy)
    assert code == 1
    assert f"▲ {named}" in output


def test_a_cut_tail_is_found_by_what_was_printed_even_where_the_anchor_file_was_cut_too(copy: Path):
    last = open_store(copy / "out" / "review.sqlite").head().sequence
    tampered(copy, f"DELETE FROM entries WHERE sequence = {last}")
    heads = copy / "out" / "review.sqlite.heads"
    heads.write_text("".join(heads.read_text().splitlines(keepends=True)[:-1]))
    for source in (copy / "out", copy / "out" / "review.sqlite"):
        code, output = command("verify", source)
        assert code == 1
        for whose in ("manifest.json", f"projects/{project(copy).name}/decisions.json"):
            assert f"末尾被截去：{whose}记到第 {last} 条，库中只到第 {last - 1} 条" in output

    told = decided_of(copy / "out")  # what the next run prints, and shorter heads do not forget the old one
    assert any(fault.startswith("末尾被截去：manifest.json") for fault in told.faults)
    assert "核对决定链发现" in decisions(told.review(read(copy))).html
    heads = Ledger(copy / "out").earlier.chain
    Ledger(copy / "out").close({}, 2021, load_rulebook(), told.anchor)
    assert Ledger(copy / "out").earlier.chain == (*heads, told.anchor)


def test_a_store_that_is_gone_is_missed(copy: Path):
    head = open_store(copy / "out" / "review.sqlite").head()
    (copy / "out" / "review.sqlite").unlink()
    told = decided_of(copy / "out")
    assert f"上次的报告印有决定链第 {head.sequence} 条" in told.faults[0]
    assert "不见了" in decisions(told.review(read(copy))).html
    Ledger(copy / "out").close({}, 2021, load_rulebook(), told.anchor)
    assert Ledger(copy / "out").earlier.chain == (str(head),)  # what was printed stays in the manifest


def test_a_store_that_cannot_be_read_stops_the_run_and_leaves_the_reports(copy: Path):
    page = texts(project(copy) / "audit.html")
    (copy / "out" / "review.sqlite").write_bytes(b"\xff" * 8192)
    done = CliRunner().invoke(app, ["run", str(copy / "in"), "--year", "2021", "--out", str(copy / "out")])
    assert "损坏" in str(done.exception)
    assert "未保存" not in str(done.exception)
    assert texts(project(copy) / "audit.html") == page


def test_changed_reports_and_forms_are_named(copy: Path):
    (project(copy) / "audit.html").write_text("另一份", "utf-8")
    (project(copy) / "memo.docx").unlink()
    with (copy / "in" / "b.docx").open("ab") as file:
        file.write(b"x")
    code, output = verified(copy)
    assert code == 1
    folder = f"projects/{project(copy).name}"
    assert f"报告文件 {folder}/audit.html 被改动" in output
    assert f"报告文件 {folder}/memo.docx 被删除" in output
    assert "自评表文件 b.docx 被改动" in output


def test_a_report_rewritten_together_with_its_manifest_is_found_by_what_the_run_left_elsewhere(copy: Path):
    code, output = verified(copy)
    assert code == 0
    assert "本机没有这次运行的记录" in output, "a folder that was copied is known to nobody"
    run(copy)
    code, output = verified(copy)
    assert (code, "本机没有" in output) == (0, False)
    was = manifest_digest(copy / "out")
    page, listed = project(copy) / "audit.html", copy / "out" / "manifest.json"
    former = hashlib.sha256(page.read_bytes()).hexdigest()
    page.write_text("另一份", "utf-8")
    listed.write_text(listed.read_text("utf-8").replace(former, hashlib.sha256(page.read_bytes()).hexdigest()), "utf-8")
    code, output = verified(copy)
    assert code == 1
    assert "manifest.json 与本机上次运行所记的摘要不符" in output
    elsewhere = copy.rename(copy.with_name("elsewhere"))
    assert verified(elsewhere)[0] == 0
    code, output = command("verify", elsewhere / "out", "--manifest", was)
    assert code == 1
    assert "manifest.json 与所给的摘要不符" in output


def test_a_decision_on_the_total_is_carried_over_an_equal_run_and_not_to_a_changed_total(copy: Path):
    (project(copy) / "audit.html").unlink()
    run(copy)
    page = texts(project(copy) / "audit.html")
    assert "SCO001" in page[page.index("对审核发现的决定") :]
    assert "依据其他数据作出" not in page

    stated = read(copy).form.total_score
    restate_total(copy / "in" / "a.docx", copy / "in" / "a.docx", stated.text)
    assert read(copy).form.total_score.text == "96.5"

    run(copy)
    for path in (
        *(project(copy) / name for name in ("audit.html", "audit.pdf", "memo.docx", "review.xlsx")),
        *(copy / "out" / name for name in ("year_report.html", "year_report.pdf", "memo.docx", "review.xlsx")),
    ):
        assert "依据其他数据作出" in texts(path), path
        assert "已失效" in texts(path), path
    page = texts(project(copy) / "audit.html")
    assert "原决定依据的数据已变" in page
    assert f"表内 total_score：签署时“{stated.text}”，现为“96.5”" in page
    sheet = openpyxl.load_workbook(project(copy) / "review.xlsx")["审核发现"]
    heads = {str(cell.value).replace("\n", ""): cell.column for cell in sheet[3]}
    row = next(row for row in range(4, sheet.max_row) if sheet.cell(row, heads["规则"]).value == "SCO001")
    assert sheet.cell(row, heads["处理决定（填写）"]).value is None
    assert verified(copy)[0] == 0


@needs_postgresql
def test_a_shared_database_says_the_same(base: Path, tmp_path: Path):
    one, said = read(base), []
    with cluster() as server:
        for number, address in enumerate((str(tmp_path / "review.sqlite"), fresh(server))):
            store = replace(open_store(address, anchor_file=tmp_path / f"{number}.heads"), clock=lambda: TIME)
            subject = total(one, store).subject
            store.record([Change(subject, Field.RULING, "", "accepted"), Change(subject, Field.NOTE, "", NOTE)], "张三")
            store.record([Change(subject, Field.RULING, "", "rejected")], "李四", dissent=True)
            said.append(decided_in(store).review(one))
    assert said[0] == said[1]
    assert said[0].decisions[0].status == "意见不一"
    assert not said[0].faults
