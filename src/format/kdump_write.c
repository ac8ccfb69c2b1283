/* SPDX-License-Identifier: MIT */
/*
 * Compressed kernel dumps, written: see format/kdump_write.h.
 *
 *	header, sub header, notes		one block each, or more
 *	bitmap of RAM, bitmap of pages		blocks of them that are zero are left to be holes
 *	page descriptors			their number is known beforehand
 *	a page of zeros				the one that all such pages share
 *	packed pages
 *
 * Two bitmaps differ when the dump was filtered before: then it is a compressed
 * one itself, and says which pages were RAM.
 *
 * Sources: those of format/kdump.h; that pages of zeros share one, and that a
 * file says while it is written that it is not finished, was seen in files that
 * makedumpfile 1.7.2 wrote.
 */
#include "format/kdump_write.h"

#include "base/arena.h"
#include "base/vec.h"
#include "format/kdump.h"
#include "format/kdump_pack.h"
#include "format/physical_notes.h"
#include "format/physical_write.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

enum {
	HEADER = 464, UTSNAME_FIELD = 65,
	SUB_HEADER = 512,	/* notes begin behind so many bytes of the sub header */
	DESCRIPTOR = 24,
	VERSION = 6,
	MIN_BLOCK = 4096, MAX_BLOCK = 65536,
	FLAT_HEAD = 4096,
};
#define MAX_FRAMES (UINT64_C(1) << 36)
#define DEVICES UINT64_C(0xc0000000)	/* of a PC: lower, there may be RAM */
#define DEVICES_END UINT64_C(0x100000000)

/* Page frames one behind the other. */
struct run {
	uint64_t first, n;
	uint64_t before;	/* pages in the runs before */
};

struct writing {
	const struct kdump_write_options *o;
	struct dump *d;
	struct physical_image *image;	/* bytes by physical address */
	struct arena arena;
	struct physical_notes notes;
	struct kdump_origin origin;
	const char *machine;
	void *late;		/* contents of the late note */
	unsigned word;
	uint32_t block;
	VEC(struct run) runs;
	uint64_t n_pages, frames;
	/* where things are, in bytes */
	uint64_t notes_at, notes_size, info_at, bitmaps, bitmap_size, descriptors, zero_page, data;
	uint64_t flat_at;
	struct kdump_written done;
};

/* ---- bytes -------------------------------------------------------------------------------------- */

struct buffer {
	uint8_t *p;
	size_t n;
};

static void put(struct buffer *b, uint64_t value, unsigned size)
{
	for (unsigned i = 0; i < size; i++)
		b->p[b->n++] = (uint8_t)(value >> 8 * i);
}

/* A field of n bytes, which are zero so far. */
static void put_text(struct buffer *b, const char *s, size_t n)
{
	size_t len = strlen(s);

	memcpy(b->p + b->n, s, len < n ? len : n);
	b->n += n;
}

static void put_big(uint8_t *p, uint64_t value)
{
	for (unsigned i = 0; i < 8; i++)
		p[i] = (uint8_t)(value >> (56 - 8 * i));
}

static struct err *flat_put(struct writing *w, const void *data, size_t len)
{
	TRY(w->o->put(w->o->arg, w->flat_at, data, len));
	w->flat_at += len;
	return NULL;
}

static struct err *flat_head(struct writing *w)
{
	uint8_t head[FLAT_HEAD] = "makedumpfile";

	put_big(head + 16, 1);
	put_big(head + 24, 1);
	return flat_put(w, head, sizeof(head));
}

static struct err *flat_piece(struct writing *w, uint64_t offset, uint64_t len)
{
	uint8_t head[16];

	put_big(head, offset);
	put_big(head + 8, len);
	return flat_put(w, head, sizeof(head));
}

static struct err *put_at(struct writing *w, uint64_t offset, const void *data, size_t len)
{
	if (offset + len > w->done.size)
		w->done.size = offset + len;
	if (!w->o->flat)
		return w->o->put(w->o->arg, offset, data, len);
	if (!w->flat_at)
		TRY(flat_head(w));
	TRY(flat_piece(w, offset, len));
	return flat_put(w, data, len);
}

/* ---- which pages -------------------------------------------------------------------------------- */

static uint64_t page_size(const struct writing *w)
{
	const char *text = physical_info_value(&w->notes, "PAGESIZE");

	return w->origin.block ? w->origin.block : text ? strtoull(text, NULL, 10) : MIN_BLOCK;
}

static struct err *add_segment(struct writing *w, const struct dump_segment *s)
{
	uint64_t first = s->address / w->block, end = (s->address + s->file_size + w->block - 1) / w->block;
	struct run *last = w->runs.n ? &w->runs.v[w->runs.n - 1] : NULL;

	if (end > MAX_FRAMES)
		return err_new(ERR_UNSUPPORTED, "%s: memory at 0x%" PRIx64 ": beyond what a compressed kernel dump can hold",
			       dump_path(w->d), s->address);
	if (last && last->first + last->n >= first) {
		if (end > last->first + last->n)
			last->n = end - last->first;
		return NULL;
	}
	return end == first || vec_push(&w->runs, ((struct run){ .first = first, .n = end - first })) ? NULL : err_nomem();
}

/*
 * Hypervisors give the memory of video cards and the firmware's flash along with
 * RAM. On PCs it lies below 4 GB, and where that is above all RAM the kernel has
 * no page structures so far up: makedumpfile takes the end of these for the end
 * of the bitmaps, whatever the header says, and then finds no page at all.
 */
static void leave_out_devices(struct writing *w)
{
	uint64_t low = DEVICES / w->block, high = DEVICES_END / w->block;

	if (w->notes.machine != MACHINE_X64 && w->notes.machine != MACHINE_X86)
		return;
	while (w->runs.n > 1 && w->runs.v[w->runs.n - 1].first >= low && w->runs.v[w->runs.n - 1].first + w->runs.v[w->runs.n - 1].n <= high)
		w->done.left_out += w->runs.v[--w->runs.n].n * w->block;
}

static struct err *find_pages(struct writing *w)
{
	const struct dump_segment *v;
	size_t n;

	TRY(dump_physical(w->d, &v, &n));
	for (size_t i = 0; i < n; i++)
		TRY(add_segment(w, &v[i]));
	leave_out_devices(w);
	for (size_t i = 0; i < w->runs.n; i++) {
		w->runs.v[i].before = w->n_pages;
		w->n_pages += w->runs.v[i].n;
		w->frames = w->runs.v[i].first + w->runs.v[i].n;
	}
	if (w->origin.frames > w->frames && !w->done.left_out)
		w->frames = w->origin.frames;
	if (w->n_pages > UINT32_MAX)
		return err_new(ERR_UNSUPPORTED, "%s: more than 2^32 pages", dump_path(w->d));
	return NULL;
}

/* The run that the page of this number is in. */
static const struct run *run_of(const struct writing *w, uint64_t page)
{
	size_t low = 0, high = w->runs.n;

	while (high - low > 1) {
		size_t middle = low + (high - low) / 2;

		if (w->runs.v[middle].before <= page)
			low = middle;
		else
			high = middle;
	}
	return &w->runs.v[low];
}

static void read_pages(void *arg, uint64_t first, unsigned n, uint8_t *buf)
{
	struct writing *w = arg;

	while (n) {
		const struct run *r = run_of(w, first);
		uint64_t left = r->before + r->n - first;
		unsigned part = left < n ? (unsigned)left : n;

		physical_image_read(w->image, (r->first + (first - r->before)) * w->block, buf, (size_t)part * w->block);
		buf += (size_t)part * w->block;
		first += part;
		n -= part;
	}
}

/* ---- layout ------------------------------------------------------------------------------------------ */

static size_t padded(size_t n)
{
	return (n + 3) & ~(size_t)3;
}

static uint64_t in_blocks(const struct writing *w, uint64_t bytes)
{
	return (bytes + w->block - 1) / w->block;
}

static void lay_out(struct writing *w)
{
	w->notes_at = w->block + SUB_HEADER;
	for (size_t i = 0; i < w->notes.n; i++) {
		const struct core_note *n = &w->notes.v[i];

		w->notes_size += 12 + padded(strlen(n->owner) + 1);
		if (w->notes.info && n->data == w->notes.info)
			w->info_at = w->notes_at + w->notes_size;
		w->notes_size += padded(n->size);
	}
	w->bitmaps = w->block + in_blocks(w, SUB_HEADER + w->notes_size) * w->block;
	w->bitmap_size = in_blocks(w, (w->frames + 7) / 8) * w->block;
	w->descriptors = w->bitmaps + 2 * w->bitmap_size;
	w->zero_page = in_blocks(w, w->descriptors + w->n_pages * DESCRIPTOR) * w->block;
	w->data = w->zero_page + w->block;
}

/* ---- headers ------------------------------------------------------------------------------------------- */

/*
 * The kernel's own utsname, out of its memory: libkdumpfile (drgn) believes none
 * of the header when a field of it is empty. All of it zero: it is not there, or not known where.
 */
static void read_uts(struct writing *w, char ret[6][UTSNAME_FIELD])
{
	const char *symbol = physical_info_value(&w->notes, "SYMBOL(init_uts_ns)"), *offset = physical_info_value(&w->notes, "OFFSET(uts_namespace.name)");
	const char *release = physical_info_value(&w->notes, "OSRELEASE");
	struct physical_image_map map;
	uint64_t at;

	memset(ret, 0, 6 * UTSNAME_FIELD);
	if (!symbol || !offset || !release || !w->runs.n || !physical_kernel_map(&w->notes, &map))
		return;
	at = strtoull(symbol, NULL, 16) - map.address + map.physical + strtoull(offset, NULL, 10);
	if (at < (w->runs.v[w->runs.n - 1].first + w->runs.v[w->runs.n - 1].n) * w->block - 6 * UTSNAME_FIELD)
		physical_image_read(w->image, at, (uint8_t *)ret, 6 * UTSNAME_FIELD);
	for (unsigned i = 0; i < 6; i++)
		ret[i][UTSNAME_FIELD - 1] = '\0';
	if (strcmp(ret[4], w->machine) != 0 || strncmp(ret[2], release, strlen(ret[2])) != 0 || release[strlen(ret[2])] != '\n')
		memset(ret, 0, 6 * UTSNAME_FIELD);
}

/* "6.1.0-9-amd64" out of VMCOREINFO. */
static void put_release(struct buffer *b, const struct writing *w)
{
	const char *release = physical_info_value(&w->notes, "OSRELEASE");
	size_t n = release ? strcspn(release, "\n") : 0;

	n = n < UTSNAME_FIELD ? n : UTSNAME_FIELD - 1;
	memcpy(b->p + b->n, release ? release : "", n);
	b->n += UTSNAME_FIELD;
}

static void put_uts(struct buffer *b, struct writing *w)
{
	char uts[6][UTSNAME_FIELD];

	read_uts(w, uts);
	put_text(b, dump_facts(w->d)->os == OS_LINUX || w->notes.info ? "Linux" : "", UTSNAME_FIELD);
	put_text(b, uts[1], UTSNAME_FIELD);
	put_release(b, w);
	put_text(b, uts[3], UTSNAME_FIELD);
	put_text(b, w->machine, UTSNAME_FIELD);
	put_text(b, uts[5], UTSNAME_FIELD);
}

static uint32_t processors(const struct writing *w)
{
	uint32_t n = 0, fit = (w->block - HEADER) / w->word;

	for (size_t i = 0; i < w->notes.n; i++)
		n += !strcmp(w->notes.v[i].owner, "CORE") && w->notes.v[i].type == 1;
	n = n ? n : dump_facts(w->d)->cpu_count;
	n = n ? n : 1;
	return n < fit ? n : fit; /* a pointer for each stands behind the header */
}

static struct err *put_header(struct writing *w, bool finished)
{
	CLEANUP(freep) uint8_t *block = calloc(1, w->block);
	struct buffer b = { block, 0 };
	uint64_t all = w->done.size > w->data ? w->done.size : w->data;

	if (!block)
		return err_nomem();
	put_text(&b, "KDUMP   ", 8);
	put(&b, VERSION, 4);
	put_uts(&b, w);
	b.n = (b.n + w->word - 1) / w->word * w->word;
	put(&b, dump_facts(w->d)->dump_time, w->word);
	put(&b, 0, w->word);
	put(&b, w->o->packing | (finished ? 0 : KDUMP_INCOMPLETE), 4);
	put(&b, w->block, 4);
	put(&b, in_blocks(w, SUB_HEADER + w->notes_size), 4);
	put(&b, 2 * w->bitmap_size / w->block, 4);
	put(&b, w->frames < UINT32_MAX ? w->frames : UINT32_MAX, 4);
	put(&b, w->n_pages, 4);
	put(&b, in_blocks(w, all), 4);
	put(&b, w->n_pages, 4);
	put(&b, 0, 4);
	put(&b, processors(w), 4);
	return put_at(w, 0, block, w->block);
}

static uint64_t phys_base(const struct writing *w)
{
	const char *text = physical_info_value(&w->notes, "NUMBER(phys_base)");

	return text ? (uint64_t)strtoll(text, NULL, 10) : w->origin.phys_base;
}

static void put_piece(struct buffer *b, const struct writing *w, uint64_t offset, uint64_t size)
{
	put(b, size ? offset : 0, 8);
	put(b, size, w->word);
}

static void put_notes(struct buffer *b, const struct writing *w)
{
	for (size_t i = 0; i < w->notes.n; i++) {
		const struct core_note *n = &w->notes.v[i];
		size_t owner = strlen(n->owner) + 1;

		put(b, owner, 4);
		put(b, n->size, 4);
		put(b, n->type, 4);
		memcpy(b->p + b->n, n->owner, owner);
		b->n += padded(owner);
		memcpy(b->p + b->n, n->data, n->size);
		b->n += padded(n->size);
	}
}

static struct err *put_sub_header(struct writing *w)
{
	size_t size = (size_t)(w->bitmaps - w->block);
	CLEANUP(freep) uint8_t *block = calloc(1, size);
	struct buffer b = { block, 0 };

	if (!block)
		return err_nomem();
	put(&b, phys_base(w), w->word);
	put(&b, w->origin.level, 4);
	put(&b, 0, 4); /* not split */
	put(&b, 0, w->word);
	put(&b, 0, w->word);
	put_piece(&b, w, w->info_at, w->info_at ? w->notes.info_size : 0);
	put_piece(&b, w, w->notes_at, w->notes_size);
	put_piece(&b, w, 0, 0);
	put(&b, 0, 8);
	put(&b, 0, 8);
	put(&b, w->frames, 8);
	b.n = SUB_HEADER;
	put_notes(&b, w);
	return put_at(w, w->block, block, size);
}

/* ---- bitmaps --------------------------------------------------------------------------------------------- */

/* The bits of frames [first, first + bits of a block): of the pages. `*i`: the run to begin with, and to go on with. */
static void fill_bits(const struct writing *w, uint64_t first, size_t *i, uint8_t *bits)
{
	uint64_t end = first + (uint64_t)w->block * 8;

	for (; *i < w->runs.n; ++*i) {
		const struct run *r = &w->runs.v[*i];
		uint64_t from = r->first > first ? r->first : first, to = r->first + r->n < end ? r->first + r->n : end;

		for (uint64_t f = from; f < to; f++)
			bits[(f - first) / 8] |= (uint8_t)(1 << (f - first) % 8);
		if (r->first + r->n > end)
			return;
	}
}

/* What a compressed dump says was RAM: more than what is in it, when it was filtered. */
static void add_ram(const struct writing *w, uint64_t at, uint8_t *bits)
{
	uint64_t left = w->origin.ram.size > at && !w->done.left_out ? w->origin.ram.size - at : 0;
	CLEANUP(freep) uint8_t *ram = left ? malloc(w->block) : NULL;
	size_t n = ram ? source_read_some(dump_source(w->d), w->origin.ram.offset + at, ram, left < w->block ? (size_t)left : w->block) : 0;

	for (size_t i = 0; i < n; i++)
		bits[i] |= ram[i];
}

static struct err *put_bits(struct writing *w, uint64_t at, const uint8_t *bits)
{
	for (size_t i = 0; i < w->block; i++)
		if (bits[i])
			return put_at(w, at, bits, w->block);
	return NULL;
}

static struct err *put_bitmaps(struct writing *w)
{
	CLEANUP(freep) uint8_t *bits = malloc(w->block);
	size_t run = 0;

	if (!bits)
		return err_nomem();
	for (uint64_t at = 0; at < w->bitmap_size; at += w->block) {
		memset(bits, 0, w->block);
		fill_bits(w, at * 8, &run, bits);
		TRY(put_bits(w, w->bitmaps + w->bitmap_size + at, bits));
		add_ram(w, at, bits);
		TRY(put_bits(w, w->bitmaps + at, bits));
	}
	return NULL;
}

/* ---- pages ------------------------------------------------------------------------------------------------ */

static struct err *put_batch(void *arg, const struct kdump_batch *p)
{
	struct writing *w = arg;
	uint8_t descriptors[KDUMP_BATCH * DESCRIPTOR];
	struct buffer b = { descriptors, 0 };
	uint64_t at = w->data;

	for (unsigned i = 0; i < p->n; i++) {
		w->done.zero_pages += !p->sizes[i];
		put(&b, p->sizes[i] ? at : w->zero_page, 8);
		put(&b, p->sizes[i] ? p->sizes[i] : w->block, 4);
		put(&b, p->flags[i], 4);
		put(&b, 0, 8);
		at += p->sizes[i];
	}
	w->done.pages += p->n;
	if (p->size)
		TRY(put_at(w, w->data, p->data, p->size));
	w->data = at;
	return put_at(w, w->descriptors + p->first * DESCRIPTOR, descriptors, b.n);
}

static struct err *put_pages(struct writing *w)
{
	struct kdump_pack_job job = {
		.packing = w->o->packing,
		.level = w->o->level,
		.threads = w->o->threads,
		.block = w->block,
		.n_pages = w->n_pages,
		.read = read_pages,
		.done = put_batch,
		.arg = w,
	};
	CLEANUP(freep) uint8_t *zeros = calloc(1, w->block);

	if (!zeros)
		return err_nomem();
	TRY(put_at(w, w->zero_page, zeros, w->block));
	return kdump_pack(&job);
}

/* ---- all of it --------------------------------------------------------------------------------------------- */

static struct err *add_late_note(struct writing *w)
{
	const struct kdump_late_note *late = w->o->late;
	struct core_note *v = ARENA_NEW_N(&w->arena, struct core_note, w->notes.n + 1);

	w->late = arena_alloc(&w->arena, late->size);
	if (!v || !w->late)
		return err_nomem();
	memset(w->late, ' ', late->size);
	memcpy(v, w->notes.v, w->notes.n * sizeof(*v));
	v[w->notes.n++] = (struct core_note){ late->owner, late->type, w->late, late->size };
	w->notes.v = v;
	return NULL;
}

static struct err *prepare(struct writing *w)
{
	uint64_t block;

	TRY(physical_image_create(w->d, "raw", &w->image));
	TRY(physical_notes(w->d, &w->arena, &w->notes));
	if (w->o->late)
		TRY(add_late_note(w));
	w->machine = kdump_machine(w->notes.machine, &w->word);
	if (!w->machine)
		return err_new(ERR_UNSUPPORTED, "%s: a compressed kernel dump has to name its machine, and %s", dump_path(w->d),
			       w->notes.machine == MACHINE_UNKNOWN ? "nothing in the memory tells which it is" : "has no name for this one");
	kdump_origin(w->d, &w->origin);
	block = page_size(w);
	if (block < MIN_BLOCK || block > MAX_BLOCK || block & (block - 1))
		return err_new(ERR_CORRUPT, "%s: pages of %" PRIu64 " bytes (VMCOREINFO's PAGESIZE)", dump_path(w->d), block);
	w->block = (uint32_t)block;
	TRY(find_pages(w));
	lay_out(w);
	return NULL;
}

static struct err *write_all(struct writing *w)
{
	uint8_t end[16];

	TRY(put_header(w, false));
	TRY(put_sub_header(w));
	TRY(put_bitmaps(w));
	TRY(put_pages(w));
	if (w->late) {
		TRY(w->o->late->fill(w->o->late->arg, w->late));
		TRY(put_sub_header(w));
	}
	TRY(put_header(w, true));
	if (!w->o->flat)
		return NULL;
	memset(end, 0xff, sizeof(end));
	return flat_put(w, end, sizeof(end));
}

struct err *kdump_write(struct dump *d, const struct kdump_write_options *o, struct kdump_written *ret)
{
	struct writing w = { .o = o, .d = d };
	struct err *e;

	arena_init(&w.arena);
	e = prepare(&w);
	if (!e)
		e = write_all(&w);
	if (!e) {
		w.done.lost = physical_image_lost(w.image);
		*ret = w.done;
	}
	physical_image_destroy(w.image);
	arena_deinit(&w.arena);
	vec_deinit(&w.runs);
	return e;
}

uint64_t kdump_write_expected(struct dump *d, uint32_t packing)
{
	enum { SHRINKS_TO = 3 };
	const struct dump_segment *v;
	uint64_t sum = 0;
	size_t n;

	if (err_ignore(dump_physical(d, &v, &n)))
		return 0;
	for (size_t i = 0; i < n; i++)
		sum += v[i].file_size;
	return packing ? sum / SHRINKS_TO : sum;
}
