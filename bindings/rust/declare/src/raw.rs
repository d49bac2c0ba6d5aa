// SPDX-License-Identifier: LGPL-2.1-or-later
//! Writes the declarations of libmhp-sys.
use crate::parse::{Item, Kind, Member, Type};
use std::collections::BTreeSet;
use std::fmt::Write;

const WIDTH: usize = 100;

/// Words in lines that rustdoc takes for one paragraph.
fn wrap(out: &mut String, text: &str, indent: &str) {
    let mut line = format!("{indent}///");
    let next = if text.starts_with("* ") { format!("{line}  ") } else { line.clone() };
    for word in text.split_whitespace() {
        // what Markdown would take for a list, a heading or a quotation
        let is_mark = matches!(word, "-" | "+" | "=" | "--") || word.starts_with(['#', '>', '|']);
        let is_number = word.ends_with(['.', ')']) && word.starts_with(char::is_numeric);
        if line.len() + 1 + word.len() > WIDTH - 2 && !is_mark && !is_number {
            writeln!(out, "{line}").unwrap();
            line = next.clone();
        }
        line = line + " " + word;
    }
    writeln!(out, "{line}").unwrap();
}

/// A comment of the headers as Markdown of rustdoc.
pub fn doc(text: &str, indent: &str) -> String {
    let mut paragraphs = vec![String::new()];
    for line in text.lines() {
        let line = line.split("@since").next().unwrap_or("").trim();
        let line = line.strip_prefix("@brief ").unwrap_or(line);
        let mut shown = String::new();
        for c in line.chars() {
            shown += if "[<*`\\".contains(c) { "\\" } else { "" };
            shown.push(c);
        }
        if let Some(rest) = shown.strip_prefix("@param ") {
            let (name, text) = rest.split_once(char::is_whitespace).unwrap_or((rest, ""));
            paragraphs.push(format!("* `{name}`: {}", text.trim()));
        } else if let Some(rest) = shown.strip_prefix("@return ") {
            paragraphs.push(format!("* returns {rest}"));
        } else if shown.is_empty() {
            paragraphs.push(String::new());
        } else {
            let last = paragraphs.last_mut().expect("one");
            *last += if last.is_empty() { "" } else { " " };
            *last += &shown;
        }
    }
    paragraphs.retain(|text| !text.is_empty());
    let mut out = String::new();
    for (i, text) in paragraphs.iter().enumerate() {
        if i > 0 && !(text.starts_with("* ") && paragraphs[i - 1].starts_with("* ")) {
            writeln!(out, "{indent}///").unwrap();
        }
        wrap(&mut out, text, indent);
    }
    out
}

/// Of a parameter: some are words of Rust.
fn safe_name(name: &str) -> String {
    let is_word = matches!(name, "type" | "fn" | "match" | "use" | "where" | "ref" | "in");
    format!("{name}{}", if is_word { "_" } else { "" })
}

pub fn type_name(what: &Type) -> String {
    let base = match what.base.as_str() {
        "char" => "c_char",
        "int" => "c_int",
        "unsigned int" => "c_uint",
        "void" => "c_void",
        "size_t" => "usize",
        "uint64_t" => "u64",
        "int64_t" => "i64",
        "uint32_t" => "u32",
        base => base.trim_start_matches("struct ").trim_start_matches("enum "),
    };
    what.pointers.iter().fold(base.to_string(), |inner, is_const| {
        format!("*{} {inner}", if *is_const { "const" } else { "mut" })
    })
}

fn returned(what: &Type) -> String {
    if what.base == "void" && what.pointers.is_empty() {
        String::new()
    } else {
        format!(" -> {}", type_name(what))
    }
}

/// "head(a: A, b: B)tail", in as many lines as rustfmt has it.
fn call(head: &str, list: &[Member], tail: &str, indent: &str) -> String {
    let one = |member: &Member| format!("{}: {}", safe_name(&member.name), type_name(&member.what));
    let all: Vec<String> = list.iter().map(one).collect();
    let line = format!("{indent}{head}({}){tail}", all.join(", "));
    if line.len() <= WIDTH {
        return line;
    }
    let inner: String = all.iter().map(|text| format!("{indent}    {text},\n")).collect();
    format!("{indent}{head}(\n{inner}{indent}){tail}")
}

fn item(out: &mut String, item: &Item) {
    let name = &item.name;
    match &item.kind {
        Kind::Opaque | Kind::Function(..) => (),
        Kind::Constant(value) => {
            let value = value.trim_start_matches('(').trim_end_matches(')');
            let (kind, value) = match value {
                "UINT64_MAX" => ("u64", "u64::MAX"),
                value => ("i64", value),
            };
            writeln!(out, "{}pub const {name}: {kind} = {value};", doc(&item.doc, "")).unwrap();
        }
        Kind::Enum(list) => {
            writeln!(out, "{}pub type {name} = c_uint;", doc(&item.doc, "")).unwrap();
            for (constant, value, text) in list {
                writeln!(out, "{}pub const {constant}: {name} = {value};", doc(text, "")).unwrap();
            }
        }
        Kind::Struct(members) => {
            writeln!(out, "{}#[repr(C)]\n#[derive(Clone, Copy, Debug)]", doc(&item.doc, ""))
                .unwrap();
            writeln!(out, "pub struct {name} {{").unwrap();
            for member in members {
                let text = doc(&member.doc, "    ");
                writeln!(out, "{text}    pub {}: {},", member.name, type_name(&member.what))
                    .unwrap();
            }
            writeln!(out, "}}").unwrap();
        }
        Kind::Callback(result, list) => {
            let head = format!("pub type {name} =\n    Option<unsafe extern \"C\" fn");
            let line = call(&head, list, &format!("{}>;", returned(result)), "");
            writeln!(out, "{}{line}", doc(&item.doc, "")).unwrap();
        }
    }
    out.push('\n');
}

/// The text of a module: types and constants, then functions. "known" are the objects that
/// an earlier module has.
pub fn module(items: &[Item], known: &mut BTreeSet<String>) -> String {
    let mut out = String::from(
        "// SPDX-License-Identifier: LGPL-2.1-or-later\n\
         // Made by \"cargo run -p declare\" from the headers: change those.\n",
    );
    let with = |word: &str| out_uses(items, word);
    let names: Vec<&str> =
        ["c_char", "c_int", "c_uint", "c_void"].into_iter().filter(|word| with(word)).collect();
    writeln!(out, "use std::os::raw::{{{}}};\n", names.join(", ")).unwrap();
    if !known.is_empty() {
        writeln!(out, "#[allow(unused_imports)]\nuse crate::mhp::*;\n").unwrap();
    }
    let is_struct = |item: &Item| matches!(item.kind, Kind::Struct(_));
    known.extend(items.iter().filter(|item| is_struct(item)).map(|item| item.name.clone()));
    for one in items.iter().filter(|item| matches!(item.kind, Kind::Opaque)) {
        if known.insert(one.name.clone()) {
            writeln!(out, "opaque!({});", one.name).unwrap();
        }
    }
    out.push('\n');
    for one in items.iter().filter(|item| !matches!(item.kind, Kind::Opaque | Kind::Function(..))) {
        item(&mut out, one);
    }
    out += "extern \"C\" {\n";
    for one in items {
        if let Kind::Function(result, list) = &one.kind {
            let head = format!("pub fn {}", one.name);
            let line = call(&head, list, &format!("{};", returned(result)), "    ");
            writeln!(out, "{}{line}", doc(&one.doc, "    ")).unwrap();
        }
    }
    out + "}\n"
}

fn out_uses(items: &[Item], word: &str) -> bool {
    let is = |what: &Type| type_name(what).ends_with(word);
    items.iter().any(|item| match &item.kind {
        Kind::Enum(_) => word == "c_uint",
        Kind::Struct(list) => list.iter().any(|member| is(&member.what)),
        Kind::Function(result, list) | Kind::Callback(result, list) => {
            // a function that returns void is not written with it
            let has_result = !result.pointers.is_empty() || result.base != "void";
            (has_result && is(result)) || list.iter().any(|member| is(&member.what))
        }
        _ => false,
    })
}
