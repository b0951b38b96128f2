"""A TOML table as frozen dataclasses, or an error that names file and key."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import MISSING, fields, is_dataclass
from decimal import Decimal
from typing import Any, Literal, NewType, get_args, get_origin, get_type_hints

from auditkit.errors.rulebooks import BadKey, KeyFault

Share = NewType("Share", Decimal)  # of 1
RuleId = NewType("RuleId", str)
Slug = NewType("Slug", str)


def build(kind: type, table: Any, file: str, key: str = "") -> Any:
    """A frozen dataclass from a table; its fields with a default are no keys. `key` is the table's own, for messages.

    Raises Unreadable for a key that is unknown, missing or of the wrong type.
    """
    if not isinstance(table, Mapping):
        raise BadKey(file, key, KeyFault.NOT_A_TABLE)
    hints, prefix = get_type_hints(kind), f"{key}." if key else ""
    known = {f.name for f in fields(kind) if f.default is MISSING}
    for unknown in sorted(set(table) - known):
        raise BadKey(file, f"{prefix}{unknown}", KeyFault.UNKNOWN, known="、".join(sorted(known)))
    for missing in sorted(known - set(table)):
        raise BadKey(file, f"{prefix}{missing}", KeyFault.MISSING)
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
        raise BadKey(file, key, KeyFault.NOT_A_WORD, value=value, words=("、".join(args), ", ".join(args)))
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
        raise BadKey(file, key, KeyFault.VALUE, value=str(value), wanted=(zh, en))
    return Decimal(value) if kind in (Decimal, Share) else value


def _shape(origin: Any, args: tuple[Any, ...]) -> tuple[str, str]:
    if origin is tuple and args[-1] is not ...:
        return f"{len(args)} 项的列表", f"a list of {len(args)}"
    return ("列表", "a list") if origin is tuple else ("一个表", "a table")
