"""A run over some 500 hostile files and two good ones: every file is told about, none does harm, the good are audited."""

from __future__ import annotations

import csv
import json
import os
import re
import socket
import subprocess
import sys
import tempfile
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest
from hostile import GOOD, Case, make
from lxml import html
from webpage import allowed

from auditkit.notebook.project_report import ProjectReport, ReportTask
from auditkit.report.year.index import BOOKS
from auditkit.run import batch, results
from auditkit.run.inputs import InputFile, no_form, walk_folder
from auditkit.run.outputs import DATASET
from auditkit.run.reading import RunSettings
from auditkit.run.worker import WorkerPools
from auditkit.safety import escape_line
from auditkit.sandbox.process import SandboxProcess

ROOT = Path(__file__).parents[2]
PLAIN = {
    *[
        "html",
        "head",
        "meta",
        "title",
        "style",
        "body",
        "h1",
        "h2",
        "p",
        "table",
        "thead",
        "tbody",
        "tr",
        "th",
        "td",
        "a",
        "b",
        "br",
    ]
}
ACTING = ("Cc", "Cf", "Cs", "Co", "Zl", "Zp")


@dataclass(frozen=True)
class Ran:
    folder: Path
    out: Path
    cases: dict[str, Case]
    rows: dict[str, dict[str, str]]
    peaks: list[int]
    result: batch.RunResult


def lying(folder: Path) -> list[tuple[str, int, int]]:
    return sorted((str(path), path.lstat().st_size, path.lstat().st_mtime_ns) for path in folder.rglob("*"))


def table(path: Path) -> list[dict[str, str]]:
    csv.field_size_limit(10**8)
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


@pytest.fixture(scope="module")
def listener() -> Iterator[socket.socket]:
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.setblocking(False)
        yield server


@pytest.fixture(scope="module")
def corpus(tmp_path_factory: pytest.TempPathFactory, listener: socket.socket) -> tuple[Path, dict[str, Case]]:
    folder = tmp_path_factory.mktemp("hostile") / "报送"
    folder.mkdir()
    cases = make(folder, listener.getsockname()[1])
    for number, path in enumerate(GOOD):
        (folder / f"00-good-{number}.docx").write_bytes(path.read_bytes())
    return folder, cases


@pytest.fixture(scope="module")
def ran(corpus: tuple[Path, dict[str, Case]], tmp_path_factory: pytest.TempPathFactory) -> Ran:
    """One run over all; notebooks are executed for the good files only, for the sake of time."""
    folder, cases = corpus
    beside, scratch = tmp_path_factory.mktemp("beside"), tmp_path_factory.mktemp("scratch")
    before, peaks = lying(folder), []
    call, report = SandboxProcess.call, results.report_forms

    def measured(self: SandboxProcess, *arguments: object) -> object:
        try:
            return call(self, *arguments)
        finally:
            peaks.append(self.peak)

    def good_only(
        pools: WorkerPools, settings: RunSettings, tasks: Sequence[tuple[InputFile, ReportTask]]
    ) -> list[ProjectReport]:
        good = [task for task in tasks if task[1].row.file.startswith("00-good")]
        made = iter(report(pools, settings, good))
        return [next(made) if task in good else ProjectReport("{}", "<p>") for task in tasks]

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(SandboxProcess, "call", measured)
        patch.setattr(results, "report_forms", good_only)
        patch.setattr(tempfile, "tempdir", str(scratch))
        patch.chdir(beside)
        result = batch.run(folder, 2022, beside / "out")
    assert lying(folder) == before
    assert [path.name for path in beside.iterdir()] == ["out"]
    assert list(scratch.iterdir()) == []
    rows = table(beside / "out" / "status.csv")
    assert len({row["file"] for row in rows}) == len(rows)
    return Ran(folder, beside / "out", cases, {row["file"]: row for row in rows}, peaks, result)


def test_the_corpus_is_large(corpus):
    assert len(corpus[1]) >= 300


def test_every_file_has_one_row_with_its_reason(ran: Ran):
    assert len(ran.rows) == len(ran.cases) + len(GOOD) == len(list(walk_folder(ran.folder)))
    fates = {"away": ("error", "refused"), "skipped": ("skipped",)}
    for name, case in ran.cases.items():
        row = ran.rows[told(name)]
        assert case.fate == "form" or row["status"] in fates[case.fate], (name, row)
        assert row["message"] or row["status"] == "ok", name
        assert "请" in row["message"] or row["status"] not in ("error", "refused"), (name, row["message"])
        assert not re.search(r"Traceback|File \"|软件异常|读取进程异常", row["message"]), (name, row["message"])


def told(name: str) -> str:
    """The name as the status has it, where a cell that begins a formula is led by an apostrophe."""
    line = escape_line(name)
    return f"'{line}" if unicodedata.normalize("NFKC", line).lstrip()[:1] in ("=", "+", "-", "@") else line


def test_every_good_file_is_audited_and_reported(ran: Ran):
    rows = [ran.rows[f"00-good-{number}.docx"] for number in range(len(GOOD))]
    assert [row["status"] for row in rows] == ["ok", "warning"], [row["message"] for row in rows]
    good = [row for row in ran.result.forms if row.file.startswith("00-good")]
    assert len(good) == len(GOOD)
    for row in good:
        assert (ran.out / "projects" / row.folder / "audit.html").stat().st_size > 10_000


def test_time_and_memory_hold(ran: Ran):
    """One in a hundred may need all the processor time that a file has, however busy the machine is."""
    late = [name for name, row in ran.rows.items() if "读取占用处理器超过" in row["message"]]
    peaks = sorted(ran.peaks)
    assert len(late) <= len(ran.rows) // 100, late
    assert (peaks[-1] < 700 * 2**20, peaks[len(peaks) * 99 // 100] < 300 * 2**20) == (True, True)


def test_half_a_form_and_two_totals_are_doubted(ran: Ran):
    assert ran.rows["text-header-only.txt"]["status"] == "warning"
    assert "没有读到绩效指标" in ran.rows["text-header-only.txt"]["message"]
    assert "同 text-header-only.txt" in ran.rows["word-half.docx"]["message"]
    assert "又是一行总分" in ran.rows["text-two-totals.txt"]["message"]


def test_files_whose_names_look_alike_keep_a_row_each(ran: Ran):
    assert {"⟨0xFF⟩⟨0xFE⟩.docx", "⟨0xFE⟩⟨0xFF⟩.docx", "a␊b␉c.docx", "⟨U+202E⟩xcod.docx"} <= set(ran.rows)


OF_INDEX = {"ul", "li", "small", "i", "label", "input", "select", "option", "span", "script"}
ATTRIBUTES = {"style", "href", "lang", "charset", "content", "name", "http-equiv", "id", "class", "hidden", "type"}
ATTRIBUTES |= {"placeholder", "value", "role", "data-sort", "data-kinds"}


def test_all_that_is_left_is_inert(ran: Ran):
    for path in ran.out.rglob("*"):
        assert len(path.name.encode()) <= 120
        own = (
            re.sub(r"^(year=|department=|part-)", "", path.name)
            if path.is_relative_to(ran.out / DATASET)
            else path.name
        )
        assert all(char.isalnum() or char in "_." for char in own), path
    for name in ("status.csv", "forms.csv", "findings.csv"):
        for row in table(ran.out / name):
            for text in row.values():
                assert not unicodedata.normalize("NFKC", text).lstrip().startswith(("=", "+", "-", "@")), (name, text)
                assert acting(text) == set(), (name, text)
    page = (ran.out / "index.html").read_text("utf-8")
    assert acting(page) == set()
    (script,) = html.fromstring(page.encode()).iter("script")
    assert allowed(script.text, page)
    for element in html.fromstring(page.encode()).iter():
        assert element.tag in PLAIN | OF_INDEX
        assert set(element.attrib) <= ATTRIBUTES
        assert element.get("href", "rules.html") in BOOKS or re.fullmatch(
            r"(projects/\w+/audit|rules)\.html|#across|#files", element.get("href", "rules.html")
        )
    for words in (
        "../../x",
        "&lt;script&gt;alert(1)&lt;/script&gt;",
        "=cmd|",
        "⟨U+202E⟩cod.exe",
        "{{7*7}}{%x%}",
        "长" * 300,
    ):
        assert words in page, words


def acting(text: str) -> set[str]:
    return {char for char in text if unicodedata.category(char) in ACTING and char not in "\r\n\t"}


def test_the_command_tells_of_every_file_and_calls_nobody(corpus, listener: socket.socket, tmp_path: Path):
    folder, cases = corpus
    places = [tmp_path / name for name in ("home", "tmp", "cwd")]
    for place in places:
        place.mkdir()
    environment = {name: value for name, value in os.environ.items() if not name.startswith("AUDITKIT_")}
    environment |= {"HOME": str(places[0]), "TMPDIR": str(places[1]), "PYTHONPATH": str(ROOT)}
    command = [sys.executable, "-m", "auditkit", "audit", "--json", str(folder)]
    ran = subprocess.run(command, env=environment, cwd=places[2], capture_output=True, timeout=600)
    assert (ran.returncode, ran.stderr) == (3, b"")
    found = json.loads(ran.stdout, parse_constant=pytest.fail)
    read, failed = {one["source"] for one in found["audits"]}, [one["source"] for one in found["failures"]]
    assert len(failed) == len(set(failed))
    assert not read & set(failed)
    listed = [name for name in [*cases, "00-good-0.docx", "00-good-1.docx"] if not no_form(name)]
    assert {Path(one).name for one in (*read, *failed)} == set(listed)
    assert all("请" in one["error"] and "Traceback" not in one["error"] for one in found["failures"])
    assert [list(place.iterdir()) for place in places] == [[], [], []]
    with pytest.raises(BlockingIOError):
        listener.accept()


def test_the_terminal_is_told_nothing_that_acts(corpus, tmp_path: Path):
    folder, cases = corpus
    chosen = [folder / name for name, case in cases.items() if case.fate == "form" and not name.startswith(("n", "t"))]
    chosen = [path for path in chosen if escape_line(path.name) != path.name or path.name[0] in "<%.-"]
    chosen += [folder / "name-04.docx", folder / "text-controls-inside.txt", folder / "link-itself.docx"]
    command = [sys.executable, "-m", "auditkit", "audit", "--", *chosen]
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    ran = subprocess.run(command, env=environment, cwd=tmp_path, capture_output=True, timeout=600)
    out = (ran.stdout + ran.stderr).decode("utf-8")
    assert (ran.returncode, acting(out)) == (3, set())
    assert all(words in "".join(out.split()) for words in ("a␊b␉c.docx", "⟨U+202E⟩cod.exe", "␛[31m␇.docx"))
