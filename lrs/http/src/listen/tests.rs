//! Connections over pipes, on a clock that runs only while all tasks wait; over sockets where a test
//! counts connections.

use std::future::pending;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _, DuplexStream, duplex};
use tokio::sync::Notify;
use tokio::task::JoinHandle;

use super::watchman::{HEAD, UNREAD};
use super::*;

const GET: &[u8] = b"GET /small HTTP/1.1\r\nHost: t\r\n\r\n";

/// Answers by the path: `/small` at once, `/large` with more than pipes and sockets hold, `/echo`
/// with the body; `/stuck` never.
async fn handle(request: Request) -> Result<Response, Infallible> {
    let body = match request.uri().path() {
        "/large" => Body::from(vec![b'x'; 1 << 20]),
        "/echo" => match axum::body::to_bytes(request.into_body(), 1 << 20).await {
            Ok(bytes) => Body::from(bytes),
            Err(_) => Body::empty(),
        },
        "/stuck" => pending().await,
        _ => Body::from("small"),
    };
    Ok(Response::new(body))
}

/// A client's end of a connection, and the server's end of it as a task.
fn connected() -> (DuplexStream, JoinHandle<Duration>) {
    let (client, server) = duplex(1024);
    let watchman = Arc::new(Watchman::default());
    let watched = watchman.watch();
    let (kept, stopping) = watch::channel(false);
    let task = tokio::spawn(async move {
        let begun = Instant::now();
        let serving = serve_one(server, watched, tower::service_fn(handle), stopping);
        let mut serving = pin!(serving);
        let mut rounds = interval(ROUND);
        loop {
            tokio::select! {
                () = &mut serving => break,
                _ = rounds.tick() => { watchman.close_overdue(); }
            }
        }
        drop(kept);
        begun.elapsed()
    });
    (client, task)
}

/// What comes until the other end closes.
async fn rest(client: &mut DuplexStream) -> String {
    let mut bytes = Vec::new();
    client.read_to_end(&mut bytes).await.unwrap();
    String::from_utf8_lossy(&bytes).into_owned()
}

/// Reads until `end` has come.
async fn until(client: &mut (impl AsyncRead + Unpin), end: &str) -> String {
    let mut text = String::new();
    while !text.ends_with(end) {
        text.push(char::from(client.read_u8().await.unwrap()));
    }
    text
}

fn is_about(time: Duration, wanted: Duration) -> bool {
    (wanted..=wanted + ROUND).contains(&time)
}

#[tokio::test(start_paused = true)]
async fn a_connection_that_says_nothing_or_never_ends_its_head_is_closed() {
    let (mut client, task) = connected();
    assert_eq!(rest(&mut client).await, "");
    assert!(is_about(task.await.unwrap(), HEAD));

    let (mut client, task) = connected();
    client.write_all(b"GET / HTTP/1.1\r\nX-Long: ").await.unwrap();
    while client.write_all(b"x").await.is_ok() {
        sleep(Duration::from_millis(900)).await;
    }
    assert!(is_about(task.await.unwrap(), HEAD));
}

#[tokio::test(start_paused = true)]
async fn a_connection_may_rest_between_requests_but_not_for_ever() {
    let (mut client, task) = connected();
    for _ in 0..3 {
        client.write_all(GET).await.unwrap();
        assert!(until(&mut client, "small").await.starts_with("HTTP/1.1 200"));
        sleep(IDLE.saturating_sub(ROUND)).await;
    }
    assert_eq!(rest(&mut client).await, "");
    assert!(is_about(task.await.unwrap(), IDLE.saturating_sub(ROUND) * 2 + IDLE));
}

#[tokio::test(start_paused = true)]
async fn an_answer_that_nobody_reads_is_given_up_and_one_that_is_read_slowly_is_not() {
    let (mut client, task) = connected();
    client.write_all(b"GET /large HTTP/1.1\r\nHost: t\r\n\r\n").await.unwrap();
    let closed = timeout(UNREAD * 2, task).await.expect("it holds its memory no longer").unwrap();
    assert!(is_about(closed, UNREAD), "{closed:?}");
    drop(client);

    let (mut client, task) = connected();
    client.write_all(b"GET /large HTTP/1.1\r\nConnection: close\r\n\r\n").await.unwrap();
    let (mut part, mut read) = (vec![0; 16 * 1024], 0);
    while let Ok(length @ 1..) = client.read(&mut part).await {
        read += length;
        sleep(UNREAD / 2).await;
    }
    assert!(read > 1 << 20);
    drop(task);
}

#[tokio::test(start_paused = true)]
async fn a_request_that_the_server_works_on_has_all_the_time() {
    let (mut client, task) = connected();
    client.write_all(b"GET /stuck HTTP/1.1\r\nHost: t\r\n\r\n").await.unwrap();
    sleep(Duration::from_hours(2)).await;
    assert!(!task.is_finished());
}

#[tokio::test(start_paused = true)]
async fn http_2_is_not_spoken_in_clear() {
    let (mut client, _task) = connected();
    client.write_all(b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\x04\0\0\0\0\0").await.unwrap();
    let said = rest(&mut client).await;
    assert!(said.is_empty() || said.starts_with("HTTP/1.1 4"), "{said:?}");
}

/// A server of [`handle`] on a port of its own, with room for `bound` connections.
async fn listening(
    bound: usize,
    stop: impl Future<Output = ()> + Send + 'static,
) -> (std::net::SocketAddr, JoinHandle<()>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let listening = Listening::new(tower::service_fn(handle), bound, None);
    (address, tokio::spawn(listening.run(listener, stop)))
}

#[tokio::test]
async fn more_connections_than_there_may_be_shut_nobody_out() {
    let (address, _task) = listening(4, pending()).await;
    let mut served = TcpStream::connect(address).await.unwrap();
    served.write_all(b"POST /echo HTTP/1.1\r\nContent-Length: 4\r\n\r\nab").await.unwrap();
    let mut silent = Vec::new();
    for _ in 0..40 {
        silent.push(TcpStream::connect(address).await.unwrap());
    }
    for _ in 0..10 {
        let mut client = TcpStream::connect(address).await.unwrap();
        client.write_all(GET).await.unwrap();
        assert!(until(&mut client, "small").await.starts_with("HTTP/1.1 200"));
        silent.push(client);
    }
    served.write_all(b"cd").await.unwrap();
    let answer = until(&mut served, "abcd").await;
    assert!(answer.starts_with("HTTP/1.1 200"), "who has begun a request goes last: {answer}");
}

#[tokio::test]
async fn who_comes_where_all_places_are_taken_by_half_requests_does_not_wait_long() {
    let (address, _task) = listening(4, pending()).await;
    let mut half = Vec::new();
    for _ in 0..4 {
        let mut client = TcpStream::connect(address).await.unwrap();
        client.write_all(b"POST /echo HTTP/1.1\r\nContent-Length: 4\r\n\r\nab").await.unwrap();
        half.push(client);
    }
    let began = Instant::now();
    let mut client = TcpStream::connect(address).await.unwrap();
    client.write_all(GET).await.unwrap();
    assert!(until(&mut client, "small").await.starts_with("HTTP/1.1 200"));
    assert!(began.elapsed() < Duration::from_secs(5), "{:?}", began.elapsed());
}

#[tokio::test(start_paused = true)]
async fn told_to_stop_it_ends_whatever_is_left() {
    let stop = Arc::new(Notify::new());
    let told = Arc::clone(&stop);
    let (address, task) = listening(10, async move { told.notified().await }).await;
    let mut idle = TcpStream::connect(address).await.unwrap();
    idle.write_all(GET).await.unwrap();
    until(&mut idle, "small").await;
    let mut stuck = TcpStream::connect(address).await.unwrap();
    stuck.write_all(b"GET /stuck HTTP/1.1\r\n\r\n").await.unwrap();
    let mut begun = TcpStream::connect(address).await.unwrap();
    begun.write_all(b"POST /echo HTTP/1.1\r\nContent-Length: 4\r\n\r\nab").await.unwrap();
    sleep(ROUND).await;
    let asked = Instant::now();
    stop.notify_one();
    assert_eq!(idle.read(&mut [0]).await.unwrap(), 0, "an idle one is closed at once");
    begun.write_all(b"cd").await.unwrap();
    assert!(until(&mut begun, "abcd").await.starts_with("HTTP/1.1 200"), "what is begun is done");
    task.await.unwrap();
    assert!(asked.elapsed() <= FAREWELL);
    assert!(TcpStream::connect(address).await.is_err(), "nobody listens any longer");
}
