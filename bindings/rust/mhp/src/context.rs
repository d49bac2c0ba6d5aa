// SPDX-License-Identifier: LGPL-2.1-or-later
use crate::error::Result;
use crate::ffi::{self, call, Copied, Handle, Made, Object, Raw};
use crate::log::{tell, Log, Message, Panic};
use crate::text::{Text, TextBuf};
use crate::words::CaptureFlags;
use libmhp_sys as sys;
use std::os::raw::c_int;
use std::os::unix::ffi::OsStrExt;
use std::path::Path;

ffi::object!(mhp_ctx: mhp_ctx_unref; Portable);

/// Where the library looks: this machine, a directory that stands for "/", or a
/// [simulated machine](crate::sim::Machine).
///
/// It serves one thread at a time: it may be sent to another one, and not be shared. What is
/// made with it that goes on using it, a [`Monitor`](crate::Monitor), borrows it. Threads that
/// change memory have one each. Functions that it calls, such as that of
/// [`ApplyOptions::progress`](crate::ApplyOptions::progress), must not use it: the answer would
/// be `EBUSY`.
pub struct Context {
    raw: Handle<sys::mhp_ctx>,
    log: Box<Log>,
}

impl Context {
    /// Makes a context: of this machine, or of `root`, below which are `sys` and `proc`.
    ///
    /// # Errors
    /// What opening the root answered.
    pub fn new(root: Option<&Path>) -> Result<Context> {
        let name = "mhp_ctx_new";
        let root = match root {
            Some(root) => Some(TextBuf::for_call(name, root.as_os_str().as_bytes())?),
            None => None,
        };
        ffi::make!(mhp_ctx_new(root.as_deref())).map(Context::own).map_err(|error| {
            error.with_texts(root, None) // nobody else tells which
        })
    }

    pub(crate) fn own(raw: Handle<sys::mhp_ctx>) -> Context {
        let log = Box::<Log>::default();
        // SAFETY: the log has its address until the context is dropped, which unsets it.
        unsafe { sys::mhp_ctx_set_log_fn(ffi::Arg::arg(raw.raw()), Some(tell), log.data()) };
        Context { raw, log }
    }

    /// Sets the name that others get to see of who has the lock, or a hold; None: the
    /// process's, as at first.
    ///
    /// # Errors
    /// `EINVAL`: no such name can be. `EBUSY`: called by a function that this context calls.
    pub fn set_program(&self, name: Option<&str>) -> Result<()> {
        let function = "mhp_ctx_set_program";
        let name = name.map(|name| TextBuf::for_call(function, name)).transpose()?;
        self.call(function, |ctx| call!(mhp_ctx_set_program(ctx, name.as_deref())))
    }

    /// Has all that the library tells passed on, as it is told. The last message of a call is
    /// in its [error](crate::Error::message) anyway.
    ///
    /// # Errors
    /// `EBUSY`: called by a function that this context calls.
    pub fn on_message(&self, function: impl FnMut(Message<'_>) + Send + 'static) -> Result<()> {
        self.log.set(Some(Box::new(function)))
    }

    /// Passes on no message any more.
    ///
    /// # Errors
    /// As [`Context::on_message`].
    pub fn no_messages(&self) -> Result<()> {
        self.log.set(None)
    }

    /// Takes a [capture](crate::sim::Machine::from_text) of the machine: all that the library
    /// reads, as text.
    ///
    /// # Errors
    /// `ENODEV`: there is nothing to take.
    pub fn capture(&self, flags: CaptureFlags) -> Result<TextBuf> {
        let size = std::mem::size_of::<sys::mhp_capture_opts>();
        let opts = sys::mhp_capture_opts { size, flags: flags.bits() };
        let mut text = Copied::new();
        self.call("mhp_ctx_copy_capture", |ctx| {
            call!(mhp_ctx_copy_capture(ctx, &opts, &mut text))
        })?;
        Ok(text.take().unwrap_or_default())
    }

    pub(crate) fn log(&self) -> &Log {
        &self.log
    }

    /// Calls a function with the context.
    pub(crate) fn call(
        &self,
        function: &'static str,
        call: impl FnOnce(Raw<'_, sys::mhp_ctx>) -> c_int,
    ) -> Result<()> {
        self.log.call(function, || (call(self.raw.raw()), None))
    }

    /// Calls a function that makes something, if it is needed, and asks somebody meanwhile.
    pub(crate) fn make<T: Object>(
        &self,
        function: &'static str,
        call: impl FnOnce(Raw<'_, sys::mhp_ctx>, &mut Made<T>) -> (c_int, Option<Panic>),
    ) -> Result<Option<Handle<T>>> {
        let mut made = Made::new();
        self.log.call(function, || call(self.raw.raw(), &mut made))?;
        Ok(made.take())
    }
}

impl Drop for Context {
    fn drop(&mut self) {
        // SAFETY: what is left of it, for a hold, tells nothing any more.
        unsafe {
            sys::mhp_ctx_set_log_fn(ffi::Arg::arg(self.raw.raw()), None, std::ptr::null_mut())
        };
    }
}

impl std::fmt::Debug for Context {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Context").finish_non_exhaustive()
    }
}

/// Version of the library that is at work, such as "1.0.0".
pub fn version() -> &'static Text {
    // SAFETY: it is a constant.
    unsafe { Text::from_ptr(sys::mhp_get_version()) }
}

/// Was the library built with this?
pub fn has(feature: crate::words::Feature) -> bool {
    call!(mhp_has(feature.raw()))
}
