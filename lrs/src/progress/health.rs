//! R15: what the data team must know before anyone trusts the other reports: who sends and since
//! when not, what is refused, what belongs to nobody, which clocks are wrong.

use std::collections::{BTreeMap, HashMap, HashSet};

use serde_json::Value;

use super::Progress;
use super::board::{Board, Register};
use super::error::ProgressError;
use super::read::{Readable, Unreadable};
use super::unassigned::Unassigned;
use crate::access::bounds::Bounds;
use crate::course::{Cell, Column, Credit, Evidence, Form, Kind, Selection, State, Table, Words};
use crate::store::StoreError;
use crate::xapi::query::Filter;
use crate::xapi::stored::Stored;

/// How many of the newest statements are looked at.
const NEWEST: usize = 2_000;
/// How many rows of one kind are listed.
const LISTED: usize = 50;
/// A timestamp may be this far ahead of `stored`, in microseconds.
const AHEAD: i64 = 5 * 60 * 1_000_000;
/// And this far behind it.
const BEHIND: i64 = 7 * 86_400 * 1_000_000;

/// What was found among the newest statements.
#[derive(Default)]
struct Found {
    unmapped: BTreeMap<String, (u64, i64)>,
    ahead: BTreeMap<String, (u64, i64)>,
    late: BTreeMap<String, (u64, i64)>,
    repeated: (u64, i64),
    unreadable: Vec<Unreadable>,
}

impl Progress {
    /// See [`super::ReportKind::Health`].
    pub(super) async fn health(
        &self,
        id: &str,
        bounds: Option<&Bounds>,
    ) -> Result<Table, ProgressError> {
        if bounds.is_some() {
            return Err(ProgressError::Bounded);
        }
        let register = self.boards.register(id).await?;
        let mut table = empty(&register);
        table.through = Some(self.store.consistent_through().await?.micros());
        if let Some(ahead) = self.record.stored_ahead().await? {
            let seconds = u64::try_from(ahead.micros / 1_000_000).ok();
            let latest = Some(ahead.latest.micros());
            table.rows.push(row("stored_ahead", "", seconds, latest));
        }
        self.sources(&mut table).await?;
        for refused in self.record.refusals().all() {
            let subject = format!("{}: {}", refused.key, refused.rule);
            table.rows.push(row(
                "refused",
                &subject,
                Some(refused.count),
                Some(refused.last.micros()),
            ));
        }
        let board = self.boards.board(id, None).await?;
        add_without_time(&mut table, &board);
        drop(board);
        let unassigned = self.unassigned(id).await?;
        add_unassigned(&mut table, &register, &unassigned);
        let found = self.newest(&register).await?;
        found.add_to(&mut table);
        Ok(table)
    }

    /// When each key's last statement came.
    async fn sources(&self, table: &mut Table) -> Result<(), StoreError> {
        for kept in self.store.keys().await? {
            let authority = Some(kept.key.authority.ifi().to_owned());
            let filter = Filter { authority, limit: 1, ..Filter::default() };
            let page = Readable::next(&*self.store, &filter).await?;
            // When it came is known even of one that cannot be read.
            let last = page.statements.first().map(|last| last.stored);
            if let Some(last) = last.or(page.unreadable.map(|last| last.stored)) {
                let subject = format!("{} ({})", kept.key.name, kept.key.label);
                table.rows.push(row("source", &subject, None, Some(last.micros())));
            }
        }
        Ok(())
    }

    async fn newest(&self, register: &Register) -> Result<Found, StoreError> {
        let sites = sites(register);
        let (mut found, mut seen) = (Found::default(), HashSet::new());
        for statement in &self.newest_statements(&mut found).await? {
            let Ok(value) = statement.value() else { continue };
            let stored = statement.stored.micros();
            let Some(evidence) = Evidence::read(&value, "", stored) else { continue };
            let actor = evidence.actor.to_string();
            if !seen.insert((actor, evidence.fingerprint)) {
                count(&mut found.repeated, stored);
            }
            let platform = value.pointer("/context/platform").and_then(Value::as_str);
            let source = platform.unwrap_or("?").to_owned();
            if evidence.timestamp > stored + AHEAD {
                count(found.ahead.entry(source).or_default(), stored);
            } else if evidence.timestamp < stored - BEHIND {
                count(found.late.entry(source).or_default(), stored);
            }
            let Evidence { object, parents, groupings, .. } = &evidence;
            let is_ours = register.people.find(&evidence.actor).is_some()
                && sites.iter().any(|site| object.starts_with(site));
            if is_ours && register.course.place_of(object, parents, groupings).is_none() {
                count(found.unmapped.entry(object.clone()).or_default(), stored);
            }
        }
        Ok(found)
    }
}

impl Progress {
    /// The newest statements that can be read; the others are noted.
    async fn newest_statements(&self, found: &mut Found) -> Result<Vec<Stored>, StoreError> {
        let mut newest = Vec::new();
        let mut filter = Filter { limit: NEWEST, ..Filter::default() };
        loop {
            let page = Readable::next(&*self.store, &filter).await?;
            newest.extend(page.statements);
            found.unreadable.extend(page.unreadable);
            filter.limit = NEWEST - newest.len();
            filter.beyond = page.beyond;
            let is_enough = filter.limit == 0 || found.unreadable.len() == LISTED;
            if is_enough || filter.beyond.is_none() {
                return Ok(newest);
            }
        }
    }
}

fn count(of: &mut (u64, i64), stored: i64) {
    of.0 += 1;
    of.1 = of.1.max(stored);
}

impl Found {
    fn add_to(&self, table: &mut Table) {
        for Unreadable { stored, error } in &self.unreadable {
            table.rows.push(row("unreadable", error, None, Some(stored.micros())));
        }
        if self.repeated.0 > 0 {
            table.rows.push(row("repeated", "", Some(self.repeated.0), Some(self.repeated.1)));
        }
        for (check, found) in
            [("clock_ahead", &self.ahead), ("late", &self.late), ("unmapped", &self.unmapped)]
        {
            let mut sorted: Vec<_> = found.iter().collect();
            sorted.sort_by_key(|(_, (count, _))| std::cmp::Reverse(*count));
            let listed = sorted.into_iter().take(LISTED);
            table.rows.extend(
                listed.map(|(subject, (n, last))| row(check, subject, Some(*n), Some(*last))),
            );
        }
    }
}

/// Activities whose time is measured, that people completed, and of which nobody has any: what
/// Moodle's log store plugin says of SCORM packages.
fn add_without_time(table: &mut Table, board: &Board) {
    for (n, (_, activity)) in board.register.course.activities().enumerate() {
        if !matches!(activity.form, Form::Online { credit: Credit::Measured, .. }) {
            continue;
        }
        let standings = board.members.iter().filter_map(|it| it.standings.activities.get(n));
        let (mut completed, mut timed) = (0, 0);
        for standing in standings {
            completed += u64::from(standing.state == State::Completed);
            timed += u64::from(standing.micros > 0);
        }
        if completed > 0 && timed == 0 {
            table.rows.push(row("without_time", &activity.key, Some(completed), None));
        }
    }
}

fn add_unassigned(table: &mut Table, register: &Register, unassigned: &[Unassigned]) {
    let statements = unassigned.iter().map(|actor| actor.statements).sum();
    table.rows.push(row("unassigned", "", Some(statements), None));
    let mut by_name: HashMap<&str, Vec<&str>> = HashMap::new();
    for learner in register.people.learners().iter().filter(|it| !it.name.is_empty()) {
        by_name.entry(&learner.name).or_default().push(&learner.id);
    }
    for actor in unassigned.iter().take(LISTED) {
        table.rows.push(row("unassigned_actor", &actor.actor, Some(actor.statements), None));
        let ids = actor.names.iter().filter_map(|name| by_name.get(name.as_str())).flatten();
        for id in ids {
            let subject = format!("{} = {id}?", actor.actor);
            table.rows.push(row("same_name", &subject, Some(actor.statements), None));
        }
    }
}

/// Scheme and authority of the IRIs that the course selects.
fn sites(register: &Register) -> HashSet<String> {
    let mut sites = HashSet::new();
    for (_, activity) in register.course.activities() {
        let Selection { ids, prefixes, within } = &activity.selection;
        for iri in ids.iter().chain(prefixes).chain(within) {
            let site: Vec<&str> = iri.splitn(4, '/').take(3).collect();
            if site.len() == 3 {
                sites.insert(format!("{}/", site.join("/")));
            }
        }
    }
    sites
}

fn row(check: &str, subject: &str, count: Option<u64>, last: Option<i64>) -> Vec<Cell> {
    let meaning = meaning(check);
    vec![
        Cell::Text(check.to_owned()),
        Cell::Words(meaning),
        Cell::Text(subject.to_owned()),
        count.map_or(Cell::Empty, Cell::Count),
        last.map_or(Cell::Empty, Cell::Instant),
    ]
}

fn meaning(check: &str) -> Words {
    match check {
        "source" => Words::new("ultima dichiarazione della chiave", "last statement of the key"),
        "refused" => {
            Words::new("richieste rifiutate dall'avvio", "requests refused since the start")
        }
        "unassigned" => {
            Words::new("dichiarazioni di attori non iscritti", "statements of actors not enrolled")
        }
        "unassigned_actor" => Words::new("attore non iscritto", "actor not enrolled"),
        "same_name" => {
            Words::new("stesso nome: la stessa persona?", "the same name: the same person?")
        }
        "without_time" => Words::new(
            "completata, ma nessuna dichiarazione ne dice la durata: con hours e \
             credit = \"nominal\" le ore contano al completamento",
            "completed, but no statement tells how long: with hours and credit = \"nominal\" the \
             hours count on completion",
        ),
        "stored_ahead" => Words::new(
            "secondi di anticipo di stored sull'orologio del server",
            "seconds by which stored runs ahead of the server's clock",
        ),
        "unreadable" => Words::new(
            "dichiarazione rovinata nell'archivio: non conta; ripristinarla da una copia",
            "statement damaged in the store: it does not count; restore it from a backup",
        ),
        "repeated" => Words::new(
            "dichiarazioni ripetute, contate una volta",
            "repeated statements, counted once",
        ),
        "clock_ahead" => {
            Words::new("orologio avanti di oltre 5 minuti", "clock ahead by more than 5 minutes")
        }
        "late" => {
            Words::new("arrivate con oltre 7 giorni di ritardo", "came more than 7 days late")
        }
        _ => Words::new(
            "oggetti del sito fuori dal corso",
            "objects of the site outside of the course",
        ),
    }
}

fn empty(register: &Register) -> Table {
    let course = &register.course;
    let newest = Words::new(
        format!("Orologi, ritardi, ripetizioni e oggetti: nelle ultime {NEWEST} dichiarazioni."),
        format!("Clocks, delays, repetitions and objects: in the newest {NEWEST} statements."),
    );
    Table {
        report: "health",
        title: Words::new("Qualità dei dati", "Data health"),
        course: course.id().to_owned(),
        course_title: course.title().clone(),
        at: None,
        through: None,
        time_zone: course.time_zone().to_owned(),
        notes: vec![newest],
        columns: vec![
            Column::new("check", Kind::Text, "Controllo", "Check"),
            Column::new("meaning", Kind::Text, "Significato", "Meaning"),
            Column::new("subject", Kind::Text, "Soggetto", "Subject"),
            Column::new("count", Kind::Count, "Numero", "Count"),
            Column::new("last", Kind::Instant, "Ultima volta", "Last"),
        ],
        print: &[],
        rows: Vec::new(),
        totals: None,
    }
}
