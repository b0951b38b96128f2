"""Reports as PDF/A-2b by typst: what a form says is data in JSON, never markup; the same bytes on every run."""

from __future__ import annotations

import json
import os
import shutil
import unicodedata
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from auditkit.decisions.summary import Review
from auditkit.errors.usage import ExtraMissing
from auditkit.pipeline import Audit
from auditkit.report.decision_tables import printed_review, project_tables
from auditkit.report.fonts import FONT, Lettering, lettering, second_font
from auditkit.report.pdf.facts import project_facts

TEMPLATES = Path(__file__).parents[1] / "templates"
STANDARD = "a-2b"
# PDF/A wants a date; that of the run would make other bytes of the same report every time.
EPOCH = 315_532_800  # 1980-01-01


def project_pdf(audit: Audit, review: Review | None = None) -> bytes:
    """The report on one form. Raises Unreadable, naming the extra, where typst is not installed."""
    return _pdf("project.typ", _facts(audit, review))


def prepare(audit: Audit) -> None:
    """All that comes before typst compiles a report, for a process that forks: typst keeps threads from then on."""
    facts = _facts(audit, None)
    letters = lettering(_texts(facts))
    _printed(facts, letters)
    _packaged()


def _facts(audit: Audit, review: Review | None) -> dict[str, Any]:
    return project_facts(audit) | {"review": printed_review(review, project_tables)}


def _pdf(template: str, facts: dict[str, Any]) -> bytes:
    typst = _typst()
    texts = list(_texts(facts))
    letters = lettering(texts)
    try:
        return _compiled(template, facts, letters)
    except typst.TypstError:
        # A letter and what is joined to it may want two fonts of the system, and then neither prints them.
        if not letters.faces:
            raise
        return _compiled(template, facts, lettering(texts, system=False))


def _compiled(template: str, facts: dict[str, Any], letters: Lettering) -> bytes:
    told = _printed(facts, letters) | {"fonts": letters.families, "rare": _rare(letters)}
    with _fonts(letters) as fonts:
        compiler = _typst().Compiler(TEMPLATES / template, root=TEMPLATES, font_paths=fonts, ignore_system_fonts=True)
        return compiler.compile(
            format="pdf",
            sys_inputs={"data": json.dumps(told, allow_nan=False)},
            pdf_standards=STANDARD,
            timestamp=int(os.environ.get("SOURCE_DATE_EPOCH", EPOCH)),
        )


def _typst() -> Any:
    try:
        import typst
    except ImportError as error:
        raise ExtraMissing("PDF", "typst") from error
    return typst


@contextmanager
def _fonts(letters: Lettering) -> Iterator[Any]:
    """The fonts that typst may take: those that come with the program, and of the system's only what is asked for."""
    if not letters.faces:
        yield _packaged()
        return
    with TemporaryDirectory(prefix="auditkit-fonts-") as folder:
        for number, path in enumerate(dict.fromkeys(face.path for face in letters.faces)):
            shutil.copyfile(path, Path(folder) / f"{number}{Path(path).suffix}")
        yield _loaded(folder)


@cache
def _packaged() -> Any:
    return _loaded()


def _loaded(*folders: str) -> Any:
    known = [str(FONT.parent), str(second_font().parent), *folders]
    return _typst().Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=known)


def _texts(facts: Any) -> Iterator[str]:
    if isinstance(facts, str):
        yield facts
    elif isinstance(facts, dict):
        for part in facts.values():
            yield from _texts(part)
    elif isinstance(facts, list | tuple):
        for part in facts:
            yield from _texts(part)


def _printed(facts: Any, letters: Lettering) -> Any:
    if isinstance(facts, str):
        return letters.printed(facts)
    if isinstance(facts, dict):
        return {key: _printed(part, letters) for key, part in facts.items()}
    if isinstance(facts, list | tuple):
        return [_printed(part, letters) for part in facts]
    return facts


def _rare(letters: Lettering) -> list[list[str]]:
    """Characters that the packaged font does not have: the character, its number and name, and what printed it."""
    return [
        [letters.printed(char), f"U+{ord(char):04X}", unicodedata.name(char, "—"), family or "没有字体，印作编号"]
        for char, family in letters.elsewhere
    ]
