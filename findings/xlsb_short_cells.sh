#!/bin/sh
# Two readers of .xlsb drop cells that the format may write without their column.
#
# Libraries: python-calamine 0.9.1 and pyxlsb 1.0.10; the file is written by SheetJS (npm xlsx 0.18.5)
# Input:     a sheet of two rows and three columns, saved as .xlsb and as .xlsx
# Expected:  the same cells from both files
# Seen:      of the .xlsb, calamine gives the first cell of each row only, pyxlsb none; neither says a word. SheetJS writes every
#            cell that stands right of another as a "short" record (BrtShortBlank ... BrtShortIsst, types 12 to 18 of
#            [MS-XLSB]), whose column is that of the cell before and one
set -eu

command -v npm >/dev/null || { echo "npm is needed" >&2; exit 2; }
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder" || exit 2
"$folder/bin/pip" install --quiet --disable-pip-version-check 'python-calamine==0.9.1' 'pyxlsb==1.0.10' || exit 2
cd "$folder"
npm install --silent --no-fund --no-audit 'xlsx@0.18.5' || exit 2
node - <<'PROGRAM'
const xlsx = require("xlsx");
const book = xlsx.utils.book_new();
const rows = [["name", "target", "result"], ["pupils", 12, 15]];
xlsx.utils.book_append_sheet(book, xlsx.utils.aoa_to_sheet(rows), "a");
xlsx.writeFile(book, "a.xlsb");
xlsx.writeFile(book, "a.xlsx");
console.log("SheetJS", xlsx.version);
PROGRAM
"$folder/bin/python" - <<'PROGRAM'
import sys
from importlib.metadata import version

import pyxlsb
from python_calamine import CalamineWorkbook

print("python-calamine", version("python-calamine"), "pyxlsb", version("pyxlsb"), "Python", sys.version.split()[0])
seen = {f"calamine, {name}": CalamineWorkbook.from_path(name).get_sheet_by_index(0).to_python() for name in ("a.xlsx", "a.xlsb")}
with pyxlsb.open_workbook("a.xlsb") as book, book.get_sheet(1) as sheet:
    seen["pyxlsb, a.xlsb"] = [[cell.v for cell in row] for row in sheet.rows()]
for name, rows in seen.items():
    print(f"{name}: {rows}")
stated = [
    [["name", "target", "result"], ["pupils", 12.0, 15.0]],
    [["name"], ["pupils"]],
    [[None, None, None], [None, None, None]],
]
if list(seen.values()) != stated:
    sys.exit("changed: no longer as stated")
PROGRAM
