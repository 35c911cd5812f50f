//! Where all learners of a course stand on one day, kept in memory and brought up to date from the
//! documents that changed since: a report on a warm server reads neither the log nor documents.

use std::collections::{BTreeSet, HashMap};
use std::num::NonZero;
use std::sync::Arc;
use std::thread::ScopedJoinHandle;

use super::followed::current;
use access::bounds::Bounds;
use course::{ActorProgress, Course, Cut, Enrolment, Learner, LearnerList, Replay, Standings};
use report::Member;
use store::{KeptCourse, ProgressDocument, Result, Store, StoreError, Watermark};

/// Documents read at once.
const PAGE: usize = 2_000;

/// A course with its enrolment, as the kept texts say; read once for each revision of them.
pub(super) struct EnrolledCourse {
    pub(super) revision: i64,
    pub(super) course: Course,
    pub(super) enrolment: Enrolment,
    /// One for each person.
    pub(super) people: LearnerList,
}

impl EnrolledCourse {
    pub(super) fn read(kept: &KeptCourse) -> Result<Self> {
        let corrupt = |what: String| StoreError::Corrupt(format!("course {}: {what}", kept.id));
        let course = Course::parse(&kept.file).map_err(|error| corrupt(error.to_string()))?;
        let enrolment = Enrolment::from_kept(&kept.enrolment).map_err(corrupt)?;
        let people = enrolment.people().map_err(|error| corrupt(error.to_string()))?;
        Ok(Self { revision: kept.revision, course, enrolment, people })
    }

    /// The person whom the learner `id` is: themselves, or the one they were merged into.
    ///
    /// With `bounds`, both must be within them. A learner outside is as unknown as one who is not
    /// there, also when merged into a learner inside: the merge would tell where they are.
    pub(super) fn person(&self, id: &str, bounds: Option<&Bounds>) -> Option<&Learner> {
        let may_be_seen = |it: &&Learner| {
            bounds.is_none_or(|bounds| bounds.include(&it.region, &it.body, &it.istat))
        };
        if bounds.is_some() {
            self.enrolment.learners.iter().filter(may_be_seen).find(|it| it.id == id)?;
        }
        let person = self.enrolment.person(id);
        self.people.learners().iter().filter(may_be_seen).find(|it| it.id == person)
    }
}

/// The standings of one course on one day.
pub(super) struct Board {
    pub(super) enrolled: Arc<EnrolledCourse>,
    cut: Option<Cut>,
    pub(super) watermark: Watermark,
    pub(super) members: Vec<Member>,
    /// The position of the learner whom an actor is.
    by_actor: Arc<HashMap<String, usize>>,
}

impl Board {
    /// A board without journals, older than all progress documents.
    pub(super) fn new(enrolled: Arc<EnrolledCourse>, cut: Option<Cut>) -> Self {
        let people = enrolled.people.learners();
        let mut by_actor = HashMap::new();
        for (position, learner) in people.iter().enumerate() {
            by_actor.extend(learner.known_as().into_iter().map(|it| (it.to_string(), position)));
        }
        let members = people.iter().map(|learner| Member {
            standings: Replay::new(&enrolled.course, learner, []).until(cut).standings(),
            learner: Arc::new(learner.clone()),
        });
        let members = members.collect();
        let by_actor = Arc::new(by_actor);
        Self { enrolled, cut, watermark: Watermark::default(), members, by_actor }
    }

    /// Brings the board up to date with `watermark`, which was read before.
    pub(super) async fn refresh(&mut self, store: &dyn Store, watermark: Watermark) -> Result<()> {
        if watermark == self.watermark {
            return Ok(());
        }
        let id = self.enrolled.course.id().to_owned();
        if self.watermark.version < watermark.base || self.watermark.version == 0 {
            self.load(store, &id).await?;
            self.watermark = watermark;
            return Ok(());
        }
        let (watermark, documents) = store.progress_since(&id, self.watermark.version).await?;
        if self.watermark.version < watermark.base {
            // All of them were replaced in between.
            self.load(store, &id).await?;
            self.watermark = watermark;
            return Ok(());
        }
        let changed: BTreeSet<usize> =
            documents.iter().filter_map(|it| self.by_actor.get(&it.actor).copied()).collect();
        for position in changed {
            #[expect(clippy::expect_used, reason = "`by_actor` holds positions of members")]
            let member = self.members.get(position).expect("a member");
            let documents = documents_of(store, &id, &member.learner).await?;
            self.set(position, &documents);
        }
        self.watermark = watermark;
        Ok(())
    }

    /// Reads all documents of the course: while one page is worked through, the next is read.
    /// Those of people known by one actor are done with at once; of the others the parts are
    /// gathered first.
    async fn load(&mut self, store: &dyn Store, id: &str) -> Result<()> {
        for member in &mut self.members {
            member.standings = Standings::default();
        }
        let mut gathered: HashMap<usize, Vec<ActorProgress>> = HashMap::new();
        let mut reached = vec![false; self.members.len()];
        let mut page = store.progress(id, "", PAGE).await?;
        while let Some(last) = page.last() {
            let after = last.actor.clone();
            let (next, read) = tokio::join!(store.progress(id, &after, PAGE), self.read(page));
            for (position, part) in read? {
                if let Some(reached) = reached.get_mut(position) {
                    *reached = true;
                }
                match part {
                    DocumentRead::Standings(standings) => self.stand(position, standings),
                    DocumentRead::OneOfSeveral(progress) => {
                        gathered.entry(position).or_default().push(progress);
                    }
                }
            }
            page = next?;
        }
        for (position, reached) in reached.into_iter().enumerate() {
            if let Some(documents) = gathered.remove(&position) {
                self.set(position, &documents);
            } else if !reached {
                self.set(position, &[]);
            }
        }
        // They were made in the order of the documents. In the order of the members they lie in
        // memory as reports go through them.
        for member in &mut self.members {
            member.standings = member.standings.clone();
        }
        Ok(())
    }

    /// What each document of a page comes to, on all cores.
    async fn read(&self, page: Vec<ProgressDocument>) -> Result<Vec<(usize, DocumentRead)>> {
        let (enrolled, cut, by_actor) =
            (Arc::clone(&self.enrolled), self.cut, Arc::clone(&self.by_actor));
        let work = move || {
            let cores = std::thread::available_parallelism().map_or(1, NonZero::get);
            let chunks = page.chunks(page.len().div_ceil(cores).max(1));
            std::thread::scope(|scope| {
                let (enrolled, by_actor) = (&enrolled, &by_actor);
                let read = |chunk| scope.spawn(move || parts(enrolled, cut, by_actor, chunk));
                let threads: Vec<_> = chunks.map(read).collect();
                let join = |thread: ScopedJoinHandle<'_, Result<_>>| {
                    thread.join().unwrap_or_else(|_| Err(stopped()))
                };
                threads.into_iter().map(join).collect::<Result<Vec<Vec<_>>>>()
            })
        };
        let read = tokio::task::spawn_blocking(work).await.map_err(|_| stopped())?;
        Ok(read?.into_iter().flatten().collect())
    }

    fn stand(&mut self, position: usize, standings: Standings) {
        if let Some(member) = self.members.get_mut(position) {
            member.standings = standings;
        }
    }

    fn set(&mut self, position: usize, documents: &[ActorProgress]) {
        let course = &self.enrolled.course;
        if let Some(member) = self.members.get_mut(position) {
            let replay = Replay::new(course, &member.learner, documents).until(self.cut);
            member.standings = replay.standings();
        }
    }
}

/// A document, as far as it can be worked out without the learner's other documents.
enum DocumentRead {
    /// Of a learner who is known by one identifier: the document is all there is of them.
    Standings(Standings),
    /// One of the documents of a learner who is known by several identifiers.
    OneOfSeveral(ActorProgress),
}

fn parts(
    enrolled: &EnrolledCourse,
    cut: Option<Cut>,
    by_actor: &HashMap<String, usize>,
    documents: &[ProgressDocument],
) -> Result<Vec<(usize, DocumentRead)>> {
    let (course, people) = (&enrolled.course, enrolled.people.learners());
    let mut parts = Vec::with_capacity(documents.len());
    for document in documents {
        let Some(&position) = by_actor.get(&document.actor) else { continue };
        #[expect(clippy::expect_used, reason = "`by_actor` holds positions of people")]
        let learner = people.get(position).expect("a learner");
        let progress = progress_of(course.id(), document)?;
        let is_only_one = learner.known_as().len() == 1;
        let part = if is_only_one {
            DocumentRead::Standings(
                Replay::new(course, learner, [&progress]).until(cut).standings(),
            )
        } else {
            DocumentRead::OneOfSeveral(progress)
        };
        parts.push((position, part));
    }
    Ok(parts)
}

fn stopped() -> StoreError {
    StoreError::Unavailable("reading progress was stopped".into())
}

/// All that was said by the actors who are a learner.
pub(super) async fn documents_of(
    store: &dyn Store,
    course: &str,
    learner: &Learner,
) -> Result<Vec<ActorProgress>> {
    let actors: Vec<String> = learner.known_as().iter().map(ToString::to_string).collect();
    let documents = store.progress_of(course, &actors).await?;
    documents.iter().map(|document| progress_of(course, document)).collect()
}

fn progress_of(course: &str, document: &ProgressDocument) -> Result<ActorProgress> {
    current(document).ok_or_else(|| {
        StoreError::Corrupt(format!("the progress of {} in {course}: rebuild it", document.actor))
    })
}
