//! Answers are compressed piece by piece, so that a large one leaves time to others: a thread that compresses answers
//! nothing else meanwhile. Of all answers to a key one piece is compressed at a time, so that hundreds leave as much. Small
//! answers wait for none.

use std::convert::Infallible;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Poll, ready};

use axum::body::{Body, HttpBody};
use axum::extract::Request;
use axum::http::header::{CONTENT_ENCODING, ETAG};
use axum::http::{HeaderMap, StatusCode};
use axum::middleware::Next;
use axum::response::Response;
use bytes::Bytes;
use http_body::{Frame, SizeHint};
use tokio_util::sync::PollSemaphore;
use tower::ServiceExt as _;
use tower_http::compression::Compression;
use tower_http::compression::predicate::{DefaultPredicate, Predicate as _};

use super::share::Compressing;

/// After this number of bytes others go first: about a millisecond of work.
const PIECE: usize = 32 << 10;
/// Answers up to this size wait for no turn: compressing one is a small part of what its request costs.
const SMALL: u64 = 4 << 10;

/// Compresses the answer where the client takes it so.
pub(super) async fn compress(request: Request, next: Next) -> Response {
    let pace = Arc::new(Pace::default());
    let of_answer = Arc::clone(&pace);
    let answer = tower::service_fn(move |request| {
        let (next, pace) = (next.clone(), Arc::clone(&of_answer));
        async move {
            let response = next.run(request).await;
            let is_small = response.body().size_hint().upper().is_some_and(|it| it <= SMALL);
            pace.small.store(is_small, Ordering::Relaxed);
            Ok::<_, Infallible>(
                response.map(|body| Body::new(Uncompressed { body, pace, rest: None, taken: 0 })),
            )
        }
    });
    let compression =
        Compression::new(answer).compress_when(DefaultPredicate::new().and(has_no_tag));
    let response = match compression.oneshot(request).await {
        Ok(response) => response.map(Body::new),
        Err(never) => match never {},
    };
    // What had an encoding before is not compressed here, and loses nothing by coming in pieces.
    if !response.headers().contains_key(CONTENT_ENCODING) {
        return response;
    }
    pace.is_compressed.store(true, Ordering::Relaxed);
    let Compressing(turns) = response.extensions().get().cloned().unwrap_or_default();
    response.map(|body| Body::new(Compressed { body, pace, turns: PollSemaphore::new(turns) }))
}

/// What has an `ETag` goes out as it is: the tag is of the document's bytes (Communication 3.1),
/// and a client must be able to send it back in `If-Match`.
fn has_no_tag(
    _: StatusCode,
    _: axum::http::Version,
    headers: &HeaderMap,
    _: &axum::http::Extensions,
) -> bool {
    !headers.contains_key(ETAG)
}

/// What the two ends of a compression know of each other.
#[derive(Debug, Default)]
struct Pace {
    is_compressed: AtomicBool,
    /// It waits for no turn.
    small: AtomicBool,
    /// A piece was taken, and others have not been let go first since.
    is_over: AtomicBool,
}

/// A body below the compression: no more than [`PIECE`] bytes of it are taken at once.
struct Uncompressed {
    body: Body,
    pace: Arc<Pace>,
    /// What is left of a frame.
    rest: Option<Bytes>,
    /// Bytes since others were let go first.
    taken: usize,
}

/// A body above the compression, which lets others go first after each piece. The compression cannot do so itself: where its
/// input waits, it gives what it has.
struct Compressed {
    body: Body,
    pace: Arc<Pace>,
    /// Those of the key that is answered.
    turns: PollSemaphore,
}

impl Uncompressed {
    /// As much of `data` as the piece has room for; the rest is left for the next one.
    fn piece(&mut self, mut data: Bytes) -> Frame<Bytes> {
        let room = PIECE.saturating_sub(self.taken);
        let piece = data.split_to(room.min(data.len()));
        self.rest = Some(data).filter(|rest| !rest.is_empty());
        self.taken += piece.len();
        if self.taken >= PIECE {
            self.taken = 0;
            self.pace.is_over.store(true, Ordering::Relaxed);
        }
        Frame::data(piece)
    }
}

impl HttpBody for Uncompressed {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        let this = self.get_mut();
        if !this.pace.is_compressed.load(Ordering::Relaxed) {
            return Pin::new(&mut this.body).poll_frame(context);
        }
        if this.pace.is_over.load(Ordering::Relaxed) {
            context.waker().wake_by_ref();
            return Poll::Pending;
        }
        if let Some(rest) = this.rest.take() {
            return Poll::Ready(Some(Ok(this.piece(rest))));
        }
        Pin::new(&mut this.body).poll_frame(context).map_ok(|frame| match frame.into_data() {
            Ok(data) => this.piece(data),
            Err(frame) => frame,
        })
    }

    fn is_end_stream(&self) -> bool {
        self.rest.is_none() && self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        // Asked before anything is taken: whether it is large enough to compress.
        self.body.size_hint()
    }
}

impl HttpBody for Compressed {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        let this = self.get_mut();
        if this.pace.is_over.swap(false, Ordering::Relaxed) {
            context.waker().wake_by_ref();
            return Poll::Pending;
        }
        if this.pace.small.load(Ordering::Relaxed) {
            return Pin::new(&mut this.body).poll_frame(context);
        }
        // For this piece alone: while the body waits for what it is made of, or the client takes its time, others have it.
        let _turn = ready!(this.turns.poll_acquire(context));
        Pin::new(&mut this.body).poll_frame(context)
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}

#[cfg(test)]
mod tests {
    use axum::Router;
    use axum::http::header::ACCEPT_ENCODING;
    use axum::middleware::from_fn;
    use axum::routing::get;
    use futures::FutureExt as _;
    use http_body_util::BodyExt as _;
    use tower_http::decompression::Decompression;

    use super::*;

    const WHOLE: usize = 4 << 20;

    fn one_letter() -> Bytes {
        Bytes::from(vec![b'x'; WHOLE])
    }

    /// Which does not compress.
    fn noise() -> Bytes {
        let mut state = 7_u64;
        let byte = |_| {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
            state.to_be_bytes()[0]
        };
        (0..WHOLE).map(byte).collect::<Vec<u8>>().into()
    }

    fn answering(body: fn() -> Bytes) -> Router {
        Router::new().route("/", get(move || async move { body() })).layer(from_fn(compress))
    }

    fn taking(encoding: &str) -> Request {
        Request::builder().uri("/").header(ACCEPT_ENCODING, encoding).body(Body::empty()).unwrap()
    }

    /// What each time without a pause gives, in bytes.
    async fn between_pauses(body: fn() -> Bytes, encoding: &str) -> Vec<usize> {
        let response = answering(body).oneshot(taking(encoding)).await.unwrap();
        let mut body = response.into_body();
        let (mut told, mut now) = (Vec::new(), 0);
        let mut context = Context::from_waker(std::task::Waker::noop());
        loop {
            match Pin::new(&mut body).poll_frame(&mut context) {
                Poll::Ready(Some(frame)) => now += frame.unwrap().into_data().unwrap().len(),
                Poll::Ready(None) => break,
                Poll::Pending => told.push(std::mem::take(&mut now)),
            }
        }
        told.push(now);
        told
    }

    #[tokio::test]
    async fn a_large_answer_is_compressed_with_pauses_however_small_it_becomes() {
        for body in [one_letter, noise] {
            let told = between_pauses(body, "gzip").await;
            assert!(told.len() > WHOLE / PIECE, "{} pauses", told.len());
            assert!(told.iter().all(|given| *given <= 2 * PIECE), "{:?}", told.iter().max());
        }
        assert_eq!(between_pauses(one_letter, "identity").await, [WHOLE], "nothing is done to it");
    }

    /// A turn that somebody else has stands for another answer to the same key, of which a piece is compressed.
    #[tokio::test]
    async fn of_the_answers_to_a_key_one_piece_is_compressed_at_a_time() {
        let Compressing(turns) = Compressing::default();
        let of_key = Compressing(Arc::clone(&turns));
        let answering = Router::new()
            .route("/", get(move || async move { (axum::Extension(of_key), noise()) }))
            .layer(from_fn(compress));
        let mut body = answering.oneshot(taking("gzip")).await.unwrap().into_body();
        let other = turns.acquire().await.unwrap();
        assert!(body.frame().now_or_never().is_none(), "the turn is another answer's");
        drop(other);
        assert!(body.frame().await.unwrap().unwrap().into_data().unwrap().len() <= 2 * PIECE);
        assert_eq!(turns.available_permits(), 1, "none is kept between two pieces");
    }

    #[tokio::test]
    async fn a_small_answer_waits_for_no_turn() {
        for (size, waits) in [(SMALL, false), (SMALL + 1, true)] {
            let Compressing(turns) = Compressing::default();
            let of_key = Compressing(Arc::clone(&turns));
            let text = "x".repeat(usize::try_from(size).unwrap());
            let answering = Router::new()
                .route("/", get(move || async move { (axum::Extension(of_key), text) }))
                .layer(from_fn(compress));
            let answer = answering.oneshot(taking("gzip")).await.unwrap();
            assert!(answer.headers().contains_key(CONTENT_ENCODING), "it is compressed");
            let _other = turns.acquire().await.unwrap();
            let whole = answer.into_body().collect().now_or_never();
            assert_eq!(whole.is_none(), waits, "{size} bytes");
        }
    }

    #[tokio::test]
    async fn an_answer_in_pieces_is_the_same_one() {
        for body in
            [one_letter, noise, || Bytes::from_static(b"{\"a\":\"a short one, and so whole\"}")]
        {
            let response =
                Decompression::new(answering(body)).oneshot(taking("gzip")).await.unwrap();
            let whole = Body::new(response.into_body()).collect().await.unwrap().to_bytes();
            assert!(whole == body(), "{} bytes", whole.len());
        }
    }
}
