"""Enumerations whose members have a name for people."""

from __future__ import annotations

from enum import StrEnum
from typing import Self


class Named(StrEnum):
    """`MEMBER = "value", "中文名"`: the value is stored and compared, `zh` is shown."""

    zh: str

    def __new__(cls, value: str, zh: str) -> Self:
        member = str.__new__(cls, value)
        member._value_, member.zh = value, zh
        return member
