use super::short;
use super::*;
use crate::schema::{Dataset, Datum, RowOf};

fn at(name: &str) -> usize {
    columns::place(name)
}

/// A row with these values; what is required has some.
fn row(n: i64, values: &[(&str, Datum)]) -> RowOf {
    let mut row = vec![Datum::Null; Dataset::Statements.columns().len()];
    row[at("id")] = Datum::Text(format!("id{n}"));
    row[at("stored")] = Datum::Time(n);
    row[at("timestamp")] = Datum::Time(n);
    row[at("fingerprint")] = Datum::Whole(n);
    for (name, value) in values {
        row[at(name)] = value.clone();
    }
    row
}

fn text(text: &str) -> Datum {
    Datum::Text(text.to_owned())
}

fn ask(by: &str, measure: &str, wheres: &[&str]) -> Ask {
    Ask {
        filter: short::conditions(wheres.iter().copied()).unwrap(),
        dimensions: short::dimensions(by).unwrap(),
        measures: short::measures(measure).unwrap(),
        ..Ask::default()
    }
}

fn answered(ask: &Ask, rows: &[RowOf], hides: bool) -> GroupedAnswer {
    let plan = Plan::of(ask).unwrap();
    let plan = if hides { plan.hiding_small().unwrap() } else { plan };
    let mut aggregator = Aggregator::of(plan, FoldBounds::default());
    for batch in rows.chunks(3) {
        aggregator.add_rows(batch).unwrap();
    }
    aggregator.end(|_| Ok(())).unwrap()
}

#[test]
fn groups_are_told_apart_by_periods_of_their_zone() {
    // 2026-03-28T23:30Z is the 29th in Rome, the day on which clocks go forward.
    let times = [1_774_740_600, 1_774_746_000, 1_774_828_800, 1_774_821_599];
    let rows: Vec<RowOf> = times
        .iter()
        .map(|seconds| row(*seconds, &[("timestamp", Datum::Time(seconds * 1_000_000))]))
        .collect();
    let mut days = ask("day(timestamp)", "count", &[]);
    days.zone = Some("Europe/Rome".into());
    let answer = answered(&days, &rows, false);
    let expected = [[text("2026-03-29"), Datum::Whole(3)], [text("2026-03-30"), Datum::Whole(1)]];
    assert_eq!(answer.rows, expected);
    let mut hours = ask("weekday(timestamp),hour_of_day(timestamp)", "count", &[]);
    hours.zone = Some("Europe/Rome".into());
    let whole = |a, b| [Datum::Whole(a), Datum::Whole(b), Datum::Whole(1)];
    assert_eq!(
        answered(&hours, &rows, false).rows,
        [whole(1, 2), whole(7, 0), whole(7, 3), whole(7, 23)]
    );
    let quarter = answered(&ask("quarter(timestamp),year(timestamp)", "count", &[]), &rows, false);
    assert_eq!(quarter.rows, [[text("2026-01-01"), text("2026-01-01"), Datum::Whole(4)]]);
    assert_eq!(quarter.columns[0].kind, "date");
}

#[test]
fn measures_say_what_they_are_named_after() {
    let score = |n, score: f64| {
        let success = if n == 4 { Datum::Null } else { Datum::Truth(n > 1) };
        let actor = text(if n < 3 { "a" } else { "b" });
        let more = [("score_scaled", Datum::Number(score)), ("success", success), ("actor", actor)];
        row(
            n,
            &[
                more.as_slice(),
                &[("duration_ms", Datum::Whole(n * 10)), ("verb", text(&format!("v{n}")))],
            ]
            .concat(),
        )
    };
    let rows = [score(1, 0.0), score(2, 0.25), score(3, 1.0), score(4, 0.75), row(5, &[])];
    let measure = "count,count(actor),distinct(actor) as people,sum(duration_ms),mean(score_scaled),\
        median(score_scaled),quantile(score_scaled,1),share(success=true),first(verb),last(verb)";
    let answer = answered(&ask("", measure, &[]), &rows, false);
    let (whole, number) = (Datum::Whole, Datum::Number);
    let expected = [
        whole(5),
        whole(4),
        whole(2),
        whole(100),
        number(0.5),
        number(0.5),
        number(1.0),
        number(2.0 / 3.0),
        text("v1"),
        text("v4"),
    ];
    assert_eq!(answer.rows, [expected]);
    let names: Vec<&str> = answer.columns.iter().map(|column| column.name.as_str()).collect();
    assert_eq!(names[..4], ["count", "count_actor", "people", "sum_duration_ms"]);
    assert_eq!(names[5..8], ["median_score_scaled", "quantile_1_score_scaled", "share_success"]);
    let nothing = answered(&ask("", measure, &["actor=nobody"]), &rows, false);
    assert_eq!(nothing.rows[0][..3], [whole(0), whole(0), whole(0)]);
    assert!(nothing.rows[0][3..].iter().all(|value| *value == Datum::Null));
}

#[test]
fn conditions_take_what_they_say_and_no_missing_value() {
    let rows: Vec<RowOf> = [
        row(
            1,
            &[
                ("verb", text("http://adlnet.gov/expapi/verbs/completed")),
                ("score_raw", Datum::Number(1.0)),
            ],
        ),
        row(
            2,
            &[
                ("verb", text("https://w3id.org/xapi/adl/verbs/waived")),
                ("success", Datum::Truth(true)),
            ],
        ),
        row(3, &[("verb", text("http://adlnet.gov/expapi/verbs/passed")), ("actor", text("a"))]),
    ]
    .into();
    for (wheres, count) in [
        (&["verb=completed"][..], 1),
        (&["verb=completed|waived"], 2),
        (&["verb!=completed"], 2),
        (&["verb^=http://adlnet.gov/"], 2),
        (&["score_raw>=1"], 1),
        (&["score_raw>1"], 0),
        (&["score_raw!=1"], 2),
        (&["actor="], 2),
        (&["actor!="], 1),
        (&["success=true"], 1),
        (&["timestamp>=1970-01-01T00:00:00.000002Z", "timestamp<1970-01-01T00:00:00.000003Z"], 1),
        (&["timestamp>1970-01-01T00:00:00.000002Z"], 1),
        (&["timestamp<=1970-01-01T00:00:00.000002Z"], 2),
        (&["timestamp<1970-01-01"], 0),
    ] {
        let answer = answered(&ask("", "count", wheres), &rows, false);
        assert_eq!(answer.rows, [[Datum::Whole(count)]], "{wheres:?}");
    }
}

#[test]
fn what_was_voided_and_what_was_said_before_is_left_out_before_the_filter() {
    let said = |n, actor: Datum, fingerprint, source: &str| {
        row(
            n,
            &[
                ("actor", actor),
                ("fingerprint", Datum::Whole(fingerprint)),
                ("source", text(source)),
            ],
        )
    };
    let rows = [
        said(1, text("a"), 7, "one"),
        said(2, text("a"), 7, "two"),
        said(3, text("b"), 7, "two"),
        said(4, Datum::Null, 7, "two"),
        said(5, Datum::Null, 7, "two"),
        row(6, &[("voids", text("id3")), ("actor", text("c"))]),
    ];
    let count = |voided, duplicates, wheres: &[&str]| {
        let ask = Ask { voided, duplicates, ..ask("", "count", wheres) };
        let mut aggregator = Aggregator::of(Plan::of(&ask).unwrap(), FoldBounds::default());
        aggregator.void("id3");
        aggregator.add_rows(&rows).unwrap();
        aggregator.end(|_| Ok(())).unwrap().rows[0][0].clone()
    };
    assert_eq!(count(Voided::Include, Duplicates::All, &[]), Datum::Whole(6));
    assert_eq!(count(Voided::Exclude, Duplicates::All, &[]), Datum::Whole(4));
    assert_eq!(count(Voided::Exclude, Duplicates::Once, &[]), Datum::Whole(3));
    assert_eq!(count(Voided::Exclude, Duplicates::Once, &["source=two"]), Datum::Whole(2));
    assert_eq!(count(Voided::Include, Duplicates::Once, &["source=two"]), Datum::Whole(3));
}

/// So many people with the verb, from a number on.
fn people(verb: &str, from: i64, count: i64) -> Vec<RowOf> {
    let one = |n| row(n, &[("verb", text(verb)), ("actor", text(&format!("p{n}")))]);
    (from..from + count).map(one).collect()
}

#[test]
fn groups_of_fewer_than_five_people_are_hidden_and_never_one_alone() {
    let rows = [people("v1", 0, 4), people("v2", 10, 5), people("v3", 20, 7)];
    let ask = Ask { order: short::order("-count"), ..ask("verb", "count", &[]) };
    let open = answered(&ask, &rows.concat(), false);
    assert_eq!((open.rows.len(), open.hidden, open.complete), (3, 0, true));
    let hidden = answered(&ask, &rows.concat(), true);
    assert_eq!(hidden.rows, [[text("v3"), Datum::Whole(7)]]);
    assert_eq!(hidden.hidden, 2, "the next smallest with it");
    let two = [rows.concat(), people("v4", 40, 1)].concat();
    let two = answered(&ask, &two, true);
    assert_eq!((two.rows.len(), two.hidden), (2, 2), "two are hidden already");
    let cut = answered(&Ask { limit: Some(1), ..ask }, &rows.concat(), false);
    assert_eq!((cut.rows, cut.complete), (vec![vec![text("v3"), Datum::Whole(7)]], false));
}

#[test]
fn a_group_of_rows_without_a_named_actor_is_hidden_and_no_rows_are_not() {
    let rows = [people("v3", 20, 7), vec![row(30, &[("verb", text("v1"))])]].concat();
    let answer = answered(&ask("verb", "count", &[]), &rows, true);
    assert_eq!((answer.rows.len(), answer.hidden), (0, 2));
    let nothing = answered(&ask("", "count,count(verb)", &["verb=none"]), &rows, true);
    assert_eq!(nothing.rows, [[Datum::Whole(0), Datum::Whole(0)]]);
}

#[test]
fn figures_of_fewer_than_five_people_are_hidden_in_groups_that_show() {
    let with = |mut rows: Vec<RowOf>, scores: usize, name: &str, value: &Datum| {
        rows.iter_mut().take(scores).for_each(|row| row[at(name)] = value.clone());
        rows
    };
    let score = Datum::Number(0.5);
    let one = with(people("v1", 0, 20), 1, "score_scaled", &score);
    let measure =
        "count,count(score_scaled) as n,mean(score_scaled) as mean,distinct(actor) as all";
    let (whole, null) = (Datum::Whole, Datum::Null);
    let answer = answered(&ask("verb", measure, &[]), &one, true);
    assert_eq!(answer.rows, [[text("v1"), whole(20), null.clone(), null.clone(), whole(20)]]);
    assert_eq!((answer.hidden, answer.hidden_figures), (0, 2));
    let six = with(people("v2", 30, 9), 6, "score_scaled", &score);
    let eight = with(people("v3", 50, 9), 8, "score_scaled", &score);
    let none = people("v4", 70, 9);
    let answer = answered(&ask("verb", measure, &[]), &[one, six, eight, none].concat(), true);
    let n: Vec<Datum> = answer.rows.iter().map(|row| row[2].clone()).collect();
    assert_eq!(n, [null.clone(), null.clone(), whole(8), whole(0)], "no sum gives the first away");
    let open = answered(&ask("", measure, &[]), &people("v2", 30, 9), true);
    assert_eq!(open.hidden_figures, 0);
    // A share tells of those on either side.
    let share = |hits| {
        let rows = with(people("v1", 0, 20), 20, "success", &Datum::Truth(false));
        let rows = with(rows, hits, "success", &Datum::Truth(true));
        answered(&ask("", "share(success=true)", &[]), &rows, true).rows[0][0].clone()
    };
    assert_eq!(
        [0, 1, 4, 5, 15, 16, 20].map(share),
        [
            Datum::Number(0.0),
            null.clone(),
            null.clone(),
            Datum::Number(0.25),
            Datum::Number(0.75),
            null,
            Datum::Number(1.0)
        ]
    );
}

#[test]
fn no_group_is_found_by_leaving_out_a_dimension() {
    let of = |region: &str, verb: &str, from: i64, count: i64| {
        let mut rows = people(verb, from, count);
        for row in &mut rows {
            row[at("platform")] = text(region);
        }
        rows
    };
    let rows = [
        of("a", "v1", 0, 3),
        of("a", "v2", 10, 20),
        of("b", "v1", 40, 4),
        of("b", "v2", 50, 30),
        of("c", "v1", 90, 9),
        of("c", "v2", 100, 9),
    ]
    .concat();
    let answer = answered(&ask("platform,verb", "count", &[]), &rows, true);
    let shown: Vec<&Datum> = answer.rows.iter().map(|row| &row[0]).collect();
    assert_eq!((shown, answer.hidden), (vec![&text("c"), &text("c")], 4));
    assert_eq!(answered(&ask("platform", "count", &[]), &rows, true).rows.len(), 3);
}

#[test]
fn values_of_one_person_are_not_for_who_may_not_read_identities() {
    for (measure, is_shown) in [
        ("first(actor)", false),
        ("last(score_scaled)", false),
        ("quantile(score_scaled,0)", false),
        ("quantile(score_scaled,1)", false),
        ("quantile(score_scaled,0.999)", false),
        ("quantile(score_scaled,0.9)", true),
        ("median(score_scaled)", true),
    ] {
        let plan = Plan::of(&ask("", measure, &[])).unwrap().hiding_small();
        assert_eq!(plan.is_ok(), is_shown, "{measure}");
        let said = plan.err().map(|error| error.to_string()).unwrap_or_default();
        assert!(is_shown || said.contains("identities/read"), "{said}");
    }
}

#[test]
fn quantiles_of_fewer_than_thirty_people_are_hidden_and_means_are_not() {
    let of = |count: i64, rows_each: usize| {
        let mut rows = vec![people("v1", 0, count); rows_each].concat();
        for row in &mut rows {
            row[at("score_scaled")] = Datum::Number(0.5);
        }
        let ask =
            ask("", "median(score_scaled),quantile(score_scaled,0.9),mean(score_scaled)", &[]);
        let answer = answered(&ask, &rows, true);
        (answer.rows[0].clone(), answer.hidden_figures)
    };
    let (null, half) = (Datum::Null, Datum::Number(0.5));
    // Many values of few people are of these people.
    for each in [1, 3] {
        assert_eq!(of(29, each), (vec![null.clone(), null.clone(), half.clone()], 2));
    }
    assert_eq!(of(30, 1), (vec![half.clone(), half.clone(), half.clone()], 0));
}

#[test]
fn a_question_beyond_a_bound_has_no_answer() {
    let rows = people("v", 0, 50);
    let bounded = |bounds, by: &str| {
        let ask = ask(by, "count,distinct(id)", &[]);
        Aggregator::of(Plan::of(&ask).unwrap(), bounds).add_rows(&rows).unwrap_err().to_string()
    };
    let all = FoldBounds::default();
    assert!(bounded(FoldBounds { groups: 49, ..all }, "actor").contains("49 groups"));
    assert!(bounded(FoldBounds { rows: 49, ..all }, "").contains("49 rows"));
    assert!(bounded(FoldBounds { bytes: 1000, ..all }, "").contains("1000 bytes"));
}

#[test]
fn what_is_no_question_is_refused_with_what_to_write() {
    for (json, says) in [
        (r#"{"dimensions":[{"column":"verbs"}]}"#, "has no column `verbs`; it has id, stored"),
        (r#"{"dimension":[]}"#, "unknown field `dimension`"),
        (r#"{"dimensions":[{"column":"timestamp","truncate":"fortnight"}]}"#, "hour, day, week"),
        (r#"{"dimensions":[{"column":"timestamp","truncate":"weekday"}]}"#, "`part` is weekday"),
        (r#"{"dimensions":[{"column":"verb","truncate":"day"}]}"#, "`verb` is no time"),
        (
            r#"{"dimensions":[{"column":"timestamp","truncate":"day","zone":"Rome"}]}"#,
            "no time zone",
        ),
        (r#"{"measures":[{"sum":"verb"}]}"#, "`verb` is no column of numbers"),
        (r#"{"measures":[{"sum":"duration_ms","mean":"duration_ms"}]}"#, "has one of count"),
        (r#"{"measures":[{}]}"#, "has one of count"),
        (r#"{"measures":[{"quantile":"duration_ms","at":2}]}"#, "0 to 1"),
        (r#"{"measures":[{"count":"statements"},{"count":"statements"}]}"#, "two columns"),
        (r#"{"order":[{"by":"people"}]}"#, "to sort by; it has count"),
        (r#"{"limit":0}"#, "1 or more"),
        (r#"{"filter":{}}"#, "one of all, any, not, column"),
        (r#"{"filter":{"column":"verb"}}"#, "has one of in, equals"),
        (r#"{"filter":{"column":"verb","from":"a","after":"b"}}"#, "one of from, after"),
        (r#"{"filter":{"column":"success","from":true}}"#, "not in between"),
        (r#"{"filter":{"column":"timestamp","from":"May"}}"#, "write 2026-01-31"),
        (r#"{"filter":{"column":"score_raw","equals":"much"}}"#, "is a number"),
    ] {
        let error =
            Ask::read(json.as_bytes()).and_then(|ask| Plan::of(&ask)).unwrap_err().to_string();
        assert!(error.contains(says), "{json}: {error}");
    }
    for text in ["verb", "=x", "verb~x"] {
        assert!(
            short::condition(text).unwrap_err().to_string().contains("is no condition"),
            "{text}"
        );
    }
    for text in ["most(actor)", "quantile(duration_ms)", "count(", "share(success)"] {
        assert!(short::measures(text).unwrap_err().to_string().contains("is no measure"), "{text}");
    }
}

#[test]
fn an_answer_is_json_csv_and_a_workbook() {
    let rows = [
        row(1, &[("verb", text("=1+1"))]),
        row(2, &[("verb", text("a,b")), ("score_raw", Datum::Number(0.5))]),
    ];
    let answer = answered(&ask("verb,day(timestamp)", "count,mean(score_raw)", &[]), &rows, false);
    let through = xapi::instant::Instant::from_micros(7);
    let json = answer.json(through);
    assert_eq!(json["columns"][1], serde_json::json!({"name": "day", "type": "date"}));
    assert_eq!(json["rows"][0], serde_json::json!(["=1+1", "1970-01-01", 1, null]));
    assert_eq!(
        (&json["through"], &json["complete"]),
        (&"1970-01-01T00:00:00.000007Z".into(), &true.into())
    );
    let csv = String::from_utf8(answer.csv().unwrap()).unwrap();
    assert_eq!(
        csv,
        "verb,day,count,mean_score_raw\n'=1+1,1970-01-01,1,\n\"a,b\",1970-01-01,1,0.5\n"
    );
    assert!(answer.xlsx().unwrap().starts_with(b"PK"));
}

#[test]
fn a_workbook_has_days_and_times_that_excel_has_no_number_for() {
    let old = Datum::Time(-3_000_000_000_000_000);
    let rows = [row(1, &[("timestamp", old)]), row(2, &[])];
    let answer = answered(&ask("timestamp,day(timestamp)", "count", &[]), &rows, false);
    assert_eq!(answer.rows[0][1], text("1874-12-07"));
    assert!(answer.xlsx().unwrap().starts_with(b"PK"));
}

#[test]
fn what_writing_an_answer_takes_is_known_before() {
    let verb = "\u{1}".repeat(2_000);
    let rows: Vec<RowOf> =
        (0..400).map(|n| row(n, &[("verb", text(&format!("{n}{verb}")))])).collect();
    for by in ["verb", "id,stored,timestamp"] {
        let answer = answered(&ask(by, "count,mean(score_raw)", &[]), &rows, false);
        let json = answer.json(xapi::instant::Instant::from_micros(7)).to_string();
        for bytes in [json.into_bytes(), answer.csv().unwrap(), answer.xlsx().unwrap()] {
            assert!(bytes.len() + answer.weight() < answer.weight_written(), "{by}");
        }
    }
}

/// More rows than a batch has, with values for every column that must have one.
fn many() -> Vec<RowOf> {
    let verb = |n: i64| text(["x", "y", "z"][usize::try_from(n / 20_000 % 3).unwrap()]);
    (0..70_000)
        .map(|n| {
            let more =
                [("success", if n % 7 == 0 { Datum::Null } else { Datum::Truth(n % 2 == 0) })];
            let more = [
                &more[..],
                &[
                    ("attachments", Datum::Count(1)),
                    ("verb", verb(n)),
                    ("actor", text(&format!("p{}", n % 100))),
                ],
            ]
            .concat();
            let score = if n % 5 == 0 {
                Datum::Null
            } else {
                Datum::Number(f64::from(i32::try_from(n).unwrap()))
            };
            row(n, &[&more[..], &[("score_raw", score), ("duration_ms", Datum::Whole(n))]].concat())
        })
        .map(|mut row| {
            for (value, column) in row.iter_mut().zip(Dataset::Statements.columns()) {
                if column.required && *value == Datum::Null {
                    *value = if column.kind == crate::DatumKind::Text {
                        text("")
                    } else {
                        Datum::Count(0)
                    };
                }
            }
            row
        })
        .collect()
}

#[test]
fn a_sealed_file_gives_the_answer_of_its_rows_whatever_is_passed_over() {
    let rows = many();
    let mut file = crate::ParquetFile::begin(Dataset::Statements, Vec::new()).unwrap();
    for row in &rows {
        file.add(row.clone()).unwrap();
    }
    let bytes = file.end().unwrap();
    let length = bytes.len() as u64;
    let file = ColumnFile::open(Box::new(std::io::Cursor::new(bytes)), length).unwrap();
    for wheres in [
        &[][..],
        &["verb=y"],
        &["verb=y", "score_raw>30000"],
        &["stored<1970-01-01"],
        &["verb=none"],
    ] {
        let ask = ask(
            "verb",
            "count,distinct(actor),sum(duration_ms),mean(score_raw),share(success=true),last(actor)",
            wheres,
        );
        let mut aggregator = Aggregator::of(Plan::of(&ask).unwrap(), FoldBounds::default());
        let mut batches = 0;
        aggregator
            .add_file(&file, |_| {
                batches += 1;
                Ok(())
            })
            .unwrap();
        assert_eq!(aggregator.end(|_| Ok(())).unwrap(), answered(&ask, &rows, false), "{wheres:?}");
        assert_eq!(batches, if wheres == ["stored<1970-01-01"] { 0 } else { 5 }, "{wheres:?}");
    }
    let broken = ColumnFile::open(Box::new(std::io::Cursor::new(b"PAR1".to_vec())), 4);
    assert!(broken.is_err());
}

#[test]
fn an_answer_is_held_to_the_bounds_while_it_is_made() {
    let long = |n: i64| text(&format!("{n}{}", "p".repeat(100_000)));
    let rows: Vec<RowOf> = (0..50).map(|n| row(n, &[("platform", long(n))])).collect();
    let by = "platform as a,platform as b,platform as c,platform as d";
    let measure = "first(platform) as e,last(platform) as f,first(platform) as g";
    let plan = Plan::of(&ask(by, measure, &[])).unwrap();
    let folded = |bytes| {
        let bounds = FoldBounds { bytes, ..FoldBounds::default() };
        let mut aggregator = Aggregator::of(plan.clone(), bounds);
        aggregator.add_rows(&rows).unwrap();
        aggregator
    };
    let mut most = 0;
    let whole = folded(usize::MAX).end(|bytes| {
        most = most.max(bytes);
        Ok(())
    });
    let weight = whole.unwrap().weight();
    assert!(weight > 30 << 20, "seven cells of each group");
    assert!(most > weight, "what the rows take is told before they are whole: {most}");
    let bounded = folded(20 << 20).end(|_| Ok(()));
    assert!(matches!(bounded, Err(FoldError::Bound(Bound::Bytes(_)))), "{bounded:?}");
}
