/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * CXL memory: ports and their decoders, regions of interleaved devices, and the dax
 * devices that the kernel makes of those that are RAM. A banner for each source file. See
 * the kernel's drivers/cxl/core/{region,port,hdm}.c, drivers/dax/cxl.c. 6.1 has no RAM
 * regions; there all of this only stands as the capture has it.
 */
#ifndef SIM_MODEL_CXL_H
#define SIM_MODEL_CXL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "model.h"

#define CXL_MAX_WAYS 16
/* what regions and parts of devices are multiples of */
#define CXL_UNIT (UINT64_C(256) << 20)

#define CXL_DEVICES_PATH "/sys/bus/cxl/devices"
#define CXL_DRIVERS_PATH "/sys/bus/cxl/drivers"

enum cxl_mode {
	CXL_MODE_NONE,
	CXL_MODE_RAM,
	CXL_MODE_PMEM,
};

/* How far a region has come, as in the kernel. */
enum cxl_state {
	CXL_IDLE,
	CXL_HAS_SIZE,		/* ways and granularity stay from here on */
	CXL_ACTIVE,		/* has all its targets */
	CXL_COMMITTED,		/* its decoders are programmed */
};

/* rootN, portN or endpointN */
struct cxl_port {
	struct node *dir;
	struct cxl_port *parent;	/* NULL: of a root */
	bool is_endpoint;
	unsigned int committed;		/* decoders, from the first one on */
};

enum cxl_decoder_type {
	CXL_ROOT,		/* a window of the machine's addresses */
	CXL_SWITCH,
	CXL_ENDPOINT,		/* of a memory device */
};

/* decoderP.N */
struct cxl_decoder {
	struct node *dir;
	struct cxl_port *port;
	enum cxl_decoder_type type;
	unsigned int id;	/* the N */
	uint64_t start, size;	/* in the machine's addresses; size 0: none */
	uint64_t ways, granularity;
	unsigned int targets[CXL_MAX_WAYS];	/* dports, by number; not of an endpoint's */
	size_t n_targets;
	struct cxl_region *region;	/* that it is part of, or NULL; not of a root */
	bool is_enabled, is_locked;
	/* of an endpoint's */
	enum cxl_mode mode;
	bool has_dpa;		/* a piece of the device's memory, in its own addresses */
	uint64_t dpa_start, dpa_size;
	/* of a root's */
	unsigned int next_region;	/* number of the region that is made next */
	int node;		/* of the memory in this window */
};

struct cxl_target {
	struct cxl_region *region;
	unsigned int position;
	struct cxl_decoder *decoder;	/* of an endpoint; NULL: none yet */
};

struct cxl_region {
	struct node *dir;
	struct cxl_decoder *root;
	unsigned int id;
	enum cxl_mode mode;
	enum cxl_state state;
	uint64_t ways, granularity;
	uint64_t start, size;	/* size 0: none yet */
	bool is_locked;
	bool is_bound;		/* to cxl_region */
	struct cxl_target targets[CXL_MAX_WAYS];	/* as many as ways */
	struct node *dax_dir;	/* dax_regionN, or NULL */
	bool dax_is_bound;	/* to cxl_dax_region */
};

struct cxl {
	struct cxl_port **ports;
	size_t n_ports;
	struct cxl_decoder **decoders;
	size_t n_decoders;
	struct cxl_region **regions;
	size_t n_regions;
	struct node *devices;		/* the bus's links to them */
	struct node *region_driver;	/* cxl_region's directory, or NULL */
	struct node *dax_driver;	/* cxl_dax_region's */
	bool shows_locked;		/* a region says whether it is: 7.1 */
};

/* ---- model-cxl.c ---- */

int cxl_load(struct mhp_sim *sim, const struct complaints *complaints);
void cxl_free(struct cxl *cxl);
struct cxl_decoder *cxl_find_decoder(const struct cxl *cxl, const char *word);
struct cxl_region *cxl_find_region(const struct cxl *cxl, const char *word);
/* Decoder id of a port; NULL: there is none. */
struct cxl_decoder *cxl_port_decoder(const struct cxl *cxl, const struct cxl_port *port,
				     unsigned int id);
/* A region whose directory is there; from here on the model's. NULL: no memory */
struct cxl_region *cxl_add_region(struct cxl *cxl, struct node *dir, struct cxl_decoder *root,
				  unsigned int id);
/* The lowest number that no region has, and that none is to get next. */
unsigned int cxl_free_number(const struct model *model);
/* "# window: decoderP.N node M" of a header: what no file tells */
void cxl_set_node(struct cxl *cxl, const char *decoder, int node);
const char *cxl_mode_name(enum cxl_mode mode);

/* ---- model-cxl-decoder.c: what decoders show ---- */

/* Has its files rendered. */
void cxl_decoder_set_attrs(struct cxl_decoder *decoder);
void cxl_port_set_attrs(struct cxl_port *port);

/* ---- model-cxl-attach.c: decoders in regions, and programming them ---- */

/* An endpoint's decoder gets a position in a region, with a decoder of each port above. */
int cxl_attach(struct mhp_sim *sim, struct cxl_target *target, struct cxl_decoder *endpoint);
/* ... and gives it up; its region's driver does, too. */
void cxl_detach(struct mhp_sim *sim, struct cxl_target *target);
/* All of a region's, or none. */
int cxl_commit(struct mhp_sim *sim, struct cxl_region *region);
void cxl_reset(struct mhp_sim *sim, struct cxl_region *region);

/* ---- model-cxl-region.c: a region's files ---- */

void cxl_region_set_attrs(struct mhp_sim *sim, struct cxl_region *region);
/* Gives one that has ways and granularity its addresses; its line in /proc/iomem may be there. */
int cxl_place(struct mhp_sim *sim, struct cxl_region *region, uint64_t start, uint64_t size);
/* create_ram_region, delete_region: of a root's decoder */
extern const struct attr cxl_create_ram_attr, cxl_create_pmem_attr, cxl_delete_attr;

/* ---- model-cxl-driver.c: drivers of regions, and the dax devices that come of it ---- */

int cxl_drivers_load(struct mhp_sim *sim);
int cxl_bind(struct mhp_sim *sim, struct cxl_region *region);
/* Fine if it is not bound. */
void cxl_unbind(struct mhp_sim *sim, struct cxl_region *region);
/* The event of a region's device, or of its dax_regionN. */
void cxl_region_tell(struct mhp_sim *sim, const struct cxl_region *region, const char *action);
/* A device's link to its bus. */
int cxl_add_subsystem(struct mhp_sim *sim, struct node *dir, const char *bus_path);
/* kmem may be about to add or to remove memory. */
enum need cxl_need(struct mhp_sim *sim, void *owner, const char *word);
/* cxl_dax_region comes: its directory is there */
void cxl_dax_driver_add(struct mhp_sim *sim, struct node *dir);

#endif /* SIM_MODEL_CXL_H */
