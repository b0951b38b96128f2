"""A run's sample: out of a real run, with either form of its dataset, twice, filled in, and all that is in its way."""

from __future__ import annotations

import shutil
from pathlib import Path

import openpyxl
import pytest
from specimen import DATA

from auditkit.cli.app import main
from auditkit.errors.files import NotOpened
from auditkit.errors.rulebooks import UnknownRulebook
from auditkit.errors.runs import FolderHeld, NotOurs
from auditkit.errors.samples import BadSeed, NothingToSample, PopulationChanged, SampleSize
from auditkit.errors.usage import NoFolder
from auditkit.rulebooks.sampling import Method
from auditkit.run.batch import run
from auditkit.run.sample import write_sample
from auditkit.run.storage import locked

SPECIMEN = (DATA / "specimen.txt").read_text("utf-8")
NAMES = ("水库除险加固", "乡村道路养护", "学校食堂改造", "图书采购", "农村饮水安全巩固提升")


def audited(folder: Path, names: tuple[str, ...] = NAMES) -> Path:
    forms, out = folder / "forms", folder / "out"
    forms.mkdir(parents=True)
    for number, name in enumerate(names):
        text = SPECIMEN.replace("农村饮水安全巩固提升", name).replace("99.5", f"99.{number}")
        (forms / f"{name}.txt").write_text(text, "utf-8")
    (forms / "坏.docx").write_bytes(b"PK\x03\x04")
    run(forms, 2022, out, jobs=1, formats=())
    return out


@pytest.fixture(scope="module")
def year(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return audited(tmp_path_factory.mktemp("year"))


@pytest.fixture
def out(year: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(year, tmp_path / "out"))


def names(result) -> list[str]:
    return [row.unit.line.project for row in result.sample.drawn]


def files(out: Path) -> dict[str, bytes]:
    return {path.relative_to(out).as_posix(): path.read_bytes() for path in (out / "sample").rglob("*.*")}


def test_a_sample_lies_beside_the_reports_and_comes_again_the_same(out: Path):
    result = write_sample(out, 2, seed="2022")
    assert len(names(result)) == 2
    assert {*names(result)} < {*NAMES}
    assert len(result.sample.rows) == len(NAMES)
    first = files(out)
    assert {*first} == {*result.files}
    again = write_sample(out, 2, seed="2022")
    assert (names(again), again.kept, files(out)) == (names(result), (), first)


def test_another_machine_without_pyarrow_draws_the_same(out: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("auditkit.report.year.dataset_files.find_spec", lambda name: None)
    other = audited(tmp_path / "other")
    assert list((other / "dataset").rglob("*.jsonl"))
    assert not list((other / "dataset").rglob("*.parquet"))
    for method in Method:
        here, there = (write_sample(folder, 3, method, "2022") for folder in (out, other))
        assert (here.sample, here.files) == (there.sample, there.files)
    assert files(out) == files(other)


def test_a_seed_that_is_not_given_is_drawn_and_can_be_given_again(out: Path):
    first, second = (write_sample(out, 2) for _ in range(2))
    assert first.sample.seed != second.sample.seed
    assert write_sample(out, 2, seed=first.sample.seed).sample == first.sample
    assert len(files(out)) == 9


def test_another_seed_size_method_or_rulebook_is_another_folder(out: Path, tmp_path: Path):
    own = tmp_path / "own.toml"
    own.write_text(
        'extends = "mof-2020"\nname = "own"\nversion = "1"\ntitle = "甲"\ntitle_en = "a"\n[sampling]\nerror = 50\n'
        '[[documents]]\ntitle = "甲"\nnumber = ""\nchecked = false\nnote = ""\n',
        "utf-8",
    )
    write_sample(out, 2, seed="a")
    write_sample(out, 2, seed="b")
    write_sample(out, 3, seed="a")
    write_sample(out, 2, Method.RANDOM, "a")
    result = write_sample(out, 2, seed="a", rulebook=str(own))
    assert len(files(out)) == 15
    assert max(row.risk for row in result.sample.rows) > 50


def test_a_paper_that_was_filled_in_is_kept_and_told(out: Path):
    result = write_sample(out, 2, seed="a")
    path = out / result.files[1]
    book = openpyxl.load_workbook(path)
    book["样本"]["N4"] = "账实相符"
    book.save(path)
    filled = path.read_bytes()
    again = write_sample(out, 2, seed="a")
    assert [type(one).__name__ for one in again.kept] == ["PaperStands"]
    assert path.read_bytes() == filled


def test_the_files_that_were_not_audited_are_told(out: Path):
    book = openpyxl.load_workbook(out / write_sample(out, 1).files[1])
    assert "未能审核的文件 1 个" in [row[1].value for row in book["抽样办法"].iter_rows()]


@pytest.mark.parametrize("size", [0, -1, len(NAMES) + 1, 10**30])
def test_a_size_beyond_the_population_is_refused(out: Path, size: int):
    with pytest.raises(SampleSize) as refused:
        write_sample(out, size)
    assert f"1 到 {len(NAMES)}" in str(refused.value)
    assert not (out / "sample").exists()


@pytest.mark.parametrize("seed", ["", " ", "a\n", "a\u202e", "\udc80", "a" * 65, " a"])
def test_a_seed_that_nobody_could_type_again_is_refused(out: Path, seed: str):
    with pytest.raises(BadSeed):
        write_sample(out, 1, seed=seed)


def add_part(out: Path) -> None:
    (part,) = list((out / "dataset" / "forms").rglob("part-*"))
    shutil.copy(part, part.with_name("part-0000000000000000.parquet"))


def change_part(out: Path) -> None:
    (part,) = list((out / "dataset" / "forms").rglob("part-*"))
    part.write_bytes(part.read_bytes() + b"x")


@pytest.mark.parametrize(
    ("spoil", "error"),
    [
        (lambda out: shutil.rmtree(out), NoFolder),
        (lambda out: (out / "manifest.json").unlink(), NotOurs),
        (lambda out: (out / "manifest.json").write_text("[]"), NotOurs),
        (lambda out: shutil.rmtree(out / "dataset"), PopulationChanged),
        (lambda out: (out / "dataset" / "year.json").unlink(), PopulationChanged),
        (add_part, PopulationChanged),
        (change_part, PopulationChanged),
    ],
)
def test_what_is_no_run_or_not_as_it_was_left_is_refused(out: Path, spoil, error: type[Exception]):
    spoil(out)
    with pytest.raises(error):
        write_sample(out, 1)


def test_a_run_without_forms_has_nothing_to_draw_from(tmp_path: Path):
    with pytest.raises(NothingToSample):
        write_sample(audited(tmp_path, ()), 1)


@pytest.mark.parametrize(
    ("name", "error"), [("nowhere", UnknownRulebook), ("nowhere.toml", (UnknownRulebook, NotOpened))]
)
def test_a_rulebook_that_there_is_not_is_told(out: Path, name: str, error):
    with pytest.raises(error):
        write_sample(out, 1, rulebook=name)


def test_nothing_is_drawn_while_a_run_is_at_work(out: Path):
    with locked(out), pytest.raises(FolderHeld):
        write_sample(out, 1)


def called(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str, str]:
    with pytest.raises(SystemExit) as end:
        main(["sample", *arguments])
    said = capsys.readouterr()
    return end.value.code or 0, said.out, said.err


def test_the_command_tells_seed_digest_and_files(out: Path, capsys: pytest.CaptureFixture[str]):
    status, told, _ = called(capsys, str(out), "--size", "2", "--seed", "2022", "--method", "random")
    assert status == 0
    assert "总体 5 张，抽中 2 张  种子 2022" in told
    assert all(str(out / name) in told for name in files(out))
    status, told, _ = called(capsys, str(out), "--size", "2", "--seed", "2022", "--lang", "en")
    assert "2 drawn of 5  seed 2022  population " in told
    (sheet,) = (out / "sample").glob("weighted_*/sample.xlsx")
    sheet.write_bytes(b"")
    status, _, wrong = called(capsys, str(out), "--size", "2", "--seed", "2022", "--lang", "en")
    assert (status, "was left as it is" in wrong) == (3, True)


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("--size", "6"), "样本量应为 1 到 5"),
        (("--size", "6", "--lang", "en"), "from 1 to 5"),
        (("--size", "1", "--seed", "", "--lang", "en"), "a seed is 1 to 64 letters"),
        (("--size", "1", "--rulebook", "nowhere"), "nowhere"),
    ],
)
def test_the_command_says_what_is_wrong(out: Path, capsys, arguments: tuple[str, ...], words: str):
    status, _, wrong = called(capsys, str(out), *arguments)
    assert (status, words in wrong) == (2, True)
