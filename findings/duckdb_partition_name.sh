#!/bin/sh
# A column with a Chinese name, by which DuckDB parts its files, has another name when DuckDB reads them again.
#
# Library:  duckdb 2.0.1
# Input:    COPY ... (FORMAT parquet, PARTITION_BY (部门)), then read_parquet(..., hive_partitioning = true)
# Expected: the columns that were written
# Seen:     the folders are called %E9%83%A8%E9%97%A8=..., and the column comes back as "%E9%83%A8%E9%97%A8": its values are
#           decoded, its name is not. A column with an ASCII name comes back as it was
set -eu

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder" || exit 2
"$folder/bin/pip" install --quiet --disable-pip-version-check 'duckdb==2.0.1' || exit 2
cd "$folder"
"$folder/bin/python" - <<'PROGRAM'
import sys
from pathlib import Path

import duckdb

print("duckdb", duckdb.__version__, "Python", sys.version.split()[0])
duckdb.sql("CREATE TABLE money AS SELECT * FROM (VALUES ('水利局', 1), ('教育局', 2)) v(部门, amount)")
seen = []
for column, select in (("部门", "部门, amount"), ("department", "部门 AS department, amount")):
    duckdb.sql(f"COPY (SELECT {select} FROM money) TO '{column}' (FORMAT parquet, PARTITION_BY ({column}))")
    again = duckdb.sql(f"SELECT * FROM read_parquet('{column}/**/*.parquet', hive_partitioning = true) ORDER BY amount")
    folders = sorted(path.name for path in Path(column).iterdir())
    print(f"{column}: folders {folders}, columns {again.columns}, rows {again.fetchall()}")
    seen.append((again.columns, again.fetchall()))
rows = [(1, "水利局"), (2, "教育局")]
if seen != [(["amount", "%E9%83%A8%E9%97%A8"], rows), (["amount", "department"], rows)]:
    sys.exit("changed: no longer as stated")
PROGRAM
