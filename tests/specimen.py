"""The clean specimen form, and edits to it: how rules are tested and explained."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

from auditkit.assess.matching import PairedRow
from auditkit.document import At
from auditkit.model import ABSENT, Form, Former, Fund, Indicator, Kind, Pair, Portfolio, Value, Years
from auditkit.parse.cells import category_of
from auditkit.parse.form import parse
from auditkit.pipeline import audit_form
from auditkit.read import read
from auditkit.rulebooks.loader import load_rulebook
from auditkit.rules.rule import Rule

DATA = Path(__file__).parents[1] / "data"
SUBJECT_PATHS = {Fund: "funds.0.", Indicator: "indicators.0."}
WORKS = (
    "改造老旧管网并更换阀门，解决夜间停水问题",
    "新建高位水池，保证旱季连续供水不少于三十天",
    "为偏远农户安装净水设备并负责全年维护保养",
    "培训管水员，统一抄表收费和水质自检操作规程",
    "整治水源地周边养殖场，清理河道漂浮物和垃圾",
    "建设远程监控平台，实现水压水质数据自动上传",
)


@cache
def specimen() -> Form:
    return parse(read(DATA / "specimen.txt"))[0]


@cache
def portfolio() -> Portfolio:
    """Six forms of six projects, as clean as the specimen."""
    forms = []
    for number, work in enumerate(WORKS, 1):
        form = rewrite(specimen(), "project", f"供水项目{number}")
        forms.append(rewrite(rewrite(form, "goal", f"年内{work}。"), "outcome", f"全年{work}，共{number * 3}处。"))
    return Portfolio(tuple(forms))


@cache
def two_years() -> Years:
    """The specimen beside a form of the year before that asked no more and reached no more."""
    before = rewrite(specimen(), "fiscal_year", "2021年度")
    for item in before.indicators:
        for name in ("target", "result"):
            text = getattr(item, name).text
            path = f"indicators.{item.row - 1}.{name}"
            before = rewrite(before, path, item.target.text if name == "result" else text.replace("2022", "2021"))
    items = tuple(replace(item, year=2021) for item in before.indicators)
    return Years(specimen(), (), Former("2021年度 样表.txt", replace(before, indicators=items)))


@cache
def pair() -> Pair:
    """The specimen beside the target form that it answers, the same but for what only a self-evaluation has."""
    rows = tuple(replace(item, result=ABSENT, score=ABSENT, explanation=ABSENT) for item in specimen().indicators)
    amount = replace(
        specimen().total, adjusted=ABSENT, actual=ABSENT, points=ABSENT, execution_rate=ABSENT, score=ABSENT
    )
    paper = replace(specimen(), kind=Kind.TARGET, funds=(amount,), outcome=ABSENT, indicators=rows, total_score=ABSENT)
    return Pair(paper, specimen())


def edited(rule: Rule, case: Mapping[str, str]) -> Form | Portfolio | Pair | Years:
    """The specimen with a rule's case written into it; the keys of a Fund or Indicator rule are fields of the first.

    A `Years` rule is given what is found in both forms, as a run would find it.
    """
    form = {Portfolio: portfolio, Pair: pair, PairedRow: pair, Years: two_years}.get(rule.subject, specimen)()
    for key, text in case.items():
        form = rewrite(form, f"{SUBJECT_PATHS.get(rule.subject, '')}{key}", text)
    return _audited(form) if isinstance(form, Years) else form


def _audited(years: Years) -> Years:
    found = (audit_form(form, load_rulebook()).findings for form in (years.form, years.before.form))
    now, then = found
    return replace(years, findings=now, before=replace(years.before, findings=then))


def rewrite(owner: Any, path: str, text: str) -> Any:
    """The form with one entry rewritten: "total_score", "funds.0.actual" or "indicators.3.score", of all rows "indicators.*.score"."""
    name, _, rest = path.partition(".")
    if name == "*":
        return tuple(rewrite(one, rest, text) for one in owner)
    if isinstance(owner, tuple):
        index = int(name)
        if index == len(owner) and not rest:
            return (*owner, Value(text, At(table=1, row=99, column=1)))
        return (*owner[:index], rewrite(owner[index], rest, text), *owner[index + 1 :])
    old = getattr(owner, name)
    new = rewrite(old, rest, text) if rest else replace(old, text=text, at=old.at or At(table=1, row=99, column=1))
    owner = replace(owner, **{name: new})
    if isinstance(owner, Indicator) and name in ("category", "subcategory"):
        return replace(owner, kind=category_of(owner.category, owner.subcategory))
    return owner
