// SPDX-License-Identifier: LGPL-2.1-or-later
//! A simulated machine, to test programs without root and without special hardware. Of
//! libmhp-sim, with the feature `sim`: for tests, as it goes with libmhp of the same release
//! only.
//!
//! ```
//! use mhp::sim::{Builder, Kernel};
//! use mhp::{OnlineType, Outcome, Reason, Rules};
//!
//! let machine = Builder::new(Kernel::V7_3)?
//!     .node(0, 2)? // two processors,
//!     .memory(0, 0, 1 << 30)? // 1 GiB at boot,
//!     .node(1, 0)? // a node without processors,
//!     .dax("dax0.0", 1, 4 << 30, 1 << 30)? // 1 GiB there
//!     .build()?;
//! machine.fail_block(33, "online", 16, 0)?; // EBUSY
//! let context = machine.context()?;
//! let report = context.plug_region("dax0.0", OnlineType::ONLINE_MOVABLE, Rules::NONE)?;
//! assert_eq!(report.outcome(), Outcome::UNDONE);
//! machine.clear_failures();
//! let report = context.plug_region("dax0.0", OnlineType::ONLINE_MOVABLE, Rules::NONE)?;
//! assert_eq!(report.ok()?.reason(), Reason::DONE);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
mod builder;
mod listener;
mod machine;

pub use crate::words::sim::*;
pub use builder::Builder;
pub use listener::Listener;
pub use machine::{Machine, ANY_BLOCK};
