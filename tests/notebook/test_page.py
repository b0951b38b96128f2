"""Pages written at once have the bytes of those that nbconvert has Beautiful Soup write."""

from __future__ import annotations

import nbformat
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from markupsafe import escape
from nbconvert import HTMLExporter
from nbconvert.exporters import html

from auditkit import resources
from auditkit.notebook.execute import render
from auditkit.notebook.page import PageExporter
from auditkit.report.html.views import TEMPLATES

OPTIONS = {"template_name": "offline", "extra_template_basedirs": [str(TEMPLATES)], "exclude_anchor_links": True}
STOCK, OURS = HTMLExporter(**OPTIONS), PageExporter(default_preprocessors=[], **OPTIONS)
# What is written as it is, and what goes the whole way; every one of them gives the bytes of the whole way.
USUAL = {
    "text": "<p>a &amp; b &lt;c&gt; &#34;d&#34; &#39;e&#39;</p>",
    "order": '<td style="x" colspan="2" id="c">1</td>',
    "quotes": '<a title="&#34;1&#34;" href="#f">1</a><a title="&#39;2&#39; &#34;">2</a>',
    "void": '<br><br/><img src="data:," alt=""><table><colgroup><col style="a"></colgroup></table>',
    "blanks": "<div>\n\n  \n<b> </b> <i>\t </i> 全　角\u00a0</div>\n\n",
    "last wins": '<p id="1" id="2">x</p>',
    "class": '<p class="a b">x</p>',
}
UNUSUAL = {
    "unclosed": "<p>one<p>two",
    "crossed": "<b><i>1</b></i>",
    "stray end": "</div><p>1</p>",
    "script": "<script>1 < 2 &amp; 3</script>",
    "comment": "<!-- x --><p>1</p>",
    "pre": "<pre>\n\n  1\n\n</pre>",
    "entity": "<p>&nbsp;&copy;&#65;&unknown; & &amp</p>",
    "bare": "<p hidden id=x>1 > 0</p>",
    "no alt": '<img src="data:,">',
    "jupyter's": '<div class="jp-Notebook"><div class="jp-OutputArea-output">1</div></div>',
    "words": '<p class=" a  b ">x</p>',
    "upper": "<P ID='1'>x</P>",
    "half a tag": "<p>1 < 2</p>",
}


def notebook(shown: str) -> nbformat.NotebookNode:
    output = nbformat.v4.new_output("execute_result", {"text/html": shown, "text/plain": "x"}, execution_count=1)
    return nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell("x", outputs=[output])])


def page(exporter: HTMLExporter, shown: str) -> str:
    return exporter.from_notebook_node(notebook(shown), resources={"title": "甲 & “乙”", "css": "p > b {}"})[0]


@pytest.mark.parametrize("name", [*USUAL, *UNUSUAL])
def test_a_page_has_the_bytes_of_nbconverts(name: str, monkeypatch: pytest.MonkeyPatch):
    shown, parsed, parse = {**USUAL, **UNUSUAL}[name], [], html.BeautifulSoup
    wanted = page(STOCK, shown)
    monkeypatch.setattr(html, "BeautifulSoup", lambda *given, **more: parsed.append(1) or parse(*given, **more))
    assert page(OURS, shown) == wanted
    assert len(parsed) == (name in UNUSUAL)


@settings(max_examples=200, deadline=None)
@given(st.text(), st.text())
def test_so_it_is_with_any_text_of_a_form(one: str, other: str):
    shown = f'<p title="{escape(one)}">{escape(other)}</p><b>{escape(one)}</b>'
    assert page(OURS, shown) == page(STOCK, shown)


@pytest.mark.parametrize("name", ["project_audit.ipynb", "year_report.ipynb"])
def test_the_notebooks_that_come_with_the_program_go_the_short_way(name: str, monkeypatch: pytest.MonkeyPatch):
    book = nbformat.read(resources.notebooks() / name, as_version=4)
    with monkeypatch.context() as patch:
        patch.setattr(html, "BeautifulSoup", None)
        short = render(book, "甲")
    monkeypatch.setattr("auditkit.notebook.execute._exporter", lambda: STOCK)
    assert short == render(book, "甲")
