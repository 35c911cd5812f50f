//! Boundaries that stand inside of a part's data, where the client did not mean to end it.

use memchr::memmem::{self, Finder};
use sha2::digest::DynDigest;
use sha2::{Sha224, Sha256, Sha384, Sha512};

use super::{CLAUSE, HASH};
use xapi::refusal::Refusal;

/// Whether something follows the boundary that ends the body, as it does where a part's data has
/// the whole end in it.
pub(super) fn end_early(body: &[u8], boundary: &str) -> bool {
    let end = format!("--{boundary}--");
    let found = memmem::find(body, end.as_bytes()).map(|at| at + end.len());
    found.and_then(|at| body.get(at..)).is_some_and(|rest| !rest.trim_ascii().is_empty())
}

/// Names the first part whose data goes on behind a boundary: the one whose bytes have the hash
/// that its header says only together with that boundary. Reads the body once, whatever there is
/// in it; nothing is found where a part's hash fits nowhere.
pub(super) fn inside(body: &[u8], boundary: &str) -> Option<Refusal> {
    let delimiter = format!("\r\n--{boundary}");
    let finder = Finder::new(&delimiter);
    let mut rest = body.get(memmem::find(body, delimiter.trim_start().as_bytes())?..)?;
    loop {
        let (head, data) = split(rest)?;
        let end = match hash(head).and_then(|hash| Some((hash, hasher(hash.len())?))) {
            None => finder.find(data)?,
            Some((hash, hasher)) => match reach(data, &finder, hash, hasher)? {
                (0, end) => end,
                _ => return Some(refusal(hash, boundary)),
            },
        };
        rest = data.get(end + b"\r\n".len()..)?;
    }
}

/// A part's header lines, its delimiter's among them, and what follows them.
fn split(part: &[u8]) -> Option<(&str, &[u8])> {
    let at = memmem::find(part, b"\r\n\r\n")?;
    Some((str::from_utf8(part.get(..at)?).ok()?, part.get(at + 4..)?))
}

fn hash(head: &str) -> Option<&str> {
    head.split("\r\n").find_map(|line| {
        let (name, value) = line.split_once(':')?;
        name.trim().eq_ignore_ascii_case(HASH).then(|| value.trim())
    })
}

fn hasher(digits: usize) -> Option<Box<dyn DynDigest>> {
    match digits {
        56 => Some(Box::new(Sha224::default())),
        64 => Some(Box::new(Sha256::default())),
        96 => Some(Box::new(Sha384::default())),
        128 => Some(Box::new(Sha512::default())),
        _ => None,
    }
}

/// How many boundaries lie within the beginning of `data` that has this `hash`, and where it ends.
fn reach(
    data: &[u8],
    delimiter: &Finder<'_>,
    hash: &str,
    mut hasher: Box<dyn DynDigest>,
) -> Option<(usize, usize)> {
    let mut from = 0;
    for (within, end) in delimiter.find_iter(data).enumerate() {
        hasher.update(data.get(from..end)?);
        from = end;
        if hex::encode(hasher.box_clone().finalize()).eq_ignore_ascii_case(hash) {
            return Some((within, end));
        }
    }
    None
}

fn refusal(hash: &str, boundary: &str) -> Refusal {
    Refusal::new(
        "multipart-boundary",
        CLAUSE,
        format!("The data of the part with the hash {hash} contains the boundary `{boundary}`."),
        "Choose a boundary that is in none of the parts, such as one of random letters.",
    )
    .with("sha2", hash)
    .with("boundary", boundary)
}

#[cfg(test)]
mod tests {
    use bytes::Bytes;
    use sha2::Digest as _;

    use super::super::{receive, write};
    use xapi::attachment::Attachment;

    const TYPE: &str = "multipart/mixed; boundary=edge";

    fn body(parts: &[&[u8]]) -> Bytes {
        let attachment = |part: &&[u8]| Attachment {
            sha2: hex::encode(sha2::Sha256::digest(part)),
            content_type: "text/plain".into(),
            body: Bytes::copy_from_slice(part),
        };
        let attachments: Vec<Attachment> = parts.iter().map(attachment).collect();
        write(b"{}", &attachments, "edge")
    }

    #[test]
    fn a_part_that_contains_the_boundary_is_named_by_its_hash() {
        let nested = body(&[b"inner"]);
        for part in [&b"a\r\n--edge\r\nb"[..], b"a\r\n--edge", b"a\r\n--edge--\r\nb", &nested] {
            let hash = hex::encode(sha2::Sha256::digest(part));
            for parts in [&[&b"before"[..], part, b"after"][..], &[part]] {
                let refusal = receive(TYPE, &body(parts)).unwrap_err();
                assert_eq!(refusal.rule, "multipart-boundary", "{part:?}");
                assert!(refusal.detail.contains(&hash), "{}", refusal.detail);
            }
        }
    }

    #[test]
    fn other_faults_keep_their_own_names_and_an_epilogue_is_no_fault() {
        let good = body(&[b"one", b"two --edge"]);
        let with = |text: &str| Bytes::from([&good, text.as_bytes()].concat());
        for epilogue in ["", "\r\n", "\r\nfarewell"] {
            assert!(receive(TYPE, &with(epilogue)).is_ok(), "{epilogue}");
        }
        let cut = good.slice(..good.len() - 8);
        assert_eq!(receive(TYPE, &cut).unwrap_err().rule, "multipart-malformed");
        let text = String::from_utf8_lossy(&good).replace("\r\none", "\r\nother");
        assert!(receive(TYPE, &text.into()).is_ok(), "hashes are compared later");
    }
}
