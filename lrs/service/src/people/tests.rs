//! People over a store in memory, by a clock that the tests turn.

use store_testkit::clock::TurnedClock;
use store_testkit::memory::MemoryStore;
use store_testkit::slow::Slow;
use tokio::sync::mpsc;

use super::*;
use crate::memory::Memory;
use crate::record::Record;

const NOW: Instant = Instant::from_micros(1_795_000_000_000_000);
const GOOD: &str = "cavallo e batteria";
const OTHER: &str = "ventisette gatti neri";

struct Scene {
    people: People,
    store: Arc<dyn Store>,
    clock: TurnedClock,
}

fn scene() -> Scene {
    let clock = TurnedClock::at(NOW);
    over(Arc::new(MemoryStore::new(Arc::new(clock.clone()))), clock)
}

fn over(store: Arc<dyn Store>, clock: TurnedClock) -> Scene {
    let as_clock: Arc<dyn Clock> = Arc::new(clock.clone());
    let record = Record::new(Arc::clone(&store), Arc::clone(&as_clock));
    let (commands, _) = mpsc::channel(1);
    let url = "https://lrs.example";
    let progress = CourseService::new(
        Arc::clone(&store),
        Arc::clone(&as_clock),
        record,
        commands,
        url,
        [7; 32],
        &Memory::new(1 << 30),
    );
    let limits = SessionLimits::default();
    let people = People::new(Arc::clone(&store), as_clock, progress, url, limits);
    Scene { people, store, clock }
}

fn about(role: Role) -> About {
    About { label: "Anna Rossi".into(), role, bounds: None, learner: Vec::new() }
}

impl Scene {
    /// Somebody who has chosen [`GOOD`].
    async fn add(&self, name: &str, role: Role) -> KeptPerson {
        let invited = self.people.invite(name, about(role)).await.unwrap();
        self.people.accept(&invited.secret, GOOD).await.unwrap()
    }

    async fn begin(&self, name: &str) -> String {
        let kept = self.people.person(name).await.unwrap();
        self.people.begin(kept, "192.0.2.1", "Firefox").await.unwrap().secret
    }

    async fn is_in(&self, secret: &str) -> bool {
        self.people.signed_in(secret).await.unwrap().is_some()
    }
}

#[tokio::test]
async fn an_invitation_is_good_once_and_for_a_week() {
    let scene = scene();
    let invited = scene.people.invite(" Anna@X.it", about(Role::Designer)).await.unwrap();
    assert_eq!(invited.person.name, "anna@x.it");
    let Err(PeopleError::Weak(Weak::Short)) = scene.people.accept(&invited.secret, "x").await
    else {
        panic!("a short password")
    };
    let kept = scene.people.accept(&invited.secret, GOOD).await.unwrap();
    assert!(access::key::is_secret(GOOD, &kept.password_hash.unwrap()));
    let again = scene.people.accept(&invited.secret, OTHER).await;
    assert!(matches!(again, Err(PeopleError::Link)), "{again:?}");

    let first = scene.people.invite_again("anna@x.it").await.unwrap();
    let second = scene.people.invite_again("anna@x.it").await.unwrap();
    let older = scene.people.accept(&first.secret, OTHER).await;
    assert!(matches!(older, Err(PeopleError::Link)), "a newer link was made: {older:?}");
    scene.clock.pass(7 * 86_400);
    let late = scene.people.accept(&second.secret, OTHER).await;
    assert!(matches!(late, Err(PeopleError::Link)), "{late:?}");
    for other in ["", "x", "x.y", &session::secret_of("nobody")] {
        let other = scene.people.accept(other, GOOD).await;
        assert!(matches!(other, Err(PeopleError::Link)), "{other:?}");
    }
}

#[tokio::test]
async fn who_accepts_an_invitation_has_signed_in_unless_a_code_is_asked_for_still() {
    let scene = scene();
    let invited = scene.people.invite("anna", about(Role::Designer)).await.unwrap();
    assert_eq!(invited.person.last_sign_in, None);
    let kept = scene.people.accept(&invited.secret, GOOD).await.unwrap();
    let first = kept.person.last_sign_in;
    assert_eq!(first, Some(scene.people.clock.now()));

    let totp = scene.people.new_factor("anna").await.unwrap();
    scene
        .people
        .switch_factor_on("anna", &totp.shown(scene.people.clock.now()).unwrap())
        .await
        .unwrap();
    let again = scene.people.invite_again("anna").await.unwrap();
    scene.clock.pass(60);
    let kept = scene.people.accept(&again.secret, OTHER).await.unwrap();
    assert_eq!(kept.person.last_sign_in, first, "the code is not given yet");
}

#[tokio::test]
async fn of_two_who_accept_at_once_one_does() {
    let scene = scene();
    let invited = scene.people.invite("anna", about(Role::Designer)).await.unwrap();
    let (one, other) = tokio::join!(
        scene.people.accept(&invited.secret, GOOD),
        scene.people.accept(&invited.secret, OTHER)
    );
    assert_eq!([one.is_ok(), other.is_ok()].into_iter().filter(|it| *it).count(), 1);
}

#[tokio::test]
async fn of_two_who_invite_one_name_one_does() {
    let scene = scene();
    let (one, other) = tokio::join!(
        scene.people.invite("anna", about(Role::Designer)),
        scene.people.invite("ANNA", about(Role::DataReader))
    );
    let taken =
        |it: &Result<Invited>| matches!(it, Err(PeopleError::Taken(name)) if name == "anna");
    assert_eq!([one.is_ok(), taken(&other)], [true, true], "{one:?} {other:?}");
}

#[tokio::test]
async fn what_a_role_needs_is_there_and_nothing_else() {
    let scene = scene();
    let umbria = || Some(Bounds { regions: vec!["Umbria".into()], ..Bounds::default() });
    let identified = || vec!["mbox:anna@x.it".to_owned()];
    let bound = About { bounds: umbria(), ..about(Role::RegionalCoordinator) };
    scene.people.invite("bound", bound.clone()).await.unwrap();
    let learner = About { learner: identified(), ..about(Role::Learner) };
    let learner = scene.people.invite("learner", learner).await.unwrap();
    assert_eq!(learner.person.learner, ["mailto:anna@x.it"]);
    let empty = Some(Bounds { regions: vec![" ".into()], ..Bounds::default() });
    let nothing = Some(Bounds::default());
    let said = Some(Bounds { activities: vec!["https://a.example/1".into()], ..Bounds::default() });
    for wrong in [
        about(Role::RegionalCoordinator),
        About { bounds: empty, ..bound.clone() },
        About { bounds: nothing.clone(), ..bound },
        About { bounds: said, ..about(Role::Designer) },
        About { bounds: nothing, ..about(Role::Designer) },
        About { bounds: umbria(), ..about(Role::Designer) },
    ] {
        let refused = scene.people.invite("x", wrong.clone()).await;
        assert!(matches!(refused, Err(PeopleError::Bounds)), "{wrong:?}: {refused:?}");
    }
    for wrong in [about(Role::Learner), About { learner: identified(), ..about(Role::Designer) }] {
        let refused = scene.people.invite("x", wrong.clone()).await;
        assert!(matches!(refused, Err(PeopleError::Identifiers)), "{wrong:?}: {refused:?}");
    }
    let wrong = About { learner: vec!["anna".into()], ..about(Role::Learner) };
    let refused = scene.people.invite("x", wrong).await;
    assert!(matches!(refused, Err(PeopleError::Identifier(_))), "{refused:?}");
}

#[tokio::test]
async fn the_last_administrator_who_can_sign_in_stays() {
    let scene = scene();
    scene.add("one", Role::Administrator).await;
    // Who has not come yet cannot administer.
    scene.people.invite("two", about(Role::Administrator)).await.unwrap();
    let is_last = |it: Result<()>| matches!(it, Err(PeopleError::Last(name)) if name == "one");
    assert!(is_last(scene.people.remove("one").await));
    let lowered = scene.people.describe("one", about(Role::Designer), false).await;
    assert!(is_last(lowered.map(drop)));
    let disabled = scene.people.describe("one", about(Role::Administrator), true).await;
    assert!(is_last(disabled.map(drop)));
    scene.people.describe("one", about(Role::Administrator), false).await.unwrap();
    scene.people.remove("two").await.unwrap();
    scene.add("two", Role::Administrator).await;
    scene.people.remove("one").await.unwrap();
    assert!(matches!(scene.people.remove("one").await, Err(PeopleError::Unknown { .. })));
}

#[tokio::test]
async fn of_the_last_two_administrators_one_stays_whatever_comes_at_once() {
    let clock = TurnedClock::at(NOW);
    let slow = Slow::at(Arc::new(MemoryStore::new(Arc::new(clock.clone()))), "remove_person");
    let scene = over(Arc::clone(&slow) as Arc<dyn Store>, clock);
    scene.add("one", Role::Administrator).await;
    scene.add("two", Role::Administrator).await;
    let people = scene.people.clone();
    let first = tokio::spawn(async move { people.remove("one").await });
    slow.arrived().await;
    let people = scene.people.clone();
    let second = tokio::spawn(async move { people.remove("two").await });
    // The second finds the first at work, and waits for it.
    tokio::task::yield_now().await;
    slow.let_go();
    first.await.unwrap().unwrap();
    let second = second.await.unwrap();
    assert!(matches!(second, Err(PeopleError::Last(_))), "{second:?}");
}

/// Two processes on one store do not wait for each other: each has found the other administrator before it writes.
#[tokio::test]
async fn of_the_last_two_administrators_one_stays_whatever_two_processes_do_at_once() {
    for (method, removes) in [("change_person", false), ("remove_person", true)] {
        let clock = TurnedClock::at(NOW);
        let store: Arc<dyn Store> = Arc::new(MemoryStore::new(Arc::new(clock.clone())));
        let slow = Slow::at(Arc::clone(&store), method);
        let one_process = over(Arc::clone(&slow) as Arc<dyn Store>, clock.clone()).people;
        let other = over(store, clock);
        for name in ["one", "two"] {
            other.add(name, Role::Administrator).await;
        }
        let first = tokio::spawn(async move {
            if removes {
                one_process.remove("one").await
            } else {
                one_process.describe("one", about(Role::Designer), false).await.map(drop)
            }
        });
        slow.arrived().await;
        other.people.describe("two", about(Role::Designer), true).await.unwrap();
        // The change, and what takes it back.
        slow.let_go();
        slow.let_go();
        let first = first.await.unwrap();
        assert!(matches!(&first, Err(PeopleError::Last(name)) if name == "one"), "{first:?}");
        let kept = other.people.person("one").await.unwrap();
        assert!(administers(&kept), "{method}: {kept:?}");
    }
}

#[tokio::test]
async fn a_session_ends_by_age_for_lack_of_use_and_when_it_is_ended() {
    let scene = scene();
    scene.add("anna", Role::Designer).await;
    let secret = scene.begin("anna").await;
    assert!(scene.is_in(&secret).await);
    assert!(!scene.is_in("other").await);
    for _ in 0..24 {
        scene.clock.pass(29 * 60);
        assert!(scene.is_in(&secret).await);
    }
    scene.clock.pass(29 * 60);
    assert!(!scene.is_in(&secret).await, "twelve hours");
    let secret = scene.begin("anna").await;
    scene.clock.pass(30 * 60);
    assert!(!scene.is_in(&secret).await, "thirty minutes");
    let (secret, other) = (scene.begin("anna").await, scene.begin("anna").await);
    assert!(scene.people.end(&session::hash(&secret)).await.unwrap());
    assert!(!scene.people.end(&session::hash(&secret)).await.unwrap());
    assert!(!scene.is_in(&secret).await);
    assert!(scene.is_in(&other).await);
    assert_eq!(scene.people.sessions("anna").await.unwrap().len(), 1);
}

#[tokio::test]
async fn a_clock_that_steps_back_ends_no_session_and_makes_none_older() {
    let scene = scene();
    scene.add("anna", Role::Designer).await;
    let secret = scene.begin("anna").await;
    scene.clock.pass(-86_400);
    assert!(scene.is_in(&secret).await);
    scene.clock.pass(86_400 + 29 * 60);
    assert!(scene.is_in(&secret).await, "its last use is not the day before");
    scene.clock.pass(12 * 3_600);
    assert!(!scene.is_in(&secret).await);
}

#[tokio::test]
async fn a_session_ends_with_what_happens_to_its_person() {
    let scene = scene();
    scene.add("admin", Role::Administrator).await;
    scene.add("anna", Role::Designer).await;
    let secret = scene.begin("anna").await;
    scene.people.describe("anna", about(Role::DataReader), false).await.unwrap();
    let found = scene.people.signed_in(&secret).await.unwrap().unwrap();
    assert_eq!(found.person.role, Role::DataReader, "the role of now");
    scene.people.set_password("anna", OTHER).await.unwrap();
    assert!(!scene.is_in(&secret).await, "another password");
    let secret = scene.begin("anna").await;
    scene.people.describe("anna", about(Role::DataReader), true).await.unwrap();
    assert!(!scene.is_in(&secret).await, "disabled");
    scene.people.describe("anna", about(Role::DataReader), false).await.unwrap();
    assert!(!scene.is_in(&secret).await, "an earlier session does not come back");
    let secret = scene.begin("anna").await;
    scene.people.remove("anna").await.unwrap();
    scene.add("anna", Role::Administrator).await;
    assert!(!scene.is_in(&secret).await, "another person of the name");
}

/// A sign-in that was under way when the password changed adds its session afterwards.
#[tokio::test]
async fn a_session_that_begins_while_the_password_changes_is_over() {
    let scene = scene();
    let kept = scene.add("anna", Role::Designer).await;
    scene.people.set_password("anna", OTHER).await.unwrap();
    let late = scene.people.begin(kept, "", "").await.unwrap();
    assert!(!scene.is_in(&late.secret).await);
}

#[tokio::test]
async fn a_session_that_is_used_while_it_is_ended_stays_ended() {
    let clock = TurnedClock::at(NOW);
    let slow = Slow::at(Arc::new(MemoryStore::new(Arc::new(clock.clone()))), "use_session");
    let scene = over(Arc::clone(&slow) as Arc<dyn Store>, clock);
    scene.add("anna", Role::Designer).await;
    let secret = scene.begin("anna").await;
    scene.clock.pass(60);
    let (people, shown) = (scene.people.clone(), secret.clone());
    let used = tokio::spawn(async move { people.signed_in(&shown).await.unwrap().is_some() });
    slow.arrived().await;
    assert!(scene.people.end(&session::hash(&secret)).await.unwrap());
    slow.let_go();
    assert!(used.await.unwrap(), "its request was under way");
    assert!(!scene.is_in(&secret).await);
    assert_eq!(scene.store.sessions_of("anna").await.unwrap(), []);
}

#[tokio::test]
async fn a_person_has_twenty_sessions_at_most() {
    let scene = scene();
    scene.add("anna", Role::Designer).await;
    let first = scene.begin("anna").await;
    for _ in 0..20 {
        scene.clock.pass(1);
        scene.begin("anna").await;
    }
    assert_eq!(scene.people.sessions("anna").await.unwrap().len(), 20);
    assert!(!scene.is_in(&first).await);
}

#[tokio::test]
async fn a_code_is_taken_once_also_by_two_at_once() {
    let scene = scene();
    let hash = scene.add("anna", Role::Designer).await.password_hash.unwrap();
    let factor = scene.people.new_factor("anna").await.unwrap();
    let sign_in =
        async |code: Option<&str>| scene.people.sign_in("anna", &hash, code).await.unwrap().0;
    assert_eq!(sign_in(None).await, Factor::Good, "not on yet");
    let wrong = scene.people.switch_factor_on("anna", "000000x").await;
    assert!(matches!(wrong, Err(PeopleError::Code)), "{wrong:?}");
    let code = factor.shown(NOW).unwrap();
    scene.people.switch_factor_on("anna", &code).await.unwrap();
    assert_eq!(sign_in(None).await, Factor::Needed);
    assert_eq!(sign_in(Some(&code)).await, Factor::Wrong, "it switched the factor on");
    scene.clock.pass(30);
    let code = factor.shown(scene.people.clock.now()).unwrap();
    let (one, other) = tokio::join!(sign_in(Some(&code)), sign_in(Some(&code)));
    assert_eq!((one, other), (Factor::Good, Factor::Wrong));
    assert_eq!(sign_in(Some(&code)).await, Factor::Wrong);
    let again = scene.people.new_factor("anna").await;
    assert!(matches!(again, Err(PeopleError::Factor)), "on already: {again:?}");
    scene.people.switch_factor_off("anna").await.unwrap();
    assert_eq!(sign_in(None).await, Factor::Good);
}

#[tokio::test]
async fn who_has_another_password_or_is_disabled_meanwhile_is_not_signed_in() {
    let scene = scene();
    let hash = scene.add("anna", Role::Designer).await.password_hash.unwrap();
    scene.people.set_password("anna", OTHER).await.unwrap();
    let late = scene.people.sign_in("anna", &hash, None).await;
    assert!(matches!(late, Err(PeopleError::Unknown { .. })), "{late:?}");
}

#[tokio::test]
async fn the_first_person_is_made_once_by_a_link_of_a_day() {
    let scene = scene();
    assert!(!scene.people.waits_for_setup().await.unwrap());
    let SetupLink(late) = scene.people.new_setup().await.unwrap().unwrap();
    scene.clock.pass(86_400);
    assert!(!scene.people.waits_for_setup().await.unwrap());
    let refused = scene.people.set_up(&late, "admin", GOOD).await;
    assert!(matches!(refused, Err(PeopleError::Link)), "{refused:?}");
    let SetupLink(one) = scene.people.new_setup().await.unwrap().unwrap();
    let SetupLink(other) = scene.people.new_setup().await.unwrap().unwrap();
    assert!(scene.people.waits_for_setup().await.unwrap());
    let weak = scene.people.set_up(&one, "admin", "short").await;
    assert!(matches!(weak, Err(PeopleError::Weak(_))), "{weak:?}");
    let (first, second) = tokio::join!(
        scene.people.set_up(&one, "admin", GOOD),
        scene.people.set_up(&one, "admin2", GOOD)
    );
    assert_eq!([first.is_ok(), second.is_ok()].into_iter().filter(|it| *it).count(), 1);
    assert!(!scene.people.waits_for_setup().await.unwrap());
    let again = scene.people.set_up(&other, "eve", GOOD).await;
    assert!(matches!(again, Err(PeopleError::Link)), "{again:?}");
    assert!(scene.people.new_setup().await.unwrap().is_none());
    assert_eq!(scene.people.all().await.unwrap().len(), 1);
}

/// Each process printed a link of its own, and finds nobody there.
#[tokio::test]
async fn two_processes_make_one_first_administrator() {
    let clock = TurnedClock::at(NOW);
    let store: Arc<dyn Store> = Arc::new(MemoryStore::new(Arc::new(clock.clone())));
    let slow = Slow::at(Arc::clone(&store), "add_person");
    let one_process = over(Arc::clone(&slow) as Arc<dyn Store>, clock.clone()).people;
    let other = over(store, clock).people;
    let SetupLink(one) = one_process.new_setup().await.unwrap().unwrap();
    let SetupLink(two) = other.new_setup().await.unwrap().unwrap();
    let first = tokio::spawn(async move { one_process.set_up(&one, "one", GOOD).await });
    slow.arrived().await;
    let second = other.set_up(&two, "two", GOOD).await;
    assert!(matches!(second, Err(PeopleError::Link)), "{second:?}");
    slow.let_go();
    first.await.unwrap().unwrap();
    assert_eq!(other.all().await.unwrap().len(), 1);
}

#[tokio::test]
async fn a_name_that_somebody_of_a_provider_has_uses_no_link_up() {
    let scene = scene();
    let SetupLink(link) = scene.people.new_setup().await.unwrap().unwrap();
    scene.people.sign_in_from(vouched("anna", "7")).await.unwrap();
    let taken = scene.people.set_up(&link, "anna", GOOD).await;
    assert!(matches!(taken, Err(PeopleError::Taken(_))), "{taken:?}");
    scene.people.set_up(&link, "bea", GOOD).await.unwrap();
}

/// A process was killed when it had taken the rights of the last administrator, and had not looked whether others are left.
#[tokio::test]
async fn who_has_the_store_at_hand_makes_an_administrator_again_where_a_process_ended_too_soon() {
    for is_there in [true, false] {
        let scene = scene();
        for name in ["one", "two"] {
            scene.add(name, Role::Administrator).await;
        }
        scene.people.remove("two").await.unwrap();
        let HeldPerson { mut kept, revision } = scene.people.held("one").await.unwrap();
        if is_there {
            kept.person.role = Role::Designer;
            kept.person.is_disabled = true;
            assert!(scene.people.store.change_person(kept, revision).await.unwrap());
        } else {
            assert!(scene.people.store.remove_person("one", revision).await.unwrap());
        }
        for name in ["one", "three"] {
            let force = name == "three";
            let link = scene.people.found(name, force).await.unwrap();
            scene.people.accept(&link.secret, GOOD).await.unwrap();
            assert!(administers(&scene.people.person(name).await.unwrap()), "{name}");
        }
    }
}

#[tokio::test]
async fn who_has_the_store_at_hand_makes_an_administrator_where_none_can_sign_in() {
    let scene = scene();
    let link = scene.people.found("anna", false).await.unwrap();
    scene.people.accept(&link.secret, GOOD).await.unwrap();
    let refused = scene.people.found("eve", false).await;
    assert!(matches!(refused, Err(PeopleError::SetUp)), "{refused:?}");
    let link = scene.people.found("ANNA", true).await.unwrap();
    scene.people.accept(&link.secret, OTHER).await.unwrap();
    assert_eq!(scene.people.all().await.unwrap().len(), 1);
}

fn vouched(name: &str, subject: &str) -> FromProvider {
    let (issuer, subject) = ("https://idp.example".into(), subject.into());
    let vouched = access::person::VouchedBy { issuer, subject };
    FromProvider { vouched, name: name.into(), about: about(Role::Administrator) }
}

#[tokio::test]
async fn who_signs_in_at_a_provider_gets_no_password_here() {
    let scene = scene();
    let (came, kept) = scene.people.sign_in_from(vouched("Anna", "7")).await.unwrap();
    assert_eq!((came, kept.person.name.as_str()), (Came::New, "anna"));
    let refused =
        |error: PeopleError| matches!(error, PeopleError::Vouched(name) if name == "anna");
    assert!(refused(scene.people.invite_again("anna").await.unwrap_err()));
    assert!(refused(scene.people.set_password("anna", GOOD).await.unwrap_err()));
    assert!(refused(scene.people.new_factor("anna").await.unwrap_err()));
    assert!(refused(scene.people.found("anna", true).await.unwrap_err()));
    assert_eq!(scene.people.person("anna").await.unwrap(), kept);
}

#[tokio::test]
async fn the_first_administrator_is_set_up_also_after_people_of_a_provider_came() {
    let scene = scene();
    let link = scene.people.new_setup().await.unwrap().unwrap();
    scene.people.sign_in_from(vouched("anna", "7")).await.unwrap();
    assert!(scene.people.waits_for_setup().await.unwrap());
    scene.people.set_up(&link.0, "bea", GOOD).await.unwrap();
    assert!(!scene.people.waits_for_setup().await.unwrap());
    let last = scene.people.describe("bea", about(Role::Designer), false).await;
    assert!(matches!(last, Err(PeopleError::Last(_))), "who has a password is counted: {last:?}");
}
