// SPDX-License-Identifier: LGPL-2.1-or-later
//! Declarations of libmhp, as its headers have them, and of libmhp-policy and libmhp-sim
//! with the features of these names. To write programs, take the crate `mhp`.
//!
//! A structure whose name ends in `_opts` is filled with zeros, then `size` is set.
#![allow(non_camel_case_types)]
#![deny(missing_docs)]

/// An object that only the library looks into.
macro_rules! opaque {
    ($name:ident) => {
        /// An object of the library, of which there are only pointers.
        #[repr(C)]
        pub struct $name {
            _private: [u8; 0],
            _marker: core::marker::PhantomData<(*mut u8, core::marker::PhantomPinned)>,
        }
    };
}

#[rustfmt::skip]
mod mhp;
pub use mhp::*;

#[cfg(feature = "policy")]
#[rustfmt::skip]
mod policy;
#[cfg(feature = "policy")]
pub use policy::*;

#[cfg(feature = "sim")]
#[rustfmt::skip]
mod sim;
#[cfg(feature = "sim")]
pub use sim::*;
