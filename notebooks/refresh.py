"""Execute every notebook here and store its outputs, cleaned of all that differs between two runs."""

import os
import tempfile
from pathlib import Path
from unittest.mock import patch

import nbformat

from auditkit.notebook.execute import run_notebook
from auditkit.safety import publish


def refresh(path: Path) -> None:
    with tempfile.TemporaryDirectory() as empty:
        undecided = {"AUDITKIT_STORE": str(Path(empty) / "review.sqlite")}  # what somebody decided here is no fixture
        with patch.dict(os.environ, undecided):
            notebook = run_notebook(path, {})
    publish(path, nbformat.writes(notebook) + "\n")


if __name__ == "__main__":
    for notebook in sorted(Path(__file__).parent.glob("*.ipynb")):
        refresh(notebook)
