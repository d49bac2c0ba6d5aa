// SPDX-License-Identifier: LGPL-2.1-or-later
use crate::error::Result;
use crate::ffi::{self, Copied, Handle};
use crate::sim::Machine;
use crate::text::TextBuf;
use libmhp_sys as sys;
use std::os::unix::io::{AsFd, AsRawFd, BorrowedFd, RawFd};

ffi::object!(mhp_sim_listener: mhp_sim_listener_free; Portable);

/// Listens to a machine's uevents, as a netlink socket does.
pub struct Listener {
    raw: Handle<sys::mhp_sim_listener>,
    fd: RawFd,
}

impl Machine {
    /// Listens from now on. `room`: how many events may wait; 0 for what a socket has.
    ///
    /// # Errors
    /// `EMFILE` and others of eventfd(2).
    pub fn listen(&self, room: usize) -> Result<Listener> {
        let raw: Handle<sys::mhp_sim_listener> =
            ffi::make!(mhp_sim_listener_new(self.raw(), room))?;
        let fd = ffi::out!(mhp_sim_listener_get_fd(raw.raw()) -> i32)?;
        Ok(Listener { raw, fd })
    }
}

impl Listener {
    /// The next event that waits: the kernel's message, with a newline for each NUL.
    ///
    /// # Errors
    /// `ENOBUFS`: some were lost, which is told once.
    pub fn receive(&mut self) -> Result<Option<TextBuf>> {
        let mut text = Copied::new();
        ffi::check!(mhp_sim_listener_receive(self.raw.raw(), &mut text))?;
        Ok(text.take())
    }
}

impl AsRawFd for Listener {
    fn as_raw_fd(&self) -> RawFd {
        self.fd
    }
}

impl AsFd for Listener {
    fn as_fd(&self) -> BorrowedFd<'_> {
        // SAFETY: the descriptor is the listener's, and as long open.
        unsafe { BorrowedFd::borrow_raw(self.fd) }
    }
}

impl std::fmt::Debug for Listener {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Listener").field("fd", &self.fd).finish_non_exhaustive()
    }
}
