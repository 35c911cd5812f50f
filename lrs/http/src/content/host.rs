//! Where contents are served, or why they are not.

use std::num::NonZeroUsize;
use std::sync::{Arc, Mutex, PoisonError};

use axum::http::StatusCode;
use lru::LruCache;
use url::Url;

use crate::problem::Problem;
use service::memory::Memory;

/// How many launches' shares are told apart; an older one is begun anew.
const LAUNCHES: NonZeroUsize = NonZeroUsize::new(4096).unwrap();

/// The host of contents.
#[derive(Clone, Debug)]
pub struct ContentHost {
    place: Result<Place, Off>,
    /// The application's origins, with spaces between them.
    app: String,
    /// The origins whose pages may hold the player in a frame: the application's, and those of the settings.
    ancestors: String,
    /// What requests and answers may hold together.
    pub(crate) memory: Memory,
    of_launches: Arc<Mutex<LruCache<String, Memory>>>,
}

#[derive(Clone, Debug)]
struct Place {
    /// As browsers reach it, without a slash at the end.
    url: String,
    /// Its host name in lower case.
    name: String,
}

/// Why packages are not served.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Off {
    /// The two addresses have one host name, whatever their ports: browsers would give the application's cookies to packages.
    #[error(
        "content_url has the host name of base_url (`{0}`): packages would run where the application's cookies and storage \
         are"
    )]
    SameHost(String),
    /// Others reach the application, and nothing says how they reach packages.
    #[error("content_url is not set, and the application is for others at {0}")]
    NoUrl(String),
}

impl ContentHost {
    /// Contents at `url` beside the application at `base_url`, whose pages are at the origins `app`. Pages of these and of
    /// the origins `others` may show the player in a frame. Requests and answers hold at most `memory`.
    ///
    /// # Errors
    /// None: where the two have one host name, contents are off, and requests for launches say why.
    pub fn new(
        url: &str,
        base_url: &str,
        (app, others): (&[String], &[String]),
        memory: Memory,
    ) -> Self {
        let host = |url: &str| {
            let url = Url::parse(url).ok()?;
            url.host_str().map(|host| host.trim_end_matches('.').to_ascii_lowercase())
        };
        let (own, other) = (host(url).unwrap_or_default(), host(base_url).unwrap_or_default());
        let place = if own == other {
            Err(Off::SameHost(own))
        } else {
            Ok(Place { url: url.trim_end_matches('/').to_owned(), name: own })
        };
        Self::of(place, (app.join(" "), [app, others].concat().join(" ")), memory)
    }

    /// No contents.
    pub fn off(why: Off) -> Self {
        Self::of(Err(why), Default::default(), Memory::new(0))
    }

    fn of(place: Result<Place, Off>, (app, ancestors): (String, String), memory: Memory) -> Self {
        Self {
            place,
            app,
            ancestors,
            memory,
            of_launches: Arc::new(Mutex::new(LruCache::new(LAUNCHES))),
        }
    }

    /// What the requests of a launch that is known may hold together: a quarter of what all may.
    pub(crate) fn of_launch(&self, launch: &str) -> Memory {
        let mut of_launches = self.of_launches.lock().unwrap_or_else(PoisonError::into_inner);
        let new = || self.memory.part(self.memory.size() / 4);
        of_launches.get_or_insert_ref(launch, new).clone()
    }

    /// Where contents are served, without a slash at the end, or why they are not.
    pub fn place(&self) -> Result<&str, &Off> {
        self.place.as_ref().map(|place| place.url.as_str())
    }

    /// Where contents are served, without a slash at the end.
    ///
    /// # Errors
    /// A problem that says why they are not.
    pub(crate) fn url(&self) -> Result<&str, Problem> {
        match &self.place {
            Ok(place) => Ok(&place.url),
            Err(off) => Err(Problem::new(
                StatusCode::CONFLICT,
                "content-off",
                format!("Packages are not played here: {off}."),
                "Set `content_url` to an address with another host name, at best another domain, that leads to this server.",
            )
            .with("reason", off)),
        }
    }

    /// The host name; nothing where contents are off.
    pub(crate) fn name(&self) -> Option<&str> {
        self.place.as_ref().ok().map(|place| place.name.as_str())
    }

    /// The application's origins, with spaces between them.
    pub(crate) fn app(&self) -> &str {
        &self.app
    }

    /// The origins whose pages may show the player in a frame, with spaces between them.
    pub(crate) fn ancestors(&self) -> &str {
        &self.ancestors
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn contents_are_off_where_they_would_share_the_applications_host() {
        for (content, base, is_on) in [
            ("http://content.localhost:8080", "http://127.0.0.1:8080", true),
            ("https://contenuti.example.org", "https://traccia.example.it", true),
            ("http://127.0.0.1:8081", "http://127.0.0.1:8080", false),
            ("https://Traccia.example.it/", "https://traccia.example.it/lrs", false),
        ] {
            let host = ContentHost::new(content, base, (&[base.to_owned()], &[]), Memory::new(1));
            assert_eq!(host.place().is_ok(), is_on, "{content} {base}");
            assert_eq!(host.url().is_ok(), is_on);
        }
    }
}
