"""What is told of a file and of a form where many are told of: one row each."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from operator import attrgetter

from auditkit.assess import execution
from auditkit.assess.verdict import Verdict
from auditkit.model import LeftOut, NotApplicable, Severity
from auditkit.pipeline import Audit
from auditkit.report.facts import disproof_line
from auditkit.safety import escape_controls, portable_name

PLACES = 12  # decimals kept of a computed figure; the grammar of forms allows ten
ZERO = Decimal(0)


@dataclass(frozen=True, slots=True)
class FileRow:
    """What became of one input file: ok, warning, error, refused or skipped, and why; `forms` reported from it.

    `kept` are the pages that an earlier run made of a file that failed in this one.
    """

    file: str
    status: str
    forms: int
    message: str
    seconds: float
    kept: tuple[str, ...] = ()

    @property
    def failed(self) -> bool:
        return self.status in ("error", "refused")

    @property
    def skipped(self) -> bool:
        """Nothing to be looked after: no form, or one that was reported from another file."""
        return self.status == "skipped"


@dataclass(frozen=True, slots=True)
class SheetRow:
    """A sheet or table of an input file that is no self-evaluation."""

    file: str
    sheet: LeftOut


@dataclass(frozen=True)
class FormRow:
    """One form of a run and its folder under `projects/`; `failure` says why there is no report."""

    file: str
    folder: str
    audit: Audit
    failure: str = ""


@dataclass(frozen=True, slots=True)
class FormLine:
    """What is told of one form where many are told of: the columns of the table `forms`, in their order.

    `folder` is that of its report under `projects`, `failure` why there is none; `budget` is the base of the rulebook,
    `money_note` why there is none; `stated_text` is the total as it is written; `worst_title` and `worst_message` are of
    the heaviest finding; `reviewed` is the score with what people decided, None where nobody did, and what is counted follows
    them; `disproof` names what makes the total impossible, blank where nothing does; `doubts` is how many the reading has, `doubt` what they say.
    """

    file: str
    form: int
    folder: str
    failure: str
    project: str
    department_name: str
    implementer: str
    fiscal_year: int | None
    money_unit: str
    budget: Decimal | None
    actual: Decimal | None
    money_note: str
    stated_text: str
    stated: Decimal | None
    verified: Decimal
    upper: Decimal
    reviewed: Decimal | None
    disproved: bool
    disproof: str
    errors: int
    warnings: int
    notes: int
    indicators: int
    met: int
    missed: int
    unverifiable: int
    points: Decimal
    unverifiable_points: Decimal
    skipped: int
    worst_title: str
    worst_message: str
    kind: str
    rulebook: str
    doubts: int
    doubt: str

    @property
    def name(self) -> str:
        return self.project or "（未填项目名称）"

    @property
    def unit(self) -> str:
        """Who carries it out, or else whose it is."""
        return self.implementer or self.department_name or "（未填单位）"

    @property
    def rate(self) -> Decimal | None:
        return None if self.budget is None or self.actual is None else self.actual / self.budget

    @property
    def proved(self) -> Decimal:
        """By what a form is ranked: the reviewed score, or where nobody decided the verified one."""
        return self.verified if self.reviewed is None else self.reviewed

    @property
    def unproved(self) -> Decimal | None:
        return None if self.stated is None else max(self.stated - self.proved, ZERO)

    @property
    def counts(self) -> tuple[int, int, int]:
        """How many findings of each severity, in its order."""
        return self.errors, self.warnings, self.notes

    @property
    def verdicts(self) -> dict[Verdict, int]:
        return dict(zip(Verdict, (self.met, self.missed, self.unverifiable), strict=True))

    @property
    def partition(self) -> str:
        """The folders of a table in which its rows are; a department's name is shortened there to what a path may be."""
        department = portable_name(self.department_name, self.department_name)
        return f"year={self.fiscal_year or 0}/department={department}"


def noted(files: Iterable[FileRow]) -> list[FileRow]:
    """The files of which something is told: those to look after, then those that were skipped."""
    return sorted((row for row in files if row.status != "ok"), key=attrgetter("skipped"))


def line_of(row: FormRow) -> FormLine:
    """What is told of a form, with what was decided on it."""
    audit, form, card, found = row.audit, row.audit.form, row.audit.scorecard, row.audit.standing
    judged = [(item.judgement.verdict if item.judgement else None, item.points or ZERO) for item in card.items]
    return FormLine(
        *(row.file, form.number, row.folder, escape_controls(row.failure)),
        *(escape_controls(value.one_line) for value in (form.project, form.department, form.implementer)),
        *(form.year, escape_controls(form.money_unit.one_line), *_money(audit)),
        escape_controls(form.total_score.text),
        *(kept(card.stated), kept(card.verified) or ZERO, kept(card.upper) or ZERO, kept(audit.reviewed_score)),
        *(bool(audit.disproof), escape_controls(disproof_line(audit))),
        *map(audit.count, Severity),
        *(len(form.indicators), *map(card.count, Verdict)),
        kept(sum((points for _, points in judged), ZERO)) or ZERO,
        kept(sum((points for verdict, points in judged if verdict is Verdict.UNVERIFIABLE), ZERO)) or ZERO,
        len(audit.skipped),
        *((escape_controls(found[0].title), escape_controls(found[0].message)) if found else ("", "")),
        *(form.kind.value, audit.rulebook.name, len(form.doubts), escape_controls("；".join(form.doubts))),
    )


def _money(audit: Audit) -> tuple[Decimal | None, Decimal | None, str]:
    """Budget, spending, and why there is no rate between them."""
    try:
        fund = audit.form.execution
        execution.rate(fund, audit.rulebook)
        return kept(execution.base(fund, audit.rulebook).number), kept(fund.actual.number), ""
    except NotApplicable as reason:
        return None, None, escape_controls(str(reason))


def kept(number: Decimal | None) -> Decimal | None:
    """A figure to the decimals that are kept, and with no more than it has; None where there is none."""
    if number is None or -int(number.as_tuple().exponent) <= PLACES:
        return number
    return number.quantize(Decimal(1).scaleb(-PLACES), ROUND_HALF_UP)
