//! What validation costs beyond reading the JSON.

use std::hint::black_box;
use std::time::{Duration, Instant};

use anyhow::{Result, anyhow};
use serde_json::Value;
use validator::{Version, check};

use crate::rounds::{Aim, Effort, compare, line};
use crate::world::World;

const SMALL: &str = include_str!("../../../validator/tests/corpus/valid/smallest.json");
const FULL: &str = include_str!("../../../validator/tests/corpus/valid/full.json");
/// Short, so that the two sides see the same machine; never shorter, or it shows chance.
const ROUND: Duration = Duration::from_millis(100);

/// One line for each size of statement.
pub(crate) async fn measure(effort: &Effort) -> Result<()> {
    let as_sent = World::new(effort).statement(0);
    for (name, text) in [("small", SMALL), ("Moodle-like", &as_sent), ("full", FULL)] {
        let text = serde_json::from_str::<Value>(text)?.to_string().into_bytes();
        check(&text, Version::V1_0_3).map_err(|report| anyhow!("{name}: {report:?}"))?;
        let checked = async || {
            Ok(per_second(ROUND, || {
                let _ = black_box(check(black_box(&text), Version::V1_0_3));
            }))
        };
        let parsed = async || {
            Ok(per_second(ROUND, || {
                let _ = black_box(serde_json::from_slice::<Value>(black_box(&text)));
            }))
        };
        let compared = compare(effort.pairs, checked, parsed).await?;
        let micros = |per_second: f64| 1e6 / per_second;
        line(
            &format!("validation of a {name} statement / parsing it"),
            1.0 / compared.ratio - 1.0,
            Aim::AtMost(1.0),
            &format!(
                "{:.1} µs beyond {:.1} µs, {} bytes",
                micros(compared.ours) - micros(compared.theirs),
                micros(compared.theirs),
                text.len()
            ),
        );
    }
    Ok(())
}

fn per_second(length: Duration, mut work: impl FnMut()) -> f64 {
    let begun = Instant::now();
    let mut done = 0_u32;
    while begun.elapsed() < length {
        for _ in 0..100 {
            work();
        }
        done += 100;
    }
    f64::from(done) / begun.elapsed().as_secs_f64()
}
