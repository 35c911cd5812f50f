//! People and their sessions, in lists.

use async_trait::async_trait;

use super::MemoryStore;
use access::person::{Invitation, KeptPerson};
use access::session::KeptSession;
use store::{HeldPerson, PeopleStore, Result, SessionStore};
use xapi::instant::Instant;

/// What is kept of people.
#[derive(Clone, Default)]
pub(super) struct People {
    held: Vec<HeldPerson>,
    setups: Vec<Invitation>,
    sessions: Vec<KeptSession>,
}

impl People {
    fn place(&self, name: &str, based_on: i64) -> Option<usize> {
        let is = |it: &HeldPerson| it.kept.person.name == name && it.revision == based_on;
        self.held.iter().position(is)
    }
}

#[async_trait]
impl PeopleStore for MemoryStore {
    async fn person(&self, name: &str) -> Result<Option<HeldPerson>> {
        let contents = self.read();
        Ok(contents.people.held.iter().find(|it| it.kept.person.name == name).cloned())
    }
    async fn people(&self) -> Result<Vec<HeldPerson>> {
        let mut people = self.read().people.held.clone();
        people.sort_by(|one, other| one.kept.person.name.cmp(&other.kept.person.name));
        Ok(people)
    }
    async fn add_person(&self, person: KeptPerson) -> Result<bool> {
        self.write(|contents| {
            let people = &mut contents.people.held;
            let is_new = people.iter().all(|it| it.kept.person.name != person.person.name);
            let new = HeldPerson { kept: person, revision: rand::random() };
            people.extend(is_new.then_some(new));
            Ok(is_new)
        })
    }
    async fn change_person(&self, person: KeptPerson, based_on: i64) -> Result<bool> {
        self.write(|contents| {
            let place = contents.people.place(&person.person.name, based_on);
            let held = place.and_then(|place| contents.people.held.get_mut(place));
            Ok(held
                .map(|held| *held = HeldPerson { kept: person, revision: rand::random() })
                .is_some())
        })
    }
    async fn remove_person(&self, name: &str, based_on: i64) -> Result<bool> {
        self.write(|contents| {
            let place = contents.people.place(name, based_on);
            Ok(place.map(|place| contents.people.held.remove(place)).is_some())
        })
    }
    async fn add_setup(&self, link: Invitation) -> Result<()> {
        self.write(|contents| {
            let setups = &mut contents.people.setups;
            let is_new = setups.iter().all(|it| it.hash != link.hash);
            setups.extend(is_new.then_some(link));
            Ok(())
        })
    }
    async fn setups(&self) -> Result<Vec<Invitation>> {
        Ok(self.read().people.setups.clone())
    }
    async fn take_setup(&self, hash: &str) -> Result<bool> {
        self.write(|contents| {
            let setups = &mut contents.people.setups;
            let is_there = setups.iter().any(|it| it.hash == hash);
            if is_there {
                setups.clear();
            }
            Ok(is_there)
        })
    }
}

#[async_trait]
impl SessionStore for MemoryStore {
    async fn add_session(&self, session: KeptSession) -> Result<bool> {
        self.write(|contents| {
            let sessions = &mut contents.people.sessions;
            let is_new = sessions.iter().all(|it| it.id != session.id);
            sessions.extend(is_new.then_some(session));
            Ok(is_new)
        })
    }
    async fn session(&self, id: &str) -> Result<Option<KeptSession>> {
        Ok(self.read().people.sessions.iter().find(|it| it.id == id).cloned())
    }
    async fn sessions_of(&self, person: &str) -> Result<Vec<KeptSession>> {
        let sessions = self.read().people.sessions.clone();
        let mut sessions: Vec<KeptSession> =
            sessions.into_iter().filter(|it| it.person == person).collect();
        sessions.sort_by(|one, other| other.since.cmp(&one.since).then(one.id.cmp(&other.id)));
        Ok(sessions)
    }
    async fn use_session(&self, id: &str, at: Instant) -> Result<()> {
        self.write(|contents| {
            let mut sessions = contents.people.sessions.iter_mut();
            if let Some(session) = sessions.find(|it| it.id == id) {
                session.last_used = session.last_used.max(at);
            }
            Ok(())
        })
    }
    async fn remove_session(&self, id: &str) -> Result<bool> {
        self.write(|contents| {
            let sessions = &mut contents.people.sessions;
            let before = sessions.len();
            sessions.retain(|it| it.id != id);
            Ok(sessions.len() < before)
        })
    }
    async fn remove_sessions_of(&self, person: &str, but: Option<&str>) -> Result<()> {
        self.write(|contents| {
            let stays = |it: &KeptSession| it.person != person || Some(it.id.as_str()) == but;
            contents.people.sessions.retain(stays);
            Ok(())
        })
    }
    async fn remove_sessions(&self, ended: Instant) -> Result<()> {
        self.write(|contents| {
            contents.people.sessions.retain(|it| it.expires >= ended);
            Ok(())
        })
    }
}
