//! Which wheel fits a Python on a platform best: the rules of `packaging.tags`.

use crate::Platform;

/// A version of two numbers: Python's, the C library's, the system's.
pub(super) type TwoNumbers = (u32, u32);

/// A Python on a platform.
pub(super) struct Interpreter {
    pub platform: Platform,
    /// `CPython`'s version.
    pub python: TwoNumbers,
    /// The newest glibc that wheels may need.
    pub glibc: TwoNumbers,
    /// The newest musl that wheels may need.
    pub musl: TwoNumbers,
    /// The newest macOS that wheels may need.
    pub macos: TwoNumbers,
}

/// Whether a wheel is for any platform, by its file's name.
pub(super) fn is_for_any(wheel: &str) -> bool {
    wheel.ends_with("-any.whl")
}

impl Interpreter {
    /// How well a wheel fits, by its file's name: the least is best, none does not fit.
    pub fn rank(&self, wheel: &str) -> Option<(u32, u32)> {
        let mut tags = wheel.strip_suffix(".whl")?.rsplitn(4, '-');
        let (platforms, abis, pythons) = (tags.next()?, tags.next()?, tags.next()?);
        let mut best = None;
        for python in pythons.split('.') {
            for abi in abis.split('.') {
                for platform in platforms.split('.') {
                    let rank = self.rank_tag(python, abi, platform);
                    best = [best, rank].into_iter().flatten().min();
                }
            }
        }
        best
    }

    fn rank_tag(&self, python: &str, abi: &str, platform: &str) -> Option<(u32, u32)> {
        let (major, minor) = self.python;
        let own = format!("cp{major}{minor}");
        if platform == "any" {
            let class = if python == own && abi == "none" { 200 } else { 201 + self.generic(python, abi)? };
            return Some((class, 0));
        }
        let place = self.rank_platform(platform)?;
        let older = python.strip_prefix(&format!("cp{major}")).and_then(|minor| minor.parse::<u32>().ok());
        let class = match (abi, older) {
            (abi, _) if python == own && abi == own => 0,
            ("abi3", Some(older)) if older == minor => 1,
            ("none", _) if python == own => 2,
            ("abi3", Some(older)) if (2..minor).contains(&older) => 2 + minor - older,
            _ => 100 + self.generic(python, abi)?,
        };
        Some((class, place))
    }

    /// The place of `py312`, `py3`, `py311`, … in that order.
    fn generic(&self, python: &str, abi: &str) -> Option<u32> {
        let (major, minor) = self.python;
        let rest = python.strip_prefix(&format!("py{major}")).filter(|_| abi == "none")?;
        if rest.is_empty() {
            return Some(1);
        }
        match minor.checked_sub(rest.parse().ok()?)? {
            0 => Some(0),
            behind => Some(1 + behind),
        }
    }

    fn rank_platform(&self, tag: &str) -> Option<u32> {
        let name = self.platform.name();
        let (os, cpu) = name.split_once('_')?;
        let (cpu, is_musl) = cpu.strip_suffix("_musl").map_or((cpu, false), |cpu| (cpu, true));
        match os {
            "linux" => {
                let cpu = if cpu == "armv7" { "armv7l" } else { cpu };
                let rest = tag.strip_suffix(cpu)?.strip_suffix('_')?;
                if rest == "linux" {
                    return Some(100_000);
                }
                let (newest, prefix) = if is_musl { (self.musl, "musllinux_") } else { (self.glibc, "manylinux_") };
                let (needed, legacy) = match rest {
                    "manylinux2014" if !is_musl => ((2, 17), 1),
                    "manylinux2010" if !is_musl => ((2, 12), 1),
                    "manylinux1" if !is_musl => ((2, 5), 1),
                    rest => (two_numbers(rest.strip_prefix(prefix)?, '_')?, 0),
                };
                (needed.0 == newest.0).then_some(())?;
                Some(2 * newest.1.checked_sub(needed.1)? + legacy)
            }
            "macos" => {
                let rest = tag.strip_prefix("macosx_")?;
                let (major, rest) = rest.split_once('_')?;
                let (minor, kind) = rest.split_once('_')?;
                let needed = (major.parse().ok()?, minor.parse().ok()?);
                let kinds: &[&str] = match (cpu, needed) {
                    ("x86_64", _) => &["x86_64", "intel", "fat64", "fat32", "universal2", "universal"],
                    // Before macOS 11 there was no ARM, and universal programs could name a system that old.
                    (_, (10, _)) => &["universal2"],
                    _ => &["arm64", "universal2"],
                };
                let kind = u32::try_from(kinds.iter().position(|known| *known == kind)?).ok()?;
                let number = |(major, minor): TwoNumbers| major * 100 + minor;
                Some(8 * number(self.macos).checked_sub(number(needed))? + kind)
            }
            "windows" => {
                let word = match cpu {
                    "x86_64" => "win_amd64",
                    "aarch64" => "win_arm64",
                    _ => return None,
                };
                (tag == word).then_some(0)
            }
            _ => None,
        }
    }
}

/// `3.12`, or with another sign in between.
pub(super) fn two_numbers(text: &str, between: char) -> Option<TwoNumbers> {
    let (major, minor) = text.split_once(between)?;
    let number = |text: &str| if text.len() <= 4 { text.parse::<u32>().ok() } else { None };
    Some((number(major)?, number(minor)?))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn best<'a>(platform: &str, wheels: &[&'a str]) -> Option<&'a str> {
        let interpreter = Interpreter {
            platform: platform.parse().unwrap(),
            python: (3, 12),
            glibc: (2, 28),
            musl: (1, 2),
            macos: (14, 0),
        };
        let ranked = wheels.iter().filter_map(|wheel| Some((interpreter.rank(wheel)?, *wheel)));
        ranked.min().map(|(_, wheel)| wheel)
    }

    #[test]
    fn the_nearest_wheel_wins() {
        let wheels = [
            "a-1-cp312-cp312-macosx_10_13_universal2.whl",
            "a-1-cp312-cp312-macosx_11_0_arm64.whl",
            "a-1-cp312-cp312-manylinux_2_17_x86_64.manylinux2014_x86_64.whl",
            "a-1-cp312-cp312-manylinux_2_28_x86_64.whl",
            "a-1-cp312-cp312-manylinux_2_34_x86_64.whl",
            "a-1-cp312-cp312-musllinux_1_2_x86_64.whl",
            "a-1-cp312-cp312-win_amd64.whl",
            "a-1-cp313-cp313-manylinux_2_28_x86_64.whl",
            "a-1-cp39-abi3-manylinux_2_28_x86_64.whl",
            "a-1-py3-none-any.whl",
        ];
        assert_eq!(best("linux_x86_64", &wheels), Some(wheels[3]));
        assert_eq!(best("linux_x86_64_musl", &wheels), Some(wheels[5]));
        assert_eq!(best("macos_aarch64", &wheels), Some(wheels[1]));
        assert_eq!(best("macos_x86_64", &wheels), Some(wheels[0]));
        assert_eq!(best("windows_x86_64", &wheels), Some(wheels[6]));
        assert_eq!(best("linux_aarch64", &wheels), Some(wheels[9]));
    }

    #[test]
    fn abis_and_pythons() {
        let fits = |wheel: &str| best("linux_x86_64", &[wheel]).is_some();
        assert!(fits("a-1-cp38-abi3-manylinux1_x86_64.whl"));
        assert!(!fits("a-1-cp313-abi3-manylinux1_x86_64.whl"));
        assert!(!fits("a-1-cp312-cp312t-manylinux1_x86_64.whl"));
        assert!(fits("a-1-py2.py3-none-any.whl"));
        assert!(!fits("a-1-py2-none-any.whl"));
        assert!(!fits("a-1-py313-none-any.whl"));
        assert!(fits("a-1-2-py3-none-manylinux2010_x86_64.whl"));
        assert!(!fits("a-1.tar.gz"));
        let newer = ["a-1-cp39-abi3-manylinux1_x86_64.whl", "a-1-cp311-abi3-manylinux1_x86_64.whl"];
        assert_eq!(best("linux_x86_64", &newer), Some(newer[1]));
        let generic = ["a-1-py310-none-any.whl", "a-1-py3-none-any.whl", "a-1-py312-none-any.whl"];
        assert_eq!(best("linux_x86_64", &generic), Some(generic[2]));
        assert_eq!(best("linux_x86_64", &generic[..2]), Some(generic[1]));
    }
}
