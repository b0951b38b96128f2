"""Rulebooks: loading, inheritance, what each one that ships prescribes, and what a user's file changes."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest
from specimen import rewrite, specimen

from auditkit.assess.execution import score_spans
from auditkit.assess.judgement import Verdict, earned_share
from auditkit.assess.rescore import rescore
from auditkit.assess.verdict import meets
from auditkit.model import Form, Severity
from auditkit.parse.form import parse
from auditkit.pipeline import Audit, audit, audit_form
from auditkit.quantity.parser import parse_quantity
from auditkit.read.text import read_text
from auditkit.rulebooks.loader import SHIPPED, Rulebook, load_rulebook, shipped
from auditkit.safety import Unreadable

DATA = Path(__file__).parents[2] / "data"
SEEDS = sorted((DATA / "2021").glob("*.docx"))
TEN_LINES = """\
extends = "mof-2020"
name = "qingxi-2022"
version = "2022.1"
title = "清溪市财政局自评审核口径"
title_en = "Qingxi finance bureau"
off = ["IND008"]
[thresholds]
unspent = 0.04
[severity]
BUD005 = "error"
"""
HEAD = 'extends = "mof-2020"\nname = "own"\nversion = "1"\ntitle = "自用"\ntitle_en = "own"\n'


def written(folder: Path, text: str | bytes, name: str = "own.toml") -> Path:
    path = folder / name
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


def found(form: Form, book: Rulebook) -> set[str]:
    """The rules that speak, but for NAR001: an edited result no longer agrees with the specimen's text."""
    return {finding.rule for finding in audit_form(form, book).findings} - {"NAR001"}


def bands(*pairs: tuple[float, float]) -> str:
    return f"[execution]\nmethod = 'bands'\nbands = [{', '.join(f'{{rate = {r}, share = {s}}}' for r, s in pairs)}]"


def words(done: list[float], partly: list[float], undone: list[float]) -> str:
    return f"[qualitative]\ndone = {done}\npartly = {partly}\nundone = {undone}"


FAULTS = [
    ("unspent = 0.1", "unspent", "没有这个参数", "unknown key"),
    ("[thresholds]\nunspend = 0.1", "thresholds.unspend", "没有这个参数", "unknown key"),
    ("[thresholds]\nunspent = 0.1\noff = []", "thresholds.off", "没有这个参数", "unknown key"),
    ("digest = 'x'", "digest", "没有这个参数", "unknown key"),
    ("documents = [{title = 'x', number = 'y', note = ''}]", "documents[0].checked", "缺少这个参数", "missing key"),
    ("documents = [{title = 'x', number = 'y', note = '', checked = 0}]", "documents[0].checked", "true", "true"),
    ("off = 'IND008'", "off", "列表", "a list"),
    ("off = ['IND8']", "off[0]", "规则编号", "a rule"),
    ("off = ['ind008']", "off[0]", "规则编号", "a rule"),
    ("[severity]\nBUD5 = 'error'", "severity.BUD5", "规则编号", "a rule"),
    ("[severity]\nBUD005 = 'fatal'", "severity.BUD005", "error、warning、note", "none of error"),
    ("thresholds = 5", "thresholds", "应为一个表", "a table"),
    ("grades = [90, 80]", "grades", "一个表", "a table"),
    ("[thresholds]\nunspent = 20", "thresholds.unspent", "0 到 1", "from 0 to 1"),
    ("[thresholds]\nunspent = -0.1", "thresholds.unspent", "0 到 1", "from 0 to 1"),
    ("[thresholds]\nunspent = '10%'", "thresholds.unspent", "0 到 1", "from 0 to 1"),
    ("[thresholds]\nunspent = nan", "thresholds.unspent", "0 到 1", "from 0 to 1"),
    ("[thresholds]\nunspent = true", "thresholds.unspent", "0 到 1", "from 0 to 1"),
    ("full_marks = inf", "full_marks", "数字", "a number"),
    ("[split]\noutput = -50", "split.output", "不小于 0", "0 or more"),
    ("[split]\noutput = 40", "split", "合计 90 分", "adds up to 90"),
    ("[split]\nexecution=0\noutput=0\nbenefit=0\nsatisfaction=0", "split", "合计 0 分", "adds up to 0"),
    ("full_marks = 120", "split", "120", "120"),
    ("[execution]\nmethod = 'none'", "split.execution", "应为 0", "must be 0"),
    ("[execution]\nmethod = 'step'", "execution.method", "linear、bands、none", "linear, bands, none"),
    ("[execution]\nbase = 'final'", "execution.base", "adjusted、initial", "adjusted, initial"),
    ("[execution]\nmethod = 'bands'", "execution.bands", "不能为空", "empty"),
    (bands((0.9, 1), (0.6, 0.5)), "execution.bands", "没有档次", "begin at 0"),
    (bands((0.6, 0.5), (0.9, 1), (0, 0)), "execution.bands[1]", "从高到低", "descend"),
    (bands((0.9, 1), (0.9, 0.8), (0, 0)), "execution.bands[1]", "从高到低", "descend"),
    (bands((0.9, 0.5), (0.6, 1), (0, 0)), "execution.bands[1]", "从高到低", "descend"),
    (bands((0.9, 1.2), (0, 0)), "execution.bands[0].share", "0 到 1", "from 0 to 1"),
    (bands((90, 1), (0, 0)), "execution.bands[0].rate", "0 到 1", "from 0 to 1"),
    ("[formula]\nreverse = 'inverse'", "formula.reverse", "proportional、shortfall", "proportional, shortfall"),
    ("[overachievement]\neffect = 'ignore'", "overachievement.effect", "explain、deduct", "explain, deduct"),
    ("[overachievement]\nthreshold = 0.3", "overachievement.threshold", "不小于 1", "1 (100%) or more"),
    ('[grades]\n"优" = 90\n"良" = 80', "grades", "降到 0", "descend"),
    ('[grades]\n"良" = 80\n"优" = 90\n"差" = 0', "grades", "降到 0", "descend"),
    ('[grades]\n"优" = 101\n"差" = 0', "grades", "降到 0", "descend"),
    (words([0.8, 1], [0.6, 0.7], [0, 0.6]), "qualitative", "首尾相接", "no holes"),
    (words([0.8, 0.9], [0.6, 0.8], [0, 0.6]), "qualitative", "首尾相接", "no holes"),
    (words([0.8, 1], [0.8, 0.6], [0, 0.6]), "qualitative", "首尾相接", "no holes"),
    ("[qualitative]\ndone = [0.8]", "qualitative.done", "2 项的列表", "a list of 2"),
    ("[qualitative]\ngood = [0.8, 1]", "qualitative.good", "done、partly、undone", "done, partly, undone"),
    ("inapplicable = 'drop'", "inapplicable", "keep、rescale", "keep, rescale"),
    ("[execution]\ngoal = 0", "execution.goal", "大于 0", "above 0"),
    ("[execution]\ngoal = 96", "execution.goal", "0 到 1", "from 0 to 1"),
    ("[window]\nmost = 0.9", "window.most", "不小于 1", "1 (100%) or more"),
    ("[window]\nof = ['management']", "window.of[0]", "output、benefit", "output, benefit"),
    ("[sampling]\nbase = 0", "sampling.base", "应大于 0", "must be above 0"),
    ("[sampling]\nmoney = 1", "sampling.money", "应小于 1", "must be below 1"),
    ("[sampling]\nmoney = 1.5", "sampling.money", "0 到 1", "from 0 to 1"),
    ("[split]\nmanagement = 10", "split", "合计 110 分", "adds up to 110"),
    ("years = []", "years", "首年", "first"),
    ("years = [2022, 2020]", "years", "首年", "first"),
    ("years = ['2022']", "years[0]", "整数", "a whole number"),
    ("[basis]\nfunds = 1", "basis.funds", "文字", "a text"),
]


@pytest.mark.parametrize(("text", "key", "zh", "en"), FAULTS, ids=[f"{f[1]}-{i}" for i, f in enumerate(FAULTS)])
def test_a_fault_names_file_and_key(tmp_path: Path, text: str, key: str, zh: str, en: str):
    path = written(tmp_path, HEAD + text)
    with pytest.raises(Unreadable) as error:
        load_rulebook(path)
    assert error.value.say("zh").startswith(f"{path}：参数 {key}：")
    assert error.value.say("en").startswith(f"{path}: key {key}: ")
    assert zh in error.value.zh
    assert en in error.value.en


@pytest.mark.parametrize(
    ("head", "key"),
    [
        (HEAD.replace('name = "own"\n', ""), "name"),
        (HEAD.replace('version = "1"\n', ""), "version"),
        (HEAD.replace('version = "1"', "version = 2026.1"), "version"),
        (HEAD.replace('"own"', '"../own"', 1), "name"),
        (HEAD.replace('"own"', '"Own Book"', 1), "name"),
        (HEAD.replace('"own"', '"mof-2020"', 1), "name"),
        (HEAD.replace('"mof-2020"', '"mof-2099"', 1), "extends"),
        (HEAD.replace('"mof-2020"', '"../mof-2020"', 1), "extends"),
        (HEAD.replace('"mof-2020"', "2020", 1), "extends"),
        (HEAD.replace('"mof-2020"', '"absent.toml"', 1), "extends"),
        (HEAD.replace('"mof-2020"', '"own.toml"', 1), "extends"),
        (HEAD.replace('extends = "mof-2020"\n', ""), "basis"),
    ],
)
def test_a_rulebook_has_a_name_of_its_own_and_a_parent_that_exists(tmp_path: Path, head: str, key: str):
    path = written(tmp_path, head)
    with pytest.raises(Unreadable, match=f"own.toml：参数 {key}："):
        load_rulebook(path)


@pytest.mark.parametrize(
    ("content", "zh", "en"),
    [
        (HEAD + "[thresholds\n", "第 6 行", "line 6"),
        (HEAD + "version = '2'\n", "第 6 行", "line 6"),
        (HEAD + "off = [", "不是有效的 TOML", "not valid TOML"),
        (HEAD.encode("gb18030"), "第 4 行不是 UTF-8", "line 4 is not UTF-8"),
    ],
)
def test_what_is_no_toml_is_said_with_its_line(tmp_path: Path, content: str | bytes, zh: str, en: str):
    path = written(tmp_path, content)
    with pytest.raises(Unreadable) as error:
        load_rulebook(path)
    assert error.value.source == str(path)
    assert zh in error.value.zh
    assert en in error.value.en


@pytest.mark.parametrize("name", ["none", "../mof-2020", "rulebooks/mof-2020", "", "absent.toml", "MOF-2020"])
def test_an_unknown_name_lists_the_known(name: str):
    with pytest.raises(Unreadable, match=r"可用的有 .*mof-2020"):
        load_rulebook(name)


def test_a_byte_order_mark_and_crlf_are_no_fault(tmp_path: Path):
    text = b"\xef\xbb\xbf" + TEN_LINES.replace("\n", "\r\n").encode()
    assert load_rulebook(written(tmp_path, text)).thresholds.unspent == Decimal("0.04")


def test_tables_merge_and_lists_and_grades_are_replaced(tmp_path: Path):
    parent, base = load_rulebook("transfer"), load_rulebook()
    text = 'off = ["IND008"]\n[basis]\nfunds = "本市规定"\n[grades]\n"合格" = 60\n"不合格" = 0\n'
    book = load_rulebook(written(tmp_path, HEAD.replace("mof-2020", "transfer") + text))
    assert book.off == ("IND008",)
    assert book.cite("funds") == "本市规定"
    assert book.cite("execution_rate") == parent.cite("execution_rate")
    assert book.cite("total") == base.cite("total")
    assert dict(book.grades) == {"合格": 60, "不合格": 0}
    assert (book.split, book.documents) == (parent.split, parent.documents)


def test_rulebooks_that_extend_each_other_are_refused(tmp_path: Path):
    written(tmp_path, HEAD.replace("mof-2020", "own.toml").replace('"own"', '"other"', 1), "other.toml")
    path = written(tmp_path, HEAD.replace("mof-2020", "other.toml"))
    with pytest.raises(Unreadable, match=r"other.toml：参数 extends：循环继承 own.toml → other.toml → own.toml"):
        load_rulebook(path)


def test_a_fault_in_the_parent_names_the_parent(tmp_path: Path):
    written(tmp_path, HEAD.replace('"own"', '"city"', 1) + "[split]\noutput = 40\n", "city.toml")
    path = written(tmp_path, HEAD.replace("mof-2020", "city.toml") + "[split]\noutput = 50\n")
    with pytest.raises(Unreadable, match=r"city.toml：参数 split："):
        load_rulebook(path)


def test_the_digest_is_over_the_whole_chain(tmp_path: Path):
    (tmp_path / "books").mkdir()
    city = HEAD.replace('"own"', '"city"', 1)
    written(tmp_path / "books", city, "city.toml")
    path = written(tmp_path, HEAD.replace("mof-2020", "books/city.toml"))
    first = load_rulebook(path)
    assert load_rulebook(path) == first
    written(tmp_path / "books", city + "[thresholds]\nunspent = 0.15\n", "city.toml")
    second = load_rulebook(path)
    assert (first.thresholds.unspent, second.thresholds.unspent) == (Decimal("0.20"), Decimal("0.15"))
    assert first.digest != second.digest
    assert first.digest != load_rulebook().digest


def test_a_file_of_ten_lines_overrides_thresholds_and_severity_and_switches_a_rule_off(tmp_path: Path):
    assert len(TEN_LINES.splitlines()) == 10
    book, standard = load_rulebook(written(tmp_path, TEN_LINES, "my.toml")), load_rulebook()
    form = rewrite(specimen(), "indicators.0.result", "60公里")
    assert found(form, standard) == {"IND008"}
    told = [(f.rule, f.severity) for f in audit_form(form, book).findings if f.rule != "NAR001"]
    assert told == [("BUD005", Severity.ERROR)]
    assert "IND008" not in {outcome.rule for outcome in audit_form(form, book).outcomes}
    by_path = audit(DATA / "specimen.txt", tmp_path / "my.toml")[0]
    assert (by_path.rulebook.name, by_path.rulebook.digest) == ("qingxi-2022", book.digest)


@pytest.mark.parametrize("name", shipped())
def test_every_shipped_rulebook_loads_and_says_what_is_second_hand(name: str):
    book = load_rulebook(name)
    assert book.name == name
    assert load_rulebook(SHIPPED / f"{name}.toml").digest == book.digest
    assert book.documents
    assert all(document.checked or "未" in document.note for document in book.documents)
    errors = {f.rule for f in audit_form(specimen(), book).findings if f.severity is Severity.ERROR}
    assert errors == ({"BUD002"} if book.execution.method == "bands" or book.execution.goal < 1 else set())


def test_the_shipped_rulebooks_have_the_figures_that_they_are_known_for():
    books = {name: load_rulebook(name) for name in shipped()}
    assert set(books) >= {"mof-2020", "mof-2021-cost", "hubei", "sichuan", "guangxi", "transfer"}
    cost, hubei = books["mof-2021-cost"].split, books["hubei"]
    assert (cost.cost, cost.output, cost.benefit, cost.satisfaction, cost.execution) == (20, 40, 20, 10, 10)
    assert (hubei.split.execution, hubei.split.total) == (20, 100)
    assert hubei.formula.reverse == "proportional"
    assert books["sichuan"].thresholds.unspent == Decimal("0.10")
    assert books["guangxi"].overachievement.threshold == Decimal("1.30")
    assert not books["transfer"].scored


# actual ÷ budget of the specimen and of the eight seed forms: points × rate, and points × the share of the rate's band
EXECUTION = {
    "237.50 ÷ 250.00": ("9.50", "10"),
    "79.57 ÷ 90": ("8.84", "8"),
    "21.65 ÷ 25": ("8.66", "8"),
    "3.62 ÷ 12": ("3.02", "0"),
    "25.22 ÷ 30": ("8.41", "8"),
    "44.4246 ÷ 47": ("9.45", "9"),
    "5.684 ÷ 10": ("5.68", "0"),
    "22.06 ÷ 35": ("6.30", "6"),
    "45.969 ÷ 50": ("9.19", "9"),
}


@pytest.mark.parametrize(("rulebook", "column"), [("mof-2020", 0), ("mof-2021-cost", 1)])
def test_each_rulebook_prescribes_its_own_execution_scores(rulebook: str, column: int):
    scored = [a for path in (DATA / "specimen.txt", *SEEDS) for a in audit(path, rulebook)]
    funds = [a.form.execution for a in scored]
    assert [f"{fund.actual} ÷ {fund.adjusted}" for fund in funds] == list(EXECUTION)
    given = [a.scorecard.execution.verified.quantize(Decimal("0.01")) for a in scored]
    assert given == [Decimal(scores[column]) for scores in EXECUTION.values()]
    wrong = [a.source for a in scored for f in a.findings if f.rule == "BUD002"]
    assert len(wrong) == (9 if column else 0)
    assert {a.as_json()["form"]["rulebook"] for a in scored} == {rulebook}


@pytest.mark.parametrize("score", ["9.5", "9.8"])
def test_a_score_between_two_bands_is_wrong_in_bands(score: str):
    form = rewrite(specimen(), "funds.0.score", score)
    messages = [f.message for f in audit_form(form, load_rulebook("mof-2021-cost")).findings if f.rule == "BUD002"]
    assert len(messages) == 1
    assert "应为 10 分" in messages[0]
    right = rewrite(specimen(), "funds.0.score", "10")
    assert "BUD002" not in found(right, load_rulebook("mof-2021-cost"))
    assert "分值的 100%" in rescore(right, load_rulebook("mof-2021-cost")).execution.why


def test_bands_reach_down_to_nothing_and_up_to_everything():
    book = load_rulebook("mof-2021-cost")
    rates = {"-0.1": 0, "0": 0, "0.5999": 0, "0.60": 6, "0.8999": 8, "0.90": 9, "0.95": 10, "1.2": 10}
    for rate, score in rates.items():
        assert score_spans(Decimal(10), Decimal(rate), Decimal(rate), book) == [(score, score)]


def test_hubei_scores_execution_out_of_twenty():
    book, form = load_rulebook("hubei"), specimen()
    assert found(form, book) == {"SCO004"}
    for path, text in {"funds.0.points": "20", "funds.0.score": "19", "total_score": "99"}.items():
        form = rewrite(form, path, text)
    for item in ("0", "1"):  # output 50 -> 40
        form = rewrite(rewrite(form, f"indicators.{item}.points", "0"), f"indicators.{item}.score", "0")
    assert found(form, book) == set()
    assert rescore(form, book).execution.verified == 19
    assert "BUD002" in found(rewrite(form, "funds.0.score", "9.5"), book)


def test_sichuan_wants_to_know_why_less_than_90_percent_was_spent_or_the_budget_changed():
    book, standard = load_rulebook("sichuan"), load_rulebook()
    for rate, amount in (("89%", "222.50"), ("90%", "225.00")):
        form = rewrite(rewrite(specimen(), "funds.0.actual", amount), "funds.0.execution_rate", rate)
        assert ("BUD005" in found(form, book)) == (rate == "89%")
        assert "BUD005" not in found(form, standard)
    adjusted = rewrite(specimen(), "funds.0.initial", "249")
    assert "BUD006" in found(adjusted, book)
    assert "BUD006" not in found(adjusted, standard)


def test_guangxi_wants_over_achievement_explained_also_for_rates():
    book = load_rulebook("guangxi")
    form = rewrite(rewrite(specimen(), "indicators.4.target", "≥70%"), "indicators.4.result", "98%")
    assert found(form, load_rulebook()) == set()
    assert ("IND008", Severity.ERROR) in [(f.rule, f.severity) for f in audit_form(form, book).findings]
    assert found(rewrite(form, "indicators.4.explanation", "水厂提标改造提前完工。"), book) == set()


def test_over_achievement_may_have_to_be_deducted(tmp_path: Path):
    deduct = load_rulebook(written(tmp_path, HEAD + "[overachievement]\neffect = 'deduct'\n"))
    full = rewrite(specimen(), "indicators.0.result", "60公里")
    lowered = rewrite(rewrite(full, "indicators.0.score", "4"), "total_score", "98.5")
    lowered = rewrite(lowered, "indicators.0.explanation", "年初指标值偏低，下年据实设定。")
    assert found(full, deduct) == {"IND008"}
    assert any("调减" in f.message for f in audit_form(full, deduct).findings if f.rule == "IND008")
    assert found(lowered, deduct) == set()
    assert found(lowered, load_rulebook()) == {"IND004"}


@pytest.mark.parametrize(("formula", "share"), [("proportional", "0.8"), ("shortfall", "0.75")])
def test_the_formula_for_reverse_targets_is_the_rulebooks(tmp_path: Path, formula: str, share: str):
    book = load_rulebook(written(tmp_path, HEAD + f"[formula]\nreverse = '{formula}'\n"))
    judgement = meets(
        parse_quantity("≤24小时"), parse_quantity("30小时"), load_rulebook().thresholds, subcategory="时效指标"
    )
    assert earned_share(judgement, book) == (Decimal(share), Decimal(share))


@pytest.mark.parametrize(
    ("target", "result", "rulebook", "shares"),
    [
        ("完成", "部分达成年度指标并具有一定效果", "mof-2020", ("0.60", "0.80")),
        ("完成", "部分达成年度指标并具有一定效果", "hubei", ("0.50", "0.80")),
        ("达标", "未达标", "mof-2020", ("0", "0.60")),
        ("达标", "未达标", "hubei", ("0", "0.50")),
        ("完成", "已完成", "mof-2020", ("1", "1")),
        ("12次", "未完成", "mof-2020", ("0", "1")),  # a number was promised: no qualitative indicator
        ("效果明显", "效果明显", "mof-2020", ("0", "1")),
    ],
)
def test_results_in_words_earn_what_their_class_earns(target: str, result: str, rulebook: str, shares: tuple[str, str]):
    judgement = meets(parse_quantity(target), parse_quantity(result), load_rulebook().thresholds)
    assert earned_share(judgement, load_rulebook(rulebook)) == tuple(map(Decimal, shares))


def test_a_qualitative_target_that_was_met_may_score_within_its_band():
    form = rewrite(rewrite(specimen(), "indicators.0.target", "完成"), "indicators.0.result", "已完成")
    explained = rewrite(form, "indicators.0.explanation", "部分管段验收较晚，将加快验收。")
    for score, faults in {"4.0": set(), "3.9": {"IND004"}}.items():
        scored = rewrite(
            rewrite(explained, "indicators.0.score", score), "total_score", str(Decimal(score) + Decimal("94.5"))
        )
        assert found(scored, load_rulebook()) == faults


def without_points() -> str:
    """The specimen as a transfer-payment form: no column 分值 or 得分, no total."""
    rows = (DATA / "specimen.txt").read_text("utf-8").split("\n\n")
    short = [_cut(row) for row in rows if not row.startswith("\t总分")]
    return "\n\n".join(short)


def _cut(row: str) -> str:
    cells = row.split("\n\t")
    if len(cells) == 8 and ("执行数" in row or "资金" in row or "拨款" in row):  # funds: drop points and score
        del cells[7], cells[5]
    elif len(cells) >= 8:  # indicators
        del cells[-3:-1]
    return "\n\t".join(cells)


def transfer_form(text: str | None = None) -> Form:
    return parse(read_text("transfer.txt", (text or without_points()).encode()))[0]


def test_the_transfer_form_has_no_points():
    form = transfer_form()
    assert len(form.indicators) == 15
    assert form.total.actual.text == "237.50"
    assert not any(entry.at for item in form.indicators for entry in (item.points, item.score))
    assert form.total.points.at is form.total.score.at is form.total_score.at is None


def test_under_transfer_a_form_without_points_is_clean_and_nothing_complains_of_scores():
    result: Audit = audit_form(transfer_form(), load_rulebook("transfer"))
    assert result.findings == ()
    assert result.scorecard.execution is None
    assert not [
        skip for skip in result.skipped if "分值" in skip.reason or "得分" in skip.reason or "总分" in skip.reason
    ]
    assert {item.judgement.verdict for item in result.scorecard.items} == {Verdict.MET}


def test_under_transfer_what_needs_no_scores_is_still_found():
    book = load_rulebook("transfer")
    cases = {
        "46.5公里": {"90公里": "IND008", "≥45公里": "IND006", "100%": "IND005", "—": "IND011"},
        "237.50": {"260.00": "BUD004", "100.00": "BUD005"},
    }
    for old, edits in cases.items():
        for new, rule in edits.items():
            form = transfer_form(without_points().replace(f"\t{old}\n", f"\t{new}\n", 1))
            faults = audit_form(form, book).findings
            assert rule in {f.rule for f in faults}, new
            assert not [f.message for f in faults if "得分" in f.message]


def test_under_transfer_blank_score_columns_are_not_wanted():
    form = specimen()
    for item in range(15):
        form = rewrite(rewrite(form, f"indicators.{item}.points", ""), f"indicators.{item}.score", "")
    form = rewrite(form, "total_score", "")
    assert found(form, load_rulebook("transfer")) == set()
    assert "STR001" in found(form, load_rulebook())
