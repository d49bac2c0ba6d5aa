// SPDX-License-Identifier: LGPL-2.1-or-later
//! Asks pkg-config where the libraries are. LIBMHP_STATIC=1 has their archives linked.
use std::env;
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
    let words = match pkg_config(is_static, &packages) {
        Ok(words) => words,
        Err(error) => {
            eprintln!("libmhp is needed, with its .pc file in PKG_CONFIG_PATH: {error}");
            std::process::exit(1);
        }
    };
    for word in words.split_whitespace() {
        if let Some(path) = word.strip_prefix("-L") {
            println!("cargo:rustc-link-search=native={path}");
        } else if let Some(name) = word.strip_prefix("-l") {
            let kind = if is_static && name.starts_with("mhp") { "static=" } else { "dylib=" };
            println!("cargo:rustc-link-lib={kind}{name}");
        }
    }
}
