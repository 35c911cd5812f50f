//! Entity tags and preconditions, one writer after the other and many at once.

use futures::future::join_all;
use serde_json::{Value, json};

use crate::Version;
use crate::case::{Case, cases};
use crate::document::{Document, Kind};
use crate::edit::with;
use crate::failure::{Checked, Failure};
use crate::fixture::{iri, sha1, statement};
use crate::lrs::{Lrs, id_of};
use crate::multipart::hex;

pub(super) fn cases() -> Vec<Case> {
    let mut cases: Vec<Case> = Kind::ALL.into_iter().flat_map(of_kind).collect();
    cases.extend(put_without_headers());
    cases.extend(parallel_statements());
    cases
}

type Run = fn(Lrs, Kind) -> crate::transport::Pending<'static, Checked>;

macro_rules! run {
    ($function:ident) => {
        |lrs, kind| Box::pin($function(lrs, kind))
    };
}

/// Name, title, requirements and run of a case of each resource.
type Entry = (&'static str, &'static str, &'static [&'static str], Run);

const BOTH: &[&str] = &["XAPI-00322", "XC-CONCURRENCY-1"];

const PRECONDITIONS: [Entry; 10] = [
    ("etag-given", "GET gives an ETag in quotes", BOTH, run!(etag_given)),
    ("etag-moves", "The ETag changes with the document, and only then", BOTH, run!(etag_moves)),
    (
        "if-match-put",
        "PUT with the current ETag is taken, with another answered 412",
        BOTH,
        run!(if_match_put),
    ),
    (
        "if-match-post",
        "POST with the current ETag is taken, with another answered 412",
        &["XC-CONCURRENCY-2"],
        run!(if_match_post),
    ),
    (
        "if-match-delete",
        "DELETE with the current ETag is taken, with another answered 412",
        &["XC-CONCURRENCY-2"],
        run!(if_match_delete),
    ),
    (
        "if-match-absent",
        "If-Match on a document that is not there is answered 412",
        &["XC-CONCURRENCY-3"],
        run!(if_match_absent),
    ),
    (
        "if-match-list",
        "If-Match may list several, and * is any",
        &["XC-CONCURRENCY-3"],
        run!(if_match_list),
    ),
    (
        "if-none-match-put",
        "PUT with If-None-Match: * is taken for a new document, and answered 412 for one that is there",
        BOTH,
        run!(if_none_match_put),
    ),
    (
        "if-none-match-post",
        "POST with If-None-Match: * is answered 412 if the document is there",
        &["XC-CONCURRENCY-2"],
        run!(if_none_match_post),
    ),
    (
        "if-none-match-get",
        "GET with the current ETag in If-None-Match is answered 304, with another one 200",
        &["XC-CONCURRENCY-8"],
        run!(if_none_match_get),
    ),
];

const PARALLEL: [Entry; 3] = [
    (
        "parallel-increments",
        "Of many writers with ETags at once none overwrites another's work",
        &["XC-PARALLEL-1"],
        run!(parallel_increments),
    ),
    (
        "parallel-creations",
        "Of many writers that create the same document at once one succeeds",
        &["XC-PARALLEL-1"],
        run!(parallel_creations),
    ),
    (
        "parallel-merges",
        "Merges that arrive at once all take effect",
        &["XC-PARALLEL-2"],
        run!(parallel_merges),
    ),
];

fn of_kind(kind: Kind) -> Vec<Case> {
    let case = |(name, title, requirements, run): Entry| {
        let id = format!("{name}@{}", kind.name());
        let title = format!("{title} ({})", kind.name().replace('-', " "));
        Case::new(&id, &title, requirements, move |lrs| run(lrs, kind))
    };
    let mut cases: Vec<Case> = PRECONDITIONS.into_iter().chain(PARALLEL).map(case).collect();
    let id = format!("etag-sha1@{}", kind.name());
    let title = "The ETag of 1.0.3 is the SHA-1 of the document in hexadecimal";
    let sha1 =
        Case::new(&id, title, &["XAPI-00322", "XC-CONCURRENCY-4"], move |lrs| etag_sha1(lrs, kind));
    cases.push(sha1.only(Version::One));
    cases
}

fn put_without_headers() -> Vec<Case> {
    let conflict = |kind: Kind, requirement: &str| {
        let id = format!("put-without-etag-conflict@{}", kind.name());
        let title = "PUT without If-Match over a document that is there is answered 409, explained, and changes nothing";
        Case::new(&id, title, &[requirement, "XC-CONCURRENCY-5"], move |lrs| conflict(lrs, kind))
    };
    let refused = |kind: Kind, requirement: &str| {
        let id = format!("put-without-etag-new@{}", kind.name());
        let title = "PUT of a profile without If-Match or If-None-Match is refused under 1.0.3";
        let case = Case::new(&id, title, &[requirement], move |lrs| new_without_header(lrs, kind));
        case.only(Version::One)
    };
    let accepted = |kind: Kind| {
        let id = format!("put-without-etag-taken@{}", kind.name());
        let title = "PUT of a new document needs no precondition under 2.0";
        let case = Case::new(&id, title, &["XC-CONCURRENCY-6"], move |lrs| new_taken(lrs, kind));
        case.only(Version::Two)
    };
    let free = Case::new(
        "put-without-etag-free@state",
        "Under 1.0.3 a state may be overwritten without a precondition",
        &["XAPI-00190", "XC-CONCURRENCY-7"],
        state_free,
    );
    vec![
        conflict(Kind::State, "XC-CONCURRENCY-5").only(Version::Two),
        conflict(Kind::ActivityProfile, "XAPI-00322"),
        conflict(Kind::AgentProfile, "XAPI-00322"),
        refused(Kind::ActivityProfile, "XAPI-00287"),
        refused(Kind::AgentProfile, "XAPI-00273"),
        accepted(Kind::State),
        accepted(Kind::ActivityProfile),
        accepted(Kind::AgentProfile),
        free.only(Version::One),
    ]
}

fn parallel_statements() -> Vec<Case> {
    cases! {
        "parallel-same-id" => parallel_same_id, ["XC-PARALLEL-3"],
            "Of different statements with one id that arrive at once one is stored";
        "parallel-statements" => parallel_all, ["XC-PARALLEL-3"],
            "Statements that arrive at once are all stored";
    }
}

/// A stored document and its entity tag.
async fn stored(lrs: &Lrs, kind: Kind) -> Checked<(Document, String)> {
    let document = Document::new(kind);
    document.keep(lrs, &json!({"a": 1})).await?;
    let etag = document.etag(lrs).await?;
    Ok((document, etag))
}

const STRANGE: &str = "\"1111111111111111111111111111111111111111\"";

async fn etag_given(lrs: Lrs, kind: Kind) -> Checked {
    let (_, etag) = stored(&lrs, kind).await?;
    let bare = etag.trim_start_matches("W/");
    if bare.len() > 2 && bare.starts_with('"') && bare.ends_with('"') {
        return Ok(());
    }
    Err(Failure::wrong("an ETag in quotes", etag))
}

async fn etag_sha1(lrs: Lrs, kind: Kind) -> Checked {
    let document = Document::new(kind);
    document.create(&lrs).body("text/plain", b"some text").await?.is(204)?;
    let reply = document.ask(&lrs, "GET").header("Accept-Encoding", "identity").await?.is(200)?;
    let want = format!("\"{}\"", hex(&sha1(b"some text")));
    let told = reply.needs("etag")?.to_owned();
    let fine = told.trim_start_matches("W/").to_lowercase() == want;
    reply.check(fine, want, || told)
}

async fn etag_moves(lrs: Lrs, kind: Kind) -> Checked {
    let (document, first) = stored(&lrs, kind).await?;
    let same = document.etag(&lrs).await?;
    document.ask(&lrs, "POST").json(&json!({"b": 1})).await?.is(204)?;
    let moved = document.etag(&lrs).await?;
    if same == first && moved != first {
        return Ok(());
    }
    Err(Failure::wrong("the same ETag twice, then another", format!("{first}, {same}, {moved}")))
}

async fn if_match_put(lrs: Lrs, kind: Kind) -> Checked {
    let (document, etag) = stored(&lrs, kind).await?;
    let put =
        |tag: &str, value: Value| document.ask(&lrs, "PUT").header("If-Match", tag).json(&value);
    put(STRANGE, json!({"b": 1})).await?.is(412)?;
    document.holds(&lrs, &json!({"a": 1})).await?;
    put(&etag, json!({"c": 1})).await?.is(204)?;
    document.holds(&lrs, &json!({"c": 1})).await?;
    put(&etag, json!({"d": 1})).await?.is(412)?;
    document.holds(&lrs, &json!({"c": 1})).await
}

async fn if_match_post(lrs: Lrs, kind: Kind) -> Checked {
    let (document, etag) = stored(&lrs, kind).await?;
    let post =
        |tag: &str, value: Value| document.ask(&lrs, "POST").header("If-Match", tag).json(&value);
    post(STRANGE, json!({"b": 1})).await?.is(412)?;
    document.holds(&lrs, &json!({"a": 1})).await?;
    post(&etag, json!({"c": 1})).await?.is(204)?;
    document.holds(&lrs, &json!({"a": 1, "c": 1})).await
}

async fn if_match_delete(lrs: Lrs, kind: Kind) -> Checked {
    let (document, etag) = stored(&lrs, kind).await?;
    document.ask(&lrs, "DELETE").header("If-Match", STRANGE).await?.is(412)?;
    document.holds(&lrs, &json!({"a": 1})).await?;
    document.ask(&lrs, "DELETE").header("If-Match", &etag).await?.is(204)?;
    document.is_absent(&lrs).await
}

async fn if_match_absent(lrs: Lrs, kind: Kind) -> Checked {
    let document = Document::new(kind);
    for tag in [STRANGE, "*"] {
        let ask = document.ask(&lrs, "PUT").header("If-Match", tag);
        ask.json(&json!({"a": 1})).await?.is(412)?;
    }
    document.is_absent(&lrs).await
}

async fn if_match_list(lrs: Lrs, kind: Kind) -> Checked {
    let (document, etag) = stored(&lrs, kind).await?;
    let list = format!("{STRANGE}, {etag}");
    document.ask(&lrs, "PUT").header("If-Match", &list).json(&json!({"b": 1})).await?.is(204)?;
    document.ask(&lrs, "PUT").header("If-Match", "*").json(&json!({"c": 1})).await?.is(204)?;
    document.holds(&lrs, &json!({"c": 1})).await
}

async fn if_none_match_put(lrs: Lrs, kind: Kind) -> Checked {
    let (document, _) = stored(&lrs, kind).await?;
    document.create(&lrs).json(&json!({"b": 1})).await?.is(412)?;
    document.holds(&lrs, &json!({"a": 1})).await
}

async fn if_none_match_post(lrs: Lrs, kind: Kind) -> Checked {
    let (document, _) = stored(&lrs, kind).await?;
    let ask = document.ask(&lrs, "POST").header("If-None-Match", "*");
    ask.json(&json!({"b": 1})).await?.is(412)?;
    document.holds(&lrs, &json!({"a": 1})).await
}

async fn if_none_match_get(lrs: Lrs, kind: Kind) -> Checked {
    let (document, etag) = stored(&lrs, kind).await?;
    let get = |tag: &str| document.ask(&lrs, "GET").header("If-None-Match", tag);
    let reply = get(&etag).await?.is(304)?;
    reply.check(reply.bytes().is_empty(), "no body", || reply.summary())?;
    get(STRANGE).await?.is(200)?;
    document.ask(&lrs, "POST").json(&json!({"b": 1})).await?.is(204)?;
    let reply = get(&etag).await?.is(200)?;
    let got = reply.json()?;
    reply.check(got == json!({"a": 1, "b": 1}), "the document as it is now", || got.to_string())
}

async fn conflict(lrs: Lrs, kind: Kind) -> Checked {
    let (document, _) = stored(&lrs, kind).await?;
    let reply = document.ask(&lrs, "PUT").json(&json!({"b": 1})).await?.is(409)?;
    reply.check(!reply.bytes().is_empty(), "a text that explains it", || "nothing".to_owned())?;
    document.holds(&lrs, &json!({"a": 1})).await
}

async fn new_without_header(lrs: Lrs, kind: Kind) -> Checked {
    let document = Document::new(kind);
    document.ask(&lrs, "PUT").json(&json!({"a": 1})).await?.is(400)?;
    document.is_absent(&lrs).await
}

async fn new_taken(lrs: Lrs, kind: Kind) -> Checked {
    let document = Document::new(kind);
    document.ask(&lrs, "PUT").json(&json!({"a": 1})).await?.is(204)?;
    document.holds(&lrs, &json!({"a": 1})).await
}

async fn state_free(lrs: Lrs) -> Checked {
    let (document, _) = stored(&lrs, Kind::State).await?;
    document.ask(&lrs, "PUT").json(&json!({"b": 1})).await?.is(204)?;
    document.holds(&lrs, &json!({"b": 1})).await
}

const WRITERS: u64 = 6;

/// Reads, adds one, writes with the entity tag read, and starts again when it was too late.
async fn increment(lrs: &Lrs, document: &Document) -> Checked {
    for _ in 0..100 {
        let reply = document.get(lrs).await?.is(200)?;
        let etag = reply.needs("etag")?.to_owned();
        let count = reply.json()?.get("count").and_then(Value::as_u64).unwrap_or_default();
        let ask = document.ask(lrs, "PUT").header("If-Match", &etag);
        let reply = ask.json(&json!({"count": count + 1})).await?.has_one_of(&[204, 412])?;
        if reply.status() == 204 {
            return Ok(());
        }
    }
    Err(Failure::wrong("a writer that succeeds in the end", "100 times 412"))
}

async fn parallel_increments(lrs: Lrs, kind: Kind) -> Checked {
    let document = Document::new(kind);
    document.keep(&lrs, &json!({"count": 0})).await?;
    let writers = (0..WRITERS).map(|_| increment(&lrs, &document));
    join_all(writers).await.into_iter().collect::<Checked>()?;
    document.holds(&lrs, &json!({"count": WRITERS})).await
}

async fn parallel_creations(lrs: Lrs, kind: Kind) -> Checked {
    let document = Document::new(kind);
    let writers = (0..WRITERS).map(|number| {
        let (lrs, document) = (&lrs, &document);
        async move {
            document.create(lrs).json(&json!({"writer": number})).await?.has_one_of(&[204, 412])
        }
    });
    let replies = join_all(writers).await.into_iter().collect::<Checked<Vec<_>>>()?;
    let winners: Vec<usize> = (0..replies.len())
        .filter(|at| replies.get(*at).is_some_and(|r| r.status() == 204))
        .collect();
    match winners.as_slice() {
        [winner] => document.holds(&lrs, &json!({"writer": winner})).await,
        _ => Err(Failure::wrong("one writer that succeeds", format!("{} do", winners.len()))),
    }
}

async fn parallel_merges(lrs: Lrs, kind: Kind) -> Checked {
    let document = Document::new(kind);
    document.keep(&lrs, &json!({})).await?;
    let writers = (0..WRITERS).map(|number| {
        let (lrs, document) = (&lrs, &document);
        async move {
            let change =
                Value::Object([(format!("k{number}"), json!(number))].into_iter().collect());
            document.ask(lrs, "POST").json(&change).await?.is(204)
        }
    });
    join_all(writers).await.into_iter().collect::<Checked<Vec<_>>>()?;
    let reply = document.get(&lrs).await?.is(200)?;
    let found = reply.json()?.as_object().map_or(0, serde_json::Map::len);
    reply.check(found as u64 == WRITERS, format!("{WRITERS} members"), || found.to_string())
}

async fn parallel_same_id(lrs: Lrs) -> Checked {
    let first = statement();
    let rivals: Vec<Value> =
        (0..WRITERS).map(|_| with(first.clone(), "/verb/id", json!(iri()))).collect();
    let posts = rivals
        .iter()
        .map(|one| async { lrs.post("statements").json(one).await?.has_one_of(&[200, 204, 409]) });
    join_all(posts).await.into_iter().collect::<Checked<Vec<_>>>()?;
    let kept = lrs.fetch(&id_of(&first)).await?;
    let verb = kept.pointer("/verb/id").and_then(Value::as_str).unwrap_or_default().to_owned();
    lrs.finds(&[("verb", &verb)], &[&id_of(&first)]).await?;
    for rival in rivals.iter().filter(|one| one.pointer("/verb/id") != kept.pointer("/verb/id")) {
        let verb = rival.pointer("/verb/id").and_then(Value::as_str).unwrap_or_default();
        lrs.finds(&[("verb", verb)], &[]).await?;
    }
    Ok(())
}

async fn parallel_all(lrs: Lrs) -> Checked {
    let verb = iri();
    let sent: Vec<Value> = (0..20).map(|_| with(statement(), "/verb/id", json!(verb))).collect();
    let posts = sent.iter().map(|one| lrs.keep(one));
    join_all(posts).await.into_iter().collect::<Checked>()?;
    let mut found: Vec<String> =
        super::paging::all_pages(&lrs, &[("verb", &verb)]).await?.iter().map(id_of).collect();
    let mut want: Vec<String> = sent.iter().map(id_of).collect();
    found.sort();
    want.sort();
    if found == want {
        return Ok(());
    }
    Err(Failure::wrong("all 20 statements", format!("{} of them", found.len())))
}
