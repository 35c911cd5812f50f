//! Whether an IRI names the actor of its statement, as the address of a profile page does.

use validator::ifi::Ifi;

/// Segments of addresses behind which people are numbered.
const OF_PEOPLE: [&str; 6] = ["user", "users", "profile", "people", "person", "account"];
/// The shortest account name that is looked for anywhere in an address: shorter ones stand there by chance.
const LONG_ENOUGH: usize = 4;

/// Whether `iri` names the person of this identifier: has their mail address or `OpenID` in it, or their account's name as
/// a whole word. A name of digits alone, or a short one, counts only where the address is of a person, since
/// `mod/quiz/view.php?id=7` is no more about account 7 than about any other.
pub fn names(iri: &str, person: &Ifi) -> bool {
    match person {
        Ifi::Mbox(mbox) => {
            let address = mbox.trim_start_matches("mailto:");
            let is_escaped = || iri.contains('%') && contains(iri, &address.replace('@', "%40"));
            contains(iri, address) || is_escaped()
        }
        Ifi::MboxSha1Sum(sum) => contains(iri, sum),
        Ifi::OpenId(openid) => iri == openid,
        Ifi::Account { name, .. } => {
            let is_telling = name.len() >= LONG_ENOUGH && !name.bytes().all(|b| b.is_ascii_digit());
            let is_of_people = || words(iri).any(|word| OF_PEOPLE.contains(&word));
            has_word(iri, name) && (is_telling || is_of_people())
        }
    }
}

fn contains(iri: &str, sought: &str) -> bool {
    // Few addresses of activities have this sign, and it is the same in any letters.
    let may_be = !sought.contains('@') || iri.contains('@');
    may_be && !sought.is_empty() && iri.to_ascii_lowercase().contains(&sought.to_ascii_lowercase())
}

fn words(iri: &str) -> impl Iterator<Item = &str> {
    iri.split(|c: char| !c.is_alphanumeric())
}

/// Whether `word` stands in `iri` with no letter or digit beside it.
fn has_word(iri: &str, word: &str) -> bool {
    !word.is_empty()
        && stands(iri, word)
        && iri.match_indices(word).any(|(at, _)| is_word(iri, word, at))
}

/// Whether `word` stands anywhere in `iri`. `str::contains` prepares for long texts first, which takes most of the time in
/// one as short as an address, and most addresses name nobody.
fn stands(iri: &str, word: &str) -> bool {
    let (iri, word) = (iri.as_bytes(), word.as_bytes());
    let places = iri.iter().enumerate().filter(|(_, byte)| Some(*byte) == word.first());
    let mut rests = places.filter_map(|(at, _)| iri.get(at..));
    rests.any(|rest| rest.starts_with(word))
}

/// Whether `word` stands at this place with no letter or digit beside it.
fn is_word(iri: &str, word: &str, at: usize) -> bool {
    let ends = |c: Option<char>| c.is_none_or(|c| !c.is_alphanumeric());
    let (before, rest) = iri.split_at(at);
    rest.strip_prefix(word)
        .is_some_and(|after| ends(before.chars().next_back()) && ends(after.chars().next()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn account(name: &str) -> Ifi {
        Ifi::Account { home_page: "https://lms.example".into(), name: name.into() }
    }

    #[test]
    fn addresses_that_name_their_actor_are_told_from_others() {
        let mbox = Ifi::Mbox("mailto:anna@x.example".into());
        for (iri, person, is) in [
            ("https://x.example/people/anna@x.example", &mbox, true),
            ("https://x.example/p?mail=anna%40x.example", &mbox, true),
            ("https://x.example/hosanna", &mbox, false),
            ("https://lms.example/u/RSSNNA80A41H501X", &account("RSSNNA80A41H501X"), true),
            ("https://lms.example/u/RSSNNA80A41H501XY", &account("RSSNNA80A41H501X"), false),
            ("https://lms.example/user/profile.php?id=7", &account("7"), true),
            ("https://lms.example/user/profile.php?id=77", &account("7"), false),
            ("https://lms.example/mod/quiz/view.php?id=7", &account("7"), false),
            ("https://id.example/anna", &Ifi::OpenId("https://id.example/anna".into()), true),
            ("https://lms.example/", &account(""), false),
        ] {
            assert_eq!(names(iri, person), is, "{iri} {person}");
        }
    }
}
