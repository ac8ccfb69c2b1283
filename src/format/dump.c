/* SPDX-License-Identifier: MIT */
/* The common part of all containers: list caches, defects, references. */
#include "format/compress.h"
#include "format/dump_impl.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

enum { MAX_DEFECTS = 256 };

#define CACHE(type, name)                                                      \
	struct {                                                               \
		bool tried;                                                    \
		type *v;                                                       \
		size_t n;                                                      \
	} name

struct dump_lists {
	CACHE(struct dump_segment, segments);
	CACHE(struct dump_segment, physical);
	CACHE(struct dump_thread, threads);
	CACHE(struct dump_module, modules);
	CACHE(struct dump_unloaded, unloaded);
	CACHE(struct dump_handle, handles);
	CACHE(struct dump_region, regions);
	CACHE(struct dump_file_mapping, file_mappings);
	CACHE(struct dump_stream, streams);
	CACHE(struct dump_auxv, auxv);
	CACHE(struct dump_annotation, annotations);
	bool exception_tried, snapshot_tried;
	struct dump_exception *exception;
	struct dump_snapshot *snapshot;
};

/*
 * A list that fails outright is empty from then on, and its error becomes a
 * defect for later callers; the first caller gets the error itself.
 */
#define DEFINE_LIST(type, name)                                                \
	struct err *dump_##name(struct dump *d, const type **ret, size_t *ret_n) \
	{                                                                      \
		type *v = NULL;                                                \
		size_t n = 0;                                                  \
		if (!d->lists->name.tried && d->ops->name) {                   \
			struct err *e = d->ops->name(d, &v, &n);               \
			if (e && err_code(e) == ERR_CANCELLED)                 \
				return e;                                      \
			d->lists->name.tried = true;                           \
			if (e)                                                 \
				return e;                                      \
			d->lists->name.v = v;                                  \
			d->lists->name.n = n;                                  \
		}                                                              \
		*ret = d->lists->name.v;                                       \
		*ret_n = d->lists->name.n;                                     \
		return NULL;                                                   \
	}

DEFINE_LIST(struct dump_segment, segments)
DEFINE_LIST(struct dump_segment, physical)
DEFINE_LIST(struct dump_thread, threads)
DEFINE_LIST(struct dump_module, modules)
DEFINE_LIST(struct dump_unloaded, unloaded)
DEFINE_LIST(struct dump_handle, handles)
DEFINE_LIST(struct dump_region, regions)
DEFINE_LIST(struct dump_file_mapping, file_mappings)
DEFINE_LIST(struct dump_stream, streams)
DEFINE_LIST(struct dump_auxv, auxv)
DEFINE_LIST(struct dump_annotation, annotations)

struct err *dump_exception(struct dump *d, const struct dump_exception **ret)
{
	if (!d->lists->exception_tried && d->ops->exception) {
		d->lists->exception_tried = true;
		TRY(d->ops->exception(d, &d->lists->exception));
	}
	*ret = d->lists->exception;
	return NULL;
}

struct err *dump_snapshot(struct dump *d, const struct dump_snapshot **ret)
{
	if (!d->lists->snapshot_tried && d->ops->snapshot) {
		TRY(d->ops->snapshot(d, &d->lists->snapshot));
		d->lists->snapshot_tried = true; /* not before: without it what is no memory would pass for it */
	}
	*ret = d->lists->snapshot;
	return NULL;
}

size_t dump_defects(const struct dump *d, const struct dump_defect **ret)
{
	*ret = d->defects.v;
	return d->defects.n;
}

/* The same place may be read for two lists. */
static bool known_defect(const struct dump *d, const struct err *e)
{
	for (size_t i = 0; i < d->defects.n; i++)
		if (!strcmp(d->defects.v[i].text, err_message(e)))
			return true;
	return false;
}

void dump_add_defect(struct dump *d, struct err *e)
{
	struct dump_defect defect = { NULL, e ? err_code(e) : 0 };

	if (e && d->defects.n < MAX_DEFECTS && !known_defect(d, e))
		defect.text = arena_strdup(&d->arena, err_message(e));
	if (defect.text)
		(void)vec_push(&d->defects, defect);
	err_free(e);
}

static int by_address(const void *a, const void *b)
{
	const struct dump_segment *x = a, *y = b;

	if (x->address != y->address)
		return x->address < y->address ? -1 : 1;
	return x->offset < y->offset ? -1 : x->offset > y->offset;
}

size_t dump_part_segments(struct dump_segment *v, size_t n)
{
	size_t kept = 0;

	if (n)
		qsort(v, n, sizeof(*v), by_address);
	for (size_t i = 0; i < n; i++) {
		uint64_t end = kept ? v[kept - 1].address + v[kept - 1].size : 0;
		uint64_t cut = v[i].address < end ? end - v[i].address : 0;

		if (cut >= v[i].size)
			continue;
		v[kept] = v[i];
		v[kept].address += cut;
		v[kept].offset += cut;
		v[kept].size -= cut;
		v[kept].file_size = v[kept].size;
		kept++;
	}
	return kept;
}

const struct dump_facts *dump_facts(const struct dump *d)
{
	return &d->facts;
}

struct source *dump_source(const struct dump *d)
{
	return d->src;
}

struct source *dump_memory(const struct dump *d)
{
	return d->memory ? d->memory : d->src;
}

const char *dump_path(const struct dump *d)
{
	return d->path;
}

struct err *dump_read_piece(struct dump *d, struct dump_piece piece, void *buf, size_t len)
{
	if (len > piece.size)
		return err_new(ERR_TRUNCATED,
			       "%s: record at offset 0x%" PRIx64 ": %zu bytes expected, %" PRIu64
			       " there",
			       d->src->name, piece.offset, len, piece.size);
	return source_read(d->src, piece.offset, buf, len);
}

static void empty_strings(struct dump_facts *f)
{
	f->format = f->title = f->os_text = f->build_string = f->debug_build_string = "";
	f->cpu_text = f->process_name = f->command_line = f->timezone_name = f->writer = f->stripped = "";
}

struct err *dump_init(struct dump *d, const struct dump_ops *ops, struct source *src)
{
	d->ops = ops;
	d->refs = 1;
	arena_init(&d->arena);
	d->arena.limit = (size_t)1 << 32;
	empty_strings(&d->facts);
	d->lists = calloc(1, sizeof(*d->lists));
	d->path = strdup(src->name);
	if (!d->lists || !d->path) {
		free(d->lists);
		free(d->path);
		return err_nomem();
	}
	d->src = src;
	return NULL;
}

struct dump *dump_ref(struct dump *d)
{
	d->refs++;
	return d;
}

void dump_unref(struct dump *d)
{
	if (!d || --d->refs)
		return;
	if (d->ops->destroy)
		d->ops->destroy(d);
	vec_deinit(&d->defects);
	arena_deinit(&d->arena);
	source_destroy(d->memory);
	source_destroy(d->src);
	free(d->lists);
	free(d->path);
	free(d);
}

/* Files that come in a dump's place, and what is to be done with them. */
static const struct {
	const char *magic, *what;
} strangers[] = {
	{ "PAGEDU64", "a dump of a 64-bit Windows kernel; only dumps of processes are read" },
	{ "PAGEDUMP", "a dump of a 32-bit Windows kernel; only dumps of processes are read" },
	{ "Microsoft C/C++ ", "a PDB, which belongs into the symbol path (-y)" },
	{ "MZ", "a Windows program, no dump; image files belong into the image path (-i)" },
	{ "MSCF", "a cabinet; the dump in it has to be unpacked (cabextract) first" },
	{ "PK\3\4", "a zip archive; the dump in it has to be unpacked first" },
};

static const char *stranger(struct source *src)
{
	char head[16] = "";
	size_t n = source_read_some(src, 0, head, sizeof(head));

	for (size_t i = 0; i < ARRAY_SIZE(strangers); i++) {
		size_t len = strlen(strangers[i].magic);

		if (n >= len && !memcmp(head, strangers[i].magic, len))
			return strangers[i].what;
	}
	return NULL;
}

static struct err *not_recognised(struct source *src)
{
	CLEANUP(strbuf_deinit) struct strbuf sb = STRBUF_INIT;
	const char *what = stranger(src);

	if (what)
		return err_new(ERR_UNSUPPORTED, "%s: %s", src->name, what);
	for (size_t i = 0; dump_formats[i]; i++)
		strbuf_addf(&sb, "%s%s", i ? ", " : "", dump_formats[i]->summary);
	return err_new(ERR_UNSUPPORTED, "%s: not a dump that is understood here (%s)", src->name,
		       sb.s);
}

static struct err *by_name(const char *name, const struct dump_format **ret)
{
	CLEANUP(strbuf_deinit) struct strbuf sb = STRBUF_INIT;

	for (size_t i = 0; dump_formats[i]; i++) {
		if (!strcmp(dump_formats[i]->name, name)) {
			*ret = dump_formats[i];
			return NULL;
		}
		strbuf_addf(&sb, "%s%s", i ? ", " : "", dump_formats[i]->name);
	}
	return err_new(ERR_USAGE, "no dump format \"%s\" (there are: %s)", name, sb.s);
}

static struct err *by_content(struct source *src, const struct dump_format **ret)
{
	for (size_t i = 0; dump_formats[i]; i++)
		if (dump_formats[i]->probe(src)) {
			*ret = dump_formats[i];
			return NULL;
		}
	return not_recognised(src);
}

static struct err *open_as(struct source *src, const char *name, struct dump **ret)
{
	const struct dump_format *format = NULL;
	struct err *e = name ? by_name(name, &format) : by_content(src, &format);

	if (!e)
		e = format->open(src, ret);
	if (e)
		source_destroy(src);
	return e;
}

struct err *dump_open_source(struct source *src, struct dump **ret)
{
	return open_as(src, NULL, ret);
}

/* The name of the file that was given, not of what it unpacked to. */
static struct err *rename_dump(struct dump *d, const char *path)
{
	char *copy = strdup(path);

	if (!copy)
		return err_nomem();
	free(d->path);
	d->path = copy;
	return NULL;
}

static bool any_probe(struct source *head)
{
	const struct dump_format *format;

	return !err_ignore(by_content(head, &format));
}

struct err *dump_open(const char *path, const struct dump_open_options *options,
		      struct dump **ret)
{
	struct unwrap u = { .tmpdir = options ? options->tmpdir : NULL };
	struct dump *d = NULL;
	struct source *src;
	struct err *e;

	if (!options || !options->format)
		u.wanted = any_probe;
	TRY(source_open_file(path, &src));
	TRY(source_unwrap_with(src, &u, &src));
	e = open_as(src, options ? options->format : NULL, &d);
	if (!e)
		e = rename_dump(d, path);
	if (e) {
		dump_unref(d);
		err_free(u.damage);
		return e;
	}
	dump_add_defect(d, u.damage);
	*ret = d;
	return NULL;
}
