"""The Word files of data/ are what the scripts make of dumps and drawings, byte for byte twice the same."""

import runpy
import zipfile
from pathlib import Path

DATA = Path(__file__).parent.parent / "data"


def test_the_same_dump_gives_the_same_bytes(tmp_path, monkeypatch):
    monkeypatch.syspath_prepend(DATA)
    for script in ("make_word.py", "make_targets.py", "make_years.py"):
        main = runpy.run_path(str(DATA / script))["main"]
        for name in ("one", "two"):
            main(tmp_path / name)
    made = sorted(path.relative_to(tmp_path / "one") for path in (tmp_path / "one").rglob("*.docx"))
    assert made == sorted(path.relative_to(DATA) for path in DATA.rglob("*.docx"))
    for name in made:
        assert (tmp_path / "one" / name).read_bytes() == (tmp_path / "two" / name).read_bytes()
        assert body(tmp_path / "one" / name) == body(DATA / name)


def body(path: Path) -> bytes:
    with zipfile.ZipFile(path) as file:
        assert {info.date_time for info in file.infolist()} == {(2022, 1, 1, 0, 0, 0)}
        assert b"python-docx" not in file.read("docProps/core.xml")
        return file.read("word/document.xml")
