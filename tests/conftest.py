from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import settings

from auditkit.cli.app import main

# The same examples at every run, however long one takes, so that a failure is a change's and not luck's;
# `pytest --hypothesis-profile=explore` looks for others.
settings.register_profile("auditkit", deadline=None, derandomize=True)
settings.register_profile("explore", deadline=None, max_examples=2_000)
settings.load_profile("auditkit")


@pytest.fixture(autouse=True, scope="session")
def _folders_of_these_tests_alone(tmp_path_factory: pytest.TempPathFactory):
    """What a run keeps must neither come from an earlier test run nor stay behind in the user's own folder."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("AUDITKIT_CACHE", str(Path(tmp_path_factory.mktemp("cache"))))
        patch.delenv("COLUMNS", raising=False)  # which the processes of pytest-xdist have, and a pipe has not
        patch.setenv("XDG_STATE_HOME", str(tmp_path_factory.mktemp("state")))
        yield


@pytest.fixture
def auditkit(capsys: pytest.CaptureFixture[str]):
    """Run a command line in this process: (exit status, stdout, stderr)."""

    def call(*arguments: object) -> tuple[int, str, str]:
        with pytest.raises(SystemExit) as end:
            main([str(argument) for argument in arguments])
        printed = capsys.readouterr()
        return end.value.code or 0, printed.out, printed.err

    return call
