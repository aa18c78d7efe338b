//! Purls of Go modules, against proxies on the loopback.

mod support;

use support::packages::recipe;
use support::{Answer, Server, Workspace};

const MOD: &str = "module golang.org/x/text\n";
/// What go itself makes of that go.mod.
const SUM: &str = "h1:NqM8EUOU14njkJ3fqMW+pc6Ldnwhi/IjpwHt7yyuwOQ=";
const PURL: &str = "pkg:golang/golang.org/x/text@v{version}?type=mod";
const INFO_PATH: &str = "/golang.org/x/text/@v/v1.0.0.info";
const MOD_PATH: &str = "/golang.org/x/text/@v/v1.0.0.mod";

fn text(text: &str) -> Answer {
    Answer::Bytes(text.as_bytes().to_vec())
}

fn proxy(server: &Server, base: &str) {
    server.on(&format!("{base}{INFO_PATH}"), &[text(r#"{"Version": "v1.0.0", "Time": "2020-01-01T00:00:00Z"}"#)]);
    server.on(&format!("{base}{MOD_PATH}"), &[text(MOD)]);
}

fn workspace(more: &str) -> Workspace {
    let workspace = Workspace::new(&recipe(PURL, "file", more));
    workspace.request(&["linux_x86_64"], "1.0.0");
    workspace
}

#[test]
fn a_file_is_downloaded_for_its_digest() {
    let (server, workspace) = (Server::new(), workspace(""));
    proxy(&server, "/go");
    workspace.declare(&[("golang", server.address("/go/"))]);
    workspace.pin_bare(&server, &[]).succeeded();
    let pinned = workspace.pinned();
    assert_eq!(pinned["purl"], "pkg:golang/golang.org/x/text@v1.0.0?type=mod");
    assert_eq!(pinned["size"], MOD.len());
    assert!(pinned["integrity"].as_str().unwrap().starts_with("sha256-"));
    assert_eq!(server.seen(), [format!("GET /go{INFO_PATH}"), format!("GET /go{MOD_PATH}")]);
}

#[test]
fn proxies_follow_each_other_as_goproxy_says() {
    let (server, workspace) = (Server::new(), workspace(""));
    proxy(&server, "/second");
    let list = |separator: &str| {
        let list = [server.address("/first"), server.address("/second"), "direct".to_owned()].join(separator);
        [("GOPROXY", list)]
    };
    // One that has it not, then one that has it.
    workspace.pin_bare(&server, &list(",")).succeeded();
    assert!(server.seen().contains(&format!("GET /first{INFO_PATH}")));
    // After another error, only a `|` leads on.
    workspace.forget();
    server.on(&format!("/first{INFO_PATH}"), &[Answer::Status(403, "")]);
    let before = server.seen().len();
    workspace.pin_bare(&server, &list(",")).failed_with(&["/first/golang.org", "the server answered 403", "(LT302)"]);
    assert!(!server.seen()[before..].iter().any(|request| request.contains("/second/")), "no other proxy learns of it");
    workspace.pin_bare(&server, &list("|")).succeeded();
    // No proxy learns of what is private.
    workspace.forget();
    let before = server.seen().len();
    let [proxies] = list("|");
    workspace
        .pin_bare(&server, &[proxies, ("GOPRIVATE", "*.corp.example,golang.org/x".to_owned())])
        .failed_with(&["GONOPROXY or GOPRIVATE says golang.org/x where a Go module proxy is needed", "(LT323)"]);
    assert_eq!(server.seen().len(), before);
    // Nothing is fetched from version control.
    for end in ["direct", "off"] {
        let variables = [("GOPROXY", format!("{end},{}", server.address("/second")))];
        workspace
            .pin_bare(&server, &variables)
            .failed_with(&[&format!("GOPROXY says {end} where a Go module proxy"), "(LT323)"]);
    }
    // go's own answer, and none.
    workspace.client("go", &format!("[ \"$*\" = 'env GOPROXY' ] && echo {}", server.address("/second,direct")));
    workspace.pin_bare(&server, &[]).succeeded();
    workspace.forget();
    workspace.client("go", "exit 1");
    workspace
        .pin_bare(&server, &[])
        .failed_with(&["no address of the golang registry is known", "set GOPROXY (LT305)"]);
}

#[test]
fn what_the_proxy_says_wrong_is_told() {
    let (server, workspace) = (Server::new(), workspace(""));
    workspace.declare(&[("golang", server.address("/go"))]);
    let info = format!("/go{INFO_PATH}");
    server.on(&info, &[text(r#"{"Version": "v1.0.1"}"#)]);
    workspace.pin_bare(&server, &[]).failed_with(&["the proxy answers for v1.0.1 where v1.0.0 was asked for (LT307)"]);
    server.on(&info, &[Answer::Page("<!DOCTYPE html>")]);
    workspace.pin_bare(&server, &[]).failed_with(&["what the proxy says cannot be read", "(LT307)"]);
}

#[test]
fn a_go_sum_is_held_against_what_comes() {
    let (server, workspace) = (Server::new(), workspace("digest = { from = \"go_sum\", file = \"sums\" }"));
    let recipe =
        workspace.read("thing.toml").replace("\n[[artifacts]]", "\n[files.sums]\ndoc = \"go.sum\"\n\n[[artifacts]]");
    workspace.write("thing.toml", &recipe);
    let requests = workspace.read("requests.json");
    workspace.write(
        "requests.json",
        &requests
            .replace("\"recipePath\"", "\"filePaths\": {\"sums\": \"store/go.sum\"}, \"recipePath\"")
            .replace("\"params\"", "\"files\": {\"sums\": \"//:go.sum\"}, \"params\""),
    );
    workspace.declare(&[("golang", server.address("/go"))]);
    proxy(&server, "/go");
    std::fs::create_dir_all(workspace.path().join("store")).unwrap();
    let sums = |text: &str| workspace.write("store/go.sum", text);
    sums(&format!("golang.org/x/text v1.0.0 h1:AAAA\ngolang.org/x/text v1.0.0/go.mod {SUM}\n"));
    workspace.pin_bare(&server, &[]).succeeded();
    let good = workspace.lock();
    sums(&format!("golang.org/x/text v1.0.0/go.mod h1:{}=\n", "A".repeat(43)));
    workspace.pin_bare(&server, &[]).failed_with(&[
        "v1.0.0.mod: its digest is h1:NqM8EUOU",
        "input file sums says h1:AAAA",
        "(LT304)",
    ]);
    sums("other.example/x v1.0.0 h1:AAAA\n");
    workspace.pin_bare(&server, &[]).failed_with(&[
        "input file sums: it has no line for golang.org/x/text v1.0.0/go.mod: run `go mod tidy` (LT322)",
    ]);
    assert_eq!(workspace.lock(), good);
}
