"""What is kept of earlier work: known again by all that went into it, and never misread."""

from __future__ import annotations

import pickle
import zlib
from pathlib import Path

import pytest

from auditkit import resources
from auditkit.pipeline import Audit, audit
from auditkit.rulebooks.loader import load_rulebook
from auditkit.run import cache
from auditkit.run.cache import AuditCache, PackedAudits, PublishedRecord, pack_audits
from auditkit.run.storage import LocalFolder
from auditkit.safety import LIMITS

KEY = "ab" * 32


@pytest.fixture(autouse=True)
def _cache_of_this_test(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("AUDITKIT_CACHE", str(tmp_path / "cache"))


@pytest.fixture
def audits() -> list[Audit]:
    return audit(resources.data() / "specimen.docx")


def packed() -> PackedAudits:
    return PackedAudits(pack_audits(resources.data() / "specimen.docx", load_rulebook(), LIMITS), 0.25)


def test_what_was_kept_comes_back_with_its_time(audits):
    kept, whole = AuditCache(), packed()
    kept.put(KEY, whole)
    assert kept.has(KEY)
    assert kept.find(KEY) == whole
    assert list(kept.find(KEY).audits) == audits
    assert kept.find("cd" * 32) is None


def of_the_version_before(audits: list[Audit]) -> bytes:
    return zlib.compress(pickle.dumps((audits, 0.25)), 1)


@pytest.mark.parametrize("content", ["before", "later", "cut", "other", "empty"])
def test_what_another_version_kept_or_nobody_can_read_is_made_again(audits, content, tmp_path, monkeypatch):
    kept, whole = AuditCache(), packed()
    kept.put(KEY, whole)
    path = tmp_path / "cache" / KEY[:2] / KEY
    data = path.read_bytes()
    head, rest = data.split(b"\n", 1)
    path.write_bytes(
        {
            "before": of_the_version_before(audits),
            "later": b"%b0\n%b" % (head, rest),
            "cut": data[:-9],
            "other": data[: -len(whole.data)] + zlib.compress(b"no pickle"),
            "empty": b"",
        }[content]
    )
    assert kept.find(KEY) is None
    made = []
    assert kept.get(KEY, lambda: made.append(1) or whole) == whole
    assert made
    assert kept.find(KEY) == whole


def test_the_version_is_part_of_every_key(monkeypatch):
    keys = {cache.key_of("a", "b"), cache.audit_key("a", "b", "c", "d", LIMITS)}
    monkeypatch.setattr(cache, "VERSION", cache.VERSION - 1)
    cache.code_digest.cache_clear()
    assert not keys & {cache.key_of("a", "b"), cache.audit_key("a", "b", "c", "d", LIMITS)}
    cache.code_digest.cache_clear()


def test_a_record_of_another_version_or_of_changed_files_matches_nothing(tmp_path, monkeypatch):
    out = LocalFolder(tmp_path / "out")
    out.write("a.html", b"a")
    record = PublishedRecord(out, "001")
    assert record.matching("k") is None
    record.write("k", {"a.html": "ca978112ca1bbdcafac231b39a23dc4da786eff8147c4e72b9807785afee48bb"}, seconds=1.5)
    assert record.matching("k")["seconds"] == 1.5
    assert record.matching("l") is None
    with monkeypatch.context() as patch:
        patch.setattr(cache, "VERSION", cache.VERSION + 1)
        assert record.matching("k") is None
    out.write("a.html", b"b")
    assert record.matching("k") is None
    out.write(".auditkit/done/001.json", b'{"key": "k", "files": {}, "seconds": 1}')  # of the version before
    assert record.matching("k") is None
