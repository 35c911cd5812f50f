//! The public functions, as the server calls them.

use std::collections::HashSet;

use serde_json::json as value;
use validator::{MOST_VIOLATIONS, Version, check, check_agent, check_batch, ifi, json};

const STATEMENT: &str = r#"{"actor":{"mbox":"mailto:a@example.it"},
  "verb" : {"id":"http:\/\/example.it\/read"}, "object":{"id":"http://example.it/1"},
  "result":{"score":{"raw":1.00}}}"#;

#[test]
fn text_is_kept_byte_for_byte() {
    let body = format!("\n {STATEMENT} \n");
    let statement = check(body.as_bytes(), Version::V1_0_3).unwrap();
    assert_eq!(statement.text(), STATEMENT);
    assert_eq!(statement.id(), None);
    assert_eq!(statement.value()["verb"]["id"], "http://example.it/read");
    let batch = format!("[{STATEMENT},\n{STATEMENT}]");
    let batch = check_batch(batch.as_bytes(), Version::V2_0_0).unwrap();
    assert!(batch.is_array);
    assert!(batch.statements.iter().all(|statement| statement.text() == STATEMENT));
}

#[test]
fn all_violations_of_all_statements_are_reported_in_order() {
    let body = format!(
        "[{STATEMENT},\n{{\"actor\":{{}},\"verb\":{{}},\"object\":null}},\n7,\n\
         {{\"id\":1,\"id\":2}},{STATEMENT}]"
    );
    let report = check_batch(body.as_bytes(), Version::V1_0_3).unwrap_err();
    let found: Vec<_> = report
        .violations
        .iter()
        .map(|v| (v.statement.unwrap(), v.rule.id, v.pointer.as_str(), v.line, v.column))
        .collect();
    assert_eq!(
        found,
        [
            (1, "agent-ifi", "/actor", 4, 10),
            (1, "verb-id-required", "/verb", 4, 20),
            (1, "json-null", "/object", 4, 32),
            (2, "statement-not-object", "", 5, 1),
            (3, "json-duplicate-key", "/id", 6, 9),
        ]
    );
    assert!(report.to_string().starts_with("4:10: agent-ifi: there is no identifier (/actor); "));
}

#[test]
fn messages_do_not_quote_who_a_statement_is_about() {
    let body = STATEMENT.replace("mailto:a@example.it", "maria.rossi@example.it");
    let report = check(body.as_bytes(), Version::V1_0_3).unwrap_err();
    assert_eq!(report.violations[0].message, "this text of 22 characters is no mailto: IRI");
}

#[test]
fn a_batch_is_no_single_statement() {
    let report = check(b"[]", Version::V1_0_3).unwrap_err();
    assert_eq!(report.violations[0].rule.id, "statement-not-object");
    assert_eq!(check_batch(b"[]", Version::V1_0_3).unwrap().statements, []);
}

#[test]
fn agents_of_queries_have_exactly_one_identifier() {
    let agent = |agent: serde_json::Value| {
        check_agent(agent.to_string().as_bytes(), Version::V2_0_0)
            .map(|agent| ifi::of(&agent).unwrap().to_string())
            .map_err(|report| report.violations[0].rule.id)
    };
    let account = value!({"homePage": "http://example.it", "name": "7"});
    assert_eq!(agent(value!({"account": account})).unwrap(), "account::7@http://example.it");
    assert!(agent(value!({"objectType": "Group", "mbox": "mailto:g@example.it"})).is_ok());
    assert_eq!(agent(value!({"objectType": "Group", "member": []})), Err("agent-ifi"));
    assert_eq!(agent(value!({"name": "Anna"})), Err("agent-ifi"));
    assert_eq!(agent(value!([])), Err("value-type"));
}

#[test]
fn a_body_full_of_violations_is_told_the_first_thousand() {
    let many = format!("[{}7]", "7,".repeat(50_000));
    let report = check_batch(many.as_bytes(), Version::V1_0_3).unwrap_err();
    assert_eq!(report.violations.len(), MOST_VIOLATIONS);
    assert_eq!(report.violations[999].statement, Some(999));
    let twice = format!("{{{}}}", vec![r#""a":0"#; 50_000].join(","));
    let report = check(twice.as_bytes(), Version::V1_0_3).unwrap_err();
    assert_eq!(report.violations.len(), MOST_VIOLATIONS);
    assert_eq!(report.violations[0].column, 8);
}

#[test]
fn the_pointer_of_a_value_far_inside_ends_where_it_would_be_long() {
    let key = "k".repeat(100_000);
    let text = format!(r#"{{"a":{{"{key}":{{"b":1,"b":2,"b":3}}}}}}"#);
    let report = json::parse(text.as_bytes()).unwrap_err();
    let pointers: Vec<_> = report.violations.iter().map(|it| it.pointer.as_str()).collect();
    assert_eq!(pointers, ["/a", "/a"]);
    assert!(report.violations[1].column > report.violations[0].column);
}

#[test]
fn of_a_statement_with_very_many_values_the_first_violation_is_told() {
    let unknown: Vec<_> = (0..20_000).map(|number| format!("\"x{number}\":0")).collect();
    let body = format!("{{{}}}", unknown.join(","));
    let report = check(body.as_bytes(), Version::V1_0_3).unwrap_err();
    let rules: HashSet<_> = report.violations.iter().map(|it| it.rule.id).collect();
    assert_eq!(rules.len(), 1);
    let body = format!("{{{}}}", unknown[..500].join(","));
    let report = check(body.as_bytes(), Version::V1_0_3).unwrap_err();
    assert_eq!(report.violations.len(), 503);
}
