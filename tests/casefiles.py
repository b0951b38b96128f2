"""Case files: forms that are hard to read or to judge, and what is right of each, as `cases/files.tsv` says it for a program.

A row names a file in `cases/files`, its class, what is right in words, and `expect`, a JSON object all of whose keys hold:

* read, forms: the file is read (or refused), and how many forms it holds
* values, contains, not_values: path into the form of `auditkit audit FILE --json` -> the text, or texts of which one stands
  there; texts that it contains; texts that it is not. Blanks do not count. `indicators.#` is how many, `scorecard.upper`
  looks into the scorecard
* rules, not_rules: rules that are (not) found, `IND001@7` at row 7; of a list within the list one is. no_errors: none at all
* doubt: whether the reading is doubted, "either" where that is not looked at
* says, says_not: one, or none, of these stands in the refusal or the doubts; told: all of these stand in the JSON answer
* terminal: one of these stands in what `auditkit audit FILE` prints
* rulebook: the one to use, else mof-2020
* any: at least one of these objects holds besides the rest
* review, refused: the file is a working paper of `form`: that form is run, and the paper (or, where `formula` is given, the
  run's own with the formula at `row` and `heading`) imported; refused is whether the import is
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

CASES = Path(__file__).with_name("cases")
FILES = CASES / "files"

Command = Callable[..., tuple[int, str, str]]  # of a command line: exit status, stdout, stderr


@dataclass(frozen=True)
class Answer:
    """What the program said of a file: the object that it printed, what it told people, whether it refused."""

    printed: dict[str, Any]
    words: str  # the refusals and the doubts
    refused: bool
    terminal: Callable[[], str]

    @property
    def audits(self) -> list[dict[str, Any]]:
        return self.printed.get("audits", [])

    def found(self) -> Iterator[tuple[str, str]]:
        """Rule, and rule@row, of every finding with its severity."""
        for one in (*self.audits, self.printed.get("across", {})):
            for finding in one.get("findings", ()):
                yield finding["rule"], finding["severity"]
                yield f"{finding['rule']}@{finding['row']}", finding["severity"]

    def text(self, path: str) -> str | None:
        """What stands at a path of the first form, None where the form has no such place."""
        first = self.audits[0] if self.audits else {}
        at: Any = first if path.startswith("scorecard.") else first.get("form")
        for step in path.split("."):
            if step == "#" and isinstance(at, list):
                at = len(at)
            elif isinstance(at, list) and step.isdigit() and int(step) < len(at):
                at = at[int(step)]
            elif isinstance(at, dict) and step in at:
                at = at[step]
            else:
                return None
        return "" if at is None else str(at)


def rows() -> list[dict[str, str]]:
    """The rows of the table by the names of its columns."""
    heading, *lines = (CASES / "files.tsv").read_text("utf-8").splitlines()
    return [dict(zip(heading.split("\t"), line.split("\t"), strict=True)) for line in lines]


def answer(row: dict[str, str], command: Command, folder: Path) -> Answer:
    """Give the row's file to the program, in a folder of its own where that needs a run."""
    expect = json.loads(row["expect"])
    path = FILES / row["file"]
    if review := expect.get("review"):
        return _imported(review, path, command, folder)
    book = ("--rulebook", expect["rulebook"]) if "rulebook" in expect else ()
    _, out, _ = command("audit", path, "--json", *book)
    printed = json.loads(out)
    doubts = [doubt for audit in printed["audits"] for doubt in audit["form"]["doubts"]]
    words = "\n".join([*(failure["error"] for failure in printed["failures"]), *doubts])
    return Answer(printed, words, bool(printed["failures"]), lambda: "\n".join(command("audit", path, *book)[1:]))


def _imported(review: dict[str, Any], paper: Path, command: Command, folder: Path) -> Answer:
    forms, reports = folder / "forms", folder / "reports"
    forms.mkdir()
    shutil.copy(FILES / review["form"], forms)
    status, *printed = command("run", forms, "--year", review["year"], "--out", reports)
    assert status == 0, printed
    if "formula" in review:
        paper = next(reports.glob("projects/*/review.xlsx"))
        _fill(paper, review["row"], review["heading"], review["formula"])
    status, out, err = command("import-review", paper, "--run", reports, "--json")
    return Answer({}, out + err, status != 0, lambda: out + err)


def _fill(paper: Path, row: str, heading: str, formula: str) -> None:
    """Write a formula into the cell of a working paper that is in the row and under the heading of such texts."""
    import openpyxl

    book = openpyxl.load_workbook(paper)
    for sheet in book:
        cells = [cell for line in sheet.iter_rows() for cell in line if isinstance(cell.value, str)]
        column = next((cell.column for cell in cells if cell.value.startswith(heading)), None)
        if column and (number := next((cell.row for cell in cells if cell.value == row), None)):
            sheet.cell(number, column).value = f"={formula.format(row=number)}"
            break
    else:
        raise AssertionError(f"no cell of {row} under {heading}")
    book.save(paper)


def complaints(expect: dict[str, Any], said: Answer) -> list[str]:
    """What of the expectation does not hold."""
    return [f"{key}: {complaint}" for key, wanted in expect.items() for complaint in _CHECKS[key](wanted, said)]


def _is(name: str) -> Callable[[Any, Answer], Iterator[str]]:
    def check(wanted: Any, said: Answer) -> Iterator[str]:
        actual = {
            "read": bool(said.audits) and not said.refused,
            "forms": len(said.audits),
            "refused": said.refused,
            "doubt": any(audit["form"]["doubts"] for audit in said.audits),
        }[name]
        if wanted not in (actual, "either"):
            yield f"{actual}, should be {wanted}; {said.words}"

    return check


def _values(wanted: dict[str, str | list[str]], said: Answer) -> Iterator[str]:
    for path, texts in wanted.items():
        actual = said.text(path)
        if actual is None or _bare(actual) not in map(_bare, _listed(texts)):
            yield f"{path} is {actual!r}, should be {texts}"


def _not_values(wanted: dict[str, str | list[str]], said: Answer) -> Iterator[str]:
    for path, texts in wanted.items():
        actual = said.text(path)
        if actual is None or _bare(actual) in map(_bare, _listed(texts)):
            yield f"{path} is {actual!r}"


def _contains(wanted: dict[str, list[str]], said: Answer) -> Iterator[str]:
    for path, texts in wanted.items():
        actual = said.text(path) or ""
        yield from (f"{path} is {actual!r}, lacks {text}" for text in texts if _bare(text) not in _bare(actual))


def _rules(wanted: list[str | list[str]], said: Answer) -> Iterator[str]:
    found = {rule for rule, _ in said.found()}
    yield from (f"{rules} not found" for rules in wanted if not found.intersection(_listed(rules)))


def _not_rules(wanted: list[str], said: Answer) -> Iterator[str]:
    yield from sorted({rule for rule, _ in said.found()}.intersection(wanted))


def _no_errors(wanted: bool, said: Answer) -> Iterator[str]:
    errors = {rule for rule, severity in said.found() if severity == "error"}
    if wanted and errors:
        yield f"found {sorted(errors)}"


def _says(wanted: list[str], said: Answer) -> Iterator[str]:
    if not any(word.casefold() in said.words.casefold() for word in wanted):
        yield f"none of {wanted} in {said.words!r}"


def _says_not(wanted: list[str], said: Answer) -> Iterator[str]:
    yield from (f"{word} in {said.words!r}" for word in wanted if word.casefold() in said.words.casefold())


def _told(wanted: list[str], said: Answer) -> Iterator[str]:
    printed = json.dumps(said.printed, ensure_ascii=False)
    yield from (f"{word} is nowhere" for word in wanted if word not in printed)


def _terminal(wanted: list[str], said: Answer) -> Iterator[str]:
    if not any(word in said.terminal() for word in wanted):
        yield f"none of {wanted} printed"


def _any(wanted: list[dict[str, Any]], said: Answer) -> Iterator[str]:
    failed = [complaints(one, said) for one in wanted]
    if all(failed):
        yield f"none holds: {failed}"


def _given(_: Any, __: Answer) -> Iterator[str]:
    """Says how the file is given to the program, nothing of the answer."""
    return iter(())


_CHECKS: dict[str, Callable[[Any, Answer], Iterator[str]]] = {
    **{name: _is(name) for name in ("read", "forms", "refused", "doubt")},
    **{"values": _values, "not_values": _not_values, "contains": _contains},
    **{"rules": _rules, "not_rules": _not_rules, "no_errors": _no_errors},
    **{"says": _says, "says_not": _says_not, "told": _told, "terminal": _terminal},
    **{"any": _any, "rulebook": _given, "review": _given},
}


def _listed(texts: str | list[str]) -> list[str]:
    return [texts] if isinstance(texts, str) else texts


def _bare(text: str) -> str:
    return "".join(text.split())
