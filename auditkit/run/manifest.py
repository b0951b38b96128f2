"""What a run wrote, file by file with its digest, so that the next run knows what is its to remove."""

from __future__ import annotations

import errno
import hashlib
import json
import re
from collections.abc import Mapping
from pathlib import Path

from auditkit.decisions.manifests import MANIFEST, remember
from auditkit.dependencies import versions
from auditkit.rulebooks.loader import Rulebook
from auditkit.run.earlier import EarlierRun, earlier_run
from auditkit.run.storage import Folder, LocalFolder
from auditkit.safety import encoded

PART = re.compile(r"part-[0-9a-f]{16}\.(parquet|jsonl)", re.ASCII)
IN_USE = (errno.EACCES, errno.EPERM, errno.EBUSY, errno.ETXTBSY)
FURTHER = re.compile(r"index_[0-9]+\.html", re.ASCII)


class Ledger:
    """Writes the files of one run under one folder and keeps their digests.

    `refused` are those that stand there as before, because the system lets nobody replace them now: on Windows, what a
    person has open. They cost no other file, and are not counted as written.
    """

    def __init__(self, out: Path | Folder, known: EarlierRun | None = None):
        self.out = LocalFolder(out) if isinstance(out, Path) else out
        self.earlier = earlier_run(self.out, known)
        self.refused: list[str] = []
        self._written: dict[str, str] = {}
        self._reports: dict[str, list[str]] = {}
        self._kept: dict[str, str] = {}

    def write(self, name: str, content: str | bytes | Path) -> str:
        """Publish a file, or take over one of the workspace; returns its digest."""
        data = encoded(content) if isinstance(content, str) else content
        digest = _digest(data)
        try:
            self.out.write(name, data)
        except OSError as error:
            if error.errno not in IN_USE or not self._stands(name):
                raise
            self.refused.append(name)
            self._written |= {one: sha for one, sha in self.earlier.outputs.items() if one == name}
        else:
            self._written[name] = digest
        return digest

    def _stands(self, name: str) -> bool:
        return isinstance(self.out, LocalFolder) and (self.out.path / name).is_file()

    def made_of(self, name: str, folder: str) -> None:
        """Note that the reports in this folder are of that input."""
        self._reports.setdefault(name, []).append(folder)

    def keep(self, name: str, form: str = "") -> tuple[str, ...]:
        """Keep what stands there of an input that failed, or of one of its forms; returns the pages that tell of it."""
        left = {file: sha for file, sha in self.earlier.left_of(name, form).items() if file not in self._written}
        if not left:
            return ()
        self._written |= left
        self._kept[name] = self.earlier.run_of(name)
        for folder in dict.fromkeys(file.split("/")[1] for file in left):
            if folder not in self._reports.get(name, ()):
                self.made_of(name, folder)
        return tuple(file for file in left if file.endswith("/audit.html"))

    def reuse(self, files: Mapping[str, str]) -> None:
        """Count files, with their digests, that a former run wrote and that stand as they are."""
        self._written |= files

    def written(self, start: str = "") -> dict[str, str]:
        """The files of this run whose names begin so, with their digests."""
        return {name: sha for name, sha in self._written.items() if name.startswith(start)}

    def close(
        self, inputs: Mapping[str, str], year: int, book: Rulebook, head: str = "", by_kind: bool = False
    ) -> None:
        """Remove what only the former run wrote, then write the manifest.

        `head` is that of the chain of decisions; the heads that former runs saw stay in the manifest. `by_kind` is whether
        forms of other kinds were audited by rulebooks of their own.
        """
        self._remove_stale()
        manifest = {
            "year": year,
            "rulebook": {"name": book.name, "version": book.version, "digest": book.digest, "by_kind": by_kind},
            "versions": versions(),
            "inputs": dict(inputs),
            "reports": self._reports,
            "outputs": dict(sorted(self._written.items())),
        }
        if self._kept:
            manifest["kept"] = self._kept
        if heads := dict.fromkeys((*self.earlier.chain, *([head] if head else ()))):
            manifest["chain"] = list(heads)
        told = encoded(json.dumps(manifest, ensure_ascii=False, allow_nan=False, indent=1) + "\n")
        self.out.write(MANIFEST, told)
        if isinstance(self.out, LocalFolder):
            remember(self.out.path, told)

    def only(self, folder: str) -> None:
        """Remove every part of a dataset in this folder that this run did not write: what a run that was killed left."""
        for name in list(self.out.names(folder)):
            if PART.fullmatch(name.rpartition("/")[2]) and name not in self._written:
                try:
                    self.out.remove(name)
                except OSError:  # told, so that the next run writes the dataset again and tries once more
                    self.refused.append(name)

    def _remove_stale(self) -> None:
        """Only projects and further pages of the index that the old manifest lists and that nobody changed since."""
        former = self.earlier.outputs
        there = set(self.out.names("projects")) if former else set()
        for name, digest in former.items():
            if name in self._written or not (name in there or FURTHER.fullmatch(name)):
                continue
            try:
                if hashlib.sha256(self.out.read(name)).hexdigest() == digest:
                    self.out.remove(name)
            except FileNotFoundError:
                continue
            except OSError:  # known to the next run, which tries again
                self._written[name] = digest


def _digest(content: bytes | Path) -> str:
    if isinstance(content, bytes):
        return hashlib.sha256(content).hexdigest()
    with content.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
