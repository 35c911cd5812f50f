//! Who is named by an identifier: all identifiers of the same learner, in all courses.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use course::{Enrolment, Identifier, Learner};
use serde::{Deserialize, Serialize};
use store::{ErasedPart, Kept, StoreError, changes_of_others, names_person};
use xapi::erase::Eraser;
use xapi::instant::Instant;

use super::every::stopped;
use super::held::{Asked, Held, HeldId};
use super::run::removal::Deed;
use super::run::{UNREADABLE, value_of};
use super::{ErasureError, ErasureMode, Erasures, REMOVED, eraser, ifi, is_address};
use crate::compute::aside;

/// Statements looked at together.
pub(super) const STATEMENTS: usize = 1_000;
/// The name of the count of statements of others.
const OF_OTHERS: &str = "others";
/// The name of the count of documents of others.
const DOCUMENTS_OF_OTHERS: &str = "documents_of_others";
/// How often courses are gone through for further identifiers.
const ROUNDS: usize = 10;

/// What comes next in the log.
pub(crate) enum LogPart {
    /// Statements, and when the last of them was stored.
    Statements(Vec<Kept>, Instant),
    /// A statement that cannot be read, and when it was stored: what follows can be.
    Unreadable(Instant),
    /// Nothing.
    End,
}

/// Statements that name a person.
#[derive(Clone, Copy, Debug, Default)]
struct StatementCounts {
    all: u64,
    /// Of all, those of other people alone: a text in them has an identifier of the person.
    others: u64,
    /// Of all, those that go as a whole.
    removed: u64,
    /// Statements beside these that cannot be read.
    unreadable: u64,
}

/// A learner of a course who is the person.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct FoundLearner {
    /// The course's id.
    pub course: String,
    /// The learner's id.
    pub learner: String,
}

/// A person as they were found.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FoundPerson {
    /// All identifiers, as learner lists write them.
    pub identifiers: Vec<Identifier>,
    /// Who they are in courses.
    pub learners: Vec<FoundLearner>,
    /// The names by which they sign in as learners.
    pub accounts: Vec<String>,
    /// How many things of each kind name them.
    pub counts: BTreeMap<String, u64>,
    /// What names the person and is not changed, in words.
    pub left: Vec<String>,
    /// What statements, learner lists and accounts call the person.
    pub(crate) names: Vec<String>,
    /// The learners who were asked for as such.
    pub(crate) asked: Vec<FoundLearner>,
    /// The ids under which the person stands in frozen certificate lists.
    pub(crate) held: Vec<HeldId>,
    /// The ids under which the person stands in the audit log.
    pub(crate) records: Vec<FoundLearner>,
    /// Ids that the person had, and somebody else too.
    shared: Vec<FoundLearner>,
}

impl FoundPerson {
    /// What finds the person in texts.
    pub(crate) fn eraser(&self) -> Arc<Eraser> {
        let names = (&self.accounts[..], &self.names[..]);
        eraser(&self.identifiers, &self.records, names, "erased")
    }
}

/// An identifier as learner lists or reports write it.
pub(super) fn read(text: &str) -> Result<Identifier, ErasureError> {
    text.parse()
        .map_err(|error: course::IdentifierError| ErasureError::Identifier(error.to_string()))
}

/// The person of these identifiers and no others.
pub(super) fn given(first: &str, others: &[String]) -> Result<FoundPerson, ErasureError> {
    let given = std::iter::once(first).chain(others.iter().map(String::as_str));
    let identifiers: BTreeSet<Identifier> = given.map(read).collect::<Result<_, _>>()?;
    Ok(FoundPerson { identifiers: identifiers.into_iter().collect(), ..FoundPerson::default() })
}

/// The identifiers and the learners that these texts are.
fn asked(
    first: &str,
    others: &[String],
) -> Result<(BTreeSet<Identifier>, Vec<FoundLearner>), ErasureError> {
    let (mut identifiers, mut learners) = (BTreeSet::new(), Vec::new());
    for text in std::iter::once(first).chain(others.iter().map(String::as_str)) {
        match Asked::read(text)? {
            Asked::Identifier(identifier) => {
                identifiers.insert(identifier);
            }
            Asked::Learner(learner) => learners.push(learner),
        }
    }
    Ok((identifiers, learners))
}

impl Erasures {
    /// The person of these identifiers, with those that learner lists and accounts add.
    pub(crate) async fn find(
        &self,
        first: &str,
        others: &[String],
    ) -> Result<FoundPerson, ErasureError> {
        let (mut known, asked) = asked(first, others)?;
        known.extend(self.listed_under(&asked).await?);
        let (mut learners, mut accounts, mut names) = (Vec::new(), Vec::new(), BTreeSet::new());
        for _ in 0..ROUNDS {
            let before = known.len();
            learners = self.learners(&mut known, &mut names).await?;
            accounts = self.accounts(&mut known, &mut names).await?;
            if known.len() == before {
                break;
            }
        }
        let Held { ids: held, records, shared } = self.held(&known, &learners, &asked).await?;
        let forms = known.iter().flat_map(|it| [Some(it.clone()), it.hashed()]).flatten();
        for form in forms.collect::<Vec<Identifier>>() {
            names.extend(self.store.agent_names(&ifi(&form).to_string()).await?);
        }
        let (identifiers, names) = (known.into_iter().collect(), names.into_iter().collect());
        let (counts, left) = (BTreeMap::new(), Vec::new());
        Ok(FoundPerson {
            identifiers,
            learners,
            accounts,
            counts,
            left,
            names,
            asked,
            held,
            records,
            shared,
        })
    }

    /// What the log has after an instant.
    pub(crate) async fn part_of_log(&self, after: Instant) -> Result<LogPart, StoreError> {
        match self.store.log(after, STATEMENTS).await {
            Ok(page) => Ok(page
                .statements
                .last()
                .map(|last| last.statement.stored)
                .map_or(LogPart::End, |last| LogPart::Statements(page.statements, last))),
            Err(StoreError::Unreadable { stored, .. }) => Ok(LogPart::Unreadable(stored)),
            Err(error) => Err(error),
        }
    }

    /// The learners of all courses who have one of these identifiers, or were merged with one who has; their identifiers
    /// become known, and their names.
    async fn learners(
        &self,
        known: &mut BTreeSet<Identifier>,
        names: &mut BTreeSet<String>,
    ) -> Result<Vec<FoundLearner>, StoreError> {
        let mut found = Vec::new();
        for course in self.store.courses().await? {
            let Some(kept) = self.store.course(&course.id).await? else { continue };
            let (id, so_far) = (course.id.clone(), known.clone());
            // A course may have a hundred thousand learners.
            let theirs = aside(move || {
                let enrolment = enrolment(&id, &kept.enrolment)?;
                let theirs = of_person(&enrolment, &so_far).into_iter().cloned();
                Ok::<Vec<Learner>, StoreError>(theirs.collect())
            });
            for learner in theirs.await.map_err(|_| stopped())?? {
                known.extend(learner.identifiers);
                names.insert(learner.name);
                found.push(FoundLearner { course: course.id.clone(), learner: learner.id });
            }
        }
        Ok(found)
    }

    /// The names of learners who sign in, and have one of these identifiers; their identifiers become known, and what they are
    /// called.
    async fn accounts(
        &self,
        known: &mut BTreeSet<Identifier>,
        called: &mut BTreeSet<String>,
    ) -> Result<Vec<String>, StoreError> {
        let people = self.store.people().await?;
        let mut so_far = known.clone();
        let look = aside(move || {
            let (mut names, mut labels, mut forms) = (Vec::new(), Vec::new(), forms(&so_far));
            for person in people.into_iter().map(|held| held.kept.person) {
                let theirs = person.learner.iter().filter_map(|text| text.parse().ok());
                let theirs: Vec<Identifier> = theirs.collect();
                if theirs.iter().any(|it| forms.contains(&form(it))) {
                    so_far.extend(theirs);
                    forms = self::forms(&so_far);
                    names.push(person.name);
                    labels.push(person.label);
                }
            }
            (names, labels, so_far)
        });
        let (names, labels, found) = look.await.map_err(|_| stopped())?;
        *known = found;
        called.extend(labels);
        Ok(names)
    }

    /// What an erasure would change, counted.
    pub(super) async fn counted(
        &self,
        mut found: FoundPerson,
        mode: ErasureMode,
    ) -> Result<FoundPerson, ErasureError> {
        let eraser = found.eraser();
        let mut counts = BTreeMap::new();
        let mut count = |what: &str, number: u64| counts.insert(what.to_owned(), number);
        let StatementCounts { all, others, removed, unreadable } =
            self.counted_statements(&eraser, mode).await?;
        count("statements", all);
        if mode == ErasureMode::Delete {
            count(REMOVED, removed);
        }
        for (what, number) in [(OF_OTHERS, others), (UNREADABLE, unreadable)] {
            if number > 0 {
                count(what, number);
            }
        }
        let documents = self.documents_of_others(&eraser).await?;
        if documents > 0 {
            count(DOCUMENTS_OF_OTHERS, documents);
        }
        count("learners", found.learners.len() as u64);
        count("accounts", found.accounts.len() as u64);
        count(ErasedPart::Documents.as_str(), self.documents(&eraser).await?);
        count("certificates", self.lines(&found.held).await?);
        found.counts = counts;
        found.left = self.left(&eraser, &found.shared).await?;
        found.left.extend(unknown_addresses(&found.identifiers).map(|hash| {
            format!("what has the mail address whose hash is `{hash}`: no address can be made of a hash, so give the address too")
        }));
        let people = self.store.people().await?.into_iter().map(|it| it.kept.person.name);
        let of_others = people.filter(|it| !found.accounts.contains(it));
        let named = of_others.filter(|it| eraser.name(it).is_some());
        found.left.extend(named.map(|it| {
            format!("the account `{it}`, and what the audit log says that it did: it is no learner's of these identifiers")
        }));
        Ok(found)
    }

    /// How many documents name the person.
    pub(super) async fn documents(&self, eraser: &Arc<Eraser>) -> Result<u64, StoreError> {
        let (mut after, mut documents) = (None, 0_u64);
        loop {
            let page = self.store.documents_beyond(after.as_ref(), STATEMENTS).await?;
            let Some((last, _)) = page.last() else { return Ok(documents) };
            after = Some(last.clone());
            let eraser = Arc::clone(eraser);
            let named = aside(move || {
                let named =
                    page.iter().filter(|(key, document)| names_person(&eraser, key, document));
                named.count() as u64
            });
            documents = documents.saturating_add(named.await.map_err(|_| stopped())?);
        }
    }

    /// How many documents are of other people and would change.
    async fn documents_of_others(&self, eraser: &Arc<Eraser>) -> Result<u64, StoreError> {
        let (mut after, mut others) = (None, 0_u64);
        loop {
            let page = self.store.documents_beyond(after.as_ref(), STATEMENTS).await?;
            let Some((last, _)) = page.last() else { return Ok(others) };
            after = Some(last.clone());
            let eraser = Arc::clone(eraser);
            let of_others = aside(move || {
                let all = page.iter();
                all.filter(|(key, document)| changes_of_others(&eraser, key, document)).count()
            });
            others = others.saturating_add(of_others.await.map_err(|_| stopped())? as u64);
        }
    }

    /// Whether learner lists or accounts have one of these identifiers.
    pub(super) async fn is_listed(&self, identifiers: &[Identifier]) -> Result<bool, StoreError> {
        let mut known: BTreeSet<Identifier> = identifiers.iter().cloned().collect();
        let mut names = BTreeSet::new();
        let learners = self.learners(&mut known, &mut names).await?;
        let accounts = self.accounts(&mut known, &mut names).await?;
        let is_there = !learners.is_empty() || !accounts.is_empty();
        Ok(is_there || !self.held(&known, &[], &[]).await?.ids.is_empty())
    }

    /// How many statements an erasure of this mode changes.
    async fn counted_statements(
        &self,
        eraser: &Arc<Eraser>,
        mode: ErasureMode,
    ) -> Result<StatementCounts, StoreError> {
        let (mut after, mut counts) = (Instant::default(), StatementCounts::default());
        let exact = Arc::new((**eraser).clone().exact());
        loop {
            match self.part_of_log(after).await? {
                LogPart::Statements(page, last) => {
                    after = last;
                    let (of_page, exact) = (Arc::clone(eraser), Arc::clone(&exact));
                    let found = aside(move || deeds(&page, &of_page, &exact));
                    for (deed, is_of_others) in found.await.map_err(|_| stopped())?? {
                        counts.all = counts.all.saturating_add(1);
                        counts.others = counts.others.saturating_add(u64::from(is_of_others));
                        let goes = self.goes((mode, None), eraser, deed, |_| false).await?;
                        counts.removed = counts.removed.saturating_add(u64::from(goes));
                    }
                }
                LogPart::Unreadable(at) => {
                    after = at;
                    counts.unreadable = counts.unreadable.saturating_add(1);
                }
                LogPart::End => return Ok(counts),
            }
        }
    }

    /// What names the person and is not of the person: course files, keys that send in the person's name, and what stands
    /// under ids of learners that somebody else has had too; and what may be of the person, and nobody can say.
    async fn left(
        &self,
        eraser: &Eraser,
        shared: &[FoundLearner],
    ) -> Result<Vec<String>, StoreError> {
        let mut left = Vec::new();
        for course in self.store.courses().await? {
            let kept = self.store.course(&course.id).await?;
            if kept.is_some_and(|kept| eraser.text(&kept.file).is_some()) {
                left.push(format!("the file of the course `{}`", course.id));
            }
        }
        for kept in self.store.keys().await? {
            if eraser.is_named(kept.key.authority.ifi()) {
                left.push(format!("the key `{}`, whose authority is the person", kept.key.name));
            }
        }
        for FoundLearner { course, learner } in shared {
            left.push(format!(
                "entries of the audit log about `{course}/{learner}`: this id was somebody else's too"
            ));
        }
        for (course, lines) in self.unknown_lines().await? {
            left.push(format!(
                "lines of people who are on no learner list any more, in frozen lists of the course `{course}`, \
                 whose identifiers are not known ({lines}): erase one by `{course}/LEARNER`"
            ));
        }
        Ok(left)
    }
}

/// Of each statement of a page that names the person: what is said of who did it, and whether it is of others alone.
fn deeds(page: &[Kept], eraser: &Eraser, exact: &Eraser) -> Result<Vec<(Deed, bool)>, StoreError> {
    let bodies = page.iter().map(|kept| &kept.statement.body);
    let named = bodies.filter(|body| eraser.bytes(body).is_some());
    let deed = |body| Ok((Deed::of(eraser, &value_of(body)?), is_of_others(eraser, exact, body)));
    named.map(deed).collect()
}

/// Whether a statement would change, and has the person nowhere as an Agent.
pub(super) fn is_of_others(eraser: &Eraser, exact: &Eraser, body: &[u8]) -> bool {
    eraser.bytes(body).is_some() && exact.bytes(body).is_none()
}

/// The learners of a course.
pub(crate) fn enrolment(course: &str, kept: &str) -> Result<Enrolment, StoreError> {
    let corrupt =
        |error| StoreError::Corrupt(format!("the learners of the course {course}: {error}"));
    Enrolment::from_kept(kept).map_err(corrupt)
}

/// What identifiers are compared by, as [`Eraser::is_named`] does.
pub(crate) fn form(identifier: &Identifier) -> String {
    let text = ifi(identifier).to_string();
    if is_address(identifier) { text.to_lowercase() } else { text }
}

/// The hashes of mail addresses among these whose address is not among them.
fn unknown_addresses(identifiers: &[Identifier]) -> impl Iterator<Item = &String> {
    let lower = |it: &Identifier| match it {
        Identifier::Mbox(mbox) => Identifier::Mbox(mbox.to_lowercase()).hashed(),
        _ => None,
    };
    let known: BTreeSet<String> = identifiers
        .iter()
        .flat_map(|it| [it.hashed(), lower(it)])
        .flatten()
        .map(|it| form(&it))
        .collect();
    identifiers.iter().filter_map(move |it| match it {
        Identifier::MboxSha1sum(hash) if !known.contains(&form(it)) => Some(hash),
        _ => None,
    })
}

/// All forms of identifiers, hashed ones among them.
fn forms(known: &BTreeSet<Identifier>) -> BTreeSet<String> {
    let all = known.iter().flat_map(|it| [Some(it.clone()), it.hashed()]).flatten();
    all.map(|it| form(&it)).collect()
}

/// The learners who have one of these identifiers, and those who are one person with them.
pub(super) fn of_person<'e>(
    enrolment: &'e Enrolment,
    known: &BTreeSet<Identifier>,
) -> Vec<&'e Learner> {
    let forms = forms(known);
    let is_known = |it: &Identifier| forms.contains(&form(it));
    let has = |learner: &&Learner| learner.known_as().iter().any(is_known);
    let persons = enrolment.persons();
    let people: BTreeSet<&str> =
        enrolment.learners.iter().filter(has).map(|it| persons.of(&it.id)).collect();
    if people.is_empty() {
        return Vec::new();
    }
    let is_theirs = |learner: &&Learner| people.contains(persons.of(&learner.id));
    enrolment.learners.iter().filter(is_theirs).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_hash_is_unknown_without_its_address() {
        let address = |text: &str| Identifier::Mbox(text.to_owned());
        let anna = address("mailto:Anna@x.example");
        let (own, low) =
            (anna.hashed().unwrap(), address("mailto:anna@x.example").hashed().unwrap());
        let other = address("mailto:bea@x.example").hashed().unwrap();
        let hash = |it: &Identifier| it.listed().replace("mbox_sha1sum:", "");
        assert_eq!(unknown_addresses(&[anna.clone(), own.clone(), low]).count(), 0);
        let unknown = [own, anna, other.clone()];
        assert_eq!(unknown_addresses(&unknown).collect::<Vec<_>>(), [&hash(&other)]);
    }
}
