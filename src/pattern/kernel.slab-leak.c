/* SPDX-License-Identifier: MIT */
/* Slab leak: one cache of the kernel's allocator has most unlikely much of the memory. */
#include "os/linux/kernel/meminfo.h"
#include "os/linux/kernel/slab.h"
#include "pattern/facts.h"
#include "pattern/pattern.h"
#include "target/kernel_types.h"

#include <inttypes.h>

enum { MAX_FOUND = 8, HUNDRED = 100, MAX_BIT = 63 };

/* SLAB_RECLAIM_ACCOUNT: a number of its own until the kernel had names for the bits (6.9). */
#define OLD_RECLAIMABLE UINT64_C(0x20000)

static const struct threshold thresholds[] = {
	{ "slab-leak.percent", 10, "percent", "of the machine's memory that one cache must have" },
	{ "slab-leak.objects", 100000, "objects", "that must be in use in it" },
	{ NULL },
};

struct search {
	struct pattern_run *run;
	struct err *error;
	uint64_t total, percent, objects, reclaimable;
};

static uint64_t reclaimable_flag(struct target *t)
{
	int64_t bit = 0;

	if (err_ignore(kernel_constant(t, "_SLAB_RECLAIM_ACCOUNT", &bit)))
		return OLD_RECLAIMABLE;
	return bit >= 0 && bit <= MAX_BIT ? UINT64_C(1) << bit : 0;
}

static bool visit(void *arg, const struct slab_cache *c)
{
	struct search *s = arg;
	struct finding *f;

	s->error = run_check(s->run);
	if (s->error || s->run->n_findings == MAX_FOUND)
		return false;
	if (!c->counted || slab_allocated(c) < s->objects || slab_bytes(c) < s->total / HUNDRED * s->percent)
		return true;
	f = finding_add(s->run, SEVERITY_WARNING, c->flags & s->reclaimable ? 50 : 75,
			"Slab leak: cache %s has %" PRIu64 " kB, %" PRIu64 " %% of the memory, in %" PRIu64 " objects in use.", c->name,
			slab_bytes(c) >> 10, slab_bytes(c) / (s->total / HUNDRED + 1), slab_allocated(c));
	if (c->flags & s->reclaimable)
		f->confidence_why = "its objects are a cache that the kernel gives up when memory runs short";
	evidence_other(s->run, f,
		       &(struct evidence){ .has_address = true, .address = c->address, .command = run_text(s->run, "!slab %s", c->name) },
		       "%" PRIu64 " slabs of %u objects of %" PRIu64 " bytes", c->slabs, c->per_slab, c->size);
	if (c->trouble)
		finding_unread(s->run, f, "%s", c->trouble);
	return true;
}

static struct err *match(struct pattern_run *run)
{
	struct search s = { .run = run, .percent = run_threshold(run, "slab-leak.percent"), .objects = run_threshold(run, "slab-leak.objects"),
			    .reclaimable = reclaimable_flag(run->target) };
	struct meminfo m = { 0 };
	struct err *e = kernel_meminfo(run->target, &m);

	if (!e && m.known[MEM_TOTAL]) {
		s.total = m.kb[MEM_TOTAL] << 10;
		e = kernel_slab_each(run->target, visit, &s);
	}
	if (s.error) {
		err_free(e);
		return s.error;
	}
	if (e && (err_code(e) == ERR_NOMEM || err_code(e) == ERR_CANCELLED))
		return e;
	if (e)
		finding_undecidable(run, "Whether a cache of the kernel leaks: %s.", err_message(e));
	err_free(e);
	return NULL;
}

static const char *const explains[] = { "kernel.memory-pressure", "kernel.out-of-memory", NULL };

const struct pattern pattern_kernel_slab_leak = {
	.id = "kernel.slab-leak",
	.title = "Slab leak",
	.category = CATEGORY_RESOURCE,
	.definition = "One cache of the kernel's allocator of small objects holds a large part of the memory: objects are made and not freed.",
	.context = "A driver or file system that loses references; objects that are freed only after a grace period that does not end; a cache that "
		   "grows with what users do (inodes, dentries).",
	.criterion = "The slabs of a cache have at least slab-leak.percent of the machine's memory, with at least slab-leak.objects objects in use.",
	.false_positives = "Caches of inodes and dentries on file servers: the kernel gives them up when memory runs short, and such findings are told as "
			   "less sure. A second dump tells whether it grows.",
	.recommendation = "Compare !slab of two dumps. Which code allocates from it: slab_debug=U for that cache, or kmemleak, in a kernel that can be "
			  "restarted.",
	.bucket = "SLAB_LEAK",
	.thresholds = thresholds,
	.needs = NEEDS_KERNEL,
	.explains = explains,
	.match = match,
};
