// SPDX-License-Identifier: LGPL-2.1-or-later
//! The standing policy: files that say what is to become of which memory, from now on, and what
//! there is to do for it. Of libmhp-policy, with the feature `policy`.
//!
//! ```
//! # #[cfg(feature = "sim")] {
//! use mhp::policy::{Agenda, AgendaOptions, ItemState, Standing};
//! use mhp::{ApplyOptions, SnapshotFlags};
//!
//! # let machine = mhp::sim::Builder::new(mhp::sim::Kernel::V6_12)?
//! #     .node(0, 2)?.memory(0, 0, 1 << 30)?.build()?;
//! # let context = machine.context()?;
//! let mut standing = Standing::new(&context)?;
//! standing.add_text("mine.conf", "[pool]\nkind = dax\ntype = online_movable\n")?;
//! let snap = context.snapshot(SnapshotFlags::FOR_PLANS)?;
//! let agenda = Agenda::new(&snap, &standing, AgendaOptions::new())?;
//! if agenda.count(ItemState::TO_DO) > 0 {
//!     println!("{:?}", agenda.apply(&context, ApplyOptions::new())?);
//! }
//! # }
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
mod agenda;
mod standing;

pub use crate::words::policy::*;
pub use agenda::{Agenda, AgendaItem, AgendaOptions, AgendaReport, AgendaResult, Drift};
pub use standing::{Remark, Rule, RuleFile, Standing};
