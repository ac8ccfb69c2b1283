/* SPDX-License-Identifier: MIT */
/* Compressed kernel dumps: see format/kdump.h. */
#include "format/kdump.h"

#include "base/cancel.h"
#include "format/blocks.h"
#include "format/dump_impl.h"
#include "format/kdump_impl.h"
#include "format/kdump_pack.h"
#include "format/lzo.h"
#include "format/vmcoreinfo.h"

#include <inttypes.h>
#include <snappy-c.h>
#include <string.h>
#include <zlib.h>
#include <zstd.h>

enum {
	UTSNAME_FIELD = 65,
	HEADER = 480,
	DESCRIPTOR = 24,	/* i64 offset, u32 size, u32 flags, u64 page flags */
	GROUP = 4096,		/* frames whose pages are counted together */
	MIN_BLOCK = 4096,
	MAX_BLOCK = 65536,
	MAX_INFO = 1 << 20,
};

#define MAX_FRAMES (UINT64_C(1) << 36)	/* 256 TB in pages of 4 KB */

static struct kdump *kdump_of(struct dump *d)
{
	return (struct kdump *)d;
}

/* ---- headers ---------------------------------------------------------------------------------- */

static bool probe(struct source *src)
{
	char magic[8];

	return kdump_is_flat(src) || (source_read_some(src, 0, magic, 8) == 8 && !memcmp(magic, "KDUMP   ", 8));
}

static const struct machine_row {
	const char *uts;
	enum machine machine;
	unsigned word;		/* of longs in the headers */
	bool packed_off_t;	/* a 64-bit offset is aligned like a long */
} machines[] = {
	{ "x86_64", MACHINE_X64, 8, true },
	{ "i386", MACHINE_X86, 4, true },
	{ "i486", MACHINE_X86, 4, true },
	{ "i586", MACHINE_X86, 4, true },
	{ "i686", MACHINE_X86, 4, true },
	{ "aarch64", MACHINE_ARM64, 8, true },
	{ "arm", MACHINE_ARM, 4, false },
	{ "ppc64", MACHINE_PPC64, 8, true },
	{ "ppc64le", MACHINE_PPC64, 8, true },
	{ "s390x", MACHINE_S390X, 8, true },
	{ "riscv64", MACHINE_RISCV64, 8, true },
	{ "loongarch64", MACHINE_LOONGARCH64, 8, true },
};

static const struct machine_row *machine_row(const char *uts)
{
	for (size_t i = 0; i < ARRAY_SIZE(machines); i++)
		if (!strcmp(machines[i].uts, uts))
			return &machines[i];
	return NULL;
}

const char *kdump_machine(enum machine m, unsigned *ret_word)
{
	for (size_t i = 0; i < ARRAY_SIZE(machines); i++)
		if (machines[i].machine == m && machines[i].packed_off_t) {
			*ret_word = machines[i].word;
			return machines[i].uts;
		}
	return NULL;
}

/* A field of so many bytes that ends with its first NUL. NULL: no memory. */
static const char *fixed_text(struct kdump *k, const void *p, size_t n)
{
	CLEANUP(strbuf_deinit) struct strbuf sb = STRBUF_INIT;

	if (!p)
		return "";
	strbuf_add_utf8(&sb, p, strnlen(p, n));
	return sb.failed ? NULL : arena_strndup(&k->d.arena, sb.s, sb.len);
}

struct uts {
	const char *system, *node, *release, *version, *machine, *domain;
};

static struct err *read_uts(struct kdump *k, struct cursor *c, struct uts *ret)
{
	const char **fields[] = { &ret->system, &ret->node, &ret->release, &ret->version, &ret->machine, &ret->domain };

	for (size_t i = 0; i < ARRAY_SIZE(fields); i++) {
		*fields[i] = fixed_text(k, cursor_bytes(c, UTSNAME_FIELD), UTSNAME_FIELD);
		if (!*fields[i])
			return err_nomem();
	}
	return NULL;
}

static struct err *uts_facts(struct kdump *k, const struct uts *uts)
{
	struct dump_facts *f = &k->d.facts;

	f->os = !strcmp(uts->system, "Linux") || !*uts->system ? OS_LINUX : OS_UNKNOWN;
	f->os_text = *uts->release && *uts->version ? arena_printf(&k->d.arena, "%s %s", uts->release, uts->version) : uts->release;
	return f->os_text ? NULL : err_nomem();
}

/* QEMU knows nothing of its guest but the machine; others write all of utsname. */
static struct err *unknown_machine(const struct kdump *k, const char *name)
{
	return err_new(ERR_UNSUPPORTED, "%s: a compressed kernel dump of a machine that is not known here (\"%.*s\")", k->d.src->name,
		       UTSNAME_FIELD, name);
}

static struct err *read_header(struct kdump *k, const struct machine_row **ret)
{
	CLEANUP(view_deinit) struct view view = VIEW_INIT;
	struct dump_facts *f = &k->d.facts;
	struct cursor c;
	struct uts uts;

	TRY(source_cursor(k->d.src, 0, HEADER, &view, &c));
	cursor_skip(&c, 8);
	k->version = cursor_u32(&c);
	TRY(read_uts(k, &c, &uts));
	*ret = machine_row(uts.machine);
	if (!*ret)
		return unknown_machine(k, uts.machine);
	f->machine = (*ret)->machine;
	f->pointer_size = (*ret)->word;
	cursor_align(&c, (*ret)->word);
	f->dump_time = cursor_uint(&c, (*ret)->word);
	f->has |= f->dump_time ? FACT_DUMP_TIME : 0;
	cursor_skip(&c, (*ret)->word);
	k->status = cursor_u32(&c);
	k->block = cursor_u32(&c);
	k->sub_blocks = cursor_u32(&c);
	k->bitmap_blocks = cursor_u32(&c);
	k->max_frame = cursor_u32(&c);
	cursor_skip(&c, 4 * 4); /* blocks of RAM, of the device, written; the processor that dumped */
	f->cpu_count = cursor_u32(&c);
	f->has |= f->cpu_count ? FACT_CPUS : 0;
	TRY(cursor_check(&c, "header of a compressed kernel dump"));
	return uts_facts(k, &uts);
}

static struct err *check_header(const struct kdump *k)
{
	if (k->block < MIN_BLOCK || k->block > MAX_BLOCK || k->block & (k->block - 1))
		return err_new(ERR_CORRUPT, "%s: offset 0x1ac: a block size of %" PRIu32 " (a power of two from %d to %d expected)",
			       k->d.src->name, k->block, MIN_BLOCK, MAX_BLOCK);
	if (!k->version || k->version > 6)
		return err_new(ERR_UNSUPPORTED, "%s: version %" PRIu32 " of the compressed kernel dump (1 to 6 are known)",
			       k->d.src->name, k->version);
	if (!k->sub_blocks)
		return err_new(ERR_CORRUPT, "%s: no sub header in a compressed kernel dump", k->d.src->name);
	return NULL;
}

/* off_t and unsigned long, since version `since` */
static struct dump_piece sub_piece(struct cursor *c, const struct machine_row *m, uint32_t version, uint32_t since)
{
	struct dump_piece p;

	if (!m->packed_off_t)
		cursor_align(c, 8);
	p.offset = cursor_u64(c);
	p.size = cursor_uint(c, m->word);
	return version < since ? (struct dump_piece){ 0 } : p;
}

static struct err *read_sub_header(struct kdump *k, const struct machine_row *m)
{
	CLEANUP(view_deinit) struct view view = VIEW_INIT;
	struct cursor c;

	TRY(source_cursor(k->d.src, k->block, 112, &view, &c));
	k->phys_base = cursor_uint(&c, m->word);
	k->level = cursor_u32(&c);
	k->split = cursor_u32(&c) != 0 && k->version >= 2;
	k->start_frame = cursor_uint(&c, m->word);
	k->end_frame = cursor_uint(&c, m->word);
	k->info = sub_piece(&c, m, k->version, 3);
	k->notes = sub_piece(&c, m, k->version, 4);
	k->erased = sub_piece(&c, m, k->version, 5);
	if (k->version < 6)
		return cursor_check(&c, "sub header of a compressed kernel dump");
	if (!m->packed_off_t)
		cursor_align(&c, 8);
	k->start_frame = cursor_u64(&c);
	k->end_frame = cursor_u64(&c);
	k->max_frame = cursor_u64(&c);
	return cursor_check(&c, "sub header of a compressed kernel dump");
}

/* ---- which pages there are ----------------------------------------------------------------------- */

/* Two bitmaps since there is a dump level; one, of the pages, in files of old. */
static struct err *find_bitmap(struct kdump *k)
{
	uint64_t at = (1 + (uint64_t)k->sub_blocks) * k->block, bytes = (uint64_t)k->bitmap_blocks * k->block;
	uint64_t need = k->max_frame / 8 + (k->max_frame % 8 != 0);
	bool two = bytes / 2 >= need;

	k->bitmap = two ? at + bytes / 2 : at;
	k->descriptors = at + bytes;
	if (k->max_frame > MAX_FRAMES)
		return err_new(ERR_CORRUPT, "%s: %" PRIu64 " page frames: more memory than any machine has", k->d.src->name, k->max_frame);
	if (need > bytes)
		return err_new(ERR_CORRUPT, "%s: %" PRIu64 " page frames in bitmaps of %" PRIu64 " bytes", k->d.src->name,
			       k->max_frame, bytes);
	if (!range_in(k->bitmap, need, k->d.src->size))
		return err_new(ERR_TRUNCATED, "%s: bitmap of pages at offset 0x%" PRIx64 ": %" PRIu64
			       " bytes expected, the file has %" PRIu64 " bytes", k->d.src->name, k->bitmap, need, k->d.src->size);
	return NULL;
}

/* The bits of up to GROUP frames; those past the last frame are cleared. */
static struct err *read_group(struct kdump *k, uint64_t group, uint64_t ret[GROUP / 64])
{
	uint64_t first = group * GROUP, n = k->max_frame - first < GROUP ? k->max_frame - first : GROUP;

	memset(ret, 0, GROUP / 8);
	TRY(source_read(k->d.src, k->bitmap + first / 8, ret, (size_t)(n + 7) / 8));
	if (n % 64)
		ret[n / 64] &= ((uint64_t)1 << n % 64) - 1;
	return NULL;
}

static uint64_t groups(const struct kdump *k)
{
	return k->max_frame / GROUP + (k->max_frame % GROUP != 0);
}

static unsigned count_bits(const uint64_t *bits, unsigned n)
{
	unsigned sum = 0;

	for (unsigned i = 0; i < n / 64; i++)
		sum += (unsigned)__builtin_popcountll(bits[i]);
	if (n % 64)
		sum += (unsigned)__builtin_popcountll(bits[n / 64] & (((uint64_t)1 << n % 64) - 1));
	return sum;
}

static struct err *count_pages(struct kdump *k)
{
	uint64_t bits[GROUP / 64], total = 0;

	k->before = malloc((size_t)(groups(k) + 1) * sizeof(*k->before));
	if (!k->before)
		return err_nomem();
	for (uint64_t g = 0; g < groups(k); g++) {
		TRY(cancel_check());
		k->before[g] = (uint32_t)total;
		TRY(read_group(k, g, bits));
		total += count_bits(bits, GROUP);
		if (total > UINT32_MAX)
			return err_new(ERR_UNSUPPORTED, "%s: more than 2^32 pages", k->d.src->name);
	}
	k->before[groups(k)] = (uint32_t)total;
	return NULL;
}

/* The file that has the frame's page, if any has it. NULL: none. */
static const struct kdump_part *part_of(const struct kdump *k, uint64_t frame)
{
	for (size_t i = 0; i < k->parts.n; i++)
		if (frame >= k->parts.v[i].start && frame < k->parts.v[i].end)
			return &k->parts.v[i];
	return NULL;
}

/* Whether the file has the frame's page, and how many pages are before it in the bitmap. */
static struct err *find_page(struct kdump *k, uint64_t frame, bool *ret_there, uint64_t *ret_before)
{
	uint64_t bits[GROUP / 64];

	if (frame >= k->max_frame) {
		*ret_there = false;
		*ret_before = k->before[groups(k)];
		return NULL;
	}
	TRY(read_group(k, frame / GROUP, bits));
	*ret_there = part_of(k, frame) && bits[frame % GROUP / 64] >> frame % 64 & 1;
	*ret_before = k->before[frame / GROUP] + count_bits(bits, (unsigned)(frame % GROUP));
	return NULL;
}

struct runs {
	VEC(struct dump_segment) v;
	uint32_t block;
};

static bool add_frame(struct runs *r, uint64_t frame)
{
	struct dump_segment *last = r->v.n ? &r->v.v[r->v.n - 1] : NULL;
	uint64_t address = frame * r->block;

	if (last && last->address + last->size == address) {
		last->size = last->file_size += r->block;
		return true;
	}
	return vec_push(&r->v, ((struct dump_segment){ .address = address, .size = r->block, .file_size = r->block, .offset = address }));
}

static struct err *add_group(struct kdump *k, uint64_t group, struct runs *r)
{
	uint64_t bits[GROUP / 64];

	if (k->before[group] == k->before[group + 1])
		return NULL;
	TRY(read_group(k, group, bits));
	for (uint64_t i = 0; i < GROUP; i++)
		if (bits[i / 64] >> i % 64 & 1 && part_of(k, group * GROUP + i) && !add_frame(r, group * GROUP + i))
			return err_nomem();
	return NULL;
}

static struct err *list_physical(struct dump *d, struct dump_segment **ret, size_t *ret_n)
{
	struct kdump *k = kdump_of(d);
	struct runs r = { .block = k->block };
	struct err *e = NULL;

	for (uint64_t g = 0; !e && g < groups(k); g++) {
		e = cancel_check();
		if (!e)
			e = add_group(k, g, &r);
	}
	if (!e && r.v.n) {
		*ret = arena_memdup(&d->arena, r.v.v, r.v.n * sizeof(*r.v.v));
		*ret_n = *ret ? r.v.n : 0;
		e = *ret ? osmosis_cut_physical(d, ret, ret_n) : err_nomem();
	}
	vec_deinit(&r.v);
	return e;
}

/* ---- pages ----------------------------------------------------------------------------------------- */

struct descriptor {
	uint64_t offset;
	uint32_t size, flags;
};

/* before: pages in the bitmap before the frame's. */
static struct err *read_descriptor(struct kdump *k, const struct kdump_part *part, uint64_t frame, uint64_t before, struct descriptor *ret)
{
	CLEANUP(view_deinit) struct view view = VIEW_INIT;
	struct cursor c;

	TRY(source_cursor(part->src, k->descriptors + (before - part->first_page) * DESCRIPTOR, DESCRIPTOR, &view, &c));
	ret->offset = cursor_u64(&c);
	ret->size = cursor_u32(&c);
	ret->flags = cursor_u32(&c);
	if (!ret->offset && !ret->size && k->status & KDUMP_INCOMPLETE)
		return err_fault(frame * k->block); /* its writer did not come to it */
	if (!ret->size || ret->size > k->block)
		return cursor_corrupt(&c, "page frame 0x%" PRIx64 " has %" PRIu32 " bytes in the file (1 to %" PRIu32 " expected)", frame,
				      ret->size, k->block);
	return NULL;
}

static bool unpack(struct kdump *k, const struct descriptor *p, uint8_t *buf)
{
	uLongf length = k->block;
	size_t size = k->block;

	switch (p->flags & (KDUMP_ZLIB | KDUMP_LZO | KDUMP_SNAPPY | KDUMP_ZSTD)) {
	case KDUMP_ZLIB:
		return uncompress(buf, &length, k->packed, p->size) == Z_OK && length == k->block;
	case KDUMP_LZO:
		return lzo1x_unpack(k->packed, p->size, buf, k->block);
	case KDUMP_SNAPPY:
		return snappy_uncompress((const char *)k->packed, p->size, (char *)buf, &size) == SNAPPY_OK && size == k->block;
	case KDUMP_ZSTD:
		return ZSTD_decompress(buf, k->block, k->packed, p->size) == k->block;
	default:
		return false;
	}
}

static struct err *read_frame(void *arg, uint64_t frame, uint8_t *buf)
{
	struct kdump *k = arg;
	const struct kdump_part *part = part_of(k, frame);
	struct descriptor p;
	uint64_t before = 0;
	bool there = false;

	TRY(find_page(k, frame, &there, &before));
	if (!there || !part)
		return err_fault(frame * k->block);
	TRY(read_descriptor(k, part, frame, before, &p));
	if (!p.flags && p.size == k->block)
		return source_read(part->src, p.offset, buf, k->block);
	TRY(source_read(part->src, p.offset, k->packed, p.size));
	if (unpack(k, &p, buf))
		return NULL;
	return err_new(ERR_CORRUPT, "%s: offset 0x%" PRIx64 ": page frame 0x%" PRIx64 " does not unpack (%" PRIu32 " bytes, flags 0x%" PRIx32 ")",
		       part->src->name, p.offset, frame, p.size, p.flags);
}

/* ---- what else it has ------------------------------------------------------------------------------ */

static struct err *info_text(struct kdump *k, struct view *ret)
{
	uint64_t size = k->info.size < MAX_INFO ? k->info.size : MAX_INFO;

	if (!size)
		return NULL;
	return source_view(k->d.src, k->info.offset, size, ret);
}

struct lines {
	VEC(struct dump_annotation) v;
};

static struct err *add_line(void *arg, const char *key, const char *value)
{
	struct lines *l = arg;

	return vec_push(&l->v, ((struct dump_annotation){ "vmcoreinfo", key, value })) ? NULL : err_nomem();
}

static struct err *list_annotations(struct dump *d, struct dump_annotation **ret, size_t *ret_n)
{
	CLEANUP(view_deinit) struct view text = VIEW_INIT;
	struct lines l = { 0 };
	struct err *e = info_text(kdump_of(d), &text);

	if (!e && text.size)
		e = vmcoreinfo_each(d, text.data, text.size, add_line, &l);
	if (!e && l.v.n) {
		*ret = arena_memdup(&d->arena, l.v.v, l.v.n * sizeof(*l.v.v));
		*ret_n = *ret ? l.v.n : 0;
		e = *ret ? NULL : err_nomem();
	}
	vec_deinit(&l.v);
	return e;
}

enum { MAX_NOTES = 65536, NOTE_HEAD = 12, MAX_OWNER = 64 };

struct streams {
	VEC(struct dump_stream) v;
};

/* ELF notes: 4-byte aligned name and contents. The names that matter are those of ELF vmcores. */
static struct err *add_note(struct kdump *k, uint64_t *at, uint64_t end, struct streams *s)
{
	CLEANUP(view_deinit) struct view view = VIEW_INIT;
	struct dump_stream one = { .name = "" };
	uint32_t name_size, size;
	uint64_t contents;
	struct cursor c;

	TRY(source_cursor(k->d.src, *at, NOTE_HEAD, &view, &c));
	name_size = cursor_u32(&c);
	size = cursor_u32(&c);
	one.type = cursor_u32(&c);
	contents = *at + NOTE_HEAD + ((uint64_t)name_size + 3) / 4 * 4;
	*at = contents + ((uint64_t)size + 3) / 4 * 4;
	if (name_size > MAX_OWNER || *at > end)
		return err_new(ERR_CORRUPT, "%s: offset 0x%" PRIx64 ": a note of %" PRIu32 " and %" PRIu32 " bytes", k->d.src->name,
			       contents, name_size, size);
	one.piece = (struct dump_piece){ contents, size };
	view_deinit(&view);
	TRY(source_view(k->d.src, contents - ((uint64_t)name_size + 3) / 4 * 4, name_size, &view));
	one.owner = fixed_text(k, view.data, name_size);
	return one.owner && vec_push(&s->v, one) ? NULL : err_nomem();
}

static void add_notes(struct kdump *k, struct streams *s)
{
	uint64_t at = k->notes.offset, end = k->notes.offset + k->notes.size;
	struct err *e = NULL;

	if (!range_in(at, k->notes.size, k->d.src->size))
		e = err_new(ERR_TRUNCATED, "%s: notes at offset 0x%" PRIx64 ": %" PRIu64 " bytes expected", k->d.src->name, at, k->notes.size);
	for (unsigned i = 0; !e && i < MAX_NOTES && end - at >= NOTE_HEAD && at < end; i++)
		e = add_note(k, &at, end, s);
	dump_add_defect(&k->d, e);
}

static struct err *list_streams(struct dump *d, struct dump_stream **ret, size_t *ret_n)
{
	struct kdump *k = kdump_of(d);
	uint64_t bitmaps = (1 + (uint64_t)k->sub_blocks) * k->block;
	const struct dump_stream parts[] = {
		{ 0, "header", "", { 0, k->block } },
		{ 1, "sub header", "", { k->block, (uint64_t)k->sub_blocks * k->block } },
		{ 2, "bitmaps", "", { bitmaps, k->descriptors - bitmaps } },
		{ 3, "page descriptors", "", { k->descriptors, (uint64_t)k->before[groups(k)] * DESCRIPTOR } },
		{ 4, "vmcoreinfo", "", k->info },
		{ 6, "erased", "", k->erased },
	};
	struct streams s = { 0 };
	bool ok = true;

	for (size_t i = 0; ok && i < ARRAY_SIZE(parts); i++)
		ok = !parts[i].piece.size || vec_push(&s.v, parts[i]);
	if (ok)
		add_notes(k, &s);
	*ret = arena_memdup(&d->arena, s.v.v, s.v.n * sizeof(*s.v.v));
	*ret_n = *ret ? s.v.n : 0;
	vec_deinit(&s.v);
	return ok && *ret ? NULL : err_nomem();
}

/* The first note of Osmosis of this type. */
static struct err *load_note(struct kdump *k, uint32_t type, struct jdoc **ret, bool *ret_there)
{
	const struct dump_stream *v;
	size_t n;

	TRY(dump_streams(&k->d, &v, &n));
	for (size_t i = 0; i < n; i++) {
		if (v[i].type != type || strcmp(v[i].owner, OSMOSIS_NOTE_OWNER) != 0)
			continue;
		*ret_there = true;
		return osmosis_load(&k->d, v[i].piece, ret);
	}
	return NULL;
}

static struct err *load_record(struct kdump *k)
{
	bool record = false, closing = false;

	TRY(load_note(k, OSMOSIS_NOTE_RECORD, &k->osmosis.record, &record));
	TRY(load_note(k, OSMOSIS_NOTE_CLOSING, &k->osmosis.closing, &closing));
	return record || closing ? osmosis_facts(&k->d, &k->osmosis, closing) : NULL;
}

static struct err *read_snapshot(struct dump *d, struct dump_snapshot **ret)
{
	return osmosis_snapshot(d, &kdump_of(d)->osmosis, ret);
}

static void destroy(struct dump *d)
{
	struct kdump *k = kdump_of(d);

	osmosis_record_deinit(&k->osmosis);
	source_destroy(k->flat);
	kdump_forget_parts(k);
	free(k->before);
	free(k->packed);
}

static const struct dump_ops ops = {
	.physical = list_physical,
	.streams = list_streams,
	.annotations = list_annotations,
	.snapshot = read_snapshot,
	.destroy = destroy,
};

/* ---- opening --------------------------------------------------------------------------------------- */

static const char *packing(uint32_t status)
{
	static const struct {
		uint32_t bit;
		const char *name;
	} all[] = { { KDUMP_ZLIB, "zlib" }, { KDUMP_LZO, "lzo" }, { KDUMP_SNAPPY, "snappy" }, { KDUMP_ZSTD, "zstd" } };

	for (size_t i = 0; i < ARRAY_SIZE(all); i++)
		if (status & all[i].bit)
			return all[i].name;
	return "not packed";
}

/* What is not in the file although the machine had it. */
static void note_defects(struct kdump *k)
{
	if (k->status & KDUMP_INCOMPLETE)
		dump_add_defect(&k->d, err_new(ERR_TRUNCATED, "%s: its writer could not finish it: pages are missing", k->d.src->name));
	if (k->split)
		kdump_note_missing_parts(k);
	if (!range_in(k->descriptors, (uint64_t)k->before[groups(k)] * DESCRIPTOR, k->d.src->size) && !k->split)
		dump_add_defect(&k->d, err_new(ERR_TRUNCATED, "%s: descriptors of %" PRIu32 " pages at offset 0x%" PRIx64
					       ", and the file has %" PRIu64 " bytes", k->d.src->name, k->before[groups(k)],
					       k->descriptors, k->d.src->size));
}

static struct err *state_facts(struct kdump *k)
{
	CLEANUP(view_deinit) struct view text = VIEW_INIT;
	struct dump_facts *f = &k->d.facts;
	struct err *e = info_text(k, &text);

	f->kind = DUMP_KDUMP;
	f->whole_system = true;
	f->title = arena_printf(&k->d.arena, "Compressed Kernel Dump File (kdump version %" PRIu32 ", %s, level %" PRIu32 "): %s%s kernel",
				k->version, packing(k->status), k->level, f->os == OS_LINUX ? "Linux " : "", machine_name(f->machine));
	if (!f->title) {
		err_free(e);
		return err_nomem();
	}
	if (!e && text.size)
		e = vmcoreinfo_facts(&k->d, text.data, text.size);
	if (e && (err_code(e) == ERR_NOMEM || err_code(e) == ERR_CANCELLED))
		return e;
	dump_add_defect(&k->d, e); /* nothing, when e is NULL */
	return NULL;
}

static struct err *unflatten(struct kdump *k)
{
	struct source *view = NULL;
	struct err *damage = NULL;

	if (!kdump_is_flat(k->d.src))
		return NULL;
	TRY(kdump_unflatten(k->d.src, &view, &damage));
	dump_add_defect(&k->d, damage);
	k->flat = k->d.src;
	k->d.src = view;
	return NULL;
}

/* In each part descriptors begin with its first frame's. */
static struct err *find_parts(struct kdump *k)
{
	bool there = false;

	TRY(kdump_find_parts(k));
	for (size_t i = 0; k->split && i < k->parts.n; i++)
		TRY(find_page(k, k->parts.v[i].start, &there, &k->parts.v[i].first_page));
	return NULL;
}

static struct err *load(struct kdump *k)
{
	const struct machine_row *m = NULL;

	TRY(unflatten(k));
	TRY(read_header(k, &m));
	TRY(check_header(k));
	TRY(read_sub_header(k, m));
	TRY(find_bitmap(k));
	TRY(count_pages(k));
	TRY(find_parts(k));
	k->packed = malloc(k->block);
	if (!k->packed)
		return err_nomem();
	note_defects(k);
	TRY(state_facts(k));
	TRY(load_record(k));
	return blocks_create(k->d.src->name, k->max_frame * k->block, k->block, read_frame, k, &k->d.memory);
}

extern const struct dump_format format_kdump;

bool kdump_origin(struct dump *d, struct kdump_origin *ret)
{
	const struct kdump *k = kdump_of(d);
	uint64_t bytes;

	if (d->ops != &ops)
		return false;
	bytes = (uint64_t)k->bitmap_blocks * k->block / 2;
	*ret = (struct kdump_origin){ .level = k->level, .phys_base = k->phys_base, .block = k->block, .frames = k->max_frame };
	if (k->bitmap == (1 + (uint64_t)k->sub_blocks) * k->block + bytes) /* there are two */
		ret->ram = (struct dump_piece){ k->bitmap - bytes, k->max_frame / 8 + (k->max_frame % 8 != 0) };
	return true;
}

static struct err *open_kdump(struct source *src, struct dump **ret)
{
	struct kdump *k = calloc(1, sizeof(*k));
	struct err *e;

	if (!k)
		return err_nomem();
	e = dump_init(&k->d, &ops, src);
	if (e) {
		free(k);
		return e;
	}
	k->d.facts.format = format_kdump.name;
	e = load(k);
	if (e) {
		if (k->flat)
			source_destroy(k->d.src);
		k->flat = k->d.src = NULL; /* the file stays the caller's */
		dump_unref(&k->d);
		return e;
	}
	*ret = &k->d;
	return NULL;
}

const struct dump_format format_kdump = {
	.name = "kdump",
	.summary = "compressed kernel dumps (kdump)",
	.probe = probe,
	.open = open_kdump,
};
