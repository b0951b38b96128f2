"""What the last run left in an output folder, so that nothing of it is lost for something worse."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from auditkit.decisions.manifests import MANIFEST
from auditkit.errors.runs import InputsMissing, NoInputs
from auditkit.run.storage import STATE, Folder

RUNS = f"{STATE}/runs"
MOST_MISSING = 0.5  # of the inputs that the last run read, the share that may be gone
RUN_ID = "%Y%m%dT%H%M%S.%fZ"  # the time in UTC at which a run began


@dataclass(frozen=True)
class EarlierRun:
    """What the manifest of the last run says; empty where there was none.

    `inputs` and `outputs` have their digests by name. `reports` has the folders under `projects` that were made of each
    input; what was `kept` of an input that failed since then has the id of the run that made it. `run` is the id of the
    last one, `chain` the heads of the chain of decisions that runs have seen, `digest` that of the manifest.
    """

    inputs: Mapping[str, str] = field(default_factory=dict)
    outputs: Mapping[str, str] = field(default_factory=dict)
    reports: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    kept: Mapping[str, str] = field(default_factory=dict)
    chain: tuple[str, ...] = ()
    run: str = ""
    digest: str = ""

    def check(self, source: str, names: Iterable[str], most: float = MOST_MISSING) -> None:
        """Let the run go on only over a folder that still has its files.

        `names` are the inputs that are there now, `most` is the share of the former ones that may be gone. Raises NoInputs,
        InputsMissing: a share that is not mounted looks like a folder whose forms were all withdrawn.
        """
        there = set(names)
        if not there:
            raise NoInputs(source)
        read = {name for name, digest in self.inputs.items() if digest} | set(self.kept)
        if (gone := len(read - there)) > most * len(read):
            raise InputsMissing(source, before=len(read), gone=gone)

    def left_of(self, name: str, form: str = "") -> dict[str, str]:
        """The files that tell of an input, or of that one of its forms whose folder is named so, with their digests."""
        of_form = form.partition("_")[2]  # behind the form's number in the run, which changes with what lies before it
        folders = [one for one in self.reports.get(name, ()) if one.partition("_")[2] == of_form or not form]
        starts = tuple(f"projects/{one}/" for one in folders)
        return {file: sha for file, sha in self.outputs.items() if starts and file.startswith(starts)}

    def run_of(self, name: str) -> str:
        """The id of the run that made the reports on an input."""
        return self.kept.get(name, self.run)


def earlier_run(out: Folder, known: EarlierRun | None = None) -> EarlierRun:
    """What the last run into this folder left; of a manifest that says nothing of the kind, nothing is known.

    What is `known` already serves where the manifest is still the same. Raises OSError where there is one that cannot be
    read just now: what it protects must not be replaced as if there were none.
    """
    try:
        data = out.read(MANIFEST)
    except (FileNotFoundError, NotADirectoryError, IsADirectoryError):
        return EarlierRun()
    digest = hashlib.sha256(data).hexdigest()
    if known and known.digest == digest:
        return replace(known, run=_last_run(out))
    try:
        told = json.loads(data)
        inputs, outputs, chain = dict(told["inputs"]), dict(told["outputs"]), tuple(told.get("chain", ()))
        reports = told["reports"] if "reports" in told else _reports(out, outputs)
        folders = {name: tuple(of_input) for name, of_input in reports.items()}
        return EarlierRun(inputs, outputs, folders, dict(told.get("kept", {})), chain, _last_run(out), digest)
    except (ValueError, KeyError, TypeError, AttributeError):
        return EarlierRun()


def _reports(out: Folder, outputs: Iterable[str]) -> dict[str, list[str]]:
    """The same, out of the audits themselves: manifests written before December 2026 do not have it."""
    found: dict[str, list[str]] = {}
    for name in outputs:
        folder, _, file = name.removeprefix("projects/").partition("/")
        if name.startswith("projects/") and file == "audit.json":
            with suppress(OSError, ValueError, KeyError):
                found.setdefault(json.loads(out.read(name))["source"], []).append(folder)
    return found


def _last_run(out: Folder) -> str:
    return max(out.names(RUNS), default="").rpartition("/")[2].removesuffix(".json")


def beijing_time(run: str) -> str:
    """When a run began, on the clocks of its readers; blank for what is no run's id."""
    with suppress(ValueError):
        return f"{datetime.strptime(run, RUN_ID) + timedelta(hours=8):%Y-%m-%d %H:%M}"
    return ""
