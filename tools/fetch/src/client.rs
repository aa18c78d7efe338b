//! An HTTP client that tries again, refuses what is not safe, and says what went wrong.

use std::io::Read;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use ureq::http::{Response, StatusCode};
use ureq::tls::{Certificate, RootCerts, TlsConfig};
use ureq::unversioned::transport::DefaultConnector;
use ureq::{Agent, Body};

use crate::address::Address;
use crate::auth::Credentials;
use crate::error::{FetchError, Reason};
use crate::github::ApiToken;
use crate::helper::{HelperFlag, Helpers};
use crate::proxy::Proxies;
use crate::redact::redact;
use crate::remembered::{key, Remembered, Validators};
use crate::resolver::OnceResolver;
use crate::retry::{retry, Ended, Failure, Patience};
use crate::store::Store;

/// The most bytes of metadata that are read into memory.
const MAX_METADATA: u64 = 256 << 20;
/// How many redirects are followed one after the other.
const MAX_REDIRECTS: usize = 10;

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
    /// The programs that are asked for credentials.
    pub helpers: Vec<HelperFlag>,
    /// The folder whose `.npmrc` counts and in which helpers are started.
    pub workspace: Option<PathBuf>,
    /// Where answers are kept that servers can be asked about again.
    pub store: Option<Store>,
}

impl Default for ClientOptions {
    fn default() -> Self {
        Self {
            patience: Patience::default(),
            connect: Duration::from_secs(30),
            stall: Duration::from_secs(60),
            attempt: Duration::from_secs(3600),
            rewrites: Vec::new(),
            helpers: Vec::new(),
            workspace: None,
            store: None,
        }
    }
}

/// An HTTP client. Proxies come from the usual variables, certificates from the machine (`SSL_CERT_FILE` wins).
#[derive(Clone)]
pub struct Client {
    agent: Agent,
    options: ClientOptions,
    credentials: Arc<Credentials>,
    proxies: Proxies,
    remembered: Option<Remembered>,
    github: ApiToken,
    /// Why the machine has no certificates, where it has none; without https that is no harm.
    no_certificates: Option<String>,
}

/// What a server's answer is wanted for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Method {
    Get,
    Head,
}

/// A request that may have to be sent several times, and what is made of its answer.
pub(crate) trait Exchange {
    /// What comes of it.
    type Output;

    /// The further headers of the next attempt.
    fn headers(&mut self) -> Vec<(&'static str, String)>;

    /// Takes an answer with status 200, or with one of 206, 304 and 416 where the headers could lead to these; it may
    /// ask for another attempt.
    fn read(&mut self, response: Response<Body>) -> Result<Self::Output, Failure<Reason>>;

    /// Whether a redirect is the answer already, so that it is not followed.
    fn is_answered_by(&self, _redirect: &Response<Body>) -> bool {
        false
    }
}

/// A request without further headers.
struct Plain<F>(F);

impl<T, F: FnMut(Response<Body>) -> Result<T, Failure<Reason>>> Exchange for Plain<F> {
    type Output = T;

    fn headers(&mut self) -> Vec<(&'static str, String)> {
        Vec::new()
    }

    fn read(&mut self, response: Response<Body>) -> Result<T, Failure<Reason>> {
        (self.0)(response)
    }
}

/// A small file that may be kept from before.
struct Remembering<'a> {
    kept: Option<crate::remembered::Entry>,
    keep: &'a dyn Fn(&Validators, &[u8]),
}

impl Exchange for Remembering<'_> {
    type Output = Vec<u8>;

    fn headers(&mut self) -> Vec<(&'static str, String)> {
        self.kept.as_ref().map(|entry| entry.validators.conditions()).unwrap_or_default()
    }

    fn read(&mut self, response: Response<Body>) -> Result<Vec<u8>, Failure<Reason>> {
        if response.status() == StatusCode::NOT_MODIFIED {
            return self.kept.take().map(|entry| entry.body).ok_or(Failure::Again {
                what: "the server answered 304 to what was not asked so".to_owned(),
                after: None,
            });
        }
        let validators = Validators::of(response.headers());
        let mut bytes = Vec::new();
        let body = response.into_body().into_with_config().limit(MAX_METADATA + 1).reader();
        body.take(MAX_METADATA + 1).read_to_end(&mut bytes).map_err(|error| again(&error))?;
        if bytes.len() as u64 > MAX_METADATA {
            let message = format!("the server sent more than {MAX_METADATA} bytes where a small file was to come");
            return Err(Failure::Final(Reason::Content(message)));
        }
        if let Some(validators) = validators {
            (self.keep)(&validators, &bytes);
        }
        Ok(bytes)
    }
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
            // Redirects are followed here, so that each host gets what is for it, and a proxy is chosen for each.
            .max_redirects(0)
            .proxy(None)
            .build();
        let agent = Agent::with_parts(config, DefaultConnector::default(), OnceResolver::default());
        let helpers = Helpers::new(options.helpers.clone(), options.workspace.clone().unwrap_or_default());
        let credentials = Arc::new(Credentials::of_user(helpers, options.workspace.as_deref()));
        let remembered = options.store.as_ref().map(Store::remembered);
        Self {
            agent,
            options,
            credentials,
            proxies: Proxies::of_user(),
            remembered,
            github: ApiToken::of_user(),
            no_certificates,
        }
    }

    /// A small text, as metadata are.
    pub fn text(&self, url: &str, accept: &str) -> Result<String, FetchError> {
        let bytes = self.bytes(url, accept)?;
        String::from_utf8(bytes)
            .map_err(|_| FetchError::at(url, Reason::Metadata("what came is not a text in UTF-8".to_owned())))
    }

    /// The bytes of a file that is small enough for memory. One that has not changed since is not sent again.
    pub fn bytes(&self, url: &str, accept: &str) -> Result<Vec<u8>, FetchError> {
        let key = key(&self.rewrite(url), accept);
        let kept = self.remembered.as_ref().and_then(|remembered| remembered.get(&key));
        let keep = |validators: &Validators, body: &[u8]| {
            if let Some(remembered) = &self.remembered {
                remembered.put(&key, validators, body);
            }
        };
        self.exchange(url, accept, Method::Get, &mut Remembering { kept, keep: &keep })
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
        match self.exchange(url, "*/*", Method::Head, &mut Plain(read)) {
            // Some servers know no HEAD; the size is then learnt by downloading.
            Err(FetchError::Address { reason: Reason::Status { status: 400 | 403 | 405 | 501 }, .. }) => Ok(None),
            other => other,
        }
    }

    /// A header of the answer that a server gives for a file, without the file; `None` where it sends none. Where the
    /// server redirects, the first answer with the header counts.
    pub fn header(&self, url: &str, name: &str) -> Result<Option<String>, FetchError> {
        self.exchange(url, "*/*", Method::Head, &mut crate::header::Header(name))
    }

    /// Sends a request until it is answered for good.
    pub(crate) fn exchange<E: Exchange>(
        &self,
        url: &str,
        accept: &str,
        method: Method,
        exchange: &mut E,
    ) -> Result<E::Output, FetchError> {
        let address = self.rewrite(url);
        let Some(start) = Address::parse(&address) else {
            let message = "the address is neither https nor http".to_owned();
            return Err(FetchError::at(url, Reason::Insecure(message)));
        };
        let outcome = retry(&self.options.patience, || {
            let headers = exchange.headers();
            let response = self.send(&start, accept, method, &headers, |redirect| exchange.is_answered_by(redirect))?;
            exchange.read(response)
        });
        outcome.map_err(|ended| {
            let reason = match ended {
                Ended::Final(reason) => reason,
                Ended::Exhausted { what, attempts } => Reason::Network { what, attempts },
            };
            FetchError::at(&address, reason)
        })
    }

    /// Sends a request and follows redirects. Each host is sent only what is for it.
    fn send(
        &self,
        start: &Address,
        accept: &str,
        method: Method,
        headers: &[(&'static str, String)],
        is_answer: impl Fn(&Response<Body>) -> bool,
    ) -> Result<Response<Body>, Failure<Reason>> {
        let mut address = start.clone();
        for _ in 0..=MAX_REDIRECTS {
            let response = self.send_once(&address, accept, method, headers)?;
            if !matches!(response.status().as_u16(), 301 | 302 | 303 | 307 | 308) {
                return judged(response, headers);
            }
            if is_answer(&response) {
                return Ok(response);
            }
            let location = response.headers().get("location").and_then(|location| location.to_str().ok());
            let Some(next) = location.and_then(|location| address.join(location)) else {
                let message = "the server redirects to what is no address".to_owned();
                return Err(Failure::Final(Reason::Content(message)));
            };
            // Who asks for http gets it; what began secure stays so.
            if address.is_secure() && !next.is_secure() {
                return Err(Failure::Final(Reason::Insecure(format!(
                    "the server redirects from https to {}, where anyone could change the file: tell who runs it, or \
                     name another address",
                    redact(&next.bare())
                ))));
            }
            address = next;
        }
        Err(Failure::Final(Reason::Content("the server redirects in circles".to_owned())))
    }

    fn send_once(
        &self,
        address: &Address,
        accept: &str,
        method: Method,
        headers: &[(&'static str, String)],
    ) -> Result<Response<Body>, Failure<Reason>> {
        if let Some(why) = self.no_certificates.as_ref().filter(|_| address.is_secure()) {
            let message = format!(
                "no certificates of this machine can be read ({why}): install ca-certificates or set SSL_CERT_FILE"
            );
            return Err(Failure::Final(Reason::Insecure(message)));
        }
        let proxy = self.proxies.of(address).map_err(|variable| {
            Failure::Final(Reason::Insecure(format!(
                "the variable {variable} holds no proxy's address: mend or unset it"
            )))
        })?;
        let mut request = match method {
            Method::Get => self.agent.get(address.bare()),
            Method::Head => self.agent.head(address.bare()),
        };
        let credentials = self.credentials.headers(address).map_err(Failure::Final)?;
        let token = if credentials.is_empty() { self.github.header(&address.bare()) } else { None };
        for (name, value) in credentials.into_iter().chain(token.map(|token| ("authorization".to_owned(), token))) {
            request = request.header(name, value);
        }
        for (name, value) in headers {
            request = request.header(*name, value);
        }
        let request = request.header("accept", accept).config().proxy(proxy).build();
        request.call().map_err(|error| failure(&error))
    }

    fn rewrite(&self, url: &str) -> String {
        let found = self.options.rewrites.iter().find_map(|(from, to)| Some((to, url.strip_prefix(from.as_str())?)));
        found.map_or_else(|| url.to_owned(), |(to, rest)| format!("{to}{rest}"))
    }
}

/// An answer that is good, or why it is not.
fn judged(response: Response<Body>, headers: &[(&'static str, String)]) -> Result<Response<Body>, Failure<Reason>> {
    let status = response.status();
    if status == StatusCode::OK || !headers.is_empty() && matches!(status.as_u16(), 206 | 304 | 416) {
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

/// A body that broke off.
pub(crate) fn again(error: &std::io::Error) -> Failure<Reason> {
    Failure::Again { what: format!("the connection broke off in the middle ({error})"), after: None }
}

fn failure(error: &ureq::Error) -> Failure<Reason> {
    use ureq::Error;
    let again = |what: String| Failure::Again { what, after: None };
    match error {
        Error::BadUri(_) => Failure::Final(Reason::Insecure("this is no address".to_owned())),
        // What it is goes into no message: it may be a credential.
        Error::Http(_) => Failure::Final(Reason::Insecure(
            "the address, or a credential for its host, holds what no HTTP request can".to_owned(),
        )),
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
