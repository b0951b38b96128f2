#!/bin/sh
# A JSON number for a Decimal goes through a float.
#
# Library:  pydantic 2.14.4
# Input:    88.40 and 12345678901234567890.12, JSON numbers, for a field of type Decimal
# Expected: the decimals that stand there; json.loads(..., parse_float=Decimal) gives them
# Seen:     88.4 (the printed precision is gone) and 12345678901234567000 (so are six digits), without an error, in strict
#           mode too; the same numbers as JSON texts come whole
set -eu

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder" || exit 2
"$folder/bin/pip" install --quiet --disable-pip-version-check 'pydantic==2.14.4' || exit 2
"$folder/bin/python" - <<'PROGRAM'
import json
import sys
from decimal import Decimal

import pydantic


class Strict(pydantic.BaseModel, strict=True):
    amount: Decimal


print("pydantic", pydantic.VERSION, "Python", sys.version.split()[0])
as_decimal, seen = pydantic.TypeAdapter(Decimal), []
for text in ("88.40", "12345678901234567890.12"):
    assert json.loads(text, parse_float=Decimal) == Decimal(text)
    row = (
        as_decimal.validate_json(text),
        Strict.model_validate_json(f'{{"amount": {text}}}').amount,
        as_decimal.validate_json(f'"{text}"'),
    )
    print(f"{text}: as a number {row[0]}, strict {row[1]}, as a text {row[2]}")
    seen.append(tuple(map(str, row)))
stated = [
    ("88.4", "88.4", "88.40"),
    ("12345678901234567000", "12345678901234567000", "12345678901234567890.12"),
]
if seen != stated:
    sys.exit("changed: no longer as stated")
PROGRAM
