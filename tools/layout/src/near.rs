//! Names that come near one that is missing.

/// How many are offered.
const OFFERED: usize = 3;

/// Collects the names nearest to one.
pub struct Near<'a> {
    wanted: &'a str,
    best: Vec<(usize, String)>,
}

impl<'a> Near<'a> {
    /// Nothing seen yet.
    pub fn new(wanted: &'a str) -> Self {
        Self { wanted, best: Vec::new() }
    }

    /// Looks at a name.
    pub fn see(&mut self, name: &str) {
        // The same file in another folder is the usual case, whatever the distance of the folders' names.
        let base = |path: &str| path.rsplit('/').next().unwrap_or_default().to_ascii_lowercase();
        let distance = if base(name) == base(self.wanted) {
            0
        } else if name.len().abs_diff(self.wanted.len()) > self.wanted.len() / 2 {
            return;
        } else {
            strsim::levenshtein(name, self.wanted)
        };
        if distance <= self.wanted.len() / 2 {
            self.best.push((distance, name.to_owned()));
            self.best.sort();
            self.best.truncate(OFFERED);
        }
    }

    /// The nearest names, nearest first.
    pub fn finish(self) -> Vec<String> {
        self.best.into_iter().map(|(_, name)| name).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn offers_the_same_name_elsewhere_and_slips_of_the_pen() {
        let mut near = Near::new("package/bin/bun");
        for name in ["bin/bun", "package/bin/bum", "README.md", "package/bin/BUN"] {
            near.see(name);
        }
        assert_eq!(near.finish(), ["bin/bun", "package/bin/BUN", "package/bin/bum"]);
    }
}
