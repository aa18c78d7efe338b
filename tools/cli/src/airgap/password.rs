//! Where the password of a secret key comes from: never from the command line, which others can see.

use std::io::Read as _;
use std::path::{Path, PathBuf};

use lazytools_airgap::{AirgapError, Result};

/// More than any password.
const MAX_LENGTH: u64 = 4096;

#[derive(clap::Args)]
pub struct Password {
    /// The file with the password of the key: its first line.
    #[arg(long, value_name = "FILE", requires = "sign", conflicts_with = "password_env")]
    password_file: Option<PathBuf>,
    /// The variable with the password of the key.
    #[arg(long, value_name = "VARIABLE", requires = "sign")]
    password_env: Option<String>,
}

impl Password {
    /// The password, from where it was said to be or from the terminal.
    pub fn read(&self, key: &Path) -> Result<String> {
        let fail = |message: String| AirgapError::Key { path: key.to_owned(), message };
        if let Some(file) = &self.password_file {
            let mut text = String::new();
            let open = std::fs::File::open(file).and_then(|from| from.take(MAX_LENGTH).read_to_string(&mut text));
            open.map_err(AirgapError::io("reading", file))?;
            return Ok(text.lines().next().unwrap_or_default().to_owned());
        }
        if let Some(variable) = &self.password_env {
            let read = std::env::var(variable);
            return read.map_err(|_| fail(format!("its password is not in the variable {variable}: set it")));
        }
        rpassword::prompt_password(format!("Password of {}: ", key.display())).map_err(|error| {
            let places = "name it with --password-file or --password-env where there is no terminal";
            fail(format!("it is encrypted, and its password cannot be asked ({error}): {places}"))
        })
    }
}
