/* SPDX-License-Identifier: MIT */
/*
 * Space: addresses to bytes.
 *
 * An ordered set of ranges, each with a method that says how its bytes are
 * found: linear (in a source), an image file mapped section by section, page
 * tables, or nothing. Ranges are added in order
 * of authority: where two overlap, the one added first answers, so an image
 * file added last fills only what the dump left out. Holes are normal.
 */
#ifndef OSM_MEMORY_SPACE_H
#define OSM_MEMORY_SPACE_H

#include "arch/arch.h"
#include "base/cleanup.h"
#include "base/err.h"
#include "base/source.h"
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct space;

/* Where the bytes of a range come from: shown as provenance. */
enum space_origin {
	SPACE_DUMP,	/* bytes in the dump */
	SPACE_IMAGE,	/* from the module's file on disk */
	SPACE_ZERO,	/* known to be zero (bss of an image file) */
};

/* A range whose bytes are found by translating addresses: page tables. */
struct space_translation {
	size_t (*read)(void *arg, uint64_t address, void *buf, size_t len);	/* leading bytes that are there */
	/* The first run of mapped addresses in [from, last], inclusive; false: none. */
	bool (*next)(void *arg, uint64_t from, uint64_t last, uint64_t *ret_start, uint64_t *ret_last);
	void *arg;
};

struct space_range {
	uint64_t address, size;
	struct source *src;	/* borrowed, outlives the space; NULL: SPACE_ZERO */
	uint64_t offset;	/* in src, of `address` */
	enum space_origin origin;
	uint32_t tag;		/* caller's: index of segment or module */
	const struct space_translation *by;	/* NULL: src; borrowed, outlives the space */
};

struct err *space_create(struct space **ret) MUST_USE;
void space_destroy(struct space *s); /* accepts NULL */
DEFINE_CLEANUP_PTR(struct space, space_destroy)

/* Ranges may come in any order and overlap; cost n log n once. Ranges that
 * wrap around the end of the address space are cut. */
struct err *space_add(struct space *s, const struct space_range *ranges, size_t n) MUST_USE;

/* All of [address, address+len) or FAULT(first absent address). */
struct err *space_read(struct space *s, uint64_t address, void *buf, size_t len) MUST_USE;
/* Leading bytes that are there; no error object: absence is the normal case. */
size_t space_read_some(struct space *s, uint64_t address, void *buf, size_t len);
/* Little-endian integer. */
struct err *space_read_uint(struct space *s, uint64_t address, unsigned size, uint64_t *ret) MUST_USE;

/*
 * The piece that covers `address`, or else the next one above it; false when
 * there is none. Pieces never overlap: their sum is the coverage. Of a translated
 * range, what is mapped comes in pieces that begin at `address` or above it.
 */
bool space_find(const struct space *s, uint64_t address, struct space_range *ret);
bool space_has(const struct space *s, uint64_t address);

/* A source over [base, base+size) of the space; reading a hole is FAULT.
 * The space must outlive it. */
struct err *space_source(struct space *s, const char *name, uint64_t base, uint64_t size,
			 struct source **ret) MUST_USE;

/* The same as arch and symbol code see memory; lives as long as the space. */
struct arch_memory space_memory(struct space *s);

/* Called for ranges not there, so that image files are opened only when asked
 * for: may call space_add. True: try again. Each 64 KB page is asked for at
 * most once, and never while fill itself reads from the space. */
typedef bool space_fill_fn(void *arg, struct space *s, uint64_t address);
void space_set_fill(struct space *s, space_fill_fn *fill, void *arg);

#endif
