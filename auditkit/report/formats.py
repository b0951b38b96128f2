"""The files that a run writes of a project beside its notebook: one line a format."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from importlib import import_module
from importlib.util import find_spec

from auditkit.decisions.summary import Review
from auditkit.pipeline import Audit
from auditkit.safety import Unreadable

HTML = "html"  # made from the executed notebook, and so by whoever executes it


@dataclass(frozen=True)
class Format:
    """A file's name, the function of an audit and its review that makes its bytes, and the extra whose package it needs."""

    file: str
    function: str
    extra: str
    package: str
    threads: bool = False  # its library keeps threads, which a forked process does not have and would wait for

    def make(self, audit: Audit, review: Review | None) -> bytes:
        module, _, name = self.function.partition(":")
        return getattr(import_module(module), name)(audit, review)

    @property
    def installed(self) -> bool:
        return find_spec(self.package) is not None


FORMATS = {
    "docx": Format("memo.docx", "auditkit.report.office.memo:memo", "word", "docx"),
    "xlsx": Format("review.xlsx", "auditkit.report.office.working_paper:project_workbook", "excel", "openpyxl"),
    "pdf": Format("audit.pdf", "auditkit.report.pdf.typst:project_pdf", "pdf", "typst", threads=True),
}


def choose(wanted: str = "") -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The formats to make, and a sentence for each that is left out because its extra is absent.

    `wanted` is a list such as `html,docx`; blank means all that are installed. Raises Unreadable for a format that there
    is not, and for one that was asked for by name and is not installed.
    """
    names = tuple(name.strip() for name in wanted.split(",") if name.strip()) or (HTML, *FORMATS)
    if unknown := [name for name in names if name != HTML and name not in FORMATS]:
        known = "、".join((HTML, *FORMATS))
        raise Unreadable(
            "--format", f"没有这种格式：{'、'.join(unknown)}；可选 {known}", f"no such format; choose from {known}"
        )
    absent = [name for name in names if name != HTML and not FORMATS[name].installed]
    if absent and wanted.strip():
        raise Unreadable("--format", "；".join(map(_advice, absent)), "；".join(map(_advice, absent)))
    return tuple(name for name in dict.fromkeys(names) if name not in absent), tuple(map(_advice, absent))


def _advice(name: str) -> str:
    return f'未安装 {FORMATS[name].package}，不写 {FORMATS[name].file}；需要时运行 pip install "auditkit[{FORMATS[name].extra}]"'


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
