// SPDX-License-Identifier: LGPL-2.1-or-later
use crate::callback::{self, milliseconds, Asked, CancelToken, Progress, ProgressFn};
use crate::context::Context;
use crate::error::Result;
use crate::ffi::{call, Handle, Made, Object, Raw};
use crate::plan::Plan;
use crate::report::Report;
use crate::words::{ApplyFlags, Cancel};
use libmhp_sys as sys;
use std::ops::ControlFlow;
use std::os::raw::{c_int, c_void};
use std::time::Duration;

/// How to apply: by default with a deadline of a minute, and 30 seconds more to put back what
/// was changed.
#[derive(Default)]
pub struct ApplyOptions<'a> {
    progress: Option<ProgressFn<'a>>,
    token: Option<CancelToken>,
    timeout_ms: i64,
    undo_timeout_ms: i64,
    flags: ApplyFlags,
}

impl<'a> ApplyOptions<'a> {
    /// The defaults.
    pub fn new() -> Self {
        Self::default()
    }

    /// Has a function called in this thread: about every 100 ms, and after steps.
    /// [`ControlFlow::Break`] stops, and puts back what was changed; it may be called again
    /// then. It must not use the context. A panic stops likewise, and goes on from the call
    /// that has these options, whose result is lost.
    pub fn progress(mut self, function: impl FnMut(Progress) -> ControlFlow<Cancel> + 'a) -> Self {
        self.progress = Some(Box::new(function));
        self
    }

    /// Stops as soon as that is cancelled.
    pub fn cancel(mut self, token: &CancelToken) -> Self {
        self.token = Some(token.clone());
        self
    }

    /// The deadline for all but putting back; None for none. Less than a millisecond counts as
    /// one.
    pub fn timeout(mut self, timeout: impl Into<Option<Duration>>) -> Self {
        self.timeout_ms = milliseconds(timeout.into());
        self
    }

    /// The deadline for putting back; None for none.
    pub fn undo_timeout(mut self, timeout: impl Into<Option<Duration>>) -> Self {
        self.undo_timeout_ms = milliseconds(timeout.into());
        self
    }

    /// Flags.
    pub fn flags(mut self, flags: ApplyFlags) -> Self {
        self.flags = flags;
        self
    }
}

impl std::fmt::Debug for ApplyOptions<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("ApplyOptions")
            .field("timeout_ms", &self.timeout_ms)
            .field("undo_timeout_ms", &self.undo_timeout_ms)
            .field("flags", &self.flags)
            .finish_non_exhaustive()
    }
}

impl Context {
    /// Calls a function with these options.
    pub(crate) fn make_by<T: Object>(
        &self,
        function: &'static str,
        options: ApplyOptions<'_>,
        call: impl FnOnce(Raw<'_, sys::mhp_ctx>, &sys::mhp_apply_opts, &mut Made<T>) -> c_int,
    ) -> Result<Option<Handle<T>>> {
        let mut asked = Asked {
            function: options.progress,
            token: options.token,
            log: self.log(),
            panic: None,
        };
        self.make(function, |ctx, made| {
            let opts = sys::mhp_apply_opts {
                size: std::mem::size_of::<sys::mhp_apply_opts>(),
                progress: if asked.may_end() { Some(callback::progress) } else { None },
                progress_data: &mut asked as *mut Asked<'_, ProgressFn<'_>> as *mut c_void,
                timeout_ms: options.timeout_ms,
                undo_timeout_ms: options.undo_timeout_ms,
                flags: options.flags.bits(),
            };
            let r = call(ctx, &opts, made);
            (r, asked.panic.take())
        })
    }

    /// Calls a function with these options that makes a report.
    pub(crate) fn report_by(
        &self,
        function: &'static str,
        options: ApplyOptions<'_>,
        call: impl FnOnce(
            Raw<'_, sys::mhp_ctx>,
            &sys::mhp_apply_opts,
            &mut Made<sys::mhp_report>,
        ) -> c_int,
    ) -> Result<Report> {
        let made = self.make_by(function, options, call)?;
        made.map(Report::own).ok_or_else(|| crate::Error::nothing(function))
    }

    /// Carries out a plan. That the machine refused is in the report.
    ///
    /// # Errors
    /// Nothing of the plan was written: the lock or the journal cannot be made or read, and
    /// others.
    pub fn apply(&self, plan: &Plan, options: ApplyOptions<'_>) -> Result<Report> {
        self.report_by("mhp_apply", options, |ctx, opts, report| {
            call!(mhp_apply(ctx, plan.raw(), opts, report))
        })
    }
}
