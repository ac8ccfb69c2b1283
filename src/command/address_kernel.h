/* SPDX-License-Identifier: MIT */
/* !address in the dump of a kernel. */
#ifndef OSM_COMMAND_ADDRESS_KERNEL_H
#define OSM_COMMAND_ADDRESS_KERNEL_H

#include "command/kernel.h"

extern const struct record kernel_region_record, kernel_area_record;

/* What is at an address, and what it is used for. */
struct err *address_kernel(struct session *s, struct kernel *k, struct arena *a, uint64_t address, struct out *o) MUST_USE;
/* The parts of the address space; with `all` what is mapped in each. */
struct err *address_kernel_areas(struct kernel *k, bool all, struct out *o) MUST_USE;

#endif
