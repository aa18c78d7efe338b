"""Tests of what the ecosystems' own configuration says of their registries. tools/fetch has the same cases in Rust."""

load("@bazel_skylib//lib:unittest.bzl", "asserts", "unittest")
load("//extensions/private:registry_cargo.bzl", "cargo_config_index", "kept_index")
load("//extensions/private:registry_deb.bzl", "apt_archives", "order_archives")
load("//extensions/private:registry_golang.bzl", "go_proxies")
load("//extensions/private:registry_maven.bzl", "maven_mirror", "super_pom_central")
load("//extensions/private:registry_pypi.bzl", "pip_conf_index", "pip_help_index")

def _pypi_impl(ctx):
    env = unittest.begin(ctx)
    text = "# index-url = https://no\n[install]\nindex-url = https://no\n[global]\ntimeout = 1\nindex-url = https://x.example/\n"
    asserts.equals(env, "https://x.example/", pip_conf_index(text))
    asserts.equals(env, None, pip_conf_index("[global]\nextra-index-url = https://no"))
    help = "  -i, --index-url <url>  Base URL (default https://x.example/simple). This\n  --extra-index-url <url>  (default https://no)"
    asserts.equals(env, "https://x.example/simple", pip_help_index(help))
    asserts.equals(env, None, pip_help_index("  -i, --index-url <url>  Base URL.\n  --x (default https://no)"))
    asserts.equals(env, None, pip_help_index(""))
    return unittest.end(env)

def _cargo_impl(ctx):
    env = unittest.begin(ctx)
    workspace = "[source.crates-io]\nreplace-with = 'company' # ours"
    user = "[source.company]\nregistry = \"sparse+https://x.example/index/\"\n[source.crates-io]\nreplace-with = 'no'"
    asserts.equals(env, "https://x.example/index/", cargo_config_index([workspace, user]))
    registries = "[registries.company]\nindex = 'sparse+https://x.example/r/'"
    asserts.equals(env, "https://x.example/r/", cargo_config_index([workspace, registries]))
    dotted = "source.crates-io.replace-with = 'a'\nsource.\"a\".registry = 'sparse+https://x.example/d/'"
    asserts.equals(env, "https://x.example/d/", cargo_config_index([dotted]))
    asserts.equals(env, None, cargo_config_index([registries]))
    asserts.equals(env, None, cargo_config_index(["source.crates-io.replace-with = 'crates-io'"]))
    asserts.equals(env, None, cargo_config_index([]))

    kept = ["a.example-0949cf8c6b5b557f", "a.example-1949cf8c6b5b557f", "other", "x.example-no"]
    asserts.equals(env, "https://a.example", kept_index(kept))
    asserts.equals(env, None, kept_index(kept + ["b.example-0949cf8c6b5b557f"]))
    asserts.equals(env, None, kept_index([]))
    return unittest.end(env)

def _golang_impl(ctx):
    env = unittest.begin(ctx)
    asserts.equals(env, ["https://a", "https://b"], go_proxies("https://a|https://b,direct,https://no"))
    asserts.equals(env, [], go_proxies("off,https://no"))
    asserts.equals(env, [], go_proxies(""))
    return unittest.end(env)

def _settings(mirror_of):
    return """<settings><mirrors>
    <!-- <mirror><mirrorOf>*</mirrorOf><url>https://no</url></mirror> -->
    <mirror><mirrorOf>external:http:*</mirrorOf><url>http://0.0.0.0/</url></mirror>
    <mirror><id>m</id><mirrorOf>%s</mirrorOf><url> https://${env.HOST}/m2/ </url></mirror></mirrors></settings>""" % mirror_of

def _maven_impl(ctx):
    env = unittest.begin(ctx)
    for mirror_of in ["central", "*", "external:*", "other, central", "*,!other"]:
        asserts.equals(env, "https://x.example/m2/", maven_mirror(_settings(mirror_of), {"HOST": "x.example"}))
    for mirror_of in ["other", "*,!central", "external:http:*"]:
        asserts.equals(env, None, maven_mirror(_settings(mirror_of), {}))
    pom = "<repository><id>other</id><url>https://no</url></repository><repository><id>central</id><url>https://x.example</url></repository>"
    asserts.equals(env, "https://x.example", super_pom_central(pom))
    asserts.equals(env, None, super_pom_central("<project/>"))
    return unittest.end(env)

_LIST = """# deb http://no x y
deb-src http://no x y
deb [arch=amd64 signed-by=/k.gpg] http://a.example/debian/ stable main contrib # z
deb cdrom:[x]/ stable main
"""

_SOURCES = """Types: deb deb-src
URIs: http://b.example/debian
 http://c.example/debian
Suites: stable stable-updates
Components: main

Types: deb
Enabled: no
URIs: http://no
Suites: x

Types: deb
URIs: http://d.example
Suites: other
Components: main
"""

def _deb_impl(ctx):
    env = unittest.begin(ctx)
    archives = apt_archives(_LIST, False) + apt_archives(_SOURCES, True)
    ordered = ["http://d.example", "http://a.example/debian", "http://b.example/debian", "http://c.example/debian"]
    asserts.equals(env, ordered, order_archives(archives, "other"))
    asserts.equals(env, ordered[1:] + ordered[:1], order_archives(archives, "stable"))
    asserts.equals(env, [], order_archives(apt_archives("", True), "stable"))
    return unittest.end(env)

pypi_test = unittest.make(_pypi_impl)
cargo_test = unittest.make(_cargo_impl)
golang_test = unittest.make(_golang_impl)
maven_test = unittest.make(_maven_impl)
deb_test = unittest.make(_deb_impl)

def registry_test_suite(name):
    unittest.suite(name, pypi_test, cargo_test, golang_test, maven_test, deb_test)
