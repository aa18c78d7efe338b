//! Part of `rules_lazytools`.
fn main() {}
