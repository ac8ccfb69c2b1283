/* SPDX-License-Identifier: MIT */
/* Facts: see facts.h. */
#include "pattern/facts.h"

#include "os/linux/kernel/sched.h"
#include "os/linux/kernel/trouble.h"

enum { MEMORY_LIMIT = 256 << 20 };

struct facts {
	struct target *t;
	struct nt_heaps *nt_heaps;
	bool tried_nt_heaps;
	struct arena arena;
	struct wait_graph graph;
	struct prospects prospects;
	struct stacks stacks;
	struct coverage coverage;
	struct fault fault;
	struct blame blame;
	struct heap_view heap;
	struct sched_view sched;
	struct troubles *troubles;	/* NULL: not asked for yet */
	bool has_sched, tried_sched;
	bool has_graph, has_prospects, has_stacks, has_coverage, has_fault, has_blame;
	bool tried_graph, tried_stacks, tried_heap;
};

struct err *facts_create(struct target *t, struct facts **ret)
{
	struct facts *f = calloc(1, sizeof(*f));

	if (!f)
		return err_nomem();
	f->t = t;
	f->arena.limit = MEMORY_LIMIT;
	*ret = f;
	return NULL;
}

void facts_destroy(struct facts *f)
{
	if (!f)
		return;
	heap_view_deinit(&f->heap);
	arena_deinit(&f->arena);
	nt_heaps_destroy(f->nt_heaps);
	free(f);
}

struct err *facts_wait_graph(struct facts *f, const struct wait_graph **ret)
{
	if (!f->tried_graph) {
		f->tried_graph = true;
		TRY(wait_graph_build(f->t, &f->arena, &f->graph));
		f->has_graph = true;
	}
	if (!f->has_graph)
		return err_new(ERR_UNSUPPORTED, "the wait graph could not be built");
	*ret = &f->graph;
	return NULL;
}

struct err *facts_sched(struct facts *f, const struct sched_view **ret)
{
	if (!f->tried_sched) {
		f->tried_sched = true;
		TRY(sched_view_read(f->t, &f->arena, &f->sched));
		f->has_sched = true;
	}
	if (!f->has_sched)
		return err_new(ERR_UNSUPPORTED, "the run queues could not be read");
	*ret = &f->sched;
	return NULL;
}

struct err *facts_troubles(struct facts *f, const struct troubles **ret)
{
	struct troubles *x = f->troubles;

	if (!x) {
		x = ARENA_NEW(&f->arena, struct troubles);
		if (!x)
			return err_nomem();
		TRY(kernel_troubles(f->t, &f->arena, x));
		f->troubles = x;
	}
	*ret = x;
	return NULL;
}

struct err *facts_nt_heaps(struct facts *f, enum thread_half half, const struct nt_heaps **ret)
{
	struct err *e = NULL;

	if (!f->tried_nt_heaps) {
		f->tried_nt_heaps = true;
		e = nt_heaps_of_target(f->t, half, &f->nt_heaps);
	}
	if (e && (err_code(e) == ERR_NOMEM || err_code(e) == ERR_CANCELLED))
		return e;
	err_free(e);
	*ret = f->nt_heaps;
	return NULL;
}

struct err *facts_prospects(struct facts *f, const struct prospects **ret)
{
	const struct wait_graph *g = NULL;

	TRY(facts_wait_graph(f, &g));
	if (!f->has_prospects)
		TRY(prospects_find(f->t, g, &f->arena, &f->prospects));
	f->has_prospects = true;
	*ret = &f->prospects;
	return NULL;
}

struct err *facts_stacks(struct facts *f, const struct stacks **ret)
{
	if (!f->tried_stacks) {
		f->tried_stacks = true;
		TRY(stacks_build(f->t, &f->arena, &f->stacks));
		f->has_stacks = true;
	}
	if (!f->has_stacks)
		return err_new(ERR_UNSUPPORTED, "the stacks of the threads could not be walked");
	*ret = &f->stacks;
	return NULL;
}

struct err *facts_coverage(struct facts *f, const struct coverage **ret)
{
	if (!f->has_coverage)
		TRY(coverage_find(f->t, &f->coverage));
	f->has_coverage = true;
	*ret = &f->coverage;
	return NULL;
}

const struct fault *facts_fault(struct facts *f)
{
	if (!f->has_fault)
		fault_find(f->t, &f->fault);
	f->has_fault = true;
	return &f->fault;
}

const struct blame *facts_blame(struct facts *f)
{
	if (!f->has_blame)
		blame_find(f->t, facts_fault(f), NULL, &f->arena, &f->blame);
	f->has_blame = true;
	return &f->blame;
}

struct err *facts_heap(struct facts *f, const struct budget *b, const struct heap_view **ret)
{
	const struct stacks *stacks = NULL;

	if (!f->tried_heap) {
		f->tried_heap = true;
		(void)err_ignore(facts_stacks(f, &stacks));
		TRY(heap_view_read(f->t, facts_fault(f), facts_blame(f)->stack, stacks, b, &f->heap));
	}
	*ret = f->heap.heap || f->heap.why ? &f->heap : NULL;
	return NULL;
}
