/* SPDX-License-Identifier: MIT */
/* Threads, open files and the rest of an Osmosis record. */
#include "format/elfcore_osmosis.h"
#include "base/cancel.h"
#include "base/map.h"

#include <inttypes.h>

/* --- threads ---------------------------------------------------------------------- */

static void read_syscall(const struct jval *call, struct dump_thread_live *l)
{
	const struct jval *args = jval_get(call, "args");

	l->has_syscall = jval_s64(jval_get(call, "number"), &l->syscall);
	(void)jval_hex(jval_get(call, "sp"), &l->syscall_sp);
	(void)jval_hex(jval_get(call, "pc"), &l->syscall_pc);
	l->has_syscall_args = l->has_syscall && jval_count(args) >= 6;
	for (size_t i = 0; i < 6 && l->has_syscall_args; i++)
		l->has_syscall_args = jval_hex(jval_at(args, i), &l->syscall_args[i]);
}

static struct err *read_stack(struct elfcore *c, const struct jval *stack, struct dump_thread_live *l)
{
	size_t n = jval_count(stack);

	if (!n)
		return NULL;
	l->kernel_stack = ARENA_NEW_N(&c->d.arena, const char *, n);
	if (!l->kernel_stack)
		return err_nomem();
	for (size_t i = 0; i < n; i++)
		l->kernel_stack[i] = jval_text(jval_at(stack, i));
	l->n_kernel_stack = n;
	return NULL;
}

static int32_t small(const struct jval *v)
{
	int64_t n;

	return jval_s64(v, &n) && n >= INT32_MIN && n <= INT32_MAX ? (int32_t)n : 0;
}

static struct err *read_live(struct elfcore *c, const struct jval *t, struct dump_thread *thread)
{
	struct dump_thread_live *l = ARENA_NEW(&c->d.arena, struct dump_thread_live);

	if (!l)
		return err_nomem();
	l->state = jval_text(jval_get(t, "state"))[0];
	l->wchan = jval_text(jval_get(t, "wchan"));
	l->policy = jval_text(jval_get(t, "policy"));
	l->registers = jval_text(jval_get(t, "registers"));
	l->priority = small(jval_get(t, "priority"));
	l->nice = small(jval_get(t, "nice"));
	l->cpu = (uint32_t)small(jval_get(t, "cpu"));
	(void)jval_u64(jval_get(t, "voluntary_switches"), &l->voluntary_switches);
	(void)jval_u64(jval_get(t, "involuntary_switches"), &l->involuntary_switches);
	(void)jval_u64(jval_get(t, "user_ticks"), &l->user_ticks);
	(void)jval_u64(jval_get(t, "system_ticks"), &l->system_ticks);
	(void)jval_u64(jval_get(t, "start_ticks"), &l->start_ticks);
	read_syscall(jval_get(t, "syscall"), l);
	TRY(read_stack(c, jval_get(t, "kernel_stack"), l));
	thread->name = jval_text(jval_get(t, "name"));
	thread->live = l;
	return NULL;
}

static struct err *match_threads(struct elfcore *c, const struct jval *list, struct u64map *by_tid)
{
	for (size_t i = 0; i < jval_count(list); i++) {
		struct dump_thread *thread;
		uint64_t tid;

		if (i % 4096 == 0)
			TRY(cancel_check());
		if (!jval_u64(jval_get(jval_at(list, i), "tid"), &tid))
			continue;
		thread = u64map_get(by_tid, tid);
		if (thread && !thread->live)
			TRY(read_live(c, jval_at(list, i), thread));
	}
	return NULL;
}

struct err *elfcore_osmosis_threads(struct elfcore *c, struct dump_thread *v, size_t n)
{
	struct u64map by_tid = U64MAP_INIT;
	const struct jval *list;
	struct err *e = NULL;

	TRY(elfcore_osmosis_list(c, "threads", &list));
	if (!list)
		return NULL;
	for (size_t i = 0; i < n && !e; i++)
		if (!u64map_has(&by_tid, v[i].tid) && !u64map_put(&by_tid, v[i].tid, &v[i]))
			e = err_nomem();
	if (!e)
		e = match_threads(c, list, &by_tid);
	u64map_deinit(&by_tid);
	return e;
}

/* --- open files ------------------------------------------------------------------- */

/* "socket:[1]": socket; "anon_inode:[eventpoll]", "anon_inode:inotify": what stands behind. */
static const char *file_type(struct elfcore *c, const char *target)
{
	static const char anon[] = "anon_inode:";

	if (str_starts(target, "/memfd:"))
		return "memfd";
	if (str_starts(target, "/dev/"))
		return "device";
	if (*target == '/')
		return "file";
	if (str_starts(target, anon)) {
		const char *name = target + sizeof(anon) - 1;

		name += *name == '[';
		return arena_strndup(&c->d.arena, name, strcspn(name, "]"));
	}
	return arena_strndup(&c->d.arena, target, strcspn(target, ":"));
}

static struct err *read_file(struct elfcore *c, const struct jval *file, struct dump_handle *h)
{
	uint64_t flags = 0, locked_by = 0;

	h->is_descriptor = true;
	h->name = jval_text(jval_get(file, "target"));
	h->detail = jval_text(jval_get(file, "detail"));
	(void)jval_u64(jval_get(file, "fd"), &h->handle);
	(void)jval_u64(jval_get(file, "position"), &h->position);
	(void)jval_u64(jval_get(file, "peer"), &h->peer);
	if (jval_u64(jval_get(file, "locked_by"), &locked_by) && locked_by <= INT32_MAX)
		h->locked_by = (uint32_t)locked_by;
	(void)jval_hex(jval_get(file, "flags"), &flags);
	h->attributes = (uint32_t)flags;
	h->type = file_type(c, h->name);
	return h->type ? NULL : err_nomem();
}

struct err *elfcore_osmosis_handles(struct dump *d, struct dump_handle **ret, size_t *ret_n)
{
	struct elfcore *c = elfcore_of(d);
	const struct jval *files;
	struct dump_handle *v;
	size_t n;

	TRY(elfcore_osmosis_list(c, "files", &files));
	n = jval_count(files);
	if (!n)
		return NULL;
	v = ARENA_NEW_N(&d->arena, struct dump_handle, n);
	if (!v)
		return err_nomem();
	for (size_t i = 0; i < n; i++) {
		if (i % 4096 == 0)
			TRY(cancel_check());
		TRY(read_file(c, jval_at(files, i), &v[i]));
	}
	*ret = v;
	*ret_n = n;
	return NULL;
}

/* --- annotations -------------------------------------------------------------------- */

static struct err *add_value(struct elfcore *c, struct elf_annotations *a, const char *object, struct jval_member m)
{
	const char *key = arena_printf(&c->d.arena, "%s.%s", object, m.key), *text = jval_text(m.value);
	int64_t number;

	if (!key)
		return err_nomem();
	if (*text)
		return elfcore_annotate(c, a, "osmosis", key, "%s", text);
	if (jval_s64(m.value, &number))
		return elfcore_annotate(c, a, "osmosis", key, "%" PRId64, number);
	return NULL;
}

static struct err *add_object(struct elfcore *c, struct elf_annotations *a, const char *name)
{
	const struct jval *object = jval_get(jdoc_root(c->osmosis.record), name);

	for (struct jval_member m = jval_first(object); m.value; m = jval_next(object, m))
		TRY(add_value(c, a, name, m));
	return NULL;
}

static struct err *add_limits(struct elfcore *c, struct elf_annotations *a)
{
	const struct jval *limits = jval_get(jdoc_root(c->osmosis.record), "limits");

	for (size_t i = 0; i < jval_count(limits); i++) {
		const struct jval *one = jval_at(limits, i);
		const char *unit = jval_text(jval_get(one, "unit"));
		const char *key = arena_printf(&c->d.arena, "limits.%s", jval_text(jval_get(one, "name")));

		TRY(elfcore_annotate(c, a, "osmosis", key, "%s of %s%s%s", jval_text(jval_get(one, "soft")),
				     jval_text(jval_get(one, "hard")), *unit ? " " : "", unit));
	}
	return NULL;
}

static struct err *add_environment(struct elfcore *c, struct elf_annotations *a)
{
	const struct jval *list;

	TRY(elfcore_osmosis_list(c, "environment", &list));
	for (size_t i = 0; i < jval_count(list); i++) {
		const char *text = jval_text(jval_at(list, i));
		size_t n = strcspn(text, "=");
		const char *key = arena_strndup(&c->d.arena, text, n);

		TRY(elfcore_annotate(c, a, "environ", key, "%s", text[n] ? text + n + 1 : ""));
	}
	return NULL;
}

struct err *elfcore_osmosis_annotations(struct elfcore *c, struct elf_annotations *a)
{
	static const char *const objects[] = { "process", "cgroup", "namespaces", "host" };
	const char *comment;

	if (*c->d.facts.stripped)
		TRY(elfcore_annotate(c, a, "comment", "", "%s: %s", c->d.facts.stripped,
				     jval_text(jval_get(jdoc_root(c->stripped), "meaning"))));
	if (!c->osmosis.record)
		return add_environment(c, a);
	comment = jval_text(jval_get(jdoc_root(c->osmosis.record), "comment"));
	if (*comment)
		TRY(elfcore_annotate(c, a, "comment", "", "%s", comment));
	for (size_t i = 0; i < ARRAY_SIZE(objects); i++)
		TRY(add_object(c, a, objects[i]));
	TRY(add_limits(c, a));
	return add_environment(c, a);
}
