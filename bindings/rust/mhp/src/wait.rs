// SPDX-License-Identifier: LGPL-2.1-or-later
use crate::callback::{self, milliseconds, Asked, CancelToken, TickFn};
use crate::context::Context;
use crate::error::{Error, Result};
use crate::ffi::{call, Made, Raw};
use crate::request::Request;
use crate::snapshot::Snapshot;
use crate::text::TextBuf;
use crate::words::{EventSource, SnapshotFlags, WaitFor};
use libmhp_sys as sys;
use std::ops::ControlFlow;
use std::os::raw::{c_int, c_void};
use std::time::Duration;

/// How to wait: by default for a minute.
#[derive(Default)]
pub struct WaitOptions<'a> {
    tick: Option<TickFn<'a>>,
    token: Option<CancelToken>,
    timeout_ms: i64,
    source: u32,
    snapshot_flags: SnapshotFlags,
}

impl<'a> WaitOptions<'a> {
    /// The defaults.
    pub fn new() -> Self {
        Self::default()
    }

    /// Has a function called in this thread: before it waits, after events came, when a signal
    /// was caught, and some ten times a second. [`ControlFlow::Break`] ends it with
    /// `ECANCELED`; so does a panic, which then goes on from the call. It must not use the
    /// context.
    pub fn tick(mut self, function: impl FnMut() -> ControlFlow<()> + 'a) -> Self {
        self.tick = Some(Box::new(function));
        self
    }

    /// Ends as soon as that is cancelled, with `ECANCELED`.
    pub fn cancel(mut self, token: &CancelToken) -> Self {
        self.token = Some(token.clone());
        self
    }

    /// The deadline; None for none. Less than a millisecond counts as one.
    pub fn timeout(mut self, timeout: impl Into<Option<Duration>>) -> Self {
        self.timeout_ms = milliseconds(timeout.into());
        self
    }

    /// Who is to tell.
    pub fn source(mut self, source: EventSource) -> Self {
        self.source = source.raw();
        self
    }

    /// What the snapshot is to hold that comes of it.
    pub fn snapshot(mut self, flags: SnapshotFlags) -> Self {
        self.snapshot_flags = flags;
        self
    }
}

impl std::fmt::Debug for WaitOptions<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("WaitOptions").field("timeout_ms", &self.timeout_ms).finish_non_exhaustive()
    }
}

/// Waiting follows the machine by its events: nothing is polled, and what is so already is not
/// waited for.
///
/// Errors are `ETIMEDOUT`, with what was still missing as the message, `ECANCELED`, and those of
/// [`Monitor::new`](crate::Monitor::new) and [`Context::snapshot`].
impl Context {
    /// Waits for a region. Gives the snapshot where it was found to be so.
    ///
    /// # Errors
    /// See above.
    pub fn wait_region(
        &self,
        region: impl AsRef<[u8]>,
        what: WaitFor,
        options: WaitOptions<'_>,
    ) -> Result<Snapshot> {
        let name = "mhp_wait_region";
        let region = TextBuf::for_call(name, region)?;
        self.wait_by(name, options, |ctx, opts, snap| {
            call!(mhp_wait_region(ctx, &*region, what.raw(), opts, snap))
        })
        .map_err(|error| error.asked_for(region.as_bytes()))
    }

    /// Waits until the machine is as a request wants it, by whomever that is done.
    ///
    /// # Errors
    /// See above.
    pub fn wait_request(&self, request: &Request, options: WaitOptions<'_>) -> Result<Snapshot> {
        let request = request.get()?;
        self.wait_by("mhp_wait_request", options, |ctx, opts, snap| {
            call!(mhp_wait_request(ctx, request, opts, snap))
        })
    }

    fn wait_by(
        &self,
        function: &'static str,
        options: WaitOptions<'_>,
        call: impl FnOnce(
            Raw<'_, sys::mhp_ctx>,
            &sys::mhp_wait_opts,
            &mut Made<sys::mhp_snapshot>,
        ) -> c_int,
    ) -> Result<Snapshot> {
        let mut asked =
            Asked { function: options.tick, token: options.token, log: self.log(), panic: None };
        let made = self.make(function, |ctx, made| {
            let opts = sys::mhp_wait_opts {
                size: std::mem::size_of::<sys::mhp_wait_opts>(),
                timeout_ms: options.timeout_ms,
                source: options.source,
                tick_ms: if asked.is_needed() { callback::TICK_MS } else { 0 },
                tick: if asked.may_end() { Some(callback::tick) } else { None },
                tick_data: &mut asked as *mut Asked<'_, TickFn<'_>> as *mut c_void,
                snapshot_flags: options.snapshot_flags.bits(),
            };
            let r = call(ctx, &opts, made);
            (r, asked.panic.take())
        })?;
        made.map(Snapshot::own).ok_or_else(|| Error::nothing(function))
    }
}
