// SPDX-License-Identifier: LGPL-2.1-or-later
//! The enumerations of the library. Values that a later library brings are kept as they are.
use crate::error::{Error, Result};
use crate::ffi;
use crate::text::{Text, TextBuf};
use libmhp_sys as sys;
use std::fmt;
use std::os::raw::c_char;

/// An enumeration: a number with a word.
macro_rules! enumerators {
    (
        $(#[$doc:meta])* $name:ident $(, sys::$to_word:ident)?;
        $($(#[$text:meta])* $constant:ident = sys::$raw:ident,)*
    ) => {
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[repr(transparent)]
        pub struct $name(u32);

        impl $name {
            $($(#[$text])* pub const $constant: $name = $name(sys::$raw);)*

            const KNOWN: &'static [($name, &'static str)] =
                &[$(($name::$constant, stringify!($constant))),*];

            /// Of the number that the library has for it, be it known or not.
            pub const fn from_raw(raw: u32) -> $name {
                $name(raw)
            }

            /// The number that the library has for it.
            pub const fn raw(self) -> u32 {
                self.0
            }

            /// Its word; "unknown" of what is not known.
            pub fn word(self) -> &'static str {
                $(
                    if let Some(word) = crate::words::of_library(sys::$to_word, self.0) {
                        return word;
                    }
                )?
                crate::words::of_constant(Self::KNOWN, self)
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.pad(self.word())
            }
        }

        impl std::fmt::Debug for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                if Self::KNOWN.iter().any(|(known, _)| known == self) {
                    f.pad(self.word())
                } else {
                    write!(f, "unknown({})", self.0)
                }
            }
        }
    };
}
pub(crate) use enumerators;

/// Values that are joined by `|`.
macro_rules! flags {
    (
        $(#[$doc:meta])* $name:ident;
        $($(#[$text:meta])* $constant:ident = sys::$raw:ident,)*
    ) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[repr(transparent)]
        pub struct $name(u64);

        impl $name {
            $($(#[$text])* pub const $constant: $name = $name(sys::$raw as u64);)*

            /// None of them.
            pub const NONE: $name = $name(0);

            /// Of the bits that the library has for them, be they known or not.
            pub const fn from_bits(bits: u64) -> $name {
                $name(bits)
            }

            /// The bits that the library has for them.
            pub const fn bits(self) -> u64 {
                self.0
            }

            /// Are all of `other` among them?
            pub const fn contains(self, other: $name) -> bool {
                self.0 & other.0 == other.0
            }
        }

        impl std::ops::BitOr for $name {
            type Output = $name;

            fn bitor(self, other: $name) -> $name {
                $name(self.0 | other.0)
            }
        }

        impl std::ops::BitOrAssign for $name {
            fn bitor_assign(&mut self, other: $name) {
                self.0 |= other.0;
            }
        }

        impl std::fmt::Debug for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                let known = [$(($name::$constant.0, stringify!($constant))),*];
                crate::words::show_flags(f, self.0, &known)
            }
        }
    };
}
pub(crate) use flags;

/// The word of a function such as mhp_state_to_str().
pub(crate) fn of_library(
    to_word: unsafe extern "C" fn(u32) -> *const c_char,
    raw: u32,
) -> Option<&'static str> {
    // SAFETY: these functions take any number.
    let word = unsafe { to_word(raw) };
    if word.is_null() {
        return None;
    }
    // SAFETY: they give constants.
    unsafe { Text::from_ptr(word) }.to_str().ok()
}

pub(crate) fn of_constant<T: PartialEq>(known: &[(T, &'static str)], value: T) -> &'static str {
    known.iter().find(|(one, _)| *one == value).map_or("unknown", |(_, name)| name)
}

pub(crate) fn show_flags(
    f: &mut fmt::Formatter<'_>,
    bits: u64,
    known: &[(u64, &str)],
) -> fmt::Result {
    let mut rest = bits;
    let mut between = "";
    for (bit, name) in known.iter().filter(|(bit, _)| bits & bit != 0) {
        write!(f, "{between}{name}")?;
        between = " | ";
        rest &= !bit;
    }
    match (bits, rest) {
        (0, _) => write!(f, "0"),
        (_, 0) => Ok(()),
        _ => write!(f, "{between}{rest:#x}"),
    }
}

#[rustfmt::skip]
mod mhp;
pub use self::mhp::*;

impl OnlineType {
    /// Of the kernel's word, exactly as it has it.
    ///
    /// # Errors
    /// `EINVAL`: it is none.
    pub fn from_word(word: impl AsRef<[u8]>) -> Result<OnlineType> {
        let word = TextBuf::for_call("mhp_online_type_from_str", word)?;
        ffi::out!(mhp_online_type_from_str(&*word) -> u32).map(OnlineType::from_raw)
    }
}

impl RegionKind {
    /// Of the word that [`RegionKind::word`] has.
    ///
    /// # Errors
    /// `EINVAL`: it is none, or "unknown".
    pub fn from_word(word: impl AsRef<[u8]>) -> Result<RegionKind> {
        let word = TextBuf::for_call("mhp_region_kind_from_str", word)?;
        ffi::out!(mhp_region_kind_from_str(&*word) -> u32).map(RegionKind::from_raw)
    }
}

impl std::str::FromStr for OnlineType {
    type Err = Error;

    fn from_str(word: &str) -> Result<OnlineType> {
        OnlineType::from_word(word)
    }
}

impl std::str::FromStr for RegionKind {
    type Err = Error;

    fn from_str(word: &str) -> Result<RegionKind> {
        RegionKind::from_word(word)
    }
}

#[cfg(feature = "policy")]
#[rustfmt::skip]
pub(crate) mod policy;

#[cfg(feature = "sim")]
#[rustfmt::skip]
pub(crate) mod sim;
