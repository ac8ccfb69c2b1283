/* SPDX-License-Identifier: MIT */
/* Processors that a task may run on: see affinity.h. */
#include "os/linux/kernel/affinity.h"

#include "target/bind.h"
#include "target/kernel.h"

#include <stddef.h>

enum { MAX_CPUS = 8192 };

struct mask_facts {
	uint64_t has;
	uint64_t old, pointer;
};
static const struct bind_member mask_members[] = {
	{ "cpus_allowed", offsetof(struct mask_facts, old), BIND_ADDRESS_OF, true },
	{ "cpus_ptr", offsetof(struct mask_facts, pointer), BIND_UINT, true },
	{ NULL },
};
static const struct binding mask_binding = { "vmlinux", "task_struct", mask_members };
enum { HAS_POINTER = 2 };

bool affinity_of(struct target *t, uint64_t task, uint64_t *ret)
{
	struct mask_facts f = { 0 };

	if (err_ignore(bind_read(t, HALF_NATIVE, &mask_binding, task, &f)) || !f.has)
		return false;
	*ret = f.has & HAS_POINTER ? f.pointer : f.old;
	return true;
}

bool affinity_has(struct target *t, uint64_t bits, unsigned cpu)
{
	uint64_t byte = 0;

	return arch_read_uint(target_memory(t), bits + cpu / 8, 1, &byte) && (byte >> cpu % 8 & 1);
}

void affinity_add_text(struct target *t, uint64_t bits, struct strbuf *sb)
{
	unsigned n = kernel_cpus(target_kernel(t)), start = 0;
	bool in = false, any = false;

	for (unsigned i = 0; i <= n && i < MAX_CPUS; i++) {
		bool set = i < n && affinity_has(t, bits, i);

		if (set && !in)
			start = i;
		if (!set && in) {
			strbuf_addf(sb, i - start > 1 ? "%s%u-%u" : "%s%u", any ? "," : "", start, i - 1);
			any = true;
		}
		in = set;
	}
}
