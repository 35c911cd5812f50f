//! The tables of the file, key by key.

use std::collections::BTreeMap;

use toml::Spanned;
use toml::de::DeValue;
use toml::value::Datetime;

use super::read::{Faults, Fields, Node, Read, Value};
use crate::course::model::{
    ActivityRule, Assessment, Audience, Credit, Mode, ModuleRule, ScoreRule,
};

type Words = Spanned<BTreeMap<String, String>>;

pub(in crate::course) struct CourseText {
    pub(in crate::course) id: Spanned<String>,
    pub(in crate::course) iri: Option<Spanned<String>>,
    pub(in crate::course) title: Words,
    pub(in crate::course) time_zone: Spanned<String>,
    pub(in crate::course) hours: Option<Spanned<f64>>,
    pub(in crate::course) hours_per_year: Option<Spanned<f64>>,
    pub(in crate::course) begins: Option<Spanned<Datetime>>,
    pub(in crate::course) ends: Option<Spanned<Datetime>>,
    pub(in crate::course) planned: Option<PlannedText>,
    pub(in crate::course) at_risk_days: Option<Spanned<u16>>,
    pub(in crate::course) editions: Vec<EditionText>,
    pub(in crate::course) certificate: Option<CertificateText>,
    pub(in crate::course) modules: Vec<ModuleText>,
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

pub(in crate::course) struct PlannedText {
    pub(in crate::course) begins: Spanned<Datetime>,
    pub(in crate::course) ends: Spanned<Datetime>,
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

pub(in crate::course) struct EditionText {
    pub(in crate::course) id: Spanned<String>,
    pub(in crate::course) title: Words,
    pub(in crate::course) begins: Option<Spanned<Datetime>>,
    pub(in crate::course) ends: Option<Spanned<Datetime>>,
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

pub(in crate::course) struct CertificateText {
    pub(in crate::course) modules: Option<Vec<Spanned<String>>>,
    pub(in crate::course) hours: Option<Spanned<f64>>,
    pub(in crate::course) hours_presence: Option<Spanned<f64>>,
    pub(in crate::course) score: Option<Spanned<f64>>,
    pub(in crate::course) by: Option<Spanned<Datetime>>,
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

pub(in crate::course) struct ModuleText {
    pub(in crate::course) id: Spanned<String>,
    pub(in crate::course) title: Words,
    pub(in crate::course) hours: Option<Spanned<f64>>,
    pub(in crate::course) weight: Option<Spanned<f64>>,
    pub(in crate::course) requires: Vec<Spanned<String>>,
    pub(in crate::course) audience: Option<Spanned<Audience>>,
    pub(in crate::course) complete_when: Option<Spanned<ModuleRule>>,
    pub(in crate::course) activities: Vec<Spanned<ActivityText>>,
    pub(in crate::course) events: Vec<Spanned<EventText>>,
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

pub(in crate::course) struct ActivityText {
    pub(in crate::course) key: Option<Spanned<String>>,
    pub(in crate::course) id: Option<Spanned<OneOrMany>>,
    pub(in crate::course) prefix: Option<Spanned<OneOrMany>>,
    pub(in crate::course) within: Option<Spanned<OneOrMany>>,
    pub(in crate::course) title: Option<Words>,
    pub(in crate::course) kind: Option<Spanned<String>>,
    pub(in crate::course) hours: Option<Spanned<f64>>,
    pub(in crate::course) credit: Option<Spanned<Credit>>,
    pub(in crate::course) score: Option<ScoreRule>,
    pub(in crate::course) weight: Option<Spanned<f64>>,
    pub(in crate::course) requires: Vec<Spanned<String>>,
    pub(in crate::course) assessment: Option<Assessment>,
    pub(in crate::course) begins: Option<Spanned<Datetime>>,
    pub(in crate::course) ends: Option<Spanned<Datetime>>,
    pub(in crate::course) complete_when: Option<Spanned<ActivityRule>>,
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

pub(in crate::course) struct EventText {
    pub(in crate::course) key: Spanned<String>,
    pub(in crate::course) title: Words,
    pub(in crate::course) kind: Spanned<String>,
    pub(in crate::course) mode: Option<Mode>,
    pub(in crate::course) id: Option<Spanned<OneOrMany>>,
    pub(in crate::course) prefix: Option<Spanned<OneOrMany>>,
    pub(in crate::course) within: Option<Spanned<OneOrMany>>,
    pub(in crate::course) hours: Option<Spanned<f64>>,
    pub(in crate::course) weight: Option<Spanned<f64>>,
    pub(in crate::course) requires: Vec<Spanned<String>>,
    pub(in crate::course) begins: Option<Spanned<Datetime>>,
    pub(in crate::course) ends: Option<Spanned<Datetime>>,
    pub(in crate::course) complete_when: Option<Spanned<ActivityRule>>,
    pub(in crate::course) sessions: Vec<SessionText>,
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

pub(in crate::course) struct SessionText {
    pub(in crate::course) id: Spanned<String>,
    pub(in crate::course) object: Option<Spanned<String>>,
    pub(in crate::course) date: Spanned<Datetime>,
    pub(in crate::course) from: Option<Spanned<Datetime>>,
    pub(in crate::course) to: Option<Spanned<Datetime>>,
    pub(in crate::course) place: String,
    pub(in crate::course) region: String,
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

pub(in crate::course) enum OneOrMany {
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
    pub(in crate::course) fn into_list(self) -> Vec<String> {
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
