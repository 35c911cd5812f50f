//! A way to the database that can be shut after any command of a process, and that refuses
//! commands as the database might.

use std::io;
use std::sync::{Arc, Mutex, OnceLock};

use mongodb::bson::doc;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _, DuplexStream};
use tokio::net::tcp::{OwnedReadHalf, OwnedWriteHalf};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio::task::JoinSet;

use crate::task::Task;

/// The wire protocol's number of a message.
const MESSAGE: u32 = 2013;
/// Where a message names its command: behind its header, flags, kind, length, and a type.
const NAME: usize = 26;
/// What a driver says of itself is never held.
const OF_THE_DRIVER: [&[u8]; 4] = [b"hello", b"ismaster", b"isMaster", b"ping"];

/// Passes commands on to a server. When it is dropped, all processes that are connected through it are cut off.
pub(super) struct Gate {
    uri: String,
    count: Arc<watch::Sender<Count>>,
    rejected: Arc<OnceLock<String>>,
    kept_back: Arc<watch::Sender<KeptBack>>,
    commands: Arc<Mutex<Vec<String>>>,
    _listening: Task,
}

/// Commands that are held while all others pass.
#[derive(Default)]
struct KeptBack {
    /// What they hold.
    text: Option<&'static str>,
    /// Whether there was one.
    is_there: bool,
}

struct Count {
    asked: usize,
    allowed: usize,
    /// The first command that is held, with its collection: `insert statements`.
    held: Option<String>,
}

impl Gate {
    /// An open gate to the first server of `uri`.
    pub(super) async fn to(uri: &str) -> Self {
        let (scheme, rest) = uri.split_once("://").unwrap();
        let (hosts, rest) = rest.split_once('/').unwrap();
        let (user, hosts) = hosts.rsplit_once('@').unwrap_or(("", hosts));
        let server = hosts.split(',').next().unwrap().to_owned();
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let here = listener.local_addr().unwrap();
        let at = if user.is_empty() { "" } else { "@" };
        let and = if rest.contains('?') { '&' } else { '?' };
        let uri = format!("{scheme}://{user}{at}{here}/{rest}{and}directConnection=true");
        let count =
            Arc::new(watch::Sender::new(Count { asked: 0, allowed: usize::MAX, held: None }));
        let (rejected, kept_back) = (Arc::default(), Arc::default());
        let commands = Arc::<Mutex<Vec<String>>>::default();
        let pass = Pass {
            count: Arc::clone(&count),
            rejected: Arc::clone(&rejected),
            kept_back: Arc::clone(&kept_back),
            commands: Arc::clone(&commands),
        };
        let listening = Task::new(listen(listener, server, pass));
        Self { uri, count, rejected, kept_back, commands, _listening: listening }
    }

    /// The same database, through the gate.
    pub(super) fn uri(&self) -> &str {
        &self.uri
    }

    /// Lets `commands` more commands through, and then none.
    pub(super) fn shut_after(&self, commands: usize) {
        let passed = |count: &Count| count.asked.min(count.allowed);
        self.count.send_modify(|count| {
            count.allowed = passed(count) + commands;
            count.held = None;
        });
    }

    pub(super) fn open(&self) {
        self.count.send_modify(|count| count.allowed = usize::MAX);
    }

    /// The commands that came since they were last taken, with their collections, in order: `insert statement`.
    pub(super) fn take_commands(&self) -> Vec<String> {
        std::mem::take(&mut *self.commands.lock().unwrap())
    }

    /// Answers commands that hold this text as a server answers those that it cannot take.
    pub(super) fn reject(&self, text: &str) {
        self.rejected.set(text.to_owned()).unwrap();
    }

    /// Holds the commands that hold this text, and no others.
    pub(super) fn keep_back(&self, text: &'static str) {
        self.kept_back.send_modify(|kept| *kept = KeptBack { text: Some(text), is_there: false });
    }

    /// Waits until there is such a command.
    pub(super) async fn keeps_back(&self) {
        self.kept_back.subscribe().wait_for(|kept| kept.is_there).await.unwrap();
    }

    /// Lets them through.
    pub(super) fn let_go(&self) {
        self.kept_back.send_modify(|kept| kept.text = None);
    }

    /// Waits until a command is held, and prints which: the output of a test that fails ends with the call at which
    /// its process was stopped.
    pub(super) async fn holds(&self) {
        let mut count = self.count.subscribe();
        let count = count.wait_for(|count| count.held.is_some()).await.unwrap();
        let Count { allowed, held, .. } = &*count;
        println!("held after {allowed} calls: {}", held.as_deref().unwrap_or_default());
    }
}

/// What every connection goes by.
#[derive(Clone)]
struct Pass {
    count: Arc<watch::Sender<Count>>,
    rejected: Arc<OnceLock<String>>,
    kept_back: Arc<watch::Sender<KeptBack>>,
    commands: Arc<Mutex<Vec<String>>>,
}

async fn listen(listener: TcpListener, server: String, pass: Pass) {
    let mut connections = JoinSet::new();
    while let Ok((client, _)) = listener.accept().await {
        let (server, pass) = (server.clone(), pass.clone());
        connections.spawn(async move {
            let server = TcpStream::connect(server).await?;
            client.set_nodelay(true)?;
            server.set_nodelay(true)?;
            let (from_client, mut to_client) = client.into_split();
            let (mut from_server, to_server) = server.into_split();
            let (mut answers, mut rejections) = tokio::io::duplex(1 << 16);
            tokio::select! {
                done = pass.pass(from_client, to_server, &mut rejections) => done,
                done = async {
                    // A connection has one command at a time: answers do not meet.
                    let mut buffers = [vec![0; 1 << 16], vec![0; 1 << 16]];
                    let [server, own] = &mut buffers;
                    loop {
                        tokio::select! {
                            read = from_server.read(server) => match read? {
                                0 => return Ok(()),
                                n => to_client.write_all(&server[..n]).await?,
                            },
                            read = answers.read(own) => to_client.write_all(&own[..read?]).await?,
                        }
                    }
                } => done,
            }
        });
    }
}

impl Pass {
    async fn pass(
        &self,
        mut client: OwnedReadHalf,
        mut server: OwnedWriteHalf,
        rejections: &mut DuplexStream,
    ) -> io::Result<()> {
        loop {
            let mut message = vec![0; 4];
            client.read_exact(&mut message).await?;
            let length = usize::try_from(u32_at(&message, 0)).unwrap();
            message.resize(length, 0);
            client.read_exact(&mut message[4..]).await?;
            if is_command(&message) {
                self.commands.lock().unwrap().push(named(&message));
                let mut number = 0;
                self.count.send_modify(|count| {
                    count.asked += 1;
                    number = count.asked;
                    if number > count.allowed {
                        count.held.get_or_insert_with(|| named(&message));
                    }
                });
                let mut count = self.count.subscribe();
                count.wait_for(|count| count.allowed >= number).await.map_err(io::Error::other)?;
                let holds =
                    |text: &str| message.windows(text.len()).any(|it| it == text.as_bytes());
                let mut kept_back = self.kept_back.subscribe();
                if kept_back.borrow().text.is_some_and(holds) {
                    self.kept_back.send_modify(|kept| kept.is_there = true);
                    kept_back.wait_for(|it| it.text.is_none()).await.map_err(io::Error::other)?;
                }
                if self.rejected.get().is_some_and(|text| holds(text)) {
                    rejections.write_all(&rejection(&message)).await?;
                    continue;
                }
            }
            server.write_all(&message).await?;
        }
    }
}

/// The answer of a server that finds a document too large.
fn rejection(message: &[u8]) -> Vec<u8> {
    let said = doc! {"ok": 0.0, "code": 10_334, "codeName": "BSONObjectTooLarge", "errmsg": "no"};
    let body = said.to_vec().unwrap();
    // Length, request id, what it answers, kind of message; flags, kind of section.
    let length = u32::try_from(16 + 4 + 1 + body.len()).unwrap();
    let header = [length, 1, u32_at(message, 4), MESSAGE, 0];
    let mut answer: Vec<u8> = header.into_iter().flat_map(u32::to_le_bytes).collect();
    answer.push(0);
    answer.extend(body);
    answer
}

fn u32_at(bytes: &[u8], at: usize) -> u32 {
    u32::from_le_bytes(bytes[at..at + 4].try_into().unwrap())
}

/// A command and its collection, where it has one.
fn named(message: &[u8]) -> String {
    let text_at = |at: usize| {
        let text = message.get(at..).unwrap_or_default().split(|byte| *byte == 0).next();
        String::from_utf8_lossy(text.unwrap_or_default()).into_owned()
    };
    let name = text_at(NAME);
    // A text follows its length, in four bytes.
    let collection = text_at(NAME + name.len() + 1 + 4);
    format!("{name} {collection}")
}

fn is_command(message: &[u8]) -> bool {
    let name = message.get(NAME..).and_then(|rest| rest.split(|byte| *byte == 0).next());
    u32_at(message, 12) == MESSAGE && name.is_some_and(|name| !OF_THE_DRIVER.contains(&name))
}
