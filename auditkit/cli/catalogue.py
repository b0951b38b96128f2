"""The catalogue of rules on the terminal, all that there is to say of one rule, and the rulebooks that ship."""

from __future__ import annotations

import ast
import inspect
import textwrap
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import fields, is_dataclass
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rich.cells import cell_len, set_cell_size
from rich.console import Console
from rich.table import Table
from rich.text import Text

from auditkit.cli.tables import Lang, inert_text, severity_text
from auditkit.errors.usage import UnknownRule
from auditkit.model import Severity
from auditkit.rules.rule import CATALOGUE, FAMILIES, SUBJECT_NAMES, in_order
from auditkit.safety import escape_controls
from auditkit.vocabulary.labels import spellings
from auditkit.vocabulary.spelling import plain

if TYPE_CHECKING:
    from auditkit.rulebooks.loader import Rulebook
    from auditkit.rules.rule import Rule

TEXTS = ("name", "version", "title", "title_en", "documents", "basis", "digest")  # of a rulebook; all else is figures
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
    "approved": "批复的",
    "filed": "自评表的",
    "total_points": "总分的分值",
    "total_score": "总分",
    "grade": "评价等级",
    "form": "",
    "before": "上年",
}


def show_rules(out: Console, rules: Iterable[Rule], book: Rulebook, lang: Lang) -> None:
    """The catalogue by family, under the severities and sources of one rulebook."""
    rules = sorted(rules, key=in_order)
    _show_rulebook(out, book, lang)
    _line(out, lang.say(f"共 {len(rules)} 条规则。", f"{len(rules)} rules. ") + lang.say(*EXAMPLES))
    for family, members in groupby(rules, lambda rule: rule.id[:3]):
        members = list(members)
        count = lang.say(f"（{len(members)} 条）", f" ({len(members)})")
        out.print()
        _line(out, f"{family}  {lang.say(*FAMILIES.get(family, (family, family)))}{count}", style="bold underline")
        for rule in members:
            _show_rule(out, rule, book, lang)


def explain_rules(out: Console, rules: Iterable[Rule], book: Rulebook, lang: Lang) -> None:
    """Some rules with all that there is to say: also the figures of the rulebook that they read, and their place in the code."""
    _show_rulebook(out, book, lang)
    for rule in sorted(rules, key=in_order):
        _show_rule(out, rule, book, lang)
        figures = "\n".join(f"{key} = {_figure(value)}" for key, value in parameters(rule.check, book).items())
        defined = inspect.unwrap(rule.check).__code__
        place = f"{'/'.join(Path(defined.co_filename).parts[-3:])}:{defined.co_firstlineno}"
        texts = {
            lang.say("手册参数", "parameters"): figures
            or lang.say("不用手册中的数字", "reads no figure of the rulebook"),
            lang.say("代码", "code"): place,
        }
        _show_entries(out, texts)


def _show_rulebook(out: Console, book: Rulebook, lang: Lang) -> None:
    _line(out, f"{lang.say('规则手册', 'Rulebook')} {book.name} {book.version}  {lang.say(book.title, book.title_en)}")
    for document in book.documents:
        known = lang.say(
            *(("已核对原文", "checked") if document.checked else ("未核对原文", "second-hand, not checked"))
        )
        _line(out, f"  {document.title} {document.number}（{known}）{document.note}")


def show_rulebooks(out: Console, books: Iterable[Rulebook], default: Rulebook, lang: Lang) -> None:
    """Each rulebook with its sources, and the figures that are not those of the default one."""
    usual = _figures(default)
    for book in books:
        _show_rulebook(out, book, lang)
        own = {key: figure for key, figure in _figures(book).items() if book is default or usual[key] != figure}
        _show_entries(out, own)
        out.print()


def _figures(book: Rulebook) -> dict[str, str]:
    """The figures of a rulebook by key; a table of them has a line for each."""
    found: dict[str, str] = {}
    for one in fields(book):
        value = getattr(book, one.name)
        if one.name in TEXTS:
            continue
        if is_dataclass(value):
            found |= {f"{one.name}.{part.name}": _figure(getattr(value, part.name)) for part in fields(value)}
        else:
            found[one.name] = _figure(value)
    return found


def _figure(value: object) -> str:
    if is_dataclass(value):
        value = {one.name: getattr(value, one.name) for one in fields(value)}
    if isinstance(value, Mapping):
        return "，".join(f"{name} {_figure(one)}" for name, one in value.items()) or "—"
    return ("；".join(map(_figure, value)) or "—") if isinstance(value, tuple) else str(value)


def select_rules(wanted: Iterable[str]) -> list[Rule]:
    """The rules of the catalogue by number or family. Raises UnknownRule, with what there is, for any other text."""
    found: dict[str, Rule] = {}
    for text in wanted:
        name = plain(text).upper()
        rules = {id: rule for id, rule in CATALOGUE.items() if name in (id, id[:3])}
        if not rules:
            raise UnknownRule(text, known=_nearest(name))
        found |= rules
    return list(found.values())


def _nearest(name: str) -> tuple[str, str]:
    family = sorted(id for id in CATALOGUE if id[:3] == name[:3])
    if family:
        return f"{name[:3]} 族有 {'、'.join(family)}", f"family {name[:3]} has {', '.join(family)}"
    zh, en = ("、".join(f"{id} {names[at]}" for id, names in FAMILIES.items()) for at in range(2))
    return (
        f"编号由族和三位数字组成，如 STR001；族有 {zh}",
        f"a number is a family and three digits, as STR001; the families: {en}",
    )


def _line(out: Console, text: str, style: str = "") -> None:
    """One line, which only the terminal itself may break: in a pipe a text stays whole, for searching."""
    out.print(Text(escape_controls(text), style=style), soft_wrap=True)


def _show_rule(out: Console, rule: Rule, book: Rulebook, lang: Lang) -> None:
    severity = Severity(book.severity.get(rule.id, rule.severity))
    off = lang.say("（本手册停用）", " (off in this rulebook)") if rule.id in book.off else ""
    out.print()
    out.print(Text.assemble((rule.id, "bold"), f"  {lang.say(rule.zh, rule.en)}  ", severity_text(severity, lang), off))
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
            grid.add_row(Text(f"    {name}", style="dim"), inert_text(text))
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
        elif part == "*":
            said += rows.replace("第{}", "每")
        elif part not in ROWS:
            said += FIELDS.get(part, part)
        rows = ROWS.get(part, rows)
    return said


def parameters(check: Callable[..., Any], book: Rulebook) -> dict[str, Any]:
    """The figures of a rulebook that a rule reads, by key: itself, or in the functions that it hands the rulebook to."""
    found: dict[str, Any] = {}
    pending, seen = [(inspect.unwrap(check), "book")], set()
    while pending:
        function, root = pending.pop()
        if function in seen:
            continue
        seen.add(function)
        for chain in _chains(ast.parse(textwrap.dedent(inspect.getsource(function))), root):
            if chain[0] == root:
                own = inspect.getattr_static(type(book), chain[1], None)
                if isinstance(own, property):
                    pending.append((own.fget, "self"))
                found |= _figure_at(book, chain[1:])
                continue
            called: Any = function.__globals__.get(chain[0])
            for name in chain[1:]:
                called = getattr(called, name, None)
            if inspect.isfunction(inspect.unwrap(called)):
                pending.append((inspect.unwrap(called), "book"))
    return {key: found[key] for key in sorted(found) if not {key.rpartition(".")[0]} & set(found)}


def _chains(node: ast.AST, root: str) -> Iterator[list[str]]:
    """Names with their attributes: those of the rulebook as far as they go, and those of what is called with it."""
    if isinstance(node, ast.Attribute) and (chain := _chain(node))[0] == root:
        yield chain
        return
    if isinstance(node, ast.Call) and any(isinstance(one, ast.Name) and one.id == root for one in node.args):
        yield _chain(node.func)
    for part in ast.iter_child_nodes(node):
        yield from _chains(part, root)


def _chain(node: ast.AST) -> list[str]:
    if isinstance(node, ast.Attribute):
        return [*_chain(node.value), node.attr]
    return [node.id] if isinstance(node, ast.Name) else [""]


def _figure_at(book: Rulebook, names: list[str]) -> dict[str, Any]:
    """The figure that a chain of attributes leads to, by its key; nothing where it leads to no figure, as a name."""
    value, key = book, []
    for name in names:
        if not is_dataclass(value) or name not in {one.name for one in fields(value)}:
            break
        value, key = getattr(value, name), [*key, name]
    return {".".join(key): value} if key and key[0] not in TEXTS else {}
