// SPDX-License-Identifier: LGPL-2.1-or-later
//! Each `unsafe` that is done says why it is sound.
use std::fs::{read_dir, read_to_string};
use std::path::{Path, PathBuf};

fn sources(folder: &Path, files: &mut Vec<PathBuf>) {
    for entry in read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            sources(&path, files);
        } else {
            files.push(path);
        }
    }
}

/// Lines with a block or an impl that nothing above tells of.
fn unexplained(text: &str) -> Vec<usize> {
    let lines: Vec<&str> = text.lines().map(str::trim).collect();
    let is_used = |line: &str| {
        let code = line.split("//").next().unwrap_or("");
        code.contains("unsafe {") || code.contains("unsafe impl")
    };
    let is_explained = |at: usize| {
        let above = lines[..at].iter().rev().take_while(|line| line.starts_with("//"));
        lines[at].contains("// SAFETY:") || above.into_iter().any(|l| l.starts_with("// SAFETY:"))
    };
    // a statement may begin above the block
    let begins = |at: usize| {
        let ends = |line: &&&str| line.ends_with([';', '{', '}', ',']) || line.starts_with("//");
        at - lines[..at].iter().rev().take_while(|line| !ends(line)).count()
    };
    let is_bad =
        |at: &usize| is_used(lines[*at]) && !is_explained(*at) && !is_explained(begins(*at));
    (0..lines.len()).filter(is_bad).map(|at| at + 1).collect()
}

#[test]
fn each_unsafe_has_a_note() {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut files = Vec::new();
    sources(&here.join("src"), &mut files);
    sources(&here.join("../libmhp-sys/src"), &mut files);
    assert!(files.len() > 20);
    for file in files {
        let bad = unexplained(&read_to_string(&file).unwrap());
        assert!(bad.is_empty(), "{}: lines {bad:?} have no \"// SAFETY:\"", file.display());
    }
    assert_eq!(unexplained("f();\nunsafe { g() }\n// SAFETY: so\nunsafe { g() }\n"), [2]);
}
