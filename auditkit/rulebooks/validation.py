"""A TOML table as frozen dataclasses, or an error that names file and key."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import MISSING, fields, is_dataclass
from decimal import Decimal
from typing import Any, Literal, NewType, get_args, get_origin, get_type_hints

from auditkit.errors.usage import BadKey

Share = NewType("Share", Decimal)  # of 1
RuleId = NewType("RuleId", str)
Slug = NewType("Slug", str)


def build(kind: type, table: Any, file: str, key: str = "") -> Any:
    """A frozen dataclass from a table; its fields with a default are no keys. `key` is the table's own, for messages.

    Raises Unreadable for a key that is unknown, missing or of the wrong type.
    """
    if not isinstance(table, Mapping):
        raise fault(file, key, "应为一个表", "a table is expected")
    hints, prefix = get_type_hints(kind), f"{key}." if key else ""
    known = {f.name for f in fields(kind) if f.default is MISSING}
    for unknown in sorted(set(table) - known):
        names = "、".join(sorted(known))
        raise fault(file, f"{prefix}{unknown}", f"没有这个参数，可用的有 {names}", f"unknown key; known: {names}")
    for missing in sorted(known - set(table)):
        raise fault(file, f"{prefix}{missing}", "缺少这个参数", "missing key")
    return kind(**{name: _convert(hints[name], value, file, f"{prefix}{name}") for name, value in table.items()})


def _number(value: Any) -> bool:
    return type(value) in (int, Decimal) and Decimal(value).is_finite() and value >= 0


SIMPLE = {
    str: (lambda v: type(v) is str, "加引号的文字", "a text in quotes"),
    bool: (lambda v: type(v) is bool, "true 或 false", "true or false"),
    int: (lambda v: type(v) is int, "整数", "a whole number"),
    Decimal: (_number, "不小于 0 的数字", "a number, 0 or more"),
    Share: (lambda v: _number(v) and v <= 1, "0 到 1 之间的数字（1 即 100%）", "a number from 0 to 1 (1 is 100%)"),
    RuleId: (
        lambda v: type(v) is str and re.fullmatch("[A-Z]{3}[0-9]{3}", v),
        "规则编号，如 BUD001",
        "a rule, as BUD001",
    ),
    Slug: (
        lambda v: type(v) is str and len(v) <= 64 and re.fullmatch("[a-z0-9]+(-[a-z0-9]+)*", v),
        "小写字母、数字和连字符组成的名称，如 qingxi-2022",
        "a name of small letters, digits and hyphens, as qingxi-2022",
    ),
}


def _convert(kind: Any, value: Any, file: str, key: str) -> Any:
    origin, args = get_origin(kind), get_args(kind)
    if is_dataclass(kind):
        return build(kind, value, file, key)
    if origin is Literal:
        if value in args:
            return value
        raise fault(
            file, key, f"“{value}”不是可用的词，可用的有 {'、'.join(args)}", f"“{value}” is none of {', '.join(args)}"
        )
    if origin is tuple and isinstance(value, list):
        kinds = args[:1] * len(value) if args[-1] is ... else args
        if len(kinds) == len(value):
            return tuple(
                _convert(k, item, file, f"{key}[{i}]") for i, (k, item) in enumerate(zip(kinds, value, strict=True))
            )
    if origin is Mapping and isinstance(value, dict):
        inner = ((f"{key}.{name}", name, item) for name, item in value.items())
        return {_convert(args[0], name, file, at): _convert(args[1], item, file, at) for at, name, item in inner}
    fits, zh, en = SIMPLE.get(kind, (lambda v: False, *_shape(origin, args)))
    if not fits(value):
        raise fault(file, key, f"值“{value}”不对，应为 {zh}", f"the value “{value}” is not {en}")
    return Decimal(value) if kind in (Decimal, Share) else value


def _shape(origin: Any, args: tuple[Any, ...]) -> tuple[str, str]:
    if origin is tuple and args[-1] is not ...:
        return f"{len(args)} 项的列表", f"a list of {len(args)}"
    return ("列表", "a list") if origin is tuple else ("一个表", "a table")


def fault(file: str, key: str, zh: str, en: str) -> BadKey:
    """What is wrong with one key of a file, for people."""
    return BadKey(file, key=key, fault=(zh, en))
