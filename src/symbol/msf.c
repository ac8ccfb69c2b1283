/* SPDX-License-Identifier: MIT */
/*
 * MSF 7.00 (LLVM docs, "The MSF File Format"; microsoft-pdb, PDB/msf/msf.cpp).
 *
 * The superblock names the pages that hold the page numbers of the directory;
 * the directory is itself laid out like a stream: count, sizes, then the page
 * numbers of each stream in turn. The free page map says nothing to a reader.
 *
 * Invariants: a stream is never larger than the file (its pages are distinct
 * in a sound file), and all shadows together are at most twice its size, so
 * that a directory which names one page a million times cannot take memory.
 * A page number is checked when its page is used, not before: what is whole in
 * a damaged file can still be read.
 */
#include "symbol/msf.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

enum {
	MAX_STREAMS = 0x10000,	/* stream numbers are 16 bits in every PDB structure */
	SUPERBLOCK_SIZE = 56,
	MAP_LIST_OFFSET = 52,	/* of the page numbers in the superblock */
};

static const char magic[32] = "Microsoft C/C++ MSF 7.00\r\n\x1a" "DS\0\0";
static const char magic_old[] = "Microsoft C/C++ program database 2.00\r\n\x1aJG";

struct stream {
	uint32_t size;
	bool present;
	uint32_t pages_at;	/* offset of its page numbers in the directory */
	uint8_t *shadow;	/* size bytes, or NULL */
	uint8_t *filled;	/* a bit for each page of the shadow */
	char *label;
};

struct msf {
	struct source *src;
	uint32_t page_size;
	uint32_t *directory_pages;
	struct stream directory;
	struct stream *streams;
	uint32_t n_streams;
	uint64_t shadow_total;
};

uint32_t msf_page_size(const struct msf *m)
{
	return m->page_size;
}

uint32_t msf_n_streams(const struct msf *m)
{
	return m->n_streams;
}

bool msf_has(const struct msf *m, uint32_t stream)
{
	return stream < m->n_streams && m->streams[stream].present;
}

uint64_t msf_size(const struct msf *m, uint32_t stream)
{
	return msf_has(m, stream) ? m->streams[stream].size : 0;
}

static struct err *stream_bytes(struct msf *m, struct stream *s, uint64_t offset, uint64_t len,
				const uint8_t **ret);

static const char *label_of(struct msf *m, struct stream *s)
{
	if (s->label)
		return s->label;
	if (s == &m->directory) {
		if (asprintf(&s->label, "%s: stream directory", m->src->name) < 0)
			s->label = NULL;
	} else if (asprintf(&s->label, "%s: stream %td", m->src->name, s - m->streams) < 0) {
		s->label = NULL;
	}
	return s->label ? s->label : m->src->name;
}

const char *msf_label(struct msf *m, uint32_t stream)
{
	return stream < m->n_streams ? label_of(m, &m->streams[stream]) : m->src->name;
}

static struct err *page_number(struct msf *m, struct stream *s, uint64_t index, uint32_t *ret)
{
	const uint8_t *p;

	if (s == &m->directory) {
		*ret = m->directory_pages[index];
		return NULL;
	}
	TRY(stream_bytes(m, &m->directory, s->pages_at + 4 * index, 4, &p));
	struct cursor c = cursor_init(m->src->name, p, 4, 0);
	*ret = cursor_u32(&c);
	return NULL;
}

/* File offset of the page that holds stream page `index`, `used` bytes of which count. */
static struct err *page_offset(struct msf *m, struct stream *s, uint64_t index, uint64_t used,
			       uint64_t *ret)
{
	uint32_t number;
	uint64_t at;

	TRY(page_number(m, s, index, &number));
	at = (uint64_t)number * m->page_size;
	if (!number)
		return err_new(ERR_CORRUPT, "%s: page %" PRIu64 " is the file's header",
			       label_of(m, s), index);
	if (!range_in(at, used, m->src->size))
		return err_new(ERR_TRUNCATED,
			       "%s: page %" PRIu64 " is page %" PRIu32 " of the file, which ends at "
			       "page %" PRIu64,
			       label_of(m, s), index, number, m->src->size / m->page_size);
	*ret = at;
	return NULL;
}

static uint64_t used_of_page(const struct msf *m, const struct stream *s, uint64_t index)
{
	uint64_t left = s->size - index * m->page_size;

	return left < m->page_size ? left : m->page_size;
}

/* Sets *ret when the pages first..last follow each other in the mapped file. */
static struct err *in_place(struct msf *m, struct stream *s, uint64_t first, uint64_t last,
			    const uint8_t **ret)
{
	uint64_t start, at;

	*ret = NULL;
	if (!m->src->map)
		return NULL;
	TRY(page_offset(m, s, first, used_of_page(m, s, first), &start));
	for (uint64_t i = first + 1; i <= last; i++) {
		TRY(page_offset(m, s, i, used_of_page(m, s, i), &at));
		if (at != start + (i - first) * m->page_size)
			return NULL;
	}
	*ret = m->src->map + start;
	return NULL;
}

static struct err *make_shadow(struct msf *m, struct stream *s)
{
	uint64_t pages = (uint64_t)s->size / m->page_size + 1;

	if (s->shadow)
		return NULL;
	if (m->shadow_total + s->size > 2 * m->src->size + 0x10000)
		return err_new(ERR_CORRUPT,
			       "%s: the streams share pages: they are larger than the file",
			       label_of(m, s));
	s->filled = calloc(1, pages / 8 + 1);
	s->shadow = calloc(1, s->size);
	if (!s->filled || !s->shadow) {
		free(s->filled);
		free(s->shadow);
		s->filled = s->shadow = NULL;
		return err_nomem();
	}
	m->shadow_total += s->size;
	return NULL;
}

static struct err *fill_shadow(struct msf *m, struct stream *s, uint64_t first, uint64_t last)
{
	uint64_t at;

	TRY(make_shadow(m, s));
	for (uint64_t i = first; i <= last; i++) {
		uint64_t used = used_of_page(m, s, i);

		if (s->filled[i / 8] >> (i % 8) & 1)
			continue;
		TRY(page_offset(m, s, i, used, &at));
		TRY(source_read(m->src, at, s->shadow + i * m->page_size, used));
		s->filled[i / 8] |= (uint8_t)(1u << (i % 8));
	}
	return NULL;
}

static struct err *stream_bytes(struct msf *m, struct stream *s, uint64_t offset, uint64_t len,
				const uint8_t **ret)
{
	uint64_t first = offset / m->page_size, last;
	const uint8_t *p;

	if (!range_in(offset, len, s->size))
		return err_new(ERR_TRUNCATED,
			       "%s: %" PRIu64 " bytes at offset 0x%" PRIx64
			       " expected, the stream has %" PRIu32 " bytes",
			       label_of(m, s), len, offset, s->size);
	if (!len) {
		*ret = (const uint8_t *)"";
		return NULL;
	}
	last = (offset + len - 1) / m->page_size;
	TRY(in_place(m, s, first, last, &p));
	if (p) {
		*ret = p + offset % m->page_size;
		return NULL;
	}
	TRY(fill_shadow(m, s, first, last));
	*ret = s->shadow + offset;
	return NULL;
}

struct err *msf_bytes(struct msf *m, uint32_t stream, uint64_t offset, uint64_t len,
		      const uint8_t **ret)
{
	if (!msf_has(m, stream))
		return err_new(ERR_NOTFOUND, "%s: there is no stream %" PRIu32, m->src->name, stream);
	return stream_bytes(m, &m->streams[stream], offset, len, ret);
}

struct err *msf_cursor(struct msf *m, uint32_t stream, uint64_t offset, uint64_t len,
		       struct cursor *ret)
{
	const uint8_t *p;

	TRY(msf_bytes(m, stream, offset, len, &p));
	*ret = cursor_init(label_of(m, &m->streams[stream]), p, len, offset);
	return NULL;
}

/* --- opening ---------------------------------------------------------------- */

/* Bytes 4.. of a portable PDB are versions; the metadata signature is enough. */
static struct err *not_msf(struct source *src, const uint8_t *head, size_t n)
{
	if (n >= 4 && !memcmp(head, "BSJB", 4))
		return err_new(ERR_UNSUPPORTED,
			       "%s: a portable PDB (managed code); only native PDBs are read",
			       src->name);
	if (n >= sizeof(magic_old) - 1 && !memcmp(head, magic_old, sizeof(magic_old) - 1))
		return err_new(ERR_UNSUPPORTED, "%s: a PDB 2.00 file (before Visual C++ 7)",
			       src->name);
	if (n < SUPERBLOCK_SIZE && !memcmp(head, magic, n < 32 ? n : 32))
		return err_new(ERR_TRUNCATED,
			       "%s: MSF header: %d bytes expected, the file has %zu bytes",
			       src->name, SUPERBLOCK_SIZE, n);
	return err_new(ERR_CORRUPT, "%s: offset 0x0: no MSF 7.00 signature, not a PDB", src->name);
}

struct superblock {
	uint32_t page_size, directory_size;
};

static struct err *read_superblock(struct source *src, struct superblock *ret)
{
	uint8_t head[SUPERBLOCK_SIZE];
	size_t n = source_read_some(src, 0, head, sizeof(head));
	struct cursor c = cursor_init(src->name, head, n, 0);

	if (n < sizeof(head) || memcmp(head, magic, sizeof(magic)))
		return not_msf(src, head, n);
	cursor_skip(&c, 32);
	ret->page_size = cursor_u32(&c);
	cursor_skip(&c, 8);	/* free page map, number of pages */
	ret->directory_size = cursor_u32(&c);
	if (ret->page_size < 512 || ret->page_size > 0x10000 ||
	    (ret->page_size & (ret->page_size - 1)))
		return err_new(ERR_CORRUPT,
			       "%s: offset 0x20: page size %" PRIu32
			       ", expected a power of two from 512 to 65536",
			       src->name, ret->page_size);
	if (ret->directory_size < 4 || ret->directory_size > src->size)
		return err_new(ERR_CORRUPT,
			       "%s: offset 0x2c: stream directory of %" PRIu32
			       " bytes in a file of %" PRIu64,
			       src->name, ret->directory_size, src->size);
	return NULL;
}

/* The page numbers of the directory, which lie in the pages the superblock lists. */
static struct err *read_directory_pages(struct msf *m)
{
	uint64_t n = ((uint64_t)m->directory.size + m->page_size - 1) / m->page_size;
	uint64_t per_page = m->page_size / 4, n_lists = (n + per_page - 1) / per_page;
	uint32_t list = 0;

	if (n_lists > (m->page_size - MAP_LIST_OFFSET) / 4)
		return err_new(ERR_CORRUPT, "%s: offset 0x2c: stream directory of %" PRIu32
			       " bytes is too large for pages of %" PRIu32, m->src->name,
			       m->directory.size, m->page_size);
	m->directory_pages = calloc(n, sizeof(*m->directory_pages));
	if (!m->directory_pages)
		return err_nomem();
	for (uint64_t i = 0; i < n; i++) {
		CLEANUP(view_deinit) struct view v = VIEW_INIT;
		struct cursor c;

		if (i % per_page == 0) {
			TRY(source_cursor(m->src, MAP_LIST_OFFSET + 4 * (i / per_page), 4, &v, &c));
			list = cursor_u32(&c);
			view_deinit(&v);
		}
		TRY(source_cursor(m->src, (uint64_t)list * m->page_size + 4 * (i % per_page), 4, &v,
				  &c));
		m->directory_pages[i] = cursor_u32(&c);
	}
	return NULL;
}

/* Cuts the directory into streams; page numbers stay where they are. */
static struct err *read_sizes(struct msf *m)
{
	uint64_t at;
	const uint8_t *p;
	struct cursor c;

	TRY(stream_bytes(m, &m->directory, 0, 4, &p));
	c = cursor_init(m->src->name, p, 4, 0);
	m->n_streams = cursor_u32(&c);
	at = 4 + 4 * (uint64_t)m->n_streams;
	if (m->n_streams > MAX_STREAMS || at > m->directory.size) {
		uint32_t n = m->n_streams;

		m->n_streams = 0;
		return err_new(ERR_CORRUPT, "%s: %" PRIu32 " streams in %" PRIu32 " bytes",
			       label_of(m, &m->directory), n, m->directory.size);
	}
	m->streams = calloc(m->n_streams + 1, sizeof(*m->streams));
	if (!m->streams)
		return err_nomem();
	TRY(stream_bytes(m, &m->directory, 0, at, &p));
	c = cursor_init(label_of(m, &m->directory), p, at, 0);
	cursor_skip(&c, 4);
	for (uint32_t i = 0; i < m->n_streams; i++) {
		struct stream *s = &m->streams[i];

		s->size = cursor_u32(&c);
		s->present = s->size != UINT32_MAX;
		if (!s->present)
			s->size = 0;
		if (s->size > m->src->size)
			return cursor_corrupt(&c, "stream %" PRIu32 " of %" PRIu32
					      " bytes in a file of %" PRIu64, i, s->size,
					      m->src->size);
		s->pages_at = (uint32_t)at;
		at += 4 * (((uint64_t)s->size + m->page_size - 1) / m->page_size);
		if (at > m->directory.size)
			return cursor_corrupt(&c, "the pages of stream %" PRIu32
					      " do not fit in the directory", i);
	}
	return NULL;
}

struct err *msf_open(struct source *src, struct msf **ret)
{
	CLEANUP(msf_destroyp) struct msf *m = NULL;
	struct superblock sb = { 0 };

	TRY(read_superblock(src, &sb));
	m = calloc(1, sizeof(*m));
	if (!m)
		return err_nomem();
	m->src = src;
	m->page_size = sb.page_size;
	m->directory.size = sb.directory_size;
	m->directory.present = true;
	TRY(read_directory_pages(m));
	TRY(read_sizes(m));
	*ret = TAKE_PTR(m);
	return NULL;
}

static void stream_deinit(struct stream *s)
{
	free(s->shadow);
	free(s->filled);
	free(s->label);
}

void msf_destroy(struct msf *m)
{
	if (!m)
		return;
	for (uint32_t i = 0; m->streams && i < m->n_streams; i++)
		stream_deinit(&m->streams[i]);
	stream_deinit(&m->directory);
	free(m->streams);
	free(m->directory_pages);
	free(m);
}
