/* SPDX-License-Identifier: MIT */
/*
 * Minidump (MDMP): header, directory, and the container's entry.
 *
 * Spec: MINIDUMP_HEADER and MINIDUMP_DIRECTORY of minidumpapiset.h; a file
 * whose magic reads PMDM was written by a big-endian machine (Breakpad's
 * minidump.cc swaps such files). Opening reads the header, the directory, two
 * small streams of facts and, for Linux, the ends of two text streams; the
 * rest waits until a list is asked for.
 */
#include "format/minidump.h"

#include <string.h>

enum {
	HEADER_SIZE = 32,
	ENTRY_SIZE = 12,
	VERSION = 0xa793, /* low word; the high word is the writer's own */
	/* Real dumps have 7 to 30; the count is the file's word only. */
	MAX_STREAMS = 16384,
};

static bool probe(struct source *src)
{
	uint8_t magic[4];

	return source_read_some(src, 0, magic, 4) == 4 &&
	       (!memcmp(magic, "MDMP", 4) || !memcmp(magic, "PMDM", 4));
}

static struct err *read_directory(struct minidump *md, uint64_t rva, uint32_t count)
{
	CLEANUP(md_in_deinit) struct md_in in = MD_IN_INIT;
	size_t n = count;

	if (n > MAX_STREAMS) {
		MD_DEFECT(md, ERR_CORRUPT, "header: %" PRIu32 " streams, at most %d are read", count,
			  MAX_STREAMS);
		n = MAX_STREAMS;
	}
	if (!n)
		return NULL;
	TRY(md_open(md, (struct dump_piece){ rva, n * ENTRY_SIZE }, "stream directory", &in));
	n = in.c.size / ENTRY_SIZE;
	md->streams = ARENA_NEW_N(&md->d.arena, struct md_stream, n ? n : 1);
	if (!md->streams)
		return err_nomem();
	for (size_t i = 0; i < n; i++) {
		struct md_stream *s = &md->streams[i];

		s->type = cursor_u32(&in.c);
		s->piece.size = cursor_u32(&in.c);
		s->piece.offset = cursor_u32(&in.c);
	}
	md->n_streams = n;
	return cursor_check(&in.c, "stream directory");
}

static struct err *read_header(struct minidump *md)
{
	struct dump_facts *f = &md->d.facts;
	CLEANUP(view_deinit) struct view view = VIEW_INIT;
	uint32_t version, count, rva;
	struct cursor c;

	if (md->d.src->size < HEADER_SIZE)
		return err_new(ERR_TRUNCATED,
			       "%s: minidump header at offset 0x0: %d bytes expected, %" PRIu64
			       " left in the file",
			       md->d.src->name, HEADER_SIZE, md->d.src->size);
	TRY(source_cursor(md->d.src, 0, HEADER_SIZE, &view, &c));
	f->big_endian = !memcmp(cursor_bytes(&c, 4), "PMDM", 4);
	c.big_endian = f->big_endian;
	version = cursor_u32(&c);
	count = cursor_u32(&c);
	rva = cursor_u32(&c);
	cursor_skip(&c, 4); /* checksum: nobody fills it in */
	f->dump_time = cursor_u32(&c);
	f->has |= f->dump_time ? FACT_DUMP_TIME : 0;
	f->flags = cursor_u64(&c);
	if ((version & 0xffff) != VERSION)
		MD_DEFECT(md, ERR_CORRUPT, "header: version 0x%x, 0x%x expected", version & 0xffff,
			  VERSION);
	return read_directory(md, rva, count);
}

/* WinDbg's words; it goes by the kind of memory list. */
static const char *title(const struct minidump *md)
{
	struct dump_piece piece;

	return md_find(md, MD_MEMORY64_LIST, &piece) ?
		       "User Mini Dump File with Full Memory: Only application data is available" :
		       "User Mini Dump File: Only registers, stack and portions of memory are available";
}

static struct err *list_streams(struct dump *d, struct dump_stream **ret, size_t *ret_n)
{
	struct minidump *md = md_of(d);
	struct dump_stream *v = ARENA_NEW_N(&d->arena, struct dump_stream, md->n_streams);

	if (!v)
		return err_nomem();
	for (size_t i = 0; i < md->n_streams; i++) {
		const struct md_stream *s = &md->streams[i];
		const char *name = md_stream_name(s->type);

		if (!*name)
			name = arena_printf(&d->arena, "UnknownStream 0x%" PRIx32, s->type);
		if (!name)
			return err_nomem();
		v[i] = (struct dump_stream){ s->type, name, "", s->piece };
	}
	*ret = v;
	*ret_n = md->n_streams;
	return NULL;
}

static void destroy(struct dump *d)
{
	u64map_deinit(&md_of(d)->strings);
}

static const struct dump_ops ops = {
	.segments = md_segments,
	.threads = md_threads,
	.modules = md_modules,
	.unloaded = md_unloaded,
	.handles = md_handles,
	.regions = md_regions,
	.file_mappings = md_file_mappings,
	.streams = list_streams,
	.auxv = md_auxv,
	.annotations = md_annotations,
	.exception = md_exception,
	.strip = md_strip,
	.destroy = destroy,
};

static struct err *open_minidump(struct source *src, struct dump **ret)
{
	CLEANUP(dump_unrefp) struct dump *d = NULL;
	struct minidump *md = calloc(1, sizeof(*md));
	struct err *e;

	if (!md)
		return err_nomem();
	e = dump_init(&md->d, &ops, src);
	if (e) {
		free(md);
		return e;
	}
	d = &md->d;
	d->facts.kind = DUMP_MINIDUMP;
	d->facts.format = "minidump";
	md->text_left = (src->size < (1 << 28) ? src->size : 1 << 28) * 4 + (1 << 20);
	e = read_header(md);
	if (!e) {
		d->facts.title = title(md);
		e = md_read_facts(md);
		if (!e)
			e = md_soften(md, md_read_stripped(md));
	}
	if (e) {
		d->src = NULL; /* stays the caller's */
		return e;
	}
	*ret = TAKE_PTR(d);
	return NULL;
}

const struct dump_format format_minidump = {
	.name = "minidump",
	.summary = "Windows, Breakpad and Crashpad minidumps (MDMP)",
	.probe = probe,
	.open = open_minidump,
};
