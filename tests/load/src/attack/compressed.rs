//! Small gzip streams of large, repetitive text.

use std::io::Write as _;

use anyhow::Result;
use flate2::write::DeflateEncoder;
use flate2::{Compression, Crc};

/// Text that is compressed once and then repeated as it is, in bytes.
const UNIT: usize = 256 * 1024;
const HEADER: [u8; 10] = [0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 2, 0xff];
/// A last deflate block without content.
const END: [u8; 2] = [3, 0];

/// One gzip member (RFC 1952) of each text so many times in a row, in order.
///
/// The cost is that of compressing [`UNIT`] bytes of each, so that a thousandfold of it is made at once.
pub(super) fn gzip(texts: &[(&[u8], usize)]) -> Result<Vec<u8>> {
    let mut stream = HEADER.to_vec();
    let mut checksum = Crc::new();
    for (text, times) in texts {
        let in_unit = (UNIT / text.len().max(1)).clamp(1, (*times).max(1));
        let unit = text.repeat(in_unit);
        append(&mut stream, &mut checksum, &unit, times / in_unit)?;
        append(&mut stream, &mut checksum, &text.repeat(times % in_unit), 1)?;
    }
    stream.extend(END);
    stream.extend(checksum.sum().to_le_bytes());
    stream.extend(checksum.amount().to_le_bytes());
    Ok(stream)
}

/// Appends `unit` so many times. Its blocks refer to nothing outside of it, and end at a byte.
fn append(stream: &mut Vec<u8>, checksum: &mut Crc, unit: &[u8], times: usize) -> Result<()> {
    if unit.is_empty() {
        return Ok(());
    }
    let mut encoder = DeflateEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(unit)?;
    encoder.flush()?;
    let mut of_unit = Crc::new();
    of_unit.update(unit);
    for _ in 0..times {
        stream.extend(encoder.get_ref());
        checksum.combine(&of_unit);
    }
    Ok(())
}
