//! HTTP: versions, HEAD, methods, compression, cross-origin requests, limits.

use std::io::Read as _;

use serde_json::json;

use crate::ask::Reply;
use crate::case::{Case, cases};
use crate::document::{Document, Kind};
use crate::edit::with;
use crate::failure::{Checked, Failure};
use crate::fixture::{agent, iri, sha1, statement, uuid};
use crate::lrs::{Lrs, id_of};
use crate::multipart::hex;

pub(super) fn cases() -> Vec<Case> {
    let etag = Case::new(
        "gzip-etag",
        "The ETag of a compressed answer is not the SHA-1 of the document",
        &["XC-HTTP-2"],
        gzip_etag,
    );
    let later = Case::new(
        "version-header-later-patches",
        "Patch releases after 1.0.3 are taken",
        &["XC-VERSION-5"],
        version_later,
    );
    let mut cases = [versions(), heads(), transfer()].concat();
    cases.extend([etag, later].map(|case| case.only(crate::Version::One)));
    cases
}

fn versions() -> Vec<Case> {
    cases! {
        "version-header-needed" => version_needed, ["XAPI-00331", "XAPI-00321"],
            "A request that says no version is refused";
        "version-header-wrong" => version_wrong, ["XAPI-00331", "XC-VERSION-3"],
            "A request that says a version that is not served is refused";
        "version-header-answered" => version_answered, ["XAPI-00333"],
            "Every answer says the version that it is in";
        "version-header-patches" => version_patches, ["XC-VERSION-4"],
            "Every patch release of the version is taken";
        "version-not-modified" => version_kept, ["XAPI-00330", "XAPI-00332"],
            "Statements that say an older patch release are returned with it";
    }
}

fn heads() -> Vec<Case> {
    let table: [(&str, &str); 7] = [
        ("statements", "a query"),
        ("statement", "one statement"),
        ("agents", "an agent"),
        ("activities", "an activity"),
        ("state", "a state"),
        ("activity-profile", "an activity profile"),
        ("agent-profile", "an agent profile"),
    ];
    let mut cases: Vec<Case> = table
        .into_iter()
        .map(|(what, name)| {
            let title = format!("HEAD of {name} answers as GET does, without a body");
            Case::new(&format!("head@{what}"), &title, &["XAPI-00125", "XAPI-00126"], move |lrs| {
                head(lrs, what)
            })
        })
        .collect();
    cases.push(Case::new(
        "head@about",
        "HEAD of about answers as GET does, without a body",
        &["XAPI-00125", "XAPI-00126"],
        |lrs| head(lrs, "about"),
    ));
    cases.push(Case::new(
        "head-unknown",
        "HEAD of what is not there answers with the status of GET",
        &["XAPI-00125"],
        head_unknown,
    ));
    cases
}

fn transfer() -> Vec<Case> {
    cases! {
        "gzip-answer" => gzip_answer, ["XC-HTTP-1"],
            "An answer that is compressed unpacks to the one that is not";
        "gzip-request" => gzip_request, ["XC-HTTP-3"],
            "A compressed body is understood, or refused as such, and never stored as garbage";
        "cors-preflight" => cors_preflight, ["XC-CORS-1"],
            "A browser's question before a request from another origin is answered with permission";
        "cors-headers" => cors_headers, ["XC-CORS-2"],
            "Scripts of another origin may read the answers and the headers of xAPI";
        "unknown-resource" => unknown_resource, ["XC-HTTP-4"],
            "A path that is no resource answers 404";
        "method-not-allowed" => method_not_allowed, ["XC-HTTP-5"],
            "A method that a resource does not have is refused";
        "error-explained" => error_explained, ["XC-HTTP-6"],
            "A refusal says why";
        "utf8-parameters" => utf8_parameters, ["XAPI-00015"],
            "Parameters are read as UTF-8";
        "json-charset" => json_charset, ["XC-HTTP-7"],
            "A content type with a charset is JSON all the same";
        "long-statement" => long_statement, ["XC-LIMITS-1"],
            "A statement of 500 kilobytes is taken and comes back whole";
        "too-long" => too_long, ["XAPI-00328"],
            "A body beyond the server's limit is answered 413, and the server lives on";
        "deep-json" => deep_json, ["XC-LIMITS-2"],
            "Very deep JSON is taken or refused, and the server lives on";
    }
}

async fn version_needed(lrs: Lrs) -> Checked {
    lrs.get("statements").query("limit", "1").unversioned().await?.is(400)?;
    lrs.post("statements").json(&statement()).unversioned().await?.is(400)?;
    let one = statement();
    lrs.put("statements")
        .query("statementId", &id_of(&one))
        .json(&one)
        .unversioned()
        .await?
        .is(400)?;
    lrs.get("agents").query("agent", &agent().to_string()).unversioned().await?.is(400)?;
    lrs.get("activities").query("activityId", &iri()).unversioned().await?.is(400)?;
    for kind in Kind::ALL {
        Document::new(kind).list().ask(&lrs, "GET").unversioned().await?.is(400)?;
    }
    Ok(())
}

async fn version_wrong(lrs: Lrs) -> Checked {
    for version in ["BAD", "0.95", "1.1.0", "3.0.0", "2.1.0", ""] {
        lrs.get("statements").query("limit", "1").versioned(version).await?.is(400)?;
    }
    Ok(())
}

async fn version_answered(lrs: Lrs) -> Checked {
    let says = |reply: Reply| {
        let told = reply.needs("x-experience-api-version")?.to_owned();
        let start = lrs.version.text().get(..4).unwrap_or_default();
        reply.check(told.starts_with(start), format!("{start}x"), || told)
    };
    says(lrs.get("statements").query("limit", "1").await?)?;
    says(lrs.post("statements").json(&statement()).await?)?;
    says(lrs.get("statements").query("limit", "none").await?)?;
    says(lrs.get("agents").query("agent", &agent().to_string()).await?)?;
    says(lrs.get("activities").query("activityId", &iri()).await?)?;
    says(Document::new(Kind::State).list().get(&lrs).await?)?;
    says(lrs.get("about").await?)
}

async fn version_patches(lrs: Lrs) -> Checked {
    let patches: &[&str] = match lrs.version {
        crate::Version::One => &["1.0.0", "1.0.1", "1.0.2", "1.0.3"],
        crate::Version::Two => &["2.0.0"],
    };
    for version in patches {
        lrs.get("statements").query("limit", "1").versioned(version).await?.is(200)?;
    }
    Ok(())
}

async fn version_later(lrs: Lrs) -> Checked {
    for version in ["1.0.4", "1.0.9", "1.0.10", "1.0.217"] {
        lrs.get("statements").query("limit", "1").versioned(version).await?.is(200)?;
        let sent = statement();
        lrs.post("statements").json(&sent).versioned(version).await?.is(200)?;
        lrs.fetch(&id_of(&sent)).await?;
    }
    Ok(())
}

async fn version_kept(lrs: Lrs) -> Checked {
    for version in ["1.0.0", "1.0.1"] {
        let sent = with(statement(), "/version", json!(version));
        lrs.keep(&sent).await?;
        let got = lrs.fetch(&id_of(&sent)).await?;
        if got.get("version") != Some(&json!(version)) {
            return Err(Failure::wrong(format!("version {version}"), got.to_string()));
        }
    }
    Ok(())
}

async fn head(lrs: Lrs, what: &'static str) -> Checked {
    let sent = statement();
    lrs.keep(&sent).await?;
    let kind = Kind::ALL.into_iter().find(|kind| kind.name() == what);
    let document = Document::new(kind.unwrap_or(Kind::State));
    if kind.is_some() {
        document.keep(&lrs, &json!({"a": 1})).await?;
    }
    // Both requests ask for the same, and for nothing that another case changes meanwhile.
    let actor = json!(sent.get("actor")).to_string();
    let (who, activity) = (agent().to_string(), iri());
    let ask = |method: &str| match what {
        "statement" => lrs.ask(method, "statements").query("statementId", &id_of(&sent)),
        "statements" => lrs.ask(method, "statements").query("agent", &actor),
        "agents" => lrs.ask(method, "agents").query("agent", &who),
        "activities" => lrs.ask(method, "activities").query("activityId", &activity),
        "about" => lrs.ask(method, "about"),
        _ => document.ask(&lrs, method),
    };
    let (get, head) = (ask("GET").await?.is(200)?, ask("HEAD").await?.is(200)?);
    head.check(head.bytes().is_empty(), "no body", || head.summary())?;
    // What a server puts together may be as new as the last statement of anyone.
    let computed = matches!(what, "statements" | "agents" | "activities" | "about");
    for name in ["content-type", "etag", "last-modified", "x-experience-api-version"] {
        let (want, told) = (get.header(name), head.header(name));
        if name == "last-modified" && computed && want.is_some() {
            head.needs(name)?;
            continue;
        }
        head.check(told == want, format!("{name} as GET gives it, {want:?}"), || {
            format!("{told:?}")
        })?;
    }
    let through = "x-experience-api-consistent-through";
    if get.header(through).is_some() {
        head.needs(through)?;
    }
    Ok(())
}

async fn head_unknown(lrs: Lrs) -> Checked {
    lrs.ask("HEAD", "statements").query("statementId", &uuid()).await?.is(404)?;
    for kind in Kind::ALL {
        let document = Document::new(kind);
        let get = document.ask(&lrs, "GET").await?;
        document.ask(&lrs, "HEAD").await?.is(get.status())?;
    }
    Ok(())
}

/// The body of a reply, unpacked if it says that it is compressed.
fn unpacked(reply: &Reply) -> Checked<Vec<u8>> {
    if reply.header("content-encoding").is_none_or(|encoding| encoding == "identity") {
        return Ok(reply.bytes().to_vec());
    }
    let mut bytes = Vec::new();
    match flate2::read::GzDecoder::new(reply.bytes()).read_to_end(&mut bytes) {
        Ok(_) => Ok(bytes),
        Err(error) => Err(reply.wrong("a body in gzip", error.to_string())),
    }
}

/// A stored document that is long enough to be worth compressing.
async fn long_document(lrs: &Lrs) -> Checked<(Document, Vec<u8>)> {
    let document = Document::new(Kind::State);
    let text = "a line that is repeated\n".repeat(500).into_bytes();
    document.create(lrs).body("text/plain", &text).await?.is(204)?;
    Ok((document, text))
}

async fn gzip_answer(lrs: Lrs) -> Checked {
    let (document, text) = long_document(&lrs).await?;
    let reply = document.ask(&lrs, "GET").header("Accept-Encoding", "gzip").await?.is(200)?;
    let fine = unpacked(&reply)? == text;
    reply.check(fine, "the document", || "something else".to_owned())
}

async fn gzip_etag(lrs: Lrs) -> Checked {
    let (document, text) = long_document(&lrs).await?;
    let reply = document.ask(&lrs, "GET").header("Accept-Encoding", "gzip").await?.is(200)?;
    if reply.header("content-encoding").is_none() {
        return Ok(());
    }
    let told = reply.needs("etag")?.to_owned();
    let plain = format!("\"{}\"", hex(&sha1(&text)));
    reply.check(told != plain, "another (or a weak) ETag", || told)
}

async fn gzip_request(lrs: Lrs) -> Checked {
    use flate2::{Compression, write::GzEncoder};
    use std::io::Write as _;
    let document = Document::new(Kind::State);
    let mut packer = GzEncoder::new(Vec::new(), Compression::fast());
    let packed = packer.write_all(b"some text").and_then(|()| packer.finish()).unwrap_or_default();
    let ask = document.create(&lrs).body("text/plain", &packed).header("Content-Encoding", "gzip");
    let reply = ask.await?.has_one_of(&[204, 400, 415])?;
    if reply.status() != 204 {
        return document.is_absent(&lrs).await;
    }
    let got = document.get(&lrs).await?.is(200)?;
    let fine = got.bytes() == b"some text"
        || (got.bytes() == packed && got.header("content-encoding") == Some("gzip"));
    got.check(fine, "the text that was packed", || got.summary())
}

const ORIGIN: &str = "https://course.example.org";

async fn cors_preflight(lrs: Lrs) -> Checked {
    let ask = lrs.ask("OPTIONS", "statements").unversioned().anonymous().header("Origin", ORIGIN);
    let ask = ask.header("Access-Control-Request-Method", "PUT");
    let wanted = "authorization,content-type,if-match,if-none-match,x-experience-api-version";
    let reply =
        ask.header("Access-Control-Request-Headers", wanted).await?.has_one_of(&[200, 204])?;
    allows_origin(&reply)?;
    let methods = reply.needs("access-control-allow-methods")?.to_uppercase();
    reply.check(methods.contains("PUT") || methods == "*", "PUT among the methods", || {
        methods.clone()
    })?;
    let headers = reply.needs("access-control-allow-headers")?.to_lowercase();
    let missing = wanted.split(',').find(|name| !headers.contains(name));
    reply.check(missing.is_none(), "all headers asked for", || headers)
}

fn allows_origin(reply: &Reply) -> Checked {
    let told = reply.needs("access-control-allow-origin")?.to_owned();
    reply.check(told == "*" || told == ORIGIN, "the origin or *", || told)
}

async fn cors_headers(lrs: Lrs) -> Checked {
    let reply =
        lrs.get("statements").query("limit", "1").header("Origin", ORIGIN).await?.is(200)?;
    allows_origin(&reply)?;
    let told = reply.needs("access-control-expose-headers")?.to_lowercase();
    for name in
        ["etag", "last-modified", "x-experience-api-version", "x-experience-api-consistent-through"]
    {
        let named = told.contains(name) || told == "*";
        reply.check(named, format!("{name} among the headers"), || told.clone())?;
    }
    Ok(())
}

async fn unknown_resource(lrs: Lrs) -> Checked {
    lrs.get("unheard-of").await?.is(404).map(drop)
}

async fn method_not_allowed(lrs: Lrs) -> Checked {
    lrs.delete("statements").query("statementId", &uuid()).await?.has_one_of(&[400, 404, 405])?;
    lrs.put("about").json(&json!({})).await?.has_one_of(&[400, 404, 405])?;
    lrs.post("agents").json(&json!({})).await?.has_one_of(&[400, 404, 405]).map(drop)
}

async fn error_explained(lrs: Lrs) -> Checked {
    let bad = with(statement(), "/actor", json!({}));
    let reply = lrs.post("statements").json(&bad).await?.is(400)?;
    reply.check(!reply.bytes().is_empty(), "a text that says why", || "nothing".to_owned())
}

async fn utf8_parameters(lrs: Lrs) -> Checked {
    let verb = format!("{}/è-日本", iri());
    let sent = with(statement(), "/verb/id", json!(verb));
    lrs.keep(&sent).await?;
    lrs.finds(&[("verb", &verb)], &[&id_of(&sent)]).await
}

async fn json_charset(lrs: Lrs) -> Checked {
    let text = statement().to_string();
    for kind in
        ["application/json; charset=utf-8", "application/json;charset=UTF-8", "Application/JSON"]
    {
        let text = text.replace("tried", kind).replace(text.get(7..43).unwrap_or("-"), &uuid());
        lrs.post("statements").body(kind, text.as_bytes()).await?.is(200)?;
    }
    Ok(())
}

async fn long_statement(lrs: Lrs) -> Checked {
    let sent = with(statement(), "/result", json!({"response": "0123456789".repeat(50_000)}));
    lrs.keep(&sent).await?;
    let got = lrs.fetch(&id_of(&sent)).await?;
    match crate::kept::lost(&sent, &got) {
        None => Ok(()),
        Some(at) => Err(Failure::wrong("the whole response", format!("a difference at {at}"))),
    }
}

/// Nobody has to have a limit: 200 is right as well. A server that closes the connection is not.
async fn too_long(lrs: Lrs) -> Checked {
    let short = with(statement(), "/result", json!({"response": "#"})).to_string();
    let long = short.replacen('#', &"x".repeat(80 << 20), 1);
    match lrs.post("statements").body("application/json", long.as_bytes()).await {
        Ok(reply) => drop(reply.has_one_of(&[200, 413])?),
        Err(Failure::Unreachable { exchange, error }) => {
            let got = error.to_string();
            return Err(Failure::Wrong { expected: "200 or 413".to_owned(), got, exchange });
        }
        Err(other) => return Err(other),
    }
    lrs.get("statements").query("limit", "1").await?.is(200).map(drop)
}

async fn deep_json(lrs: Lrs) -> Checked {
    let deep = format!("{}1{}", "[".repeat(20_000), "]".repeat(20_000));
    let text = statement().to_string().replacen(
        '{',
        &format!("{{\"result\":{{\"extensions\":{{\"{}\":{deep}}}}},", iri()),
        1,
    );
    lrs.post("statements")
        .body("application/json", text.as_bytes())
        .await?
        .has_one_of(&[200, 400, 413])?;
    lrs.get("statements").query("limit", "1").await?.is(200).map(drop)
}
