"""Run the measured comparisons and keep what they say in README.md, each with its date, machine and load.

python benchmarks [SCRIPT ...]      by default all
"""

from __future__ import annotations

import os
import platform
import re
import subprocess
import sys
from datetime import date
from pathlib import Path

FOLDER = Path(__file__).parent
README = FOLDER / "README.md"


def machine() -> str:
    """Processor, cores and memory of this machine, and the load before the script began: others may be at work on it."""
    try:
        name = re.search(r"model name\s*: (.+)", Path("/proc/cpuinfo").read_text())[1]
        memory = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE") / 2**30
        load = f", load {os.getloadavg()[0]:.0f}"
    except (OSError, TypeError, ValueError):
        return f"{platform.processor() or platform.machine()}, {os.cpu_count()} cores"
    return f"{name.strip()}, {os.cpu_count()} cores, {memory:.0f} GiB{load}"


def keep(script: str, heading: str, told: str) -> None:
    """Put what a script said in place of what it said before, or behind all others."""
    section = f"### {script} · {heading}\n\n```\n{told}\n```\n"
    text, former = README.read_text("utf-8"), re.compile(rf"### {re.escape(script)} · .*?\n```\n.*?\n```\n", re.DOTALL)
    found = former.search(text)
    text = text[: found.start()] + section + text[found.end() :] if found else f"{text.rstrip()}\n\n{section}"
    README.write_text(text, "utf-8")


def main(scripts: list[str]) -> int:
    missed = []
    for script in scripts or sorted(path.name for path in FOLDER.glob("[!_]*.py")):
        heading = f"{date.today()}, {machine()}, Python {platform.python_version()}"
        print(f"== {script} · {heading}", flush=True)
        done = subprocess.run([sys.executable, FOLDER / script], stdout=subprocess.PIPE, text=True, check=False)
        print(done.stdout, flush=True)
        if done.returncode:
            missed.append(script)
            heading += " · 未达目标 target missed"
        if done.stdout:
            keep(script, heading, done.stdout.rstrip())
    if missed:
        print(f"targets missed by {', '.join(missed)}", file=sys.stderr)
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
