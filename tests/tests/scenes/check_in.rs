//! People in a room check themselves in: by the form that a QR code opens, or by a program.

use e2e::seminar::{self, COURSE, file, reported, rows, session};
use e2e::{Client, Reply, Traccia};
use jiff::ToSpan as _;
use jiff::civil::Date;
use serde_json::{Value, json};

/// A course with a session today and one in a week.
struct Room {
    _traccia: Traccia,
    admin: Client,
    anyone: Client,
    today: Date,
}

impl Room {
    async fn open() -> Self {
        let traccia = Traccia::start().await;
        let (admin, anyone) = (traccia.admin(), traccia.anonymous());
        #[expect(
            clippy::disallowed_methods,
            reason = "a code is good on the day of the test alone"
        )]
        let today = jiff::Zoned::now().in_tz("Europe/Rome").unwrap().date();
        let next = today.checked_add(7.days()).unwrap();
        let sessions = session(&format!("today|{today}|09:00:00|12:00:00"))
            + &session(&format!("next|{next}|09:00:00|12:00:00"));
        let text = file().replace("ends = 2026-12-31", "ends = 2099-12-31") + &sessions;
        admin.put(&seminar::at("")).body("application/toml", text).await.is(200);
        let more = "PG-0042,Maria <Rossi>,mailto:maria@example.org,Umbria,Perugia,,,,,,\n\
                    TR.0042,Nobody,mailto:two@example.org,Umbria,Terni,,,,,,\n\
                    tr 0042,Else,mailto:three@example.org,Umbria,Terni,,,,,,\n";
        let list = seminar::learners() + more;
        admin.put(&seminar::at("/learners")).body("text/csv", list).await.is(200);
        Self { _traccia: traccia, admin, anyone, today }
    }

    async fn ask_code(&self, session: &str, query: &[(&str, &str)]) -> Reply {
        let path = seminar::at(&format!("/events/seminar/sessions/{session}/code"));
        self.admin.get(&path).query(query).await
    }

    async fn code(&self, session: &str) -> String {
        let code = self.ask_code(session, &[]).await.expect(200).json();
        code["code"].as_str().unwrap().to_owned()
    }

    async fn check_in(&self, code: &str, who: &str) -> Reply {
        let post = self.anyone.post(&seminar::at("/check-in"));
        post.json(&json!({"code": code, "learner": who})).await
    }

    async fn send_form(&self, lang: &str, code: &str, who: &str) -> Reply {
        let post = self.anyone.post(&format!("/check-in/{COURSE}?lang={lang}"));
        post.form(&[("code", code), ("learner", who)]).await
    }

    async fn hours_of(&self, learner: &str, hours: f64) {
        let wanted = |it: &Value| rows(it)[0]["hours_presence"] == hours;
        reported(&self.admin, "hours", &[("learner", learner)], wanted).await;
    }
}

#[tokio::test]
async fn people_check_in_with_the_code_of_the_day() {
    let room = Room::open().await;
    let (good, next) = (room.code("today").await, room.code("next").await);
    assert_ne!(good, next);
    room.check_in("AAAAAAAA", "u1").await.problem(403);
    let other_day = room.check_in(&next, "u1").await;
    other_day.problem(403);
    assert!(other_day.text().contains("this code is valid on 20"), "{other_day}");
    room.check_in(&good, "nobody@example.org").await.problem(404);
    let taken = room.check_in(&good, "U1@example.org").await.expect(200).json();
    assert_eq!(taken, json!({"event": "seminar", "session": "today", "known": false}));
    assert_eq!(room.check_in(&good, "u1").await.expect(200).json()["known"], true);
    room.hours_of("u1", 3.0).await;
    let sent = room.send_form("it", &good, "u2").await.expect(200);
    assert!(sent.text().contains("Presenza registrata"), "{sent}");
    room.hours_of("u2", 3.0).await;
}

#[tokio::test]
async fn case_and_what_stands_between_letters_do_not_matter_as_long_as_one_person_is_meant() {
    let room = Room::open().await;
    let code = room.code("today").await;
    let (first, second) = code.split_at(4);
    let spellings = [
        format!("{first}-{second}"),
        format!(" {} {} ", first.to_lowercase(), second.to_lowercase()),
        format!("{first}.{second}"),
    ];
    for (code, who) in spellings.iter().zip(["pg0042", " PG 0042", "Maria@Example.org "]) {
        let taken = room.check_in(code, who).await.expect(200).json();
        assert_eq!(taken["session"], "today", "{code} {who}");
    }
    room.hours_of("PG-0042", 3.0).await;
    room.check_in(&code, "tr0042").await.problem(404);
    assert_eq!(room.check_in(&code, "tr 0042").await.expect(200).json()["known"], false);
    room.check_in(&code, "--").await.problem(404);
}

#[tokio::test]
async fn the_page_names_course_session_and_person_in_the_readers_language() {
    let room = Room::open().await;
    let code = room.code("today").await;
    let page = room.anyone.get(&format!("/check-in/{COURSE}"));
    let page = page.header("accept-language", "it-IT,it;q=0.9,en;q=0.5").await.expect(200);
    for part in ["<html lang=\"it\">", "Educazione civica", "Registra la tua presenza", "lang=en"] {
        assert!(page.text().contains(part), "{part}: {page}");
    }
    let page = room.anyone.get(&format!("/check-in/{COURSE}?lang=en&code={code}"));
    let page = page.await.expect(200);
    let day = room.today.strftime("%-d %B %Y").to_string();
    for part in ["<html lang=\"en\">", "Civics", "Seminar", &day, "09:00–12:00", &code] {
        assert!(page.text().contains(part), "{part}: {page}");
    }
    let taken = room.send_form("en", &code, "PG-0042").await.expect(200);
    for part in ["Your presence is registered", "Maria &lt;Rossi&gt;", "Civics", "Seminar", &day] {
        assert!(taken.text().contains(part), "{part}: {taken}");
    }
    let again = room.send_form("it", &code, "PG-0042").await.expect(200);
    assert!(again.text().contains("La presenza era già registrata"), "{again}");
}

#[tokio::test]
async fn what_was_written_stays_in_the_form_beside_what_is_wrong_with_it() {
    let room = Room::open().await;
    let (code, next) = (room.code("today").await, room.code("next").await);
    let kept = |page: &Reply, code: &str, learner: &str| {
        for (name, value) in [("code", code), ("learner", learner)] {
            let field = format!("name=\"{name}\" value=\"{value}\"");
            assert!(page.text().contains(&field), "{field}: {page}");
        }
    };
    let wrong = room.send_form("it", "abcd 2345", "u<1>").await.expect(403);
    kept(&wrong, "abcd 2345", "u&lt;1&gt;");
    assert!(wrong.text().contains("Nessuna sessione di oggi ha questo codice"), "{wrong}");
    let other_day = room.send_form("en", &next, "u1").await.expect(403);
    kept(&other_day, &next, "u1");
    assert!(other_day.text().contains("This code is valid on "), "{other_day}");
    let nobody = room.send_form("en", &code, "u99").await.expect(404);
    kept(&nobody, &code, "u99");
    assert!(nobody.text().contains("Nobody enrolled in the course has this address"), "{nobody}");
    assert!(nobody.text().contains("Seminar"), "the code is right: {nobody}");
    assert_eq!(nobody.text().matches("aria-invalid=\"true\"").count(), 1, "{nobody}");
}

#[tokio::test]
async fn a_course_that_is_not_there_is_a_page_too() {
    let room = Room::open().await;
    let gone = room.anyone.get("/check-in/no%3Cb%3E?lang=it").await.expect(404);
    assert!(gone.text().contains("Non c'è nessun corso “no&lt;b&gt;”"), "{gone}");
    let post = room.anyone.post("/check-in/nowhere?lang=en");
    let gone = post.form(&[("code", "x"), ("learner", "u1")]).await.expect(404);
    assert!(gone.text().contains("There is no course “nowhere”"), "{gone}");
}

#[tokio::test]
async fn a_code_for_a_session_that_is_over_is_not_made() {
    let room = Room::open().await;
    let over = room.ask_code("perugia", &[]).await;
    over.problem(409);
    assert!(over.text().contains("2026-03-05") && over.text().contains("register"), "{over}");
}

#[tokio::test]
async fn the_sheet_for_the_room_has_a_qr_code_and_holds_under_the_policy_for_pages() {
    let room = Room::open().await;
    let code = room.code("today").await;
    let sheet = room.ask_code("today", &[("format", "html"), ("lang", "it")]).await.expect(200);
    let (first, second) = code.split_at(4);
    for part in ["<svg", "Inquadra il codice QR", "Educazione civica", &format!("{first}-{second}")]
    {
        assert!(sheet.text().contains(part), "{part}: {sheet}");
    }
    room.ask_code("today", &[("format", "csv")]).await.problem(400);
    let page = room.anyone.get(&format!("/check-in/{COURSE}?code={code}")).await.expect(200);
    for page in [sheet, page] {
        let policy = page.headers["content-security-policy"].to_str().unwrap();
        assert!(policy.starts_with("default-src 'none'; style-src 'sha256-"), "{policy}");
        for forbidden in ["<script", " style=", "javascript:", " onload", "<img"] {
            assert!(!page.text().contains(forbidden), "{forbidden}: {page}");
        }
    }
}
