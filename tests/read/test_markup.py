"""Markup that is regular is read as what a browser makes of it: as the tree that lexbor builds of it."""

from __future__ import annotations

import contextlib
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from auditkit.document import Document
from auditkit.read.html.markup import Markup
from auditkit.read.html.page import _as_written, _Reading, read_html
from auditkit.read.html.source import ruled
from auditkit.read.html.tags import Ragged
from auditkit.safety import LIMITS, Unreadable


def by_tree(text: str) -> tuple[object, ...]:
    return _Reading(Markup("a", ruled(text)[0], LIMITS, ruled=True), "a", LIMITS).all()


CELLS = (
    "甲", "<p>甲", "<p>甲</p>", "<p class=MsoNormal><span style='a:b'>甲", " <b>甲</b> ", "甲<br>乙", "甲 <BR/> 乙<br>", "",
    "甲  乙", "甲\n乙", "甲\n<p>乙</p>", "&lt;b&gt;&amp;lt;", "&nbsp;甲&#19968;&ge", "&am<br>p;", "<!-- <td> -->甲", "<div>甲</div>乙",
    "<div><p>甲<div>乙</div></div>", "<ul><li>甲<li>乙</ul>丙", "<o:p></o:p>甲", "甲<b><i>乙</b>丙</i>", "<a title='>'>甲</a>", "1<2",
    "<span title=\"<br>\">甲</span>", "<a href=x<br>y>甲", "<h1>甲<h2>乙", "</p>甲</div>乙", "<font color=red>甲</font><hr>乙", "甲</th>乙",
    "<table><tr><td>甲<td>乙</table>丙", "<form>甲</form>", "<center><div>甲</center>乙</div>丙", "<dl><dt>甲<dd>乙</dl>", "甲\r\n乙\t丙",
    "<script>'<td>'</script>甲", "<style>b{}</style>甲", "<svg><text>甲</text></svg>乙", "<b hidden>甲</b>乙", "<input value=甲>",
    "<p style='white-space:pre'>甲  乙\n丙</p>", "<pre>\n甲  乙</pre>", "<math><tr>甲</tr></math>", "\u3000甲\u200b", "<a b='>甲", "<a\n>甲</a\n>",
)  # fmt: skip
BEGINS = (
    "<td>", "<TD>", "<th>", "<td colspan=2>", '<td rowspan="2">', "<td rowspan=0 colspan='2'>", "<td\nrowspan = 3 a>", "<td/>",
    "<td colspan=2 colspan=3>", '<td title="colspan=3">', "<td a=b c>", "<td title='<p>'>", "<td =x>", '<td a="b"c=d>',
)  # fmt: skip
ENDS = "</td>", "</td>", "</td>", "</TD>\n", "", "</th>", "</td> ", "</p></td>", "</td>\u3000"
ROWS = ("<tr>", "</tr>\n"), ("<tr>", "</tr>"), ("<TR>", "\n"), ("<tr class=a>", "</tr>"), ("", ""), ("<p>", "</p>")
PARTS = (
    "<table>", "</table>", "<tbody>", "</tbody>", "<thead>", "<tfoot>", "<caption>题", "</caption>", "<col>", "<p>", "文", "<!--x-->",
    "<td>", "</td>", "<tr>", "</tr>", "<div>", "</div>", "<br>", " ", "<colgroup>", "<li>", "<b>", "</body>", "<title>t</title>",
)  # fmt: skip
HEADS = (
    "", "<!DOCTYPE html><html><head><meta charset=utf-8><title>甲</title></head><body>", "<body class=a>", "<html>\n<head>",
    "<style>td{white-space:pre-wrap}</style>", "<style>td, th {white-space: pre}</style>", "<style>p{white-space:pre}</style>",
    "<style>.x{display:none}</style>", "<style>div{overflow:hidden}</style>", "前<p>文",
)  # fmt: skip


def mostly(tame: tuple, wild: tuple) -> st.SearchStrategy:
    """One of the tame, now and then one of the wild: where all are wild no page is regular."""
    return st.integers(0, 19).flatmap(lambda n: st.sampled_from(tame if n else wild))


@st.composite
def pages(draw) -> str:
    rows = []
    for _ in range(draw(st.integers(1, 4))):
        begin, end = draw(mostly(ROWS[:2], ROWS))
        cell = st.tuples(mostly(BEGINS[:6], BEGINS), st.sampled_from(CELLS), mostly(ENDS[:1], ENDS)).map("".join)
        rows.append(begin + draw(st.sampled_from(["", "\n"])).join(draw(st.lists(cell, max_size=4))) + end)
    odd = draw(mostly(("",), PARTS))
    rows.insert(draw(st.integers(0, len(rows))), odd)
    return f"{draw(st.sampled_from(HEADS))}<table>{''.join(rows)}</table>{draw(st.sampled_from(['', '后<p>文', '</div>后']))}"


def same(text: str) -> bool:
    """Whether the markup was regular; then it must be what the tree is."""
    try:
        read = _as_written("a", text, LIMITS)
    except Ragged:
        by_tree(text)
        return False
    assert Document("a", read) == Document("a", by_tree(text))
    return True


@settings(max_examples=300, deadline=None)
@given(pages())
def test_a_regular_page_is_what_its_tree_is(text):
    same(text.replace("\r\n", "\n"))


@settings(max_examples=200, deadline=None)
@given(st.lists(st.sampled_from(PARTS + CELLS + BEGINS), max_size=14).map("".join))
def test_no_other_page_is_taken_for_regular(text):
    with contextlib.suppress(Unreadable):
        same(text.replace("\r\n", "\n"))


REGULAR = (
    "<table><tr><td>甲<td colspan=2>乙</td></tr><tr style='height:1pt'><td>丙</td></tr></table>",
    "<body><div><p>前<table border=1><thead><tr><th>甲</th></tr></thead><tbody><tr><td><b>乙</b></td></tr></tbody></table></div>",
    "<table><tr><td><p class=MsoNormal><span lang=EN-US>甲<o:p></o:p></span></p></td></tr></table>",
    "<table><tr><td>甲<table><tr><td>乙</td></tr></table></td></tr></table>",
    "<style>td{white-space:pre-wrap}div{overflow:hidden}</style><table><tr><td>甲  乙\n丙</td></tr></table>",
    "<table><tr><td>&nbsp;&lt;甲&gt;</td></tr></table><!--[if gte mso 9]><xml></xml><![endif]-->",
)
RAGGED = (
    "<table><tr><td>甲<b hidden>乙</b></table>",
    "<table><tr><td>甲</td>乙</tr></table>",
    "<table><td>甲</table>",
    "<table><tr><td>甲<input value=乙></table>",
    "<style>.x{display:none}</style><table><tr><td>甲</table>",
    "<table><tr><td>甲<a title='>'>乙</a></table>",
    "<table><tr><td>甲&#1;</table>",
    "<table><tr><td>甲</td",
)


@pytest.mark.parametrize("text", REGULAR)
def test_what_forms_are_written_in_is_regular(text):
    assert same(text)


@pytest.mark.parametrize("text", RAGGED)
def test_what_a_browser_sets_right_or_does_not_show_is_ragged(text):
    assert not same(text)


@pytest.mark.parametrize(
    "text",
    [
        *(
            "<td " * 4000,
            "<td/" * 500_000,
            "<td/" * 500_000 + ">",
            ("<td/" * 99 + ">") * 5000,
            "<a" * 500_000,
            "<a<a" * 200_000 + ">",
        ),
        *(
            "<!--a" * 300_000,
            "<!a" * 300_000,
            "<style>" * 300_000,
            "<script>" * 300_000,
            "<td><b>" * 300_000,
            "<td>x<br>" * 300_000,
        ),
        *(
            "<td>&#" * 300_000,
            "<tr></tr>" * 300_000,
            "<td>a</b>" * 300_000,
            "<td title='" * 300_000,
            "<td a=" * 300_000,
        ),
        "<table><tr>" + "<td>a</td>" * 19_000 + "</tr>",
        "<table>" + "<tr><td rowspan=0>a</td></tr>" * 190,
    ],
    ids=lambda text: f"{text[:9]}-{len(text)}",
)
def test_no_markup_takes_long(text):
    began = time.monotonic()
    with contextlib.suppress(Unreadable):
        read_html("a", f"<table><tr><td>a</td></tr>{text}".encode())
    assert time.monotonic() - began < 10
