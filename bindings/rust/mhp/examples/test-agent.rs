// SPDX-License-Identifier: LGPL-2.1-or-later
//! Test an agent without root.
use mhp::sim::{Builder, Kernel};
use mhp::{Context, Outcome, Rules};
use std::io::{Error, ErrorKind, Result};

/// The agent's own, which is tested: gives a region back. ResourceBusy: try it again.
fn give_back(context: &Context, region: &str) -> Result<()> {
    match context.offline_region(region, Rules::NONE)?.outcome() {
        Outcome::DONE => Ok(()),
        Outcome::UNDONE => Err(Error::from_raw_os_error(16)), // EBUSY
        _ => Err(ErrorKind::Other.into()),
    }
}

fn main() -> Result<()> {
    let machine = Builder::new(Kernel::V7_3)?
        .node(0, 2)? // two processors,
        .memory(0, 0, 1 << 30)? // 1 GiB at boot,
        .node(1, 0)? // a node without processors,
        .dax("dax0.0", 1, 4 << 30, 1 << 30)? // 1 GiB there
        .set("auto_online_blocks", "online_movable")?
        .load("kmem")?
        .build()?;
    machine.fail_block(33, "offline", 16, 0)?; // it is in use
    let error = give_back(&machine.context()?, "dax0.0").unwrap_err();
    assert_eq!(error.raw_os_error(), Some(16));
    machine.clear_failures();
    give_back(&machine.context()?, "dax0.0")
}
