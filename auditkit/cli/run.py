"""The commands of the unattended run: run, demo, runs and diff."""

from __future__ import annotations

import errno
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from auditkit.cli.options import (
    INCOMPLETE,
    JOBS,
    FormatOption,
    JobsOption,
    LimitOption,
    OutOption,
    RulebookOption,
    StoreOption,
    filled,
)
from auditkit.cli.tables import console, progress_bar
from auditkit.errors.runs import InUse
from auditkit.errors.usage import AddressNeedsScheduler, NoFolder
from auditkit.rulebooks.loader import load_rulebook
from auditkit.run.earlier import MOST_MISSING
from auditkit.safety import Limits, chosen_limits, escape_controls, escape_line

if TYPE_CHECKING:
    from auditkit.run.history import Fact

FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
NO_REPORTS = "none"  # in place of formats


class Log(StrEnum):
    """How a run says how far it has come: a bar on a terminal and a line a minute elsewhere, or JSON."""

    AUTO = "auto"
    TEXT = "text"
    JSON = "json"


class Engine(StrEnum):
    """Where notebooks run: in forked processes, or in a fresh kernel each."""

    AUDITKIT = "auditkit"
    STOCK = "stock"


LogOption = Annotated[Log, typer.Option(help="进度写法：终端进度条或每分钟一行、逐行 JSON / how progress is told")]
EngineOption = Annotated[Engine, typer.Option(help="笔记本的执行方式：预载派生或每份新内核 / forked or fresh kernels")]
MissingOption = Annotated[
    float,
    typer.Option(
        min=0,
        max=1,
        help="上次审核的文件不见了这么大一部分以上就不运行 / stop if more than this share of the last run's files is gone",
    ),
]
SchedulerOption = Annotated[
    str,
    typer.Option(
        metavar="ADDRESS",
        help="由 Dask 集群审核：调度器地址；local 即本机进程 / a Dask scheduler that works, or local: processes here",
    ),
]
PreviousOption = Annotated[
    str,
    typer.Option(
        metavar="DIR",
        help="上年 run 的输出文件夹（或其中的 dataset），与上年比对 / last year's output folder (or its dataset), to compare with",
    ),
]
DryRun = Annotated[bool, typer.Option("--dry-run", help="只说将做什么，不写任何文件 / only say what would be done")]


def run_command(
    folder: Annotated[str, typer.Argument(help="存放自评表的文件夹 / folder of forms")],
    year: Annotated[int, typer.Option(min=2000, max=2100, help="预算年度 / fiscal year")],
    out: Annotated[str, typer.Option(metavar="DIR", help="输出文件夹 / where to write")],
    rulebook: RulebookOption = None,
    jobs: JobsOption = JOBS,
    limit: LimitOption = None,
    formats: FormatOption = "",
    log: LogOption = Log.AUTO,
    engine: EngineOption = Engine.AUDITKIT,
    store: StoreOption = "",
    dry_run: DryRun = False,
    scheduler: SchedulerOption = "",
    max_missing: MissingOption = MOST_MISSING,
    previous: PreviousOption = "",
) -> None:
    limits = chosen_limits(limit or ())
    if rulebook and rulebook.endswith(
        ".toml"
    ):  # a notebook runs in its own folder, where a relative path leads elsewhere
        rulebook = str(Path(rulebook).resolve())
    for address in (filled(folder), filled(out)):
        if "://" in address and (dry_run or not scheduler):
            raise AddressNeedsScheduler(address)
    if "://" not in folder and not Path(folder).is_dir():
        raise NoFolder(folder)
    options = {"rulebook": rulebook, "limits": limits, "most_missing": max_missing}
    if dry_run:
        _foresee(Path(folder), year, Path(out), formats, **options)
    else:
        options |= {"jobs": jobs, "engine": engine, "store": store, "scheduler": scheduler, "previous": previous}
        _run(folder, year, out, formats, log, **options)


def demo(out: OutOption = Path("reports/2021"), jobs: JobsOption = JOBS, formats: FormatOption = "") -> None:
    from auditkit import resources

    _run(resources.data() / "2021", 2021, out, formats, jobs=jobs)


def _run(folder: str | Path, year: int, out: str | Path, wanted: str, log: Log = Log.AUTO, **options: Any) -> None:
    from auditkit.decisions.manifests import manifest_digest
    from auditkit.run.batch import run

    err = console(error=True)
    formats, absent = _formats(wanted)
    for advice in absent:
        err.print(advice, soft_wrap=True, markup=False)
    with _progress(log) as tell, _full_disk_told():
        result = run(folder, year, out, formats=formats, progress=tell, **options)
    if reused := len(result.forms) - result.made:
        err.print(f"自评表 {len(result.forms)} 张，其中 {reused} 张的报告未变，沿用 / {reused} reports as they were")
    for fault in result.faults:
        err.print(escape_controls(f"▲ 决定库 / store of decisions: {fault}"), soft_wrap=True, markup=False)
    console().print(f"报告 / report: {escape_controls(result.index)}", soft_wrap=True)
    if digest := manifest_digest(Path(result.index).parent):
        told = f"清单摘要 / manifest: {digest}（可用 auditkit verify --manifest 核对）"
        err.print(told, soft_wrap=True, markup=False)
    if result.failed:
        err.print(f"有 {result.failed} 个文件未能审核，见 status.csv / {result.failed} inputs failed, see status.csv")
    if result.failure:
        told = f"汇总报告不全 / a report on the whole is absent: {escape_line(result.failure)}"
        err.print(told, soft_wrap=True, markup=False)
    if result.refused:
        told = InUse(str(out), names="、".join(result.refused)).say()
        err.print(escape_line(told), soft_wrap=True, markup=False)
    if result.failed or result.failure or result.refused:
        raise typer.Exit(INCOMPLETE)


def _formats(wanted: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    from auditkit.report.formats import choose

    return ((), ()) if wanted.strip() == NO_REPORTS else choose(wanted)


@contextmanager
def _full_disk_told() -> Iterator[None]:
    try:
        yield
    except OSError as error:
        if error.errno not in FULL:
            raise
        zh = "磁盘已满，运行中止。已写出的报告都是完整的；腾出空间后再运行同一命令，从中断处继续。"
        en = "no space left: the run stopped; reports written are whole, the same command continues when there is room"
        console(error=True).print(f"{zh} / {en}", soft_wrap=True)
        raise typer.Exit(INCOMPLETE) from None


@contextmanager
def _progress(log: Log) -> Iterator[Callable[[str, int, int], None]]:
    from auditkit.run.progress import log_progress

    if log is Log.AUTO and console(error=True).is_terminal:
        with progress_bar(console(error=True)) as tell:
            yield tell
    else:
        yield log_progress(sys.stderr, log is Log.JSON)


def _foresee(
    folder: Path, year: int, out: Path, wanted: str, rulebook: str | None, limits: Limits, most_missing: float
) -> None:
    from auditkit.run.dry_run import foresee
    from auditkit.run.reading import RunSettings

    settings = RunSettings(rulebook, load_rulebook(rulebook), limits, year, _formats(wanted)[0])
    plan = foresee(folder, out, settings, most_missing)
    screen = console()
    for name in plan.new:
        screen.print(f"将审核 / would audit: {name}", soft_wrap=True, markup=False)
    for name, reason in plan.skipped:
        screen.print(f"将跳过 / would skip: {name}（{reason}）", soft_wrap=True, markup=False)
    counts = f"{len(plan.new)}，{len(plan.unchanged)}，{len(plan.skipped)}"
    screen.print(f"将审核、未变、将跳过的文件 / to audit, unchanged, to skip: {counts}；未写任何文件 / nothing written")


def runs_command(out: Annotated[Path, typer.Argument(metavar="OUT", help="报告文件夹 / folder of reports")]) -> None:
    from auditkit.run.history import runs

    for one in runs(out):
        facts = f"{one.year} 年 {one.rulebook}，文件 {one.files}（失败 {one.failed}），自评表 {one.forms}"
        line = f"{one.id}  {facts}（新出报告 {one.made}），发现 {len(one.findings)} 条，{one.seconds:g} 秒"
        console().print(escape_line(line), soft_wrap=True, markup=False)


def diff(
    earlier: Annotated[str, typer.Argument(metavar="RUN1", help="较早的运行：编号或报告文件夹 / id or folder")],
    later: Annotated[str, typer.Argument(metavar="RUN2", help="较晚的运行：编号或报告文件夹 / id or folder")],
    out: Annotated[Path, typer.Option(metavar="DIR", help="编号所在的报告文件夹 / where the ids are")] = Path("."),
) -> None:
    from auditkit.run.history import difference, find

    found, screen = difference(find(earlier, out), find(later, out)), console()
    for title, facts in (("新增 / new", found.new), ("消失 / gone", found.gone)):
        for fact in facts:
            screen.print(f"{title}: {_fact(fact)}", soft_wrap=True, markup=False)
    for was, now in found.changed:
        screen.print(f"变化 / changed: {_fact(now)}（原为：{escape_line(was.message)}）", soft_wrap=True, markup=False)
    counts = f"{len(found.new)}，{len(found.gone)}，{len(found.changed)}"
    screen.print(f"新增、消失、变化 / new, gone, changed: {counts}")


def _fact(fact: Fact) -> str:
    row = f" 第 {fact.row} 项指标" if fact.row else ""
    return escape_line(f"{fact.file} 第 {fact.number} 张{row} {fact.rule} {fact.message}")
