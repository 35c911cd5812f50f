"""Builds a copy of the dbt project of docs/data over a folder of tables, as its comment says, and prints what became of each
node and the rows of the models that are answers, as JSON.

usage: by_dbt.py PROJECT DATASET WORK
"""
import json
import os
import shutil
import subprocess
import sys

import duckdb


def main():
    project, dataset, work = sys.argv[1:4]
    copy = os.path.join(work, "dbt")
    shutil.copytree(project, copy, ignore=shutil.ignore_patterns("target", "logs", "*.duckdb"))
    dbt = os.path.join(os.path.dirname(sys.executable), "dbt")
    command = [dbt, "--quiet", "build", "--profiles-dir", ".", "--vars", json.dumps({"dataset": dataset})]
    built = subprocess.run(command, cwd=copy, capture_output=True, text=True)
    results = os.path.join(copy, "target", "run_results.json")
    if not os.path.exists(results):
        sys.exit(built.stdout + built.stderr)
    with open(results) as file:
        nodes = {it["unique_id"].split(".", 2)[2]: it["status"] for it in json.load(file)["results"]}
    with duckdb.connect(os.path.join(copy, "traccia.duckdb"), read_only=True) as db:
        rows = lambda query: [list(row) for row in db.execute(query).fetchall()]
        there = {name for name, in rows("SELECT view_name FROM duckdb_views() WHERE NOT internal")}
        answers = {
            "statements": "SELECT count(*) FROM statements",
            "valid": "SELECT count(*) FROM valid",
            "facts": "SELECT count(*) FROM facts",
            "drop_off": "SELECT object, name, starts, ends FROM drop_off ORDER BY object",
            "active_learners": "SELECT course, region, sum(people)::INT FROM active_learners GROUP BY ALL ORDER BY ALL",
        }
        found = {model: rows(query) for model, query in answers.items() if model in there}
    json.dump({"code": built.returncode, "said": built.stdout + built.stderr, "nodes": nodes, **found}, sys.stdout)


main()
