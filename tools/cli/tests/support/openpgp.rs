//! An OpenPGP key without a secret half, a checksum file, and two signatures of it. Made with gpg, because no library for
//! it is at hand; both keys were thrown away.

pub const KEY: &str = "-----BEGIN PGP PUBLIC KEY BLOCK-----

mDMEXgvhABYJKwYBBAHaRw8BAQdA0l5NvIZbXVUTf+D7yRJbBgWlEUlk9Q43vOpq
wsmEpbu0F2dvb2QgPGdvb2RAZXhhbXBsZS5vcmc+iJAEExYIADgWIQSwtWRXJUEQ
rl6K+1QleLIuQ7bBdQUCXgvhAAIbAwULCQgHAgYVCgkICwIEFgIDAQIeAQIXgAAK
CRAleLIuQ7bBdWUEAQDBi5KjL4qiLtCrm2JXxApjvZY456pjN74oxfrJSGL6SQD+
NzSDVefmu80aVGxyQqZA3Fz5rPxr6vngKFNyz4erqwI=
=oD/y
-----END PGP PUBLIC KEY BLOCK-----
";

/// The digest of `some text` and a newline.
pub const SIGNED: &str = "a23e5fdcd7b276bdd81aa1a0b7b963101863dd3f61ff57935f8c5ba462681ea6  notes.txt
";

pub const BY_KEY: &str = "-----BEGIN PGP SIGNATURE-----

iIcEABYIAC8WIQSwtWRXJUEQrl6K+1QleLIuQ7bBdQUCXg0ygBEcZ29vZEBleGFt
cGxlLm9yZwAKCRAleLIuQ7bBdUc7AQDYY4yqEbSGtdBloBSWllpsL49w9h9tqqjP
sttuUOrEGwEA3TdMP3s93mtL9/cIEd0plkTShhbPYS78uF1NvVtuygQ=
=1TSC
-----END PGP SIGNATURE-----
";

pub const BY_STRANGER: &str = "-----BEGIN PGP SIGNATURE-----

iIgEABYIADAWIQSHpb9MOae/jlHmNQTH2yeZ1vTZRAUCXg0ygBIcb3RoZXJAZXhh
bXBsZS5vcmcACgkQx9snmdb02UTq8gD+PdTB69TFyU/03rV/LKo/nsgUxWPU3TZX
4m1UMd4CY7UA/jG6DcUSUC6PhyYAUn5JKFXIMeeL49KzeUPbNq4jFu4A
=GzAd
-----END PGP SIGNATURE-----
";
