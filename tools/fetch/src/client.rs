//! An HTTP client that tries again, refuses what is not safe, and says what went wrong.

use std::io::Read;
use std::sync::Arc;
use std::time::Duration;

use ureq::http::{Response, StatusCode};
use ureq::tls::{Certificate, RootCerts, TlsConfig};
use ureq::unversioned::transport::DefaultConnector;
use ureq::{Agent, Body};

use crate::auth::Logins;
use crate::error::{FetchError, Reason};
use crate::github::ApiToken;
use crate::resolver::OnceResolver;
use crate::retry::{retry, Ended, Failure, Patience};

/// The most bytes of metadata that are read into memory.
const MAX_METADATA: u64 = 256 << 20;

/// How a client behaves.
#[derive(Clone, Debug)]
pub struct ClientOptions {
    /// When it tries again.
    pub patience: Patience,
    /// How long it waits for a connection and for a server's first answer.
    pub connect: Duration,
    /// How long it waits for the next bytes.
    pub stall: Duration,
    /// How long one attempt may take in all, its bytes included.
    pub attempt: Duration,
    /// Addresses that begin with the first text are fetched at the second instead: for mirrors and tests.
    pub rewrites: Vec<(String, String)>,
}

impl Default for ClientOptions {
    fn default() -> Self {
        Self {
            patience: Patience::default(),
            connect: Duration::from_secs(30),
            stall: Duration::from_secs(60),
            attempt: Duration::from_secs(3600),
            rewrites: Vec::new(),
        }
    }
}

/// An HTTP client. Proxies come from the usual variables, certificates from the machine (`SSL_CERT_FILE` wins).
#[derive(Clone)]
pub struct Client {
    agent: Agent,
    options: ClientOptions,
    logins: Logins,
    github: ApiToken,
    /// Why the machine has no certificates, where it has none; without https that is no harm.
    no_certificates: Option<String>,
}

/// What a server's answer is wanted for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Method {
    Get,
    Head,
}

impl Client {
    /// A client.
    pub fn new(options: ClientOptions) -> Self {
        let found = rustls_native_certs::load_native_certs();
        let errors: Vec<String> = found.errors.iter().map(ToString::to_string).collect();
        let no_certificates = found.certs.is_empty().then(|| errors.join("; "));
        let roots = found.certs.iter().map(|certificate| Certificate::from_der(certificate).to_owned()).collect();
        let tls = TlsConfig::builder().root_certs(RootCerts::Specific(Arc::new(roots))).build();
        let config = Agent::config_builder()
            .tls_config(tls)
            .user_agent(concat!("lazytools/", env!("CARGO_PKG_VERSION")))
            .http_status_as_error(false)
            // As many as ask side by side: a new connection costs a look-up of the name and a handshake.
            .max_idle_connections(64)
            .max_idle_connections_per_host(32)
            .timeout_resolve(Some(options.connect))
            .timeout_connect(Some(options.connect))
            .timeout_recv_response(Some(options.stall))
            .timeout_per_read(Some(options.stall))
            .timeout_per_call(Some(options.attempt))
            .build();
        let agent = Agent::with_parts(config, DefaultConnector::default(), OnceResolver::default());
        Self { agent, options, logins: Logins::of_user(), github: ApiToken::of_user(), no_certificates }
    }

    /// A small text, as metadata are.
    pub fn text(&self, url: &str, accept: &str) -> Result<String, FetchError> {
        let bytes = self.bytes(url, accept)?;
        String::from_utf8(bytes)
            .map_err(|_| FetchError::at(url, Reason::Metadata("what came is not a text in UTF-8".to_owned())))
    }

    /// The bytes of a file that is small enough for memory.
    pub fn bytes(&self, url: &str, accept: &str) -> Result<Vec<u8>, FetchError> {
        self.fetch(url, accept, |response| {
            let mut bytes = Vec::new();
            let mut body = response.into_body().into_with_config().limit(MAX_METADATA).reader();
            body.read_to_end(&mut bytes).map_err(|error| again(&error))?;
            Ok(bytes)
        })
    }

    /// The size that a server gives for a file, where it gives one.
    pub fn size(&self, url: &str) -> Result<Option<u64>, FetchError> {
        let read = |response: Response<Body>| {
            let kind = response.headers().get("content-type").and_then(|kind| kind.to_str().ok());
            if kind.is_some_and(|kind| kind.starts_with("text/html")) {
                let message = "the server sends an HTML page with status 200 where a file was to be".to_owned();
                return Err(Failure::Final(Reason::Content(message)));
            }
            let header = response.headers().get("content-length");
            Ok(header.and_then(|length| length.to_str().ok()).and_then(|length| length.parse().ok()))
        };
        match self.attempt_all(url, "*/*", Method::Head, read) {
            // Some servers know no HEAD; the size is then learnt by downloading.
            Err(FetchError::Address { reason: Reason::Status { status: 400 | 403 | 405 | 501 }, .. }) => Ok(None),
            other => other,
        }
    }

    /// A header of the answer that a server gives for a file, without the file; `None` where it sends none.
    pub fn header(&self, url: &str, name: &str) -> Result<Option<String>, FetchError> {
        self.attempt_all(url, "*/*", Method::Head, |response| {
            Ok(response.headers().get(name).and_then(|value| value.to_str().ok()).map(str::to_owned))
        })
    }

    /// Fetches an address; `read` takes the body, and may ask for another attempt.
    pub fn fetch<T>(
        &self,
        url: &str,
        accept: &str,
        read: impl FnMut(Response<Body>) -> Result<T, Failure<Reason>>,
    ) -> Result<T, FetchError> {
        self.attempt_all(url, accept, Method::Get, read)
    }

    fn attempt_all<T>(
        &self,
        url: &str,
        accept: &str,
        method: Method,
        mut read: impl FnMut(Response<Body>) -> Result<T, Failure<Reason>>,
    ) -> Result<T, FetchError> {
        let address = self.rewrite(url);
        if !address.starts_with("https://") && !address.starts_with("http://") {
            let message = "the address is neither https nor http".to_owned();
            return Err(FetchError::at(url, Reason::Insecure(message)));
        }
        if let Some(why) = self.no_certificates.as_ref().filter(|_| address.starts_with("https://")) {
            let message = format!(
                "no certificates of this machine can be read ({why}): install ca-certificates or set SSL_CERT_FILE"
            );
            return Err(FetchError::at(&address, Reason::Insecure(message)));
        }
        let outcome = retry(&self.options.patience, || {
            let response = self.send(&address, accept, method)?;
            read(response)
        });
        outcome.map_err(|ended| {
            let reason = match ended {
                Ended::Final(reason) => reason,
                Ended::Exhausted { what, attempts } => Reason::Network { what, attempts },
            };
            FetchError::at(&address, reason)
        })
    }

    fn send(&self, address: &str, accept: &str, method: Method) -> Result<Response<Body>, Failure<Reason>> {
        // From https no redirect may lead to http; who asks for http gets it.
        let secure = address.starts_with("https://");
        let (address, login) = self.logins.apply(address);
        let request = match method {
            Method::Get => self.agent.get(&address),
            Method::Head => self.agent.head(&address),
        };
        let request = match login.or_else(|| self.github.header(&address)) {
            Some(login) => request.header("authorization", login),
            None => request,
        };
        let request = request.header("accept", accept).config().https_only(secure).build();
        let response = request.call().map_err(|error| failure(&error))?;
        let status = response.status();
        if status == StatusCode::OK {
            return Ok(response);
        }
        let final_reason = Reason::Status { status: status.as_u16() };
        let worth_it = status.is_server_error() && status != StatusCode::NOT_IMPLEMENTED
            || status == StatusCode::TOO_MANY_REQUESTS
            || status == StatusCode::REQUEST_TIMEOUT;
        if worth_it {
            let after = response.headers().get("retry-after").and_then(|after| after.to_str().ok());
            let after = after.and_then(|seconds| seconds.trim().parse().ok()).map(Duration::from_secs);
            let what = final_reason.to_string();
            let what = what.trim_end_matches(" (LT302)").to_owned();
            return Err(Failure::Again { what, after });
        }
        Err(Failure::Final(final_reason))
    }

    fn rewrite(&self, url: &str) -> String {
        let found = self.options.rewrites.iter().find_map(|(from, to)| Some((to, url.strip_prefix(from.as_str())?)));
        found.map_or_else(|| url.to_owned(), |(to, rest)| format!("{to}{rest}"))
    }
}

/// A body that broke off.
pub(crate) fn again(error: &std::io::Error) -> Failure<Reason> {
    Failure::Again { what: format!("the connection broke off in the middle ({error})"), after: None }
}

fn failure(error: &ureq::Error) -> Failure<Reason> {
    use ureq::Error;
    let again = |what: String| Failure::Again { what, after: None };
    match error {
        Error::RequireHttpsOnly(_) => Failure::Final(Reason::Insecure(
            "the server redirects from https to http, where anyone could change the file".to_owned(),
        )),
        Error::BadUri(_) | Error::Http(_) => Failure::Final(Reason::Insecure("this is no address".to_owned())),
        Error::TooManyRedirects => Failure::Final(Reason::Content("the server redirects in circles".to_owned())),
        Error::Tls(_) | Error::Rustls(_) => Failure::Final(Reason::Insecure(format!(
            "no secure connection ({error}): behind a company proxy, point SSL_CERT_FILE at its certificates"
        ))),
        Error::HostNotFound => again("the host's name is not known here".to_owned()),
        Error::Timeout(what) => again(format!("the server did not answer in time ({what})")),
        Error::Io(error) if is_certificate(error) => Failure::Final(Reason::Insecure(format!(
            "no secure connection ({error}): behind a company proxy, point SSL_CERT_FILE at its certificates"
        ))),
        other => again(format!("no connection ({other})")),
    }
}

fn is_certificate(error: &std::io::Error) -> bool {
    error.kind() == std::io::ErrorKind::InvalidData && error.to_string().contains("certificate")
}
