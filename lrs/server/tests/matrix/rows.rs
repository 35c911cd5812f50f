//! The table: who may use which route, and what the others are told.

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD as STANDARD;
use report::{Parameter, Report};
use serde_json::json;

use crate::may::*;
use crate::world::{Ask, COURSE, PACKAGE, Who, World, ask, statement, with_id};

mod people;
mod pipes;

type Make = dyn Fn(&World, Ask) -> Ask;
type Prepare = dyn Fn(&Ask) -> Ask;

/// A request to a route, and who may send it.
pub(crate) struct Row {
    /// `METHOD path`, as in the route table.
    pub(crate) route: &'static str,
    /// What is asked of it, where a route has several rows.
    pub(crate) what: String,
    /// Who may; `EVERYBODY` stands for all, with or without a key.
    pub(crate) may: &'static [&'static str],
    /// What they are answered.
    pub(crate) ok: u16,
    /// What some others are answered; all others are 401 without a good key, and 403 with one.
    pub(crate) others: &'static [(&'static str, u16)],
    make: Box<Make>,
    /// What the administrator does before.
    prepare: Option<Box<Prepare>>,
}

impl Row {
    /// The request. Each time it changes something else, so that no cell depends on another.
    pub(crate) async fn asked(&self, world: &World) -> Ask {
        let (method, path) = self.route.split_once(' ').expect("METHOD path");
        let asked = (self.make)(world, ask(method, &path.replace("{id}", COURSE)));
        if let Some(prepare) = &self.prepare {
            world.done(prepare(&asked)).await;
        }
        asked
    }

    /// What somebody is answered.
    pub(crate) fn status(&self, who: &Who) -> u16 {
        let name = who.to_string();
        // A session is not looked at there: its person is nobody.
        if matches!(who, Who::As(_)) && self.route.contains(" /xapi/") && !self.may.is_empty() {
            return 401;
        }
        if self.may.is_empty() || self.may.contains(&name.as_str()) {
            return self.ok;
        }
        let other = self.others.iter().find(|(other, _)| *other == name);
        other.map_or(if who.is_known() { 403 } else { 401 }, |(_, status)| *status)
    }
}

fn row(
    route: &'static str,
    may: &'static [&'static str],
    ok: u16,
    make: impl Fn(&World, Ask) -> Ask + 'static,
) -> Row {
    let (what, others, make) = (String::new(), &[][..], Box::new(make));
    Row { route, what, may, ok, others, make, prepare: None }
}

impl Row {
    fn of(self, what: &str) -> Self {
        Self { what: what.to_owned(), ..self }
    }

    fn after(self, prepare: impl Fn(&Ask) -> Ask + 'static) -> Self {
        Self { prepare: Some(Box::new(prepare)), ..self }
    }

    fn but(self, others: &'static [(&'static str, u16)]) -> Self {
        Self { others, ..self }
    }
}

fn plain(_: &World, ask: Ask) -> Ask {
    ask
}

/// Every row.
pub(crate) fn rows() -> Vec<Row> {
    let all = [pages(), keys(), packages(), courses(), learners(), reports(), registers(), xapi()];
    let people = [data(), people::people(), people::sessions(), people::statements()];
    let watched = [people::refusals(), people::watched(), people::reactions(), pipes::pipes()];
    all.into_iter().chain(people).chain(watched).flatten().chain(documents()).collect()
}

fn data() -> Vec<Row> {
    let table = "GET /api/v1/data/{table}";
    let named = |name: &'static str| {
        move |_: &World, asked: Ask| Ask { path: format!("/api/v1/data/{name}"), ..asked }
    };
    let file = "/api/v1/data/statements/stored_month=2026-01/x.parquet";
    vec![
        row("GET /api/v1/data/manifest", DATA, 200, plain),
        row("GET /api/v1/data/manifest.json", DATA, 200, plain),
        row(table, DATA, 200, named("statements")).of("rows with pseudonyms"),
        row(table, DATA, 200, named("learners")).of("learners with pseudonyms"),
        row(table, IDENTITIES, 200, named("identities")).of("who stands behind pseudonyms"),
        row(table, IDENTITIES, 200, named("raw")).of("texts of statements"),
        row(table, ALL, 200, move |world, asked| {
            named("statements")(world, asked).with("recipient", "region")
        })
        .of("rows for a recipient of one's choice"),
        row("GET /api/v1/statements/aggregate", QUESTIONS, 200, |_, asked| {
            asked.with("by", "verb")
        }),
        row("POST /api/v1/statements/aggregate", QUESTIONS, 200, |_, asked| {
            asked.json(&json!({"dimensions": [{"column": "verb"}]}))
        }),
        row("GET /api/v1/statements/aggregate/{job}", QUESTIONS, 404, plain),
        row("GET /api/v1/statements", PAGES, 200, |_, asked| asked.with("where", "verb=completed"))
            .of("by a condition on columns"),
        row("GET /api/v1/odata", TABLES, 200, plain),
        row("GET /api/v1/odata/$metadata", TABLES, 200, plain),
        row("GET /api/v1/odata/{table}", DATA, 200, |_, asked| Ask {
            path: "/api/v1/odata/statements".to_owned(),
            ..asked
        }),
        row("GET /api/v1/odata/{table}", IDENTITIES, 200, |_, asked| Ask {
            path: "/api/v1/odata/identities".to_owned(),
            ..asked
        })
        .of("who stands behind pseudonyms"),
        row("GET /api/v1/data/{table}/{part}/{file}", DATA, 404, move |_, asked| Ask {
            path: file.to_owned(),
            ..asked
        }),
    ]
}

fn pages() -> Vec<Row> {
    let code = json!({"code": "AAAAAAAA", "learner": "u1"});
    let page = |_: &World, asked: Ask| Ask { path: format!("/check-in/{COURSE}"), ..asked };
    vec![
        row("GET /", EVERYBODY, 200, plain),
        row("GET /server", EVERYBODY, 200, plain),
        row("GET /problems", EVERYBODY, 200, plain),
        row("GET /schemas/{version}/{name}", EVERYBODY, 200, |_, asked| Ask {
            path: "/schemas/1.0.3/statement.json".into(),
            ..asked
        }),
        row("GET /api/openapi.json", EVERYBODY, 200, plain),
        row("GET /healthz", EVERYBODY, 200, plain),
        row("GET /readyz", EVERYBODY, 200, plain),
        row("GET /metrics", METRICS, 200, plain),
        row("GET /api/v1/jobs", EDIT, 200, plain),
        row("DELETE /api/v1/jobs/{job}", EDIT, 404, plain),
        row("GET /api/v1/health", READ_EVERYTHING, 200, plain),
        // Who has no code of today is refused, with a key and without.
        row("GET /check-in/{course}", EVERYBODY, 200, page),
        row("POST /check-in/{course}", EVERYBODY, 403, move |world, asked| {
            let form = "application/x-www-form-urlencoded";
            page(world, asked).body(form, "code=AAAAAAAA&learner=u1")
        }),
        row("POST /api/v1/courses/{id}/check-in", EVERYBODY, 403, move |_, asked| {
            asked.json(&code)
        }),
    ]
}

fn keys() -> Vec<Row> {
    let named = |world: &World| format!("made-{}", world.next());
    let new = |name: &str| json!({"scopes": ["state"], "key": name, "secret": "s"});
    vec![
        row("GET /whoami", KEYS, 200, plain),
        row("GET /api/v1/keys", ALL, 200, plain),
        row("GET /api/v1/keys/bundles", ALL, 200, plain),
        row("POST /api/v1/keys", ALL, 201, move |world, asked| asked.json(&new(&named(world)))),
        row("DELETE /api/v1/keys/{key}", ALL, 204, move |world, asked| Ask {
            path: format!("/api/v1/keys/{}", named(world)),
            ..asked
        })
        .after(move |asked| {
            let name = asked.path.rsplit('/').next().unwrap_or_default();
            ask("POST", "/api/v1/keys").json(&new(name))
        }),
        row("POST /api/v1/keys/{key}/secret", ALL, 200, move |world, asked| {
            let path = format!("/api/v1/keys/{}/secret", named(world));
            Ask { path, ..asked }.json(&json!({"hours": 1}))
        })
        .after(move |asked| {
            let name = asked.path.rsplit('/').nth(1).unwrap_or_default();
            ask("POST", "/api/v1/keys").json(&new(name))
        }),
    ]
}

fn packages() -> Vec<Row> {
    const ONE: &str = "GET /api/v1/packages/{name}";
    fn of(asked: Ask) -> Ask {
        let path = asked.path.replace("{name}", PACKAGE);
        Ask { path, ..asked }
    }
    // The key stands in the form, with the learner's name; who sends it does not matter.
    let exchange = |world: &World, asked: Ask| {
        let name = format!("package-{}", world.next());
        let key = STANDARD.encode(format!("{name}:s")).replace('=', "%3D");
        let form =
            format!("Authorization=Basic%20{key}&home_page=https%3A%2F%2Fm.example&name={name}");
        asked.body("application/x-www-form-urlencoded", form)
    };
    vec![
        row("POST /api/v1/packages/check", PACKAGES, 200, |_, asked| {
            asked.body("application/xml", "<courseStructure/>")
        }),
        // No zip: who may have packages written again is told so.
        row("POST /api/v1/packages/shim", PACKAGES, 400, |_, asked| {
            let asked = asked.with("activity", "https://m.example/mod/scorm/view.php?id=7");
            asked.with("home_page", "https://m.example").body("application/zip", "no zip")
        }),
        row("POST /api/v1/packages/ticket", EVERYBODY, 200, exchange).after(|asked| {
            let (_, form) = asked.body.as_ref().expect("a form");
            let name = form.rsplit('=').next().expect("a name");
            let bounds = json!({"activities": ["https://m.example/mod/scorm/view.php?id=7"]});
            let scopes = ["statements/write"];
            let key = json!({"key": name, "secret": "s", "scopes": scopes, "bounds": bounds});
            ask("POST", "/api/v1/keys").json(&key)
        }),
        // No zip: who may import is told so.
        row("POST /api/v1/packages", PACKAGES, 400, |_, asked| {
            asked.with("name", PACKAGE).body("application/zip", "no zip")
        }),
        row("GET /api/v1/packages", READ_PACKAGES, 200, plain),
        row(ONE, READ_PACKAGES, 200, |_, asked| of(asked)),
        row("PUT /api/v1/packages/{name}", PACKAGES, 200, |_, asked| {
            of(asked).json(&json!({"current": 1}))
        }),
        // The current version stays: who may remove others is told so.
        row("DELETE /api/v1/packages/{name}", PACKAGES, 409, |_, asked| {
            of(asked).with("version", "1")
        }),
        row("GET /api/v1/packages/{name}/launches", LAUNCH, 200, |_, asked| of(asked)),
        row("POST /api/v1/packages/{name}/launches", LAUNCH, 201, |_, asked| {
            of(asked).json(&json!({"preview": true}))
        }),
        row("DELETE /api/v1/packages/{name}/launches/{id}", LAUNCH, 404, |_, asked| of(asked)),
    ]
}

fn courses() -> Vec<Row> {
    let file = |world: &World, asked: Ask| {
        let id = format!("other-{}", world.next());
        let title = "title = { it = \"x\", en = \"x\" }";
        let file = format!(
            "id = \"{id}\"\niri = \"https://learn.example.org/{id}\"\n{title}\n\
             time_zone = \"Europe/Rome\"\n\n[[module]]\nid = \"m\"\n{title}\n\n\
             [[module.activity]]\nkey = \"a\"\nid = \"https://learn.example.org/{id}/a\"\n{title}\n"
        );
        let path = format!("/api/v1/courses/{id}");
        Ask { path, ..asked }.body("application/toml", file)
    };
    vec![
        row("GET /api/v1/courses", COURSES, 200, plain),
        row("GET /api/v1/courses/{id}", COURSES, 200, plain),
        row("GET /api/v1/courses/{id}/summary", COURSES, 200, plain),
        row("PUT /api/v1/courses/{id}", EDIT, 200, file),
        row("DELETE /api/v1/courses/{id}", EDIT, 200, |_, asked| asked.with("dry_run", "true")),
        row("POST /api/v1/courses/{id}/rebuild", EDIT, 200, plain),
        row("GET /api/v1/courses/{id}/unmapped", COURSES, 200, plain),
        row("POST /api/v1/courses/{id}/mappings", EDIT, 200, |_, asked| {
            let mapping = json!({"activity": "https://learn.example.org/new", "module": "m1"});
            asked.with("dry_run", "true").json(&mapping)
        }),
        row("GET /api/v1/courses/{id}/certificates", UNBOUND, 200, plain),
        row("POST /api/v1/courses/{id}/certificates", ENROL, 201, plain),
        row("GET /api/v1/courses/{id}/certificates/{list}", UNBOUND, 200, |world, asked| {
            let path = asked.path.replace("{list}", &world.list);
            Ask { path, ..asked }
        }),
        row("GET /api/v1/courses/{id}/certificates/{list}/people", UNBOUND, 200, |world, asked| {
            let path = asked.path.replace("{list}", &world.list);
            Ask { path, ..asked }
        }),
    ]
}

fn learners() -> Vec<Row> {
    const ONE: &str = "GET /api/v1/courses/{id}/learners/{learner}";
    const TIMELINE: &str = "GET /api/v1/courses/{id}/learners/{learner}/statements";
    const MERGE: &str = "PUT /api/v1/courses/{id}/learners/{learner}/merge";
    const UNMERGE: &str = "DELETE /api/v1/courses/{id}/learners/{learner}/merge";
    fn of(learner: &str, asked: Ask) -> Ask {
        let path = asked.path.replace("{learner}", learner);
        Ask { path, ..asked }
    }
    fn enrolled(id: &str) -> Ask {
        let list = format!("learner,name,identifiers\n{id},X,mailto:{id}@example.org\n");
        ask("PUT", &format!("/api/v1/courses/{COURSE}/learners")).body("text/csv", list)
    }
    let new = |world: &World, asked: Ask| of(&format!("n{}", world.next()), asked);
    let learner = |asked: &Ask| {
        let id = asked.path.split('/').nth_back(1).unwrap_or_default();
        enrolled(id)
    };
    let merged = move |world: &World, asked: Ask| new(world, asked).json(&json!({"into": "u2"}));
    vec![
        row("GET /api/v1/courses/{id}/learners", COURSES, 200, plain),
        row("PUT /api/v1/courses/{id}/learners", ENROL, 200, |world, asked| Ask {
            body: enrolled(&format!("n{}", world.next())).body,
            ..asked
        }),
        row("GET /api/v1/courses/{id}/unassigned", UNBOUND, 200, plain),
        row(ONE, COURSES, 200, |_, asked| of("u1", asked)),
        row(ONE, UNBOUND, 200, |_, asked| of("u7", asked))
            .of("of a learner elsewhere")
            .but(&[("progress/read in Umbria", 404), ("regional_coordinator", 404)]),
        row(TIMELINE, COURSES, 200, |_, asked| of("u1", asked)),
        row(TIMELINE, UNBOUND, 200, |_, asked| of("u7", asked))
            .of("of a learner elsewhere")
            .but(&[("progress/read in Umbria", 404), ("regional_coordinator", 404)]),
        row(MERGE, ENROL, 204, merged).after(learner),
        // Not merged: who may not is told that, and who may is told this.
        row(UNMERGE, ENROL, 409, new).after(learner),
    ]
}

fn reports() -> Vec<Row> {
    const REPORT: &str = "GET /api/v1/courses/{id}/reports/{report}";
    let of = |report: &'static Report, learner: Option<&'static str>| {
        move |_: &World, asked: Ask| {
            let path = asked.path.replace("{report}", report.name);
            let asked = Ask { path, ..asked };
            match learner {
                Some(learner) => asked.with("learner", learner),
                None => asked,
            }
        }
    };
    let mut rows = vec![row("GET /api/v1/courses/{id}/progress", COURSES, 200, plain)];
    for report in report::reports::EVERY {
        let name = report.name;
        let may = if report.is_of_data() { UNBOUND } else { COURSES };
        let everybody = report.required.is_empty().then_some(None);
        let takes_learner = report.parameters().contains(&Parameter::Learner);
        let somebody = takes_learner.then_some(Some("u1"));
        for learner in everybody.into_iter().chain(somebody) {
            let what = format!("{name} of {}", learner.unwrap_or("everybody"));
            rows.push(row(REPORT, may, 200, of(report, learner)).of(&what));
        }
        if takes_learner {
            let elsewhere = row(REPORT, UNBOUND, 200, of(report, Some("u7")));
            let elsewhere = elsewhere.of(&format!("{name} of a learner elsewhere"));
            rows.push(
                elsewhere.but(&[("progress/read in Umbria", 404), ("regional_coordinator", 404)]),
            );
        }
    }
    rows
}

fn registers() -> Vec<Row> {
    const PUT: &str = "PUT /api/v1/courses/{id}/events/{event}/sessions/{session}/register";
    const POST: &str = "POST /api/v1/courses/{id}/events/{event}/sessions/{session}/register";
    const CODE: &str = "GET /api/v1/courses/{id}/events/{event}/sessions/{session}/code";
    fn at(session: &str, asked: Ask) -> Ask {
        let path = asked.path.replace("{event}", "seminar").replace("{session}", session);
        Ask { path, ..asked }
    }
    let with = |learner: &'static str| {
        move |world: &World, asked: Ask| {
            let hours = f64::from(world.next() % 16 + 1) / 4.0;
            let list = format!("learner,hours\n{learner},{hours}\n");
            at("perugia", asked).body("text/csv", list)
        }
    };
    let unknown = &[("presence/write in Umbria", 400), ("regional_coordinator", 400)];
    let mut rows = vec![
        row(CODE, REGISTERS, 409, |_, asked| at("perugia", asked)),
        row(CODE, UNBOUND_REGISTERS, 409, |_, asked| at("milano", asked)).of("elsewhere"),
    ];
    for route in [PUT, POST] {
        rows.push(row(route, REGISTERS, 200, with("u1")));
        rows.push(row(route, UNBOUND_REGISTERS, 200, with("u7")).of("elsewhere").but(unknown));
    }
    rows
}

fn xapi() -> Vec<Row> {
    let agent = || json!({"mbox": "mailto:u1@example.org"}).to_string();
    let id = || uuid::Uuid::new_v4().to_string();
    vec![
        row("GET /xapi/about", EVERYBODY, 200, plain),
        row("GET /xapi/statements", READ, 200, plain),
        row("GET /xapi/statements", READ_ALL, 200, |world, asked| {
            asked.with("statementId", world.foreign.clone())
        })
        .of("another's")
        .but(&[("statements/read/mine", 404)]),
        row("PUT /xapi/statements", WRITE, 204, move |_, asked| {
            asked.with("statementId", id()).json(&statement())
        }),
        row("PUT /xapi/statements", WRITE, 409, |world, asked| {
            let mut other = with_id(&statement(), &world.foreign);
            other["verb"]["id"] = json!("http://adlnet.gov/expapi/verbs/failed");
            asked.with("statementId", world.foreign.clone()).json(&other)
        })
        .of("under another's id"),
        row("POST /xapi/statements", WRITE, 200, |_, asked| asked.json(&statement())),
        row("GET /xapi/activities", READ_ALL, 200, |_, asked| {
            asked.with("activityId", "https://learn.example.org/course/lesson")
        }),
        row("GET /xapi/agents", READ_ALL, 200, move |_, asked| asked.with("agent", agent())),
    ]
}

/// The three document resources, and their four methods.
fn documents() -> Vec<Row> {
    let of_state = [
        "GET /xapi/activities/state",
        "PUT /xapi/activities/state",
        "POST /xapi/activities/state",
        "DELETE /xapi/activities/state",
    ];
    let of_activities = [
        "GET /xapi/activities/profile",
        "PUT /xapi/activities/profile",
        "POST /xapi/activities/profile",
        "DELETE /xapi/activities/profile",
    ];
    let of_agents = [
        "GET /xapi/agents/profile",
        "PUT /xapi/agents/profile",
        "POST /xapi/agents/profile",
        "DELETE /xapi/agents/profile",
    ];
    let state = shelf(of_state, READ_STATE, STATE, |asked| {
        let is_one = asked.query.iter().any(|(name, _)| *name == "profileId");
        let asked = agent(activity(asked));
        if is_one { renamed(asked) } else { asked }
    });
    let activities = shelf(of_activities, READ_PROFILES, PROFILE, activity);
    let agents = shelf(of_agents, READ_PROFILES, PROFILE, agent);
    [state, activities, agents].into_iter().flatten().collect()
}

fn activity(asked: Ask) -> Ask {
    asked.with("activityId", "https://learn.example.org/course/lesson")
}

fn agent(asked: Ask) -> Ask {
    asked.with("agent", json!({"mbox": "mailto:u1@example.org"}).to_string())
}

/// A state document is named by another parameter.
fn renamed(mut asked: Ask) -> Ask {
    for (name, _) in asked.query.iter_mut().filter(|(name, _)| *name == "profileId") {
        *name = "stateId";
    }
    asked
}

/// The rows of GET, PUT, POST and DELETE of documents that lie at an `address`.
fn shelf(
    [get, put, post, delete]: [&'static str; 4],
    may_read: &'static [&'static str],
    may_write: &'static [&'static str],
    address: fn(Ask) -> Ask,
) -> [Row; 4] {
    let document = move |world: &World, asked: Ask| {
        address(asked.with("profileId", format!("document-{}", world.next())))
    };
    let new = json!({"a": 1});
    let (written, merged) = (new.clone(), new);
    [
        row(get, may_read, 200, move |_, asked| address(asked)),
        row(put, may_write, 204, move |world, asked| {
            document(world, asked).header("If-None-Match", "*").json(&written)
        }),
        row(post, may_write, 204, move |world, asked| document(world, asked).json(&merged)),
        row(delete, may_write, 204, document),
    ]
}
