//! Closures of packages.
