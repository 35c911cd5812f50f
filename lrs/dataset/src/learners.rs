//! The tables that are replaced as a whole: who the actors of a course are, and what its activities select.

use course::{Course, Enrolment, Learner, SheetErrors};
use validator::ifi;

use crate::pseudonym::Pseudonyms;
use crate::schema::{Datum, RowOf};

/// The rows of [`Dataset::Learners`](crate::Dataset::Learners) for one course: one for each identifier by which a statement
/// can mean a learner. Learners that were merged have the pseudonym and the places of the one they were merged into.
///
/// # Errors
/// [`SheetErrors`] where two people of the enrolment have one identifier.
pub fn learner_rows(
    course: &str,
    enrolment: &Enrolment,
    pseudonyms: &Pseudonyms,
) -> Result<Vec<RowOf>, SheetErrors> {
    let people = enrolment.people()?;
    let rows = people.learners().iter().flat_map(|learner| rows_of(course, learner, pseudonyms));
    Ok(rows.collect())
}

fn rows_of(course: &str, learner: &Learner, pseudonyms: &Pseudonyms) -> Vec<RowOf> {
    let place = |text: &str| Datum::text((!text.is_empty()).then_some(text));
    let person = pseudonyms.of(&format!("learner\n{course}\n{}", learner.id));
    let row = |actor: String| {
        vec![
            Datum::Text(course.to_owned()),
            Datum::Text(actor),
            Datum::Text(person.clone()),
            place(&learner.region),
            place(&learner.province),
            place(&learner.body),
            place(&learner.role),
            place(&learner.edition),
        ]
    };
    let known_as = learner.known_as();
    // By the text that statements are read with, which does not keep the case of hashes.
    let texts = known_as.iter().filter_map(|it| Some(ifi::of(&it.to_agent())?.to_string()));
    texts.map(|text| row(pseudonyms.of(&text))).collect()
}

/// The rows of [`Dataset::CourseActivities`](crate::Dataset::CourseActivities) for one course: which objects are of which
/// activity, by whole IRI (`id`), by its beginning (`prefix`), or by what lies around them (`within`).
pub fn course_activities(course: &Course) -> Vec<RowOf> {
    let mut rows = Vec::new();
    for (_, module, activity) in course.activities_in_modules() {
        let selection = &activity.selection;
        let ways = [
            ("id", &selection.ids),
            ("prefix", &selection.prefixes),
            ("within", &selection.within),
        ];
        for (way, iris) in ways {
            rows.extend(iris.iter().map(|iri| {
                [course.id(), &module.id, &activity.key, way, iri]
                    .map(|text| Datum::Text(text.to_owned()))
                    .into()
            }));
        }
    }
    rows
}

#[cfg(test)]
mod tests {
    use super::*;
    use course::{LearnerList, Unlisted};

    #[test]
    fn every_identifier_of_a_learner_leads_to_one_person_and_no_row_names_anybody() {
        let list = "learner,name,identifiers,region,body\n\
                    u1,Ada,mailto:ada@x.example;account:https://lms.example|7,Umbria,Perugia\n";
        let list = LearnerList::parse(list.as_bytes()).unwrap();
        let enrolment = Enrolment::default().updated_by(&list, Unlisted::Stay).unwrap();
        let pseudonyms = Pseudonyms::under(b"s");
        let rows = learner_rows("c", &enrolment, &pseudonyms).unwrap();
        assert_eq!(rows.len(), 3, "mailbox, its hash, account");
        assert!(rows.iter().all(|row| row[2] == rows[0][2]));
        let mbox = pseudonyms.of("mbox::mailto:ada@x.example");
        assert!(rows.iter().any(|row| row[1] == Datum::Text(mbox.clone())));
        assert_eq!(rows[0][3], Datum::Text("Umbria".into()));
        assert_eq!(rows[0][4], Datum::Null);
        let mut twice = enrolment.clone();
        twice.learners.push(Learner { id: "u2".into(), ..enrolment.learners[0].clone() });
        assert!(learner_rows("c", &twice, &pseudonyms).is_err(), "not a course without learners");
        let text = format!("{rows:?}");
        assert!(!text.contains("u1") && !text.contains("Ada") && !text.contains("ada@"), "{text}");
    }
}
