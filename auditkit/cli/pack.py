"""The commands on packs: gather the evidence of projects, and verify a pack wherever it is opened."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from auditkit.cli.options import FAILED_ON, INCOMPLETE, OK, LangOption, LimitOption, StoreOption
from auditkit.cli.tables import Lang, console
from auditkit.errors.packs import ProjectOrAll
from auditkit.safety import chosen_limits, escape_line

if TYPE_CHECKING:
    from auditkit.run.pack import PackRow
    from auditkit.safety import Limits


def pack_command(
    out: Annotated[Path, typer.Argument(metavar="OUT", help="报告文件夹（auditkit run 写出的）/ folder of reports")],
    project: Annotated[
        str, typer.Argument(metavar="[PROJECT]", help="项目：编号、名称或文件夹名 / its number, name or folder")
    ] = "",
    every: Annotated[bool, typer.Option("--all", help="打包全部项目，已有的完好包不重做 / of every project")] = False,
    attach: Annotated[
        list[Path] | None, typer.Option(metavar="FILE", help="一并打包的附件，可多次 / a file to be packed too")
    ] = None,
    store: StoreOption = "",
    forms: Annotated[
        Path | None,
        typer.Option(
            metavar="DIR", exists=True, file_okay=False, help="自评表移走后所在的文件夹 / where the forms are now"
        ),
    ] = None,
    limit: LimitOption = None,
    lang: LangOption = Lang.ZH,
) -> None:
    from auditkit.run.pack import write_packs
    from auditkit.run.progress import log_progress

    if bool(project.strip()) == every or (every and attach):
        raise ProjectOrAll("auditkit pack")
    tell = log_progress(sys.stderr, as_json=False) if every else None
    counts = {"written": 0, "kept": 0, "failed": 0}
    for row in write_packs(out, project, attach or (), store, forms, chosen_limits(limit or ()), tell):
        counts["failed" if row.failure else "kept" if row.kept else "written"] += 1
        _show(row, lang)
    told = lang.say(
        "新打包 {written} 个，完好沿用 {kept} 个，未打包 {failed} 个",
        "{written} packed, {kept} kept, {failed} not packed",
    )
    console().print(told.format_map(counts), markup=False)
    if counts["failed"]:
        raise typer.Exit(INCOMPLETE)


def _show(row: PackRow, lang: Lang) -> None:
    screen = console()
    if row.failure:
        told = f"▲ {lang.say('未打包', 'not packed')} {row.folder}：{row.failure.say(lang.value)}"
    else:
        state = lang.say("沿用", "kept") if row.kept else lang.say("已打包", "packed")
        told = f"{state} {row.file} sha256 {row.digest}"
    screen.print(escape_line(told), soft_wrap=True, markup=False)
    for note in row.notes:
        screen.print(escape_line(f"  ● {note.say(lang.value)}"), soft_wrap=True, markup=False)


def verify_pack(path: Path, digest: str, limits: Limits) -> None:
    """Say what a pack is of and every fault of it, and end the command."""
    from auditkit.decisions.packs import open_pack

    screen, pack = console(), open_pack(path, limits, digest)
    told = pack.manifest
    screen.print(
        escape_line(f"证据包 / pack: {told.folder}，{told.year}，{told.rulebook.name} {told.rulebook.version}"),
        soft_wrap=True,
        markup=False,
    )
    screen.print(escape_line(f"文件 / files: {len(pack.files)}；sha256 {pack.digest}"), soft_wrap=True, markup=False)
    if not digest:
        zh = "● 包内的清单不能证明自己：整包被重新制作的，这里看不出来。请用 --manifest 给出打包时印的 sha256"
        screen.print(f"{zh} / give by --manifest the sha256 that was printed as it was packed", soft_wrap=True)
    for one in pack.faults:
        screen.print(escape_line(f"▲ {one.source}：{one.zh} / {one.en}"), soft_wrap=True, markup=False)
    count = len(pack.faults)
    screen.print(f"发现 {count} 处问题 / {count} faults" if count else "完好 / intact")
    raise typer.Exit(FAILED_ON if count else OK)
