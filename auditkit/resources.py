"""Where the notebooks and the example data are, in a checkout or in an installed wheel."""

from __future__ import annotations

from pathlib import Path

PACKAGE = Path(__file__).parent
SHARE = PACKAGE / "share"
PROJECT_NOTEBOOK = "project_audit.ipynb"


def packaged() -> bool:
    """True in an installed wheel, whose folders are not the user's to write to."""
    return SHARE.is_dir()


def root() -> Path:
    """The folder that holds `notebooks` and `data` side by side."""
    return SHARE if packaged() else PACKAGE.parent


def notebooks() -> Path:
    return root() / "notebooks"


def data() -> Path:
    return root() / "data"
