"""The evidence of a project in one file: what is in it, what is found out about it, and what is not packed."""

from __future__ import annotations

import json
import os
import shutil
import stat
import zipfile
from collections.abc import Callable, Mapping
from dataclasses import replace
from io import BytesIO
from pathlib import Path

import pytest
from runs import SPECIMEN, forms

from auditkit.decisions.manifests import MANIFEST
from auditkit.decisions.packs import ENTRIES, open_pack
from auditkit.decisions.store import open_store
from auditkit.decisions.subject import Change, Field, Ruling, of_finding
from auditkit.errors.files import NotOpened
from auditkit.errors.letters import ChainBroken
from auditkit.errors.packs import (
    AttachmentNotAFile,
    EntryUnsound,
    FormerPackBroken,
    FormsNotFound,
    HeadNotPacked,
    NoSuchProject,
    NotAPack,
    NothingToPack,
    PackBroken,
    PackedAdded,
    PackedChanged,
    PackedMissing,
    PackOther,
    PackRefused,
    PackTooLarge,
    ReportsBehind,
    ReportsChanged,
    ReportsOfFormerRun,
    SeveralProjects,
)
from auditkit.errors.runs import FolderHeld, InputChanged, NotOurs
from auditkit.run.batch import run
from auditkit.run.open import run_audits
from auditkit.run.pack import PackRow, write_packs
from auditkit.run.storage import locked
from auditkit.safety import LIMITS, Unreadable

FORMATS = ("html",)


@pytest.fixture(scope="module")
def year(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Three forms and what a run left of them, a decision on one of them in its report."""
    base = tmp_path_factory.mktemp("year")
    for path in forms(base / "forms", 3).iterdir():
        path.write_text(path.read_text("utf-8").replace("99.5", "99.9"), "utf-8")
    run(base / "forms", 2021, base / "out", jobs=1, formats=FORMATS)
    _, _, audit = next(run_audits(base / "out"))
    store = open_store(base / "out" / "review.sqlite")
    change = Change(of_finding(audit.form, audit.findings[0]), Field.RULING, "", Ruling.ACCEPTED)
    store.record([change], "张三")
    store.engine.dispose()
    run(base / "forms", 2021, base / "out", jobs=1, formats=FORMATS)
    return base


@pytest.fixture
def base(year: Path, tmp_path: Path) -> Path:
    """A copy, whose forms lie elsewhere than the run found them."""
    return Path(shutil.copytree(year, tmp_path / "year"))


def packed(base: Path, project: str = "", attach: tuple[Path, ...] = (), **options) -> list[PackRow]:
    return list(write_packs(base / "out", project, attach, forms=base / "forms", **options))


def one(base: Path, project: str = "1", **options) -> Path:
    (row,) = packed(base, project, **options)
    assert row.failure is None
    return base / "out" / row.file


def faults(path: Path, **options) -> list[type[Unreadable]]:
    return [type(fault) for fault in open_pack(path, LIMITS, **options).faults]


def contents(path: Path) -> dict[str, bytes]:
    with zipfile.ZipFile(path) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def archive(files: Mapping[str, bytes], comment: bytes = b"", method: int = zipfile.ZIP_DEFLATED) -> bytes:
    buffer = BytesIO()
    with zipfile.ZipFile(buffer, "w", method) as made:
        made.comment = comment
        for name, data in files.items():
            made.writestr(name, data)
    return buffer.getvalue()


def test_a_pack_holds_the_evidence_and_proves_itself(base: Path):
    paper = base / "验收单.pdf"
    paper.write_bytes(b"%PDF-1.4 scan")
    path = one(base, attach=(paper,))
    digest = open_pack(path, LIMITS).digest
    shutil.rmtree(base / "out" / "projects")
    away = Path(shutil.move(path, base / "pack.zip"))
    shutil.rmtree(base / "out")
    shutil.rmtree(base / "forms")
    pack = open_pack(away, LIMITS, digest)
    assert pack.faults == ()
    folder = pack.manifest.folder
    reports = {f"projects/{folder}/{name}" for name in ("audit.html", "audit.ipynb", "audit.json", "decisions.json")}
    assert {*reports, "forms/00.txt", ENTRIES, MANIFEST, "rules.html", "attachments/01_验收单.pdf"} <= set(pack.files)
    assert [entry["who"] for entry in json.loads(pack.files[ENTRIES])] == ["张三"]
    assert pack.manifest.chain.startswith("1:")
    assert faults(away, expected="0" * 64) == [PackOther]


def test_the_same_content_gives_the_same_bytes(base: Path):
    path = one(base)
    before = path.read_bytes()
    path.unlink()
    for form in (base / "forms").iterdir():
        os.utime(form, (1, 1))
    assert one(base).read_bytes() == before


def test_every_changed_byte_is_found(base: Path):
    path = one(base)
    data = path.read_bytes()
    for place in {*range(0, len(data), len(data) // 200), *range(len(data) - 150, len(data))}:
        path.write_bytes(data[:place] + bytes([data[place] ^ 1]) + data[place + 1 :])
        try:
            assert faults(path), place
        except (NotAPack, PackRefused, PackTooLarge):
            continue


@pytest.mark.parametrize("short", [0, 1, 21, 22, 100, 5_000])
def test_a_pack_that_broke_off_is_none(base: Path, short: int):
    path = one(base)
    path.write_bytes(path.read_bytes()[:short])
    with pytest.raises(NotAPack):
        open_pack(path, LIMITS)


def _changed(files: dict[str, bytes]) -> None:
    files["forms/00.txt"] += b" "


def _missing(files: dict[str, bytes]) -> None:
    del files["forms/00.txt"]


def _added(files: dict[str, bytes]) -> None:
    files["forms/01.txt"] = b"more"


@pytest.mark.parametrize(
    ("change", "fault"), [(_changed, PackedChanged), (_missing, PackedMissing), (_added, PackedAdded)]
)
def test_a_pack_that_was_packed_again_is_found_out_by_name(base: Path, change: Callable, fault: type[Unreadable]):
    path = one(base)
    with zipfile.ZipFile(path) as former:
        comment = former.comment
    files = contents(path)
    change(files)
    path.write_bytes(archive(files, comment))
    found = open_pack(path, LIMITS).faults
    assert [type(one) for one in found] == [PackBroken, fault]
    assert found[1].source in ("forms/00.txt", "forms/01.txt")


def test_a_decision_that_was_rewritten_with_the_list_does_not_fit_its_own_digest(base: Path):
    from auditkit.decisions.packs import digest_of, sealed

    path = one(base)
    pack = open_pack(path, LIMITS)
    for old, new, fault in (
        (b"\xe5\xbc\xa0\xe4\xb8\x89", b"\xe6\x9d\x8e\xe5\x9b\x9b", EntryUnsound),
        (None, b"[]\n", None),
    ):
        entries = pack.files[ENTRIES].replace(old, new) if old else new
        files = {**pack.files, ENTRIES: entries}
        del files[MANIFEST]
        told = replace(pack.manifest, files={name: digest_of(data) for name, data in files.items()})
        path.write_bytes(sealed(told, files))
        assert set(faults(path)) == ({fault} if fault else {HeadNotPacked})


def _linked() -> bytes:
    buffer = BytesIO()
    with zipfile.ZipFile(buffer, "w") as made:
        link = zipfile.ZipInfo("forms/a")
        link.create_system, link.external_attr = 3, (stat.S_IFLNK | 0o777) << 16
        made.writestr(link, "/etc/passwd")
    return buffer.getvalue()


HOSTILE = {
    "up": (archive({"../a": b""}), PackRefused),
    "absolute": (archive({"/etc/a": b""}), PackRefused),
    "drive": (archive({"C:/a": b""}), PackRefused),
    "backslash": (archive({"forms\\..\\a": b""}), PackRefused),
    "device": (archive({"forms/con.txt": b""}), PackRefused),
    "folder": (archive({"forms/": b""}), PackRefused),
    "direction": (archive({"forms/a\u202etxt.exe": b""}), PackRefused),
    "twice": (archive({"forms/a": b"", "forms/A": b""}), PackRefused),
    "link": (_linked(), PackRefused),
    "method": (archive({"forms/a": b"a"}, method=zipfile.ZIP_LZMA), PackRefused),
    "bomb": (archive({"forms/a": b"\0" * (LIMITS.unpacked + 1)}), PackTooLarge),
    "many": (archive({f"forms/{number}": b"" for number in range(LIMITS.entries + 1)}), PackTooLarge),
    "other": (archive({"word/document.xml": b""}), NotAPack),
    "no list": (archive({MANIFEST: b"{"}), NotOurs),
    "deep list": (archive({MANIFEST: b"[" * 100_000}), NotOurs),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_zip_file_is_refused(tmp_path: Path, name: str, auditkit):
    data, error = HOSTILE[name]
    (tmp_path / "a.zip").write_bytes(data)
    with pytest.raises(error):
        open_pack(tmp_path / "a.zip", LIMITS)
    status, _, told = auditkit("verify", tmp_path / "a.zip")
    assert (status, bool(told.strip())) == (2, True)


def test_a_list_that_lies_of_its_sizes_costs_no_more(tmp_path: Path):
    data = bytearray(archive({"forms/a": b"\0" * 10**6}))
    place = data.rfind(b"PK\x01\x02")
    data[place + 24 : place + 28] = (1).to_bytes(4, "little")
    (tmp_path / "a.zip").write_bytes(data)
    with pytest.raises((PackTooLarge, NotAPack)):
        open_pack(tmp_path / "a.zip", replace(LIMITS, unpacked=10_000))


def test_a_year_goes_on_where_it_stopped(base: Path):
    rows = write_packs(base / "out", forms=base / "forms")
    first = next(rows)
    rows.close()  # as an interrupt does
    second = base / "out" / "packs" / f"{sorted(os.listdir(base / 'out' / 'projects'))[1]}.zip"
    second.write_bytes((base / "out" / first.file).read_bytes()[:1_000])
    (base / "out" / "packs" / ".auditkit-x.part").write_bytes(b"half")
    stamp = (base / "out" / first.file).stat().st_mtime_ns
    told = packed(base)
    assert [row.kept for row in told] == [True, False, False]
    assert [type(note) for row in told for note in row.notes] == [FormerPackBroken]
    assert (base / "out" / first.file).stat().st_mtime_ns == stamp
    assert len(os.listdir(base / "out" / "packs")) == 3
    shutil.rmtree(base / "forms")  # what is packed needs them no more
    assert all(row.kept for row in write_packs(base / "out"))


def test_what_was_attached_stays_attached(base: Path):
    papers = [base / "甲.pdf", base / "乙.pdf"]
    for paper in papers:
        paper.write_text(paper.stem, "utf-8")
    one(base, attach=(papers[0],))
    path = one(base, attach=(papers[1], papers[0]))
    assert sorted(n for n in contents(path) if n.startswith("attach")) == [
        "attachments/01_甲.pdf",
        "attachments/02_乙.pdf",
    ]
    (base / "forms" / "03.txt").write_text((base / "forms" / "00.txt").read_text("utf-8") + "\n", "utf-8")
    run(base / "forms", 2021, base / "out", jobs=1, formats=FORMATS)
    row = next(row for row in packed(base) if row.folder == path.stem)
    assert not row.kept
    assert {"attachments/01_甲.pdf", "attachments/02_乙.pdf"} <= set(contents(path))
    assert not faults(path)


def _form_changed(base: Path) -> None:
    with (base / "forms" / "00.txt").open("a") as file:
        file.write("\n")


def _form_gone(base: Path) -> None:
    (base / "forms" / "00.txt").unlink()


def _form_linked(base: Path) -> None:
    (base / "forms" / "00.txt").rename(base / "there.txt")
    (base / "forms" / "00.txt").symlink_to(base / "there.txt")


def _report_changed(base: Path) -> None:
    with next((base / "out").glob("projects/001*/audit.html")).open("a") as file:
        file.write("<!-- -->")


def _report_gone(base: Path) -> None:
    next((base / "out").glob("projects/001*/audit.ipynb")).unlink()


def _form_failed(base: Path) -> None:
    (base / "forms" / "00.txt").write_bytes(b"")
    run(base / "forms", 2021, base / "out", jobs=1, formats=FORMATS)


@pytest.mark.parametrize(
    ("change", "error"),
    [
        (_form_changed, InputChanged),
        (_form_gone, FormsNotFound),
        (_form_linked, NotOpened),
        (_report_changed, ReportsChanged),
        (_report_gone, ReportsChanged),
        (_form_failed, ReportsOfFormerRun),
    ],
)
def test_what_is_not_as_the_run_left_it_is_told_and_costs_its_own_pack_only(base: Path, change: Callable, error: type):
    change(base)
    first, *others = packed(base)
    assert type(first.failure) is error
    assert not (base / "out" / "packs" / f"{first.folder}.zip").exists()
    assert [row.failure for row in others] == [None, None]


def test_the_run_remembers_where_the_forms_lay(year: Path, tmp_path: Path):
    out = Path(shutil.copytree(year / "out", tmp_path / "out"))
    assert all(row.failure is None for row in write_packs(out))


def test_decisions_that_no_report_shows_are_packed_and_told(base: Path):
    _, _, audit = next(run_audits(base / "out"))
    store = open_store(base / "out" / "review.sqlite")
    store.record([Change(of_finding(audit.form, audit.findings[0]), Field.NOTE, "", "已核对")], "张三")
    store.engine.dispose()
    (row,) = packed(base, "1")
    assert [type(note) for note in row.notes] == [ReportsBehind]
    path = base / "out" / row.file
    assert len(json.loads(contents(path)[ENTRIES])) == 2
    assert not faults(path)


def test_a_broken_chain_is_no_evidence(base: Path):
    (base / "out" / "review.sqlite").unlink()
    assert {type(row.failure) for row in packed(base)} == {ChainBroken}


@pytest.mark.parametrize("project", ["1", "001", "农村饮水安全巩固提升00", "提升00", "projects/{folder}", "{folder}"])
def test_a_project_is_named_as_people_name_it(base: Path, project: str):
    folder = sorted(os.listdir(base / "out" / "projects"))[0]
    (row,) = packed(base, project.format(folder=folder))
    assert (row.folder, row.failure) == (folder, None)


@pytest.mark.parametrize(
    ("project", "error"),
    [
        ("9", NoSuchProject),
        ("9" * 5_000, NoSuchProject),
        ("没有", NoSuchProject),
        ("..", NoSuchProject),
        ("农村", SeveralProjects),
    ],
)
def test_a_project_that_nothing_or_much_is_called(base: Path, project: str, error: type):
    with pytest.raises(error):
        packed(base, project)


@pytest.mark.parametrize(
    ("make", "error"),
    [
        (lambda path: path.symlink_to(path.parent / "forms" / "00.txt"), AttachmentNotAFile),
        (lambda path: path.mkdir(), AttachmentNotAFile),
        (lambda path: os.mkfifo(path), AttachmentNotAFile),
        (lambda path: path.write_bytes(b"0" * 2_000), PackTooLarge),
        (lambda path: None, NotOpened),
    ],
)
def test_what_cannot_be_attached(base: Path, make: Callable, error: type):
    make(base / "附件")
    (row,) = packed(base, "1", (base / "附件",), limits=replace(LIMITS, file=1_000))
    assert type(row.failure) is error
    assert not (base / "out" / "packs").exists()


def test_a_pack_within_no_limit_is_not_written(base: Path):
    (row,) = packed(base, "1", limits=replace(LIMITS, unpacked=2**20 + 10))
    assert type(row.failure) is PackTooLarge


def test_a_name_that_no_system_takes_is_packed_under_another(base: Path):
    paper = base / "a:b\u202e?.pdf"
    paper.write_bytes(b"1")
    names = [name for name in contents(one(base, attach=(paper,))) if name.startswith("attachments")]
    assert len(names) == 1
    assert names[0].isascii()
    assert ":" not in names[0]


def test_a_run_without_reports_has_nothing_to_pack(tmp_path: Path):
    run(forms(tmp_path / "forms", 1), 2021, tmp_path / "out", jobs=1, formats=())
    told = json.loads((tmp_path / "out" / MANIFEST).read_text("utf-8"))
    told["outputs"] = {name: sha for name, sha in told["outputs"].items() if not name.startswith("projects/")}
    (tmp_path / "out" / MANIFEST).write_text(json.dumps(told), "utf-8")
    with pytest.raises(NothingToPack):
        list(write_packs(tmp_path / "out"))


@pytest.mark.parametrize("name", ["a\nb.txt", "a:b?.txt", "资料/表.txt", "con.txt", "\udcff.txt", "表\u202e.txt"])
def test_a_form_of_any_name_is_packed(tmp_path: Path, name: str):
    path = tmp_path / "forms" / name
    path.parent.mkdir(parents=True)
    path.write_text(SPECIMEN, "utf-8")
    run(tmp_path / "forms", 2021, tmp_path / "out", jobs=1, formats=())
    (row,) = write_packs(tmp_path / "out")
    pack = open_pack(tmp_path / "out" / row.file, LIMITS)
    assert (row.failure, pack.faults) == (None, ())
    assert [data for name, data in pack.files.items() if name.startswith("forms/")] == [path.read_bytes()]


def test_no_run_and_a_run_at_work(base: Path, tmp_path: Path):
    with pytest.raises(NotOurs):
        list(write_packs(tmp_path))
    with locked(base / "out"), pytest.raises(FolderHeld):
        packed(base)


def test_the_command(base: Path, auditkit):
    out, found = base / "out", base / "forms"
    assert auditkit("pack", out)[0] == auditkit("pack", out, "1", "--all")[0] == 2
    assert auditkit("pack", out, "--all", "--attach", found / "00.txt")[0] == 2
    status, printed, _ = auditkit("pack", out, "--all", "--forms", found)
    assert (status, printed.count("已打包"), "新打包 3 个" in printed) == (0, 3, True)
    assert "3 kept" in auditkit("pack", out, "--all", "--lang", "en")[1]
    path = next((out / "packs").glob("*.zip"))
    status, printed, _ = auditkit("verify", path)
    assert (status, "完好 / intact" in printed, "--manifest" in printed) == (0, True, True)
    assert auditkit("verify", path, "--manifest", open_pack(path, LIMITS).digest)[0] == 0
    assert auditkit("verify", path, "--manifest", "0" * 64)[0] == 1
    assert auditkit("verify", path, "--limit", "entries=2")[0] == 2
    assert auditkit("verify", path, "--forms", found)[0] == 2
    data = bytearray(path.read_bytes())
    data[200] ^= 1
    path.write_bytes(data)
    assert auditkit("verify", path)[0] in (1, 2)
    _form_changed(base)
    status, printed, _ = auditkit("pack", out, "1", "--forms", found, "--attach", found / "00.txt")
    assert (status, "不是审核时的那一份" in printed) == (3, True)
