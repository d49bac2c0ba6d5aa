// SPDX-License-Identifier: LGPL-2.1-or-later
//! What the library tells while it is called: kept for the error of the call, and passed on.
use crate::error::{Error, Result, EBUSY};
use crate::text::{Text, TextBuf};
use std::any::Any;
use std::cell::{Cell, RefCell};
use std::os::raw::{c_char, c_int, c_void};
use std::panic::{catch_unwind, resume_unwind, AssertUnwindSafe};

/// What the library tells of a failure, or of something that is not as it should be.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct Message<'a> {
    /// An errno value, positive; 0 if there is none for it.
    pub code: i32,
    /// The file it is about, below the root; to be escaped before it goes to a terminal.
    pub path: Option<&'a Text>,
    /// One line of English without a newline, printable.
    pub text: &'a Text,
}

pub(crate) type LogFn = Box<dyn FnMut(Message<'_>) + Send>;
pub(crate) type Panic = Box<dyn Any + Send>;

/// What a context tells, for as long as it lives, at an address that does not change.
#[derive(Default)]
pub(crate) struct Log {
    is_busy: Cell<bool>,
    last: RefCell<Option<(Option<TextBuf>, TextBuf)>>,
    user: RefCell<Option<LogFn>>,
    panic: RefCell<Option<Panic>>,
}

impl Log {
    /// For C, to be handed to [`tell`].
    pub(crate) fn data(&self) -> *mut c_void {
        self as *const Log as *mut c_void
    }

    pub(crate) fn set(&self, user: Option<LogFn>) -> Result<()> {
        self.refuse_if_busy("mhp_ctx_set_log_fn")?;
        // the old one is dropped while nothing is borrowed: that may have the context tell something
        drop(self.user.replace(user));
        Ok(())
    }

    pub(crate) fn has_user(&self) -> bool {
        self.user.borrow().is_some()
    }

    pub(crate) fn has_panicked(&self) -> bool {
        self.panic.borrow().is_some()
    }

    fn refuse_if_busy(&self, function: &'static str) -> Result<()> {
        if self.is_busy.get() {
            let text = "the context is at work: it must not be used by its own callbacks";
            return Err(Error::new(function, EBUSY).with_message(text));
        }
        Ok(())
    }

    /// Calls a function of the library that may tell something. A panic of what it called goes
    /// on from here, where nothing of C is left on the stack; what the function made is freed
    /// by whom it belongs to.
    pub(crate) fn call(
        &self,
        function: &'static str,
        call: impl FnOnce() -> (c_int, Option<Panic>),
    ) -> Result<()> {
        self.refuse_if_busy(function)?;
        self.is_busy.set(true);
        self.last.replace(None);
        let (r, panic) = call();
        self.is_busy.set(false);
        let own = self.panic.borrow_mut().take();
        if let Some(panic) = own.or(panic) {
            resume_unwind(panic);
        }
        let (path, text) = match self.last.take() {
            Some((path, text)) => (path, Some(text)),
            None => (None, None),
        };
        crate::error::check(function, r).map_err(|error| error.with_texts(path, text))
    }
}

/// The log function that C calls, with the address of a [`Log`].
pub(crate) unsafe extern "C" fn tell(
    data: *mut c_void,
    code: c_int,
    path: *const c_char,
    message: *const c_char,
) {
    // SAFETY: it was given with the address of a Log, which lives as long as it is set.
    let log = unsafe { &*(data as *const Log) };
    // SAFETY: it is alive while this function is called.
    let path = (!path.is_null()).then(|| unsafe { Text::from_ptr(path) });
    // SAFETY: likewise, and never NULL.
    let text = unsafe { Text::from_ptr(message) };
    log.last.replace(Some((path.map(ToOwned::to_owned), text.to_owned())));
    if log.has_panicked() {
        return;
    }
    if let Some(user) = log.user.borrow_mut().as_mut() {
        let message = Message { code: -code, path, text };
        if let Err(panic) = catch_unwind(AssertUnwindSafe(|| user(message))) {
            log.panic.replace(Some(panic));
        }
    }
}
