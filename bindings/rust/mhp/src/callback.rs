// SPDX-License-Identifier: LGPL-2.1-or-later
//! Deadlines, cancelling, and the functions that C calls meanwhile.
use crate::log::{Log, Panic};
use crate::words::Cancel;
use libmhp_sys as sys;
use std::ops::ControlFlow;
use std::os::raw::{c_int, c_void};
use std::panic::{catch_unwind, AssertUnwindSafe};
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::Arc;
use std::time::Duration;

/// How often a call asks its [`CancelToken`] where nothing else has it asked.
pub(crate) const TICK_MS: u32 = 100;

/// Has calls end that are at work, from any thread: at once, or with the next of their looks
/// at it, some 100 ms later. A signal handler may do so, too: cancelling is one atomic access.
///
/// ```
/// let token = mhp::CancelToken::new();
/// let of_another_thread = token.clone();
/// std::thread::spawn(move || of_another_thread.cancel()).join().unwrap();
/// assert!(token.is_cancelled());
/// ```
#[derive(Clone, Debug, Default)]
pub struct CancelToken(Arc<AtomicU32>);

impl CancelToken {
    /// One that has nothing cancelled.
    pub fn new() -> CancelToken {
        CancelToken::default()
    }

    /// Stop, and put back what was changed.
    pub fn cancel(&self) {
        self.0.fetch_max(Cancel::CANCEL.raw(), Ordering::Relaxed);
    }

    /// Stop putting it back, too.
    pub fn cancel_undo(&self) {
        self.0.fetch_max(Cancel::CANCEL_UNDO.raw(), Ordering::Relaxed);
    }

    /// Was any of these called?
    pub fn is_cancelled(&self) -> bool {
        self.0.load(Ordering::Relaxed) != 0
    }

    fn code(&self) -> c_int {
        self.0.load(Ordering::Relaxed) as c_int
    }
}

/// How far a call is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Progress {
    /// Memory of the steps carried out so far.
    pub done_bytes: u64,
    /// Memory of all steps.
    pub total_bytes: u64,
}

/// Milliseconds as C has them; None: no deadline. 0 would be its default.
pub(crate) fn milliseconds(timeout: Option<Duration>) -> i64 {
    match timeout {
        None => sys::MHP_TIMEOUT_NONE,
        Some(time) => i64::try_from(time.as_millis()).unwrap_or(i64::MAX).max(1),
    }
}

pub(crate) type ProgressFn<'a> = Box<dyn FnMut(Progress) -> ControlFlow<Cancel> + 'a>;
pub(crate) type TickFn<'a> = Box<dyn FnMut() -> ControlFlow<()> + 'a>;

/// What is asked while a call is at work.
pub(crate) struct Asked<'a, F> {
    pub(crate) function: Option<F>,
    pub(crate) token: Option<CancelToken>,
    pub(crate) log: &'a Log,
    pub(crate) panic: Option<Panic>,
}

impl<'a, F> Asked<'a, F> {
    /// Is there somebody to ask, again and again?
    pub(crate) fn is_needed(&self) -> bool {
        self.function.is_some() || self.token.is_some()
    }

    /// May the call have to be ended, be it by a panic of who is told messages?
    pub(crate) fn may_end(&self) -> bool {
        self.is_needed() || self.log.has_user()
    }

    /// What C is to be told: of the token, or of the function, or of a panic before.
    fn ask(&mut self, call: impl FnOnce(&mut F) -> c_int) -> c_int {
        if self.panic.is_some() || self.log.has_panicked() {
            return Cancel::CANCEL.raw() as c_int;
        }
        let code = self.token.as_ref().map_or(0, CancelToken::code);
        let function = match &mut self.function {
            Some(function) if code == 0 => function,
            _ => return code,
        };
        match catch_unwind(AssertUnwindSafe(|| call(function))) {
            Ok(code) => code,
            Err(panic) => {
                self.panic = Some(panic);
                Cancel::CANCEL.raw() as c_int
            }
        }
    }
}

pub(crate) unsafe extern "C" fn progress(data: *mut c_void, done: u64, total: u64) -> c_int {
    // SAFETY: it was given with the address of one that nobody else uses meanwhile.
    let asked = unsafe { &mut *(data as *mut Asked<'_, ProgressFn<'_>>) };
    asked.ask(|function| match function(Progress { done_bytes: done, total_bytes: total }) {
        ControlFlow::Continue(()) => 0,
        ControlFlow::Break(cancel) => cancel.raw() as c_int,
    })
}

pub(crate) unsafe extern "C" fn tick(data: *mut c_void) -> c_int {
    // SAFETY: it was given with the address of one that nobody else uses meanwhile.
    let asked = unsafe { &mut *(data as *mut Asked<'_, TickFn<'_>>) };
    asked.ask(|function| c_int::from(function().is_break()))
}
