"""A year's letters: by department and by project, drafts and finals, run again, changed by hand, out of a real run and store."""

from __future__ import annotations

import io
import json
import shutil
import zipfile
from dataclasses import replace
from pathlib import Path

import docx
import pytest
from specimen import DATA
from workbooks import archive, contents

from auditkit import resources
from auditkit.cli.app import main
from auditkit.decisions.signoff import sign
from auditkit.decisions.store import open_store
from auditkit.decisions.subject import Change, Field, Ruling, of_finding
from auditkit.decisions.summary import STEPS
from auditkit.errors.letters import (
    AwaitsSigning,
    BadPlace,
    BadSetting,
    ChangedByHand,
    NotListed,
    PlaceBlank,
    ProjectMissing,
    SignatureVoid,
    UnusedSetting,
)
from auditkit.errors.reading import TooSlow
from auditkit.errors.runs import FolderHeld, NotOurs
from auditkit.errors.usage import ExtraMissing
from auditkit.model import Severity
from auditkit.pipeline import Audit
from auditkit.report.letter.write import STANDARD, standard_template
from auditkit.run.batch import run
from auditkit.run.letters import By, LettersResult, write_letters
from auditkit.run.open import run_audits
from auditkit.run.storage import locked
from auditkit.safety import LIMITS

SEEDS = sorted((resources.data() / "2021").glob("*.docx"))
WORDS = (
    "发文机关=清溪市财政局",
    "文号=清财绩函〔2022〕{号}号",
    "日期=2022年4月1日",
    "答复期限=2022年4月15日",
    "起始号=12",
)
SPECIMEN = (DATA / "specimen.txt").read_text("utf-8")


@pytest.fixture(scope="module")
def year(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The output of a run: two projects of one department, one of another, one without anything to answer."""
    forms, out = tmp_path_factory.mktemp("forms"), tmp_path_factory.mktemp("out")
    for path in SEEDS[:2]:
        shutil.copy(path, forms)
    (forms / "清白.txt").write_text(SPECIMEN, "utf-8")
    other = SPECIMEN.replace("农村饮水安全巩固提升", "水库除险加固").replace("清溪市水利局", "清溪市农业局")
    (forms / "有错.txt").write_text(other.replace("99.5", "99.9"), "utf-8")
    run(forms, 2021, out, jobs=1, formats=())
    return out


@pytest.fixture
def out(year: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(year, tmp_path / "out"))


def text_of(out: Path, name: str) -> str:
    document = docx.Document(io.BytesIO((out / name).read_bytes()))
    cells = [cell.text for table in document.tables for row in table.rows for cell in row.cells]
    return "\n".join([*(one.text for one in document.paragraphs), *cells])


def audits(out: Path) -> list[Audit]:
    return [one for _, _, one in run_audits(out)]


def signed(out: Path, one: Audit, steps: int = 3) -> None:
    """Every error is accepted, and the steps are signed by people with telling names."""
    store = open_store(out / "review.sqlite")
    changes = [
        Change(of_finding(one.form, found), Field.RULING, "", Ruling.ACCEPTED)
        for found in one.findings
        if found.severity is Severity.ERROR
    ]
    if changes:
        store.record(changes, "甲审核")
    for step, who in list(zip(STEPS, ("甲审核", "乙复核", "丙审定"), strict=True))[:steps]:
        sign(one, store, step, who)


def files(out: Path) -> set[str]:
    return {path.relative_to(out / "letters").as_posix() for path in (out / "letters").rglob("*") if path.is_file()}


def kinds(result: LettersResult) -> list[set[str]]:
    return [{type(one).__name__ for one in row.lacks} for row in result.rows]


def test_a_year_is_one_letter_for_each_department(out: Path):
    result = write_letters(out)
    assert [(row.to, row.projects, row.state) for row in result.rows] == [
        ("鄂州市司法局", 2, "草稿"),
        *[(row.to, 1, row.state) for row in result.rows[1:]],
    ]
    assert sorted(row.state for row in result.rows[1:]) == ["没有需要答复的问题，不发函", "草稿"]
    text = text_of(out, result.rows[0].file)
    for one in audits(out)[:2]:
        assert one.form.project.one_line in text
        assert all(finding.message in text for finding in one.findings)
    assert files(out) == {"department.csv", *(row.file.removeprefix("letters/") for row in result.rows if row.file)}
    table = (out / "letters/department.csv").read_text("utf-8-sig")
    assert table.count("\n") == 1 + len(result.rows)
    assert "还没有签署：编制、复核、审定" in table


def test_or_one_for_each_project_beside_them(out: Path):
    before = {row.file for row in write_letters(out).rows if row.file}
    result = write_letters(out, By.PROJECT)
    assert len(result.rows) == 4
    assert len({row.file for row in result.rows if row.file}) == 3
    assert all((out / name).is_file() for name in before)
    one = audits(out)[0]
    assert f"{one.form.implementer.one_line}：" in text_of(out, result.rows[0].file)


def test_a_draft_says_what_it_lacks_and_no_more(out: Path):
    first, second, *_ = audits(out)
    assert kinds(write_letters(out, By.PROJECT))[0] == {"AwaitsSigning", "PlaceBlank"}
    signed(out, first)
    signed(out, second, steps=2)
    one, other, *_ = write_letters(out, By.PROJECT, settings=WORDS, final=True).rows
    assert (one.final, one.lacks) == (True, ())
    assert not other.final
    assert [type(each) for each in other.lacks] == [AwaitsSigning]
    assert other.lacks[0].facts["steps"] == "审定"
    assert not write_letters(out, By.PROJECT, settings=WORDS).rows[0].final  # nobody asked for one


def test_a_department_has_a_final_letter_when_all_its_projects_are_signed(out: Path):
    for number, one in enumerate(audits(out)[:2]):
        (row, *_) = write_letters(out, settings=WORDS, final=True).rows
        assert (row.final, len(row.lacks)) == (False, 2 - number)
        signed(out, one)
    (row, *_) = write_letters(out, settings=WORDS, final=True).rows
    assert row.final
    assert "/final/" in row.file
    text = text_of(out, row.file)
    assert "清财绩函〔2022〕12号" in text
    assert "清溪市财政局" in text
    told = b"".join(contents((out / row.file).read_bytes()).values()).decode("utf-8", "replace")
    for name in ("甲审核", "乙复核", "丙审定", "草稿", "review.sqlite"):
        assert name not in told


def test_a_final_letter_is_withdrawn_when_what_was_signed_changes(out: Path):
    one = audits(out)[0]
    signed(out, one)
    first = write_letters(out, By.PROJECT, settings=WORDS, final=True).rows[0]
    subject = of_finding(one.form, one.findings[-1])
    open_store(out / "review.sqlite").record([Change(subject, Field.RULING, "", Ruling.REJECTED)], "甲审核")
    result = write_letters(out, By.PROJECT, settings=WORDS, final=True)
    row = result.rows[0]
    assert not row.final
    assert [type(each) for each in row.lacks] == [SignatureVoid]
    assert result.removed == (first.file,)
    assert not (out / first.file).exists()
    assert row.questions == first.questions - 1
    assert one.findings[-1].message not in text_of(out, row.file)


def test_numbers_of_final_letters_stay(out: Path):
    first, second, *_ = audits(out)
    signed(out, second)
    rows = write_letters(out, By.PROJECT, settings=WORDS, final=True).rows
    assert "〔2022〕12号" in text_of(out, rows[1].file)
    signed(out, first)
    rows = write_letters(out, By.PROJECT, settings=WORDS, final=True).rows
    assert "〔2022〕13号" in text_of(out, rows[0].file)
    assert "〔2022〕12号" in text_of(out, rows[1].file)


def test_a_form_that_joins_the_next_run_takes_no_number_of_another(tmp_path: Path):
    (forms := tmp_path / "forms").mkdir()
    shutil.copy(SEEDS[1], forms / "乙.docx")
    run(forms, 2021, tmp_path / "out", jobs=1, formats=())
    signed(tmp_path / "out", audits(tmp_path / "out")[0])
    (before,) = write_letters(tmp_path / "out", By.PROJECT, settings=WORDS, final=True).rows
    shutil.copy(SEEDS[0], forms / "1.docx")
    run(forms, 2021, tmp_path / "out", jobs=1, formats=())
    new, after = write_letters(tmp_path / "out", By.PROJECT, settings=WORDS, final=True).rows
    assert (new.final, after.file) == (False, before.file)
    assert "〔2022〕12号" in text_of(tmp_path / "out", after.file)


def told_across(out: Path, *found: tuple[str, list[str]]) -> None:
    """Findings across forms, each of a rule and the papers that its proofs stand in."""
    findings = [
        {
            "rule": rule,
            "severity": "warning",
            "row": None,
            "title": f"问题{number}",
            "message": f"问题{number}的情况",
            "basis": "",
            "evidence": [{"at": f"《{paper}》表1 第1行", "text": f"甲{number}"} for paper in papers],
        }
        for number, (rule, papers) in enumerate(found)
    ]
    (out / "across.json").write_text(json.dumps({"findings": findings}, ensure_ascii=False), "utf-8")


def asked_across(out: Path, by: By = By.DEPARTMENT) -> tuple[dict[str, list[int]], list[tuple[str, int]]]:
    """Which of them stand in the letter to whom, and why how many stand in none."""
    result = write_letters(out, by)
    found = json.loads((out / "across.json").read_text("utf-8"))["findings"]
    texts = {row.file: text_of(out, row.file) for row in result.rows if row.file}
    return (
        {
            row.file.split("/")[-1].split("_")[0]: held
            for row in result.rows
            if row.file and (held := [n for n, one in enumerate(found) if one["message"] in texts[row.file]])
        },
        [(type(one).__name__, one.facts["count"]) for one in result.unasked],
    )


def test_what_shows_across_forms_is_told_to_their_department_alone(out: Path):
    first, second, *others = (one.form.project.one_line for one in audits(out))
    told_across(
        out,
        ("SET004", [first, second]),
        ("SET004", [second]),
        ("SET004", [first, others[0]]),
        ("SET004", ["别的项目"]),
        ("SET004", [first, "别的项目"]),
        ("TGT001", [f"{SEEDS[0].name} {first}", "批复.docx 别的项目"]),
        ("SET006", [first, "2020 年 别的项目"]),
        ("SET004", [f"{first}》《汇总"]),
    )
    held, unasked = asked_across(out)
    assert held == {"鄂州市司法局": [0, 1, 5, 6, 7]}
    assert unasked == [("AskedOfSeveral", 1), ("AskedOfUnknown", 2)]
    table = (out / "letters/department.csv").read_text("utf-8-sig")
    assert "未列入任何函,,1," in table
    held, unasked = asked_across(out, By.PROJECT)
    assert held == {first: [5, 6, 7], second: [1]}
    assert unasked == [("AskedOfSeveral", 2), ("AskedOfUnknown", 2)]


def test_a_name_that_projects_of_two_departments_have_is_told_to_neither(tmp_path: Path, capsys):
    (forms := tmp_path / "forms").mkdir()
    for number, name in enumerate(("清溪市水利局", "清溪市农业局")):
        text = SPECIMEN.replace("清溪市水利局", name).replace("99.5", "99.9")
        (forms / f"{number}.txt").write_text(text, "utf-8")
    run(forms, 2021, tmp_path / "out", jobs=1, formats=())
    one = audits(tmp_path / "out")[0].form
    told_across(
        tmp_path / "out",
        ("SET004", [one.project.one_line]),
        ("TGT001", [one.paper, f"批复.docx {one.project.one_line}"]),
    )
    held, unasked = asked_across(tmp_path / "out")
    assert (held, unasked) == ({one.department.one_line: [1]}, [("AskedOfOneName", 1)])
    assert "同名项目" in called(str(tmp_path / "out"), capsys=capsys)[1]
    assert "several departments" in called(str(tmp_path / "out"), "--lang", "en", capsys=capsys)[1]


def test_what_another_departments_form_is_quoted_in_stays_out_when_that_form_has_no_name_or_audit(tmp_path: Path):
    (forms := tmp_path / "forms").mkdir()
    for number, (name, project) in enumerate(
        (("清溪市水利局", "供水"), ("清溪市农业局", ""), ("清溪市教育局", "校舍"))
    ):
        text = SPECIMEN.replace("清溪市水利局", name).replace("99.5", "99.9").replace("农村饮水安全巩固提升", project)
        (forms / f"{number}.txt").write_text(text, "utf-8")
    run(forms, 2021, out := tmp_path / "out", jobs=1, formats=())
    broken = sorted((out / "projects").glob("*校舍*"))[0] / "audit.json"
    said = json.loads(broken.read_text("utf-8"))
    broken.write_text(json.dumps(said | {"form": said["form"] | {"number": 9}}, ensure_ascii=False), "utf-8")
    told_across(out, ("SET004", ["供水", "1.txt"]), ("SET004", ["供水", "校舍"]), ("SET004", ["1.txt"]))
    held, unasked = asked_across(out)
    assert held == {"清溪市农业局": [2]}
    assert unasked == [("AskedOfSeveral", 2)]


def test_what_tells_a_rejected_finding_again_is_in_no_letter(out: Path):
    one = audits(out)[0]
    first, again = one.findings[:2]
    findings = [
        {
            "rule": "SET008",
            "severity": "warning",
            "row": None,
            "title": "问题屡审屡犯",
            "message": f"上年已提出“{each.title}”，今年仍有：{each.message}",
            "basis": "",
            "evidence": [{"at": one.form.placed(each.evidence[0]).place, "text": each.evidence[0].text}],
        }
        for each in (first, again)
    ]
    (out / "across.json").write_text(json.dumps({"findings": findings}, ensure_ascii=False), "utf-8")
    change = Change(of_finding(one.form, first), Field.RULING, "", Ruling.REJECTED)
    open_store(out / "review.sqlite").record([change], "甲审核")
    assert asked_across(out) == ({"鄂州市司法局": [1]}, [])


def test_a_rejected_finding_is_in_no_letter(out: Path):
    for one in audits(out)[:2]:
        subject = of_finding(one.form, one.findings[0])
        changes = [Change(subject, Field.RULING, "", Ruling.REJECTED), Change(subject, Field.NOTE, "", "内部意见")]
        open_store(out / "review.sqlite").record(changes, "甲审核")
    for by in By:
        for row in write_letters(out, by).rows[:1]:
            told = b"".join(contents((out / row.file).read_bytes()).values()).decode("utf-8", "replace")
            assert "内部意见" not in told
            assert "甲审核" not in told
            assert audits(out)[0].findings[0].message not in text_of(out, row.file)


def test_what_stands_as_it_would_be_written_is_not_written_again(out: Path):
    stamps = lambda: {path: path.stat().st_mtime_ns for path in (out / "letters").rglob("*.docx")}  # noqa: E731
    write_letters(out)
    before = stamps()
    assert write_letters(out).removed == ()
    assert stamps() == before
    write_letters(out, settings=WORDS)
    assert all(stamp != before[path] for path, stamp in stamps().items())


def test_what_a_person_wrote_in_a_letter_is_kept(out: Path):
    row, *_ = write_letters(out).rows
    path = out / row.file
    path.write_bytes(path.read_bytes() + b"\0")
    mine = path.read_bytes()
    again, *_ = write_letters(out, settings=WORDS).rows
    assert isinstance(again.failure, ChangedByHand)
    assert path.read_bytes() == mine
    assert isinstance(write_letters(out, settings=WORDS).rows[0].failure, ChangedByHand)
    path.unlink()
    assert write_letters(out, settings=WORDS).rows[0].failure is None


def test_a_letter_of_nobody_any_more_is_removed_unless_it_was_changed(out: Path):
    result = write_letters(out, By.PROJECT)
    names = [row.file for row in result.rows if row.file]
    (out / names[0]).write_bytes(b"mine")
    manifest = json.loads((out / "manifest.json").read_text("utf-8"))
    gone = [
        name
        for name in manifest["outputs"]
        if name.startswith(
            tuple(f"projects/{folder}/" for folder in sorted(path.name for path in (out / "projects").iterdir())[:2])
        )
    ]
    manifest["outputs"] = {k: v for k, v in manifest["outputs"].items() if k not in gone}
    (out / "manifest.json").write_text(json.dumps(manifest, ensure_ascii=False), "utf-8")
    assert write_letters(out, By.PROJECT).removed == (names[1],)
    assert (out / names[0]).read_bytes() == b"mine"


def test_a_letter_that_would_be_silent_on_a_project_is_not_written_and_what_is_there_stays(out: Path):
    first, second, *_ = audits(out)
    signed(out, first)
    signed(out, second)
    there, *_ = write_letters(out, settings=WORDS, final=True).rows
    before = (out / there.file).read_bytes()
    broken = sorted((out / "projects").iterdir())[1] / "audit.json"
    told = json.loads(broken.read_text("utf-8"))
    broken.write_text(json.dumps(told | {"form": told["form"] | {"number": 9}}, ensure_ascii=False), "utf-8")
    result = write_letters(out, settings=WORDS, final=True)
    row, *_ = result.rows
    assert (row.file, row.final, row.state) == ("", False, "未写成")
    assert [type(one) for one in row.reasons] == [ProjectMissing]
    assert result.failed
    assert result.removed == ()
    assert (out / there.file).read_bytes() == before
    broken.write_text("{", "utf-8")
    result = write_letters(out, settings=WORDS, final=True)
    assert result.failed
    assert any(row.missing for row in result.rows)
    assert not any(row.final for row in result.rows)
    assert "ProjectUnknown" in kinds(result)[0]
    broken.write_text(json.dumps(told, ensure_ascii=False), "utf-8")
    assert write_letters(out, settings=WORDS, final=True).rows[0].final


def test_the_forms_may_be_named_where_the_run_kept_nothing(out: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("auditkit.run.open.AuditCache.find", lambda *_: None)
    result = write_letters(out, By.PROJECT)
    assert result.failed
    assert {row.file for row in result.rows} == {""}
    forms = tmp_path / "forms"
    forms.mkdir()
    for path in SEEDS[:2]:
        shutil.copy(path, forms)
    rows = write_letters(out, By.PROJECT, forms=forms).rows
    assert [bool(row.file) for row in rows].count(True) == 2


def test_a_department_that_is_written_in_two_ways_has_one_letter(tmp_path: Path):
    (forms := tmp_path / "forms").mkdir()
    for number, name in enumerate(("清溪市水利局", "清溪市 水利局", "清溪市水利局\u3000", "")):
        text = (
            SPECIMEN.replace("农村饮水安全巩固提升", f"供水{number}")
            .replace("清溪市水利局", name)
            .replace("99.5", "99.9")
        )
        (forms / f"{number}.txt").write_text(text, "utf-8")
    run(forms, 2021, tmp_path / "out", jobs=1, formats=())
    rows = write_letters(tmp_path / "out").rows
    assert sorted(row.projects for row in rows) == [1, 3]


@pytest.mark.parametrize(
    "given", ["文号", "=甲", "项目=甲", "标题=甲", "a b=甲", "起始号=零", "起始号=1234567", f"文号={'甲' * 501}"]
)
def test_a_setting_that_is_none_is_told(out: Path, given: str):
    with pytest.raises(BadSetting):
        write_letters(out, settings=(given,))


def test_a_setting_that_nothing_asks_for_is_told(out: Path):
    with pytest.raises(UnusedSetting, match=r"可用的有 .*文号"):
        write_letters(out, settings=("密级=普通",))


def test_a_template_is_taken_with_its_own_places(out: Path, tmp_path: Path):
    made = docx.Document()
    for text in ("{{ 发文机关 }}", "密级：{{ 密级 }}", "{%p for 项 in 项目 %}", "{{ 项.名称 }}", "{%p endfor %}"):
        made.add_paragraph(text)
    path = tmp_path / "模板.docx"
    made.save(path)
    with pytest.raises(BadPlace, match="没有“密级”"):
        write_letters(out, template=path)
    row, *_ = write_letters(out, template=path, settings=("密级=普通", "发文机关=某局")).rows
    assert "密级：普通" in text_of(out, row.file)
    assert [one.facts["name"] for one in row.lacks if isinstance(one, PlaceBlank)] == []  # it has no other places


@pytest.mark.parametrize(
    ("listed", "missing"),
    [
        ((), ["问题", "共同问题"]),
        (("{{ 问题数 }}",), ["问题", "共同问题"]),
        (
            ("{%p for 项 in 项目 %}", "{%p for 问 in 项.问题 %}", "{{ 问.标题 }}", "{%p endfor %}", "{%p endfor %}"),
            ["共同问题"],
        ),
        (("{%p for 问 in 共同问题 %}", "{{ 问.标题 }}", "{%p endfor %}"), ["问题"]),
    ],
)
def test_a_template_that_is_silent_on_what_to_answer_makes_no_final(out: Path, tmp_path: Path, listed, missing, capsys):
    made = docx.Document()
    for text in listed:
        made.add_paragraph(text)
    made.save(path := tmp_path / "模板.docx")
    one, other, *_ = audits(out)
    signed(out, one)
    signed(out, other)
    told_across(out, ("SET004", [one.form.project.one_line, other.form.project.one_line]))
    row, *_ = write_letters(out, template=path, final=True).rows
    assert not row.final
    assert [(type(each), each.facts["name"]) for each in row.lacks] == [(NotListed, name) for name in missing]
    status, told = called(str(out), "--template", str(path), "--final", "--lang", "en", capsys=capsys)
    assert (status, told.count("does not list")) == (1, len(missing))
    told_across(out)
    row, *_ = write_letters(out, template=path, final=True).rows
    assert row.final is ("问题" not in missing)


def test_a_folder_of_no_run_and_one_that_is_held_are_told(out: Path, tmp_path: Path):
    with pytest.raises(NotOurs):
        write_letters(tmp_path)
    assert not (tmp_path / "letters").exists()
    with locked(out), pytest.raises(FolderHeld):
        write_letters(out)


def test_letters_are_no_forms_to_a_later_run_and_stay(out: Path, tmp_path: Path):
    row, *_ = write_letters(out).rows
    (forms := tmp_path / "forms").mkdir()
    shutil.copy(SEEDS[0], forms)
    run(forms, 2021, out, jobs=1, formats=(), most_missing=1)
    assert (out / row.file).is_file()


def called(*arguments: str, capsys) -> tuple[int, str]:
    with pytest.raises(SystemExit) as ended:
        main(["letters", *arguments])
    told = capsys.readouterr()
    return ended.value.code or 0, told.out + told.err


def test_the_command_says_what_it_wrote_and_what_is_missing(out: Path, capsys):
    status, told = called(str(out), capsys=capsys)
    assert status == 0
    assert "草稿 letters/department/draft/鄂州市司法局_" in told
    assert "还没有签署：编制、复核、审定" in told
    assert told.count("--set 文号=") == 1
    assert "定稿 0 份，草稿 2 份" in told
    status, told = called(str(out), "--final", "--lang", "en", "--by", "project", capsys=capsys)
    assert status == 1
    assert "0 finals, 3 drafts" in told
    assert "still to be signed" in told
    for one in audits(out):
        if one.findings:
            signed(out, one)
    settings = [part for word in WORDS for part in ("--set", word)]
    status, told = called(str(out), "--final", *settings, capsys=capsys)
    assert (status, "定稿 2 份，草稿 0 份" in told) == (0, True)


def test_the_command_gives_the_standard_template_away(tmp_path: Path, capsys):
    assert called("--example", str(tmp_path / "a.docx"), capsys=capsys)[0] == 0
    assert (tmp_path / "a.docx").read_bytes() == STANDARD.read_bytes()
    assert called(capsys=capsys)[0] == 2


def test_a_year_of_hostile_names_has_letters_inside_its_folder(tmp_path: Path):
    (forms := tmp_path / "forms").mkdir()
    for number, name in enumerate(("../../x", "CON", "a/b\\c", "=cmd|' /c calc'!A1", "长" * 300)):
        text = (
            SPECIMEN.replace("清溪市水利局", name)
            .replace("农村饮水安全巩固提升", f"供水{number}")
            .replace("99.5", "99.9")
        )
        (forms / f"{number}.txt").write_text(text, "utf-8")
    run(forms, 2021, tmp_path / "out", jobs=1, formats=())
    rows = write_letters(tmp_path / "out").rows
    assert len({row.file for row in rows}) == len(rows) >= 4
    assert all((tmp_path / "out" / row.file).is_file() for row in rows)
    table = (tmp_path / "out/letters/department.csv").read_text("utf-8-sig")
    assert "'=cmd" in table
    assert ",=cmd" not in table
    assert not list(tmp_path.glob("x*"))


def test_letters_are_made_some_at_a_time(out: Path, monkeypatch: pytest.MonkeyPatch):
    whole = [row.file for row in write_letters(out, By.PROJECT).rows]
    for name, most in (("TOGETHER", 1), ("QUESTIONS", 1)):
        with monkeypatch.context() as patch:
            patch.setattr(f"auditkit.run.letters.{name}", most)
            assert [row.file for row in write_letters(out, By.PROJECT).rows] == whole


def test_a_template_that_runs_away_is_ended_and_told(out: Path, tmp_path: Path):
    made = docx.Document()
    made.add_table(1, 1).rows[0].cells[0].text = "{% colspan " * 30_000  # docxtpl looks from each to the end of all
    path = tmp_path / "慢.docx"
    made.save(path)
    path.write_bytes(
        archive(contents(path.read_bytes()), zipfile.ZIP_STORED)
    )  # else it is refused for how well it packs
    limits = replace(LIMITS, seconds=2, patience=30)
    with pytest.raises(TooSlow):
        write_letters(out, template=path, limits=limits)
    assert not (out / "letters").exists()


def test_what_is_not_installed_is_told(out: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("auditkit.dependencies.find_spec", lambda name: None)
    standard_template.cache_clear()
    with pytest.raises(ExtraMissing, match=r"docxtpl.*pip install"):
        write_letters(out)
    standard_template.cache_clear()
