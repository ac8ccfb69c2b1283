/* SPDX-License-Identifier: MIT */
/*
 * RAM in a migration stream: sections "ram", version 4. All are words of 64 bits,
 * an address in the block with flags in its low 12 bits, and what the flags say
 * follows:
 *
 *	0x02 fill	name of the block unless "continue", the byte that fills the page
 *	0x04 sizes	the address is the sum of all blocks; until it is used up: name, u64 size
 *			[x-ignore-shared: u64 address] [mapped-ram: a header, see below]
 *	0x08 page	name of the block unless "continue", 4096 bytes
 *	0x10 end	of the section
 *	0x20 continue	the block of the page before
 *	0x40 XBZRLE, 0x80 hook, 0x100 compressed, 0x200 multifd: other channels, or differences; not read
 *
 * mapped-ram: u32 version 1, u64 page size, u64 offset of the bitmap, u64 offset
 * of the pages; a bit of each page that is in the file, lowest first; the stream
 * goes on behind the pages.
 */
#include "base/cancel.h"
#include "format/qemustream_impl.h"

#include <inttypes.h>
#include <string.h>

enum {
	FILL = 0x02, SIZES = 0x04, PAGE = 0x08, END = 0x10, CONTINUE = 0x20, XBZRLE = 0x40, HOOK = 0x80, COMPRESSED = 0x100, MULTIFD = 0x200,
	FLAGS = 0xfff,
	LOOK_EVERY = 1 << 14,	/* pages between looks at the user's wish */
	BITS_AT_ONCE = 4096,
};
#define MAX_PAGES UINT64_C(0xfffffff0)

/* ---- names and sizes ------------------------------------------------------------------------------ */

static struct err *block_named(struct qs *q, uint64_t *at, struct qs_block **ret)
{
	const char *name = "";
	uint64_t start = *at;

	TRY(qs_text(q, at, &name));
	for (size_t i = 0; i < q->blocks.n; i++)
		if (!strcmp(q->blocks.v[i].name, name)) {
			*ret = &q->blocks.v[i];
			return NULL;
		}
	return err_new(ERR_CORRUPT, "%s: offset 0x%" PRIx64 ": pages of a RAM block that was not announced (\"%s\")", q->file->name, start, name);
}

static struct err *add_runs(struct qs *q, uint64_t first, uint64_t n, enum qs_kind kind, uint64_t offset)
{
	enum { MOST = 1 << 29 };

	for (uint64_t i = 0; i < n; i += MOST) {
		uint64_t part = n - i < MOST ? n - i : MOST;

		TRY(qs_runs_add(&q->runs, (struct qs_run){ .first = (uint32_t)(first + i), .n = (uint32_t)part & 0x3fffffff, .kind = kind,
							   .offset = kind == QS_ZERO ? offset : offset + i * QS_PAGE }));
	}
	return NULL;
}

/* The pages that the bitmap has; `bit` and `n` of these bytes. */
static struct err *add_bits(struct qs *q, const struct qs_block *b, uint64_t bit, const uint8_t *bits, size_t n, uint64_t pages_at)
{
	uint64_t end = bit + 8 * (uint64_t)n < b->pages ? bit + 8 * (uint64_t)n : b->pages;
	uint64_t i = bit;

	while (i < end) {
		uint64_t from = i;

		while (i < end && bits[(i - bit) / 8] >> (i - bit) % 8 & 1)
			i++;
		if (i > from)
			TRY(add_runs(q, b->first + from, i - from, QS_PLACED, pages_at + from * QS_PAGE));
		else
			i++;
	}
	return NULL;
}

static struct err *read_bitmap(struct qs *q, const struct qs_block *b, uint64_t bitmap, uint64_t pages_at)
{
	uint64_t size = (b->pages + 7) / 8;
	uint8_t bits[BITS_AT_ONCE];

	for (uint64_t i = 0; i < size; i += sizeof(bits)) {
		size_t n = size - i < sizeof(bits) ? (size_t)(size - i) : sizeof(bits);

		TRY(cancel_check());
		TRY(source_read(q->file, bitmap + i, bits, n));
		TRY(add_bits(q, b, i * 8, bits, n, pages_at));
	}
	return NULL;
}

static struct err *mapped_block(struct qs *q, const struct qs_block *b, uint64_t *at)
{
	uint64_t version = 0, page = 0, bitmap = 0, pages_at = 0, start = *at;

	TRY(qs_uint(q, at, 4, &version));
	TRY(qs_uint(q, at, 8, &page));
	TRY(qs_uint(q, at, 8, &bitmap));
	TRY(qs_uint(q, at, 8, &pages_at));
	if (version != 1 || page != QS_PAGE || bitmap < *at || pages_at < bitmap || (pages_at - bitmap) < (b->pages + 7) / 8 ||
	    pages_at > INT64_MAX - b->size)
		return err_new(ERR_CORRUPT, "%s: offset 0x%" PRIx64 ": RAM block \"%s\" at its place: version %" PRIu64 ", pages of %" PRIu64
			       " bytes, bitmap at 0x%" PRIx64 ", pages at 0x%" PRIx64, q->file->name, start, b->name, version, page, bitmap, pages_at);
	*at = pages_at + b->size;
	TRY(add_runs(q, b->first, b->pages, QS_ZERO, 0));
	return read_bitmap(q, b, bitmap, pages_at);
}

static struct err *read_block(struct qs *q, uint64_t *at, uint64_t left, uint64_t *ret_size)
{
	struct qs_block b = { .first = q->pages };
	uint64_t ignored = 0, start = *at;

	TRY(qs_text(q, at, &b.name));
	TRY(qs_uint(q, at, 8, &b.size));
	b.pages = b.size / QS_PAGE + (b.size % QS_PAGE != 0);
	if (b.size > left || !b.size || b.pages > MAX_PAGES - q->pages || q->blocks.n == QS_MAX_BLOCKS)
		return err_new(ERR_CORRUPT, "%s: offset 0x%" PRIx64 ": RAM block \"%s\" of 0x%" PRIx64 " bytes (0x%" PRIx64 " at most expected)",
			       q->file->name, start, b.name, b.size, left);
	q->pages += b.pages;
	if (q->ignore_shared)
		TRY(qs_uint(q, at, 8, &ignored));
	if (!vec_push(&q->blocks, b))
		return err_nomem();
	*ret_size = b.size;
	return q->mapped_ram ? mapped_block(q, &q->blocks.v[q->blocks.n - 1], at) : NULL;
}

static struct err *read_blocks(struct qs *q, uint64_t *at, uint64_t total)
{
	uint64_t size = 0;

	if (q->blocks.n)
		return err_new(ERR_CORRUPT, "%s: offset 0x%" PRIx64 ": the sizes of the RAM blocks, for the second time", q->file->name, *at);
	for (; total; total -= size)
		TRY(read_block(q, at, total, &size));
	return NULL;
}

/* ---- pages ------------------------------------------------------------------------------------------- */

static struct err *unread_kind(const struct qs *q, uint64_t at, unsigned flags)
{
	const char *why = flags & XBZRLE ? "differences of pages (xbzrle): the pages before them are not all in the stream" :
			  flags & COMPRESSED ? "compressed pages (compress): not read" :
			  flags & MULTIFD ? "pages in other channels (multifd): they are not in this stream" :
			  flags & HOOK ? "pages outside of the stream (rdma)" : "flags that are not known";

	return err_new(ERR_UNSUPPORTED, "%s: offset 0x%" PRIx64 ": RAM with flags 0x%x: %s", q->file->name, at, flags, why);
}

static struct err *read_page(struct qs *q, uint64_t *at, uint64_t address, unsigned flags)
{
	uint64_t page = address / QS_PAGE, size = flags & PAGE ? QS_PAGE : 1;

	if (!(flags & CONTINUE))
		TRY(block_named(q, at, &q->block));
	if (!q->block || page >= q->block->pages)
		return err_new(ERR_CORRUPT, "%s: offset 0x%" PRIx64 ": a page at 0x%" PRIx64 " of RAM block \"%s\"", q->file->name, *at, address,
			       q->block ? q->block->name : "");
	if (!range_in(*at, size, q->file->size))
		return err_new(ERR_TRUNCATED, "%s: offset 0x%" PRIx64 ": the stream ends in a page of RAM", q->file->name, *at);
	TRY(qs_runs_add(&q->runs, (struct qs_run){ .first = (uint32_t)(q->block->first + page), .n = 1, .kind = flags & PAGE ? QS_DATA : QS_FILL,
						   .offset = *at }));
	*at += size;
	return NULL;
}

static struct err *read_word(struct qs *q, uint64_t *at, bool *ret_end)
{
	uint64_t word = 0, start = *at;
	unsigned flags;

	TRY(qs_uint(q, at, 8, &word));
	flags = (unsigned)(word & FLAGS);
	*ret_end = flags == END;
	if (flags == END || (flags == MULTIFD && q->mapped_ram))
		return NULL;
	if (flags == SIZES)
		return read_blocks(q, at, word & ~(uint64_t)FLAGS);
	if ((flags & ~(unsigned)CONTINUE) != PAGE && (flags & ~(unsigned)CONTINUE) != FILL)
		return unread_kind(q, start, flags);
	return read_page(q, at, word & ~(uint64_t)FLAGS, flags);
}

struct err *qs_ram_section(struct qs *q, uint64_t *at)
{
	bool end = false;

	for (uint64_t i = 0; !end; i++) {
		if (i % LOOK_EVERY == 0) {
			TRY(cancel_check());
			progress_report("reading", *at, q->file->size);
		}
		TRY(read_word(q, at, &end));
	}
	return NULL;
}

/* ---- reading ------------------------------------------------------------------------------------------- */

struct err *qs_ram_page(struct qs *q, uint64_t page, uint8_t *buf)
{
	const struct qs_run *run = qs_runs_find(&q->runs, page);

	if (!run)
		return err_fault(page * QS_PAGE);
	switch ((enum qs_kind)run->kind) {
	case QS_DATA:
	case QS_PLACED:
		return source_read(q->file, qs_run_offset(run, page), buf, QS_PAGE);
	case QS_FILL:
		TRY(source_read(q->file, qs_run_offset(run, page), buf, 1));
		memset(buf, buf[0], QS_PAGE);
		return NULL;
	case QS_ZERO:
		break;
	}
	memset(buf, 0, QS_PAGE);
	return NULL;
}
