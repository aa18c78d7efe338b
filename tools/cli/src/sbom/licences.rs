//! Licences as the documents want them: SPDX expressions, or plain names.

use lazytools_lock::{Algorithm, Licence};
use spdx::{Expression, ParseMode};

/// What upstream says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Declared {
    /// An SPDX expression.
    Expression(String),
    /// Something else: a name, `UNLICENSED`, `SEE LICENSE IN …`.
    Name(String),
}

impl Declared {
    pub fn of(licence: &Licence) -> Self {
        let text = licence.as_str();
        // A reference to a text that upstream keeps elsewhere means nothing here.
        let refers = text.contains("LicenseRef-") || text.contains("DocumentRef-");
        if !refers && Expression::parse_mode(text, ParseMode::STRICT).is_ok() {
            return Self::Expression(text.to_owned());
        }
        Self::Name(text.to_owned())
    }
}

/// What a licence is called in an SPDX document that is no expression.
pub fn reference(name: &str) -> String {
    format!("LicenseRef-lazytools-{}", &Algorithm::Sha256.digest(name.as_bytes()).hex()[..16])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn expressions_are_told_from_names() {
        let of = |text: &str| Declared::of(&Licence::of(text).unwrap());
        for text in ["MIT", "MIT OR Apache-2.0", "(BSD-3-Clause AND Zlib)", "GPL-2.0-only WITH Classpath-exception-2.0"]
        {
            assert_eq!(of(text), Declared::Expression(text.to_owned()));
        }
        for text in ["UNLICENSED", "SEE LICENSE IN LICENSE.md", "Apache 2.0", "mit or so", "LicenseRef-mine"] {
            assert_eq!(of(text), Declared::Name(text.to_owned()));
        }
    }
}
