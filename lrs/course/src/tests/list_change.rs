use super::super::{LearnerList, ListChange};

const OLDER: &str = "learner,name,identifiers\n\
    u1,Anna,mailto:anna@example.it\n\
    u2,Bruno,mailto:bruno@example.it\n\
    u3,Carla,mailto:carla@example.it\n";

fn list(text: &str) -> LearnerList {
    LearnerList::parse(text.as_bytes()).unwrap()
}

fn ids(ids: &[&str]) -> Vec<String> {
    ids.iter().map(|id| (*id).to_owned()).collect()
}

#[test]
fn a_list_sent_again_adds_and_replaces_and_forgets_nobody() {
    let newer = list(
        "learner,name,identifiers\n\
         u4,Dario,mailto:dario@example.it\n\
         u2,Bruno Verdi,mailto:verdi@example.it\n\
         u1,Anna,mailto:anna@example.it\n",
    );
    let change = list(OLDER).change_to(&newer);
    let expected = ListChange {
        added: ids(&["u4"]),
        updated: ids(&["u2"]),
        unchanged: ids(&["u1"]),
        absent: ids(&["u3"]),
    };
    assert_eq!(change, expected);
    let updated = list(OLDER).updated_by(&newer).unwrap();
    let expected = list(
        "learner,name,identifiers\n\
         u1,Anna,mailto:anna@example.it\n\
         u2,Bruno Verdi,mailto:verdi@example.it\n\
         u3,Carla,mailto:carla@example.it\n\
         u4,Dario,mailto:dario@example.it\n",
    );
    assert_eq!(updated, expected);
    let found =
        |text: &str| updated.find(&text.parse().unwrap()).map(|learner| learner.id.as_str());
    assert_eq!(found("mailto:verdi@example.it"), Some("u2"));
    assert_eq!(found("mailto:bruno@example.it"), None, "an address that was replaced means nobody");
}

#[test]
fn an_identifier_that_would_mean_two_people_names_both_and_its_line() {
    // printf mailto:carla@example.it | sha1sum
    let newer = list(
        "\nlearner,name,identifiers\n\
         u4,Dario,\"mailto:dario@example.it;mbox_sha1sum:81ef77caf546e4505c7a0704330b4df96b6e60c9\"\n\
         u9,Bruno,mailto:bruno@example.it\n",
    );
    let faults = list(OLDER).updated_by(&newer).unwrap_err();
    let faults: Vec<String> = faults.0.iter().map(ToString::to_string).collect();
    assert_eq!(
        faults,
        [
            "line 3, identifiers: `mbox_sha1sum::81ef77caf546e4505c7a0704330b4df96b6e60c9` of \
             learner `u4` means learner `u3` in the list so far: send `u3` again without it, or \
             use their id if they are one person",
            "line 4, identifiers: `mbox::mailto:bruno@example.it` of learner `u9` means learner \
             `u2` in the list so far: send `u2` again without it, or use their id if they are \
             one person",
        ]
    );
}

#[test]
fn an_identifier_may_move_between_learners_who_are_both_sent() {
    let newer = list(
        "learner,name,identifiers\n\
         u1,Anna,mailto:bruno@example.it\n\
         u2,Bruno,mailto:anna@example.it\n",
    );
    let updated = list(OLDER).updated_by(&newer).unwrap();
    let anna = updated.find(&"mailto:bruno@example.it".parse().unwrap());
    assert_eq!(anna.map(|learner| learner.id.as_str()), Some("u1"));
}
