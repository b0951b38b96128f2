"""Rulebooks: every figure that a rule-maker fixed, with its source, in one TOML file per jurisdiction."""

from __future__ import annotations

import hashlib
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, fields
from decimal import Decimal
from pathlib import Path
from typing import Any, get_type_hints

from auditkit.safety import Unreadable

SHIPPED = Path(__file__).with_name("rulebooks")
DEFAULT = "mof-2020"


@dataclass(frozen=True)
class Document:
    """A document that the rulebook rests on; `checked` is False where it is known only second-hand."""

    title: str
    number: str
    checked: bool
    note: str


@dataclass(frozen=True)
class Split:
    """Points by first-level indicator, and those of budget execution."""

    execution: Decimal
    output: Decimal
    benefit: Decimal
    satisfaction: Decimal
    cost: Decimal


@dataclass(frozen=True)
class Band:
    """From this rate on (1 is 100%), this share of the points."""

    rate: Decimal
    share: Decimal


@dataclass(frozen=True)
class Execution:
    """How the execution rate earns points: `linear`, `bands` or `none`, over the `adjusted` or `initial` budget."""

    method: str
    base: str
    bands: tuple[Band, ...]


@dataclass(frozen=True)
class Formula:
    """How a missed target earns points: `proportional` or `shortfall` (1 − (actual − target)/target) for reverse ones."""

    positive: str
    reverse: str


@dataclass(frozen=True)
class Overachievement:
    """From `threshold` times the target on, `effect` is wanted: `explain` or `deduct`.

    A rate at or above `rate_ceiling` has no room left, and is never over-achieved.
    """

    threshold: Decimal
    effect: str
    rate_ceiling: Decimal


@dataclass(frozen=True)
class Thresholds:
    """Shares from which a warning is due: budget unspent, budget adjusted, results ahead of spending."""

    unspent: Decimal
    adjusted: Decimal
    outrun: Decimal
    similar: Decimal


@dataclass(frozen=True)
class Rulebook:
    """One jurisdiction's rules in force. `digest` is over the file as read, so that a report names what was used."""

    name: str
    version: str
    title: str
    title_en: str
    full_marks: Decimal
    split: Split
    execution: Execution
    formula: Formula
    overachievement: Overachievement
    grades: Mapping[str, Decimal]
    thresholds: Thresholds
    basis: Mapping[str, str]
    documents: tuple[Document, ...]
    severity: Mapping[str, str]
    off: tuple[str, ...]
    digest: str = ""

    def cite(self, key: str) -> str:
        """The basis of a rule in this rulebook's own words, or the key where it names none."""
        return self.basis.get(key, key)

    def grade(self, score: Decimal) -> str:
        """The grade that a total score out of `full_marks` earns."""
        return next(name for name, least in sorted(self.grades.items(), key=lambda g: -g[1]) if score >= least)


def load_rulebook(name: str | Path = DEFAULT) -> Rulebook:
    """A shipped rulebook by name, or a file by path.

    Raises Unreadable, naming file and key, where it is missing, is no TOML, or has an unknown, missing or mistyped key.
    """
    path = Path(name) if str(name).endswith(".toml") else SHIPPED / f"{Path(str(name)).name}.toml"
    if not path.is_file():
        known = "、".join(sorted(p.stem for p in SHIPPED.glob("*.toml")))
        raise Unreadable(
            str(name),
            f"没有这个规则手册；可用的有 {known}，或给出 .toml 文件路径",
            f"no such rulebook; known: {known}, or give the path of a .toml file",
        )
    text = path.read_bytes()
    try:
        table = tomllib.loads(text.decode(), parse_float=Decimal)
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise Unreadable(str(path), f"不是有效的 TOML 文件：{error}", f"not a valid TOML file: {error}") from error
    return _build(Rulebook, table | {"digest": hashlib.sha256(text).hexdigest()[:12]}, str(path), "")


def _build(kind: type, table: Any, file: str, key: str) -> Any:
    if not isinstance(table, Mapping):
        raise _fault(file, key, "应为一个表", "a table is expected")
    hints = get_type_hints(kind)
    for unknown in sorted(set(table) - {f.name for f in fields(kind)}):
        raise _fault(file, f"{key}{unknown}", "没有这个参数", "unknown key")
    for missing in sorted({f.name for f in fields(kind)} - set(table)):
        raise _fault(file, f"{key}{missing}", "缺少这个参数", "missing key")
    return kind(**{name: _convert(hints[name], value, file, f"{key}{name}") for name, value in table.items()})


def _convert(kind: Any, value: Any, file: str, key: str) -> Any:
    if kind is Decimal and type(value) in (int, Decimal):
        return Decimal(value)
    if kind in (str, bool) and type(value) is kind:
        return value
    if hasattr(kind, "__dataclass_fields__"):
        return _build(kind, value, file, f"{key}.")
    if getattr(kind, "__origin__", None) is tuple and isinstance(value, list):
        return tuple(_convert(kind.__args__[0], item, file, f"{key}[{i}]") for i, item in enumerate(value))
    if getattr(kind, "__origin__", None) is Mapping and isinstance(value, dict):
        return {name: _convert(kind.__args__[1], item, file, f"{key}.{name}") for name, item in value.items()}
    raise _fault(file, key, f"值 {value!r} 的类型不对", f"value {value!r} has the wrong type")


def _fault(file: str, key: str, zh: str, en: str) -> Unreadable:
    return Unreadable(file, f"参数 {key}：{zh}", f"key {key}: {en}")
