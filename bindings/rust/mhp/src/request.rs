// SPDX-License-Identifier: LGPL-2.1-or-later
use crate::error::{Error, Result};
use crate::ffi::{self, call, Handle, Raw};
use crate::text::TextBuf;
use crate::words::{Goal, OnlineType, RegionKind, Rules};
use libmhp_sys as sys;
use std::ops::Range;
use std::os::raw::c_int;

ffi::object!(mhp_request: mhp_request_free; Portable Shared);

/// What the caller wants: a target, a goal, and the rules.
///
/// The target that is set last counts. What one of these calls refuses is told by
/// [`Request::check`], and where the request is used: as with [`std::process::Command`].
///
/// ```
/// use mhp::{Goal, OnlineType, Request, Rules};
///
/// let request = Request::new()
///     .region("dax0.0")
///     .goal(Goal::PLUGGED)
///     .online_type(OnlineType::ONLINE_MOVABLE)
///     .rules(Rules::BORROW);
/// assert!(request.check().is_ok());
/// assert_eq!(request.region("").check().unwrap_err().function(), "mhp_request_set_region");
/// ```
pub struct Request(Result<Handle<sys::mhp_request>>);

impl Request {
    /// An empty one.
    #[allow(clippy::new_without_default)] // it can fail, which is told later
    pub fn new() -> Request {
        Request(ffi::make!(mhp_request_new()))
    }

    fn set(
        self,
        function: &'static str,
        set: impl FnOnce(Raw<'_, sys::mhp_request>) -> Result<c_int>,
    ) -> Request {
        Request(self.0.and_then(|handle| {
            let r = set(handle.raw())?;
            crate::error::check(function, r).map(|()| handle)
        }))
    }

    /// The target: one region, by its name or its identity.
    pub fn region(self, name: impl AsRef<[u8]>) -> Request {
        let function = "mhp_request_set_region";
        self.set(function, |request| {
            let name = TextBuf::for_call(function, name)?;
            Ok(call!(mhp_request_set_region(request, &*name)))
        })
    }

    /// The target: the whole blocks inside a physical range.
    pub fn range(self, start: u64, size_bytes: u64) -> Request {
        self.set("mhp_request_set_range", |request| {
            Ok(call!(mhp_request_set_range(request, start, size_bytes)))
        })
    }

    /// The target: blocks by number; called again, some more.
    pub fn blocks(self, ids: Range<u64>) -> Request {
        let count = ids.end.saturating_sub(ids.start);
        self.set("mhp_request_add_blocks", |request| {
            Ok(call!(mhp_request_add_blocks(request, ids.start, count)))
        })
    }

    /// The target: the blocks of a node; to plug or unplug, the devices whose memory belongs
    /// to it then.
    pub fn node(self, id: i32) -> Request {
        self.set("mhp_request_set_node", |request| Ok(call!(mhp_request_set_node(request, id))))
    }

    /// The target: all regions of a kind.
    pub fn kind(self, kind: RegionKind) -> Request {
        self.set("mhp_request_set_kind", |request| {
            Ok(call!(mhp_request_set_kind(request, kind.raw())))
        })
    }

    /// Only so much of the target; 0: all of it.
    pub fn size_bytes(self, size_bytes: u64) -> Request {
        self.set("mhp_request_set_size_bytes", |request| {
            call!(mhp_request_set_size_bytes(request, size_bytes));
            Ok(0)
        })
    }

    /// The driver that is to have the device once it is unplugged; None for none.
    pub fn driver(self, driver: Option<&str>) -> Request {
        let function = "mhp_request_set_driver";
        self.set(function, |request| {
            let driver = driver.map(|name| TextBuf::for_call(function, name)).transpose()?;
            Ok(call!(mhp_request_set_driver(request, driver.as_deref())))
        })
    }

    /// What is to become of the target.
    pub fn goal(self, goal: Goal) -> Request {
        self.set("mhp_request_set_goal", |request| {
            Ok(call!(mhp_request_set_goal(request, goal.raw())))
        })
    }

    /// How memory is to be onlined.
    pub fn online_type(self, online_type: OnlineType) -> Request {
        self.set("mhp_request_set_online_type", |request| {
            Ok(call!(mhp_request_set_online_type(request, online_type.raw())))
        })
    }

    /// Online it as the system does by default at the time of the snapshot.
    pub fn default_type(self) -> Request {
        self.set("mhp_request_set_default_type", |request| {
            call!(mhp_request_set_default_type(request));
            Ok(0)
        })
    }

    /// What is allowed.
    pub fn rules(self, rules: Rules) -> Request {
        self.set("mhp_request_set_rules", |request| {
            Ok(call!(mhp_request_set_rules(request, rules.bits())))
        })
    }

    /// Was all of it accepted?
    ///
    /// # Errors
    /// What the first of these calls answered that was not: `EINVAL`, `E2BIG`, `ENOMEM`.
    pub fn check(&self) -> Result<()> {
        self.get().map(|_| ())
    }

    pub(crate) fn get(&self) -> Result<&sys::mhp_request> {
        self.0.as_ref().map(Handle::get).map_err(Error::clone)
    }
}

impl std::fmt::Debug for Request {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("Request").field(&self.check()).finish()
    }
}
