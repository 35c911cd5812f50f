//! Bad course files and lists: every fault in words a secretary can act on, and nothing changed.

use e2e::seminar::{self, file, learners, report, rows};
use e2e::{Client, Traccia};

async fn with_course() -> (Traccia, Client) {
    let traccia = Traccia::program().await;
    let admin = traccia.admin();
    seminar::load(&admin).await;
    (traccia, admin)
}

/// Nothing of the course is other than it was.
async fn is_unchanged(admin: &Client) {
    assert_eq!(admin.get(&seminar::at("")).await.text(), file());
    let matrix = report(admin, "matrix", &[]).await;
    assert_eq!(rows(&matrix).len(), 12);
}

#[tokio::test]
async fn a_bad_course_file_is_explained_with_line_and_column_and_changes_nothing() {
    let (traccia, admin) = with_course().await;
    for (from, to, said) in [
        ("hours = 16\n", "hours = 16\ncolour = 3\n", "a course has no `colour`"),
        (
            "kind = \"test\"\n",
            "kind = \"test\"\nrequires_all = []\n",
            "an activity has no `requires_all`: is it `requires`?",
        ),
        ("id = \"m2\"\n", "id = \"m2\"\nrequires = [\"m2\"]\n", "circle"),
        (
            "key = \"lesson\"\n",
            "key = \"lesson\"\nrequires = [\"test\"]\n",
            "lesson → test → lesson",
        ),
        ("requires = [\"lesson\"]", "requires = [\"lessson\"]", "no activity `lessson`"),
        (
            "kind = \"test\"\n",
            "prefix = [\"https://moodle.example.org/m/\", \"https://a.example/\"]\n\n\
             [[module.activity]]\nprefix = \"https://moodle.example.org/m/1\"\n",
            "overlaps",
        ),
        ("hours = 8\n", "hours = 8\nmodules = [\"m3\"]\n", "no module `m3`"),
        ("date = 2026-03-12", "date = 2026-02-30", "8"),
        ("date = 2026-03-12", "date = \"12/03/2026\"", "date"),
        ("from = 14:00:00\nto = 18:00:00", "from = 18:00:00\nto = 14:00:00", "swap"),
        ("begins = 2026-01-01", "begins = 2027-01-01", "before it begins"),
        ("\"Europe/Rome\"", "\"Europe/Roma\"", "Europe/Rome"),
        ("key = \"test\"", "key = \"lesson\"", "already on line"),
        ("complete_when = \"passed\"", "complete_when = \"attended\"", "not attended"),
        ("complete_when = \"passed\"", "complete_when = { hours = 9 }\nhours = 2", "nobody could"),
        ("complete_when = \"passed\"", "credit = \"nominal\"", "write hours too"),
    ] {
        let text = file().replacen(from, to, 1);
        assert_ne!(text, file(), "{from} stands in the file");
        let refused = admin.put(&seminar::at("")).body("application/toml", text.clone()).await;
        let detail = refused.problem(400);
        drop(detail);
        let answer = refused.json()["detail"].as_str().unwrap().to_owned();
        assert!(answer.contains(said), "{said} is not in {answer}");
        let place: Vec<&str> = answer.lines().next().unwrap().splitn(3, ':').collect();
        assert!(place[0].parse::<u32>().is_ok() && place[1].parse::<u32>().is_ok(), "{answer}");
        let named = traccia.file("course.toml", &text);
        let loaded = traccia.cli(&["course", "load", &named]).await;
        assert_eq!(loaded.code, Some(3), "{loaded}");
    }
    let latin = file().replace("Seminario", "Universit\u{e0}").into_bytes();
    let latin: Vec<u8> = String::from_utf8(latin).unwrap().chars().map(|c| c as u8).collect();
    admin.put(&seminar::at("")).body("application/toml", latin).await.problem(400);
    is_unchanged(&admin).await;
    let dry = admin.put(&seminar::at("?dry_run=true"));
    dry.body("application/toml", file().replace("hours = 16", "hours = 20")).await.is(200);
    is_unchanged(&admin).await;
}

#[tokio::test]
async fn a_bad_list_is_explained_line_by_line_and_changes_nothing() {
    let (_traccia, admin) = with_course().await;
    for (list, said) in [
        ("", &["nothing in it"][..]),
        ("name,region\nA,Umbria\n", &["learner", "identifiers"]),
        ("learner;identifiers\nu1;mailto:a@b.it\nu1;mailto:c@d.it\n", &["line 3", "line 2", "u1"]),
        ("learner,identifiers\nu1,mailto:a@b.it\nu2,mailto:a@b.it\n", &["line 3", "u1"]),
        ("learner,identifiers\nu1,anna\n,mailto:x@y.it\n", &["line 2", "line 3", "mailto:"]),
        ("learner,identifiers\nu1,mailto:a@b.it,Umbria\n", &["line 2", "3"]),
        ("learner,identifiers,identifiers\nu1,mailto:a@b.it,x\n", &["identifiers"]),
        ("learner,identifiers\nu99,account:https://moodle.example.org|1\n", &["u99", "u1"]),
    ] {
        let put = admin.put(&seminar::at("/learners")).body("text/csv", list.to_owned());
        let refused = put.await;
        refused.problem(400);
        for part in said {
            assert!(refused.text().contains(part), "{part} is not in {refused}");
        }
    }
    let wide = format!("learner,identifiers{}\n", ",x".repeat(20_000));
    admin.put(&seminar::at("/learners")).body("text/csv", wide).await.problem(400);
    for empty in ["learner,identifiers\n", "learner,identifiers\n,,\n"] {
        let put = admin.put(&seminar::at("/learners?mode=replace"));
        put.body("text/csv", empty.to_owned()).await.problem(400);
    }
    let mut latin = b"learner,identifiers,name\nu1,mailto:a@b.it,Nicol".to_vec();
    latin.extend(b"\xf2\n");
    let refused = admin.put(&seminar::at("/learners")).body("text/csv", latin).await;
    refused.problem(400);
    assert!(refused.text().contains("UTF-8") && refused.text().contains("line 2"), "{refused}");
    is_unchanged(&admin).await;
}

#[tokio::test]
async fn a_list_as_excel_writes_it_in_italy_is_taken() {
    let (_traccia, admin) = with_course().await;
    let excel = "\u{feff}Matricola;Nome e cognome;Identificativi;Regione;Ente\r\n\
                 u1;\"Rossi; Maria\";\"account:https://moodle.example.org|1;mailto:m@x.it\";Umbria;\
                 Comune di Perugia\r\n";
    let put = admin.put(&seminar::at("/learners?mode=replace")).body("text/csv", excel.to_owned());
    assert_eq!(put.await.expect(200).json()["learners"], 1);
    let matrix = report(&admin, "matrix", &[]).await;
    assert_eq!(rows(&matrix)[0]["name"], "Rossi; Maria", "{matrix:#}");
    let mut wide: Vec<u8> = vec![0xff, 0xfe];
    wide.extend(learners().encode_utf16().flat_map(u16::to_le_bytes));
    let put = admin.put(&seminar::at("/learners?mode=replace")).body("text/csv", wide);
    assert_eq!(put.await.expect(200).json()["learners"], 12, "UTF-16, as Excel's Unicode text");
}
