"""The commands on decisions: import those of a working paper, verify those of a store."""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from dataclasses import asdict, replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated
from warnings import catch_warnings, simplefilter

import typer

from auditkit.cli.options import FAILED_ON, OK, LimitOption, StoreOption, filled
from auditkit.cli.pack import verify_pack
from auditkit.cli.tables import console, show_changes
from auditkit.decisions.manifests import MANIFEST
from auditkit.errors.packs import PackAlone
from auditkit.errors.usage import NothingThere, OtherName
from auditkit.run.decided import STORE
from auditkit.safety import chosen_limits, escape_controls

if TYPE_CHECKING:
    from auditkit.decisions.store import Store
    from auditkit.decisions.subject import Change


def import_review(
    sheet: Annotated[Path, typer.Argument(metavar="REVIEW.XLSX", help="填好的复核表 / the paper filled in")],
    run: Annotated[
        Path | None, typer.Option(metavar="OUT", help="打印它的报告文件夹，默认按复核表所在位置找 / the run it is from")
    ] = None,
    store: StoreOption = "",
    who: Annotated[str, typer.Option(metavar="NAME", help="复核人，默认为系统账户 / who decided")] = "",
    as_json: Annotated[
        bool, typer.Option("--json", help="只以 JSON 打印改动，不导入 / print the changes only")
    ] = False,
) -> None:
    """Record what a working paper says that the store does not, all or nothing."""
    from auditkit.review.import_paper import read_tasks, run_tasks

    if not sheet.is_file():
        raise NothingThere(filled(str(sheet)))
    folder = run or sheet.parent
    changes = read_tasks(sheet, run_tasks(folder))
    if as_json:
        json.dump({"changes": [asdict(change) for change in changes]}, sys.stdout, ensure_ascii=False, indent=1)
        return
    from auditkit.decisions.store import open_store
    from auditkit.review.workbench import account, hub_user

    if who and hub_user() and who.strip() != hub_user():
        raise OtherName("--who", account=hub_user())
    kept = open_store(store or _of_run(folder) / STORE)
    who = who or account()
    new = _unknown(changes, kept, who)
    with catch_warnings(record=True) as warned:
        simplefilter("always")
        kept.record(new, who)
    for one in warned:
        console(error=True).print(escape_controls(f"▲ {one.message}"), soft_wrap=True, markup=False)
    out = console()
    show_changes(out, new)
    head = kept.head()
    out.print(escape_controls(f"已记入 {kept.name}，共 {head.sequence} 条，末条 {head}"), soft_wrap=True, markup=False)


def _unknown(changes: Sequence[Change], store: Store, who: str) -> list[Change]:
    """The changes that the store has not, so that a paper may be imported twice.

    What this person wrote since the paper was printed is corrected by it, and is nobody else's to be in conflict with.
    """
    state, new = store.state(), []
    for change in changes:
        entry = state.entry(change.subject, change.field)
        if (entry.after if entry else "") != change.after:
            own = entry is not None and entry.who == who
            new.append(replace(change, before=entry.after) if own else change)
    return new


def _of_run(folder: Path) -> Path:
    """The folder of the run that a project's folder lies in."""
    return folder.parent.parent if folder.parent.name == "projects" else folder


def verify_command(
    store: Annotated[
        str,
        typer.Argument(
            help="报告文件夹，或决定库的文件、postgresql:// 地址，或证据包 / folder of reports, a store, or a pack"
        ),
    ],
    run: Annotated[
        Path | None, typer.Option(metavar="OUT", help="一并核对的报告文件夹，默认为决定库所在 / reports to verify")
    ] = None,
    forms: Annotated[Path | None, typer.Option(metavar="DIR", help="其自评表文件夹 / the forms of that run")] = None,
    head: Annotated[list[str] | None, typer.Option(help="报告上印的“决定链”一行 / head printed in a report")] = None,
    manifest: Annotated[
        str,
        typer.Option(
            metavar="SHA256",
            help="运行结束时印的清单摘要，或打包时印的证据包摘要 / digest of the manifest or of the pack, as it was printed",
        ),
    ] = "",
    limit: LimitOption = None,
) -> None:
    """Check the chain of a store, what was printed of it, and the files of a run against its manifest; or a pack."""
    if _is_zip(Path(filled(store))):
        if run or forms or head:
            raise PackAlone(store)
        verify_pack(Path(store), manifest, chosen_limits(limit or ()))
    from auditkit.decisions.entry import parse_heads
    from auditkit.decisions.manifests import manifest_digest, remembered
    from auditkit.decisions.store import open_store
    from auditkit.decisions.verify import printed_heads, verify, verify_run

    out, (place, run) = console(), _places(filled(store), run)
    faults = list(verify_run(run, forms, manifest)) if run else []
    printed = list(printed_heads(run)) if run else []
    if run and not Path(place).exists() and not (head or printed) and "://" not in place:
        out.print("还没有决定库，只核对报告文件 / no store yet, reports only", soft_wrap=True)
    else:
        report = verify(open_store(place, create=False), parse_heads(head or ()), printed)
        faults = [*report.faults, *faults]
        out.print(escape_controls(f"决定 {report.count} 条，末条 {report.head}"), soft_wrap=True, markup=False)
        for number in report.jumps:
            out.print(f"第 {number} 条记录时系统时钟曾回拨", soft_wrap=True)
    if run and (found := manifest_digest(run)) and not (manifest or remembered(run)):
        zh = (
            "● 本机没有这次运行的记录：清单和报告若被一并改写，这里看不出来。请用 --manifest 给出运行结束时印的清单摘要"
        )
        out.print(f"{zh} / nothing here proves the manifest itself: {found}", soft_wrap=True)
    for fault in faults:
        out.print(escape_controls(f"▲ {fault}"), soft_wrap=True, markup=False)
    out.print(f"发现 {len(faults)} 处问题 / {len(faults)} faults" if faults else "完好 / intact")
    raise typer.Exit(FAILED_ON if faults else OK)


def _is_zip(path: Path) -> bool:
    """Whether a file is a pack, or called like one."""
    try:
        if not path.is_file():
            return False
        with path.open("rb") as file:
            return path.suffix.lower() == ".zip" or file.read(4) == b"PK\x03\x04"
    except (OSError, ValueError):
        return False


def _places(store: str, run: Path | None) -> tuple[str, Path | None]:
    """The store, and the reports that it lies beside."""
    if "://" in store:
        return store, run
    path = Path(store)
    if path.is_dir():
        return str(path / STORE), run or path
    return store, run or (path.parent if (path.parent / MANIFEST).is_file() else None)
