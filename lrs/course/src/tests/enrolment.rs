use super::super::{Enrolment, Language, LearnerList, MergeError, Unlisted};

fn list(text: &str) -> LearnerList {
    LearnerList::parse(format!("learner,identifiers,region\n{text}").as_bytes()).unwrap()
}

/// Anna, Bruno and Carla.
fn enrolled() -> Enrolment {
    let newer = list(
        "u1,mailto:anna@example.it,Umbria\nu2,mailto:bruno@example.it,Sicilia\n\
         u3,mailto:carla@example.it,Umbria\n",
    );
    Enrolment::default().updated_by(&newer, Unlisted::Stay).unwrap()
}

/// Each person's id, region, and how many identifiers they have.
fn people(enrolment: &Enrolment) -> Vec<(String, String, usize)> {
    let people = enrolment.people().unwrap();
    let told = people.learners().iter();
    told.map(|it| (it.id.clone(), it.region.clone(), it.identifiers.len())).collect()
}

fn ids(enrolment: &Enrolment) -> Vec<String> {
    people(enrolment).into_iter().map(|(id, ..)| id).collect()
}

#[test]
fn merged_learners_are_one_person_with_the_others_data() {
    let mut enrolment = enrolled();
    enrolment.merge("u1", "u2").unwrap();
    assert_eq!(
        people(&enrolment),
        [("u2".into(), "Sicilia".into(), 2), ("u3".into(), "Umbria".into(), 1)]
    );
    assert_eq!(enrolment.persons().of("u1"), "u2");
    enrolment.unmerge("u1").unwrap();
    assert_eq!(people(&enrolment), people(&enrolled()));
}

#[test]
fn a_chain_of_merges_is_one_person_and_comes_apart_link_by_link() {
    let mut enrolment = enrolled();
    enrolment.merge("u1", "u2").unwrap();
    // Anna is Bruno by now, so it is Bruno who is Carla.
    enrolment.merge("u1", "u3").unwrap();
    assert_eq!(people(&enrolment), [("u3".into(), "Umbria".into(), 3)]);
    enrolment.unmerge("u2").unwrap();
    assert_eq!(ids(&enrolment), ["u2", "u3"]);
}

#[test]
fn what_cannot_be_merged_says_why() {
    let mut enrolment = enrolled();
    assert_eq!(enrolment.merge("u1", "u9"), Err(MergeError::Unknown("u9".into())));
    assert_eq!(enrolment.merge("u9", "u1"), Err(MergeError::Unknown("u9".into())));
    let same = Err(MergeError::Same("u1".into(), "u1".into()));
    assert_eq!(enrolment.merge("u1", "u1"), same);
    enrolment.merge("u1", "u2").unwrap();
    assert_eq!(enrolment.merge("u2", "u1"), Err(MergeError::Same("u2".into(), "u1".into())));
    assert_eq!(enrolment.unmerge("u2"), Err(MergeError::NotMerged("u2".into())));
    assert_eq!(
        enrolment.merge("u1", "u2").unwrap_err().to_string(),
        "`u1` and `u2` are one learner already"
    );
}

#[test]
fn a_merge_outlives_imports_and_rests_while_somebody_is_gone() {
    let mut enrolment = enrolled();
    enrolment.merge("u1", "u2").unwrap();
    let without_bruno = list("u1,mailto:anna@example.it,Umbria\n");
    let gone = enrolment.updated_by(&without_bruno, Unlisted::Leave).unwrap();
    assert_eq!(ids(&gone), ["u1"]);
    let back =
        gone.updated_by(&list("u2,mailto:bruno@example.it,Lazio\n"), Unlisted::Stay).unwrap();
    assert_eq!(people(&back), [("u2".into(), "Lazio".into(), 2)]);
}

#[test]
fn an_identifier_moves_with_the_list_that_moves_it() {
    let moved = enrolled()
        .updated_by(
            &list("u1,mailto:anna2@example.it,Umbria\nu2,mailto:anna@example.it,Sicilia\n"),
            Unlisted::Stay,
        )
        .unwrap();
    let people = moved.people().unwrap();
    let found = |text: &str| people.find(&text.parse().unwrap()).map(|it| it.id.clone());
    assert_eq!(found("mailto:anna@example.it"), Some("u2".into()));
    assert_eq!(found("mailto:bruno@example.it"), Some("u2".into()), "nobody else is known by it");
    let taken = list("u9,mailto:anna@example.it,Umbria\n");
    assert!(moved.updated_by(&taken, Unlisted::Stay).is_err());
    assert!(moved.updated_by(&taken, Unlisted::Leave).is_ok(), "where only they stay");
}

/// Who was merged while others were away could come to stand in a circle when these return.
#[test]
fn nobody_is_lost_when_merges_made_at_different_times_meet_in_a_circle() {
    let all = list(
        "u1,mailto:anna@example.it,Umbria\nu2,mailto:bruno@example.it,Sicilia\n\
         u3,mailto:carla@example.it,Umbria\nu4,mailto:dario@example.it,Umbria\n\
         u5,mailto:elsa@example.it,Umbria\n",
    );
    let mut enrolment = Enrolment::default().updated_by(&all, Unlisted::Stay).unwrap();
    enrolment.merge("u4", "u5").unwrap();
    enrolment.merge("u2", "u3").unwrap();
    enrolment.merge("u3", "u1").unwrap();
    let without_carla =
        list("u1,mailto:anna@example.it,Umbria\nu2,mailto:bruno@example.it,Sicilia\n");
    let mut gone = enrolment.updated_by(&without_carla, Unlisted::Leave).unwrap();
    gone.merge("u1", "u2").unwrap();
    let back = gone.updated_by(&all, Unlisted::Stay).unwrap();
    let identifiers: usize = people(&back).iter().map(|(.., count)| count).sum();
    assert_eq!(identifiers, 5, "{:?}", people(&back));
}

#[test]
fn what_is_kept_is_read_again_and_so_is_a_list_of_an_older_traccia() {
    let mut enrolment = enrolled();
    enrolment.merge("u1", "u2").unwrap();
    assert_eq!(Enrolment::from_kept(&enrolment.to_kept().unwrap()), Ok(enrolment));
    let old = "learner,identifiers\nu1,mailto:anna@example.it\n";
    assert_eq!(Enrolment::from_kept(old).unwrap().learners[0].id, "u1");
    assert_eq!(Enrolment::from_kept(""), Ok(Enrolment::default()));
    assert!(Enrolment::from_kept("{").is_err());
}

#[test]
fn a_list_for_spreadsheets_runs_nothing_and_comes_back_as_it_was() {
    let list = "learner,name,identifiers,region,=cmd|' /C calc'!A0\n\
        =1+1,\"=HYPERLINK(\"\"http://e.example\"\")\",mailto:a@x.example,-,@x\n\
        u2,''=x,mailto:b@x.example,'Ndrangheta,+39\n";
    let first = LearnerList::parse(list.as_bytes()).unwrap();
    let enrolled = Enrolment { learners: first.learners().to_vec(), ..Enrolment::default() };
    for language in [Language::It, Language::En] {
        let text = enrolled.to_csv(language);
        let back = LearnerList::parse(&text).unwrap();
        assert_eq!(back.learners(), first.learners());
        let text = String::from_utf8(text).unwrap();
        let fields = text.trim_start_matches('\u{feff}').split([',', ';', '\r', '\n']);
        for field in fields {
            let begins = field.trim_start_matches('"');
            assert!(!begins.starts_with(['=', '+', '-', '@']), "{field} in {text}");
        }
    }
}

#[test]
fn who_was_erased_stays_when_a_list_takes_the_place_of_the_other() {
    let newer = list(
        "u1,mailto:anna@example.it,Umbria\nu2,mailto:bruno@example.it,Sicilia\n\
         erased-1,account:https://erased.invalid|erased-1,Umbria\n\
         erased-2,account:https://erased.invalid|erased-2,Umbria\n\
         u5,account:https://erased.invalid|erased-3;mailto:dora@example.it,Umbria\n",
    );
    let enrolment = Enrolment::default().updated_by(&newer, Unlisted::Stay).unwrap();
    let tonight = list(
        "u1,mailto:anna@example.it,Umbria\nu9,account:https://erased.invalid|erased-2,Sicilia\n",
    );
    let updated = enrolment.updated_by(&tonight, Unlisted::Leave).unwrap();
    // Nobody is two learners, and who has an address too can be named by a list.
    assert_eq!(ids(&updated), ["u1", "u9", "erased-1"]);
    let absent = enrolment.change_to(&tonight).unwrap().absent;
    assert_eq!(absent, ["u2", "u5"]);
    let named = list("erased-1,mailto:elio@example.it,Sicilia\n");
    let updated = updated.updated_by(&named, Unlisted::Leave).unwrap();
    let (one, other) = ("erased-1".to_owned(), "u9".to_owned());
    assert_eq!(people(&updated), [(one, "Sicilia".into(), 1), (other, "Sicilia".into(), 1)]);
}
