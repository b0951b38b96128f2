"""Imports that leave out what a library takes along for purposes which are not ours, where it does without as well."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager

# A grammar of web addresses, which takes longer to load than all else together, other checks of addresses and of spans of
# time that no schema of a notebook asks for, and a reader of Hadoop's file system, of which whoever is the first to import
# nbformat and papermill takes care. What is loaded then is copied, page table by page table, whenever a process is forked
# for a report.
LEFT_OUT = ("rfc3987_syntax", "rfc3986_validator", "isoduration", "pyarrow")


@contextmanager
def hide_modules(*modules: str) -> Iterator[None]:
    """Inside, these modules are as if they were not installed, save for those that are loaded already."""
    hidden = [name for name in modules if name not in sys.modules]
    sys.modules.update(dict.fromkeys(hidden))
    try:
        yield
    finally:
        for name in hidden:
            sys.modules.pop(name, None)
