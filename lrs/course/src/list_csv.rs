//! A course's learners as the CSV list that [`LearnerList::parse`](super::LearnerList::parse) takes.

use std::collections::BTreeMap;

use csv::{Terminator, Writer, WriterBuilder};

use super::enrolment::Enrolment;
use super::formula;
use super::heading::{
    BODY, EDITION, Heading, IDENTIFIERS, ISTAT, LEARNER, MERGED_INTO, NAME, OFFICE,
    POPULATION_CLASS, PROVINCE, REGION, ROLE, folded,
};
use super::identifier::Identifier;
use super::learner::Learner;
use crate::language::Language;

/// The columns, each with its Italian name.
const COLUMNS: [(Heading, &str); 11] = [
    (LEARNER, "matricola"),
    (NAME, "nome e cognome"),
    (IDENTIFIERS, "identificativi"),
    (REGION, "regione"),
    (PROVINCE, "provincia"),
    (BODY, "ente"),
    (ISTAT, "codice istat"),
    (POPULATION_CLASS, "classe demografica"),
    (ROLE, "ruolo"),
    (OFFICE, "ufficio"),
    (EDITION, "edizione"),
];
/// The column of merges, which is there only where there are some.
const MERGED: (Heading, &str) = (MERGED_INTO, "unito a");

impl Enrolment {
    /// The list with which [`Self::updated_by`] changes nothing here, and makes the same enrolment
    /// in a course without learners: every learner as enrolled, merges in a column of their own, further
    /// columns under their headings. UTF-8 with CRLF; in Italian as Excel reads it there, with a
    /// byte order mark, `;` between fields, and Italian headings.
    ///
    /// A text that a spreadsheet would run as a formula is preceded by `'`, which the reader of lists takes away again: the
    /// list comes back unchanged. A merge into a learner who is no longer enrolled is left out.
    pub fn to_csv(&self, language: Language) -> Vec<u8> {
        let (separator, mark): (u8, &[u8]) = match language {
            Language::It => (b';', b"\xef\xbb\xbf"),
            Language::En => (b',', b""),
        };
        let mut csv = WriterBuilder::new()
            .delimiter(separator)
            .terminator(Terminator::CRLF)
            .from_writer(mark.to_vec());
        let attributes = self.attribute_headings();
        let has_merges = self.learners.iter().any(|learner| self.merged_into(learner).is_some());
        let columns = COLUMNS.iter().chain(has_merges.then_some(&MERGED));
        let known = columns.map(|(heading, italian)| match language {
            Language::It => (*italian).to_owned(),
            Language::En => heading.name.to_owned(),
        });
        let further = attributes.values().map(|heading| own(heading));
        write(&mut csv, known.chain(further));
        for learner in &self.learners {
            let mut fields = fields(learner);
            if has_merges {
                fields.push(self.merged_into(learner).unwrap_or_default().to_owned());
            }
            let attribute = |(folded_heading, _): (&String, &String)| {
                let mut found = learner.attributes.iter();
                let found = found.find(|(heading, _)| folded(heading) == *folded_heading);
                found.map_or(String::new(), |(_, value)| value.clone())
            };
            fields.extend(attributes.iter().map(attribute));
            write(&mut csv, fields);
        }
        finished(csv)
    }

    /// Whom a learner was merged into, where they are enrolled.
    fn merged_into(&self, learner: &Learner) -> Option<&str> {
        let into = self.merged.get(&learner.id)?;
        self.learners.iter().any(|it| it.id == *into).then_some(into)
    }

    /// The headings of all further columns, by their folded form: a list has one of those that are
    /// equal in it.
    fn attribute_headings(&self) -> BTreeMap<String, String> {
        let mut headings = BTreeMap::new();
        for heading in self.learners.iter().flat_map(|learner| learner.attributes.keys()) {
            headings.entry(folded(heading)).or_insert_with(|| heading.clone());
        }
        headings
    }
}

#[expect(
    clippy::expect_used,
    reason = "into memory, and all records have a field for each heading"
)]
fn write(csv: &mut Writer<Vec<u8>>, fields: impl IntoIterator<Item = String>) {
    csv.write_record(fields.into_iter().map(formula::written)).expect("a record of the list");
}

#[expect(clippy::expect_used, reason = "what is written into memory is there")]
fn finished(csv: Writer<Vec<u8>>) -> Vec<u8> {
    csv.into_inner().expect("the text of the list")
}

/// A further column's heading; where it has come to mean something since the list was taken,
/// another one.
fn own(heading: &str) -> String {
    let mut columns = COLUMNS.iter().chain([&MERGED]);
    let is_known = columns.any(|(known, _)| known.is_named(&folded(heading)));
    if is_known { format!("own {heading}") } else { heading.to_owned() }
}

fn fields(learner: &Learner) -> Vec<String> {
    let Learner { id, name, identifiers, region, province, body, istat, .. } = learner;
    let Learner { population_class, role, office, edition, .. } = learner;
    let listed: Vec<String> = identifiers.iter().map(Identifier::listed).collect();
    let identifiers = listed.join(";");
    [id, name, &identifiers, region, province, body, istat, population_class, role, office, edition]
        .map(String::clone)
        .into()
}
