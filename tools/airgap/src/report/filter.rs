//! What would stay for some of the platforms.

use std::collections::{BTreeMap, BTreeSet};

use super::{Amount, LeftOut, NamedFor, Report};
use crate::{AirgapError, Result};

/// The platforms that are to stay: labels of those that were collected for, and names such as `linux_x86_64`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Filter {
    labels: BTreeSet<String>,
    names: Vec<NamedFor>,
}

impl Filter {
    /// Takes what people write; a label has to be one of the report's.
    pub fn new(platforms: &[String], report: &Report) -> Result<Self> {
        let mut filter = Self::default();
        for platform in platforms {
            if report.platforms.contains(platform) {
                filter.labels.insert(platform.clone());
            } else if let Some(named) = NamedFor::parse(platform).filter(|_| !platform.contains([':', '/', '@'])) {
                filter.names.push(named);
            } else {
                let known = Vec::from_iter(report.platforms.iter().map(String::as_str)).join(", ");
                let known = if known.is_empty() { "no platform by its label".to_owned() } else { known };
                return Err(AirgapError::Platform { platform: platform.clone(), known });
            }
        }
        Ok(filter)
    }
}

impl Report {
    /// Leaves out what a filter would: what was collected only for platforms with other labels, and what is named for
    /// other platforms. What remains is counted anew.
    #[must_use]
    pub fn keep(mut self, filter: &Filter) -> Self {
        let whole = self.total;
        self.files.retain(|file| {
            let by_label =
                filter.labels.is_empty() || file.platforms.is_empty() || !file.platforms.is_disjoint(&filter.labels);
            let named = |named: NamedFor| filter.names.iter().all(|one| named.is_other_than(*one));
            by_label && (filter.names.is_empty() || !file.named_for.is_some_and(named))
        });
        let chains: BTreeMap<_, _> =
            std::mem::take(&mut self.repositories).into_iter().map(|one| (one.name, one.chain)).collect();
        self.count(&chains);
        let amount = Amount { files: whole.files - self.total.files, bytes: whole.bytes - self.total.bytes };
        let kept = filter.labels.iter().cloned().chain(filter.names.iter().map(ToString::to_string));
        self.left_out = Some(LeftOut { kept: kept.collect(), amount });
        self
    }
}
