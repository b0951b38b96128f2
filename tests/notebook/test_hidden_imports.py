import sys

import pytest

from auditkit.notebook.hidden_imports import without


def test_a_module_is_absent_inside_and_there_again_afterwards():
    sys.modules.pop("this", None)
    with without("this"), pytest.raises(ImportError):
        import this  # noqa: F401
    assert "this" not in sys.modules


def test_what_is_loaded_already_stays():
    import json

    with without("json"):
        import json as again

        assert again is json
    assert sys.modules["json"] is json
