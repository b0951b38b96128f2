"""Office files of which the same audit gives the same bytes."""

from __future__ import annotations

import re
import struct
import zipfile
from io import BytesIO

MOMENT = (2022, 1, 1, 0, 0, 0)  # no clock: a file that differs only by the hour cannot be told from a changed one
_MOMENT = 0, (MOMENT[0] - 1980) << 9 | MOMENT[1] << 5 | MOMENT[2]  # as a zip file has it: the time, the day
_STAMPS, _LENGTHS = struct.Struct("<HH"), struct.Struct("<HHH")
_STAMPED = rb"\g<1>2022-01-01T00:00:00Z"
_STAMP = re.compile(rb"(<dcterms:(created|modified)[^>]*>)[^<]*(?=</)")


def timeless(data: bytes) -> bytes:
    """The package without the times at which it and its parts were written."""
    return _restamped(data) or _rewritten(data)


def _restamped(data: bytes) -> bytes:
    """The same with its stamps overwritten where they stand: parts that need not change are not packed again.

    Empty where one of them does, or is packed otherwise than a part that is written anew.
    """
    whole = bytearray(data)
    with zipfile.ZipFile(BytesIO(data)) as source:
        core = source.read("docProps/core.xml")
        plain = all((part.compress_type, part.flag_bits) == (zipfile.ZIP_DEFLATED, 0) for part in source.infolist())
        if not plain or _STAMP.sub(_STAMPED, core) != core:
            return b""
        place = source.start_dir
        for part in source.infolist():
            _STAMPS.pack_into(whole, part.header_offset + 10, *_MOMENT)
            whole[place + 5] = 0  # the system that made it
            _STAMPS.pack_into(whole, place + 12, *_MOMENT)
            place += 46 + sum(_LENGTHS.unpack_from(whole, place + 28))
    return bytes(whole)


def _rewritten(data: bytes) -> bytes:
    out = BytesIO()
    with zipfile.ZipFile(BytesIO(data)) as source, zipfile.ZipFile(out, "w") as target:
        for name in source.namelist():
            part = source.read(name)
            if name == "docProps/core.xml":
                part = _STAMP.sub(_STAMPED, part)
            info = zipfile.ZipInfo(name, MOMENT)
            info.compress_type, info.create_system, info.external_attr = zipfile.ZIP_DEFLATED, 0, 0
            target.writestr(info, part)
    return out.getvalue()
