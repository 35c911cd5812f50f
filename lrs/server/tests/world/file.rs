//! A plan as a course file.

use std::fmt::Write as _;

use crate::naive::{
    Days, Plan, PlannedCertificate, PlannedItem, PlannedModule, PlannedModuleRule, PlannedRule,
};

pub(crate) fn course_file(plan: &Plan) -> String {
    let zone = plan.zone;
    let mut text = format!("id = 'c'\ntitle = {{ it = 'C' }}\ntime_zone = '{zone}'\n");
    text += &window(plan.window);
    for (id, days) in &plan.editions {
        write!(text, "[[edition]]\nid = '{id}'\ntitle = {{ it = 'E' }}\n{}", window(*days))
            .unwrap();
    }
    if let Some(certificate) = &plan.certificate {
        text += &certificate_text(plan, certificate);
    }
    for module in &plan.modules {
        text += &module_text(plan, module);
    }
    text
}

fn window((begins, ends): Days) -> String {
    let line = |key: &str, day: Option<_>| {
        day.map_or_else(String::new, |day: jiff::civil::Date| format!("{key} = {day}\n"))
    };
    line("begins", begins) + &line("ends", ends)
}

fn list<T: AsRef<str>>(texts: impl IntoIterator<Item = T>) -> String {
    let quoted = texts.into_iter().map(|text| format!("'{}'", text.as_ref()));
    format!("[{}]", quoted.collect::<Vec<_>>().join(", "))
}

/// A TOML float.
fn number(text: &str) -> String {
    if text.contains('.') { text.to_owned() } else { format!("{text}.0") }
}

fn modules(plan: &Plan, positions: &[usize]) -> String {
    list(positions.iter().map(|position| &plan.modules[*position].id))
}

fn certificate_text(plan: &Plan, certificate: &PlannedCertificate) -> String {
    let mut text = String::from("[certificate]\n");
    if let Some(positions) = &certificate.modules {
        writeln!(text, "modules = {}", modules(plan, positions)).unwrap();
    }
    for (key, value) in [
        ("hours", certificate.hours),
        ("hours_presence", certificate.hours_presence),
        ("score", certificate.score),
    ] {
        if let Some(value) = value {
            writeln!(text, "{key} = {}", number(value)).unwrap();
        }
    }
    if let Some(by) = certificate.by {
        writeln!(text, "by = {by}").unwrap();
    }
    text
}

fn module_text(plan: &Plan, module: &PlannedModule) -> String {
    let mut text = format!("[[module]]\nid = '{}'\ntitle = {{ it = 'M' }}\n", module.id);
    writeln!(text, "weight = {}", number(module.weight)).unwrap();
    writeln!(text, "requires = {}", modules(plan, &module.requires)).unwrap();
    if !module.audience.is_empty() {
        let lists = module.audience.iter().map(|(key, values)| format!("{key} = {}", list(values)));
        writeln!(text, "audience = {{ {} }}", lists.collect::<Vec<_>>().join(", ")).unwrap();
    }
    writeln!(text, "complete_when = {}", module_rule(&module.rule)).unwrap();
    for item in &module.items {
        text += &item_text(module, item);
    }
    text
}

impl PlannedItem {
    /// The key it has in the file, or takes from what it selects.
    pub(crate) fn key(&self) -> String {
        let by_prefix = || Some(format!("prefix {}", self.prefixes.first()?));
        let by_context = || Some(format!("within {}", self.within.first()?));
        let given = self.key.clone().or_else(|| self.ids.first().cloned());
        given.or_else(by_prefix).or_else(by_context).unwrap()
    }
}

fn item_text(module: &PlannedModule, item: &PlannedItem) -> String {
    let mut text = String::new();
    match &item.event {
        Some(event) => {
            text += "[[module.event]]\ntitle = { it = 'V' }\nkind = 'seminar'\n";
            if event.distance {
                text += "mode = 'distance'\n";
            }
        }
        None => text += "[[module.activity]]\n",
    }
    if let Some(key) = &item.key {
        writeln!(text, "key = '{key}'").unwrap();
    }
    for (key, iris) in [("id", &item.ids), ("prefix", &item.prefixes), ("within", &item.within)] {
        match iris.as_slice() {
            [] => {}
            [one] => writeln!(text, "{key} = '{one}'").unwrap(),
            many => writeln!(text, "{key} = {}", list(many)).unwrap(),
        }
    }
    if let Some(cap) = item.cap {
        writeln!(text, "hours = {}", number(cap)).unwrap();
    }
    if item.nominal {
        text += "credit = 'nominal'\n";
    }
    if item.last_score {
        text += "score = 'last'\n";
    }
    let requires = list(item.requires.iter().map(|position| module.items[*position].key()));
    writeln!(text, "weight = {}\nrequires = {requires}", number(item.weight)).unwrap();
    writeln!(text, "complete_when = {}", rule(&item.rule)).unwrap();
    text += &window(item.window);
    for (id, object) in item.event.iter().flat_map(|event| &event.sessions) {
        write!(text, "[[module.event.session]]\nid = '{id}'\ndate = 2026-03-29\n").unwrap();
        if let Some(object) = object {
            writeln!(text, "object = '{object}'").unwrap();
        }
    }
    text
}

fn rule(it: &PlannedRule) -> String {
    let many = |rules: &[PlannedRule]| rules.iter().map(rule).collect::<Vec<_>>().join(", ");
    match it {
        PlannedRule::Completed => "'completed'".into(),
        PlannedRule::Passed => "'passed'".into(),
        PlannedRule::Experienced => "'experienced'".into(),
        PlannedRule::Attended => "'attended'".into(),
        PlannedRule::Score(least) => format!("{{ score = {} }}", number(least)),
        PlannedRule::Hours(least) => format!("{{ hours = {} }}", number(least)),
        PlannedRule::AllOf(rules) => format!("{{ all_of = [{}] }}", many(rules)),
        PlannedRule::AnyOf(rules) => format!("{{ any_of = [{}] }}", many(rules)),
    }
}

fn module_rule(it: &PlannedModuleRule) -> String {
    let many =
        |rules: &[PlannedModuleRule]| rules.iter().map(module_rule).collect::<Vec<_>>().join(", ");
    match it {
        PlannedModuleRule::All => "'all'".into(),
        PlannedModuleRule::Any => "'any'".into(),
        PlannedModuleRule::AtLeast(n) => format!("{{ at_least = {n} }}"),
        PlannedModuleRule::Score(least) => format!("{{ score = {} }}", number(least)),
        PlannedModuleRule::Hours(least) => format!("{{ hours = {} }}", number(least)),
        PlannedModuleRule::AllOf(rules) => format!("{{ all_of = [{}] }}", many(rules)),
        PlannedModuleRule::AnyOf(rules) => format!("{{ any_of = [{}] }}", many(rules)),
    }
}
