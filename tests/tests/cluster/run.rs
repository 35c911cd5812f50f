//! A reading of all statements over all pages, and what it promises.

use std::collections::HashSet;

use e2e::Client;
use jiff::Timestamp;

const PAGE: &str = "100";
const THROUGH: &str = "x-experience-api-consistent-through";

/// All statements that were found over all pages, in the order of the pages.
pub(crate) struct Run {
    statements: Vec<(String, Timestamp)>,
    through: Timestamp,
}

/// That no statement stored up to `through` will ever be found that was not found then.
pub(crate) struct Promise {
    through: Timestamp,
    found: HashSet<String>,
}

impl Run {
    /// Reads all pages, up or down. `None` when the server was killed meanwhile.
    pub(crate) async fn read(client: Client, ascending: bool) -> Option<Self> {
        let up = if ascending { "true" } else { "false" };
        let query = [("limit", PAGE), ("ascending", up)];
        let mut page = client.get("/statements").query(&query).attempt().await.ok()?.expect(200);
        let through = page.header(THROUGH).parse().expect("a timestamp");
        let mut statements = Vec::new();
        loop {
            for statement in page.statements() {
                let text = |name: &str| statement[name].as_str().expect("a text").to_owned();
                statements.push((text("id"), text("stored").parse().expect("a timestamp")));
            }
            let Some(more) = page.more() else { break };
            page = client.follow(&more).attempt().await.ok()?.expect(200);
        }
        let in_order =
            |a: &(_, Timestamp), b: &(_, Timestamp)| (a.1 < b.1) == ascending && a.1 != b.1;
        assert!(statements.is_sorted_by(in_order), "`stored` is strictly in order: {statements:?}");
        Some(Self { statements, through })
    }

    /// Ids and when they were stored.
    pub(crate) fn stored(&self) -> impl Iterator<Item = (&str, Timestamp)> {
        self.statements.iter().map(|(id, stored)| (id.as_str(), *stored))
    }

    pub(crate) fn len(&self) -> usize {
        self.statements.len()
    }

    pub(crate) fn promise(&self) -> Promise {
        let (through, found) = (self.through, self.up_to(self.through).map(str::to_owned));
        Promise { through, found: found.collect() }
    }

    fn up_to(&self, through: Timestamp) -> impl Iterator<Item = &str> {
        self.stored().filter(move |(_, stored)| *stored <= through).map(|(id, _)| id)
    }
}

impl Promise {
    /// Fails when a later reading broke it.
    pub(crate) fn is_kept_by(&self, later: &Run) {
        for id in later.up_to(self.through) {
            let through = self.through;
            assert!(
                self.found.contains(id),
                "{id} appeared after all up to {through} was promised"
            );
        }
    }

    /// The one of the two that promises more.
    pub(crate) fn or(self, other: Self) -> Self {
        if other.through > self.through { other } else { self }
    }
}
