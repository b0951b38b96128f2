from __future__ import annotations

import json
from enum import StrEnum

import pytest
from hypothesis import given
from hypothesis import strategies as st

from auditkit.run.json_text import json_text


class Kind(StrEnum):
    ONE = "一"


LEAVES = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text()
VALUES = st.recursive(LEAVES, lambda one: st.lists(one) | st.dictionaries(st.text(), one) | st.tuples(one, one))


@given(VALUES | st.just({"kind": Kind.ONE, "": [{}, [], "", 0]}), st.booleans())
def test_it_is_what_the_standard_library_writes(value: object, ascii_only: bool):
    assert json_text(value, ascii_only) == json.dumps(value, ensure_ascii=ascii_only, allow_nan=False, indent=1)


def test_what_json_does_not_have_is_an_error():
    with pytest.raises(ValueError, match="not JSON compliant"):
        json_text({"x": [float("nan")]})
