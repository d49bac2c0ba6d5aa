// SPDX-License-Identifier: LGPL-2.1-or-later
//! The border to C, in one place. What is handed over here are values, and references to
//! what is alive: other modules need no `unsafe` to call a function of the library.
use crate::text::{Text, TextBuf};
use std::marker::PhantomData;
use std::ops::Deref;
use std::os::raw::{c_char, c_void};
use std::ptr::{self, NonNull};

extern "C" {
    fn free(pointer: *mut c_void);
}

/// An object of the library that somebody owns.
///
/// # Safety
/// `free` gives back what a function of the library made, or one reference to it.
pub(crate) unsafe trait Object {
    /// Gives it back.
    ///
    /// # Safety
    /// `raw` is alive, and not used afterwards by whom it belonged to.
    unsafe fn free(raw: *mut Self);
}

/// An object with references.
///
/// # Safety
/// `count` takes one more.
pub(crate) unsafe trait Counted: Object {
    /// Takes a reference.
    ///
    /// # Safety
    /// `raw` is alive.
    unsafe fn count(raw: *mut Self);
}

/// An object that another thread may go on with.
///
/// # Safety
/// The library allows that.
pub(crate) unsafe trait Portable {}

/// An object that several threads may read at once, or use, where its functions are called
/// by a [`Raw`].
///
/// # Safety
/// The library allows that.
pub(crate) unsafe trait Shared {}

/// Declares how an object is given back, referenced, and which threads may have it.
macro_rules! object {
    ($name:ident: $free:ident $(, $count:ident)?; $($thread:ident)*) => {
        // SAFETY: that is what the header of the object says.
        unsafe impl crate::ffi::Object for sys::$name {
            unsafe fn free(raw: *mut Self) {
                // SAFETY: the caller promises that it is alive.
                unsafe { sys::$free(raw) };
            }
        }
        $(
            // SAFETY: that is what the header of the object says.
            unsafe impl crate::ffi::Counted for sys::$name {
                unsafe fn count(raw: *mut Self) {
                    // SAFETY: the caller promises that it is alive.
                    unsafe { sys::$count(raw) };
                }
            }
        )?
        $(
            // SAFETY: mhp/mhp.h says which threads may use it.
            unsafe impl crate::ffi::$thread for sys::$name {}
        )*
    };
}
pub(crate) use object;

/// Declares objects that are a part of another one, and are read from any thread.
macro_rules! parts {
    ($($name:ident)*) => {
        $(
            // SAFETY: what it is a part of may be read from any thread.
            unsafe impl crate::ffi::Shared for sys::$name {}
        )*
    };
}
pub(crate) use parts;

/// What owns an object, or one reference to it.
pub(crate) struct Handle<T: Object>(NonNull<T>);

impl<T: Object> Handle<T> {
    /// Of what a function of the library has just made; None of NULL.
    ///
    /// # Safety
    /// `raw` is NULL, or alive, and nobody else gives it back.
    pub(crate) unsafe fn own(raw: *mut T) -> Option<Self> {
        NonNull::new(raw).map(Handle)
    }

    pub(crate) fn get(&self) -> &T {
        // SAFETY: it is alive as long as the handle is.
        unsafe { self.0.as_ref() }
    }

    pub(crate) fn raw(&self) -> Raw<'_, T> {
        Raw(self.0.as_ptr(), PhantomData)
    }
}

impl<T: Counted> Clone for Handle<T> {
    fn clone(&self) -> Self {
        // SAFETY: it is alive as long as the handle is.
        unsafe { T::count(self.0.as_ptr()) };
        Handle(self.0)
    }
}

impl<T: Object> Drop for Handle<T> {
    fn drop(&mut self) {
        // SAFETY: the handle owned it, and is gone.
        unsafe { T::free(self.0.as_ptr()) };
    }
}

// SAFETY: the object allows it.
unsafe impl<T: Object + Portable> Send for Handle<T> {}
// SAFETY: the object allows it.
unsafe impl<T: Object + Shared> Sync for Handle<T> {}

/// A pointer for a function that takes an object as one that it may change.
pub(crate) struct Raw<'a, T>(*mut T, PhantomData<&'a T>);

impl<T> Clone for Raw<'_, T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T> Copy for Raw<'_, T> {}

/// A part of an object, as long as that is borrowed.
pub(crate) struct Ref<'a, T>(&'a T);

impl<'a, T> Ref<'a, T> {
    pub(crate) fn new(part: &'a T) -> Self {
        Ref(part)
    }

    /// Of a pointer that a function of the library gave; None of NULL.
    ///
    /// # Safety
    /// It is alive as long as the object behind `_owner`.
    pub(crate) unsafe fn part_of(_owner: impl Borrowed<'a>, raw: *const T) -> Option<Self> {
        // SAFETY: the caller promises that.
        unsafe { raw.as_ref() }.map(Ref)
    }

    /// A reference of one's own.
    pub(crate) fn count(self) -> Handle<T>
    where
        T: Counted,
    {
        let raw = self.0 as *const T as *mut T;
        // SAFETY: it is alive, and the library counts whatever pointer it is given by.
        unsafe { T::count(raw) };
        Handle(NonNull::from(self.0))
    }
}

impl<T> Clone for Ref<'_, T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T> Copy for Ref<'_, T> {}

impl<T> Deref for Ref<'_, T> {
    type Target = T;

    fn deref(&self) -> &T {
        self.0
    }
}

// SAFETY: it only reads, and the object may be read from any thread.
unsafe impl<T: Shared> Send for Ref<'_, T> {}
// SAFETY: it only reads, and the object may be read from any thread.
unsafe impl<T: Shared> Sync for Ref<'_, T> {}

/// An argument that a function of the library can be given, whatever it is.
pub(crate) trait Arg {
    type Raw;

    fn arg(self) -> Self::Raw;
}

macro_rules! values {
    ($($type:ty)*) => {
        $(
            impl Arg for $type {
                type Raw = $type;

                fn arg(self) -> $type {
                    self
                }
            }

            impl Arg for &mut $type {
                type Raw = *mut $type;

                fn arg(self) -> *mut $type {
                    self
                }
            }
        )*
    };
}
values!(u64 i64 u32 i32 usize bool);

impl<T> Arg for &T {
    type Raw = *const T;

    fn arg(self) -> *const T {
        self
    }
}

impl<T> Arg for Ref<'_, T> {
    type Raw = *const T;

    fn arg(self) -> *const T {
        self.0
    }
}

impl<T> Arg for Raw<'_, T> {
    type Raw = *mut T;

    fn arg(self) -> *mut T {
        self.0
    }
}

impl Arg for &Text {
    type Raw = *const c_char;

    fn arg(self) -> *const c_char {
        self.as_c_str().as_ptr()
    }
}

impl Arg for Option<&Text> {
    type Raw = *const c_char;

    fn arg(self) -> *const c_char {
        self.map_or(ptr::null(), Arg::arg)
    }
}

/// Bytes, of which a function is told how many there are.
pub(crate) struct Bytes<'a>(pub(crate) &'a [u8]);

impl Arg for Bytes<'_> {
    type Raw = *const c_char;

    fn arg(self) -> *const c_char {
        self.0.as_ptr().cast()
    }
}

/// Where a function puts an object that it makes.
pub(crate) struct Made<T: Object>(*mut T);

impl<T: Object> Made<T> {
    pub(crate) fn new() -> Self {
        Made(ptr::null_mut())
    }

    pub(crate) fn take(&mut self) -> Option<Handle<T>> {
        let raw = std::mem::replace(&mut self.0, ptr::null_mut());
        // SAFETY: only a function of the library has written it, which gave it away.
        unsafe { Handle::own(raw) }
    }
}

impl<T: Object> Drop for Made<T> {
    fn drop(&mut self) {
        drop(self.take());
    }
}

impl<T: Object> Arg for &mut Made<T> {
    type Raw = *mut *mut T;

    fn arg(self) -> *mut *mut T {
        &mut self.0
    }
}

/// Where a function puts a text that is the caller's.
pub(crate) struct Copied(*mut c_char);

impl Copied {
    pub(crate) fn new() -> Self {
        Copied(ptr::null_mut())
    }

    pub(crate) fn take(&mut self) -> Option<TextBuf> {
        if self.0.is_null() {
            return None;
        }
        // SAFETY: only a function of the library has written it, which ends it with NUL.
        let text = unsafe { Text::from_ptr(self.0) }.to_owned();
        // SAFETY: it came from malloc(), and is ours.
        unsafe { free(self.0.cast()) };
        self.0 = ptr::null_mut();
        Some(text)
    }
}

impl Drop for Copied {
    fn drop(&mut self) {
        self.take();
    }
}

impl Arg for &mut Copied {
    type Raw = *mut *mut c_char;

    fn arg(self) -> *mut *mut c_char {
        &mut self.0
    }
}

/// What an object, or a part of one, is borrowed by.
pub(crate) trait Borrowed<'a>: Arg + Copy {}

impl<'a, T> Borrowed<'a> for &'a T {}
impl<'a, T> Borrowed<'a> for Ref<'a, T> {}

/// Where a function puts a text that an object keeps.
pub(crate) struct Kept<'a>(*const c_char, PhantomData<&'a Text>);

impl<'a> Kept<'a> {
    pub(crate) fn by(_owner: impl Borrowed<'a>) -> Self {
        Kept(ptr::null(), PhantomData)
    }

    pub(crate) fn get(&self) -> Option<&'a Text> {
        if self.0.is_null() {
            return None;
        }
        // SAFETY: only a function of the library has written it, of an object that lives.
        Some(unsafe { Text::from_ptr(self.0) })
    }
}

impl Arg for &mut Kept<'_> {
    type Raw = *mut *const c_char;

    fn arg(self) -> *mut *const c_char {
        &mut self.0
    }
}

/// A text that a function gave.
///
/// # Safety
/// It is NULL, or alive as long as the object behind `_owner`.
pub(crate) unsafe fn text_of<'a>(
    _owner: impl Borrowed<'a>,
    raw: *const c_char,
) -> Option<&'a Text> {
    // SAFETY: the caller promises that.
    (!raw.is_null()).then(|| unsafe { Text::from_ptr(raw) })
}

/// Calls a function of the library.
macro_rules! call {
    ($name:ident($($arg:expr),* $(,)?)) => {
        // SAFETY: the types of its arguments are those that Arg allows: values, and what is
        // alive for as long as the call takes.
        unsafe { sys::$name($(crate::ffi::Arg::arg($arg)),*) }
    };
}
pub(crate) use call;

/// Calls a function that gives 0 or a negative errno value.
macro_rules! check {
    ($name:ident($($arg:expr),* $(,)?)) => {
        crate::error::check(stringify!($name), crate::ffi::call!($name($($arg),*)))
    };
}
pub(crate) use check;

/// Calls a function whose last argument is where it puts a value.
macro_rules! out {
    ($name:ident($($arg:expr),*) -> $type:ty) => {{
        let mut value = <$type>::default();
        crate::ffi::check!($name($($arg,)* &mut value)).map(|()| value)
    }};
}
pub(crate) use out;

/// Calls a function whose last argument is where it puts a text, which its first one keeps.
macro_rules! out_text {
    ($name:ident($owner:expr $(, $arg:expr)*)) => {{
        let owner = $owner;
        let mut text = crate::ffi::Kept::by(owner);
        crate::ffi::check!($name(owner $(, $arg)*, &mut text)).map(|()| text.get())
    }};
}
pub(crate) use out_text;

/// Calls a function whose last argument is where it puts a text for the caller.
macro_rules! out_copy {
    ($name:ident($($arg:expr),*)) => {{
        let mut text = crate::ffi::Copied::new();
        crate::ffi::check!($name($($arg,)* &mut text))
            .map(|()| text.take().unwrap_or_default())
    }};
}
pub(crate) use out_copy;

/// Calls a function whose last argument is where it puts an object.
macro_rules! make {
    ($name:ident($($arg:expr),*)) => {{
        let mut made = crate::ffi::Made::new();
        let result = crate::ffi::check!($name($($arg,)* &mut made));
        result.and_then(|()| {
            made.take().ok_or_else(|| crate::error::Error::nothing(stringify!($name)))
        })
    }};
}
pub(crate) use make;

/// Calls a function for a text that its first argument keeps.
macro_rules! text {
    ($name:ident($owner:expr $(, $arg:expr)*)) => {{
        let owner = $owner;
        let raw = crate::ffi::call!($name(owner $(, $arg)*));
        // SAFETY: these functions give NULL, or what the first argument keeps.
        unsafe { crate::ffi::text_of(owner, raw) }
    }};
}
pub(crate) use text;

/// Calls a function for a part that its first argument has.
macro_rules! part {
    ($name:ident($owner:expr $(, $arg:expr)*)) => {{
        let owner = $owner;
        let raw = crate::ffi::call!($name(owner $(, $arg)*));
        // SAFETY: these functions give NULL, or what the first argument has.
        unsafe { crate::ffi::Ref::part_of(owner, raw) }
    }};
}
pub(crate) use part;

/// All of so many, by position.
pub(crate) fn items<'a, T>(
    count: usize,
    get: impl Fn(usize) -> Option<T> + 'a,
) -> impl DoubleEndedIterator<Item = T> + ExactSizeIterator + 'a {
    (0..count).map(move |index| get(index).expect("as many as were counted"))
}
