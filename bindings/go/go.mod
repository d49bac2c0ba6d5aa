// SPDX-License-Identifier: LGPL-2.1-or-later

// No host serves this path: .invalid never exists (RFC 2606). README.md says how to use it.
module libmhp.invalid/mhp

go 1.19
