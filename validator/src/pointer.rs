//! JSON pointers (RFC 6901), built only when one is needed.
//!
//! ```
//! use validator::pointer::Place;
//!
//! let (list, name) = (Place::Root.key("a/b"), "x".repeat(10_000));
//! assert_eq!(list.index(3).pointer(), "/a~1b/3");
//! assert_eq!(list.key(&name).index(3).pointer(), "/a~1b");
//! ```

use std::{borrow::Cow, fmt::Write as _};

/// The longest pointer to a place, in bytes: one key may lie above a million values.
const LONGEST: usize = 4096;

/// A place within a statement, as a chain up to its root: passing it down allocates nothing.
#[derive(Clone, Copy, Debug)]
pub enum Place<'a> {
    /// The statement itself.
    Root,
    /// The member of this key in the object at a place.
    Key(&'a Place<'a>, &'a str),
    /// The element of this index in the array at a place.
    Index(&'a Place<'a>, usize),
}

impl<'a> Place<'a> {
    /// The place of a member.
    #[must_use]
    pub const fn key(&'a self, key: &'a str) -> Place<'a> {
        Place::Key(self, key)
    }

    /// The place of an element.
    #[must_use]
    pub const fn index(&'a self, index: usize) -> Place<'a> {
        Place::Index(self, index)
    }

    /// The place as a JSON pointer; the root is the empty string. Where that would be longer than
    /// 4,096 bytes, the pointer of the innermost place around it that is not.
    pub fn pointer(&self) -> String {
        let mut pointer = String::new();
        self.write(&mut pointer);
        pointer
    }

    /// Adds the pointer; false when it ends before this place.
    fn write(&self, pointer: &mut String) -> bool {
        let (parent, token) = match self {
            Place::Root => return true,
            Place::Key(parent, key) if key.len() > LONGEST => (parent, None),
            Place::Key(parent, key) => (parent, Some(escape(key))),
            Place::Index(parent, index) => (parent, Some(index.to_string().into())),
        };
        let (true, Some(token)) = (parent.write(pointer), token) else { return false };
        let fits = pointer.len() + token.len() < LONGEST;
        if fits {
            let _ = write!(pointer, "/{token}");
        }
        fits
    }
}

/// A pointer to a member of the object that `parent` points to.
pub(crate) fn join(parent: &str, key: &str) -> String {
    format!("{parent}/{}", escape(key))
}

fn escape(key: &str) -> Cow<'_, str> {
    if key.contains(['~', '/']) {
        Cow::Owned(key.replace('~', "~0").replace('/', "~1"))
    } else {
        Cow::Borrowed(key)
    }
}

/// The unescaped tokens of a pointer.
pub(crate) fn tokens(pointer: &str) -> impl Iterator<Item = String> {
    pointer.split('/').skip(1).map(|token| token.replace("~1", "/").replace("~0", "~"))
}
