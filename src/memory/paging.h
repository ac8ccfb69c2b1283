/* SPDX-License-Identifier: MIT */
/*
 * Page tables of x86-64: from a virtual address to a physical one, by four or
 * five levels of tables that lie in physical memory.
 *
 * Entries are 8 bytes, 512 to a table. Bit 0: present; bit 7 at levels 3 and 2:
 * a page of 1 GB or 2 MB; bits 51..12: the frame. An entry that is not present
 * holds what its system likes (a swap entry): it is handed on as it is.
 *
 * Source: Intel SDM volume 3, chapter 4; AMD APM volume 2, chapter 5.
 */
#ifndef OSM_MEMORY_PAGING_H
#define OSM_MEMORY_PAGING_H

#include "arch/arch.h"
#include <stdbool.h>
#include <stdint.h>

enum {
	PAGING_MAX_LEVELS = 5,
	PAGE_PRESENT = 1 << 0,
	PAGE_WRITABLE = 1 << 1,
	PAGE_USER = 1 << 2,
	PAGE_ACCESSED = 1 << 5,
	PAGE_DIRTY = 1 << 6,
	PAGE_LARGE = 1 << 7,
	PAGE_GLOBAL = 1 << 8,
};
#define PAGE_NO_EXECUTE ((uint64_t)1 << 63)

struct paging {
	const struct arch_memory *physical;
	uint64_t root;		/* physical address of the highest table */
	unsigned levels;	/* 4 or 5 */
	uint64_t encrypted;	/* bits of an entry that say "encrypted" (SME's mask), no part of the address */
};

struct paging_step {
	unsigned level;		/* 5 (PGD with five levels) .. 1 (PTE) */
	uint64_t entry_address;	/* physical */
	uint64_t entry;
};

struct paging_walk {
	unsigned n;		/* steps taken, from the highest table down */
	struct paging_step steps[PAGING_MAX_LEVELS];
	bool unreadable;	/* the table that the last step led to is not in the dump */
	bool mapped;
	uint64_t physical;	/* of the address itself */
	uint64_t page_size;	/* of the page; not mapped: what the last entry spans */
};

/* Every level down to the page, or to where it ends. False: not mapped. */
bool paging_walk(const struct paging *p, uint64_t address, struct paging_walk *ret);
/* Whether bits 63.. of it repeat the highest bit that is translated. */
bool paging_is_canonical(const struct paging *p, uint64_t address);
/* The first run of mapped pages in [from, last] without a gap; `last` and *ret_last inclusive.
 * Runs of more than 4 million pages come in parts. False: none there. */
bool paging_next_mapped(const struct paging *p, uint64_t from, uint64_t last, uint64_t *ret_start,
			uint64_t *ret_last);

/*
 * Reading by page tables, with the last translations kept. The tables of a dump
 * do not change: nothing is ever forgotten but by being displaced.
 */
struct paged_memory;
struct err *paged_memory_create(const struct paging *p, struct paged_memory **ret) MUST_USE;
void paged_memory_destroy(struct paged_memory *m); /* accepts NULL */
/* False: not mapped. */
bool paged_memory_translate(struct paged_memory *m, uint64_t address, uint64_t *ret_physical);
/* Leading bytes that are mapped and in the dump: a read of struct arch_memory, arg is m. */
size_t paged_memory_read(void *m, uint64_t address, void *buf, size_t len);
const struct paging *paged_memory_paging(const struct paged_memory *m);

#endif
