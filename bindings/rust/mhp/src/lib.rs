// SPDX-License-Identifier: LGPL-2.1-or-later
//! Linux memory hotplug with an explicit type, verified, or put back: libmhp.
//!
//! Finished values go from stage to stage, none of which ever changes: a [`Context`] is where
//! the library looks, a [`Snapshot`] is the machine at one moment, a [`Request`] what is wanted,
//! a [`Plan`] what would be written for it, a [`Report`] what became of every block. A
//! [`Monitor`] follows the machine by [events](Event).
//!
//! That a machine refuses is no error: it is in the report, with a reason, a message for people
//! and a hint. An [`Error`] says that a call could not do what it is for.
//!
//! ```no_run
//! use mhp::{Context, OnlineType, Rules};
//!
//! let context = Context::new(None)?;
//! let report = context.online_region("dax0.0", OnlineType::ONLINE_MOVABLE, Rules::NONE)?;
//! println!("{report}"); // "undone: dax0.0: memory33: ...; what helps"
//! report.ok()?; // for whom all but "done" is an error
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! # Rules
//!
//! * What is borrowed from a value, such as a [`Block`] of a snapshot, lives as long as that.
//! * A context is for one thread at a time, and what uses it stays with it. All other values
//!   may be shared.
//! * Texts are bytes: a [`Text`].
//! * An enumeration is a number: what a later library adds is kept, shown as "unknown", and
//!   falls into the `_` that a `match` has to have.
//! * A panic of a function that a call calls ends that call, as cancelling it would, and then
//!   goes on.
//! * Features: `policy` for the [standing policy](policy), `sim` for the
//!   [simulated machine](sim).
//!
//! [`functions`] tells where each function of the library is.
#![deny(missing_docs)]
// of "cargo doc" without all features
#![cfg_attr(not(all(feature = "policy", feature = "sim")), allow(rustdoc::broken_intra_doc_links))]
#![deny(unsafe_op_in_unsafe_fn)]
#![warn(rust_2018_idioms)]

mod apply;
mod block;
mod callback;
mod context;
mod error;
mod event;
mod ffi;
pub mod functions;
mod hold;
mod log;
mod monitor;
mod node;
mod plan;
#[cfg(feature = "policy")]
pub mod policy;
mod recover;
mod region;
mod report;
mod request;
#[cfg(feature = "sim")]
pub mod sim;
mod simple;
mod snapshot;
mod system_policy;
mod text;
mod wait;
mod words;

pub use apply::ApplyOptions;
pub use block::Block;
pub use callback::{CancelToken, Progress};
pub use context::{has, version, Context};
pub use error::{Error, Result};
pub use event::Event;
pub use hold::Hold;
pub use log::Message;
pub use monitor::{Monitor, MonitorOptions};
pub use node::{Cache, Node, ZoneBytes};
pub use plan::{Conflict, Plan, Step};
pub use recover::{Recovery, RecoveryRef, Setting};
pub use region::{AddressRange, Device, Fact, Region};
pub use report::{BlockResult, Report, ReportError, ReportRef, Write};
pub use request::Request;
pub use snapshot::{Pending, Problem, Snapshot, SnapshotOptions};
pub use system_policy::UdevRule;
pub use text::{Text, TextBuf};
pub use wait::WaitOptions;
pub use words::*;

/// Its programs compile, and run.
#[cfg(doctest)]
#[doc = include_str!("../../README.md")]
struct Readme;
