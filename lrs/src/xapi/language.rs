//! Which language of a language map a reader gets (RFC 9110 12.5.4, RFC 4647).

use std::collections::HashSet;

use serde_json::{Map, Value};

/// So many languages of a header count; nobody reads more, and each is looked for in each map.
const MOST: usize = 32;

/// The languages a client takes, best first, as its `Accept-Language` header ranks them; of equal
/// ones, and beyond [`MOST`], the first.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Languages(Vec<String>);

impl Languages {
    /// Reads the header's value. Ranges with weight 0 and what is not a range are left out.
    pub fn parse(header: &str) -> Self {
        let mut ranges: Vec<(String, f32)> = header
            .split(',')
            .filter_map(|part| {
                let (range, weight) = part.split_once(';').unwrap_or((part, "q=1"));
                let weight = weight.trim().strip_prefix("q=")?.trim().parse().ok()?;
                Some((range.trim().to_ascii_lowercase(), weight))
            })
            .filter(|(range, weight)| !range.is_empty() && *weight > 0.0)
            .collect();
        ranges.sort_by(|(_, a), (_, b)| b.total_cmp(a));
        let mut seen = HashSet::new();
        let ranges = ranges.into_iter().map(|(range, _)| range);
        Self(ranges.filter(|range| seen.insert(range.clone())).take(MOST).collect())
    }

    /// The tag in `map` that suits best; its first one when none is asked for.
    pub fn best<'m>(&self, map: &'m Map<String, Value>) -> Option<&'m String> {
        let best = self.0.iter().find_map(|range| Self::find(range, map));
        best.or_else(|| map.keys().next())
    }

    /// The tag that equals `range`, else one more special, else the one more general by least.
    fn find<'m>(range: &str, map: &'m Map<String, Value>) -> Option<&'m String> {
        let (mut special, mut general): (Option<&String>, Option<&String>) = (None, None);
        for tag in map.keys() {
            if range == "*" || tag.eq_ignore_ascii_case(range) {
                return Some(tag);
            }
            if special.is_none() && is_within(tag, range) {
                special = Some(tag);
            }
            if is_within(range, tag) && general.is_none_or(|best| best.len() <= tag.len()) {
                general = Some(tag);
            }
        }
        special.or(general)
    }
}

/// Whether `tag` is a special form of `range`, as `it-CH` is of `it`.
fn is_within(tag: &str, range: &str) -> bool {
    let (tag, range) = (tag.as_bytes(), range.as_bytes());
    let (start, rest) = tag.split_at(range.len().min(tag.len()));
    rest.first() == Some(&b'-') && start.eq_ignore_ascii_case(range)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn chosen(header: &str, tags: &[&str]) -> Vec<String> {
        let map: Map<_, _> = tags.iter().map(|tag| ((*tag).to_owned(), json!("x"))).collect();
        Languages::parse(header).best(&map).into_iter().cloned().collect()
    }

    #[test]
    fn weights_rank_and_the_first_entry_is_the_last_resort() {
        assert_eq!(chosen("en;q=0.2, it;q=0.9", &["en", "it"]), ["it"]);
        assert_eq!(chosen("de", &["en", "it"]), ["en"]);
        assert_eq!(chosen("", &["en", "it"]), ["en"]);
        assert_eq!(chosen("it;q=0, *", &["en"]), ["en"]);
    }

    #[test]
    fn a_range_takes_its_special_and_then_its_general_forms() {
        assert_eq!(chosen("it", &["en", "it-IT"]), ["it-IT"]);
        assert_eq!(chosen("it-CH", &["en", "it"]), ["it"]);
        assert_eq!(chosen("EN-us", &["it", "en-US"]), ["en-US"]);
        assert_eq!(chosen("i", &["en", "it"]), ["en"]);
    }

    #[test]
    fn a_long_header_counts_for_its_first_languages() {
        let header: Vec<String> = (0..60_000).map(|n| format!("x-{n}")).collect();
        assert_eq!(Languages::parse(&header.join(",")).0.len(), MOST);
        assert_eq!(chosen("it;q=0.1,en,en,EN;q=0.5", &["it"]), ["it"]);
        assert_eq!(Languages::parse("en,EN,en;q=0.5").0, ["en"]);
    }

    #[test]
    fn the_closest_of_several_general_forms_is_taken() {
        assert_eq!(chosen("zh-Hant-TW", &["zh", "zh-hant", "en"]), ["zh-hant"]);
        assert_eq!(chosen("zh", &["en", "zh-hant", "zh-hans"]), ["zh-hant"]);
    }
}
