// SPDX-License-Identifier: LGPL-2.1-or-later
//! What was got from a standing policy is gone when text is added.
use mhp::policy::Standing;

fn main() {
    let mut standing = Standing::from_text("a.conf", "").unwrap();
    let warning = standing.warnings().next();
    standing.add_text("b.conf", "").unwrap(); //~ E0502
    assert!(warning.is_none());
}
