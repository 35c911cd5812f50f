//! Which learner a line of a presence sheet means.

use std::collections::HashMap;

use texts::Message;

use super::line::Line;
use super::namesakes::{FOUND, Namesakes};
use super::offer::Offers;
use super::shown::{all_shown, shown, words};
use crate::error::{SheetError, clipped};
use crate::heading::{Heading, IDENTIFIERS, LEARNER, NAME};
use crate::identifier::Identifier;
use crate::learner::Learner;
use crate::learner_list::LearnerList;

/// The learners of a course, to be found by id, identifier and name.
pub(super) struct Roll<'a> {
    list: &'a LearnerList,
    by_id: HashMap<&'a str, &'a Learner>,
    by_name: HashMap<String, Namesakes<'a>>,
    offers: Offers<'a>,
}

impl<'a> Roll<'a> {
    pub(super) fn new(list: &'a LearnerList) -> Self {
        let mut by_name: HashMap<String, Namesakes<'_>> = HashMap::new();
        for learner in list.learners() {
            by_name.entry(words(&learner.name)).or_default().add(learner);
        }
        // Those without a name are not all called the same.
        by_name.remove("");
        let by_id = list.learners().iter().map(|learner| (learner.id.as_str(), learner));
        Self { list, by_id: by_id.collect(), by_name, offers: Offers::new(list.learners()) }
    }

    /// The learner whom a line means, and the heading under which it says so.
    pub(super) fn whom(&self, line: &Line) -> Result<(&'a Learner, &'static Heading), SheetError> {
        let heading = [&LEARNER, &IDENTIFIERS, &NAME].into_iter();
        let given = heading.into_iter().find(|heading| !line.value(heading).is_empty());
        let Some(heading) = given else {
            let message = Message::new("presence-fault-unnamed");
            return Err(SheetError::new(line.number, None, message));
        };
        let text = line.value(heading);
        let found = match heading.name {
            name if name == LEARNER.name => self.of_id(text),
            name if name == IDENTIFIERS.name => self.of_identifiers(text),
            _ => self.of_name(text, line),
        };
        found.map(|learner| (learner, heading)).map_err(|message| line.fault(heading, message))
    }

    fn of_id(&self, id: &str) -> Result<&'a Learner, Message> {
        let unknown = || {
            let message = Message::new("presence-fault-id-unknown").with("id", clipped(id));
            message.with_value("near", self.offers.of(id))
        };
        self.by_id.get(id).copied().ok_or_else(unknown)
    }

    fn of_identifiers(&self, text: &str) -> Result<&'a Learner, Message> {
        let (identifiers, wrong) = Identifier::read_all(text);
        if let Some(error) = wrong.first() {
            return Err(error.message());
        }
        let mut found = identifiers.iter().filter_map(|identifier| self.list.find(identifier));
        let first = found.next().ok_or_else(|| {
            Message::new("presence-fault-identifier-unknown").with("text", clipped(text))
        })?;
        match found.find(|other| other.id != first.id) {
            None => Ok(first),
            Some(other) => Err(Message::new("presence-fault-two-learners")
                .with("first", shown(first))
                .with("other", shown(other))),
        }
    }

    fn of_name(&self, name: &str, line: &Line) -> Result<&'a Learner, Message> {
        let Some(called) = self.by_name.get(&words(name)) else {
            let message = Message::new("presence-fault-name-unknown").with("name", clipped(name));
            return Err(message.with_value("near", self.offers.of(name)));
        };
        match called.fitting(line).as_slice() {
            [learner] => Ok(learner),
            [] => Err(Message::new("presence-fault-name-elsewhere")
                .with("name", clipped(name))
                .with_value("learners", all_shown(called.all()))),
            several => {
                let count = Some(several.len()).filter(|count| *count < FOUND);
                let count = count.map_or_else(|| "several".to_owned(), |it| it.to_string());
                Err(Message::new("presence-fault-name-several")
                    .with("count", count)
                    .with_value("learners", all_shown(several)))
            }
        }
    }
}
