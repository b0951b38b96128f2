"""The Word, Excel and PDF files of all forms of a run together, made where those of each form are: with all loaded, under limits."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from auditkit.decisions.reviewed import reviewed
from auditkit.decisions.summary import Reviews
from auditkit.model import Outcome
from auditkit.pipeline import Audit
from auditkit.report import Year
from auditkit.report.formats import attempt
from auditkit.run.pool import ProcessPool
from auditkit.run.spill import FormSpill
from auditkit.run.worker import ended_words
from auditkit.safety import Limits
from auditkit.sandbox.forkserver import Ended

MOST = 1_000  # forms in a working paper


@dataclass(frozen=True)
class YearDocuments:
    """What the documents tell of; the audits are on disk."""

    spill: FormSpill
    whole: Year
    outcomes: Sequence[Outcome]
    decided: Reviews | None = None

    def write(self, formats: Sequence[str], reporters: ProcessPool, limits: Limits) -> Iterator[tuple[str, bytes, str]]:
        """Each file's name, its bytes, and why there are none: one that fails costs only itself."""
        for name, (file, _) in DOCUMENTS.items():
            if name in formats:
                try:
                    with reporters.lent() as child:
                        yield file, *child.run(limits, made, self, name)
                except Ended as end:
                    yield file, b"", f"{file} 未能生成：{ended_words(end, limits)}"

    def memo(self) -> bytes:
        """The covering memo."""
        from auditkit.report.year import memo as word

        first = tuple(reviewed_at(self.spill, self._by_weight()[: word.FIRST_LOOK], self.decided))
        return word.year_memo(self.whole, first, self.outcomes, self.decided)

    def paper(self) -> bytes:
        """The working paper, of very many forms only those to look at first."""
        from auditkit.report.office import working_paper as excel

        forms = len(self.whole.forms)
        chosen = range(forms) if forms <= MOST else self._by_weight()[:MOST]
        return excel.review_workbook(reviewed_at(self.spill, chosen, self.decided), self.decided, self.outcomes)

    def printed(self) -> bytes:
        """The report as PDF."""
        from auditkit.report.year import pdf

        return pdf.printed_year(self.whole, self.decided)

    def _by_weight(self) -> list[int]:
        """The places of the forms in the order in which a person should look at them."""
        forms = self.whole.forms
        return sorted(range(len(forms)), key=lambda place: [-count for count in forms[place].counts])


def reviewed_at(spill: FormSpill, places: Sequence[int], decided: Reviews | None) -> Iterator[Audit]:
    """The audits in these places, with what was decided on each."""
    for place, one in zip(places, spill.read(places), strict=True):
        yield reviewed(one, decided.projects[place] if decided else None)


DOCUMENTS = {
    "docx": ("memo.docx", YearDocuments.memo),
    "xlsx": ("review.xlsx", YearDocuments.paper),
    "pdf": ("year_report.pdf", YearDocuments.printed),
}


def made(documents: YearDocuments, name: str) -> tuple[bytes, str]:
    """The bytes of a document, or why there are none."""
    file, make = DOCUMENTS[name]
    return attempt(file, lambda: make(documents))
