//! Attachments: their bytes beside the statements, in multipart/mixed.

use serde_json::{Value, json};

use crate::case::{Case, cases};
use crate::edit::{set, with};
use crate::failure::Checked;
use crate::fixture::{iri, statement};
use crate::lrs::{Lrs, id_of};
use crate::multipart::{Multipart, Part, sha256};

pub(super) fn cases() -> Vec<Case> {
    [taken(), refused(), returned()].concat()
}

fn taken() -> Vec<Case> {
    cases! {
        "attachment-raw" => raw, ["XAPI-00127", "XC-ATTACHMENTS-1"],
            "A statement with an attachment's bytes beside it is taken by POST and PUT";
        "attachment-file-url-json" => file_url_json, ["XAPI-00129", "XAPI-00127"],
            "An attachment with a fileUrl needs no bytes";
        "attachment-file-url-multipart" => file_url_multipart, ["XC-ATTACHMENTS-2"],
            "An attachment with a fileUrl needs no part in a multipart body either";
        "attachment-none-multipart" => none_multipart, ["XC-ATTACHMENTS-3"],
            "A multipart body without attachments is taken";
        "attachment-shared" => shared, ["XC-ATTACHMENTS-4"],
            "One part serves all statements of a batch that name its hash";
        "attachment-many" => many, ["XC-ATTACHMENTS-5"],
            "A batch with twenty attachments comes back whole";
        "attachment-large" => large, ["XC-ATTACHMENTS-5"],
            "An attachment of one megabyte of arbitrary bytes comes back whole";
        "attachment-sent-again" => sent_again, ["XC-ATTACHMENTS-4"],
            "The same attachment with another statement is taken again";
        "attachment-quoted-boundary" => quoted_boundary, ["XC-ATTACHMENTS-6"],
            "A boundary in quotes is understood";
        "attachment-sha2-variants" => variants, ["XC-ATTACHMENTS-7"],
            "Hashes by SHA-384 and SHA-512 are taken";
    }
}

fn refused() -> Vec<Case> {
    cases! {
        "attachment-missing" => missing, ["XAPI-00129"],
            "An attachment with neither bytes nor fileUrl is refused";
        "attachment-missing-multipart" => missing_multipart, ["XAPI-00129", "XC-ATTACHMENTS-8"],
            "An attachment whose bytes are not among the parts is refused";
        "attachment-excess" => excess, ["XAPI-00128"],
            "A part that no statement names is refused";
        "attachment-form-data" => form_data, ["XAPI-00127"],
            "multipart/form-data is refused";
        "attachment-no-hash" => no_hash, ["XAPI-00132"],
            "A part without X-Experience-API-Hash is refused";
        "attachment-wrong-hash" => wrong_hash, ["XAPI-00132", "XC-ATTACHMENTS-8"],
            "A part whose bytes have another hash than its header says is refused";
        "attachment-no-encoding" => encoding, ["XAPI-00135"],
            "A part that says an encoding other than binary is refused";
        "attachment-encoding-missing" => encoding_missing, ["XAPI-00135"],
            "A part without Content-Transfer-Encoding is refused";
        "attachment-first-part-type" => first_part_type, ["XAPI-00134"],
            "A first part that is not application/json is refused";
        "attachment-split-statements" => split_statements, ["XAPI-00133"],
            "Statements spread over two parts are refused";
        "attachment-no-boundary-named" => no_boundary_named, ["XAPI-00131"],
            "A content type without a boundary is refused";
        "attachment-no-boundary-written" => no_boundary_written, ["XAPI-00130"],
            "Parts that no boundary separates are refused";
        "attachment-other-boundary" => other_boundary, ["XAPI-00131", "XAPI-00130"],
            "A boundary other than the one named is refused";
        "attachment-refused-whole" => refused_whole, ["XC-ATTACHMENTS-9"],
            "If an attachment is missing, none of the batch is stored";
    }
}

fn returned() -> Vec<Case> {
    cases! {
        "attachment-returned" => returned_whole, ["XAPI-00167", "XC-ATTACHMENTS-10"],
            "With attachments=true the bytes come back in multipart/mixed";
        "attachment-returned-list" => returned_list, ["XAPI-00167"],
            "With attachments=true a list brings the bytes of all its statements";
        "attachment-not-asked" => not_asked, ["XAPI-00161"],
            "Without attachments=true the answer is JSON and has no bytes";
        "attachment-none-returned" => none_returned, ["XAPI-00167"],
            "attachments=true without any attachment is multipart with one part";
        "attachment-returned-headers" => returned_headers, ["XC-ATTACHMENTS-10"],
            "Each part returned has hash, encoding and content type";
    }
}

fn described(content: &[u8]) -> Value {
    json!({
        "usageType": iri(), "display": {"en-US": "A file"}, "contentType": "text/plain",
        "length": content.len(), "sha2": sha256(content),
    })
}

/// A statement that names these contents as attachments.
fn naming(contents: &[&[u8]]) -> Value {
    let list: Vec<Value> = contents.iter().map(|content| described(content)).collect();
    with(statement(), "/attachments", json!(list))
}

/// New bytes that nobody has sent before.
fn content() -> Vec<u8> {
    format!("content {}", crate::fixture::uuid()).into_bytes()
}

fn part(content: &[u8]) -> Part {
    Part::attachment("text/plain", content)
}

/// The bytes of the parts after the first, sorted.
fn bodies(parts: &[Part]) -> Vec<Vec<u8>> {
    let mut bodies: Vec<Vec<u8>> = parts.iter().skip(1).map(|part| part.body.clone()).collect();
    bodies.sort();
    bodies
}

async fn with_bytes(lrs: &Lrs, id: &str) -> Checked<(crate::ask::Reply, Vec<Part>)> {
    lrs.fetch(id).await?;
    let ask = lrs.get("statements").query("statementId", id).query("attachments", "true");
    let reply = ask.await?.is(200)?;
    let parts = reply.parts()?;
    Ok((reply, parts))
}

async fn has_bytes(lrs: &Lrs, id: &str, contents: &[&[u8]]) -> Checked {
    let (reply, parts) = with_bytes(lrs, id).await?;
    let mut want: Vec<Vec<u8>> = contents.iter().map(|content| content.to_vec()).collect();
    want.sort();
    let found = bodies(&parts);
    let fine = found == want;
    reply.check(fine, format!("the {} attachments sent", want.len()), || {
        format!(
            "{} parts, of {:?} bytes",
            found.len(),
            found.iter().map(Vec::len).collect::<Vec<_>>()
        )
    })
}

async fn raw(lrs: Lrs) -> Checked {
    for method in ["POST", "PUT"] {
        let content = content();
        let sent = naming(&[&content]);
        let body = Multipart::new(&sent, &[part(&content)]);
        let mut ask = lrs.ask(method, "statements");
        if method == "PUT" {
            ask = ask.query("statementId", &id_of(&sent));
        }
        ask.multipart(&body).await?.has_one_of(&[200, 204])?;
        has_bytes(&lrs, &id_of(&sent), &[&content]).await?;
    }
    Ok(())
}

async fn file_url_json(lrs: Lrs) -> Checked {
    let sent = with(naming(&[&content()]), "/attachments/0/fileUrl", json!(iri()));
    lrs.keep(&sent).await
}

async fn file_url_multipart(lrs: Lrs) -> Checked {
    let sent = with(naming(&[&content()]), "/attachments/0/fileUrl", json!(iri()));
    lrs.post("statements").multipart(&Multipart::new(&sent, &[])).await?.is(200).map(drop)
}

async fn none_multipart(lrs: Lrs) -> Checked {
    let sent = statement();
    lrs.post("statements").multipart(&Multipart::new(&sent, &[])).await?.is(200)?;
    lrs.fetch(&id_of(&sent)).await.map(drop)
}

async fn shared(lrs: Lrs) -> Checked {
    let content = content();
    let (one, other) = (naming(&[&content]), naming(&[&content]));
    let body = Multipart::new(&json!([one, other]), &[part(&content)]);
    lrs.post("statements").multipart(&body).await?.is(200)?;
    has_bytes(&lrs, &id_of(&one), &[&content]).await?;
    has_bytes(&lrs, &id_of(&other), &[&content]).await
}

async fn many(lrs: Lrs) -> Checked {
    let contents: Vec<Vec<u8>> = (0..20).map(|_| content()).collect();
    let slices: Vec<&[u8]> = contents.iter().map(Vec::as_slice).collect();
    let sent = naming(&slices);
    let parts: Vec<Part> = contents.iter().map(|content| part(content)).collect();
    lrs.post("statements").multipart(&Multipart::new(&sent, &parts)).await?.is(200)?;
    has_bytes(&lrs, &id_of(&sent), &slices).await
}

/// Every byte value, line ends and things that look like boundaries among them.
async fn large(lrs: Lrs) -> Checked {
    let mut content = content();
    content.extend_from_slice(b"\r\n--\r\n--part\r\n\r\n");
    let all: Vec<u8> = (0..=255).collect();
    content.extend(all.iter().cycle().take(1 << 20));
    let sent = naming(&[&content]);
    let body = Multipart::new(&sent, &[part(&content)]);
    lrs.post("statements").multipart(&body).await?.is(200)?;
    has_bytes(&lrs, &id_of(&sent), &[&content]).await
}

async fn sent_again(lrs: Lrs) -> Checked {
    let content = content();
    for _ in 0..2 {
        let sent = naming(&[&content]);
        let body = Multipart::new(&sent, &[part(&content)]);
        lrs.post("statements").multipart(&body).await?.is(200)?;
        has_bytes(&lrs, &id_of(&sent), &[&content]).await?;
    }
    Ok(())
}

async fn quoted_boundary(lrs: Lrs) -> Checked {
    let content = content();
    let sent = naming(&[&content]);
    let mut body = Multipart::new(&sent, &[part(&content)]);
    "gc0p4Jq0M:2Yt08jU534c0p".clone_into(&mut body.boundary);
    body.content_type = format!("Multipart/Mixed; charset=utf-8; Boundary=\"{}\"", body.boundary);
    lrs.post("statements").multipart(&body).await?.is(200)?;
    has_bytes(&lrs, &id_of(&sent), &[&content]).await
}

async fn variants(lrs: Lrs) -> Checked {
    use sha2::Digest as _;
    let content = content();
    let hashes = [
        crate::multipart::hex(&sha2::Sha384::digest(&content)),
        crate::multipart::hex(&sha2::Sha512::digest(&content)),
    ];
    for hash in hashes {
        let sent = with(naming(&[&content]), "/attachments/0/sha2", json!(hash));
        let part = part(&content).with("X-Experience-API-Hash", &hash);
        let body = Multipart::new(&sent, &[part]);
        lrs.post("statements").multipart(&body).await?.is(200)?;
        has_bytes(&lrs, &id_of(&sent), &[&content]).await?;
    }
    Ok(())
}

async fn missing(lrs: Lrs) -> Checked {
    lrs.post("statements").json(&naming(&[&content()])).await?.is(400).map(drop)
}

async fn missing_multipart(lrs: Lrs) -> Checked {
    let (first, second) = (content(), content());
    let sent = naming(&[&first, &second]);
    refuses(&lrs, &Multipart::new(&sent, &[part(&first)])).await
}

/// Asserts that a body is refused, and not with 500.
async fn refuses(lrs: &Lrs, body: &Multipart) -> Checked {
    lrs.post("statements").multipart(body).await?.is(400).map(drop)
}

async fn excess(lrs: Lrs) -> Checked {
    let content = content();
    let sent = naming(&[&content]);
    refuses(&lrs, &Multipart::new(&sent, &[part(&content), part(b"nobody asked for this")])).await
}

async fn form_data(lrs: Lrs) -> Checked {
    let content = content();
    let mut body = Multipart::new(&naming(&[&content]), &[part(&content)]);
    body.content_type = body.content_type.replace("mixed", "form-data");
    lrs.post("statements").multipart(&body).await?.has_one_of(&[400, 415]).map(drop)
}

/// A correct body of one statement with one attachment, and one change to it.
fn spoiled(change: impl FnOnce(&mut Multipart)) -> Multipart {
    let content = content();
    let mut body = Multipart::new(&naming(&[&content]), &[part(&content)]);
    change(&mut body);
    body
}

fn spoil_part(body: &mut Multipart, at: usize, change: impl FnOnce(Part) -> Part) {
    if let Some(part) = body.parts.get_mut(at) {
        *part = change(std::mem::take(part));
    }
}

async fn no_hash(lrs: Lrs) -> Checked {
    let body = spoiled(|body| spoil_part(body, 1, |part| part.without("X-Experience-API-Hash")));
    refuses(&lrs, &body).await
}

async fn wrong_hash(lrs: Lrs) -> Checked {
    let body = spoiled(|body| {
        spoil_part(body, 1, |part| part.with("X-Experience-API-Hash", &sha256(b"other")));
    });
    refuses(&lrs, &body).await?;
    let body = spoiled(|body| {
        spoil_part(body, 1, |part| Part {
            body: b"other bytes under the right hash".to_vec(),
            ..part
        });
    });
    refuses(&lrs, &body).await
}

async fn encoding(lrs: Lrs) -> Checked {
    let body = spoiled(|body| {
        spoil_part(body, 1, |part| part.with("Content-Transfer-Encoding", "base64"));
    });
    refuses(&lrs, &body).await
}

async fn encoding_missing(lrs: Lrs) -> Checked {
    let body =
        spoiled(|body| spoil_part(body, 1, |part| part.without("Content-Transfer-Encoding")));
    refuses(&lrs, &body).await
}

async fn first_part_type(lrs: Lrs) -> Checked {
    let body = spoiled(|body| spoil_part(body, 0, |part| part.with("Content-Type", "text/plain")));
    refuses(&lrs, &body).await
}

async fn split_statements(lrs: Lrs) -> Checked {
    let content = content();
    let mut body = Multipart::new(&naming(&[&content]), &[part(&content)]);
    body.parts.insert(1, Part::statements(&statement()));
    refuses(&lrs, &body).await
}

async fn no_boundary_named(lrs: Lrs) -> Checked {
    refuses(&lrs, &spoiled(|body| "multipart/mixed".clone_into(&mut body.content_type))).await
}

async fn no_boundary_written(lrs: Lrs) -> Checked {
    refuses(&lrs, &spoiled(|body| body.separated = false)).await
}

async fn other_boundary(lrs: Lrs) -> Checked {
    refuses(&lrs, &spoiled(|body| "another".clone_into(&mut body.boundary))).await
}

async fn refused_whole(lrs: Lrs) -> Checked {
    let (plain, content) = (statement(), content());
    let sent = json!([plain, naming(&[&content])]);
    refuses(&lrs, &Multipart::new(&sent, &[])).await?;
    lrs.get("statements").query("statementId", &id_of(&plain)).await?.is(404).map(drop)
}

/// A stored statement with one attachment, and its content.
async fn stored(lrs: &Lrs) -> Checked<(Value, Vec<u8>)> {
    let content = content();
    let sent = naming(&[&content]);
    let body = Multipart::new(&sent, &[part(&content)]);
    lrs.post("statements").multipart(&body).await?.is(200)?;
    lrs.fetch(&id_of(&sent)).await?;
    Ok((sent, content))
}

async fn returned_whole(lrs: Lrs) -> Checked {
    let (sent, content) = stored(&lrs).await?;
    has_bytes(&lrs, &id_of(&sent), &[&content]).await
}

async fn returned_list(lrs: Lrs) -> Checked {
    let verb = iri();
    let contents = [content(), content()];
    for content in &contents {
        let mut sent = naming(&[content]);
        set(&mut sent, "/verb/id", json!(verb));
        let body = Multipart::new(&sent, &[part(content)]);
        lrs.post("statements").multipart(&body).await?.is(200)?;
        lrs.fetch(&id_of(&sent)).await?;
    }
    let ask = lrs.get("statements").query("verb", &verb).query("attachments", "true");
    let reply = ask.await?.is(200)?;
    let found = bodies(&reply.parts()?);
    let mut want = contents.to_vec();
    want.sort();
    reply.check(found == want, "both attachments", || format!("{} parts", found.len()))
}

async fn not_asked(lrs: Lrs) -> Checked {
    let (sent, _) = stored(&lrs).await?;
    for parameters in [&[][..], &[("attachments", "false")]] {
        let ask = lrs.get("statements").query("statementId", &id_of(&sent)).queries(parameters);
        let reply = ask.await?.is(200)?;
        let kind = reply.needs("content-type")?.to_owned();
        reply.check(kind.starts_with("application/json"), "application/json", || kind)?;
        let got = reply.json()?;
        reply.check(id_of(&got) == id_of(&sent), "the statement", || got.to_string())?;
    }
    Ok(())
}

async fn none_returned(lrs: Lrs) -> Checked {
    let sent = statement();
    lrs.keep(&sent).await?;
    has_bytes(&lrs, &id_of(&sent), &[]).await
}

async fn returned_headers(lrs: Lrs) -> Checked {
    let (sent, content) = stored(&lrs).await?;
    let (reply, parts) = with_bytes(&lrs, &id_of(&sent)).await?;
    let first = parts.first().and_then(|part| part.header("content-type")).unwrap_or_default();
    reply.check(first.starts_with("application/json"), "application/json first", || {
        first.to_owned()
    })?;
    let header = |name: &str| parts.get(1).and_then(|part| part.header(name)).unwrap_or_default();
    let hash = header("x-experience-api-hash");
    reply.check(hash == sha256(&content), "the hash of the bytes", || hash.to_owned())?;
    let encoding = header("content-transfer-encoding");
    reply.check(encoding == "binary", "the encoding binary", || encoding.to_owned())?;
    let kind = header("content-type");
    reply.check(kind == "text/plain", "the content type sent", || kind.to_owned())
}
