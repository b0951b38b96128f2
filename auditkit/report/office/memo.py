"""The internal memo on one project (审核情况): what was found and why, what was decided and by whom. It stays in the house."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from auditkit.assess.verdict import Verdict
from auditkit.decisions.summary import Review, Reviews, chain_lines
from auditkit.model import Finding, Severity, Value
from auditkit.pipeline import Audit
from auditkit.quantity.numbers import format_number
from auditkit.report.decision_tables import ReportTable, project_tables
from auditkit.report.facts import (
    clipped,
    coverage_of,
    nothing_found,
    out_of_force,
    rescaled_scores,
    scale_name,
    summary_sentences,
)
from auditkit.report.letter.content import asked
from auditkit.report.office.official_document import Paper, fill, say, styled
from auditkit.rulebooks.loader import MARKED, Rulebook, marked_basis
from auditkit.rules.rule import CATALOGUE

LONGEST_PROOF = 60  # letters of a cell's text in the table; the comment has all of it
LONGEST_MESSAGE = 200  # of a finding that is told in a sentence
# To be filled in. Blanks at a line's end are not set: it stands near the beginning of its paragraph.
DATE = "　　　　年　　月　　日"
FIRST_LOOK, MOST_RULES, MOST_FORMS = 5, 10, 1_000


def memo(audit: Audit, review: Review | None = None) -> bytes:
    """The memo on one project as a Word file. Raises Unreadable where python-docx is not installed."""
    form = audit.form
    project, year = form.project.one_line or "（未填项目名称）", f"{form.year} 年度" if form.year else "（未填年度）"
    unit = form.implementer.one_line or form.department.one_line or "（未填单位名称）"
    paper = Paper("项目支出绩效自评审核情况\n（内部）")
    paper.paragraph("")
    paper.paragraph(
        f"{unit}报送的{year}“{project}”项目支出绩效自评表审核情况如下。本件供内部使用，发给单位的是审核意见函。"
    )
    _scope(paper, audit)
    _scores(paper, audit)
    _findings(paper, audit, review)
    if review:
        _review(paper, "四、审核决定与签署", review, project_tables(review))
    paper.sign()
    return paper.bytes()


def _scope(paper: Paper, audit: Audit) -> None:
    looked = coverage_of(audit)
    paper.paragraph("一、核查内容", "一级标题")
    paper.paragraph(
        f"{_rests_on(audit.rulebook)}对表内资金、分值、得分、指标和文字说明进行了核查，"
        f"共查 {looked.indicators} 项指标；{looked.rules_line}核查只就表内数据进行，未核对表外材料。"
    )
    if said := out_of_force(audit):
        paper.paragraph(f"{said}。")
    if doubts := audit.form.doubts:
        paper.paragraph(f"读表时有 {len(doubts)} 处存疑，所涉内容请对照原件：{'；'.join(doubts)}。")


def _rests_on(book: Rulebook) -> str:
    """The titles of rulebooks have book-title marks and brackets of their own, which must not stand in further ones."""
    return f"核查依据为{book.title}；规则手册 {book.name}，版本 {book.version}；{MARKED}。"


def _scores(paper: Paper, audit: Audit) -> None:
    card = audit.scorecard
    paper.paragraph("二、得分核查", "一级标题")
    paper.paragraph(summary_sentences(audit))
    decided = audit.reviewed_score is not None
    heads = (
        "自评得分",
        "可核实得分",
        "最高可能得分",
        *(["复核得分"] if decided else []),
        *(verdict.zh for verdict in Verdict),
    )
    table = paper.table(heads, (23, 24, 29, 23, 19, 19, 19) if decided else (26, 26, 32, 24, 24, 24))
    own = (card.stated, card.verified, card.upper, *([audit.reviewed_score] if decided else []))
    counts = (f"{card.count(verdict)} 项" for verdict in Verdict)
    paper.row(table, (*map(format_number, own), *counts), range(len(heads)))
    if card.rescaled:
        scores = (format_number(score) for _, score in rescaled_scores(audit))
        paper.row(table, (*scores, scale_name(card), "", ""), range(len(heads)))


def _findings(paper: Paper, audit: Audit, review: Review | None) -> None:
    """All of them, those that the letter leaves out too; the last column has what was decided."""
    counts = "、".join(f"{severity.zh} {audit.count(severity)} 条" for severity in Severity)
    paper.paragraph("三、审核发现", "一级标题")
    if not audit.findings:
        paper.paragraph(f"{nothing_found(len(audit.form.doubts))}。")
        return
    left_out = f"；不认可 {len(audit.rejected)} 条，不列入函件，函中的序号见括号" if audit.rejected else ""
    in_letter = {found: place for place, found in enumerate(asked(audit), 1)}
    paper.paragraph(
        f"共 {len(audit.standing)} 条，其中{counts}（▲ 错误，● 疑点，○ 提示）{left_out}。"
        "各条的证据位置、原文、依据和核实步骤见批注。"
    )
    names = {item.row: item.name.one_line for item in audit.form.indicators}
    decided = {one.number: one.status for one in review.decisions} if review else {}
    table = paper.table(("序号", "问题", "表内依据", "决定"), (12, 76, 46, 22))
    for number, finding in enumerate(audit.findings, 1):
        other = f"（{in_letter[number]}）" if in_letter.get(number, number) != number else ""
        cells = paper.row(table, (f"{finding.severity.mark}{number}{other}",), (0,))
        title = fill(cells[1], _title(finding, names.get(finding.row, "")), "表头")
        title.font.bold = False
        cells[1].paragraphs[0].alignment = 0
        say(styled(cells[1].add_paragraph(), "表格文字"), finding.message)
        fill(cells[2], "；".join(map(_proof, finding.evidence)) or "—", "表格文字")
        fill(cells[3], decided.get(number, "未决定"), "表格居中")
        paper.comment(title, _comment(finding))


def _title(finding: Finding, name: str) -> str:
    return f"{finding.title}（第 {finding.row} 项“{clipped(name, LONGEST_PROOF)}”）" if finding.row else finding.title


def _proof(value: Value) -> str:
    return f"{value.place}“{clipped(value.one_line, LONGEST_PROOF)}”"


def _comment(finding: Finding) -> Iterator[str]:
    yield f"规则：{finding.rule} {finding.title}（{finding.severity.zh}）"
    for value in finding.evidence:
        yield f"证据：{value.place}“{value.one_line}”"
    yield f"计算与说明：{finding.message}"
    yield f"依据：{marked_basis(finding.basis)}"
    if finding.rule in CATALOGUE:
        yield f"核实步骤：{CATALOGUE[finding.rule].verify_zh}"


def _review(paper: Paper, title: str, review: Review | Reviews, tables: Iterable[ReportTable]) -> None:
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
