//! Bazel's log of repository rules, as a stand-in for Bazel writes it.

/// A message of protocol buffers from its fields.
fn message(fields: &[(u8, &[u8])]) -> Vec<u8> {
    let mut bytes = Vec::new();
    for (number, value) in fields {
        // Tags and lengths below 128 take one byte, others two.
        let mut varint = |number: usize| {
            if number >= 128 {
                bytes.push(u8::try_from(number % 128 + 128).unwrap());
                bytes.push(u8::try_from(number / 128).unwrap());
            } else {
                bytes.push(u8::try_from(number).unwrap());
            }
        };
        varint(usize::from(*number) << 3 | 2);
        varint(value.len());
        bytes.extend(*value);
    }
    bytes
}

/// An event of the rules log: who, the number of what, its fields.
pub fn event(who: &str, what: u8, fields: &[(u8, &[u8])]) -> Vec<u8> {
    let event = message(&[(2, who.as_bytes()), (what, &message(fields))]);
    // A message in a message is preceded by a tag and its length; here only the length counts.
    message(&[(1, &event)])[1..].to_vec()
}
