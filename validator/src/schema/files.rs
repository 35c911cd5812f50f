//! The schema files, as published under `/schemas/`.

macro_rules! embedded {
    ($($name:literal),* $(,)?) => {
        [$(($name, include_str!(concat!("../../schemas/", $name)))),*]
    };
}

static FILES: [(&str, &str); 9] = embedded![
    "1.0.3/statement.json",
    "1.0.3/context.json",
    "1.0.3/actor.json",
    "1.0.3/activity.json",
    "1.0.3/attachment.json",
    "1.0.3/result.json",
    "1.0.3/value.json",
    "2.0.0/statement.json",
    "2.0.0/context.json",
];

/// Every schema file: its path (`1.0.3/statement.json`) and its text. They refer to each other by
/// relative paths; a statement is described by `statement.json` of its version. `x-rule` names the
/// [`Rule`](crate::Rule) behind a keyword.
pub fn files() -> &'static [(&'static str, &'static str)] {
    &FILES
}
