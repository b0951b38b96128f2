"""A run beside what a run of an earlier year left."""

from __future__ import annotations

import json
import shutil
import zipfile
from dataclasses import replace
from pathlib import Path

import pytest
from specimen import DATA

from auditkit.decisions.store import open_store
from auditkit.decisions.subject import Change, Field, Ruling, of_told
from auditkit.errors.runs import NoPreviousRun, PreviousBroken, PreviousNotEarlier
from auditkit.run import batch
from auditkit.run.previous import open_previous
from auditkit.safety import Limits

TEXT = (DATA / "specimen.txt").read_text("utf-8")
ARCHIVE = sorted((Path(__file__).parents[1] / "upgrade").glob("*.zip"))[0]


def form(year: int, **changes: str) -> str:
    """The specimen as of a year, with texts put for others."""
    text = TEXT.replace("2022", str(year))
    for old, new in changes.items():
        assert old in text
        text = text.replace(old, new)
    return text


def run(folder: Path, texts: dict[str, str], year: int, previous: Path | str = "", **options) -> Path:
    source, out = folder / f"in{year}", folder / f"out{year}"
    source.mkdir(parents=True)
    for name, text in texts.items():
        (source / name).write_text(text, "utf-8")
    result = batch.run(source, year, out, formats=[], previous=previous, **options)
    assert not result.failure
    return out


def told(out: Path, *rules: str) -> list[tuple[str, int | None]]:
    across = json.loads((out / "across.json").read_text("utf-8"))
    return [(one["rule"], one["row"]) for one in across["findings"] if one["rule"] in (rules or YEARS)]


def skipped(out: Path) -> list[str]:
    across = json.loads((out / "across.json").read_text("utf-8"))
    return [one["reason"] for one in across["skipped"] if one["rule"] in YEARS]


YEARS = ("SET006", "SET007", "SET008")
SAME = {"46.5公里": "45公里", "3120块": "3000块", "126人": "120人", "99.2%": "98%"}
SAME |= {"18小时": "24小时", "3.42万元": "3.5万元", "176元": "180元", "5.6%": "5%", "96.1%": "95%", "82.3%": "80%"}
SAME |= {"97%": "95%", "94.6%": "90%", "11月18日": "11月30日"}  # what was reached is what was asked


@pytest.fixture(autouse=True, scope="module")
def _no_notebook():
    """The yearly notebook, which takes most of a run's time, is tried by itself below."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("auditkit.run.outputs.write_year", lambda *_: "")
        yield


@pytest.fixture(scope="module")
def former(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A run of 2021 over a form that missed one target and asked more of another."""
    texts = {"甲.txt": form(2021, **SAME | {"46.5公里": "40公里", "≥3000块": "≥3100块", "3120块": "3100块"})}
    return run(tmp_path_factory.mktemp("former"), texts, 2021)


def test_nothing_is_told_of_years_where_none_is_given(tmp_path: Path):
    out = run(tmp_path, {"甲.txt": form(2022)}, 2022)
    assert not told(out)
    assert not skipped(out)
    assert not [*out.rglob("years*")]


@pytest.mark.parametrize("part", ["", "dataset"])
def test_reports_or_dataset_say_the_same(former: Path, part: str, tmp_path: Path):
    out = run(tmp_path, {"乙.txt": form(2022, **{"46.5公里": "41公里"})}, 2022, former / part)
    assert told(out, "SET006") == [("SET006", 3)]
    assert ("SET008", 1) in told(out)
    (line,) = (out / "years.jsonl").read_text("utf-8").splitlines()
    fates = {(one["title"], one["fate"]) for one in json.loads(line)["findings"]}
    assert ("未达标得满分", "repeated") in fates
    trends = {one["name"]: (one["before"], one["now"]) for one in json.loads(line)["trends"]}
    assert all(trends[name][0] and trends[name][1] for name in ("执行率", "自评得分", "可核实得分"))
    (page,) = out.glob("projects/*/years.html")
    assert "未达标得满分" in page.read_text("utf-8")
    index = (out / "index.html").read_text("utf-8")
    assert '<a href="years.html">' in index


def test_last_years_dataset_in_lines_is_read_without_pyarrow(former: Path, tmp_path: Path, monkeypatch):
    from auditkit.report.year import dataset_files

    monkeypatch.setattr(dataset_files, "find_spec", lambda _: None)
    other = run(tmp_path / "lines", {"甲.txt": (former.parent / "in2021" / "甲.txt").read_text("utf-8")}, 2021)
    assert [*other.glob("dataset/forms/**/*.jsonl")]
    one, two = (
        open_previous(path / "dataset", 2022, make(tmp_path / name), Limits())
        for path, name in ((former, "a"), (other, "b"))
    )
    assert one.read(0) == two.read(0)


def make(folder: Path) -> Path:
    folder.mkdir()
    return folder


def test_a_finding_that_was_put_right_is_told_so_and_raises_nothing(former: Path, tmp_path: Path):
    out = run(tmp_path, {"乙.txt": form(2022)}, 2022, former)
    assert "SET008" not in {rule for rule, _ in told(out)}
    (line,) = (out / "years.jsonl").read_text("utf-8").splitlines()
    assert {one["fate"] for one in json.loads(line)["findings"]} == {"resolved"}


@pytest.mark.parametrize("again", [False, True], ids=["in the store", "in the reports"])
def test_a_finding_that_was_rejected_last_year_does_not_repeat(again: bool, former: Path, tmp_path: Path):
    before = tmp_path / "before"
    shutil.copytree(former, before)
    (path,) = before.glob("projects/*/audit.json")
    audit = json.loads(path.read_text("utf-8"))
    changes = [Change(of_told(audit["form"], one), Field.RULING, "", Ruling.REJECTED) for one in audit["findings"]]
    open_store(before / "review.sqlite").record(changes, "张三")
    if again:
        batch.run(former.parent / "in2021", 2021, before, formats=[])
        (before / "review.sqlite").unlink()
    stamp = {path: path.stat().st_mtime_ns for path in before.rglob("*")}
    out = run(tmp_path, {"乙.txt": form(2022, **{"46.5公里": "41公里"})}, 2022, before)
    assert "SET008" not in {rule for rule, _ in told(out)}
    assert '"rejected"' in (out / "years.jsonl").read_text("utf-8")
    assert {path: path.stat().st_mtime_ns for path in before.rglob("*")} == stamp


def test_projects_that_are_not_compared_are_told(former: Path, tmp_path: Path):
    name = "农村饮水安全巩固提升"
    texts = {"甲.txt": form(2022), "乙.txt": form(2022, **{"46.5": "47"}), "丙.txt": form(2022, **{name: "河道清淤"})}
    out = run(tmp_path, texts, 2022, former)
    assert not told(out)
    reasons = skipped(out)
    assert any("不止一张" in one and "甲.txt" in one and "乙.txt" in one for one in reasons)
    assert any("河道清淤" in one and "上年的审核结果中没有" in one for one in reasons)
    page = (out / "index.html").read_text("utf-8")
    assert all(one.split("；")[0][:120] in page for one in reasons)


def test_what_an_older_version_left_is_read(tmp_path: Path):
    with zipfile.ZipFile(ARCHIVE) as archive:
        archive.extractall(tmp_path / "left")
    found = open_previous(tmp_path / "left" / "out", 2023, make(tmp_path / "a"), Limits())
    assert (found.year, len(found.papers), found.faults) == (2022, 2, ())
    assert {one.rule for one in found.read(1).findings} == {"IND001"}
    path = tmp_path / "left" / "in" / "甲.txt"
    path.write_text(path.read_text("utf-8").replace("2022", "2023"), "utf-8")
    (tmp_path / "left" / "in" / "乙.txt").unlink()
    assert not batch.run(path.parent, 2023, tmp_path / "out", formats=[], previous=tmp_path / "left" / "out").failure


def broken(former: Path, path: Path, data: bytes) -> Path:
    shutil.copytree(former, path)
    for audit in path.glob("projects/*/audit.json"):
        audit.write_bytes(data)
    return path


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"{",
        b"[]",
        b"{}",
        b"null",
        b'{"form": 1}',
        b"[" * 100_000,
        b"\xff\xfe",
        b'{"source": "x", "form": {"fiscal_year": 1e999}}',
    ],
    ids=range(9),
)
def test_a_broken_folder_is_told_before_any_form_is_read(data: bytes, former: Path, tmp_path: Path):
    before = broken(former, tmp_path / "before", data)
    with pytest.raises(PreviousBroken, match="读不出"):
        run(tmp_path, {"甲.txt": form(2022)}, 2022, before)
    assert not (tmp_path / "out2022").exists()


def test_no_folder_or_one_of_the_same_year_is_told(former: Path, tmp_path: Path):
    for number, path in enumerate(("/nowhere", tmp_path, DATA / "specimen.txt")):
        with pytest.raises(NoPreviousRun):
            run(tmp_path / str(number), {"甲.txt": form(2022)}, 2022, path)
    with pytest.raises(PreviousNotEarlier):
        run(tmp_path, {"甲.txt": form(2021)}, 2021, former)


def test_a_link_is_not_followed_and_one_bad_project_costs_only_itself(former: Path, tmp_path: Path):
    before = tmp_path / "before"
    shutil.copytree(former, before)
    (good,) = before.glob("projects/*/audit.json")
    (before / "projects" / "900_x").mkdir()
    (before / "projects" / "900_x" / "audit.json").symlink_to(good)
    found = open_previous(before, 2022, make(tmp_path / "a"), Limits())
    assert (len(found.papers), len(found.faults)) == (1, 1)


def test_hostile_texts_of_last_year_stay_texts(former: Path, tmp_path: Path):
    before = tmp_path / "before"
    shutil.copytree(former, before)
    (path,) = before.glob("projects/*/audit.json")
    bad = "<script>alert(1)</script>\u202e=cmd|' /C calc'!A0"
    audit = json.loads(path.read_text("utf-8"))
    for finding in audit["findings"]:
        finding |= {"title": bad, "message": bad}
    audit["form"]["indicators"][1]["target"] = f"{bad}15处"
    path.write_text(json.dumps(audit | {"source": f"../../{bad}\n"}), "utf-8")
    out = run(tmp_path, {"甲.txt": form(2022, **{"46.5公里": "41公里"})}, 2022, before)
    for page in (*out.glob("projects/*/years.html"), out / "years.html", out / "index.html"):
        text = page.read_text("utf-8")
        assert "<script>alert" not in text
        assert "\u202e" not in text


def test_a_limit_that_a_file_exceeds_is_told(former: Path, tmp_path: Path):
    with pytest.raises(PreviousBroken):
        open_previous(former, 2022, make(tmp_path / "a"), replace(Limits(), file=100))


def test_the_demo_of_two_years_tells_what_was_eased_and_what_was_put_right(tmp_path: Path):
    first, second = (tmp_path / str(year) for year in (2021, 2022))
    batch.run(DATA / "years" / "2021", 2021, first, formats=[])
    batch.run(DATA / "years" / "2022", 2022, second, formats=[], previous=first)
    assert {("SET006", 1), ("SET006", 4), ("SET007", None), ("SET008", None)} <= set(told(second))
    across = json.loads((second / "across.json").read_text("utf-8"))["findings"]
    assert any("由 10 分改为 15 分" in one["message"] for one in across)
    lines = [json.loads(line) for line in (second / "years.jsonl").read_text("utf-8").splitlines()]
    assert {one["fate"] for line in lines for one in line["findings"]} == {"repeated", "resolved"}
