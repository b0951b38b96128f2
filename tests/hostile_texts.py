"""Texts that try to act, and a form and an audit that hold one in every field: what every output has to show as text.

A payload that runs in a browser sets `window.pwned`; one that fetches asks example.org.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from itertools import count

from specimen import rewrite, specimen

from auditkit.document import At
from auditkit.model import Figures, Finding, Form, Outcome, Severity, Skip, Value
from auditkit.pipeline import Audit, audit_form
from auditkit.quantity.numbers import amount, percentage
from auditkit.rulebooks.loader import load_rulebook

MARKUP = (
    "<script>window.pwned=1</script>",
    "</script><script>window.pwned=2</script>",
    "<img src=x onerror=window.pwned=3>",
    "\"' onmouseover='window.pwned=4' autofocus onfocus=\"window.pwned=4\" x='",
    "<svg/onload=window.pwned=5>",
    "<a href=javascript:window.pwned=6>核实</a>",
    "<iframe srcdoc='<script>parent.pwned=7</script>'></iframe>",
    "</td></tr></table></div><h1>表外</h1>",
    "</style><style>*{display:none}@import 'https://example.org/x.css'</style>",
    "<!-- <meta http-equiv=refresh content='0;url=https://example.org/'>",
    "]]></w:t><![CDATA[<w:p/>",
    "&lt;b&gt; &amp;amp; &#60;script&#62;",
)
MARKDOWN = (
    "[点此](javascript:window.pwned=8)",
    "![图](https://example.org/x.png)",
    "# 标题 | 列 | `代码`",
    "{{7*7}}{% raw %}${7*7}",
    "$\\bad{",
    "\\(x^2\\) $$y$$ \\input{/etc/passwd}",
    '#set text(red); #eval("1")',
    "%s %(x)s {0} _x0041_",
)
FORMULAS = (
    '=HYPERLINK("https://example.org","x")',
    "+1+cmd|' /C calc'!A0",
    "-2+3",
    "@SUM(A1)",
    "\t=1+1",
    "＝1+1",
    "　＝2+2",
)
LETTERS = (
    "甲\u202e乙\u2066丙",
    "零\u200b宽\ufeff",
    "响\x07铃\x00空\x1b[31m红",
    "行\x85分\u2028段\u2029止",
    "孤\ud800立\udfff",
    "非\uffff字\ufdd0符\ue000",
    "回\r车",
    "长" * 300,
    "x" * 300,
)
PAYLOADS = (*MARKUP, *MARKDOWN, *FORMULAS, *LETTERS)


def hostile_form(shift: int = 0, figures: bool = False) -> Form:
    """The specimen with a payload in every field and rows for notes, stray texts and doubts.

    The payloads go round, so that forms with another `shift` have others in a field. With `figures` the numbers stay, so
    that rules find something and the items are scored.
    """
    form = replace(specimen(), source=PAYLOADS[shift % len(PAYLOADS)], doubts=PAYLOADS)
    below = [Value(text, At(table=1, row=100 + row, column=1)) for row, text in enumerate(PAYLOADS)]
    form = replace(form, notes=tuple(below[::2]), stray=tuple(below[1::2]))
    for number, (path, value) in enumerate(form.values(), shift):
        if value.text not in PAYLOADS and not (figures and _is_figure(path, value)):
            form = rewrite(form, path, PAYLOADS[number % len(PAYLOADS)])
    return form


def _is_figure(path: str, value: Value) -> bool:
    of_scores = path.rpartition(".")[2] in ("points", "score", "target", "result", "total_points", "total_score")
    return of_scores or amount(value.text) is not None or percentage(value.text) is not None


def hostile_audit(shift: int = 0, figures: bool = True) -> Audit:
    """The audit of a hostile form, with payloads in whatever a rule, too, may say."""
    book = load_rulebook()
    audit = audit_form(hostile_form(shift, figures), book)
    return replace(audit, outcomes=(*audit.outcomes, *_outcomes(audit.form, shift)))


def _outcomes(form: Form, shift: int) -> Iterator[Outcome]:
    texts = (PAYLOADS[number % len(PAYLOADS)] for number in count(shift))
    for severity, row in zip(Severity, (None, 1, 2), strict=True):
        stated = Figures(next(texts), next(texts), next(texts))
        evidence = (form.project, form.indicators[0].name, Value(next(texts)))
        finding = Finding("XXX001", severity, next(texts), next(texts), evidence, next(texts), row, stated)
        yield Outcome("XXX001", 1, (finding,), (Skip("XXX001", next(texts), row),))


def every_payload() -> list[Audit]:
    """Audits that together have every payload in every field."""
    return [hostile_audit(shift, figures) for figures in (False, True) for shift in range(len(PAYLOADS))]
