"""The manifests that this person's runs wrote, by their digest, kept outside the folders of reports.

A manifest proves the reports beside it, and nothing beside it proves the manifest: who may write there may rewrite both.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from auditkit.decisions.location import own_folder
from auditkit.decisions.stored import read_stored
from auditkit.safety import publish

MANIFEST = "manifest.json"


@dataclass(frozen=True)
class UsedRulebook:
    """The rulebook of a run, as its manifest and its dataset name it."""

    name: str
    version: str
    digest: str
    by_kind: bool = False  # whether forms of other kinds were audited by rulebooks of their own


@dataclass(frozen=True)
class Manifest:
    """What a run was made of and what it wrote: files with their digests, and the heads of the chain that runs have seen.

    `reports` has the folders under `projects` by their input, `kept` the run whose reports stand there of one that failed.
    """

    year: int
    rulebook: UsedRulebook
    versions: Mapping[str, str]
    inputs: Mapping[str, str]
    outputs: Mapping[str, str]
    chain: tuple[str, ...] = ()
    reports: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    kept: Mapping[str, str] = field(default_factory=dict)


def read_manifest(out: Path) -> Manifest:
    """The manifest of the run that wrote this folder. Raises NotOurs where there is none, or it is damaged."""
    return read_stored(Manifest, out / MANIFEST)


def manifest_digest(out: Path) -> str:
    """What tells a run's manifest from any other; blank where there is none."""
    try:
        return hashlib.sha256((out / MANIFEST).read_bytes()).hexdigest()
    except OSError:
        return ""


def remember(out: Path, manifest: bytes) -> None:
    """Write down what a run into this folder left. Where that cannot be, `verify` says that it knows nothing."""
    told = hashlib.sha256(manifest).hexdigest()
    with suppress(OSError):
        publish(_path(out), f"{told}\n")


def remembered(out: Path) -> str:
    """The digest of the last manifest that a run of this person left in the folder; blank where none is known."""
    try:
        return _path(out).read_text("ascii").split()[-1]
    except (OSError, ValueError, IndexError):
        return ""


def _path(out: Path) -> Path:
    return own_folder() / "manifests" / hashlib.sha256(str(out.resolve()).encode("utf-8", "replace")).hexdigest()[:32]
