//! Services below middleware, which are cloned for each request.
//!
//! Middleware made by `from_fn` clones the service below for each request, and so all that is below that one. Under
//! [`Shared`] a clone takes the next service alone: otherwise the work for a request grows with the square of the layers.

use std::convert::Infallible;
use std::sync::Arc;
use std::task::{Context, Poll};

use axum::extract::Request;
use tower::util::Oneshot;
use tower::{Service, ServiceExt as _};

/// A service whose clones share it until they are called. The service is always ready.
#[derive(Debug)]
pub(super) struct Shared<S>(Arc<S>);

impl<S> Shared<S> {
    pub(super) fn new(service: S) -> Self {
        Self(Arc::new(service))
    }
}

impl<S> Clone for Shared<S> {
    fn clone(&self) -> Self {
        Self(Arc::clone(&self.0))
    }
}

impl<S: Service<Request, Error = Infallible> + Clone> Service<Request> for Shared<S> {
    type Response = S::Response;
    type Error = Infallible;
    type Future = Oneshot<S, Request>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        // The clone that is called is made ready when it is there.
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: Request) -> Self::Future {
        S::clone(&self.0).oneshot(request)
    }
}
