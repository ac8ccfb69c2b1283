/* SPDX-License-Identifier: MIT */
/*
 * Place: where a member lies in a structure, and how wide it is. For tables of
 * the kernel with many entries, which are read in bulk; one structure at a time
 * is easier bound with target/bind.h.
 */
#ifndef OSM_OS_LINUX_KERNEL_PLACE_H
#define OSM_OS_LINUX_KERNEL_PLACE_H

#include "target/target.h"

struct place {
	uint32_t offset;	/* of the member, in bytes */
	uint32_t size;		/* bytes; arrays: of all of them; 0: there is no such member */
	uint32_t count;		/* elements of an array, 1 else */
	uint8_t bit, bits;	/* of a bit field; bits 0: none */
};

/* The size of a type of the kernel: "prb_desc". NOTFOUND. */
struct err *place_size(struct target *t, const char *type, uint32_t *ret) MUST_USE;
/* A (dotted) member: "text_blk_lpos.begin". NOTFOUND: the type or the member. */
struct err *place_find(struct target *t, const char *type, const char *path, struct place *ret) MUST_USE;
/* The same; size 0 when there is none. */
struct place place_optional(struct target *t, const char *type, const char *path);

/* An unsigned member of a structure whose bytes were read; 0 where it is not within n bytes. */
uint64_t place_uint(const struct place *p, const uint8_t *bytes, size_t n);

#endif
