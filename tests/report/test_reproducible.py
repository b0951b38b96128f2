from __future__ import annotations

import zipfile
from io import BytesIO

import pytest

from auditkit.report.office import reproducible
from auditkit.report.office.reproducible import MOMENT, timeless

CORE = '<dcterms:created xsi:type="x">{}</dcterms:created>'


def package(moment: str, method: int) -> bytes:
    out = BytesIO()
    with zipfile.ZipFile(out, "w", method) as whole:
        for name, text in (
            ("[Content_Types].xml", "甲" * 99),
            ("docProps/core.xml", CORE.format(moment)),
            ("x.xml", ""),
        ):
            whole.writestr(name, text)
    return out.getvalue()


@pytest.mark.parametrize("method", [zipfile.ZIP_DEFLATED, zipfile.ZIP_STORED])
@pytest.mark.parametrize("moment", ["2022-01-01T00:00:00Z", "2030-05-06T07:08:09Z"])
def test_a_package_has_the_same_bytes_however_it_was_written(moment: str, method: int, monkeypatch: pytest.MonkeyPatch):
    data = timeless(package(moment, method))
    with zipfile.ZipFile(BytesIO(data)) as whole:
        assert whole.testzip() is None
        assert {part.date_time for part in whole.infolist()} == {MOMENT}
        assert {part.create_system for part in whole.infolist()} == {0}
        assert "2022-01-01T00:00:00Z" in whole.read("docProps/core.xml").decode()
    monkeypatch.setattr(reproducible, "_restamped", lambda _: b"")
    assert data == timeless(package("2022-01-01T00:00:00Z", zipfile.ZIP_DEFLATED))


def test_a_package_that_needs_no_change_is_not_packed_again(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(reproducible, "_rewritten", None)
    assert timeless(package("2022-01-01T00:00:00Z", zipfile.ZIP_DEFLATED))
