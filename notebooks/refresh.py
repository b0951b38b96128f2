"""Execute every notebook here and store its outputs, cleaned of all that differs between two runs."""

import os
import tempfile
from pathlib import Path

import nbformat

from auditkit.run import run_notebook
from auditkit.safety import publish


def refresh(path: Path) -> None:
    with tempfile.TemporaryDirectory() as empty:
        os.environ["AUDITKIT_STORE"] = str(Path(empty) / "review.sqlite")  # what somebody decided here is no fixture
        publish(path, nbformat.writes(run_notebook(path, {})) + "\n")


if __name__ == "__main__":
    for notebook in sorted(Path(__file__).parent.glob("*.ipynb")):
        refresh(notebook)
