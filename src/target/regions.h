/* SPDX-License-Identifier: MIT */
/*
 * The address space in regions, as !address shows it: the container's own
 * region list where it has one (MemoryInfoList, USERDUMP), else what segments,
 * file mappings and modules tell. Each region is given one use, by what is
 * known to be there; what nothing tells about is unknown, never guessed.
 */
#ifndef OSM_TARGET_REGIONS_H
#define OSM_TARGET_REGIONS_H

#include "target/target.h"

enum region_usage {
	USAGE_FREE,
	USAGE_UNKNOWN,
	USAGE_IMAGE,
	USAGE_MAPPED_FILE,
	USAGE_STACK,
	USAGE_TEB,
	USAGE_PEB,
	USAGE_HEAP,
	N_USAGES,
};

struct region {
	uint64_t base, size;
	uint64_t allocation_base;
	uint32_t allocation_protect, state, protect, type; /* Windows numbers */
	bool has_state;			/* the four above are known */
	uint32_t prot;			/* DUMP_PROT_* where has_prot */
	bool has_prot;
	enum region_usage usage;
	struct module *module;		/* USAGE_IMAGE */
	struct thread *thread;		/* USAGE_STACK, USAGE_TEB */
	const char *path;		/* USAGE_MAPPED_FILE; NULL */
	uint64_t in_dump;		/* bytes of it that can be read */
};

/* By base; in the target's memory, made on first use. */
struct err *target_regions(struct target *t, const struct region **ret, size_t *ret_n) MUST_USE;
/* NOTFOUND: the address is in none. */
struct err *target_region_at(struct target *t, uint64_t address, struct region *ret) MUST_USE;
const char *region_usage_name(enum region_usage usage);

#endif
