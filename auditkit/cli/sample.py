"""The command that draws a sample of a run's forms."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from auditkit.cli.options import INCOMPLETE, LangOption, RulebookOption, filled
from auditkit.cli.tables import Lang, console
from auditkit.rulebooks.sampling import Method
from auditkit.safety import escape_line


def sample_command(
    out: Annotated[str, typer.Argument(metavar="OUT", help="报告文件夹（auditkit run 写出的）/ folder of reports")],
    size: Annotated[int, typer.Option(metavar="N", help="抽多少张自评表 / how many forms")],
    method: Annotated[
        Method, typer.Option(help="按风险和金额加权，或简单随机 / by risk and money, or simple random")
    ] = Method.WEIGHTED,
    seed: Annotated[
        str | None,
        typer.Option(metavar="TEXT", help="随机种子，不写的由程序抽取并记录 / by default drawn and recorded"),
    ] = None,
    rulebook: RulebookOption = None,
    lang: LangOption = Lang.ZH,
) -> None:
    from auditkit.run.sample import write_sample

    result, screen = write_sample(Path(filled(out)), size, method, seed, rulebook), console()
    for row in result.sample.drawn:
        screen.print(escape_line(f"{row.unit.line.name}（{row.unit.line.file}）"), soft_wrap=True, markup=False)
    counts = lang.say(
        f"总体 {len(result.sample.rows)} 张，抽中 {len(result.sample.drawn)} 张",
        f"{len(result.sample.drawn)} drawn of {len(result.sample.rows)}",
    )
    facts = (
        (lang.say("种子", "seed"), result.sample.seed),
        (lang.say("总体校验码", "population"), result.sample.digest),
    )
    screen.print(
        escape_line("  ".join((counts, *(f"{name} {text}" for name, text in facts)))), soft_wrap=True, markup=False
    )
    for name in result.files:
        screen.print(escape_line(str(Path(out) / name)), soft_wrap=True, markup=False)
    for one in result.kept:
        console(error=True).print(escape_line(f"▲ {one.say(lang.value)}"), soft_wrap=True, markup=False)
    if result.kept:
        raise typer.Exit(INCOMPLETE)
