// SPDX-License-Identifier: LGPL-2.1-or-later
//! The table of functions: what is said to be wrapped is called. That each name is there, rustdoc
//! checks in the page that is made of it; that no function is missing, bindings/complete.
use std::fs::{read_dir, read_to_string};
use std::path::Path;

fn sources(folder: &Path, text: &mut String) {
    for entry in read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            sources(&path, text);
        } else if path.file_name().unwrap() != "functions.rs" {
            let source = read_to_string(path).unwrap();
            let code = source.lines().map(|line| line.split("//").next().unwrap());
            code.for_each(|line| *text = format!("{text}{line}\n"));
        }
    }
}

fn has_word(text: &str, word: &str) -> bool {
    let is_part = |c: char| c.is_ascii_alphanumeric() || c == '_';
    text.match_indices(word).any(|(at, _)| {
        !text[..at].ends_with(is_part) && !text[at + word.len()..].starts_with(is_part)
    })
}

#[test]
fn what_is_wrapped_is_called() {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    let table = read_to_string(here.join("../functions")).unwrap();
    let mut code = String::new();
    sources(&here.join("src"), &mut code);
    // a name in quotation marks is no call
    let code: String = code.split('"').step_by(2).collect();
    for line in table.lines().filter(|line| !line.starts_with('#')) {
        let (function, name) = line.split_once('\t').expect("a tabulator");
        let is_wrapped = !name.starts_with('-');
        assert_eq!(has_word(&code, function), is_wrapped, "{function}: {name}");
    }
    assert!(has_word("f(mhp_x)", "mhp_x") && !has_word("mhp_xy mhp_x_z", "mhp_x"));
}
