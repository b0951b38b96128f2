"""The audits of a run on disk, so that it holds none of them, and given back one at a time."""

from __future__ import annotations

import struct
from array import array
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from auditkit.assess.matching import Project, project_of
from auditkit.model import Form, Kind, Outcome
from auditkit.pipeline import Audit, across_groups, group_of, rulebook_of
from auditkit.rulebooks.loader import Rulebook
from auditkit.run.cache import PackedAudits
from auditkit.safety import escape_line

_HEAD = struct.Struct("!IQ")  # the lengths of a file's name and of its packed audits


@dataclass
class FormSpill:
    """Forms by their place in the run; `path` is in a folder that nobody else may write in, `projects` what they are of."""

    path: Path
    projects: list[Project] = field(default_factory=list)
    _starts: array[int] = field(default_factory=lambda: array("Q"))
    _numbers: array[int] = field(default_factory=lambda: array("L"))
    _groups: dict[tuple[str, int | None, Kind], array[int]] = field(default_factory=dict)

    def __len__(self) -> int:
        return len(self._starts)

    def add(self, name: str, packed: PackedAudits, audits: Sequence[Audit]) -> None:
        """Put away what was audited of a file; of its forms only these count."""
        if not audits:
            return
        own = name.encode("utf-8", "backslashreplace")
        with self.path.open("ab") as file:
            start = file.tell()
            file.write(_HEAD.pack(len(own), len(packed.data)) + own + packed.data)
        for one in audits:
            self._groups.setdefault(group_of(one.form), array("L")).append(len(self))
            self._starts.append(start)
            self._numbers.append(one.form.number)
            self.projects.append(project_of(one.form))

    def read(self, places: Sequence[int]) -> Iterator[Audit]:
        """The audits of the forms at these places, in that order."""
        last, forms = -1, {}
        if not places:
            return
        with self.path.open("rb") as file:
            for place in places:
                if self._starts[place] != last:
                    last = file.seek(self._starts[place])
                    name, data = (file.read(length) for length in _HEAD.unpack(file.read(_HEAD.size)))
                    source = name.decode()
                    forms = {one.form.number: replace(one, source=source) for one in PackedAudits(data).audits}
                yield forms[self._numbers[place]]

    def name_of(self, place: int) -> str:
        """File and project of a form, for people."""
        (one,) = self.read([place])
        return f"{escape_line(one.source)}“{one.form.project.one_line}”"

    def groups(self) -> Iterator[list[Form]]:
        """The forms that are laid side by side, one group at a time."""
        return ([one.form for one in self.read(places)] for places in self._groups.values())


def compare_forms(spill: FormSpill, named: Rulebook | None = None) -> tuple[Outcome, ...]:
    """What shows only when the forms of a run lie side by side, under the rulebook that was named or that of their kind."""
    return across_groups((rulebook_of(forms[0].kind, named), forms) for forms in spill.groups())
