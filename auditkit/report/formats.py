"""The files that a run writes of a project beside its notebook: one line a format."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from importlib import import_module
from typing import Any

from auditkit.decisions.summary import Review
from auditkit.dependencies import DEPENDENCIES, Dependency
from auditkit.errors.usage import FormatsMissing, UnknownFormat
from auditkit.pipeline import Audit

HTML = "html"  # made from the executed notebook, and so by whoever executes it


@dataclass(frozen=True)
class Format:
    """A file's name, the function of an audit and its review that makes its bytes, and the package that it needs.

    `prepare` is the function of an audit that does before a fork what all files have in common; blank where making one does,
    and starts no threads: a forked process would not have them and would wait for them.
    """

    file: str
    function: str
    package: Dependency
    prepare: str = ""

    def make(self, audit: Audit, review: Review | None) -> bytes:
        return _function(self.function)(audit, review)

    def load(self, audit: Audit) -> None:
        """Import and do once what a process that makes such files needs, without threads."""
        if self.prepare:
            _function(self.prepare)(audit)
        else:
            self.make(audit, None)


def _function(name: str) -> Callable[..., Any]:
    module, _, function = name.partition(":")
    return getattr(import_module(module), function)


FORMATS = {
    "docx": Format("memo.docx", "auditkit.report.office.memo:memo", DEPENDENCIES["python-docx"]),
    "xlsx": Format("review.xlsx", "auditkit.report.office.working_paper:project_workbook", DEPENDENCIES["openpyxl"]),
    "pdf": Format(
        "audit.pdf",
        "auditkit.report.pdf.typst:project_pdf",
        DEPENDENCIES["typst"],
        prepare="auditkit.report.pdf.typst:prepare",
    ),
}


def choose(wanted: str = "") -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The formats to make, and a sentence where some are left out because their packages are absent.

    `wanted` is a list such as `html,docx`; blank means all that are installed. Raises Unreadable for a format that there
    is not, and for one that was asked for by name and is not installed.
    """
    names = tuple(name.strip() for name in wanted.split(",") if name.strip()) or (HTML, *FORMATS)
    if unknown := [name for name in names if name != HTML and name not in FORMATS]:
        raise UnknownFormat("--format", unknown="、".join(unknown), known="、".join((HTML, *FORMATS)))
    names = tuple(dict.fromkeys(names))
    absent = [FORMATS[name] for name in names if name != HTML and not FORMATS[name].package.importable]
    if not absent:
        return names, ()
    missing = FormatsMissing("--format", [one.file for one in absent], [one.package for one in absent])
    if wanted.strip():
        raise missing
    return tuple(name for name in names if FORMATS.get(name) not in absent), (missing.zh,)


def make_files(audit: Audit, formats: Sequence[str], review: Review | None = None) -> tuple[dict[str, bytes], str]:
    """The files of an audit by name, and what could not be made and why; one that fails costs only itself."""
    files, failures = {}, []
    for name in formats:
        if name == HTML:
            continue
        data, failure = attempt(FORMATS[name].file, lambda name=name: FORMATS[name].make(audit, review))
        if failure:
            failures.append(failure)
        else:
            files[FORMATS[name].file] = data
    return files, "；".join(failures)


def attempt(file: str, make: Callable[[], bytes]) -> tuple[bytes, str]:
    """The bytes of a file, or why there are none."""
    try:
        return make(), ""
    except (KeyboardInterrupt, SystemExit):
        raise
    except BaseException as error:  # a panic inside typst is no Exception
        return b"", f"{file} 未能生成（{type(error).__name__}）：{error}"
