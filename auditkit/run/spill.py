"""The audits of a run on disk, so that it holds none of them, and given back one at a time."""

from __future__ import annotations

import struct
from array import array
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from auditkit.assess.papers import PaperKey, pair_papers, paper_key
from auditkit.model import Form, Kind, Outcome
from auditkit.pipeline import (
    Audit,
    FileAudit,
    PairAudit,
    across_groups,
    against_targets,
    group_of,
    pair_of,
    rulebook_of,
)
from auditkit.rulebooks.loader import Rulebook
from auditkit.run.cache import PackedAudits
from auditkit.run.reading import fingerprint

_HEAD = struct.Struct("!IQ")  # the lengths of a file's name and of its packed audits


@dataclass
class FormSpill:
    """Forms by their place in the run; `path` is in a folder that nobody else may write in, `papers` what they are of."""

    path: Path
    papers: list[PaperKey] = field(default_factory=list)
    _starts: array[int] = field(default_factory=lambda: array("Q"))
    _numbers: array[int] = field(default_factory=lambda: array("L"))
    _groups: dict[tuple[str, int | None, Kind], array[int]] = field(default_factory=dict)
    _targets: dict[str, tuple[int, int, PaperKey]] = field(
        default_factory=dict
    )  # where each stands, by its fingerprint

    def __len__(self) -> int:
        return len(self._starts)

    def add(self, name: str, packed: PackedAudits, audits: Sequence[Audit]) -> None:
        """Put away what was audited of a file; of its forms only these count, of equal target forms the first."""
        targets = {fingerprint(one): one for one in packed.file.targets}
        if not audits and not targets:
            return
        own = name.encode("utf-8", "backslashreplace")
        with self.path.open("ab") as file:
            start = file.tell()
            file.write(_HEAD.pack(len(own), len(packed.data)) + own + packed.data)
        for one in audits:
            self._groups.setdefault(group_of(one.form), array("L")).append(len(self))
            self._starts.append(start)
            self._numbers.append(one.form.number)
            self.papers.append(paper_key(one.form, name))
        for mark, target in targets.items():
            self._targets.setdefault(mark, (start, target.number, paper_key(target, name)))

    @property
    def targets(self) -> int:
        """How many approved target forms there are."""
        return len(self._targets)

    def read(self, places: Sequence[int]) -> Iterator[Audit]:
        """The audits of the forms at these places, in that order."""
        last, forms = -1, {}
        for place in places:
            if self._starts[place] != last:
                last = self._starts[place]
                source, file = self._file(last)
                forms = {one.form.number: replace(one, source=source) for one in file.audits}
            yield forms[self._numbers[place]]

    def _file(self, start: int) -> tuple[str, FileAudit]:
        """The name of the file that is put away at a place, and what was made of it."""
        with self.path.open("rb") as file:
            file.seek(start)
            name, data = (file.read(length) for length in _HEAD.unpack(file.read(_HEAD.size)))
        return name.decode(), PackedAudits(data).file

    def pairs(self) -> tuple[tuple[str, ...], Iterator[tuple[int, PairAudit]]]:
        """Which papers have no partner, and each form with its place beside its approved target form, two papers at a time."""
        told = list(self._targets.values())
        if not told:
            return (), iter(())
        pairing = pair_papers([key for _, _, key in told], self.papers)
        pairs = ((form, self._target(*told[target][:2])) for target, form in pairing.pairs)
        return pairing.left, ((form, pair_of(target, next(self.read([form])))) for form, target in pairs)

    def _target(self, start: int, number: int) -> Form:
        source, file = self._file(start)
        return next(replace(one, source=source) for one in file.targets if one.number == number)

    def groups(self) -> Iterator[list[Form]]:
        """The forms that are laid side by side, one group at a time."""
        return ([one.form for one in self.read(places)] for places in self._groups.values())


def compare_forms(spill: FormSpill, named: Rulebook | None = None) -> tuple[Outcome, ...]:
    """What shows only when the forms of a run lie side by side, under the rulebook that was named or that of their kind."""
    compared = across_groups((rulebook_of(forms[0].kind, named), forms) for forms in spill.groups())
    if not spill.targets:
        return compared
    left, pairs = spill.pairs()
    return (*compared, *against_targets(left, (one for _, one in pairs)))
