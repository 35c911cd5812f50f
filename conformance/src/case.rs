//! A case: one behaviour that is tested, with the requirements it stands for.

use std::future::Future;
use std::sync::Arc;

use crate::catalogue::{self, Level, Requirement};
use crate::failure::Checked;
use crate::lrs::Lrs;
use crate::transport::Pending;
use crate::version::Version;

type Run = Arc<dyn Fn(Lrs) -> Pending<'static, Checked> + Send + Sync>;

/// One behaviour that is tested.
#[derive(Clone)]
pub struct Case {
    /// A stable name: `score-scaled-range@result`.
    pub id: String,
    /// What holds if the case passes, as a sentence.
    pub title: String,
    /// The part of the standard, one of [`crate::suite::areas`].
    pub area: &'static str,
    /// The requirements it stands for; never empty.
    pub requirements: Vec<String>,
    /// The versions it is for.
    pub versions: Vec<Version>,
    run: Run,
}

impl Case {
    /// A case for both versions.
    pub fn new<F, G>(id: &str, title: &str, requirements: &[&str], run: F) -> Self
    where
        F: Fn(Lrs) -> G + Send + Sync + 'static,
        G: Future<Output = Checked> + Send + 'static,
    {
        Self {
            id: id.to_owned(),
            title: title.to_owned(),
            area: "",
            requirements: requirements.iter().map(ToString::to_string).collect(),
            versions: Version::ALL.to_vec(),
            run: Arc::new(move |lrs| Box::pin(run(lrs))),
        }
    }

    /// The same case for one version alone.
    #[must_use]
    pub fn only(mut self, version: Version) -> Self {
        self.versions = vec![version];
        self
    }

    /// Runs it once against the server.
    pub fn run(&self, lrs: Lrs) -> Pending<'static, Checked> {
        (self.run)(lrs)
    }

    /// The requirements it stands for, from the catalogue.
    pub fn demands(&self) -> impl Iterator<Item = &'static Requirement> + '_ {
        self.requirements.iter().filter_map(|id| catalogue::find(id))
    }

    /// A recommendation only if all its requirements are.
    pub fn level(&self) -> Level {
        let must = self.demands().any(|requirement| requirement.level == Level::Must);
        if must { Level::Must } else { Level::Should }
    }
}

/// Cases of one area, each marked with it.
pub(crate) fn in_area(area: &'static str, cases: Vec<Case>) -> Vec<Case> {
    cases.into_iter().map(|case| Case { area, ..case }).collect()
}

/// A list of cases, two lines each: `"id" => function, ["XAPI-00001"], "What holds.";`
macro_rules! cases {
    ($($id:literal => $run:path, [$($requirement:literal),* $(,)?], $title:literal;)*) => {
        vec![$(Case::new($id, $title, &[$($requirement),*], $run)),*]
    };
}

pub(crate) use cases;
