"""The specimen with a hostile text in every entry."""

from __future__ import annotations

from specimen import rewrite, specimen

HOSTILE = (
    "<script>alert(1)</script>",
    "[点我](javascript:alert(1))",
    "=1+1",
    "\t=cmd|'/c calc'!A1",
    '＝HYPERLINK("http://x")',
    "\x07\x0b\x1b",
    "\ud800孤",
    "\u202e反向",
    "$\\bad{",
    "_x0041_",
    "#N/A",
)


def hostile_form(number: int):
    """The specimen with one hostile text in every entry."""
    form, text = specimen(), HOSTILE[number]
    for path, value in list(form.values()):
        if not path.startswith(("stray", "notes")) and value.at is not None:
            form = rewrite(form, path, text)
    return form
