//! The tables of the file, key by key.

use std::collections::BTreeMap;

use texts::Message;
use toml::Spanned;
use toml::de::DeValue;
use toml::value::Datetime;

use super::read::{Faults, Fields, Node, Read, Value};
use crate::model::{ActivityRule, Assessment, Audience, Credit, Mode, ModuleRule, ScoreRule};
use crate::territory::Territories;

type TitleText = Spanned<BTreeMap<String, String>>;

pub(crate) struct CourseText {
    pub(crate) id: Spanned<String>,
    pub(crate) iri: Option<Spanned<String>>,
    pub(crate) title: TitleText,
    pub(crate) time_zone: Spanned<String>,
    pub(crate) hours: Option<Spanned<f64>>,
    pub(crate) hours_per_year: Option<Spanned<f64>>,
    pub(crate) begins: Option<Spanned<Datetime>>,
    pub(crate) ends: Option<Spanned<Datetime>>,
    pub(crate) planned: Option<PlannedText>,
    pub(crate) at_risk_days: Option<Spanned<u16>>,
    pub(crate) territories: Territories,
    pub(crate) names: Option<NamesText>,
    pub(crate) editions: Vec<EditionText>,
    pub(crate) certificate: Option<CertificateText>,
    pub(crate) modules: Vec<ModuleText>,
}

impl Read for CourseText {
    const IS_TABLE: bool = true;

    fn read(node: &Node<'_>, faults: &mut Faults) -> Self {
        let mut fields = Fields::of(node, "course", faults);
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
            territories: fields.optional("territories").unwrap_or_default(),
            names: fields.optional("names"),
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
        let mut fields = Fields::of(node, "planned", faults);
        let read = Self { begins: fields.required("begins"), ends: fields.required("ends") };
        fields.end();
        read
    }
}

#[derive(Default)]
pub(crate) struct NamesText {
    pub(crate) role: TitlesText,
    pub(crate) office: TitlesText,
}

impl Read for NamesText {
    const IS_TABLE: bool = true;

    fn read(node: &Node<'_>, faults: &mut Faults) -> Self {
        let mut fields = Fields::of(node, "names", faults);
        let read = Self {
            role: fields.optional("role").unwrap_or_default(),
            office: fields.optional("office").unwrap_or_default(),
        };
        fields.end();
        read
    }
}

/// A title for each of some values.
#[derive(Default)]
pub(crate) struct TitlesText(pub(crate) Vec<(String, TitleText)>);

impl Read for TitlesText {
    const IS_TABLE: bool = true;

    fn read(node: &Node<'_>, faults: &mut Faults) -> Self {
        let Value::Table(table) = node.value else {
            node.should_be(Message::new("course-fault-titles"), faults);
            return Self::default();
        };
        let title = |(value, title): (&Spanned<_>, &Spanned<_>)| {
            let value: &std::borrow::Cow<'_, str> = value.get_ref();
            (value.to_string(), TitleText::read(&Node::new(value, title), faults))
        };
        Self(table.iter().map(title).collect())
    }
}

pub(crate) struct EditionText {
    pub(crate) id: Spanned<String>,
    pub(crate) title: TitleText,
    pub(crate) begins: Option<Spanned<Datetime>>,
    pub(crate) ends: Option<Spanned<Datetime>>,
}

impl Read for EditionText {
    const IS_TABLE: bool = true;

    fn read(node: &Node<'_>, faults: &mut Faults) -> Self {
        let mut fields = Fields::of(node, "edition", faults);
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
        let mut fields = Fields::of(node, "certificate", faults);
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
    pub(crate) title: TitleText,
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
        let mut fields = Fields::of(node, "module", faults);
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
    pub(crate) title: Option<TitleText>,
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
        let mut fields = Fields::of(node, "activity", faults);
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
    pub(crate) title: TitleText,
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
        let mut fields = Fields::of(node, "event", faults);
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
        let mut fields = Fields::of(node, "session", faults);
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
                node.should_be(Message::new("course-fault-texts"), faults);
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
        let mut fields = Fields::of(node, "audience", faults);
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
