//! People, a cell each whose version is the record's revision, and the links for the first of them. Fields of a person:
//! `name`, `record` as JSON; of a link: `_id`, the hash of its secret, `expires` in microseconds, and `round`: how many times
//! links were taken before. Who takes a link inserts the document of its round into `setup_taken`, which one request alone can
//! do: the other links of the round are gone with it.

use std::collections::HashSet;

use async_trait::async_trait;
use mongodb::Collection;
use mongodb::bson::{Document, doc};

use super::call::{all, call, insert};
use super::cell::{self, Cells, Held};
use super::field;
use crate::MongoStore;
use access::person::{Invitation, KeptPerson, PersonTextError};
use store::{HeldPerson, PeopleStore, Result, StoreError};
use xapi::instant::Instant;

/// The collections of people and of links.
#[derive(Clone)]
pub(super) struct People {
    pub(super) cells: Cells,
    pub(super) setups: Collection<Document>,
    pub(super) taken: Collection<Document>,
}

#[expect(clippy::needless_pass_by_value, reason = "it is what map_err gives")]
fn corrupt(error: PersonTextError) -> StoreError {
    StoreError::Corrupt(error.to_string())
}

fn held(held: &Held) -> Result<Option<HeldPerson>> {
    let Some(value) = held.value() else { return Ok(None) };
    let (name, record) = (field::text(value, "name")?, field::text(value, "record")?);
    let kept = KeptPerson::from_text(&name, &record).map_err(corrupt)?;
    Ok(Some(HeldPerson { kept, revision: held.n }))
}

fn value(person: &KeptPerson) -> Result<Document> {
    let record = person.text().map_err(corrupt)?;
    Ok(doc! {"name": &person.person.name, "record": record})
}

impl People {
    async fn people(&self) -> Result<Vec<HeldPerson>> {
        let found = self.cells.find(doc! {}, &["name", "record"]).await?;
        let people = found.values().filter_map(|it| held(it).transpose());
        let mut people = people.collect::<Result<Vec<_>>>()?;
        people.sort_by(|one, other| one.kept.person.name.cmp(&other.kept.person.name));
        Ok(people)
    }

    async fn add(&self, person: &KeptPerson) -> Result<bool> {
        let name = cell::name(&[&person.person.name]);
        let newest = self.cells.newest(&name).await?;
        if newest.value().is_some() {
            return Ok(false);
        }
        self.cells.change(&name, &newest, value(person)?).await
    }

    async fn change(&self, person: &KeptPerson, based_on: i64) -> Result<bool> {
        let name = cell::name(&[&person.person.name]);
        let newest = self.cells.newest(&name).await?;
        if newest.value().is_none() || newest.n != based_on {
            return Ok(false);
        }
        self.cells.change(&name, &newest, value(person)?).await
    }

    /// The trace that stays counts the revisions on for another person of the name.
    async fn remove(&self, person: &str, based_on: i64, now: Instant) -> Result<bool> {
        let name = cell::name(&[person]);
        let newest = self.cells.newest(&name).await?;
        if newest.value().is_none() || newest.n != based_on {
            return Ok(false);
        }
        self.cells.remove(&name, &newest, doc! {"name": person}, now).await
    }

    async fn setups(&self) -> Result<Vec<Invitation>> {
        let taken = all(self.taken.find(doc! {})).await?;
        let taken = taken.iter().map(|it| field::text(it, "_id"));
        let taken = taken.collect::<Result<HashSet<_>>>()?;
        let is_taken = |it: &Document| taken.contains(&round_of(it));
        let links = all(self.setups.find(doc! {})).await?;
        let link = |it: &Document| {
            let (hash, expires) = (field::text(it, "_id")?, field::instant(it, "expires")?);
            Ok(Invitation { hash, expires })
        };
        let mut links =
            links.iter().filter(|it| !is_taken(it)).map(link).collect::<Result<Vec<_>>>()?;
        // As links were taken before there were rounds.
        links.retain(|link| !taken.contains(&link.hash));
        Ok(links)
    }

    async fn take_setup(&self, hash: &str) -> Result<bool> {
        let Some(link) = call(self.setups.find_one(doc! {"_id": hash})).await? else {
            return Ok(false);
        };
        if !insert(&self.taken, doc! {"_id": round_of(&link)}).await? {
            return Ok(false);
        }
        // They count no more, and are left here only where the process ends now.
        let round = link.get("round").cloned().unwrap_or_default();
        call(self.setups.delete_many(doc! {"round": round})).await?;
        Ok(true)
    }

    async fn add_setup(&self, link: Invitation) -> Result<()> {
        let taken = all(self.taken.find(doc! {})).await?.len();
        let round = i64::try_from(taken).unwrap_or(i64::MAX);
        let link = doc! {"_id": link.hash, "expires": link.expires.micros(), "round": round};
        insert(&self.setups, link).await.map(drop)
    }
}

/// The `_id` in `setup_taken` of a link's round. A link from before there were rounds is of the first.
fn round_of(link: &Document) -> String {
    format!("round {}", link.get_i64("round").unwrap_or_default())
}

#[async_trait]
impl PeopleStore for MongoStore {
    async fn person(&self, name: &str) -> Result<Option<HeldPerson>> {
        held(&self.0.people.cells.newest(&cell::name(&[name])).await?)
    }

    async fn people(&self) -> Result<Vec<HeldPerson>> {
        self.0.people.people().await
    }

    async fn add_person(&self, person: KeptPerson) -> Result<bool> {
        self.0.people.add(&person).await
    }

    async fn change_person(&self, person: KeptPerson, based_on: i64) -> Result<bool> {
        self.0.people.change(&person, based_on).await
    }

    async fn remove_person(&self, name: &str, based_on: i64) -> Result<bool> {
        self.0.people.remove(name, based_on, self.0.clock.now()).await
    }

    async fn add_setup(&self, link: Invitation) -> Result<()> {
        self.0.people.add_setup(link).await
    }

    async fn setups(&self) -> Result<Vec<Invitation>> {
        self.0.people.setups().await
    }

    async fn take_setup(&self, hash: &str) -> Result<bool> {
        self.0.people.take_setup(hash).await
    }
}
