//! A certificate list that was frozen: what was true on one day, by which rule, under a hash.

use std::collections::BTreeSet;

use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

use course::{Bilingual, Course, Title};

use crate::certificate;
use crate::figure;
use crate::table::{Cell, Table};
use crate::view::{Member, View};
use crate::words::{Value, words, words_with};

/// A frozen list. Its text is JSON. What goes into the hash is every member but `hash` and what was erased, with the digest of
/// each line in the line's place: the digest is made of the line's random salt too, which goes when the line is erased, so
/// that nobody can try names against what is left. Lists of earlier releases are not `salted`: their lines are in the
/// hash as they stand.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FrozenCertificates {
    /// The course's id.
    pub course: String,
    /// The course's title.
    pub title: Title,
    /// The day at whose end it was true.
    pub date: Date,
    /// The rule of the certificate on that day.
    pub rule: Bilingual,
    /// The time zone that days are meant in.
    pub time_zone: String,
    /// The `stored` of the last statement that was looked at, in microseconds since 1970.
    pub through: Option<i64>,
    /// When the list was frozen, in microseconds since 1970.
    pub frozen: i64,
    /// Who has a right to the certificate, in the order of the list of learners.
    pub people: Vec<FrozenPerson>,
    /// SHA-256 of the rest as it was frozen, in hexadecimal.
    #[serde(default)]
    pub hash: String,
    /// Whether lines have salts.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub salted: bool,
    /// What was erased of the list since; nothing of a list that is as it was frozen.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub erased: Option<ErasedLines>,
}

/// Lines from which a person was erased.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ErasedLines {
    /// The lines, by number from 1.
    pub lines: Vec<ErasedLine>,
    /// SHA-256 of the list as it is now, with its first hash, in hexadecimal.
    #[serde(default)]
    pub hash: String,
}

/// A line from which a person was erased.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ErasedLine {
    /// Its number, from 1.
    pub line: usize,
    /// The id of the erasure.
    pub erasure: String,
    /// When, in microseconds since 1970.
    pub at: i64,
}

/// One person of a frozen list.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FrozenPerson {
    /// The learner's id.
    pub learner: String,
    /// Their name; this and what follows as the learner list had it when the list was frozen.
    pub name: String,
    /// Their region.
    pub region: String,
    /// Their province.
    pub province: String,
    /// Their body.
    pub body: String,
    /// Its ISTAT code.
    pub istat: String,
    /// Their role.
    pub role: String,
    /// Their office.
    pub office: String,
    /// Their edition of the course.
    pub edition: String,
    /// The day on which they had fulfilled the rule.
    pub since: Date,
    /// Microseconds online that count.
    pub online: u64,
    /// Microseconds in presence that count.
    pub presence: u64,
    /// Their score of the course, in ten-thousandths: a whole number has one text alone.
    pub score: Option<i64>,
    /// What nobody guesses, of a line that is as it was frozen.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub salt: String,
    /// SHA-256 of the line as it was frozen, in hexadecimal, once a person was erased from it.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub digest: String,
}

/// What the hash of a salted list is made of.
#[derive(Serialize)]
struct Hashed<'a> {
    course: &'a str,
    title: &'a Title,
    date: Date,
    rule: &'a Bilingual,
    time_zone: &'a str,
    through: Option<i64>,
    frozen: i64,
    people: Vec<String>,
    hash: &'static str,
    salted: bool,
}

impl FrozenCertificates {
    /// The list of all learners of a view, frozen at an instant (microseconds since 1970). `salt` makes the salts of its
    /// lines, each of 128 random bits or more.
    pub fn freeze(view: &View<'_>, frozen: i64, salt: impl FnMut() -> String) -> Self {
        let mut list = Self::empty(view.course, view.day, view.through, frozen);
        list.people = view.members.iter().filter_map(|member| FrozenPerson::of(member)).collect();
        list.salt(salt);
        list
    }

    /// Gives the lines salts, and the list the hash that it has with them.
    pub fn salt(&mut self, mut salt: impl FnMut() -> String) {
        for person in &mut self.people {
            person.salt = salt();
        }
        self.salted = true;
        self.hash = self.computed();
    }

    fn empty(course: &Course, date: Date, through: Option<i64>, frozen: i64) -> Self {
        Self {
            course: course.id().to_owned(),
            title: course.title().clone(),
            date,
            rule: certificate::rule(course),
            time_zone: course.time_zone().to_owned(),
            through,
            frozen,
            people: Vec::new(),
            hash: String::new(),
            salted: false,
            erased: None,
        }
    }

    /// The hash that the list must have. Of a list of an earlier release from which a person was erased nobody can tell.
    pub fn computed(&self) -> String {
        if self.salted {
            return self.computed_salted();
        }
        let bare = Self { hash: String::new(), erased: None, ..self.clone() };
        hashed(&bare)
    }

    fn computed_salted(&self) -> String {
        hashed(&Hashed {
            course: &self.course,
            title: &self.title,
            date: self.date,
            rule: &self.rule,
            time_zone: &self.time_zone,
            through: self.through,
            frozen: self.frozen,
            people: self.people.iter().map(FrozenPerson::computed).collect(),
            hash: "",
            salted: true,
        })
    }

    /// Whether nothing was changed since the hash was made, but for what was erased, and nothing since that. A list that
    /// [`Self::is_bare`] is not: nobody can tell, and whoever makes a list up could say that lines of it were erased.
    pub fn is_intact(&self) -> bool {
        let erased = self.erased.as_ref();
        let is_sealed = erased.is_none_or(|erased| erased.hash == self.computed_erased());
        is_sealed && !self.is_bare() && self.says_what_was_erased() && self.hash == self.computed()
    }

    /// Whether the lines that have a digest in place of a salt are those that were erased, and name nobody.
    fn says_what_was_erased(&self) -> bool {
        let lines: BTreeSet<usize> =
            self.erased.iter().flat_map(|erased| &erased.lines).map(|line| line.line).collect();
        (1..).zip(&self.people).all(|(number, person)| {
            let is_erased = !person.digest.is_empty();
            is_erased == lines.contains(&number)
                && (!is_erased || (person.name.is_empty() && person.salt.is_empty()))
        })
    }

    /// Whether the list has a hash against which names can be tried: of an earlier release, and somebody was erased.
    pub const fn is_bare(&self) -> bool {
        !self.salted && self.erased.is_some()
    }

    /// The hash that [`ErasedLines::hash`] must be.
    fn computed_erased(&self) -> String {
        let bare = |erased: &ErasedLines| ErasedLines { hash: String::new(), ..erased.clone() };
        hashed(&Self { erased: self.erased.as_ref().map(bare), ..self.clone() })
    }

    /// Erases from the list who is learner under one of these ids, on behalf of the erasure of this id, at an instant
    /// (microseconds since 1970). Body, hours and score stay, under the id `pseudonym`, and so does the list's hash, but
    /// that of a list of an earlier release: its lines get salts first, which `salt` makes, and with them it has another
    /// hash. Gives how many lines were changed.
    pub fn erase(
        &mut self,
        is_person: impl Fn(&str) -> bool,
        pseudonym: &str,
        (erasure, at): (&str, i64),
        salt: impl FnMut() -> String,
    ) -> usize {
        let mut lines = Vec::new();
        let is_named = self.people.iter().any(|person| is_person(&person.learner));
        if !self.salted && (is_named || self.erased.is_some()) {
            self.salt(salt);
            for line in self.erased.iter().flat_map(|erased| &erased.lines) {
                let person = line.line.checked_sub(1).and_then(|at| self.people.get_mut(at));
                person.into_iter().for_each(FrozenPerson::lose_salt);
            }
            self.seal_erased();
        }
        for (number, person) in (1..).zip(&mut self.people) {
            if is_person(&person.learner) {
                person.lose_salt();
                pseudonym.clone_into(&mut person.learner);
                person.name.clear();
                lines.push(ErasedLine { line: number, erasure: erasure.to_owned(), at });
            }
        }
        let count = lines.len();
        if count > 0 {
            let empty = || ErasedLines { lines: Vec::new(), hash: String::new() };
            self.erased.get_or_insert_with(empty).lines.extend(lines);
            self.seal_erased();
        }
        count
    }

    /// Makes the hash of the list as it is after lines were erased.
    fn seal_erased(&mut self) {
        let hash = self.computed_erased();
        if let Some(erased) = &mut self.erased {
            erased.hash = hash;
        }
    }

    /// The name of the list in addresses: its day and the beginning of its hash.
    pub fn id(&self) -> String {
        format!("{}-{}", self.date, self.hash.get(..12).unwrap_or(&self.hash))
    }

    fn notes(&self) -> Vec<Bilingual> {
        let frozen = words_with("note-frozen", &[("hash", Value::Text(self.hash.clone()))]);
        let erased = self.erased.as_ref().map(|erased| {
            #[expect(clippy::cast_precision_loss, reason = "a list has fewer lines than 2^52")]
            let count = erased.lines.len() as f64;
            words_with("note-erased", &[("count", Value::Number(count))])
        });
        [self.rule.clone(), frozen].into_iter().chain(erased).collect()
    }

    /// The list as a table; its notes carry rule and hash.
    pub fn table(&self) -> Table {
        Table {
            report: certificate::LIST,
            title: words("report-certificates"),
            course: self.course.clone(),
            course_title: self.title.clone(),
            at: Some(self.date),
            through: self.through,
            time_zone: self.time_zone.clone(),
            notes: self.notes(),
            columns: certificate::columns(),
            print: certificate::IN_PRINT,
            rows: self.people.iter().map(FrozenPerson::cells).collect(),
            totals: None,
            found: None,
        }
    }
}

impl FrozenPerson {
    /// A learner as a list has them; none who has no right to the certificate.
    pub(crate) fn of(member: &Member) -> Option<Self> {
        let standings = &member.standings;
        let since = standings.certified?;
        let learner = member.learner.as_ref().clone();
        Some(Self {
            since,
            online: standings.course.online,
            presence: standings.course.presence,
            score: standings.course.score.map(ten_thousandths),
            learner: learner.id,
            name: learner.name,
            region: learner.region,
            province: learner.province,
            body: learner.body,
            istat: learner.istat,
            role: learner.role,
            office: learner.office,
            edition: learner.edition,
            salt: String::new(),
            digest: String::new(),
        })
    }

    /// The digest of the line as it was frozen.
    fn computed(&self) -> String {
        if self.digest.is_empty() { hashed(self) } else { self.digest.clone() }
    }

    /// Keeps the digest in place of the salt, before something of the line goes.
    fn lose_salt(&mut self) {
        self.digest = self.computed();
        self.salt.clear();
    }

    /// The cells of [`certificate::columns`].
    pub(crate) fn cells(&self) -> Vec<Cell> {
        let Self { learner, name, region, province, body, istat, role, office, edition, .. } = self;
        let texts = [learner, name, region, province, body, istat, role, office, edition];
        let mut cells: Vec<Cell> = texts.into_iter().map(|text| Cell::Text(text.clone())).collect();
        cells.push(Cell::Date(self.since));
        cells.extend(figure::hour_cells(self.online, self.presence));
        cells.push(self.score.map_or(Cell::Empty, |score| Cell::Score(of_ten_thousandths(score))));
        cells
    }
}

/// SHA-256 of a value's JSON text, in hexadecimal.
#[expect(clippy::expect_used, reason = "texts, numbers and days have a JSON text")]
fn hashed(value: &impl Serialize) -> String {
    hex::encode(Sha256::digest(serde_json::to_vec(value).expect("a list as JSON")))
}

#[expect(clippy::cast_possible_truncation, reason = "scores are from -1 to 1")]
fn ten_thousandths(score: f64) -> i64 {
    (score * 1e4).round() as i64
}

#[expect(clippy::cast_precision_loss, reason = "scores are from -1 to 1")]
fn of_ten_thousandths(score: i64) -> f64 {
    score as f64 / 1e4
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A list as an earlier release froze it.
    fn bare() -> FrozenCertificates {
        let text = r#"{"course":"c","title":{"it":"C","en":"C"},"date":"2026-10-31","rule":{"it":"","en":""},
            "time_zone":"Europe/Rome","through":null,"frozen":1,"people":[
            {"learner":"l1","name":"Anna Rossi","region":"Umbria","province":"","body":"B","istat":"","role":"",
             "office":"","edition":"","since":"2026-10-01","online":5,"presence":0,"score":null},
            {"learner":"l2","name":"B","region":"","province":"","body":"","istat":"","role":"","office":"",
             "edition":"","since":"2026-10-01","online":0,"presence":0,"score":null}]}"#;
        let mut list: FrozenCertificates = serde_json::from_str(text).unwrap();
        list.hash = list.computed();
        list
    }

    /// Salts that differ.
    fn salts() -> impl FnMut() -> String {
        let mut made = 0;
        move || {
            made += 1;
            format!("salt{made}")
        }
    }

    fn frozen() -> FrozenCertificates {
        let mut list = bare();
        list.salt(salts());
        list
    }

    /// The list with the line of `l1` as who guesses it right writes it, but for what nobody knows.
    fn guessed(list: &FrozenCertificates) -> FrozenCertificates {
        let mut list = FrozenCertificates { erased: None, ..list.clone() };
        list.people[0].learner = "l1".into();
        list.people[0].name = "Anna Rossi".into();
        list.people[0].digest.clear();
        list
    }

    #[test]
    fn an_erased_line_is_said_and_the_hash_of_the_frozen_list_stays_and_proves_the_other_lines() {
        let mut list = frozen();
        let hash = list.hash.clone();
        assert!(list.is_intact());
        // As `frozen.test.ts` of the browser UI has it.
        assert_eq!(hash, "7683f31649894472c0a0490d2491837975029765038b938c141a568388e3c287");
        assert_eq!(list.erase(|id| id == "l9", "erased", ("e", 9), salts()), 0);
        assert!(list.is_intact() && list.erased.is_none());
        assert_eq!(list.erase(|id| id == "l1", "erased", ("e", 9), salts()), 1);
        assert_eq!((&list.hash, list.is_intact()), (&hash, true));
        let text = serde_json::to_string(&list).unwrap();
        for gone in ["Anna", "l1\"", "salt1"] {
            assert!(!text.contains(gone), "{text}");
        }
        assert!(
            list.notes().len() == 3 && list.people[0].online == 5 && list.people[0].body == "B"
        );
        let read: FrozenCertificates = serde_json::from_str(&text).unwrap();
        assert_eq!(read, list);
        // Whoever makes the second hash anew does not come by the first one.
        let mut changed = read;
        changed.people[1].online = 7;
        assert!(!changed.is_intact());
        changed.seal_erased();
        assert!(!changed.is_intact());
    }

    #[test]
    fn nobody_makes_a_line_up_by_saying_that_it_was_erased() {
        let digest = hashed(&frozen().people[1]);
        let made_up = |is_said: bool, name: &str| {
            let mut list = frozen();
            let person = &mut list.people[1];
            (person.name, person.online) = (name.to_owned(), 9);
            (person.digest, person.salt) = (digest.clone(), String::new());
            let line = ErasedLine { line: 2, erasure: "e".into(), at: 9 };
            let lines = if is_said { vec![line] } else { Vec::new() };
            list.erased = Some(ErasedLines { lines, hash: String::new() });
            list.seal_erased();
            list
        };
        assert!(made_up(true, "").is_intact(), "the list says that it is of the made-up name");
        assert!(!made_up(true, "Carla").is_intact());
        assert!(!made_up(false, "").is_intact());
        let mut bare = FrozenCertificates { salted: false, ..made_up(true, "") };
        bare.seal_erased();
        assert!(!bare.is_intact());
    }

    #[test]
    fn nobody_can_try_names_against_a_list_from_which_somebody_was_erased() {
        for mut list in [frozen(), bare()] {
            list.erase(|id| id == "l1", "erased", ("e", 9), salts());
            let guess = guessed(&list);
            for is_salted in [true, false] {
                let guess = FrozenCertificates { salted: is_salted, ..guess.clone() };
                assert_ne!(guess.computed(), list.hash);
            }
            assert_ne!(hashed(&guess.people[0]), list.people[0].digest);
        }
        let mut before = bare();
        let first = before.clone();
        before.erase(|id| id == "l1", "erased", ("e", 9), salts());
        assert_ne!(before.hash, first.hash);
        assert_ne!(before.id(), first.id(), "its name has the beginning of the hash");
        assert!(before.is_intact() && !before.is_bare());
    }

    #[test]
    fn a_list_of_an_earlier_release_is_good_as_it_is_and_its_erased_lines_get_salts_later() {
        let list = bare();
        assert!(list.is_intact() && !list.salted && !list.is_bare());
        assert!(!serde_json::to_string(&list).unwrap().contains("salt"));
        // A line was erased by an earlier release, under the first hash.
        let mut erased = list.clone();
        erased.people[0].learner = "erased".into();
        erased.people[0].name.clear();
        let line = ErasedLine { line: 1, erasure: "e".into(), at: 9 };
        erased.erased = Some(ErasedLines { lines: vec![line], hash: String::new() });
        erased.seal_erased();
        assert!(erased.is_bare() && !erased.is_intact(), "nobody can tell");
        assert_eq!(guessed(&erased).computed(), erased.hash, "the line is found by trying");
        assert_eq!(erased.erase(|_| false, "", ("", 0), salts()), 0);
        assert!(erased.is_intact() && !erased.is_bare());
        assert_eq!((erased.people[0].salt.as_str(), erased.people[1].salt.as_str()), ("", "salt2"));
        for is_salted in [true, false] {
            let guess = FrozenCertificates { salted: is_salted, ..guessed(&erased) };
            assert_ne!(guess.computed(), erased.hash);
        }
    }
}
