//! Prerequisites: that what is named exists, and that nothing waits for itself.

use toml::Spanned;

use super::Check;
use crate::file::ModuleText;

impl Check<'_> {
    /// The positions of what `named` names among `ids`.
    pub(super) fn positions(
        &mut self,
        what: &str,
        named: &[Spanned<String>],
        ids: &[String],
    ) -> Vec<usize> {
        let mut found = Vec::new();
        for name in named {
            match ids.iter().position(|id| id == name.get_ref()) {
                Some(position) if !found.contains(&position) => found.push(position),
                Some(_) => {}
                None => {
                    let known = ids.iter().filter(|id| !id.is_empty());
                    let known = known.map(String::as_str).collect::<Vec<_>>().join(", ");
                    let message =
                        format!("there is no {what} `{}`: known are {known}", name.get_ref());
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
        let graph: Vec<Vec<usize>> =
            named.iter().map(|names| self.positions(what, names, ids)).collect();
        for start in 0..graph.len() {
            let Some(circle) = circle(&graph, start) else { continue };
            // Named once, where its first member stands.
            if circle.iter().min() != Some(&start) {
                continue;
            }
            let names: Vec<&str> =
                circle.iter().filter_map(|at| ids.get(*at).map(String::as_str)).collect();
            let message = format!(
                "the prerequisites go round in a circle, so nobody could begin: {} → {}; remove \
                 one of them",
                names.join(" → "),
                names.first().copied().unwrap_or_default()
            );
            if let Some(name) = named.get(start).and_then(|names| names.first()) {
                self.fault(name.span(), message);
            }
        }
        graph
    }
}

/// A way from `start` back to itself.
fn circle(graph: &[Vec<usize>], start: usize) -> Option<Vec<usize>> {
    let mut ways = vec![vec![start]];
    let mut visited = vec![false; graph.len()];
    while let Some(way) = ways.pop() {
        for &next in way.last().and_then(|at| graph.get(*at)).into_iter().flatten() {
            if next == start {
                return Some(way);
            }
            if let Some(seen) = visited.get_mut(next).filter(|seen| !**seen) {
                *seen = true;
                let mut longer = way.clone();
                longer.push(next);
                ways.push(longer);
            }
        }
    }
    None
}
