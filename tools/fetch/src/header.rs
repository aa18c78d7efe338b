//! What a server says of a file in a header.

use ureq::http::Response;
use ureq::Body;

use crate::client::Exchange;
use crate::error::Reason;
use crate::retry::Failure;

/// A header by its name, of the first answer that has it.
pub(crate) struct Header<'a>(pub &'a str);

impl Exchange for Header<'_> {
    type Output = Option<String>;

    fn headers(&mut self) -> Vec<(&'static str, String)> {
        Vec::new()
    }

    fn read(&mut self, response: Response<Body>) -> Result<Self::Output, Failure<Reason>> {
        Ok(response.headers().get(self.0).and_then(|value| value.to_str().ok()).map(str::to_owned))
    }

    fn is_answered_by(&self, redirect: &Response<Body>) -> bool {
        redirect.headers().contains_key(self.0)
    }
}
