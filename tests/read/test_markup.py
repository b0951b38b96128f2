"""Markup of every kind: what Chromium makes of it is what is read, and none takes long."""

from __future__ import annotations

import contextlib
import json
import random
import re
import subprocess
import time
from html import escape
from pathlib import Path

import lxml.html
import pytest
from chromium import CHROMIUM, QUIET, needs_chromium

from auditkit.document import Document
from auditkit.read.html.page import read_html
from auditkit.safety import Unreadable

CELLS = (
    "甲", "<p>甲", "<p>甲</p>", "<p class=MsoNormal><span style='a:b'>甲", " <b>甲</b> ", "甲<br>乙", "甲 <BR/> 乙<br>", "",
    "甲  乙", "甲\n<p>乙</p>", "&lt;b&gt;&amp;lt;", "&nbsp;甲&#19968;&ge", "&am<br>p;", "<!-- <td> -->甲", "<div>甲</div>乙",
    "<div><p>甲<div>乙</div></div>", "<ul><li>甲<li>乙</ul>丙", "<o:p></o:p>甲", "甲<b><i>乙</b>丙</i>", "<a title='>'>甲</a>", "1<2",
    "<span title=\"<br>\">甲</span>", "<a href=x<br>y>甲", "<h1>甲<h2>乙", "</p>甲</div>乙", "<font color=red>甲</font><hr>乙", "甲</th>乙",
    "<form>甲</form>", "<center><div>甲</center>乙</div>丙", "<dl><dt>甲<dd>乙</dl>", "a\r\nb\tc", "<td/>", "甲<td", "<b>甲<i>乙<b>丙<p>丁",
    "<script>'<td>'</script>甲", "<style>b{}</style>甲", "<b hidden>甲</b>乙", "<xmp><b>甲</b></xmp>乙", "<article>甲</article>乙",
    "<p style='white-space:pre'>甲  乙\n丙</p>", "<pre>\n甲  乙</pre>", "\u3000甲\u200b", "<a b='>甲", "<a\n>甲</a\n>", "甲&#1;", "<?甲?>乙",
    "<b style='visibility:hidden'>甲<i style='visibility:visible'>乙</i></b>", "<b style='display:none'>甲<i style='display:inline'>乙</i></b>",
    "<style>.x{display:none}</style><b class=x>甲</b>乙", "<style>b{display:none}.x{display:inline}</style><b class=x>甲</b>",
    "<style>.x{display:inline}b{display:none}</style><b class=x>甲</b>", "<style>b{display:none}</style><b style='display:inline'>甲</b>",
    "<style>@media print{b{display:none}}</style><b>甲</b>", "<style>/* b{display:none} */</style><b>甲</b>",
    "<style>.x{white-space:pre}</style><div class=x>甲  乙<i style='white-space:normal'>  丙  丁</i></div>",
)  # fmt: skip
STYLE = (
    "table{table-layout:fixed;border-collapse:separate;border-spacing:0;width:0}"
    "td,th{padding:0;border:0;font-size:8px}tr{height:20px}"
)
COLUMNS = 40
SCRIPT = """
onload = () => {
  document.body.textContent = JSON.stringify([...document.querySelectorAll('iframe')].map(frame =>
    [...frame.contentDocument.querySelectorAll('table')].map(table => {
      const box = table.getBoundingClientRect();
      return [...table.querySelectorAll('td,th')].map(cell => {
        const at = cell.getBoundingClientRect();
        return [cell.innerText, (at.top - box.top) / 20, (at.left - box.left) / 20, at.width / 20].map(
          it => typeof it == 'number' ? Math.round(it) : it);
      });
    })));
};
"""


def shown(pages: list[str], folder: Path) -> list[list[list[tuple[str, int, int, int]]]]:
    """Of every page and table, the cells as Chromium shows them: text, row, column, columns covered."""
    assert CHROMIUM, "CI needs Chromium: apt install chromium"
    frames = "".join(f'<iframe srcdoc="{escape(f"<!doctype html><style>{STYLE}</style>{p}")}"></iframe>' for p in pages)
    (folder / "all.html").write_text(f"<!doctype html><meta charset=utf-8><script>{SCRIPT}</script>{frames}", "utf-8")
    command = [CHROMIUM, "--headless", *QUIET, f"--user-data-dir={folder / 'chromium'}", "--dump-dom"]
    done = subprocess.run([*command, (folder / "all.html").as_uri()], check=True, capture_output=True, timeout=300)
    return json.loads(lxml.html.fromstring(done.stdout.decode()).find("body").text)


def read(page: str) -> Document:
    return read_html("a.html", f"<!doctype html><style>{STYLE}</style>{page}".encode())


def lines(text: str) -> list[str]:
    """The lines of a text: innerText puts a blank one between paragraphs, and leaves blanks of the markup round some."""
    return [
        line for line in (re.sub(r"[ \xa0]+", " ", line).strip(" \u3000\u200b") for line in text.split("\n")) if line
    ]


@needs_chromium
def test_the_text_of_a_cell_is_what_chromium_shows(tmp_path):
    pages = [f"<table><tr><td>{cell}" for cell in CELLS]
    theirs = [lines("\n".join(text for text, *_ in tables[0])) for tables in shown(pages, tmp_path)]
    ours = [lines("\n".join(c.text for row in read(page).blocks[0].rows for c in row)) for page in pages]
    assert ours == theirs


def table(chance: random.Random) -> str:
    """A table of sections, rows and cells that cover one another as nobody would have it."""
    columns = "<col style='width:20px'>" * COLUMNS
    parts, number = [], 0
    for _ in range(chance.randint(1, 3)):
        rows = []
        for _ in range(chance.randint(1, 4)):
            cells = []
            for _ in range(chance.randint(0, 4)):
                number += 1
                across = chance.choice(("", "", " colspan=2", " colspan=3"))
                down = chance.choice(("", "", " rowspan=2", " rowspan=3", " rowspan=0"))
                cells.append(f"<{chance.choice(('td', 'td', 'th'))}{across}{down}>{number}")
            rows.append(f"<tr>{''.join(cells)}")
        parts.append(f"<{chance.choice(('tbody', 'tbody', 'thead', 'tfoot'))}>{''.join(rows)}")
    return f"<table>{columns}{''.join(parts)}</table>"


@needs_chromium
def test_a_cell_stands_where_chromium_puts_it(tmp_path):
    chance = random.Random(15)
    pages = [table(chance) for _ in range(60)]
    for page, (theirs,) in zip(pages, shown(pages, tmp_path), strict=True):
        (block,) = read(page).blocks
        ours = [(c.text, n, c.grid, c.span) for n, row in enumerate(block.rows) for c in row if not c.merged]
        assert sorted(ours) == sorted(map(tuple, theirs)), page


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
    began = time.process_time()
    with contextlib.suppress(Unreadable):
        read_html("a", f"<table><tr><td>a</td></tr>{text}".encode())
    assert time.process_time() - began < 10
