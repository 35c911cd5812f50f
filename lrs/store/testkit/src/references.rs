//! Statements that refer to statements are found by what their targets are found by
//! (Communication 2.1.3, "Filter Conditions for `StatementRefs`").

use std::sync::Arc;

use serde_json::{Value, json};

use super::sample::{
    activity, authority, batch, found, id, ids, ids_of, log, of_activity, of_person, person,
    prepared_by, put, put_each, reference, statement, stored, verb, with,
};
use store::bounds::{
    INHERITED_BY_ALL, LONGEST_CHAIN, LONGEST_INHERITED, LONGEST_TARGET, MORE_INHERITED,
    MOST_COUNTED,
};
use store::{Batch, Store};
use xapi::query::{Filter, Match};

/// By all of it: actor, verb, object, what is only related, registration.
pub async fn a_reference_is_found_by_what_its_target_is_found_by(store: &Arc<dyn Store>) {
    put_each(store, &[target(), with(reference(1, 0), "verb", verb("noted"))]).await;
    found_by_all_of_the_target(store).await;
}

/// Sooner or later makes no difference.
pub async fn a_target_that_comes_later_counts_as_much(store: &Arc<dyn Store>) {
    let reference = with(reference(1, 0), "verb", verb("noted"));
    put_each(store, std::slice::from_ref(&reference)).await;
    assert!(ids(store, of_person("p0")).await.is_empty());
    put_each(store, &[target()]).await;
    found_by_all_of_the_target(store).await;
}

fn target() -> Value {
    let context = serde_json::json!({
        "registration": super::sample::id(7).to_string(),
        "instructor": super::sample::person("teacher"),
        "contextActivities": {"parent": [activity("course")]},
    });
    with(statement(0), "context", context)
}

async fn found_by_all_of_the_target(store: &Arc<dyn Store>) {
    let related = |filter: Filter| Filter {
        agent: filter.agent.map(|found| Match { related: true, ..found }),
        activity: filter.activity.map(|found| Match { related: true, ..found }),
        ..filter
    };
    for filter in [
        of_person("p0"),
        of_activity("a"),
        Filter { verb: Some("https://v.example/did".into()), ..Filter::default() },
        Filter { registration: Some(super::sample::id(7)), ..Filter::default() },
        related(of_person("teacher")),
        related(of_activity("course")),
    ] {
        let mut found = ids(store, filter.clone()).await;
        found.sort();
        let mut both = ids_of([0, 1]);
        both.sort();
        assert_eq!(found, both, "{filter:?}");
    }
    assert!(ids(store, of_person("teacher")).await.is_empty(), "related did not become direct");
    assert!(ids(store, of_activity("course")).await.is_empty(), "related did not become direct");
    assert_eq!(ids(store, of_person("p1")).await, ids_of([1]), "nothing flows to the target");
}

/// What heirs inherit because of one batch is bounded for all of them together, whichever comes first: a few things of
/// each are enough to hold up every other writer otherwise. What they inherit first is what their target says directly.
pub async fn what_all_heirs_of_a_batch_inherit_together_is_bounded(store: &Arc<dyn Store>) {
    const HEIRS: u32 = 60;
    const WIDTH: usize = 4_900;
    let target = |n: u32| {
        let activities: Vec<Value> = (0..WIDTH).map(|at| activity(&format!("{n}/{at}"))).collect();
        let context = json!({"contextActivities": {"grouping": activities}});
        with(statement(n), "context", context)
    };
    let heirs = |of: u32| -> Vec<Value> { (1..=HEIRS).map(|n| reference(of + n, of)).collect() };
    put(store, &heirs(0)).await;
    put(store, &[target(0)]).await;
    put(store, &[target(100)]).await;
    put(store, &heirs(100)).await;
    for of in [0, 100] {
        let mut direct = ids(store, of_person(&format!("p{of}"))).await;
        direct.sort_unstable();
        let mut all = ids_of(of..=of + HEIRS);
        all.sort_unstable();
        assert_eq!(direct, all, "each is found by its target's actor");
        let (mut looked_for, mut inherited) = (0, 0);
        for at in (0..WIDTH).step_by(70) {
            let by = of_activity(&format!("{of}/{at}"));
            let by = Filter { activity: by.activity.map(|by| Match { related: true, ..by }), ..by };
            looked_for += HEIRS as usize;
            inherited += ids(store, by).await.len() - 1;
        }
        // Of so many things, heirs inherit so large a part of what would be all; with the width of a sample's error.
        let most = looked_for * (INHERITED_BY_ALL + HEIRS as usize * MORE_INHERITED)
            / (HEIRS as usize * WIDTH);
        assert!(inherited < most * 3 / 2, "{inherited} of {looked_for}, {most} at the most");
    }
}

/// Three references to one statement through one another, in all 24 orders, in batches of their
/// own and in one.
pub async fn chains_are_followed_in_every_order_of_arrival(store: &Arc<dyn Store>) {
    let orders: Vec<Vec<u32>> = permutations(&[0, 1, 2, 3]);
    assert_eq!(orders.len(), 24);
    for (round, order) in (0..).zip(&orders) {
        let base = round * 10;
        let link = |n: u32| match n {
            0 => with(statement(base), "object", activity(&format!("round{round}"))),
            n => reference(base + n, base + n - 1),
        };
        let values: Vec<Value> = order.iter().map(|n| link(*n)).collect();
        if round % 2 == 0 {
            put(store, &values).await;
        } else {
            put_each(store, &values).await;
        }
        let arrived = || ids_of(order.iter().map(|n| base + n));
        assert_eq!(ids(store, of_activity(&format!("round{round}"))).await, arrived());
        assert_eq!(ids(store, of_person(&format!("p{base}"))).await, arrived());
    }
}

fn permutations(of: &[u32]) -> Vec<Vec<u32>> {
    if of.is_empty() {
        return vec![Vec::new()];
    }
    let mut all = Vec::new();
    for first in of {
        let rest: Vec<u32> = of.iter().copied().filter(|n| n != first).collect();
        all.extend(permutations(&rest).into_iter().map(|mut order| {
            order.insert(0, *first);
            order
        }));
    }
    all
}

/// What lies behind the missing link counts as soon as the link is there.
pub async fn a_chain_broken_by_a_missing_link_is_mended_when_it_comes(store: &Arc<dyn Store>) {
    put_each(store, &[statement(0), reference(2, 1), reference(3, 2)]).await;
    assert_eq!(ids(store, of_person("p0")).await, ids_of([0]));
    assert_eq!(ids(store, of_person("p2")).await, ids_of([2, 3]));
    put_each(store, &[reference(1, 0)]).await;
    assert_eq!(ids(store, of_person("p0")).await, ids_of([0, 2, 3, 1]));
    assert_eq!(ids(store, of_person("p1")).await, ids_of([2, 3, 1]));
}

/// And the engine does not turn round in it for ever.
pub async fn references_in_a_circle_are_found_by_all_of_it(store: &Arc<dyn Store>) {
    put_each(store, &[reference(0, 1), reference(1, 2), reference(2, 0)]).await;
    put(store, &[reference(10, 11), reference(11, 10)]).await;
    put(store, &[reference(20, 20)]).await;
    put(store, &[reference(3, 1)]).await;
    for n in 0..3 {
        assert_eq!(ids(store, of_person(&format!("p{n}"))).await, ids_of([0, 1, 2, 3]));
    }
    for n in [10, 11] {
        assert_eq!(ids(store, of_person(&format!("p{n}"))).await, ids_of([10, 11]));
    }
    assert_eq!(ids(store, of_person("p20")).await, ids_of([20]));
    assert_eq!(ids(store, of_person("p3")).await, ids_of([3]));
}

/// A key that may read its own statements sees no other's because they point at its own.
pub async fn time_and_authority_are_always_a_statements_own(store: &Arc<dyn Store>) {
    for (key, value) in [("one", statement(0)), ("two", reference(1, 0)), ("two", statement(2))] {
        let statements = vec![prepared_by(key, &value)];
        store.put_statements(Batch { statements, attachments: Vec::new() }).await.unwrap();
    }
    let by = |key| Filter { authority: Some(authority(key).ifi().into()), ..Filter::default() };
    assert_eq!(ids(store, by("one")).await, ids_of([0]));
    assert_eq!(ids(store, by("two")).await, ids_of([1, 2]));

    let vouched = Some(Match { text: authority("one").ifi().into(), related: true });
    let related = Filter { agent: vouched, ..Filter::default() };
    assert_eq!(ids(store, related.clone()).await, ids_of([0, 1]), "as an agent it is inherited");
    assert!(ids(store, Filter { authority: by("two").authority, ..related }).await.is_empty());

    let first = stored(store, 0).await;
    assert_eq!(ids(store, Filter { since: Some(first), ..of_person("p0") }).await, ids_of([1]));
    assert_eq!(ids(store, Filter { until: Some(first), ..of_person("p0") }).await, ids_of([0]));
}

/// A key that may read its own statements alone cannot ask, by a reference of its own to another's
/// statement, what that one says; not in a chain either, and whichever comes first.
pub async fn with_an_authority_nothing_is_inherited(store: &Arc<dyn Store>) {
    let registration = json!({"registration": id(9).to_string()});
    let secret = with(with(statement(0), "verb", verb("failed")), "context", registration);
    let own = |n: u32, target: u32| with(reference(n, target), "actor", person("me"));
    for (key, value) in
        [("two", own(1, 0)), ("one", secret), ("two", own(2, 0)), ("two", own(3, 2))]
    {
        let statements = vec![prepared_by(key, &value)];
        store.put_statements(Batch { statements, attachments: Vec::new() }).await.unwrap();
    }
    let about = |related| Some(Match { text: "https://a.example/a".into(), related });
    let of_two = || Some(authority("two").ifi().to_owned());
    for asked in [
        of_person("p0"),
        Filter { verb: Some("https://v.example/failed".into()), ..Filter::default() },
        Filter { registration: Some(id(9)), ..Filter::default() },
        Filter { activity: about(false), ..Filter::default() },
        Filter { activity: about(true), ..Filter::default() },
    ] {
        let all = ids(store, asked.clone()).await;
        assert_eq!(all, ids_of([1, 0, 2, 3]), "others are told: {asked:?}");
        let mine = Filter { authority: of_two(), ..asked };
        assert!(ids(store, mine.clone()).await.is_empty(), "{mine:?}");
    }
    let mine = Filter { authority: of_two(), ..of_person("me") };
    assert_eq!(ids(store, mine.clone()).await, ids_of([1, 2, 3]), "what they say themselves");
    let page = store.statements(&Filter { limit: 2, ..mine }).await.unwrap();
    assert!(page.more && page.statements.len() == 2);
}

/// Each condition by itself: the verb of the reference, the actor of its target.
pub async fn conditions_may_be_met_by_different_links_of_a_chain(store: &Arc<dyn Store>) {
    let noted = with(reference(1, 0), "verb", verb("noted"));
    store.put_statements(batch(&[statement(0), noted])).await.unwrap();
    let filter = Filter { verb: Some("https://v.example/noted".into()), ..of_person("p0") };
    assert_eq!(found(store, filter).await.len(), 1);
}

/// Each link has what the hundred before it have, and not more than it can hold.
pub async fn a_long_chain_is_followed_as_far_as_is_promised(store: &Arc<dyn Store>) {
    let beyond = u32::try_from(LONGEST_CHAIN).unwrap() + 20;
    let link = |n: u32| if n == 0 { statement(0) } else { reference(n, n - 1) };
    let links: Vec<Value> = (0..beyond).map(link).collect();
    put(store, &links).await;
    let found = ids(store, of_person("p0")).await;
    let promised = ids_of(0..=u32::try_from(LONGEST_CHAIN).unwrap());
    assert!(promised.iter().all(|id| found.contains(id)), "{} found", found.len());
}

/// No other batch waits for it, whatever it inherits.
pub async fn a_reference_to_a_wide_statement_is_kept(store: &Arc<dyn Store>) {
    let many: Vec<Value> = (0..20_000).map(|n| activity(&format!("of-many-{n}"))).collect();
    let wide = with(statement(0), "context", json!({"contextActivities": {"other": many}}));
    put(store, &[wide]).await;
    put_each(store, &[reference(1, 0), statement(2)]).await;
    let all: Vec<_> = log(store).await.into_iter().map(|kept| kept.statement.id).collect();
    assert_eq!(all, ids_of(0..3));
    let found = ids(store, of_person("p0")).await;
    assert_eq!(found, ids_of(0..2), "what it is about comes first");
}

/// However a chain comes, each of its statements is found by what the [`LONGEST_CHAIN`] before it say, and by no more.
pub async fn a_chain_is_followed_equally_far_in_whatever_pieces_it_comes(store: &Arc<dyn Store>) {
    let longest = u32::try_from(LONGEST_CHAIN).unwrap();
    let (middle, end) = (longest / 2 + 10, longest + 20);
    let whole = 0..end;
    let ways = [
        vec![whole],
        vec![0..middle, middle..end],
        vec![middle..end, 0..middle],
        vec![0..middle, middle + 1..end, middle..middle + 1],
    ];
    for (way, base) in ways.iter().zip((0..).step_by(1_000)) {
        let link = |n: u32| match n {
            0 => statement(base),
            n => reference(base + n, base + n - 1),
        };
        for piece in way {
            put(store, &piece.clone().map(link).collect::<Vec<_>>()).await;
        }
        let mut found = ids(store, of_person(&format!("p{base}"))).await;
        found.sort_unstable();
        let mut promised = ids_of(base..=base + longest);
        promised.sort_unstable();
        assert_eq!(found, promised, "{way:?}");
    }
}

/// A portion goes to the nearest target first, to what the target says directly before what is only related, and then in
/// the order of the keys: so every engine passes on the same things. Heirs of a batch have equal portions, whether they came
/// with the batch or before.
pub async fn a_portion_is_of_the_nearest_and_closest_things(store: &Arc<dyn Store>) {
    const BEFORE: u32 = 50;
    const WITH_IT: u32 = 10;
    const WIDTH: usize = 2_000;
    let wide = |n: u32, target: u32| {
        let activities: Vec<Value> = (0..WIDTH).map(|at| activity(&format!("{at:05}"))).collect();
        with(
            reference(n, target),
            "context",
            json!({"contextActivities": {"grouping": activities}}),
        )
    };
    let heirs = |range: std::ops::Range<u32>| range.map(|n| reference(n, 1)).collect::<Vec<_>>();
    put(store, &[statement(0)]).await;
    put(store, &heirs(2..2 + BEFORE)).await;
    let mut batch = vec![wide(1, 0)];
    batch.extend(heirs(100..100 + WITH_IT));
    let size = batch.len();
    put(store, &batch).await;

    let heirs = (BEFORE + WITH_IT) as usize;
    // The target inherits too, from the statement 0.
    let portion = (INHERITED_BY_ALL + size * MORE_INHERITED) / (heirs + 1);
    // Actor and verb are direct. The authority is an agent, and comes before the activities.
    let activities = portion - 3;
    let by = |at: usize| Filter {
        activity: Some(Match { text: format!("https://a.example/{at:05}"), related: true }),
        ..Filter::default()
    };
    assert_eq!(ids(store, by(0)).await.len(), 1 + heirs);
    assert_eq!(ids(store, by(activities - 1)).await.len(), 1 + heirs, "the last of the portion");
    assert_eq!(ids(store, by(activities)).await, ids_of([1]), "the first beyond the portion");
    assert_eq!(ids(store, of_person("p0")).await, ids_of([0, 1]), "what is farther comes after");
}

/// A longer batch has no more to give than one of [`MOST_COUNTED`] statements: other writers wait for it. All of it is kept, and
/// what its references inherit, they share.
pub async fn a_batch_of_thousands_passes_on_no_more_than_one_of_some_hundred(
    store: &Arc<dyn Store>,
) {
    const HEIRS: u32 = 60;
    const WIDTH: usize = 1_200;
    let batch = u32::try_from(MOST_COUNTED).unwrap() + 200;
    let activities: Vec<Value> = (0..WIDTH).map(|at| activity(&format!("{at:05}"))).collect();
    let grouping = json!({"contextActivities": {"grouping": activities}});
    put(store, &[with(statement(0), "context", grouping)]).await;
    let of_batch = |n: u32| if n <= HEIRS { reference(n, 0) } else { statement(n) };
    put(store, &(1..=batch).map(of_batch).collect::<Vec<_>>()).await;
    assert_eq!(log(store).await.len(), 1 + batch as usize, "all of it is kept");

    let portion = (INHERITED_BY_ALL + MOST_COUNTED * MORE_INHERITED) / HEIRS as usize;
    // Actor, verb and object are direct. The authority is an agent, and comes before the activities.
    let activities = portion - 4;
    let by = |at: usize| Filter {
        activity: Some(Match { text: format!("https://a.example/{at:05}"), related: true }),
        ..Filter::default()
    };
    let mut direct = ids(store, of_person("p0")).await;
    direct.sort_unstable();
    let mut all = ids_of(0..=HEIRS);
    all.sort_unstable();
    assert_eq!(direct, all, "what the target says directly comes first");
    assert_eq!(ids(store, by(activities - 1)).await.len(), all.len(), "the last of the portion");
    assert_eq!(ids(store, by(activities)).await, ids_of([0]), "the first beyond the portion");
}

/// Thousands of statements may refer to one that names something by megabytes.
pub async fn what_a_long_text_names_is_not_inherited(store: &Arc<dyn Store>) {
    let prefix = activity("").get("id").and_then(Value::as_str).map_or(0, str::len);
    let names = [LONGEST_INHERITED, LONGEST_INHERITED + 1].map(|it| "x".repeat(it - prefix));
    let all: Vec<Value> = names.iter().map(|name| activity(name)).collect();
    let target = with(statement(0), "context", json!({"contextActivities": {"other": all}}));
    put_each(store, &[reference(1, 0), target, reference(2, 0)]).await;
    for (name, numbers) in names.iter().zip([vec![0, 1, 2], vec![0]]) {
        let activity = of_activity(name).activity.map(|it| Match { related: true, ..it });
        let mut found = ids(store, Filter { activity, ..Filter::default() }).await;
        found.sort_unstable();
        let mut wanted = ids_of(numbers);
        wanted.sort_unstable();
        assert_eq!(found, wanted, "{} bytes", name.len() + prefix);
    }
}

/// Such a text would be read and parsed while other writers wait.
pub async fn a_statement_of_a_long_text_passes_on_nothing(store: &Arc<dyn Store>) {
    for (n, length) in [(0, LONGEST_TARGET - 4_096), (1, LONGEST_TARGET)] {
        let extensions = json!({"https://x.example/text": "x".repeat(length)});
        let target = with(statement(n), "result", json!({"extensions": extensions}));
        put_each(store, &[target, reference(10 + n, n)]).await;
    }
    let mut found = ids(store, of_person("p0")).await;
    found.sort_unstable();
    let mut wanted = ids_of([0, 10]);
    wanted.sort_unstable();
    assert_eq!(found, wanted, "the text of one is as long as may be");
    assert_eq!(ids(store, of_person("p1")).await, ids_of([1]), "the text of the other is longer");
}

/// Whichever of them comes first, and where the end of the chain is removed as well.
pub async fn a_statement_of_a_long_text_ends_chains(store: &Arc<dyn Store>) {
    let extensions = json!({"https://x.example/text": "x".repeat(LONGEST_TARGET)});
    let long = |n, target| with(reference(n, target), "result", json!({"extensions": extensions}));
    let sooner = [statement(0), long(1, 0), reference(2, 1), reference(3, 2), reference(4, 0)];
    let later =
        [reference(13, 12), reference(12, 11), long(11, 10), reference(14, 10), statement(10)];
    put_each(store, &sooner).await;
    put_each(store, &later).await;
    put(
        store,
        &[long(21, 20), statement(20), reference(22, 21), reference(23, 22), reference(24, 20)],
    )
    .await;
    for n in [0, 10, 20] {
        let mut found = ids(store, of_person(&format!("p{n}"))).await;
        found.sort_unstable();
        let mut wanted = ids_of([n, n + 4]);
        wanted.sort_unstable();
        assert_eq!(found, wanted, "{n}");
    }
    let read = log(store).await.into_iter().map(|kept| kept.statement);
    let read = read.filter(|kept| kept.id == id(0)).collect();
    assert_eq!(store.remove_statements(read, id(99)).await.unwrap(), 0);
    assert!(ids(store, of_person("p0")).await.is_empty());
    assert_eq!(
        ids(store, of_person("p1")).await,
        ids_of([1]),
        "what refers to it has nothing from it"
    );
}
