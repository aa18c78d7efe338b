//! What runs inside an action cannot reach a network even by mistake: no client for it is linked in.
#![allow(missing_docs)]

mod common;

use std::fs;

/// What every client of HTTP or TLS leaves in a program: the names of the crates, which panics carry, and protocols.
const CLIENTS: [&str; 12] = [
    "HTTP/1",
    "hyper",
    "isahc",
    "libcurl",
    "libssl",
    "native-tls",
    "openssl",
    "reqwest",
    "rustls",
    "s2n-tls",
    "ureq",
    "webpki",
];

#[test]
fn no_http_and_no_tls_is_linked() {
    let program = fs::read(common::helper().get_program()).unwrap();
    let program = String::from_utf8_lossy(&program);
    // That names of crates can be found at all.
    assert!(program.contains("flate2"), "the program says nothing of its crates");
    for client in CLIENTS {
        assert!(!program.contains(client), "{client} is linked into lazytools-action");
    }
}
