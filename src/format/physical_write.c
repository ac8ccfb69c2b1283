/* SPDX-License-Identifier: MIT */
/*
 * A file is pieces in order: bytes that were made (headers), and ranges of the
 * dump's memory. Between pieces is nothing: zeros.
 */
#include "format/physical_write.h"

#include "base/arena.h"
#include "base/vec.h"
#include "format/elfcore_write.h"
#include "format/physical_notes.h"

#include <inttypes.h>
#include <string.h>

enum { LIME_HEAD = 32, PAGE = 4096 };

struct piece {
	uint64_t offset, size;	/* in the file that is written */
	const uint8_t *bytes;	/* made; NULL: memory */
	uint64_t from;		/* in dump_memory() */
};

struct physical_image {
	struct dump *dump;
	struct source *memory;
	struct arena arena;
	VEC(struct piece) pieces;
	uint64_t size;
	atomic_uint_least64_t lost;
};

static bool add(struct physical_image *p, uint64_t offset, uint64_t size, const uint8_t *bytes, uint64_t from)
{
	if (offset + size > p->size)
		p->size = offset + size;
	return vec_push(&p->pieces, ((struct piece){ offset, size, bytes, from }));
}

/* ---- kinds ---------------------------------------------------------------------------------- */

static struct err *lay_raw(struct physical_image *p, const struct dump_segment *v, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (!add(p, v[i].address, v[i].size, NULL, v[i].offset))
			return err_nomem();
	return NULL;
}

static void put(uint8_t **at, uint64_t value, unsigned size)
{
	for (unsigned i = 0; i < size; i++)
		*(*at)++ = (uint8_t)(value >> 8 * i);
}

static struct err *lay_lime(struct physical_image *p, const struct dump_segment *v, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		uint8_t *head = arena_alloc(&p->arena, LIME_HEAD), *at = head;

		if (!head)
			return err_nomem();
		put(&at, 0x4c694d45, 4);
		put(&at, 1, 4);
		put(&at, v[i].address, 8);
		put(&at, v[i].address + v[i].size - 1, 8);
		if (!add(p, p->size, LIME_HEAD, head, 0) || !add(p, p->size, v[i].size, NULL, v[i].offset))
			return err_nomem();
	}
	return NULL;
}

/*
 * The kernel's image once more, at its virtual address and with the same bytes:
 * as /proc/vmcore has it. drgn begins its translation with page tables that it finds there.
 */
static size_t add_kernel(const struct physical_notes *notes, struct core_segment *segments, size_t n)
{
	struct physical_image_map map;

	if (!physical_kernel_map(notes, &map))
		return n;
	for (size_t i = 0; i < n; i++) {
		uint64_t from = map.physical - segments[i].physical;

		if (map.physical < segments[i].physical || from >= segments[i].file_size || segments[i].file_size - from < map.size)
			continue;
		segments[n] = (struct core_segment){ .address = map.address, .mem_size = map.size, .file_size = map.size, .physical = map.physical,
						     .shared = true, .shared_with = i, .shared_from = from };
		return n + 1;
	}
	return n;
}

static struct err *lay_elf(struct physical_image *p, const struct dump_segment *v, size_t n)
{
	struct core_segment *segments = ARENA_NEW_N(&p->arena, struct core_segment, n + 1);
	struct core_layout layout = { 0 };
	struct physical_notes notes;
	struct core_image image = { .segments = segments, .vmcore = true };

	if (!segments)
		return err_nomem();
	TRY(physical_notes(p->dump, &p->arena, &notes));
	image.machine = notes.machine;
	image.notes = notes.v;
	image.n_notes = notes.n;
	for (size_t i = 0; i < n; i++)
		segments[i] = (struct core_segment){ .mem_size = v[i].size, .file_size = v[i].size, .physical = v[i].address };
	image.n_segments = add_kernel(&notes, segments, n);
	TRY(core_layout_build(&image, &p->arena, &layout));
	if (!add(p, 0, layout.head_size, layout.head, 0))
		return err_nomem();
	for (size_t i = 0; i < n; i++)
		if (!add(p, layout.offsets[i], v[i].size, NULL, v[i].offset))
			return err_nomem();
	return NULL;
}

static const struct kind {
	const char *name;
	struct err *(*lay)(struct physical_image *p, const struct dump_segment *v, size_t n);
} kinds[] = { { "elf", lay_elf }, { "lime", lay_lime }, { "raw", lay_raw } };
const char physical_image_kinds[] = "elf, kdump, lime, raw";

static const struct kind *kind_named(const char *name)
{
	for (size_t i = 0; i < ARRAY_SIZE(kinds); i++)
		if (!strcmp(kinds[i].name, name))
			return &kinds[i];
	return NULL;
}

/* ---- the image -------------------------------------------------------------------------------- */

static struct err *lay(struct physical_image *p, const struct kind *kind)
{
	const struct dump_segment *v;
	size_t n;

	TRY(dump_physical(p->dump, &v, &n));
	if (!n)
		return err_new(ERR_UNSUPPORTED, "%s: no physical memory in it: it is not the dump of a machine", dump_path(p->dump));
	for (size_t i = 0; i < n; i++)
		if (v[i].address > INT64_MAX - v[i].size)
			return err_new(ERR_CORRUPT, "%s: memory at 0x%" PRIx64, dump_path(p->dump), v[i].address);
	return kind->lay(p, v, n);
}

struct err *physical_image_create(struct dump *d, const char *name, struct physical_image **ret)
{
	CLEANUP(physical_image_destroyp) struct physical_image *p = NULL;
	const struct kind *kind = kind_named(name);

	if (!kind)
		return err_new(ERR_USAGE, "no kind of memory image \"%s\" (there are: %s)", name, physical_image_kinds);
	p = calloc(1, sizeof(*p));
	if (!p)
		return err_nomem();
	arena_init(&p->arena);
	p->dump = d;
	p->memory = dump_memory(d);
	TRY(lay(p, kind));
	*ret = TAKE_PTR(p);
	return NULL;
}

void physical_image_destroy(struct physical_image *p)
{
	if (!p)
		return;
	vec_deinit(&p->pieces);
	arena_deinit(&p->arena);
	free(p);
}

uint64_t physical_image_size(const struct physical_image *p)
{
	return p->size;
}

uint64_t physical_image_lost(const struct physical_image *p)
{
	return atomic_load(&p->lost);
}

/* Page by page where a whole does not come: one page that is damaged costs no other. */
static void read_memory(struct physical_image *p, uint64_t from, uint8_t *buf, size_t len)
{
	if (!err_ignore(source_read(p->memory, from, buf, len)))
		return;
	while (len) {
		size_t n = PAGE - (size_t)(from % PAGE) < len ? PAGE - (size_t)(from % PAGE) : len;

		if (err_ignore(source_read(p->memory, from, buf, n))) {
			memset(buf, 0, n);
			atomic_fetch_add(&p->lost, n);
		}
		from += n;
		buf += n;
		len -= n;
	}
}

/* The first piece that ends behind `offset`. */
static size_t find(const struct physical_image *p, uint64_t offset)
{
	size_t low = 0, high = p->pieces.n;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (p->pieces.v[middle].offset + p->pieces.v[middle].size <= offset)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

void physical_image_read(struct physical_image *p, uint64_t offset, uint8_t *buf, size_t len)
{
	uint64_t end = offset + len;

	memset(buf, 0, len);
	for (size_t i = find(p, offset); i < p->pieces.n && p->pieces.v[i].offset < end; i++) {
		const struct piece *one = &p->pieces.v[i];
		uint64_t from = one->offset > offset ? one->offset : offset;
		uint64_t stop = one->offset + one->size < end ? one->offset + one->size : end;
		uint8_t *to = buf + (from - offset);

		if (one->bytes)
			memcpy(to, one->bytes + (from - one->offset), (size_t)(stop - from));
		else
			read_memory(p, one->from + (from - one->offset), to, (size_t)(stop - from));
	}
}
