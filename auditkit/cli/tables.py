"""What a person reads on the terminal: audits, what is installed, and what is changed."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from enum import StrEnum
from typing import TYPE_CHECKING

from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Table
from rich.text import Text

from auditkit.model import Finding, Outcome, Severity
from auditkit.quantity.numbers import format_number
from auditkit.safety import escape_controls, escape_line

if TYPE_CHECKING:
    from auditkit.cli.doctor import Part
    from auditkit.decisions.subject import Change
    from auditkit.model import LeftOut
    from auditkit.pipeline import Audit

STYLES = {Severity.ERROR: "bold red", Severity.WARNING: "yellow", Severity.NOTE: "cyan"}


class Lang(StrEnum):
    """The language of the program's own messages; what stands on a form stays as it is."""

    ZH = "zh"
    EN = "en"

    def say(self, zh: str, en: str) -> str:
        return zh if self is Lang.ZH else en


def console(error: bool = False) -> Console:
    """A console that renders no markup; a pipe gets room for a table."""
    made = Console(stderr=error, markup=False, emoji=False, highlight=False)
    if not made.is_terminal and "COLUMNS" not in os.environ:
        made.width = 140
    return made


def show_audits(out: Console, audits: Iterable[Audit], lang: Lang) -> None:
    for audit in audits:
        _show_audit(out, audit, lang)


def _show_audit(out: Console, audit: Audit, lang: Lang) -> None:
    form, card = audit.form, audit.scorecard
    out.print(
        Text(escape_controls(form.project.one_line) or lang.say("（未填项目名称）", "(no project name)"), style="bold")
    )
    out.print(
        inert_text(
            f"  {lang.say('文件', 'file')} {escape_line(audit.source)}  {lang.say('第', 'form ')}{form.number}{lang.say('份表', '')}"
        )
    )
    scores = [
        (lang.say("自评得分", "stated"), form.total_score.one_line or "—"),
        (lang.say("可核实得分", "verified"), format_number(card.verified)),
        (lang.say("最高可能得分", "upper bound"), format_number(card.upper)),
    ]
    if audit.reviewed_score is not None:
        scores.append((lang.say("复核得分", "reviewed"), format_number(audit.reviewed_score)))
    out.print(inert_text("  " + "   ".join(f"{name} {score}" for name, score in scores)))
    if card.rescaled:
        fourth = [] if audit.reviewed_score is None else [audit.reviewed.rescaled.verified]
        told = "   ".join(
            f"{name} {format_number(score)}" for (name, _), score in zip(scores, (*card.rescaled, *fourth), strict=True)
        )
        scale = lang.say("折合满分", "on the scale of"), format_number(card.full_marks)
        out.print(inert_text(f"  {' '.join(scale)}: {told}"))
    out.print(inert_text(f"  {_counts([audit], lang)}   {lang.say('未能核查', 'not applicable')} {len(audit.skipped)}"))
    if audit.disproof:
        said = lang.say("自评结果不成立", "the stated total cannot hold")
        out.print(Text(escape_controls(f"  ▲ {said}：{'；'.join(audit.disproof)}"), style="bold red"), soft_wrap=True)
    if audit.rejected:
        said = lang.say("条发现经复核不认可，不计入", "findings rejected in review, not counted")
        out.print(inert_text(f"  {len(audit.rejected)} {said}"))
    show_doubts(out, form.doubts, lang)
    if not audit.rulebook.in_force(form.year):
        said = lang.say(
            f"规则手册 {audit.rulebook.name} 不适用于 {form.year} 年度",
            f"rulebook {audit.rulebook.name} is not in force in {form.year}",
        )
        out.print(Text(f"  ● {said}", style="yellow"))
    nothing = lang.say("  未发现问题", "  nothing found")
    if form.doubts:
        nothing += lang.say("，但读表存疑，请先核对原件", ", but the reading has doubts: compare the original first")
    out.print(_findings(audit.standing, lang) if audit.standing else inert_text(nothing))
    out.print()


def show_doubts(out: Console, doubts: Iterable[str], lang: Lang) -> None:
    """What of a form may have been read wrong, a line each."""
    for doubt in doubts:
        out.print(Text(escape_controls(f"  ● {lang.say('存疑', 'doubt')} {doubt}"), style="yellow"), soft_wrap=True)


def show_across(out: Console, outcomes: Iterable[Outcome], lang: Lang) -> None:
    """What shows only across the forms, and which papers were not laid beside approved targets; nothing where nothing does."""
    from auditkit.pipeline import PAIRED

    outcomes = list(outcomes)
    findings = [finding for outcome in outcomes for finding in outcome.findings]
    apart = [skip.reason for outcome in outcomes if outcome.rule == PAIRED for skip in outcome.skipped]
    if findings:
        out.print(Text(lang.say("跨表比对", "Across forms"), style="bold"))
        out.print(_findings(findings, lang))
        out.print()
    if apart:
        out.print(Text(lang.say("对照批复的绩效目标", "Against the approved targets"), style="bold"))
        for reason in apart:
            out.print(inert_text(reason))
        out.print()


def show_left_out(out: Console, left_out: Iterable[tuple[str, LeftOut]], lang: Lang) -> None:
    """The sheets and tables that are no self-evaluation, each with its file and kind; nothing where there are none."""
    left_out = list(left_out)
    if left_out:
        out.print(Text(lang.say("不是自评表，未审核", "No self-evaluations, not audited"), style="bold"))
        for source, one in left_out:
            out.print(inert_text(f"  {escape_line(source)}  {one}"), soft_wrap=True)
        out.print()


def _findings(findings: Iterable[Finding], lang: Lang) -> Table:
    table = Table(box=SIMPLE_HEAD, show_edge=False, pad_edge=True, padding=(0, 1))
    names = lang.say("级别 规则 行 问题 位置", "severity rule row message place").split()
    for name, fixed in zip(names, (True, True, True, False, False), strict=True):
        table.add_column(name, no_wrap=fixed, overflow="fold", ratio=None if fixed else 1 + (name == names[3]))
    for finding in findings:
        places = dict.fromkeys(value.place for value in finding.evidence)
        table.add_row(
            severity_text(finding.severity, lang),
            inert_text(finding.rule),
            inert_text(finding.row or ""),
            inert_text(f"{finding.title}：{finding.message}"),
            inert_text("；".join(places)),
        )
    return table


def show_sum(out: Console, audits: list[Audit], failed: int, lang: Lang) -> None:
    """One line over everything that was audited."""
    forms = lang.say(f"共审核 {len(audits)} 份表", f"{len(audits)} forms audited")
    failures = lang.say(f"，{failed} 个文件未能审核", f", {failed} files could not be audited") if failed else ""
    out.print(inert_text(f"{forms}{failures}   {_counts(audits, lang)}"))


def _counts(audits: Iterable[Audit], lang: Lang) -> str:
    audits = list(audits)
    return "  ".join(f"{_word(s, lang)} {sum(audit.count(s) for audit in audits)}" for s in Severity)


def _word(severity: Severity, lang: Lang) -> str:
    return severity.mark + lang.say(severity.zh, f" {severity.value}")


def severity_text(severity: Severity, lang: Lang) -> Text:
    """A severity by mark, word and colour."""
    return Text(_word(severity, lang), style=STYLES[severity])


def inert_text(value: object) -> Text:
    """A text of a form, or made of one: no control characters, no markup."""
    return Text(escape_controls(str(value)))


def show_parts(out: Console, parts: Iterable[Part], lang: Lang) -> None:
    """What is installed, what is absent, and what each is for."""
    grid = Table.grid(padding=(0, 2))
    for part in parts:
        word = lang.say("有", "ok") if part.found else lang.say("缺", "absent")
        style = "green" if part.found else "bold red" if part.required else "yellow"
        if part.unsafe:
            word, style = lang.say("旧", "old"), "bold red"
        need = "" if part.required else lang.say("（可选）", " (optional)")
        grid.add_row(
            Text(word, style=style),
            inert_text(part.name),
            inert_text(part.found),
            inert_text(lang.say(part.zh, part.en) + need),
        )
    out.print(grid)


def show_changes(out: Console, changes: Iterable[Change]) -> None:
    """What a working paper changes, a line each."""
    changes = tuple(changes)
    names = {"ruling": "决定", "note": "说明", "reference": "佐证材料", "result": "复核完成值", "score": "复核得分"}
    out.print(f"复核表有 {len(changes)} 处改动 / {len(changes)} changes")
    for change in changes:
        subject = change.subject
        where = f"{subject.project} {subject.rule or f'第 {subject.row} 项指标'} {subject.place}"
        out.print(inert_text(f"{where} {names[change.field]}：“{change.before}”→“{change.after}”"), soft_wrap=True)


@contextmanager
def progress_bar(out: Console) -> Iterator[Callable[[str, int, int], None] | None]:
    """A bar that is told (name, done, total); in a pipe there is none."""
    if not out.is_terminal:
        yield None
        return
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    rate = TextColumn("{task.fields[rate]}", markup=False)
    columns = (
        TextColumn("{task.description}", markup=False),
        BarColumn(),
        MofNCompleteColumn(),
        rate,
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=out, transient=True) as bar:
        task = bar.add_task("", total=None, rate="")
        began = time.monotonic()

        def move(name: str, done: int, total: int) -> None:
            rate = f"{done / max(time.monotonic() - began, 0.001):.1f}/s"
            bar.update(task, description=escape_line(name)[:40], completed=done, total=total, rate=rate)

        yield move
