// SPDX-License-Identifier: LGPL-2.1-or-later
use crate::apply::ApplyOptions;
use crate::context::Context;
use crate::error::Result;
use crate::ffi::{self, call, Handle, Kept};
use crate::text::Text;
use crate::words::Returned;
use libmhp_sys as sys;
use std::ops::Deref;

ffi::object!(mhp_recovery: mhp_recovery_free; Portable Shared);

/// What was left behind by a user of libmhp that was killed, and what became of it. All that it
/// tells is in [`RecoveryRef`].
pub struct Recovery(Handle<sys::mhp_recovery>);

/// A recovery that is borrowed: as [`Recovery`] or a [report](crate::ReportRef::recovery) has it.
#[repr(transparent)]
pub struct RecoveryRef(sys::mhp_recovery);

// SAFETY: a recovery may be read from any thread.
unsafe impl Send for RecoveryRef {}
// SAFETY: a recovery may be read from any thread.
unsafe impl Sync for RecoveryRef {}

/// A setting that was borrowed, or a driver's remove_id that is to take an id back.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct Setting<'a> {
    /// What became of it.
    pub returned: Returned,
    /// The file, below the root.
    pub path: &'a Text,
    /// What stood there before; "" for an id.
    pub before: &'a Text,
    /// What was written, or the id.
    pub ours: &'a Text,
    /// Why it was not put back: an errno value, positive; else 0.
    pub code: i32,
}

impl Context {
    /// Puts back what was left behind; None if nothing was. Waits for the lock until the
    /// deadline of the options.
    ///
    /// # Errors
    /// `ETIMEDOUT`, `ECANCELED`: the lock was held. `EBADMSG`: the journal is damaged. Others: it
    /// could not be read, or the lock not be made.
    pub fn recover(&self, options: ApplyOptions<'_>) -> Result<Option<Recovery>> {
        let made = self.make_by("mhp_recover", options, |ctx, opts, recovery| {
            call!(mhp_recover(ctx, opts, recovery))
        })?;
        Ok(made.map(Recovery))
    }
}

impl Deref for Recovery {
    type Target = RecoveryRef;

    fn deref(&self) -> &RecoveryRef {
        RecoveryRef::new(self.0.get())
    }
}

impl RecoveryRef {
    pub(crate) fn new(raw: &sys::mhp_recovery) -> &RecoveryRef {
        // SAFETY: it is the same, as repr(transparent) says.
        unsafe { &*(raw as *const sys::mhp_recovery as *const RecoveryRef) }
    }

    /// Who had begun what and did not end it; printable.
    pub fn transaction(&self) -> &Text {
        ffi::text!(mhp_recovery_get_transaction(&self.0)).unwrap_or_default()
    }

    /// Was everything put back that could be?
    pub fn is_complete(&self) -> bool {
        call!(mhp_recovery_is_complete(&self.0))
    }

    /// The settings that were borrowed.
    pub fn settings(
        &self,
    ) -> impl DoubleEndedIterator<Item = Setting<'_>> + ExactSizeIterator + '_ {
        let raw = &self.0;
        ffi::items(call!(mhp_recovery_count_settings(raw)), move |index| {
            let (mut path, mut before, mut ours) = (Kept::by(raw), Kept::by(raw), Kept::by(raw));
            let (mut returned, mut code) = (0, 0);
            ffi::check!(mhp_recovery_get_setting(
                raw,
                index,
                &mut returned,
                &mut path,
                &mut before,
                &mut ours,
                &mut code
            ))
            .ok()?;
            Some(Setting {
                returned: Returned::from_raw(returned),
                path: path.get().unwrap_or_default(),
                before: before.get().unwrap_or_default(),
                ours: ours.get().unwrap_or_default(),
                code: -code,
            })
        })
    }
}

impl std::fmt::Debug for RecoveryRef {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}", self.transaction())
    }
}

impl std::fmt::Debug for Recovery {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        std::fmt::Debug::fmt(&**self, f)
    }
}
