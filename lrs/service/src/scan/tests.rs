//! Against a stand-in that speaks clamd's protocol as `clamd(8)` has it.

use std::io::Write as _;
use std::net::SocketAddr;
use std::path::Path;

use tempfile::TempDir;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::mpsc;

use super::*;

/// What the stand-in takes for malware.
pub(crate) const BAD: &[u8] = b"a harmless text that stands for malware";
/// Its `StreamMaxLength`.
const MOST: usize = 1 << 20;

/// A stand-in for clamd on a port of its own.
pub(crate) async fn stand_in() -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move {
        loop {
            let (stream, _) = listener.accept().await.unwrap();
            tokio::spawn(answered(stream));
        }
    });
    address
}

async fn answered(mut stream: TcpStream) -> io::Result<()> {
    let mut command = Vec::new();
    loop {
        match stream.read_u8().await? {
            0 => break,
            byte => command.push(byte),
        }
    }
    let answer: &[u8] = match &command[..] {
        b"zPING" => b"PONG\0",
        b"zINSTREAM" => {
            let mut all = Vec::new();
            loop {
                let length = stream.read_u32().await? as usize;
                if length == 0 {
                    break if all.windows(BAD.len()).any(|part| part == BAD) {
                        b"stream: Stand-In.Test FOUND\0"
                    } else {
                        b"stream: OK\0"
                    };
                }
                if all.len() + length > MOST {
                    break b"INSTREAM size limit exceeded. ERROR\0";
                }
                let from = all.len();
                all.resize(from + length, 0);
                stream.read_exact(&mut all[from..]).await?;
            }
        }
        _ => b"UNKNOWN COMMAND\0",
    };
    stream.write_all(answer).await
}

pub(crate) fn scanner(address: SocketAddr, folder: &Path) -> Scanner {
    Scanner::new(address.to_string().parse().unwrap(), Quarantine::new(folder.join("quarantine")))
}

fn from(what: &str) -> ScannedFrom {
    ScannedFrom { sender: "moodle".into(), what: what.into(), at: "2026-11-29T21:00:00Z".into() }
}

fn quarantined(folder: &Path) -> Vec<String> {
    let Ok(files) = std::fs::read_dir(folder.join("quarantine")) else { return Vec::new() };
    let mut names: Vec<String> =
        files.map(|file| file.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names
}

#[tokio::test]
async fn what_is_clean_is_taken_and_what_is_not_is_set_aside_with_its_sender() {
    let folder = TempDir::new().unwrap();
    let scanner = scanner(stand_in().await, folder.path());
    scanner.bytes(&Bytes::from_static(b"a picture"), &from("attachment")).await.unwrap();
    scanner.bytes(&Bytes::new(), &from("attachment")).await.unwrap();
    assert_eq!(quarantined(folder.path()), [""; 0]);
    // Across two chunks.
    let mut long = vec![b'x'; CHUNK - 7];
    long.extend(BAD);
    let long = Bytes::from(long);
    let refused = scanner.bytes(&long, &from("attachment")).await.unwrap_err();
    assert!(matches!(&refused, ScanError::Infected(name) if name == "Stand-In.Test"), "{refused}");
    let hash = hash_of(&mut &long[..]).unwrap();
    let names = [format!("{hash}.json"), format!("{hash}.quarantined")];
    assert_eq!(quarantined(folder.path()), names);
    let at = |name: &str| folder.path().join("quarantine").join(name);
    assert_eq!(std::fs::read(at(&names[1])).unwrap(), long);
    let note: serde_json::Value =
        serde_json::from_slice(&std::fs::read(at(&names[0])).unwrap()).unwrap();
    assert_eq!((&note["sender"], &note["signature"]), (&"moodle".into(), &"Stand-In.Test".into()));
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        let mode = |path: &Path| std::fs::metadata(path).unwrap().permissions().mode() & 0o777;
        assert_eq!((mode(&at(&names[1])), mode(&folder.path().join("quarantine"))), (0o600, 0o700));
    }
}

#[tokio::test]
async fn a_file_is_given_back_from_its_beginning_or_set_aside() {
    let folder = TempDir::new().unwrap();
    let scanner = scanner(stand_in().await, folder.path());
    let file = |bytes: &[u8]| {
        let mut file = tempfile::tempfile().unwrap();
        file.write_all(bytes).unwrap();
        file
    };
    let mut clean = scanner.file(file(b"a package"), &from("package p")).await.unwrap();
    let mut text = String::new();
    clean.read_to_string(&mut text).unwrap();
    assert_eq!(text, "a package");
    let refused = scanner.file(file(BAD), &from("package p")).await.unwrap_err();
    assert!(matches!(refused, ScanError::Infected(_)), "{refused}");
    assert_eq!(quarantined(folder.path()).len(), 2);
    let large = scanner.file(file(&vec![0; 2 * MOST]), &from("package p")).await.unwrap_err();
    assert!(matches!(large, ScanError::TooLarge), "{large}");
}

#[tokio::test]
async fn what_cannot_be_looked_at_is_not_taken() {
    let folder = TempDir::new().unwrap();
    let nobody = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = nobody.local_addr().unwrap();
    drop(nobody);
    let bytes = Bytes::from_static(b"a picture");
    let error =
        scanner(address, folder.path()).bytes(&bytes, &from("attachment")).await.unwrap_err();
    assert!(matches!(error, ScanError::Unavailable(_)), "{error}");
    // One that speaks something else, one that closes at once, one that says more than anybody reads.
    let long = vec![b'x'; 100_000];
    let answers = [b"220 ESMTP\0".to_vec(), Vec::new(), long, b"stream: Broken. ERROR\0".to_vec()];
    for answer in answers {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        tokio::spawn(async move {
            let (mut stream, _) = listener.accept().await.unwrap();
            stream.write_all(&answer).await.unwrap();
        });
        let scanner = scanner(address, folder.path());
        let error = scanner.bytes(&bytes, &from("attachment")).await.unwrap_err();
        assert!(matches!(error, ScanError::Unavailable(_)), "{error}");
    }
}

/// A clamd that says when it has a whole file, and answers when it is told to.
struct Hanging {
    scanner: Scanner,
    got: mpsc::Receiver<()>,
    answer: mpsc::Sender<()>,
}

async fn hanging() -> Hanging {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let scanner = scanner(listener.local_addr().unwrap(), Path::new("/nowhere"));
    let (got_one, got) = mpsc::channel(8);
    let (answer, told) = mpsc::channel(1);
    let told = Arc::new(tokio::sync::Mutex::new(told));
    tokio::spawn(async move {
        loop {
            let (mut stream, _) = listener.accept().await.unwrap();
            let (got_one, told) = (got_one.clone(), Arc::clone(&told));
            tokio::spawn(async move {
                stream.read_exact(&mut [0; 10]).await.unwrap();
                loop {
                    let length = stream.read_u32().await.unwrap() as usize;
                    if length == 0 {
                        break;
                    }
                    stream.read_exact(&mut vec![0; length]).await.unwrap();
                }
                got_one.send(()).await.unwrap();
                told.lock().await.recv().await.unwrap();
                stream.write_all(b"stream: OK\0").await.unwrap();
            });
        }
    });
    Hanging { scanner, got, answer }
}

#[tokio::test]
async fn a_clamd_that_hangs_has_twenty_seconds_and_one_for_each_mib() {
    for (length, seconds) in [(1, 21), (3 << 20, 23)] {
        let Hanging { scanner, mut got, answer: _answer } = hanging().await;
        let begun = Moment::now();
        let bytes = Bytes::from(vec![b'x'; length]);
        let looked = tokio::spawn(async move { scanner.bytes(&bytes, &from("attachment")).await });
        got.recv().await.unwrap();
        // clamd has all of it: nothing but the clock goes on.
        tokio::time::pause();
        let error = looked.await.unwrap().unwrap_err();
        let said = format!("no answer within {seconds}s");
        assert!(matches!(&error, ScanError::Unavailable(why) if *why == said), "{error}");
        assert_eq!(begun.elapsed().as_secs(), seconds, "{length} bytes");
        tokio::time::resume();
    }
}

#[tokio::test]
async fn the_files_of_a_request_share_the_time_that_clamd_has() {
    let Hanging { scanner, mut got, answer } = hanging().await;
    let begun = Moment::now();
    let files = [Bytes::from_static(b"one"), Bytes::from_static(b"two")];
    let looked = tokio::spawn(async move { scanner.all(&files, &from("attachment")).await });
    got.recv().await.unwrap();
    tokio::time::pause();
    tokio::time::advance(Duration::from_secs(15)).await;
    tokio::time::resume();
    answer.send(()).await.unwrap();
    got.recv().await.expect("the second");
    tokio::time::pause();
    let error = looked.await.unwrap().unwrap_err();
    assert!(matches!(error, ScanError::Unavailable(_)), "{error}");
    assert_eq!(begun.elapsed().as_secs(), 21);
}

#[tokio::test]
async fn a_file_waits_ten_seconds_while_clamd_hangs_with_others() {
    let Hanging { scanner, mut got, answer: _answer } = hanging().await;
    let look = |scanner: Scanner| async move {
        scanner.bytes(&Bytes::from_static(b"one"), &from("attachment")).await
    };
    for _ in 0..AT_A_TIME {
        tokio::spawn(look(scanner.clone()));
        got.recv().await.unwrap();
    }
    let begun = Moment::now();
    tokio::time::pause();
    let error = look(scanner).await.unwrap_err();
    assert!(matches!(&error, ScanError::Unavailable(why) if why.contains("busy")), "{error}");
    assert_eq!(begun.elapsed().as_secs(), TURN.as_secs());
}

#[cfg(unix)]
#[tokio::test]
async fn clamd_is_asked_over_a_unix_socket_too() {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("clamd.ctl");
    let listener = tokio::net::UnixListener::bind(&path).unwrap();
    tokio::spawn(async move {
        let (mut stream, _) = listener.accept().await.unwrap();
        let mut command = [0; 6];
        stream.read_exact(&mut command).await.unwrap();
        assert_eq!(&command, b"zPING\0");
        stream.write_all(b"PONG\0").await.unwrap();
    });
    ping(&path.to_str().unwrap().parse().unwrap()).await.unwrap();
}

#[test]
fn addresses_are_hosts_with_ports_or_paths() {
    let is = |text: &str| text.parse::<ClamdAddress>();
    assert_eq!(is("127.0.0.1:3310"), Ok(ClamdAddress::Tcp("127.0.0.1:3310".into())));
    assert_eq!(is("unix:/run/c"), Ok(ClamdAddress::Unix("/run/c".into())));
    assert_eq!(is("/run/clamav/clamd.ctl"), Ok(ClamdAddress::Unix("/run/clamav/clamd.ctl".into())));
    for bad in ["", "clamd", ":3310", "clamd:", "clamd:0", "clamd:port", "unix:"] {
        assert_eq!(is(bad), Err(()), "{bad}");
    }
}

#[test]
fn the_quarantine_keeps_the_latest_files_alone() {
    let folder = TempDir::new().unwrap();
    let quarantine = Quarantine::new(folder.path().join("quarantine"));
    for n in 0..103 {
        quarantine.keep(&format!("{n:03}"), &mut &b"bad"[..], "Bad", &from("attachment")).unwrap();
    }
    let names = quarantined(folder.path());
    assert_eq!(names.len(), 200);
    assert!(names.contains(&"102.json".to_owned()) && !names.contains(&"000.json".to_owned()));
}
