"""Reading PDFs against pdfplumber's extract_tables and against what pdfium needs to load pages and texts, as ratios.

python benchmarks/read_pdf.py [ROUNDS]

The files are the seed forms as LibreOffice prints them.
"""

from __future__ import annotations

import gc
import io
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import pdfplumber
import pypdfium2 as pdfium

from auditkit.read.pdf.document import read_pdf

HERE = Path(__file__).parent
FILES = sorted((HERE.parent / "data" / "2021").glob("*.docx"))
TARGET = 5.0


def papers() -> list[bytes]:
    sys.path.insert(0, str(HERE.parent / "tests"))
    import paper

    with tempfile.TemporaryDirectory() as folder:
        made = paper.from_word(FILES, Path(folder))
        return [(made / f"{path.stem}.pdf").read_bytes() for path in FILES]


def alone(data: bytes) -> list[object]:
    """Every page loaded, its text taken as one string, its objects counted: what no reader over pdfium can do without."""
    with pdfium.PdfDocument(data) as file:
        return [(page.get_textpage().get_text_range(), sum(1 for _ in page.get_objects())) for page in file]


def tables(data: bytes) -> list[object]:
    with pdfplumber.open(io.BytesIO(data)) as file:
        return [page.extract_tables() for page in file.pages]


def milliseconds(run: Callable[[bytes], object], files: list[bytes]) -> float:
    gc.collect()
    begun = time.perf_counter()
    for data in files:
        run(data)
    return (time.perf_counter() - begun) * 1000


def main(rounds: int) -> int:
    """Print the medians of the rounds; each round measures all three, so that a busy machine slows all alike."""
    files = papers()
    runs = ((lambda data: read_pdf("a.pdf", data)), alone, tables)
    measured = [[milliseconds(run, files) for run in runs] for _ in range(rounds + 1)][1:]
    ours, lowest, theirs = (statistics.median(times) for times in zip(*measured, strict=True))
    size = sum(map(len, files)) // 1024
    print(
        f"{len(files)} files, {size} kB: auditkit {ours:.1f} ms, pdfium alone {lowest:.1f} ms, pdfplumber {theirs:.1f} ms"
    )
    print(f"  auditkit / pdfium alone {ours / lowest:5.2f}")
    print(f"  pdfplumber / auditkit   {theirs / ours:5.2f}  (target >= {TARGET:g})")
    return 0 if theirs / ours >= TARGET else 1


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]) if len(sys.argv) > 1 else 5))
