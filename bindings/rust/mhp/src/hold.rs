// SPDX-License-Identifier: LGPL-2.1-or-later
use crate::context::Context;
use crate::error::{Error, Result};
use crate::ffi::{self, call, Copied, Handle};
use crate::text::TextBuf;
use libmhp_sys as sys;

ffi::object!(mhp_hold: mhp_hold_free; Portable Shared);

/// One of a kind per machine, until it is dropped. It keeps what it needs of its context, and
/// may be dropped in any thread.
#[must_use = "it ends as soon as it is dropped"]
pub struct Hold(#[allow(dead_code)] Handle<sys::mhp_hold>);

impl Context {
    /// Becomes the only one of a name, such as "agent", if nobody is yet. `what` is what others
    /// get to see.
    ///
    /// # Errors
    /// `EAGAIN`: somebody has it; the message tells who, if that is known. `EINVAL`: no such
    /// name can be. Others: the file cannot be made.
    pub fn hold(&self, name: impl AsRef<[u8]>, what: impl AsRef<[u8]>) -> Result<Hold> {
        let function = "mhp_hold_take";
        let name = TextBuf::for_call(function, name)?;
        let what = TextBuf::for_call(function, what)?;
        let mut holder = Copied::new();
        let made = self.make(function, |ctx, made| {
            (call!(mhp_hold_take(ctx, &*name, &*what, made, &mut holder)), None)
        });
        let made = made.map_err(|error| match holder.take() {
            Some(holder) => error.with_message(holder),
            None => error,
        })?;
        made.map(Hold).ok_or_else(|| Error::nothing(function))
    }
}

impl std::fmt::Debug for Hold {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Hold").finish_non_exhaustive()
    }
}
