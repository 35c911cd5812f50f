//! Pipes and dead letters, in lists.

use async_trait::async_trait;
use uuid::Uuid;

use super::MemoryStore;
use store::{DeadLetter, HeldPipe, PipeStore, Result};
use xapi::erase::Eraser;
use xapi::instant::Instant;

/// What is kept of pipes.
#[derive(Clone, Default)]
pub(super) struct Pipes {
    held: Vec<HeldPipe>,
    letters: Vec<DeadLetter>,
}

impl Pipes {
    fn place(&self, name: &str, based_on: i64) -> Option<usize> {
        self.held.iter().position(|it| it.name == name && it.revision == based_on)
    }

    pub(super) fn erase_letters(&mut self, eraser: &Eraser) -> u64 {
        let mut count = 0;
        for letter in &mut self.letters {
            if let Some(body) = eraser.json(&letter.body) {
                letter.body = body;
                count += 1;
            }
        }
        count
    }
}

#[async_trait]
impl PipeStore for MemoryStore {
    async fn pipe(&self, name: &str) -> Result<Option<HeldPipe>> {
        Ok(self.read().pipes.held.iter().find(|it| it.name == name).cloned())
    }
    async fn pipes(&self) -> Result<Vec<HeldPipe>> {
        let mut pipes = self.read().pipes.held.clone();
        pipes.sort_by(|one, other| one.name.cmp(&other.name));
        Ok(pipes)
    }
    async fn add_pipe(&self, name: &str, record: &str) -> Result<bool> {
        self.write(|contents| {
            let held = &mut contents.pipes.held;
            let is_new = held.iter().all(|it| it.name != name);
            let (name, record) = (name.to_owned(), record.to_owned());
            held.extend(is_new.then(|| HeldPipe { name, record, revision: rand::random() }));
            Ok(is_new)
        })
    }
    async fn change_pipe(&self, name: &str, record: &str, based_on: i64) -> Result<Option<i64>> {
        self.write(|contents| {
            let place = contents.pipes.place(name, based_on);
            let held = place.and_then(|place| contents.pipes.held.get_mut(place));
            Ok(held.map(|held| {
                record.clone_into(&mut held.record);
                held.revision = rand::random();
                held.revision
            }))
        })
    }
    async fn remove_pipe(&self, name: &str, based_on: i64) -> Result<bool> {
        self.write(|contents| {
            let place = contents.pipes.place(name, based_on);
            if let Some(place) = place {
                contents.pipes.held.remove(place);
                contents.pipes.letters.retain(|it| it.pipe != name);
            }
            Ok(place.is_some())
        })
    }
    async fn keep_dead_letters(&self, letters: Vec<DeadLetter>) -> Result<()> {
        self.write(|contents| {
            for letter in letters {
                let is_same =
                    |it: &DeadLetter| it.pipe == letter.pipe && it.statement == letter.statement;
                contents.pipes.letters.retain(|it| !is_same(it));
                contents.pipes.letters.push(letter);
            }
            Ok(())
        })
    }
    async fn dead_letters(
        &self,
        pipe: &str,
        after: Option<(Instant, Uuid)>,
        limit: usize,
    ) -> Result<Vec<DeadLetter>> {
        let mut letters = self.read().pipes.letters.clone();
        letters.retain(|it| it.pipe == pipe && after.is_none_or(|after| it.place() > after));
        letters.sort_by_key(DeadLetter::place);
        letters.truncate(limit);
        Ok(letters)
    }
    async fn dead_letter(&self, pipe: &str, statement: Uuid) -> Result<Option<DeadLetter>> {
        let contents = self.read();
        let mut letters = contents.pipes.letters.iter();
        Ok(letters.find(|it| it.pipe == pipe && it.statement == statement).cloned())
    }
    async fn count_dead_letters(&self, pipe: &str) -> Result<u64> {
        Ok(self.read().pipes.letters.iter().filter(|it| it.pipe == pipe).count() as u64)
    }
    async fn remove_dead_letter(&self, pipe: &str, statement: Uuid) -> Result<bool> {
        self.write(|contents| {
            let letters = &mut contents.pipes.letters;
            let before = letters.len();
            letters.retain(|it| it.pipe != pipe || it.statement != statement);
            Ok(letters.len() < before)
        })
    }
}
