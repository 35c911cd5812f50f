//! Servers that are none, or that break in every way: the program says so, and neither hangs nor crashes.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test fails by panicking"
)]

use std::io::{Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::process::{Command, Output};
use std::time::{Duration, Instant};

/// Serves each connection by a function, until the test ends.
fn serve(each: impl Fn(TcpStream) + Send + Sync + Clone + 'static) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    std::thread::spawn(move || {
        for connection in listener.incoming().map_while(Result::ok) {
            let each = each.clone();
            std::thread::spawn(move || each(connection));
        }
    });
    format!("http://{address}/xapi")
}

/// Reads a request's head, so that the answer does not come before the question.
fn head(connection: &mut TcpStream) -> String {
    let (mut text, mut byte) = (Vec::new(), [0]);
    while !text.ends_with(b"\r\n\r\n") && connection.read(&mut byte).is_ok_and(|count| count == 1) {
        text.push(byte[0]);
    }
    String::from_utf8_lossy(&text).into_owned()
}

fn answer(status: &str, body: &str) -> String {
    format!(
        "HTTP/1.1 {status}\r\ncontent-length: {}\r\nconnection: close\r\n\r\n{body}",
        body.len()
    )
}

fn run(endpoint: &str, more: &[&str]) -> (Output, Duration) {
    let begun = Instant::now();
    let output = Command::new(env!("CARGO_BIN_EXE_xapi-conformance"))
        .args(["run", "--endpoint", endpoint, "--user", "u", "--password", "p", "--timeout", "1"])
        .args(["--settle", "0"])
        .args(more)
        .output()
        .unwrap();
    (output, begun.elapsed())
}

/// Asserts that the program ends soon, with 2, and says this.
fn cannot_run(endpoint: &str, says: &str) {
    let (output, took) = run(endpoint, &[]);
    let stderr = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(output.status.code(), Some(2), "{stderr}");
    assert!(stderr.contains(says), "{says:?} is not in {stderr:?}");
    assert!(!stderr.contains("panicked"), "{stderr}");
    assert!(took < Duration::from_secs(20), "{took:?}");
}

#[test]
fn no_server() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    drop(listener);
    cannot_run(&format!("http://{address}/xapi"), "no connection");
}

#[test]
fn no_such_name() {
    cannot_run("http://no-such-host.invalid/xapi", "no connection");
}

#[test]
fn no_address() {
    cannot_run("not an address", "not an address");
    cannot_run("ftp://example.org/", "only http and https");
}

#[test]
fn tls_with_a_server_that_has_none() {
    let endpoint = serve(|mut connection| {
        let mut bytes = [0; 512];
        let _ = connection.read(&mut bytes);
        let _ = connection.write_all(answer("400 Bad Request", "plain").as_bytes());
    });
    cannot_run(&endpoint.replace("http:", "https:"), "TLS failed");
}

#[test]
fn wrong_credentials() {
    let endpoint = serve(|mut connection| {
        head(&mut connection);
        let _ = connection.write_all(answer("401 Unauthorized", "who are you?").as_bytes());
    });
    cannot_run(&endpoint, "refuses the credentials");
}

#[test]
fn the_wrong_path() {
    let endpoint = serve(|mut connection| {
        head(&mut connection);
        let _ = connection.write_all(answer("404 Not Found", "").as_bytes());
    });
    cannot_run(&endpoint, "is the path right?");
}

#[test]
fn something_that_is_no_store() {
    let endpoint = serve(|mut connection| {
        head(&mut connection);
        let _ = connection.write_all(answer("200 OK", "<html>hello</html>").as_bytes());
    });
    cannot_run(&endpoint, "not with statements");
}

#[test]
fn a_server_that_hangs() {
    let endpoint = serve(|mut connection| {
        head(&mut connection);
        // Until the client gives up.
        let _ = connection.read(&mut [0]);
    });
    cannot_run(&endpoint, "no complete answer within 1s");
}

#[test]
fn garbage() {
    let endpoint = serve(|mut connection| {
        head(&mut connection);
        let _ = connection.write_all(b"\x16\x03\x01 this is not HTTP\r\n\r\n");
    });
    cannot_run(&endpoint, "a broken answer");
}

#[test]
fn an_answer_that_ends_in_its_middle() {
    let endpoint = serve(|mut connection| {
        head(&mut connection);
        let _ = connection
            .write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 1000\r\n\r\n{\"statements\":");
    });
    cannot_run(&endpoint, "a broken answer");
}

#[test]
fn one_byte_a_second() {
    let endpoint = serve(|mut connection| {
        head(&mut connection);
        for byte in answer("200 OK", "{\"statements\":[]}").bytes() {
            if connection.write_all(&[byte]).is_err() {
                return;
            }
            std::thread::sleep(Duration::from_secs(1));
        }
    });
    cannot_run(&endpoint, "no complete answer within 1s");
}

/// A server that lists statements, so that the run begins, and then does something else.
fn dies_after_the_probe(each: impl Fn(TcpStream) + Send + Sync + Clone + 'static) -> String {
    serve(move |mut connection| {
        let asked = head(&mut connection);
        if asked.starts_with("GET /xapi/statements?limit=1 ") {
            let _ = connection.write_all(answer("200 OK", "{\"statements\":[]}").as_bytes());
        } else {
            each(connection);
        }
    })
}

#[test]
fn a_server_that_dies_during_the_run_ends_it_early() {
    let endpoint = dies_after_the_probe(drop);
    let (output, took) = run(&endpoint, &["--select", "actor", "--jobs", "4"]);
    let stdout = String::from_utf8_lossy(&output.stdout).into_owned();
    assert_eq!(output.status.code(), Some(2), "{stdout}");
    assert!(stdout.contains("The run ended early"), "{stdout}");
    assert!(took < Duration::from_secs(20), "{took:?}");
}

#[test]
fn a_server_that_says_yes_to_everything_fails_and_is_told_how() {
    let endpoint = dies_after_the_probe(|mut connection| {
        let _ = connection.write_all(answer("200 OK", "[]").as_bytes());
    });
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name).display().to_string();
    let reports =
        format!("json={},junit={},html={}", path("r.json"), path("r.xml"), path("r.html"));
    let more = ["--select", "score-scaled-range", "--version", "1.0.3", "--report", &reports];
    let (output, _) = run(&endpoint, &more);
    let stdout = String::from_utf8_lossy(&output.stdout).into_owned();
    assert_eq!(output.status.code(), Some(1), "{stdout}");
    for text in [
        "FAILED score-scaled-range@result",
        "expected status 400",
        "Data 2.4.5.1",
        "curl -i -X POST",
        "$XAPI_AUTH",
    ] {
        assert!(stdout.contains(text), "{text:?} is not in {stdout}");
    }
    let read = |name: &str| std::fs::read_to_string(folder.path().join(name)).unwrap();
    let run: conformance::result::Run = serde_json::from_str(&read("r.json")).unwrap();
    assert_eq!(run.cases.len(), 2);
    assert!(read("r.xml").contains("<failure message=\"expected status 400"));
    assert!(read("r.html").contains("<h2>What fails (2)</h2>"));
    for name in ["r.json", "r.xml", "r.html"] {
        assert!(!read(name).contains("dTpw"), "the credentials are in {name}");
    }
}
