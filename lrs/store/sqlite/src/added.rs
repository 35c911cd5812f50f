//! What a transaction adds to the index, and how it lies in the table `recent`: the number of ids, the ids with their
//! instants, and the rows, each as its distance from the one before, in numbers of as few bytes as they need (LEB128); at the
//! end a CRC-32 of all that, in four bytes. A flipped bit would otherwise become another distance, and all rows after it
//! others.

use uuid::Uuid;

use super::recent::Row;

/// Ids of new statements with their `stored`, and rows of the index.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Added {
    pub(super) ids: Vec<(Uuid, i64)>,
    pub(super) rows: Vec<Row>,
}

impl Added {
    pub(super) const fn is_empty(&self) -> bool {
        self.ids.is_empty() && self.rows.is_empty()
    }

    /// How many ids and rows there are.
    pub(super) const fn len(&self) -> usize {
        self.ids.len() + self.rows.len()
    }

    /// Sorts the rows and leaves out repetitions.
    pub(super) fn tidy(&mut self) {
        self.rows.sort_unstable();
        self.rows.dedup();
    }

    /// The bytes that [`Self::decode`] takes.
    pub(super) fn encode(&self) -> Vec<u8> {
        let mut bytes = Vec::with_capacity(8 + self.ids.len() * 18 + self.rows.len() * 6);
        unsigned(&mut bytes, self.ids.len() as u64);
        let mut last = 0;
        for (id, seq) in &self.ids {
            bytes.extend_from_slice(id.as_bytes());
            signed(&mut bytes, seq.wrapping_sub(last));
            last = *seq;
        }
        let mut last = (0, 0, last);
        for row in &self.rows {
            signed(&mut bytes, row.0.wrapping_sub(last.0));
            bytes.push(row.1);
            signed(&mut bytes, row.2.wrapping_sub(last.2));
            last = *row;
        }
        let checksum = crc32fast::hash(&bytes);
        bytes.extend_from_slice(&checksum.to_le_bytes());
        bytes
    }

    /// What was encoded; `None` where the bytes are not what [`Self::encode`] gives.
    pub(super) fn decode(bytes: &[u8]) -> Option<Self> {
        let (mut bytes, checksum) = bytes.split_last_chunk()?;
        if u32::from_le_bytes(*checksum) != crc32fast::hash(bytes) {
            return None;
        }
        let bytes = &mut bytes;
        let count = usize::try_from(take_unsigned(bytes)?).ok()?;
        let mut added = Self::default();
        let mut last = 0_i64;
        for _ in 0..count {
            let (id, rest) = bytes.split_first_chunk()?;
            *bytes = rest;
            last = last.wrapping_add(take_signed(bytes)?);
            added.ids.push((Uuid::from_bytes(*id), last));
        }
        let mut last = (0_i64, 0, last);
        while !bytes.is_empty() {
            let entity = last.0.wrapping_add(take_signed(bytes)?);
            let (closeness, rest) = bytes.split_first()?;
            *bytes = rest;
            last = (entity, *closeness, last.2.wrapping_add(take_signed(bytes)?));
            added.rows.push(last);
        }
        Some(added)
    }
}

/// Small numbers of either sign become small ones: 0, -1, 1, -2 become 0, 1, 2, 3.
fn signed(bytes: &mut Vec<u8>, number: i64) {
    unsigned(bytes, (number.wrapping_shl(1) ^ (number >> 63)).cast_unsigned());
}

fn take_signed(bytes: &mut &[u8]) -> Option<i64> {
    let number = take_unsigned(bytes)?;
    Some((number >> 1).cast_signed() ^ -((number & 1).cast_signed()))
}

/// Seven bits a byte, the low ones first; the high bit says that more follow.
fn unsigned(bytes: &mut Vec<u8>, mut number: u64) {
    while number >= 0x80 {
        let [low, ..] = number.to_le_bytes();
        bytes.push(low | 0x80);
        number >>= 7;
    }
    let [low, ..] = number.to_le_bytes();
    bytes.push(low);
}

fn take_unsigned(bytes: &mut &[u8]) -> Option<u64> {
    let mut number = 0;
    for shift in (0..u64::BITS).step_by(7) {
        let (byte, rest) = bytes.split_first()?;
        *bytes = rest;
        number |= u64::from(byte & 0x7f) << shift;
        if byte & 0x80 == 0 {
            return Some(number);
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_encoded_is_decoded() {
        let id = Uuid::from_u128(0x0123_4567_89ab_4def_8123_4567_89ab_cdef);
        let at = 1_795_000_000_000_000;
        let ids = vec![(id, at), (Uuid::max(), at + 1)];
        let rows = vec![(1, 2, at), (1, 2, at + 1), (7, 0, 3), (i64::MAX, 1, i64::MIN)];
        for added in
            [Added::default(), Added { ids, rows: rows.clone() }, Added { ids: Vec::new(), rows }]
        {
            let bytes = added.encode();
            assert_eq!(Added::decode(&bytes), Some(added));
        }
    }

    #[test]
    fn bytes_that_are_cut_off_or_changed_are_no_rows() {
        let added = Added { ids: vec![(Uuid::max(), 300)], rows: vec![(300, 1, 900)] };
        let bytes = added.encode();
        let whole = (0..bytes.len()).filter(|end| Added::decode(&bytes[..*end]).is_some()).count();
        assert_eq!(whole, 0);
        for bit in 0..bytes.len() * 8 {
            let mut bytes = bytes.clone();
            bytes[bit / 8] ^= 1 << (bit % 8);
            assert_eq!(Added::decode(&bytes), None, "bit {bit}");
        }
        let mut no_numbers = vec![0xff; 12];
        no_numbers.extend(crc32fast::hash(&no_numbers).to_le_bytes());
        assert_eq!(Added::decode(&no_numbers), None);
    }
}
