"""JSON read back: as it was written, or refused with the place and the fault in both languages."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from enum import StrEnum
from pathlib import Path

import pytest

from auditkit.decisions.stored import read_stored
from auditkit.errors.runs import NotOurs, WrongEntry


class Colour(StrEnum):
    RED = "red"


@dataclass(frozen=True)
class Inner:
    text: str
    row: int | None = None


@dataclass(frozen=True)
class Outer:
    inner: Inner
    texts: tuple[str, ...]
    colour: Colour
    seconds: float
    files: Mapping[str, str]


GOOD = Outer(Inner("半个\ud800字 \x00\n"), ("甲", "乙"), Colour.RED, 0.5, {"表.docx": "ab"})
TOLD = asdict(GOOD)


def stored(tmp_path: Path, told: object) -> Path:
    path = tmp_path / "told.json"
    path.write_text(told if isinstance(told, str) else json.dumps(told), "ascii")
    return path


def test_what_was_written_comes_back(tmp_path):
    assert read_stored(Outer, stored(tmp_path, TOLD)) == GOOD
    assert read_stored(tuple[Inner, ...], stored(tmp_path, [TOLD["inner"]] * 2)) == (GOOD.inner,) * 2


@pytest.mark.parametrize(
    ("wrong", "zh", "en"),
    [
        ({"inner": {}}, "inner.text：缺少", "inner.text: missing"),
        ({"inner": []}, "inner：应为对象", "inner: an object is expected"),
        ({"inner": {"text": "a", "row": "x"}}, "inner.row：应为数字", "inner.row: a number"),
        ({"inner": {"text": 3}}, "inner.text：应为文字", "inner.text: a text"),
        ({"inner": {"text": "a", "raw": 1}}, "inner.raw：多余的内容", "inner.raw: unknown"),
        ({"texts": "甲"}, "texts：应为列表", "texts: a list"),
        ({"texts": ["甲", None]}, "texts.1：应为文字", "texts.1: a text"),
        ({"colour": "green"}, "colour：不是可用的词", "colour: none of the words"),
        ({"seconds": "soon"}, "seconds：应为数字", "seconds: a number"),
        ({"seconds": float("nan")}, "seconds：应为数字", "seconds: a number"),
        ({"files": ["ab"]}, "files：应为对象", "files: an object"),
    ],
)
def test_an_entry_that_is_not_ours_is_told_with_its_place(tmp_path, wrong, zh, en):
    with pytest.raises(WrongEntry) as told:
        read_stored(Outer, stored(tmp_path, TOLD | wrong))
    assert zh in told.value.say("zh")
    assert en in told.value.say("en")


@pytest.mark.parametrize(
    "text", ["", "{", "[" * 100_000, "x", '"\\ud8"'], ids=["empty", "half", "deep", "word", "escape"]
)
def test_what_is_no_json_is_not_ours(tmp_path, text):
    with pytest.raises(NotOurs):
        read_stored(Outer, stored(tmp_path, text))


def test_an_absent_file_is_not_ours(tmp_path):
    with pytest.raises(NotOurs, match="没有就"):
        read_stored(Outer, tmp_path / "没有就.json")


@pytest.mark.parametrize("module", ["auditkit.cli.app", "auditkit.run.batch", "auditkit.notebook.project_report"])
def test_who_reads_nothing_back_does_not_load_it(module):
    code = f"import sys, {module}; print([m for m in sys.modules if m.startswith('pydantic')])"
    told = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    assert told.strip() == "[]"
