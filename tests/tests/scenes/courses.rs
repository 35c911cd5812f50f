//! Courses as a whole: listed, shown, deleted and brought back; their learners exported as the list
//! that import takes.

use std::time::Duration;

use e2e::{Client, Traccia, eventually, seminar};
use serde_json::{Value, json};

const COURSE: &str = "for-pa-105920";

/// A server with a made-up cohort in a course with events, and one with nobody.
async fn with_cohort() -> Traccia {
    let traccia = Traccia::start().await;
    let demo = ["demo", COURSE, "--learners", "25", "--load"];
    traccia.cli(&demo).await.success();
    traccia.cli(&["progress", "rebuild", COURSE]).await.success();
    traccia
}

async fn report(traccia: &Traccia, course: &str, report: &str) -> String {
    let arguments = ["report", course, report, "--format", "csv", "--lang", "en"];
    traccia.cli(&arguments).await.success().to_owned()
}

async fn learners(admin: &Client, course: &str) -> Value {
    admin.get(&format!("/api/v1/courses/{course}/learners")).await.expect(200).json()
}

#[tokio::test]
async fn courses_are_listed_and_shown() {
    let traccia = with_cohort().await;
    let mini = traccia.file("mini.toml", seminar::file());
    traccia.cli(&["course", "load", &mini]).await.success();
    let list = traccia.cli(&["course", "list"]).await;
    let lines: Vec<&str> = list.success().lines().collect();
    assert_eq!(lines.len(), 2, "{list}");
    assert!(lines[0].starts_with("civic  0 learners, 2 modules  Educazione civica"), "{list}");
    assert!(lines[1].starts_with("for-pa-105920  25 learners, "), "{list}");
    let list = traccia.cli(&["course", "list", "--format", "json"]).await.json();
    assert_eq!((&list[0]["course"], &list[1]["learners"]), (&json!("civic"), &json!(25)), "{list}");

    let shown = traccia.cli(&["course", "show", "civic"]).await;
    for part in ["Educazione civica", "2026-01-01 to 2026-12-31", "2, with 3 activities"] {
        assert!(shown.success().contains(part), "{part} is not in {shown}");
    }
    let file = traccia.cli(&["course", "show", "civic", "--file"]).await;
    assert_eq!(file.success(), seminar::file(), "to the last byte");
    let unknown = traccia.cli(&["course", "show", "civics"]).await;
    assert_eq!(unknown.code, Some(3), "{unknown}");
}

#[tokio::test]
async fn deleting_a_course_is_asked_about_and_says_what_goes() {
    let traccia = with_cohort().await;
    let delete = ["course", "delete", COURSE];
    let dry = traccia.cli(&[&delete[..], &["--dry-run"]].concat()).await;
    assert!(dry.success().contains("would go: a list of 25 learners"), "{dry}");
    let asked = traccia.cli(&delete).await;
    assert_eq!(asked.code, Some(2), "{asked}");
    for part in ["25 learners", "statements stay", "learners export", "--yes"] {
        assert!(asked.stderr.contains(part), "{part} is not in {asked}");
    }
    assert!(traccia.cli(&["course", "list"]).await.success().contains(COURSE));
    let reader = traccia.holder_of(&["progress/read", "presence/write", "statements/write"]).await;
    reader.delete(&format!("/api/v1/courses/{COURSE}")).await.problem(403);

    let gone = traccia.cli(&[&delete[..], &["--yes"]].concat()).await;
    assert!(gone.success().contains("deleted, with: a list of 25 learners"), "{gone}");
    assert_eq!(traccia.cli(&["course", "list"]).await.success(), "");
    for arguments in [&["report", COURSE, "glance"][..], &[&delete[..], &["--yes"]].concat()] {
        let unknown = traccia.cli(arguments).await;
        assert_eq!(unknown.code, Some(3), "{unknown}");
        assert!(unknown.stderr.contains("there is no course"), "{unknown}");
    }
}

/// Merges, registers and all: what reports say is made of the log, the file and the list alone.
#[tokio::test]
async fn a_deleted_course_comes_back_with_its_file_and_its_list_and_nothing_of_the_log_is_lost() {
    let traccia = with_cohort().await;
    let admin = traccia.admin();
    let all = learners(&admin, COURSE).await;
    let id = |n: usize| all["learners"][n]["id"].as_str().unwrap().to_owned();
    traccia.cli(&["learners", "merge", COURSE, &id(3), &id(5)]).await.success();
    traccia.cli(&["learners", "merge", COURSE, &id(5), &id(1)]).await.success();
    let statements = admin.found_on_all_pages(&[("limit", "500")]).await;
    let enrolled = learners(&admin, COURSE).await;
    let mut before = Vec::new();
    for kind in ["matrix", "hours", "register", "ledger"] {
        before.push((kind, report(&traccia, COURSE, kind).await));
    }
    let file = traccia.folder().join("course.toml").display().to_string();
    let list = traccia.folder().join("learners.csv").display().to_string();
    traccia.cli(&["course", "show", COURSE, "--file", "-o", &file]).await.success();
    traccia.cli(&["learners", "export", COURSE, "-o", &list]).await.success();

    traccia.cli(&["course", "delete", COURSE, "--yes"]).await.success();
    assert_eq!(admin.found_on_all_pages(&[("limit", "500")]).await, statements);
    traccia.cli(&["course", "load", &file]).await.success();
    assert_eq!(learners(&admin, COURSE).await["learners"], json!([]), "it begins anew");
    let imported = traccia.cli(&["learners", "import", COURSE, &list]).await;
    assert!(imported.success().contains("25 added"), "{imported}");
    assert!(imported.stdout.contains("2 merged into another learner"), "{imported}");
    assert_eq!(learners(&admin, COURSE).await, enrolled);
    for (kind, before) in before {
        eventually("the report is what it was", Duration::from_mins(1), || async {
            let now = report(&traccia, COURSE, kind).await;
            if now == before { Ok(()) } else { Err(format!("{kind}:\n{now}\nbefore:\n{before}")) }
        })
        .await;
    }
}

#[tokio::test]
async fn a_course_with_frozen_lists_is_not_deleted_by_the_way() {
    let traccia = with_cohort().await;
    traccia.cli(&["certificate", "freeze", COURSE]).await.success();
    let delete = ["course", "delete", COURSE, "--yes"];
    let refused = traccia.cli(&delete).await;
    assert_eq!(refused.code, Some(3), "{refused}");
    for part in ["1 frozen certificate list", "certificates=true"] {
        assert!(refused.stderr.contains(part), "{part} is not in {refused}");
    }
    assert!(traccia.cli(&["course", "list"]).await.success().contains(COURSE));
    let gone = traccia.cli(&[&delete[..], &["--with-certificates"]].concat()).await;
    assert!(gone.success().contains("1 frozen certificate lists"), "{gone}");
    traccia.cli(&["demo", COURSE, "--learners", "3", "--load"]).await.success();
    assert_eq!(traccia.cli(&["certificate", "list", COURSE]).await.success(), "");
}

/// Names, identifiers and columns of the kinds that come out of spreadsheets.
const LIST: &str = "learner,name,identifiers,region,body,istat,Titolo di studio,note\n\
    u1,\"Rossi; \"\"Maria\"\"\",account:https://m.example|1;mailto:m@x.it,Umbria,\"Perugia, Comune di\",054039,Laurea,\n\
    u2,Nicolò D’Urso,mbox_sha1sum:0123456789abcdef0123456789abcdef01234567,Umbria,Terni,055032,,=1+1\n\
    u3,\"Di\nriga\",openid:https://id.example/u3?a=1;account:https://m.example|a|b,Lazio,Roma,058091,,-\n\
    u4,,account:https://m.example|4,,,,Diploma,\n";

async fn with_list() -> (Traccia, Client) {
    let traccia = Traccia::start().await;
    let admin = traccia.admin();
    for course in ["civic", "other"] {
        let file = seminar::file().replacen("\"civic\"", &format!("\"{course}\""), 1);
        let put = admin.put(&format!("/api/v1/courses/{course}"));
        put.body("application/toml", file).await.is(200);
    }
    let list = traccia.file("list.csv", LIST);
    traccia.cli(&["learners", "import", "civic", &list]).await.success();
    traccia.cli(&["learners", "merge", "civic", "u4", "u1"]).await.success();
    (traccia, admin)
}

#[tokio::test]
async fn an_exported_list_changes_nothing_where_it_came_from_and_is_the_same_elsewhere() {
    let (traccia, admin) = with_list().await;
    let enrolled = learners(&admin, "civic").await;
    for (lang, separator, heading) in [("en", ',', "merged_into"), ("it", ';', "unito a")] {
        let list = traccia.cli(&["learners", "export", "civic", "--lang", lang]).await;
        let list = list.success().to_owned();
        assert_eq!(list.starts_with('\u{feff}'), lang == "it", "{list}");
        let first = list.lines().next().unwrap();
        assert!(first.contains(separator) && first.contains(heading), "{first}");
        let encodings = [
            ("as it is", list.clone().into_bytes()),
            ("with LF", list.replace("\r\n", "\n").into_bytes()),
            ("with a mark", format!("\u{feff}{}", list.trim_start_matches('\u{feff}')).into()),
            ("in UTF-16", utf16(list.trim_start_matches('\u{feff}'))),
        ];
        for (how, bytes) in encodings {
            let file = traccia.file("again.csv", bytes);
            let again = traccia.cli(&["learners", "import", "civic", &file]).await;
            let unchanged = "4 learners (0 added, 0 updated, 4 unchanged";
            assert!(
                again.success().contains(&unchanged.replacen('4', "3", 1)),
                "{lang} {how}: {again}"
            );
            assert!(!again.stdout.contains("merged"), "{lang} {how}: {again}");
            assert_eq!(learners(&admin, "civic").await, enrolled, "{lang} {how}");
            traccia.cli(&["course", "delete", "other", "--yes"]).await.success();
            let other = seminar::file().replacen("\"civic\"", "\"other\"", 1);
            let put = admin.put("/api/v1/courses/other").body("application/toml", other);
            put.await.is(200);
            traccia.cli(&["learners", "import", "other", &file]).await.success();
            assert_eq!(learners(&admin, "other").await, enrolled, "{lang} {how}");
        }
    }
}

fn utf16(text: &str) -> Vec<u8> {
    [0xff, 0xfe].into_iter().chain(text.encode_utf16().flat_map(u16::to_le_bytes)).collect()
}

#[tokio::test]
async fn a_list_without_merges_has_no_column_for_them_and_a_bounded_key_gets_its_own_people() {
    let (traccia, admin) = with_list().await;
    let bounds = json!({"regions": ["Umbria"], "bodies": []});
    let key = json!({"label": "u", "scopes": ["progress/read"], "bounds": bounds});
    let key = admin.post("/api/v1/keys").json(&key).await.expect(201).json();
    let text = |name: &str| key[name].as_str().unwrap();
    let umbria = traccia.with_key(text("key"), text("secret"));
    let list = umbria.get("/api/v1/courses/civic/learners?format=csv").await.expect(200);
    assert!(list.header("content-disposition").contains("civic-learners.csv"), "{list}");
    let list = list.text();
    assert!(list.contains("u1") && list.contains("u2"), "{list}");
    assert!(!list.contains("u3") && !list.contains("u4"), "{list}");
    assert!(!list.contains("merged_into"), "u4 is not theirs: {list}");
    admin.get("/api/v1/courses/civic/learners?format=xlsx").await.problem(400);
}

#[tokio::test]
async fn a_listed_merge_with_nobody_is_a_fault_of_its_line() {
    let (traccia, admin) = with_list().await;
    let enrolled = learners(&admin, "civic").await;
    for (into, said) in [("u9", "nobody of the id `u9`"), ("u5", "own id")] {
        let list = format!("learner,identifiers,merged_into\nu5,mailto:five@x.it,{into}\n");
        let file = traccia.file("merge.csv", list);
        let refused = traccia.cli(&["learners", "import", "civic", &file]).await;
        assert_eq!(refused.code, Some(3), "{refused}");
        for part in ["line 2", "merged_into", said] {
            assert!(refused.stderr.contains(part), "{part} is not in {refused}");
        }
    }
    assert_eq!(learners(&admin, "civic").await, enrolled);
    let file = traccia.file("merge.csv", "learner,identifiers,merged_into\nu5,mailto:f@x.it,u4\n");
    let merged = traccia.cli(&["learners", "import", "civic", &file]).await;
    assert!(merged.success().contains("1 merged"), "{merged}");
    let enrolled = learners(&admin, "civic").await;
    assert_eq!(enrolled["merged"], json!({"u4": "u1", "u5": "u4"}), "{enrolled}");
}

/// Of course files, learner lists and presence sheets; of the API by `Accept-Language`, of commands by `--lang`.
#[tokio::test]
async fn faults_are_said_in_the_language_of_their_reader() {
    let traccia = Traccia::start().await;
    let admin = traccia.admin();
    let load = traccia.file("civic.toml", seminar::file());
    traccia.cli(&["course", "load", &load]).await.success();
    let kept = traccia.file("register.csv", "ore\n2\n");
    let wrong = [
        ("", "application/toml", "id = 5\n", "1:6: `id` è un testo", "1:6: `id` is a text"),
        (
            "/learners",
            "text/csv",
            "matricola\nu1\n",
            "riga 1: manca la colonna",
            "line 1: there is no column",
        ),
    ];
    for (path, kind, body, italian, english) in wrong {
        for (language, text) in [("it-IT,it;q=0.9", italian), ("de", english)] {
            let ask = admin.put(&format!("/api/v1/courses/civic{path}")).body(kind, body);
            let problem = ask.header("accept-language", language).await.problem(400);
            let detail = problem.body["detail"].as_str().expect("a detail");
            assert!(detail.contains(text), "{path} in {language}: {detail}");
        }
    }
    let course = traccia.file("wrong.toml", "id = 5\n");
    let list = traccia.file("wrong.csv", "matricola\nu1\n");
    let commands = [
        (vec!["course", "load", &course], "1:6: `id` è un testo", "1:6: `id` is a text"),
        (
            vec!["learners", "import", "civic", &list],
            "riga 1: manca la colonna",
            "line 1: there is no column",
        ),
        (
            vec!["register", "keep", "civic", "nessuno", "s", &kept],
            "Il corso non ha un evento `nessuno` con una sessione `s`",
            "the course has no event `nessuno` with a session `s`",
        ),
    ];
    for (command, italian, english) in commands {
        for (language, text) in [("it", italian), ("en", english)] {
            let refused = traccia.cli(&[&command[..], &["--lang", language]].concat()).await;
            assert_eq!(refused.code, Some(3), "{refused}");
            assert!(refused.stderr.contains(text), "{command:?} in {language}: {refused}");
        }
    }
}
