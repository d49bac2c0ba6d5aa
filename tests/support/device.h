/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What the tests of plugging share: who has dax0.0, and how the system is. */
#ifndef SUPPORT_DEVICE_H
#define SUPPORT_DEVICE_H

#include "bench.h"
#include "world.h"

#define PLUG "dax0.0 plugged online_movable borrow"
#define BIND KMEM "/bind"

/* dax0.0 has no driver, as after a boot. */
void set_up_free(struct bench *bench, const char *machine);
/* As it is after "daxctl reconfigure-device --mode=devdax": its id is gone again. */
void give_to_device_dax(struct bench *bench);
void unload(struct bench *bench, const char *module);
/* The system is as it was, and nothing is left to be done. */
void check_settings(struct bench *bench, const struct world *before);
/* NULL: none */
void check_driver(struct bench *bench, const char *device, const char *driver);

#endif /* SUPPORT_DEVICE_H */
