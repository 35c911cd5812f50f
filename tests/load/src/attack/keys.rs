//! Guessing at keys, and the health check that touches the disk.

use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, ensure};

use super::request::Request;
use super::target::{Target, Volley};
use super::wire::Connection;
use crate::rounds::median;
use crate::wire::KEY;

/// Keys that are used for the first time while the attack goes on.
const NEWCOMERS: usize = 24;
/// Time between two of them.
const BETWEEN: Duration = Duration::from_millis(1500);
/// The longest that one of them may wait.
const AT_FIRST: Duration = Duration::from_secs(1);
/// Wrong secrets whose time is taken.
const TIMED: usize = 15;
/// How many times longer a refusal of a known name may take than of an unknown one, and the other way round.
const APART: f64 = 2.0;

fn whoami(key: &str) -> Vec<u8> {
    Request::new("GET", "/whoami").by(key).bytes()
}

/// Wrong secrets of the key that good clients have. It lasts longer than credentials are believed.
pub(super) async fn wrong_secrets(target: Target) -> Result<Volley> {
    let name = KEY.split_once(':').map(|(name, _)| name).context("KEY:SECRET")?;
    guesses(target, move |number| format!("{name}:wrong-{number}")).await
}

/// Secrets of ever new names: none of them is throttled, and all wait for the same queue.
pub(super) async fn new_names(target: Target) -> Result<Volley> {
    guesses(target, |number| format!("nobody-{number}:wrong")).await
}

/// Guesses, while other keys are used for the first time.
async fn guesses(
    target: Target,
    guess: impl Fn(u64) -> String + Send + Sync + 'static,
) -> Result<Volley> {
    let newcomers: Vec<String> =
        (0..NEWCOMERS).map(|number| format!("newcomer-{number}:secret-{number}")).collect();
    for key in &newcomers {
        target.add_key(key, &["statements/read"]).await?;
    }
    let guesses = target.repeat_all(150, move |number| whoami(&guess(number)));
    Ok(Box::pin(async move {
        let newcomers = async {
            let mut longest = Duration::ZERO;
            for key in newcomers {
                tokio::time::sleep(BETWEEN).await;
                let begun = Instant::now();
                let answer =
                    async { Connection::open(target.address).await?.exchange(&whoami(&key)).await };
                match answer.await {
                    Ok(answer) if answer.status == 200 => longest = longest.max(begun.elapsed()),
                    answer => {
                        let status = answer.map(|answer| answer.status);
                        return target
                            .aim(format!("a good key used for the first time: {status:?}"), false);
                    }
                }
            }
            let what = format!(
                "good keys used for the first time waited {} ms at most",
                longest.as_millis()
            );
            target.aim(what, longest <= AT_FIRST);
        };
        tokio::join!(guesses, newcomers);
    }))
}

/// One wrong secret after the other, of names that are known and of names that are not.
pub(super) fn names(target: Target) -> Volley {
    Box::pin(async move {
        let mut times = [Vec::new(), Vec::new()];
        for number in 0..TIMED {
            for (name, times) in
                ["ordinary".to_owned(), format!("unknown-{number}")].iter().zip(&mut times)
            {
                let begun = Instant::now();
                target.fire(&whoami(&format!("{name}:wrong-{number}"))).await;
                times.push(begun.elapsed().as_secs_f64() * 1000.0);
            }
        }
        let [known, unknown] = times.map(median);
        let what =
            format!("refused in {known:.1} ms where the name is known, {unknown:.1} ms where not");
        target.aim(what, known <= APART * unknown && unknown <= APART * known);
    })
}

/// The health check that asks the store.
pub(super) async fn readyz(target: Target) -> Result<Volley> {
    let request = || Request::new("GET", "/readyz");
    let answer = target.set_up(request()).await?;
    ensure!(answer.status == 200, "answered {}", answer.status);
    Ok(target.repeat(16, request().bytes()))
}
