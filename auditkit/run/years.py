"""The forms of a run laid beside those of an earlier one, one project at a time."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from auditkit.assess.papers import Said, of_any_year, pair_papers
from auditkit.model import Outcome, Skip, Years
from auditkit.pipeline import across_years, rulebook_of
from auditkit.report.rectification import ProjectYears, project_years, rectified
from auditkit.rulebooks.loader import Rulebook
from auditkit.run.previous import PreviousRun
from auditkit.run.spill import FormSpill

RULE = "SET006"  # whose skips say which projects were not laid side by side


def compare_years(
    spill: FormSpill, previous: PreviousRun, target: Path, named: Rulebook | None = None
) -> tuple[Outcome, ...]:
    """What shows only beside the year before; of every project that has one, a line is written to `target`."""
    pairing = pair_papers(previous.papers, [of_any_year(paper) for paper in spill.papers], SAID)
    with target.open("w", encoding="utf-8") as file:

        def pairs() -> Iterator[tuple[Rulebook, Years]]:
            for before, now in pairing.pairs:
                (audit,), former = spill.read([now]), previous.read(before)
                years = Years(audit.form, audit.findings, former)
                file.write(f"{rectified(audit, years).json}\n")
                yield rulebook_of(audit.form.kind, named), years

        outcomes = across_years(pairs())
    faults = (f"上年的审核结果有一份读不出，没有比对：{fault}" for fault in previous.faults)
    told = tuple(Skip(RULE, reason) for reason in (*pairing.left, *faults))
    return (*outcomes, Outcome(RULE, 0, (), told)) if told else outcomes


SAID = Said(("上年", "今年"), ("上年的{}今年没有报送，没有比对", "{}在上年的审核结果中没有，没有比对"))


def told_years(path: Path) -> Iterator[ProjectYears]:
    """Every project that `compare_years` wrote down; none where it wrote nothing."""
    if path.exists():
        with path.open(encoding="utf-8") as file:
            yield from map(project_years, file)
