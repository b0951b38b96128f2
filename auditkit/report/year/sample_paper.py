"""The working paper of a sample (抽样底稿): how it was drawn and what, as Word and Excel; and the whole population as CSV."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from auditkit.model import Severity
from auditkit.quantity.numbers import format_number
from auditkit.report.office.cells import Column, banner, fit, heading, write
from auditkit.report.office.official_document import Paper
from auditkit.report.office.workbook import new_workbook, workbook_bytes
from auditkit.report.year.rows import PLACES, ZERO
from auditkit.report.year.sample import Sample, SampleRow
from auditkit.report.year.tables import csv_bytes
from auditkit.rulebooks.loader import Rulebook
from auditkit.rulebooks.sampling import Method

TITLE = "绩效自评审核抽样底稿"
MOST_ROWS = 1_000  # of the table in Word; Excel has all
_COLUMNS = (
    Column("序号", 6),
    Column("项目名称", 30),
    Column("实施单位", 22),
    Column("文件", 28),
    Column("第几张表", 7),
    Column("预算数（万元）", 13),
    *(Column(f"{severity.mark}{severity.zh}", 7) for severity in Severity),
    Column("待举证分值", 9),
    Column("风险值", 9),
    Column("权重", 10),
    Column("入样概率", 10),
    Column("核查结果", 24, filled_in=True),
    Column("核查人、日期", 14, filled_in=True),
)
_POPULATION = (
    "抽中",
    "标识",
    "文件",
    "第几张表",
    "项目名称",
    "主管部门",
    "实施单位",
    "预算数（元）",
    "错误",
    "疑点",
    "提示",
    "待举证分值",
)
_POPULATION += ("风险值", "权重", "入样概率", "随机数")


@dataclass(frozen=True)
class SamplePaper:
    """A sample with what is said beside it: the year, the files that could not be audited, whether the seed was given, the figures used."""

    sample: Sample
    year: int
    failed: int
    given: bool
    book: Rulebook

    @property
    def facts(self) -> tuple[tuple[str, str], ...]:
        """What somebody else needs to draw the same, and to see what the population leaves out; name and text."""
        sample, figures = self.sample, self.book.sampling
        facts = [
            ("总体", f"{self.year} 年度报告文件夹中的自评表，一张为一个抽样单元，共 {len(sample.rows)} 张"),
            ("不在总体内", f"未能审核的文件 {self.failed} 个" if self.failed else "没有未能审核的文件"),
            ("样本量", f"{len(sample.drawn)} 张，其中必抽 {sum(row.certain for row in sample.drawn)} 张"),
            ("抽样方法", f"{sample.method.zh}，随机排序后系统抽样（docs/sampling.md）"),
        ]
        if sample.method is Method.WEIGHTED:
            risk = f"{figures.base}＋{figures.error}×错误＋{figures.warning}×疑点＋{figures.note}×提示＋{figures.points}×待举证分值"
            by_risk, by_money = (format_number(one * 100) for one in (1 - figures.money, figures.money))
            facts += [
                ("风险值", risk),
                ("权重", f"{by_risk}%×风险值占全部风险值的比例＋{by_money}%×预算数占全部预算数的比例"),
                (
                    "金额不明",
                    f"{self._unknown} 张没有可用的预算数或金额单位，按其余各张的平均数计" if self._unknown else "没有",
                ),
            ]
        return (
            *facts,
            ("入样概率", "样本量×权重；达到 1 的必抽，其余按剩余样本量重算"),
            ("参数出处", f"规则手册 {self.book.name}，版本 {self.book.version}，校验码 {self.book.digest}，[sampling]"),
            ("随机种子", f"{sample.seed}（{'指定' if self.given else '由程序抽取'}）"),
            ("随机起点", shown_fraction(sample.start)),
            ("总体校验码", sample.digest),
        )

    @property
    def _unknown(self) -> int:
        return sum(row.unit.money is None for row in self.sample.rows)

    @property
    def coverage(self) -> tuple[tuple[str, str, str, str], ...]:
        """Of each measure: its name, and how much the population and the sample have, and what share that is."""
        rows, drawn = self.sample.rows, self.sample.drawn
        severities = (
            (f"{one.zh}（条）", lambda row, at=at: Decimal(row.unit.line.counts[at])) for at, one in enumerate(Severity)
        )
        measures = (
            ("自评表（张）", lambda row: Decimal(1)),
            ("预算数（万元）", lambda row: (row.unit.money or ZERO).scaleb(-4)),
            *severities,
            ("待举证分值（分）", lambda row: row.unit.line.unverifiable_points),
        )
        return tuple((name, *_covered(sum(map(of, rows), ZERO), sum(map(of, drawn), ZERO))) for name, of in measures)


def _covered(whole: Decimal, part: Decimal) -> tuple[str, str, str]:
    return format_number(whole), format_number(part), f"{format_number(part / whole * 100, 1)}%" if whole else "—"


def shown_fraction(number: Fraction, places: int = PLACES) -> str:
    """A fraction as a decimal, rounded half to even to so many places, whatever its size."""
    return f"{Decimal(round(number * 10**places)).scaleb(-places):f}"


def sample_document(paper: SamplePaper) -> bytes:
    """The paper as a Word file. Raises ExtraMissing where python-docx is not installed."""
    word = Paper("项目支出绩效自评审核\n抽样底稿")
    word.paragraph("")
    word.paragraph("一、抽样办法", "一级标题")
    table = word.table(("事项", "内容"), (28, 128))
    for fact in paper.facts:
        word.row(table, fact, (0,))
    word.paragraph("二、样本对总体的覆盖", "一级标题")
    table = word.table(("项目", "总体", "样本", "样本占比"), (54, 38, 38, 26))
    for line in paper.coverage:
        word.row(table, line, (1, 2, 3))
    word.paragraph("三、抽中的自评表", "一级标题")
    drawn = paper.sample.drawn
    word.paragraph(f"按权重由大到小排列；核查结果记入 Excel 底稿{_left(len(drawn))}。")
    severities = (f"{severity.mark}\n{severity.zh}" for severity in Severity)
    table = word.table(
        ("序号", "项目", "实施单位", "预算数\n（万元）", *severities, "待举证\n分值", "入样\n概率"),
        (12, 31, 24, 19, 12, 12, 12, 16, 18),
    )
    for number, row in enumerate(drawn[:MOST_ROWS], 1):
        line = row.unit.line
        counts = map(str, line.counts)
        word.row(
            table,
            (
                str(number),
                line.name,
                line.unit,
                _ten_thousands(row),
                *counts,
                format_number(line.unverifiable_points),
                _percent(row.chance),
            ),
            (0, *range(3, 9)),
        )
    word.sign()
    return word.bytes()


def _percent(chance: Fraction) -> str:
    """To two decimals; never 100% but for what is certain."""
    return "必抽" if chance == 1 else f"{shown_fraction(min(chance * 100, Fraction(9999, 100)), 2)}%"


def _left(drawn: int) -> str:
    return f"；这里只列前 {MOST_ROWS} 张" if drawn > MOST_ROWS else ""


def _ten_thousands(row: SampleRow) -> str:
    return "不明" if row.unit.money is None else format_number(row.unit.money.scaleb(-4), 6)


def sample_workbook(paper: SamplePaper) -> bytes:
    """The paper as a workbook, in which the results are filled in. Raises ExtraMissing where openpyxl is not installed."""
    book = new_workbook("sample.xlsx", TITLE)
    sheet, how = book.active, book.create_sheet("抽样办法")
    sheet.title = "样本"
    banner(
        sheet,
        _COLUMNS,
        TITLE,
        "按权重由大到小排列；入样概率为 1 的是必抽。办法、种子和校验码见“抽样办法”，总体见 population.csv。",
    )
    heading(sheet, 3, _COLUMNS)
    for number, row in enumerate(paper.sample.drawn, 1):
        for column, (content, look) in enumerate(_cells(number, row), 1):
            write(sheet, 3 + number, column, content, look)
        fit(sheet, 3 + number, _COLUMNS)
    _table(how, "抽样办法", (Column("事项", 16), Column("内容", 110)), paper.facts)
    _table(
        book.create_sheet("覆盖"),
        "样本对总体的覆盖",
        tuple(Column(name, 24) for name in ("项目", "总体", "样本", "样本占比")),
        paper.coverage,
    )
    return workbook_bytes(book)


def _cells(number: int, row: SampleRow) -> Iterable[tuple[object, str]]:
    line, money = row.unit.line, row.unit.money
    yield number, "number"
    yield from ((text, "text") for text in (line.name, line.unit, line.file))
    yield line.form, "number"
    yield ("不明" if money is None else money.scaleb(-4).normalize()), "number"
    yield from ((count, "number") for count in (*line.counts, line.unverifiable_points, row.risk))
    yield from ((Decimal(shown_fraction(one, 6)), "number") for one in (row.weight, row.chance))
    yield from (("", "input") for _ in range(2))


def _table(sheet: object, title: str, columns: tuple[Column, ...], rows: Iterable[Iterable[str]]) -> None:
    banner(sheet, columns, title)
    heading(sheet, 2, columns)
    for place, texts in enumerate(rows, 3):
        for column, text in enumerate(texts, 1):
            write(sheet, place, column, text)
        fit(sheet, place, columns)


def population_table(sample: Sample) -> bytes:
    """The population in the order in which it was drawn from, with all that is needed to draw again."""
    from pandas import DataFrame

    return csv_bytes(DataFrame([_entry(row) for row in sample.rows], columns=list(_POPULATION), dtype=object))


def _entry(row: SampleRow) -> tuple[object, ...]:
    line, money = row.unit.line, row.unit.money
    names = (line.file, line.form, line.project, line.department_name, line.implementer)
    figures = (*line.counts, f"{line.unverifiable_points.normalize():f}", f"{row.risk.normalize():f}")
    chances = (shown_fraction(row.weight), shown_fraction(row.chance), f"{row.number:064x}")
    return (
        "是" if row.drawn else "",
        row.unit.key,
        *names,
        "" if money is None else f"{money.normalize():f}",
        *figures,
        *chances,
    )
