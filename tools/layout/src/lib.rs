//! Part of `rules_lazytools`.
