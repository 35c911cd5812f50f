//! The platforms of a course, from the addresses in its file.

use course::{Activity, Course};

/// Where nothing says otherwise.
const ELSEWHERE: &str = "https://formazione.example.it";

/// The platforms on which a course is held.
#[derive(Clone, Debug)]
pub(super) struct Sites {
    /// The home page of the Moodle that holds it, or of the course itself.
    pub(super) main: String,
    /// Whether any activity is on a platform; if not, registers are the only source.
    pub(super) online: bool,
    /// The other ones.
    pub(super) others: Vec<String>,
}

impl Sites {
    pub(super) fn of(course: &Course) -> Self {
        let all = || course.activities().flat_map(|(_, activity)| addresses(activity));
        let moodle = all().find(|iri| iri.contains("/mod/")).and_then(site_of);
        let first = || all().find_map(site_of).filter(|_| is_online(course));
        let online = moodle.or_else(first);
        let held = || site_of(&course.outline().iri).unwrap_or_else(|| ELSEWHERE.to_owned());
        let mut sites = Self {
            online: online.is_some(),
            main: online.unwrap_or_else(held),
            others: Vec::new(),
        };
        for site in all().filter_map(site_of) {
            if site != sites.main && !sites.others.contains(&site) {
                sites.others.push(site);
            }
        }
        sites
    }
}

fn is_online(course: &Course) -> bool {
    course.activities().any(|(_, activity)| !activity.is_event())
}

/// Every address by which a file selects statements for an activity.
fn addresses(activity: &Activity) -> impl Iterator<Item = &str> {
    let selection = &activity.selection;
    let all = selection.ids.iter().chain(&selection.prefixes).chain(&selection.within);
    all.map(String::as_str)
}

/// Scheme and authority, as Moodle's plugin writes home pages.
pub(super) fn site_of(iri: &str) -> Option<String> {
    let (scheme, rest) = iri.split_once("://")?;
    let authority = rest.split('/').next()?;
    scheme.starts_with("http").then(|| format!("{scheme}://{authority}"))
}
