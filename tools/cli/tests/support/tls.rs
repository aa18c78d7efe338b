//! Certificates for tests, good until 2120: two authorities, and a server's certificate by the first of them for
//! `localhost` and 127.0.0.1. Nobody trusts either authority.

use std::sync::Arc;

use base64::engine::general_purpose::STANDARD;
use base64::Engine as _;
use rustls::pki_types::{CertificateDer, PrivateKeyDer, PrivatePkcs8KeyDer};
use rustls::ServerConfig;

/// The authority that made the server's certificate.
pub const COMPANY: &str = "\
-----BEGIN CERTIFICATE-----
MIIBdDCCARugAwIBAgIBATAKBggqhkjOPQQDAjAhMR8wHQYDVQQDDBZUZXN0IGF1
dGhvcml0eSBjb21wYW55MCAXDTIwMDEwMTAwMDAwMFoYDzIxMjAwMTAxMDAwMDAw
WjAhMR8wHQYDVQQDDBZUZXN0IGF1dGhvcml0eSBjb21wYW55MFkwEwYHKoZIzj0C
AQYIKoZIzj0DAQcDQgAEeIXCrFq2NgyQc6kXWMOi2CRWG5Rq1lUOvs4Q4CVIR6FS
G8RY8oVrvc0dK9TTHtk+sYQ4iRfhtGbXy9LKztW5/aNCMEAwDwYDVR0TAQH/BAUw
AwEB/zAOBgNVHQ8BAf8EBAMCAgQwHQYDVR0OBBYEFO9lMv95acHoR8Savlpd0x/s
/+VuMAoGCCqGSM49BAMCA0cAMEQCIEbozEWbKGUGD3FfTIvEgwMr5fW7Sa0EpZrZ
l4PzWeYtAiAE4T907S3gFhaDxLtDv7Ksx9giqabG4bUrGkmxGNZIsw==
-----END CERTIFICATE-----
";

/// Another authority.
pub const OTHER: &str = "\
-----BEGIN CERTIFICATE-----
MIIBcTCCARegAwIBAgIBAjAKBggqhkjOPQQDAjAfMR0wGwYDVQQDDBRUZXN0IGF1
dGhvcml0eSBvdGhlcjAgFw0yMDAxMDEwMDAwMDBaGA8yMTIwMDEwMTAwMDAwMFow
HzEdMBsGA1UEAwwUVGVzdCBhdXRob3JpdHkgb3RoZXIwWTATBgcqhkjOPQIBBggq
hkjOPQMBBwNCAARo6fW0m14c29ifJJ1Mk3UE6oFQR5XB7F6lAKZoEAObPz5pwMji
Dwj1a9Q74ZK+a3E71p17QMQiplqTLlu1WF10o0IwQDAPBgNVHRMBAf8EBTADAQH/
MA4GA1UdDwEB/wQEAwICBDAdBgNVHQ4EFgQU8xowBwa94+vbFcGfoF/xaF++t6kw
CgYIKoZIzj0EAwIDSAAwRQIhANJm/AESp1xjvPxMghK9DjjA2WoeR9xYNUKGQplR
CX1mAiAv//XxVfCiHzjon7Ei9Wbe248vIxJgmNy+DWM5KMjGjw==
-----END CERTIFICATE-----
";

const SERVER: &str = "\
-----BEGIN CERTIFICATE-----
MIIBpTCCAUqgAwIBAgIBAzAKBggqhkjOPQQDAjAhMR8wHQYDVQQDDBZUZXN0IGF1
dGhvcml0eSBjb21wYW55MCAXDTIwMDEwMTAwMDAwMFoYDzIxMjAwMTAxMDAwMDAw
WjAUMRIwEAYDVQQDDAlsb2NhbGhvc3QwWTATBgcqhkjOPQIBBggqhkjOPQMBBwNC
AARled5DlA2d+b03ErU5KNO0RTCfBWdskx7aZnc+wUr5DJ6u8JrQqg+k9eP/LCXu
tMdmhSp0cXSDvaEvoxifh2Bco34wfDAJBgNVHRMEAjAAMBoGA1UdEQQTMBGCCWxv
Y2FsaG9zdIcEfwAAATATBgNVHSUEDDAKBggrBgEFBQcDATAdBgNVHQ4EFgQUJJx6
bjegSTwSeKcVo2aL0st8RbkwHwYDVR0jBBgwFoAU72Uy/3lpwehHxJq+Wl3TH+z/
5W4wCgYIKoZIzj0EAwIDSQAwRgIhAJDE8pI6qyd80UhvupwEIh200T2v7ZcQ/Qrw
qA8rIGDQAiEAlevQgGGGmuluCwFjyB5FhdfEsV+tyCT1YY7Bioc32a0=
-----END CERTIFICATE-----
";

/// The server's key. It opens nothing but these tests.
const KEY: &str = "\
-----BEGIN PRIVATE KEY-----
MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgkGO4FSxRRWIr/lJ/
zIx5A7959zvQcJy2eB/KfC01LOmhRANCAARled5DlA2d+b03ErU5KNO0RTCfBWds
kx7aZnc+wUr5DJ6u8JrQqg+k9eP/LCXutMdmhSp0cXSDvaEvoxifh2Bc
-----END PRIVATE KEY-----
";

/// What a server on the loopback needs.
pub fn server_config() -> Arc<ServerConfig> {
    let der = |pem: &str| {
        let lines: String = pem.lines().filter(|line| !line.starts_with("-----")).collect();
        STANDARD.decode(lines).unwrap()
    };
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = ServerConfig::builder_with_provider(provider).with_safe_default_protocol_versions().unwrap();
    let key = PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(der(KEY)));
    Arc::new(config.with_no_client_auth().with_single_cert(vec![CertificateDer::from(der(SERVER))], key).unwrap())
}
