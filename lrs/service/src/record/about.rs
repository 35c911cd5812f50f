//! What this server is (Communication 2.8).

use serde_json::{Value, json};

/// The versions that Traccia takes, and its own. Needs no store: it can be answered while the store is away.
pub fn about() -> Value {
    json!({
        "version": ["1.0.0", "1.0.1", "1.0.2", "1.0.3", "2.0.0"],
        "extensions": {
            "https://traccia.example/extensions/server": {
                "name": "Traccia",
                "version": env!("CARGO_PKG_VERSION"),
            }
        },
    })
}
