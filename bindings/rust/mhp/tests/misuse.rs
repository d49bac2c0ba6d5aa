// SPDX-License-Identifier: LGPL-2.1-or-later
//! What does not compile, and why. Each file in tests/misuse has one line with "//~ CODE", which
//! is to be the only error.
use std::env;
use std::fs::{self, read_dir};
use std::path::{Path, PathBuf};
use std::process::Command;

/// The crate as it was built for this test: beside it.
fn library(deps: &Path) -> PathBuf {
    let is_ours = |path: &PathBuf| {
        let name = path.file_name().unwrap().to_string_lossy();
        name.starts_with("libmhp-") && name.ends_with(".rlib")
    };
    let all = read_dir(deps).unwrap().map(|entry| entry.unwrap().path()).filter(is_ours);
    all.max_by_key(|path| fs::metadata(path).unwrap().modified().unwrap()).expect("libmhp-*.rlib")
}

/// "LINE CODE" of each error, which short messages begin with "FILE:LINE:COLUMN: error[CODE]".
fn errors(file: &Path, deps: &Path, library: &Path) -> Vec<String> {
    let out = deps.join(format!("misuse-{}.rmeta", file.file_stem().unwrap().to_string_lossy()));
    let output = Command::new(env::var_os("RUSTC").unwrap_or_else(|| "rustc".into()))
        .args(["--edition=2021", "--crate-name=misuse", "--emit=metadata", "--error-format=short"])
        .args(["--cap-lints=allow", "-o"])
        .arg(&out)
        .arg("-L")
        .arg(format!("dependency={}", deps.display()))
        .arg("--extern")
        .arg(format!("mhp={}", library.display()))
        .arg(file)
        .output()
        .expect("rustc");
    let _ = fs::remove_file(out);
    let text = String::from_utf8(output.stderr).unwrap();
    let parse = |line: &str| {
        let rest = line.strip_prefix(file.to_str().unwrap())?.strip_prefix(':')?;
        let code = rest.split_once("error[")?.1.split_once(']')?.0;
        Some(format!("{} {code}", rest.split_once(':')?.0))
    };
    assert!(!output.status.success(), "{}: it compiles", file.display());
    let mut found: Vec<String> = text.lines().filter_map(parse).collect();
    found.dedup(); // a type may lack Sync for more than one reason
    assert!(!found.is_empty(), "{text}");
    found
}

#[test]
fn misuse_does_not_compile() {
    let exe = env::current_exe().unwrap();
    let deps = exe.parent().unwrap();
    let library = library(deps);
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/misuse");
    let files: Vec<PathBuf> =
        read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    assert!(files.len() > 10);
    for file in files {
        let text = fs::read_to_string(&file).unwrap();
        let marked = |(i, line): (usize, &str)| {
            line.split_once("//~ ").map(|(_, code)| format!("{} {code}", i + 1))
        };
        let wanted: Vec<String> = text.lines().enumerate().filter_map(marked).collect();
        assert_eq!(errors(&file, deps, &library), wanted, "{}", file.display());
    }
}
