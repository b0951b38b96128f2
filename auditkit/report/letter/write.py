"""A letter as a Word file: the template filled in, without what tells who made it or when, and marked while it is a draft."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from functools import cache
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, Any

from auditkit.dependencies import DEPENDENCIES
from auditkit.errors.letters import LetterNotMade
from auditkit.errors.usage import ExtraMissing
from auditkit.report.letter.content import UnitLetter
from auditkit.report.letter.places import title_of, words_of
from auditkit.report.office.reproducible import MOMENT, timeless
from auditkit.resources import PACKAGE
from auditkit.safety import LIMITS, Unreadable

if TYPE_CHECKING:
    from auditkit.report.letter.template import LetterTemplate

STANDARD = PACKAGE / "report" / "templates" / "letter.docx"
# What a program notes of its user and of the file's history.
_NOTED = ("rsids", "docVars", "mailMerge", "attachedTemplate", "documentProtection", "writeProtection")
# What Word itself inserts as 水印: a text along the page behind everything, which moves nothing.
_WATERMARK = (
    '<w:r xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main" xmlns:v="urn:schemas-microsoft-com:vml"'
    ' xmlns:o="urn:schemas-microsoft-com:office:office"><w:pict><v:shapetype id="_x0000_t136" coordsize="21600,21600"'
    ' o:spt="136" adj="10800" path="m@7,l@8,m@5,21600l@6,21600e"><v:formulas><v:f eqn="sum #0 0 10800"/>'
    '<v:f eqn="prod #0 2 1"/><v:f eqn="sum 21600 0 @1"/><v:f eqn="sum 0 0 @2"/><v:f eqn="sum 21600 0 @3"/>'
    '<v:f eqn="if @0 @3 0"/><v:f eqn="if @0 21600 @1"/><v:f eqn="if @0 0 @2"/><v:f eqn="if @0 @4 21600"/></v:formulas>'
    '<v:path textpathok="t" o:connecttype="rect"/><v:textpath on="t" fitshape="t"/></v:shapetype>'
    '<v:shape id="draft{number}" o:spid="_x0000_s{spid}" type="#_x0000_t136" style="position:absolute;margin-left:0;'
    "margin-top:0;width:330pt;height:110pt;rotation:315;z-index:-251658752;mso-position-horizontal:center;"
    'mso-position-horizontal-relative:page;mso-position-vertical:center;mso-position-vertical-relative:page"'
    ' o:allowincell="f" fillcolor="#c8c8c8" stroked="f"><v:fill opacity=".5"/>'
    '<v:textpath style="font-family:&quot;仿宋_GB2312&quot;;font-size:1pt" string="草稿"/></v:shape></w:pict></w:r>'
)


def letter(told: UnitLetter, template: LetterTemplate | None = None) -> bytes:
    """A letter as a Word file, on the standard template where none is given.

    Raises ExtraMissing where docxtpl is not installed, BadPlace where the template's loops do not nest.
    """
    template = template or standard_template()
    filled = template.opened()
    document = filled.get_docx()
    if (
        told.draft
    ):  # before it is filled in: docxtpl puts other parts in the place of headers, of which python-docx knows nothing
        _mark_draft(document)
    filled.render(words_of(told), template.environment)
    _strip(document)
    _set_properties(document, told)
    out = BytesIO()
    document.save(out)
    return timeless(out.getvalue())


@cache
def standard_template() -> LetterTemplate:
    """The template that comes with auditkit. Raises ExtraMissing where docxtpl is not installed."""
    if not DEPENDENCIES["docxtpl"].importable:
        raise ExtraMissing(STANDARD.name, "docxtpl")
    from auditkit.report.letter.template import read_template

    return read_template(STANDARD.name, STANDARD.read_bytes(), LIMITS)


def _strip(document: Any) -> None:
    from docx.oxml.ns import qn

    from auditkit.report.letter.template import DROPPED

    for part in (document.part.package, document.part):
        for name, link in list(part.rels.items()):
            if link.reltype.rpartition("/")[2] in DROPPED:
                del part.rels[name]
    settings = document.settings.element
    for name in _NOTED:
        for element in settings.findall(qn(f"w:{name}")):
            settings.remove(element)


def _set_properties(document: Any, told: UnitLetter) -> None:
    """A title, and of all else nothing: neither names nor times leave the house."""
    properties = document.core_properties
    for name in ("author", "last_modified_by", "comments", "keywords", "category", "subject", "identifier", "version", "content_status"):  # fmt: skip
        setattr(properties, name, "")
    properties.title, properties.language, properties.revision = title_of(told), "zh-CN", 1
    properties.created = properties.modified = datetime(*MOMENT)
    for printed in properties._element.findall("{*}lastPrinted"):
        properties._element.remove(printed)


def _mark_draft(document: Any) -> None:
    """草稿 across every page, whatever the template: a draft must not be taken for a letter."""
    from docx.oxml import parse_xml

    number = 0
    for place, section in enumerate(document.sections):
        headers = [section.header]
        headers += [section.first_page_header] if section.different_first_page_header_footer else []
        headers += [section.even_page_header] if document.settings.odd_and_even_pages_header_footer else []
        for header in headers:
            if place and header.is_linked_to_previous:
                continue
            number += 1
            paragraph = header.paragraphs[0] if header.paragraphs else header.add_paragraph()
            paragraph._p.append(parse_xml(_WATERMARK.format(number=number, spid=2048 + number)))


def letters_on(template: Path, name: str, own: Sequence[str], told: Sequence[UnitLetter]) -> list[bytes | Unreadable]:
    """Several letters on one template, in the process that is to be ended with it.

    What could not be made is told in its place. Raises Unreadable where the template itself is not taken.
    """
    from auditkit.report.letter.template import read_template

    taken = read_template(name, template.read_bytes(), LIMITS, own)
    return [_attempt(one, taken) for one in told]


def places_used(template: Path, name: str, own: Sequence[str]) -> frozenset[str]:
    """The names in a template, in the process that is to be ended with it. Raises as `letters_on`."""
    from auditkit.report.letter.template import read_template

    return read_template(name, template.read_bytes(), LIMITS, own).used


def _attempt(told: UnitLetter, template: LetterTemplate) -> bytes | Unreadable:
    try:
        return letter(told, template)
    except Unreadable as error:
        return error
    except Exception as error:  # of docxtpl or python-docx, on a template that nobody foresaw: it costs this letter
        return LetterNotMade(told.to, why=f"{type(error).__name__}: {error}"[:200])


def load() -> None:
    """Import and do once what a process that makes letters needs, before it is forked. Raises ExtraMissing."""
    standard_template()
