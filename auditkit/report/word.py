"""The memo on one project (核查意见书), which the unit answers item by item, and the covering memo of a year."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from auditkit.audit import Audit, worst
from auditkit.model import Finding, Outcome, Severity, Value
from auditkit.numeral import shown
from auditkit.report.decided import Review, Reviews, Table, chain_lines, project_tables, year_tables
from auditkit.report.facts import told, verdict_line
from auditkit.report.paper import Paper, fill, say, styled
from auditkit.report.rows import FileRow
from auditkit.rule import CATALOGUE
from auditkit.rulebook import Rulebook
from auditkit.verdict import Verdict

if TYPE_CHECKING:
    from auditkit.report.year import Year

LONGEST_PROOF = 60  # letters of a cell's text in the table; the comment has all of it
LONGEST_MESSAGE = 200  # of a finding that is told in a sentence
# To be filled in. Blanks at a line's end are not set: it stands near the beginning of its paragraph.
DATE = "　　　　年　　月　　日"
FIRST_LOOK, MOST_RULES, MOST_FORMS = 5, 10, 1_000


def memo(audit: Audit, review: Review | None = None) -> bytes:
    """The memo on one project as a Word file. Raises Unreadable where python-docx is not installed."""
    form = audit.form
    unit = form.implementer.squeezed or form.department.squeezed or "项目实施单位"
    project, year = form.project.squeezed or "（未填项目名称）", f"{form.year} 年度" if form.year else "（未填年度）"
    paper = Paper("项目支出绩效自评核查意见书")
    paper.paragraph("")
    paper.paragraph(f"{unit}：", "主送")
    paper.paragraph(f"对你单位报送的{year}“{project}”项目支出绩效自评表进行了核查，现将核查意见告知如下，请逐项答复。")
    _scope(paper, audit)
    _scores(paper, audit)
    _questions(paper, audit)
    paper.paragraph("四、答复要求", "一级标题")
    paper.paragraph(
        f"请于{DATE}前书面反馈：在“单位答复”一栏逐项说明情况、提出更正意见，并附证明材料。"
        "各项问题的证据位置、原文、依据和核实步骤见批注。"
    )
    if review:
        _review(paper, "五、审核决定与签署", review, project_tables(review))
    paper.sign()
    return paper.bytes()


def _scope(paper: Paper, audit: Audit) -> None:
    book = audit.rulebook
    looked = sum(outcome.applied > 0 for outcome in audit.outcomes)
    paper.paragraph("一、核查内容", "一级标题")
    paper.paragraph(
        f"{_rests_on(book)}对表内资金、分值、得分、指标和文字说明进行了核查，"
        f"共查 {len(audit.form.indicators)} 项指标；{len(audit.outcomes)} 条规则中 {looked} 条有内容可查，"
        f"另有 {len(audit.skipped)} 处因表中缺数或不适用未能核查。核查只就表内数据进行，未核对表外材料。"
    )


def _rests_on(book: Rulebook) -> str:
    """The titles of rulebooks have book-title marks and brackets of their own, which must not stand in further ones."""
    return f"核查依据为{book.title}；规则手册 {book.name}，版本 {book.version}。"


def _scores(paper: Paper, audit: Audit) -> None:
    card = audit.scorecard
    paper.paragraph("二、得分核查", "一级标题")
    paper.paragraph(told(audit))
    heads = ("自评得分", "可核实得分", "最高可能得分", *(verdict.zh for verdict in Verdict))
    table = paper.table(heads, (26, 26, 32, 24, 24, 24))
    scores = (shown(score) for score in (card.stated, card.verified, card.upper))
    paper.row(table, (*scores, *(f"{card.count(verdict)} 项" for verdict in Verdict)), range(len(heads)))


def _questions(paper: Paper, audit: Audit) -> None:
    counts = "、".join(f"{severity.zh} {audit.count(severity)} 条" for severity in Severity)
    paper.paragraph("三、需要答复的问题", "一级标题")
    if not audit.findings:
        paper.paragraph("所查规则均未发现问题。")
        return
    paper.paragraph(f"共 {len(audit.findings)} 条，其中{counts}（▲ 错误，● 疑点，○ 提示）。")
    names = {item.row: item.name.squeezed for item in audit.form.indicators}
    table = paper.table(("序号", "问题", "表内依据", "单位答复"), (12, 68, 42, 34))
    for number, finding in enumerate(audit.findings, 1):
        cells = paper.row(table, (f"{finding.severity.mark}{number}",), (0,))
        title = fill(cells[1], _title(finding, names.get(finding.row, "")), "表头")
        title.font.bold = False
        cells[1].paragraphs[0].alignment = 0
        say(styled(cells[1].add_paragraph(), "表格文字"), finding.message)
        fill(cells[2], "；".join(map(_proof, finding.evidence)) or "—", "表格文字")
        fill(cells[3], "", "表格文字")
        paper.comment(title, _comment(finding))


def _title(finding: Finding, name: str) -> str:
    return f"{finding.title}（第 {finding.row} 项“{_short(name)}”）" if finding.row else finding.title


def _proof(value: Value) -> str:
    return f"{value.place}“{_short(value.squeezed)}”"


def _short(text: str, longest: int = LONGEST_PROOF) -> str:
    return text if len(text) <= longest else f"{text[:longest]}……"


def _comment(finding: Finding) -> Iterator[str]:
    yield f"规则：{finding.rule} {finding.title}（{finding.severity.zh}）"
    for value in finding.evidence:
        yield f"证据：{value.place}“{value.squeezed}”"
    yield f"计算与说明：{finding.message}"
    yield f"依据：{finding.basis}"
    if finding.rule in CATALOGUE:
        yield f"核实步骤：{CATALOGUE[finding.rule].verify_zh}"


def _review(paper: Paper, title: str, review: Review | Reviews, tables: Iterable[Table]) -> None:
    """What was decided and signed, so far as the store had it when the report was made."""
    paper.paragraph(title, "一级标题")
    paper.paragraph(review.words)
    for shown_table in tables:
        paper.paragraph(shown_table.title, "二级标题")
        table = paper.table(
            [name for name, _ in shown_table.heads], [share * 156 // 100 for _, share in shown_table.heads]
        )
        for row in shown_table.rows:
            paper.row(table, row)
    for line in chain_lines(review.anchor, review.faults):
        paper.paragraph(line, "表格文字")


def year_memo(
    whole: Year, audits: Sequence[Audit], outcomes: Iterable[Outcome], review: Reviews | None = None
) -> bytes:
    """The covering memo of a year over all projects; `outcomes` are those across forms."""
    year, book = whole.year, whole.book
    across = [finding for outcome in outcomes for finding in outcome.findings]
    units = {audit.form.department.plain for audit in audits if audit.form.department.plain}
    counts = "、".join(f"{s.zh} {sum(audit.count(s) for audit in audits)} 条" for s in Severity)
    disproved = sum(audit.scorecard.disproved for audit in audits)
    paper = Paper(f"{year} 年度项目支出绩效自评\n核查情况报告")
    paper.paragraph("")
    paper.paragraph("一、核查范围和依据", "一级标题")
    paper.paragraph(
        f"本次核查 {year} 年度项目支出绩效自评表 {len(audits)} 张，涉及主管部门 {len(units)} 个。"
        f"{_rests_on(book)}核查只就表内数据进行，未核对表外材料。"
    )
    paper.paragraph("二、总体情况", "一级标题")
    paper.paragraph(
        f"共发现问题 {sum(len(audit.findings) for audit in audits)} 条，其中{counts}；另有跨表问题 {len(across)} 条。"
        f"{whole.facts['verdict']}"
    )
    _grades(paper, audits, whole.book)
    paper.paragraph("各项目情况如下（按需要关注的先后排列）。")
    ranked = worst(audits)
    _ranking(paper, ranked)
    _first_look(paper, ranked[:FIRST_LOOK])
    _across(paper, across)
    _frequent(paper, audits)
    _open_points(paper, whole.facts)
    failed = [row for row in whole.files if row.failed]
    _unread(paper, failed)
    _requests(paper, disproved, len(failed))
    if review:
        _review(paper, "九、审核决定与签署", review, year_tables(review))
    paper.sign()
    return paper.bytes()


def _grades(paper: Paper, audits: Sequence[Audit], book: Rulebook) -> None:
    """How many forms each grade has by what they claim, by what they prove and at best."""
    if not book.scored:
        return
    paper.paragraph("按三种得分分别评定等级，各有多少张如下。")
    table = paper.table(("等级", "按自评得分", "按可核实得分", "按最高可能得分"), (48, 36, 36, 36))
    cards = [audit.scorecard for audit in audits]
    scores = [[getattr(card, name) for card in cards] for name in ("stated", "verified", "upper")]
    earned = [Counter(book.grade(score) for score in column if score is not None) for column in scores]
    for name, least in book.grades.items():
        label = f"{name}（{shown(least)} 分以上）" if least else name
        paper.row(table, (label, *(f"{column[name]} 张" for column in earned)), range(4))


def _ranking(paper: Paper, audits: Sequence[Audit]) -> None:
    heads = ("序号", "项目", "自评", "可核实", "最高可能", *(f"{severity.mark}{severity.zh}" for severity in Severity))
    table = paper.table(heads, (12, 43, 15, 17, 21, 16, 16, 16))
    for number, audit in enumerate(audits[:MOST_FORMS], 1):
        card = audit.scorecard
        scores = (shown(score) for score in (card.stated, card.verified, card.upper))
        counts = (str(audit.count(severity)) for severity in Severity)
        paper.row(table, (str(number), audit.form.project.squeezed, *scores, *counts), (0, *range(2, 8)))
    if len(audits) > MOST_FORMS:
        paper.paragraph(f"另有 {len(audits) - MOST_FORMS} 张未列出，见 forms.csv。")


def _first_look(paper: Paper, audits: Sequence[Audit]) -> None:
    paper.paragraph("三、需要优先关注的项目", "一级标题")
    for number, audit in enumerate(audits, 1):
        paper.paragraph(
            f"（{'一二三四五'[number - 1]}）{audit.form.project.squeezed or '（未填项目名称）'}", "二级标题"
        )
        heaviest = "；".join(
            f"{finding.title}：{_short(finding.message, LONGEST_MESSAGE)}" for finding in audit.findings[:2]
        )
        paper.paragraph(f"{verdict_line(audit)}{'主要问题：' + heaviest + '。' if heaviest else '未发现问题。'}")
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


def _frequent(paper: Paper, audits: Sequence[Audit]) -> None:
    paper.paragraph("五、问题分布", "一级标题")
    found = Counter((f.rule, f.title) for audit in audits for f in audit.findings)
    forms = Counter(rule for audit in audits for rule in {f.rule for f in audit.findings})
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


def _requests(paper: Paper, disproved: int, failed: int) -> None:
    paper.paragraph("八、答复和更正要求", "一级标题")
    paper.paragraph(
        f"请各主管部门督促有关单位于{DATE}前书面反馈：就各项目核查意见书所列问题逐项答复，更正填报有误的自评表，"
        "附证明材料。"
        + (f"自评结果不成立的 {disproved} 张，应重新计分后报送。" if disproved else "")
        + (f"未能审核的 {failed} 个文件，应按所列原因重新报送。" if failed else "")
    )
