//! Packages that the scenes write, and players that speak as a page would.

use std::io::{Cursor, Write as _};

use e2e::{Client, Reply, Traccia, new_id};
use serde_json::{Value, json};
use zip::ZipWriter;
use zip::write::SimpleFileOptions;

/// The host that packages are served on.
pub(crate) const CONTENT: &str = "content.localhost";

/// When the learner's clock says that all happens: the server's word counts where it is later.
const AT: &str = "2026-01-01T00:00:00Z";

/// A package of SCORM 1.2 with these SCOs, whose pages say `word`.
pub(crate) fn package(scos: &[&str], word: &str) -> Vec<u8> {
    let items = scos.iter().map(|sco| {
        format!("<item identifier=\"{sco}\" identifierref=\"R-{sco}\"><title>{sco}</title></item>")
    });
    let resources = scos.iter().map(|sco| {
        format!(
            "<resource identifier=\"R-{sco}\" type=\"webcontent\" adlcp:scormtype=\"sco\" \
             href=\"{sco}/index.html\"><file href=\"{sco}/index.html\"/></resource>"
        )
    });
    let manifest = format!(
        r#"<?xml version="1.0"?>
<manifest identifier="M" xmlns="http://www.imsproject.org/xsd/imscp_rootv1p1p2"
    xmlns:adlcp="http://www.adlnet.org/xsd/adlcp_rootv1p2">
  <metadata><schema>ADL SCORM</schema><schemaversion>1.2</schemaversion></metadata>
  <organizations default="O"><organization identifier="O"><title>Sicurezza</title>
    {}</organization></organizations>
  <resources>{}</resources>
</manifest>
"#,
        items.collect::<String>(),
        resources.collect::<String>()
    );
    let page = format!(
        "<!doctype html><title>{word}</title><script src=\"https://cdn.example.org/a.js\"></script>\
         <script>LMSInitialize('');\
         LMSSetValue('cmi.core.lesson_status', 'passed'); LMSFinish('')</script>"
    );
    let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
    let mut add = |name: &str, text: &[u8]| {
        writer.start_file(name, SimpleFileOptions::default()).unwrap();
        writer.write_all(text).unwrap();
    };
    add("imsmanifest.xml", manifest.as_bytes());
    for sco in scos {
        add(&format!("{sco}/index.html"), page.as_bytes());
    }
    add("media/film.mp4", &film());
    writer.finish().unwrap().into_inner()
}

/// A file of more than one piece.
pub(crate) fn film() -> Vec<u8> {
    (0..2_500_000_u32).map(|n| u8::try_from(n % 251).unwrap()).collect()
}

/// Imports a package, and gives the answer.
pub(crate) async fn import(traccia: &Traccia, name: &str, zip: Vec<u8>) -> Value {
    let ask = traccia.admin().post("/api/v1/packages").query(&[("name", name)]);
    ask.body("application/zip", zip).await.expect(201).json()
}

/// Makes a launch, and gives the answer.
pub(crate) async fn launch(traccia: &Traccia, name: &str, wanted: &Value) -> Value {
    let path = format!("/api/v1/packages/{name}/launches");
    traccia.admin().post(&path).json(wanted).await.expect(201).json()
}

/// The learner of a launch, in a browser.
pub(crate) struct Player {
    client: Client,
    token: String,
    session: String,
    sequence: u64,
}

impl Player {
    /// Opens a session on what was launched.
    pub(crate) fn of(traccia: &Traccia, launch: &Value) -> Self {
        let token = launch["token"].as_str().unwrap().to_owned();
        Self { client: traccia.anonymous(), token, session: new_id(), sequence: 0 }
    }

    /// The same page, once the server is there again.
    pub(crate) fn at(self, traccia: &Traccia) -> Self {
        Self { client: traccia.anonymous(), ..self }
    }

    /// What the browser gets at a path on the host of contents.
    pub(crate) async fn get(&self, path: &str) -> Reply {
        self.client.get(path).header("host", CONTENT).await
    }

    /// The page of the player.
    pub(crate) async fn page(&self) -> Reply {
        self.get(&format!("/launch/{}/", self.token)).await
    }

    /// Begins a session of a SCO.
    pub(crate) async fn begin(&mut self, sco: &str) -> Value {
        self.session = new_id();
        self.sequence = 0;
        let begun = json!({"session": self.session, "sequence": 0, "sco": sco, "begin": true,
            "at": AT});
        self.post(&begun).await.expect(200).json()
    }

    /// The next commit of the session.
    pub(crate) fn next(&mut self, sco: &str, cmi: &Value, terminate: bool) -> Value {
        self.sequence += 1;
        json!({"session": self.session, "sequence": self.sequence, "sco": sco, "cmi": cmi,
            "at": AT, "terminate": terminate})
    }

    /// Sends a commit as a page does that is being left.
    pub(crate) async fn post(&self, commit: &Value) -> Reply {
        self.attempt(commit).await.unwrap()
    }

    /// The same; the connection may break.
    pub(crate) async fn attempt(&self, commit: &Value) -> Result<Reply, reqwest::Error> {
        let path = format!("/launch/{}/commit", self.token);
        let ask = self.client.post(&path).header("host", CONTENT);
        ask.body("text/plain;charset=UTF-8", commit.to_string()).attempt().await
    }

    /// Commits, which must succeed.
    pub(crate) async fn commit(&mut self, sco: &str, cmi: &Value, terminate: bool) -> Value {
        let commit = self.next(sco, cmi, terminate);
        let answer = self.post(&commit).await.expect(200).json();
        assert_eq!((&answer["result"], &answer["errorCode"]), (&json!("true"), &json!(0)));
        answer
    }
}

/// The data model of SCORM 1.2 at the end of a session.
pub(crate) fn cmi(status: &str, score: u32, time: &str, exit: &str) -> Value {
    json!({
        "suspend_data": format!("page of {status}"),
        "core": {"lesson_status": status, "session_time": time, "exit": exit,
            "score": {"raw": score.to_string(), "min": "0", "max": "100"}},
    })
}
