"""What a run wrote, file by file with its digest, so that the next run knows what is its to remove."""

from __future__ import annotations

import hashlib
import json
import platform
from collections.abc import Mapping
from contextlib import suppress
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from auditkit.rulebook import Rulebook
from auditkit.safety import encoded, publish

NAME = "manifest.json"
# Whose version may show in what a run writes.
PACKAGES = (
    *("auditkit", "jinja2", "lxml", "matplotlib", "nbconvert", "openpyxl"),
    *("pandas", "papermill", "pyarrow", "python-docx", "typst"),
)


class Ledger:
    """Writes the files of one run under one folder and keeps their digests."""

    def __init__(self, out: Path):
        self.out = out
        self._written: dict[str, str] = {}

    def write(self, name: str, content: str | bytes) -> None:
        data = encoded(content) if isinstance(content, str) else content
        publish(self.out / name, data)
        self._written[name] = hashlib.sha256(data).hexdigest()

    def keep(self, files: Mapping[str, str]) -> None:
        """Count files, with their digests, that a former run wrote and that stand as they are."""
        self._written |= files

    def written(self, start: str = "") -> dict[str, str]:
        """The files of this run whose names begin so, with their digests."""
        return {name: sha for name, sha in self._written.items() if name.startswith(start)}

    def close(self, inputs: Mapping[str, str], year: int, book: Rulebook) -> None:
        """Remove what only the former run wrote, then write the manifest."""
        self._remove_stale()
        manifest = {
            "year": year,
            "rulebook": {"name": book.name, "version": book.version, "digest": book.digest},
            "versions": versions(),
            "inputs": dict(inputs),
            "outputs": dict(sorted(self._written.items())),
        }
        publish(self.out / NAME, json.dumps(manifest, ensure_ascii=False, allow_nan=False, indent=1) + "\n")

    def _remove_stale(self) -> None:
        """Only files under `projects` that the old manifest lists and that nobody changed since."""
        projects = (self.out / "projects").resolve()
        for name, digest in self._former().items():
            path = (self.out / name).resolve()
            if name in self._written or not path.is_relative_to(projects) or not path.is_file():
                continue
            if hashlib.sha256(path.read_bytes()).hexdigest() == digest:
                path.unlink()
                with suppress(OSError):
                    path.parent.rmdir()

    def _former(self) -> Mapping[str, str]:
        try:
            return dict(json.loads((self.out / NAME).read_text("utf-8"))["outputs"])
        except (OSError, ValueError, KeyError, TypeError):
            return {}


def versions() -> dict[str, str]:
    """Python and the packages that show in reports, blank where one is not installed."""
    return {"python": platform.python_version()} | {name: _version(name) for name in PACKAGES}


def _version(package: str) -> str:
    try:
        return version(package)
    except PackageNotFoundError:
        return ""
