//! How a problem is said to people: which statement it is about, and in which language.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;
use utoipa::ToSchema;

use super::Problem;
use course::{CourseErrors, Language, SheetErrors};
use service::refusals::{Found, RefusalWords};
use texts::{Message, Texts};
use xapi::subject::Subject;

/// What a refused statement of a batch is about, so that its sender finds it.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Named {
    /// Its place in the batch, from 0.
    statement: usize,
    /// The verb's id.
    #[serde(skip_serializing_if = "Option::is_none")]
    verb: Option<String>,
    /// The id of the activity or statement, or the identifier of the agent.
    #[serde(skip_serializing_if = "Option::is_none")]
    object: Option<String>,
    /// The actor's identifier, as in lists of learners.
    #[serde(skip_serializing_if = "Option::is_none")]
    actor: Option<String>,
}

/// One fault of a file that people write.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct Fault {
    /// Line in the file, from 1.
    line: u64,
    /// Of a course file: the column in that line, in characters, from 1.
    #[serde(skip_serializing_if = "Option::is_none")]
    column: Option<usize>,
    /// Of a list or sheet: the heading of the column at fault.
    #[serde(skip_serializing_if = "Option::is_none")]
    heading: Option<String>,
    /// What is wrong and what to do.
    message: String,
}

/// What is wrong, where the catalogue says so in every language.
#[derive(Clone, Debug)]
pub(super) enum InEveryLanguage {
    /// The faults of a course file.
    Course(CourseErrors),
    /// The faults of a learner list or a presence sheet.
    Sheet(SheetErrors),
    /// One sentence.
    Message(Message),
}

impl InEveryLanguage {
    fn in_language(&self, texts: &Texts) -> String {
        match self {
            Self::Course(errors) => errors.said_in(texts),
            Self::Sheet(errors) => errors.said_in(texts),
            Self::Message(message) => message.said_in(texts),
        }
    }
}

impl InEveryLanguage {
    /// The faults, where it is about a file.
    fn faults(&self, texts: &Texts) -> Vec<Fault> {
        match self {
            Self::Course(CourseErrors(faults)) => {
                let fault = |it: &course::CourseError| Fault {
                    line: it.line as u64,
                    column: Some(it.column),
                    heading: None,
                    message: it.text(texts),
                };
                faults.iter().map(fault).collect()
            }
            Self::Sheet(SheetErrors(faults)) => {
                let fault = |it: &course::SheetError| Fault {
                    line: it.line,
                    column: None,
                    heading: it.column.clone(),
                    message: it.message.said_in(texts),
                };
                faults.iter().map(fault).collect()
            }
            Self::Message(_) => Vec::new(),
        }
    }
}

impl Named {
    /// In the words of a language; empty where nothing is known.
    fn said(&self, texts: &Texts) -> String {
        let parts = [
            ("subject-verb", &self.verb),
            ("subject-object", &self.object),
            ("subject-actor", &self.actor),
        ];
        let said = parts.into_iter().filter_map(|(message, id)| {
            let id = id.as_ref()?;
            Some(texts.say(message, &[("id", id.clone())]).unwrap_or_else(|| id.clone()))
        });
        said.collect::<Vec<_>>().join(", ")
    }
}

impl Problem {
    /// The places in their batch of the statements that this problem names, from 0.
    pub fn places(&self) -> BTreeSet<usize> {
        let violations = self.0.violations.iter().filter_map(|violation| violation.statement);
        violations.chain(self.0.statement).collect()
    }

    /// The same problem, saying what the statements at those places are about.
    #[must_use]
    pub fn naming(mut self, subjects: BTreeMap<usize, Subject>) -> Self {
        let named =
            |(statement, Subject { verb, object, actor })| Named { statement, verb, object, actor };
        self.0.subjects = subjects.into_iter().map(named).collect();
        self
    }

    /// The same problem as people read it: with the statement it is about in front, counted from
    /// 1, and in this language. What the language has no text for stays English.
    #[must_use]
    pub fn said_in(&self, language: Language) -> Self {
        let mut said = self.clone();
        let texts = match language {
            Language::En => Texts::english(),
            Language::It => {
                said.translate(Texts::italian());
                Texts::italian()
            }
        };
        said.put_together(texts);
        said
    }

    /// What is kept of the problem: its words in both languages, which name no person.
    pub(crate) fn found(&self) -> Found {
        let mut plain = self.clone();
        plain.0.subjects.clear();
        let words = |language| {
            let Self(members) = plain.said_in(language);
            RefusalWords { message: members.detail, remedy: members.remedy }
        };
        Found {
            clause: self.0.clause.to_owned(),
            index: self.0.statement,
            pointer: self.0.pointer.clone(),
            it: words(Language::It),
            en: words(Language::En),
            statements: None,
        }
    }

    fn translate(&mut self, texts: &Texts) {
        let members = &mut *self.0;
        if let Some(title) = texts.say(&format!("status-{}", members.status), &[]) {
            members.title = Cow::Owned(title);
        }
        let rule = format!("rule-{}", members.text.unwrap_or(&members.rule));
        // Of these, what is at fault says the words, and not the one who asks.
        let is_said = |name: &str| matches!(name, "why" | "remedy");
        for (_, value) in members.values.iter_mut().filter(|(name, _)| is_said(name)) {
            *value = texts.of_english(value).into_owned();
        }
        if let Some(said) = &members.said {
            members.detail = said.in_language(texts);
        } else if let Some(text) = texts.say(&rule, &members.values) {
            members.detail = text;
        }
        if let Some(text) = texts.say(&format!("{rule}.remedy"), &members.values) {
            members.remedy = text;
        }
        for violation in &mut members.violations {
            let rule = format!("rule-{}", violation.rule);
            if let Some(text) = texts.say(&rule, &[]) {
                violation.message = text;
            }
            if let Some(text) = texts.say(&format!("{rule}.remedy"), &[]) {
                violation.remedy = Cow::Owned(text);
            }
        }
    }

    fn put_together(&mut self, texts: &Texts) {
        let members = &mut *self.0;
        members.faults = members.said.as_ref().map(|said| said.faults(texts)).unwrap_or_default();
        if members.others > 0 {
            let values = [("text", members.detail.clone()), ("count", members.others.to_string())];
            if let Some(detail) = texts.say("and-others", &values) {
                members.detail = detail;
            }
        }
        let Some(statement) = members.statement else { return };
        let named = members.subjects.iter().find(|named| named.statement == statement);
        let subject = named.map(|named| named.said(texts)).unwrap_or_default();
        let message = if subject.is_empty() { "statement-at-unnamed" } else { "statement-at" };
        let values = [
            ("position", (statement + 1).to_string()),
            ("subject", subject),
            ("text", members.detail.clone()),
        ];
        if let Some(detail) = texts.say(message, &values) {
            members.detail = detail;
        }
    }
}
