"""The command line: what may be typed, what is printed where, and the exit status."""

from __future__ import annotations

import importlib.util
import os
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Annotated, NoReturn

import typer

from auditkit.cli import review as reviewing
from auditkit.cli import run as running
from auditkit.cli.audit import audit_command, write_json
from auditkit.cli.letters import letters_command
from auditkit.cli.options import (
    FAILED_ON,
    INCOMPLETE,
    OK,
    LangOption,
    LimitOption,
    RulebookOption,
    is_command,
)
from auditkit.cli.pack import pack_command
from auditkit.cli.sample import sample_command
from auditkit.cli.tables import (
    Lang,
    console,
    show_parts,
)
from auditkit.dependencies import installed
from auditkit.errors.usage import ExtraMissing, Interrupted, SystemFault
from auditkit.rulebooks.loader import DEFAULT, load_rulebook
from auditkit.safety import Unreadable, chosen_limits

app = typer.Typer(
    add_completion=False,
    no_args_is_help=True,
    rich_markup_mode=None,
    context_settings={"help_option_names": ["-h", "--help"]},
    pretty_exceptions_show_locals=False,
    help="审核项目支出绩效自评表。Audits self-evaluation forms of China's public budget.",
)


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command line; ends with SystemExit."""
    _open_streams()
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
        if isinstance(ended.__context__, BrokenPipeError):  # nobody reads on; 1 would say that there are findings
            raise SystemExit(INCOMPLETE) from None
        if ended.code != Interrupted.exit_status:
            raise
        _end(Interrupted("auditkit"), said)
    except Unreadable as error:
        _end(error, said)
    except OSError as error:
        if error.filename is None:  # of a stream: what is still to be written to it would fail once more
            sys.stdout = open(os.devnull, "w", encoding="utf-8")  # noqa: SIM115
        _end(SystemFault(str(error.filename or "auditkit"), why=error.strerror or str(error)), said)


def _open_streams() -> None:
    """Let there be all three streams: the next file that is opened would take the number of one that is closed."""
    for name, mode in (("stdin", "r"), ("stdout", "w"), ("stderr", "w")):
        if getattr(sys, name) is None:
            setattr(sys, name, open(os.devnull, mode, encoding="utf-8"))  # noqa: SIM115


def _end(error: Unreadable, said: Mapping[str, Lang]) -> NoReturn:
    try:
        console(error=True).print(error.say(said.get("lang", Lang.ZH)), soft_wrap=True, markup=False)
    except OSError:  # there is nowhere to tell it; the status does
        sys.stderr = open(os.devnull, "w", encoding="utf-8")  # noqa: SIM115
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


app.command("audit", help="审核文件或文件夹，打印审核发现。Audit files or folders and print the findings.")(
    audit_command
)


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
        with SandboxProcess(limits, load="", from_here=is_command()) as child:
            reading = child.call(understand, file, limits)
    except Unreadable as error:
        console(error=True).print(error.say(lang.value))
        raise typer.Exit(INCOMPLETE) from None
    if as_json:
        write_json(reading.as_json())
    else:
        show_reading(console(), reading, lang)


app.command("run", help="审核一个文件夹并写出全部报告。Audit a folder and write all reports.")(running.run_command)


app.command(help="用随程序附带的八份真实自评表演示。Audit the eight forms shipped.")(running.demo)


app.command("runs", help="列出一个报告文件夹的历次运行。List the runs of a folder of reports.")(running.runs_command)


app.command(help="比较两次运行的审核发现。Say which findings are new, gone, changed.")(running.diff)


app.command("import-review", help="导入填好的复核表。Import a working paper that was filled in.")(
    reviewing.import_review
)


app.command("letters", help="写出一年的审核意见函，按部门或项目各一份。Write a year's letters to the units.")(
    letters_command
)


app.command("sample", help="从一次运行中抽样并写出抽样底稿。Draw a sample of a run's forms, with its working paper.")(
    sample_command
)
app.command("pack", help="把项目的自评表、报告、决定和附件打包封存。Pack the evidence of projects.")(pack_command)


app.command(
    "verify",
    help="核对决定库、报告文件或证据包有无改动。Find changed, removed or reordered decisions, and changed files.",
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
