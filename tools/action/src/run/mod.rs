//! `lazytools-action run`: a tool with its caches and without network.

// What a guard of our own tells is used on Linux only.
#![cfg_attr(not(target_os = "linux"), allow(dead_code))]

use std::process::ExitCode;

mod args;
mod caches;
mod copy;
mod environment;
mod error;
mod job;
mod launcher;
#[cfg(target_os = "linux")]
mod linux;
mod output;
mod populate;
#[cfg(not(target_os = "linux"))]
mod portable;
mod private;
mod reaches;
mod real_folder;
mod report;
mod runfiles;
mod session;
mod snapshot;
mod template;
mod tree;
mod witness;
mod work;

#[cfg(target_os = "linux")]
use linux as system;
#[cfg(not(target_os = "linux"))]
use portable as system;

pub use args::Args;

/// Runs the tool. The exit code is the tool's, 128 and more for a signal.
pub fn main(args: Args) -> anyhow::Result<ExitCode> {
    let end = system::run(&args.into_job()?)?;
    Ok(exit_code(end.code()))
}

/// The launcher of a `tool_binary`: `None` where this executable is none.
pub fn launch() -> anyhow::Result<Option<ExitCode>> {
    let Some(job) = launcher::job()? else { return Ok(None) };
    let end = system::run(&job)?;
    #[cfg(target_os = "linux")]
    if let session::End::Signalled(signal) = end {
        linux::end_by(signal);
    }
    Ok(Some(exit_code(end.code())))
}

/// What the caller can see of an exit code.
fn exit_code(code: i32) -> ExitCode {
    u8::try_from(code & 0xff).map_or(ExitCode::FAILURE, ExitCode::from)
}
