//! Requests to an identity provider, bounded in time, size and number.

use std::future::Future;
use std::pin::Pin;
use std::time::Duration;

use openidconnect::{AsyncHttpClient, HttpRequest, HttpResponse, http};
use tokio::sync::Semaphore;

/// How long a request to a provider may take, from its turn to the last byte of the answer.
const PATIENCE: Duration = Duration::from_secs(10);
/// The longest answer of a provider that is read, in bytes.
const LONGEST: usize = 256 << 10;
/// The most requests to a provider at a time. The others wait, within [`PATIENCE`].
const AT_ONCE: usize = 16;

/// Sends requests to one provider. Redirects are not followed: an answer is from the address that was asked, or none.
pub(super) struct Http {
    client: reqwest::Client,
    turns: Semaphore,
}

/// Why a provider has not answered.
#[derive(Debug, thiserror::Error)]
pub(super) enum HttpError {
    #[error("{}", whole(.0))]
    Sent(#[from] reqwest::Error),
    #[error("its answer is longer than {LONGEST} bytes")]
    Long,
    #[error("it has not answered for {} seconds", PATIENCE.as_secs())]
    Slow,
    #[error(transparent)]
    Built(#[from] http::Error),
}

impl Http {
    /// `is_local`: the provider is on this machine. No proxy of the environment is asked then, and plain HTTP is used as
    /// well as HTTPS.
    pub(super) fn new(is_local: bool) -> Result<Self, reqwest::Error> {
        let builder = reqwest::Client::builder().redirect(reqwest::redirect::Policy::none());
        let builder = if is_local { builder.no_proxy() } else { builder.https_only(true) };
        Ok(Self { client: builder.build()?, turns: Semaphore::new(AT_ONCE) })
    }

    pub(super) async fn send(&self, request: HttpRequest) -> Result<HttpResponse, HttpError> {
        let sent = async {
            // The semaphore is never closed.
            let _turn = self.turns.acquire().await.map_err(|_| HttpError::Slow)?;
            self.exchanged(request).await
        };
        tokio::time::timeout(PATIENCE, sent).await.map_err(|_| HttpError::Slow)?
    }

    async fn exchanged(&self, request: HttpRequest) -> Result<HttpResponse, HttpError> {
        let mut answer = self.client.execute(request.try_into()?).await?;
        let mut response = http::Response::builder().status(answer.status());
        if let Some(headers) = response.headers_mut() {
            headers.clone_from(answer.headers());
        }
        let mut body = Vec::new();
        while let Some(chunk) = answer.chunk().await? {
            if body.len() + chunk.len() > LONGEST {
                return Err(HttpError::Long);
            }
            body.extend_from_slice(&chunk);
        }
        Ok(response.body(body)?)
    }
}

impl<'c> AsyncHttpClient<'c> for Http {
    type Error = HttpError;
    type Future = Pin<Box<dyn Future<Output = Result<HttpResponse, HttpError>> + Send + 'c>>;

    fn call(&'c self, request: HttpRequest) -> Self::Future {
        Box::pin(self.send(request))
    }
}

/// An error with what caused it.
pub(super) fn whole(error: &dyn std::error::Error) -> String {
    let causes = std::iter::successors(error.source(), |error| error.source());
    causes.fold(error.to_string(), |text, cause| format!("{text}: {cause}"))
}
