//! Who is enrolled and who is whom, as docs/courses.md has it.

use std::collections::BTreeMap;

use serde_json::Value;

use super::Person;

/// A line of a list of learners.
#[derive(Clone, Debug)]
pub(crate) struct Record {
    /// Its id and data; no actors.
    pub(crate) person: Person,
    /// Positions in the pool of identifiers.
    pub(crate) identifiers: Vec<usize>,
}

#[derive(Clone, Debug, Default)]
pub(crate) struct Enrolled {
    records: Vec<Record>,
    merged: BTreeMap<String, String>,
}

impl Enrolled {
    /// Whether a list can be taken: each identifier, its hash too, means one person of the list
    /// that comes of it.
    pub(crate) fn import(
        &mut self,
        list: &[Record],
        replace: bool,
        forms: &dyn Fn(usize) -> Vec<Value>,
    ) -> bool {
        let mut records = if replace { Vec::new() } else { self.records.clone() };
        for record in list {
            match records.iter_mut().find(|known| known.person.id == record.person.id) {
                Some(known) => *known = record.clone(),
                None => records.push(record.clone()),
            }
        }
        for (n, one) in records.iter().enumerate() {
            for other in records.iter().skip(n + 1) {
                let of = |it: &Record| -> Vec<Value> {
                    it.identifiers.iter().flat_map(|it| forms(*it)).collect()
                };
                if of(one).iter().any(|form| of(other).contains(form)) {
                    return false;
                }
            }
        }
        let before = std::mem::replace(&mut self.records, records);
        if !replace {
            // What somebody was known by before stays theirs, unless it is somebody's now.
            let all: Vec<Value> = self
                .records
                .iter()
                .flat_map(|it| &it.identifiers)
                .flat_map(|it| forms(*it))
                .collect();
            for record in &mut self.records {
                let Some(known) = before.iter().find(|it| it.person.id == record.person.id) else {
                    continue;
                };
                let is_free = |it: &&usize| !forms(**it).iter().any(|form| all.contains(form));
                record.identifiers.extend(known.identifiers.iter().filter(is_free).copied());
            }
        }
        true
    }

    fn is_enrolled(&self, id: &str) -> bool {
        self.records.iter().any(|record| record.person.id == id)
    }

    /// Whom somebody is: a merge into somebody who left rests, and where merges go round in a
    /// circle, all in it are the first of them.
    fn person_of(&self, id: &str) -> String {
        let into = |id: &String| self.merged.get(id).filter(|into| self.is_enrolled(into)).cloned();
        // Once round, and once more to meet everybody on the way.
        let steps = 2 * self.merged.len() + 1;
        let way: Vec<String> =
            std::iter::successors(Some(id.to_owned()), into).take(steps).collect();
        let end = way.last().unwrap();
        if way.len() < steps { end.clone() } else { way[steps / 2..].iter().min().unwrap().clone() }
    }

    /// Whether they could be merged.
    pub(crate) fn merge(&mut self, id: &str, into: &str) -> bool {
        if !self.is_enrolled(id) || !self.is_enrolled(into) {
            return false;
        }
        let (from, to) = (self.person_of(id), self.person_of(into));
        if from == to {
            return false;
        }
        self.merged.insert(from, to);
        true
    }

    /// Whether there was a merge to take back.
    pub(crate) fn unmerge(&mut self, id: &str) -> bool {
        self.merged.remove(id).is_some()
    }

    pub(crate) fn people(&self, forms: &dyn Fn(usize) -> Vec<Value>) -> Vec<Person> {
        let is_themselves = |it: &&Record| self.person_of(&it.person.id) == it.person.id;
        let person = |record: &Record| {
            let id = &record.person.id;
            let same = self.records.iter().filter(|it| self.person_of(&it.person.id) == *id);
            let actors = same.flat_map(|it| it.identifiers.iter().flat_map(|it| forms(*it)));
            Person { actors: actors.collect(), ..record.person.clone() }
        };
        self.records.iter().filter(is_themselves).map(person).collect()
    }
}
