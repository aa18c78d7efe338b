//! The functions of templates: pure, from texts to a text.

use std::hash::Hasher as _;

use md5::Md5;
use sha1::Sha1;
use sha2::{Digest as _, Sha256, Sha512};
use siphasher::sip::SipHasher13;

/// A function.
pub struct Function {
    /// Its name.
    pub name: &'static str,
    /// How it is called, for messages and the documentation.
    pub usage: &'static str,
    /// How few arguments it takes.
    pub min: usize,
    /// How many arguments it takes.
    pub max: usize,
    call: fn(&[&str]) -> Result<String, String>,
}

impl Function {
    /// The function of a name.
    pub fn find(name: &str) -> Option<&'static Self> {
        FUNCTIONS.iter().find(|function| function.name == name)
    }

    /// Carries it out. The number of arguments has been checked.
    pub fn call(&self, arguments: &[&str]) -> Result<String, String> {
        (self.call)(arguments)
    }
}

/// All functions, sorted by name.
pub const FUNCTIONS: &[Function] = &[
    Function { name: "basename", usage: "basename(path)", min: 1, max: 1, call: |a| Ok(basename(a[0]).to_owned()) },
    Function {
        name: "blake3hex",
        usage: "blake3hex(text)",
        min: 1,
        max: 1,
        call: |a| Ok(blake3::hash(a[0].as_bytes()).to_hex().to_string()),
    },
    Function { name: "dirname", usage: "dirname(path)", min: 1, max: 1, call: |a| Ok(dirname(a[0]).to_owned()) },
    Function { name: "goescape", usage: "goescape(text)", min: 1, max: 1, call: |a| Ok(goescape(a[0])) },
    Function { name: "host", usage: "host(url)", min: 1, max: 1, call: |a| Ok(url(a[0])?.0.to_owned()) },
    Function { name: "javahash", usage: "javahash(text)", min: 1, max: 1, call: |a| Ok(javahash(a[0])) },
    Function { name: "lower", usage: "lower(text)", min: 1, max: 1, call: |a| Ok(a[0].to_lowercase()) },
    Function { name: "md5base36", usage: "md5base36(text)", min: 1, max: 1, call: |a| Ok(md5base36(a[0])) },
    Function { name: "md5hex", usage: "md5hex(text)", min: 1, max: 1, call: |a| Ok(hex::encode(Md5::digest(a[0]))) },
    Function { name: "path", usage: "path(url)", min: 1, max: 1, call: |a| Ok(url(a[0])?.1.to_owned()) },
    Function { name: "pctenc", usage: "pctenc(text)", min: 1, max: 1, call: |a| Ok(pctenc(a[0])) },
    Function {
        name: "replace",
        usage: "replace(text, from, to)",
        min: 3,
        max: 3,
        call: |a| Ok(a[0].replace(a[1], a[2])),
    },
    Function { name: "sha1hex", usage: "sha1hex(text)", min: 1, max: 1, call: |a| Ok(hex::encode(Sha1::digest(a[0]))) },
    Function {
        name: "sha256hex",
        usage: "sha256hex(text)",
        min: 1,
        max: 1,
        call: |a| Ok(hex::encode(Sha256::digest(a[0]))),
    },
    Function {
        name: "sha512hex",
        usage: "sha512hex(text)",
        min: 1,
        max: 1,
        call: |a| Ok(hex::encode(Sha512::digest(a[0]))),
    },
    Function { name: "shard", usage: "shard(text, length, …)", min: 2, max: 9, call: shard },
    Function { name: "siphash13hex", usage: "siphash13hex(text)", min: 1, max: 1, call: |a| Ok(siphash13hex(a[0])) },
    Function { name: "slice", usage: "slice(text, start[, end])", min: 2, max: 3, call: slice },
    Function { name: "stem", usage: "stem(path)", min: 1, max: 1, call: |a| Ok(stem(a[0]).to_owned()) },
    Function { name: "upper", usage: "upper(text)", min: 1, max: 1, call: |a| Ok(a[0].to_uppercase()) },
];

/// What follows the last `/`, without a query.
pub(super) fn basename(path: &str) -> &str {
    let path = path.split(['?', '#']).next().unwrap_or_default();
    path.rsplit('/').next().unwrap_or_default()
}

fn dirname(path: &str) -> &str {
    path.rsplit_once('/').map_or("", |(parent, _)| parent)
}

/// The last name without its extension; `.tar.gz` and its like are one.
fn stem(path: &str) -> &str {
    let name = basename(path);
    let stem = name.rsplit_once('.').map_or(name, |(stem, _)| stem);
    stem.strip_suffix(".tar").unwrap_or(stem)
}

/// An address's host and path.
fn url(text: &str) -> Result<(&str, &str), String> {
    let (_, rest) = text.split_once("://").ok_or_else(|| format!("{text:?} is no address"))?;
    let rest = rest.split(['?', '#']).next().unwrap_or_default();
    let (host, path) = rest.find('/').map_or((rest, ""), |at| rest.split_at(at));
    let host = host.rsplit_once('@').map_or(host, |(_, host)| host);
    Ok((host, path))
}

/// Go's escape for module paths: an upper-case letter becomes `!` and the lower-case one.
pub(super) fn goescape(text: &str) -> String {
    let escape = |c: char| if c.is_ascii_uppercase() { format!("!{}", c.to_ascii_lowercase()) } else { c.to_string() };
    text.chars().map(escape).collect()
}

/// Percent-encoding of everything but RFC 3986's unreserved characters.
pub(super) fn pctenc(text: &str) -> String {
    let encode = |byte: u8| match byte {
        b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => char::from(byte).to_string(),
        other => format!("%{other:02X}"),
    };
    text.bytes().map(encode).collect()
}

/// The MD5 as one number in base 36, without leading zeros, as Gradle writes it.
fn md5base36(text: &str) -> String {
    const DIGITS: &[u8; 36] = b"0123456789abcdefghijklmnopqrstuvwxyz";
    let mut number = u128::from_be_bytes(Md5::digest(text).into());
    let mut digits = Vec::new();
    loop {
        let digit = usize::try_from(number % 36).unwrap_or_default();
        digits.push(char::from(DIGITS[digit]));
        number /= 36;
        if number == 0 {
            break;
        }
    }
    digits.iter().rev().collect()
}

/// Java's `String.hashCode` without a sign, in hexadecimal digits without leading zeros, as Maven's wrapper writes it.
fn javahash(text: &str) -> String {
    let hash = text.encode_utf16().fold(0_u32, |hash, unit| hash.wrapping_mul(31).wrapping_add(unit.into()));
    format!("{hash:x}")
}

/// SipHash-1-3 without a key of a text as Rust hashes a `str`, in hexadecimal digits, as wasm-pack writes it.
fn siphash13hex(text: &str) -> String {
    let mut hasher = SipHasher13::new();
    hasher.write(text.as_bytes());
    // What ends a `str`.
    hasher.write_u8(0xff);
    hex::encode(hasher.finish().to_le_bytes())
}

fn number(text: &str) -> Result<usize, String> {
    text.parse().map_err(|_| format!("{text:?} is no whole number"))
}

fn slice(arguments: &[&str]) -> Result<String, String> {
    let text: Vec<char> = arguments[0].chars().collect();
    let start = number(arguments[1])?;
    let end = arguments.get(2).map_or(Ok(text.len()), |end| number(end))?;
    let part = text.get(start..end).ok_or_else(|| {
        format!("the slice from {start} to {end} is not inside {:?}, which has {} characters", arguments[0], text.len())
    })?;
    Ok(part.iter().collect())
}

/// `shard("abcdef", 2, 1)` is `ab/c/def`.
fn shard(arguments: &[&str]) -> Result<String, String> {
    let mut rest: Vec<char> = arguments[0].chars().collect();
    let mut parts = Vec::new();
    for length in &arguments[1..] {
        let length = number(length)?;
        if length == 0 || length >= rest.len() {
            return Err(format!("{:?} is too short for this shard", arguments[0]));
        }
        let tail = rest.split_off(length);
        parts.push(rest.into_iter().collect::<String>());
        rest = tail;
    }
    parts.push(rest.into_iter().collect());
    Ok(parts.join("/"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_function() {
        let empty_sha512 = hex::encode(Sha512::digest(""));
        let url = "https://user@example.org:80/a/b-1.0.tar.gz?x=/y";
        for (name, arguments, expected) in [
            ("basename", vec![url], "b-1.0.tar.gz"),
            // The key that DotSlash gives a file of npm: the first 20 bytes of it.
            (
                "blake3hex",
                vec![concat!(
                    "4741809\0sha256\0",
                    "9573bb2233aab0f9ea7647d5cca9726113cc1768de61d66b17267f4db84488f6\0tar.gz\01"
                )],
                "e1006337eb599cb84bca27b7500bd2cdf2c8a44e278843219f17f5347965fae0",
            ),
            ("dirname", vec!["a/b/c"], "a/b"),
            ("dirname", vec!["c"], ""),
            ("goescape", vec!["github.com/Azure/x"], "github.com/!azure/x"),
            ("host", vec![url], "example.org:80"),
            // "hello".hashCode() is 99162322, and "polygenelubricants".hashCode() the least number that there is.
            ("javahash", vec!["hello"], "5e918d2"),
            ("javahash", vec!["polygenelubricants"], "80000000"),
            ("lower", vec!["AbC"], "abc"),
            // The folder's name that Gradle gives this distribution.
            (
                "md5base36",
                vec!["https://services.gradle.org/distributions/gradle-7.4-bin.zip"],
                "c0gwcg53nkjbqw7r0h0umtfvt",
            ),
            ("md5hex", vec![""], "d41d8cd98f00b204e9800998ecf8427e"),
            ("path", vec![url], "/a/b-1.0.tar.gz"),
            ("pctenc", vec!["a b/ü~"], "a%20b%2F%C3%BC~"),
            ("replace", vec!["a-b-c", "-", "_"], "a_b_c"),
            (
                "sha1hex",
                vec!["https://openaipublic.blob.core.windows.net/encodings/cl100k_base.tiktoken"],
                "9b5ad71b2ce5302211f9c61530b329a4922fc6a4",
            ),
            ("sha256hex", vec![""], "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
            ("sha512hex", vec![""], &empty_sha512),
            ("shard", vec!["abcdef", "2", "1"], "ab/c/def"),
            // As binary-install 0.4.1 works it out, by the siphasher 0.3 that it uses.
            ("siphash13hex", vec!["https://example.org/a.tar.gz"], "ebb15fa708a77b25"),
            ("slice", vec!["abcdef", "2"], "cdef"),
            ("slice", vec!["abcdef", "0", "2"], "ab"),
            ("stem", vec![url], "b-1.0"),
            ("stem", vec!["x/y.zip"], "y"),
            ("upper", vec!["aB"], "AB"),
        ] {
            let function = Function::find(name).unwrap();
            assert!((function.min..=function.max).contains(&arguments.len()), "{name}");
            let actual = function.call(&arguments).unwrap();
            assert_eq!(actual, expected, "{name}{arguments:?}");
        }
    }

    #[test]
    fn names_are_sorted() {
        assert!(FUNCTIONS.windows(2).all(|pair| pair[0].name < pair[1].name));
    }

    #[test]
    fn wrong_arguments_are_told() {
        let call = |name: &str, arguments: &[&str]| Function::find(name).unwrap().call(arguments).unwrap_err();
        assert!(call("slice", &["abc", "2", "9"]).contains("not inside \"abc\""));
        assert!(call("slice", &["abc", "x"]).contains("no whole number"));
        assert!(call("shard", &["ab", "2"]).contains("too short"));
        assert!(call("host", &["nothing"]).contains("no address"));
    }
}
