"""Reads the tables of a server as an OData client does, and prints what was found, as JSON.

usage: by_odata.py ADDRESS KEY SECRET
"""
import json
import sys
import urllib.parse

import requests
from odata import ODataService


def main():
    address, key, secret = sys.argv[1:4]
    session = requests.Session()
    session.auth = (key, secret)
    session.trust_env = False
    service = ODataService(address, session=session, reflect_entities=True, quiet_progress=True)
    statements = service.entities["statements"]
    query = service.query(statements)
    passed = query.filter(statements.verb == "http://adlnet.gov/expapi/verbs/passed")
    raw = lambda path, **options: session.get(
        address + path + "?" + urllib.parse.urlencode({f"${k}": v for k, v in options.items()}, quote_via=urllib.parse.quote)
    )
    newest = raw("statements", filter="stored ge 2025-02-01T00:00:00Z and stored lt 2025-02-08T00:00:00Z", select="id,stored")
    print(
        json.dumps(
            {
                "tables": sorted(service.entities),
                "columns": sorted(it for it in vars(statements) if not it.startswith("_")),
                "all": sorted(row.id for row in query),
                "passed": len(passed.all()),
                "first": [row.id for row in query.limit(3)],
                "week": newest.json()["value"],
                "version": newest.headers["OData-Version"],
                "learners": len(service.query(service.entities["learners"]).all()),
                "counted": raw("learners", count="true", top="1").json()["@odata.count"],
                "refused": [
                    raw("statements", **{option: value}).status_code
                    for option, value in [
                        ("filter", "verb is 'x'"),
                        ("filter", "colour eq 'x'"),
                        ("select", "colour"),
                        ("orderby", "verb"),
                        ("expand", "agents"),
                        ("skiptoken", "1~2"),
                    ]
                ],
            }
        )
    )


main()
