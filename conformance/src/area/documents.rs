//! State, activity profile and agent profile: storing, merging, listing and deleting documents.

use serde_json::{Value, json};

use crate::case::{Case, cases};
use crate::document::{Document, Kind};
use crate::failure::{Checked, Failure};
use crate::fixture::{agent, iri, uuid};
use crate::kept::instant;
use crate::lrs::Lrs;

/// A case for each of the three resources: name, title, run, and the requirements of each resource.
type Entry = (&'static str, &'static str, Run, [&'static [&'static str]; 3]);
type Run = fn(Lrs, Kind) -> crate::transport::Pending<'static, Checked>;

macro_rules! run {
    ($function:ident) => {
        |lrs, kind| Box::pin($function(lrs, kind))
    };
}

pub(super) fn cases() -> Vec<Case> {
    let entries = [storing(), keeping(), merging(), listing()].concat();
    let mut cases: Vec<Case> = entries.iter().flat_map(for_each_kind).collect();
    cases.extend(of_state());
    cases
}

fn for_each_kind(entry: &Entry) -> Vec<Case> {
    let (name, title, run, requirements) = *entry;
    let of = |(kind, requirements): (Kind, &[&str])| {
        let id = format!("{name}@{}", kind.name());
        let title = format!("{title} ({})", kind.name().replace('-', " "));
        Case::new(&id, &title, requirements, move |lrs| run(lrs, kind))
    };
    Kind::ALL.into_iter().zip(requirements).map(of).collect()
}

fn storing() -> Vec<Entry> {
    vec![
        (
            "document-put",
            "PUT stores a document, and GET gives it back",
            run!(put),
            [
                &["XAPI-00190", "XAPI-00188", "XAPI-00192", "XAPI-00217", "XAPI-00230"],
                &["XAPI-00287", "XAPI-00293", "XAPI-00288", "XAPI-00290", "XAPI-00311"],
                &["XAPI-00273", "XAPI-00259", "XAPI-00269", "XAPI-00274", "XAPI-00282"],
            ],
        ),
        (
            "document-bytes",
            "Bytes and content type come back as they were sent",
            run!(bytes),
            [&["XC-DOCUMENTS-1"], &["XC-DOCUMENTS-1"], &["XC-DOCUMENTS-1"]],
        ),
        (
            "document-replaced",
            "PUT replaces the whole document",
            run!(replaced),
            [&["XAPI-00190"], &["XAPI-00287"], &["XAPI-00273"]],
        ),
        (
            "document-unknown",
            "GET of a document that is not there answers 404",
            run!(unknown),
            [&["XC-DOCUMENTS-2"], &["XC-DOCUMENTS-2"], &["XC-DOCUMENTS-2"]],
        ),
        (
            "document-deleted",
            "DELETE answers 204, and the document is gone",
            run!(deleted),
            [
                &["XAPI-00187", "XAPI-00191", "XAPI-00216"],
                &["XAPI-00285", "XAPI-00291"],
                &["XAPI-00271"],
            ],
        ),
    ]
}

fn keeping() -> Vec<Entry> {
    vec![
        (
            "document-delete-others",
            "DELETE of one document leaves the others",
            run!(delete_one),
            [&["XAPI-00191"], &["XAPI-00285"], &["XAPI-00271"]],
        ),
        (
            "document-apart",
            "Documents of another context with the same id are other documents",
            run!(apart),
            [&["XC-DOCUMENTS-3"], &["XC-DOCUMENTS-3"], &["XC-DOCUMENTS-3"]],
        ),
        (
            "document-last-modified",
            "GET tells when a document was last modified",
            run!(last_modified),
            [&["XC-DOCUMENTS-4"], &["XC-DOCUMENTS-4"], &["XC-DOCUMENTS-4"]],
        ),
        (
            "document-last-modified-moves",
            "Last-Modified moves when the document changes",
            run!(last_modified_moves),
            [&["XC-DOCUMENTS-4"], &["XC-DOCUMENTS-4"], &["XC-DOCUMENTS-4"]],
        ),
        (
            "document-strange-id",
            "An id may be any text",
            run!(strange_id),
            [&["XC-DOCUMENTS-5"], &["XC-DOCUMENTS-5"], &["XC-DOCUMENTS-5"]],
        ),
        (
            "document-large",
            "A document of one megabyte comes back whole",
            run!(large),
            [&["XC-DOCUMENTS-1"], &["XC-DOCUMENTS-1"], &["XC-DOCUMENTS-1"]],
        ),
    ]
}

fn merging() -> Vec<Entry> {
    vec![
        (
            "document-post-new",
            "POST of a document that is not there stores it",
            run!(post_new),
            [
                &["XAPI-00233", "XAPI-00189", "XAPI-00231"],
                &["XAPI-00310", "XAPI-00286", "XAPI-00292", "XAPI-00312"],
                &["XAPI-00280", "XAPI-00272", "XAPI-00283"],
            ],
        ),
        (
            "document-merged",
            "POST merges JSON objects at the top level",
            run!(merged),
            [
                &["XAPI-00234", "XAPI-00183", "XAPI-00184"],
                &["XAPI-00308", "XAPI-00183", "XAPI-00184"],
                &["XAPI-00279", "XAPI-00183", "XAPI-00184"],
            ],
        ),
        (
            "document-merge-content-type",
            "POST over a document that is not JSON, or of one, is refused and changes nothing",
            run!(merge_content_type),
            [
                &["XAPI-00232", "XAPI-00182"],
                &["XAPI-00309", "XAPI-00182"],
                &["XAPI-00278", "XAPI-00182"],
            ],
        ),
        (
            "document-merge-no-object",
            "POST over JSON that is no object, or of it, is refused and changes nothing",
            run!(merge_no_object),
            [&["XAPI-00229"], &["XAPI-00313"], &["XAPI-00281"]],
        ),
        (
            "document-post-new-no-object",
            "POST of what is no JSON object is refused where nothing is there, and stores nothing",
            run!(post_new_no_object),
            [&["XC-DOCUMENTS-7"], &["XC-DOCUMENTS-7"], &["XC-DOCUMENTS-7"]],
        ),
        (
            "document-post-invalid",
            "POST of a body that says JSON and is not is refused",
            run!(post_invalid),
            [&["XAPI-00235"], &["XAPI-00314"], &["XAPI-00284"]],
        ),
    ]
}

fn listing() -> Vec<Entry> {
    vec![
        (
            "document-list",
            "GET without an id gives the ids of the context",
            run!(list),
            [&["XAPI-00193"], &["XAPI-00289"], &["XAPI-00270"]],
        ),
        (
            "document-list-empty",
            "A context without documents gives an empty list",
            run!(list_empty),
            [&["XAPI-00193"], &["XAPI-00289"], &["XAPI-00270"]],
        ),
        (
            "document-list-since",
            "since leaves out what was stored at that time or before",
            run!(list_since),
            [
                &["XAPI-00195", "XAPI-00221"],
                &["XAPI-00294", "XAPI-00303"],
                &["XAPI-00275", "XAPI-00268"],
            ],
        ),
        (
            "document-list-last-modified",
            "A list tells when the latest of its documents was modified",
            run!(list_last_modified),
            [&["XC-DOCUMENTS-6"], &["XC-DOCUMENTS-6"], &["XC-DOCUMENTS-6"]],
        ),
    ]
}

fn of_state() -> Vec<Case> {
    cases! {
        "state-registration" => registration, ["XAPI-00218", "XAPI-00220", "XAPI-00227", "XC-DOCUMENTS-3"],
            "States with a registration are apart from those without";
        "state-registration-delete" => registration_delete, ["XAPI-00219"],
            "DELETE with a registration deletes that state alone";
        "state-delete-all" => delete_all, ["XAPI-00194"],
            "DELETE without an id deletes the states of the context, and no others";
        "state-delete-all-registration" => delete_all_registration, ["XAPI-00194", "XAPI-00219"],
            "DELETE without an id with a registration deletes the states of that registration alone";
    }
}

async fn put(lrs: Lrs, kind: Kind) -> Checked {
    let document = Document::new(kind);
    document.keep(&lrs, &json!({"a": 1, "b": [null, "x"]})).await?;
    document.holds(&lrs, &json!({"a": 1, "b": [null, "x"]})).await
}

async fn comes_back(lrs: &Lrs, kind: Kind, content_type: &str, bytes: &[u8]) -> Checked {
    let document = Document::new(kind);
    document.create(lrs).body(content_type, bytes).await?.is(204)?;
    let reply = document.get(lrs).await?.is(200)?;
    let told = reply.needs("content-type")?.to_owned();
    reply.check(told == content_type, format!("content type {content_type}"), || told)?;
    let length = reply.bytes().len();
    reply.check(reply.bytes() == bytes, "the same bytes", || format!("{length} other bytes"))
}

async fn bytes(lrs: Lrs, kind: Kind) -> Checked {
    let all: Vec<u8> = (0..=255).collect();
    comes_back(&lrs, kind, "application/octet-stream", &all).await?;
    comes_back(&lrs, kind, "text/plain; charset=utf-8", "così".as_bytes()).await?;
    comes_back(&lrs, kind, "application/json", b"{ \"b\" : 1.00,\n \"a\":2 }").await
}

async fn large(lrs: Lrs, kind: Kind) -> Checked {
    let all: Vec<u8> = (0..=255).collect();
    let bytes: Vec<u8> = all.iter().copied().cycle().take(1 << 20).collect();
    comes_back(&lrs, kind, "application/octet-stream", &bytes).await
}

async fn replaced(lrs: Lrs, kind: Kind) -> Checked {
    let document = Document::new(kind);
    document.keep(&lrs, &json!({"a": 1, "b": 2})).await?;
    document.replace(&lrs).await?.json(&json!({"b": 3})).await?.is(204)?;
    document.holds(&lrs, &json!({"b": 3})).await
}

async fn unknown(lrs: Lrs, kind: Kind) -> Checked {
    Document::new(kind).is_absent(&lrs).await
}

async fn deleted(lrs: Lrs, kind: Kind) -> Checked {
    let document = Document::new(kind);
    document.keep(&lrs, &json!({})).await?;
    document.ask(&lrs, "DELETE").await?.is(204)?;
    document.is_absent(&lrs).await?;
    document.lists(&lrs, &[]).await
}

async fn delete_one(lrs: Lrs, kind: Kind) -> Checked {
    let document = Document::new(kind);
    let other = document.clone().with(kind.id_name(), &uuid());
    document.keep(&lrs, &json!({"a": 1})).await?;
    other.keep(&lrs, &json!({"b": 1})).await?;
    document.ask(&lrs, "DELETE").await?.is(204)?;
    other.holds(&lrs, &json!({"b": 1})).await
}

async fn apart(lrs: Lrs, kind: Kind) -> Checked {
    let document = Document::new(kind);
    document.keep(&lrs, &json!({"a": 1})).await?;
    for name in kind.needed() {
        let value = if *name == "agent" { agent().to_string() } else { iri() };
        let other = document.clone().with(name, &value);
        other.is_absent(&lrs).await?;
        other.lists(&lrs, &[]).await?;
        other.keep(&lrs, &json!({"b": 2})).await?;
    }
    document.holds(&lrs, &json!({"a": 1})).await
}

async fn time_of(lrs: &Lrs, document: &Document) -> Checked<i64> {
    let reply = document.get(lrs).await?.is(200)?;
    let told = reply.needs("last-modified")?.to_owned();
    let time = jiff::fmt::rfc2822::parse(&told).ok().map(|time| time.timestamp().as_second());
    time.ok_or_else(|| reply.wrong("a date of HTTP in Last-Modified", told))
}

async fn last_modified(lrs: Lrs, kind: Kind) -> Checked {
    let document = Document::new(kind);
    document.keep(&lrs, &json!({})).await?;
    time_of(&lrs, &document).await.map(drop)
}

async fn last_modified_moves(lrs: Lrs, kind: Kind) -> Checked {
    let document = Document::new(kind);
    document.keep(&lrs, &json!({"a": 1})).await?;
    let first = time_of(&lrs, &document).await?;
    lrs.wait_a_second().await;
    document.ask(&lrs, "POST").json(&json!({"b": 1})).await?.is(204)?;
    let second = time_of(&lrs, &document).await?;
    if second > first {
        return Ok(());
    }
    Err(Failure::wrong(
        "a later Last-Modified than before the change",
        format!("{first}, then {second}"),
    ))
}

async fn strange_id(lrs: Lrs, kind: Kind) -> Checked {
    for id in ["a/b?c=d&e#f", "Upper CASE", "caffè 日本", "'; --", "%41+ %"] {
        let document = Document::new(kind).with(kind.id_name(), id);
        document.keep(&lrs, &json!({"id": id})).await?;
        document.holds(&lrs, &json!({"id": id})).await?;
        document.lists(&lrs, &[id]).await?;
    }
    Ok(())
}

async fn post_new(lrs: Lrs, kind: Kind) -> Checked {
    let document = Document::new(kind);
    document.ask(&lrs, "POST").json(&json!({"a": 1})).await?.is(204)?;
    document.holds(&lrs, &json!({"a": 1})).await
}

async fn merged(lrs: Lrs, kind: Kind) -> Checked {
    let document = Document::new(kind);
    document.keep(&lrs, &json!({"a": 1, "b": {"x": 1, "y": 2}, "c": [1]})).await?;
    let change = json!({"b": {"x": 3}, "c": null, "d": "new"});
    document.ask(&lrs, "POST").json(&change).await?.is(204)?;
    document.holds(&lrs, &json!({"a": 1, "b": {"x": 3}, "c": null, "d": "new"})).await
}

async fn merge_content_type(lrs: Lrs, kind: Kind) -> Checked {
    let text = Document::new(kind);
    text.create(&lrs).body("text/plain", b"{\"a\":1}").await?.is(204)?;
    text.ask(&lrs, "POST").json(&json!({"b": 1})).await?.is(400)?;
    let reply = text.get(&lrs).await?.is(200)?;
    reply.check(reply.bytes() == b"{\"a\":1}", "the document unchanged", || reply.summary())?;
    let json = Document::new(kind);
    json.keep(&lrs, &json!({"a": 1})).await?;
    json.ask(&lrs, "POST").body("text/plain", b"{\"b\":1}").await?.is(400)?;
    json.holds(&lrs, &json!({"a": 1})).await
}

async fn merge_no_object(lrs: Lrs, kind: Kind) -> Checked {
    let list = Document::new(kind);
    list.keep(&lrs, &json!([1])).await?;
    list.ask(&lrs, "POST").json(&json!({"b": 1})).await?.is(400)?;
    list.holds(&lrs, &json!([1])).await?;
    let object = Document::new(kind);
    object.keep(&lrs, &json!({"a": 1})).await?;
    for posted in [json!([2]), json!("text"), json!(1)] {
        object.ask(&lrs, "POST").json(&posted).await?.is(400)?;
    }
    object.holds(&lrs, &json!({"a": 1})).await
}

async fn post_new_no_object(lrs: Lrs, kind: Kind) -> Checked {
    let document = Document::new(kind);
    for posted in [json!([2]), json!("text"), json!(1)] {
        document.ask(&lrs, "POST").json(&posted).await?.is(400)?;
        document.is_absent(&lrs).await?;
    }
    document.ask(&lrs, "POST").body("text/plain", b"{\"a\":1}").await?.is(400)?;
    document.is_absent(&lrs).await
}

async fn post_invalid(lrs: Lrs, kind: Kind) -> Checked {
    let document = Document::new(kind);
    document.ask(&lrs, "POST").body("application/json", b"{\"a\": tru").await?.is(400)?;
    document.is_absent(&lrs).await
}

async fn list(lrs: Lrs, kind: Kind) -> Checked {
    let one = Document::new(kind);
    let other = one.clone().with(kind.id_name(), &uuid());
    one.keep(&lrs, &json!({})).await?;
    other.keep(&lrs, &json!({})).await?;
    one.lists(&lrs, &[one.id(), other.id()]).await
}

async fn list_empty(lrs: Lrs, kind: Kind) -> Checked {
    Document::new(kind).lists(&lrs, &[]).await
}

/// The time of the first document comes from a statement that is stored between the two.
async fn list_since(lrs: Lrs, kind: Kind) -> Checked {
    let one = Document::new(kind);
    let other = one.clone().with(kind.id_name(), &uuid());
    one.keep(&lrs, &json!({})).await?;
    lrs.pause().await;
    let between = lrs.time().await?;
    lrs.pause().await;
    other.keep(&lrs, &json!({})).await?;
    one.clone().with("since", &between).lists(&lrs, &[other.id()]).await?;
    one.with("since", "2001-01-01T00:00:00Z").lists_at_least(&lrs, 2).await
}

async fn list_last_modified(lrs: Lrs, kind: Kind) -> Checked {
    let one = Document::new(kind);
    one.keep(&lrs, &json!({})).await?;
    let (list, single) = (time_of(&lrs, &one.list()).await?, time_of(&lrs, &one).await?);
    if list == single {
        return Ok(());
    }
    Err(Failure::wrong("the Last-Modified of the latest document", format!("{list} for {single}")))
}

async fn registration(lrs: Lrs) -> Checked {
    let plain = Document::new(Kind::State);
    let one = plain.clone().with("registration", &uuid());
    plain.keep(&lrs, &json!({"r": 0})).await?;
    one.is_absent(&lrs).await?;
    one.ask(&lrs, "POST").json(&json!({"r": 1})).await?.is(204)?;
    let other = plain.clone().with("registration", &uuid());
    other.keep(&lrs, &json!({"r": 2})).await?;
    plain.holds(&lrs, &json!({"r": 0})).await?;
    one.holds(&lrs, &json!({"r": 1})).await?;
    other.holds(&lrs, &json!({"r": 2})).await?;
    one.lists(&lrs, &[one.id()]).await
}

async fn registration_delete(lrs: Lrs) -> Checked {
    let plain = Document::new(Kind::State);
    let one = plain.clone().with("registration", &uuid());
    plain.keep(&lrs, &json!({"r": 0})).await?;
    one.keep(&lrs, &json!({"r": 1})).await?;
    one.ask(&lrs, "DELETE").await?.is(204)?;
    one.is_absent(&lrs).await?;
    plain.holds(&lrs, &json!({"r": 0})).await
}

async fn delete_all(lrs: Lrs) -> Checked {
    let one = Document::new(Kind::State);
    let two = one.clone().with("stateId", &uuid());
    let stranger = one.clone().with("activityId", &iri());
    for document in [&one, &two, &stranger] {
        document.keep(&lrs, &json!({"a": 1})).await?;
    }
    one.list().ask(&lrs, "DELETE").await?.is(204)?;
    one.is_absent(&lrs).await?;
    two.is_absent(&lrs).await?;
    stranger.holds(&lrs, &json!({"a": 1})).await
}

async fn delete_all_registration(lrs: Lrs) -> Checked {
    let plain = Document::new(Kind::State);
    let one = plain.clone().with("registration", &uuid());
    plain.keep(&lrs, &json!({"r": 0})).await?;
    one.keep(&lrs, &json!({"r": 1})).await?;
    one.list().ask(&lrs, "DELETE").await?.is(204)?;
    one.is_absent(&lrs).await?;
    plain.holds(&lrs, &json!({"r": 0})).await
}

impl Lrs {
    /// The server's time now, as it says in the stored time of a new statement.
    async fn time(&self) -> Checked<String> {
        let sent = crate::fixture::statement();
        self.keep(&sent).await?;
        let stored = self.fetch(&crate::lrs::id_of(&sent)).await?;
        let text = stored.get("stored").and_then(Value::as_str).unwrap_or_default();
        match instant(text) {
            Some(_) => Ok(text.to_owned()),
            None => Err(Failure::wrong("a stored time", text)),
        }
    }
}

impl Document {
    async fn lists_at_least(&self, lrs: &Lrs, count: usize) -> Checked {
        let reply = self.list().get(lrs).await?.is(200)?;
        let found = reply.json()?.as_array().map_or(0, Vec::len);
        reply.check(found >= count, format!("{count} ids"), || format!("{found}"))
    }
}
