// SPDX-License-Identifier: LGPL-2.1-or-later
use crate::context::Context;
use crate::error::{Error, Result};
use crate::ffi::{self, call, Bytes, Copied, Handle, Kept, Ref};
use crate::region::Region;
use crate::text::{Text, TextBuf};
use crate::words::policy::{Match, Wish};
use crate::words::{OnlineType, Rules};
use libmhp_sys as sys;
use std::ptr;

ffi::object!(mhp_standing: mhp_standing_unref, mhp_standing_ref; Portable Shared);
ffi::parts!(mhp_standing_rule);

/// A standing policy: the rules of files, in their order; the first one that matches a region
/// decides. It is made also where files are wrong, and should not be acted upon then. It is
/// cheap to clone: all clones are the same one.
#[derive(Clone)]
pub struct Standing(Handle<sys::mhp_standing>);

/// What is wrong, or odd, with a file.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct Remark<'a> {
    /// The file, or the directory that could not be listed; to be escaped before it goes to a
    /// terminal.
    pub file: &'a Text,
    /// From 1; 0: about the file as a whole.
    pub line: u32,
    /// What it is, printable.
    pub message: &'a Text,
}

/// A file of a standing policy.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct RuleFile<'a> {
    /// Its path; to be escaped before it goes to a terminal.
    pub path: &'a Text,
    /// It is empty, or a link to /dev/null.
    pub masks: bool,
    /// The file that hides it, so that it is not read.
    pub hidden_by: Option<&'a Text>,
}

fn remark<'a>(file: &Kept<'a>, line: u32, message: &Kept<'a>) -> Remark<'a> {
    let (file, message) = (file.get().unwrap_or_default(), message.get().unwrap_or_default());
    Remark { file, line, message }
}

impl Standing {
    /// Reads the standing policy of the machine. A file that could not be read is one of its
    /// [errors](Standing::errors).
    ///
    /// # Errors
    /// `ENOMEM`.
    pub fn new(context: &Context) -> Result<Standing> {
        let name = "mhp_standing_new";
        let made = context.make(name, |ctx, made| (call!(mhp_standing_new(ctx, made)), None))?;
        made.map(Standing).ok_or_else(|| Error::nothing(name))
    }

    /// Makes one of a text; `file` is its name in messages.
    ///
    /// # Errors
    /// `ENOMEM`; `EINVAL`: a NUL in the name.
    pub fn from_text(file: impl AsRef<[u8]>, text: impl AsRef<[u8]>) -> Result<Standing> {
        let file = TextBuf::for_call("mhp_standing_new_from_text", file)?;
        let text = text.as_ref();
        ffi::make!(mhp_standing_new_from_text(&*file, Bytes(text), text.len())).map(Standing)
    }

    /// Adds the rules of a text after those that are there.
    ///
    /// # Errors
    /// `EBUSY`: there are other references to it, such as a clone or an agenda's. `ENOMEM`: it
    /// is of no use any more.
    pub fn add_text(&mut self, file: impl AsRef<[u8]>, text: impl AsRef<[u8]>) -> Result<()> {
        let file = TextBuf::for_call("mhp_standing_add_text", file)?;
        let text = text.as_ref();
        ffi::check!(mhp_standing_add_text(self.0.raw(), &*file, Bytes(text), text.len()))
    }

    pub(super) fn own(raw: Handle<sys::mhp_standing>) -> Standing {
        Standing(raw)
    }

    pub(super) fn raw(&self) -> ffi::Raw<'_, sys::mhp_standing> {
        self.0.raw()
    }

    fn get(&self) -> Ref<'_, sys::mhp_standing> {
        Ref::new(self.0.get())
    }

    /// What is wrong. With any, do not act upon the policy.
    pub fn errors(&self) -> impl DoubleEndedIterator<Item = Remark<'_>> + ExactSizeIterator + '_ {
        let raw = self.get();
        ffi::items(call!(mhp_standing_count_errors(raw)), move |index| {
            let (mut file, mut line, mut message) = (Kept::by(raw), 0u32, Kept::by(raw));
            ffi::check!(mhp_standing_get_error(raw, index, &mut file, &mut line, &mut message))
                .ok()?;
            Some(remark(&file, line, &message))
        })
    }

    /// What is allowed and yet hardly meant.
    pub fn warnings(&self) -> impl DoubleEndedIterator<Item = Remark<'_>> + ExactSizeIterator + '_ {
        let raw = self.get();
        ffi::items(call!(mhp_standing_count_warnings(raw)), move |index| {
            let (mut file, mut line, mut message) = (Kept::by(raw), 0u32, Kept::by(raw));
            ffi::check!(mhp_standing_get_warning(raw, index, &mut file, &mut line, &mut message))
                .ok()?;
            Some(remark(&file, line, &message))
        })
    }

    /// The files, hidden ones too.
    pub fn files(&self) -> impl DoubleEndedIterator<Item = RuleFile<'_>> + ExactSizeIterator + '_ {
        let raw = self.get();
        ffi::items(call!(mhp_standing_count_files(raw)), move |index| {
            let (mut path, mut masks, mut hider) = (Kept::by(raw), false, Kept::by(raw));
            ffi::check!(mhp_standing_get_file(raw, index, &mut path, &mut masks, &mut hider))
                .ok()?;
            Some(RuleFile { path: path.get().unwrap_or_default(), masks, hidden_by: hider.get() })
        })
    }

    /// The rules, in the order in which they are asked, those with errors too.
    pub fn rules(&self) -> impl DoubleEndedIterator<Item = Rule<'_>> + ExactSizeIterator + '_ {
        let raw = self.get();
        ffi::items(call!(mhp_standing_count_rules(raw)), move |index| {
            ffi::part!(mhp_standing_get_rule(raw, index)).map(Rule)
        })
    }

    /// The rule that decides about a region, and why: with [`Match::UNKNOWN`] the first one of
    /// which it cannot be told whether it matches.
    pub fn find_rule(&self, region: &Region<'_>) -> (Match, Option<Rule<'_>>, Option<TextBuf>) {
        let (snap, region) = region.parts();
        let (mut rule, mut why) = (ptr::null(), Copied::new());
        let raw = self.get();
        // SAFETY: all of them are alive.
        let found = unsafe {
            use ffi::Arg;
            sys::mhp_standing_find_rule(
                raw.arg(),
                snap.arg(),
                region.arg(),
                &mut rule,
                (&mut why).arg(),
            )
        };
        // SAFETY: it is borrowed from the standing policy.
        let rule = unsafe { Ref::part_of(raw, rule) }.map(Rule);
        (Match::from_raw(found), rule, why.take())
    }
}

impl std::fmt::Debug for Standing {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Standing")
            .field("rules", &self.rules().len())
            .field("errors", &self.errors().len())
            .finish_non_exhaustive()
    }
}

/// A rule: of a standing policy, as long as that lives.
#[derive(Clone, Copy)]
pub struct Rule<'a>(pub(super) Ref<'a, sys::mhp_standing_rule>);

impl<'a> Rule<'a> {
    /// Its section's name, printable.
    pub fn name(&self) -> &'a Text {
        ffi::text!(mhp_standing_rule_get_name(self.0)).unwrap_or_default()
    }

    /// The file that it stands in; to be escaped before it goes to a terminal.
    pub fn file(&self) -> &'a Text {
        ffi::text!(mhp_standing_rule_get_file(self.0)).unwrap_or_default()
    }

    /// Where it begins, from 1.
    pub fn line(&self) -> u32 {
        call!(mhp_standing_rule_get_line(self.0))
    }

    /// Where a key of it stands, such as "type"; None if it does not have it.
    pub fn key_line(&self, key: &str) -> Option<u32> {
        let key = TextBuf::new(key).ok()?;
        match call!(mhp_standing_rule_get_key_line(self.0, &*key)) {
            0 => None,
            line => Some(line),
        }
    }

    /// What it wants.
    pub fn wish(&self) -> Wish {
        Wish::from_raw(call!(mhp_standing_rule_get_wish(self.0)))
    }

    /// How memory is to be onlined.
    ///
    /// # Errors
    /// `ENODATA`: it has not [`Wish::TYPE`].
    pub fn online_type(&self) -> Result<OnlineType> {
        ffi::out!(mhp_standing_rule_get_online_type(self.0) -> u32).map(OnlineType::from_raw)
    }

    /// Of the memory of two regions, that of the lower order is handled first.
    pub fn order(&self) -> u32 {
        call!(mhp_standing_rule_get_order(self.0))
    }

    /// How much of the machine may be in Movable, for each 100 in kernel zones.
    ///
    /// # Errors
    /// `ENODATA`: there is no such limit.
    pub fn max_movable_ratio(&self) -> Result<u32> {
        ffi::out!(mhp_standing_rule_get_max_movable_ratio(self.0) -> u32)
    }

    /// Rules of the request that it comes to.
    pub fn rules(&self) -> Rules {
        Rules::from_bits(call!(mhp_standing_rule_get_rules(self.0)))
    }

    /// Is memory plugged that is no System RAM yet?
    pub fn can_plug(&self) -> bool {
        call!(mhp_standing_rule_can_plug(self.0))
    }

    /// Is persistent memory plugged, too, so that what is on it is lost?
    pub fn can_plug_persistent(&self) -> bool {
        call!(mhp_standing_rule_can_plug_persistent(self.0))
    }

    /// The rule as it could stand in a file.
    ///
    /// # Errors
    /// `ENOMEM`.
    pub fn text(&self) -> Result<TextBuf> {
        ffi::out_copy!(mhp_standing_rule_copy_text(self.0))
    }

    /// Does it match a region, and which key decided?
    pub fn matches(&self, region: &Region<'_>) -> (Match, Option<TextBuf>) {
        let (snap, region) = region.parts();
        let mut why = Copied::new();
        let found = call!(mhp_standing_rule_match(self.0, snap, region, &mut why));
        (Match::from_raw(found), why.take())
    }
}

impl std::fmt::Debug for Rule<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} ({:?}:{})", self.name(), self.file(), self.line())
    }
}
