#!/bin/sh
# A command whose argument is a Path loads pydantic, about as much again as all else that the command loads.
#
# Library:  typer 0.29.2, against 0.28.0
# Input:    a command of one argument of type pathlib.Path and a few plain options, called with one name
# Expected: what 0.28.0 does: a Path needs no validation library, and nothing in the command names one
# Seen:     0.29.2 builds a pydantic TypeAdapter for what is given, without being asked to, so that pydantic
#           and pydantic_core are in sys.modules and the process costs about twice the processor time
set -eu

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cat > "$folder/command.py" <<'PROGRAM'
import sys
import time
from pathlib import Path

import typer

app = typer.Typer()


@app.command()
def shown(path: Path, times: int = 1, name: str = "", loud: bool = False) -> None:
    print("pydantic" in sys.modules, round(time.process_time(), 3))


app()
PROGRAM
python3 -m venv "$folder/before" || exit 2
python3 -m venv "$folder/since" || exit 2
"$folder/before/bin/pip" install --quiet --disable-pip-version-check 'typer==0.28.0' || exit 2
"$folder/since/bin/pip" install --quiet --disable-pip-version-check 'typer==0.29.2' || exit 2
for version in before since; do
    "$folder/$version/bin/python" "$folder/command.py" form.docx > "$folder/first" # which compiles what it loads
    seen=$("$folder/$version/bin/python" "$folder/command.py" form.docx)
    echo "$version 0.29: pydantic loaded, seconds of processor time: $seen"
    echo "$version $seen" >> "$folder/seen"
done
python3 - "$folder/seen" <<'PROGRAM'
import sys

seen = [line.split()[:2] for line in open(sys.argv[1])]
if seen != [["before", "False"], ["since", "True"]]:
    sys.exit("changed: no longer as stated")
PROGRAM
