//! On which learners a report is, and whether there are any.

use std::collections::BTreeSet;

use super::error::ProgressError;
use course::{Learner, Names, near};

/// On whom: learners that have all the values given.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Who {
    /// [`Learner::id`]
    pub learner: Option<String>,
    /// [`Learner::region`]
    pub region: Option<String>,
    /// [`Learner::province`]
    pub province: Option<String>,
    /// [`Learner::body`], or its ISTAT code.
    pub body: Option<String>,
    /// [`Learner::role`]
    pub role: Option<String>,
    /// [`Learner::office`]
    pub office: Option<String>,
    /// [`Learner::edition`]
    pub edition: Option<String>,
}

impl Who {
    /// Whether a learner has all the values.
    pub(super) fn includes(&self, learner: &Learner) -> bool {
        let is =
            |wanted: &Option<String>, value: &str| wanted.as_deref().is_none_or(|it| it == value);
        let of_body = is(&self.body, &learner.body)
            || self.body.as_ref() == Some(&learner.istat) && !learner.istat.is_empty();
        is(&self.learner, &learner.id)
            && is(&self.region, &learner.region)
            && is(&self.province, &learner.province)
            && of_body
            && is(&self.role, &learner.role)
            && is(&self.office, &learner.office)
            && is(&self.edition, &learner.edition)
    }

    /// Takes a role or office by the name that the course file gives it, where no learner has a value that is written
    /// so: a reader asks for what a report shows.
    pub(super) fn by_value<'l, L: Iterator<Item = &'l Learner>>(
        &mut self,
        names: &Names,
        learners: impl Fn() -> L,
    ) {
        for (column, wanted) in [("role", &mut self.role), ("office", &mut self.office)] {
            let Some(name) = wanted.as_ref() else { continue };
            let Some(value) = names.value_called(column, name) else { continue };
            let of = |learner: &'l Learner| match column {
                "role" => &learner.role,
                _ => &learner.office,
            };
            if !learners().any(|learner| of(learner) == name) {
                *wanted = Some(value.to_owned());
            }
        }
    }

    /// Refuses a value that none of the learners has, where it is no learner's id: a report on
    /// no learners would look as if none had done anything.
    ///
    /// # Errors
    /// [`ProgressError::NobodyHas`] with the values that look most like it.
    pub(super) fn is_known<'l>(
        &self,
        learners: impl Iterator<Item = &'l Learner>,
    ) -> Result<(), ProgressError> {
        let asked: Vec<Wanted<'_>> = self.asked().collect();
        if asked.is_empty() {
            return Ok(());
        }
        let mut known: Vec<BTreeSet<&str>> = vec![BTreeSet::new(); asked.len()];
        for learner in learners {
            for (asked, known) in asked.iter().zip(&mut known) {
                known.extend((asked.values)(learner));
            }
        }
        let unknown =
            |(asked, known): &(&Wanted<'_>, &BTreeSet<&str>)| !known.contains(asked.value);
        match asked.iter().zip(&known).find(unknown) {
            None => Ok(()),
            Some((asked, known)) => Err(ProgressError::NobodyHas {
                what: asked.what,
                value: asked.value.to_owned(),
                near: near(asked.value, known.iter().copied())
                    .into_iter()
                    .map(str::to_owned)
                    .collect(),
            }),
        }
    }

    /// The values given, but for the learner's id.
    fn asked(&self) -> impl Iterator<Item = Wanted<'_>> {
        let of: [(&'static str, &Option<String>, Values); 6] = [
            ("region", &self.region, |it| vec![&it.region]),
            ("province", &self.province, |it| vec![&it.province]),
            ("body", &self.body, |it| vec![&it.body, &it.istat]),
            ("role", &self.role, |it| vec![&it.role]),
            ("office", &self.office, |it| vec![&it.office]),
            ("edition", &self.edition, |it| vec![&it.edition]),
        ];
        of.into_iter().filter_map(|(what, value, values)| {
            Some(Wanted { what, value: value.as_deref()?, values })
        })
    }
}

type Values = fn(&Learner) -> Vec<&str>;

/// One of the values that learners must have.
struct Wanted<'w> {
    what: &'static str,
    value: &'w str,
    /// A learner's values of this kind.
    values: Values,
}
