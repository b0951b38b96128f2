"""The catalogue: one module per family, found by being here."""

from __future__ import annotations

import pkgutil
from functools import cache
from importlib import import_module


@cache
def load_rules() -> None:
    """Import every family, so that its rules register themselves in `rule.CATALOGUE`."""
    for module in pkgutil.iter_modules(__path__):
        import_module(f"{__name__}.{module.name}")
