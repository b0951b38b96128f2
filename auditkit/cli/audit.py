"""The command audit: files and folders audited, printed for people or as JSON."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from auditkit.cli.options import (
    FAILED_ON,
    INCOMPLETE,
    JOBS,
    MOST_JOBS,
    OK,
    LangOption,
    LimitOption,
    RulebookOption,
    filled,
    is_command,
)
from auditkit.cli.tables import (
    Lang,
    console,
    progress_bar,
    show_across,
    show_audits,
    show_left_out,
    show_sum,
)
from auditkit.errors.usage import NothingThere, NothingToAudit, StoreWithLines
from auditkit.model import Severity
from auditkit.rulebooks.loader import load_rulebook
from auditkit.safety import Limits, Unreadable, chosen_limits, escape_controls, escape_line

if TYPE_CHECKING:
    from auditkit.model import Form, LeftOut, Outcome
    from auditkit.pipeline import Audit
    from auditkit.rulebooks.loader import Rulebook

FEW = 3  # files, for which it does not pay to load the readers of all formats


def audit_command(
    paths: Annotated[list[str], typer.Argument(metavar="PATH...", help="文件或文件夹 / files or folders")],
    rulebook: RulebookOption = None,
    as_json: Annotated[bool, typer.Option("--json", help="以 JSON 输出 / print JSON")] = False,
    as_lines: Annotated[
        bool, typer.Option("--json-lines", help="每张表一行 JSON，边审边写，不作跨表比对 / a line of JSON a form")
    ] = False,
    fail_on: Annotated[
        Severity | None, typer.Option(help="有此级别及以上的发现时退出码为 1 / exit 1 on such findings")
    ] = None,
    jobs: Annotated[
        int, typer.Option(min=1, max=MOST_JOBS, help="--json-lines 同时审核的份数 / forms at a time")
    ] = JOBS,
    limit: LimitOption = None,
    store: Annotated[
        str,
        typer.Option(
            metavar="STORE",
            help="决定库：文件或 postgresql:// 地址，默认为工作台记在自评表旁的 / file or URL, by default that beside the forms",
        ),
    ] = "",
    lang: LangOption = Lang.ZH,
) -> None:
    if store and as_lines:
        raise StoreWithLines("--store")
    book, limits = None if rulebook is None else load_rulebook(rulebook), chosen_limits(limit or ())
    files = _inputs(paths)
    if as_lines:
        raise typer.Exit(_audit_lines(files, book, limits, jobs, fail_on))
    audits, left_out, targets, failures = _audit_all(files, book, limits, lang)
    audits = _as_decided(audits, store or _store_beside(paths))
    from auditkit.pipeline import across

    outcomes = across(audits, targets)
    if as_json:
        _print_json(audits, left_out, outcomes, failures)
    else:
        out, err = console(), console(error=True)
        show_audits(out, audits, lang)
        show_left_out(out, left_out, lang)
        show_across(out, outcomes, lang)
        show_sum(out, audits, len(failures), lang)
        for source, error in failures:
            err.print(f"{lang.say('未能审核', 'not audited')} {escape_line(source)}：{escape_controls(error)}")
    if failures:
        raise typer.Exit(INCOMPLETE)
    findings = [f for audit in audits for f in audit.standing] + [f for outcome in outcomes for f in outcome.findings]
    heavy = fail_on and any(f.severity.weight <= fail_on.weight for f in findings)
    raise typer.Exit(FAILED_ON if heavy else OK)


def _inputs(names: Sequence[str]) -> list[Path]:
    """Every file to audit, once and in order. Raises NothingThere for a path, NothingToAudit where nothing is left."""
    paths = [Path(filled(name)) for name in names]
    for path in paths:
        if not os.path.lexists(path):
            raise NothingThere(str(path))
    found = dict.fromkeys(file for path in paths for file in (_files(path) if path.is_dir() else (path,)))
    if not found:
        raise NothingToAudit("、".join(map(str, paths)))
    return list(found)


def _files(folder: Path) -> Iterator[Path]:
    from auditkit.run.inputs import no_form, walk_folder
    from auditkit.run.storage import is_output

    for path in walk_folder(folder):
        if is_output(path):
            said = f"以前的报告文件夹，未读取 / reports of a run, not read: {escape_line(str(path))}"
            console(error=True).print(said, soft_wrap=True, markup=False)
        elif not no_form(path.name):
            yield path


def _audit_all(
    paths: list[Path], book: Rulebook | None, limits: Limits, lang: Lang
) -> tuple[list[Audit], list[tuple[str, LeftOut]], list[Form], list[tuple[str, str]]]:
    """The audits of every form, what is none with its file, the target forms among that, and (source, error) of what could
    not be read."""
    from auditkit.pipeline import audit_file
    from auditkit.rules import load_rules
    from auditkit.sandbox.process import READERS, RULES, SandboxProcess

    audits, left_out, targets, failures = [], [], [], []
    load_rules()  # here, and so in what is forked from here; that is done before a bar's thread begins
    child = SandboxProcess(limits, load=READERS if len(paths) > FEW else RULES, from_here=is_command())
    with child, progress_bar(console(error=True)) as move:
        for done, path in enumerate(paths):
            if move:
                move(path.name, done, len(paths))
            try:
                file = child.call(audit_file, path, book, limits)
                audits += [replace(one, source=str(path)) for one in file.audits]
                left_out += [(str(path), one) for one in file.left_out]
                targets += [replace(one, source=str(path)) for one in file.targets]
            except Unreadable as error:
                failures.append((str(path), lang.say(error.zh, error.en)))
    return audits, left_out, targets, failures


def _store_beside(paths: Sequence[str]) -> str:
    """The store that the workbench keeps beside these forms; blank where there is none."""
    from auditkit.run.decided import beside

    there = dict.fromkeys(str(beside(Path(path))) for path in paths)
    return next(filter(os.path.isfile, there), "")


def _as_decided(audits: list[Audit], store: str) -> list[Audit]:
    """The audits with what was decided on each. Raises StoreFault where a store cannot be read."""
    if not store:
        return audits
    from auditkit.decisions.reviewed import reviewed
    from auditkit.decisions.store import open_store
    from auditkit.decisions.summarize import decided_in

    decided = decided_in(open_store(store, create=False))
    for fault in decided.faults:
        said = f"▲ 决定库 / store of decisions: {escape_controls(fault)}"
        console(error=True).print(said, soft_wrap=True, markup=False)
    return [reviewed(one, decided.review(one)) for one in audits]


def _audit_lines(paths: list[Path], book: Rulebook | None, limits: Limits, jobs: int, fail_on: Severity | None) -> int:
    """Write what is told of each file as soon as it is known; returns the exit status."""
    from auditkit.run.pool import ProcessPool
    from auditkit.run.stream import stream

    status, done = OK, 0
    _as_utf8()
    with progress_bar(console(error=True)) as move, ProcessPool(jobs, limits, reads=True) as pool:
        for path, told in zip(paths, stream(pool, paths, book), strict=True):
            sys.stdout.writelines(f"{line}\n" for line in told.lines)
            sys.stdout.flush()
            if told.failed:
                status = INCOMPLETE
            elif status == OK and fail_on and told.worst and told.worst.weight <= fail_on.weight:
                status = FAILED_ON
            done += 1
            if move:
                move(path.name, done, len(paths))
    return status


def _print_json(
    audits: list[Audit],
    left_out: list[tuple[str, LeftOut]],
    outcomes: Sequence[Outcome],
    failures: list[tuple[str, str]],
) -> None:
    from auditkit.pipeline import across_as_json, left_out_as_json

    result = {
        "schema": 2,
        "audits": [audit.as_json() for audit in audits],
        "across": across_as_json(outcomes),
        "failures": [{"source": source, "error": error} for source, error in failures],
        "sheets": [told for source, one in left_out for told in left_out_as_json(source, [one])],
    }
    write_json(result)


def _as_utf8() -> None:
    if hasattr(sys.stdout, "reconfigure"):
        # A name that is no text holds surrogates; written with a backslash they are what JSON writes for them.
        sys.stdout.reconfigure(encoding="utf-8", errors="backslashreplace")


def write_json(result: dict[str, Any]) -> None:
    """Print an object for programs."""
    _as_utf8()
    json.dump(result, sys.stdout, ensure_ascii=False, allow_nan=False, indent=1)
    sys.stdout.write("\n")
