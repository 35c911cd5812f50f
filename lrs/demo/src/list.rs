//! A cohort as a learner list.

use std::collections::BTreeSet;

use csv::WriterBuilder;

use course::{Identifier, Learner};

const COLUMNS: [&str; 11] = [
    "learner",
    "name",
    "identifiers",
    "region",
    "province",
    "body",
    "istat",
    "population_class",
    "role",
    "office",
    "edition",
];

/// The learners in CSV, as [`LearnerList::parse`](course::LearnerList::parse) reads it,
/// with a column for each of their attributes.
#[expect(clippy::expect_used, reason = "memory takes lines of equal length, which are UTF-8")]
pub(super) fn list<'a>(learners: impl Iterator<Item = &'a Learner> + Clone) -> String {
    let attributes: BTreeSet<&str> = learners
        .clone()
        .flat_map(|learner| learner.attributes.keys())
        .map(String::as_str)
        .collect();
    let header = COLUMNS.into_iter().chain(attributes.iter().copied()).map(str::to_owned).collect();
    let lines = learners.map(|learner| line(learner, &attributes));
    let mut csv = WriterBuilder::new().from_writer(Vec::new());
    for line in std::iter::once(header).chain(lines) {
        csv.write_record(line).expect("every line has the header's fields");
    }
    String::from_utf8(csv.into_inner().expect("memory takes what is written")).expect("UTF-8")
}

fn line(learner: &Learner, attributes: &BTreeSet<&str>) -> Vec<String> {
    let identifiers: Vec<String> = learner.identifiers.iter().map(written).collect();
    let Learner { id, name, region, province, body, istat, .. } = learner;
    let Learner { population_class, role, office, edition, .. } = learner;
    let identifiers = identifiers.join(";");
    let columns = [
        id,
        name,
        &identifiers,
        region,
        province,
        body,
        istat,
        population_class,
        role,
        office,
        edition,
    ];
    let value = |name: &&str| learner.attributes.get(*name).cloned().unwrap_or_default();
    columns.into_iter().cloned().chain(attributes.iter().map(value)).collect()
}

/// An identifier as learner lists have it.
fn written(identifier: &Identifier) -> String {
    match identifier {
        Identifier::Mbox(mbox) => mbox.clone(),
        Identifier::MboxSha1sum(hash) => format!("mbox_sha1sum:{hash}"),
        Identifier::Openid(uri) => format!("openid:{uri}"),
        Identifier::Account { home_page, name } => format!("account:{home_page}|{name}"),
    }
}
