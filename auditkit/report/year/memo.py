"""The memo of a year, as Word."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from auditkit.decisions.summary import Reviews
from auditkit.model import Finding, Outcome, Severity
from auditkit.pipeline import Audit, ranked
from auditkit.quantity.numbers import format_number
from auditkit.report.decision_tables import year_tables
from auditkit.report.facts import clipped, nothing_found, verdict_line
from auditkit.report.office.memo import (
    DATE,
    FIRST_LOOK,
    LONGEST_MESSAGE,
    MOST_FORMS,
    MOST_RULES,
    _comment,
    _rests_on,
    _review,
)
from auditkit.report.office.official_document import Paper
from auditkit.report.year.dataset import Tally
from auditkit.report.year.rows import FileRow, FormLine
from auditkit.report.year.views import Year
from auditkit.rulebooks.loader import Rulebook
from auditkit.vocabulary.spelling import plain


def year_memo(
    whole: Year, audits: Iterable[Audit], outcomes: Iterable[Outcome], review: Reviews | None = None
) -> bytes:
    """The covering memo of a year over all projects.

    Of the `audits` it needs those to look at first (`ranked`), and may be given no more; `outcomes` are those across forms.
    """
    year, book, forms = whole.year, whole.book, whole.forms
    across = [finding for outcome in outcomes for finding in outcome.findings]
    units = {plain(one.department_name) for one in forms} - {""}
    counts = "、".join(f"{s.zh} {sum(one.counts[s.weight] for one in forms)} 条" for s in Severity)
    paper = Paper(f"{year} 年度项目支出绩效自评\n核查情况报告")
    paper.paragraph("")
    paper.paragraph("一、核查范围和依据", "一级标题")
    paper.paragraph(
        f"本次核查 {year} 年度项目支出绩效自评表 {len(forms)} 张，涉及主管部门 {len(units)} 个。"
        f"{_rests_on(book)}核查只就表内数据进行，未核对表外材料。"
    )
    paper.paragraph("二、总体情况", "一级标题")
    paper.paragraph(
        f"共发现问题 {sum(sum(one.counts) for one in forms)} 条，其中{counts}；另有跨表问题 {len(across)} 条。"
        f"{whole.facts['verdict']}"
    )
    _grades(paper, forms, book)
    paper.paragraph("各项目情况如下（按需要关注的先后排列）。")
    _ranking(paper, sorted(forms, key=lambda one: [-count for count in one.counts]))
    _first_look(paper, ranked(audits)[:FIRST_LOOK])
    _across(paper, across)
    _frequent(paper, whole.tally)
    _open_points(paper, whole.facts)
    failed = [row for row in whole.files if row.failed]
    _unread(paper, failed)
    _doubted(paper, [one for one in forms if one.doubts])
    _requests(paper, sum(one.disproved for one in forms), len(failed))
    if review:
        _review(paper, "九、审核决定与签署", review, year_tables(review))
    paper.sign()
    return paper.bytes()


def _grades(paper: Paper, forms: Sequence[FormLine], book: Rulebook) -> None:
    """How many forms each grade has by what they claim, by what they prove and at best."""
    if not book.scored:
        return
    decided = any(one.reviewed is not None for one in forms)
    paper.paragraph(f"按{'四' if decided else '三'}种得分分别评定等级，各有多少张如下。")
    names = {"stated": "按自评得分", "verified": "按可核实得分", "upper": "按最高可能得分"}
    names |= {"reviewed": "按复核得分"} if decided else {}
    widths = (36, 28, 30, 34, 28) if decided else (48, 36, 36, 36)
    table = paper.table(("等级", *names.values()), widths)
    scores = [[getattr(one, name) for one in forms] for name in names]
    earned = [Counter(book.grade(score) for score in column if score is not None) for column in scores]
    for name, least in book.grades.items():
        label = f"{name}（{format_number(least)} 分以上）" if least else name
        paper.row(table, (label, *(f"{column[name]} 张" for column in earned)), range(1 + len(names)))


def _ranking(paper: Paper, forms: Sequence[FormLine]) -> None:
    decided = any(one.reviewed is not None for one in forms)
    severities = (f"{severity.mark}{severity.zh}" for severity in Severity)
    heads = ("序号", "项目", "自评", "可核实", "最高可能", *(["复核"] if decided else []), *severities)
    table = paper.table(heads, (12, 30, 15, 17, 19, 15, 16, 16, 16) if decided else (12, 43, 15, 17, 21, 16, 16, 16))
    for number, one in enumerate(forms[:MOST_FORMS], 1):
        fourth = [one.reviewed] if decided else []
        scores = (format_number(score) for score in (one.stated, one.verified, one.upper, *fourth))
        paper.row(table, (str(number), one.project, *scores, *map(str, one.counts)), (0, *range(2, len(heads))))
    if len(forms) > MOST_FORMS:
        paper.paragraph(f"另有 {len(forms) - MOST_FORMS} 张未列出，见 forms.csv。")


def _first_look(paper: Paper, audits: Sequence[Audit]) -> None:
    paper.paragraph("三、需要优先关注的项目", "一级标题")
    for number, audit in enumerate(audits, 1):
        paper.paragraph(
            f"（{'一二三四五'[number - 1]}）{audit.form.project.one_line or '（未填项目名称）'}", "二级标题"
        )
        heaviest = "；".join(
            f"{finding.title}：{clipped(finding.message, LONGEST_MESSAGE)}" for finding in audit.standing[:2]
        )
        told = f"{nothing_found(len(audit.form.doubts))}。"
        paper.paragraph(f"{verdict_line(audit)}{'主要问题：' + heaviest + '。' if heaviest else told}")
    if not audits:
        paper.paragraph("没有可报告的项目。")


def _across(paper: Paper, findings: Sequence[Finding]) -> None:
    paper.paragraph("四、跨表问题", "一级标题")
    for number, finding in enumerate(findings[:MOST_FORMS], 1):
        paragraph = paper.paragraph(f"{number}. {finding.severity.mark} {finding.title}：{finding.message}。")
        paper.comment(paragraph.runs[0], _comment(finding))
    if len(findings) > MOST_FORMS:
        paper.paragraph(f"另有 {len(findings) - MOST_FORMS} 条未列出，见 findings.csv。")
    if not findings:
        paper.paragraph("各表之间未发现问题。")


def _frequent(paper: Paper, tally: Tally) -> None:
    paper.paragraph("五、问题分布", "一级标题")
    found, forms = Counter(), Counter()
    for (rule, title, _), (count, own) in tally.rules.items():
        found[rule, title] += count
        forms[rule] += own
    paper.paragraph(f"共涉及 {len(found)} 条规则，出现最多的如下。")
    table = paper.table(("规则", "问题", "条数", "涉及项目数"), (26, 78, 24, 28))
    for (rule, title), count in sorted(found.items(), key=lambda one: (-one[1], one[0]))[:MOST_RULES]:
        paper.row(table, (rule, title, str(count), str(forms[rule])), (0, 2, 3))


def _open_points(paper: Paper, facts: Mapping[str, Any]) -> None:
    paper.paragraph("六、资金结余和无法核实的部分", "一级标题")
    paper.paragraph(f"{facts['answers']['money']}。{'执行率最低的项目如下。' if facts['money']['rows'] else ''}")
    if facts["money"]["rows"]:
        table = paper.table(("项目", "预算数", "执行数", "结余", "执行率", "单位"), (56, 22, 22, 20, 18, 18))
        for name, *amounts, unit, _ in facts["money"]["rows"][:MOST_RULES]:
            paper.row(table, (name, *amounts, unit), range(1, 6))
    paper.paragraph(facts["unproved"]["line"])


def _unread(paper: Paper, failed: Sequence[FileRow]) -> None:
    paper.paragraph("七、未能审核的文件", "一级标题")
    for number, row in enumerate(failed[:MOST_RULES], 1):
        paper.paragraph(f"{number}. {row.file}：{row.message}。")
    if len(failed) > MOST_RULES:
        paper.paragraph(f"另有 {len(failed) - MOST_RULES} 个未列出，见 status.csv。")
    if not failed:
        paper.paragraph("没有。")


def _doubted(paper: Paper, forms: Sequence[FormLine]) -> None:
    """What was read with doubts: what is found of these forms, or not found, holds only as far as they were read right."""
    if forms:
        paper.paragraph(f"另有 {len(forms)} 张表读表存疑，结论以核对原件为准。")
    for number, one in enumerate(forms[:MOST_RULES], 1):
        paper.paragraph(f"{number}. {one.name}（{one.file}）：{clipped(one.doubt, LONGEST_MESSAGE)}。")
    if len(forms) > MOST_RULES:
        paper.paragraph(f"另有 {len(forms) - MOST_RULES} 张未列出，见 forms.csv。")


def _requests(paper: Paper, disproved: int, failed: int) -> None:
    paper.paragraph("八、答复和更正要求", "一级标题")
    paper.paragraph(
        f"请各主管部门督促有关单位于{DATE}前书面反馈：就审核意见函所列问题逐项答复，更正填报有误的自评表，"
        "附证明材料。"
        + (f"自评结果不成立的 {disproved} 张，应重新计分后报送。" if disproved else "")
        + (f"未能审核的 {failed} 个文件，应按所列原因重新报送。" if failed else "")
    )
