"""The forms of a run laid beside those of an earlier one, one project at a time."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from auditkit.assess.matching import Pairing, pair_projects
from auditkit.model import Outcome, Skip, Years
from auditkit.pipeline import across_years, rulebook_of
from auditkit.report.rectification import ProjectYears, project_years, rectified
from auditkit.rulebooks.loader import Rulebook
from auditkit.run.previous import PreviousRun
from auditkit.run.spill import FormSpill

RULE = "SET006"  # whose skips say which projects were not laid side by side
MOST_NAMED = 5  # papers in one reason


def compare_years(
    spill: FormSpill, previous: PreviousRun, target: Path, named: Rulebook | None = None
) -> tuple[Outcome, ...]:
    """What shows only beside the year before; of every project that has one, a line is written to `target`."""
    pairing = pair_projects(spill.projects, previous.projects, of_one_year=False)
    with target.open("w", encoding="utf-8") as file:

        def pairs() -> Iterator[tuple[Rulebook, Years]]:
            for one, other in sorted(pairing.pairs):
                (audit,), former = spill.read([one]), previous.read(other)
                years = Years(audit.form, audit.findings, former)
                file.write(f"{rectified(audit, years).json}\n")
                yield rulebook_of(audit.form.kind, named), years

        outcomes = across_years(pairs())
    told = tuple(Skip(RULE, reason) for reason in _reasons(pairing, spill, previous))
    return (*outcomes, Outcome(RULE, 0, (), told)) if told else outcomes


def _reasons(pairing: Pairing, spill: FormSpill, previous: PreviousRun) -> Iterator[str]:
    """Which projects were not compared, and why."""
    for one in pairing.open:
        names = [*map(spill.name_of, one.ones), *(previous.read(place).label for place in one.others)]
        more = f"等 {len(names)} 份" if len(names) > MOST_NAMED else ""
        yield f"{one.why}，没有与上年比对：{'、'.join(names[:MOST_NAMED])}{more}"
    alone, left = pairing.alone
    yield from (f"{spill.name_of(place)}：上年的审核结果中没有这个项目" for place in alone)
    for place in left:
        former = previous.read(place)
        yield f"{former.label}“{former.form.project.one_line}”：今年没有报送"
    yield from (f"上年的审核结果有一份读不出，没有比对：{fault}" for fault in previous.faults)


def told_years(path: Path) -> Iterator[ProjectYears]:
    """Every project that `compare_years` wrote down; none where it wrote nothing."""
    if path.exists():
        with path.open(encoding="utf-8") as file:
            yield from map(project_years, file)
