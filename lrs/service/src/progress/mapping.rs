//! An activity is put into a module: the course file gets a few lines, and all else of it stays.

use super::boards::stopped;
use super::error::ProgressError;
use super::{CourseService, Loaded, Run};
use crate::compute;
use course::{EditError, Title, with_activity};
use store::Revision;

/// The longest name of an activity that is put into a course file, in characters.
const LONGEST_NAME: usize = 200;

/// An activity to be put into a module.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mapping {
    /// The activity's IRI.
    pub activity: String,
    /// The module's id.
    pub module: String,
    /// The revision of the course that the wish is based on; any where missing.
    pub based_on: Option<Revision>,
}

impl CourseService {
    /// Puts an activity into a module, under the name by which statements call it: the course file is the one with that
    /// activity from now on. In a dry run the new file is only checked. Gives the new file too.
    ///
    /// # Errors
    /// [`ProgressError::Busy`] where the course is not at the revision that the wish is based on,
    /// [`ProgressError::NoModule`], [`ProgressError::Mapped`], [`ProgressError::NotEditable`], and those of
    /// [`Self::put_course`].
    pub async fn map(
        &self,
        id: &str,
        mapping: Mapping,
        run: Run,
    ) -> Result<(Loaded, String), ProgressError> {
        let Mapping { activity, module, based_on } = mapping;
        let kept = self.store.course(id).await?;
        let kept = kept.ok_or_else(|| ProgressError::NoCourse(id.to_owned()))?;
        if based_on.is_some_and(|based_on| based_on != kept.revision) {
            return Err(ProgressError::Busy);
        }
        let enrolled = self.boards.enrolled(id).await?;
        if let Some(place) = enrolled.course.place_of(&activity, &[], &[]) {
            let of = enrolled.course.at(place).map(|(module, _)| module.id.clone());
            return Err(ProgressError::Mapped { activity, module: of.unwrap_or_default() });
        }
        let title = title(&self.names_of(&activity).await?);
        let (file, wanted) = (kept.file, module.clone());
        let edit = move || with_activity(&file, &wanted, &activity, title.as_ref());
        let edited = compute::aside(edit).await.map_err(|_| stopped())?;
        let file = edited.map_err(|error| match error {
            EditError::NoModule => ProgressError::NoModule(module),
            EditError::NotEditable => ProgressError::NotEditable,
        })?;
        let loaded = self.load_course(id, &file, Some(kept.revision), run).await?;
        Ok((loaded, file))
    }

    /// The revision of a course.
    ///
    /// # Errors
    /// [`ProgressError::NoCourse`].
    pub async fn revision(&self, id: &str) -> Result<Revision, ProgressError> {
        let revision = self.store.course_revision(id).await?;
        revision.map(|it| it.revision).ok_or_else(|| ProgressError::NoCourse(id.to_owned()))
    }
}

/// The title of an activity in Italian and English, of its names in any regional form; the first name where it has none
/// in these.
fn title(names: &serde_json::Map<String, serde_json::Value>) -> Option<Title> {
    let mut title = std::collections::BTreeMap::new();
    let shown = |name: &serde_json::Value| {
        let plain = name.as_str()?.chars().map(|c| if c.is_control() { ' ' } else { c });
        let name: String = plain.take(LONGEST_NAME).collect();
        (!name.trim().is_empty()).then_some(name)
    };
    for language in ["it", "en"] {
        let is = |tag: &str| {
            tag.get(..2).is_some_and(|begin| begin.eq_ignore_ascii_case(language))
                && tag.get(2..3).is_none_or(|next| next == "-")
        };
        let name = names.iter().find(|(tag, _)| is(tag)).and_then(|(_, name)| shown(name));
        title.extend(name.map(|name| (language.to_owned(), name)));
    }
    if title.is_empty() {
        let name = names.values().find_map(shown);
        title.extend(name.map(|name| ("en".to_owned(), name)));
    }
    (!title.is_empty()).then_some(Title(title))
}
