import subprocess
import sys

import pytest

from auditkit.notebook.hidden_imports import LEFT_OUT, hide_modules


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


def test_what_makes_reports_has_loaded_nothing_of_what_is_left_out():
    """Whichever module is the first to import nbformat: a grammar of web addresses takes a second."""
    program = "from auditkit.notebook.project_report import load_reports; load_reports()"
    told = f"{program}; import sys; print([one for one in {LEFT_OUT} if one in sys.modules])"
    done = subprocess.run([sys.executable, "-c", told], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
