"""JSON that auditkit wrote into a folder, read back as the frozen type that it was made of.

Not by this: what every report or every run reads (decisions.json, year.json, and what a run left for the next), because
loading pydantic takes as long as a report. Texts are decoded by `json`, because pydantic's own reader gives a file up for
half of a character, which a form may hold.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from auditkit.errors.runs import JsonFault, NotOurs, WrongEntry

if TYPE_CHECKING:
    from pydantic import ValidationError

T = TypeVar("T")
_FAULTS = {  # by the type of pydantic's error; what a message of pydantic says is in English only
    "dataclass_type": JsonFault.NO_TABLE,
    "dict_type": JsonFault.NO_TABLE,
    "mapping_type": JsonFault.NO_TABLE,
    "enum": JsonFault.NO_WORD,
    "finite_number": JsonFault.NO_NUMBER,
    "float_parsing": JsonFault.NO_NUMBER,
    "float_type": JsonFault.NO_NUMBER,
    "int_from_float": JsonFault.NO_NUMBER,
    "int_parsing": JsonFault.NO_NUMBER,
    "int_type": JsonFault.NO_NUMBER,
    "missing": JsonFault.MISSING,
    "string_type": JsonFault.NO_TEXT,
    "tuple_type": JsonFault.NO_LIST,
    "unexpected_keyword_argument": JsonFault.UNKNOWN,
}


def read_stored(kind: type[T], path: Path) -> T:
    """What a file holds. Raises NotOurs where that is no JSON, WrongEntry where it is not of this type, naming the place."""
    try:
        data = path.read_bytes()
    except OSError as error:
        raise NotOurs(path.name, what=path.name) from error
    return parse_stored(kind, path.name, data)


def parse_stored(kind: type[T], name: str, data: bytes) -> T:
    """The same of the bytes of a file that has this name."""
    from pydantic import ConfigDict, TypeAdapter, ValidationError

    try:
        told = json.loads(data)
        # Of a tuple, because a dataclass alone takes no settings from without.
        (one,) = TypeAdapter(tuple[kind], config=ConfigDict(extra="forbid", allow_inf_nan=False)).validate_python(
            [told]
        )
    except ValidationError as error:
        raise _wrong(name, error) from error
    except (ValueError, RecursionError) as error:
        raise NotOurs(name, what=name) from error
    return one


def _wrong(name: str, error: ValidationError) -> WrongEntry:
    """The first fault, where it is and what is expected there."""
    first = error.errors(include_url=False, include_input=False)[0]
    place = ".".join(map(str, first["loc"][1:]))[:80]
    return WrongEntry(name, place=place or name, fault=_FAULTS.get(first["type"], JsonFault.OTHER))
