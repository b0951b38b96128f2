"""JupyterLab on the notebooks: in Chinese, without news."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

from auditkit import resources

CONFIG = Path(__file__).with_name("lab_config")


def lab(folder: Path | None = None) -> int:
    """Open JupyterLab on the project notebook and wait for its end; returns its exit status."""
    root = workspace(folder)
    return subprocess.run(command(root), env=environment(), check=False).returncode


def workspace(folder: Path | None = None) -> Path:
    """The folder to work in, with `notebooks` and `data` in it.

    A wheel's own folders are not the user's to write to: its notebooks and data are copied to `folder` (the current one
    by default), where nothing that is there already is replaced.
    """
    if folder is None and not resources.packaged():
        return resources.root()
    root = (folder or Path.cwd()).resolve()
    for source in (resources.notebooks(), resources.data()):
        if not (root / source.name).exists():
            shutil.copytree(source, root / source.name, ignore=shutil.ignore_patterns("*.py", "__pycache__", ".*"))
    return root


def command(root: Path, *more: str) -> list[str]:
    start = "--LabApp.default_url=/lab/tree/notebooks/project_audit.ipynb"
    return [sys.executable, "-m", "jupyterlab", f"--ServerApp.root_dir={root}", start, *more]


def environment() -> dict[str, str]:
    """This environment with the packaged settings before the user's other system-wide ones."""
    paths = [str(CONFIG), os.environ.get("JUPYTER_CONFIG_PATH", "")]
    return {**os.environ, "JUPYTER_CONFIG_PATH": os.pathsep.join(filter(None, paths))}
