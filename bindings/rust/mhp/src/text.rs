// SPDX-License-Identifier: LGPL-2.1-or-later
//! Texts of the library: bytes without NUL, mostly, but not necessarily, UTF-8.
use crate::error::{Error, Result};
use std::borrow::{Borrow, Cow};
use std::ffi::{CStr, CString, OsStr};
use std::fmt;
use std::ops::Deref;
use std::os::raw::c_char;
use std::os::unix::ffi::OsStrExt;
use std::path::Path;

/// A text that is borrowed, as [`OsStr`] is: any bytes but NUL.
///
/// It is shown with U+FFFD for what is no UTF-8; nothing is lost with [`Text::as_bytes`].
/// Escape what is said to need it before it goes to a terminal: `{:?}` does.
#[derive(PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(transparent)]
pub struct Text(CStr);

impl Text {
    /// Of a text that is alive as long as `'a`.
    pub(crate) unsafe fn from_ptr<'a>(raw: *const c_char) -> &'a Text {
        // SAFETY: the caller promises that it is alive, and ends with NUL.
        Text::new(unsafe { CStr::from_ptr(raw) })
    }

    /// A text of a C string.
    pub fn new(text: &CStr) -> &Text {
        // SAFETY: Text is a CStr, as repr(transparent) says.
        unsafe { &*(text as *const CStr as *const Text) }
    }

    /// As C has it.
    pub fn as_c_str(&self) -> &CStr {
        &self.0
    }

    /// The bytes.
    pub fn as_bytes(&self) -> &[u8] {
        self.0.to_bytes()
    }

    /// As UTF-8, if it is.
    pub fn to_str(&self) -> std::result::Result<&str, std::str::Utf8Error> {
        self.0.to_str()
    }

    /// As UTF-8, with U+FFFD for what is not.
    pub fn to_string_lossy(&self) -> Cow<'_, str> {
        self.0.to_string_lossy()
    }
}

impl fmt::Display for Text {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.to_string_lossy())
    }
}

impl fmt::Debug for Text {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl PartialEq<str> for Text {
    fn eq(&self, other: &str) -> bool {
        self.as_bytes() == other.as_bytes()
    }
}

impl PartialEq<&str> for Text {
    fn eq(&self, other: &&str) -> bool {
        self == *other
    }
}

impl PartialEq<str> for &Text {
    fn eq(&self, other: &str) -> bool {
        **self == *other
    }
}

impl AsRef<[u8]> for Text {
    fn as_ref(&self) -> &[u8] {
        self.as_bytes()
    }
}

impl AsRef<OsStr> for Text {
    fn as_ref(&self) -> &OsStr {
        OsStr::from_bytes(self.as_bytes())
    }
}

impl AsRef<Path> for Text {
    fn as_ref(&self) -> &Path {
        Path::new(OsStr::from_bytes(self.as_bytes()))
    }
}

impl ToOwned for Text {
    type Owned = TextBuf;

    fn to_owned(&self) -> TextBuf {
        TextBuf(self.0.to_owned())
    }
}

/// A text of one's own.
#[derive(Clone, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TextBuf(CString);

impl TextBuf {
    /// A text of these bytes: `EINVAL` if a NUL is among them, with `function` as the one that
    /// would have been called.
    pub(crate) fn for_call(function: &'static str, bytes: impl AsRef<[u8]>) -> Result<TextBuf> {
        TextBuf::new(bytes)
            .map_err(|error| Error::new(function, error.code()).with_message("NUL in a text"))
    }

    /// A text of these bytes.
    ///
    /// # Errors
    /// `EINVAL`: a NUL is among them.
    pub fn new(bytes: impl AsRef<[u8]>) -> Result<TextBuf> {
        CString::new(bytes.as_ref())
            .map(TextBuf)
            .map_err(|_| Error::new("CString::new", crate::error::EINVAL))
    }
}

impl Deref for TextBuf {
    type Target = Text;

    fn deref(&self) -> &Text {
        Text::new(&self.0)
    }
}

impl Borrow<Text> for TextBuf {
    fn borrow(&self) -> &Text {
        self
    }
}

impl AsRef<[u8]> for TextBuf {
    fn as_ref(&self) -> &[u8] {
        self.as_bytes()
    }
}

impl From<&Text> for TextBuf {
    fn from(text: &Text) -> TextBuf {
        text.to_owned()
    }
}

impl PartialEq<str> for TextBuf {
    fn eq(&self, other: &str) -> bool {
        **self == *other
    }
}

impl PartialEq<&str> for TextBuf {
    fn eq(&self, other: &&str) -> bool {
        **self == **other
    }
}

impl fmt::Display for TextBuf {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&**self, f)
    }
}

impl fmt::Debug for TextBuf {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&**self, f)
    }
}

impl Default for &Text {
    fn default() -> Self {
        Text::new(<&CStr>::default())
    }
}
