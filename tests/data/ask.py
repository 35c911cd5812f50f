"""Asks every question of a SQL file of a folder of tables, in DuckDB, and prints the answers as JSON by number.

usage: ask.py ADDRESS VIEWS QUESTIONS [KEY:SECRET]
"""
import base64
import datetime
import json
import re
import sys

import duckdb


def plain(value):
    """A value of a row as JSON has it."""
    if isinstance(value, datetime.datetime):
        return value.astimezone(datetime.timezone.utc).isoformat()
    if isinstance(value, (datetime.date, datetime.timedelta)):
        return str(value)
    return value


def main():
    address, views, questions = sys.argv[1:4]
    db = duckdb.connect()
    if len(sys.argv) > 4:
        secret = base64.b64encode(sys.argv[4].encode()).decode()
        header = f"MAP {{'Authorization': 'Basic {secret}'}}"
        db.execute(f"CREATE SECRET (TYPE http, EXTRA_HTTP_HEADERS {header})")
    db.execute(f"SET VARIABLE dataset = '{address}'")
    db.execute(open(views).read())
    parts = re.split(r"^-- (\d+) ", open(questions).read(), flags=re.MULTILINE)
    db.execute(parts[0])
    answers = {}
    for number, text in zip(parts[1::2], parts[2::2]):
        query = text.split("\n", 1)[1]
        rows = db.execute(query)
        names = [column[0] for column in rows.description]
        answers[number] = [
            {name: plain(value) for name, value in zip(names, row)} for row in rows.fetchall()
        ]
    json.dump(answers, sys.stdout)


main()
