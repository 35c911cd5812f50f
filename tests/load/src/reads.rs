//! What reading costs when ten times as much is kept: every kind of GET, on two servers that
//! stand side by side. Each query finds as many statements in the small store as in the large.

use std::time::Duration;

use anyhow::Result;
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use tempfile::TempDir;

use crate::growth::{self, fill};
use crate::process::Server;
use crate::rounds::{Aim, Effort, compare, line, note};
use crate::wire::{drive, get};
use crate::world::{self, FREQUENT_VERB, RARE_VERB, World, spread};
use crate::writes::PATH;

const SMALL: u64 = 100_000;
const LARGE: u64 = 1_000_000;
const ROUND: Duration = Duration::from_millis(500);
const CONNECTIONS: usize = 8;
/// One line per kind of GET.
pub(crate) async fn measure(effort: &Effort) -> Result<()> {
    let (small, large) = (TempDir::new()?, TempDir::new()?);
    let (few, many) = (effort.size(SMALL), effort.size(LARGE));
    let first = fill(small.path(), effort, 0..few).await?;
    for entry in std::fs::read_dir(small.path())? {
        let entry = entry?;
        std::fs::copy(entry.path(), large.path().join(entry.file_name()))?;
    }
    growth::measure(large.path(), effort, &first, few, few..many).await?;
    let small_server = Server::traccia(small.path(), &[]).await?;
    let large_server = Server::traccia(large.path(), &[]).await?;
    note(&format!("time of a GET at {many} statements / at {few}"), "");
    let world = World::new(effort);
    for query in QUERIES {
        let round = async |server: &Server, kept: u64| {
            let mut number = 0;
            let next = move |request: &mut Vec<u8>| {
                number += 1;
                *request = get(&format!("{PATH}?{}", (query.parameters)(&world, number, kept)));
            };
            drive(&server.address, CONNECTIONS, effort.round(ROUND), next).await
        };
        let on_small = async || round(&small_server, few).await;
        let on_large = async || round(&large_server, many).await;
        let compared = compare(effort.pairs, on_small, on_large).await?;
        line(
            &format!("GET {}", query.name),
            compared.ratio,
            Aim::AtMost(1.2),
            &format!("{:.0} and {:.0} requests/s", compared.theirs, compared.ours),
        );
    }
    drop(large_server);
    growth::start_after_a_kill(large.path(), effort, many).await
}

/// A kind of GET. Its parameters differ from request to request.
struct Query {
    name: &'static str,
    /// For the world, the number of the request and of the statements kept.
    parameters: fn(&World, u64, u64) -> String,
}

const QUERIES: [Query; 14] = [
    Query {
        name: "by id",
        parameters: |_, n, kept| format!("statementId={}", world::id(spread(n, 20) % kept)),
    },
    Query { name: "the newest, limit=100", parameters: |_, _, _| "limit=100".to_owned() },
    Query {
        name: "the oldest, limit=100, ascending",
        parameters: |_, _, _| "limit=100&ascending=true".to_owned(),
    },
    Query {
        name: "agent, limit=20",
        parameters: |world, n, _| format!("limit=20&agent={}", coded(&world.busy_learner(n))),
    },
    Query {
        name: "agent with related_agents, limit=20",
        parameters: |world, n, _| {
            format!("limit=20&related_agents=true&agent={}", coded(&world.busy_learner(n)))
        },
    },
    Query {
        name: "instructor with related_agents, limit=20",
        parameters: |_, n, _| {
            format!("limit=20&related_agents=true&agent={}", coded(&world::teacher(n)))
        },
    },
    Query {
        name: "frequent verb, limit=100",
        parameters: |_, _, _| format!("limit=100&verb={}", coded(FREQUENT_VERB)),
    },
    Query {
        name: "rare verb, limit=20",
        parameters: |_, _, _| format!("limit=20&verb={}", coded(RARE_VERB)),
    },
    Query {
        name: "activity, limit=20",
        parameters: |_, n, _| format!("limit=20&activity={}", coded(&world::activity(n))),
    },
    Query {
        name: "course with related_activities, limit=100",
        parameters: |_, n, _| {
            format!("limit=100&related_activities=true&activity={}", coded(&world::course(n)))
        },
    },
    Query {
        name: "agent and frequent verb, limit=10",
        parameters: |world, n, _| {
            let agent = coded(&world.busy_learner(n));
            format!("limit=10&agent={agent}&verb={}", coded(FREQUENT_VERB))
        },
    },
    Query {
        name: "course with related, and rare verb, limit=5",
        parameters: |_, n, _| {
            let (course, verb) = (coded(&world::course(n)), coded(RARE_VERB));
            format!("limit=5&related_activities=true&activity={course}&verb={verb}")
        },
    },
    Query {
        name: "registration",
        parameters: |_, n, kept| {
            format!("registration={}", world::registration(spread(n, 21) % kept))
        },
    },
    Query {
        name: "agent and verb that never meet",
        parameters: |_, n, _| {
            let (agent, verb) = (coded(&world::teacher(n)), coded(FREQUENT_VERB));
            format!("limit=10&agent={agent}&verb={verb}")
        },
    },
];

fn coded(text: &str) -> String {
    utf8_percent_encode(text, NON_ALPHANUMERIC).to_string()
}
