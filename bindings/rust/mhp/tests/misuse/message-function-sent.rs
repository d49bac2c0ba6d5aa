// SPDX-License-Identifier: LGPL-2.1-or-later
//! A context may be sent, and with it the function that messages go to.
use mhp::Context;
use std::rc::Rc;

fn main() {
    let context = Context::new(None).unwrap();
    let count = Rc::new(());
    context.on_message(move |_| drop(count.clone())).unwrap(); //~ E0277
}
