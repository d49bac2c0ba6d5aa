// SPDX-License-Identifier: LGPL-2.1-or-later
//! Reads libmhp's headers. They are plain: no macro makes a declaration, and each has its
//! comment before it, or behind it where it is a member.

/// A type, from the inside out: `const char *const *` is char, constant, pointed to by
/// constant pointers that are pointed to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Type {
    pub base: String,
    pub pointers: Vec<bool>, // whether what each points to is const
}

pub struct Member {
    pub name: String,
    pub what: Type,
    pub doc: String,
}

pub enum Kind {
    Opaque,
    Struct(Vec<Member>),
    Enum(Vec<(String, String, String)>), // name, value, comment
    Function(Type, Vec<Member>),
    Callback(Type, Vec<Member>),
    Constant(String),
}

pub struct Item {
    pub name: String,
    pub doc: String,
    pub kind: Kind,
}

/// Comment without its stars; tags are left in.
fn comment(text: &str) -> String {
    let strip = |line: &str| line.trim().trim_start_matches('*').trim().to_string();
    text.lines().map(strip).collect::<Vec<_>>().join("\n").trim().to_string()
}

fn until<'a>(text: &'a str, end: &str) -> (&'a str, &'a str) {
    let at = text.find(end).unwrap_or_else(|| panic!("no {end:?} in {text:.60?}"));
    (&text[..at], &text[at + end.len()..])
}

/// Up to the semicolon that no brace is around.
fn statement(text: &str) -> (&str, &str) {
    let mut depth = 0;
    let mut rest = text;
    loop {
        if rest.starts_with("/*") {
            rest = until(rest, "*/").1;
            continue;
        }
        let c = rest.chars().next().expect("a semicolon");
        match c {
            '{' => depth += 1,
            '}' => depth -= 1,
            ';' if depth == 0 => return (&text[..text.len() - rest.len()], &rest[1..]),
            _ => (),
        }
        rest = &rest[c.len_utf8()..];
    }
}

fn declarator(text: &str) -> (Type, String) {
    let spaced = text.replace('*', " * ");
    let mut words: Vec<&str> = spaced.split_whitespace().collect();
    let has_name = words.len() > 1 && *words.last().unwrap() != "*";
    let name = if has_name { words.pop().unwrap().to_string() } else { String::new() };
    let mut constant = words.first() == Some(&"const");
    let mut what = Type { base: String::new(), pointers: Vec::new() };
    for word in &words[usize::from(constant)..] {
        match *word {
            "*" => {
                what.pointers.push(constant);
                constant = false;
            }
            "const" => constant = true,
            word => {
                what.base += if what.base.is_empty() { "" } else { " " };
                what.base += word;
            }
        }
    }
    (what, name)
}

fn parameters(text: &str) -> Vec<Member> {
    let parameter = |text: &str| {
        let (what, name) = declarator(text);
        Member { name, what, doc: String::new() }
    };
    let text = text.trim();
    if text == "void" {
        Vec::new()
    } else {
        text.split(',').map(parameter).collect()
    }
}

/// What stands between braces: each with the comment behind it, up to "separator".
fn members(body: &str, separator: char) -> Vec<(String, String)> {
    let mut list = Vec::new();
    let mut rest = body.trim();
    while !rest.is_empty() {
        if let Some(plain) = rest.strip_prefix("/*") {
            rest = until(plain, "*/").1.trim();
            continue;
        }
        let (text, behind) = until(rest, &separator.to_string());
        rest = behind.trim();
        let mut doc = String::new();
        if let Some(behind) = rest.strip_prefix("/**<") {
            let (text, behind) = until(behind, "*/");
            doc = comment(text);
            rest = behind.trim();
        }
        list.push((text.trim().to_string(), doc));
    }
    list
}

fn item(text: &str, doc: String) -> Item {
    let text = text.trim();
    let make = |name: &str, kind| Item { name: name.trim().to_string(), doc: doc.clone(), kind };
    if let Some(rest) = text.strip_prefix("typedef ") {
        let (returned, rest) = until(rest, "(*");
        let (name, rest) = until(rest, ")(");
        let list = parameters(until(rest, ")").0);
        return make(name, Kind::Callback(declarator(returned).0, list));
    }
    if let Some((head, body)) = text.split_once('{') {
        let body = body.trim_end().trim_end_matches('}');
        if let Some(name) = head.strip_prefix("enum ") {
            let one = |(text, doc): (String, String)| {
                let (name, value) = text.split_once('=').expect("a value");
                (name.trim().to_string(), value.trim().to_string(), doc)
            };
            return make(name, Kind::Enum(members(body, ',').into_iter().map(one).collect()));
        }
        let one = |(text, doc): (String, String)| {
            let (what, name) = declarator(&text);
            Member { name, what, doc }
        };
        let name = head.strip_prefix("struct ").expect("a struct");
        return make(name, Kind::Struct(members(body, ';').into_iter().map(one).collect()));
    }
    match text.split_once('(') {
        None => make(text.strip_prefix("struct ").expect("a struct"), Kind::Opaque),
        Some((head, list)) => {
            let (returned, name) = declarator(head);
            make(&name, Kind::Function(returned, parameters(until(list, ")").0)))
        }
    }
}

fn constant(line: &str) -> Option<(String, String)> {
    let (name, value) = line.strip_prefix("#define ")?.trim().split_once(char::is_whitespace)?;
    // what asks for a version is for the C preprocessor
    let ours = name.starts_with("MHP_") && !name.starts_with("MHP_VERSION");
    ours.then(|| (name.to_string(), value.trim().to_string()))
}

/// All that a header declares, in its order.
pub fn header(text: &str) -> Vec<Item> {
    let mut items = Vec::new();
    let mut doc = String::new();
    let mut rest = text.trim();
    while !rest.is_empty() {
        if let Some(behind) = rest.strip_prefix("/*") {
            let (text, behind) = until(behind, "*/");
            doc = comment(text);
            rest = behind.trim();
        } else if rest.starts_with('#') {
            let joined = rest.find("\\\n").map_or(usize::MAX, |at| at);
            let end = rest.find('\n').unwrap_or(rest.len());
            let is_long = joined < end;
            if let Some((name, value)) = constant(&rest[..end]) {
                items.push(Item { name, doc: doc.clone(), kind: Kind::Constant(value) });
            }
            rest = rest[end..].trim_start();
            while is_long && !rest.starts_with("/*") && !rest.starts_with('#') {
                rest = rest.split_once('\n').map_or("", |(_, behind)| behind.trim_start());
            }
        } else if let Some(behind) = rest.strip_prefix("extern \"C\" {") {
            rest = behind.trim();
        } else if let Some(behind) = rest.strip_prefix('}') {
            rest = behind.trim();
        } else {
            let (text, behind) = statement(rest);
            items.push(item(text, std::mem::take(&mut doc)));
            rest = behind.trim();
        }
    }
    items
}
