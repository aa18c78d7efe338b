//! What is known of this project's own repositories.

/// Whether a repository is one of an artifact of lazy tools. Such a one looks into the repository cache first, by the digest
/// of the artifact alone. What it does so that it finds an address (asking npm, reading an index), it does only where
/// the cache has no such file, and so never behind the gap.
pub fn is_artifact(context: &str) -> bool {
    let Some(name) = context.strip_prefix("@@") else { return false };
    // Bazel 7 joins the names of a module, an extension and a repository by `~`, Bazel 8 by `+`.
    let parts: Vec<&str> = name.split(['~', '+']).filter(|part| !part.is_empty()).collect();
    match parts.as_slice() {
        // In the workspace of this project itself the module is `_main`.
        ["rules_lazytools" | "_main", .., "lazy_tools", repository] => repository.split('.').count() > 3,
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::is_artifact;

    #[test]
    fn artifacts_are_known_by_their_names() {
        for name in [
            "@@rules_lazytools~~lazy_tools~lazy_tools.bun.host.linux_x86_64.package",
            "@@rules_lazytools++lazy_tools+lazy_tools.bun.any.package",
            "@@rules_lazytools~1.0~lazy_tools~hub.itoa.any.crate",
            "@@_main~lazy_tools~lazy_tools.bun.target.linux_x86_64.bun",
        ] {
            assert!(is_artifact(name), "{name}");
        }
        for name in [
            "@@rules_lazytools~~lazy_tools~lazy_tools",
            "@@rules_lazytools~~lazy_tools~lazy_tools.bun",
            "@@other~~lazy_tools~lazy_tools.bun.any.package",
            "@@rules_go~~sdk~a.b.c.d",
            "module extension lazy_tools in @@rules_lazytools~//extensions:lazy_tools.bzl",
        ] {
            assert!(!is_artifact(name), "{name}");
        }
    }
}
