//! Answers against a slow reading of the raw log, which is written apart: it knows no tables.

use std::collections::{BTreeMap, BTreeSet};

use dataset::Recipe;
use dataset::aggregate::{Ask, Duplicates, Voided, short};
use dataset::ranges::Period;
use futures::FutureExt as _;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use serde_json::{Value, json};
use store::Store;
use store_testkit::clock::TurnedClock;
use store_testkit::memory::MemoryStore;
use store_testkit::sample;
use tempfile::TempDir;
use uuid::Uuid;
use xapi::clock::Clock;

use super::super::sealing::Datasets;
use super::super::tables::VOIDED;
use super::super::{Folder, RECIPIENT};
use super::*;

mod time;

const MINUTE: i64 = 60_000_000;
const DAY: i64 = 24 * 60 * MINUTE;
/// 2026-03-27T20:00:00Z: two days before clocks go forward.
const BEGIN: i64 = 1_774_641_600_000_000;
const ZONE: &str = "Europe/Rome";
const DIMENSIONS: [&str; 8] = [
    "verb",
    "object",
    "success",
    "source",
    "week(timestamp)",
    "day(timestamp)",
    "weekday(timestamp)",
    "hour_of_day(stored)",
];
const MEASURES: &str = "count,count(score_scaled),distinct(actor),distinct(object),sum(duration_ms),sum(score_scaled),\
    mean(score_scaled),median(score_scaled),quantile(duration_ms,0.9),share(success=true),first(verb),last(object)";

struct Dice(u64);

impl Dice {
    fn below(&mut self, below: u64) -> u64 {
        self.0 =
            self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % below
    }

    fn word(&mut self, of: &[&'static str]) -> &'static str {
        of[usize::try_from(self.below(of.len() as u64)).unwrap()]
    }

    fn one<'a, T>(&mut self, of: &'a [T]) -> &'a T {
        &of[usize::try_from(self.below(of.len() as u64)).unwrap()]
    }
}

/// A log with few values, so that they come again; some statements are sent twice, and some are voided.
fn log(dice: &mut Dice) -> Vec<Stored> {
    let (mut all, mut at): (Vec<(Value, i64, &str)>, i64) = (Vec::new(), BEGIN);
    for n in 0..u32::try_from(40 + dice.below(160)).unwrap() {
        at += 1 + dice.below(90).cast_signed() * MINUTE;
        let key = *dice.one(&["a", "b"]);
        let twin = (dice.below(8) == 0 && !all.is_empty()).then(|| dice.one(&all).0.clone());
        let is_voiding = dice.below(9) == 0 && n > 0;
        let value = match twin {
            _ if is_voiding => sample::voiding(n, u32::try_from(dice.below(u64::from(n))).unwrap()),
            Some(twin) if twin["verb"] != json!({"id": VOIDED}) => {
                sample::with(twin, "id", json!(sample::id(n).to_string()))
            }
            _ => statement(dice, n, at),
        };
        all.push((value, at, key));
    }
    let stamp = |(value, at, key): (Value, i64, &str)| {
        sample::prepared_by(key, &value).stamp(Instant::from_micros(at))
    };
    all.into_iter().map(stamp).collect()
}

fn statement(dice: &mut Dice, n: u32, at: i64) -> Value {
    let said = at - dice.below(3).cast_signed() * DAY / 2;
    let mut value = json!({
        "id": sample::id(n).to_string(), "actor": sample::person(dice.word(&["p", "q", "r", "s", "t", "u", "v"])),
        "verb": sample::verb(dice.word(&["did", "saw", "won"])),
        "object": sample::activity(dice.word(&["a", "b", "c"])),
        "timestamp": Instant::from_micros(said).to_string(),
    });
    if dice.below(6) == 0 {
        value["actor"] = json!({"objectType": "Group", "member": [sample::person("p")]});
    }
    let mut result = json!({});
    if dice.below(2) == 0 {
        result["success"] = json!(dice.below(2) == 0);
    }
    if dice.below(2) == 0 {
        result["score"] = json!({"scaled": *dice.one(&[0.25, 0.5, 1.0])});
    }
    if dice.below(3) == 0 {
        result["duration"] = json!(format!("PT{}S", dice.below(500)));
    }
    if dice.below(4) > 0 {
        value["result"] = result;
    }
    value
}

/// A condition, and what it means for a statement.
type Where = (&'static str, fn(&Value) -> bool);

fn text<'a>(value: &'a Value, pointer: &str) -> &'a str {
    value.pointer(pointer).and_then(Value::as_str).unwrap_or_default()
}

const WHERES: [Where; 6] = [
    ("verb=https://v.example/did|https://v.example/won", |it| {
        ["https://v.example/did", "https://v.example/won"].contains(&text(it, "/verb/id"))
    }),
    ("object!=https://a.example/b", |it| text(it, "/object/id") != "https://a.example/b"),
    ("score_scaled>=0.5", |it| {
        it.pointer("/result/score/scaled").and_then(Value::as_f64).is_some_and(|it| it >= 0.5)
    }),
    ("success=", |it| it.pointer("/result/success").is_none()),
    ("timestamp>=2026-03-29", |it| micros(it, "/timestamp") >= 1_774_738_800_000_000),
    ("source=a", |it| text(it, "/authority/account/name") == "a"),
];

fn micros(value: &Value, pointer: &str) -> i64 {
    Instant::parse(text(value, pointer)).unwrap().micros()
}

fn local(at: i64) -> (Date, i8) {
    let zone = TimeZone::get(ZONE).unwrap();
    let local = jiff::Timestamp::from_microsecond(at).unwrap().to_zoned(zone);
    (local.date(), local.hour())
}

fn dimension(name: &str, it: &Value) -> Value {
    let member = |pointer: &str| it.pointer(pointer).cloned().unwrap_or_default();
    let day = |pointer: &str| local(micros(it, pointer)).0;
    match name {
        "verb" => member("/verb/id"),
        "object" => member("/object/id"),
        "success" => member("/result/success"),
        "source" => member("/authority/account/name"),
        "week(timestamp)" => {
            let mut day = day("/timestamp");
            while day.weekday() != jiff::civil::Weekday::Monday {
                day = day.yesterday().unwrap();
            }
            json!(day.to_string())
        }
        "day(timestamp)" => json!(day("/timestamp").to_string()),
        "weekday(timestamp)" => json!(day("/timestamp").weekday().to_monday_one_offset()),
        _ => json!(local(micros(it, "/stored")).1),
    }
}

/// What the measures say of statements, in the order of `stored`.
fn measured(of: &[&Value]) -> Vec<Value> {
    let numbers = |pointer: &str| -> Vec<f64> {
        of.iter().filter_map(|it| it.pointer(pointer)?.as_f64()).collect()
    };
    let seconds = |it: &&Value| -> Option<i64> {
        let text = it.pointer("/result/duration")?.as_str()?;
        text.strip_prefix("PT")?.strip_suffix('S')?.parse().ok()
    };
    let durations: Vec<i64> = of.iter().filter_map(|it| Some(seconds(it)? * 1000)).collect();
    let scores = numbers("/result/score/scaled");
    let differ = |pointer: &str| {
        of.iter().filter_map(|it| it.pointer(pointer)?.as_str()).collect::<BTreeSet<_>>().len()
    };
    let success: Vec<bool> =
        of.iter().filter_map(|it| it.pointer("/result/success")?.as_bool()).collect();
    let some = |there: bool, value: Value| if there { value } else { Value::Null };
    let mut by_time: Vec<&&Value> = of.iter().collect();
    by_time.sort_by_key(|it| (micros(it, "/timestamp"), micros(it, "/stored")));
    let count = |count: usize| f64::from(u32::try_from(count).unwrap());
    let hits = success.iter().filter(|hit| **hit).count();
    vec![
        json!(of.len()),
        json!(scores.len()),
        json!(differ("/actor/mbox")),
        json!(differ("/object/id")),
        some(!durations.is_empty(), json!(durations.iter().sum::<i64>())),
        some(!scores.is_empty(), json!(scores.iter().sum::<f64>())),
        some(!scores.is_empty(), json!(scores.iter().sum::<f64>() / count(scores.len()))),
        at(&scores, 0.5),
        at(
            &durations.iter().map(|it| f64::from(i32::try_from(*it).unwrap())).collect::<Vec<_>>(),
            0.9,
        ),
        some(!success.is_empty(), json!(count(hits) / count(success.len()))),
        by_time.first().map_or(Value::Null, |it| it["verb"]["id"].clone()),
        by_time.last().map_or(Value::Null, |it| it["object"]["id"].clone()),
    ]
}

fn at(values: &[f64], part: f64) -> Value {
    let mut values = values.to_vec();
    values.sort_by(f64::total_cmp);
    if values.is_empty() {
        return Value::Null;
    }
    let place = part * f64::from(u32::try_from(values.len() - 1).unwrap());
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "a place in a list"
    )]
    let (low, high) = (place.floor() as usize, place.ceil() as usize);
    json!(values[low] + (values[high] - values[low]) * place.fract())
}

/// The slow answer: rows by their dimensions.
fn slowly(
    log: &[Value],
    (dimensions, wheres): (&[&str], &[Where]),
    (voided, duplicates): (Voided, Duplicates),
) -> Vec<Vec<Value>> {
    let is_voiding = |it: &Value| text(it, "/verb/id") == VOIDED;
    let gone: BTreeSet<&str> =
        log.iter().filter(|it| is_voiding(it)).map(|it| text(it, "/object/id")).collect();
    let stands = |it: &&Value| {
        voided == Voided::Include || !(is_voiding(it) || gone.contains(text(it, "/id")))
    };
    let mut said = BTreeSet::new();
    let mut groups: BTreeMap<String, (Vec<Value>, Vec<&Value>)> = BTreeMap::new();
    for it in log.iter().filter(stands) {
        let named = it.pointer("/actor/mbox").is_some();
        let what = [&it["actor"], &it["verb"], &it["object"], &it["timestamp"], &it["result"]];
        let is_first = !named || said.insert(json!(what).to_string());
        if (duplicates == Duplicates::All || is_first) && wheres.iter().all(|(_, met)| met(it)) {
            let key: Vec<Value> = dimensions.iter().map(|name| dimension(name, it)).collect();
            groups.entry(json!(key).to_string()).or_insert((key, Vec::new())).1.push(it);
        }
    }
    if dimensions.is_empty() && groups.is_empty() {
        groups.insert(String::new(), (Vec::new(), Vec::new()));
    }
    let row = |(key, of): (Vec<Value>, Vec<&Value>)| [key, measured(&of)].concat();
    groups.into_values().map(row).collect()
}

fn asker() -> Asker {
    let memory = Memory::new(1 << 30);
    Asker { hides_small: false, authority: None, memory, bounds: FoldBounds::default() }
}

/// A store with this log, of which a part is sealed.
struct Scene {
    lane: DataLane,
    clock: TurnedClock,
    log: Vec<Value>,
    home: TempDir,
}

impl Scene {
    async fn of(log: Vec<Stored>, sealed: Option<Instant>, most: u64) -> Self {
        let last = log.last().map_or(BEGIN, |last| last.stored.micros());
        let clock = TurnedClock::at(Instant::from_micros(last + DAY));
        let store: Arc<dyn Store> = Arc::new(MemoryStore::new(Arc::new(clock.clone())));
        let values = log.iter().map(|stored| stored.value().unwrap()).collect();
        store.restore(log, Vec::new()).await.unwrap();
        let home = TempDir::new().unwrap();
        let place: Arc<dyn DatasetPlace> = Arc::new(Folder::make(home.path()).unwrap());
        let dynamic: Arc<dyn Clock> = Arc::new(clock.clone());
        if let Some(sealed) = sealed {
            let recipe = Recipe { recipient: RECIPIENT.into(), ..Recipe::default() };
            let datasets = Datasets::of(&store, Arc::clone(&dynamic), Arc::clone(&place), recipe)
                .await
                .unwrap();
            datasets.cut(Period::Day, most).seal_until(sealed, &|_| ()).await.unwrap();
        }
        let place = sealed.map(|_| place);
        let lane = DataLane::of(&store, &dynamic, place, Period::Day).await.unwrap();
        Self { lane, clock, log: values, home }
    }

    async fn rows(&self, ask: &Ask, asker: Asker) -> Value {
        let answered = self.lane.ask(Plan::of(ask).unwrap(), asker).await.unwrap();
        assert_eq!(answered.through, self.lane.store.consistent_through().await.unwrap());
        answered.answer.json(answered.through)["rows"].clone()
    }
}

fn sorted(rows: &[Value]) -> Vec<String> {
    let mut rows: Vec<String> = rows.iter().map(Value::to_string).collect();
    rows.sort();
    rows
}

#[tokio::test]
async fn answers_are_those_of_a_slow_reading_of_the_log_whatever_is_sealed() {
    let mut dice = Dice(0x9e37_79b9_7f4a_7c15);
    let mut compared = 0;
    for round in 0..16 {
        let log = log(&mut dice);
        let (first, last) = (log[0].stored.micros(), log[log.len() - 1].stored.micros());
        let within =
            dice.below(((last - first + DAY) / MINUTE).cast_unsigned()).cast_signed() * MINUTE;
        let sealed = (round % 4 > 0).then(|| Instant::from_micros(first + within - 1));
        let scene = Scene::of(log, sealed, 8 + dice.below(60)).await;
        for _ in 0..12 {
            let mut dimensions: Vec<&str> =
                (0..dice.below(3)).map(|_| *dice.one(&DIMENSIONS)).collect();
            dimensions.dedup();
            let wheres: Vec<Where> = (0..dice.below(3)).map(|_| *dice.one(&WHERES)).collect();
            let voided = *dice.one(&[Voided::Exclude, Voided::Include]);
            let duplicates = *dice.one(&[Duplicates::All, Duplicates::Once]);
            let ask = Ask {
                filter: short::conditions(wheres.iter().map(|(text, _)| *text)).unwrap(),
                dimensions: short::dimensions(&dimensions.join(",")).unwrap(),
                measures: short::measures(MEASURES).unwrap(),
                zone: Some(ZONE.into()),
                voided,
                duplicates,
                ..Ask::default()
            };
            let expected = slowly(&scene.log, (&dimensions, &wheres), (voided, duplicates));
            let found = scene.rows(&ask, asker()).await.as_array().unwrap().clone();
            compared += found.len();
            let told =
                format!("{dimensions:?} {:?} {voided:?} {duplicates:?} {sealed:?}", wheres.len());
            assert_eq!(
                sorted(&found),
                sorted(&expected.into_iter().map(|it| json!(it)).collect::<Vec<_>>()),
                "{told}"
            );
        }
    }
    assert!(compared > 1_000, "{compared} groups");
}

#[tokio::test]
async fn who_reads_the_statements_of_one_authority_asks_about_these_alone() {
    let scene = Scene::of(log(&mut Dice(7)), Some(Instant::from_micros(BEGIN + DAY)), 20).await;
    let ask = Ask { dimensions: short::dimensions("source").unwrap(), ..Ask::default() };
    let all = scene.rows(&ask, asker()).await;
    assert_eq!(all.as_array().unwrap().len(), 2);
    let own = Asker { authority: Some(sample::authority("a").ifi().to_owned()), ..asker() };
    assert_eq!(scene.rows(&ask, own).await, json!([all[0]]));
    let elsewhere = "account::a@https://elsewhere.example".to_owned();
    let nobody = Asker { authority: Some(elsewhere), ..asker() };
    assert_eq!(scene.rows(&ask, nobody).await, json!([]), "another key of the same name");
}

#[tokio::test]
async fn a_question_that_takes_too_much_ends_with_the_bound_and_holds_nothing() {
    let scene = Scene::of(log(&mut Dice(7)), Some(Instant::from_micros(BEGIN + DAY)), 20).await;
    let ask = Ask { dimensions: short::dimensions("id").unwrap(), ..Ask::default() };
    let plan = Plan::of(&ask).unwrap();
    let memory = Memory::new(64 << 20);
    let bounded = |bounds| Asker { bounds, memory: memory.clone(), ..asker() };
    let all = FoldBounds::default();
    for (bounds, bound) in [
        (FoldBounds { groups: 3, ..all }, Bound::Groups(3)),
        (FoldBounds { rows: 3, ..all }, Bound::Rows(3)),
        (FoldBounds { bytes: 3, ..all }, Bound::Bytes(3)),
        (FoldBounds { seconds: 0, ..all }, Bound::Seconds(0)),
    ] {
        let error = scene.lane.ask(plan.clone(), bounded(bounds)).await.unwrap_err();
        assert!(matches!(error, QuestionError::Bound(found) if found == bound), "{error}");
        // What is computed when the time is over ends at its next look at it.
        let given_back = async {
            while memory.held() > 0 {
                tokio::task::yield_now().await;
            }
        };
        timeout(Duration::from_mins(1), given_back).await.expect("nothing is held");
    }
    let small = Asker { memory: Memory::new(1 << 20), ..asker() };
    let error = scene.lane.ask(plan.clone(), small).await.unwrap_err();
    assert!(matches!(error, QuestionError::Memory(_)), "{error}");
    scene.clock.pass(60);
    let answered = scene.lane.ask(plan, bounded(all)).await.unwrap();
    assert_eq!(memory.held(), answered.answer.weight());
}

#[tokio::test]
async fn answers_of_jobs_are_kept_for_their_key_the_latest_few() {
    let scene = Scene::of(log(&mut Dice(7)), None, 20).await;
    let keep = |key: &str| {
        let (job, slot) = (Uuid::new_v4(), AnswerSlot::default());
        scene.lane.keep_answer(job, key, &asker(), &slot);
        job
    };
    let jobs: Vec<Uuid> = (0..6).map(|_| keep("one")).collect();
    let kept = |job: &Uuid| scene.lane.kept_answer(*job, "one", &asker()).is_some();
    assert_eq!(jobs.iter().map(kept).collect::<Vec<_>>(), [false, false, true, true, true, true]);
    assert!(scene.lane.kept_answer(jobs[5], "two", &asker()).is_none(), "another key's");
    let less = Asker { hides_small: true, ..asker() };
    let own = Asker { authority: Some(sample::authority("a").ifi().to_owned()), ..asker() };
    for fewer in [less, own] {
        assert!(scene.lane.kept_answer(jobs[5], "one", &fewer).is_none(), "it may read less now");
    }
    scene.clock.pass(3_599);
    assert!(kept(&jobs[5]));
    scene.clock.pass(1);
    assert!(!kept(&jobs[5]), "an hour is over");
    let last = keep("one");
    (0..20).for_each(|n| {
        keep(&format!("k{n}"));
    });
    assert!(!kept(&last), "sixteen in all");
    let plan = Plan::of(&Ask::default()).unwrap();
    let mut asked = Box::pin(scene.lane.ask(plan, asker()));
    assert!((&mut asked).now_or_never().is_none_or(|answered| answered.is_ok()));
}

#[tokio::test]
async fn the_memory_of_a_kept_answer_comes_back_when_its_time_is_over() {
    let scene = Scene::of(log(&mut Dice(7)), None, 20).await;
    let memory = Memory::new(64 << 20);
    let ask = Ask { dimensions: short::dimensions("id").unwrap(), ..Ask::default() };
    let by_memory = Asker { memory: memory.clone(), ..asker() };
    let answered = scene.lane.ask(Plan::of(&ask).unwrap(), by_memory).await.unwrap();
    let slot = AnswerSlot::from(std::sync::OnceLock::from(answered));
    scene.lane.keep_answer(Uuid::new_v4(), "one", &asker(), &slot);
    drop(slot);
    assert!(memory.held() > 0);
    scene.clock.pass(3_600);
    scene.lane.keep_answer(Uuid::new_v4(), "two", &asker(), &AnswerSlot::default());
    assert_eq!(memory.held(), 0);
}

#[tokio::test]
async fn voiding_statements_count_within_the_bounds_of_the_question() {
    let voiding =
        |n: u32| sample::prepared_by("a", &sample::voiding(n, 0)).stamp(Instant::default());
    let page: Vec<Stored> = (1..4).map(voiding).collect();
    let plan = Plan::of(&Ask::default()).unwrap();
    let given_up = GivenUp::default();
    let begin = || Folding::begin(plan.clone(), &asker(), &given_up).unwrap();
    let before = begin();
    let weight = before.aggregator.weight();
    let folded = before.fold_voiding(&page).unwrap();
    assert!(folded.aggregator.weight() > weight);
    let unwanted = begin();
    drop(given_up);
    assert!(unwanted.fold_voiding(&page).is_err(), "it ends with the question");
}
