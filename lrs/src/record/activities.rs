//! What is known of an activity (Communication 2.5).

use serde_json::{Value, json};

use super::{Record, RecordError};
use crate::store::StoreError;

impl Record {
    /// The Activity object with this id, with its merged definition if there is one.
    pub async fn activity(&self, id: &str) -> Result<Value, RecordError> {
        let mut activity = json!({"objectType": "Activity", "id": id});
        let known = self.store.definitions(&[id.to_owned()]).await?;
        if let (Some((_, text)), Some(members)) =
            (known.found.into_iter().next(), activity.as_object_mut())
        {
            let definition: Value = serde_json::from_str(&text)
                .map_err(|error| StoreError::Corrupt(format!("the definition of {id}: {error}")))?;
            members.insert("definition".into(), definition);
        }
        Ok(activity)
    }
}
