//! What imports and removals left that were broken off: versions that no package shows, and content of no version.

use std::collections::HashSet;

use mongodb::bson::oid::ObjectId;
use mongodb::bson::{Bson, doc};

use super::Packages;
use crate::call::{all, call};
use crate::field;
use store::Result;
use xapi::instant::Instant;

impl Packages {
    /// Removes what was begun before `instant` and is not visible. That must be so long ago that no process can still be
    /// about to show it.
    pub(crate) async fn remove_abandoned(&self, instant: Instant) -> Result<()> {
        let packages = self.all().await?;
        let shown: HashSet<&str> = packages
            .iter()
            .flat_map(|package| package.versions.iter().map(|version| version.key.as_str()))
            .collect();
        let old = doc! {"at": {"$lt": instant.micros()}};
        let versions = self.versions.find(old).projection(doc! {"_id": 1, "import": 1});
        for version in all(versions).await? {
            let key = field::text(&version, "_id")?;
            if !shown.contains(key.as_str()) {
                self.remove_documents(&key).await?;
                self.drop_import(field::uuid(&version, "import")?).await?;
            }
        }
        let seconds = u32::try_from(instant.micros().max(0) / 1_000_000).unwrap_or(u32::MAX);
        let before = ObjectId::from_parts(seconds, [0; 5], [0; 3]);
        let old = doc! {"_id": {"$lt": before}};
        let imports = self.contents.find(old).projection(doc! {"_id": 0, "import": 1});
        let mut seen: Vec<Bson> = Vec::new();
        for content in all(imports).await? {
            let import = field::any(&content, "import")?.clone();
            if seen.last() == Some(&import) {
                continue;
            }
            seen.push(import.clone());
            if call(self.versions.find_one(doc! {"import": &import})).await?.is_none() {
                self.remove_contents(doc! {"import": import}).await?;
            }
        }
        Ok(())
    }
}
