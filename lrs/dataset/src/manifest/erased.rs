//! Manifests after people were erased.

use std::collections::BTreeSet;

use uuid::Uuid;
use xapi::instant::Instant;

use super::{DatasetFile, Manifest, Replaced};
use crate::schema::Dataset;

/// Before all manifests.
const NEVER: Instant = Instant::from_micros(0);

impl Manifest {
    /// The next manifest, which is without the people of these erasures: each of `files` is in the place of the file of the
    /// same table and range, or of the only file of a table that is replaced as a whole.
    ///
    /// What no manifest names any more may hold the people: files that were replaced now or before, and `left`, what lies in
    /// the place besides. They are replaced since [`NEVER`], so that [`Self::swept`] gives them at once: what readers of
    /// earlier manifests are promised counts less.
    #[must_use]
    pub fn without_people(
        mut self,
        erasures: impl IntoIterator<Item = Uuid>,
        files: Vec<(Dataset, DatasetFile)>,
        left: Vec<String>,
    ) -> Self {
        self.version += 1;
        self.erasures.extend(erasures);
        for (dataset, new) in &files {
            let is_whole = Dataset::SNAPSHOTS.contains(dataset);
            let is_old = |file: &DatasetFile| is_whole || file.range() == new.range();
            self.drop_files(*dataset, NEVER, is_old);
        }
        self.add(files);
        self.replaced.extend(left.into_iter().map(|path| Replaced { path, at: NEVER }));
        self.replaced.iter_mut().for_each(|it| it.at = NEVER);
        self.forget_new();
        self
    }

    /// The ranges of all files that are sealed, each once.
    #[must_use]
    pub fn ranges(&self) -> BTreeSet<(Instant, Instant)> {
        let files = Dataset::SEALED.into_iter().flat_map(|dataset| self.files(dataset));
        files.map(DatasetFile::range).collect()
    }

    /// The highest generation of sealed files that lie within the range `(after, through]`; 1 where there are none.
    #[must_use]
    pub fn generation_within(&self, (after, through): (Instant, Instant)) -> u32 {
        let files = Dataset::SEALED.into_iter().flat_map(|dataset| self.files(dataset));
        let within = files.filter(|file| file.after >= after && file.through <= through);
        within.map(|file| file.generation).max().unwrap_or(1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::manifest::Recipe;

    fn at(text: &str) -> Instant {
        Instant::parse(text).unwrap()
    }

    fn file(dataset: Dataset, day: u32, generation: u32) -> DatasetFile {
        let through = at(&format!("2026-01-{:02}T00:00:00Z", day + 1));
        let range = (at(&format!("2026-01-{day:02}T00:00:00Z")), through);
        let path = DatasetFile::path_of_generation(dataset, range, generation);
        let (after, sha256) = (range.0, String::new());
        DatasetFile { path, after, through, rows: 1, bytes: 9, sha256, generation }
    }

    #[test]
    fn what_held_the_person_is_named_no_more_and_all_else_stays() {
        let mut manifest = Manifest::begin("s".into(), Recipe::default());
        for day in [1, 2] {
            let tables = [Dataset::Statements, Dataset::Agents];
            let files = tables.map(|dataset| (dataset, file(dataset, day, 1)));
            manifest = manifest.sealed(files[0].1.through, files.into());
        }
        let whole = DatasetFile {
            path: "learners/whole/1.parquet".into(),
            ..file(Dataset::Learners, 2, 1)
        };
        let now = at("2026-01-03T01:00:00Z");
        let learners =
            |path: &str| DatasetFile { path: path.into(), sha256: path.into(), ..whole.clone() };
        for path in ["learners/whole/0.parquet", "learners/whole/1.parquet"] {
            manifest = manifest.replaced(vec![(Dataset::Learners, learners(path))], now);
        }
        assert_eq!(manifest.replaced.len(), 1);
        let id = Uuid::from_u128(1);
        let new = vec![
            (Dataset::Statements, file(Dataset::Statements, 1, 2)),
            (Dataset::Learners, learners("learners/whole/2.parquet")),
        ];
        let before = manifest.clone();
        let after = manifest.without_people([id], new.clone(), vec![".parts/1".to_owned()]);
        assert_eq!(Manifest::read(&after.text()).unwrap(), after);
        assert!(after.knows("learners/whole/0.parquet"), "a process that ends now goes on");
        let (after, gone) = after.swept(NEVER.next()).unwrap();
        assert_eq!((after.version, after.through), (before.version + 2, before.through));
        assert!(after.erasures.contains(&id) && after.replaced.is_empty());
        assert_eq!(
            after.files(Dataset::Statements),
            [new[0].1.clone(), file(Dataset::Statements, 2, 1)]
        );
        assert_eq!(after.files(Dataset::Agents), before.files(Dataset::Agents));
        assert_eq!(after.files(Dataset::Learners), [new[1].1.clone()]);
        let old = before.files(Dataset::Statements)[0].path.clone();
        let expected = ["learners/whole/0.parquet", &old, "learners/whole/1.parquet", ".parts/1"];
        assert_eq!(gone, expected);
        assert_ne!(old, new[0].1.path);
        let first = (at("2026-01-01T00:00:00Z"), at("2026-01-02T00:00:00Z"));
        assert_eq!((after.generation_within(first), after.ranges().len()), (2, 2));
    }
}
