"""What comes back from a confined process is data, whatever it was made to send."""

from __future__ import annotations

import pickle
import zlib
from pathlib import Path

import pytest

from auditkit import resources
from auditkit.errors.reading import TooSlow
from auditkit.pipeline import audit
from auditkit.safety import Limits, Unreadable
from auditkit.sandbox import answer
from auditkit.sandbox.answer import load_answer, unpacked
from auditkit.sandbox.process import SandboxProcess


class Calls:
    """An answer that would call something where it is unpacked."""

    def __init__(self, function, *arguments: object):
        self.call = function, arguments

    def __reduce__(self):
        return self.call


def sends(path: Path) -> Calls:
    return Calls(Path.touch, path)


def test_records_come_back_as_they_were():
    found = audit(resources.data() / "specimen.docx")
    assert load_answer(pickle.dumps(found)) == found
    plain = {"a": [1, 2.5, None, True, b"x", "表"], "b": {frozenset({1}), ("y",)}}
    assert load_answer(pickle.dumps(plain)) == plain


def slow(path: Path) -> None:
    raise TooSlow(path.name, seconds=3)


def test_an_error_comes_back_as_it_was():
    with SandboxProcess(Limits(seconds=10)) as child, pytest.raises(TooSlow) as raised:
        child.call(slow, Path("表.docx"))
    assert raised.value.zh == TooSlow("表.docx", seconds=3).zh


@pytest.mark.parametrize(
    "function", [print, eval, Path.touch, resources.data, SandboxProcess], ids=lambda one: one.__qualname__
)
def test_nothing_is_called(function):
    with pytest.raises(pickle.UnpicklingError):
        load_answer(pickle.dumps(Calls(function)))


def test_a_process_that_sends_more_than_data_ends_its_own_file(tmp_path: Path):
    mark = tmp_path / "mark"
    with SandboxProcess(Limits(seconds=10)) as child:
        with pytest.raises(Unreadable):
            child.call(sends, mark)
        assert not mark.exists()
        assert child.call(name_of, mark) == "mark"


def name_of(path: Path) -> str:
    return path.name


def test_what_unpacks_to_more_than_an_answer_is_refused(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(answer, "LARGEST", 1_000)
    assert unpacked(zlib.compress(b"x" * 999)) == b"x" * 999
    for data in (zlib.compress(b"x" * 5_000), zlib.compress(b"x" * 500)[:-6], b"none"):
        with pytest.raises(zlib.error):
            unpacked(data)
