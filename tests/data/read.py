"""Reads one table with DuckDB, pandas and Polars, and prints what each of them found, as JSON.

usage: read.py FOLDER TABLE
"""
import json
import os
import sys

import duckdb
import pandas
import polars


def main():
    folder, table = sys.argv[1:3]
    manifest = json.load(open(os.path.join(folder, "manifest.json")))
    files = [os.path.join(folder, it["path"]) for it in manifest["tables"][table]["files"]]
    named = sum(it["rows"] for it in manifest["tables"][table]["files"])
    by_duckdb = duckdb.sql(f"SELECT * FROM read_parquet({files!r}, hive_partitioning = false)")
    by_pandas = pandas.concat(pandas.read_parquet(it, partitioning=None) for it in files)
    by_polars = polars.read_parquet(files, hive_partitioning=False)
    json.dump(
        {
            "manifest": named,
            "duckdb": [len(by_duckdb), by_duckdb.columns],
            "pandas": [len(by_pandas), list(by_pandas.columns)],
            "polars": [len(by_polars), by_polars.columns],
            "zones": {
                "duckdb": str(dict(zip(by_duckdb.columns, map(str, by_duckdb.types))).get("stored")),
                "pandas": str(by_pandas.dtypes.get("stored")),
                "polars": str(by_polars.schema.get("stored")),
            },
        },
        sys.stdout,
    )


main()
