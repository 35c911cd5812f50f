//! What the machine denies a server: descriptors, room on the disk, the right to write. On the embedded store.

use std::fs::{Permissions, set_permissions};
use std::net::TcpStream;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;

use e2e::{Setup, Statement, Traccia, cli, cli_within, new_id};
use serde_json::json;
use tempfile::TempDir;

/// Root without the powers that pass over the rights of files; anybody else as they are.
const AS_A_USER: &str = r#"if [ "$(id -u)" = 0 ]; then
    exec setpriv --inh-caps=-all --bounding-set=-all "$0" "$@"; fi"#;
/// No file may be longer than 2 MB: as on a disk that is full, writes fail in the middle.
const LITTLE_ROOM: &str = "trap '' XFSZ; ulimit -f 4096";

fn uri(folder: &Path) -> String {
    format!("sqlite:{}", folder.display())
}

async fn within(line: &str, folder: &Path) -> Traccia {
    Setup::default().store(&uri(folder)).within(line).start().await
}

#[tokio::test]
async fn connections_that_use_up_the_descriptors_leave_some_for_the_store_and_for_others() {
    let place = TempDir::new().unwrap();
    let traccia = within("ulimit -n 64", &place.path().join("store")).await;
    let admin = traccia.admin();
    admin.post("/statements").json(&Statement::new().json()).await.is(200);
    let address = traccia.url().trim_start_matches("http://").to_owned();
    let idle: Vec<TcpStream> =
        (0..100).map(|_| TcpStream::connect(&address).expect("it listens")).collect();
    // Each on a connection of its own, for which an idle one has to go.
    for _ in 0..5 {
        let other = traccia.admin();
        other.post("/statements").json(&Statement::new().json()).await.is(200);
        other.get("/readyz").await.is(200);
    }
    drop(idle);
    assert_eq!(admin.found(&[]).await.len(), 6);
}

#[tokio::test]
async fn what_was_answered_before_the_disk_was_full_is_there_and_nothing_else() {
    let place = TempDir::new().unwrap();
    let folder = place.path().join("store");
    let mut traccia = within(LITTLE_ROOM, &folder).await;
    let admin = traccia.admin();
    let (mut kept, mut refused) = (Vec::new(), Vec::new());
    for _ in 0..60 {
        let ids = [new_id(), new_id()];
        let batch = ids.iter().map(|id| {
            let long = json!("x".repeat(70_000));
            Statement::new().id(id).with("/result/response", long).json()
        });
        let answer = admin.post("/statements").json(&batch.collect()).await;
        if answer.status == 200 {
            kept.extend(ids);
        } else {
            assert_eq!(answer.problem(503).body["rule"], "store-unavailable");
            refused.extend(ids);
        }
    }
    assert!(kept.len() >= 4 && refused.len() >= 4, "{} {}", kept.len(), refused.len());
    assert_eq!(traccia.stop().await, Some(0));

    let traccia = Setup::default().store(&uri(&folder)).start().await;
    let admin = traccia.admin();
    let mut found = admin.found_on_all_pages(&[("ascending", "true")]).await;
    found.sort();
    kept.sort();
    assert_eq!(found, kept, "no batch is lost, and none is there by half");
    admin.post("/statements").json(&Statement::new().json()).await.is(200);
    admin.get("/readyz").await.is(200);
}

#[tokio::test]
async fn a_folder_that_cannot_be_written_is_refused_and_can_still_be_read() {
    let place = TempDir::new().unwrap();
    let folder = place.path().join("store");
    let mut traccia = within(AS_A_USER, &folder).await;
    let id = traccia.admin().store_one(&Statement::new().json()).await;
    assert_eq!(traccia.stop().await, Some(0));
    let uri = uri(&folder);
    let close = |mode: u32, of_files: u32| {
        for name in ["traccia.sqlite", "traccia.lock"] {
            set_permissions(folder.join(name), Permissions::from_mode(of_files)).unwrap();
        }
        set_permissions(&folder, Permissions::from_mode(mode)).unwrap();
    };
    for of_files in [0o400, 0o600] {
        close(0o500, of_files);
        let serve = ["serve", "--listen", "127.0.0.1:0", "--store", &uri];
        let refused = cli_within(AS_A_USER, &serve).await;
        assert_eq!(refused.code, Some(4), "{refused}");
        assert!(refused.stderr.contains(&folder.display().to_string()), "{refused}");
        assert!(refused.stderr.contains("must belong to the user"), "{refused}");
        let export = cli_within(AS_A_USER, &["store", "export", "--from", &uri]).await;
        assert!(export.code == Some(0) && export.stdout.contains(&id), "{export}");
    }
    close(0o700, 0o600);
    let again = cli(&["store", "digest", "--from", &uri]).await;
    assert_eq!(again.code, Some(0), "{again}");
    let traccia = within(AS_A_USER, &folder).await;
    assert_eq!(traccia.admin().found(&[]).await, [id]);
}
