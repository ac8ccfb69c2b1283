/* SPDX-License-Identifier: MIT */
/*
 * Full user dumps of before minidumps: USERDUMP (32-bit), USERDU64.
 *
 * No public specification names all of it. The header's fields follow the
 * USERMODE_CRASHDUMP_HEADER names that debuggers' documentation uses, and each
 * offset here was checked on a USERDU64 file of Windows 10 (build 17134): the
 * tables lie one behind another without a gap, so that each size is confirmed
 * by the next offset. docs/formats/userdump.md has the account. The 32-bit
 * layout is the same with 4-byte addresses; no such file was at hand.
 *
 *	header		magic, versions, machine, counts, eight offsets
 *	debug event	DEBUG_EVENT of the exception that made the dump
 *	regions		MEMORY_BASIC_INFORMATION
 *	contexts	CONTEXT of each thread
 *	thread states	id, suspend count, priorities, TEB, spare
 *	modules		base, size, name length, 8-bit name
 *	data		the bytes of the regions in their order
 *	version info	UTF-16: key, value, key, value ... and an empty key
 */
#include "base/cancel.h"
#include "format/dump_impl.h"
#include "format/winpage.h"

#include <inttypes.h>
#include <string.h>

enum {
	MAX_NAME = 0x10000,
	MAX_VERSION_INFO = 1 << 20,
	EXCEPTION_DEBUG_EVENT = 1,
	MAX_PARAMETERS = 15,
};

struct userdump {
	struct dump d;
	unsigned word;	/* 4 or 8 */
	uint32_t n_threads, n_modules, n_regions;
	uint64_t contexts, modules, data, regions, event, states, version_info;
};

static struct userdump *ud_of(struct dump *d)
{
	return (struct userdump *)d;
}

struct in {
	struct view view;
	struct cursor c;
};

static void in_deinit(struct in *in)
{
	view_deinit(&in->view);
}

static uint64_t clip(const struct dump *d, uint64_t offset, uint64_t size)
{
	uint64_t end = d->src->size;

	if (offset >= end)
		return 0;
	return size < end - offset ? size : end - offset;
}

/* Opens `count` records: as many whole ones as are there, a defect if fewer. */
static struct err *open_records(struct dump *d, uint64_t offset, uint32_t count, unsigned size,
				const char *what, struct in *ret, uint32_t *ret_n)
{
	uint64_t there = clip(d, offset, (uint64_t)count * size) / size;

	if (there < count) {
		struct err *e = err_new(ERR_TRUNCATED,
					"%s: %s at offset 0x%" PRIx64 ": %" PRIu32
					" records of %u bytes expected, %" PRIu64 " in the file",
					d->src->name, what, offset, count, size, there);
		if (!there)
			return e;
		dump_add_defect(d, e);
	}
	TRY(source_cursor(d->src, offset, there * size, &ret->view, &ret->c));
	*ret_n = (uint32_t)there;
	return NULL;
}

static struct err *open_one(struct dump *d, uint64_t offset, unsigned size, const char *what,
			    struct in *ret)
{
	uint32_t n;

	return open_records(d, offset, 1, size, what, ret, &n);
}

/* Header and facts */

static bool probe(struct source *src)
{
	uint8_t magic[8];

	return source_read_some(src, 0, magic, 8) == 8 &&
	       (!memcmp(magic, "USERDUMP", 8) || !memcmp(magic, "USERDU64", 8));
}

static const struct machine_row {
	uint32_t image_machine;
	enum machine machine;
	enum context_layout layout;
	unsigned context_size;
} machines[] = {
	{ 0x14c, MACHINE_X86, CONTEXT_WIN_X86, 716 },
	{ 0x8664, MACHINE_X64, CONTEXT_WIN_X64, 1232 },
	{ 0xaa64, MACHINE_ARM64, CONTEXT_WIN_ARM64, 912 },
	{ 0x1c4, MACHINE_ARM, CONTEXT_WIN_ARM, 416 },
};

static const struct machine_row *machine_row(enum machine machine)
{
	for (size_t i = 0; i < ARRAY_SIZE(machines); i++)
		if (machines[i].machine == machine)
			return &machines[i];
	return NULL;
}

static void set_machine(struct dump_facts *f, uint32_t image_machine)
{
	for (size_t i = 0; i < ARRAY_SIZE(machines); i++)
		if (machines[i].image_machine == image_machine)
			f->machine = machines[i].machine;
}

static struct err *read_header(struct userdump *ud)
{
	CLEANUP(in_deinit) struct in in = { .view = VIEW_INIT };
	struct dump_facts *f = &ud->d.facts;
	uint32_t minor;
	struct cursor *c = &in.c;

	TRY(open_one(&ud->d, 0, 8, "user dump header", &in));
	ud->word = memcmp(cursor_bytes(c, 8), "USERDU64", 8) ? 4 : 8;
	in_deinit(&in);
	TRY(open_one(&ud->d, 0, 32 + 8 * ud->word, "user dump header", &in));
	cursor_skip(c, 8);
	f->os_major = cursor_u32(c);
	minor = cursor_u32(c);
	f->os_minor = minor & 0xffff;
	f->os_build = minor >> 16;
	set_machine(f, cursor_u32(c));
	ud->n_threads = cursor_u32(c);
	ud->n_modules = cursor_u32(c);
	ud->n_regions = cursor_u32(c);
	ud->contexts = cursor_uint(c, ud->word);
	ud->modules = cursor_uint(c, ud->word);
	ud->data = cursor_uint(c, ud->word);
	ud->regions = cursor_uint(c, ud->word);
	ud->event = cursor_uint(c, ud->word);
	ud->states = cursor_uint(c, ud->word);
	ud->version_info = cursor_uint(c, ud->word);
	TRY(cursor_check(c, "user dump header"));
	f->pointer_size = ud->word;
	f->has |= FACT_OS_VERSION;
	return NULL;
}

/* DEBUG_EVENT: {u32 code, u32 process, u32 thread}, then aligned to a word. */
struct event {
	uint32_t code, pid, tid;
	struct dump_exception exception;
};

static struct err *read_event(struct userdump *ud, struct event *ret)
{
	CLEANUP(in_deinit) struct in in = { .view = VIEW_INIT };
	struct dump_exception *x = &ret->exception;
	struct cursor *c = &in.c;

	/* 12 + pad + EXCEPTION_RECORD (80 or 152) + first chance + pad */
	TRY(open_one(&ud->d, ud->event, ud->word == 8 ? 176 : 96, "debug event", &in));
	ret->code = cursor_u32(c);
	ret->pid = cursor_u32(c);
	ret->tid = cursor_u32(c);
	cursor_align(c, ud->word);
	x->tid = ret->tid;
	x->code = cursor_u32(c);
	x->flags = cursor_u32(c);
	x->nested_record = cursor_uint(c, ud->word);
	x->address = cursor_uint(c, ud->word);
	x->n_parameters = cursor_u32(c);
	cursor_align(c, ud->word);
	for (unsigned i = 0; i < MAX_PARAMETERS; i++)
		x->parameters[i] = cursor_uint(c, ud->word);
	return cursor_check(c, "debug event");
}

static void read_facts(struct userdump *ud)
{
	struct dump_facts *f = &ud->d.facts;
	struct event event = { 0 };
	struct err *e = ud->event ? read_event(ud, &event) : NULL;

	f->kind = DUMP_USERDUMP;
	f->format = "userdump";
	f->title = "User Dump File: Only application data is available";
	f->os = OS_WINDOWS;
	if (!e && event.pid) {
		f->pid = event.pid;
		f->has |= FACT_PID;
	}
	dump_add_defect(&ud->d, e);
}

/* Memory */

static struct err *list_regions(struct dump *d, struct dump_region **ret, size_t *ret_n)
{
	CLEANUP(in_deinit) struct in in = { .view = VIEW_INIT };
	struct userdump *ud = ud_of(d);
	unsigned size = ud->word == 8 ? 48 : 28;
	struct dump_region *v;
	uint32_t n;

	if (!ud->n_regions)
		return NULL;
	TRY(open_records(d, ud->regions, ud->n_regions, size, "memory regions", &in, &n));
	v = ARENA_NEW_N(&d->arena, struct dump_region, n);
	if (!v)
		return err_nomem();
	for (uint32_t i = 0; i < n; i++) {
		struct cursor c = cursor_take(&in.c, size);

		if (!(i & 0xfff))
			TRY(cancel_check());
		v[i].base = cursor_uint(&c, ud->word);
		v[i].allocation_base = cursor_uint(&c, ud->word);
		v[i].allocation_protect = cursor_u32(&c);
		cursor_align(&c, ud->word);
		v[i].size = cursor_uint(&c, ud->word);
		v[i].state = cursor_u32(&c);
		v[i].protect = cursor_u32(&c);
		v[i].type = cursor_u32(&c);
		v[i].path = "";
	}
	*ret = v;
	*ret_n = n;
	return NULL;
}

struct item {
	struct dump_segment s;
	size_t order;
};

static int by_address(const void *pa, const void *pb)
{
	const struct item *a = pa, *b = pb;

	if (a->s.address != b->s.address)
		return a->s.address < b->s.address ? -1 : 1;
	return a->order < b->order ? -1 : a->order > b->order;
}

/* The bytes of all regions follow one another from `data` on. */
static size_t place(struct userdump *ud, const struct dump_region *regions, size_t n,
		    struct item *items)
{
	uint64_t offset = ud->data, missing = 0, first = 0;
	size_t k = 0;

	for (size_t i = 0; i < n; i++) {
		const struct dump_region *r = &regions[i];
		uint64_t there = clip(&ud->d, offset, r->size);

		if (there < r->size && !missing++)
			first = r->base;
		items[k].order = i;
		items[k].s = (struct dump_segment){
			.address = r->base,
			.size = r->size,
			.file_size = there,
			.offset = offset,
			.prot = winpage_prot(r->protect),
			.prot_known = true,
		};
		k += r->size && r->size - 1 <= UINT64_MAX - r->base;
		if (__builtin_add_overflow(offset, r->size, &offset))
			offset = UINT64_MAX;
	}
	if (missing)
		dump_add_defect(&ud->d,
				err_new(ERR_TRUNCATED,
					"%s: memory: %" PRIu64 " of %zu regions reach past the end of the"
					" file (0x%" PRIx64 " bytes), the first at address 0x%" PRIx64,
					ud->d.src->name, missing, k, ud->d.src->size, first));
	return k;
}

static struct err *list_segments(struct dump *d, struct dump_segment **ret, size_t *ret_n)
{
	CLEANUP(freep) struct item *items = NULL;
	const struct dump_region *regions;
	struct dump_segment *v;
	size_t n, n_regions;

	TRY(dump_regions(d, &regions, &n_regions));
	items = calloc(n_regions + 1, sizeof(*items));
	v = ARENA_NEW_N(&d->arena, struct dump_segment, n_regions);
	if (!items || !v)
		return err_nomem();
	n = place(ud_of(d), regions, n_regions, items);
	qsort(items, n, sizeof(*items), by_address);
	for (size_t i = 0; i < n; i++)
		v[i] = items[i].s;
	*ret = v;
	*ret_n = n;
	return NULL;
}

/* Threads */

static struct dump_piece context_piece(struct userdump *ud, uint32_t i,
				       enum context_layout *ret_layout)
{
	const struct machine_row *row = machine_row(ud->d.facts.machine);
	uint64_t offset;

	*ret_layout = CONTEXT_NONE;
	if (!row || __builtin_add_overflow(ud->contexts, (uint64_t)i * row->context_size, &offset) ||
	    clip(&ud->d, offset, row->context_size) < row->context_size)
		return (struct dump_piece){ 0, 0 };
	*ret_layout = row->layout;
	return (struct dump_piece){ offset, row->context_size };
}

static void read_state(struct userdump *ud, struct cursor *c, uint32_t i, struct dump_thread *t)
{
	t->tid = cursor_u32(c);
	t->suspend_count = cursor_u32(c);
	t->priority_class = cursor_u32(c);
	t->priority = cursor_u32(c);
	t->teb = cursor_uint(c, ud->word);
	t->name = "";
	t->has = THREAD_HAS_SUSPEND | THREAD_HAS_PRIORITY | THREAD_HAS_TEB;
	t->context = context_piece(ud, i, &t->layout);
	if (!t->context.size)
		dump_add_defect(&ud->d, err_new(ERR_NOTFOUND,
						"%s: no register context of thread 0x%" PRIx32,
						ud->d.src->name, t->tid));
}

static struct err *list_threads(struct dump *d, struct dump_thread **ret, size_t *ret_n)
{
	CLEANUP(in_deinit) struct in in = { .view = VIEW_INIT };
	struct userdump *ud = ud_of(d);
	unsigned size = 16 + 8 * ud->word; /* four numbers, TEB, seven spares */
	struct dump_thread *v;
	uint32_t n;

	if (!ud->n_threads)
		return NULL;
	TRY(open_records(d, ud->states, ud->n_threads, size, "thread states", &in, &n));
	v = ARENA_NEW_N(&d->arena, struct dump_thread, n);
	if (!v)
		return err_nomem();
	for (uint32_t i = 0; i < n; i++) {
		struct cursor c = cursor_take(&in.c, size);

		if (!(i & 0xfff))
			TRY(cancel_check());
		read_state(ud, &c, i, &v[i]);
	}
	*ret = v;
	*ret_n = n;
	return NULL;
}

/* There is no context of its own: the thread's is as of the event. */
static struct err *read_exception(struct dump *d, struct dump_exception **ret)
{
	struct userdump *ud = ud_of(d);
	const struct dump_thread *threads;
	struct event event = { 0 };
	size_t n;

	if (!ud->event)
		return NULL;
	TRY(read_event(ud, &event));
	if (event.code != EXCEPTION_DEBUG_EVENT)
		return NULL;
	if (event.exception.n_parameters > MAX_PARAMETERS) {
		dump_add_defect(d, err_new(ERR_CORRUPT,
					   "%s: debug event at offset 0x%" PRIx64 ": %" PRIu32
					   " parameters, at most %d expected",
					   d->src->name, ud->event, event.exception.n_parameters,
					   MAX_PARAMETERS));
		event.exception.n_parameters = MAX_PARAMETERS;
	}
	if (!err_ignore(dump_threads(d, &threads, &n))) {
		for (size_t i = 0; i < n; i++) {
			if (threads[i].tid != event.tid)
				continue;
			event.exception.context = threads[i].context;
			event.exception.layout = threads[i].layout;
		}
	}
	*ret = arena_memdup(&d->arena, &event.exception, sizeof(event.exception));
	return *ret ? NULL : err_nomem();
}

/* Modules */

static struct err *read_module(struct userdump *ud, uint64_t *offset, struct dump_module *m)
{
	CLEANUP(in_deinit) struct in head = { .view = VIEW_INIT }, name = { .view = VIEW_INIT };
	CLEANUP(strbuf_deinit) struct strbuf sb = STRBUF_INIT;
	const char *bytes;
	uint32_t length;

	TRY(open_one(&ud->d, *offset, ud->word + 8, "module", &head));
	m->base = cursor_uint(&head.c, ud->word);
	m->size = cursor_u32(&head.c);
	length = cursor_u32(&head.c);
	*offset += ud->word + 8;
	if (length > MAX_NAME)
		return err_new(ERR_CORRUPT,
			       "%s: module at offset 0x%" PRIx64 ": name of %" PRIu32
			       " bytes, at most %d expected",
			       ud->d.src->name, head.c.origin, length, MAX_NAME);
	if (length) {
		TRY(open_one(&ud->d, *offset, length, "module name", &name));
		bytes = (const char *)cursor_bytes(&name.c, length);
		strbuf_add_utf8(&sb, bytes, strnlen(bytes, length));
		TRY(strbuf_check(&sb));
		*offset += length;
	}
	m->path = arena_strdup(&ud->d.arena, sb.s);
	m->codeview.pdb_path = "";
	return m->path ? NULL : err_nomem();
}

static struct err *list_modules(struct dump *d, struct dump_module **ret, size_t *ret_n)
{
	struct userdump *ud = ud_of(d);
	uint64_t offset = ud->modules;
	uint64_t room = clip(d, offset, UINT64_MAX) / (ud->word + 8);
	uint32_t want = ud->n_modules < room ? ud->n_modules : (uint32_t)room, n = 0;
	struct dump_module *v = ARENA_NEW_N(&d->arena, struct dump_module, want);
	struct err *e = NULL;

	if (!v)
		return err_nomem();
	while (n < want && !e) {
		e = n & 0xfff ? NULL : cancel_check();
		e = e ? e : read_module(ud, &offset, &v[n]);
		n += !e;
	}
	if (e && (!n || err_code(e) == ERR_NOMEM || err_code(e) == ERR_CANCELLED))
		return e;
	if (n < ud->n_modules)
		e = err_prefix(e ? e : err_new(ERR_TRUNCATED, "the file ends"),
			       "%s: %" PRIu32 " of %" PRIu32 " modules", d->src->name, n,
			       ud->n_modules);
	dump_add_defect(d, e);
	*ret = v;
	*ret_n = n;
	return NULL;
}

/* Tables and texts */

static struct err *list_streams(struct dump *d, struct dump_stream **ret, size_t *ret_n)
{
	struct userdump *ud = ud_of(d);
	const struct machine_row *row = machine_row(d->facts.machine);
	uint64_t tables = ud->data > ud->modules ? ud->data - ud->modules : 0;
	uint64_t memory = ud->version_info > ud->data ? ud->version_info - ud->data :
							clip(d, ud->data, UINT64_MAX);
	const struct dump_stream all[] = {
		{ 0, "DebugEvent", "", { ud->event, ud->word == 8 ? 176 : 96 } },
		{ 1, "MemoryRegions", "",
		  { ud->regions, (uint64_t)ud->n_regions * (ud->word == 8 ? 48 : 28) } },
		{ 2, "ThreadContexts", "",
		  { ud->contexts, (uint64_t)ud->n_threads * (row ? row->context_size : 0) } },
		{ 3, "ThreadStates", "",
		  { ud->states, (uint64_t)ud->n_threads * (16 + 8 * ud->word) } },
		{ 4, "Modules", "", { ud->modules, tables } },
		{ 5, "Data", "", { ud->data, memory } },
		{ 6, "VersionInfo", "",
		  { ud->version_info, clip(d, ud->version_info, UINT64_MAX) } },
	};
	struct dump_stream *v = ARENA_NEW_N(&d->arena, struct dump_stream, ARRAY_SIZE(all));
	size_t n = 0;

	if (!v)
		return err_nomem();
	for (size_t i = 0; i < ARRAY_SIZE(all); i++)
		if (all[i].piece.offset)
			v[n++] = all[i];
	*ret = v;
	*ret_n = n;
	return NULL;
}

/* The next UTF-16 string, without its terminator; NULL: no memory. */
static const char *next_text(struct dump *d, struct cursor *c)
{
	CLEANUP(strbuf_deinit) struct strbuf sb = STRBUF_INIT;
	struct cursor start = *c;
	uint64_t size;

	while (cursor_left(c) >= 2 && cursor_u16(c))
		;
	size = c->pos - start.pos;
	strbuf_add_utf16le(&sb, cursor_bytes(&start, size), size);
	return sb.failed ? NULL : arena_strdup(&d->arena, sb.s);
}

static struct err *list_annotations(struct dump *d, struct dump_annotation **ret, size_t *ret_n)
{
	CLEANUP(in_deinit) struct in in = { .view = VIEW_INIT };
	struct userdump *ud = ud_of(d);
	uint64_t size = clip(d, ud->version_info, MAX_VERSION_INFO);
	struct dump_annotation *v;
	size_t n = 0;

	if (!ud->version_info || !size)
		return NULL;
	TRY(open_one(d, ud->version_info, (unsigned)size, "version information", &in));
	v = ARENA_NEW_N(&d->arena, struct dump_annotation, size / 4 + 1);
	if (!v)
		return err_nomem();
	while (cursor_left(&in.c) >= 4) {
		struct dump_annotation a = { "version-info", next_text(d, &in.c), "" };

		if (!a.key)
			return err_nomem();
		if (!*a.key)
			break;
		a.value = next_text(d, &in.c);
		if (!a.value)
			return err_nomem();
		v[n++] = a;
	}
	*ret = v;
	*ret_n = n;
	return NULL;
}

static const struct dump_ops ops = {
	.segments = list_segments,
	.threads = list_threads,
	.modules = list_modules,
	.regions = list_regions,
	.streams = list_streams,
	.annotations = list_annotations,
	.exception = read_exception,
};

static struct err *open_userdump(struct source *src, struct dump **ret)
{
	CLEANUP(dump_unrefp) struct dump *d = NULL;
	struct userdump *ud = calloc(1, sizeof(*ud));
	struct err *e;

	if (!ud)
		return err_nomem();
	e = dump_init(&ud->d, &ops, src);
	if (e) {
		free(ud);
		return e;
	}
	d = &ud->d;
	e = read_header(ud);
	if (e) {
		d->src = NULL; /* stays the caller's */
		return e;
	}
	read_facts(ud);
	*ret = TAKE_PTR(d);
	return NULL;
}

const struct dump_format format_userdump = {
	.name = "userdump",
	.summary = "Windows full user dumps of the old kind (USERDUMP, USERDU64)",
	.probe = probe,
	.open = open_userdump,
};
