//! Rows of pipes to other stores: for those who manage the server.

use serde_json::json;

use super::{Row, plain, row};
use crate::may::*;
use crate::world::{Ask, World, ask};

pub(super) fn pipes() -> Vec<Row> {
    fn named(asked: Ask, name: &str) -> Ask {
        let path = asked.path.replace("{pipe}", name);
        Ask { path, ..asked }
    }
    fn made(name: &str) -> Ask {
        // It leads nowhere, and rests soon.
        let pipe = json!({"name": name, "direction": "push", "url": "https://192.0.2.1/xapi"});
        ask("POST", "/api/v1/pipes").json(&pipe)
    }
    let new = |world: &World, asked: Ask| named(asked, &format!("pipe-{}", world.next()));
    let added = |asked: &Ask| made(asked.path.split('/').nth(4).unwrap_or_default());
    let hook = |asked: &Ask| {
        let name = asked.path.split('/').nth(4).unwrap_or_default();
        let hook = json!({"name": name, "direction": "webhook", "url": "https://192.0.2.1/hook"});
        ask("POST", "/api/v1/pipes").json(&hook)
    };
    // There is no dead letter about this statement.
    let letter = |world: &World, asked: Ask| {
        let path = asked.path.replace("{statement}", &uuid::Uuid::nil().to_string());
        named(Ask { path, ..asked }, &format!("pipe-{}", world.next()))
    };
    // There is no erasure of this id.
    let erasure = |world: &World, asked: Ask| {
        let path = asked.path.replace("{erasure}", &uuid::Uuid::nil().to_string());
        named(Ask { path, ..asked }, &format!("pipe-{}", world.next()))
    };
    let changed = json!({"direction": "push", "url": "https://192.0.2.1/xapi"});
    let from = json!({"from": "2026-01-01T00:00:00Z"});
    vec![
        row("GET /api/v1/pipes", ALL, 200, plain),
        row("POST /api/v1/pipes", ALL, 201, |world, asked| Ask {
            body: made(&format!("pipe-{}", world.next())).body,
            ..asked
        }),
        row("GET /api/v1/pipes/{pipe}", ALL, 200, new).after(added),
        row("PUT /api/v1/pipes/{pipe}", ALL, 200, move |world, asked| {
            new(world, asked).json(&changed)
        })
        .after(added),
        row("DELETE /api/v1/pipes/{pipe}", ALL, 204, new).after(added),
        row("POST /api/v1/pipes/{pipe}/test", ALL, 200, new).after(added),
        row("POST /api/v1/pipes/{pipe}/pause", ALL, 200, new).after(added),
        row("POST /api/v1/pipes/{pipe}/resume", ALL, 200, new).after(added),
        row("POST /api/v1/pipes/{pipe}/replay", ALL, 200, move |world, asked| {
            new(world, asked).json(&from)
        })
        .after(added),
        row("POST /api/v1/pipes/{pipe}/signing-secret", ALL, 200, new).after(hook),
        row("GET /api/v1/pipes/{pipe}/erasures", ALL, 200, new).after(added),
        row("POST /api/v1/pipes/{pipe}/erasures/{erasure}", ALL, 404, erasure).after(added),
        row("DELETE /api/v1/pipes/{pipe}/erasures/{erasure}", ALL, 404, erasure).after(added),
        row("GET /api/v1/pipes/{pipe}/dead-letters", ALL, 200, new).after(added),
        row("POST /api/v1/pipes/{pipe}/dead-letters/{statement}", ALL, 404, letter).after(added),
        row("DELETE /api/v1/pipes/{pipe}/dead-letters/{statement}", ALL, 404, letter).after(added),
    ]
}
