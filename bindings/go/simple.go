// SPDX-License-Identifier: LGPL-2.1-or-later

package mhp

// #include <mhp/mhp.h>
import "C"

import "context"

// Fulfil takes a snapshot, plans a request, and applies that. A plan with conflicts is a report
// of OutcomeRefused.
func (c *Context) Fulfil(ctx context.Context, request *Request,
	opts *ApplyOptions) (*Report, error) {
	const op = "Context.Fulfil"
	var report *Report
	err := request.using(op, func(q *C.struct_mhp_request) error {
		return c.applying(ctx, op, opts,
			func(p *C.struct_mhp_ctx, o *C.struct_mhp_apply_opts, e *ending) C.int {
				var ret *C.struct_mhp_report
				r := C.mhp_fulfil(p, q, o, &ret)
				report = newReport(ret, e)
				return r
			})
	})
	return report, err
}

// simply calls one of those below with a region.
func (c *Context) simply(op, region string,
	f func(p *C.struct_mhp_ctx, region *C.char, ret **C.struct_mhp_report) C.int) (*Report,
	error) {
	var in toC
	var report *Report
	defer in.free()
	name := in.text(op, region)
	if in.err != nil {
		return nil, in.err
	}
	err := c.call(op, func(p *C.struct_mhp_ctx) C.int {
		var ret *C.struct_mhp_report
		r := f(p, name, &ret)
		report = newReport(ret, nil)
		return r
	})
	return report, err
}

// OnlineRegion onlines a region with a type, within a minute; Fulfil can be cancelled.
func (c *Context) OnlineRegion(region string, t OnlineType, rules Rules) (*Report, error) {
	return c.simply("Context.OnlineRegion", region,
		func(p *C.struct_mhp_ctx, region *C.char, ret **C.struct_mhp_report) C.int {
			return C.mhp_online_region(p, region, C.enum_mhp_online_type(t),
				C.uint64_t(rules), ret)
		})
}

// OfflineRegion takes a region offline, within a minute; its blocks stay present.
func (c *Context) OfflineRegion(region string, rules Rules) (*Report, error) {
	return c.simply("Context.OfflineRegion", region,
		func(p *C.struct_mhp_ctx, region *C.char, ret **C.struct_mhp_report) C.int {
			return C.mhp_offline_region(p, region, C.uint64_t(rules), ret)
		})
}

// UnplugRegion takes a region out of System RAM, within a minute: no blocks are left.
func (c *Context) UnplugRegion(region string, rules Rules) (*Report, error) {
	return c.simply("Context.UnplugRegion", region,
		func(p *C.struct_mhp_ctx, region *C.char, ret **C.struct_mhp_report) C.int {
			return C.mhp_unplug_region(p, region, C.uint64_t(rules), ret)
		})
}

// PlugRegion makes a region System RAM with a type, within a minute: every block online in its
// zone, and never in another one. Settings of the system may be borrowed.
func (c *Context) PlugRegion(region string, t OnlineType, rules Rules) (*Report, error) {
	return c.simply("Context.PlugRegion", region,
		func(p *C.struct_mhp_ctx, region *C.char, ret **C.struct_mhp_report) C.int {
			return C.mhp_plug_region(p, region, C.enum_mhp_online_type(t),
				C.uint64_t(rules), ret)
		})
}
