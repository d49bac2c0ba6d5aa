// SPDX-License-Identifier: LGPL-2.1-or-later
//! Snapshot, plan and apply in one call.
use crate::apply::ApplyOptions;
use crate::context::Context;
use crate::error::Result;
use crate::ffi::call;
use crate::report::Report;
use crate::request::Request;
use crate::text::TextBuf;
use crate::words::{OnlineType, Rules};
use libmhp_sys as sys;

/// Snapshot, plan and apply in one call. A plan with conflicts is a report of
/// [`Outcome::REFUSED`](crate::Outcome::REFUSED).
///
/// Errors are those of [`Context::snapshot`], [`Snapshot::plan`](crate::Snapshot::plan) and
/// [`Context::apply`].
impl Context {
    /// Fulfils a request.
    ///
    /// # Errors
    /// See above.
    pub fn fulfil(&self, request: &Request, options: ApplyOptions<'_>) -> Result<Report> {
        let request = request.get()?;
        self.report_by("mhp_fulfil", options, |ctx, opts, report| {
            call!(mhp_fulfil(ctx, request, opts, report))
        })
    }

    /// Onlines a region with a type, by the default deadline.
    ///
    /// # Errors
    /// See above.
    pub fn online_region(
        &self,
        region: impl AsRef<[u8]>,
        online_type: OnlineType,
        rules: Rules,
    ) -> Result<Report> {
        let (name, how) = ("mhp_online_region", online_type.raw());
        let region = TextBuf::for_call(name, region)?;
        self.report_by(name, ApplyOptions::new(), |ctx, _, report| {
            call!(mhp_online_region(ctx, &*region, how, rules.bits(), report))
        })
    }

    /// Takes a region offline, by the default deadline; its blocks stay present.
    ///
    /// # Errors
    /// See above.
    pub fn offline_region(&self, region: impl AsRef<[u8]>, rules: Rules) -> Result<Report> {
        let name = "mhp_offline_region";
        let region = TextBuf::for_call(name, region)?;
        self.report_by(name, ApplyOptions::new(), |ctx, _, report| {
            call!(mhp_offline_region(ctx, &*region, rules.bits(), report))
        })
    }

    /// Takes a region out of System RAM, by the default deadline.
    ///
    /// # Errors
    /// See above.
    pub fn unplug_region(&self, region: impl AsRef<[u8]>, rules: Rules) -> Result<Report> {
        let name = "mhp_unplug_region";
        let region = TextBuf::for_call(name, region)?;
        self.report_by(name, ApplyOptions::new(), |ctx, _, report| {
            call!(mhp_unplug_region(ctx, &*region, rules.bits(), report))
        })
    }

    /// Makes a region System RAM, with a type, by the default deadline. Settings of the system
    /// may be borrowed.
    ///
    /// # Errors
    /// See above.
    pub fn plug_region(
        &self,
        region: impl AsRef<[u8]>,
        online_type: OnlineType,
        rules: Rules,
    ) -> Result<Report> {
        let (name, how) = ("mhp_plug_region", online_type.raw());
        let region = TextBuf::for_call(name, region)?;
        self.report_by(name, ApplyOptions::new(), |ctx, _, report| {
            call!(mhp_plug_region(ctx, &*region, how, rules.bits(), report))
        })
    }
}
