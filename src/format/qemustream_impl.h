/* SPDX-License-Identifier: MIT */
/*
 * Inside the reader of migration streams.
 *
 * qemustream.c		sections in their order; opening; lists
 * qemustream_ram.c	RAM blocks and pages: where each lies in the file
 * qemustream_runs.c	runs of pages: later ones stand over earlier ones
 * qemustream_state.c	devices' fields, found by the description
 * qemustream_machine.c	what is concluded of them: physical layout, processors, VMCOREINFO
 */
#ifndef OSM_FORMAT_QEMUSTREAM_IMPL_H
#define OSM_FORMAT_QEMUSTREAM_IMPL_H

#include "base/vec.h"
#include "format/dump_impl.h"
#include "format/json.h"
#include "format/qemustream.h"

enum { QS_PAGE = 4096, QS_MAX_BLOCKS = 4096 };

/* ---- runs: qemustream_runs.c ------------------------------------------------------------------ */

enum qs_kind {
	QS_DATA,	/* pages in the stream, each behind its 8 bytes of address */
	QS_FILL,	/* a byte in the stream that fills the page, behind its address */
	QS_PLACED,	/* pages one behind the other */
	QS_ZERO,	/* not in the file: zeros */
};

/* Pages one behind the other, in memory and in the file. Pages of all blocks are numbered through. */
struct qs_run {
	uint32_t first;
	uint32_t n : 30;
	uint32_t kind : 2;	/* enum qs_kind */
	uint64_t offset;	/* of the first page's bytes; where two runs have a page, the greater offset counts */
};

struct qs_runs {
	VEC(struct qs_run) v;
	size_t settle_at;	/* runs at which those that no longer count are taken out */
};

/* NOMEM, UNSUPPORTED: too many. */
struct err *qs_runs_add(struct qs_runs *r, struct qs_run run) MUST_USE;
/* Sorted, without overlaps. */
struct err *qs_runs_settle(struct qs_runs *r) MUST_USE;
/* The run with the page; NULL: none has it. Of settled ones. */
const struct qs_run *qs_runs_find(const struct qs_runs *r, uint64_t page);
/* Where the page's bytes are (QS_FILL: its one byte). */
uint64_t qs_run_offset(const struct qs_run *run, uint64_t page);

/* ---- the stream ---------------------------------------------------------------------------------- */

struct qs_block {
	const char *name;
	uint64_t size;		/* bytes */
	uint64_t first;		/* number of its first page */
	uint64_t pages;
	uint64_t physical;	/* address of what lies above the hole, or of all of it */
	bool placed;		/* physical is known */
};

/* State of a device. */
struct qs_section {
	const char *name;
	uint32_t instance;
	struct dump_piece piece;
	const struct jval *about;	/* its fields */
};

struct qs {
	struct dump d;
	struct source *file;		/* owned once the dump is open; d.src is it and what was made up behind it */
	const char *machine;		/* "pc-i440fx-7.2"; "" */
	bool mapped_ram, ignore_shared;
	bool ended;			/* the stream came to its end */
	struct qs_runs runs;
	VEC(struct qs_block) blocks;
	struct qs_block *block;		/* that pages with the flag "continue" are of; NULL */
	uint64_t pages;			/* of all blocks */
	uint32_t ram_section;
	bool ram_seen;
	struct jdoc *json;
	VEC(struct qs_section) sections;
	VEC(struct dump_stream) made;	/* notes, behind the file's end */
	VEC(struct dump_thread) threads;
	VEC(struct dump_segment) segments;
	struct strbuf tail;		/* bytes of what was made */
};

static inline struct qs *qs_of(struct dump *d)
{
	return (struct qs *)d;
}

/* Big-endian, at *at, which moves on. TRUNCATED. */
struct err *qs_uint(struct qs *q, uint64_t *at, unsigned size, uint64_t *ret) MUST_USE;
/* A byte of length and so many bytes; in the dump's arena. */
struct err *qs_text(struct qs *q, uint64_t *at, const char **ret) MUST_USE;

/* --- qemustream_ram.c: from behind a section's head to behind its end */
struct err *qs_ram_section(struct qs *q, uint64_t *at) MUST_USE;
/* Fills a page, by its number. */
struct err *qs_ram_page(struct qs *q, uint64_t page, uint8_t *buf) MUST_USE;

/* --- qemustream_state.c */
/* Bytes of a section's state as its description adds up. CORRUPT. */
struct err *qs_state_size(struct qs *q, const struct jval *about, uint64_t *ret) MUST_USE;
/* A field by its names from the outside in ("dev/config[0]"); size 0: there is none. */
struct dump_piece qs_state_field(const struct qs_section *s, const char *path);
/* i-th element, of so many bytes, of a field, or the field itself; 0 when it is not there. */
uint64_t qs_state_uint(struct qs *q, const struct qs_section *s, const char *path, size_t i);
/* The same of a member of the i-th structure of an array, or of a structure (0). */
uint64_t qs_state_member(struct qs *q, const struct qs_section *s, const char *path, size_t i, const char *member);
/* By name; NULL. */
const struct qs_section *qs_state_named(const struct qs *q, const char *name, uint32_t instance);

/* --- qemustream_machine.c */
/* Fills blocks' places and q->segments. */
struct err *qs_place(struct qs *q) MUST_USE;
/* Fills q->made and q->threads, q->tail and facts. */
struct err *qs_make_notes(struct qs *q) MUST_USE;

#endif
