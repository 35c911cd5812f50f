//! One learner of a cohort, and how platforms name them.

use std::collections::BTreeMap;

use rand::Rng;
use rand::seq::IndexedRandom;
use serde_json::{Value, json};

use super::body::Body;
use super::name::{FIRST_NAMES, SURNAMES, letters};
use super::site::Sites;
use course::{Identifier, Learner};

/// Moodle's numbers of the cohort begin here.
const FIRST_NUMBER: usize = 1001;

/// Somebody who learns, or at least sends statements.
#[derive(Clone, Debug)]
pub(super) struct Person {
    /// Their number on the main platform.
    pub(super) number: usize,
    /// The platform they learn on.
    pub(super) home: String,
    /// Which region it is of those of the cohort.
    pub(super) territory: usize,
    pub(super) learner: Learner,
    username: String,
    mbox: Identifier,
    main: String,
}

/// Where somebody works.
pub(super) struct Work<'a> {
    pub(super) body: &'a Body,
    pub(super) territory: usize,
    pub(super) role: String,
    pub(super) office: String,
    pub(super) edition: String,
    /// The platform of the region, where it has one.
    pub(super) platform: Option<&'a str>,
    /// Whether gender is asked for.
    pub(super) gender: bool,
}

impl Person {
    /// The learner at place `n` of a cohort.
    pub(super) fn new(n: usize, work: &Work<'_>, sites: &Sites, chance: &mut impl Rng) -> Self {
        let (first, woman) = FIRST_NAMES.choose(chance).copied().unwrap_or_default();
        let last = SURNAMES.choose(chance).copied().unwrap_or_default();
        let number = FIRST_NUMBER + n;
        let username = format!("{}.{}.{number}", letters(first), letters(last));
        let told = chance.random_bool(0.9);
        let gender = (work.gender && told).then_some(if woman { "F" } else { "M" });
        let Body { region, province, name: body, istat, population_class } = work.body.clone();
        let mut person = Self {
            number,
            home: work.platform.unwrap_or(&sites.main).to_owned(),
            territory: work.territory,
            mbox: Identifier::Mbox(format!("mailto:{username}@pa.example.it")),
            main: sites.main.clone(),
            username,
            learner: Learner {
                id: format!("u{number}"),
                name: format!("{first} {last}"),
                identifiers: Vec::new(),
                region,
                province,
                body,
                istat,
                population_class,
                role: work.role.clone(),
                office: work.office.clone(),
                edition: work.edition.clone(),
                attributes: gender
                    .map(|gender| BTreeMap::from([("gender".to_owned(), gender.to_owned())]))
                    .unwrap_or_default(),
            },
        };
        person.learner.identifiers = person.identifiers(sites);
        person
    }

    /// An account on the main platform and on every other one they use; the mail address, or
    /// where they hide it its hash. Registers go by the first.
    fn identifiers(&self, sites: &Sites) -> Vec<Identifier> {
        let mail = match self.mbox.hashed() {
            Some(hash) if self.number % 12 == 1 => hash,
            _ => self.mbox.clone(),
        };
        if !sites.online {
            return vec![mail];
        }
        let others = sites.others.iter().chain(std::iter::once(&self.home));
        let mut all = vec![self.account(&self.main)];
        all.extend(others.filter(|site| **site != self.main).map(|site| self.account(site)));
        all.push(mail);
        all
    }

    fn account(&self, site: &str) -> Identifier {
        let name = if site == self.main { self.number.to_string() } else { self.username.clone() };
        Identifier::Account { home_page: site.to_owned(), name }
    }

    /// Their account on a platform: a number on the main one, a user name on others.
    pub(super) fn on(&self, site: &str) -> Value {
        self.named(&self.account(site))
    }

    /// How packages that send statements by themselves name them: some by the mail address, some
    /// by its hash, the others as the platform does.
    pub(super) fn in_package(&self, site: &str) -> Value {
        match (self.number % 6, self.mbox.hashed()) {
            (1, Some(hash)) => self.named(&hash),
            (0 | 1, _) => self.named(&self.mbox),
            _ => self.on(site),
        }
    }

    /// How registers name them.
    pub(super) fn in_register(&self) -> Value {
        self.named(self.learner.identifiers.first().unwrap_or(&self.mbox))
    }

    fn named(&self, identifier: &Identifier) -> Value {
        let mut agent = identifier.to_agent();
        if let Some(members) = agent.as_object_mut() {
            members.insert("name".to_owned(), json!(self.learner.name));
        }
        agent
    }
}
