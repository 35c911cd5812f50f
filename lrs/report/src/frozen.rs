//! A certificate list that was frozen: what was true on one day, by which rule, under a hash.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

use course::{Bilingual, Course, Title};

use crate::certificate;
use crate::figure;
use crate::table::{Cell, Table};
use crate::view::{Member, View};
use crate::words::{Value, words, words_with};

/// A frozen list. Its text is JSON; every member but `hash` goes into the hash.
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
    /// What was erased of the list since; nothing of a list that is as it was frozen.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub erased: Option<ErasedLines>,
}

/// Lines from which a person was erased. What [`FrozenCertificates::hash`] was made of is there no more.
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
}

impl FrozenCertificates {
    /// The list of all learners of a view, frozen at an instant (microseconds since 1970).
    pub fn freeze(view: &View<'_>, frozen: i64) -> Self {
        let mut list = Self::empty(view.course, view.day, view.through, frozen);
        list.people = view.members.iter().filter_map(|member| FrozenPerson::of(member)).collect();
        list.hash = list.computed();
        list
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
            erased: None,
        }
    }

    /// The hash that the list must have.
    pub fn computed(&self) -> String {
        let bare = Self { hash: String::new(), erased: None, ..self.clone() };
        hex::encode(Sha256::digest(bare.json()))
    }

    #[expect(clippy::expect_used, reason = "texts, numbers and days have a JSON text")]
    fn json(&self) -> Vec<u8> {
        serde_json::to_vec(self).expect("a list as JSON")
    }

    /// Whether nothing was changed since the hash was made, or since a person was erased.
    pub fn is_intact(&self) -> bool {
        match &self.erased {
            None => self.hash == self.computed(),
            Some(erased) => erased.hash == self.computed_erased(),
        }
    }

    /// The hash that [`ErasedLines::hash`] must be.
    fn computed_erased(&self) -> String {
        let bare = |erased: &ErasedLines| ErasedLines { hash: String::new(), ..erased.clone() };
        let list = Self { erased: self.erased.as_ref().map(bare), ..self.clone() };
        hex::encode(Sha256::digest(list.json()))
    }

    /// Erases from the list who is learner under one of these ids, on behalf of the erasure of this id, at an instant
    /// (microseconds since 1970). Body, hours and score stay, under the id `pseudonym`, and so does the list's hash.
    /// Gives how many lines were changed.
    pub fn erase(
        &mut self,
        is_person: impl Fn(&str) -> bool,
        pseudonym: &str,
        (erasure, at): (&str, i64),
    ) -> usize {
        let mut lines = Vec::new();
        for (number, person) in (1..).zip(&mut self.people) {
            if is_person(&person.learner) {
                pseudonym.clone_into(&mut person.learner);
                person.name.clear();
                lines.push(ErasedLine { line: number, erasure: erasure.to_owned(), at });
            }
        }
        let count = lines.len();
        if count > 0 {
            let empty = || ErasedLines { lines: Vec::new(), hash: String::new() };
            self.erased.get_or_insert_with(empty).lines.extend(lines);
            let hash = self.computed_erased();
            if let Some(erased) = &mut self.erased {
                erased.hash = hash;
            }
        }
        count
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
        })
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

    #[test]
    fn an_erased_line_is_said_and_the_hash_of_the_frozen_list_stays() {
        let text = r#"{"course":"c","title":{"it":"C","en":"C"},"date":"2026-10-31","rule":{"it":"","en":""},
            "time_zone":"Europe/Rome","through":null,"frozen":1,"people":[
            {"learner":"l1","name":"Anna Rossi","region":"Umbria","province":"","body":"B","istat":"","role":"",
             "office":"","edition":"","since":"2026-10-01","online":5,"presence":0,"score":null},
            {"learner":"l2","name":"B","region":"","province":"","body":"","istat":"","role":"","office":"",
             "edition":"","since":"2026-10-01","online":0,"presence":0,"score":null}]}"#;
        let mut list: FrozenCertificates = serde_json::from_str(text).unwrap();
        list.hash = list.computed();
        let hash = list.hash.clone();
        assert_eq!(list.erase(|id| id == "l9", "erased", ("e", 9)), 0);
        assert!(list.is_intact() && list.erased.is_none());
        assert_eq!(list.erase(|id| id == "l1", "erased", ("e", 9)), 1);
        assert_eq!((&list.hash, list.is_intact()), (&hash, true));
        let text = serde_json::to_string(&list).unwrap();
        assert!(!text.contains("Anna") && !text.contains("l1"), "{text}");
        assert!(
            list.notes().len() == 3 && list.people[0].online == 5 && list.people[0].body == "B"
        );
        let mut changed: FrozenCertificates = serde_json::from_str(&text).unwrap();
        assert_eq!(changed, list);
        changed.people[1].online = 7;
        assert!(!changed.is_intact());
    }
}
