//! Each recipe that is built in: it fits the schema, and requests expand to what is in `golden/`, which fits the
//! lock's schema. `UPDATE_GOLDEN=1 cargo test -p lazytools_lock --test recipes` writes `golden/`.

// For the many requests in one `json!`.
#![recursion_limit = "1024"]

mod support;

use std::collections::BTreeMap;
use std::num::NonZeroU64;

use lazytools_lock::lock::LOCK_VERSION;
use lazytools_lock::recipe::{Known, Recipe, WantedDigest};
use lazytools_lock::step::DigestAlgorithm;
use lazytools_lock::{Algorithm, Artifact, Licence, Lock, Name, Request, Tool};
use serde_json::{json, Value};
use support::{faults, read, repository};

/// The requests of recipes that have several forms; for the others the `[example]` is enough.
fn requests() -> Value {
    let all = ["linux_aarch64", "linux_x86_64", "macos_aarch64", "windows_x86_64"];
    json!({
        "bazelisk": {"recipe": "bazelisk", "version": "8.4.2", "platforms": all},
        "bazelisk_npm": {"recipe": "bazelisk", "version": "2.1.0", "params": {"source": "npm"}, "platforms": ["linux_x86_64", "windows_x86_64"]},
        "bun": {"recipe": "bun", "version": "1.4.5", "platforms": all},
        "bun_baseline": {"recipe": "bun", "version": "1.4.5", "params": {"variant": "baseline"}, "platforms": all},
        "bun_cli": {"recipe": "bun_cli", "version": "1.4.5", "platforms": all},
        "cargo_vendor": {"recipe": "cargo_vendor", "files": {"cargo_lock": "//:Cargo.lock"}, "platforms": all},
        "chromedriver": {"recipe": "chromedriver", "version": "156.0.0", "platforms": ["linux_x86_64", "macos_aarch64", "windows_x86_64"]},
        "chromedriver_pypi": {"recipe": "chromedriver", "version": "156.0.0", "params": {"source": "pypi"}, "platforms": ["linux_x86_64"]},
        "corepack": {"recipe": "npm_package", "version": "0.34.6", "params": {"package": "corepack"}, "platforms": all},
        "dotslash": {"recipe": "dotslash", "version": "0.28.2", "params": {"format": "tar.gz", "source": "purl", "from": "pkg:npm/%40esbuild/linux-x64@0.28.2"}, "platforms": ["linux_x86_64"]},
        "dotslash_zip": {"recipe": "dotslash", "version": "1.0", "params": {"format": "zip", "from": "https://example.org/a.zip"}, "platforms": ["linux_x86_64"]},
        "electron": {"recipe": "electron", "version": "41.7.1", "platforms": ["linux_aarch64", "linux_x86_64", "macos_aarch64", "macos_x86_64", "windows_aarch64", "windows_x86_64"]},
        "electron_dist": {"recipe": "electron", "version": "45.4.1", "params": {"dist": "yes"}, "platforms": ["linux_x86_64"]},
        "electron_builder": {"recipe": "electron_builder", "version": "26.17.0", "params": {"appimage": "1.0.3", "fpm": "yes", "nsis": "1.2.1", "win_code_sign": "1.1.0"}, "platforms": ["linux_aarch64", "linux_x86_64", "macos_aarch64", "windows_x86_64"]},
        "electron_builder_default": {"recipe": "electron_builder", "version": "26.17.0", "params": {"appimage": "0.0.0", "nsis": "0.0.0", "win_code_sign": "0.0.0"}, "platforms": ["linux_x86_64"]},
        "go_modules": {"recipe": "go_modules", "files": {"go_sum": "//:go.sum"}, "platforms": all},
        "go_proxy": {"recipe": "go_proxy", "files": {"go_sum": "//:go.sum"}, "platforms": all},
        "go_toolchain": {"recipe": "go_toolchain", "version": "1.26.8", "platforms": all},
        "headers": {"recipe": "node_gyp", "version": "22.23.3", "platforms": all},
        "headers_npm": {"recipe": "node_gyp", "version": "22.23.3", "params": {"source": "npm"}, "platforms": ["linux_x86_64"]},
        "huggingface": {"recipe": "huggingface", "params": {"repository": "acme/tiny", "commit": "0123456789abcdef0123456789abcdef01234567"}, "files": {"file_list": "//:tiny.sha256"}, "platforms": ["linux_x86_64"]},
        "huggingface_dataset": {"recipe": "huggingface", "params": {"repository": "acme/words", "commit": "0123456789abcdef0123456789abcdef01234567", "kind": "dataset", "revision": "v2"}, "files": {"file_list": "//:words.sha256"}, "platforms": ["linux_x86_64"]},
        "maven_repo": {"recipe": "maven_repo", "files": {"maven_files": "//:maven_files.txt"}, "platforms": all},
        "maven_wrapper": {"recipe": "maven_wrapper", "version": "3.9.9", "params": {"distribution_url": "https://repository.example/org/apache/maven/apache-maven/3.9.9/apache-maven-3.9.9-bin.zip"}, "platforms": all},
        "modules": {"recipe": "npm_install", "files": {"package_lock": "//:package-lock.json"}, "platforms": all},
        "node": {"recipe": "node", "version": "22.23.3", "platforms": all},
        "npm": {"recipe": "corepack", "version": "10.9.0", "params": {"manager": "npm"}, "platforms": all},
        "nltk": {"recipe": "nltk", "files": {"file_list": "//:nltk_data.sha256"}, "platforms": ["linux_x86_64"]},
        "npm_cache": {"recipe": "npm_cache", "files": {"package_lock": "//:package-lock.json"}, "platforms": all},
        "pkg": {"recipe": "vercel_pkg", "version": "3.4", "params": {"node": "18.5.0"}, "platforms": all},
        "pnpm_10": {"recipe": "corepack", "version": "10.34.9", "params": {"manager": "pnpm"}, "platforms": all},
        "pnpm_12": {"recipe": "corepack", "version": "12.21.0", "params": {"manager": "pnpm"}, "platforms": all},
        "playwright_chromium": {"recipe": "playwright", "version": "1.65.1", "params": {"browser": "chromium"}, "platforms": all},
        "playwright_ffmpeg": {"recipe": "playwright", "version": "1.65.1", "params": {"browser": "ffmpeg"}, "platforms": all},
        "playwright_firefox": {"recipe": "playwright", "version": "1.65.1", "params": {"browser": "firefox"}, "platforms": all},
        "playwright_npm": {"recipe": "playwright", "version": "1.65.1", "params": {"source": "npm"}, "platforms": ["linux_x86_64"]},
        "playwright_shell": {"recipe": "playwright", "version": "1.65.1", "platforms": all},
        "playwright_webkit": {"recipe": "playwright", "version": "1.65.1", "params": {"browser": "webkit"}, "platforms": all},
        "protoc": {"recipe": "protoc", "version": "4.29.3", "platforms": all},
        "puppeteer": {"recipe": "puppeteer", "version": "25.16.0", "platforms": ["linux_x86_64", "macos_aarch64", "windows_x86_64"]},
        "puppeteer_npm": {"recipe": "puppeteer", "version": "25.16.0", "params": {"browser": "chrome-headless-shell", "source": "npm"}, "platforms": ["linux_x86_64"]},
        "puppeteer_shell": {"recipe": "puppeteer", "version": "25.16.0", "params": {"browser": "chrome-headless-shell"}, "platforms": ["linux_x86_64", "macos_x86_64"]},
        "sea": {"recipe": "yao_pkg_sea", "version": "6.23.0", "params": {"node": "22.23.3"}, "platforms": all},
        "sea_npm": {"recipe": "yao_pkg_sea", "version": "6.23.0", "params": {"node": "22.23.3", "source": "npm"}, "platforms": ["linux_x86_64"]},
        "selenium_manager": {"recipe": "selenium_manager", "version": "156.0.8078.47", "platforms": ["linux_x86_64", "macos_aarch64", "windows_x86_64"]},
        "selenium_manager_pypi": {"recipe": "selenium_manager", "version": "156.0.8078.47", "params": {"source": "pypi"}, "platforms": ["linux_x86_64"]},
        "sentry_cli": {"recipe": "sentry_cli", "version": "3.8.0", "platforms": all},
        "sentry_cli_npm": {"recipe": "sentry_cli", "version": "3.8.0", "params": {"source": "npm"}, "platforms": ["linux_x86_64"]},
        "tiktoken": {"recipe": "tiktoken", "version": "0.14.0", "platforms": ["linux_x86_64"]},
        "tiktoken_npm": {"recipe": "tiktoken", "version": "0.14.0", "params": {"encoding": "o200k_base", "source": "npm"}, "platforms": ["linux_x86_64"]},
        "tree_sitter": {"recipe": "tree_sitter", "version": "0.27.0", "platforms": ["linux_aarch64", "linux_x86_64", "macos_aarch64", "macos_x86_64", "windows_aarch64", "windows_x86_64"]},
        "tree_sitter_26": {"recipe": "tree_sitter", "version": "0.26.3", "platforms": ["linux_x86_64"]},
        "vscode_test": {"recipe": "vscode_test", "version": "1.106.2", "platforms": ["linux_aarch64", "linux_x86_64", "macos_aarch64", "macos_x86_64", "windows_aarch64", "windows_x86_64"]},
        "wheelhouse": {"recipe": "wheelhouse", "params": {"python": "3.12"}, "files": {"python_lock": "//:pylock.toml"}, "platforms": all},
        "yao": {"recipe": "yao_pkg", "version": "3.6", "params": {"node": "20.20.2", "fabricator": "none"}, "platforms": all},
        "yarn_1": {"recipe": "corepack", "version": "1.22.22", "params": {"manager": "yarn"}, "platforms": all},
        "yarn_4": {"recipe": "corepack", "version": "4.18.1", "params": {"manager": "yarn"}, "platforms": all},
        "yarn_mirror": {"recipe": "yarn_mirror", "files": {"yarn_lock": "//:yarn.lock"}, "platforms": all},
    })
}

/// These, and of each other recipe its example.
fn all_requests() -> BTreeMap<Name, Request> {
    let listed: BTreeMap<Name, Request> = serde_json::from_value(requests()).unwrap();
    let mut all = listed.clone();
    for name in names() {
        if listed.values().any(|request| request.recipe == name) {
            continue;
        }
        let example = recipe(&name).documentation.example.unwrap_or_else(|| panic!("{name} has no [example]"));
        let exact = example.request.version_from.is_empty() && example.request.version_range.is_empty();
        assert!(exact, "the example of {name} leaves the version open: add a request to requests()");
        all.insert(name.parse().unwrap(), example.request);
    }
    all
}

fn names() -> Vec<String> {
    let folder = std::fs::read_dir(repository("recipes")).unwrap();
    let mut names: Vec<String> = folder
        .filter_map(|entry| entry.unwrap().file_name().into_string().unwrap().strip_suffix(".toml").map(str::to_owned))
        .collect();
    names.sort();
    names
}

fn recipe(name: &str) -> Recipe {
    let file = format!("recipes/{name}.toml");
    Recipe::parse(&file, &read(&file)).unwrap_or_else(|error| panic!("{error}"))
}

/// The tool as the lock would have it, with made-up digests.
fn tool(request: &Request) -> Tool {
    let recipe = recipe(&request.recipe);
    let chosen = recipe.choose(request).unwrap_or_else(|error| panic!("{error}"));
    let files = support::inputs::texts();
    let values = chosen.wanted_values().unwrap_or_else(|error| panic!("{error}"));
    let chosen = chosen.with_values(values.into_iter().map(|it| (it.name.clone(), format!("1.{}", it.name))).collect());
    let known = |role, platform| {
        let wanted = chosen.wanted(role, platform, &files).unwrap_or_else(|error| panic!("{error}"));
        wanted
            .into_iter()
            .map(|wanted| {
                let artifact = Artifact {
                    integrity: Algorithm::Sha512.digest(format!("{:?}", wanted.source).as_bytes()),
                    source: wanted.source,
                    format: wanted.format,
                    size: NonZeroU64::new(1),
                    provenance: None,
                    licence: None,
                };
                // The bytes of a download are seen.
                let seen = wanted.digest == WantedDigest::Download;
                let sha256 = Algorithm::Sha256.digest(b"the bytes").bytes().to_vec();
                let digests = seen.then_some((DigestAlgorithm::Sha256, sha256)).into_iter().collect();
                (wanted.id, Known { artifact, tool_url: wanted.tool_url, digests })
            })
            .collect()
    };
    let mut tool = chosen.tool(request, &files, &BTreeMap::new(), known).unwrap_or_else(|errors| panic!("{errors:?}"));
    // The recipe's own digest would change with each comment.
    tool.recipe.digest = Algorithm::Sha256.digest(b"");
    tool
}

#[test]
fn each_recipe_fits_the_schema_and_has_its_files_name() {
    let schema: Value = serde_json::from_str(&read("docs/recipe.schema.json")).unwrap();
    for name in names() {
        let recipe = recipe(&name);
        assert_eq!(recipe.name.as_str(), name);
        let value: Value = toml::from_str(&read(&format!("recipes/{name}.toml"))).unwrap();
        assert_eq!(faults(&schema, &value), Vec::<String>::new(), "{name}");
    }
}

#[test]
fn each_recipe_says_what_its_page_needs() {
    for name in names() {
        let recipe = recipe(&name);
        let documentation = &recipe.documentation;
        assert!(!recipe.description.is_empty() && !recipe.description.contains('\n'), "description of {name}");
        assert!(recipe.homepage.is_some(), "{name} has no homepage");
        assert!(!documentation.doc.is_empty(), "{name} has no doc");
        // That the recipe accepts it is checked wherever a recipe is read.
        assert!(documentation.example.is_some(), "{name} has no [example]");
    }
}

#[test]
fn requests_expand_to_the_golden_lock() {
    let mut lock = Lock { lock_version: LOCK_VERSION, tools: BTreeMap::new() };
    for (name, request) in all_requests() {
        lock.tools.insert(name, tool(&request));
    }
    // What a request for a range looks like once its version is found, with a licence.
    let mut ranged = lock.tools[&"corepack".parse::<Name>().unwrap()].clone();
    ranged.request.version_range = ">=0.34, <1".to_owned();
    ranged.version = std::mem::take(&mut ranged.request.version);
    for artifact in ranged.any.artifacts.values_mut() {
        artifact.licence = Licence::of("MIT");
    }
    let mut following = ranged.clone();
    following.request.version_range.clear();
    following.request.version_from = "//:package-lock.json".to_owned();
    following.request.version_package = "corepack".to_owned();
    lock.tools.insert("corepack_following".parse().unwrap(), following);
    lock.tools.insert("corepack_ranged".parse().unwrap(), ranged);
    let actual = lock.render();
    let schema: Value = serde_json::from_str(&read("docs/lock.schema.json")).unwrap();
    assert_eq!(faults(&schema, &serde_json::from_str(&actual).unwrap()), Vec::<String>::new());
    assert_eq!(Lock::parse(&actual, "golden").unwrap(), lock);
    let file = repository("tools/lock/tests/golden").join("recipes.lock.json");
    if std::env::var_os("UPDATE_GOLDEN").is_some() {
        std::fs::write(&file, &actual).unwrap();
    }
    let expected = std::fs::read_to_string(&file).unwrap_or_default();
    for (line, (actual, expected)) in actual.lines().zip(expected.lines()).enumerate() {
        assert_eq!(actual, expected, "golden/recipes.lock.json:{}: UPDATE_GOLDEN=1 writes it anew", line + 1);
    }
    assert_eq!(actual.lines().count(), expected.lines().count());
}

#[test]
fn no_recipe_names_a_registrys_host() {
    for name in names() {
        let text = read(&format!("recipes/{name}.toml"));
        let purls = text.matches("purl = ").count();
        assert!(purls == 0 || !text.contains("url = \"https://registry."), "{name}");
    }
}
