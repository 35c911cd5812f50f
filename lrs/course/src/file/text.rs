//! The tables of the file, key by key.

use std::collections::BTreeMap;

use toml::Spanned;
use toml::de::DeValue;
use toml::value::Datetime;

use super::read::{Faults, Fields, Node, Read, Value};
use crate::model::{ActivityRule, Assessment, Audience, Credit, Mode, ModuleRule, ScoreRule};

type Words = Spanned<BTreeMap<String, String>>;

pub(crate) struct CourseText {
    pub(crate) id: Spanned<String>,
    pub(crate) iri: Option<Spanned<String>>,
    pub(crate) title: Words,
    pub(crate) time_zone: Spanned<String>,
    pub(crate) hours: Option<Spanned<f64>>,
    pub(crate) hours_per_year: Option<Spanned<f64>>,
    pub(crate) begins: Option<Spanned<Datetime>>,
    pub(crate) ends: Option<Spanned<Datetime>>,
    pub(crate) planned: Option<PlannedText>,
    pub(crate) at_risk_days: Option<Spanned<u16>>,
    pub(crate) editions: Vec<EditionText>,
    pub(crate) certificate: Option<CertificateText>,
    pub(crate) modules: Vec<ModuleText>,
}

impl Read for CourseText {
    const IS_TABLE: bool = true;

    fn read(node: &Node<'_>, faults: &mut Faults) -> Self {
        let mut fields = Fields::of(node, "a course", faults);
        let read = Self {
            id: fields.required("id"),
            iri: fields.optional("iri"),
            title: fields.required("title"),
            time_zone: fields.required("time_zone"),
            hours: fields.optional("hours"),
            hours_per_year: fields.optional("hours_per_year"),
            begins: fields.optional("begins"),
            ends: fields.optional("ends"),
            planned: fields.optional("planned"),
            at_risk_days: fields.optional("at_risk_days"),
            editions: fields.list("edition"),
            certificate: fields.optional("certificate"),
            modules: fields.list("module"),
        };
        fields.end();
        read
    }
}

pub(crate) struct PlannedText {
    pub(crate) begins: Spanned<Datetime>,
    pub(crate) ends: Spanned<Datetime>,
}

impl Read for PlannedText {
    const IS_TABLE: bool = true;

    fn read(node: &Node<'_>, faults: &mut Faults) -> Self {
        let mut fields = Fields::of(node, "`planned`", faults);
        let read = Self { begins: fields.required("begins"), ends: fields.required("ends") };
        fields.end();
        read
    }
}

pub(crate) struct EditionText {
    pub(crate) id: Spanned<String>,
    pub(crate) title: Words,
    pub(crate) begins: Option<Spanned<Datetime>>,
    pub(crate) ends: Option<Spanned<Datetime>>,
}

impl Read for EditionText {
    const IS_TABLE: bool = true;

    fn read(node: &Node<'_>, faults: &mut Faults) -> Self {
        let mut fields = Fields::of(node, "an edition", faults);
        let read = Self {
            id: fields.required("id"),
            title: fields.required("title"),
            begins: fields.optional("begins"),
            ends: fields.optional("ends"),
        };
        fields.end();
        read
    }
}

pub(crate) struct CertificateText {
    pub(crate) modules: Option<Vec<Spanned<String>>>,
    pub(crate) hours: Option<Spanned<f64>>,
    pub(crate) hours_presence: Option<Spanned<f64>>,
    pub(crate) score: Option<Spanned<f64>>,
    pub(crate) by: Option<Spanned<Datetime>>,
}

impl Read for CertificateText {
    const IS_TABLE: bool = true;

    fn read(node: &Node<'_>, faults: &mut Faults) -> Self {
        let mut fields = Fields::of(node, "a certificate", faults);
        let read = Self {
            modules: fields.optional("modules"),
            hours: fields.optional("hours"),
            hours_presence: fields.optional("hours_presence"),
            score: fields.optional("score"),
            by: fields.optional("by"),
        };
        fields.end();
        read
    }
}

pub(crate) struct ModuleText {
    pub(crate) id: Spanned<String>,
    pub(crate) title: Words,
    pub(crate) hours: Option<Spanned<f64>>,
    pub(crate) weight: Option<Spanned<f64>>,
    pub(crate) requires: Vec<Spanned<String>>,
    pub(crate) audience: Option<Spanned<Audience>>,
    pub(crate) complete_when: Option<Spanned<ModuleRule>>,
    pub(crate) activities: Vec<Spanned<ActivityText>>,
    pub(crate) events: Vec<Spanned<EventText>>,
}

impl Read for ModuleText {
    const IS_TABLE: bool = true;

    fn read(node: &Node<'_>, faults: &mut Faults) -> Self {
        let mut fields = Fields::of(node, "a module", faults);
        let read = Self {
            id: fields.required("id"),
            title: fields.required("title"),
            hours: fields.optional("hours"),
            weight: fields.optional("weight"),
            requires: fields.list("requires"),
            audience: fields.optional("audience"),
            complete_when: fields.optional("complete_when"),
            activities: fields.list("activity"),
            events: fields.list("event"),
        };
        fields.end();
        read
    }
}

pub(crate) struct ActivityText {
    pub(crate) key: Option<Spanned<String>>,
    pub(crate) id: Option<Spanned<OneOrMany>>,
    pub(crate) prefix: Option<Spanned<OneOrMany>>,
    pub(crate) within: Option<Spanned<OneOrMany>>,
    pub(crate) package: Option<Spanned<String>>,
    pub(crate) title: Option<Words>,
    pub(crate) kind: Option<Spanned<String>>,
    pub(crate) hours: Option<Spanned<f64>>,
    pub(crate) credit: Option<Spanned<Credit>>,
    pub(crate) score: Option<ScoreRule>,
    pub(crate) weight: Option<Spanned<f64>>,
    pub(crate) requires: Vec<Spanned<String>>,
    pub(crate) assessment: Option<Assessment>,
    pub(crate) begins: Option<Spanned<Datetime>>,
    pub(crate) ends: Option<Spanned<Datetime>>,
    pub(crate) complete_when: Option<Spanned<ActivityRule>>,
}

impl Read for ActivityText {
    const IS_TABLE: bool = true;

    fn read(node: &Node<'_>, faults: &mut Faults) -> Self {
        let mut fields = Fields::of(node, "an activity", faults);
        let read = Self {
            key: fields.optional("key"),
            id: fields.optional("id"),
            prefix: fields.optional("prefix"),
            within: fields.optional("within"),
            package: fields.optional("package"),
            title: fields.optional("title"),
            kind: fields.optional("kind"),
            hours: fields.optional("hours"),
            credit: fields.optional("credit"),
            score: fields.optional("score"),
            weight: fields.optional("weight"),
            requires: fields.list("requires"),
            assessment: fields.optional("assessment"),
            begins: fields.optional("begins"),
            ends: fields.optional("ends"),
            complete_when: fields.optional("complete_when"),
        };
        fields.end();
        read
    }
}

pub(crate) struct EventText {
    pub(crate) key: Spanned<String>,
    pub(crate) title: Words,
    pub(crate) kind: Spanned<String>,
    pub(crate) mode: Option<Mode>,
    pub(crate) id: Option<Spanned<OneOrMany>>,
    pub(crate) prefix: Option<Spanned<OneOrMany>>,
    pub(crate) within: Option<Spanned<OneOrMany>>,
    pub(crate) hours: Option<Spanned<f64>>,
    pub(crate) weight: Option<Spanned<f64>>,
    pub(crate) requires: Vec<Spanned<String>>,
    pub(crate) begins: Option<Spanned<Datetime>>,
    pub(crate) ends: Option<Spanned<Datetime>>,
    pub(crate) complete_when: Option<Spanned<ActivityRule>>,
    pub(crate) sessions: Vec<SessionText>,
}

impl Read for EventText {
    const IS_TABLE: bool = true;

    fn read(node: &Node<'_>, faults: &mut Faults) -> Self {
        let mut fields = Fields::of(node, "an event", faults);
        let read = Self {
            key: fields.required("key"),
            title: fields.required("title"),
            kind: fields.required("kind"),
            mode: fields.optional("mode"),
            id: fields.optional("id"),
            prefix: fields.optional("prefix"),
            within: fields.optional("within"),
            hours: fields.optional("hours"),
            weight: fields.optional("weight"),
            requires: fields.list("requires"),
            begins: fields.optional("begins"),
            ends: fields.optional("ends"),
            complete_when: fields.optional("complete_when"),
            sessions: fields.list("session"),
        };
        fields.end();
        read
    }
}

pub(crate) struct SessionText {
    pub(crate) id: Spanned<String>,
    pub(crate) object: Option<Spanned<String>>,
    pub(crate) date: Spanned<Datetime>,
    pub(crate) from: Option<Spanned<Datetime>>,
    pub(crate) to: Option<Spanned<Datetime>>,
    pub(crate) place: String,
    pub(crate) region: String,
}

impl Read for SessionText {
    const IS_TABLE: bool = true;

    fn read(node: &Node<'_>, faults: &mut Faults) -> Self {
        let mut fields = Fields::of(node, "a session", faults);
        let read = Self {
            id: fields.required("id"),
            object: fields.optional("object"),
            date: fields.required("date"),
            from: fields.optional("from"),
            to: fields.optional("to"),
            place: fields.optional("place").unwrap_or_default(),
            region: fields.optional("region").unwrap_or_default(),
        };
        fields.end();
        read
    }
}

pub(crate) enum OneOrMany {
    One(String),
    Many(Vec<String>),
}

impl Read for OneOrMany {
    fn read(node: &Node<'_>, faults: &mut Faults) -> Self {
        match node.value {
            Value::Plain(DeValue::String(text)) => Self::One(text.to_string()),
            Value::Plain(DeValue::Array(_)) => Self::Many(Vec::read(node, faults)),
            _ => {
                node.should_be("a text or a list of texts: write it in quotation marks", faults);
                Self::Many(Vec::new())
            }
        }
    }
}

impl OneOrMany {
    pub(crate) fn into_list(self) -> Vec<String> {
        match self {
            Self::One(text) => vec![text],
            Self::Many(texts) => texts,
        }
    }
}

impl Read for Audience {
    const IS_TABLE: bool = true;

    fn read(node: &Node<'_>, faults: &mut Faults) -> Self {
        let mut fields = Fields::of(node, "an audience", faults);
        let read = Self {
            role: fields.list("role"),
            office: fields.list("office"),
            region: fields.list("region"),
            edition: fields.list("edition"),
        };
        fields.end();
        read
    }
}
