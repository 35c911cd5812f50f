//! What happens to the statements of a group between the moment when its claim is the first and the
//! moment when it is finished, whichever process does it.

use super::attachments::Attachments;
use super::heirs::Owed;
use super::link::Linker;
use futures::future::try_join3;

use crate::head::{Claim, Head};
use crate::things::{Taught, Things};
use store::Result;
use store::inheritance::Link;

/// Links, teaches and attaches, at once: each writes to collections of its own. All of it can be done again, and is where
/// a process dies before the claim is finished.
#[derive(Clone)]
pub(super) struct Completion {
    linker: Linker,
    things: Things,
    attachments: Attachments,
}

/// The statements of a group, as far as completing them goes.
pub(super) struct Contents {
    pub(super) links: Vec<Link>,
    pub(super) taught: Taught,
    /// Whether files of attachments may have been written under the claim.
    pub(super) has_attachments: bool,
}

impl Completion {
    pub(super) const fn new(linker: Linker, things: Things, attachments: Attachments) -> Self {
        Self { linker, things, attachments }
    }

    /// Completes the statements of `claim`, which is sealed and the first of `head`. Gives what is owed to heirs then.
    pub(super) async fn complete(
        &self,
        head: &Head,
        claim: &Claim,
        contents: Contents,
    ) -> Result<Owed> {
        let Contents { links, taught, has_attachments } = contents;
        let attached = async {
            if has_attachments { self.attachments.attach(claim.id()).await } else { Ok(()) }
        };
        let linked = self.linker.link(head, claim.stretch, links);
        let (owed, (), ()) = try_join3(linked, self.things.learn(taught), attached).await?;
        Ok(owed)
    }
}
