//! What says whether pins are current cannot reach a network even by mistake: no client for it is linked in.

use std::path::PathBuf;

/// What clients of HTTP or TLS leave in a program: the names of the crates, which panics carry, and protocols. The built-in
/// recipes are in it as well, and one of them has to do with files for OpenSSL.
const CLIENTS: &[&str] =
    &["HTTP/1", "hyper", "libcurl", "libssl", "native-tls", "openssl-sys", "reqwest", "rustls", "ureq", "webpki"];

#[test]
fn no_http_and_no_tls_is_linked() {
    let built = option_env!("CARGO_BIN_EXE_lazytools-check").map(PathBuf::from);
    let program = std::env::var_os("LAZYTOOLS_CHECK").map(PathBuf::from).or(built);
    let program = std::fs::read(program.expect("LAZYTOOLS_CHECK names the program")).unwrap();
    let program = String::from_utf8_lossy(&program);
    // That names of crates can be found at all.
    assert!(program.contains("yaml-rust2"), "the program says nothing of its crates");
    for client in CLIENTS {
        assert!(!program.contains(client), "{client} is linked into lazytools-check");
    }
}
