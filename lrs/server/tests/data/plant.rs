//! A store with facts that are known: what was planted is what the questions of docs/data must find.

use std::path::Path;
use std::sync::Arc;

use course::{Enrolment, LearnerList, Unlisted};
use serde_json::{Value, json};
use store::{Selection, Store};
use store_sqlite::SqliteStore;
use store_testkit::sample;
use traccia::clock::SystemClock;
use uuid::Uuid;
use xapi::instant::Instant;
use xapi::prepare::VOIDED;
use xapi::stored::Stored;

const MINUTE: i64 = 60_000_000;
const DAY: i64 = 24 * 60 * MINUTE;
/// Monday 2025-01-06, eight o'clock in Rome.
pub(crate) const MONDAY: i64 = 1_736_146_800_000_000;
/// All that is planted was stored before.
pub(crate) const UNTIL: &str = "2025-04-01";
pub(crate) const LEARNERS: u32 = 40;
const VERBS: &str = "http://adlnet.gov/expapi/verbs/";

const COURSE: &str = r#"
id = "c"
title = { it = "Corso", en = "Course" }
time_zone = "Europe/Rome"

[[module]]
id = "m1"
title = { it = "Modulo", en = "Module" }

[[module.activity]]
key = "a"
id = "https://x.example/lesson/a"
title = { it = "A", en = "A" }
"#;

/// A statement that is being planted.
pub(crate) struct Seed {
    source: &'static str,
    stored: i64,
    value: Value,
}

/// Statements in the order in which they are planted, not that in which they were stored.
#[derive(Default)]
pub(crate) struct Plot {
    seeds: Vec<Seed>,
}

/// An item of a test, and who answers it rightly.
type Item = (&'static str, fn(u32) -> bool);

fn mailbox(n: u32) -> Value {
    json!({"mbox": format!("mailto:l{n}@x.example")})
}

impl Plot {
    /// Plants a statement that was stored at `stored`, five seconds after it happened, with `more` members; gives its id.
    #[expect(clippy::needless_pass_by_value, reason = "values are made where they are given")]
    fn add(
        &mut self,
        source: &'static str,
        stored: i64,
        actor: Value,
        (verb, object): (&str, Value),
        more: Value,
    ) -> Uuid {
        let id = Uuid::from_u128(0xD0_0000 + self.seeds.len() as u128);
        let verb = if verb.contains(':') { verb.to_owned() } else { format!("{VERBS}{verb}") };
        let mut value = json!({
            "id": id.to_string(), "actor": actor, "verb": {"id": verb}, "object": object,
            "timestamp": Instant::from_micros(stored - 5_000_000).to_string(),
        });
        for (name, member) in more.as_object().unwrap() {
            value[name] = member.clone();
        }
        self.seeds.push(Seed { source, stored, value });
        id
    }

    fn experienced(
        &mut self,
        source: &'static str,
        stored: i64,
        actor: Value,
        object: &str,
    ) -> Uuid {
        let object = json!({"id": format!("https://x.example/{object}")});
        self.add(source, stored, actor, ("experienced", object), json!({}))
    }

    /// Two lessons: 40 begin the first and 30 complete it; 20 begin the second and 5 complete it.
    fn lessons(&mut self) {
        let kind = json!({"type": "http://adlnet.gov/expapi/activities/lesson"});
        for (lesson, begins, ends, at) in [("a", 40, 30, 0), ("b", 20, 5, 200)] {
            let object =
                json!({"id": format!("https://x.example/lesson/{lesson}"), "definition": kind});
            for n in 0..begins {
                let at = MONDAY + (at + i64::from(n)) * MINUTE;
                self.add("moodle", at, mailbox(n), ("initialized", object.clone()), json!({}));
                if n < ends {
                    let done = json!({"result": {"completion": true}});
                    self.add(
                        "moodle",
                        at + 60 * MINUTE,
                        mailbox(n),
                        ("completed", object.clone()),
                        done,
                    );
                }
            }
        }
    }

    /// Ten sessions of half an hour that say so, and one of ten minutes that does not.
    fn sessions(&mut self) {
        let around = |key: &str, value: Value| {
            let mut context =
                json!({"contextActivities": {"parent": [{"id": "https://x.example/m1"}]}});
            context[key] = value;
            context
        };
        let unit = || json!({"id": "https://x.example/m1/au"});
        for n in 0..10 {
            let session =
                json!({"https://w3id.org/xapi/cmi5/context/extensions/sessionid": format!("s{n}")});
            let more =
                json!({"context": around("extensions", session), "result": {"duration": "PT30M"}});
            let at = MONDAY + DAY + i64::from(n) * MINUTE;
            self.add("cmi5", at, mailbox(n), ("terminated", unit()), more);
        }
        for minutes in [0, 10] {
            let registration = json!("aa97b177-9383-4934-8543-0f91a7a02836");
            let more = json!({"context": around("registration", registration)});
            let at = MONDAY + DAY + (60 + minutes) * MINUTE;
            self.add("cmi5", at, mailbox(10), ("experienced", unit()), more);
        }
    }

    /// A test of four items, of which `bad` is answered rightly by those who get the others wrong.
    fn quiz(&mut self) {
        let items: [Item; 4] =
            [("i1", |n| n >= 10), ("i2", |n| n >= 20), ("i3", |n| n >= 30), ("bad", |n| n < 20)];
        for n in 0..LEARNERS {
            for (position, (item, hits)) in (0..).zip(items) {
                let at = MONDAY + 2 * DAY + (i64::from(n) * 5 + position) * MINUTE;
                self.answer(at, n, item, hits(n));
            }
        }
        self.answer(MONDAY + 2 * DAY + 600 * MINUTE, 0, "i1", true);
    }

    fn answer(&mut self, at: i64, n: u32, item: &str, hit: bool) {
        let wrong = if item == "i1" && n >= 7 { "c" } else { "b" };
        let object = json!({"id": format!("https://x.example/test/{item}"), "definition": {
            "type": "http://adlnet.gov/expapi/activities/cmi.interaction", "interactionType": "choice",
            "correctResponsesPattern": ["a"]}});
        let more = json!({
            "result": {"success": hit, "response": if hit { "a" } else { wrong }},
            "context": {"contextActivities": {"parent": [{"id": "https://x.example/test"}]}},
        });
        self.add("moodle", at, mailbox(n), ("answered", object), more);
    }

    /// Eight fail and pass an hour later, eight pass at once.
    fn attempts(&mut self) {
        for n in 0..16 {
            let at = MONDAY + 3 * DAY + i64::from(n) * MINUTE;
            let object = json!({"id": "https://x.example/exam"});
            let result = |success: bool| json!({"result": {"success": success}});
            if n < 8 {
                self.add("moodle", at, mailbox(n), ("failed", object.clone()), result(false));
            }
            self.add("moodle", at + 60 * MINUTE, mailbox(n), ("passed", object), result(true));
        }
    }

    /// Six are sent twice and four once; of two the first is voided, so that its twin stands.
    fn repeats(&mut self) {
        let at = |n: u32| MONDAY + 4 * DAY + i64::from(n) * MINUTE;
        for n in 0..10 {
            let first = self.experienced("storyline", at(n), mailbox(n), "page");
            if n < 6 {
                let same =
                    json!({"timestamp": Instant::from_micros(at(n) - 5_000_000).to_string()});
                let page = json!({"id": "https://x.example/page"});
                self.add("storyline", at(n) + 30 * MINUTE, mailbox(n), ("experienced", page), same);
            }
            if n < 2 {
                let target = json!({"objectType": "StatementRef", "id": first.to_string()});
                let admin = json!({"mbox": "mailto:admin@x.example"});
                self.add("storyline", at(n) + 90 * MINUTE, admin, (VOIDED, target), json!({}));
            }
        }
    }

    /// Three come two days late, one an hour early.
    fn late(&mut self) {
        for (n, early) in (20..).zip([-2 * DAY, -2 * DAY, -2 * DAY, 60 * MINUTE]) {
            let at = MONDAY + 5 * DAY + i64::from(n) * MINUTE;
            let time = json!({"timestamp": Instant::from_micros(at + early).to_string()});
            let object = json!({"id": format!("https://x.example/offline/{n}")});
            self.add("storyline", at, mailbox(n), ("experienced", object), time);
        }
    }

    /// Four actors whom no list names.
    fn strangers(&mut self) {
        let at = MONDAY + 5 * DAY;
        for n in 0..3 {
            let actor = json!({"mbox": format!("mailto:s{n}@y.example")});
            self.experienced("moodle", at + i64::from(n) * MINUTE, actor, "page");
        }
        for n in 0..2 {
            let actor = json!({"account": {"homePage": "https://other.example", "name": "guest"}});
            self.experienced("moodle", at + (10 + i64::from(n)) * MINUTE, actor, "page");
        }
    }

    /// `cmi5` speaks every hour for five days and falls silent; the others keep to their habits.
    fn habits(&mut self) {
        for hour in 0..120 {
            self.experienced("cmi5", MONDAY + 6 * DAY + hour * 60 * MINUTE, mailbox(39), "beat");
        }
        for half in 0..158 {
            self.experienced("moodle", MONDAY + 6 * DAY + half * DAY / 2 + 1, mailbox(38), "beat");
        }
        for week in 0..11 {
            self.experienced("storyline", MONDAY + 12 * DAY + week * 7 * DAY, mailbox(38), "beat");
        }
        let object = json!({"id": "https://x.example/page"});
        let new = ("https://v.example/new", object);
        self.add("moodle", MONDAY + 84 * DAY + 720 * MINUTE, mailbox(38), new, json!({}));
        // Sunday, half past three in Rome.
        self.experienced("moodle", MONDAY + 13 * DAY - 270 * MINUTE, mailbox(5), "page");
    }

    /// All of it.
    pub(crate) fn whole() -> Self {
        let mut plot = Self::default();
        plot.lessons();
        plot.sessions();
        plot.quiz();
        plot.attempts();
        plot.repeats();
        plot.late();
        plot.strangers();
        plot.habits();
        plot
    }

    /// How many statements there are.
    pub(crate) fn len(&self) -> usize {
        self.seeds.len()
    }

    /// The statements as a store has them, in their order.
    fn stored(mut self) -> Vec<Stored> {
        self.seeds.sort_by_key(|seed| seed.stored);
        let mut last = 0;
        let stamp = |Seed { source, stored, value }: Seed| {
            last = stored.max(last + 1);
            sample::prepared_by(source, &value).stamp(Instant::from_micros(last))
        };
        self.seeds.into_iter().map(stamp).collect()
    }
}

pub(crate) fn learner_list() -> String {
    let line = |n: u32| {
        let region = match n {
            0..24 => "Umbria",
            24..38 => "Lazio",
            _ => "Molise",
        };
        format!("u{n},Nome {n},mailto:l{n}@x.example,{region}\n")
    };
    "learner,name,identifiers,region\n".to_owned() + &(0..LEARNERS).map(line).collect::<String>()
}

/// Plants everything in a store in `folder`.
pub(crate) async fn plant(folder: &Path, plot: Plot) {
    std::fs::create_dir_all(folder).unwrap();
    let store: Arc<dyn Store> = Arc::new(SqliteStore::open(folder, Arc::new(SystemClock)).unwrap());
    assert!(store.put_course("c", COURSE, None, Selection::Changed).await.unwrap());
    let list = LearnerList::parse(learner_list().as_bytes()).unwrap();
    let enrolment =
        Enrolment::default().updated_by(&list, Unlisted::Stay).unwrap().to_kept().unwrap();
    let revision = store.course("c").await.unwrap().unwrap().revision;
    assert!(store.put_enrolment("c", &enrolment, revision).await.unwrap());
    store.restore(plot.stored(), Vec::new()).await.unwrap();
    // A store that a server has worked on has one.
    store.secret().await.unwrap();
}
