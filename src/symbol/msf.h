/* SPDX-License-Identifier: MIT */
/*
 * MSF: the container of a PDB: numbered streams, each a list of pages of the
 * file (Multi-Stream Format 7.00).
 *
 * A range of a stream is handed out as contiguous bytes that stay where they
 * are until the container is destroyed. Where the pages of the range follow
 * each other in a mapped file that is the file itself; otherwise the pages
 * touched, and only those, are copied into the stream's shadow. So three
 * records of a stream of 500 MB cost three pages.
 *
 * Offsets in messages are offsets in the stream that the message names.
 */
#ifndef OSM_SYMBOL_MSF_H
#define OSM_SYMBOL_MSF_H

#include "base/cleanup.h"
#include "base/cursor.h"
#include "base/err.h"
#include "base/source.h"

struct msf;

/*
 * Borrows `src`, which must outlive the container. Reads the header and the
 * stream sizes. CORRUPT, TRUNCATED; UNSUPPORTED names what the file is where
 * it is a relative (older MSF, portable PDB).
 */
struct err *msf_open(struct source *src, struct msf **ret) MUST_USE;
void msf_destroy(struct msf *m); /* accepts NULL */
DEFINE_CLEANUP_PTR(struct msf, msf_destroy)

uint32_t msf_page_size(const struct msf *m);
uint32_t msf_n_streams(const struct msf *m);
/* false: no such stream, or a deleted one */
bool msf_has(const struct msf *m, uint32_t stream);
/* 0 where there is none */
uint64_t msf_size(const struct msf *m, uint32_t stream);

/* len bytes of the stream, borrowed from m. len 0: ret is set, not readable. */
struct err *msf_bytes(struct msf *m, uint32_t stream, uint64_t offset, uint64_t len,
		      const uint8_t **ret) MUST_USE;
/* The same as a cursor; its messages name the file and the stream. */
struct err *msf_cursor(struct msf *m, uint32_t stream, uint64_t offset, uint64_t len,
		       struct cursor *ret) MUST_USE;
/* "file.pdb: stream 7", borrowed from m */
const char *msf_label(struct msf *m, uint32_t stream);

#endif
