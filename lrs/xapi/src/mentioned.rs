//! Whether an IRI names the actor of its statement, as the address of a profile page does.

use validator::ifi::Ifi;

use crate::erase::HOME_PAGE;

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

/// `iri` with `with` wherever it names the person; `None` where it does not. The name of an account in the host of an address is
/// the host's, and stays.
pub fn without(iri: &str, person: &Ifi, with: &str) -> Option<String> {
    if !names(iri, person) {
        return None;
    }
    let changed = match person {
        Ifi::OpenId(_) => format!("{HOME_PAGE}/{with}"),
        Ifi::Mbox(mbox) => {
            let address = mbox.trim_start_matches("mailto:");
            let plain = replaced(iri, address, with, |_| true);
            replaced(&plain, &address.replace('@', "%40"), with, |_| true)
        }
        Ifi::MboxSha1Sum(sum) => replaced(iri, sum, with, |_| true),
        Ifi::Account { name, .. } => {
            let (scheme, rest) = iri.split_once("://").unwrap_or(("", iri));
            let host = if scheme.is_empty() {
                0
            } else {
                rest.find(['/', '?', '#']).unwrap_or(rest.len())
            };
            let path = iri.len().saturating_sub(rest.len()).saturating_add(host);
            replaced(iri, name, with, |at| at >= path && is_word(iri, name, at))
        }
    };
    (changed != iri).then_some(changed)
}

/// `iri` with `with` in place of `sought`, in letters of either case of ASCII, at each place of these.
#[expect(clippy::expect_used, reason = "letters of ASCII are as long in either case")]
fn replaced(iri: &str, sought: &str, with: &str, is_meant: impl Fn(usize) -> bool) -> String {
    let (low, mut changed, mut from) = (iri.to_ascii_lowercase(), String::new(), 0);
    for (at, found) in low.match_indices(&sought.to_ascii_lowercase()) {
        if is_meant(at) {
            changed.push_str(iri.get(from..at).expect("the same place in either case"));
            changed.push_str(with);
            from = at.saturating_add(found.len());
        }
    }
    changed.push_str(iri.get(from..).expect("the same place in either case"));
    changed
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
            assert_eq!(without(iri, person, "x").is_some(), is, "{iri} {person}");
        }
    }

    #[test]
    fn an_address_without_its_actor_is_another_one() {
        let mbox = Ifi::Mbox("mailto:anna@x.example".into());
        let openid = Ifi::OpenId("https://id.example/anna".into());
        for (iri, person, expected) in [
            ("https://x.it/a-Anna@X.example/anna%40x.example", &mbox, Some("https://x.it/a-e1/e1")),
            ("https://anna@x.example/", &mbox, Some("https://e1/")),
            ("https://id.example/anna", &openid, Some("https://erased.invalid/e1")),
            (
                "https://x.it/view/anna-7?a=anna#anna",
                &account("anna"),
                Some("https://x.it/view/e1-7?a=e1#e1"),
            ),
            ("https://anna.example/anna", &account("anna"), Some("https://anna.example/e1")),
            ("https://anna.example", &account("anna"), None),
            ("anna://x.it/a", &account("anna"), None),
            ("urn:x:anna", &account("anna"), Some("urn:x:e1")),
            (
                "https://x.it/profile/view/7/77",
                &account("7"),
                Some("https://x.it/profile/view/e1/77"),
            ),
            ("https://x.it/quiz/7", &account("7"), None),
        ] {
            assert_eq!(without(iri, person, "e1").as_deref(), expected, "{iri}");
        }
    }
}
