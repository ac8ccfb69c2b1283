/* SPDX-License-Identifier: MIT */
/* Coverage: see coverage.h. */
#include "pattern/coverage.h"

#include "base/cancel.h"
#include "target/kernel.h"

static void count_physical(struct target *t, struct coverage *c)
{
	const struct dump_segment *v = NULL;
	size_t n = 0;

	if (err_ignore(dump_physical(target_dump(t), &v, &n)))
		return;
	for (size_t i = 0; i < n; i++)
		c->present += v[i].file_size;
	c->stated = c->present;
}

static void count_memory(struct target *t, struct coverage *c)
{
	const struct dump_segment *v = NULL;
	size_t n = 0;

	if (target_kernel(t)) {
		count_physical(t, c);
		return;
	}
	if (err_ignore(dump_segments(target_dump(t), &v, &n)))
		return;
	for (size_t i = 0; i < n; i++) {
		uint64_t size = dump_source(target_dump(t))->size;
		uint64_t left = v[i].offset < size ? size - v[i].offset : 0;

		c->stated += v[i].size;
		c->present += v[i].zero ? v[i].size : v[i].file_size < left ? v[i].file_size : left;
	}
}

struct err *coverage_find(struct target *t, struct coverage *ret)
{
	struct coverage c = { 0 };
	struct thread *threads;

	c.threads = target_threads(t, &threads);
	for (size_t i = 0; i < c.threads; i++) {
		struct regs regs;
		uint8_t byte;

		TRY(cancel_check());
		if (err_ignore(thread_regs(t, &threads[i], HALF_NATIVE, &regs)) ||
		    !regs_has(&regs, regs.arch->ip))
			continue;
		c.with_registers++;
		c.with_stack += space_read_some(target_space(t), regs_sp(&regs), &byte, 1);
	}
	count_memory(t, &c);
	*ret = c;
	return NULL;
}
