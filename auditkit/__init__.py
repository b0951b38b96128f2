"""Audit of China's public-budget performance self-evaluation forms (项目支出绩效自评表).

The public face, all that a notebook needs: `audit`, `Audit`, `load_rulebook`, `open_year`, `open_review` and `report`.
Each is imported when it is first asked for, so that `import auditkit` costs nothing.
"""

from __future__ import annotations

import importlib
import sys
from collections.abc import Sequence
from typing import Any

_HOME = {
    "Audit": "auditkit.pipeline",
    "audit": "auditkit.pipeline",
    "load_rulebook": "auditkit.rulebooks.loader",
    "open_review": "auditkit.run.open",
    "open_year": "auditkit.run.open",
}
# What notebooks of the version before imported, and what they import now.
_MOVED = {"auditkit.audit": "audit", "auditkit.year": "open_year", "auditkit.bench": "open_review"}

__all__ = ["Audit", "audit", "load_rulebook", "open_review", "open_year", "report"]


def __getattr__(name: str) -> Any:
    if name == "report":
        return importlib.import_module("auditkit.report")
    if name in _HOME:
        return getattr(importlib.import_module(_HOME[name]), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})


class _Moved:
    """Asked last, after every finder of modules: a module of the version before gets a sentence that says what to write."""

    @staticmethod
    def find_spec(name: str, path: Sequence[str] | None = None, target: Any = None) -> None:
        if name in _MOVED:
            now = f"from auditkit import {_MOVED[name]}"
            raise ModuleNotFoundError(f"{name} 已改名，请改写为：{now}（{name} was renamed; write: {now}）", name=name)


sys.meta_path.append(_Moved)
