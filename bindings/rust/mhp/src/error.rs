// SPDX-License-Identifier: LGPL-2.1-or-later
//! What a call answers that could not do what it is for.
use crate::text::{Text, TextBuf};
use std::fmt;
use std::io;
use std::os::raw::c_int;

/// A result of a call.
pub type Result<T> = std::result::Result<T, Error>;

pub(crate) const EINVAL: c_int = 22;
pub(crate) const EBUSY: c_int = 16;
const ENODATA: c_int = 61;

/// A call failed: with an errno value, and with what the library told of it.
///
/// That a machine refuses what it is asked for is no error of a call, but in the
/// [report](crate::Report).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Error {
    code: c_int,
    function: &'static str,
    path: Option<TextBuf>,
    message: Option<TextBuf>,
}

impl Error {
    pub(crate) fn new(function: &'static str, code: c_int) -> Error {
        Error { code, function, path: None, message: None }
    }

    /// The library promised an object and made none.
    pub(crate) fn nothing(function: &'static str) -> Error {
        Error::new(function, ENODATA)
    }

    pub(crate) fn with_message(mut self, message: impl AsRef<[u8]>) -> Error {
        self.message = TextBuf::new(message).ok();
        self
    }

    /// What was asked for, where the library has nothing to say.
    pub(crate) fn asked_for(self, what: impl AsRef<[u8]>) -> Error {
        match self.message {
            Some(_) => self,
            None => self.with_message(what),
        }
    }

    pub(crate) fn with_texts(mut self, path: Option<TextBuf>, message: Option<TextBuf>) -> Error {
        (self.path, self.message) = (path, message);
        self
    }

    /// The errno value, positive as [`io::Error::raw_os_error`] has it. What each function
    /// answers is in its header.
    pub fn code(&self) -> i32 {
        self.code
    }

    /// The function of the library that failed.
    pub fn function(&self) -> &'static str {
        self.function
    }

    /// The file that it is about, below the root, if the library told of one; to be escaped
    /// before it goes to a terminal.
    pub fn path(&self) -> Option<&Text> {
        self.path.as_deref()
    }

    /// The last message of the call, if there was one.
    pub fn message(&self) -> Option<&Text> {
        self.message.as_deref()
    }

    /// What the system says of the errno value: "No such file or directory".
    pub fn reason(&self) -> String {
        let text = io::Error::from_raw_os_error(self.code).to_string();
        let end = text.rfind(" (os error").unwrap_or(text.len());
        text[..end].to_string()
    }

    /// The kind that the standard library has for the errno value.
    pub fn kind(&self) -> io::ErrorKind {
        io::Error::from_raw_os_error(self.code).kind()
    }

    /// Is it said that there is nothing to tell, as of a file that the kernel does not have,
    /// or a snapshot that was taken without it (`ENODATA`)?
    pub fn is_no_data(&self) -> bool {
        self.code == ENODATA
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.function, self.reason())?;
        if let Some(path) = &self.path {
            write!(f, ": {}", path.as_bytes().escape_ascii())?;
        }
        match &self.message {
            Some(message) => write!(f, ": {message}"),
            None => Ok(()),
        }
    }
}

impl std::error::Error for Error {}

impl From<Error> for io::Error {
    fn from(error: Error) -> io::Error {
        io::Error::new(error.kind(), error)
    }
}

pub(crate) fn check(function: &'static str, r: c_int) -> Result<()> {
    if r < 0 {
        Err(Error::new(function, -r))
    } else {
        Ok(())
    }
}
