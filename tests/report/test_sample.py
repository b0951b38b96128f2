"""Samples: weights and chances by the documented formula, the same draw everywhere, papers that say how it was drawn."""

from __future__ import annotations

import hashlib
import io
import os
import subprocess
import sys
from collections import Counter
from dataclasses import fields, replace
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import docx
import openpyxl
import pytest

from auditkit.report.year.rows import FormLine
from auditkit.report.year.sample import (
    Sample,
    SampleUnit,
    draw_sample,
    inclusion_chances,
    population,
    population_digest,
)
from auditkit.report.year.sample_paper import SamplePaper, population_table, sample_document, sample_workbook
from auditkit.rulebooks.loader import load_rulebook
from auditkit.rulebooks.sampling import Method, Sampling

BOOK = load_rulebook()
FIGURES = Sampling(*map(Decimal, ("1", "5", "2", "0.5", "0.2", "0.4")))
BLANK = {"str": "", "int": 0, "int | None": None, "Decimal": Decimal(0), "Decimal | None": None, "bool": False}


def line(project: str, **told: object) -> FormLine:
    blank = {one.name: BLANK[str(one.type)] for one in fields(FormLine)}
    return FormLine(**blank | {"project": project, "file": f"{project}.docx", "form": 1, "fiscal_year": 2021} | told)


def year(count: int) -> list[FormLine]:
    """Forms of every sort: large and small money in three units, none, many findings and none."""
    return [
        line(
            f"项目{n}",
            department_name=f"部门{n % 37}",
            budget=None if n % 50 == 0 else Decimal(n * n % 9973) / 4,
            money_unit=("万元", "元", "", "亿元" if n % 997 == 0 else "万元")[n % 4],
            errors=n % 5,
            warnings=n % 11,
            notes=n % 3,
            unverifiable_points=Decimal(n % 41) / 2,
        )
        for n in range(count)
    ]


def drawn(sample: Sample) -> list[str]:
    return [row.unit.key for row in sample.drawn]


def said(*texts: str) -> int:
    """The random number as docs/sampling.md writes it, by itself."""
    told = b"".join(f"{len(text.encode())}:".encode() + text.encode() for text in texts)
    return int(hashlib.sha256(told).hexdigest(), 16)


SIX = (
    line("甲", errors=2, warnings=1, budget=Decimal("100"), money_unit="万元"),
    line("乙", notes=2, unverifiable_points=Decimal("10"), budget=Decimal("500000"), money_unit="元"),
    line("丙", budget=Decimal("0"), money_unit="万元"),
    line("丁", warnings=3),
    line("戊", budget=Decimal("-5"), money_unit="万元"),
    line("己", budget=Decimal("7"), money_unit="文"),
)
RISKS = {"甲": 13, "乙": 4, "丙": 1, "丁": 7, "戊": 1, "己": 1}
# 元: 丁 states none, 己 in a unit that nobody knows; both count as the mean of 1,000,000, 500,000, 0 and 0.
MONEY = {"甲": 1_000_000, "乙": 500_000, "丙": 0, "丁": 375_000, "戊": 0, "己": 375_000}


def test_weights_follow_from_the_documented_formula():
    rows = draw_sample(population(SIX), 2, "种子", Method.WEIGHTED, FIGURES).rows
    for row in rows:
        name = row.unit.line.project
        assert row.risk == RISKS[name]
        assert row.weight == Fraction(6, 10) * Fraction(RISKS[name], 27) + Fraction(4, 10) * Fraction(
            MONEY[name], 2_250_000
        )
    assert sum(row.weight for row in rows) == 1


@pytest.mark.parametrize("told", [{"budget": None}, {"budget": Decimal(0)}, {"money_unit": ""}])
def test_without_any_money_risk_alone_counts(told: dict[str, object]):
    rows = draw_sample(population([replace(one, **told) for one in SIX]), 2, "a", Method.WEIGHTED, FIGURES).rows
    assert {row.unit.line.project: row.weight for row in rows} == {
        name: Fraction(risk, 27) for name, risk in RISKS.items()
    }


@pytest.mark.parametrize(
    ("weights", "size", "chances"),
    [
        ((1, 1, 1, 1), 2, ("1/2",) * 4),
        ((6, 2, 1, 1), 1, ("6/10", "2/10", "1/10", "1/10")),
        ((6, 2, 1, 1), 2, ("1", "1/2", "1/4", "1/4")),
        ((60, 20, 3, 2), 3, ("1", "1", "3/5", "2/5")),  # 20 has less than 1 until 60 is taken out
        ((5, 5, 1), 2, ("10/11", "10/11", "2/11")),
        ((7, 2, 1), 3, ("1", "1", "1")),
    ],
)
def test_what_would_have_more_than_certainty_is_taken_out(weights, size, chances):
    assert inclusion_chances([Fraction(one, sum(weights)) for one in weights], size) == [
        Fraction(one) for one in chances
    ]


@pytest.mark.parametrize("method", Method)
@pytest.mark.parametrize("size", [1, 2, 5, 6])
def test_the_draw_is_the_documented_one(method: Method, size: int):
    """Done again by hand for many seeds: order, start and sums."""
    units = population(SIX)
    for seed in map(str, range(50)):
        sample = draw_sample(units, size, seed, method, FIGURES)
        assert [row.number for row in sample.rows] == sorted(said(seed, unit.key) for unit in units)
        total, expected = Fraction(said(seed, sample.digest), 2**256), []
        for row in sample.rows:
            if (total + row.chance) // 1 > total // 1:
                expected.append(row.unit.key)
            total += row.chance
        assert sorted(drawn(sample)) == sorted(expected)
        assert len(expected) == size
        assert all(row.drawn for row in sample.rows if row.certain)


@pytest.mark.parametrize("method", Method)
def test_each_is_drawn_as_often_as_its_chance_says(method: Method):
    units, often, seeds = population(SIX), Counter(), 3000
    for seed in range(seeds):
        sample = draw_sample(units, 2, str(seed), method, FIGURES)
        often.update(drawn(sample))
    for row in sample.rows:
        # Five standard deviations: the seeds are these, so that it holds once and for all.
        chance = float(row.chance)
        assert abs(often[row.unit.key] - seeds * chance) < 5 * (seeds * chance * (1 - chance)) ** 0.5 + 1e-9
    if method is Method.RANDOM:
        assert {row.chance for row in sample.rows} == {Fraction(1, 3)}


@pytest.mark.parametrize("method", Method)
def test_200_of_5000_are_the_same_in_another_process(method: Method):
    program = (
        "from test_sample import *\n"
        "lines = list(reversed(year(5000)))\n"  # and in whatever order they come
        f"print('\\n'.join(drawn(draw_sample(population(lines), 200, '2022', Method('{method}'), FIGURES))))"
    )
    environment = os.environ | {
        "PYTHONPATH": str(Path(__file__).parent),
        "PYTHONHASHSEED": "7",
        "PYTHONIOENCODING": "utf-8",
    }
    there = subprocess.run([sys.executable, "-c", program], env=environment, capture_output=True, check=True)
    here = draw_sample(population(year(5000)), 200, "2022", method, FIGURES)
    assert there.stdout.decode().splitlines() == drawn(here)
    assert len({*drawn(here)}) == 200
    # Held fast, for machines and versions of Python that do not run here.
    assert hashlib.sha256("\n".join(drawn(here)).encode()).hexdigest()[:16] == KNOWN[method]
    assert drawn(draw_sample(population(year(5000)), 200, "2023", method, FIGURES)) != drawn(here)


KNOWN = {Method.WEIGHTED: "6eb0e7a76f7f2348", Method.RANDOM: "bdf470fe8126e3ea"}


def test_the_digest_tells_a_population_from_any_other():
    units = population(SIX)
    first = population_digest(units)
    changes = (
        {"errors": 9},
        {"warnings": 9},
        {"notes": 9},
        {"unverifiable_points": Decimal("0.5")},
        {"budget": Decimal(3)},
    )
    changes += (
        {"money_unit": "亿元", "budget": Decimal(2)},
        {"file": "b"},
        {"form": 2},
        {"project": "b"},
        {"fiscal_year": 2020},
    )
    others = {population_digest(population([replace(SIX[0], **one), *SIX[1:]])) for one in changes}
    assert len({first, *others}) == 1 + len(changes)
    # A dataset in Parquet keeps twelve places.
    padded = [replace(one, budget=one.budget and one.budget.quantize(Decimal("1.000000000000"))) for one in SIX]
    assert population_digest(population(reversed(padded))) == first


def test_forms_of_one_name_are_units_of_their_own():
    twins = [line("甲", file=name, form=form) for name, form in (("b", 1), ("a", 2), ("a", 1))]
    units = population([*twins, line(" 甲 ", file="c")])
    assert [(unit.line.file, unit.line.form) for unit in units] == [("a", 1), ("a", 2), ("b", 1), ("c", 1)]
    assert len({unit.key for unit in units}) == 4


def paper(count: int = 40, size: int = 10, method: Method = Method.WEIGHTED, **told: object) -> SamplePaper:
    lines = [
        *year(count),
        line("=cmd|' /C calc'!A0", implementer="<b>&\x00\u202e", budget=Decimal(10**9), money_unit="万元"),
    ]
    sample = draw_sample(population(lines), size, "种子 1", method, BOOK.sampling)
    return SamplePaper(**{"sample": sample, "year": 2021, "failed": 3, "given": True, "book": BOOK} | told)


@pytest.mark.parametrize("method", Method)
@pytest.mark.parametrize("make", [sample_document, sample_workbook, lambda one: population_table(one.sample)])
def test_a_paper_has_the_same_bytes_again(make, method: Method):
    assert make(paper(method=method)) == make(paper(method=method))


def texts_of(document: bytes) -> str:
    word = docx.Document(io.BytesIO(document))
    return "\n".join(cell.text for table in word.tables for row in table.rows for cell in row.cells)


def test_both_papers_say_how_it_was_drawn_and_what():
    one = paper()
    word, book = texts_of(sample_document(one)), openpyxl.load_workbook(io.BytesIO(sample_workbook(one)))
    cells = "\n".join(str(cell.value) for sheet in book for row in sheet.iter_rows() for cell in row)
    for text in (one.sample.digest, "种子 1（指定）", "未能审核的文件 3 个", "41 张", "10 张", BOOK.digest, "必抽"):
        assert text in word
        assert text in cells
    for row in one.sample.drawn:
        assert row.unit.line.file in cells
    assert all(cell.data_type != "f" for sheet in book for row in sheet.iter_rows() for cell in row)
    assert "\x00" not in word
    assert "（由程序抽取）" in texts_of(sample_document(replace(one, given=False)))
    assert "风险值" not in texts_of(sample_document(paper(method=Method.RANDOM)))


def test_the_population_is_enough_to_draw_again():
    one = paper()
    head, *rows = (entry.split(",") for entry in population_table(one.sample).decode("utf-8-sig").splitlines())
    assert len(rows) == len(one.sample.rows)
    at = {name: place for place, name in enumerate(head)}
    assert [row[at["随机数"]] for row in rows] == sorted(
        f"{said('种子 1', unit.unit.key):064x}" for unit in one.sample.rows
    )
    assert sum(row[at["抽中"]] == "是" for row in rows) == 10
    assert sum(Decimal(row[at["入样概率"]]) for row in rows).quantize(Decimal("0.000001")) == 10
    assert not any(row[at["项目名称"]].startswith("=") for row in rows)


def test_a_chance_below_certainty_is_never_printed_as_certain():
    heavy = [
        SampleUnit("a", line("a", budget=Decimal(10**9), money_unit="元"), Decimal(10**9)),
        SampleUnit("b", line("b"), Decimal(1)),
    ]
    sample = draw_sample(heavy, 1, "1", Method.WEIGHTED, replace(FIGURES, money=Decimal("0.999999")))
    both = texts_of(
        sample_document(
            SamplePaper(
                replace(sample, rows=tuple(replace(row, drawn=True) for row in sample.rows)), 2021, 0, True, BOOK
            )
        )
    )
    assert "99.99%" in both
    assert "100.00%" not in both
    assert "必抽" not in both.split("99.99%")[1]
