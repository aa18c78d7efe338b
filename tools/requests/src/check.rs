//! Whether locks hold what is asked for.

use crate::current::{self, Prepared};
use crate::report::{Change, LockReport};
use crate::targets::Target;

/// What is not current, for each lock. `prepared` are the tools of each target, in the same order.
pub fn reports(targets: &[Target], prepared: &[Vec<Prepared>]) -> Vec<LockReport> {
    let mut reports = Vec::new();
    for (target, prepared) in targets.iter().zip(prepared) {
        let mut report = LockReport::new(&target.shown);
        let stale = prepared.iter().filter_map(|tool| Some(Change::stale(tool.name.clone(), tool.stale.clone()?)));
        report.changes.extend(stale);
        report.changes.extend(current::removed(&target.old, &target.tools).map(|name| {
            Change::stale(name.clone(), "it is in the lock, and MODULE.bazel no longer asks for it".to_owned())
        }));
        report.changes.sort_by(|a, b| a.tool.cmp(&b.tool));
        report.tools = target.old.tools.len();
        reports.push(report);
    }
    reports
}
