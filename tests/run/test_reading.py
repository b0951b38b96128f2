"""What a run knows of a file before it reports its forms."""

from __future__ import annotations

from auditkit import resources
from auditkit.pipeline import audit
from auditkit.run.reading import fingerprint


def test_a_fingerprint_is_that_of_equal_forms():
    told = [one.form for path in sorted((resources.data() / "2021").glob("*.*")) for one in audit(path)]
    assert len(told) == 16
    for one in told:
        assert [fingerprint(one) == fingerprint(other) for other in told] == [one == other for other in told]
    assert len(set(map(fingerprint, told))) == 8
