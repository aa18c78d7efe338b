//! A network namespace with only the loopback, and a name server in it that notes what is asked.
//!
//! Only Linux has namespaces; elsewhere this crate is empty.

#![cfg(target_os = "linux")]

pub mod children;
pub mod counters;
pub mod dns;
pub mod loopback;
pub mod names;
pub mod namespaces;
pub mod programs;
pub mod route;
pub mod traffic;
