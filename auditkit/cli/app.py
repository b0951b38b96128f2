"""The command line: what may be typed, what is printed where, and the exit status."""

from __future__ import annotations

import importlib.util
import json
import os
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, NoReturn

import typer

from auditkit.cli import review as reviewing
from auditkit.cli import run as running
from auditkit.cli.options import FAILED_ON, INCOMPLETE, JOBS, MOST_JOBS, OK, LimitOption, RulebookOption, filled
from auditkit.cli.tables import (
    Lang,
    console,
    progress_bar,
    show_across,
    show_audits,
    show_left_out,
    show_parts,
    show_sum,
)
from auditkit.dependencies import installed
from auditkit.errors.usage import ExtraMissing, Interrupted, NothingThere, NothingToAudit, SystemFault
from auditkit.model import Severity
from auditkit.rulebooks.loader import DEFAULT, load_rulebook
from auditkit.safety import Limits, Unreadable, chosen_limits, escape_controls, escape_line

if TYPE_CHECKING:
    from auditkit.model import LeftOut, Outcome
    from auditkit.pipeline import Audit
    from auditkit.rulebooks.loader import Rulebook

FEW = 3  # files, for which it does not pay to load the readers of all formats

app = typer.Typer(
    add_completion=False,
    no_args_is_help=True,
    rich_markup_mode=None,
    context_settings={"help_option_names": ["-h", "--help"]},
    pretty_exceptions_show_locals=False,
    help="审核项目支出绩效自评表。Audits self-evaluation forms of China's public budget.",
)


def _speak(context: typer.Context, lang: Lang) -> Lang:
    """Tell `main`, whose errors come from any command, in which language this one speaks."""
    context.ensure_object(dict)["lang"] = lang
    return lang


LangOption = Annotated[Lang, typer.Option(callback=_speak, help="程序信息的语言 / language of messages")]


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command line; ends with SystemExit."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="replace")
    said: dict[str, Lang] = {}
    try:
        try:
            app(args=arguments, prog_name="auditkit", obj=said)
        finally:
            sys.stdout.flush()  # what cannot be written is told here, not when Python ends
    except SystemExit as ended:
        if ended.code != Interrupted.exit_status:
            raise
        _end(Interrupted("auditkit"), said)
    except Unreadable as error:
        _end(error, said)
    except OSError as error:
        if error.filename is None:  # of a stream: what is still to be written to it would fail once more
            sys.stdout = open(os.devnull, "w", encoding="utf-8")  # noqa: SIM115
        _end(SystemFault(str(error.filename or "auditkit"), why=error.strerror or str(error)), said)


def _end(error: Unreadable, said: Mapping[str, Lang]) -> NoReturn:
    console(error=True).print(error.say(said.get("lang", Lang.ZH)), soft_wrap=True, markup=False)
    raise SystemExit(error.exit_status) from None


def _version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"auditkit {installed('auditkit') or '(not installed)'}")
        raise typer.Exit


@app.callback()
def options(
    version: Annotated[
        bool, typer.Option("--version", is_eager=True, callback=_version, help="版本 / version")
    ] = False,
) -> None:
    """Options before the command."""


@app.command("audit", help="审核文件或文件夹，打印审核发现。Audit files or folders and print the findings.")
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
    lang: LangOption = Lang.ZH,
) -> None:
    book, limits = None if rulebook is None else load_rulebook(rulebook), chosen_limits(limit or ())
    files = _inputs(paths)
    if as_lines:
        raise typer.Exit(_audit_lines(files, book, limits, jobs, fail_on))
    audits, left_out, failures = _audit_all(files, book, limits, lang)
    from auditkit.pipeline import across

    outcomes = across(audits)
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
    findings = [f for audit in audits for f in audit.findings] + [f for outcome in outcomes for f in outcome.findings]
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
    from auditkit.run.inputs import walk_folder
    from auditkit.run.storage import is_output

    for path in walk_folder(folder):
        if is_output(path):
            said = f"以前的报告文件夹，未读取 / reports of a run, not read: {escape_line(str(path))}"
            console(error=True).print(said, soft_wrap=True, markup=False)
        elif not _ignored(path.name):
            yield path


def _ignored(name: str) -> bool:
    return name.startswith((".", "~$")) or name.upper().startswith("README") or name.endswith(".py")


def _audit_all(
    paths: list[Path], book: Rulebook | None, limits: Limits, lang: Lang
) -> tuple[list[Audit], list[tuple[str, LeftOut]], list[tuple[str, str]]]:
    """The audits of every form, what is none with its file, and (source, error) of every file that could not be read."""
    from auditkit.pipeline import audit_file
    from auditkit.rules import load_rules
    from auditkit.sandbox.process import READERS, RULES, SandboxProcess

    audits, left_out, failures = [], [], []
    load_rules()  # here, and so in what is forked from here; that is done before a bar's thread begins
    child = SandboxProcess(limits, load=READERS if len(paths) > FEW else RULES, from_here=_is_command())
    with child, progress_bar(console(error=True)) as move:
        for done, path in enumerate(paths):
            if move:
                move(path.name, done, len(paths))
            try:
                file = child.call(audit_file, path, book, limits)
                audits += [replace(one, source=str(path)) for one in file.audits]
                left_out += [(str(path), one) for one in file.left_out]
            except Unreadable as error:
                failures.append((str(path), lang.say(error.zh, error.en)))
    return audits, left_out, failures


def _is_command() -> bool:
    """Whether this process is the command itself, and has nothing loaded or changed but by it."""
    return getattr(sys.modules["__main__"], "main", None) is main


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
    _write_json(result)


def _as_utf8() -> None:
    if hasattr(sys.stdout, "reconfigure"):
        # A name that is no text holds surrogates; written with a backslash they are what JSON writes for them.
        sys.stdout.reconfigure(encoding="utf-8", errors="backslashreplace")


def _write_json(result: dict[str, Any]) -> None:
    _as_utf8()
    json.dump(result, sys.stdout, ensure_ascii=False, allow_nan=False, indent=1)
    sys.stdout.write("\n")


@app.command(help="打印程序读到的表，供核对是否读错。Print a form as it was understood.")
def show(
    file: Annotated[
        Path, typer.Argument(metavar="FILE", exists=True, dir_okay=False, help="自评表文件 / file of forms")
    ],
    as_json: Annotated[bool, typer.Option("--json", help="以 JSON 输出 / print JSON")] = False,
    limit: LimitOption = None,
    lang: LangOption = Lang.ZH,
) -> None:
    from auditkit.cli.form_table import show_reading
    from auditkit.pipeline import understand
    from auditkit.sandbox.process import SandboxProcess

    limits = chosen_limits(limit or ())
    try:
        with SandboxProcess(limits, load="", from_here=_is_command()) as child:
            reading = child.call(understand, file, limits)
    except Unreadable as error:
        console(error=True).print(error.say(lang.value))
        raise typer.Exit(INCOMPLETE) from None
    if as_json:
        _write_json(reading.as_json())
    else:
        show_reading(console(), reading, lang)


app.command("run", help="审核一个文件夹并写出全部报告。Audit a folder and write all reports.")(running.run_command)
app.command(help="用随程序附带的八份真实自评表演示。Audit the eight forms shipped.")(running.demo)
app.command("runs", help="列出一个报告文件夹的历次运行。List the runs of a folder of reports.")(running.runs_command)
app.command(help="比较两次运行的审核发现。Say which findings are new, gone, changed.")(running.diff)
app.command("import-review", help="导入填好的复核表。Import a working paper that was filled in.")(
    reviewing.import_review
)
app.command(
    "verify", help="核对决定库和报告文件有无改动。Find changed, removed or reordered decisions, and changed files."
)(reviewing.verify_command)


@app.command("lab", help="在 JupyterLab 中复核：逐条决定、更正、签署。Open the review workbench in JupyterLab.")
def lab_command(
    folder: Annotated[
        Path | None,
        typer.Argument(exists=True, help="自评表文件夹，或报告文件夹 / folder of forms, or output of a run"),
    ] = None,
    store: Annotated[
        str, typer.Option(metavar="STORE", help="决定库：文件或 postgresql:// 地址 / file or URL of the store")
    ] = "",
    forms: Annotated[
        Path | None, typer.Option(metavar="DIR", exists=True, help="报告文件夹所审的自评表 / the forms of that run")
    ] = None,
    workspace: Annotated[
        Path | None, typer.Option(metavar="DIR", help="放笔记本的工作文件夹 / folder for the notebooks")
    ] = None,
) -> None:
    if not importlib.util.find_spec("jupyterlab"):
        raise ExtraMissing("auditkit lab", "jupyterlab")
    from auditkit.notebook.lab import open_lab

    raise typer.Exit(open_lab(folder, store, forms, workspace) or OK)


@app.command(help="打印规则目录，或一条规则的全部说明。Print the catalogue of rules, or explain some.")
def rules(
    ids: Annotated[
        list[str] | None, typer.Argument(metavar="[ID]...", help="规则编号或族，如 STR008、STR / a rule or a family")
    ] = None,
    rulebook: RulebookOption = DEFAULT,
    lang: LangOption = Lang.ZH,
) -> None:
    from auditkit.cli.catalogue import explain_rules, select_rules, show_rules
    from auditkit.rules import load_rules
    from auditkit.rules.rule import CATALOGUE

    book = load_rulebook(rulebook)
    load_rules()
    if ids:
        explain_rules(console(), select_rules(ids), book, lang)
    else:
        show_rules(console(), CATALOGUE.values(), book, lang)


@app.command(help="列出随附的规则手册及其来源。List the rulebooks that ship, with their sources.")
def rulebooks(
    names: Annotated[
        list[str] | None,
        typer.Argument(metavar="[NAME]...", help="名称或 .toml 文件，默认为随附的全部 / names or files"),
    ] = None,
    lang: LangOption = Lang.ZH,
) -> None:
    from auditkit.cli.catalogue import show_rulebooks
    from auditkit.rulebooks.loader import shipped

    show_rulebooks(console(), map(load_rulebook, names or shipped()), load_rulebook(), lang)


@app.command(help="检查本机已安装和缺少的组件。Say what is installed and what is absent.")
def doctor(lang: LangOption = Lang.ZH) -> None:
    from auditkit.cli.doctor import examine

    parts = examine()
    show_parts(console(), parts, lang)
    raise typer.Exit(OK if all(part.found for part in parts if part.required) else FAILED_ON)
