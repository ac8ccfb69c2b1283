/* SPDX-License-Identifier: MIT */
/*
 * Minidump: threads and the exception.
 *
 * ThreadList has MINIDUMP_THREAD records (48 bytes); ThreadExList, and in some
 * dumps ThreadList too, MINIDUMP_THREAD_EX (64: a backing store after it).
 * ThreadInfoList and ThreadNames are joined by thread id. Damage in one of
 * the latter leaves the threads without it. Spec: minidumpapiset.h.
 */
#include "base/cancel.h"
#include "format/minidump.h"

#include <stdlib.h>

enum {
	THREAD_SIZE = 48,
	THREAD_EX_SIZE = 64,
	THREAD_INFO_SIZE = 64,
	THREAD_NAME_SIZE = 12,
	EXCEPTION_SIZE = 168,
	MAX_PARAMETERS = 15,
};

enum { INFO_ERROR_THREAD = 0x1, INFO_INVALID_INFO = 0x8 };

struct info {
	uint32_t tid, flags, error, exit_status;
	uint64_t create, exit, kernel, user, start, affinity;
};

/* What is joined to the thread records, by id. */
struct joined {
	struct info *infos;
	struct u64map by_tid; /* -> struct info */
	struct u64map names;  /* -> const char * */
};

static void joined_deinit(struct joined *j)
{
	u64map_deinit(&j->by_tid);
	u64map_deinit(&j->names);
	free(j->infos);
}

static void read_info(struct cursor *c, struct info *ret)
{
	ret->tid = cursor_u32(c);
	ret->flags = cursor_u32(c);
	ret->error = cursor_u32(c);
	ret->exit_status = cursor_u32(c);
	ret->create = cursor_u64(c);
	ret->exit = cursor_u64(c);
	ret->kernel = cursor_u64(c);
	ret->user = cursor_u64(c);
	ret->start = cursor_u64(c);
	ret->affinity = cursor_u64(c);
}

static struct err *read_infos(struct minidump *md, struct joined *j)
{
	CLEANUP(md_in_deinit) struct md_in in = MD_IN_INIT;
	struct md_array a;
	bool found;

	TRY(md_open_stream(md, MD_THREAD_INFO_LIST, &in, &found));
	if (!found)
		return NULL;
	TRY(md_headed(md, &in, "thread information list", THREAD_INFO_SIZE, false, &a));
	j->infos = calloc(a.count ? a.count : 1, sizeof(*j->infos));
	if (!j->infos)
		return err_nomem();
	for (uint64_t i = 0; i < a.count; i++) {
		struct cursor c = md_item(&in, &a, i);

		read_info(&c, &j->infos[i]);
		if (!u64map_put(&j->by_tid, j->infos[i].tid, &j->infos[i]))
			return err_nomem();
	}
	return NULL;
}

static struct err *read_names(struct minidump *md, struct joined *j)
{
	CLEANUP(md_in_deinit) struct md_in in = MD_IN_INIT;
	static const unsigned sizes[] = { THREAD_NAME_SIZE };
	struct md_array a;
	bool found;

	TRY(md_open_stream(md, MD_THREAD_NAMES, &in, &found));
	if (!found)
		return NULL;
	TRY(md_counted(md, &in, "thread names", sizes, 1, &a));
	for (uint64_t i = 0; i < a.count; i++) {
		struct cursor c = md_item(&in, &a, i);
		uint32_t tid = cursor_u32(&c);
		const char *name = md_string(md, cursor_u64(&c), "thread name");

		if (!name || !u64map_put(&j->names, tid, (void *)(uintptr_t)name))
			return err_nomem();
	}
	return NULL;
}

static uint64_t unix_time(uint64_t filetime)
{
	const uint64_t epoch = 116444736000000000; /* 1601 to 1970 in 100 ns */

	return filetime < epoch ? 0 : (filetime - epoch) / 10000000;
}

static void join(const struct joined *j, struct dump_thread *t)
{
	const struct info *info = u64map_get(&j->by_tid, t->tid);
	const char *name = u64map_get(&j->names, t->tid);

	t->name = name ? name : "";
	if (!info)
		return;
	t->dump_flags = info->flags;
	if (info->flags & INFO_ERROR_THREAD) {
		t->dump_error = info->error;
		t->has |= THREAD_HAS_DUMP_ERROR;
	}
	if (info->flags & INFO_INVALID_INFO)
		return;
	t->exit_status = info->exit_status;
	t->create_time = unix_time(info->create);
	t->exit_time = unix_time(info->exit);
	t->user_time = info->user;
	t->kernel_time = info->kernel;
	t->start_address = info->start;
	t->affinity = info->affinity;
	t->has |= THREAD_HAS_TIMES | THREAD_HAS_START | THREAD_HAS_AFFINITY;
}

struct record {
	uint32_t tid, suspend, priority_class, priority;
	uint64_t teb, stack;
	struct dump_piece stack_piece, context;
};

static void read_piece(struct cursor *c, struct dump_piece *ret)
{
	ret->size = cursor_u32(c);
	ret->offset = cursor_u32(c);
}

static void read_record(struct cursor *c, struct record *ret)
{
	ret->tid = cursor_u32(c);
	ret->suspend = cursor_u32(c);
	ret->priority_class = cursor_u32(c);
	ret->priority = cursor_u32(c);
	ret->teb = cursor_u64(c);
	ret->stack = cursor_u64(c);
	read_piece(c, &ret->stack_piece);
	read_piece(c, &ret->context);
}

/*
 * Breakpad leaves on Linux and macOS what it has no counterpart for at 0;
 * Windows and Crashpad fill these fields in.
 */
static unsigned facts_of(const struct minidump *md, const struct record *r)
{
	const struct dump_facts *f = &md->d.facts;
	unsigned has = 0;

	if (f->os == OS_WINDOWS || str_starts(f->writer, "Crashpad"))
		has |= THREAD_HAS_SUSPEND | THREAD_HAS_PRIORITY;
	if (f->os == OS_WINDOWS || r->teb)
		has |= THREAD_HAS_TEB;
	if (r->stack_piece.size)
		has |= THREAD_HAS_STACK;
	return has;
}

static void make_thread(struct minidump *md, const struct record *r, const struct joined *j,
			struct dump_thread *t)
{
	struct md_context context;
	char whose[32];

	(void)snprintf(whose, sizeof(whose), "thread 0x%" PRIx32, r->tid);
	context = md_context(md, r->context, whose);
	*t = (struct dump_thread){
		.tid = r->tid,
		.has = facts_of(md, r),
		.layout = context.layout,
		.context = context.general,
		.xstate = context.xstate,
		.suspend_count = r->suspend,
		.priority_class = r->priority_class,
		.priority = r->priority,
		.teb = r->teb,
		.stack_base = r->stack,
		.stack_size = r->stack_piece.size,
	};
	join(j, t);
}

/* Opens whichever of the two lists there is. */
static struct err *open_threads(struct minidump *md, struct md_in *in, struct md_array *a,
				bool *found)
{
	static const unsigned plain[] = { THREAD_SIZE, THREAD_EX_SIZE };
	static const unsigned extended[] = { THREAD_EX_SIZE, THREAD_SIZE };

	TRY(md_open_stream(md, MD_THREAD_LIST, in, found));
	if (*found)
		return md_counted(md, in, "thread list", plain, 2, a);
	TRY(md_open_stream(md, MD_THREAD_EX_LIST, in, found));
	return *found ? md_counted(md, in, "extended thread list", extended, 2, a) : NULL;
}

struct err *md_threads(struct dump *d, struct dump_thread **ret, size_t *ret_n)
{
	CLEANUP(md_in_deinit) struct md_in in = MD_IN_INIT;
	CLEANUP(joined_deinit) struct joined j = { 0 };
	struct minidump *md = md_of(d);
	struct dump_thread *v;
	struct md_array a;
	bool found;

	TRY(open_threads(md, &in, &a, &found));
	if (!found)
		return NULL;
	TRY(md_soften(md, read_infos(md, &j)));
	TRY(md_soften(md, read_names(md, &j)));
	v = ARENA_NEW_N(&d->arena, struct dump_thread, a.count);
	if (!v)
		return err_nomem();
	for (uint64_t i = 0; i < a.count; i++) {
		struct cursor c = md_item(&in, &a, i);
		struct record r;

		if (!(i & 0xff))
			TRY(cancel_check());
		read_record(&c, &r);
		make_thread(md, &r, &j, &v[i]);
	}
	*ret = v;
	*ret_n = a.count;
	return NULL;
}

struct err *md_read_stacks(struct minidump *md, md_stacks *ret)
{
	CLEANUP(md_in_deinit) struct md_in in = MD_IN_INIT;
	struct md_array a;
	bool found;

	TRY(open_threads(md, &in, &a, &found));
	for (uint64_t i = 0; found && i < a.count; i++) {
		struct cursor c = md_item(&in, &a, i);
		struct record r;

		read_record(&c, &r);
		if (!vec_push(ret, ((struct md_stack){ r.stack, r.stack_piece })))
			return err_nomem();
	}
	return NULL;
}

static void read_exception(struct cursor *c, struct dump_exception *x)
{
	x->tid = cursor_u32(c);
	cursor_skip(c, 4);
	x->code = cursor_u32(c);
	x->flags = cursor_u32(c);
	x->nested_record = cursor_u64(c);
	x->address = cursor_u64(c);
	x->n_parameters = cursor_u32(c);
	cursor_skip(c, 4);
	for (unsigned i = 0; i < MAX_PARAMETERS; i++)
		x->parameters[i] = cursor_u64(c);
}

struct err *md_exception(struct dump *d, struct dump_exception **ret)
{
	CLEANUP(md_in_deinit) struct md_in in = MD_IN_INIT;
	struct minidump *md = md_of(d);
	struct dump_piece piece = { 0, 0 };
	struct md_context context;
	struct dump_exception *x;
	bool found;

	TRY(md_open_stream(md, MD_EXCEPTION, &in, &found));
	if (!found)
		return NULL;
	x = ARENA_NEW(&d->arena, struct dump_exception);
	if (!x)
		return err_nomem();
	read_exception(&in.c, x);
	TRY(cursor_check(&in.c, "exception"));
	if (x->n_parameters > MAX_PARAMETERS) {
		MD_DEFECT(md, ERR_CORRUPT,
			  "exception at offset 0x%" PRIx64 ": %" PRIu32
			  " parameters, at most %d expected",
			  in.c.origin, x->n_parameters, MAX_PARAMETERS);
		x->n_parameters = MAX_PARAMETERS;
	}
	read_piece(&in.c, &piece);
	if (cursor_ok(&in.c)) {
		context = md_context(md, piece, "the exception");
		x->layout = context.layout;
		x->context = context.general;
		x->xstate = context.xstate;
	}
	*ret = x;
	return NULL;
}
