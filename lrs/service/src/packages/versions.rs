//! Versions whose contents are kept in memory, as far as they are small together.

use std::sync::Arc;

use lru::LruCache;

use super::Hosted;

/// What all of them have together, in bytes of JSON; read, they take some ten times as much. One version is kept in any
/// case.
const BYTES: usize = 8 << 20;
/// How many there are at the most.
const MOST: usize = 64;

/// Versions by their keys, of which those that were asked for lately are kept.
pub(super) struct Versions {
    kept: LruCache<String, Arc<Hosted>>,
    bytes: usize,
}

impl Default for Versions {
    fn default() -> Self {
        Self { kept: LruCache::unbounded(), bytes: 0 }
    }
}

impl Versions {
    pub(super) fn get(&mut self, key: &str) -> Option<Arc<Hosted>> {
        self.kept.get(key).cloned()
    }

    pub(super) fn put(&mut self, key: &str, hosted: &Arc<Hosted>) {
        self.bytes += weight(hosted);
        if let Some(before) = self.kept.put(key.to_owned(), Arc::clone(hosted)) {
            self.bytes -= weight(&before);
        }
        while self.kept.len() > 1 && (self.bytes > BYTES || self.kept.len() > MOST) {
            let Some((_, oldest)) = self.kept.pop_lru() else { return };
            self.bytes -= weight(&oldest);
        }
    }

    pub(super) fn clear(&mut self) {
        self.kept.clear();
        self.bytes = 0;
    }
}

fn weight(hosted: &Hosted) -> usize {
    hosted.outline.get().len()
}

#[cfg(test)]
mod tests {
    use store::PackageVersion;
    use xapi::instant::Instant;

    use super::*;

    fn hosted(title: usize) -> Arc<Hosted> {
        let version = PackageVersion {
            package: "p".into(),
            number: 1,
            key: "k".into(),
            title: String::new(),
            standard: "scorm-1.2".into(),
            created: Instant::default(),
            files: 0,
            bytes: 0,
        };
        let outline = serde_json::json!({"standard": "scorm-1.2", "identifier": "i", "title": "x".repeat(title), "items": []});
        Arc::new(Hosted::read(version, outline.to_string()).unwrap())
    }

    #[test]
    fn few_large_versions_are_kept_or_many_small_ones() {
        let mut versions = Versions::default();
        for n in 0..200 {
            versions.put(&n.to_string(), &hosted(10));
        }
        assert_eq!(versions.kept.len(), MOST);
        for n in 0..10 {
            versions.put(&n.to_string(), &hosted(BYTES / 3));
        }
        assert_eq!(versions.kept.len(), 2);
        versions.put("9", &hosted(BYTES * 2));
        assert!(versions.get("9").is_some() && versions.kept.len() == 1, "the last in any case");
        assert_eq!(versions.bytes, weight(&hosted(BYTES * 2)));
    }
}
