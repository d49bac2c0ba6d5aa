// SPDX-License-Identifier: LGPL-2.1-or-later
use crate::error::Result;
use crate::ffi::{self, call, Ref};
use crate::text::{Text, TextBuf};
use crate::words::{CauseKind, EventKind, State, Zone};
use libmhp_sys as sys;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

/// What happened: of a monitor, until it is asked for the next one, and in its thread.
#[derive(Clone, Copy)]
pub struct Event<'a>(pub(crate) Ref<'a, sys::mhp_event>);

impl<'a> Event<'a> {
    /// What kind it is.
    pub fn kind(&self) -> EventKind {
        EventKind::from_raw(call!(mhp_event_get_kind(self.0)))
    }

    /// The kernel's number of the message that told it; 0: none did.
    pub fn seqnum(&self) -> u64 {
        call!(mhp_event_get_seqnum(self.0))
    }

    /// Was it found by looking, rather than told by the kernel?
    pub fn is_found(&self) -> bool {
        call!(mhp_event_is_found(self.0))
    }

    /// When it was received, or found.
    pub fn time(&self) -> SystemTime {
        let ns = call!(mhp_event_get_time_ns(self.0));
        UNIX_EPOCH + Duration::from_nanos(u64::try_from(ns).unwrap_or(0))
    }

    /// Number of the block that it is about.
    ///
    /// # Errors
    /// `ENODATA`: it is not about a block.
    pub fn block_id(&self) -> Result<u64> {
        ffi::out!(mhp_event_get_block_id(self.0) -> u64)
    }

    /// Number of the node that came or went, or that of the block.
    ///
    /// # Errors
    /// `ENODATA`: not about a node, or not known.
    pub fn node_id(&self) -> Result<i32> {
        ffi::out!(mhp_event_get_node_id(self.0) -> i32)
    }

    /// What it is about: "memory36", "dax0.0", "auto_online_blocks"; printable, "" of
    /// [`EventKind::LOST`] and [`EventKind::RESYNCED`].
    pub fn name(&self) -> &'a Text {
        ffi::text!(mhp_event_get_name(self.0)).unwrap_or_default()
    }

    /// Name of the region of the block or device, if it is known.
    pub fn region_name(&self) -> Option<&'a Text> {
        ffi::text!(mhp_event_get_region_name(self.0))
    }

    /// What the block was before.
    pub fn before(&self) -> (State, Zone) {
        let (mut state, mut zone) = (0, 0);
        call!(mhp_event_get_before(self.0, &mut state, &mut zone));
        (State::from_raw(state), Zone::from_raw(zone))
    }

    /// What the block is now.
    pub fn after(&self) -> (State, Zone) {
        let (mut state, mut zone) = (0, 0);
        call!(mhp_event_get_after(self.0, &mut state, &mut zone));
        (State::from_raw(state), Zone::from_raw(zone))
    }

    /// The word of the policy before; to be escaped before it goes to a terminal.
    pub fn word_before(&self) -> Option<&'a Text> {
        ffi::text!(mhp_event_get_word_before(self.0))
    }

    /// The word of the policy now, or the driver; to be escaped before it goes to a terminal.
    pub fn word_after(&self) -> Option<&'a Text> {
        ffi::text!(mhp_event_get_word_after(self.0))
    }

    /// Who is likely to have done it: of a monitor with
    /// [`CAUSES`](crate::MonitorFlags::CAUSES).
    pub fn cause(&self) -> CauseKind {
        CauseKind::from_raw(call!(mhp_event_get_cause(self.0)))
    }

    /// The same in words, printable.
    pub fn cause_text(&self) -> Option<&'a Text> {
        ffi::text!(mhp_event_get_cause_text(self.0))
    }

    /// All of it in one line for people.
    ///
    /// # Errors
    /// `ENOMEM`.
    pub fn text(&self) -> Result<TextBuf> {
        ffi::out_copy!(mhp_event_copy_text(self.0))
    }
}

impl std::fmt::Debug for Event<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} {:?}", self.kind(), self.name())
    }
}
