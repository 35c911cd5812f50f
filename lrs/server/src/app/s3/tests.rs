//! Addresses, and a storage that answers from a list; the real one is in `tests/data`.

use super::*;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpListener;

fn of(address: &str, variables: &[(&str, &str)]) -> Result<S3Place, StorageError> {
    let find = |name: &str| {
        let found = variables.iter().find(|(known, _)| *known == name);
        found.map(|(_, value)| (*value).to_owned())
    };
    S3Place::of(address, &find)
}

const KEYS: [(&str, &str); 2] = [("AWS_ACCESS_KEY_ID", "id"), ("AWS_SECRET_ACCESS_KEY", "secret")];

#[tokio::test]
async fn a_bucket_is_where_the_environment_says() {
    let url = |address: &str, more: &[(&str, &str)]| {
        let place = of(address, &[&KEYS[..], more].concat()).unwrap();
        place.0.bucket.object_url(&place.0.key("f")).to_string()
    };
    let region = ("AWS_REGION", "eu-south-1");
    assert_eq!(url("s3://b", &[region]), "https://b.s3.eu-south-1.amazonaws.com/f");
    assert_eq!(url("s3://b.c/p/q/", &[region]), "https://s3.eu-south-1.amazonaws.com/b.c/p/q/f");
    let own = ("AWS_ENDPOINT_URL", "http://127.0.0.1:9000");
    assert_eq!(url("s3://b/p", &[own]), "http://127.0.0.1:9000/b/p/f");
    for address in ["s3://", "s3:///p", "s3://b/p//q", "s3://b/../q", "b/p"] {
        let error = of(address, &KEYS).err().unwrap().to_string();
        assert!(error.contains("s3://bucket/prefix"), "{error}");
    }
    let error = of("s3://b", &KEYS[..1]).err().unwrap().to_string();
    assert!(error.contains("AWS_SECRET_ACCESS_KEY"), "{error}");
}

/// What a storage answers: a head, and the beginning of a body that goes on for ever.
type Endless = (&'static str, &'static str);

/// A storage that answers every request with this; with nothing where that is `None`.
async fn storage(answer: Option<Endless>) -> (S3Place, tokio::task::JoinHandle<()>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let serve = tokio::spawn(async move {
        let mut open = Vec::new();
        loop {
            let (mut socket, _) = listener.accept().await.unwrap();
            let Some((head, body)) = answer else {
                open.push(socket);
                continue;
            };
            tokio::spawn(async move {
                let mut asked = [0; 8_192];
                let _ = socket.read(&mut asked).await;
                let _ = socket.write_all(format!("{head}\r\n\r\n{body}").as_bytes()).await;
                while socket.write_all(&[b' '; 8_192]).await.is_ok() {}
            });
        }
    });
    (of("s3://b/p", &[&KEYS[..], &[("AWS_ENDPOINT_URL", &url)]].concat()).unwrap(), serve)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_an_answer_without_an_end_no_more_is_read_than_was_asked_for() {
    let (place, _) = storage(Some(("HTTP/1.1 200 OK\r\nContent-Length: 99999999999", ""))).await;
    let error = place.0.list("").await.unwrap_err().to_string();
    assert_eq!(error, "the storage sends more than 8388608 bytes");
    let error = place.0.get("f").await.unwrap_err().to_string();
    assert_eq!(error, "the storage sends more than 67108864 bytes");
    let partial = "HTTP/1.1 206 Partial Content\r\nContent-Length: 99999999999";
    let (place, _) = storage(Some((partial, ""))).await;
    let error = place.0.range("f", 0, 1_000).await.unwrap_err().to_string();
    assert_eq!(error, "the storage sends more than 1000 bytes");
    let (place, _) =
        storage(Some(("HTTP/1.1 403 Forbidden\r\nContent-Length: 99999999999", "no"))).await;
    let error = place.0.get("f").await.unwrap_err().to_string();
    assert!(error.starts_with("the storage answers 403 Forbidden: no"), "{error}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_list_without_an_end_is_given_up() {
    let page = r#"<ListBucketResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/"><Name>b</Name><Prefix></Prefix><KeyCount>1</KeyCount><MaxKeys>1000</MaxKeys><IsTruncated>true</IsTruncated><NextContinuationToken>t</NextContinuationToken></ListBucketResult>"#;
    let head: &'static str = format!("HTTP/1.1 200 OK\r\nContent-Length: {}", page.len()).leak();
    let (place, _) = storage(Some((head, page))).await;
    let error = place.0.list("").await.unwrap_err().to_string();
    assert!(error.ends_with("has no end"), "{error}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_storage_that_does_not_answer_takes_few_threads() {
    let (place, serve) = storage(None).await;
    let wait = |place: S3Place| tokio::task::spawn_blocking(move || place.manifest());
    let waits: Vec<_> = (0..AT_ONCE).map(|_| wait(place.clone())).collect();
    while place.0.under_way.available_permits() > 0 {
        tokio::task::yield_now().await;
    }
    let error = wait(place.clone()).await.unwrap().unwrap_err();
    assert_eq!(error.kind(), ErrorKind::ResourceBusy);
    // The storage is gone, and so are its connections.
    serve.abort();
    for waited in waits {
        assert!(waited.await.unwrap().is_err());
    }
    assert_eq!(place.0.under_way.available_permits(), AT_ONCE);
}
