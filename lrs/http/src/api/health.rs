//! Whether the server lives and can work.

use std::sync::Arc;
use std::time::{Duration, Instant};

use axum::Json;
use axum::extract::State;
use axum::http::Extensions;
use serde::Serialize;
use tokio::sync::Mutex;
use utoipa::ToSchema;

use crate::answered::proxies::Unnamed;
use crate::problem::Problem;
use crate::state::Server;

/// A server that answers.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Health {
    status: &'static str,
    /// What an administrator should look at, though the server works.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    warnings: Vec<String>,
}

/// Answers as long as the process does. A warning tells whoever asks through a proxy that the settings do not name it.
#[utoipa::path(get, path = "/healthz", tag = "health", responses((status = 200, body = Health)))]
pub async fn live(extensions: Extensions) -> Json<Health> {
    let unnamed =
        || "a proxy that `trusted_proxies` does not name passed this request on".to_owned();
    let warnings = extensions.get::<Unnamed>().map(|_| unnamed()).into_iter().collect();
    Json(Health { status: "ok", warnings })
}

/// How long an answer is repeated.
const REPEATED: Duration = Duration::from_secs(1);

/// Whether the store works. Finding out commits to the disk, so that the store is asked once at a
/// time, and once a second, however many ask and go away.
#[derive(Debug, Default)]
pub struct Readiness(Arc<Mutex<Option<Found>>>);

#[derive(Debug)]
struct Found {
    answer: Result<Health, Problem>,
    until: Instant,
}

impl Readiness {
    /// What was found within the last second, or what `find` finds now.
    async fn found(
        &self,
        find: impl Future<Output = Result<Health, Problem>> + Send + 'static,
        now: impl Fn() -> Instant + Send + 'static,
    ) -> Result<Health, Problem> {
        let last = Arc::clone(&self.0);
        // A task of its own: a request that is cut off leaves its answer to the next.
        let found = tokio::spawn(async move {
            let mut last = last.lock().await;
            if let Some(found) = last.as_ref().filter(|found| found.until > now()) {
                return found.answer.clone();
            }
            let answer = find.await;
            *last = Some(Found { answer: answer.clone(), until: now() + REPEATED });
            answer
        });
        found.await.unwrap_or_else(|_| Err(Problem::stopped()))
    }
}

/// Answers 200 when the store reads and writes, with warnings where something is wrong beside that;
/// 503 when it does not, or was found to be damaged: as was found within the last second.
#[utoipa::path(get, path = "/readyz", tag = "health",
    responses((status = 200, body = Health), (status = 503, body = Problem)))]
pub async fn ready(State(server): State<Server>) -> Result<Json<Health>, Problem> {
    let asked = server.clone();
    let find = async move {
        asked.record.ping().await.map_err(Problem::not_ready)?;
        let ahead = asked.record.stored_ahead().await?;
        let warnings = ahead.iter().map(ToString::to_string).collect();
        Ok(Health { status: "ok", warnings })
    };
    server.readiness.found(find, Instant::now).await.map(Json)
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};

    use futures::FutureExt as _;
    use futures::future::join_all;

    use super::*;

    /// Counts how often the store is asked.
    #[derive(Clone, Default)]
    struct Asked(Arc<AtomicUsize>);

    impl Asked {
        async fn find(self, problem: Option<Problem>) -> Result<Health, Problem> {
            self.0.fetch_add(1, Ordering::Relaxed);
            tokio::task::yield_now().await;
            problem.map_or(Ok(Health { status: "ok", warnings: Vec::new() }), Err)
        }

        fn count(&self) -> usize {
            self.0.load(Ordering::Relaxed)
        }
    }

    #[tokio::test]
    async fn the_store_is_asked_once_a_second_however_many_ask() {
        let (ready, asked, begin) = (Readiness::default(), Asked::default(), Instant::now());
        let after = |millis| move || begin + Duration::from_millis(millis);
        let all = (0..100).map(|_| ready.found(asked.clone().find(None), after(0)));
        assert!(join_all(all).await.into_iter().all(|answer| answer.is_ok()));
        ready.found(asked.clone().find(None), after(999)).await.unwrap();
        assert_eq!(asked.count(), 1);
        for _ in 0..2 {
            let problem = Some(Problem::stopped());
            let answer = ready.found(asked.clone().find(problem), after(1_000)).await;
            assert_eq!(answer.unwrap_err().status(), 500);
        }
        assert_eq!(asked.count(), 2);
    }

    #[tokio::test]
    async fn a_request_that_goes_away_leaves_its_answer_to_the_next() {
        let (ready, asked, now) = (Readiness::default(), Asked::default(), Instant::now());
        for _ in 0..10 {
            let mut gone = ready.found(asked.clone().find(None), move || now).boxed();
            assert!((&mut gone).now_or_never().is_none());
        }
        ready.found(asked.clone().find(None), move || now).await.unwrap();
        assert_eq!(asked.count(), 1);
    }
}
