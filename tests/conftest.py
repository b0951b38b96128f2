from __future__ import annotations

from pathlib import Path

import pytest


@pytest.fixture(autouse=True, scope="session")
def _folders_of_these_tests_alone(tmp_path_factory: pytest.TempPathFactory):
    """What a run keeps must neither come from an earlier test run nor stay behind in the user's own folder."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("AUDITKIT_CACHE", str(Path(tmp_path_factory.mktemp("cache"))))
        patch.setenv("XDG_STATE_HOME", str(tmp_path_factory.mktemp("state")))
        yield
