#!/bin/sh
# What is written into a template's header after rendering is lost on saving.
#
# Library:  docxtpl 0.20.2, python-docx 1.2.0
# Input:    a template whose header holds text; after render() a paragraph is added to section.header of its document
# Expected: the saved file has the paragraph; in a header that the template does not have, and in the body, it does
# Seen:     the header is saved without it, and nothing complains: docxtpl puts another part in the place of a header that
#           there is, and python-docx goes on writing to the former one. Written before render(), it is there
set -eu

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder" || exit 2
"$folder/bin/pip" install --quiet --disable-pip-version-check 'docxtpl==0.20.2' 'python-docx==1.2.0' || exit 2
"$folder/bin/python" - <<'PROGRAM'
import io
import sys
from importlib.metadata import version

from docx import Document
from docxtpl import DocxTemplate

print("docxtpl", version("docxtpl"), "python-docx", version("python-docx"))


def saved(document):
    out = io.BytesIO()
    document.save(out)
    return io.BytesIO(out.getvalue())


def header(text, before):
    """The header's texts, where a paragraph is added before or after rendering."""
    template = Document()
    if text:
        template.sections[0].header.paragraphs[0].text = text
    filled = DocxTemplate(saved(template))
    document = filled.get_docx()
    if before:
        document.sections[0].header.add_paragraph("DRAFT")
    filled.render({"name": "Bureau"})
    if not before:
        document.sections[0].header.add_paragraph("DRAFT")
    return [one.text for one in Document(saved(filled)).sections[0].header.paragraphs if one.text]


seen = header("{{ name }}", False), header("{{ name }}", True), header("", False)
print("added after render:", seen[0], "before:", seen[1], "where the template has no header:", seen[2])
if seen != (["Bureau"], ["Bureau", "DRAFT"], ["DRAFT"]):
    sys.exit("changed: no longer as stated")
PROGRAM
