"""The text of a printed report."""

from __future__ import annotations

import io

import pypdfium2


def pages(pdf: bytes) -> list[str]:
    """The text of each page without any blank: a line may be broken anywhere."""
    document = pypdfium2.PdfDocument(io.BytesIO(pdf))
    return ["".join(page.get_textpage().get_text_range().split()) for page in document]


def text(pdf: bytes) -> str:
    return "".join(pages(pdf))
