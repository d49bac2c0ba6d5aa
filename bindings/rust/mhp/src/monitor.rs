// SPDX-License-Identifier: LGPL-2.1-or-later
use crate::context::Context;
use crate::error::{Error, Result};
use crate::event::Event;
use crate::ffi::{self, call, Handle, Ref};
use crate::snapshot::Snapshot;
use crate::words::{EventSource, MonitorFlags, SnapshotFlags, State, Zone};
use libmhp_sys as sys;
use std::io;
use std::os::raw::{c_int, c_short, c_ulong};
use std::os::unix::io::{AsFd, AsRawFd, BorrowedFd, RawFd};
use std::ptr;
use std::time::Duration;

ffi::object!(mhp_monitor: mhp_monitor_free;);

/// How to follow the machine.
#[derive(Clone, Copy, Debug, Default)]
pub struct MonitorOptions {
    flags: MonitorFlags,
    source: u32,
    buffer_bytes: usize,
    snapshot_flags: SnapshotFlags,
}

impl MonitorOptions {
    /// With these flags, or [`MonitorFlags::NONE`].
    pub fn new(flags: MonitorFlags) -> Self {
        MonitorOptions { flags, ..Self::default() }
    }

    /// Who is to tell.
    pub fn source(mut self, source: EventSource) -> Self {
        self.source = source.raw();
        self
    }

    /// How many bytes events may take that wait; a small message takes 1 KiB.
    pub fn buffer_bytes(mut self, bytes: usize) -> Self {
        self.buffer_bytes = bytes;
        self
    }

    /// What the snapshots are to hold that it takes.
    pub fn snapshots(mut self, flags: SnapshotFlags) -> Self {
        self.snapshot_flags = flags;
        self
    }
}

/// Follows the machine: events, and what they have led to.
///
/// It listens first, then takes a snapshot, so that nothing is missed in between. Its descriptor
/// goes into any main loop; [`Monitor::wait`] is for those who have none. It uses its context,
/// and stays in that one's thread.
///
/// ```no_run
/// use mhp::{Context, Monitor, MonitorOptions};
///
/// let context = Context::new(None)?;
/// let mut monitor = Monitor::new(&context, MonitorOptions::default())?;
/// while monitor.wait(None)? {
///     while let Some(event) = monitor.next_event()? {
///         println!("{}", event.text()?);
///     }
/// }
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub struct Monitor<'c> {
    raw: Handle<sys::mhp_monitor>,
    context: &'c Context,
    fd: RawFd,
}

impl<'c> Monitor<'c> {
    /// Begins to follow the machine.
    ///
    /// # Errors
    /// `EOPNOTSUPP`: there is no such source, or libmhp was built without libudev. Others: those
    /// of [`Context::snapshot`], and of the socket.
    pub fn new(context: &'c Context, options: MonitorOptions) -> Result<Monitor<'c>> {
        let name = "mhp_monitor_new";
        let opts = sys::mhp_monitor_opts {
            size: std::mem::size_of::<sys::mhp_monitor_opts>(),
            flags: options.flags.bits(),
            source: options.source,
            reserved: 0,
            buffer_bytes: options.buffer_bytes,
            snapshot_flags: options.snapshot_flags.bits(),
        };
        let made =
            context.make(name, |ctx, made| (call!(mhp_monitor_new(ctx, &opts, made)), None))?;
        let raw: Handle<sys::mhp_monitor> = made.ok_or_else(|| Error::nothing(name))?;
        let mut fd = -1;
        context.call("mhp_monitor_get_fd", |_| call!(mhp_monitor_get_fd(raw.raw(), &mut fd)))?;
        Ok(Monitor { raw, context, fd })
    }

    /// The context that it uses.
    pub fn context(&self) -> &'c Context {
        self.context
    }

    /// Who tells.
    pub fn source(&self) -> EventSource {
        EventSource::from_raw(call!(mhp_monitor_get_source(self.raw.get())))
    }

    /// Takes the next event; None: none waits now. It never waits.
    ///
    /// # Errors
    /// What [`Context::snapshot`] answers where a fresh one is needed, or the socket: nothing is
    /// forgotten, and the next call tries again. Call it again in a while, for the descriptor
    /// need not be readable.
    pub fn next_event(&mut self) -> Result<Option<Event<'_>>> {
        let mut event = ptr::null();
        self.context.call("mhp_monitor_next", |_| {
            // SAFETY: the monitor is alive, and nobody else uses it: this has it borrowed.
            unsafe { sys::mhp_monitor_next(ffi::Arg::arg(self.raw.raw()), &mut event) }
        })?;
        // SAFETY: it is alive until the next call, for which the monitor has to be borrowed anew.
        Ok(unsafe { Ref::part_of(self.raw.get(), event) }.map(Event))
    }

    /// Looks at what no message tells: the system's policy. What has changed waits as events.
    ///
    /// # Errors
    /// `EBUSY`: called by a function that the context calls.
    pub fn check(&mut self) -> Result<()> {
        self.context.call("mhp_monitor_check", |_| call!(mhp_monitor_check(self.raw.raw())))
    }

    /// Takes a fresh snapshot, as if events had been lost.
    ///
    /// # Errors
    /// What [`Context::snapshot`] answers: all is as before then.
    pub fn refresh(&mut self) -> Result<()> {
        self.context.call("mhp_monitor_refresh", |_| call!(mhp_monitor_refresh(self.raw.raw())))
    }

    /// The snapshot that was taken last. Events are not applied to it.
    pub fn snapshot(&self) -> Snapshot {
        let raw = call!(mhp_monitor_get_snapshot(self.raw.get())) as *const sys::mhp_snapshot;
        // SAFETY: it is alive until the next one is taken, and gets a reference before.
        let snap = unsafe { Ref::part_of(self.raw.get(), raw) };
        Snapshot::own(snap.expect("a monitor has a snapshot").count())
    }

    /// Number of blocks in a state, as events have led to; [`State::UNKNOWN`]: of all.
    pub fn block_count(&self, state: State) -> usize {
        call!(mhp_monitor_count_blocks(self.raw.get(), state.raw()))
    }

    /// State and zone of a block, as events have led to.
    pub fn block(&self, id: u64) -> (State, Zone) {
        let (mut state, mut zone) = (0, 0);
        call!(mhp_monitor_get_block(self.raw.get(), id, &mut state, &mut zone));
        (State::from_raw(state), Zone::from_raw(zone))
    }

    /// Waits until the descriptor is readable, by poll(2), which the standard library does not
    /// have: false if the time is over before, or a signal came. None: without end.
    ///
    /// # Errors
    /// What poll(2) answers.
    pub fn wait(&self, timeout: impl Into<Option<Duration>>) -> Result<bool> {
        wait_readable(self.fd, timeout.into())
            .map_err(|error| Error::new("poll", error.raw_os_error().unwrap_or(0)))
    }
}

impl AsRawFd for Monitor<'_> {
    fn as_raw_fd(&self) -> RawFd {
        self.fd
    }
}

impl AsFd for Monitor<'_> {
    fn as_fd(&self) -> BorrowedFd<'_> {
        // SAFETY: the descriptor is the monitor's, and as long open.
        unsafe { BorrowedFd::borrow_raw(self.fd) }
    }
}

impl std::fmt::Debug for Monitor<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Monitor").field("fd", &self.fd).finish_non_exhaustive()
    }
}

#[repr(C)]
struct PollFd {
    fd: c_int,
    events: c_short,
    revents: c_short,
}

extern "C" {
    fn poll(fds: *mut PollFd, count: c_ulong, timeout_ms: c_int) -> c_int;
}

const POLLIN: c_short = 1;

pub(crate) fn wait_readable(fd: RawFd, timeout: Option<Duration>) -> io::Result<bool> {
    let mut polled = PollFd { fd, events: POLLIN, revents: 0 };
    let timeout_ms = match timeout {
        None => -1,
        // rounded up: a wait for less than a millisecond is no look
        Some(time) => {
            c_int::try_from((time.as_nanos() + 999_999) / 1_000_000).unwrap_or(c_int::MAX)
        }
    };
    // SAFETY: it is one, and lives.
    match unsafe { poll(&mut polled, 1, timeout_ms) } {
        n if n >= 0 => Ok(n > 0),
        _ => match io::Error::last_os_error() {
            error if error.kind() == io::ErrorKind::Interrupted => Ok(false),
            error => Err(error),
        },
    }
}
