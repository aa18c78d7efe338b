//! One lock, whatever mirror it is made from: two of each kind, with other addresses, write the same bytes.

mod support;

use lazytools_lock::Algorithm;
use support::packages::recipe_of_all;
use support::{Answer, Server, Workspace};

const HEX: &str = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
const WHEEL: &str = "thing-1.0.0-py3-none-any.whl";

fn text(text: &str) -> Answer {
    Answer::Bytes(text.as_bytes().to_vec())
}

/// All kinds of registries below a path. The second one has other pages of the same contents.
fn registries(server: &Server, base: &str, second: bool) -> Vec<(&'static str, String)> {
    let on = |path: &str, answer: Answer| server.on(&format!("{base}{path}"), &[answer]);
    let file = || Answer::Bytes(b"0123456789".to_vec());
    on("/npm/thing/1.0.0", text(&format!("{{\"dist\": {{\"integrity\": \"sha512-{}==\"}}}}", "A".repeat(86))));
    on("/npm/thing/-/thing-1.0.0.tgz", file());
    if second {
        let page = format!("<html><a href=\"/w/x.whl#sha256={HEX}\">{WHEEL}</a></html>");
        on("/pypi/thing/", Answer::Page(page.leak()));
        server.on("/w/x.whl", &[file()]);
        on("/cargo/config.json", text(&format!("{{\"dl\": \"{}/dl/{{crate}}-{{version}}\"}}", server.address(base))));
        on("/dl/thing-1.0.0", file());
    } else {
        let page = format!(
            r#"{{"files": [{{"filename": "{WHEEL}", "url": "{WHEEL}", "size": 10, "hashes": {{"sha256": "{HEX}"}}}}]}}"#
        );
        on("/pypi/thing/", text(&page));
        on("/cargo/config.json", text(&format!("{{\"dl\": \"{}\"}}", server.address("/dl"))));
        server.on("/dl/thing/1.0.0/download", &[file()]);
    }
    on("/cargo/th/in/thing", text(&format!("{{\"vers\": \"1.0.0\", \"cksum\": \"{HEX}\"}}\n")));
    on("/go/a.example/Thing/@v/v1.0.0.info", text("no"));
    on("/go/a.example/!thing/@v/v1.0.0.info", text("{\"Version\": \"v1.0.0\"}"));
    on("/go/a.example/!thing/@v/v1.0.0.mod", text("module a.example/Thing\n"));
    on("/m2/g/thing/1.0.0/thing-1.0.0.jar", file());
    on("/m2/g/thing/1.0.0/thing-1.0.0.jar.sha256", text(HEX));
    let index = format!("Package: thing\nVersion: 1.0.0\nFilename: pool/t/thing.deb\nSize: 10\nSHA256: {HEX}\n");
    let extra = if second { "\nPackage: other\nVersion: 1\n" } else { "" };
    let index = format!("{index}{extra}");
    let digest = Algorithm::Sha256.digest(index.as_bytes()).hex();
    on("/deb/dists/stable/InRelease", text(&format!("SHA256:\n {digest} 1 main/binary-amd64/Packages\n")));
    on("/deb/dists/stable/main/binary-amd64/Packages", text(&index));
    let kinds = ["cargo", "deb", "golang", "maven", "npm", "pypi"];
    let folders = ["cargo", "deb", "go", "m2", "npm", "pypi"];
    kinds.into_iter().zip(folders).map(|(kind, folder)| (kind, server.address(&format!("{base}/{folder}")))).collect()
}

#[test]
fn two_mirrors_of_each_kind_make_one_lock() {
    let recipe = recipe_of_all([
        ("cargo", "pkg:cargo/thing@{version}", "file"),
        ("deb", "pkg:deb/debian/thing@{version}?arch=amd64&distro=stable", "file"),
        ("golang", "pkg:golang/a.example/Thing@v{version}?type=mod", "file"),
        ("maven", "pkg:maven/g/thing@{version}", "file"),
        ("npm", "pkg:npm/thing@{version}", "file"),
        ("pypi", "pkg:pypi/thing@{version}?file_name=thing-{version}-py3-none-any.whl", "file"),
    ]);
    let mut locks = Vec::new();
    for (second, zone, locale) in [(false, "UTC", "C"), (true, "Asia/Kathmandu", "tr_TR.UTF-8")] {
        let (server, workspace) = (Server::new(), Workspace::new(&recipe));
        workspace.request(&["linux_x86_64"], "1.0.0");
        workspace.declare(&registries(&server, if second { "/company/mirror" } else { "" }, second));
        let variables = [("TZ", zone.to_owned()), ("LC_ALL", locale.to_owned())];
        workspace.pin_bare(&server, &variables).succeeded();
        // For the other mirror the lock is current as it is.
        assert!(!workspace.lock().contains("127.0.0.1") && !workspace.lock().contains("company"));
        locks.push(workspace.lock());
    }
    assert_eq!(locks[0], locks[1]);
    assert_eq!(locks[0].matches("\"purl\": ").count(), 6);
}
