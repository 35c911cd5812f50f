//! Prerequisites: that what is named exists, and that nothing waits for itself.

use std::collections::{HashMap, HashSet, VecDeque};

use texts::Message;
use toml::Spanned;

use super::FileCheck;
use crate::file::ModuleText;

/// How many ids a message lists.
const SHOWN: usize = 20;

impl FileCheck<'_> {
    /// The positions of what `named` names among `ids`.
    pub(super) fn positions(
        &mut self,
        what: &str,
        named: &[Spanned<String>],
        ids: &[String],
    ) -> Vec<usize> {
        let mut at = HashMap::new();
        for (position, id) in ids.iter().enumerate() {
            at.entry(id.as_str()).or_insert(position);
        }
        self.found(what, named, ids, &at)
    }

    /// [`Self::positions`] by the first position of each id.
    fn found(
        &mut self,
        what: &str,
        named: &[Spanned<String>],
        ids: &[String],
        at: &HashMap<&str, usize>,
    ) -> Vec<usize> {
        let (mut found, mut seen) = (Vec::new(), HashSet::new());
        for name in named {
            match at.get(name.get_ref().as_str()) {
                Some(position) if seen.insert(*position) => found.push(*position),
                Some(_) => {}
                None => {
                    let known = shown(ids.iter().filter(|id| !id.is_empty()), ", ");
                    let message = Message::new("course-fault-unknown").with("thing", what);
                    let message = message.with("name", name.get_ref()).with("known", known);
                    self.fault(name.span(), message);
                }
            }
        }
        found
    }

    /// For each module the positions of those it requires.
    pub(super) fn module_requires(&mut self, modules: &[ModuleText]) -> Vec<Vec<usize>> {
        let ids: Vec<String> = modules.iter().map(|module| module.id.get_ref().clone()).collect();
        let named: Vec<&[Spanned<String>]> =
            modules.iter().map(|module| module.requires.as_slice()).collect();
        self.requires("module", &ids, &named)
    }

    /// The positions that each of `ids` requires by its `named`, without circles.
    pub(super) fn requires(
        &mut self,
        what: &str,
        ids: &[String],
        named: &[&[Spanned<String>]],
    ) -> Vec<Vec<usize>> {
        let mut at = HashMap::new();
        for (position, id) in ids.iter().enumerate() {
            at.entry(id.as_str()).or_insert(position);
        }
        let graph: Vec<Vec<usize>> =
            named.iter().map(|names| self.found(what, names, ids, &at)).collect();
        for circle in circles(&graph) {
            let names = shown(circle.iter().filter_map(|at| ids.get(*at)), " → ");
            let first = circle.first().copied().unwrap_or_default();
            let first_name = ids.get(first).map_or("", String::as_str);
            let message = Message::new("course-fault-circle").with("names", names);
            let message = message.with("first", first_name);
            if let Some(name) = named.get(first).and_then(|names| names.first()) {
                self.fault(name.span(), message);
            }
        }
        graph
    }
}

/// The first of some ids, as a message lists them.
fn shown<'i>(ids: impl Iterator<Item = &'i String>, between: &str) -> String {
    let mut ids = ids.map(String::as_str);
    let mut shown: Vec<&str> = ids.by_ref().take(SHOWN).collect();
    shown.extend(ids.next().map(|_| "…"));
    shown.join(between)
}

/// A circle for each set of nodes that are all reached from each other, beginning with the first of
/// them; in time that grows with nodes and edges.
fn circles(graph: &[Vec<usize>]) -> Vec<Vec<usize>> {
    let components = components(graph);
    let mut is_done = HashSet::new();
    let first_of_each = (0..graph.len())
        .filter(|at| components.get(*at).is_some_and(|component| is_done.insert(*component)));
    first_of_each.filter_map(|start| circle(graph, &components, start)).collect()
}

/// A shortest way from `start` back to itself among the nodes of its component.
fn circle(graph: &[Vec<usize>], components: &[usize], start: usize) -> Option<Vec<usize>> {
    let mut came_from = HashMap::new();
    let mut next = VecDeque::from([start]);
    while let Some(at) = next.pop_front() {
        for &to in graph.get(at).into_iter().flatten() {
            if to == start {
                let mut way = vec![at];
                while let Some(before) = way.last().and_then(|at| came_from.get(at)) {
                    way.push(*before);
                }
                way.reverse();
                return Some(way);
            }
            if components.get(to) == components.get(start) && !came_from.contains_key(&to) {
                came_from.insert(to, at);
                next.push_back(to);
            }
        }
    }
    None
}

/// For each node a number that it shares with those which it reaches and is reached from (Kosaraju).
fn components(graph: &[Vec<usize>]) -> Vec<usize> {
    let mut back = vec![Vec::new(); graph.len()];
    for (from, to) in
        graph.iter().enumerate().flat_map(|(n, all)| all.iter().map(move |to| (n, *to)))
    {
        if let Some(back) = back.get_mut(to) {
            back.push(from);
        }
    }
    let mut left_last_first = Vec::with_capacity(graph.len());
    let mut seen = vec![false; graph.len()];
    for start in 0..graph.len() {
        walk(graph, start, &mut seen, |at| left_last_first.push(at));
    }
    let mut components = vec![0; graph.len()];
    let mut seen = vec![false; graph.len()];
    for start in left_last_first.into_iter().rev() {
        walk(&back, start, &mut seen, |at| {
            if let Some(component) = components.get_mut(at) {
                *component = start;
            }
        });
    }
    components
}

/// Walks through what is reached from `start` and was not seen, depth first; `left` is called with each
/// node once all that is reached from it was seen.
fn walk(graph: &[Vec<usize>], start: usize, seen: &mut [bool], mut left: impl FnMut(usize)) {
    let mut enter = |at: usize| seen.get_mut(at).is_some_and(|seen| !std::mem::replace(seen, true));
    if !enter(start) {
        return;
    }
    let edges = |at: usize| graph.get(at).into_iter().flatten();
    let mut way = vec![(start, edges(start))];
    while let Some((at, rest)) = way.last_mut() {
        if let Some(to) = rest.find(|to| enter(**to)) {
            way.push((*to, edges(*to)));
        } else {
            left(*at);
            way.pop();
        }
    }
}
