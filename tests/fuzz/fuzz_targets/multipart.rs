//! However a multipart body is cut on its way, it is read alike; and what is read, written again,
//! is read alike.
#![no_main]

use bytes::Bytes;
use futures::executor::block_on;
use http_api::multipart::{read, read_chunks, write};
use libfuzzer_sys::fuzz_target;

const TYPE: &str = "multipart/mixed; boundary=edge";

fuzz_target!(|input: (u8, &[u8])| {
    let (size, body) = input;
    let whole = read(TYPE, Bytes::copy_from_slice(body));
    let chunks = body.chunks(usize::from(size).max(1)).map(Bytes::copy_from_slice).collect();
    assert_eq!(block_on(read_chunks(TYPE, chunks)), whole);

    let Ok(parts) = whole else { return };
    let again = write(&parts.statements, &parts.attachments, "another-edge");
    let is_inside = |bytes: &[u8]| bytes.windows(12).any(|window| window == b"another-edge");
    if is_inside(&parts.statements) || parts.attachments.iter().any(|part| is_inside(&part.body)) {
        return;
    }
    assert_eq!(read("multipart/mixed; boundary=another-edge", again), Ok(parts));
});
