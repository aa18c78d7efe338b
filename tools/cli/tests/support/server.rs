//! HTTP/1.1 in its barest form, so that every way to misbehave can be had.

use std::collections::HashMap;
use std::io::{BufRead as _, BufReader, Write as _};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::Duration;

/// What the server does when it is asked for something.
#[derive(Clone)]
pub enum Answer {
    /// 200 with these bytes.
    Bytes(Vec<u8>),
    /// 200 with these bytes as text/html.
    Page(&'static str),
    /// A status, with further headers.
    Status(u16, &'static str),
    /// 200, the length of the whole, and half of it.
    Half(Vec<u8>),
    /// The connection is closed without a word.
    Close,
    /// The connection stays open without a word.
    Hang,
}

/// The authorization that every request has to have.
type Guard = Arc<Mutex<Option<&'static str>>>;
type Routes = Arc<Mutex<HashMap<String, Vec<Answer>>>>;

/// A server; it goes with the test's process.
pub struct Server {
    port: u16,
    routes: Routes,
    seen: Arc<Mutex<Vec<String>>>,
    guard: Guard,
}

impl Server {
    pub fn new() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        let (routes, seen) = (Routes::default(), Arc::new(Mutex::new(Vec::new())));
        let guard = Guard::default();
        let (shared_routes, shared_seen, shared_guard) = (Arc::clone(&routes), Arc::clone(&seen), Arc::clone(&guard));
        thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let (routes, seen, guard) =
                    (Arc::clone(&shared_routes), Arc::clone(&shared_seen), Arc::clone(&shared_guard));
                thread::spawn(move || serve(stream, &routes, &seen, &guard));
            }
        });
        Self { port, routes, seen, guard }
    }

    pub fn address(&self, path: &str) -> String {
        format!("http://127.0.0.1:{}{path}", self.port)
    }

    /// Answers a path, one answer after the other; the last one stays.
    pub fn on(&self, path: &str, answers: &[Answer]) {
        self.routes.lock().unwrap().insert(path.to_owned(), answers.to_vec());
    }

    /// Answers only requests with this authorization.
    pub fn guard(&self, authorization: &'static str) {
        *self.guard.lock().unwrap() = Some(authorization);
    }

    /// What was asked for, as `GET /path`.
    pub fn seen(&self) -> Vec<String> {
        self.seen.lock().unwrap().clone()
    }
}

fn serve(mut stream: TcpStream, routes: &Routes, seen: &Mutex<Vec<String>>, guard: &Guard) {
    let mut reader = BufReader::new(stream.try_clone().unwrap());
    let mut request = String::new();
    if reader.read_line(&mut request).is_err() {
        return;
    }
    let mut authorized = guard.lock().unwrap().is_none();
    let mut header = String::new();
    while reader.read_line(&mut header).is_ok_and(|count| count > 2) {
        authorized |= header.split_once(": ").map(|(_, value)| value.trim()) == *guard.lock().unwrap();
        header.clear();
    }
    let mut words = request.split(' ');
    let (method, path) = (words.next().unwrap_or_default(), words.next().unwrap_or_default());
    seen.lock().unwrap().push(format!("{method} {path}"));
    let answer = if authorized {
        let mut routes = routes.lock().unwrap();
        match routes.get_mut(path) {
            Some(answers) if answers.len() > 1 => answers.remove(0),
            Some(answers) => answers[0].clone(),
            None => Answer::Status(404, ""),
        }
    } else {
        Answer::Status(401, "")
    };
    let mut head = |status: u16, kind: &str, length: usize, more: &str| {
        let text = format!(
            "HTTP/1.1 {status} X\r\ncontent-length: {length}\r\ncontent-type: {kind}\r\n{more}connection: close\r\n\r\n"
        );
        let _ = stream.write_all(text.as_bytes());
    };
    let body = match &answer {
        Answer::Bytes(bytes) => {
            head(200, "application/octet-stream", bytes.len(), "");
            &bytes[..]
        }
        Answer::Page(text) => {
            head(200, "text/html; charset=utf-8", text.len(), "");
            text.as_bytes()
        }
        Answer::Status(status, more) => {
            head(*status, "text/plain", 0, more);
            &[]
        }
        Answer::Half(bytes) => {
            head(200, "application/octet-stream", bytes.len(), "");
            &bytes[..bytes.len() / 2]
        }
        Answer::Close => return,
        Answer::Hang => {
            thread::sleep(Duration::from_secs(20));
            return;
        }
    };
    if method != "HEAD" {
        let _ = stream.write_all(body);
    }
}
