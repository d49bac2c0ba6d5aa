// SPDX-License-Identifier: LGPL-2.1-or-later
use crate::context::Context;
use crate::error::{Error, Result};
use crate::ffi::{self, call, Bytes, Handle, Made};
use crate::log::{tell, Log};
use crate::text::{Text, TextBuf};
use crate::words::sim::{Accesses, MachineFlags};
use libmhp_sys as sys;
use std::os::raw::c_int;
use std::os::unix::ffi::OsStrExt;
use std::path::Path;

ffi::object!(mhp_sim: mhp_sim_unref, mhp_sim_ref; Portable Shared);

/// Any block, for [`Machine::fail_block`].
pub const ANY_BLOCK: u64 = sys::MHP_SIM_ANY_BLOCK;

/// A simulated machine: it acts as the kernel does, and misbehaves upon request. Several
/// threads may use it at once. It is cheap to clone: all clones are the same machine.
///
/// Where an errno value is asked for, it is positive. Times: 0 for always, until
/// [`Machine::clear_failures`]. Paths are such as
/// "/sys/devices/system/memory/memory32/state". Unless another error is named, `EINVAL` says
/// that an argument makes no sense.
#[derive(Clone)]
pub struct Machine(Handle<sys::mhp_sim>);

/// Calls a function that makes a machine, and has its error say why it did not.
pub(super) fn make(
    function: &'static str,
    flags: MachineFlags,
    call: impl FnOnce(&sys::mhp_sim_opts, &mut Made<sys::mhp_sim>) -> c_int,
) -> Result<Machine> {
    let log = Log::default();
    let opts = sys::mhp_sim_opts {
        size: std::mem::size_of::<sys::mhp_sim_opts>(),
        flags: flags.bits(),
        log_fn: Some(tell),
        log_data: log.data(),
    };
    let mut made = Made::new();
    log.call(function, || (call(&opts, &mut made), None))?;
    made.take().map(Machine).ok_or_else(|| Error::nothing(function))
}

/// A negative errno value of a positive one.
fn negative(code: i32) -> c_int {
    code.wrapping_neg()
}

fn text(function: &'static str, bytes: impl AsRef<[u8]>) -> Result<TextBuf> {
    TextBuf::for_call(function, bytes)
}

fn maybe(function: &'static str, bytes: Option<&str>) -> Result<Option<TextBuf>> {
    bytes.map(|bytes| text(function, bytes)).transpose()
}

impl Machine {
    /// Makes a machine from a capture file of this program's own file system.
    ///
    /// # Errors
    /// `EBADMSG`: it is no capture, or tells of a machine that cannot be; the message says why.
    /// Others: it could not be read.
    pub fn from_capture(path: impl AsRef<Path>) -> Result<Machine> {
        Machine::from_capture_with(path, MachineFlags::NONE)
    }

    /// Makes a machine from a capture file, with flags.
    ///
    /// # Errors
    /// As [`Machine::from_capture`].
    pub fn from_capture_with(path: impl AsRef<Path>, flags: MachineFlags) -> Result<Machine> {
        let name = "mhp_sim_new_from_capture";
        let path = text(name, path.as_ref().as_os_str().as_bytes())?;
        make(name, flags, |opts, made| call!(mhp_sim_new_from_capture(&*path, opts, made)))
            .map_err(|error| if error.path().is_some() { error } else { error.about(&path) })
    }

    /// Makes a machine from a capture in memory.
    ///
    /// # Errors
    /// As [`Machine::from_capture`].
    pub fn from_text(capture: impl AsRef<[u8]>) -> Result<Machine> {
        Machine::from_text_with(capture, MachineFlags::NONE)
    }

    /// Makes a machine from a capture in memory, with flags.
    ///
    /// # Errors
    /// As [`Machine::from_capture`].
    pub fn from_text_with(capture: impl AsRef<[u8]>, flags: MachineFlags) -> Result<Machine> {
        let capture = capture.as_ref();
        make("mhp_sim_new_from_text", flags, |opts, made| {
            call!(mhp_sim_new_from_text(Bytes(capture), capture.len(), opts, made))
        })
    }

    pub(super) fn raw(&self) -> ffi::Raw<'_, sys::mhp_sim> {
        self.0.raw()
    }

    /// Makes a context on the machine.
    ///
    /// # Errors
    /// `ENOMEM`.
    pub fn context(&self) -> Result<Context> {
        ffi::make!(mhp_sim_new_ctx(self.raw())).map(Context::own)
    }

    /// The machine as it is now as a capture.
    ///
    /// # Errors
    /// `ENOMEM`.
    pub fn capture(&self) -> Result<TextBuf> {
        ffi::out_copy!(mhp_sim_copy_capture(self.raw()))
    }

    /// Reads a file, as another program would.
    ///
    /// # Errors
    /// What the kernel would answer.
    pub fn read(&self, path: impl AsRef<[u8]>) -> Result<TextBuf> {
        let path = text("mhp_sim_read", path)?;
        ffi::out_copy!(mhp_sim_read(self.raw(), &*path)).map_err(|error| error.about(&path))
    }

    /// Writes a file, as another program would.
    ///
    /// # Errors
    /// What the kernel would answer.
    pub fn write(&self, path: impl AsRef<[u8]>, word: impl AsRef<[u8]>) -> Result<()> {
        let path = text("mhp_sim_write", path)?;
        let word = text("mhp_sim_write", word)?;
        ffi::check!(mhp_sim_write(self.raw(), &*path, &*word)).map_err(|error| error.about(&path))
    }

    /// Has reads of a file fail.
    ///
    /// # Errors
    /// See [`Machine`].
    pub fn fail_read(&self, path: impl AsRef<[u8]>, code: i32, times: u32) -> Result<()> {
        let path = text("mhp_sim_fail_read", path)?;
        ffi::check!(mhp_sim_fail_read(self.raw(), &*path, negative(code), times))
    }

    /// Has writes to a file fail: of this word, or of any.
    ///
    /// # Errors
    /// See [`Machine`].
    pub fn fail_write(
        &self,
        path: impl AsRef<[u8]>,
        word: Option<&str>,
        code: i32,
        times: u32,
    ) -> Result<()> {
        let path = text("mhp_sim_fail_write", path)?;
        let word = maybe("mhp_sim_fail_write", word)?;
        let code = negative(code);
        ffi::check!(mhp_sim_fail_write(self.raw(), &*path, word.as_deref(), code, times))
    }

    /// Has a block, or [`ANY_BLOCK`], refuse to go "offline", to come "online" with any type, or
    /// the "add" of the range that it is in.
    ///
    /// # Errors
    /// See [`Machine`].
    pub fn fail_block(&self, id: u64, word: impl AsRef<[u8]>, code: i32, times: u32) -> Result<()> {
        let word = text("mhp_sim_fail_block", word)?;
        let r = ffi::check!(mhp_sim_fail_block(self.raw(), id, &*word, negative(code), times));
        r.map_err(|error| error.asked_for(format!("block {id}, {:?}, {code}", word.to_string())))
    }

    /// Has another program write just before the next write to a file, once.
    ///
    /// # Errors
    /// See [`Machine`].
    pub fn race(
        &self,
        path: impl AsRef<[u8]>,
        act_path: impl AsRef<[u8]>,
        act_word: impl AsRef<[u8]>,
    ) -> Result<()> {
        let name = "mhp_sim_race";
        let path = text(name, path)?;
        let (act_path, act_word) = (text(name, act_path)?, text(name, act_word)?);
        ffi::check!(mhp_sim_race(self.raw(), &*path, &*act_path, &*act_word))
    }

    /// Has the `n`th access from now on fail, of one file or of any.
    ///
    /// # Errors
    /// See [`Machine`].
    pub fn fail_at(&self, what: Accesses, path: Option<&str>, n: usize, code: i32) -> Result<()> {
        let path = maybe("mhp_sim_fail_at", path)?;
        let code = negative(code);
        ffi::check!(mhp_sim_fail_at(self.raw(), what.bits(), path.as_deref(), n, code))
    }

    /// Takes back what is left of all failures.
    pub fn clear_failures(&self) {
        call!(mhp_sim_clear_failures(self.raw()));
    }

    /// Has another program write just before the `n`th access from now on.
    ///
    /// # Errors
    /// See [`Machine`].
    pub fn race_at(
        &self,
        what: Accesses,
        path: Option<&str>,
        n: usize,
        act_path: impl AsRef<[u8]>,
        act_word: impl AsRef<[u8]>,
    ) -> Result<()> {
        let name = "mhp_sim_race_at";
        let (path, what) = (maybe(name, path)?, what.bits());
        let (act_path, act_word) = (text(name, act_path)?, text(name, act_word)?);
        ffi::check!(mhp_sim_race_at(self.raw(), what, path.as_deref(), n, &*act_path, &*act_word))
    }

    /// Number of accesses that came through contexts.
    pub fn count(&self, what: Accesses) -> usize {
        call!(mhp_sim_count(self.0.get(), what.bits()))
    }

    /// Number of writes that came through contexts.
    pub fn write_count(&self) -> usize {
        call!(mhp_sim_count_writes(self.0.get()))
    }

    /// Number of reads that came through contexts.
    pub fn read_count(&self) -> usize {
        call!(mhp_sim_count_reads(self.0.get()))
    }

    /// Has /sys ([`Accesses::WRITE`]) or /run ([`Accesses::RUN`]) be mounted read-only.
    ///
    /// # Errors
    /// See [`Machine`].
    pub fn set_read_only(&self, what: Accesses) -> Result<()> {
        ffi::check!(mhp_sim_set_read_only(self.raw(), what.bits()))
    }

    /// Has contexts be in a container, or no more.
    pub fn set_contained(&self, contained: bool) {
        call!(mhp_sim_set_contained(self.raw(), contained));
    }

    /// Has contexts be root's, or a plain user's.
    ///
    /// # Errors
    /// None yet.
    pub fn set_privileged(&self, privileged: bool) -> Result<()> {
        ffi::check!(mhp_sim_set_privileged(self.raw(), privileged))
    }

    /// Kills the users of contexts after `n` more accesses that change something.
    pub fn kill_after(&self, n: usize) {
        call!(mhp_sim_kill_after(self.raw(), n));
    }

    /// Has a block not go offline: who tries, tries for ever.
    ///
    /// # Errors
    /// `ENOMEM`.
    pub fn hang_block(&self, id: u64, times: u32) -> Result<()> {
        ffi::check!(mhp_sim_hang_block(self.raw(), id, times))
    }

    /// Undoes [`Machine::hang_block`].
    pub fn release_block(&self, id: u64) {
        call!(mhp_sim_release_block(self.raw(), id));
    }

    /// Has another program keep the kernel's hotplug lock.
    ///
    /// # Errors
    /// `EBUSY`: somebody has it.
    pub fn hold_hotplug(&self) -> Result<()> {
        ffi::check!(mhp_sim_hold_hotplug(self.raw()))
    }

    /// Undoes [`Machine::hold_hotplug`].
    pub fn release_hotplug(&self) {
        call!(mhp_sim_release_hotplug(self.raw()));
    }

    /// Waits until so many writes hang or wait for the hotplug lock.
    pub fn await_stuck(&self, n: usize) {
        call!(mhp_sim_await_stuck(self.raw(), n));
    }

    /// Has a udev rule that no file shows bring memory online, or none any more.
    ///
    /// # Errors
    /// See [`Machine`].
    pub fn set_udev_rule(&self, word: Option<&str>) -> Result<()> {
        let word = maybe("mhp_sim_set_udev_rule", word)?;
        ffi::check!(mhp_sim_set_udev_rule(self.raw(), word.as_deref()))
    }

    /// Has a block vanish just before the next write to a file, or now.
    ///
    /// # Errors
    /// See [`Machine`]; now: `ENOENT`: there is no such block, `EBUSY`.
    pub fn race_remove(&self, path: Option<&str>, id: u64) -> Result<()> {
        let path = maybe("mhp_sim_race_remove", path)?;
        ffi::check!(mhp_sim_race_remove(self.raw(), path.as_deref(), id))
    }

    /// Has a block be put to a use that it cannot be taken from, once it comes online so.
    ///
    /// # Errors
    /// See [`Machine`].
    pub fn pin_block(&self, id: u64, word: impl AsRef<[u8]>) -> Result<()> {
        let word = text("mhp_sim_pin_block", word)?;
        ffi::check!(mhp_sim_pin_block(self.raw(), id, &*word))
    }

    /// Has a page of a block be broken.
    ///
    /// # Errors
    /// `ENOENT`: there is no such block.
    pub fn poison_block(&self, id: u64) -> Result<()> {
        ffi::check!(mhp_sim_poison_block(self.raw(), id))
    }

    /// Says what loading a module answers: 0 that it loads, or an errno value.
    ///
    /// # Errors
    /// See [`Machine`].
    pub fn set_module(&self, name: impl AsRef<[u8]>, code: i32) -> Result<()> {
        let name = text("mhp_sim_set_module", name)?;
        ffi::check!(mhp_sim_set_module(self.raw(), &*name, negative(code)))
    }

    /// Unloads a module.
    ///
    /// # Errors
    /// `ENOENT`: it is not loaded. `EBUSY`: somebody has the hotplug lock.
    pub fn unload_module(&self, name: impl AsRef<[u8]>) -> Result<()> {
        let name = text("mhp_sim_unload_module", name)?;
        ffi::check!(mhp_sim_unload_module(self.raw(), &*name))
    }

    /// As the host, puts a DIMM into a slot.
    ///
    /// # Errors
    /// See [`Machine`]; `EBUSY`: there is one. `EEXIST`: addresses are in use.
    pub fn plug_dimm(&self, slot: u32, node: i32, start: u64, size_bytes: u64) -> Result<()> {
        ffi::check!(mhp_sim_plug_dimm(self.raw(), slot, node, start, size_bytes))
    }

    /// As the host, asks for a DIMM back.
    ///
    /// # Errors
    /// `ENODEV`: there is none.
    pub fn request_unplug_dimm(&self, slot: u32) -> Result<()> {
        ffi::check!(mhp_sim_request_unplug_dimm(self.raw(), slot))
    }

    /// As the host, has a virtio-mem device be larger or smaller.
    ///
    /// # Errors
    /// See [`Machine`]; `ENODEV`: there is no such device. `EOPNOTSUPP`: what it would do is not
    /// known.
    pub fn resize_virtio_mem(&self, device: impl AsRef<[u8]>, size_bytes: u64) -> Result<()> {
        let device = text("mhp_sim_resize_virtio_mem", device)?;
        ffi::check!(mhp_sim_resize_virtio_mem(self.raw(), &*device, size_bytes))
    }

    /// Says where a virtio-mem device's memory comes, and how much the host gives at a time.
    ///
    /// # Errors
    /// As [`Machine::resize_virtio_mem`].
    pub fn set_virtio_mem(
        &self,
        device: impl AsRef<[u8]>,
        node: i32,
        block_size: u64,
    ) -> Result<()> {
        let device = text("mhp_sim_set_virtio_mem", device)?;
        ffi::check!(mhp_sim_set_virtio_mem(self.raw(), &*device, node, block_size))
    }

    /// Has the next `n` events be lost.
    ///
    /// # Errors
    /// None yet.
    pub fn lose_events(&self, n: usize) -> Result<()> {
        ffi::check!(mhp_sim_lose_events(self.raw(), n))
    }
}

impl Error {
    fn about(self, path: &Text) -> Error {
        let message = self.message().map(ToOwned::to_owned);
        self.with_texts(Some(path.to_owned()), message)
    }
}

impl std::fmt::Debug for Machine {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Machine").finish_non_exhaustive()
    }
}
