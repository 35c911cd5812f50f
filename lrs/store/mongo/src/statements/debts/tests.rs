use std::time::Duration;

use futures::FutureExt as _;

use super::*;
use xapi::index::{Closeness, Kind};

const MANY: &str = "many";
const ONE: &str = "one";

fn keys(of: &str, count: usize) -> Arc<BTreeSet<Key>> {
    let key = |at| Key::hashed(Kind::Activity, &format!("{of}/{at}"), Closeness::Direct);
    Arc::new((0..count).map(key).collect())
}

fn heir(n: usize) -> Uuid {
    Uuid::from_u128(n.try_into().unwrap())
}

/// What the requests of a test owe.
#[derive(Default)]
struct Scene(Ledger);

impl Scene {
    /// Owes heirs keys because of a request of `key`, under one document. Gives the document, and what tells of the end.
    fn owe(
        &self,
        key: &str,
        heirs: impl IntoIterator<Item = usize>,
        keys: &Arc<BTreeSet<Key>>,
    ) -> (ObjectId, oneshot::Receiver<Infallible>) {
        let (document, because) = (ObjectId::new(), Uuid::new_v4());
        let (hold, end) = oneshot::channel();
        let debtor = Debtor { key: key.into(), holds: vec![Arc::new(hold)] };
        let owing = |n| Owing { heir: heir(n), keys: Arc::clone(keys), document, because };
        let owed = heirs.into_iter().map(owing).collect();
        self.0.add(owed, &HashMap::from([(because, debtor)]));
        (document, end)
    }

    /// Gives all that is owed; gives the heirs of each round, with their keys, by whose it was.
    fn pay(&self) -> Vec<(String, Vec<Gift>)> {
        let mut rounds = Vec::new();
        while let Some(round) = self.0.next() {
            rounds.push((round.key.to_string(), round.heirs(|_| true)));
            self.0.end(&round);
        }
        assert_eq!(self.sum(), Sum::default());
        assert!(self.0.lock().accounts.is_empty() && self.0.lock().documents.is_empty());
        rounds
    }

    fn sum(&self) -> Sum {
        self.0.lock().all
    }
}

#[test]
fn ten_groups_that_owe_one_heir_change_it_once_or_twice() {
    const OWED: usize = 1_000;
    let scene = Scene::default();
    scene.owe(ONE, 0..OWED, &keys("0", 3));
    let first = scene.0.next().unwrap();
    for n in 1..10 {
        scene.owe(ONE, 0..OWED, &keys(&n.to_string(), 3));
    }
    scene.0.end(&first);
    let given: Vec<_> = scene.pay().into_iter().flat_map(|(_, heirs)| heirs).collect();
    let changes = |n| given.iter().filter(move |(id, _)| *id == heir(n)).map(|(_, it)| it.len());
    assert_eq!(changes(0).collect::<Vec<_>>(), [9 * 3], "once more, with all that came meanwhile");
    assert_eq!(changes(OWED - 1).collect::<Vec<_>>(), [10 * 3]);
    assert_eq!(given.len(), OWED);
}

/// Bytes: what several groups owe to many is held once.
#[test]
fn heirs_of_one_chain_share_the_keys_that_they_are_owed() {
    let scene = Scene::default();
    for n in 0..3 {
        scene.owe(ONE, 0..ROUND, &keys(&n.to_string(), 1_000));
    }
    let (_, heirs) = scene.pay().remove(0);
    let held: HashSet<*const BTreeSet<Key>> = heirs.iter().map(|(_, it)| Arc::as_ptr(it)).collect();
    assert_eq!((heirs.len(), held.len(), heirs[0].1.len()), (ROUND, 1, 3_000));
}

#[test]
fn keys_take_turns_however_much_one_of_them_owes() {
    let scene = Scene::default();
    scene.owe(MANY, 0..ROUND * 4, &keys("m", 1));
    let (_, end) = scene.owe(ONE, 0..3, &keys("o", 1));
    scene.owe("two", 0..3, &keys("t", 1));
    let whose: Vec<String> = scene.pay().into_iter().map(|(key, _)| key).collect();
    assert_eq!(whose, [MANY, ONE, "two", MANY, MANY, MANY]);
    assert!(end.now_or_never().is_some());
}

#[test]
fn a_key_that_owes_much_is_full_and_others_are_not() {
    let scene = Scene::default();
    scene.owe(MANY, 0..HEIRS - 1, &keys("m", 1));
    scene.owe(MANY, 0..HEIRS - 1, &keys("again", 1));
    assert!(!scene.0.is_full(MANY), "the same heirs");
    scene.owe(MANY, [HEIRS], &keys("m", 1));
    assert_eq!([MANY, ONE].map(|key| scene.0.is_full(key)), [true, false]);
    let (wide, heirs) = (keys("wide", 1_000), HEIRS - 1);
    for _ in 0..BYTES.div_ceil(heirs * (OWING + 1_000 * size_of::<Key>())) {
        assert!(!scene.0.is_full(ONE));
        scene.owe(ONE, 0..heirs, &wide);
    }
    assert!(scene.0.is_full(ONE), "few heirs that are owed many keys");
    assert!(!scene.0.is_full("two"));
    for n in 0..ALL {
        scene.owe(&format!("key {n}"), 0..HEIRS, &keys("all", 1));
    }
    assert!(scene.0.is_full("two"), "all together owe as much as they may");
    scene.pay();
    assert_eq!([MANY, ONE, "two"].map(|key| scene.0.is_full(key)), [false; 3]);
}

/// What is being given is owed still.
#[test]
fn what_is_owed_counts_until_it_is_given() {
    let scene = Scene::default();
    scene.owe(ONE, 0..HEIRS, &keys("o", 2));
    let all = Sum { heirs: HEIRS, bytes: HEIRS * (OWING + 2 * size_of::<Key>()) };
    let round = scene.0.next().unwrap();
    assert_eq!((scene.sum(), scene.0.is_full(ONE)), (all, true));
    scene.0.end(&round);
    scene.pay();
}

#[test]
fn a_document_ends_and_its_request_is_answered_with_its_last_heir() {
    let scene = Scene::default();
    let (long, mut waits) = scene.owe(ONE, 0..=ROUND, &keys("long", 1));
    let (short, mut early) = scene.owe(ONE, 1..3, &keys("short", 1));
    let first = scene.0.next().unwrap();
    assert_eq!(scene.0.end(&first), [short]);
    drop(first);
    assert!((&mut early).now_or_never().is_some());
    assert!(scene.0.has_document(long) && !scene.0.has_document(short));
    assert!((&mut waits).now_or_never().is_none());
    let last = scene.0.next().unwrap();
    assert_eq!(scene.0.end(&last), [long]);
    assert!((&mut waits).now_or_never().is_none(), "it is not struck out yet");
    drop(last);
    assert!(waits.now_or_never().is_some());
}

#[test]
fn a_round_has_nothing_of_documents_that_are_gone() {
    let scene = Scene::default();
    let (gone, _) = scene.owe(ONE, 0..2, &keys("gone", 1));
    scene.owe(ONE, [1], &keys("there", 1));
    let round = scene.0.next().unwrap();
    let left = round.heirs(|document| *document != gone);
    assert_eq!(left, [(heir(1), keys("there", 1))]);
    scene.0.end(&round);
}

/// Whoever looks for what is owed gives it later: the requests are answered, and nothing of it counts.
#[test]
fn what_could_not_be_given_is_left() {
    let scene = Scene::default();
    let (lost, waits) = scene.owe(ONE, 0..ROUND + 5, &keys("lost", 1));
    let (kept, _waits) = scene.owe(ONE, [ROUND + 1], &keys("kept", 1));
    let round = scene.0.next().unwrap();
    scene.0.leave(&round);
    drop(round);
    assert!(waits.now_or_never().is_some());
    assert!(!scene.0.has_document(lost) && scene.0.has_document(kept));
    assert_eq!(scene.sum().heirs, 1);
    let rounds = scene.pay();
    assert_eq!(rounds, [(ONE.to_owned(), vec![(heir(ROUND + 1), keys("kept", 1))])]);
}

#[test]
fn what_an_erasure_waits_for_comes_first() {
    let scene = Scene::default();
    scene.owe(MANY, 0..ROUND * 2, &keys("m", 1));
    let (wanted, _waits) = scene.owe(MANY, [ROUND * 2 + 7, ROUND * 2 + 5], &keys("w", 1));
    scene.0.hasten(&[wanted]);
    let (_, first) = scene.pay().remove(0);
    let first: Vec<Uuid> = first.into_iter().map(|(id, _)| id).collect();
    assert_eq!(first[..3], [heir(ROUND * 2 + 7), heir(ROUND * 2 + 5), heir(0)]);
}

#[test]
fn one_gives_what_is_owed_at_a_time() {
    let ledger = Ledger::default();
    let owing = |n| Owing {
        heir: heir(n),
        keys: keys("k", 1),
        document: ObjectId::new(),
        because: heir(n),
    };
    assert!(!ledger.add(Vec::new(), &HashMap::new()), "there is nothing to give");
    assert!(ledger.add(vec![owing(1)], &HashMap::new()));
    let round = ledger.next().unwrap();
    assert!(!ledger.add(vec![owing(2)], &HashMap::new()), "the first one gives it");
    ledger.end(&round);
    ledger.end(&ledger.next().unwrap());
    assert!(ledger.next().is_none());
    assert!(ledger.add(vec![owing(3)], &HashMap::new()), "the first one has ended");
}

#[tokio::test(start_paused = true)]
async fn a_request_waits_until_its_key_owes_less_and_not_for_ever() {
    let scene = Scene::default();
    let soon = || Moment::now() + Duration::from_secs(15);
    scene.owe(MANY, 0..HEIRS, &keys("m", 1));
    assert!(scene.0.room(ONE, soon()).now_or_never().is_some());
    let refused = scene.0.room(MANY, soon()).await;
    assert!(matches!(refused, Err(StoreError::Unavailable(_))), "{refused:?}");
    let mut waits = Box::pin(scene.0.room(MANY, soon()));
    assert!(waits.as_mut().now_or_never().is_none());
    scene.pay();
    assert!(matches!(waits.now_or_never(), Some(Ok(()))));
}
