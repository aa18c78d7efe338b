//! A server on the loopback that stands for the addresses that a bundle's downloads came from: for downloads without a
//! checksum, which Bazel takes from no cache.

mod addresses;
mod downloader_config;
mod range;

use std::fs::File;
use std::io::{self, Read, Seek as _, SeekFrom};
use std::net::{Ipv4Addr, TcpListener};
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::thread::JoinHandle;

use lazytools_fetch::redact::redact;
use tiny_http::{Header, Method, Request, Response, Server, StatusCode};

use crate::exception_error::ExceptionError;
use crate::manifest::Manifest;
use crate::Result;

pub use addresses::Addresses;
pub use downloader_config::{downloader_config, flags, Flags, CONFIG, CONFIG_FILE};

/// How many requests are answered side by side.
const WORKERS: usize = 8;
/// How many requests are remembered.
const REMEMBERED: usize = 10_000;
/// What the paths of all requests begin with; the address without its scheme follows.
const PREFIX: &str = "/from/";

/// What was asked for, and what was answered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Asked {
    /// The address, without its scheme and without secrets.
    pub address: String,
    /// The status of the answer.
    pub status: u16,
}

/// A server that runs until it is stopped or dropped.
pub struct Serving {
    port: u16,
    server: Arc<Server>,
    stopped: Arc<AtomicBool>,
    asked: Arc<Mutex<Vec<Asked>>>,
    workers: Vec<JoinHandle<()>>,
}

/// Serves the addresses on 127.0.0.1, in the network namespace of the calling thread; port 0 is any that is free. `note`
/// hears of each request, from several threads.
pub fn start(addresses: Addresses, port: u16, note: impl Fn(&Asked) + Send + Sync + 'static) -> Result<Serving> {
    let failed = |message: String| ExceptionError::Listen { port, message };
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, port)).map_err(|error| failed(error.to_string()))?;
    let port = listener.local_addr().map_err(|error| failed(error.to_string()))?.port();
    let server = Server::from_listener(listener, None).map_err(|error| failed(error.to_string()))?;
    let (server, addresses, note) = (Arc::new(server), Arc::new(addresses), Arc::new(note));
    let (stopped, asked) = (Arc::new(AtomicBool::new(false)), Arc::new(Mutex::new(Vec::new())));
    let worker = |_| {
        let (server, addresses, note) = (Arc::clone(&server), Arc::clone(&addresses), Arc::clone(&note));
        let (stopped, asked) = (Arc::clone(&stopped), Arc::clone(&asked));
        std::thread::spawn(move || {
            while !stopped.load(Ordering::SeqCst) {
                let Ok(request) = server.recv() else { continue };
                let one = answer(request, &addresses);
                note(&one);
                if let Ok(mut asked) = asked.lock() {
                    if asked.len() < REMEMBERED {
                        asked.push(one);
                    }
                }
            }
        })
    };
    let workers = (0..WORKERS).map(worker).collect();
    Ok(Serving { port, server, stopped, asked, workers })
}

/// The addresses of a bundle, whose replays are held against their digests.
pub fn addresses(bundle: &Path) -> Result<(Addresses, Manifest)> {
    let manifest = Manifest::of(bundle)?;
    Ok((Addresses::of(bundle, &manifest)?, manifest))
}

impl Serving {
    /// The port.
    pub fn port(&self) -> u16 {
        self.port
    }

    /// What was asked for until now, in order; the first ten thousand.
    pub fn asked(&self) -> Vec<Asked> {
        self.asked.lock().map(|asked| asked.clone()).unwrap_or_default()
    }

    /// Waits until it is stopped, which only another thread could do.
    pub fn wait(mut self) {
        for worker in std::mem::take(&mut self.workers) {
            let _ = worker.join();
        }
    }

    /// Stops, and waits for answers that are being sent.
    pub fn stop(self) {
        drop(self);
    }
}

impl Drop for Serving {
    fn drop(&mut self) {
        self.stopped.store(true, Ordering::SeqCst);
        for _ in &self.workers {
            self.server.unblock();
        }
        for worker in std::mem::take(&mut self.workers) {
            let _ = worker.join();
        }
    }
}

/// Answers a request; what it was.
fn answer(request: Request, addresses: &Addresses) -> Asked {
    let address = request.url().strip_prefix(PREFIX).map(str::to_owned);
    let shown = redact(address.as_deref().unwrap_or(request.url()));
    let file = address.and_then(|address| addresses.file(&address).map(Path::to_owned));
    let status = match (request.method(), file) {
        (Method::Get | Method::Head, Some(file)) => send(request, &file),
        (Method::Get | Method::Head, None) => refuse(request, 404, "The bundle has no download from this address.\n"),
        _ => refuse(request, 405, "Only GET and HEAD.\n"),
    };
    Asked { address: shown, status }
}

fn refuse(request: Request, status: u16, text: &str) -> u16 {
    // Whoever asked may be gone.
    let _ = request.respond(Response::from_string(text).with_status_code(StatusCode(status)));
    status
}

fn send(request: Request, file: &Path) -> u16 {
    let opened = File::open(file).and_then(|file| Ok((file.metadata()?.len(), file)));
    let Ok((size, mut file)) = opened else {
        return refuse(request, 500, "The file cannot be read: run lazytools airgap verify.\n");
    };
    let range = request.headers().iter().find(|header| header.field.equiv("Range")).map(|header| header.value.as_str());
    let (status, part) = match range.and_then(|range| range::part(range, size)) {
        None => (200, range::Part { first: 0, length: size }),
        Some(Ok(part)) => (206, part),
        Some(Err(())) => {
            let response = Response::from_string("").with_status_code(StatusCode(416));
            let _ = request.respond(response.with_header(header("Content-Range", &format!("bytes */{size}"))));
            return 416;
        }
    };
    if file.seek(SeekFrom::Start(part.first)).is_err() {
        return refuse(request, 500, "The file cannot be read: run lazytools airgap verify.\n");
    }
    let mut headers = vec![header("Accept-Ranges", "bytes"), header("Content-Type", "application/octet-stream")];
    if status == 206 {
        let last = part.first + part.length - 1;
        headers.push(header("Content-Range", &format!("bytes {}-{last}/{size}", part.first)));
    }
    let length = usize::try_from(part.length).ok();
    let body: io::Take<File> = file.take(part.length);
    let response = Response::new(StatusCode(status), headers, body, length, None);
    let _ = request.respond(response.with_chunked_threshold(usize::MAX));
    status
}

fn header(name: &str, value: &str) -> Header {
    Header::from_bytes(name, value).unwrap_or_else(|()| unreachable!("it is ASCII"))
}
