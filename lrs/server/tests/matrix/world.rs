//! A server with a course, learners of two regions, and a key of every kind.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::sync::Mutex;
use std::sync::atomic::{AtomicU32, Ordering};

use access::role::Role;
use access::scope::Scope;
use reqwest::header::{ALLOW, CONTENT_TYPE};
use reqwest::{Client, Method, RequestBuilder};
use serde_json::{Value, json};
use tempfile::TempDir;
use traccia::app::App;
use traccia::config::Settings;

pub(crate) const COURSE: &str = "course";
pub(crate) const PACKAGE: &str = "package";
const PASSWORD: &str = "cavallo e batteria";
const OBJECT: &str = "https://learn.example.org/course/lesson";

const FILE: &str = r#"
id = "course"
iri = "https://learn.example.org/course"
title = { it = "Corso", en = "Course" }
time_zone = "Europe/Rome"

[[module]]
id = "m1"
title = { it = "Modulo", en = "Module" }
hours = 8

[[module.activity]]
key = "lesson"
id = "https://learn.example.org/course/lesson"
title = { it = "Lezione", en = "Lesson" }

[[module.event]]
key = "seminar"
title = { it = "Seminario", en = "Seminar" }
kind = "seminar"
hours = 4

[[module.event.session]]
id = "perugia"
date = 2026-03-05
from = 09:00:00
to = 13:00:00
region = "Umbria"

[[module.event.session]]
id = "milano"
date = 2026-03-12
from = 09:00:00
to = 13:00:00
region = "Lombardia"
"#;

const LEARNERS: &str = "learner,name,identifiers,region,body\n\
    u1,Ada,mailto:u1@example.org,Umbria,Perugia\n\
    u2,Bea,mailto:u2@example.org,Umbria,Perugia\n\
    u7,Ciro,mailto:u7@example.org,Lombardia,Milano\n\
    u8,Dora,mailto:u8@example.org,Lombardia,Milano\n";

/// Who asks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Who {
    Nobody,
    WrongSecret,
    With(Scope),
    /// With a key that is bound to the region Umbria.
    InUmbria(Scope),
    /// Signed in as somebody of this role.
    As(Role),
}

impl Who {
    pub(crate) fn every() -> Vec<Self> {
        let scopes = Scope::EVERY.map(Self::With);
        let bound = Scope::EVERY.into_iter().filter(|scope| scope.can_be_bound());
        let strangers = [Self::Nobody, Self::WrongSecret];
        let people = Role::EVERY.map(Self::As);
        strangers.into_iter().chain(scopes).chain(bound.map(Self::InUmbria)).chain(people).collect()
    }

    pub(crate) const fn is_known(&self) -> bool {
        matches!(self, Self::With(_) | Self::InUmbria(_) | Self::As(_))
    }
}

impl fmt::Display for Who {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Nobody => f.write_str("nobody"),
            Self::WrongSecret => f.write_str("a wrong secret"),
            Self::With(scope) => write!(f, "{scope}"),
            Self::InUmbria(scope) => write!(f, "{scope} in Umbria"),
            Self::As(role) => write!(f, "{role}"),
        }
    }
}

/// A request, whoever sends it.
#[derive(Clone, Debug)]
pub(crate) struct Ask {
    pub(crate) method: Method,
    pub(crate) path: String,
    pub(crate) query: Vec<(&'static str, String)>,
    pub(crate) headers: Vec<(&'static str, &'static str)>,
    pub(crate) body: Option<(&'static str, String)>,
}

/// How a request is sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Way {
    /// As it is.
    Plainly,
    /// As a form, as browsers do at page unload (Communication 1.3).
    AsForm,
}

pub(crate) struct World {
    http: Client,
    url: String,
    keys: BTreeMap<String, (String, String)>,
    /// The cookie of each role.
    cookies: Mutex<BTreeMap<Role, String>>,
    counter: AtomicU32,
    pub(crate) xapi_paths: Vec<&'static str>,
    /// The id of a statement of nobody's but the administrator's.
    pub(crate) foreign: String,
    /// The id of a frozen list.
    pub(crate) list: String,
    _home: TempDir,
}

impl World {
    pub(crate) async fn new() -> Self {
        let home = TempDir::new().unwrap();
        let settings = Settings {
            data: home.path().join("data"),
            listen: "127.0.0.1:0".into(),
            ..Settings::default()
        };
        let app = App::start(&settings).await.unwrap();
        app.seed_key("seed:secret").await.unwrap();
        let url = app.base_url().to_owned();
        tokio::spawn(app.serve(std::future::pending()));
        // A second installation is refused and harmless.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let mut world = Self {
            http: Client::builder().no_proxy().build().unwrap(),
            url,
            keys: BTreeMap::from([("all".into(), ("seed".into(), "secret".into()))]),
            cookies: Mutex::default(),
            counter: AtomicU32::new(0),
            xapi_paths: http_api::router::XAPI.to_vec(),
            foreign: uuid::Uuid::new_v4().to_string(),
            list: String::new(),
            _home: home,
        };
        world.fill().await;
        world
    }

    async fn fill(&mut self) {
        let wrong = ("seed".to_owned(), "wrong".to_owned());
        self.keys.insert(Who::WrongSecret.to_string(), wrong);
        for who in Who::every() {
            let new = match who {
                Who::With(scope) => json!({"scopes": [scope.as_str()]}),
                Who::InUmbria(scope) => {
                    json!({"scopes": [scope.as_str()], "bounds": {"regions": ["Umbria"]}})
                }
                Who::Nobody | Who::WrongSecret | Who::As(_) => continue,
            };
            let made = self.made(ask("POST", "/api/v1/keys").json(&new)).await;
            let text = |member: &str| made[member].as_str().unwrap().to_owned();
            self.keys.insert(who.to_string(), (text("key"), text("secret")));
        }
        let course = format!("/api/v1/courses/{COURSE}");
        self.done(ask("PUT", &course).body("application/toml", FILE)).await;
        let learners = ask("PUT", &format!("{course}/learners"));
        self.done(learners.body("text/csv", LEARNERS)).await;
        let statement = with_id(&statement(), &self.foreign);
        self.done(ask("POST", "/xapi/statements").json(&statement)).await;
        let frozen = self.made(ask("POST", &format!("{course}/certificates"))).await;
        frozen["id"].as_str().unwrap().clone_into(&mut self.list);
        self.import().await;
        for role in Role::EVERY {
            self.invite(role).await;
        }
    }

    /// Somebody of a role, who has the role's name.
    async fn invite(&self, role: Role) {
        let mut new = json!({"name": role, "role": role});
        if role.is_bounded() {
            new["bounds"] = json!({"regions": ["Umbria"]});
        }
        if role.is_learner() {
            new["learner"] = json!(["mailto:u1@example.org"]);
        }
        let made = self.made(ask("POST", "/api/v1/people").json(&new)).await;
        let url = made["invitation"]["url"].as_str().unwrap();
        let token = url.split_once("#token=").unwrap().1;
        let accepted = json!({"token": token, "password": PASSWORD});
        self.cookie(role, ask("POST", "/api/v1/invitations").json(&accepted)).await;
    }

    /// Takes the cookie of an answer.
    async fn cookie(&self, role: Role, ask: Ask) {
        let answer = self.request(&ask, &Who::Nobody, Way::Plainly).send().await.unwrap();
        assert_eq!(answer.status(), 201, "{role}");
        let set = answer.headers()["set-cookie"].to_str().unwrap();
        let cookie = set.split(';').next().unwrap().to_owned();
        self.cookies.lock().unwrap().insert(role, cookie);
    }

    async fn sign_in(&self, role: Role) {
        let sign_in = json!({"name": role, "password": PASSWORD});
        self.cookie(role, ask("POST", "/api/v1/sessions").json(&sign_in)).await;
    }

    /// Imports a package.
    async fn import(&self) {
        let url = format!("{}/api/v1/packages?name={PACKAGE}", self.url);
        let request = self.http.post(url).basic_auth("seed", Some("secret"));
        let request = request.header(CONTENT_TYPE, "application/zip").body(package());
        assert_eq!(request.send().await.unwrap().status(), 201);
    }

    /// Has the administrator ask, who must succeed.
    pub(crate) async fn done(&self, ask: Ask) -> String {
        let response = self.request(&ask, &Who::With(Scope::All), Way::Plainly);
        let response = response.send().await.unwrap();
        let status = response.status();
        let text = response.text().await.unwrap();
        assert!(status.is_success(), "{ask:?}: {text}");
        text
    }

    async fn made(&self, ask: Ask) -> Value {
        serde_json::from_str(&self.done(ask).await).unwrap()
    }

    /// Another number each time.
    pub(crate) fn next(&self) -> u32 {
        self.counter.fetch_add(1, Ordering::Relaxed)
    }

    pub(crate) async fn openapi(&self) -> Value {
        self.made(ask("GET", http_api::router::DESCRIPTION)).await
    }

    /// The methods that the resource at a path says it has, but for HEAD, which every GET has.
    pub(crate) async fn methods(&self, path: &str) -> BTreeSet<String> {
        let path = path.replace(['{', '}'], "");
        let ask = Ask { method: Method::TRACE, ..ask("GET", &path) };
        let refused =
            self.request(&ask, &Who::With(Scope::All), Way::Plainly).send().await.unwrap();
        assert_eq!(refused.status(), 405, "{path}");
        let allowed = refused.headers()[ALLOW].to_str().unwrap().to_owned();
        allowed.split(',').filter(|it| *it != "HEAD").map(str::to_owned).collect()
    }

    /// The status of the answer to somebody.
    pub(crate) async fn ask(&self, ask: &Ask, who: &Who, way: Way) -> u16 {
        let response = self.request(ask, who, way).send().await.unwrap();
        let status = response.status().as_u16();
        if ask.method == Method::GET && way == Way::Plainly {
            let head = Ask { method: Method::HEAD, ..ask.clone() };
            let head = self.request(&head, who, way).send().await.unwrap().status().as_u16();
            assert_eq!(head, status, "HEAD of {ask:?} as {who}");
        }
        if let (Who::As(role), 204, "/api/v1/session") = (who, status, ask.path.as_str()) {
            self.sign_in(*role).await;
        }
        status
    }

    fn request(&self, ask: &Ask, who: &Who, way: Way) -> RequestBuilder {
        let Ask { method, path, query, headers, body } = ask;
        let url = format!("{}{path}", self.url);
        let key = self.keys.get(&who.to_string());
        if way == Way::AsForm {
            let header = |(name, value): &(&'static str, &str)| (*name, (*value).to_owned());
            let mut form: Vec<(&str, String)> = query.clone();
            form.extend(headers.iter().map(header));
            form.push(("X-Experience-API-Version", "1.0.3".to_owned()));
            if let Some((key, secret)) = key {
                form.push(("Authorization", basic(key, secret)));
            }
            if let Some((kind, body)) = body {
                form.extend([("Content-Type", (*kind).to_owned()), ("content", body.clone())]);
            }
            let form_type = "application/x-www-form-urlencoded";
            let request = self.http.post(format!("{url}?method={method}"));
            return request.header(CONTENT_TYPE, form_type).body(encoded(&form));
        }
        let url = if query.is_empty() { url } else { format!("{url}?{}", encoded(query)) };
        let mut request = self.http.request(method.clone(), url);
        request = request.header("X-Experience-API-Version", "1.0.3");
        if let Some((key, secret)) = key {
            request = request.basic_auth(key, Some(secret));
        }
        if let Who::As(role) = who {
            let cookie = self.cookies.lock().unwrap()[role].clone();
            request = request.header("cookie", cookie).header("sec-fetch-site", "same-origin");
        }
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        match body {
            Some((kind, body)) => request.header(CONTENT_TYPE, *kind).body(body.clone()),
            None => request,
        }
    }
}

/// A package of SCORM 1.2 with one SCO.
fn package() -> Vec<u8> {
    use std::io::Write as _;
    let manifest = r#"<manifest identifier="M" xmlns="http://www.imsproject.org/xsd/imscp_rootv1p1p2"
        xmlns:adlcp="http://www.adlnet.org/xsd/adlcp_rootv1p2">
        <metadata><schemaversion>1.2</schemaversion></metadata>
        <organizations default="O"><organization identifier="O"><title>T</title>
        <item identifier="I" identifierref="R"><title>U</title></item></organization></organizations>
        <resources><resource identifier="R" type="webcontent" adlcp:scormtype="sco" href="i.html">
        <file href="i.html"/></resource></resources></manifest>"#;
    let mut writer = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    for (name, text) in
        [("imsmanifest.xml", manifest), ("i.html", "<script>LMSFinish('')</script>")]
    {
        writer.start_file(name, zip::write::SimpleFileOptions::default()).unwrap();
        writer.write_all(text.as_bytes()).unwrap();
    }
    writer.finish().unwrap().into_inner()
}

fn encoded(pairs: &[(&str, String)]) -> String {
    url::form_urlencoded::Serializer::new(String::new()).extend_pairs(pairs).finish()
}

fn basic(key: &str, secret: &str) -> String {
    use base64::Engine as _;
    let token = base64::engine::general_purpose::STANDARD.encode(format!("{key}:{secret}"));
    format!("Basic {token}")
}

/// A request to `path` without anything else.
pub(crate) fn ask(method: &str, path: &str) -> Ask {
    let method = method.parse().unwrap();
    Ask { method, path: path.to_owned(), query: Vec::new(), headers: Vec::new(), body: None }
}

impl Ask {
    pub(crate) fn body(self, kind: &'static str, body: impl Into<String>) -> Self {
        Self { body: Some((kind, body.into())), ..self }
    }

    pub(crate) fn json(self, body: &Value) -> Self {
        self.body("application/json", body.to_string())
    }

    pub(crate) fn with(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.query.push((name, value.into()));
        self
    }

    pub(crate) fn header(mut self, name: &'static str, value: &'static str) -> Self {
        self.headers.push((name, value));
        self
    }
}

/// What u1 did.
pub(crate) fn statement() -> Value {
    json!({
        "actor": {"mbox": "mailto:u1@example.org"},
        "verb": {"id": "http://adlnet.gov/expapi/verbs/experienced"},
        "object": {"id": OBJECT},
    })
}

pub(crate) fn with_id(statement: &Value, id: &str) -> Value {
    let mut statement = statement.clone();
    statement["id"] = json!(id);
    statement
}
