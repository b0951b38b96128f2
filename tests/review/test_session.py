"""The panel's logic without a browser: nothing typed is lost, nobody is overruled unseen, every deed is told."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator
from dataclasses import asdict, replace
from pathlib import Path

import ipywidgets
import pytest
from specimen import rewrite, specimen
from thirty import thirty

from auditkit import resources
from auditkit.decisions import store as store_module
from auditkit.decisions.entry import EntryKind
from auditkit.decisions.location import own_folder
from auditkit.decisions.manifests import remember, remembered
from auditkit.decisions.store import open_store
from auditkit.decisions.subject import Change, Field, Ruling, of_finding
from auditkit.decisions.validation import LONGEST
from auditkit.errors.runs import NoLongerKept
from auditkit.model import Severity
from auditkit.pipeline import Audit, audit, audit_form
from auditkit.review import html as card
from auditkit.review.drafts import Drafts, Pending, drafts_of
from auditkit.review.keyboard import Deed, Keys
from auditkit.review.notebook import ReviewNotebook
from auditkit.review.panel import Panel
from auditkit.review.project_list import listed, together
from auditkit.review.session import ReviewSession
from auditkit.review.workbench import Filter, Workbench
from auditkit.rulebooks.loader import load_rulebook


@pytest.fixture(scope="module")
def audits(tmp_path_factory: pytest.TempPathFactory) -> tuple[Audit, ...]:
    page = tmp_path_factory.mktemp("forms") / "thirty.html"
    page.write_text(thirty("供水项目"), "utf-8")
    return tuple(audit(path)[0] for path in (page, *sorted((resources.data() / "2021").glob("0[26]_*"))))


@pytest.fixture
def table(audits: tuple[Audit, ...], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Workbench:
    monkeypatch.setattr(store_module, "PATIENCE", 0.1)
    by_name = {one.source: one for one in audits}
    rows = tuple(listed(one.as_json()) for one in audits)
    return Workbench(rows, open_store(tmp_path / "s.sqlite"), lambda one: by_name[one.file])


@pytest.fixture
def desk(table: Workbench) -> ReviewSession:
    return seated(table)


def seated(table: Workbench, who: str = "张三") -> ReviewSession:
    desk = ReviewSession(table, who)
    desk.sit()
    return desk


def test_the_worst_lies_open_and_its_first_finding_is_looked_at(desk: ReviewSession):
    assert [row.total for row in desk.projects] == [54, 30, 25]
    assert desk.current.finding.severity.value == "error"
    desk.step(-1)
    assert desk.told.text == "已是第一条"


def test_a_project_is_listed_with_the_subjects_that_its_audit_has(audits: tuple[Audit, ...]):
    for one in audits:
        listing = listed(one.as_json())
        assert [q.subject for q in listing.questions] == [of_finding(one.form, found) for found in one.findings]


def test_without_a_name_nothing_is_saved_and_nothing_lost(table: Workbench):
    desk = seated(table, "")
    desk.write(Field.NOTE, "与附件3不符")
    assert "请先在上方确认署名" in desk.told.text
    assert not list(table.store.entries())
    assert "未署名 未保存：</b>▲1 说明“与附件3不符”" in card.waiting(desk)
    desk.confirm(" ")
    assert not desk.told.good
    desk.confirm(" 李四 ")
    desk.again()
    assert not list(table.store.entries()), "who wrote it is not known"
    assert "未署名时 留下、未保存（不会以他人署名）：</b>▲1 说明“与附件3不符”" in card.waiting(desk)
    desk.adopt()
    assert desk.current.text(Field.NOTE) == "与附件3不符"
    assert next(table.store.entries()).who == "李四"
    assert not desk.unsaved


@pytest.mark.parametrize("first", ["", "张三"])
@pytest.mark.parametrize("again", [False, True], ids=["in one sitting", "recalled"])
def test_the_second_never_signs_what_the_first_clicked(table: Workbench, tmp_path: Path, first: str, again: bool):
    """Two people at one account: what the first left unsaved is shown to the second, with its name and value."""
    desk = ReviewSession(table, first, Pending(Drafts(tmp_path / "drafts")))
    desk.sit()
    with sqlite3.connect(tmp_path / "s.sqlite", isolation_level=None) as other:
        other.execute("BEGIN EXCLUSIVE")
        desk.decide(Ruling.REJECTED)
        desk.correct(1, Field.SCORE, "0.5")
        other.execute("ROLLBACK")
    other.close()
    if again:
        desk = ReviewSession(table, "", Pending(Drafts(tmp_path / "drafts")))
        desk.sit()
    desk.confirm("李四")
    desk.again()
    desk.step(1)
    desk.decide(Ruling.ACCEPTED)
    desk.again()
    desk.step(-1)
    (entry,) = table.store.entries()
    assert (entry.who, entry.after) == ("李四", "accepted")
    assert not desk.here
    assert desk.blocked != "本项目还有未保存的内容", "another's draft keeps nobody from signing"
    told = card.waiting(desk)
    assert f"{first or '未署名时'} 留下" in told
    assert "▲1 结论“不认可”" in told
    assert "更正得分“0.5”" in told
    desk.confirm("张三")
    assert bool(desk.here) is bool(first)
    desk.again()
    assert {e.who for e in table.store.entries() if e.sequence > 1} == ({first} - {""})


def test_a_draft_of_an_earlier_version_is_shown_as_nobodys(table: Workbench, tmp_path: Path):
    desk, folder = seated(table), tmp_path / "drafts"
    folder.mkdir()
    change = Change(desk.current.subject, Field.NOTE, "", "旧版本留下的")
    (folder / "0123.json").write_text(json.dumps(asdict(change)), "ascii")
    later = ReviewSession(table, "张三", Pending(Drafts(folder)))
    later.sit()
    later.again()
    assert [one.change for one in later.left] == [change]
    assert not list(table.store.entries())
    later.adopt()
    assert [(entry.who, entry.after) for entry in table.store.entries()] == [("张三", "旧版本留下的")]
    assert not list(folder.iterdir())


def test_preparing_warns_of_what_nobody_decided(table: Workbench, desk: ReviewSession):
    for _ in desk.numbers:
        if desk.current.finding.severity is Severity.ERROR:
            desk.decide(Ruling.ACCEPTED)
        desk.step(1)
    left = {s: sum(one.finding.severity is s and not one.settled for one in desk.found) for s in Severity}
    assert left[Severity.WARNING] > 0 < left[Severity.NOTE]
    words = f"● 疑点 {left[Severity.WARNING]} 条、○ 提示 {left[Severity.NOTE]} 条"
    before = len(list(table.store.entries()))
    assert words in card.signatures_html(desk)
    desk.sign("编制")
    assert (words in desk.told.text, desk.told.good) == (True, False)
    assert len(list(table.store.entries())) == before
    desk.confirm("张三")
    desk.sign("编制")
    assert len(list(table.store.entries())) == before, "a warning to one is none to the next"
    desk.sign("编制")
    assert "已签署“编制”" in desk.told.text


def test_under_a_hub_the_name_is_the_hubs(table: Workbench, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("JUPYTERHUB_USER", "张三")
    monkeypatch.setenv("JPY_SESSION_NAME", "review.ipynb")
    panel = ReviewNotebook(table).panel()
    assert (panel.desk.who, panel.name.value, panel.name.disabled) == ("张三", "张三", True)
    assert panel.confirm.layout.display == "none"
    panel.keys.value = "1"
    assert [entry.who for entry in table.store.entries()] == ["张三"]
    panel.name.value = "李四"
    panel.confirm.click()
    panel.keys.value = "j2"
    assert {entry.who for entry in table.store.entries()} == {"张三"}
    ipywidgets.Widget.close_all()


def test_a_locked_store_keeps_the_text_until_it_takes_it(desk: ReviewSession, tmp_path: Path):
    with sqlite3.connect(tmp_path / "s.sqlite", isolation_level=None) as other:
        other.execute("BEGIN EXCLUSIVE")
        desk.write(Field.NOTE, "写了很久的说明")
        assert "占用" in desk.told.text
        assert not desk.told.good
        desk.choose(1)
        assert "占用" in desk.told.text
        assert desk.project == 0, "half a project would lie open"
        desk.step(1)
        assert not desk.here
        other.execute("ROLLBACK")
    other.close()
    desk.choose(1)
    assert len(desk.unsaved) == 1
    desk.choose(0)
    assert [one.change.after for one in desk.here] == ["写了很久的说明"]
    desk.again()
    assert desk.current.text(Field.NOTE) == "写了很久的说明"
    assert not desk.unsaved


def test_who_comes_second_is_told_and_may_differ_until_a_third_settles_it(table: Workbench):
    first, second, third = (seated(table, who) for who in ("张三", "李四", "王五"))
    first.decide(Ruling.ACCEPTED)
    second.decide(Ruling.REJECTED)
    assert "张三" in second.told.text
    assert "认可" in second.told.text
    assert len(list(table.store.entries())) == 1
    second.again(dissent=True)
    assert second.current.status == "意见不一"
    assert "由第三人再作决定" in card.finding(second)
    third.choose(0)
    third.decide(Ruling.DOUBTED)
    assert third.current.status == "存疑"
    assert [e.kind for e in table.store.entries()] == [EntryKind.DECISION, EntryKind.DISSENT, EntryKind.DECISION]


def test_what_is_given_up_gives_way_to_what_stands(table: Workbench):
    first, second = seated(table), seated(table, "李四")
    first.decide(Ruling.ACCEPTED)
    second.decide(Ruling.REJECTED)
    second.let_go()
    assert second.current.ruling is Ruling.ACCEPTED
    assert not second.unsaved


def test_an_undo_is_recorded_and_takes_ones_own(desk: ReviewSession):
    desk.decide(Ruling.ACCEPTED)
    desk.undo()
    assert desk.current.ruling is None
    assert desk.projects[0].decided == 0
    assert [e.kind for e in desk.bench.store.entries()] == [EntryKind.DECISION, EntryKind.UNDO]
    desk.undo()
    assert not desk.told.good


def test_a_choice_of_findings_stays_while_they_are_decided(desk: ReviewSession):
    desk.narrow(Filter(state="未决定", severity="error"))
    errors = len(desk.numbers)
    desk.decide(Ruling.ACCEPTED)
    assert len(desk.numbers) == errors
    desk.narrow(Filter(state="未决定", severity="error"))
    desk.narrow(Filter(state="未决定"))
    assert len(desk.numbers) == 53
    desk.narrow(Filter(unit="秘书科"))
    assert [row.total for row in desk.projects] == [25]


def test_a_bulk_decision_is_previewed_saved_and_taken_back(desk: ReviewSession):
    rule = "DES004"
    desk.preview(rule)
    expected = sum(q.subject.rule == rule for one in desk.bench.listed for q in one.questions)
    assert len(desk.previewed) == expected > 1
    desk.decide_alike(Ruling.REJECTED)
    assert f"已保存 {expected} 条" in desk.told.text
    assert sum(row.decided for row in desk.projects) == expected
    desk.undo_alike()
    assert sum(row.decided for row in desk.projects) == 0


def test_a_correction_moves_the_score_and_has_to_be_a_score(desk: ReviewSession):
    desk.correct(1, Field.SCORE, "4")
    assert "0 到 3" in desk.told.text
    before = desk.audit.scorecard
    assert desk.bench.decided(desk.audit).reviewed is None
    desk.correct(1, Field.SCORE, "0.5")
    after = desk.bench.decided(desk.audit).reviewed
    assert str(after.items[0].verified) == str(after.items[0].upper) == "0.5"
    assert after.items[0].stated == before.items[0].stated
    assert after.verified != before.verified
    desk.correct(1, Field.SCORE, "")
    assert desk.bench.decided(desk.audit).reviewed is None


def test_a_corrected_execution_moves_the_score_as_an_indicators_does(desk: ReviewSession):
    assert desk.lines[0].label == "预算执行率"
    points = desk.audit.scorecard.execution.points
    desk.correct(0, Field.RESULT, "一半")
    assert "不是执行率" in desk.told.text
    desk.correct(0, Field.RESULT, "50%")
    before, after = desk.audit.scorecard, desk.bench.decided(desk.audit).reviewed
    assert (after.execution.verified, after.execution.upper) == (points / 2, points / 2)
    assert after.verified - before.verified == points / 2 - before.execution.verified
    desk.correct(0, Field.SCORE, f"{points + 1}")
    assert f"0 到 {points}" in desk.told.text
    assert desk.blocked == "本项目还有未保存的内容"
    desk.correct(0, Field.SCORE, "1")
    assert desk.bench.decided(desk.audit).reviewed.execution.verified == 1
    assert "预算执行率" in card.scores_html(desk)
    desk.undo()
    assert desk.bench.decided(desk.audit).reviewed.execution.verified == points / 2


def test_what_is_typed_outlives_the_process_until_it_is_saved(table: Workbench, tmp_path: Path):
    desk = ReviewSession(table, "张三", Pending(Drafts(tmp_path / "drafts")))
    desk.sit()
    desk.typed(desk.current.subject.mark, Field.NOTE, "写到一半")
    desk.typed(desk.items[1].subject.mark, Field.RESULT, "12公里")
    desk.typed("of another project", Field.NOTE, "别处")
    assert not list(table.store.entries())
    later = ReviewSession(table, "张三", Pending(Drafts(tmp_path / "drafts")))
    later.sit()
    assert {one.change.after for one in later.here} == {"写到一半", "12公里"}
    assert card.waiting(later).count("；") == 1
    later.again()
    assert later.current.text(Field.NOTE) == "写到一半"
    assert not later.unsaved
    assert not list((tmp_path / "drafts").iterdir())
    later.typed(later.current.subject.mark, Field.NOTE, "写到一半多")
    assert later.typed(later.current.subject.mark, Field.NOTE, "写到一半")
    assert not list((tmp_path / "drafts").iterdir())


def homeless() -> Path:
    raise RuntimeError("Could not determine home directory.")


def test_an_account_without_a_home_keeps_no_drafts_and_works(table: Workbench, monkeypatch: pytest.MonkeyPatch):
    assert drafts_of(table.store).folder.is_relative_to(own_folder())
    for name in ("XDG_STATE_HOME", "LOCALAPPDATA"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr(Path, "home", homeless)
    assert drafts_of(table.store) is None
    remember(Path("out"), b"{}")
    assert remembered(Path("out")) == ""


def test_a_draft_begun_before_another_decided_overrules_nobody(table: Workbench, tmp_path: Path):
    first, second = ReviewSession(table, "张三", Pending(Drafts(tmp_path / "drafts"))), seated(table, "李四")
    first.sit()
    first.typed(first.current.subject.mark, Field.NOTE, "我的说明")
    second.write(Field.NOTE, "李四的说明")
    again = ReviewSession(table, "张三", Pending(Drafts(tmp_path / "drafts")))
    again.sit()
    again.write(Field.NOTE, "我的说明")
    assert "李四" in again.told.text
    assert [entry.after for entry in table.store.entries()] == ["李四的说明"]


def test_what_shows_across_forms_is_decided_like_a_project_and_known_again(table: Workbench, audits: tuple[Audit, ...]):
    told = {"rule": "SET004", "severity": "warning", "title": "文字雷同", "message": "两张表雷同", "basis": "独立自评"}
    told["evidence"] = [{"at": f"《{name}》表1 第3行", "text": "<b>已完成</b>"} for name in ("甲", "乙")]
    (shared,) = together([told], table.listed)
    assert shared.title == "各表放在一起看到的问题（2021）"
    panel = Panel(seated(replace(table, listed=(*table.listed, shared))))
    panel.desk.choose(3)
    panel.show()
    assert "《乙》表1 第3行" in panel.sheet.value
    assert "&lt;b&gt;已完成" in panel.sheet.value
    panel.keys.value = "1"
    panel.note.value = "已要求说明"
    assert panel.desk.projects[3].decided == 1
    assert panel.desk.blocked == "各表之间的问题不单独签署"
    for place in range(5):
        panel.tabs.box.selected_index = place
    panel.keys.value = "u"
    assert "已撤销第 2 条" in panel.saved.value
    (changed,) = together([told | {"message": "三张表雷同"}], table.listed)
    (one,) = table.across(changed)
    assert one.status == "原决定依据的数据已变"
    (elsewhere,) = together([told], [replace(each, year=2022) for each in table.listed])
    assert table.across(elsewhere)[0].status == "未决定"
    ipywidgets.Widget.close_all()


def test_signing_is_blocked_with_a_reason_and_then_takes_three_people(desk: ReviewSession):
    assert "未决定" in desk.blocked
    desk.sign("编制")
    assert not desk.told.good
    desk.narrow(Filter(severity="error"))
    for _ in desk.numbers:
        desk.decide(Ruling.ACCEPTED)
        desk.step(1)
    assert not desk.blocked
    desk.sign("编制")
    assert "已签署“编制”" in desk.told.text
    assert "他人" in desk.blocked
    for who, step in (("李四", "复核"), ("王五", "审定")):
        desk.confirm(who)
        desk.sign(step)
        assert desk.told.good
    assert desk.blocked == "三级均已签署"


def test_a_note_too_long_is_kept_for_shortening(desk: ReviewSession):
    desk.write(Field.NOTE, "长" * (LONGEST + 1))
    assert "未保存" in desk.told.text
    desk.write(Field.NOTE, "短")
    assert not desk.unsaved


@pytest.mark.parametrize(
    ("texts", "deeds"),
    [
        (["j"], "j"),
        (["j", "j"], "jj"),  # cleared in between
        (["j", "jk", "jk1"], "jk1"),  # typed before it could be cleared
        (["１"], "1"),  # full width
        (["Ｊ", "K"], "jk"),
        (["jk2"], "jk2"),  # as an input method hands it over
        (["就"], ""),
    ],
)
def test_a_key_acts_once_with_any_input_method(texts: list[str], deeds: str):
    keys = Keys()
    assert [deed for text in texts for deed in keys.typed(text)[0]] == [Deed(letter) for letter in deeds]


@pytest.fixture
def panel(table: Workbench) -> Iterator[Panel]:
    yield Panel(seated(table))
    ipywidgets.Widget.close_all()


def states() -> str:
    """All that a browser is told, in one text."""
    return "\n".join(str(one.get_state()) for one in ipywidgets.widgets.widget._instances.values())


def test_the_panel_saves_by_key_and_letters_in_a_note_are_no_keys(panel: Panel):
    panel.keys.value = "１"
    assert panel.keys.value == ""
    assert panel.desk.current.ruling is Ruling.ACCEPTED
    panel.note.value = "jk23u"
    assert panel.desk.place == 0
    assert panel.desk.current.ruling is Ruling.ACCEPTED
    assert panel.desk.current.text(Field.NOTE) == "jk23u"
    assert "第 2 条" in panel.saved.value
    panel.keys.value = "x"
    assert "没有“x”这个键" in panel.saved.value


def test_the_panel_keeps_what_was_typed_when_it_cannot_be_saved(panel: Panel, tmp_path: Path):
    with sqlite3.connect(tmp_path / "s.sqlite", isolation_level=None) as other:
        other.execute("BEGIN EXCLUSIVE")
        panel.note.value = "写了很久的说明"
        other.execute("ROLLBACK")
    other.close()
    assert panel.note.value == "写了很久的说明"
    assert panel.held.layout.display == "flex"
    panel.retry.click()
    assert panel.desk.current.text(Field.NOTE) == "写了很久的说明"
    assert panel.held.layout.display == "none"


def test_the_panel_hears_letters_as_they_are_typed_and_shows_them_to_a_page_that_comes_back(panel: Panel):
    mark = panel.desk.current.subject.mark
    assert f'data-at="{mark}"' in panel.card.value
    panel.mirror.value = json.dumps({"at": mark, "field": "note", "text": "写到"})
    assert panel.note.value == "", "what is being typed is left alone"
    panel.mirror.value = json.dumps({"arrived": 1})
    assert panel.note.value == "写到"
    assert "▲ 张三 未保存：</b>▲1 说明“写到”" in panel.waiting.value
    panel.drop.click()
    assert panel.note.value == ""
    panel.tabs.box.selected_index = 1
    assert f'data-at="{panel.desk.items[panel.tabs.item.value].subject.mark}"' in panel.tabs.mark.value
    panel.tabs.item.value = 0
    assert panel.tabs.result.description == "更正执行率"
    panel.tabs.result.value = "40%"
    assert "已保存更正完成值" in panel.saved.value


def test_a_fault_of_the_program_is_told_and_not_swallowed(panel: Panel, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(panel.desk, "decide", lambda ruling: 1 / 0)
    panel.rulings[0].click()
    assert "软件异常" in panel.saved.value


def test_what_a_form_says_is_text_in_every_widget(tmp_path: Path):
    evil = "<img src=x onerror=alert(1)>"
    form = rewrite(rewrite(specimen(), "project", evil), "indicators.0.name", evil)
    form = rewrite(rewrite(form, "implementer", evil), "indicators.0.result", f"1{evil}")
    one = audit_form(replace(form, source="evil.docx"), load_rulebook())
    panel = Panel(seated(Workbench((listed(one.as_json()),), open_store(tmp_path / "s.sqlite"), lambda _: one)))
    panel.note.value = evil
    for leaf in range(5):
        panel.tabs.box.selected_index = leaf
    html = [w.value for w in ipywidgets.widgets.widget._instances.values() if isinstance(w, ipywidgets.HTML)]
    assert any("&lt;img src=x" in text for text in html)
    assert "<img" not in "".join(html) + panel._repr_mimebundle_()["text/html"]
    ipywidgets.Widget.close_all()


def test_the_widgets_hold_one_project_and_the_saved_output_none(panel: Panel):
    words = "巩固提升农村供水"
    assert words in states()
    panel.keys.value = "l"
    assert words not in states()
    output = panel._repr_mimebundle_()
    assert "已决定 0/30" in output["text/plain"]
    assert "<script" not in output["text/html"]


def test_a_project_that_cannot_be_fetched_is_told_and_nothing_of_the_former_stays(table: Workbench):
    def fetch(one):
        if one.name == "供水项目":
            return table.load(one)
        raise NoLongerKept(one.file)

    panel = Panel(seated(replace(table, load=fetch)))
    for leaf in range(5):
        panel.tabs.box.selected_index = leaf
    panel.keys.value = "l"
    assert "已不在缓存中" in panel.saved.value
    assert "第1批新建供水管网长度" not in states()
    panel.keys.value = "1"
    panel.keys.value = "u"
    assert not list(table.store.entries())
    panel.keys.value = "h"
    assert "第1批新建供水管网长度" in states()
    ipywidgets.Widget.close_all()


def test_an_audit_other_than_the_one_reported_is_told(table: Workbench, audits: tuple[Audit, ...]):
    desk = seated(replace(table, load=lambda one: audits[1]))
    assert "与报告所写不同" in desk.told.text


def test_an_empty_folder_is_an_empty_desk(table: Workbench):
    panel = Panel(seated(replace(table, listed=())))
    assert "没有打开项目" in panel.card.value
    for key in Deed:
        panel.keys.value = key.value
    assert "没有" in panel._repr_mimebundle_()["text/plain"]
    ipywidgets.Widget.close_all()


def test_the_next_finding_is_one_key_away(panel: Panel):
    """What a step may cost is measured in benchmarks/open_review.py."""
    assert len(panel.desk.found) == 54
    for _ in range(20):
        panel.keys.value = "j"
    assert panel.desk.place == 20
