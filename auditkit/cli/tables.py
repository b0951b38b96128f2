"""What a person reads on the terminal: audits, the catalogue, and what is installed."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from enum import StrEnum
from itertools import groupby
from typing import TYPE_CHECKING

from rich.box import SIMPLE_HEAD
from rich.cells import cell_len, set_cell_size
from rich.console import Console
from rich.table import Table
from rich.text import Text

from auditkit.model import Finding, Outcome, Severity
from auditkit.quantity.numbers import format_number
from auditkit.rules.rule import FAMILIES, SUBJECT_NAMES, in_order
from auditkit.safety import escape_controls, escape_line
from auditkit.vocabulary.labels import spellings

if TYPE_CHECKING:
    from auditkit.cli.doctor import Part
    from auditkit.decisions.subject import Change
    from auditkit.pipeline import Audit
    from auditkit.rulebooks.loader import Rulebook
    from auditkit.rules.rule import Rule

STYLES = {Severity.ERROR: "bold red", Severity.WARNING: "yellow", Severity.NOTE: "cyan"}
EXAMPLES = (
    "例子是对样表 data/specimen.docx（没有错误）的改动：其余各栏不变；逐行的规则改第一行，跨表的规则改几份样表。",
    "Examples are edits to data/specimen.docx, a form without errors (on rows: to the first; across forms: to several).",
)
ROWS = {
    "forms": "第{}份表",
    "funds": "资金第{}行",
    "indicators": "第{}项",
    "notes": "备注第{}条",
    "stray": "多余文字第{}处",
}
FIELDS = {
    name: labels[0] for group in ("header", "goals", "indicators", "funds") for name, labels in spellings(group).items()
} | {
    "title": "标题",
    "caption": "表外标题",
    "fiscal_year": "年度",
    "total_points": "总分的分值",
    "total_score": "总分",
    "grade": "评价等级",
}


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
        _text(
            f"  {lang.say('文件', 'file')} {escape_line(audit.source)}  {lang.say('第', 'form ')}{form.number}{lang.say('份表', '')}"
        )
    )
    scores = (
        (lang.say("自评得分", "stated"), form.total_score.one_line or "—"),
        (lang.say("可核实得分", "verified"), format_number(card.verified)),
        (lang.say("最高可能得分", "upper bound"), format_number(card.upper)),
    )
    out.print(_text("  " + "   ".join(f"{name} {score}" for name, score in scores)))
    out.print(_text(f"  {_counts([audit], lang)}   {lang.say('未能核查', 'not applicable')} {len(audit.skipped)}"))
    out.print(_findings(audit.findings, lang) if audit.findings else _text(lang.say("  未发现问题", "  nothing found")))
    out.print()


def show_across(out: Console, outcomes: Iterable[Outcome], lang: Lang) -> None:
    """What shows only across the forms; nothing where nothing does."""
    findings = [finding for outcome in outcomes for finding in outcome.findings]
    if findings:
        out.print(Text(lang.say("跨表比对", "Across forms"), style="bold"))
        out.print(_findings(findings, lang))
        out.print()


def _findings(findings: Iterable[Finding], lang: Lang) -> Table:
    table = Table(box=SIMPLE_HEAD, show_edge=False, pad_edge=True, padding=(0, 1))
    names = lang.say("级别 规则 行 问题 位置", "severity rule row message place").split()
    for name, fixed in zip(names, (True, True, True, False, False), strict=True):
        table.add_column(name, no_wrap=fixed, overflow="fold", ratio=None if fixed else 1 + (name == names[3]))
    for finding in findings:
        places = dict.fromkeys(value.place for value in finding.evidence)
        table.add_row(
            _severity(finding.severity, lang),
            _text(finding.rule),
            _text(finding.row or ""),
            _text(f"{finding.title}：{finding.message}"),
            _text("；".join(places)),
        )
    return table


def show_sum(out: Console, audits: list[Audit], failed: int, lang: Lang) -> None:
    """One line over everything that was audited."""
    forms = lang.say(f"共审核 {len(audits)} 份表", f"{len(audits)} forms audited")
    failures = lang.say(f"，{failed} 个文件未能审核", f", {failed} files could not be audited") if failed else ""
    out.print(_text(f"{forms}{failures}   {_counts(audits, lang)}"))


def _counts(audits: Iterable[Audit], lang: Lang) -> str:
    audits = list(audits)
    return "  ".join(f"{_word(s, lang)} {sum(audit.count(s) for audit in audits)}" for s in Severity)


def _word(severity: Severity, lang: Lang) -> str:
    return severity.mark + lang.say(severity.zh, f" {severity.value}")


def _severity(severity: Severity, lang: Lang) -> Text:
    return Text(_word(severity, lang), style=STYLES[severity])


def _text(value: object) -> Text:
    return Text(escape_controls(str(value)))


def show_rules(out: Console, rules: Iterable[Rule], book: Rulebook, lang: Lang) -> None:
    """The catalogue by family, under the severities and sources of one rulebook."""
    rules = sorted(rules, key=in_order)
    _line(out, f"{lang.say('规则手册', 'Rulebook')} {book.name} {book.version}  {lang.say(book.title, book.title_en)}")
    for document in book.documents:
        known = (
            lang.say("已核对原文", "checked")
            if document.checked
            else lang.say("未核对原文", "second-hand, not checked")
        )
        _line(out, f"  {document.title} {document.number}（{known}）{document.note}")
    _line(out, lang.say(f"共 {len(rules)} 条规则。", f"{len(rules)} rules. ") + lang.say(*EXAMPLES))
    for family, members in groupby(rules, lambda rule: rule.id[:3]):
        members = list(members)
        count = lang.say(f"（{len(members)} 条）", f" ({len(members)})")
        out.print()
        _line(out, f"{family}  {lang.say(*FAMILIES.get(family, (family, family)))}{count}", style="bold underline")
        for rule in members:
            _show_rule(out, rule, book, lang)


def _line(out: Console, text: str, style: str = "") -> None:
    """One line, which only the terminal itself may break: in a pipe a text stays whole, for searching."""
    out.print(Text(escape_controls(text), style=style), soft_wrap=True)


def _show_rule(out: Console, rule: Rule, book: Rulebook, lang: Lang) -> None:
    severity = Severity(book.severity.get(rule.id, rule.severity))
    off = lang.say("（本手册停用）", " (off in this rulebook)") if rule.id in book.off else ""
    out.print()
    out.print(Text.assemble((rule.id, "bold"), f"  {lang.say(rule.zh, rule.en)}  ", _severity(severity, lang), off))
    texts = {
        lang.say("对象", "looks at"): lang.say(*SUBJECT_NAMES.get(rule.subject.__name__, (rule.subject.__name__,) * 2)),
        lang.say("问题", "fault"): lang.say(rule.fault_zh, rule.fault),
        lang.say("为何重要", "why"): lang.say(rule.why_zh, rule.why),
        lang.say("依据", "basis"): book.cite(rule.basis),
        lang.say("常见误报", "known false alarms"): lang.say(rule.doubt_zh, rule.doubt),
        lang.say("核实步骤", "to verify"): lang.say(rule.verify_zh, rule.verify),
        lang.say("应报", "flagged"): _examples(rule.flags, lang),
        lang.say("不报", "passed"): _examples(rule.passes, lang),
    }
    _show_entries(out, {name: text for name, text in texts.items() if text})


def _show_entries(out: Console, texts: Mapping[str, str]) -> None:
    """Names and their texts, in columns on a terminal; in a pipe as plain lines that are not broken."""
    if out.is_terminal:
        grid = Table.grid(padding=(0, 2))
        grid.add_column(no_wrap=True)
        grid.add_column(overflow="fold")
        for name, text in texts.items():
            grid.add_row(Text(f"    {name}", style="dim"), _text(text))
        out.print(grid)
        return
    width = max(map(cell_len, texts), default=0)
    for name, text in texts.items():
        for i, line in enumerate(text.split("\n")):
            _line(out, f"    {set_cell_size('' if i else name, width)}  {line}")


def _examples(cases: Iterable[Mapping[str, str]], lang: Lang) -> str:
    return "\n".join(_example(case, lang) for case in cases)


def _example(case: Mapping[str, str], lang: Lang) -> str:
    if not case:
        return lang.say("不改动", "unchanged")
    if lang is Lang.EN:
        return ", ".join(f"{key}={text!r}" for key, text in case.items())
    return "，".join(f"{_entry(key)}{f'「{text}」' if text else '空白'}" for key, text in case.items())


def _entry(key: str) -> str:
    """A case's key in the words of the form: "funds.0.actual" is 资金第1行全年执行数."""
    said, rows = "", "第{}个"
    for part in key.split("."):
        if part.isdigit():
            said += rows.format(int(part) + 1)
        elif part not in ROWS:
            said += FIELDS.get(part, part)
        rows = ROWS.get(part, rows)
    return said


def show_parts(out: Console, parts: Iterable[Part], lang: Lang) -> None:
    """What is installed, what is absent, and what each is for."""
    grid = Table.grid(padding=(0, 2))
    for part in parts:
        word = lang.say("有", "ok") if part.found else lang.say("缺", "absent")
        style = "green" if part.found else "bold red" if part.required else "yellow"
        need = "" if part.required else lang.say("（可选）", " (optional)")
        grid.add_row(
            Text(word, style=style), _text(part.name), _text(part.found), _text(lang.say(part.zh, part.en) + need)
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
        out.print(_text(f"{where} {names[change.field]}：“{change.before}”→“{change.after}”"), soft_wrap=True)


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
