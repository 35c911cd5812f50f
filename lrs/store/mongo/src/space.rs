//! The room that the database takes, as its server tells.

use async_trait::async_trait;
use mongodb::bson::{Bson, Document, doc};

use super::call::call;
use crate::MongoStore;
use store::{Result, Space, SpaceStore};

/// A number that servers give as one of several types.
fn number(of: &Document, name: &str) -> Option<u64> {
    match of.get(name)? {
        Bson::Int32(number) => u64::try_from(*number).ok(),
        Bson::Int64(number) => u64::try_from(*number).ok(),
        #[expect(
            clippy::cast_possible_truncation,
            reason = "bytes, of which some more or less do not matter"
        )]
        #[expect(clippy::cast_sign_loss, reason = "looked at before")]
        Bson::Double(number) if *number >= 0.0 => Some(*number as u64),
        _ => None,
    }
}

#[async_trait]
impl SpaceStore for MongoStore {
    async fn space(&self) -> Result<Space> {
        let told = call(self.0.database.run_command(doc! {"dbStats": 1})).await?;
        let used = number(&told, "totalSize").or_else(|| number(&told, "storageSize"));
        let (whole, taken) = (number(&told, "fsTotalSize"), number(&told, "fsUsedSize"));
        let free = whole.zip(taken).map(|(whole, taken)| whole.saturating_sub(taken));
        Ok(Space { used, free })
    }
}
