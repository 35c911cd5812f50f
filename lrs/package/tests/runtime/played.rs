//! A SCO that is played in a test: its data model, its commits, and what became of them.

use jiff::Timestamp;
use package::Kind;
use package::runtime::{
    Applied, Commit, CommitRefusal, LessonMode, Sco, ScoLaunch, ScoLearner, ScoState, apply,
};
use serde_json::{Map, Value, json};
use uuid::Uuid;
use validator::{Version, check};

pub(crate) const COURSE: &str = "https://traccia.example/p/corso";
pub(crate) const REGISTRATION: &str = "6e2a4f0c-6d1c-4f5e-9d44-1f8f0a3b2c1d";
/// 29 November 2026, 9:00 UTC, in seconds.
const START: i64 = 1_795_942_800;

pub(crate) fn launch(standard: Kind) -> ScoLaunch {
    ScoLaunch {
        actor: json!({ "objectType": "Agent", "account": { "homePage": "https://traccia.example", "name": "anna" } }),
        learner: ScoLearner { id: "anna".to_owned(), name: "Rossi, Anna".to_owned() },
        registration: REGISTRATION.parse().unwrap(),
        activity: COURSE.to_owned(),
        title: "Corso".to_owned(),
        standard,
        mode: LessonMode::Normal,
        sco: Sco {
            identifier: "I1".to_owned(),
            title: "Uno".to_owned(),
            is_completion_set_by_content: true,
            ..Sco::default()
        },
    }
}

/// An instant, in seconds after the start.
pub(crate) fn at(seconds: i64) -> Timestamp {
    Timestamp::from_second(START + seconds).unwrap()
}

/// A SCO and the server's part.
pub(crate) struct Play {
    pub(crate) launch: ScoLaunch,
    pub(crate) state: Option<ScoState>,
    pub(crate) cmi: Map<String, Value>,
    pub(crate) session: Uuid,
    pub(crate) sequence: u64,
    /// Seconds after the start.
    pub(crate) now: i64,
    /// All statements, the earliest first.
    pub(crate) said: Vec<Value>,
}

impl Play {
    pub(crate) fn of(launch: ScoLaunch) -> Self {
        Self {
            launch,
            state: None,
            cmi: Map::new(),
            session: Uuid::nil(),
            sequence: 0,
            now: 0,
            said: Vec::new(),
        }
    }

    /// Begins a session, and gives `cmi` as the SCO finds it.
    pub(crate) fn begin(&mut self, session: u128) -> Value {
        (self.session, self.sequence) = (Uuid::from_u128(session), 0);
        let commit = Commit { begin: true, ..self.made(false) };
        let applied = self.apply(&commit).unwrap();
        self.cmi.clone_from(applied.answer["cmi"].as_object().unwrap());
        applied.answer["cmi"].clone()
    }

    /// A commit as the player makes the next one.
    pub(crate) fn made(&self, terminate: bool) -> Commit {
        Commit {
            session: self.session,
            sequence: self.sequence,
            sco: self.launch.sco.identifier.clone(),
            at: at(self.now).to_string(),
            begin: false,
            after: None,
            cmi: self.cmi.clone(),
            partial: false,
            terminate,
            sequencing: None,
        }
    }

    pub(crate) fn set(&mut self, name: &str, value: &str) {
        let path: Vec<_> = name.strip_prefix("cmi.").unwrap().split('.').collect();
        let (last, objects) = path.split_last().unwrap();
        let mut place = &mut self.cmi;
        for name in objects {
            place = place.entry(*name).or_insert_with(|| json!({})).as_object_mut().unwrap();
        }
        place.insert((*last).to_owned(), value.into());
    }

    pub(crate) fn commit(&mut self) -> Applied {
        self.sequence += 1;
        self.apply(&self.made(false)).unwrap()
    }

    pub(crate) fn end(&mut self) -> Applied {
        self.sequence += 1;
        self.apply(&self.made(true)).unwrap()
    }

    /// Applies, keeps the state as the store does, and holds each statement against the standard.
    pub(crate) fn apply(&mut self, commit: &Commit) -> Result<Applied, CommitRefusal> {
        let applied = apply(&self.launch, self.state.as_ref(), commit, at(self.now))?;
        for statement in &applied.statements {
            for version in [Version::V1_0_3, Version::V2_0_0] {
                let report = check(statement.to_string().as_bytes(), version).err();
                assert!(report.is_none(), "{statement:#}\n{report:#?}");
            }
        }
        let kept = serde_json::to_string(&applied.state).unwrap();
        self.state = Some(serde_json::from_str(&kept).unwrap());
        assert_eq!(self.state.as_ref(), Some(&applied.state), "a state is what its JSON says");
        self.said.extend(applied.statements.iter().cloned());
        Ok(applied)
    }

    pub(crate) fn verbs(&self) -> Vec<&str> {
        self.said.iter().map(verb).collect()
    }

    pub(crate) fn last(&self, name: &str) -> &Value {
        self.said.iter().rfind(|it| verb(it) == name).unwrap()
    }
}

pub(crate) fn verb(statement: &Value) -> &str {
    statement["verb"]["id"].as_str().unwrap().rsplit('/').next().unwrap()
}
