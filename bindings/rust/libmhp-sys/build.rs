// SPDX-License-Identifier: LGPL-2.1-or-later
//! Asks pkg-config where the libraries are. LIBMHP_STATIC=1 has their archives linked.
use std::env;
use std::path::{Path, PathBuf};
use std::process::Command;

fn pkg_config(is_static: bool, packages: &[&str]) -> Result<String, String> {
    let program = env::var_os("PKG_CONFIG").unwrap_or_else(|| "pkg-config".into());
    let mut command = Command::new(&program);
    command.arg("--libs");
    if is_static {
        command.arg("--static");
    }
    let output = command
        .args(packages)
        .output()
        .map_err(|error| format!("{}: {error}", program.to_string_lossy()))?;
    if !output.status.success() {
        return Err(String::from_utf8_lossy(&output.stderr).trim().to_string());
    }
    Ok(String::from_utf8_lossy(&output.stdout).into_owned())
}

/// Words of pkg-config's answer, which has a backslash before each blank that is part of one.
fn words(answer: &str) -> Vec<String> {
    let mut words = vec![String::new()];
    let mut chars = answer.chars();
    while let Some(c) = chars.next() {
        match c {
            '\\' => words.last_mut().unwrap().extend(chars.next()),
            c if c.is_whitespace() => words.push(String::new()),
            c => words.last_mut().unwrap().push(c),
        }
    }
    words.retain(|word| !word.is_empty());
    words
}

/// An archive becomes a part of the crate: which is to be built again when that changes.
fn watch(archive: &str, folders: &[PathBuf]) {
    let paths = folders.iter().map(|folder| folder.join(archive));
    for path in paths.filter(|path| path.exists()) {
        println!("cargo:rerun-if-changed={}", path.display());
    }
}

fn main() {
    for name in ["PKG_CONFIG", "PKG_CONFIG_PATH", "PKG_CONFIG_LIBDIR", "LIBMHP_STATIC"] {
        println!("cargo:rerun-if-env-changed={name}");
    }
    println!("cargo:rerun-if-changed=build.rs");
    let has = |feature: &str| env::var_os(format!("CARGO_FEATURE_{feature}")).is_some();
    let mut packages = vec!["libmhp"];
    if has("POLICY") {
        packages.push("libmhp-policy");
    }
    if has("SIM") {
        packages.push("libmhp-sim");
    }
    let is_static = env::var_os("LIBMHP_STATIC").map_or(false, |word| word == "1");
    let answer = match pkg_config(is_static, &packages) {
        Ok(answer) => answer,
        Err(error) => {
            eprintln!("libmhp is needed, with its .pc file in PKG_CONFIG_PATH: {error}");
            std::process::exit(1);
        }
    };
    let mut folders = Vec::new();
    for word in words(&answer) {
        if let Some(path) = word.strip_prefix("-L") {
            println!("cargo:rustc-link-search=native={path}");
            folders.push(Path::new(path).to_path_buf());
        } else if let Some(name) = word.strip_prefix("-l") {
            if is_static && name.starts_with("mhp") {
                println!("cargo:rustc-link-lib=static={name}");
                watch(&format!("lib{name}.a"), &folders);
            } else {
                println!("cargo:rustc-link-lib=dylib={name}");
            }
        }
    }
}
