"""The sample of a run: drawn from the dataset that its manifest vouches for, and printed beside its reports."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from auditkit.decisions.manifests import Manifest, read_manifest
from auditkit.decisions.subject import digest_texts
from auditkit.errors.samples import BadSeed, NothingToSample, PaperStands, PopulationChanged, SampleSize
from auditkit.errors.usage import NoFolder
from auditkit.report.year.dataset_files import FACTS, load_forms
from auditkit.report.year.sample import Sample, draw_sample, population
from auditkit.report.year.sample_paper import SamplePaper, population_table, sample_document, sample_workbook
from auditkit.rulebooks.loader import load_rulebook
from auditkit.rulebooks.sampling import Method
from auditkit.run.outputs import DATASET
from auditkit.run.storage import LocalFolder, locked
from auditkit.safety import Unreadable, escape_line

FOLDER = "sample"
LONGEST_SEED = 64
_DRAWN_FROM = tuple(f"{DATASET}/{part}" for part in ("forms/", "files/", FACTS))


@dataclass(frozen=True)
class SampleResult:
    """A sample, the files that print it, and those that were left as they stand there, each with why."""

    sample: Sample
    files: tuple[str, ...]
    kept: tuple[Unreadable, ...]


def write_sample(
    out: Path, size: int, method: Method = Method.WEIGHTED, seed: str | None = None, rulebook: str | None = None
) -> SampleResult:
    """Draw a sample of the forms of a run's folder and write its working paper under `sample/`.

    A seed that is not given is drawn. The figures are those of the rulebook of the run, or of the one that is named. The same
    sample goes into the same folder, another into another; what stands there with other content is kept. Raises NoFolder, NotOurs where
    no run wrote to the folder, PopulationChanged, NothingToSample, SampleSize, BadSeed, and FolderHeld where a run is at work.
    """
    if not out.is_dir():
        raise NoFolder(str(out))
    given = seed is not None
    seed = secrets.token_hex(8) if seed is None else seed
    if not 1 <= len(seed) <= LONGEST_SEED or seed != escape_line(seed).strip():
        raise BadSeed("--seed", most=LONGEST_SEED)
    manifest = read_manifest(out)
    book, folder = load_rulebook(rulebook or manifest.rulebook.name), LocalFolder(out.resolve())
    with locked(folder.path):
        if _digests(folder) != _listed(manifest):
            raise PopulationChanged(str(out))
        forms, files = load_forms(folder.path / DATASET / FACTS)
        if not forms:
            raise NothingToSample(str(out))
        if not 1 <= size <= len(forms):
            raise SampleSize("--size", size=size, most=len(forms))
        sample = draw_sample(population(forms), size, seed, method, book.sampling)
        paper = SamplePaper(sample, manifest.year, sum(row.failed for row in files), given, book)
        return _publish(folder, paper)


def _listed(manifest: Manifest) -> Mapping[str, str]:
    return {name: sha for name, sha in manifest.outputs.items() if name.startswith(_DRAWN_FROM)}


def _digests(folder: LocalFolder) -> Mapping[str, str]:
    names = (name for name in folder.names(DATASET) if name.startswith(_DRAWN_FROM))
    return {name: hashlib.sha256(folder.read(name)).hexdigest() for name in names}


def _publish(folder: LocalFolder, paper: SamplePaper) -> SampleResult:
    texts = (text for fact in paper.facts for text in fact)
    place = f"{FOLDER}/{paper.sample.method}_{len(paper.sample.drawn)}_{digest_texts(texts)[:8]}"
    made = {
        f"{place}/sample.docx": sample_document(paper),
        f"{place}/sample.xlsx": sample_workbook(paper),
        f"{place}/population.csv": population_table(paper.sample),
    }
    kept = []
    for name, data in made.items():
        there = folder.path / name
        if not there.exists():
            folder.write(name, data)
        elif there.read_bytes() != data:
            kept.append(PaperStands(name))
    return SampleResult(paper.sample, tuple(made), tuple(kept))
