//! A body has to be there in time, however busily it comes in small pieces.

use std::error::Error;
use std::future::Future as _;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use axum::body::{Body, HttpBody};
use bytes::Bytes;
use tokio::time::Sleep;
use tower_http::timeout::TimeoutError;

/// The time of a body is over before its end.
#[derive(Clone, Copy, Debug, thiserror::Error)]
#[error("the body took longer than {} seconds", .0.as_secs())]
pub(super) struct Late(Duration);

impl Late {
    /// Whether `error` says, wherever in it, that a body was late or stopped coming.
    pub(super) fn is_in(error: &(dyn Error + 'static)) -> bool {
        let mut next = Some(error);
        while let Some(error) = next {
            if error.is::<Self>() || error.is::<TimeoutError>() {
                return true;
            }
            // An I/O error's source is not what it holds, but what that has as its source.
            let held = error.downcast_ref::<std::io::Error>().and_then(std::io::Error::get_ref);
            next = held.map(|held| held as &(dyn Error + 'static)).or_else(|| error.source());
        }
        false
    }
}

/// A body that fails with [`Late`] when it is not over in time. The time runs from when it is
/// waited for first: a body that is there already sets no timer.
pub(super) struct Deadline {
    body: Body,
    time: Duration,
    over: Option<Pin<Box<Sleep>>>,
}

impl Deadline {
    pub(super) const fn new(body: Body, time: Duration) -> Self {
        Self { body, time, over: None }
    }
}

impl HttpBody for Deadline {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<http_body::Frame<Bytes>, axum::Error>>> {
        let Self { body, time, over } = self.get_mut();
        if over.as_mut().is_some_and(|over| over.as_mut().poll(context).is_ready()) {
            return Poll::Ready(Some(Err(axum::Error::new(Late(*time)))));
        }
        let frame = Pin::new(body).poll_frame(context);
        if frame.is_pending() && over.is_none() {
            let mut sleep = Box::pin(tokio::time::sleep(*time));
            // Polled once, so that it wakes this task.
            if sleep.as_mut().poll(context).is_ready() {
                context.waker().wake_by_ref();
            }
            *over = Some(sleep);
        }
        frame
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> http_body::SizeHint {
        self.body.size_hint()
    }
}

#[cfg(test)]
mod tests {
    use futures::{StreamExt as _, stream};
    use http_body_util::BodyExt as _;

    use super::*;

    /// A body of endless bytes, each `apart` from the next.
    fn dripping(apart: Duration) -> Body {
        Body::from_stream(stream::repeat("x").then(move |byte| async move {
            tokio::time::sleep(apart).await;
            Ok::<_, std::io::Error>(byte)
        }))
    }

    #[tokio::test(start_paused = true)]
    async fn a_body_that_never_stops_coming_is_late() {
        let mut body = Deadline::new(dripping(Duration::from_secs(1)), Duration::from_secs(10));
        let mut bytes = 0;
        let error = loop {
            match body.frame().await {
                Some(Ok(_)) => bytes += 1,
                Some(Err(error)) => break error,
                None => panic!("it has no end"),
            }
        };
        assert!((9..=10).contains(&bytes), "{bytes}");
        assert!(Late::is_in(&error));
        let wrapped = std::io::Error::other(axum::Error::new(std::io::Error::other(error)));
        assert!(Late::is_in(&wrapped), "also inside of what others make of it");
        assert!(!Late::is_in(&std::io::Error::other("broken")));
    }
}
