//! What playing packages costs: their files against tower-http's file service, and what a player commits against a POST of
//! the statements that it makes.

use std::cell::Cell;
use std::path::Path;
use std::rc::Rc;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result};
use axum::Router;
use serde_json::{Value, json};
use tempfile::TempDir;
use tokio::net::TcpListener;
use tokio::task::LocalSet;
use tower_http::services::ServeDir;
use uuid::Uuid;

use crate::packages;
use crate::process::Server;
use crate::rounds::{Aim, Effort, compare, line};
use crate::wire::{Connection, drive, get, post};

/// Makes this program be a file service on the folder that follows.
pub(crate) const ARGUMENT: &str = "file-service";

/// Files of the package, each of 48 kB.
const FILES: u64 = 400;
/// Learners who play at once: what a launch commits is bounded.
const LEARNERS: usize = 512;
const CONNECTIONS: usize = 32;
const ROUND: Duration = Duration::from_secs(2);
/// Learners who play as a class does: each commits every ten seconds.
const CLASS: usize = 500;
const BETWEEN_COMMITS: Duration = Duration::from_secs(10);
/// Connections that their commits come on, evenly.
const CLASS_CONNECTIONS: usize = 25;
/// How long the class plays; never less than a second, which is what the clock of processes can tell.
const CLASS_TIME: Duration = Duration::from_secs(40);
/// How many ticks of `/proc/PID/stat` a second has (`USER_HZ`).
const TICKS: f64 = 100.0;
/// The host name that packages are served on.
const CONTENT: &str = "content.localhost";

/// Serves the files of a folder until killed, on threads as Traccia does.
#[tokio::main]
pub(crate) async fn serve(folder: &str) -> Result<()> {
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    println!("The file service listens on http://{}", listener.local_addr()?);
    axum::serve(listener, Router::new().fallback_service(ServeDir::new(folder))).await?;
    Ok(())
}

/// Four lines: whole files, parts of files, commits, and what a class takes of the machine.
pub(crate) async fn measure(effort: &Effort) -> Result<()> {
    let folder = TempDir::new()?;
    let zip = folder.path().join("package.zip");
    packages::write(&zip, FILES)?;
    let traccia = Server::traccia(&folder.path().join("data"), &[]).await?;
    let bytes = std::fs::read(&zip)?;
    import(&traccia, &bytes).await?;
    let unpacked = folder.path().join("unpacked");
    zip::ZipArchive::new(std::io::Cursor::new(bytes))?.extract(&unpacked)?;
    files(effort, &traccia, &unpacked).await?;
    commits(effort, &traccia).await
}

async fn import(traccia: &Server, zip: &[u8]) -> Result<()> {
    let length = zip.len();
    let mut request = post("/api/v1/packages?name=bench", "");
    let head = String::from_utf8(std::mem::take(&mut request))?;
    let head = head.replace("Content-Length: 0", &format!("Content-Length: {length}"));
    let head = head.replace("Content-Type: application/json", "Content-Type: application/zip");
    let mut request = head.into_bytes();
    request.extend_from_slice(zip);
    Connection::open(&traccia.address).await?.exchange(&request).await?;
    Ok(())
}

async fn asked(traccia: &Server, request: &[u8]) -> Result<Value> {
    let mut connection = Connection::open(&traccia.address).await?;
    Ok(serde_json::from_slice(connection.exchange(request).await?)?)
}

async fn files(effort: &Effort, traccia: &Server, unpacked: &Path) -> Result<()> {
    let preview = post("/api/v1/packages/bench/launches", &json!({"preview": true}).to_string());
    let launched = asked(traccia, &preview).await?;
    let files = launched.get("files").and_then(Value::as_str).context("no files")?;
    let root = files.split_once("/p/").context("no key")?.1.trim_end_matches('/').to_owned();
    let theirs = Server::file_service(unpacked)?;
    for (what, range) in [("whole files", ""), ("parts of files", "Range: bytes=1000-2999\r\n")] {
        let round = async |server: &Server, root: &str| {
            let (root, next) = (root.to_owned(), Cell::new(0_u64));
            let next = move |request: &mut Vec<u8>| {
                let file = next.replace(next.get() + 1) % FILES;
                let end = if file.is_multiple_of(5) { "js" } else { "jpg" };
                *request = format!(
                    "GET {root}/content/{file}.{end} HTTP/1.1\r\nHost: {CONTENT}\r\n{range}\r\n"
                )
                .into_bytes();
            };
            drive(&server.address, CONNECTIONS, effort.round(ROUND), next).await
        };
        let ours = format!("/p/{root}");
        let compared = compare(
            effort.pairs,
            async || round(traccia, &ours).await,
            async || round(&theirs, "").await,
        );
        let compared = compared.await?;
        line(
            &format!("{what} of a package / tower-http's file service"),
            compared.ratio,
            Aim::AtLeast(0.5),
            &format!("{:.0} against {:.0} requests/s", compared.ours, compared.theirs),
        );
    }
    Ok(())
}

/// A learner's browser.
struct Player {
    token: String,
    session: Uuid,
    sequence: Cell<u64>,
}

impl Player {
    async fn begin(traccia: &Server, number: usize) -> Result<Self> {
        let learner = json!({"actor": {"mbox": format!("mailto:l{number}@example.org")}});
        let launch = post("/api/v1/packages/bench/launches", &learner.to_string());
        let launched = asked(traccia, &launch).await?;
        let token = launched.get("token").and_then(Value::as_str).context("no token")?.to_owned();
        let player = Self { token, session: Uuid::new_v4(), sequence: Cell::new(0) };
        asked(traccia, &player.request(&json!({"begin": true}))).await?;
        Ok(player)
    }

    fn request(&self, more: &Value) -> Vec<u8> {
        let mut commit = json!({"session": self.session, "sequence": self.sequence.get(),
            "sco": "I", "at": "2026-01-01T00:00:00Z"});
        if let (Some(members), Some(more)) = (commit.as_object_mut(), more.as_object()) {
            members.extend(more.clone());
        }
        let (body, token) = (commit.to_string(), &self.token);
        let length = body.len();
        format!(
            "POST /launch/{token}/commit HTTP/1.1\r\nHost: {CONTENT}\r\nContent-Type: text/plain\r\n\
             Content-Length: {length}\r\n\r\n{body}"
        )
        .into_bytes()
    }

    /// A commit with a new score and more suspended data, which makes one statement.
    fn next(&self) -> Vec<u8> {
        let sequence = self.sequence.get() + 1;
        self.sequence.set(sequence);
        let raw = (sequence % 100).to_string();
        let core = json!({"lesson_status": "incomplete", "score": {"raw": raw, "min": "0", "max": "100"},
            "session_time": "00:05:00", "lesson_location": raw});
        self.request(&json!({"cmi": {"core": core, "suspend_data": "x".repeat(1000)}}))
    }
}

/// The statement that such a commit makes.
fn statement(number: u64) -> String {
    let course = "urn:traccia:package:bench";
    json!({
        "id": Uuid::new_v4(),
        "actor": {"mbox": format!("mailto:l{}@example.org", number % 512)},
        "verb": {"id": "http://adlnet.gov/expapi/verbs/scored", "display": {"en": "scored"}},
        "object": {"id": format!("{course}/I"), "definition":
            {"type": "http://adlnet.gov/expapi/activities/lesson", "name": {"und": "I"}}},
        "result": {"score": {"scaled": 0.5, "raw": 50, "min": 0, "max": 100}},
        "timestamp": "2026-01-01T00:00:00.000Z",
        "context": {"registration": Uuid::from_u128(u128::from(number % 512)), "contextActivities": {
            "category": [{"id": "https://w3id.org/xapi/scorm"}],
            "grouping": [{"id": course}, {"id": format!("{course}/I?attemptId={}", number % 512)}]}},
    })
    .to_string()
}

async fn commits(effort: &Effort, traccia: &Server) -> Result<()> {
    let mut players = Vec::new();
    for number in 0..LEARNERS {
        players.push(Player::begin(traccia, number).await?);
    }
    let players = Rc::new(players);
    class(effort, traccia, &players).await?;
    let ours = async || {
        let (players, turn) = (Rc::clone(&players), Cell::new(0));
        let next = move |request: &mut Vec<u8>| {
            let at = turn.replace(turn.get() + 1) % LEARNERS;
            if let Some(player) = players.get(at) {
                *request = player.next();
            }
        };
        drive(&traccia.address, CONNECTIONS, effort.round(ROUND), next).await
    };
    let numbers = Rc::new(Cell::new(0_u64));
    let theirs = async || {
        let numbers = Rc::clone(&numbers);
        let next = move |request: &mut Vec<u8>| {
            *request = post("/xapi/statements", &statement(numbers.replace(numbers.get() + 1)));
        };
        drive(&traccia.address, CONNECTIONS, effort.round(ROUND), next).await
    };
    let compared = compare(effort.pairs, ours, theirs).await?;
    // A commit may cost 1.5 times a POST: of as many POSTs as there could be, two thirds.
    line(
        "commits of a player / POSTs of their statements",
        compared.ratio,
        Aim::AtLeast(1.0 / 1.5),
        &format!("{:.0} against {:.0} requests/s", compared.ours, compared.theirs),
    );
    // The connection's answers are read; what was kept is what the two sides have in common.
    asked(traccia, &get("/xapi/about")).await.map(drop)
}

/// How much of one processor the server takes while 500 learners commit every ten seconds.
async fn class(effort: &Effort, traccia: &Server, players: &Rc<Vec<Player>>) -> Result<()> {
    let length = effort.round(CLASS_TIME).max(Duration::from_secs(4));
    let between = BETWEEN_COMMITS * u32::try_from(CLASS_CONNECTIONS)? / u32::try_from(CLASS)?;
    let tasks = LocalSet::new();
    let (begun, before) = (Instant::now(), ticks(traccia)?);
    let clients = (0..CLASS_CONNECTIONS).map(|first| {
        let (players, address) = (Rc::clone(players), traccia.address.clone());
        tasks.spawn_local(async move {
            let mut connection = Connection::open(&address).await?;
            let mut due = tokio::time::interval(between);
            let own = players.iter().take(CLASS).skip(first).step_by(CLASS_CONNECTIONS);
            let mut sent = 0_u32;
            for player in own.cycle() {
                due.tick().await;
                if begun.elapsed() >= length {
                    break;
                }
                connection.exchange(&player.next()).await?;
                sent += 1;
            }
            anyhow::Ok(sent)
        })
    });
    let clients: Vec<_> = clients.collect();
    let sent = tasks.run_until(async {
        let mut sent = 0;
        for client in clients {
            sent += client.await??;
        }
        anyhow::Ok(sent)
    });
    let sent = sent.await?;
    let seconds = begun.elapsed().as_secs_f64();
    let taken = (ticks(traccia)? - before) / TICKS / seconds;
    line(
        "500 learners who commit every 10 s, in processors",
        taken,
        Aim::AtMost(0.5),
        &format!("{:.0} commits/s for {seconds:.0} s", f64::from(sent) / seconds),
    );
    Ok(())
}

/// How many ticks of processors a server has taken so far.
fn ticks(server: &Server) -> Result<f64> {
    let process = server.process().as_raw_nonzero();
    let stat = std::fs::read_to_string(format!("/proc/{process}/stat"))?;
    // The name of the program is in parentheses, and may hold anything.
    let (_, fields) = stat.rsplit_once(')').context("no stat")?;
    let taken = fields.split_whitespace().skip(11).take(2).map(str::parse::<f64>);
    Ok(taken.sum::<Result<f64, _>>()?)
}
