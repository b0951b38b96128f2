"""The dataset of a year: exact, whole, safe in its paths, and what the yearly notebook reads in place of the audits."""

from __future__ import annotations

import base64
import json
import pickle
import random
import shutil
import zlib
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest

from auditkit import pipeline, report, resources
from auditkit.model import Value
from auditkit.pipeline import Audit, across, audit
from auditkit.report import FileRow, FormRow, line_of
from auditkit.report.year import memo as word
from auditkit.report.year.dataset import OF_FORMS, TABLES
from auditkit.report.year.dataset_files import FACTS, HEAVY, Parts, load_year, rows_in
from auditkit.report.year.pdf import printed_year
from auditkit.report.year.views import Year, common_year
from auditkit.rulebooks.loader import load_rulebook
from auditkit.run import batch
from auditkit.run.manifest import Ledger
from auditkit.run.open import open_year
from auditkit.safety import Unreadable

BOOK = load_rulebook()
FILES = (FileRow("坏.docx", "error", 0, "已损坏", 0.0),)
DEPARTMENTS = ("../../etc/passwd", "a/b\\c:d", "year=1999", "", "x\x00y\u202e", "某市" * 200, "=1+1", "NUL", "%2e%2e")


@pytest.fixture(scope="module")
def audits() -> list[Audit]:
    return [one for path in sorted((resources.data() / "2021").glob("*.docx")) for one in audit(path)]


def rows(audits: list[Audit]) -> list[FormRow]:
    return [FormRow(one.source, f"{number:03d}_x", one) for number, one in enumerate(audits, 1)]


def store(folder: Path, audits: list[Audit], parquet: bool = True) -> Path:
    """A dataset of these audits, by the file that names it."""

    def write(name: str, data: bytes) -> None:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(data)

    parts = Parts(write, parquet)
    for row in rows(audits):
        parts.add(row)
    parts.close(FILES, 2021, BOOK, across(audits))
    return folder / FACTS


def pages(whole: Year) -> list[str]:
    return [getattr(report, name)(whole).html for name in vars(report) if name.startswith("year_")]


def renamed(one: Audit, **names: str) -> Audit:
    form = replace(one.form, **{name: Value(text) for name, text in names.items()})
    return replace(one, form=form)


@pytest.mark.parametrize("parquet", [True, False])
def test_a_year_read_from_its_dataset_says_what_its_audits_say(audits, tmp_path, parquet):
    whole = common_year(rows(audits), across(audits), FILES, 2021, BOOK)
    again = load_year(store(tmp_path, audits, parquet), BOOK)
    told = {name: [row[place] for row in rows_in(tmp_path, "forms")] for place, name in enumerate(TABLES["forms"])}
    assert sorted(told["file"]) == sorted(one.file for one in whole.forms)
    assert sorted(told["worst_message"]) == sorted(one.worst_message for one in whole.forms)
    assert {replace(one, **dict.fromkeys(HEAVY, "")) for one in again.forms} == {
        replace(one, **dict.fromkeys(HEAVY, "")) for one in whole.forms
    }
    assert (again.tally, again.across, again.files) == (whole.tally, whole.across, whole.files)
    assert len(whole.across) > 0
    assert pages(again) == pages(whole)


def test_figures_are_exact_and_duckdb_finds_year_and_department(audits, tmp_path):
    import duckdb

    store(tmp_path, audits)
    told = duckdb.sql(
        "select year, department, department_name, sum(verified), count(*) from "
        f"read_parquet('{tmp_path}/forms/**/*.parquet', hive_partitioning = true) group by all"
    ).fetchall()
    assert {one[0] for one in told} == {2021}
    assert sum(one[4] for one in told) == len(audits)
    exact = sum((one.scorecard.verified for one in audits), Decimal(0))
    assert abs(sum((one[3] for one in told), Decimal(0)) - exact) < Decimal("1e-10")
    assert {one[2] for one in told} == {one.form.department.one_line for one in audits}
    for name in OF_FORMS:
        (number,) = duckdb.sql(f"select count(*) from '{tmp_path}/{name}/**/*.parquet'").fetchone()
        assert number == len(list(rows_in(tmp_path, name))) > 0


def test_tables_hold_every_row_of_the_audits(audits, tmp_path):
    store(tmp_path, audits)
    found = [(one.source, f.rule, f.row, f.message) for one in audits for f in one.findings]
    assert sorted(rows_in(tmp_path, "findings", ["file", "rule", "row", "message"]), key=str) == sorted(found, key=str)
    items = [(one.source, item.row, item.name.one_line) for one in audits for item in one.form.indicators]
    assert sorted(rows_in(tmp_path, "indicators", ["file", "row", "name"])) == sorted(items)
    scores = [(one.source, row.label, row.why) for one in audits for row in one.scorecard.rows]
    assert sorted(rows_in(tmp_path, "scores", ["file", "label", "why"])) == sorted(scores)


def test_a_department_is_never_a_path(audits, tmp_path):
    hostile = [
        replace(renamed(audits[0], department=name), source=f"{number}.docx") for number, name in enumerate(DEPARTMENTS)
    ]
    inside = tmp_path / "dataset"
    store(inside, hostile)
    assert [path.name for path in tmp_path.iterdir()] == ["dataset"]
    folders = {path.parent.relative_to(inside).parts for path in inside.rglob("part-*")} - {("files",)}
    assert {(len(one), one[1]) for one in folders} == {(3, "year=2021")}
    names = {one[2].removeprefix("department=") for one in folders}
    assert len(names) == len(DEPARTMENTS)
    assert all(name.replace("_", "").isalnum() and len(name.encode()) <= 120 for name in names)
    told = {name for (name,) in rows_in(inside, "forms", ["department_name"])}
    assert {"../../etc/passwd", "", "year=1999", "某市" * 200} <= told
    assert not any("\u202e" in name or "\x00" in name for name in told)


def test_parts_written_twice_are_there_once(audits, tmp_path):
    store(tmp_path, audits)
    before = {path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()}
    store(tmp_path, audits)
    assert {path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()} == before


def test_a_folder_of_forms_is_never_taken_for_a_dataset(audits, tmp_path):
    store(tmp_path, audits)
    shutil.copy(next((resources.data() / "2021").glob("02_*.docx")), tmp_path / "甲.docx")
    whole = open_year(tmp_path, 2021)
    assert [one.file for one in whole.forms] == ["甲.docx"]


class Trap:
    """What creates a file when it is unpickled."""

    def __init__(self, path: Path):
        self.path = path

    def __reduce__(self):
        return Path.touch, (self.path,)


def test_what_is_no_dataset_is_refused_and_not_run(audits, tmp_path):
    marked, facts = tmp_path / "opened", tmp_path / FACTS
    facts.write_bytes(pickle.dumps(Trap(marked)))
    with pytest.raises(Unreadable, match="已损坏"):
        open_year(facts, 2021)
    assert not marked.exists()
    store(tmp_path, audits)
    next((tmp_path / "forms").rglob("part-*")).write_bytes(b"PAR1")
    with pytest.raises(Unreadable, match="已损坏"):
        open_year(facts, 2021)


def test_a_dataset_of_another_rulebook_is_refused(audits, tmp_path):
    facts = store(tmp_path, audits)
    with pytest.raises(Unreadable, match="规则手册"):
        open_year(facts, 2021, "transfer")


def test_a_run_removes_the_parts_that_a_former_run_left(tmp_path):
    folder, out = tmp_path / "in", tmp_path / "out"
    folder.mkdir()
    for number in (2, 8):
        shutil.copy(next((resources.data() / "2021").glob(f"{number:02d}_*.docx")), folder / f"{number}.docx")
    batch.run(folder, 2021, out, formats=())
    first = {path.name for path in (out / "dataset/forms").rglob("part-*")}
    (out / "dataset/forms/year=1999").mkdir()
    (out / "dataset/forms/year=1999/part-0123456789abcdef.parquet").write_bytes(b"of a run that was killed")
    (out / "dataset/forms/note.txt").write_text("not ours", "utf-8")
    (folder / "8.docx").unlink()
    batch.run(folder, 2021, out, formats=())
    second = {path.name for path in (out / "dataset/forms").rglob("part-*")}
    assert len(second) == 1
    assert len(first) >= 1
    assert [file for (file,) in rows_in(out / "dataset", "forms", ["file"])] == ["2.docx"]
    assert (out / "dataset/forms/note.txt").exists()
    assert not (out / "dataset/forms/year=1999").exists()
    assert json.loads((out / "dataset" / FACTS).read_text("utf-8"))["rulebook"]["digest"] == BOOK.digest


def test_forms_of_one_department_and_year_are_compared_and_it_is_said(audits):
    one = audits[0]
    twins = [renamed(one, department=name) for name in ("甲局", "甲局", "乙局")]
    together = {f.rule for o in across(twins) for f in o.findings}
    assert "SET005" in together
    apart = across(twins)
    (twice,) = [f for o in apart for f in o.findings if f.rule == "SET005"]
    assert "报了 2 张表" in twice.message
    assert all(outcome.skipped[0].reason == pipeline.GROUPED for outcome in apart)
    assert across(twins[:2])[0].skipped[:1] != apart[0].skipped[:1]
    (of_another_year,) = [renamed(one, department="甲局", fiscal_year="（2020年度）")]
    assert not [f for o in across([twins[0], of_another_year]) for f in o.findings if f.rule != "SET002"]
    for forms, said in ((twins, True), (twins[:2], False), ([*twins[:1], of_another_year], True)):
        page = report.year_across(common_year(rows(forms), across(forms), (), 2021, BOOK)).html
        assert (pipeline.GROUPED in page) is said


def unpacked(page: str) -> str:
    """All rows of an index, as its script shows them."""
    packed = page.partition('<template id="packed">')[2].partition("<")[0]
    return str(page) + (zlib.decompress(base64.b64decode(packed)).decode("utf-8") if packed else "")


def test_what_a_person_reads_of_very_many_forms_is_bounded_and_says_so(audits, tmp_path, monkeypatch):
    import docx

    whole = common_year(rows(audits), across(audits), FILES, 2021, BOOK)
    lines = tuple(replace(whole.forms[n % 8], file=f"{n}.docx", folder=f"{n}") for n in range(2_200))
    many = replace(whole, forms=lines)
    pages = report.index_pages(many.forms, many.files, (), 2021, BOOK)
    assert [unpacked(page).count("audit.html") for page in pages.values()] == [2_000, 200]
    unlinked = [replace(one, folder="") for one in many.forms]
    (page,) = report.index_pages(unlinked, many.files, (), 2021, BOOK).values()
    assert unpacked(page).count("<tr data-kinds") == 2_000
    assert "另有 200 张见 forms.csv" in page
    assert "<b>2200</b> 张自评表" in page
    assert printed_year(many).startswith(b"%PDF")
    assert many.facts_of(1_000)["more"]["ranking"] == 1_200
    monkeypatch.setattr(word, "MOST_FORMS", 5)
    (tmp_path / "memo.docx").write_bytes(word.year_memo(whole, audits, ()))
    memo = docx.Document(tmp_path / "memo.docx")
    assert [len(table.rows) for table in memo.tables if len(table.columns) == 8] == [6]
    assert any("另有 3 张未列出" in one.text for one in memo.paragraphs)


def test_no_page_of_the_index_is_larger_than_can_be_mailed_whatever_its_texts(audits):
    """Of random letters, which do not pack, each text as long as is shown of it."""
    letters = random.Random(5)

    def text(length):
        return "".join(map(chr, letters.choices(range(0x4E00, 0x9000), k=length)))

    line = line_of(FormRow("a", "b", audits[0]))
    names = ("project", "implementer", "file", "folder", "worst_message")
    many = [replace(line, **{name: text(80) for name in names}) for _ in range(3_000)]
    pages = report.index_pages(many, (), across(audits), 2021, BOOK)
    assert len(pages) > 2
    assert all(len(page.encode()) < 500_000 for page in pages.values())
    assert sum(unpacked(page).count("audit.html") for page in pages.values()) >= 3_000
    files = [replace(FILES[0], status="error", message=text(3_000)) for _ in range(200)]
    (page,) = report.index_pages(many[:8], files, (), 2021, BOOK).values()
    assert len(page.encode()) < 500_000
    assert "个文件见 status.csv" in page


def test_columns_of_forms_are_the_fields_of_a_line(audits):
    line = line_of(FormRow("a", "b", audits[0]))
    assert [*TABLES["forms"]] == list(type(line).__dataclass_fields__)
    assert {"text", "whole", "figure", "truth"} == set(TABLES["forms"].values())


def test_the_ledger_leaves_what_it_does_not_know(tmp_path):
    (tmp_path / "dataset").mkdir()
    for name in ("part-0123456789abcdef.parquet", "part-of-mine.parquet", "mine.csv"):
        (tmp_path / "dataset" / name).write_bytes(b"")
    Ledger(tmp_path).only("dataset")
    assert sorted(path.name for path in (tmp_path / "dataset").iterdir()) == ["mine.csv", "part-of-mine.parquet"]
