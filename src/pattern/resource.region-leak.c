/* SPDX-License-Identifier: MIT */
/*
 * Region leak: very many private regions of one size and protection. Stacks and
 * what comes with threads are left out; so are regions that are not committed.
 */
#include "pattern/pattern.h"

#include "base/map.h"
#include "target/regions.h"

#include <inttypes.h>

enum { STATE_COMMIT = 0x1000, TYPE_PRIVATE = 0x20000, MAX_SIZES = 65536 };

static const struct threshold thresholds[] = {
	{ "regions.count", 1000, "regions", "as many of one size and protection must there be" },
	{ "regions.megabytes", 64, "MB", "as much must they be together" },
	{ NULL },
};

struct kind {
	uint64_t size;
	uint32_t protect;
	size_t n;
	const struct region *first, *last;
};

struct kinds {
	struct kind *v;		/* in the run's arena */
	size_t n;
	struct u64map by_key;	/* kind + 1 */
};

static void kinds_deinit(struct kinds *k)
{
	u64map_deinit(&k->by_key);
}

/* A stack without a thread on it is as large as those that have one. */
static bool is_candidate(const struct region *r)
{
	if (r->usage != USAGE_UNKNOWN || r->module || r->path || !r->size)
		return false;
	if (r->has_state)
		return r->state == STATE_COMMIT && r->type == TYPE_PRIVATE;
	return r->has_prot && (r->prot & DUMP_PROT_W);
}

static struct err *add(struct pattern_run *run, struct kinds *k, const struct region *r)
{
	uint32_t protect = r->has_state ? r->protect : r->prot;
	uint64_t key = hash_u64(r->size) ^ protect;
	uintptr_t found = (uintptr_t)u64map_get(&k->by_key, key);

	if (!found) {
		if (k->n == MAX_SIZES)
			return NULL;
		k->v[k->n++] = (struct kind){ .size = r->size, .protect = protect, .first = r };
		found = k->n;
		if (!u64map_put(&k->by_key, key, (void *)found))
			return err_nomem();
	}
	k->v[found - 1].n++;
	k->v[found - 1].last = r;
	return NULL;
}

static void show(struct pattern_run *run, struct finding *f, const struct region *r, const char *which)
{
	const char *command = run_text(run, "!address 0x%" PRIx64, r->base);

	evidence_other(run, f,
		       &(struct evidence){ .has_address = true, .address = r->base, .command = command, .windbg = command,
					   .gdb = run_text(run, "x/8xg 0x%" PRIx64, r->base) },
		       "the %s of them", which);
}

static void tell(struct pattern_run *run, const struct kind *k)
{
	struct finding *f = finding_add(run, SEVERITY_WARNING, 70,
					"Region leak: there are %zu private regions of %" PRIu64 " kB with the same protection, "
					"%" PRIu64 " MB together.",
					k->n, k->size >> 10, (k->size * k->n) >> 20);

	f->confidence_why = "an allocator that maps each block by itself looks the same";
	show(run, f, k->first, "first");
	show(run, f, k->last, "last");
}

static struct err *match(struct pattern_run *run)
{
	CLEANUP(kinds_deinit) struct kinds k = { .by_key = U64MAP_INIT };
	const struct region *v = NULL;
	size_t n = 0;

	TRY(target_regions(run->target, &v, &n));
	k.v = ARENA_NEW_N(run->arena, struct kind, n < MAX_SIZES ? n + 1 : MAX_SIZES);
	if (!k.v)
		return err_nomem();
	for (size_t i = 0; i < n; i++) {
		if (i % 4096 == 0)
			TRY(run_check(run));
		if (is_candidate(&v[i]))
			TRY(add(run, &k, &v[i]));
	}
	for (size_t i = 0; i < k.n && run->n_findings < 8; i++)
		if (k.v[i].n >= run_threshold(run, "regions.count") && k.v[i].size < UINT64_MAX / k.v[i].n &&
		    (k.v[i].size * k.v[i].n) >> 20 >= run_threshold(run, "regions.megabytes"))
			tell(run, &k.v[i]);
	return NULL;
}

static const char *const explains[] = { "resource.address-space", "resource.map-count", "resource.memory-limit", NULL };

const struct pattern pattern_region_leak = {
	.id = "resource.region-leak",
	.title = "Memory leak (regions)",
	.category = CATEGORY_RESOURCE,
	.definition = "The process has very many private regions of the same size: memory that is taken from the system and "
		      "not given back.",
	.context = "VirtualAlloc or mmap without its counterpart, buffers of one size that are lost, stacks of threads that "
		   "ended and were not joined.",
	.criterion = "At least regions.count committed private regions have one size and protection and are regions.megabytes "
		     "together; stacks of threads are not counted.",
	.false_positives = "Allocators and garbage collectors that take memory in pieces of one size. Systems join regions that "
			   "touch each other, so that such a leak may hide in a few large ones.",
	.recommendation = "Look into the first and the last of them for what they hold. Compare two dumps: what grows leaks.",
	.bucket = "REGION_LEAK",
	.thresholds = thresholds,
	.explains = explains,
	.match = match,
};
