//! Rules of a course file.

use std::ops::Range;

use toml::Spanned;

use super::{Check, MOST_HOURS};
use crate::model::{ActivityRule, ModuleRule};

/// What a rule of an activity may ask.
pub(super) struct Asked {
    /// Whether it is an event.
    pub(super) event: bool,
    /// The most hours that count for it.
    pub(super) hours: Option<f64>,
}

impl Check<'_> {
    pub(super) fn score(&mut self, span: Range<usize>, score: f64) {
        if !(-1.0..=1.0).contains(&score) {
            let message = format!("score = {score} is a scaled score: write -1 to 1, such as 0.6");
            self.fault(span, message);
        }
    }

    fn asked_hours(&mut self, span: Range<usize>, asked: f64, most: Option<f64>) {
        if !(0.0..=MOST_HOURS).contains(&asked) {
            let message = format!("hours = {asked} is out of range: write 0 to {MOST_HOURS}");
            self.fault(span, message);
        } else if let Some(most) = most.filter(|most| asked > *most) {
            let message = format!(
                "the rule asks {asked} hours, but at most {most} count: nobody could fulfil it"
            );
            self.fault(span, message);
        }
    }

    fn not_empty(&mut self, span: &Range<usize>, name: &str, count: usize) {
        if count == 0 {
            let message = format!("{name} is empty: name at least one rule");
            self.fault(span.clone(), message);
        }
    }

    pub(super) fn activity_rule(
        &mut self,
        rule: Option<Spanned<ActivityRule>>,
        asked: &Asked,
    ) -> ActivityRule {
        let Some(rule) = rule else {
            return if asked.event { ActivityRule::Attended } else { ActivityRule::Completed };
        };
        let span = rule.span();
        self.activity_part(&span, rule.get_ref(), asked);
        rule.into_inner()
    }

    fn activity_part(&mut self, span: &Range<usize>, rule: &ActivityRule, asked: &Asked) {
        match rule {
            ActivityRule::Attended if !asked.event => {
                let message = "an online activity is not attended: use completed, passed, \
                               experienced, score or hours, or make it a [[module.event]]";
                self.fault(span.clone(), message.into());
            }
            ActivityRule::Score(score) => self.score(span.clone(), *score),
            ActivityRule::Hours(hours) => self.asked_hours(span.clone(), *hours, asked.hours),
            ActivityRule::AllOf(rules) | ActivityRule::AnyOf(rules) => {
                self.not_empty(span, "the combined rule", rules.len());
                for rule in rules {
                    self.activity_part(span, rule, asked);
                }
            }
            _ => {}
        }
    }

    pub(super) fn module_rule(
        &mut self,
        rule: Option<Spanned<ModuleRule>>,
        activities: usize,
    ) -> ModuleRule {
        let Some(rule) = rule else { return ModuleRule::default() };
        let span = rule.span();
        self.module_part(&span, rule.get_ref(), activities);
        rule.into_inner()
    }

    fn module_part(&mut self, span: &Range<usize>, rule: &ModuleRule, activities: usize) {
        match rule {
            ModuleRule::AtLeast(n) if !(1..=activities.max(1)).contains(n) => {
                let message = format!(
                    "at_least = {n}, but the module has {activities} activities: write 1 to \
                     {activities}"
                );
                self.fault(span.clone(), message);
            }
            ModuleRule::Score(score) => self.score(span.clone(), *score),
            ModuleRule::Hours(hours) => self.asked_hours(span.clone(), *hours, None),
            ModuleRule::AllOf(rules) | ModuleRule::AnyOf(rules) => {
                self.not_empty(span, "the combined rule", rules.len());
                for rule in rules {
                    self.module_part(span, rule, activities);
                }
            }
            _ => {}
        }
    }
}
