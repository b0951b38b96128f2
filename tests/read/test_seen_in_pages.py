"""What a person sees of a page: what styles hide, raise, or make too small or too pale, in the many ways that styles have."""

from __future__ import annotations

import pytest

from auditkit.document import Table
from auditkit.read.html.page import read_html

# The inside of a cell, what is read of it, and words of the doubt, blank for none.
PAGES = {
    'raised by style': ("126人<span style='vertical-align:super;font-size:smaller'>1</span>", '126人', '上标'),
    'small at the top': ("126人<span style='vertical-align:top;font-size:8px'>1</span>", '126人', '上标'),
    'small at the top of the text': ("126人<span style='vertical-align:text-top;font-size:60%'>①</span>", '126人', '上标'),
    'moved up': ("126人<span style='position:relative;top:-5px;font-size:8px'>1</span>", '126人', '上标'),
    'moved up by a part of its size': ("126人<span style='position:relative;top:-0.5em;font-size:70%'>1</span>", '126人', '上标'),
    'moved up from below': ("126人<span style='position:relative;bottom:5px;font-size:70%'>1</span>", '126人', '上标'),
    'translate up': ("126人<span style='display:inline-block;transform:translateY(-5px);font-size:70%'>1</span>", '126人', '上标'),
    'font-variant-position': ("126人<span style='font-variant-position:super'>1</span>", '126人', '上标'),
    'top same size is layout': ("<span style='vertical-align:top'>126人</span>", '126人', ''),
    'top in part same size': ("共<span style='vertical-align:top'>126人</span>", '共126人', ''),
    'middle': ("<span style='vertical-align:middle;font-size:8px'>126人</span>", '126人', ''),
    'rel top 0': ("<span style='position:relative;top:0'>126人</span>", '126人', ''),
    'details': ('126人<details><summary>说明</summary>100人</details>', '126人\n说明', '隐藏'),
    'details open': ('126人<details open><summary>说明</summary>另100人</details>', '126人\n说明\n另100人', ''),
    'hidden attr': ('<span hidden>100人</span>126人', '126人', '隐藏'),
    'aria-hidden shown': ('<span aria-hidden=true>126人</span>', '126人', ''),
    'opacity0': ("<span style='opacity:0'>100人</span>126人", '126人', '隐藏'),
    'opacity parent': ("<span style='opacity:0'><b style='opacity:1'>100人</b></span>126人", '126人', '隐藏'),
    'indent': ("<span style='display:block;text-indent:-9999px'>100人</span>126人", '126人', '隐藏'),
    'clip': ("<span style='position:absolute;clip:rect(0,0,0,0)'>100人</span>126人", '126人', '隐藏'),
    'clip-path': ("<span style='position:absolute;clip-path:inset(50%)'>100人</span>126人", '126人', '隐藏'),
    'clip-path circle0': ("<span style='clip-path:circle(0)'>100人</span>126人", '126人', '隐藏'),
    'w0 overflow': ("<span style='display:inline-block;width:0;overflow:hidden'>100人</span>126人", '126人', '隐藏'),
    'maxh0': ("<div style='max-height:0;overflow:hidden'>100人</div>126人", '126人', '隐藏'),
    'scale0': ("<span style='display:inline-block;transform:scale(0)'>100人</span>126人", '126人', '隐藏'),
    'scale prop': ("<span style='display:inline-block;scale:0'>100人</span>126人", '126人', '隐藏'),
    'visibility': ("<span style='visibility:hidden'>100人</span>126人", '126人', '隐藏'),
    'visible within what is not': ("<span style='visibility:hidden'>100人<b style='visibility:visible'>126人</b></span>", '126人', '隐藏'),
    'content-visibility': ("<span style='content-visibility:hidden;display:block'>100人</span>126人", '126人', '隐藏'),
    'fontsize0': ("<span style='font-size:0'>100人</span>126人", '126人', '隐藏'),
    'fontsize0em': ("<span style='font-size:0em'>100人</span>126人", '126人', '隐藏'),
    'fontsize .01em': ("<span style='font-size:0.01em'>100人</span>126人", '126人', '隐藏'),
    'fontsize 1%': ("<span style='font-size:1%'>100人</span>126人", '126人', '隐藏'),
    'font shorthand': ("<span style='font:0/0 a'>100人</span>126人", '126人', '隐藏'),
    'font shorthand1px': ("<span style='font:1px 宋体'>100人</span>126人", '126人', '隐藏'),
    'font shorthand ok': ("<span style='font:bold 12px/1.5 宋体'>126人</span>", '126人', ''),
    'color transparent': ("<span style='color:transparent'>100人</span>126人", '126人', '底色'),
    'rgba0': ("<span style='color:rgba(0,0,0,0)'>100人</span>126人", '126人', '底色'),
    'rgb slash': ("<span style='color:rgb(255 255 255)'>100人</span>126人", '126人', '底色'),
    'hsl white': ("<span style='color:hsl(0,0%,100%)'>100人</span>126人", '126人', '底色'),
    'hsla 0': ("<span style='color:hsla(0,0%,0%,0)'>100人</span>126人", '126人', '底色'),
    'webkit fill': ("<span style='-webkit-text-fill-color:transparent'>100人</span>126人", '126人', '底色'),
    'line-through line': ("<span style='text-decoration-line:line-through'>100人</span>126人", '126人', '删除线'),
    'display none important': ("<span style='display:none !important'>100人</span>126人", '126人', '隐藏'),
    'display inline after none': ("<span style='display:none;display:inline'>126人</span>", '126人', ''),
    'css class id': ('<style>#z{display:none}</style><span id=z>100人</span>126人', '126人', '隐藏'),
    'css important wins': ("<style>.q{display:none!important}</style><b class=q style='display:inline'>100人</b>126人", '126人', '隐藏'),
    'css star': ('<style>td *.k{display:none}</style><b class=k>100人</b>126人', '126人', '隐藏'),
    'css not': ('<style>b:not(.k){display:none}</style><b>100人</b>126人', '126人', '隐藏'),
    'css media screen': ('<style>@media screen{.m{display:none}}</style><b class=m>100人</b>126人', '126人', '隐藏'),
    'css media print hides': ('<style>@media print{.m{display:none}}</style><b class=m>126人</b>', '126人', ''),
    'css var': ('<style>:root{--w:#fff}.v{color:var(--w)}</style><b class=v>100人</b>126人', '126人', '底色'),
    'left -9999': ("<span style='position:absolute;left:-9999px'>100人</span>126人", '126人', '隐藏'),
    'right far': ("<span style='position:absolute;right:-9999px'>100人</span>126人", '126人', '隐藏'),
    'left vw': ("<span style='position:absolute;left:-100vw'>100人</span>126人", '126人', '隐藏'),
    'left em': ("<span style='position:absolute;left:-999em'>100人</span>126人", '126人', '隐藏'),
    'margin-top': ("<span style='position:absolute;margin-top:-9999px'>100人</span>126人", '126人', '隐藏'),
    'translate far': ("<span style='position:absolute;transform:translateX(-9999px)'>100人</span>126人", '126人', '隐藏'),
    'dialog': ('<dialog>100人</dialog>126人', '126人', '隐藏'),
    'dialog open': ('<dialog open>126人</dialog>', '126人', ''),
    'rotated90 writing': ("<span style='writing-mode:vertical-rl'>126人</span>", '126人', ''),
    'blur': ("<span style='filter:blur(9px)'>100人</span>126人", '126人', '隐藏'),
    'filter opacity': ("<span style='filter:opacity(0)'>100人</span>126人", '126人', '隐藏'),
    'mso hide': ("<span style='mso-hide:all'>100人</span>126人", '126人', '隐藏'),
    'mso text-raise': ("126人<span style='position:relative;top:-4.0pt;mso-text-raise:4.0pt'>1</span>", '126人', '上标'),
    'line-height0': ("<div style='line-height:0;height:0;overflow:hidden'>100人</div>126人", '126人', '隐藏'),
    'popover': ('<div popover>100人</div>126人', '126人', '隐藏'),
    "a bar in place of its text": ("<progress value=95 max=100>95%</progress>", "", "图片"),
    "small beside, on the line": ("126<span style='font-size:9pt'>人</span>", "126人", ""),
    "hardly smaller at the top": ("126<span style='font-size:14px;vertical-align:top'>人</span>", "126人", ""),
    "a cell moved and small": ("<style>td{position:relative;top:-1px;font-size:9px;vertical-align:top}</style>126人<sup>1</sup>", "126人", "上标"),
    "a block that is small at the top": ("共<div style='vertical-align:top;font-size:9px'>126人</div>", "共\n126人", ""),
    "sizes that are parts of parts": ("<b style='font-size:20%'><i style='font-size:20%'>100人</i></b>126人", "126人", "隐藏"),
    "a size that is set anew": ("<b style='font-size:0'><i style='font-size:12px'>126人</i></b>", "126人", ""),
}  # fmt: skip


@pytest.mark.parametrize("name", PAGES)
def test_only_what_is_seen_of_a_cell_is_read(name):
    content, value, doubt = PAGES[name]
    document = read_html("a.html", f"<table><tr><td>甲<td>{content}</table>".encode())
    (table,) = (block for block in document.blocks if isinstance(block, Table))
    assert table.rows[0][1].text == value
    assert doubt in "".join(document.doubts) if doubt else document.doubts == ()
