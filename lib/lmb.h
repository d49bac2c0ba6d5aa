/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Logical memory blocks as the device tree of a POWER partition tells them: properties of
 * ibm,dynamic-reconfiguration-memory, big-endian numbers (LoPAR; read by the kernel in
 * arch/powerpc/mm/drmem.c). No I/O.
 */
#ifndef MHP_LMB_H
#define MHP_LMB_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* arch/powerpc/include/asm/drmem.h, DRCONF_MEM_... */
#define LMB_ASSIGNED		0x00000008
#define LMB_DRC_INVALID		0x00000020
#define LMB_RESERVED		0x00000080
#define LMB_HOTREMOVABLE	0x00000100

/* Beyond what a partition has: so many of 16 MiB are 16 TiB, of 256 MiB 256 TiB. */
#define MAX_LMBS (UINT64_C(1) << 20)

struct lmb {
	uint64_t address;
	uint32_t index;		/* of its connector (DRC) */
	uint32_t place;		/* in ibm,associativity-lookup-arrays */
	uint32_t flags;
};

/* ibm,lmb-size. -EBADMSG: no power of two, or not eight bytes */
int lmb_parse_size(const char *bytes, size_t length, uint64_t *ret_size);
/*
 * ibm,dynamic-memory, or ibm,dynamic-memory-v2, where LMBs in a row are one entry. They
 * come sorted by address. -EBADMSG: entries are missing, addresses overflow or are there
 * twice; -E2BIG: more than MAX_LMBS; -ENOMEM. The caller frees the list.
 */
int lmb_parse_list(const char *bytes, size_t length, bool is_v2, uint64_t lmb_size,
		   struct lmb **ret_lmbs, size_t *ret_count);

#endif /* MHP_LMB_H */
