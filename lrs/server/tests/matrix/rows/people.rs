//! Rows of people and their sessions, of statements that they read, and of refusals.

use serde_json::json;

use super::{Row, plain, row};
use crate::may::*;
use crate::world::{Ask, COURSE, World, ask, statement};

/// Why requests were refused: of all keys for who may read all statements, else of the key itself.
pub(super) fn refusals() -> Vec<Row> {
    const ONE: &str = "GET /api/v1/refusals/{refusal}";
    const TEST: &str = "POST /api/v1/refusals/{refusal}/test";
    // There is none of this id: who may see refusals is told so.
    let none = |_: &World, asked: Ask| {
        let path = asked.path.replace("{refusal}", &uuid::Uuid::nil().to_string());
        Ask { path, ..asked }
    };
    vec![
        row("GET /api/v1/refusals", SENT_OR_READ, 200, plain),
        row(ONE, SENT_OR_READ, 404, none),
        row(TEST, SENT_OR_READ, 404, none),
    ]
}

/// Rules that write statements.
pub(super) fn reactions() -> Vec<Row> {
    const ONE: &str = "GET /api/v1/reactions/{name}";
    fn rule() -> serde_json::Value {
        json!({
            "course": COURSE,
            "when": {"event": "course-completed"},
            "statement": {"verb": {"id": "https://example.org/verbs/earned"}},
            "paused": true,
        })
    }
    let new = |world: &World, asked: Ask| {
        let path = asked.path.replace("{name}", &format!("r{}", world.next()));
        Ask { path, ..asked }
    };
    let made = |asked: &Ask| {
        let name = asked.path.rsplit('/').next().unwrap_or_default();
        ask("PUT", &format!("/api/v1/reactions/{name}")).json(&rule())
    };
    vec![
        row("GET /api/v1/reactions", ALL, 200, plain),
        row(ONE, ALL, 404, new),
        row("PUT /api/v1/reactions/{name}", ALL, 200, move |world, asked| {
            new(world, asked).json(&rule())
        }),
        row("DELETE /api/v1/reactions/{name}", ALL, 204, new).after(made),
        row("POST /api/v1/reactions/{name}/dry-run", ALL, 200, move |world, asked| {
            new(world, asked).json(&rule())
        }),
    ]
}

/// Statements that are checked, and statements as they come.
pub(super) fn watched() -> Vec<Row> {
    const LIVE: &str = "GET /api/v1/statements/live";
    vec![
        row("POST /api/v1/statements/check", SENT_OR_READ, 200, |_, asked| {
            asked.json(&statement())
        }),
        row(LIVE, PAGES, 200, plain),
        row(LIVE, COURSES, 200, |_, asked| asked.with("course", COURSE)).of("of a course"),
    ]
}

pub(super) fn people() -> Vec<Row> {
    fn named(asked: Ask, name: &str) -> Ask {
        let path = asked.path.replace("{name}", name);
        Ask { path, ..asked }
    }
    fn made(name: &str) -> Ask {
        ask("POST", "/api/v1/people").json(&json!({"name": name, "role": "designer"}))
    }
    let new = |world: &World, asked: Ask| named(asked, &format!("p{}", world.next()));
    let added = |asked: &Ask| made(asked.path.split('/').nth(4).unwrap_or_default());
    let changed = json!({"role": "data_reader", "label": "x"});
    vec![
        row("GET /api/v1/people", ALL, 200, plain),
        row("POST /api/v1/people", ALL, 201, |world, asked| Ask {
            body: made(&format!("p{}", world.next())).body,
            ..asked
        }),
        row("GET /api/v1/people/{name}", ALL, 200, |_, asked| named(asked, "learner")),
        row("PUT /api/v1/people/{name}", ALL, 200, move |world, asked| {
            new(world, asked).json(&changed)
        })
        .after(added),
        row("DELETE /api/v1/people/{name}", ALL, 204, new).after(added),
        row("POST /api/v1/people/{name}/invitation", ALL, 201, new).after(added),
        row("GET /api/v1/roles", KEYS, 200, plain),
        row("GET /api/v1/audit", ALL, 200, plain),
        row("GET /api/v1/audit/verification", ALL, 200, plain),
        row("POST /api/v1/dossiers", ALL, 200, |_, asked| {
            asked.json(&json!({"identifier": "mailto:nobody@x.example"}))
        }),
        row("GET /api/v1/retention", ALL, 200, plain),
        row("PUT /api/v1/retention", ALL, 200, |_, asked| asked.json(&json!({"rules": []}))),
        row("POST /api/v1/retention/dry-run", ALL, 200, |_, asked| {
            asked.json(&json!({"rules": [{"days": 36_500}]}))
        }),
        row("GET /api/v1/erasures", ALL, 200, plain),
        row("POST /api/v1/erasures", ALL, 200, |_, asked| {
            asked.with("dry_run", "true").json(&json!({"identifier": "mailto:nobody@x.example"}))
        })
        .of("a dry run"),
        row("POST /api/v1/erasures", ERASE, 202, |_, asked| {
            asked.json(&json!({"identifier": "mailto:nobody@x.example", "reason": "12/2026"}))
        }),
        row("GET /api/v1/erasures/{erasure}", ALL, 404, |_, asked| {
            let path = asked.path.replace("{erasure}", &uuid::Uuid::nil().to_string());
            Ask { path, ..asked }
        }),
    ]
}

pub(super) fn sessions() -> Vec<Row> {
    let wrong = || json!({"password": "not the one"});
    let known: &'static [&'static str] = &[
        "all",
        "administrator",
        "national_coordinator",
        "regional_coordinator",
        "designer",
        "data_reader",
        "learner",
    ];
    vec![
        row("GET /api/v1/session", KEYS, 200, plain),
        row("DELETE /api/v1/session", PEOPLE, 204, plain),
        row("POST /api/v1/sessions", EVERYBODY, 401, |world, asked| {
            let name = format!("nobody{}", world.next());
            asked.json(&json!({"name": name, "password": "cavallo e batteria"}))
        }),
        row("GET /api/v1/sessions", PEOPLE, 200, plain),
        row("GET /api/v1/sessions", ALL, 200, |_, asked| asked.with("person", "learner"))
            .of("another's")
            .but(&[("learner", 200)]),
        row("DELETE /api/v1/sessions/{id}", known, 404, plain),
        // Who is signed in is told that the password is not theirs.
        row("PUT /api/v1/session/password", PEOPLE, 401, |_, asked| {
            asked.json(&json!({"old": "not the one", "new": "cavallo e batteria"}))
        }),
        row("POST /api/v1/session/totp", PEOPLE, 201, plain),
        row("PUT /api/v1/session/totp", PEOPLE, 400, |_, asked| asked.json(&json!({"code": "0"}))),
        row("DELETE /api/v1/session/totp", PEOPLE, 401, move |_, asked| asked.json(&wrong())),
        row("GET /api/v1/setup", EVERYBODY, 200, plain),
        row("GET /api/v1/sign-in", EVERYBODY, 200, plain),
        // No provider is in the settings of this server.
        row("GET /api/v1/oidc/{id}/start", EVERYBODY, 404, plain),
        row("GET /api/v1/oidc/{id}/callback", EVERYBODY, 404, plain),
        row("POST /api/v1/setup", EVERYBODY, 410, |_, asked| {
            asked.json(&json!({"token": "x", "name": "x", "password": "cavallo e batteria"}))
        }),
        row("POST /api/v1/invitations", EVERYBODY, 410, |_, asked| {
            asked.json(&json!({"token": "x", "password": "cavallo e batteria"}))
        }),
    ]
}

pub(super) fn statements() -> Vec<Row> {
    vec![
        row("GET /api/v1/statements", PAGES, 200, plain),
        row("GET /api/v1/statements", PAGES_ALL, 200, |world, asked| {
            asked.with("statementId", world.foreign.clone())
        })
        .of("another's")
        .but(&[("statements/read/mine", 404)]),
        row("GET /api/v1/my/courses", &["learner"], 200, plain),
        row("GET /api/v1/my/statements", &["learner"], 200, plain),
        row("GET /api/v1/my/export", &["learner"], 200, plain),
    ]
}
