//! A server that does what a test says for each request, and counts: for what `Answer` has no words for.

use std::collections::BTreeMap;
use std::io::{BufRead as _, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::Duration;

use super::tls;

/// What was asked for.
#[derive(Clone, Debug)]
pub struct Request {
    pub method: String,
    pub path: String,
    pub headers: Vec<(String, String)>,
}

impl Request {
    /// A header's value; its name in small letters.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
    }

    /// As `GET /path`.
    pub fn line(&self) -> String {
        format!("{} {}", self.method, self.path)
    }
}

/// What is answered.
#[derive(Clone, Debug, Default)]
pub struct Reply {
    pub status: u16,
    pub headers: Vec<(&'static str, String)>,
    pub body: Vec<u8>,
    /// After so many bytes of the body the connection breaks off.
    pub cut: Option<usize>,
    /// The pause before each part of the body, of which there are eight.
    pub pause: Duration,
}

impl Reply {
    pub fn ok(body: impl Into<Vec<u8>>) -> Self {
        Self { status: 200, body: body.into(), ..Self::default() }
    }

    pub fn status(status: u16) -> Self {
        Self { status, ..Self::default() }
    }

    pub fn redirect(to: &str) -> Self {
        Self::status(302).with("location", to)
    }

    pub fn with(mut self, header: &'static str, value: &str) -> Self {
        self.headers.push((header, value.to_owned()));
        self
    }

    /// A file with an `ETag`, by a server that knows conditions and ranges.
    pub fn file(request: &Request, body: &[u8], etag: &str) -> Self {
        if request.header("if-none-match") == Some(etag) {
            return Self::status(304).with("etag", etag);
        }
        let start =
            request.header("range").and_then(|range| range.strip_prefix("bytes=")?.strip_suffix('-')?.parse().ok());
        if let Some(start) = start.filter(|_| request.header("if-range").is_none_or(|value| value == etag)) {
            let range = format!("bytes {start}-{}/{}", body.len() - 1, body.len());
            let reply = Self { status: 206, body: body[start..].to_vec(), ..Self::default() };
            return reply.with("content-range", &range).with("etag", etag);
        }
        Self::ok(body).with("etag", etag)
    }
}

type Handler = dyn Fn(&Request) -> Reply + Send + Sync;

struct Shared {
    handler: Box<Handler>,
    seen: Mutex<Vec<Request>>,
    body_bytes: AtomicUsize,
    open: AtomicUsize,
    peak: AtomicUsize,
}

/// The server; it goes with the test's process.
pub struct Upstream {
    port: u16,
    scheme: &'static str,
    shared: Arc<Shared>,
}

impl Upstream {
    pub fn new(handler: impl Fn(&Request) -> Reply + Send + Sync + 'static) -> Self {
        Self::start(handler, false)
    }

    /// With https, by the certificate of the company's authority.
    pub fn secure(handler: impl Fn(&Request) -> Reply + Send + Sync + 'static) -> Self {
        Self::start(handler, true)
    }

    fn start(handler: impl Fn(&Request) -> Reply + Send + Sync + 'static, secure: bool) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        let shared = Arc::new(Shared {
            handler: Box::new(handler),
            seen: Mutex::default(),
            body_bytes: AtomicUsize::default(),
            open: AtomicUsize::default(),
            peak: AtomicUsize::default(),
        });
        let config = secure.then(tls::server_config);
        let of_thread = Arc::clone(&shared);
        thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let (shared, config) = (Arc::clone(&of_thread), config.clone());
                thread::spawn(move || match config {
                    Some(config) => {
                        let connection = rustls::ServerConnection::new(config).unwrap();
                        let mut stream = rustls::StreamOwned::new(connection, stream);
                        serve(&mut stream, &shared);
                        stream.conn.send_close_notify();
                        let _ = stream.flush();
                    }
                    None => serve(&mut { stream }, &shared),
                });
            }
        });
        Self { port, scheme: if secure { "https" } else { "http" }, shared }
    }

    pub fn port(&self) -> u16 {
        self.port
    }

    pub fn address(&self, path: &str) -> String {
        self.address_as("127.0.0.1", path)
    }

    /// The address under another name of the loopback, `localhost`.
    pub fn address_as(&self, host: &str, path: &str) -> String {
        format!("{}://{host}:{}{path}", self.scheme, self.port)
    }

    pub fn seen(&self) -> Vec<Request> {
        self.shared.seen.lock().unwrap().clone()
    }

    /// As `GET /path`, sorted.
    pub fn lines(&self) -> Vec<String> {
        let mut lines: Vec<String> = self.seen().iter().map(Request::line).collect();
        lines.sort();
        lines
    }

    /// Forgets what was counted.
    pub fn forget(&self) {
        self.shared.seen.lock().unwrap().clear();
        self.shared.body_bytes.store(0, Ordering::SeqCst);
        self.shared.peak.store(0, Ordering::SeqCst);
    }

    /// How many bytes of bodies were sent.
    pub fn body_bytes(&self) -> usize {
        self.shared.body_bytes.load(Ordering::SeqCst)
    }

    /// The most requests that were open at one time.
    pub fn peak(&self) -> usize {
        self.shared.peak.load(Ordering::SeqCst)
    }
}

fn serve(stream: &mut (impl Read + Write), shared: &Shared) {
    let Some(request) = read_request(stream) else { return };
    shared.seen.lock().unwrap().push(request.clone());
    let open = shared.open.fetch_add(1, Ordering::SeqCst) + 1;
    shared.peak.fetch_max(open, Ordering::SeqCst);
    let reply = (shared.handler)(&request);
    shared.open.fetch_sub(1, Ordering::SeqCst);
    let mut head =
        format!("HTTP/1.1 {} X\r\nconnection: close\r\ncontent-length: {}\r\n", reply.status, reply.body.len());
    for (name, value) in &reply.headers {
        head.extend([name, ": ", value.as_str(), "\r\n"]);
    }
    let _ = stream.write_all(format!("{head}\r\n").as_bytes());
    if request.method == "HEAD" {
        return;
    }
    let body = &reply.body[..reply.cut.unwrap_or(reply.body.len())];
    for part in body.chunks(body.len().div_ceil(8).max(1)) {
        thread::sleep(reply.pause);
        if stream.write_all(part).and_then(|()| stream.flush()).is_err() {
            return;
        }
        shared.body_bytes.fetch_add(part.len(), Ordering::SeqCst);
    }
}

fn read_request(stream: &mut impl Read) -> Option<Request> {
    let mut reader = BufReader::new(stream);
    let mut line = String::new();
    reader.read_line(&mut line).ok()?;
    let mut words = line.split(' ').map(str::to_owned);
    let (method, path) = (words.next()?, words.next()?);
    let mut headers = Vec::new();
    loop {
        line.clear();
        reader.read_line(&mut line).ok()?;
        let Some((name, value)) = line.trim_end().split_once(": ") else { break };
        headers.push((name.to_ascii_lowercase(), value.to_owned()));
    }
    Some(Request { method, path, headers })
}

/// A CONNECT proxy that leads every host to one port of the loopback. Its address, and what it was asked for.
pub fn proxy(port: u16) -> (String, Arc<Mutex<Vec<String>>>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = format!("http://127.0.0.1:{}", listener.local_addr().unwrap().port());
    let seen = Arc::new(Mutex::new(Vec::new()));
    let of_thread = Arc::clone(&seen);
    thread::spawn(move || {
        for mut stream in listener.incoming().flatten() {
            let seen = Arc::clone(&of_thread);
            thread::spawn(move || {
                let Some(request) = read_request(&mut stream) else { return };
                seen.lock().unwrap().push(request.line());
                let target = TcpStream::connect(("127.0.0.1", port)).unwrap();
                let _ = stream.write_all(b"HTTP/1.1 200 X\r\n\r\n");
                let (mut up_from, mut up_to) = (stream.try_clone().unwrap(), target.try_clone().unwrap());
                thread::spawn(move || {
                    let _ = std::io::copy(&mut up_from, &mut up_to);
                    let _ = up_to.shutdown(std::net::Shutdown::Write);
                });
                let (mut down_from, mut down_to) = (target, stream);
                let _ = std::io::copy(&mut down_from, &mut down_to);
                let _ = down_to.shutdown(std::net::Shutdown::Both);
            });
        }
    });
    (address, seen)
}

/// Files by path, which a test changes.
pub type Files = Arc<Mutex<BTreeMap<String, Vec<u8>>>>;

/// A server with files that may change, without a word about it.
pub fn files() -> (Upstream, Files) {
    let files = Files::default();
    let of_server = Arc::clone(&files);
    let upstream = Upstream::new(move |request| {
        of_server
            .lock()
            .unwrap()
            .get(&request.path)
            .map_or_else(|| Reply::status(404), |bytes| Reply::ok(bytes.clone()))
    });
    (upstream, files)
}
