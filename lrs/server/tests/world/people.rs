//! Learners: few people, whose names wander among them.

use std::fmt::Write as _;

use serde_json::{Value, json};
use sha1::{Digest, Sha1};

use super::Tape;
use crate::naive::{Person, Record};

pub(crate) const REGIONS: [&str; 3] = ["Umbria", "Lombardia", ""];
pub(crate) const BODIES: [(&str, &str); 3] =
    [("Comune di Perugia", "054039"), ("Comune di Spello", "054050"), ("", "")];

/// How lists write the identifiers that there are; the last is the hash of an address before.
fn pool() -> [String; 9] {
    [
        "account:https://c.example|0".into(),
        "mailto:u0@comune.example".into(),
        "account:https://c.example|1".into(),
        "mailto:u1@comune.example".into(),
        "openid:https://id.example/2".into(),
        "mailto:u2@comune.example".into(),
        format!("mbox_sha1sum:{}", sha1("mailto:u3@comune.example")),
        "account:https://d.example|0".into(),
        format!("mbox_sha1sum:{}", sha1("mailto:u1@comune.example")),
    ]
}

/// The agents that an identifier of the pool means.
pub(crate) fn forms(identifier: usize) -> Vec<Value> {
    let account = |home: &str, name: &str| json!({"account": {"homePage": home, "name": name}});
    let mbox =
        |address: &str| vec![json!({"mbox": address}), json!({"mbox_sha1sum": sha1(address)})];
    match identifier {
        0 => vec![account("https://c.example", "0")],
        1 => mbox("mailto:u0@comune.example"),
        2 => vec![account("https://c.example", "1")],
        3 => mbox("mailto:u1@comune.example"),
        4 => vec![json!({"openid": "https://id.example/2"})],
        5 => mbox("mailto:u2@comune.example"),
        6 => vec![json!({"mbox_sha1sum": sha1("mailto:u3@comune.example")})],
        7 => vec![account("https://d.example", "0")],
        _ => vec![json!({"mbox_sha1sum": sha1("mailto:u1@comune.example")})],
    }
}

pub(crate) fn sha1(text: &str) -> String {
    let digest = Sha1::digest(text.as_bytes());
    digest.iter().fold(String::new(), |hex, byte| format!("{hex}{byte:02x}"))
}

pub(super) fn id(tape: &mut Tape<'_>) -> String {
    format!("u{}", tape.draw(6))
}

/// Up to six learners; of a whole list, each identifier is somebody's.
pub(super) fn list(tape: &mut Tape<'_>, whole: bool) -> Vec<Record> {
    let mut identifiers: Vec<Vec<usize>> = vec![Vec::new(); 6];
    for identifier in 0..8 {
        if whole || tape.once_in(3) {
            let among = if whole && tape.once_in(2) { 6 } else { 2 };
            identifiers[tape.draw(among)].push(identifier);
        }
    }
    if tape.once_in(8) {
        identifiers[tape.draw(6)].push(8);
    }
    let mut list = Vec::new();
    for (n, identifiers) in identifiers.into_iter().enumerate() {
        let (body, istat) = tape.pick(&BODIES);
        let person = Person {
            id: format!("u{n}"),
            region: tape.pick(&REGIONS),
            body,
            istat,
            role: tape.pick(&["manager", "official"]),
            office: tape.pick(&["", "tributi"]),
            edition: tape.pick(&["", "e1", "e2"]),
            ..Person::default()
        };
        if !identifiers.is_empty() {
            list.push(Record { person, identifiers });
        }
    }
    list
}

pub(crate) fn list_file(list: &[Record]) -> String {
    let mut csv = String::from("identifiers,region,body,istat,role,office,edition,learner\n");
    let pool = pool();
    for Record { person, identifiers } in list {
        let identifiers: Vec<&str> = identifiers.iter().map(|n| pool[*n].as_str()).collect();
        let Person { id, region, body, istat, role, office, edition, .. } = person;
        let identifiers = identifiers.join(";");
        writeln!(csv, "{identifiers},{region},{body},{istat},{role},{office},{edition},{id}")
            .unwrap();
    }
    csv
}
