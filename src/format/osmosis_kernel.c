/* SPDX-License-Identifier: MIT */
/* What the record of a kernel's snapshot says beyond that of a process. */
#include "format/osmosis_record.h"

#include <stdlib.h>

enum { MAX_ITEMS = 1 << 16, N_REGISTERS = 27 };

static uint64_t number(const struct jval *object, const char *key)
{
	uint64_t n = 0;

	(void)jval_u64(jval_get(object, key), &n);
	return n;
}

static int64_t pid_of(const struct jval *object)
{
	return (int64_t)number(object, "pid");
}

/* "0x1000"; 0 where it is none */
static uint64_t address(const struct jval *value)
{
	const char *text = jval_text(value);

	return str_starts(text, "0x") ? strtoull(text, NULL, 16) : 0;
}

static size_t count(const struct jval *list)
{
	return jval_count(list) < MAX_ITEMS ? jval_count(list) : MAX_ITEMS;
}

static struct err *read_classes(struct arena *a, const struct jval *list, struct snapshot_kernel *k)
{
	size_t n = count(list);
	struct snapshot_kernel_class *v = ARENA_NEW_N(a, struct snapshot_kernel_class, n + 1);

	if (!v)
		return err_nomem();
	for (size_t i = 0; i < n; i++) {
		const struct jval *one = jval_at(list, i);

		v[i] = (struct snapshot_kernel_class){
			.name = jval_text(jval_get(one, "class")), .wanted = jval_true(jval_get(one, "wanted")),
			.whole = jval_true(jval_get(one, "whole")), .pages = number(one, "pages"), .captured = number(one, "captured"),
			.live = number(one, "live"), .changed_bytes = number(one, "changed_bytes"), .fresh = number(one, "fresh"),
		};
	}
	k->classes = v;
	k->n_classes = n;
	return NULL;
}

static struct err *read_displaced(struct arena *a, const struct jval *from, struct snapshot_kernel_cpu *c)
{
	const struct jval *registers = jval_get(from, "user_registers");
	uint64_t *v;

	c->has_displaced = jval_is_object(from);
	c->displaced_pid = pid_of(from);
	c->displaced_name = jval_text(jval_get(from, "name"));
	c->displaced_task = address(jval_get(from, "task"));
	c->displaced_sp = address(jval_get(from, "sp"));
	if (jval_count(registers) != N_REGISTERS)
		return NULL;
	v = ARENA_NEW_N(a, uint64_t, N_REGISTERS);
	if (!v)
		return err_nomem();
	for (size_t i = 0; i < N_REGISTERS; i++)
		v[i] = address(jval_at(registers, i));
	c->user_registers = v;
	return NULL;
}

static struct err *read_cpus(struct arena *a, const struct jval *list, struct snapshot_kernel *k)
{
	size_t n = count(list);
	struct snapshot_kernel_cpu *v = ARENA_NEW_N(a, struct snapshot_kernel_cpu, n + 1);

	if (!v)
		return err_nomem();
	for (size_t i = 0; i < n; i++) {
		const struct jval *one = jval_at(list, i);

		v[i].cpu = number(one, "cpu");
		v[i].pid = pid_of(one);
		v[i].task = address(jval_get(one, "task"));
		TRY(read_displaced(a, jval_get(one, "displaced"), &v[i]));
	}
	k->cpus = v;
	k->n_cpus = n;
	return NULL;
}

static struct err *read_processes(struct arena *a, const struct jval *list, struct snapshot_kernel *k)
{
	size_t n = count(list);
	struct snapshot_kernel_process *v = ARENA_NEW_N(a, struct snapshot_kernel_process, n + 1);

	if (!v)
		return err_nomem();
	for (size_t i = 0; i < n; i++) {
		const struct jval *one = jval_at(list, i);

		v[i] = (struct snapshot_kernel_process){ pid_of(one), jval_text(jval_get(one, "name")), number(one, "resident"),
							 number(one, "swapped"), number(one, "captured") };
	}
	k->processes = v;
	k->n_processes = n;
	return NULL;
}

struct err *osmosis_kernel(struct dump *d, const struct osmosis_record *r, const struct snapshot_kernel **ret)
{
	const struct jval *from = jval_get(jdoc_root(r->record), "kernel");
	struct arena *a = &d->arena;
	struct snapshot_kernel *k;

	if (!jval_is_object(from))
		return NULL;
	k = ARENA_NEW(a, struct snapshot_kernel);
	if (!k)
		return err_nomem();
	k->direct_map = address(jval_get(from, "direct_map"));
	k->partial = jval_text(jval_get(from, "partial"));
	k->predicted_ns = number(from, "predicted_ns");
	k->first_pass_ns = number(from, "first_pass_ns");
	k->compared = number(from, "compared");
	k->changed_pages = number(from, "changed_pages");
	k->changed_bytes = number(from, "changed_bytes");
	k->fresh_pages = number(from, "fresh_pages");
	k->reserved = number(from, "reserved");
	TRY(read_classes(a, jval_get(from, "classes"), k));
	TRY(read_cpus(a, jval_get(from, "cpus"), k));
	TRY(read_processes(a, jval_get(from, "processes"), k));
	*ret = k;
	return NULL;
}
