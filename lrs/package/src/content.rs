//! What the files of a package do, as far as can be read: they are searched in pieces, for words.

use std::collections::{BTreeMap, BTreeSet};
use std::io::{Read, Seek};
use std::sync::LazyLock;

use aho_corasick::AhoCorasick;

use crate::archive::Archive;
use crate::finding::{Findings, Place};
use crate::report::{Kind, Report};
use crate::rule::Rule;
use crate::shim::is_own;

/// How much of a file is kept before and after what is searched, so that no word or host is cut.
const AROUND: usize = 256;
/// The most addresses that are looked at: gigabytes of nothing else would take minutes.
const ADDRESSES: usize = 100_000;
/// The most hosts that are told apart.
const HOSTS: usize = 200;

/// The words, each with what it means.
const WORDS: [(&str, Word); 23] = [
    ("LMSInitialize", Word::Scorm12),
    ("API_1484_11", Word::Scorm2004),
    ("LMSFinish", Word::Finish),
    ("Terminate", Word::Finish),
    ("lesson_status", Word::Status),
    ("completion_status", Word::Status),
    ("success_status", Word::Status),
    ("score.raw", Word::Score),
    ("score.scaled", Word::Score),
    ("cmi.interactions", Word::Answers),
    ("session_time", Word::Time),
    ("suspend_data", Word::Suspend),
    ("lesson_location", Word::Place),
    ("cmi.location", Word::Place),
    ("application/x-shockwave-flash", Word::Flash),
    ("<applet", Word::Java),
    ("application/x-java", Word::Java),
    ("http://", Word::Address),
    ("https://", Word::Address),
    ("file:///", Word::Local),
    ("//localhost", Word::Local),
    ("//127.0.0.1", Word::Local),
    ("auth-token", Word::Cmi5),
];

/// Hosts of namespaces and licences, which nothing calls.
const NAMES: [&str; 12] = [
    "www.w3.org",
    "w3.org",
    "schema.org",
    "ns.adobe.com",
    "purl.org",
    "www.imsglobal.org",
    "www.imsproject.org",
    "www.adlnet.org",
    "adlnet.gov",
    "w3id.org",
    "opensource.org",
    "www.opensource.org",
];

static SEARCH: LazyLock<Option<AhoCorasick>> = LazyLock::new(|| {
    let builder =
        AhoCorasick::builder().ascii_case_insensitive(true).build(WORDS.map(|(word, _)| word));
    builder.ok()
});

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Word {
    Scorm12,
    Scorm2004,
    Finish,
    Status,
    Score,
    Answers,
    Time,
    Suspend,
    Place,
    Flash,
    Java,
    Address,
    Local,
    Cmi5,
}

/// A host, where it is named first, and how often.
struct Host {
    file: String,
    line: u32,
    count: usize,
    is_loaded: bool,
    is_plain: bool,
}

/// Files in which something is: the first, and how many. Files come one after the other.
#[derive(Default)]
struct Seen {
    first: String,
    last: String,
    count: usize,
}

impl Seen {
    fn in_file(&mut self, name: &str) {
        if self.count == 0 {
            name.clone_into(&mut self.first);
        } else if self.last == name {
            return;
        }
        name.clone_into(&mut self.last);
        self.count += 1;
    }
}

#[derive(Default)]
struct Content {
    words: BTreeSet<Word>,
    hosts: BTreeMap<String, Host>,
    /// How many addresses were found, also of known hosts.
    addresses: usize,
    flash: Seen,
    java: Seen,
    /// Addresses of the author's own computer: file, line, how they begin.
    local: Vec<(String, u32, String)>,
}

/// Unpacks every file once, which shows damage, and searches those that are text.
pub(crate) fn read<R: Read + Seek>(archive: &mut Archive<R>, report: &mut Report) {
    let names: Vec<String> = archive.files().map(str::to_owned).collect();
    report.files = names.len();
    let mut content = Content::default();
    let is_mirrored = report.findings.iter().any(|finding| finding.rule == Rule::ShimPresent);
    for name in &names {
        let extension = name.rsplit('.').next().unwrap_or_default().to_ascii_lowercase();
        match extension.as_str() {
            "swf" => content.flash.in_file(name),
            "jar" | "class" => content.java.in_file(name),
            _ => {}
        }
        // A page around a SCO speaks of everything, whatever the SCO does.
        let is_around = is_mirrored && is_own(name.rsplit('/').next().unwrap_or_default());
        if !is_around && ["html", "htm", "xhtml", "js", "mjs", "css"].contains(&extension.as_str())
        {
            search(archive, name, &mut content, &mut report.findings);
        } else {
            archive.pieces(name, &mut report.findings, |_| true);
        }
    }
    content.report(report);
}

fn search<R: Read + Seek>(
    archive: &mut Archive<R>,
    name: &str,
    content: &mut Content,
    findings: &mut Findings,
) {
    let mut window = Window::default();
    let is_whole = archive.pieces(name, findings, |piece| {
        window.bytes.extend_from_slice(piece);
        let end = window.bytes.len().saturating_sub(AROUND);
        window.look(end, name, content);
        true
    });
    if is_whole {
        let end = window.bytes.len();
        window.look(end, name, content);
    }
}

/// The piece of a file that is searched, with what is around it.
#[derive(Default)]
struct Window {
    bytes: Vec<u8>,
    /// Up to where it was searched.
    searched: usize,
    /// How many lines end before that.
    lines: u32,
}

impl Window {
    /// Looks for words that begin before `end` and were not looked for yet.
    fn look(&mut self, end: usize, name: &str, content: &mut Content) {
        let (Some(search), true) = (SEARCH.as_ref(), end > self.searched) else { return };
        let (start, mut counted, mut line) = (self.searched, self.searched, self.lines);
        let within = |found: &aho_corasick::Match| (start..end).contains(&found.start());
        for found in search.find_iter(&self.bytes).filter(within) {
            let Some((text, word)) = WORDS.get(found.pattern().as_usize()) else { continue };
            let (before, rest) = self.bytes.split_at(found.start());
            line = line.saturating_add(lines(before.get(counted..).unwrap_or_default()));
            counted = found.start();
            let rest = rest.get(text.len()..).unwrap_or_default();
            content.note((text, *word), before, rest, (name, line.saturating_add(1)));
        }
        self.lines = line.saturating_add(lines(self.bytes.get(counted..end).unwrap_or_default()));
        self.bytes.drain(..end.saturating_sub(AROUND));
        self.searched = end.min(AROUND);
    }
}

fn lines(bytes: &[u8]) -> u32 {
    u32::try_from(memchr::memchr_iter(b'\n', bytes).count()).unwrap_or(u32::MAX)
}

impl Content {
    fn note(&mut self, found: (&str, Word), before: &[u8], rest: &[u8], place: (&str, u32)) {
        let (text, word) = found;
        let (name, _) = place;
        match word {
            Word::Address => self.address(before, rest, text == "http://", place),
            Word::Local => self.local(text, place),
            Word::Flash => self.flash.in_file(name),
            Word::Java => self.java.in_file(name),
            _ => {}
        }
        self.words.insert(word);
    }

    fn local(&mut self, address: &str, (name, line): (&str, u32)) {
        if self.local.len() < HOSTS {
            self.local.push((name.to_owned(), line, address.to_owned()));
        }
    }

    fn address(&mut self, before: &[u8], rest: &[u8], is_plain: bool, place: (&str, u32)) {
        self.addresses += 1;
        if self.addresses > ADDRESSES {
            return;
        }
        let is_host = |byte: &&u8| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-');
        let host: String = rest
            .iter()
            .take(253)
            .take_while(is_host)
            .map(|b| char::from(b.to_ascii_lowercase()))
            .collect();
        let host = host.trim_end_matches(['.', '-']).to_owned();
        if host == "localhost" || host.starts_with("127.") {
            return self.local(&format!("http://{host}"), place);
        }
        if !host.contains('.') || NAMES.contains(&host.as_str()) || host.ends_with(".example") {
            return;
        }
        let start = before.len().saturating_sub(200);
        let near =
            String::from_utf8_lossy(before.get(start..).unwrap_or_default()).to_ascii_lowercase();
        let tag = near.rsplit('<').next().unwrap_or_default();
        let end = near.trim_end_matches(['"', '\'', ' ', '`']);
        let is_source = end.ends_with("src=")
            || end.ends_with("src =")
            || end.ends_with("url(")
            || end.ends_with("fetch(");
        let is_loaded = is_source || (end.ends_with("href=") && tag.starts_with("link"));
        if self.hosts.len() >= HOSTS && !self.hosts.contains_key(&host) {
            return;
        }
        let (file, line) = place;
        let new = Host { file: file.to_owned(), line, count: 0, is_loaded, is_plain: false };
        let known = self.hosts.entry(host).or_insert(new);
        known.count += 1;
        if is_loaded && !known.is_loaded {
            (known.file, known.line, known.is_loaded) = (file.to_owned(), line, true);
        }
        known.is_plain |= is_loaded && is_plain;
    }

    fn has(&self, word: Word) -> bool {
        self.words.contains(&word)
    }

    fn report(&self, report: &mut Report) {
        let is_scorm = !matches!(report.kind, Some(Kind::Cmi5 | Kind::Xapi | Kind::Aicc) | None);
        // What speaks xAPI names no elements; its library tells what the designer chose.
        report.reports.status = !is_scorm || self.has(Word::Status);
        report.reports.score = self.has(Word::Score);
        report.reports.answers = self.has(Word::Answers);
        report.reports.time = !is_scorm || self.has(Word::Time);
        report.reports.place = self.has(Word::Suspend) || self.has(Word::Place);
        if let Some(kind) = report.kind.filter(|_| is_scorm && report.reports.units > 0) {
            self.calls(kind, &mut report.findings);
        }
        for (rule, files) in [(Rule::Flash, &self.flash), (Rule::Java, &self.java)] {
            if files.count > 0 {
                report.findings.add(rule, Place::file(&files.first), [&files.count]);
            }
        }
        for (file, line, address) in &self.local {
            report.findings.add(Rule::LocalAddress, Place::line(file, *line), [address]);
        }
        self.hosts(&mut report.findings);
    }

    fn calls(&self, kind: Kind, findings: &mut Findings) {
        let (own, other) = (self.has(Word::Scorm12), self.has(Word::Scorm2004));
        let (own, other) = if kind.is_2004() { (other, own) } else { (own, other) };
        let (call, finish, status) = if kind.is_2004() {
            ("API_1484_11.Initialize", "Terminate", "cmi.completion_status")
        } else {
            ("LMSInitialize", "LMSFinish", "cmi.core.lesson_status")
        };
        let names =
            if kind.is_2004() { ("SCORM 1.2", "SCORM 2004") } else { ("SCORM 2004", "SCORM 1.2") };
        match (own, other) {
            (false, true) => {
                findings.add(Rule::ApiOtherVersion, Place::WHOLE, [&names.0, &names.1]);
            }
            (false, false) => findings.add(Rule::ApiNotFound, Place::WHOLE, [&call]),
            (true, _) => {
                if !self.has(Word::Finish) {
                    findings.add(Rule::ApiNoFinish, Place::WHOLE, [&finish]);
                }
                if !self.has(Word::Status) {
                    findings.add(Rule::ApiNoStatus, Place::WHOLE, [&status]);
                }
            }
        }
        if self.has(Word::Suspend) {
            let limit = match kind {
                Kind::Scorm12 => 4096,
                Kind::Scorm2004Second | Kind::Scorm2004Third => 4000,
                _ => 64_000,
            };
            findings.add(Rule::SuspendDataLimit, Place::WHOLE, [&limit]);
        }
    }

    fn hosts(&self, findings: &mut Findings) {
        for (name, host) in self.hosts.iter().filter(|(_, host)| host.is_loaded) {
            let rule = if host.is_plain { Rule::MixedContent } else { Rule::HostLoaded };
            findings.add(rule, Place::line(&host.file, host.line), [name, &host.count]);
        }
        let named: Vec<&str> = self
            .hosts
            .iter()
            .filter(|(_, host)| !host.is_loaded)
            .map(|(name, _)| name.as_str())
            .collect();
        if !named.is_empty() {
            let first = named.iter().take(8).copied().collect::<Vec<_>>().join(", ");
            findings.add(Rule::HostNamed, Place::WHOLE, [&first, &named.len()]);
        }
    }
}
