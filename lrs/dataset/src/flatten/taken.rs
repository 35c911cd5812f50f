//! What tables take of a statement: all else is passed over, however much it is.

use validator::ifi::{ACCOUNT, AGENT};
use validator::json::Shape::{self, Canonical, Every, Json, Members, Scalar};

use super::{EXTENSION_KEYS, SESSION};
use crate::schema::Dataset;

const NAMES: Shape = Every(&Scalar);
/// An actor or an authority.
const ACTOR: Shape = Members(&[
    ("objectType", Scalar),
    ("mbox", Scalar),
    ("mbox_sha1sum", Scalar),
    ("openid", Scalar),
    ("account", ACCOUNT),
    ("name", Scalar),
    ("member", AGENT),
]);
const AROUND: Shape = Members(&[
    ("id", Scalar),
    ("definition", Members(&[("type", Scalar), ("interactionType", Scalar), ("name", NAMES)])),
]);
const SCORE: Shape =
    Members(&[("scaled", Scalar), ("raw", Scalar), ("min", Scalar), ("max", Scalar)]);

/// Extensions whose rows nobody asks for: that there are any is told.
const THERE: Shape = Members(&[]);
const IN_CONTEXT: Shape = Members(&[(SESSION, Scalar)]);
/// Extensions that have rows, and what else is read of extensions.
const WITH_ROWS: Shape = Members(&[
    (EXTENSION_KEYS[0], Json),
    (EXTENSION_KEYS[1], Json),
    (EXTENSION_KEYS[2], Json),
    (EXTENSION_KEYS[3], Json),
    (EXTENSION_KEYS[4], Json),
    (EXTENSION_KEYS[5], Json),
    (EXTENSION_KEYS[6], Json),
    (SESSION, Scalar),
]);

/// A statement, with these of its extensions.
macro_rules! statement {
    ($extensions:expr, $of_context:expr) => {
        Members(&[
            ("version", Scalar),
            ("timestamp", Scalar),
            ("authority", ACTOR),
            ("actor", ACTOR),
            ("verb", Members(&[("id", Scalar), ("display", NAMES)])),
            (
                "object",
                Members(&[
                    ("objectType", Scalar),
                    ("id", Scalar),
                    ("mbox", Scalar),
                    ("mbox_sha1sum", Scalar),
                    ("openid", Scalar),
                    ("account", ACCOUNT),
                    ("name", Scalar),
                    (
                        "definition",
                        Members(&[
                            ("type", Scalar),
                            ("interactionType", Scalar),
                            ("name", NAMES),
                            ("extensions", $extensions),
                        ]),
                    ),
                ]),
            ),
            (
                "result",
                Canonical(&[
                    ("score", SCORE),
                    ("success", Scalar),
                    ("completion", Scalar),
                    ("response", Scalar),
                    ("duration", Scalar),
                    ("extensions", $extensions),
                ]),
            ),
            (
                "context",
                Members(&[
                    ("registration", Scalar),
                    ("platform", Scalar),
                    ("language", Scalar),
                    ("instructor", AGENT),
                    ("team", AGENT),
                    ("contextAgents", Members(&[("agent", AGENT)])),
                    ("contextGroups", Members(&[("group", AGENT)])),
                    (
                        "contextActivities",
                        Members(&[
                            ("parent", AROUND),
                            ("grouping", AROUND),
                            ("category", AROUND),
                            ("other", AROUND),
                        ]),
                    ),
                    ("extensions", $of_context),
                ]),
            ),
            // They are counted.
            ("attachments", Members(&[])),
        ])
    };
}

static STATEMENT: Shape = statement!(THERE, IN_CONTEXT);
static WITH_EXTENSIONS: Shape = statement!(WITH_ROWS, WITH_ROWS);

/// What rows of these tables take of a statement, and with them [`UsedWords`](crate::UsedWords) and
/// [`Evidence`](course::Evidence).
pub fn taken(datasets: &[Dataset]) -> &'static Shape {
    if datasets.contains(&Dataset::Extensions) { &WITH_EXTENSIONS } else { &STATEMENT }
}
