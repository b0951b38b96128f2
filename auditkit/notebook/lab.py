"""JupyterLab on the notebooks: in Chinese, without news."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from auditkit import resources
from auditkit.safety import publish

CONFIG = Path(__file__).with_name("lab_config")


def open_lab(folder: Path | None = None, store: str = "", forms: Path | None = None, inside: Path | None = None) -> int:
    """Open JupyterLab on the review notebook and wait for its end; returns its exit status.

    `folder` has the forms, or is the output of a run whose forms are in `forms`; `inside` is the folder to work in.
    """
    return subprocess.run(command(workspace(inside)), env=environment(folder, store, forms), check=False).returncode


def workspace(folder: Path | None = None) -> Path:
    """The folder to work in, with `notebooks` and `data` in it.

    A wheel's own folders are not the user's to write to: its notebooks and data are copied to `folder` (the current one
    by default), where nothing that is there already is replaced.
    """
    if folder is None and not resources.packaged():
        return resources.root()
    root = (folder or Path.cwd()).resolve()
    for source in (resources.notebooks(), resources.data()):
        for path in sorted(source.rglob("*")):
            copy = root / path.relative_to(source.parent)
            if path.is_file() and _wanted(path.relative_to(source)) and not copy.exists():
                publish(copy, path.read_bytes())
    return root


def _wanted(path: Path) -> bool:
    return path.suffix != ".py" and not any(part.startswith(".") or part == "__pycache__" for part in path.parts)


def command(root: Path, *more: str) -> list[str]:
    # One document at a time: an auditor has the width of the window for the form and the finding beside it.
    start = "--LabApp.default_url=/doc/tree/notebooks/review.ipynb"
    return [sys.executable, "-m", "jupyterlab", f"--ServerApp.root_dir={root}", start, *more]


def environment(folder: Path | None = None, store: str = "", forms: Path | None = None) -> dict[str, str]:
    """This environment with what is to be opened, and the packaged settings before the user's other system-wide ones."""
    paths = [str(CONFIG), os.environ.get("JUPYTER_CONFIG_PATH", "")]
    told = {FOLDER: folder and str(folder.resolve()), FORMS: forms and str(forms.resolve()), STORE: _address(store)}
    chosen = {name: text for name, text in told.items() if text}
    return {**os.environ, **chosen, "JUPYTER_CONFIG_PATH": os.pathsep.join(filter(None, paths))}


def _address(store: str) -> str:
    """A file's whole path: a notebook runs in a folder of its own."""
    return store if not store or "://" in store else str(Path(store).resolve())


# How `auditkit lab` tells a notebook what to open, without writing into it.
FOLDER, STORE, FORMS = "AUDITKIT_FOLDER", "AUDITKIT_STORE", "AUDITKIT_FORMS"
