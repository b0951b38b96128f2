"""A bureau's template: its letterhead stays, what may not leave the house or come into it is refused, and no braces run away."""

from __future__ import annotations

import io
import time
from pathlib import Path

import docx
import pytest
from docx.oxml import OxmlElement, parse_xml
from docx.oxml.ns import nsdecls, qn
from docx.shared import Mm
from hostile_word import LAUGHS, dtd, p, word
from workbooks import archive, contents, converted_together, needs_soffice

from auditkit.errors.letters import BadPlace, Carried, PlaceFault, TemplateRefused, TemplateTooLarge
from auditkit.report.letter.content import LetterProject, LetterQuestion, UnitLetter
from auditkit.report.letter.places import LETTER as LETTER_PLACES
from auditkit.report.letter.template import LARGEST, LetterTemplate, read_template
from auditkit.report.letter.write import STANDARD, letter
from auditkit.safety import LIMITS, Refused, Unreadable

QUESTION = LetterQuestion("总分有误", "应为 90 分 < 99 & 更多。", ("表1 第9行“99”",), "请更正。")
PROJECT = LetterProject("供水", "水务站", "水利局", "2021", "99", "80", "90", "", "说明。", (QUESTION, QUESTION))
LETTER = UnitLetter(
    "清溪市水利局", (PROJECT, PROJECT), (("发文机关", "清溪市审计局"), ("文号", "清审函〔2022〕7号")), False
)


def template(*paragraphs: str, header: str = "", table: tuple[str, ...] = ()) -> docx.document.Document:
    document = docx.Document()
    for text in paragraphs:
        document.add_paragraph(text)
    if header:
        document.sections[0].header.paragraphs[0].text = header
    if table:
        made = document.add_table(len(table), 2)
        for row, text in zip(made.rows, table, strict=True):
            row.cells[0].text = text
    document.core_properties.author = "李科长"
    return document


def saved(document) -> bytes:
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


def read(data: bytes, own: tuple[str, ...] = ()) -> LetterTemplate:
    return read_template("模板.docx", data, LIMITS, own)


def text_of(data: bytes) -> str:
    document = docx.Document(io.BytesIO(data))
    cells = [cell.text for table in document.tables for row in table.rows for cell in row.cells]
    header = [one.text for one in document.sections[0].header.paragraphs]
    return "\n".join([*header, *(one.text for one in document.paragraphs), *cells])


def own_letterhead() -> bytes:
    """What a bureau might make: A4, its name in the header, a table of questions, other places than the standard has."""
    made = template(
        "{{ 文号 }}　密级：{{ 密级 }}",
        "{{主送}}：",
        "{%p for 项 in 项目 %}",
        "{{项.序号}}. {{ 项.名称 }}（{{ 项.单位 }}）自评{{ 项.自评得分 }}分",
        "{%p for 问 in 项.问题 %}",
        "{{ loop.index }}）{{ 问.标题 }}：{{ 问.情况 }}{{ 问.原文 }}{% if not loop.last %}；{% else %}。{% endif %}",
        "{%p endfor %}",
        "{%p endfor %}",
        header="{{ 发文机关 }}文件",
        table=("问题", "{%tr for 问 in 共同问题 %}", "{{ 问.标题 }}", "{%tr endfor %}"),
    )
    section = made.sections[0]
    section.page_width, section.page_height = Mm(210), Mm(297)
    return saved(made)


def test_a_bureaus_own_letterhead_and_places_are_filled_in():
    data = letter(LETTER_OWN, read(own_letterhead(), ("密级",)))
    text = text_of(data)
    assert "清溪市审计局文件" in text
    assert "清审函〔2022〕7号　密级：普通" in text
    assert "1. 供水（水务站）自评99分" in text
    assert "2）总分有误：应为 90 分 < 99 & 更多。表1 第9行“99”。" in text
    assert "{" not in text
    assert all("李科长".encode() not in part for part in contents(data).values())
    assert "docProps/app.xml" not in contents(data)


LETTER_OWN = UnitLetter(LETTER.to, LETTER.projects, (*LETTER.words, ("密级", "普通")), False)


@needs_soffice
def test_a_bureaus_letter_opens_elsewhere(tmp_path):
    made = letter(LETTER_OWN, read(own_letterhead(), ("密级",)))
    (pdf,) = converted_together([made], ".docx", "pdf", tmp_path)
    assert pdf.startswith(b"%PDF")


def test_a_draft_on_any_template_is_marked():
    draft = UnitLetter(LETTER.to, LETTER.projects, LETTER.words, True)
    made = template("{{ 文号 }}", header="{{ 发文机关 }}")
    made.sections[0].different_first_page_header_footer = True
    data = letter(draft, read(saved(made)))
    assert sum(part.count('string="草稿"'.encode()) for part in contents(data).values()) == 2
    assert "清溪市审计局" in text_of(data)


def test_a_place_in_the_footnotes_of_no_one_and_split_runs_are_filled_in():
    made = template("")
    paragraph = made.paragraphs[0]
    for piece in ("{", "{ 文", "号 }", "}"):
        paragraph.add_run(piece).bold = True
    assert "清审函〔2022〕7号" in text_of(letter(LETTER, read(saved(made))))


FAULTS = [
    (("{{ 问号 }}",), PlaceFault.UNKNOWN),
    (("{{ 项.名称 }}",), PlaceFault.WORD),
    (("{{ 项目 }}",), PlaceFault.LIST),
    (("{%p for x in 文号 %}", "{%p endfor %}"), PlaceFault.NO_LIST),
    (("{%p for x in 项目 %}", "{{ x.名 }}", "{%p endfor %}"), PlaceFault.UNKNOWN),
    (("{%p for x in 项目 %}", "{%p for y in 项目 %}", "{%p endfor %}", "{%p endfor %}"), PlaceFault.NESTED),
    (("{%p for x in 项目 %}",), PlaceFault.SYNTAX),
    (("{{ 文号 ",), None),
    (("{{ 文号 | safe }}",), PlaceFault.WORD),
    (("{{ 文号.__class__ }}",), PlaceFault.WORD),
    (("{{ 文号 * 99999999 }}",), PlaceFault.WORD),
    (("{{ 9 ** 9 ** 9 }}",), PlaceFault.WORD),
    (("{{ [0] * 9999 }}",), PlaceFault.WORD),
    (("{% set a = 文号 %}",), PlaceFault.WORD),
    (("{% include '/etc/passwd' %}",), PlaceFault.WORD),
    (("{% import 'os' as o %}",), PlaceFault.WORD),
    (("{% macro a() %}{% endmacro %}",), PlaceFault.WORD),
    (("{{ range(9) }}",), PlaceFault.WORD),
    (("{{ 文号.format(1) }}",), PlaceFault.WORD),
    (("{%p for x in 项目 recursive %}", "{%p endfor %}"), PlaceFault.WORD),
    (("{{ self }}",), PlaceFault.UNKNOWN),
    (("{{ loop.index }}",), PlaceFault.WORD),
    (("{{ 文号 is defined }}",), None),
    (("{{r 文号 }}",), PlaceFault.ALONE),
    (("{{ '甲' ~ 文号 }}",), PlaceFault.WORD),
    (("{{ 文号[0] }}",), PlaceFault.WORD),
]


@pytest.mark.parametrize("where", ["body", "header"])
@pytest.mark.parametrize(("paragraphs", "fault"), FAULTS, ids=[" ".join(one[0]) for one in FAULTS])
def test_what_may_not_stand_in_braces_is_told_in_words(paragraphs, fault, where: str):
    made = template(*paragraphs) if where == "body" else template()
    for text in paragraphs if where == "header" else ():
        made.sections[0].header.add_paragraph(text)
    with pytest.raises(BadPlace) as told:
        read(saved(made))
    if fault:
        assert told.value.facts["fault"] is fault
    assert "模板.docx" in told.value.say()
    assert told.value.en


def test_an_unknown_name_is_told_with_those_that_are_known_and_may_be_given_words():
    made = saved(template("{{ 密级 }}"))
    with pytest.raises(BadPlace, match=r"没有“密级”这个名称；可用的有 .*文号.*--set"):
        read(made)
    assert read(made, ("密级",)).used == {"密级"}


def test_loops_that_do_not_nest_in_the_document_are_told_and_lose_nothing():
    made = template("{% for 项 in 项目 %}", table=("{{ 项.名称 }}{% endfor %}",))
    with pytest.raises(BadPlace) as told:
        letter(LETTER, read(saved(made)))
    assert told.value.facts["fault"] is PlaceFault.PLACED


def with_part(name: str, content: str | bytes, kind: str, target: str = "", mode: str = "") -> bytes:
    parts = contents(STANDARD.read_bytes())
    link = f'<Relationship Id="rIdX" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/{kind}" Target="{target or name}"{mode}/>'
    rels = "word/_rels/document.xml.rels"
    parts[rels] = parts[rels].replace(b"</Relationships>", link.encode() + b"</Relationships>")
    types = f'<Override PartName="/word/{name}" ContentType="application/octet-stream"/>'
    parts["[Content_Types].xml"] = parts["[Content_Types].xml"].replace(b"</Types>", types.encode() + b"</Types>")
    return archive({**parts, **({f"word/{name}": content} if content else {})})


def with_body(xml: str) -> bytes:
    parts = contents(STANDARD.read_bytes())
    body = parts["word/document.xml"]
    namespace = nsdecls("w").encode()
    parts["word/document.xml"] = body.replace(
        b"<w:sectPr", xml.replace("<w:p>", f"<w:p {namespace.decode()}>", 1).encode() + b"<w:sectPr", 1
    )
    return archive(parts)


def field(text: str) -> str:
    return f'<w:p><w:r><w:fldChar w:fldCharType="begin"/></w:r><w:r><w:instrText>{text[:3]}</w:instrText></w:r><w:r><w:instrText>{text[3:]}</w:instrText></w:r><w:r><w:fldChar w:fldCharType="end"/></w:r></w:p>'


EXTERNAL = ' TargetMode="External"'
REFUSED = {
    "macros": (with_part("vbaProject.bin", b"\xd0\xcf", "vbaProject"), Carried.MACROS),
    "macros under another name": (with_part("a.bin", b"\xd0\xcf", "image"), Carried.MACROS),
    "comments": (with_part("comments.xml", "<w:comments xmlns:w='http://schemas.openxmlformats.org/wordprocessingml/2006/main'/>", "comments"), Carried.COMMENTS),
    "an object": (with_part("embeddings/a.xlsx", b"PK", "package"), Carried.OBJECT),
    "a page of html": (with_part("a.html", b"<html/>", "aFChunk"), Carried.OBJECT),
    "a template elsewhere": (with_part("", "", "attachedTemplate", "http://127.0.0.1/a.dotm", EXTERNAL), Carried.LINK),
    "a picture elsewhere": (with_part("", "", "image", "http://127.0.0.1/a.png", EXTERNAL), Carried.LINK),
    "a link": (with_part("", "", "hyperlink", "http://127.0.0.1/", EXTERNAL), Carried.LINK),
    "a field that includes": (with_body(field(r"INCLUDETEXT c:\\a")), Carried.FIELD),
    "a field of the clock": (with_body(field("DATE")), Carried.FIELD),
    "a field of the author": (with_body('<w:p><w:fldSimple w:instr=" AUTHOR "/></w:p>'), Carried.FIELD),
    "a field in a field": (with_body(field("IF 1").replace("</w:p>", "") + field("DDEAUTO x").replace("<w:p>", "")), Carried.FIELD),
    "a change": (with_body('<w:p><w:ins w:id="1" w:author="李科长"><w:r><w:t>甲</w:t></w:r></w:ins></w:p>'), Carried.CHANGES),
    "a changed look": (with_body('<w:p><w:pPr><w:pPrChange w:id="1" w:author="李科长"><w:pPr/></w:pPrChange></w:pPr></w:p>'), Carried.CHANGES),
}  # fmt: skip


@pytest.mark.parametrize("name", REFUSED)
def test_what_would_leave_the_house_with_a_letter_is_refused(name: str):
    data, carried = REFUSED[name]
    with pytest.raises(TemplateRefused) as told:
        read(data)
    assert told.value.facts["carried"] is carried


@pytest.mark.parametrize("kind", ["application/vnd.ms-word.document.macroEnabled.main+xml", "application/vnd.openxmlformats-officedocument.wordprocessingml.template.main+xml"])  # fmt: skip
def test_a_file_of_another_kind_is_told_to_be_saved_as_docx(kind: str):
    parts = contents(STANDARD.read_bytes())
    usual = b"application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"
    parts["[Content_Types].xml"] = parts["[Content_Types].xml"].replace(usual, kind.encode())
    with pytest.raises(TemplateRefused, match=r"另存为"):
        read(archive(parts))


@pytest.mark.parametrize("data", [b"", b"PK\3\4", b"{{ }}", STANDARD.read_bytes()[:3000], dtd(LAUGHS, "&a12;"), archive({"a": "b"})])  # fmt: skip
def test_what_is_no_word_file_is_told(data: bytes):
    with pytest.raises(Unreadable):
        read(data)


def test_a_template_beyond_the_limits_is_refused():
    with pytest.raises(TemplateTooLarge):
        read(b"PK" + bytes(LARGEST))
    with pytest.raises(Refused):
        read(word(p("甲" * 3_000_000)))


def test_loops_cost_no_more_than_what_they_write():
    """Ten thousand items in a loop are as many rows, and one after another no more than the template has of them."""
    made = template(*("{%p for 项 in 项目 %}", "{{ 项.名称 }}", "{%p endfor %}") * 20)
    taken = read(saved(made))
    began = time.process_time()
    data = letter(UnitLetter("某局", (PROJECT,) * 100, (), False), taken)
    assert time.process_time() - began < 20
    assert text_of(data).count("供水") == 2000


def test_people_and_machines_of_a_template_stay_at_home():
    made = template("{{ 文号 }}")
    settings = made.settings.element
    for name in ("rsids", "docVars"):
        settings.append(OxmlElement(f"w:{name}"))
    settings.append(parse_xml(f'<w:documentProtection {nsdecls("w")} w:edit="readOnly"/>'))
    core = made.core_properties
    core.author = core.last_modified_by = core.comments = core.keywords = core.subject = core.category = "李科长"
    told = b"".join(contents(letter(LETTER, read(saved(made)))).values())
    assert "李科长".encode() not in told
    for name in ("rsids", "docVars", "documentProtection"):
        assert qn(f"w:{name}").rpartition("}")[2].encode() not in told


def test_every_place_is_documented():
    text = (Path(__file__).parents[2] / "docs" / "letters.md").read_text("utf-8")

    def names(places):
        return {*places, *(name for inner in places.values() if inner for name in names(inner))}

    assert {name for name in names(LETTER_PLACES) if f"`{name}`" not in text} == set()
