//! Connections: taken up to a bound, watched while they last, closed in time. HTTP/1.1 alone:
//! what a proxy in front speaks to browsers is its own matter, and one connection of HTTP/2 would
//! be many.

use std::convert::Infallible;
use std::future::Future;
use std::io;
use std::net::SocketAddr;
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use axum::body::{Body, HttpBody as _};
use axum::extract::{ConnectInfo, Request};
use axum::response::Response;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{OwnedSemaphorePermit, Semaphore, watch};
use tokio::time::{Instant, MissedTickBehavior, interval, sleep, timeout};
use tokio_rustls::server::TlsStream;
use tower::{Service, ServiceExt as _};

mod bound;
mod stream;
#[cfg(test)]
mod tests;
mod tls;
mod watchman;

use self::stream::{Answer, Incoming, Stream};
use self::tls::Handshakes;
pub use self::tls::{LoadedCertificate, Tls, TlsError, TlsFiles};
use self::watchman::{IDLE, Watched, Watchman};
use super::{router, state};

/// How long requests that were begun may take after the server was told to stop.
const FAREWELL: Duration = Duration::from_secs(8);
/// How often the watchman looks.
const ROUND: Duration = Duration::from_secs(1);
/// One in `SPARE` places is kept free, so that a new connection need not wait until another is closed.
const SPARE: usize = 8;
/// How often room is looked for while there is none.
const AGAIN: Duration = Duration::from_millis(50);
/// How far apart log lines about the same trouble are.
const SAID: Duration = Duration::from_mins(1);
/// The largest head of a request, and what is read ahead of a body, in bytes.
const BUFFER: usize = 64 * 1024;

/// Answers the connections that come to `listener` until `stop` resolves. Then finishes the requests
/// that were begun, but waits no longer than eight seconds for them. Connections speak TLS where `tls` is given.
pub async fn serve(
    listener: TcpListener,
    tls: Option<Arc<Tls>>,
    server: state::Server,
    stop: impl Future<Output = ()> + Send,
) -> io::Result<()> {
    let bound = bound::of_this_process(server.limits.connections);
    let ending = server.clone();
    let stop = async move {
        stop.await;
        ending.tails.end();
    };
    let service = router::service(server);
    let tls = tls.map(|tls| Handshakes::new(&tls)).transpose()?;
    Listening::new(service, bound, tls).run(listener, stop).await;
    Ok(())
}

/// What all connections share.
struct Listening<S> {
    service: S,
    tls: Option<Handshakes>,
    bound: usize,
    places: Arc<Semaphore>,
    watchman: Arc<Watchman>,
    /// Tells connections to end; each of them holds a receiver until it has.
    stopping: watch::Sender<bool>,
    full_said: Option<Instant>,
    error_said: Option<Instant>,
}

impl<S, F> Listening<S>
where
    S: Service<Request, Response = Response, Error = Infallible, Future = F>
        + Clone
        + Send
        + Sync
        + 'static,
    F: Future<Output = Result<Response, Infallible>> + Send + 'static,
{
    fn new(service: S, bound: usize, tls: Option<Handshakes>) -> Self {
        Self {
            service,
            tls,
            bound,
            places: Arc::new(Semaphore::new(bound)),
            watchman: Arc::default(),
            stopping: watch::Sender::new(false),
            full_said: None,
            error_said: None,
        }
    }

    async fn run(mut self, listener: TcpListener, stop: impl Future<Output = ()>) {
        let mut stop = pin!(stop);
        let mut rounds = interval(ROUND);
        rounds.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            tokio::select! {
                () = &mut stop => break,
                _ = rounds.tick() => { self.watchman.close_overdue(); }
                accepted = listener.accept() => match accepted {
                    Ok((stream, from)) => {
                        let place = tokio::select! {
                            () = &mut stop => break,
                            place = self.place() => place,
                        };
                        self.take(stream, from, place);
                    }
                    Err(error) => self.cannot_accept(&error).await,
                },
            }
        }
        drop(listener);
        self.finish().await;
    }

    /// A place for a connection. Where few are left, one that keeps the server waiting makes room
    /// for the next; where none is, this waits until it has.
    async fn place(&mut self) -> Option<OwnedSemaphorePermit> {
        if self.places.available_permits() <= self.bound / SPARE {
            if is_news(&mut self.full_said) {
                tracing::warn!(
                    connections = self.bound,
                    "there are as many connections as there may be (limits.connections, \
                     ulimit -n): those that keep the server waiting longest are closed for new ones"
                );
            }
            self.watchman.make_room();
        }
        if let Ok(place) = Arc::clone(&self.places).try_acquire_owned() {
            return Some(place);
        }
        loop {
            let place = timeout(AGAIN, Arc::clone(&self.places).acquire_owned()).await;
            if let Ok(place) = place {
                return place.ok();
            }
            self.watchman.close_overdue();
            self.watchman.make_room();
        }
    }

    fn take(&self, stream: TcpStream, from: SocketAddr, place: Option<OwnedSemaphorePermit>) {
        // An answer must not wait for more to fill a packet.
        if let Err(error) = stream.set_nodelay(true) {
            tracing::debug!(%error, "a connection ended before it was taken");
            return;
        }
        let watched = self.watchman.watch();
        // Handlers see the other end as axum's own server shows it.
        let service = self.service.clone().map_request(move |mut request: Request| {
            request.extensions_mut().insert(ConnectInfo(from));
            request
        });
        let (stopping, tls) = (self.stopping.subscribe(), self.tls.clone());
        tokio::spawn(async move {
            match tls {
                None => serve_one(stream, watched, service, stopping).await,
                Some(tls) => {
                    if let Some(stream) = shaken(tls, stream, &watched).await {
                        serve_one(stream, watched, service, stopping).await;
                    }
                }
            }
            drop(place);
        });
    }

    /// A connection that broke before it was accepted is passed over. Any other error lasts a while, as
    /// where descriptors are used up, so the next try waits.
    async fn cannot_accept(&mut self, error: &io::Error) {
        use io::ErrorKind::{ConnectionAborted, ConnectionRefused, ConnectionReset};
        if matches!(error.kind(), ConnectionAborted | ConnectionRefused | ConnectionReset) {
            return;
        }
        if is_news(&mut self.error_said) {
            tracing::error!(%error, "no connection can be taken");
        }
        self.watchman.make_room();
        sleep(AGAIN).await;
    }

    /// Waits until what was begun is done, but not for ever.
    async fn finish(self) {
        self.stopping.send_replace(true);
        self.watchman.close_idle();
        if timeout(FAREWELL, self.stopping.closed()).await.is_err() {
            let left = self.bound - self.places.available_permits();
            tracing::warn!(left, "the server ends while requests are not done");
        }
    }
}

/// The stream within TLS, once both ends agree; none where they do not, or take too long for it.
async fn shaken(
    tls: Handshakes,
    stream: TcpStream,
    watched: &Watched,
) -> Option<TlsStream<TcpStream>> {
    let shaken = tokio::select! {
        shaken = timeout(tls::HANDSHAKE, tls.shake(stream)) => shaken,
        // Room is needed, or the connection has said nothing for too long.
        () = watched.watch().closing() => return None,
    };
    match shaken {
        Ok(Ok(stream)) => Some(stream),
        Ok(Err(error)) => {
            tracing::debug!(%error, "a connection could not agree on TLS");
            None
        }
        Err(_) => {
            tracing::debug!("a connection took too long to agree on TLS");
            None
        }
    }
}

/// Whether something is to be said again, now that it was last said at `said`.
fn is_news(said: &mut Option<Instant>) -> bool {
    let now = Instant::now();
    let is_news = said.is_none_or(|said| now - said >= SAID);
    if is_news {
        *said = Some(now);
    }
    is_news
}

/// Serves one connection until it ends, is closed by the watchman, or the server stops.
async fn serve_one<S, F>(
    stream: impl AsyncRead + AsyncWrite + Unpin,
    watched: Watched,
    service: S,
    mut stopping: watch::Receiver<bool>,
) where
    S: Service<Request, Response = Response, Error = Infallible, Future = F> + Clone,
    F: Future<Output = Result<Response, Infallible>>,
{
    let watch = watched.watch();
    let answer = service_fn(|request: hyper::Request<hyper::body::Incoming>| {
        let number = watch.asked(!request.body().is_end_stream());
        let (service, watch) = (service.clone(), Arc::clone(watch));
        async move {
            let noted = Arc::clone(&watch);
            let request =
                request.map(|body| Body::new(Incoming { body, watch: noted, request: number }));
            let response = service.oneshot(request).await?;
            Ok::<_, Infallible>(response.map(|body| Answer { body, watch, request: number }))
        }
    });
    let io = TokioIo::new(Stream { stream, watch: Arc::clone(watch) });
    let mut connection = pin!(
        http1::Builder::new()
            .timer(TokioTimer::new())
            // Only where the watchman does not: this one does not know why a connection waits.
            .header_read_timeout(IDLE + ROUND * 2)
            .max_buf_size(BUFFER)
            .serve_connection(io, answer)
    );
    let mut stopped = pin!(async {
        // An error means that the sender is gone: then the process ends.
        let _ = stopping.wait_for(|stopping| *stopping).await;
    });
    let mut is_stopping = false;
    loop {
        tokio::select! {
            ended = connection.as_mut() => {
                if let Err(error) = ended {
                    tracing::debug!(%error, "a connection broke");
                }
                break;
            }
            () = watch.closing() => {
                tracing::debug!("a connection that kept the server waiting is closed");
                break;
            }
            () = stopped.as_mut(), if !is_stopping => {
                is_stopping = true;
                connection.as_mut().graceful_shutdown();
            }
        }
    }
}
