// SPDX-License-Identifier: LGPL-2.1-or-later
//! The way back: what stands in libmhp-sys is written as C, for a C compiler to compare it
//! with the headers. It is read from the committed text, so that a mistake made on the way
//! there is found.
use std::fmt::Write;

fn c_type(rust: &str) -> String {
    if let Some(rest) = rust.strip_prefix("*const ") {
        return format!("{} const *", c_type(rest));
    }
    if let Some(rest) = rust.strip_prefix("*mut ") {
        return format!("{} *", c_type(rest));
    }
    match rust {
        "" => "void",
        "c_char" => "char",
        "c_int" => "int",
        "c_uint" => "unsigned int",
        "c_void" => "void",
        "bool" => "bool",
        "usize" => "size_t",
        "u64" => "uint64_t",
        "i64" => "int64_t",
        "u32" => "uint32_t",
        name => return format!("rust_{name}"),
    }
    .to_string()
}

fn list(text: &str) -> Vec<(String, String)> {
    let one = |text: &str| {
        let (name, what) = text.trim().split_once(':')?;
        Some((name.trim().to_string(), c_type(what.trim())))
    };
    text.split(',').filter_map(one).collect()
}

fn types(parameters: &[(String, String)]) -> String {
    let all: Vec<&str> = parameters.iter().map(|(_, what)| what.as_str()).collect();
    if all.is_empty() {
        "void".to_string()
    } else {
        all.join(", ")
    }
}

fn function(out: &mut String, text: &str) {
    let (name, rest) = text.split_once('(').expect("parameters");
    let (inner, result) = rest.rsplit_once(')').expect("parameters");
    let result = c_type(result.trim().trim_start_matches("->").trim());
    // two declarations of a function have to agree
    writeln!(out, "{result} {name}({});", types(&list(inner))).unwrap();
}

fn constant(out: &mut String, text: &str) {
    let (name, rest) = text.split_once(':').expect("a type");
    let (_, value) = rest.trim().split_once(" = ").expect("a value");
    let value = if value == "u64::MAX" { "UINT64_MAX" } else { value };
    writeln!(out, "_Static_assert({name} == {value}, \"{name}\");").unwrap();
}

fn alias(out: &mut String, text: &str) {
    let (name, what) = text.split_once('=').expect("a type");
    let (name, what) = (name.trim(), what.trim());
    if what == "c_uint" {
        writeln!(out, "typedef enum {name} rust_{name};").unwrap();
        let is_same = format!("sizeof(enum {name}) == sizeof(int) && (enum {name})-1 > 0");
        writeln!(out, "_Static_assert({is_same}, \"{name} is unsigned int\");").unwrap();
        return;
    }
    let inner = what.split_once("fn(").expect("a function").1;
    let (inner, result) = inner.rsplit_once(')').expect("parameters");
    let result = c_type(result.trim_end_matches('>').trim().trim_start_matches("->").trim());
    let parameters = types(&list(inner));
    writeln!(out, "typedef {result} (*rust_{name})({parameters});").unwrap();
    writeln!(out, "SAME(({name})0, (rust_{name})0, \"{name}\");").unwrap();
}

fn structure(out: &mut String, text: &str) {
    let (name, body) = text.split_once('{').expect("members");
    let (name, members) = (name.trim(), list(body));
    writeln!(out, "struct ours_{name} {{").unwrap();
    for (member, what) in &members {
        writeln!(out, "\t{what} {member};").unwrap();
    }
    writeln!(out, "}};\ntypedef struct {name} rust_{name};").unwrap();
    writeln!(out, "_Static_assert(sizeof(struct {name}) == sizeof(struct ours_{name}), \"size\");")
        .unwrap();
    for (member, _) in &members {
        let both = |of: &str| format!("offsetof(struct {of}{name}, {member})");
        let label = format!("{name}.{member}");
        writeln!(out, "_Static_assert({} == {}, \"{label}\");", both(""), both("ours_")).unwrap();
        let both = |of: &str| format!("((struct {of}{name} *)0)->{member}");
        writeln!(out, "SAME({}, {}, \"{label}\");", both(""), both("ours_")).unwrap();
    }
}

/// C that compiles if, and only if, the declarations agree with the headers.
pub fn program(headers: &[&str], texts: &[String]) -> String {
    let mut out = String::from("#include <stddef.h>\n#include <stdint.h>\n");
    for header in headers {
        writeln!(out, "#include <mhp/{header}>").unwrap();
    }
    out += "#define SAME(a, b, what) _Static_assert(__builtin_types_compatible_p(\
            __typeof__(a), __typeof__(b)), what)\n";
    for text in texts {
        let is_code = |line: &&str| !line.trim_start().starts_with("//");
        let code: Vec<&str> = text.lines().filter(is_code).map(str::trim).collect();
        let code = code.join(" ");
        for part in code.split("opaque!(").skip(1) {
            let name = part.split_once(')').expect("a name").0;
            writeln!(out, "typedef struct {name} rust_{name};").unwrap();
        }
        for part in code.split("pub ").skip(1) {
            let (what, rest) = part.split_once(' ').unwrap_or((part, ""));
            let statement = rest.split(';').next().unwrap_or("");
            match what {
                "fn" => function(&mut out, statement),
                "const" => constant(&mut out, statement),
                "type" => alias(&mut out, statement),
                "struct" => {
                    // members are public, too: what is split above is put together again
                    let name = statement.trim().trim_end_matches('{').trim();
                    let body = code.split_once(&format!("pub struct {name} {{")).unwrap().1;
                    let body = body.split_once('}').unwrap().0.replace("pub ", "");
                    structure(&mut out, &format!("{name} {{ {body}"));
                }
                _ => (), // a member
            }
        }
    }
    out
}
