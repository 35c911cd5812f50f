//! Erasures as rows of the table `erasures`.

use dataset::{Datum, Pseudonyms, RowOf};
use store::{KeptErasure, Store, StoreError};

use super::ErasureRecord;

/// Erasures that are read at once.
const AT_ONCE: usize = 500;
/// The name of the count of statements in records.
const STATEMENTS: &str = "statements";

/// A row for each identifier of each person who is erased from all but the files of the engine, by the erasures' ids: the
/// pseudonym that the identifier had in the tables of a recipient. What stands in its place is not said, nor how many statements
/// there are: whoever knows the identifier would find the person's past by it. Where no statement was changed, no row of a copy
/// is the person's, and who has asked for the erasure learns nothing by it.
pub(crate) async fn erasure_rows(
    store: &dyn Store,
    pseudonyms: &Pseudonyms,
) -> Result<Vec<RowOf>, StoreError> {
    let (mut rows, mut after) = (Vec::new(), None);
    loop {
        let page = store.erasures(after, AT_ONCE).await?;
        let Some(last) = page.last() else { return Ok(rows) };
        after = Some(last.id);
        for kept in &page {
            let record = ErasureRecord::of(kept)?;
            if record.is_erased() && record.counts.get(STATEMENTS).is_some_and(|it| *it > 0) {
                rows.extend(rows_of(kept, &record, pseudonyms));
            }
        }
    }
}

fn rows_of(kept: &KeptErasure, record: &ErasureRecord, pseudonyms: &Pseudonyms) -> Vec<RowOf> {
    let row = |mark: &String| {
        vec![
            Datum::Text(kept.id.to_string()),
            Datum::Time(record.done.unwrap_or_else(|| kept.created.micros())),
            Datum::Text(pseudonyms.of_mark(mark)),
            Datum::Text(record.mode.as_str().to_owned()),
        ]
    };
    record.marks.iter().map(row).collect()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;
    use std::sync::Arc;

    use store_testkit::clock::TurnedClock;
    use store_testkit::memory::MemoryStore;
    use uuid::Uuid;
    use xapi::instant::Instant;

    use super::super::run::Work;
    use super::super::{ErasureMode, marks};
    use super::*;

    const SECRET: [u8; 32] = [7; 32];

    /// The erasure of a person with two identifiers and so many statements, erased or under way; the files are cleared where
    /// there is a proof.
    fn kept(
        n: u128,
        mode: ErasureMode,
        proof: &str,
        is_erased: bool,
        statements: u64,
    ) -> KeptErasure {
        let identifiers = ["mbox::mailto:anna@x.example", "openid::https://x.example/anna"];
        let record = ErasureRecord {
            by: ("key".into(), "dpo".into()),
            reason: "Art. 17".into(),
            mode,
            within: None,
            remains: false,
            pseudonym: "erased-1".into(),
            marks: marks::of(&SECRET, identifiers.into_iter()),
            counts: BTreeMap::from([("statements".into(), statements)]),
            before: String::new(),
            lists: Vec::new(),
            done: Some(9),
            proof: proof.to_owned(),
            unchanged: false,
            scrubbed: None,
            work: (!is_erased).then(Work::default),
        };
        record.kept(Uuid::from_u128(n), Instant::from_micros(5))
    }

    #[tokio::test]
    async fn people_who_are_erased_have_a_row_for_each_identifier_before_the_files_are_cleared_too()
    {
        let clock = Arc::new(TurnedClock::at(Instant::from_micros(1)));
        let store: Arc<dyn Store> = Arc::new(MemoryStore::new(clock));
        let (stays, goes) = (ErasureMode::Pseudonymise, ErasureMode::Delete);
        let all = [
            kept(1, stays, "proof", true, 3),
            kept(2, stays, "", false, 3),
            kept(3, goes, "", true, 1),
            kept(4, stays, "proof", true, 0),
        ];
        for erasure in all {
            assert!(store.add_erasure(erasure).await.unwrap());
        }
        let pseudonyms = Pseudonyms::of_recipient(&SECRET, "region");
        let rows = erasure_rows(&*store, &pseudonyms).await.unwrap();
        let row = |n: u128, was: &str, mode: &str| {
            vec![
                Datum::Text(Uuid::from_u128(n).to_string()),
                Datum::Time(9),
                Datum::Text(pseudonyms.of(was)),
                Datum::Text(mode.to_owned()),
            ]
        };
        let expected = [(1, "pseudonymise"), (3, "delete")].map(|(n, mode)| {
            ["mbox::mailto:anna@x.example", "openid::https://x.example/anna"]
                .map(|was| row(n, was, mode))
        });
        let mut expected: Vec<RowOf> = expected.into_iter().flatten().collect();
        let mut found = rows;
        found.sort_by_key(|row| format!("{row:?}"));
        expected.sort_by_key(|row| format!("{row:?}"));
        assert_eq!(found, expected);
    }
}
