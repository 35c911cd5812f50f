//! Which language of a language map a reader gets (RFC 9110 12.5.4, RFC 4647).

use serde_json::{Map, Value};

/// The languages a client takes, best first, as its `Accept-Language` header ranks them.
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
        Self(ranges.into_iter().map(|(range, _)| range).collect())
    }

    /// Leaves the one language in `map` that suits best; its first one when none is asked for.
    pub fn choose(&self, map: &mut Map<String, Value>) {
        let best = self.0.iter().find_map(|range| Self::find(range, map));
        let Some(best) = best.or_else(|| map.keys().next().cloned()) else { return };
        map.retain(|tag, _| *tag == best);
    }

    /// The tag that equals `range`, else one more special, else one more general.
    fn find(range: &str, map: &Map<String, Value>) -> Option<String> {
        let tags = || map.keys().map(|tag| (tag, tag.to_ascii_lowercase()));
        let special = |tag: &str| tag.strip_prefix(range).is_some_and(|rest| rest.starts_with('-'));
        let general = |tag: &str| range.strip_prefix(tag).is_some_and(|rest| rest.starts_with('-'));
        tags()
            .find(|(_, tag)| tag == range || range == "*")
            .or_else(|| tags().find(|(_, tag)| special(tag)))
            .or_else(|| tags().filter(|(_, tag)| general(tag)).max_by_key(|(_, tag)| tag.len()))
            .map(|(tag, _)| tag.clone())
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn chosen(header: &str, tags: &[&str]) -> Vec<String> {
        let mut map: Map<_, _> = tags.iter().map(|tag| ((*tag).to_owned(), json!("x"))).collect();
        Languages::parse(header).choose(&mut map);
        map.keys().cloned().collect()
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
}
