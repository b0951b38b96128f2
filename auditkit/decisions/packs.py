"""A pack: the evidence of one project in a zip file with a list of digests, sealed as a whole, which proves itself anywhere.

The comment of the zip file, its last bytes, has the digest of every byte before it: content, names and times.
"""

from __future__ import annotations

import hashlib
import json
import stat
import zipfile
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from io import BytesIO
from pathlib import Path

from auditkit.decisions.entry import Entry, parse_head, seal
from auditkit.decisions.manifests import MANIFEST, UsedRulebook
from auditkit.decisions.schema import as_row
from auditkit.decisions.stored import parse_stored
from auditkit.decisions.summary import FILE
from auditkit.errors.files import NotOpened
from auditkit.errors.packs import (
    EntryUnsound,
    HeadNotPacked,
    NotAPack,
    PackBroken,
    PackDanger,
    PackedAdded,
    PackedChanged,
    PackedMissing,
    PackOther,
    PackRefused,
    PackTooLarge,
)
from auditkit.read.ooxml import BROKEN_ZIP
from auditkit.safety import Limits, Unreadable, encoded, escape_line, is_portable

ENTRIES = "decisions/entries.json"
_SEAL, _DIGEST = b"auditkit pack 1 sha256 ", 64
_UNIX, _PLAIN = 3, (stat.S_IFREG | 0o644) << 16  # by another system's number some programs read names as its letters
_END, _LISTED = b"PK\x05\x06", 1_024  # where a zip file's list of entries is told; bytes that one may take in it


@dataclass(frozen=True)
class PackManifest:
    """What a pack is of: the project and its folder in the run, the digest of that run's manifest, the form's file.

    `chain` is the head of the project's last decision. `files` has every other file of the pack with its digest.
    """

    project: str
    folder: str
    year: int
    run: str
    rulebook: UsedRulebook
    versions: Mapping[str, str]
    source: str
    chain: str
    files: Mapping[str, str]


@dataclass(frozen=True)
class Pack:
    """A zip file that was opened within the limits: its own digest, its files, and each fault."""

    digest: str
    manifest: PackManifest
    files: Mapping[str, bytes]
    faults: tuple[Unreadable, ...]


def digest_of(data: bytes) -> str:
    """SHA-256, in hexadecimal."""
    return hashlib.sha256(data).hexdigest()


def told_entries(entries: tuple[Entry, ...]) -> bytes:
    """The decisions of a project as they are packed."""
    return _json([asdict(one) for one in entries])


def sealed(manifest: PackManifest, files: Mapping[str, bytes]) -> bytes:
    """The zip file of these files: the same bytes for the same content, wherever and whenever it is made."""
    whole, buffer = {**files, MANIFEST: _json(asdict(manifest))}, BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.comment = _SEAL + b"0" * _DIGEST
        for name in sorted(whole):
            entry = zipfile.ZipInfo(name)  # of 1980: no clock
            entry.compress_type, entry.create_system, entry.external_attr = zipfile.ZIP_DEFLATED, _UNIX, _PLAIN
            archive.writestr(entry, whole[name])
    body = buffer.getvalue()[:-_DIGEST]
    return body + digest_of(body).encode("ascii")


def open_pack(path: Path, limits: Limits, expected: str = "") -> Pack:
    """What a pack holds, and every fault: a changed, missing or added file, a changed byte anywhere, an unsound decision.

    `expected` is the digest of the pack that was written down when it was made. Raises NotAPack where it is none,
    PackRefused and PackTooLarge where nothing of it is looked into, NotOpened.
    """
    data = _read(path, limits)
    try:
        with zipfile.ZipFile(BytesIO(data)) as archive:
            _check(path.name, archive.infolist(), limits)
            files, broken = _files(path.name, archive, limits)
    except BROKEN_ZIP as error:
        raise NotAPack(path.name) from error
    if MANIFEST not in files:
        raise NotAPack(path.name)
    manifest, digest = parse_stored(PackManifest, MANIFEST, files[MANIFEST]), digest_of(data)
    faults = [] if _is_sealed(data) else [PackBroken(path.name)]
    if (was := expected.strip().lower()) and was != digest:
        faults.append(PackOther(path.name, was=was[:12], found=digest[:12]))
    return Pack(digest, manifest, files, (*faults, *_differences(manifest, files, broken), *_unsound(manifest, files)))


def _json(told: object) -> bytes:
    return encoded(json.dumps(told, ensure_ascii=False, allow_nan=False, indent=1) + "\n")


def _read(path: Path, limits: Limits) -> bytes:
    """The bytes of the file, of which its list of entries is no longer than the limits allow: it is held as a whole."""
    most = limits.unpacked + limits.entries * _LISTED
    try:
        with path.open("rb") as file:
            data = file.read(most + 1)
    except OSError as error:
        raise NotOpened(path.name, why=error.strerror) from error
    if len(data) > most:
        raise PackTooLarge(path.name, most=f"{limits.unpacked / 2**20:g} MB", name="unpacked")
    end = data.rfind(_END)
    if end < 0:
        raise NotAPack(path.name)
    if int.from_bytes(data[end + 12 : end + 16], "little") > limits.entries * _LISTED:
        raise PackTooLarge(path.name, most=limits.entries, name="entries")
    return data


def _is_sealed(data: bytes) -> bool:
    body, told = data[:-_DIGEST], data[-_DIGEST:]
    return body.endswith(_SEAL) and told == digest_of(body).encode("ascii")


def _check(source: str, entries: list[zipfile.ZipInfo], limits: Limits) -> None:
    """Refuse what no pack has, before anything is unpacked."""
    if len(entries) > limits.entries:
        raise PackTooLarge(source, most=limits.entries, name="entries")
    if sum(entry.file_size for entry in entries) > limits.unpacked:
        raise PackTooLarge(source, most=f"{limits.unpacked / 2**20:g} MB", name="unpacked")
    seen: set[str] = set()
    for entry in entries:
        name = entry.orig_filename
        if danger := _danger(entry, name, seen):
            raise PackRefused(source, danger, escape_line(name[:80]))
        seen.add(name.casefold())


def _danger(entry: zipfile.ZipInfo, name: str, seen: set[str]) -> PackDanger | None:
    if stat.S_ISLNK(entry.external_attr >> 16):
        return PackDanger.LINK
    if not is_safe(name):
        return PackDanger.NAME
    if name.casefold() in seen:
        return PackDanger.TWICE
    if entry.flag_bits & 1:
        return PackDanger.ENCRYPTED
    if entry.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        return PackDanger.COMPRESSION
    return None


def is_safe(name: str) -> bool:
    """Whether a file of a pack may be called so: it stays in the pack, and every system takes it."""
    return all(map(is_portable, name.split("/")))


def _files(source: str, archive: zipfile.ZipFile, limits: Limits) -> tuple[dict[str, bytes], set[str]]:
    """The files that can be unpacked, never more than the limits allow whatever is said of their size; those that cannot."""
    files, broken, left = {}, set(), limits.unpacked
    for entry in archive.infolist():
        try:
            with archive.open(entry) as file:
                data = file.read(left + 1)
        except BROKEN_ZIP:
            broken.add(entry.filename)
            continue
        if len(data) > left:
            raise PackTooLarge(source, most=f"{limits.unpacked / 2**20:g} MB", name="unpacked")
        files[entry.filename], left = data, left - len(data)
    return files, broken


def _differences(manifest: PackManifest, files: Mapping[str, bytes], broken: set[str]) -> Iterator[Unreadable]:
    for name in sorted({*manifest.files, *files, *broken} - {MANIFEST}):
        if name not in manifest.files:
            yield PackedAdded(name)
        elif name in broken or (name in files and digest_of(files[name]) != manifest.files[name]):
            yield PackedChanged(name)
        elif name not in files:
            yield PackedMissing(name)


def _unsound(manifest: PackManifest, files: Mapping[str, bytes]) -> Iterator[Unreadable]:
    """Decisions that do not fit their own digests, and heads that a report prints and no decision has."""
    try:
        entries = parse_stored(tuple[Entry, ...], ENTRIES, files.get(ENTRIES, b"[]"))
    except Unreadable as error:
        yield error
        return
    yield from (EntryUnsound(ENTRIES, number=one.sequence) for one in entries if seal(as_row(one)) != one.digest)
    heads = [(MANIFEST, manifest.chain)]
    review = f"projects/{manifest.folder}/{FILE}"
    if review in files:
        try:
            told = json.loads(files[review])
            heads += [(review, str(text)) for text in (told["anchor"], *(one["anchor"] for one in told["signatures"]))]
        except (ValueError, KeyError, TypeError, RecursionError):
            yield PackedChanged(review)
    digests = {one.sequence: one.digest for one in entries}
    for name, text in heads:
        head = parse_head(text)
        if text and (head is None or (head.sequence and digests.get(head.sequence) != head.digest)):
            yield HeadNotPacked(name, number=head.sequence if head else "?")
