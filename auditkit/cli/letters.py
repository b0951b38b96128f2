"""The command that writes a year's letters."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from auditkit.cli.options import FAILED_ON, INCOMPLETE, LangOption, LimitOption, StoreOption
from auditkit.cli.tables import Lang, console
from auditkit.errors.letters import NotListed, PlaceBlank
from auditkit.errors.runs import NoRunFolder
from auditkit.run.letter_files import By
from auditkit.safety import Unreadable, escape_controls, escape_line

if TYPE_CHECKING:
    from auditkit.run.letters import LetterRow

STATES = {"定稿": "final", "草稿": "draft", "未写成": "not written"}


def letters_command(
    out: Annotated[
        Path | None, typer.Argument(metavar="OUT", help="报告文件夹（auditkit run 写出的）/ folder of reports")
    ] = None,
    by: Annotated[By, typer.Option(help="按主管部门或按项目各出一份 / a letter each")] = By.DEPARTMENT,
    template: Annotated[
        Path | None, typer.Option(metavar="FILE", help="本单位的 .docx 模板，默认用随附的 / your own template")
    ] = None,
    words: Annotated[
        list[str] | None,
        typer.Option(
            "--set", metavar="名称=文字", help="模板中的文字，如 发文机关=某市财政局、文号=…{号}号 / words for a place"
        ),
    ] = None,
    final: Annotated[
        bool, typer.Option("--final", help="三级签署、各处填齐的写成定稿 / finals of what lacks nothing")
    ] = False,
    store: StoreOption = "",
    forms: Annotated[
        Path | None, typer.Option(metavar="DIR", exists=True, help="报告文件夹所审的自评表 / the forms of that run")
    ] = None,
    example: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="只把随附的模板写到这里，供修改 / only write the standard template"),
    ] = None,
    limit: LimitOption = None,
    lang: LangOption = Lang.ZH,
) -> None:
    from auditkit.report.letter.write import STANDARD
    from auditkit.run.letters import write_letters
    from auditkit.safety import chosen_limits, publish

    screen = console()
    if example:
        publish(example, STANDARD.read_bytes())
        screen.print(escape_controls(str(example)), soft_wrap=True, markup=False)
        return
    if out is None:
        raise NoRunFolder("auditkit letters")
    result = write_letters(out, by, template, words or (), final, store, forms, chosen_limits(limit or ()))
    for row in result.rows:
        _show(row, lang)
    for one in dict.fromkeys(one.say(lang.value) for row in result.rows for one in row.lacks if _of_all(one)):
        screen.print(escape_line(f"{lang.say('各份定稿还缺', 'for finals')} {one}"), soft_wrap=True, markup=False)
    for one in result.unasked:
        screen.print(escape_line(f"● {one.say(lang.value)}"), soft_wrap=True, markup=False)
    for path in result.removed:
        screen.print(escape_line(lang.say(f"已撤去：{path}", f"removed: {path}")), soft_wrap=True, markup=False)
    done = sum(row.final for row in result.rows if row.file)
    drafts = sum(bool(row.file) for row in result.rows) - done
    screen.print(lang.say(f"定稿 {done} 份，草稿 {drafts} 份", f"{done} finals, {drafts} drafts"), markup=False)
    if result.failed:
        raise typer.Exit(INCOMPLETE)
    if final and result.lacking:
        raise typer.Exit(FAILED_ON)


def _of_all(reason: Unreadable) -> bool:
    """Whether it is the same for every letter, and told once."""
    return isinstance(reason, PlaceBlank | NotListed)


def _show(row: LetterRow, lang: Lang) -> None:
    screen = console()
    facts = lang.say(
        f"项目 {row.projects}，问题 {row.questions}", f"{row.projects} projects, {row.questions} questions"
    )
    state = lang.say(row.state, STATES.get(row.state, "nothing to answer, no letter"))
    screen.print(escape_line(f"{state} {row.file or row.to}（{facts}）"), soft_wrap=True, markup=False)
    for one in row.reasons:
        if not _of_all(one):
            what = "▲" if one is row.failure or one in row.missing else lang.say("定稿还缺", "for a final")
            screen.print(escape_line(f"  {what} {one.say(lang.value)}"), soft_wrap=True, markup=False)
