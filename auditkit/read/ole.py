"""The border of old Office files (OLE compound files): which streams they hold, and one of them out."""

from __future__ import annotations

from io import BytesIO

import olefile

from auditkit.errors.files import Damage, Damaged
from auditkit.safety import Limits


class Compound:
    """A compound file. Raises Unreadable where its structure is broken."""

    def __init__(self, source: str, data: bytes, limits: Limits):
        self.source, self.limits = source, limits
        try:
            self._file = olefile.OleFileIO(BytesIO(data))
            self.names = {path[0] for path in self._file.listdir()}
        except Exception as error:  # olefile meets damage with whatever the damage makes it do
            raise self._broken() from error

    def stream(self, name: str) -> bytes:
        """The bytes of a stream of the root."""
        try:
            with self._file.openstream(name) as stream:
                return stream.read(self.limits.file)
        except Exception as error:
            raise self._broken() from error

    def _broken(self) -> Exception:
        return Damaged(self.source, Damage.COMPOUND, ".doc/.xls", "Office")
