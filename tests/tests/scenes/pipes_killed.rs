//! The program is killed (SIGKILL) at every step of a pull and of a push, and started again: nothing is lost and nothing is
//! there twice.
//!
//! The steps are before and after each request to the other store, after each write of statements, of dead letters, and of
//! the cursor. While the program is down, there is more to send or to fetch.

use std::collections::BTreeSet;
use std::time::Duration;

use e2e::{Client, Multipart, Setup, Statement, Traccia, eventually, new_id, sha2_hex};
use programs::fresh_database;
use serde_json::{Value, json};

const SOON: Duration = Duration::from_mins(1);
const FAILPOINT: &str = "TRACCIA_FAILPOINT";
const TEXT: &[u8] = b"what was attached";
/// Statements on a page of the source.
const PAGE: &str = "4";
/// Of a pull, two pages are each asked for, answered, kept, and noted by the cursor; one voided statement is asked for and
/// answered, and one dead letter is written. A push sends one batch, and the parts of it that are left by the one that
/// conflicts.
const LEAST_STEPS: usize = 11;

/// Which way statements go.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Way {
    Pull,
    Push,
}

/// The other store, and a key of it.
struct Other {
    server: Traccia,
    user: String,
    password: String,
}

impl Other {
    async fn start() -> Self {
        let setup = Setup::default().variable("TRACCIA__LIMITS__STATEMENTS_PER_PAGE", PAGE);
        let server = setup.start().await;
        let scopes = json!({"scopes": ["statements/read", "statements/write"]});
        let made = server.admin().post("/api/v1/keys").json(&scopes).await.expect(201).json();
        let text = |name: &str| made[name].as_str().expect("key and secret").to_owned();
        let (user, password) = (text("key"), text("secret"));
        Self { server, user, password }
    }
}

/// What one store was told that the other one is to have.
struct Told {
    /// The `stored` of the last statement before.
    since: String,
    /// All that travels, the voided one among them.
    ids: BTreeSet<String>,
    voided: String,
    attached: String,
    /// It is refused at the end of the pipe, where another statement is under its id.
    conflict: String,
}

/// Nine statements, of which queries list eight; `end` has another one under the id of one of them.
async fn tell(source: &Client, end: &Client) -> Told {
    source.store_one(&Statement::new().json()).await;
    let last = source.get("/statements").query(&[("limit", "1")]).await.expect(200).statements();
    let since = last[0]["stored"].as_str().expect("a timestamp").to_owned();
    let described = json!({"usageType": "https://u.example/u", "display": {"en": "a text"},
        "contentType": "text/plain", "length": TEXT.len(), "sha2": sha2_hex(TEXT)});
    let attached = Statement::new().id(&new_id()).with("/attachments", json!([described])).json();
    let body = Multipart::of(&attached).attachment("text/plain", TEXT);
    source.post("/statements").multipart(&body).await.is(200);
    let (voided, conflict) = (new_id(), new_id());
    source.store_one(&Statement::new().id(&voided).json()).await;
    end.store_one(&Statement::new().id(&conflict).did("failed").json()).await;
    // What comes next on the page of the one that conflicts is stored later than a pull begins before its cursor: what the
    // cursor has passed is not read again.
    let first = [Statement::voiding(&voided).json(), Statement::new().id(&conflict).json()];
    let mut ids: BTreeSet<String> = source.store(&first).await.into_iter().collect();
    let rest: Vec<Value> = (0..5).map(|_| Statement::new().json()).collect();
    ids.extend(source.store(&rest).await);
    let attached = attached["id"].as_str().expect("an id").to_owned();
    ids.extend([voided.clone(), attached.clone()]);
    Told { since, ids, voided, attached, conflict }
}

/// Makes the pipe; the server may be killed before it answers.
async fn make_pipe(here: &Client, other: &Other, way: Way, since: &str) {
    let direction = if way == Way::Pull { "pull" } else { "push" };
    let pipe = json!({"name": "p", "direction": direction, "url": format!("{}/xapi", other.server.url()),
        "user": other.user, "password": other.password, "every_seconds": 3600, "filter": {"since": since}});
    let _ = here.post("/api/v1/pipes").json(&pipe).attempt().await;
}

/// Waits until the pipe has come to the end of what there is.
async fn is_at_the_end(here: &Client, way: Way) {
    eventually("the pipe is at the end", SOON, || async {
        let reply = here.get("/api/v1/pipes/p").attempt().await.map_err(|it| it.to_string())?;
        let pipe = reply.json();
        let lag = &pipe["lag"];
        let is_done =
            if way == Way::Pull { lag["seconds"].is_number() } else { lag["statements"] == 0 };
        if is_done { Ok(()) } else { Err(pipe.to_string()) }
    })
    .await;
}

/// Waits until this statement is there.
async fn comes(end: &Client, id: &str) {
    eventually("what came last is there", SOON, || async {
        let reply = end.get("/statements").query(&[("statementId", id)]).await;
        if reply.status.as_u16() == 200 { Ok(()) } else { Err(reply.to_string()) }
    })
    .await;
}

/// Asserts that each statement is at the end of the pipe once, whole, and that one was given up.
async fn is_there(end: &Client, here: &Client, told: &Told, step: u32) {
    let rows = end.get("/api/v1/data/statements?format=ndjson").await.expect(200).text();
    let rows = rows.lines().map(|line| serde_json::from_str::<Value>(line).expect("a row"));
    let ids = rows.map(|row| row["id"].as_str().expect("an id").to_owned());
    let came: Vec<String> = ids.filter(|id| told.ids.contains(id)).collect();
    assert_eq!(came.len(), told.ids.len(), "killed at step {step}: {came:?}");
    assert_eq!(came.into_iter().collect::<BTreeSet<_>>(), told.ids, "killed at step {step}");
    let query = [("voidedStatementId", told.voided.as_str())];
    end.get("/statements").query(&query).await.is(200);
    let query = [("statementId", told.attached.as_str()), ("attachments", "true")];
    let parts = end.get("/statements").query(&query).await.expect(200).parts();
    assert_eq!(parts[1].body, TEXT, "killed at step {step}");
    let letters = here.get("/api/v1/pipes/p/dead-letters").await.expect(200).json();
    let letters = letters["items"].as_array().expect("letters").iter();
    let given_up: Vec<&Value> = letters.map(|it| &it["statement"]).collect();
    assert_eq!(given_up, [&json!(told.conflict)], "killed at step {step}");
}

/// Starts a server that is killed at this step of its pipe; true where there is such a step.
async fn is_killed_at(step: u32, other: &Other, way: Way, store: Option<&str>) -> bool {
    let mut setup = Setup::default()
        .variable("TRACCIA__PIPES_PRIVATE", "true")
        .variable(FAILPOINT, &step.to_string());
    if let Some(store) = store {
        setup = setup.store(store);
    }
    let mut here = setup.start().await;
    let (there, admin) = (other.server.admin(), here.admin());
    let mut told = match way {
        Way::Pull => tell(&there, &admin).await,
        Way::Push => tell(&admin, &there).await,
    };
    make_pipe(&admin, other, way, &told.since).await;
    let is_killed = tokio::select! {
        code = here.ended() => {
            assert_eq!(code, None, "a signal has ended it");
            true
        }
        () = is_at_the_end(&admin, way) => false,
    };
    let late = new_id();
    let statement = Statement::new().id(&late).json();
    if way == Way::Pull {
        there.store_one(&statement).await;
    }
    let here = here.restart_without(FAILPOINT).await;
    let admin = here.admin();
    if way == Way::Push {
        admin.store_one(&statement).await;
    }
    let end = if way == Way::Pull { &admin } else { &there };
    comes(end, &late).await;
    told.ids.insert(late);
    is_at_the_end(&admin, way).await;
    is_there(end, &admin, &told, step).await;
    is_killed
}

async fn at_every_step(way: Way, on_mongodb: bool) {
    let other = Other::start().await;
    let mut killed = 0;
    for step in 1.. {
        let store = if on_mongodb { Some(fresh_database().await) } else { None };
        if !is_killed_at(step, &other, way, store.as_deref()).await {
            break;
        }
        killed += 1;
    }
    assert!(killed >= LEAST_STEPS, "{killed} steps");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_is_killed_at_any_step_of_a_pull_loses_and_doubles_nothing() {
    at_every_step(Way::Pull, false).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_is_killed_at_any_step_of_a_push_loses_and_doubles_nothing() {
    at_every_step(Way::Push, false).await;
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs a MongoDB-compatible server: make ferretdb, then --include-ignored"]
async fn a_server_on_mongodb_that_is_killed_at_any_step_of_a_pull_loses_and_doubles_nothing() {
    at_every_step(Way::Pull, true).await;
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs a MongoDB-compatible server: make ferretdb, then --include-ignored"]
async fn a_server_on_mongodb_that_is_killed_at_any_step_of_a_push_loses_and_doubles_nothing() {
    at_every_step(Way::Push, true).await;
}
