// SPDX-License-Identifier: LGPL-2.1-or-later
use crate::error::Result;
use crate::ffi::{self, call, Arg, Handle, Raw};
use crate::log::{tell, Log};
use crate::sim::machine::{self, Machine};
use crate::text::TextBuf;
use crate::words::sim::{CxlFlags, Kernel, MachineFlags};
use libmhp_sys as sys;
use std::os::raw::c_int;

ffi::object!(mhp_sim_builder: mhp_sim_builder_free; Portable);

/// What a machine is to have, by calls. One builder can make many machines.
///
/// Errors are `EINVAL`, `EEXIST`, `ERANGE` and `ENOMEM`; the message says what is refused.
pub struct Builder {
    raw: Handle<sys::mhp_sim_builder>,
    log: Box<Log>,
}

impl Builder {
    /// No nodes, no memory, blocks of 128 MiB.
    ///
    /// # Errors
    /// `EINVAL`: there is no such kernel.
    pub fn new(kernel: Kernel) -> Result<Builder> {
        let raw = ffi::make!(mhp_sim_builder_new(kernel.raw()))?;
        let log = Box::<Log>::default();
        // SAFETY: the log lives longer than the builder, as it is dropped after it.
        unsafe {
            let raw: &Handle<sys::mhp_sim_builder> = &raw;
            sys::mhp_sim_builder_set_log_fn(raw.raw().arg(), Some(tell), log.data());
        }
        Ok(Builder { raw, log })
    }

    fn call(
        self,
        function: &'static str,
        call: impl FnOnce(Raw<'_, sys::mhp_sim_builder>) -> c_int,
    ) -> Result<Builder> {
        self.log.call(function, || (call(self.raw.raw()), None))?;
        Ok(self)
    }

    /// How large memory blocks are: a power of two.
    ///
    /// # Errors
    /// See [`Builder`].
    pub fn block_size_bytes(self, bytes: u64) -> Result<Builder> {
        self.call("mhp_sim_builder_set_block_size_bytes", |builder| {
            call!(mhp_sim_builder_set_block_size_bytes(builder, bytes))
        })
    }

    /// Adds a node; without CPUs it has memory only.
    ///
    /// # Errors
    /// See [`Builder`].
    pub fn node(self, id: i32, cpu_count: u32) -> Result<Builder> {
        self.call("mhp_sim_builder_add_node", |builder| {
            call!(mhp_sim_builder_add_node(builder, id, cpu_count))
        })
    }

    /// How far a node is from another one, one way.
    ///
    /// # Errors
    /// See [`Builder`].
    pub fn distance(self, from: i32, to: i32, distance: u32) -> Result<Builder> {
        self.call("mhp_sim_builder_set_distance", |builder| {
            call!(mhp_sim_builder_set_distance(builder, from, to, distance))
        })
    }

    /// Adds boot memory.
    ///
    /// # Errors
    /// See [`Builder`].
    pub fn memory(self, node: i32, start: u64, size_bytes: u64) -> Result<Builder> {
        self.call("mhp_sim_builder_add_memory", |builder| {
            call!(mhp_sim_builder_add_memory(builder, node, start, size_bytes))
        })
    }

    /// Adds a dax device, or one more range to it.
    ///
    /// # Errors
    /// See [`Builder`].
    pub fn dax(
        self,
        name: impl AsRef<[u8]>,
        node: i32,
        start: u64,
        size_bytes: u64,
    ) -> Result<Builder> {
        let function = "mhp_sim_builder_add_dax";
        let name = TextBuf::for_call(function, name)?;
        self.call(function, |builder| {
            call!(mhp_sim_builder_add_dax(builder, &*name, node, start, size_bytes))
        })
    }

    /// Adds a virtio-mem device, of whose memory the host has given nothing yet.
    ///
    /// # Errors
    /// See [`Builder`].
    pub fn virtio_mem(
        self,
        device: impl AsRef<[u8]>,
        node: i32,
        start: u64,
        size_bytes: u64,
        block_size: u64,
    ) -> Result<Builder> {
        let function = "mhp_sim_builder_add_virtio_mem";
        let name = TextBuf::for_call(function, device)?;
        self.call(function, |builder| {
            call!(mhp_sim_builder_add_virtio_mem(
                builder, &*name, node, start, size_bytes, block_size
            ))
        })
    }

    /// Adds a CXL memory device.
    ///
    /// # Errors
    /// See [`Builder`].
    pub fn cxl_memdev(
        self,
        device: impl AsRef<[u8]>,
        node: i32,
        size_bytes: u64,
        serial: u64,
    ) -> Result<Builder> {
        let function = "mhp_sim_builder_add_cxl_memdev";
        let name = TextBuf::for_call(function, device)?;
        self.call(function, |builder| {
            call!(mhp_sim_builder_add_cxl_memdev(builder, &*name, node, size_bytes, serial))
        })
    }

    /// Adds a window: the addresses that CXL memory can have.
    ///
    /// # Errors
    /// See [`Builder`].
    pub fn cxl_window(self, node: i32, start: u64, size_bytes: u64) -> Result<Builder> {
        self.call("mhp_sim_builder_add_cxl_window", |builder| {
            call!(mhp_sim_builder_add_cxl_window(builder, node, start, size_bytes))
        })
    }

    /// Adds a region of CXL memory with equal shares of its devices, in the order in which they
    /// are interleaved.
    ///
    /// # Errors
    /// See [`Builder`].
    pub fn cxl_region(
        self,
        region: impl AsRef<[u8]>,
        start: u64,
        size_bytes: u64,
        devices: &[&str],
        flags: CxlFlags,
    ) -> Result<Builder> {
        let function = "mhp_sim_builder_add_cxl_region";
        let region = TextBuf::for_call(function, region)?;
        let devices: Vec<TextBuf> =
            devices.iter().map(|name| TextBuf::for_call(function, name)).collect::<Result<_>>()?;
        let names: Vec<_> = devices.iter().map(|name| (**name).arg()).collect();
        self.call(function, |builder| {
            // SAFETY: all of the names, and the list of them, live until this returns.
            unsafe {
                sys::mhp_sim_builder_add_cxl_region(
                    builder.arg(),
                    (*region).arg(),
                    start,
                    size_bytes,
                    names.as_ptr(),
                    names.len(),
                    flags.bits(),
                )
            }
        })
    }

    /// What a file holds at boot, such as "auto_online_blocks".
    ///
    /// # Errors
    /// See [`Builder`].
    pub fn set(self, what: impl AsRef<[u8]>, word: impl AsRef<[u8]>) -> Result<Builder> {
        let function = "mhp_sim_builder_set";
        let (what, word) = (TextBuf::for_call(function, what)?, TextBuf::for_call(function, word)?);
        self.call(function, |builder| call!(mhp_sim_builder_set(builder, &*what, &*word)))
    }

    /// Has a module be loaded at boot: "kmem" or "device_dax".
    ///
    /// # Errors
    /// See [`Builder`].
    pub fn load(self, module: impl AsRef<[u8]>) -> Result<Builder> {
        let function = "mhp_sim_builder_load";
        let module = TextBuf::for_call(function, module)?;
        self.call(function, |builder| call!(mhp_sim_builder_load(builder, &*module)))
    }

    /// Makes a machine.
    ///
    /// # Errors
    /// See [`Builder`]; `EBADMSG`: a file was set to what no kernel says there.
    pub fn build(&self) -> Result<Machine> {
        self.build_with(MachineFlags::NONE)
    }

    /// Makes a machine, with flags.
    ///
    /// # Errors
    /// As [`Builder::build`].
    pub fn build_with(&self, flags: MachineFlags) -> Result<Machine> {
        let name = "mhp_sim_new_from_builder";
        let mut machine = None;
        // what is wrong is told to the builder's own function
        self.log.call(name, || {
            machine = Some(machine::make(name, flags, |opts, made| {
                call!(mhp_sim_new_from_builder(self.raw.get(), opts, made))
            }));
            let failed = machine.as_ref().and_then(|made| made.as_ref().err());
            (failed.map_or(0, |error| -error.code()), None)
        })?;
        machine.unwrap_or_else(|| Err(crate::Error::nothing(name)))
    }
}

impl std::fmt::Debug for Builder {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Builder").finish_non_exhaustive()
    }
}
