// SPDX-License-Identifier: LGPL-2.1-or-later
// Made by "cargo run -p declare" from the headers: change those.
use libmhp_sys as sys;

crate::words::flags! {
    /// Flags of a machine, to be joined by |.
    MachineFlags;
    /// show the capture as it is, to look at: every write is refused with EROFS. Files may hold
    /// anything then, also what no kernel says
    READ_ONLY = sys::MHP_SIM_READ_ONLY,
}

crate::words::flags! {
    /// What reaches the machine through contexts, to be joined by |.
    Accesses;
    /// a file is read
    READ = sys::MHP_SIM_ACCESS_READ,
    /// a file of the kernel is written
    WRITE = sys::MHP_SIM_ACCESS_WRITE,
    /// a file or directory in /run is made, written, locked or removed
    RUN = sys::MHP_SIM_ACCESS_RUN,
    /// a module is loaded, or asked for
    LOAD = sys::MHP_SIM_ACCESS_LOAD,
    /// a directory is opened or listed, a link read, a name or a lock looked for
    LOOK = sys::MHP_SIM_ACCESS_LOOK,
}

crate::words::enumerators! {
    /// The kernel that a machine acts as, with what Debian's configuration makes of it.
    Kernel;
    /// auto_online_blocks is offline
    V6_1 = sys::MHP_SIM_KERNEL_6_1,
    /// it is online; kmem takes dax devices by itself
    V6_12 = sys::MHP_SIM_KERNEL_6_12,
    /// the same; kmem has daxX.Y/state
    V7_3 = sys::MHP_SIM_KERNEL_7_3,
}

crate::words::flags! {
    /// What a CXL region is at boot, to be joined by |.
    CxlFlags;
    /// firmware has locked it, and its decoders
    LOCKED = sys::MHP_SIM_CXL_LOCKED,
    /// no driver has it: no dax device comes of it
    UNBOUND = sys::MHP_SIM_CXL_UNBOUND,
}
