//! Which identifiers tell a person wherever they stand, which only where the text around them says so, and which not at all.
//!
//! Who asks for an erasure chooses the identifiers, and learners choose their user names: a name that is also the name of a
//! host, a word of a standard or the address of a site is looked for in no text.

use validator::ifi::Ifi;

/// An account name shorter than this, in letters, is looked for as an account alone: `42` is in many texts.
const SHORTEST: usize = 8;
/// A user name shorter than this, in letters, is looked for in no text at all.
const SHORTEST_WORD: usize = 3;
/// What the last part of a name of a host or file is, beside two or three letters.
const LAST_PARTS: [&str; 22] = [
    "academy",
    "arpa",
    "cloud",
    "digital",
    "docx",
    "education",
    "example",
    "html",
    "info",
    "internal",
    "invalid",
    "json",
    "local",
    "localhost",
    "museum",
    "online",
    "pptx",
    "school",
    "site",
    "test",
    "xhtml",
    "xlsx",
];
/// The first part of identifiers of standards, such as `cmi.suspend_data`.
const FIRST_PARTS: [&str; 14] = [
    "adl",
    "adlcp",
    "adlnav",
    "adlnet",
    "adlseq",
    "cmi",
    "cmi5",
    "http",
    "https",
    "ims",
    "imsmanifest",
    "lms",
    "scorm",
    "xapi",
];
/// Words of standards that are written as user names are.
const WORDS: [&str; 34] = [
    "audio_captioning",
    "audio_level",
    "cmi5learnerpreferences",
    "comments_from_learner",
    "comments_from_lms",
    "completion_status",
    "completion_threshold",
    "correct_responses",
    "delivery_speed",
    "launch_data",
    "launch_mode",
    "learner_id",
    "learner_name",
    "learner_preference",
    "learner_response",
    "lesson_location",
    "lesson_mode",
    "lesson_status",
    "mastery_score",
    "max_time_allowed",
    "mbox_sha1sum",
    "objectives_status",
    "progress_measure",
    "scaled_passing_score",
    "session_time",
    "student_data",
    "student_id",
    "student_name",
    "student_preference",
    "student_response",
    "success_status",
    "suspend_data",
    "time_limit_action",
    "total_time",
];
/// An Italian tax code: letters, and digits of which some may be letters.
const TAX_CODE: &str = "AAAAAA99A99A999A";

/// How much a text says of a person where it stands within another one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Sort {
    /// It is a mail address, the hash of one or a tax code: nothing else has it.
    Sure,
    /// It is a user name, which may be a part of addresses of something else.
    Name,
    /// It is an address, with which addresses of something else may begin.
    Iri,
}

/// What is looked for in texts because of an identifier.
pub(super) fn needles(identifier: &Ifi) -> Vec<(String, Sort)> {
    match identifier {
        Ifi::Mbox(mbox) => {
            let address = mbox.strip_prefix("mailto:").unwrap_or(mbox);
            if is_address(address) { written(address) } else { Vec::new() }
        }
        Ifi::MboxSha1Sum(hash) => {
            let is_hash = hash.len() == 40 && hash.bytes().all(|it| it.is_ascii_hexdigit());
            is_hash.then(|| (hash.clone(), Sort::Sure)).into_iter().collect()
        }
        Ifi::OpenId(uri) => of_iri(uri),
        Ifi::Account { name, .. } => of_name(name),
    }
}

/// The user name that may be a word, which tells a person in free texts of their own statements alone; `None` for numbers, what
/// is shorter than [`SHORTEST_WORD`], names of hosts, words of standards, and what is no name.
pub(super) fn word(identifier: &Ifi) -> Option<&str> {
    let Ifi::Account { name, .. } = identifier else { return None };
    let is_within = |it: char| it.is_alphanumeric() || "._-+".contains(it);
    let is_word = name.chars().count() >= SHORTEST_WORD
        && name.chars().all(is_within)
        && name.contains(char::is_alphabetic)
        && !is_host(name)
        && !is_of_standard(name);
    is_word.then_some(name.as_str())
}

fn of_name(name: &str) -> Vec<(String, Sort)> {
    if is_tax_code(name) {
        vec![(name.to_owned(), Sort::Sure)]
    } else if name.contains('@') {
        let is_mail =
            is_address(name) && name.rsplit_once('@').is_some_and(|(_, host)| is_host(host));
        if is_mail { written(name) } else { Vec::new() }
    } else if name.contains("://") {
        of_iri(name)
    } else if is_telling(name) {
        vec![(name.to_owned(), Sort::Name)]
    } else {
        Vec::new()
    }
}

/// An address of a page of somebody; not that of a whole site, with which all addresses of the site begin.
fn of_iri(iri: &str) -> Vec<(String, Sort)> {
    let rest = iri.strip_prefix("https://").or_else(|| iri.strip_prefix("http://"));
    let path = rest.and_then(|rest| rest.split_once('/')).map_or("", |(_, path)| path);
    let is_page = path.contains(char::is_alphanumeric) && !iri.contains(char::is_whitespace);
    is_page.then(|| (iri.to_owned(), Sort::Iri)).into_iter().collect()
}

/// A mail address as texts have it, and as addresses of pages do.
fn written(address: &str) -> Vec<(String, Sort)> {
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~".contains(&byte);
    let encoded = |byte: u8| {
        if is_plain(byte) { char::from(byte).to_string() } else { format!("%{byte:02X}") }
    };
    let encoded: String = address.bytes().map(encoded).collect();
    let mut forms = vec![address.to_owned(), address.replace('@', "%40"), encoded];
    forms.dedup();
    forms.into_iter().map(|form| (form, Sort::Sure)).collect()
}

fn is_address(text: &str) -> bool {
    let is_within =
        |it: char| !it.is_whitespace() && !it.is_control() && !"/?#:<>\"|\\^`{}".contains(it);
    let parts = text.rsplit_once('@');
    parts.is_some_and(|(name, host)| !name.is_empty() && !host.is_empty())
        && text.chars().all(is_within)
}

fn is_tax_code(name: &str) -> bool {
    let is_like = |(byte, pattern): (u8, u8)| match pattern {
        b'A' => byte.is_ascii_alphabetic(),
        _ => byte.is_ascii_digit() || b"LMNPQRSTUV".contains(&byte.to_ascii_uppercase()),
    };
    let digits = name.bytes().filter(u8::is_ascii_digit).count();
    name.len() == TAX_CODE.len() && digits >= 4 && name.bytes().zip(TAX_CODE.bytes()).all(is_like)
}

/// Whether a user name is nobody else's, as far as its letters say: `anna.rossi` and `mrossi80` are; a number, a plain word
/// such as `francesca`, the name of a host or file, and words of standards are not.
fn is_telling(name: &str) -> bool {
    let is_within = |it: char| it.is_alphanumeric() || "._-+".contains(it);
    let has_letter = name.contains(char::is_alphabetic);
    let is_word = !name.contains(|it: char| it.is_numeric() || "._".contains(it));
    name.chars().count() >= SHORTEST
        && name.chars().all(is_within)
        && has_letter
        && !is_word
        && !is_host(name)
        && !is_of_standard(name)
}

/// Whether a name is written as those of hosts and files are.
fn is_host(name: &str) -> bool {
    let Some((_, last)) = name.rsplit_once('.') else { return false };
    let last = last.to_ascii_lowercase();
    let is_short = matches!(last.len(), 2 | 3) && last.bytes().all(|it| it.is_ascii_alphabetic());
    is_short || LAST_PARTS.contains(&last.as_str())
}

fn is_of_standard(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    let first = name.split(['.', '-', '_']).next().unwrap_or_default();
    let last = name.rsplit('.').next().unwrap_or_default();
    FIRST_PARTS.contains(&first) || WORDS.contains(&name.as_str()) || WORDS.contains(&last)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn account(name: &str) -> Vec<Sort> {
        let account =
            Ifi::Account { home_page: "https://moodle.example".into(), name: name.into() };
        let mut sorts: Vec<Sort> = needles(&account).into_iter().map(|(_, sort)| sort).collect();
        sorts.dedup();
        sorts
    }

    #[test]
    fn names_of_hosts_numbers_and_words_of_standards_are_looked_for_in_no_text() {
        for name in [
            "adlnet.gov",
            "moodle.example.it",
            "lrs.adlnet.gov",
            "127.0.0.1",
            "192.168.10.20",
            "suspend_data",
            "SUSPEND_DATA",
            "cmi.suspend_data",
            "LMS.LaunchData",
            "cmi5LearnerPreferences",
            "lesson_status",
            "cmi.core.lesson_status",
            "adlnet.expapi",
            "xAPI 1.0.3",
            "xapi-1.0.3",
            "Learner 0",
            "2026-11-30",
            "12345678",
            "1.2.840.113556",
            "francesca",
            "completed",
            "index.html",
            "imsmanifest.xml",
            "profile.php",
            "42",
            "a.b",
            "https://moodle.example.it",
            "https://moodle.example.it/",
            "urn:traccia:reactions",
            "sicurezza@",
            "@example.it",
            "sicurezza@2",
            "a/b/c.d.2026",
            "localhost:8080",
            "moodle.local",
            "",
        ] {
            assert_eq!(account(name), [], "{name}");
        }
    }

    #[test]
    fn names_of_people_are_looked_for_in_texts() {
        for (name, sort) in [
            ("anna.rossi", Sort::Name),
            ("mrossi80", Sort::Name),
            ("anna_rossi", Sort::Name),
            ("a.rossi.2", Sort::Name),
            ("ΓΙΑΝΝΗΣ_7", Sort::Name),
            ("f81d4fae-7dec-11d0-a765-00a0c91e6bf6", Sort::Name),
            ("RSSNNA80A41H501U", Sort::Sure),
            ("rssnna80a41h50mu", Sort::Sure),
            ("anna@x.it", Sort::Sure),
            ("https://lms.example/users/anna", Sort::Iri),
        ] {
            assert_eq!(account(name), [sort], "{name}");
        }
    }

    #[test]
    fn openids_are_looked_for_where_they_are_a_page() {
        let sorts = |uri: &str| needles(&Ifi::OpenId(uri.into())).len();
        for none in [
            "https://moodle.example.it",
            "https://anna.example/",
            "urn:traccia:retention",
            "openid:x",
            "https://x.it/?",
        ] {
            assert_eq!(sorts(none), 0, "{none}");
        }
        assert_eq!(sorts("https://id.example/anna"), 1);
    }

    #[test]
    fn addresses_are_looked_for_as_pages_write_them_too() {
        let forms = |mbox: &str| {
            let found = needles(&Ifi::Mbox(mbox.into())).into_iter();
            found.map(|(form, _)| form).collect::<Vec<String>>()
        };
        assert_eq!(forms("mailto:anna@x.it"), ["anna@x.it", "anna%40x.it"]);
        assert_eq!(forms("mailto:a+b@x.it"), ["a+b@x.it", "a+b%40x.it", "a%2Bb%40x.it"]);
        for none in ["mailto:@x.it", "mailto:http://adlnet.gov/a@b", "mailto:anna", "mailto:a@b c"]
        {
            assert_eq!(forms(none), Vec::<String>::new(), "{none}");
        }
    }
}
