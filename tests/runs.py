"""Folders of forms to run over, and what a run left of them: its digests, and that nothing is half-written."""

from __future__ import annotations

import csv
import hashlib
import json
import zipfile
from pathlib import Path

from auditkit import resources

SPECIMEN = (resources.data() / "specimen.txt").read_text("utf-8")
PROJECT = "农村饮水安全巩固提升"


def forms(folder: Path, number: int) -> Path:
    """A folder of different forms, all of them good."""
    folder.mkdir()
    for one in range(number):
        (folder / f"{one:02d}.txt").write_text(SPECIMEN.replace(PROJECT, f"{PROJECT}{one:02d}"), "utf-8")
    return folder


def tree(out: Path) -> dict[str, str]:
    """The digests of what a run left, apart from recorded times and its own notes."""
    found = {}
    for path in sorted(out.rglob("*")):
        name = path.relative_to(out).as_posix()
        if not path.is_file() or name.startswith(".auditkit/"):
            continue
        data = path.read_bytes()
        if name == "status.csv":
            rows = list(csv.reader(data.decode("utf-8-sig").splitlines()))
            data = json.dumps([row[:-1] for row in rows]).encode()
        if name == "manifest.json":
            whole = json.loads(data)
            del whole["outputs"]["status.csv"]
            data = json.dumps(whole).encode()
        found[name] = hashlib.sha256(data).hexdigest()
    return found


def whole(out: Path) -> None:
    """Nothing under a final name is half-written."""
    for path in out.rglob("*"):
        if not path.is_file() or path.name.endswith(".part") or ".auditkit/scratch" in path.as_posix():
            continue
        match path.suffix:
            case ".json" | ".ipynb":
                json.loads(path.read_text("utf-8"))
            case ".html":
                assert path.read_text("utf-8").rstrip().endswith("</html>"), path
            case ".docx" | ".xlsx":
                assert zipfile.ZipFile(path).testzip() is None
            case ".csv" | ".txt":
                assert path.read_text("utf-8").endswith("\n"), path


Reports = dict[tuple[str, str], bytes]


def reports(out: Path) -> Reports:
    """The files of every project, whose folder has a number in front that changes with what lies before it."""
    return {(path.parent.name.partition("_")[2], path.name): path.read_bytes() for path in out.glob("projects/*/*")}
