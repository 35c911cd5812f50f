//! The figures of a report's row.

use super::{Exact, State, Whole};

/// What a row says of some people.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Figures {
    pub(crate) enrolled: u64,
    pub(crate) not_started: u64,
    pub(crate) in_progress: u64,
    pub(crate) completed: u64,
    pub(crate) passed: u64,
    pub(crate) failed: u64,
    pub(crate) score_mean: Option<Exact>,
    pub(crate) progress_mean: Option<Exact>,
    /// In microseconds.
    pub(crate) online: i128,
    pub(crate) presence: i128,
}

/// One person's part in a row.
pub(crate) struct Part {
    pub(crate) state: State,
    pub(crate) success: Option<bool>,
    pub(crate) score: Option<Exact>,
    pub(crate) progress: Exact,
    pub(crate) online: i128,
    pub(crate) presence: i128,
}

impl Part {
    /// What somebody is in the course (`None`), a module, or an activity of it, as far as it is
    /// for them.
    pub(crate) fn of(whole: &Whole, module: Option<usize>) -> Option<Self> {
        let stand = module.map_or(&whole.course, |m| &whole.modules[m]);
        stand.applies.then_some(Self {
            state: stand.state,
            success: stand.success,
            score: stand.score,
            progress: stand.progress,
            online: stand.online,
            presence: stand.presence,
        })
    }

    pub(crate) fn of_item(
        whole: &Whole,
        module: usize,
        item: usize,
        in_presence: bool,
    ) -> Option<Self> {
        let stand = &whole.items[item];
        whole.modules[module].applies.then_some(Self {
            state: stand.state,
            success: stand.success,
            score: stand.score,
            progress: Exact::from(i128::from(stand.state == State::Completed)),
            online: if in_presence { 0 } else { stand.micros },
            presence: if in_presence { stand.micros } else { 0 },
        })
    }
}

/// The row of these parts.
pub(crate) fn figures(parts: &[Part]) -> Figures {
    let count = |which: &dyn Fn(&Part) -> bool| -> u64 {
        parts.iter().map(|part| u64::from(which(part))).sum()
    };
    let one = Exact::from(1);
    Figures {
        enrolled: parts.len() as u64,
        not_started: count(&|part| part.state == State::NotStarted),
        in_progress: count(&|part| part.state == State::InProgress),
        completed: count(&|part| part.state == State::Completed),
        passed: count(&|part| part.success == Some(true)),
        failed: count(&|part| part.success == Some(false)),
        score_mean: Exact::mean(parts.iter().filter_map(|part| Some((part.score?, one)))),
        progress_mean: Exact::mean(parts.iter().map(|part| (part.progress, one))),
        online: parts.iter().map(|part| part.online).sum(),
        presence: parts.iter().map(|part| part.presence).sum(),
    }
}
