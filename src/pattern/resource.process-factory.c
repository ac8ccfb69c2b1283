/* SPDX-License-Identifier: MIT */
/* Process factory: a process of a kernel with very many children that are all of a kind. */
#include "os/linux/kernel/task.h"
#include "pattern/family.h"

#include <inttypes.h>
#include <string.h>

enum { KTHREADD = 2 };

static const struct threshold thresholds[] = {
	{ "factory.children", 300, "processes", "as many children must one process have" },
	{ "factory.share", 50, "percent", "of them that must have one name" },
	{ NULL },
};

/* The name that most children have, by the child that has it first. */
static size_t commonest(const struct family *f, size_t parent, size_t *ret_n)
{
	struct strmap counts = STRMAP_INIT;
	size_t best = f->tasks.n, most = 0;

	for (size_t i = 0; i < f->tasks.n; i++) {
		uintptr_t n;

		if (f->parents[i] != parent)
			continue;
		n = (uintptr_t)strmap_get(&counts, f->tasks.v[i].comm) + 1;
		if (!strmap_put(&counts, f->tasks.v[i].comm, (void *)n))
			break;
		if (n > most) {
			most = n;
			best = i;
		}
	}
	strmap_deinit(&counts);
	*ret_n = most;
	return best;
}

static void tell(struct pattern_run *run, const struct family *f, size_t parent, size_t child, size_t n)
{
	const struct kernel_task *p = &f->tasks.v[parent];
	const char *name = f->tasks.v[child].comm;
	struct finding *found;

	found = finding_add(run, SEVERITY_WARNING, 80, "Process factory: process %u (%s) has %zu children, and %zu of them have the name %s.",
			    p->pid, p->comm, f->children[parent], n, name);
	found->confidence_why = "some servers have a process for each client";
	family_show_parent(run, found, f, parent);
	for (size_t i = 0, shown = 0; i < f->tasks.n && shown < 2; i++)
		if (f->parents[i] == parent && strcmp(f->tasks.v[i].comm, name) == 0) {
			family_show(run, found, &f->tasks.v[i], shown ? "another of them" : "the one with the lowest id");
			shown++;
		}
}

static struct err *match(struct pattern_run *run)
{
	CLEANUP(family_deinit) struct family f = { 0 };

	TRY(family_read(run, &f));
	for (size_t i = 0; i < f.tasks.n; i++) {
		size_t child, n;

		TRY(run_check(run));
		if (f.children[i] < run_threshold(run, "factory.children") || f.tasks.v[i].pid == KTHREADD)
			continue;
		child = commonest(&f, i, &n);
		if (child < f.tasks.n && n * 100 / f.children[i] >= run_threshold(run, "factory.share"))
			tell(run, &f, i, child, n);
	}
	return NULL;
}

static const char *const explains[] = { "cpu.busy-system", "kernel.out-of-memory", NULL };

const struct pattern pattern_process_factory = {
	.id = "resource.process-factory",
	.title = "Process factory",
	.category = CATEGORY_RESOURCE,
	.definition = "One process has very many children that are all of a kind: they are made faster than they end.",
	.context = "A program for each request, or each tick of a timer, while those before have not come to an end; a script that calls itself.",
	.criterion = "A process other than kthreadd has at least factory.children children, ended ones counted, and factory.share of them have one "
		     "name.",
	.false_positives = "Servers with a process for each client and many clients; a parent that all orphans are handed to.",
	.recommendation = "See what one of the children waits for (!process PID 7): that is why they do not end. See in the parent what makes them.",
	.bucket = "PROCESS_FACTORY",
	.thresholds = thresholds,
	.needs = NEEDS_KERNEL | NEEDS_THREADS,
	.explains = explains,
	.match = match,
};
