/* SPDX-License-Identifier: MIT */
/* Migration streams of QEMU: see format/qemustream.h. Sections in their order, opening, lists. */
#include "format/qemustream.h"

#include "base/cancel.h"
#include "format/blocks.h"
#include "format/qemustream_impl.h"

#include <inttypes.h>
#include <string.h>

enum section {
	SECTION_EOF = 0x00, SECTION_START = 0x01, SECTION_PART = 0x02, SECTION_END = 0x03, SECTION_FULL = 0x04, SECTION_SUB = 0x05,
	SECTION_DESCRIPTION = 0x06, SECTION_CONFIGURATION = 0x07, SECTION_COMMAND = 0x08, SECTION_FOOTER = 0x7e,
};

enum {
	VERSION = 3, RAM_VERSION = 4,
	MAX_MACHINE = 256, MAX_CAPABILITIES = 1024, MAX_SECTIONS = 1 << 16,
	MAX_DESCRIPTION = 32 << 20,
};

bool qemustream_probe(struct source *src)
{
	char magic[4];

	return source_read_some(src, 0, magic, 4) == 4 && !memcmp(magic, "QEVM", 4);
}

/* ---- numbers and names -------------------------------------------------------------------------- */

struct err *qs_uint(struct qs *q, uint64_t *at, unsigned size, uint64_t *ret)
{
	uint8_t bytes[8];

	if (source_read_some(q->file, *at, bytes, size) != size)
		return err_new(ERR_TRUNCATED, "%s: the stream ends at offset 0x%" PRIx64 ", where %u bytes were expected", q->file->name, *at, size);
	*ret = 0;
	for (unsigned i = 0; i < size; i++)
		*ret = *ret << 8 | bytes[i];
	*at += size;
	return NULL;
}

static struct err *read_text(struct qs *q, uint64_t *at, size_t len, const char **ret)
{
	CLEANUP(view_deinit) struct view view = VIEW_INIT;
	CLEANUP(strbuf_deinit) struct strbuf sb = STRBUF_INIT;

	TRY(source_view(q->file, *at, len, &view));
	strbuf_add_utf8(&sb, (const char *)view.data, len);
	*ret = sb.failed ? NULL : arena_strndup(&q->d.arena, sb.s, strlen(sb.s));
	*at += len;
	return *ret ? NULL : err_nomem();
}

/* Names come again with many pages: those that are known are not copied again. */
struct err *qs_text(struct qs *q, uint64_t *at, const char **ret)
{
	char name[256];
	uint64_t len = 0;

	TRY(qs_uint(q, at, 1, &len));
	if (source_read_some(q->file, *at, name, (size_t)len) == len)
		for (size_t i = 0; i < q->blocks.n; i++)
			if (strlen(q->blocks.v[i].name) == len && !memcmp(q->blocks.v[i].name, name, (size_t)len)) {
				*ret = q->blocks.v[i].name;
				*at += len;
				return NULL;
			}
	return read_text(q, at, (size_t)len, ret);
}

static struct err *unexpected(const struct qs *q, uint64_t at, const char *what, uint64_t found)
{
	return err_new(ERR_CORRUPT, "%s: offset 0x%" PRIx64 ": %s expected, found 0x%" PRIx64, q->file->name, at, what, found);
}

/* ---- configuration -------------------------------------------------------------------------------- */

static struct err *read_capabilities(struct qs *q, uint64_t *at)
{
	uint64_t n = 0;

	TRY(qs_uint(q, at, 4, &n));
	if (n > MAX_CAPABILITIES)
		return unexpected(q, *at - 4, "a number of capabilities", n);
	for (uint64_t i = 0; i < n; i++) {
		const char *name = "";

		TRY(qs_text(q, at, &name));
		q->mapped_ram |= !strcmp(name, "mapped-ram");
		q->ignore_shared |= !strcmp(name, "x-ignore-shared");
	}
	return NULL;
}

static struct err *read_configuration_part(struct qs *q, uint64_t *at)
{
	uint64_t version = 0, bits = 0, start = *at;
	const char *name = "";

	TRY(qs_text(q, at, &name));
	TRY(qs_uint(q, at, 4, &version));
	if (!strcmp(name, "configuration/capabilities"))
		return read_capabilities(q, at);
	if (!strcmp(name, "configuration/uuid")) {
		*at += 16;
		return NULL;
	}
	if (strcmp(name, "configuration/target-page-bits") != 0)
		return err_new(ERR_UNSUPPORTED, "%s: offset 0x%" PRIx64 ": a part of the configuration that is not known (\"%s\")", q->file->name, start, name);
	TRY(qs_uint(q, at, 4, &bits));
	return bits == 12 ? NULL : err_new(ERR_UNSUPPORTED, "%s: pages of 2^%" PRIu64 " bytes (4096 bytes are known)", q->file->name, bits);
}

static struct err *read_configuration(struct qs *q, uint64_t *at)
{
	uint64_t len = 0, type = 0, next;

	TRY(qs_uint(q, at, 4, &len));
	if (len > MAX_MACHINE)
		return unexpected(q, *at - 4, "length of a machine's name", len);
	TRY(read_text(q, at, (size_t)len, &q->machine));
	for (;;) {
		next = *at;
		TRY(qs_uint(q, &next, 1, &type));
		if (type != SECTION_SUB)
			return NULL;
		*at = next;
		TRY(read_configuration_part(q, at));
	}
}

/* ---- the description ------------------------------------------------------------------------------ */

/* It ends the file, behind a byte and its length; it begins behind `from`. */
static struct err *find_description(struct qs *q, uint64_t from)
{
	uint64_t size = q->file->size, most = size - from < MAX_DESCRIPTION ? size - from : MAX_DESCRIPTION;
	CLEANUP(view_deinit) struct view view = VIEW_INIT;

	if (most < 8)
		return NULL;
	TRY(source_view(q->file, size - most, most, &view));
	for (uint64_t i = most - 5; i-- > 0;) {
		struct cursor c = cursor_init("", view.data + i, most - i, 0);

		c.big_endian = true;
		if (view.data[i] != SECTION_DESCRIPTION || view.data[i + 5] != '{')
			continue;
		cursor_skip(&c, 1);
		if (cursor_u32(&c) == most - i - 5)
			return jdoc_parse(q->file->name, view.data + i + 5, (size_t)(most - i - 5), size - most + i + 5, &q->json);
	}
	return NULL;
}

/* Devices of one name and number may come several times: the i-th section is the i-th of the list. */
static const struct jval *description_of(const struct qs *q, const char *name, uint32_t instance)
{
	const struct jval *v = jval_at(jval_get(jdoc_root(q->json), "devices"), q->sections.n);
	uint64_t number = 0;

	if (strcmp(jval_text(jval_get(v, "name")), name) != 0 || !jval_u64(jval_get(v, "instance_id"), &number) || number != instance)
		return NULL;
	return v;
}

/* ---- sections --------------------------------------------------------------------------------------- */

static struct err *read_footer(struct qs *q, uint64_t *at, uint64_t id)
{
	uint64_t type = 0, again = 0, start = *at;

	TRY(qs_uint(q, at, 1, &type));
	if (type != SECTION_FOOTER)
		return unexpected(q, start, "the end of a section", type);
	TRY(qs_uint(q, at, 4, &again));
	return again == id ? NULL : unexpected(q, start + 1, "the number of the section that ends", again);
}

static struct err *read_device(struct qs *q, uint64_t *at, const char *name, uint32_t instance)
{
	struct qs_section s = { .name = name, .instance = instance };

	if (!q->json)
		TRY(find_description(q, *at));
	if (!q->json)
		return err_new(ERR_TRUNCATED, "%s: no description of the devices at the stream's end: their state, the processors' registers first of "
					      "all, cannot be read", q->file->name);
	s.about = description_of(q, name, instance);
	if (!s.about || q->sections.n == MAX_SECTIONS)
		return err_new(ERR_CORRUPT, "%s: offset 0x%" PRIx64 ": state of \"%s\" (%" PRIu32 "), which the description does not have there",
			       q->file->name, *at, name, instance);
	s.piece.offset = *at;
	TRY(qs_state_size(q, s.about, &s.piece.size));
	if (!range_in(s.piece.offset, s.piece.size, q->file->size))
		return err_new(ERR_TRUNCATED, "%s: the stream ends in the state of \"%s\"", q->file->name, name);
	*at += s.piece.size;
	return vec_push(&q->sections, s) ? NULL : err_nomem();
}

/* A section that begins: START or FULL. */
static struct err *read_first(struct qs *q, uint64_t *at, bool full)
{
	uint64_t id = 0, instance = 0, version = 0, start = *at;
	const char *name = "";

	TRY(qs_uint(q, at, 4, &id));
	TRY(qs_text(q, at, &name));
	TRY(qs_uint(q, at, 4, &instance));
	TRY(qs_uint(q, at, 4, &version));
	if (full) {
		TRY(read_device(q, at, name, (uint32_t)instance));
		return read_footer(q, at, id);
	}
	if (strcmp(name, "ram") != 0 || q->ram_seen)
		return err_new(ERR_UNSUPPORTED, "%s: offset 0x%" PRIx64 ": a section \"%s\", whose length nothing tells", q->file->name, start, name);
	if (version != RAM_VERSION)
		return err_new(ERR_UNSUPPORTED, "%s: offset 0x%" PRIx64 ": RAM in version %" PRIu64 " (%d is known)", q->file->name, start, version, RAM_VERSION);
	q->ram_seen = true;
	q->ram_section = (uint32_t)id;
	TRY(qs_ram_section(q, at));
	return read_footer(q, at, id);
}

static struct err *read_more(struct qs *q, uint64_t *at)
{
	uint64_t id = 0, start = *at;

	TRY(qs_uint(q, at, 4, &id));
	if (!q->ram_seen || id != q->ram_section)
		return unexpected(q, start, "the number of RAM's section", id);
	TRY(qs_ram_section(q, at));
	return read_footer(q, at, id);
}

static struct err *skip_command(struct qs *q, uint64_t *at)
{
	uint64_t number = 0, len = 0;

	TRY(qs_uint(q, at, 2, &number));
	TRY(qs_uint(q, at, 2, &len));
	*at += len;
	return NULL;
}

static struct err *read_section(struct qs *q, uint64_t *at)
{
	uint64_t type = 0, start = *at;

	TRY(qs_uint(q, at, 1, &type));
	switch (type) {
	case SECTION_EOF:
		q->ended = true;
		return NULL;
	case SECTION_CONFIGURATION:
		return read_configuration(q, at);
	case SECTION_START:
	case SECTION_FULL:
		return read_first(q, at, type == SECTION_FULL);
	case SECTION_PART:
	case SECTION_END:
		return read_more(q, at);
	case SECTION_COMMAND:
		return skip_command(q, at);
	default:
		return unexpected(q, start, "a section", type);
	}
}

static struct err *read_sections(struct qs *q)
{
	uint64_t at = 4, version = 0;

	TRY(qs_uint(q, &at, 4, &version));
	if (version != VERSION)
		return err_new(ERR_UNSUPPORTED, "%s: a migration stream of version %" PRIu64 " (%d is known)", q->file->name, version, VERSION);
	while (!q->ended) {
		TRY(cancel_check());
		TRY(read_section(q, &at));
	}
	progress_report("reading", q->file->size, q->file->size);
	return NULL;
}

/* ---- lists -------------------------------------------------------------------------------------------- */

static struct err *list_physical(struct dump *d, struct dump_segment **ret, size_t *ret_n)
{
	struct qs *q = qs_of(d);

	*ret = arena_memdup(&d->arena, q->segments.v, q->segments.n * sizeof(*q->segments.v));
	*ret_n = *ret ? q->segments.n : 0;
	return *ret || !q->segments.n ? NULL : err_nomem();
}

static struct err *list_threads(struct dump *d, struct dump_thread **ret, size_t *ret_n)
{
	struct qs *q = qs_of(d);

	*ret = arena_memdup(&d->arena, q->threads.v, q->threads.n * sizeof(*q->threads.v));
	*ret_n = *ret ? q->threads.n : 0;
	return *ret || !q->threads.n ? NULL : err_nomem();
}

/* Devices' states, and the notes that were made of them. */
static struct err *list_streams(struct dump *d, struct dump_stream **ret, size_t *ret_n)
{
	struct qs *q = qs_of(d);
	size_t n = q->sections.n + q->made.n;
	struct dump_stream *v = ARENA_NEW_N(&d->arena, struct dump_stream, n);

	if (n && !v)
		return err_nomem();
	for (size_t i = 0; i < q->sections.n; i++) {
		v[i] = (struct dump_stream){ .type = q->sections.v[i].instance, .owner = "", .piece = q->sections.v[i].piece };
		v[i].name = arena_printf(&d->arena, "state of %s", q->sections.v[i].name);
		if (!v[i].name)
			return err_nomem();
	}
	for (size_t i = 0; i < q->made.n; i++)
		v[q->sections.n + i] = q->made.v[i];
	*ret = v;
	*ret_n = n;
	return NULL;
}

struct lines {
	struct dump *d;
	VEC(struct dump_annotation) v;
};

static struct err *add_block_line(struct lines *l, const struct qs_block *b)
{
	const char *text = b->placed ? b->physical ? arena_printf(&l->d->arena, "0x%" PRIx64 " bytes at 0x%" PRIx64, b->size, b->physical) :
						     arena_printf(&l->d->arena, "0x%" PRIx64 " bytes: the machine's memory", b->size) :
				       arena_printf(&l->d->arena, "0x%" PRIx64 " bytes at an address that is not known", b->size);

	return text && vec_push(&l->v, ((struct dump_annotation){ "ram-block", b->name, text })) ? NULL : err_nomem();
}

static struct err *list_annotations(struct dump *d, struct dump_annotation **ret, size_t *ret_n)
{
	struct qs *q = qs_of(d);
	struct lines l = { .d = d };
	struct err *e = NULL;

	for (size_t i = 0; !e && i < q->blocks.n; i++)
		e = add_block_line(&l, &q->blocks.v[i]);
	if (!e && l.v.n) {
		*ret = arena_memdup(&d->arena, l.v.v, l.v.n * sizeof(*l.v.v));
		*ret_n = *ret ? l.v.n : 0;
		e = *ret ? NULL : err_nomem();
	}
	vec_deinit(&l.v);
	return e;
}

static void destroy(struct dump *d)
{
	struct qs *q = qs_of(d);

	source_destroy(q->file);
	vec_deinit(&q->runs.v);
	vec_deinit(&q->blocks);
	vec_deinit(&q->sections);
	vec_deinit(&q->made);
	vec_deinit(&q->threads);
	vec_deinit(&q->segments);
	jdoc_free(q->json);
	strbuf_deinit(&q->tail);
}

static const struct dump_ops ops = {
	.physical = list_physical,
	.threads = list_threads,
	.streams = list_streams,
	.annotations = list_annotations,
	.destroy = destroy,
};

/* ---- opening -------------------------------------------------------------------------------------------- */

/* The file, and what was made up behind it. */
struct view_source {
	struct source src;
	struct qs *q;
};

static struct err *view_read(struct source *src, uint64_t offset, void *buf, size_t len)
{
	struct qs *q = ((struct view_source *)src)->q;
	uint64_t size = q->file->size;
	size_t first = offset < size ? (size - offset < len ? (size_t)(size - offset) : len) : 0;

	if (first)
		TRY(source_read(q->file, offset, buf, first));
	if (first < len)
		memcpy((uint8_t *)buf + first, q->tail.s + (offset + first - size), len - first);
	return NULL;
}

static void view_destroy(struct source *src)
{
	free(src->name);
	free(src);
}

static const struct source_ops view_ops = { view_read, view_destroy };

static struct err *make_view(struct qs *q, struct source **ret)
{
	struct view_source *v = calloc(1, sizeof(*v));

	if (!v)
		return err_nomem();
	v->q = q;
	v->src = (struct source){ .ops = &view_ops, .name = strdup(q->file->name), .size = q->file->size + q->tail.len };
	if (!v->src.name) {
		free(v);
		return err_nomem();
	}
	*ret = &v->src;
	return NULL;
}

static struct err *read_page(void *arg, uint64_t number, uint8_t *buf)
{
	return qs_ram_page(arg, number, buf);
}

extern const struct dump_format format_qemustream;

static struct err *state_facts(struct qs *q)
{
	struct dump_facts *f = &q->d.facts;

	f->kind = DUMP_QEMU;
	f->format = format_qemustream.name;
	f->whole_system = true;
	f->writer = "QEMU";
	f->title = arena_printf(&q->d.arena, "QEMU Migration Stream (%s%s)", *q->machine ? q->machine : "machine not named", q->mapped_ram ? ", mapped-ram" : "");
	return f->title ? NULL : err_nomem();
}

/* A stream that ends early, or whose devices cannot be read, still has pages. */
static struct err *read_stream(struct qs *q)
{
	struct err *e = read_sections(q);

	if (e && (!q->blocks.n || err_code(e) == ERR_NOMEM || err_code(e) == ERR_CANCELLED || err_code(e) == ERR_UNSUPPORTED))
		return e;
	dump_add_defect(&q->d, e);
	if (!q->blocks.n)
		return err_new(ERR_CORRUPT, "%s: a migration stream without RAM", q->file->name);
	return qs_runs_settle(&q->runs);
}

static struct err *load(struct qs *q)
{
	q->machine = "";
	TRY(read_stream(q));
	TRY(state_facts(q));
	TRY(blocks_create(q->file->name, q->pages * QS_PAGE, QS_PAGE, read_page, q, &q->d.memory));
	TRY(qs_place(q));
	TRY(qs_make_notes(q));
	return make_view(q, &q->d.src);
}

static struct err *open_stream(struct source *src, struct dump **ret)
{
	struct qs *q = calloc(1, sizeof(*q));
	struct err *e;

	if (!q)
		return err_nomem();
	e = dump_init(&q->d, &ops, src);
	if (e) {
		free(q);
		return e;
	}
	strbuf_init(&q->tail);
	q->file = src;
	e = load(q);
	if (e) {
		q->file = q->d.src = NULL; /* stays the caller's */
		dump_unref(&q->d);
		return e;
	}
	*ret = &q->d;
	return NULL;
}

const struct dump_format format_qemustream = {
	.name = "qemu",
	.summary = "migration streams of QEMU",
	.probe = qemustream_probe,
	.open = open_stream,
};
