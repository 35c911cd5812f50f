use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::LazyLock;
use std::time::Duration;

use serde_json::Value;
use validator::Version;

use crate::{PROGRAMMES, Programme, as_sent, cohort, programme};
use course::{ActorProgress, Course, Evidence, Identifier, LearnerList, Replay, State};

fn course(id: &str) -> Course {
    Course::parse(programme(id).unwrap().file).unwrap()
}

fn statements(id: &str, seed: u64, learners: usize) -> Vec<Value> {
    cohort(&course(id), seed, learners).1.collect()
}

/// The cohorts of all programmes, of the size they have.
static COHORTS: LazyLock<Vec<Cohort>> =
    LazyLock::new(|| PROGRAMMES.iter().map(|programme| Cohort::of(programme.id)).collect());

/// A whole cohort, read as a server reads it: voided statements are not there.
struct Cohort {
    course: Course,
    list: LearnerList,
    statements: Vec<Value>,
    progress: HashMap<Identifier, ActorProgress>,
}

impl Cohort {
    fn of(id: &str) -> Self {
        let course = course(id);
        let (list, statements) = cohort(&course, 1, programme(id).unwrap().learners);
        let list = LearnerList::parse(list.as_bytes()).unwrap();
        let statements: Vec<Value> = statements.collect();
        let voided: BTreeSet<&str> =
            statements.iter().filter_map(|it| it.pointer("/object/id")?.as_str()).collect();
        let mut progress: HashMap<Identifier, ActorProgress> = HashMap::new();
        for (statement, stored) in statements.iter().zip(0..) {
            let id = statement["id"].as_str().unwrap();
            let Some(evidence) = Evidence::read(statement, id, stored) else { continue };
            if !voided.contains(id) {
                let counts =
                    progress.entry(evidence.actor.clone()).or_default().apply(&course, &evidence);
                assert!(counts, "{statement}");
            }
        }
        Self { course, list, statements, progress }
    }

    /// Learners by how far they are, those with a certificate, and the mean hours of all who
    /// completed: online and in presence.
    fn figures(&self) -> (BTreeMap<State, usize>, usize, f64, f64) {
        let (mut states, mut certified) = (BTreeMap::<State, usize>::new(), 0);
        let (mut online, mut presence) = (0.0, 0.0);
        for learner in self.list.learners() {
            let known_as = learner.known_as();
            let documents = known_as.iter().filter_map(|it| self.progress.get(it));
            let standings = Replay::new(&self.course, learner, documents).until(None).standings();
            *states.entry(standings.course.state).or_default() += 1;
            certified += usize::from(standings.certified.is_some());
            if standings.course.state == State::Completed {
                online += hours(standings.course.online);
                presence += hours(standings.course.presence);
            }
        }
        let completed = states.get(&State::Completed).copied().unwrap_or_default();
        let completed = f64::from(u32::try_from(completed.max(1)).unwrap());
        (states, certified, online / completed, presence / completed)
    }
}

fn hours(micros: u64) -> f64 {
    Duration::from_micros(micros).as_secs_f64() / 3600.0
}

#[test]
fn the_hours_of_the_modules_that_are_for_a_learner_add_up_to_the_courses() {
    for programme in &PROGRAMMES {
        let course = Course::parse(programme.file).unwrap();
        assert_eq!(course.id(), programme.id);
        let (list, _) = cohort(&course, 1, programme.learners);
        let list = LearnerList::parse(list.as_bytes()).unwrap();
        let hours = list.learners().iter().map(|learner| {
            let mine = course.modules().iter().filter(|it| it.audience.includes(learner));
            mine.filter_map(|module| module.hours).sum::<f64>()
        });
        let most = hours.fold(0.0, f64::max);
        assert_eq!(Some(most), course.hours().or(Some(20.0)), "{}", programme.id);
        for module in course.modules() {
            let sum: f64 = module.activities.iter().filter_map(|activity| activity.hours).sum();
            assert_eq!(Some(sum), module.hours, "{} {}", programme.id, module.id);
        }
    }
}

#[test]
fn the_same_seed_gives_the_same_cohort_and_another_seed_another() {
    let course = course("prog-2796");
    assert_eq!(cohort(&course, 7, 40).0, cohort(&course, 7, 40).0);
    assert_eq!(statements("prog-2796", 7, 40), statements("prog-2796", 7, 40));
    assert_ne!(statements("prog-2796", 7, 40), statements("prog-2796", 8, 40));
}

#[test]
fn a_larger_cohort_begins_with_the_smaller() {
    for Programme { id, .. } in &PROGRAMMES {
        let (small, large) = (statements(id, 7, 20), statements(id, 7, 40));
        assert_eq!(small[..], large[..small.len()], "{id}");
    }
}

#[test]
fn every_statement_is_valid_and_counts_or_voids_one_that_does() {
    for cohort in COHORTS.iter() {
        let id = cohort.course.id();
        for batch in cohort.statements.chunks(1000) {
            let text = serde_json::to_vec(batch).unwrap();
            if let Err(report) = validator::check_batch(&text, Version::V1_0_3) {
                panic!("{id}: {report}");
            }
        }
        let ids: BTreeSet<&str> =
            cohort.statements.iter().filter_map(|it| it["id"].as_str()).collect();
        assert_eq!(ids.len(), cohort.statements.len(), "{id}: ids are distinct");
        let strangers = cohort.progress.keys().filter(|it| cohort.list.find(it).is_none()).count();
        assert!((1..=cohort.list.learners().len() / 10).contains(&strangers), "{id}");
    }
}

#[test]
fn cohorts_have_the_size_and_the_states_of_their_programmes() {
    let bodies = |cohort: &Cohort| -> BTreeSet<String> {
        cohort.list.learners().iter().map(|learner| learner.body.clone()).collect()
    };
    let expected = [
        ("prog-2796", 50_000, 30),
        ("anci-formazione-immigrazione", 30_000, 374),
        ("mimain-2740", 10_000, 15),
        ("for-pa-105920", 2_000, 15),
        ("formare-per-integrare", 20_000, 40),
    ];
    for (cohort, (id, most_statements, bodies_at_least)) in COHORTS.iter().zip(expected) {
        assert_eq!(cohort.course.id(), id);
        let (states, certified, online, presence) = cohort.figures();
        println!(
            "{id}: {} learners, {} statements, {} bodies, {states:?}, {certified} certified, \
             {online:.1} h online and {presence:.1} h in presence of those who completed",
            cohort.list.learners().len(),
            cohort.statements.len(),
            bodies(cohort).len()
        );
        assert!(cohort.statements.len() <= most_statements, "{id}");
        assert!(bodies(cohort).len() >= bodies_at_least, "{id}");
        let share = |state| {
            states.get(&state).copied().unwrap_or_default() * 100 / cohort.list.learners().len()
        };
        assert!((8..25).contains(&share(State::NotStarted)), "{id}");
        assert!(share(State::InProgress) >= 10 && share(State::Completed) >= 15, "{id}");
        assert_eq!(certified > 0, cohort.course.outline().certificate.is_some(), "{id}");
    }
}

#[test]
fn the_thirteenth_learner_of_prog_2796_is_in_umbria_and_has_not_begun() {
    for seed in 1..5 {
        let (list, statements) = cohort(&course("prog-2796"), seed, 14);
        let list = LearnerList::parse(list.as_bytes()).unwrap();
        let learner = &list.learners()[12];
        assert_eq!((learner.id.as_str(), learner.region.as_str()), ("u1013", "Umbria"));
        let said = statements.filter_map(|it| Identifier::of_agent(&it["actor"]));
        let learners: Vec<_> = said.filter_map(|it| Some(list.find(&it)?.id.clone())).collect();
        assert!(!learners.is_empty() && !learners.contains(&learner.id));
    }
}

/// By verb and kind of object, how many.
fn shapes<'a>(statements: impl Iterator<Item = &'a Value>) -> BTreeMap<(String, String), usize> {
    let last = |text: &str| text.rsplit('/').next().unwrap_or_default().to_owned();
    let mut shapes = BTreeMap::new();
    for statement in statements {
        let verb = last(statement["verb"]["id"].as_str().unwrap());
        let kind = statement.pointer("/object/definition/type").and_then(Value::as_str);
        *shapes.entry((verb, last(kind.unwrap_or("reference")))).or_default() += 1;
    }
    shapes
}

#[test]
fn every_kind_of_sender_speaks() {
    let shapes = shapes(COHORTS.iter().flat_map(|cohort| &cohort.statements));
    for (verb, kind) in [
        ("viewed", "page"),
        ("viewed", "chapter"),
        ("completed", "module"),
        ("uncompleted", "module"),
        ("start", "attempt"),
        ("completed", "attempt"),
        ("completed", "assessment"),
        ("answered", "cmi.interaction"),
        ("launched", "scorm-content-object"),
        ("completed", "scorm-content-object"),
        ("initialized", "lesson"),
        ("resumed", "lesson"),
        ("suspended", "lesson"),
        ("terminated", "lesson"),
        ("responded", "cmi.interaction"),
        ("launched", "lesson"),
        ("passed", "lesson"),
        ("failed", "lesson"),
        ("satisfied", "block"),
        ("attended", "meeting"),
        ("attended", "face-to-face-discussion"),
        ("join", "meeting"),
        ("leave", "meeting"),
        ("completed", "survey"),
        ("voided", "reference"),
    ] {
        let shape = (verb.to_owned(), kind.to_owned());
        assert!(shapes.contains_key(&shape), "{shape:?} is missing: {shapes:#?}");
    }
}

#[test]
fn learners_are_known_by_accounts_by_address_and_by_its_hash() {
    let cohort = &COHORTS[0];
    let kinds: BTreeSet<&str> = cohort
        .progress
        .keys()
        .map(|identifier| match identifier {
            Identifier::Mbox(_) => "mbox",
            Identifier::MboxSha1sum(_) => "mbox_sha1sum",
            Identifier::Openid(_) => "openid",
            Identifier::Account { home_page, .. } => home_page,
        })
        .collect();
    let platforms = [
        "https://elearning.anci-lombardia.example.it",
        "https://fad.anci-sicilia.example.it",
        "https://formazione.example.it",
        "https://player.example.it",
    ];
    assert_eq!(
        kinds,
        BTreeSet::from(platforms).union(&["mbox", "mbox_sha1sum"].into()).copied().collect()
    );
}

#[test]
fn as_sent_only_moodle_has_no_ids_and_its_registration_is_no_learners() {
    let sent: Vec<Value> = statements("prog-2796", 1, 60).into_iter().map(as_sent).collect();
    let mut learners: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for statement in &sent {
        let is_moodle = statement.pointer("/context/platform").is_some_and(|it| it == "Moodle");
        assert_eq!(statement.get("id").is_none(), is_moodle, "{statement}");
        if is_moodle {
            let run = statement["context"]["registration"].to_string();
            learners.entry(run).or_default().insert(statement["actor"].to_string());
        }
    }
    assert!(learners.values().any(|learners| learners.len() > 1));
}

#[test]
fn a_course_of_ones_own_has_a_cohort_of_those_whom_it_is_for() {
    let text = r#"
id = "own"
title = { it = "Corso" }
time_zone = "Europe/Rome"
begins = 2026-01-12
ends = 2026-03-31
[[module]]
id = "m"
title = { it = "Modulo" }
audience = { role = ["librarian"] }
[[module.activity]]
prefix = "https://c.example/m/"
[[module.activity]]
within = "https://m.example/course/view.php?id=7"
[[module.event]]
key = "e"
title = { it = "Incontro" }
kind = "meeting"
[[module.event.session]]
id = "1"
date = 2026-02-03
"#;
    let course = Course::parse(text).unwrap();
    let (list, statements) = cohort(&course, 1, 20);
    let list = LearnerList::parse(list.as_bytes()).unwrap();
    assert!(list.learners().iter().all(|learner| learner.role == "librarian"));
    let statements: Vec<Value> = statements.collect();
    assert!(statements.len() > 20);
    let mut actors = statements.iter().filter_map(|it| Identifier::of_agent(&it["actor"]));
    assert!(actors.any(|actor| list.find(&actor).is_some()));
    let unknown: BTreeSet<_> = statements
        .iter()
        .filter_map(|it| Identifier::of_agent(&it["actor"]))
        .filter(|actor| list.find(actor).is_none())
        .collect();
    assert!(unknown.is_empty(), "{unknown:?}");
    let times: BTreeSet<&str> =
        statements.iter().filter_map(|it| it["timestamp"].as_str()).collect();
    assert!(times.iter().all(|time| ("2026-01-12".."2026-04-01").contains(time)), "{times:?}");
}
