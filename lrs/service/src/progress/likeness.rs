//! Which module has the IRI that is most like another one.

use course::{Course, Selectors};

/// The IRIs, and beginnings of IRIs, by which a course selects activities.
pub(super) struct IrisOfModules<'a> {
    /// In the order of their bytes: those that begin alike stand together.
    iris: Vec<&'a str>,
    /// The place of the module of each.
    modules: Vec<usize>,
}

impl<'a> IrisOfModules<'a> {
    pub(super) fn of(course: &'a Course) -> Self {
        let iris = course.activities_in_modules().flat_map(|(place, _, it)| {
            let Selectors { ids, prefixes, .. } = &it.selection;
            ids.iter().chain(prefixes).map(move |iri| (iri.as_str(), place.module))
        });
        Self::sorted(iris.collect())
    }

    fn sorted(mut iris: Vec<(&'a str, usize)>) -> Self {
        iris.sort_unstable();
        let (iris, modules) = iris.into_iter().unzip();
        Self { iris, modules }
    }

    /// The module that has the IRI which begins most like `activity`, and has more in common with it than the site: of
    /// those that are as like, the first.
    ///
    /// What begins most like it stands beside its place in the order, and what begins as like lies around that without a
    /// gap: only these are looked at, and not compared.
    pub(super) fn likest(&self, activity: &str) -> Option<usize> {
        let site = activity.splitn(4, '/').take(3).map(|part| part.len() + 1).sum::<usize>();
        let place = self.iris.partition_point(|iri| *iri < activity);
        let beside = [place.checked_sub(1), Some(place)];
        let beside = beside.into_iter().flatten().filter_map(|at| self.iris.get(at));
        let most = beside.map(|iri| likeness(iri, activity)).max().filter(|most| *most > site)?;
        let beginning = activity.get(..most)?;
        let from = self.iris.partition_point(|iri| *iri < beginning);
        let alike = self.iris.get(from..)?.partition_point(|iri| iri.starts_with(beginning));
        self.modules.get(from..from + alike)?.iter().min().copied()
    }
}

/// How many bytes two IRIs have in common at their beginning, up to the end of a segment.
fn likeness(one: &str, other: &str) -> usize {
    let same = one.bytes().zip(other.bytes()).take_while(|(a, b)| a == b);
    let ends = same.enumerate().filter(|(_, (a, _))| matches!(a, b'/' | b'?' | b'#' | b'='));
    ends.last().map_or(0, |(at, _)| at + 1)
}

#[cfg(test)]
mod tests {
    use std::cmp::Reverse;
    use std::sync::mpsc;
    use std::thread;
    use std::time::Duration;

    use super::*;

    /// As the rule reads: each is compared.
    fn by_comparing(iris: &[(&str, usize)], activity: &str) -> Option<usize> {
        let site = activity.splitn(4, '/').take(3).map(|part| part.len() + 1).sum::<usize>();
        let like = iris.iter().map(|(iri, module)| (likeness(iri, activity), *module));
        let like = like.filter(|(length, _)| *length > site);
        like.min_by_key(|(length, module)| (Reverse(*length), *module)).map(|(_, module)| module)
    }

    #[test]
    fn the_likest_is_found_as_if_all_were_compared() {
        let parts =
            ["", "a", "a/", "a/b", "a/b/", "a/b/c", "a/c?x=1", "a/c?x=2", "aà/", "b#1", "b#"];
        let sites = ["https://x.example/", "https://x.example/de/", "urn:x:", "https://y.example"];
        let all: Vec<String> =
            sites.iter().flat_map(|site| parts.map(|part| format!("{site}{part}"))).collect();
        let mut found = 0;
        for step in 1..all.len() {
            let some = all.iter().step_by(step).enumerate();
            let iris: Vec<(&str, usize)> =
                some.map(|(at, iri)| (iri.as_str(), at * 7 % 5)).collect();
            let sorted = IrisOfModules::sorted(iris.clone());
            for activity in &all {
                let likest = sorted.likest(activity);
                assert_eq!(likest, by_comparing(&iris, activity), "{activity} in {iris:?}");
                found += usize::from(likest.is_some());
            }
        }
        assert!(found > 100, "{found}");
    }

    /// A comparison of each with each takes minutes.
    #[test]
    fn many_long_activities_are_told_the_likest_of_many() {
        let long = |n: usize| format!("https://x.example/{}{n:06}", "a/".repeat(990));
        let (done, told) = mpsc::channel();
        thread::spawn(move || {
            let iris: Vec<String> = (0..20_000).map(|n| long(2 * n)).collect();
            let iris = iris.iter().enumerate().map(|(at, iri)| (iri.as_str(), at + 3));
            let iris = IrisOfModules::sorted(iris.collect());
            let found = (0..2_000).filter(|n| iris.likest(&long(2 * n + 1)) == Some(3));
            let _ = done.send(found.count());
        });
        assert_eq!(told.recv_timeout(Duration::from_secs(30)), Ok(2_000));
    }
}
