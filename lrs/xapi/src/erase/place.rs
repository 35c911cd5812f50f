//! Where in a text an identifier is found, and whether it stands for the person there.

use super::telling::Sort;

/// Segments of addresses and keys of queries behind which people stand.
const OF_PEOPLE: [&str; 24] = [
    "account", "accounts", "email", "learner", "learners", "login", "mail", "member", "members",
    "people", "person", "persona", "persone", "persons", "profile", "profiles", "student",
    "students", "u", "user", "userid", "username", "users", "utente",
];

/// Words that stand before an address, with `_` or `-` between the two, in names of files and documents. Behind another word
/// the whole may be a longer address: `maria-anna@example.org`.
const OF_PAPERS: [&str; 12] = [
    "attempt",
    "attestato",
    "attestati",
    "bookmark",
    "cert",
    "certificate",
    "certificato",
    "diploma",
    "progress",
    "report",
    "resume",
    "state",
];
/// What names of files end with, of which no host is likely to.
const ENDINGS: [&str; 24] = [
    "csv", "doc", "docx", "gif", "htm", "html", "jpeg", "jpg", "json", "mp4", "odt", "p7m", "pdf",
    "php", "png", "ppt", "pptx", "rtf", "svg", "txt", "xls", "xlsx", "xml", "zip",
];

/// What is looked for in texts.
#[derive(Clone, Debug)]
pub(super) struct Needle {
    /// As [`folded`] writes it.
    pub(super) text: String,
    pub(super) sort: Sort,
}

/// A text in small letters, letter by letter: what a letter becomes does not depend on where it stands.
pub(super) fn folded(text: &str) -> String {
    text.chars().flat_map(fold).collect()
}

/// A letter in small letters; both forms of the small sigma are one.
fn fold(letter: char) -> impl Iterator<Item = char> {
    letter.to_lowercase().map(|it| if it == 'ς' { 'σ' } else { it })
}

/// `text` with `with` in place of each needle, in whatever case, that stands for the person; `None` where there is none.
pub(super) fn replaced(text: &str, needle: &Needle, with: &str) -> Option<String> {
    let (mut out, mut rest_at, mut from) = (String::new(), 0, 0);
    while let Some((at, end)) = find(text, &needle.text, from) {
        from = end;
        if !stands(text, at, end, needle) {
            // The next may begin within this one.
            from = at.saturating_add(text.get(at..)?.chars().next()?.len_utf8());
            continue;
        }
        out.push_str(text.get(rest_at..at)?);
        out.push_str(with);
        rest_at = end;
    }
    if rest_at == 0 {
        return None;
    }
    out.push_str(text.get(rest_at..)?);
    Some(out)
}

/// Where a folded needle begins and ends in `text`, from `from` on.
fn find(text: &str, needle: &str, from: usize) -> Option<(usize, usize)> {
    let mut starts = text.get(from..)?.char_indices().map(|(at, _)| from.saturating_add(at));
    starts.find_map(|at| {
        let mut wanted = needle.chars().peekable();
        let mut end = at;
        for character in text.get(at..)?.chars() {
            if wanted.peek().is_none() {
                break;
            }
            for small in fold(character) {
                if wanted.next() != Some(small) {
                    return None;
                }
            }
            end = end.saturating_add(character.len_utf8());
        }
        wanted.peek().is_none().then_some((at, end))
    })
}

/// Whether what stands from `at` to `end` is the person.
fn stands(text: &str, at: usize, end: usize, needle: &Needle) -> bool {
    let (before, after) = (text.get(..at).unwrap_or_default(), text.get(end..).unwrap_or_default());
    match needle.sort {
        Sort::Sure => {
            let is_mail = needle.text.contains('@') || needle.text.contains("%40");
            let is_found = if is_mail { is_address(before, after) } else { is_code(before, after) };
            is_found && !ends_in_host(before)
        }
        Sort::Name => is_whole(before, after) && is_name(before, after),
        Sort::Iri => is_alone(before, after),
    }
}

/// Whether what stands between the two is no part of a longer word or mail address.
fn is_whole(before: &str, after: &str) -> bool {
    let mut after = after.chars();
    let (next, second) = (after.next(), after.next());
    let begins = last(before).is_none_or(|it| !it.is_alphanumeric() && !"._%+-".contains(it));
    let ends = match next {
        None => true,
        Some('.') => second.is_none_or(|it| !it.is_alphanumeric()),
        Some(it) => !it.is_alphanumeric() && it != '-' && it != '_',
    };
    begins && ends
}

/// Whether a mail address between the two is no part of a longer one.
fn is_address(before: &str, after: &str) -> bool {
    let begins = || match last(before) {
        Some('_' | '-') => {
            let word = before.get(..before.len().saturating_sub(1)).unwrap_or_default();
            let word = word.rsplit(|it: char| !it.is_alphanumeric()).next().unwrap_or_default();
            let is = |known: &&str| known.eq_ignore_ascii_case(word);
            OF_PEOPLE.iter().any(is) || OF_PAPERS.iter().any(is)
        }
        found => found.is_none_or(|it| !it.is_alphanumeric() && !".%+".contains(it)),
    };
    let mut rest = after.chars();
    let ends = match rest.next() {
        None | Some('_') => true,
        Some('.') => {
            let is_end = |it: char| !it.is_alphanumeric();
            let word = rest.as_str().split(is_end).next().unwrap_or_default();
            word.is_empty() || ENDINGS.iter().any(|it| it.eq_ignore_ascii_case(word))
        }
        Some(it) => !it.is_alphanumeric() && it != '-',
    };
    ends && begins()
}

/// Whether a tax code or hash between the two is no part of a longer row of letters and digits. They have one form each:
/// whatever else stands beside them is no part of them.
fn is_code(before: &str, after: &str) -> bool {
    last(before).is_none_or(|it| !it.is_alphanumeric())
        && after.chars().next().is_none_or(|it| !it.is_alphanumeric())
}

/// The address of a page of a person with `with` in place of each `name` that stands behind a word for people, as a whole;
/// `None` where there is none.
pub(super) fn named_page(address: &str, name: &str, with: &str) -> Option<String> {
    let name = folded(name);
    if name.is_empty() {
        return None;
    }
    let (mut out, mut rest_at, mut from) = (String::new(), 0, 0);
    while let Some((at, end)) = find(address, &name, from) {
        let (before, after) = (address.get(..at)?, address.get(end..)?);
        if !is_whole(before, after) || !is_of_people(before) {
            from = at.saturating_add(address.get(at..)?.chars().next()?.len_utf8());
            continue;
        }
        out.push_str(address.get(rest_at..at)?);
        out.push_str(with);
        (rest_at, from) = (end, end);
    }
    if rest_at == 0 {
        return None;
    }
    out.push_str(address.get(rest_at..)?);
    Some(out)
}

/// The last character, which may be written as `%3D`; a byte of a longer one counts as a letter.
fn last(text: &str) -> Option<char> {
    let digits = text.as_bytes().last_chunk::<3>().filter(|it| it[0] == b'%');
    let digits = digits.and_then(|it| std::str::from_utf8(&it[1..]).ok());
    match digits.and_then(|it| u8::from_str_radix(it, 16).ok()) {
        Some(byte) if byte.is_ascii() => Some(char::from(byte)),
        Some(_) => Some('x'),
        None => text.chars().next_back(),
    }
}

/// Whether a text ends within the host of an address, or before it. `mailto` has none.
fn ends_in_host(text: &str) -> bool {
    let Some((scheme, host)) = text.rsplit_once("://") else { return false };
    let is_within = |it: char| it.is_alphanumeric() || ".-_~%:[]@".contains(it);
    !scheme.to_ascii_lowercase().ends_with("mailto") && host.chars().all(is_within)
}

/// What no address has in it.
fn is_break(it: char) -> bool {
    it.is_whitespace() || it.is_control() || "\"<>|\\^`{}".contains(it)
}

/// Whether a user name between the two is said of a person: as a word, or in an address of a person.
fn is_name(before: &str, after: &str) -> bool {
    if before.ends_with('@') || after.starts_with('@') {
        return false;
    }
    let before = before.rsplit(is_break).next().unwrap_or_default();
    let after = after.split(is_break).next().unwrap_or_default();
    let is_of_address = |text: &str| text.contains(|it| "/?&=#".contains(it));
    let is_urn = before.get(..4).is_some_and(|it| it.eq_ignore_ascii_case("urn:"));
    let is_address = is_of_address(before) || is_of_address(after) || is_urn;
    !is_address || is_of_people(before)
}

/// Whether an address that begins like this goes on with the name of a person.
fn is_of_people(address: &str) -> bool {
    let path = match address.split_once("://") {
        Some((_, rest)) => match rest.find(['/', '?', '#']) {
            Some(at) => rest.get(at..).unwrap_or_default(),
            None => return false,
        },
        None => address,
    };
    let is_of = |word: &str| OF_PEOPLE.iter().any(|it| it.eq_ignore_ascii_case(word));
    let words = || path.rsplit(|it: char| !it.is_alphanumeric()).filter(|word| !word.is_empty());
    if path.ends_with('=') {
        let key = words().next().unwrap_or_default();
        return is_of(key) || (key == "id" && words().any(is_of));
    }
    let segment = path.trim_end_matches(['/', ':', '~']);
    path.ends_with("/~") || segment.rsplit(['/', ':']).next().is_some_and(is_of)
}

/// Whether an address between the two is not the beginning or end of a longer one.
fn is_alone(before: &str, after: &str) -> bool {
    let mut after = after.chars();
    let (next, second) = (after.next(), after.next());
    let begins = before.chars().next_back().is_none_or(|it| is_break(it) || "'(=[,;:".contains(it));
    let ends = match next {
        None => true,
        Some(it) if ".:!?,;)]'".contains(it) => second.is_none_or(is_break),
        Some(it) => is_break(it) || it == '&',
    };
    begins && ends
}
