import sys

import pytest

from auditkit.notebook.hidden_imports import hide_modules


def test_a_module_is_absent_inside_and_there_again_afterwards():
    sys.modules.pop("this", None)
    with hide_modules("this"), pytest.raises(ImportError):
        import this  # noqa: F401
    assert "this" not in sys.modules


def test_what_is_loaded_already_stays():
    import json

    with hide_modules("json"):
        import json as again

        assert again is json
    assert sys.modules["json"] is json
