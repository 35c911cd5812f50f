//! What happens to the statements of a group between the moment when its claim is the first and the
//! moment when it is finished, whichever process does it.

use super::attachments::Attachments;
use super::link::Linker;
use crate::head::{Claim, Head};
use crate::things::{Taught, Things};
use store::Result;
use store::inheritance::Link;

/// Links, teaches and attaches. All of it can be done again, and is where a process dies before the
/// claim is finished.
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

    /// Completes the statements of `claim`, which is sealed and the first of `head`.
    pub(super) async fn complete(
        &self,
        head: &Head,
        claim: &Claim,
        contents: Contents,
    ) -> Result<()> {
        self.linker.link(head, claim.stretch, contents.links).await?;
        self.things.learn(contents.taught).await?;
        if contents.has_attachments {
            self.attachments.attach(claim.id()).await?;
        }
        Ok(())
    }
}
