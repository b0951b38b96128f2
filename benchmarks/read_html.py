"""Reading web pages against pandas.read_html and against building lexbor's tree alone, as ratios.

python benchmarks/read_html.py [ROUNDS]

The pages are the seed forms as tests/webpage.py writes them, the same with the styles that Word gives every text, and with a
hidden text in every row, which pandas reads as it reads all others.
"""

from __future__ import annotations

import gc
import io
import math
import statistics
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pandas
from selectolax.lexbor import LexborHTMLParser

from auditkit.read import read
from auditkit.read.html.page import read_html

HERE = Path(__file__).parent
FILES = sorted((HERE.parent / "data" / "2021").glob("*.docx"))
TARGET = 3.0
PASSES = 10  # so that none of them pays for a processor's memory that another one filled


def pages() -> dict[str, list[bytes]]:
    sys.path.insert(0, str(HERE.parent / "tests"))
    import webpage

    plain = [webpage.page(read(path)) for path in FILES]
    style = "<span style='font-size:10.0pt;font-family:仿宋_GB2312;mso-bidi-font-size:11.0pt'>"
    styled = [
        page.replace('">', f'"><p class=MsoNormal>{style}').replace("<td>", f"<td><p class=MsoNormal>{style}")
        for page in plain
    ]
    hidden = [page.replace("</td></tr>", "<span style='display:none'>x</span></td></tr>") for page in plain]
    kinds = {"plain": plain, "styled": styled, "hidden": hidden}
    return {kind: [page.encode() for page in pages] for kind, pages in kinds.items()}


def milliseconds(run: Callable[[bytes], object], pages: list[bytes]) -> float:
    """Of processor time that one pass over the pages takes; several are made, as a year's folder holds many pages."""
    gc.collect()
    begun = time.process_time()
    for _ in range(PASSES):
        for page in pages:
            run(page)
    return (time.process_time() - begun) * 1000 / PASSES


def main(rounds: int) -> int:
    """Print the medians of the rounds; each round measures all three, so that a busy machine slows all alike."""
    runs = (
        (lambda page: read_html("a.html", page)),
        LexborHTMLParser,
        (lambda page: pandas.read_html(io.BytesIO(page), encoding="utf-8")),
    )
    worst = math.inf
    for name, files in pages().items():
        measured = [[milliseconds(run, files) for run in runs] for _ in range(rounds + 1)][1:]
        ours, lowest, theirs = (statistics.median(times) for times in zip(*measured, strict=True))
        size = sum(map(len, files)) // 1024
        print(
            f"{name}: {len(files)} files, {size} kB: auditkit {ours:.1f} ms, lexbor alone {lowest:.1f} ms, pandas.read_html {theirs:.1f} ms"
        )
        print(f"  auditkit / lexbor alone    {ours / lowest:5.2f}")
        print(f"  pandas.read_html / auditkit {theirs / ours:5.2f}  (target >= {TARGET:g})")
        worst = min(worst, theirs / ours)
    return 0 if worst >= TARGET else 1


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]) if len(sys.argv) > 1 else 20))
