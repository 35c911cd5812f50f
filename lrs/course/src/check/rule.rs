//! Rules of a course file.

use std::ops::Range;

use texts::Message;
use toml::Spanned;

use super::{FileCheck, MOST_HOURS};
use crate::model::{ActivityRule, ModuleRule};

/// What a rule of an activity may ask.
pub(super) struct RuleLimits {
    /// Whether it is an event.
    pub(super) event: bool,
    /// The most hours that count for it.
    pub(super) hours: Option<f64>,
}

impl FileCheck<'_> {
    pub(super) fn score(&mut self, span: Range<usize>, score: f64) {
        if !(-1.0..=1.0).contains(&score) {
            self.fault(span, Message::new("course-fault-score").with("score", score));
        }
    }

    fn asked_hours(&mut self, span: Range<usize>, asked: f64, most: Option<f64>) {
        if !(0.0..=MOST_HOURS).contains(&asked) {
            let message = Message::new("course-fault-hours").with("hours", asked);
            self.fault(span, message.with("most", MOST_HOURS));
        } else if let Some(most) = most.filter(|most| asked > *most) {
            let message = Message::new("course-fault-hours-unreachable").with("hours", asked);
            self.fault(span, message.with("most", most));
        }
    }

    fn not_empty(&mut self, span: &Range<usize>, count: usize) {
        if count == 0 {
            self.fault(span.clone(), Message::new("course-fault-rule-empty"));
        }
    }

    pub(super) fn activity_rule(
        &mut self,
        rule: Option<Spanned<ActivityRule>>,
        asked: &RuleLimits,
    ) -> ActivityRule {
        let Some(rule) = rule else {
            return if asked.event { ActivityRule::Attended } else { ActivityRule::Completed };
        };
        let span = rule.span();
        self.activity_part(&span, rule.get_ref(), asked);
        rule.into_inner()
    }

    fn activity_part(&mut self, span: &Range<usize>, rule: &ActivityRule, asked: &RuleLimits) {
        match rule {
            ActivityRule::Attended if !asked.event => {
                self.fault(span.clone(), Message::new("course-fault-not-attended"));
            }
            ActivityRule::Score(score) => self.score(span.clone(), *score),
            ActivityRule::Hours(hours) => self.asked_hours(span.clone(), *hours, asked.hours),
            ActivityRule::AllOf(rules) | ActivityRule::AnyOf(rules) => {
                self.not_empty(span, rules.len());
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
                let message = Message::new("course-fault-at-least").with("least", n);
                self.fault(span.clone(), message.with("count", activities));
            }
            ModuleRule::Score(score) => self.score(span.clone(), *score),
            ModuleRule::Hours(hours) => self.asked_hours(span.clone(), *hours, None),
            ModuleRule::AllOf(rules) | ModuleRule::AnyOf(rules) => {
                self.not_empty(span, rules.len());
                for rule in rules {
                    self.module_part(span, rule, activities);
                }
            }
            _ => {}
        }
    }
}
