"""Answers the twelve questions of docs/data by a slow reading of the raw log: nothing of the tables is used, neither their
columns nor their views. Prints the answers as ask.py does.

usage: slow.py STATEMENTS.ndjson LEARNERS.csv THROUGH
"""
import csv
import datetime
import json
import statistics
import sys
from collections import defaultdict
from itertools import groupby
from zoneinfo import ZoneInfo

ROME = ZoneInfo("Europe/Rome")
ADL = "http://adlnet.gov/expapi/"
SESSION = "https://w3id.org/xapi/cmi5/context/extensions/sessionid"


def instant(text):
    return datetime.datetime.fromisoformat(text)


def seconds(duration):
    """Of an ISO 8601 duration of hours, minutes and seconds."""
    total, number = 0.0, ""
    for letter in duration.removeprefix("PT"):
        if letter in "HMS":
            total, number = total + float(number) * {"H": 3600, "M": 60, "S": 1}[letter], ""
        else:
            number += letter
    return total


def quantile(values, at):
    values = sorted(values)
    place = at * (len(values) - 1)
    low = int(place)
    high = min(low + 1, len(values) - 1)
    return values[low] + (values[high] - values[low]) * (place - low)


def grouped(rows, key):
    groups = defaultdict(list)
    for row in rows:
        groups[key(row)].append(row)
    return groups


class Statement:
    def __init__(self, said):
        self.said = said
        self.id = said["id"].lower()
        self.stored, self.time = instant(said["stored"]), instant(said["timestamp"])
        actor = said["actor"]
        account = actor.get("account")
        self.home = account and account["homePage"]
        self.kind = "account" if account else "mbox"
        self.actor = json.dumps(account, sort_keys=True) if account else actor["mbox"]
        self.verb = said["verb"]["id"]
        self.object = said["object"]["id"]
        about = said["object"].get("definition", {})
        self.type, self.interaction = about.get("type"), about.get("interactionType")
        self.result = said.get("result", {})
        context = said.get("context", {})
        parents = context.get("contextActivities", {}).get("parent", [])
        self.parent = parents[0]["id"] if parents else None
        self.visit = context.get("extensions", {}).get(SESSION) or context.get("registration")
        self.source = said["authority"]["account"]["name"]
        self.success = self.result.get("success")

    def voids(self):
        return self.object.lower() if self.verb == ADL + "verbs/voided" else None

    def says(self):
        return (self.actor, self.verb, self.object, self.time, json.dumps(self.result, sort_keys=True))


def drop_off(facts):
    lessons = [it for it in facts if it.type == ADL + "activities/lesson"]
    rows = []
    for lesson, said in grouped(lessons, lambda it: it.object).items():
        people = grouped(said, lambda it: it.actor).values()
        began = [p for p in people if any(it.verb.endswith("/initialized") for it in p)]
        done = [p for p in began if any(it.result.get("completion") for it in p)]
        rows.append({"object": lesson, "starts": len(began), "ends": len(done), "drop_off": 1 - len(done) / len(began)})
    return sorted(rows, key=lambda row: (-row["drop_off"], row["object"]))


def time_on_task(facts):
    visits = defaultdict(list)
    for (actor, parent, _), said in grouped([it for it in facts if it.visit], lambda it: (it.actor, it.parent, it.visit)).items():
        ended = [seconds(it.result["duration"]) for it in said if it.verb.endswith("/terminated") and "duration" in it.result]
        times = [it.time for it in said]
        visits[parent].append((actor, max(ended) if ended else (max(times) - min(times)).total_seconds()))
    return [
        {"parent": parent, "people": len({actor for actor, _ in all}), "hours": sum(s for _, s in all) / 3600,
         "median_minutes": statistics.median(s for _, s in all) / 60}
        for parent, all in sorted(visits.items())
    ]


def items(facts):
    answers = [it for it in facts if it.interaction and it.success is not None]
    first = {}
    for (actor, item, test), said in grouped(answers, lambda it: (it.actor, it.object, it.parent)).items():
        first[actor, item, test] = int(min(said, key=lambda it: it.time).success)
    rows = []
    for item in {item for _, item, _ in first}:
        hits, rests = [], []
        for (actor, asked, test), hit in first.items():
            if asked == item:
                hits.append(hit)
                rests.append(sum(h for (a, i, t), h in first.items() if a == actor and t == test and i != item))
        if len(hits) >= 30:
            rows.append({"item": item, "answers": len(hits), "difficulty": sum(hits) / len(hits),
                         "discrimination": statistics.correlation(hits, rests)})
    return sorted(rows, key=lambda row: row["discrimination"])


def wrong(facts):
    chosen = [(it.object, choice) for it in facts if it.interaction == "choice" and it.success is False
              for choice in it.result["response"].split("[,]")]
    rows = []
    for item, all in grouped(chosen, lambda it: it[0]).items():
        for (_, choice), some in grouped(all, lambda it: it).items():
            rows.append({"item": item, "choice": choice, "n": len(some), "share": len(some) / len(all)})
    return sorted(rows, key=lambda row: (row["item"], -row["n"], row["choice"]))


def repeats(valid):
    rows = [{"source": source, "kept": len(said), "repeated": len(said) - len({it.says() for it in said})}
            for source, said in grouped(valid, lambda it: it.source).items()]
    return sorted(rows, key=lambda row: (-row["repeated"], row["source"]))


def silence(log, through):
    rows = []
    for source, said in sorted(grouped(log, lambda it: it.source).items()):
        times = [it.stored.timestamp() for it in said]
        usual = quantile([b - a for a, b in zip(times, times[1:])], 0.999)
        rows.append({"source": source, "alarm": through.timestamp() - times[-1] > 3 * usual})
    return rows


def lateness(log):
    rows = []
    for source, said in sorted(grouped(log, lambda it: it.source).items()):
        late = [(it.stored - it.time).total_seconds() for it in said]
        rows.append({"source": source, "seconds": [quantile(late, at) for at in (0.5, 0.95, 0.99)],
                     "future": sum(s < 0 for s in late), "over_a_day": sum(s > 86400 for s in late)})
    return rows


def inventory(valid):
    rows = [{"verb": verb, "activity_type": kind, "source": source, "n": len(said),
             "objects": len({it.object for it in said}), "since": min(it.stored for it in said)}
            for (verb, kind, source), said in grouped(valid, lambda it: (it.verb, it.type, it.source)).items()]
    return sorted(rows, key=lambda row: row["since"], reverse=True)


def strangers(valid, learners):
    unknown = [it for it in valid if it.actor not in learners]
    rows = [{"actor_kind": kind, "actor_home": home, "source": source, "actors": len({it.actor for it in said}), "n": len(said)}
            for (kind, home, source), said in grouped(unknown, lambda it: (it.kind, it.home, it.source)).items()]
    return sorted(rows, key=lambda row: (-row["n"], row["actor_kind"]))


def attempts(facts):
    tries = [it for it in facts if it.verb in (ADL + "verbs/passed", ADL + "verbs/failed")]
    rows = []
    for exam, said in sorted(grouped(tries, lambda it: it.object).items()):
        people = [sorted(p, key=lambda it: it.time) for p in grouped(said, lambda it: it.actor).values()]
        rows.append({"object": exam, "takers": len(people), "passed_first": sum(p[0].success for p in people) / len(people),
                     "most": max(map(len, people))})
    return rows


def hours(facts):
    local = lambda it: it.time.astimezone(ROME)
    return [{"weekday": day, "hour": hour, "people": len({it.actor for it in said})}
            for (day, hour), said in sorted(grouped(facts, lambda it: (local(it).isoweekday(), local(it).hour)).items())]


def cohorts(facts, learners):
    def week(it):
        day = it.time.astimezone(ROME).date()
        return day - datetime.timedelta(days=day.weekday())
    active = {(it.actor, week(it)) for it in facts if it.actor in learners}
    start = {actor: min(w for a, w in active if a == actor) for actor, _ in active}
    cells = grouped(active, lambda it: (learners[it[0]], start[it[0]], (it[1] - start[it[0]]).days // 7))
    return [{"region": region, "n": n, "people": len(all)} for (region, _, n), all in sorted(cells.items()) if len(all) >= 5]


def main():
    with open(sys.argv[1]) as file:
        log = [Statement(json.loads(line)) for line in file]
    with open(sys.argv[2]) as file:
        learners = {row["identifiers"]: row["region"] for row in csv.DictReader(file)}
    gone = {it.voids() for it in log}
    valid = [it for it in log if it.voids() is None and it.id not in gone]
    facts = [next(said) for _, said in groupby(sorted(valid, key=lambda it: (it.says(), it.stored)), key=Statement.says)]
    answers = [drop_off(facts), time_on_task(facts), items(facts), wrong(facts), repeats(valid), silence(log, instant(sys.argv[3])),
               lateness(log), inventory(valid), strangers(valid, learners), attempts(facts), hours(facts), cohorts(facts, learners)]
    plain = lambda value: value.astimezone(datetime.timezone.utc).isoformat()
    json.dump({str(n): rows for n, rows in enumerate(answers, 1)}, sys.stdout, default=plain)


main()
