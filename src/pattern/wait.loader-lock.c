/* SPDX-License-Identifier: MIT */
/*
 * Loader lock: ntdll!LdrpLoaderLock, which PEB.LoaderLock points to, and ld.so's
 * _rtld_global._dl_load_lock. Who holds it runs initialisers of libraries.
 */
#include "pattern/waits.h"

#include "os/windows/critsec.h"

#include <string.h>

static const struct threshold thresholds[] = {
	{ "loader.waiters", 1, "threads", "as many must wait for the loader's lock" },
	{ NULL },
};

static bool is_loader_lock(struct pattern_run *run, const struct wait_node *n, const uint64_t by_peb[2])
{
	if (n->kind != WAIT_LOCK || n->is_handle)
		return false;
	if (target_is_windows(run->target))
		return (n->address && n->address == by_peb[n->half]) || strstr(n->name, "LdrpLoaderLock");
	return strstr(n->name, "!_rtld_global+") || strstr(n->name, "!_rtld_local+");
}

static void tell(struct pattern_run *run, const struct wait_graph *g, size_t lock)
{
	const struct wait_node *n = &g->nodes[lock], *owner = n->next ? &g->nodes[n->next->to] : NULL;
	struct finding *f;

	f = finding_add(run, owner && owner->activity == ACTIVITY_RUNS ? SEVERITY_NOTE : SEVERITY_WARNING, owner ? 90 : 70, "Loader lock: %zu thread%s for the lock of the loader of "
								"libraries, which %s holds%s%s.",
			n->waiters, n->waiters == 1 ? " waits" : "s wait",
			owner ? waits_node_text(run, owner) : "somebody unknown",
			owner && *owner->function ? ", in " : "", owner ? owner->function : "");
	waits_show_owner(run, f, g, lock);
	if (owner && owner->thread)
		waits_show_wait(run, f, g, owner->thread->index);
	for (size_t i = 0; i < g->n_threads && f->n_evidence < 16; i++)
		if (g->nodes[i].next && g->nodes[i].next->to == lock)
			waits_show_wait(run, f, g, i);
}

static struct err *match(struct pattern_run *run)
{
	const struct wait_graph *g = NULL;
	uint64_t by_peb[2] = { 0 };

	TRY(facts_wait_graph(run->facts, &g));
	if (target_is_windows(run->target)) {
		by_peb[HALF_NATIVE] = critsec_loader_lock(run->target, HALF_NATIVE);
		by_peb[HALF_WOW] = critsec_loader_lock(run->target, HALF_WOW);
	}
	for (size_t i = g->n_threads; i < g->n && run->n_findings < 16; i++) {
		TRY(run_check(run));
		if (g->nodes[i].waiters && g->nodes[i].waiters >= run_threshold(run, "loader.waiters") &&
		    is_loader_lock(run, &g->nodes[i], by_peb))
			tell(run, g, i);
	}
	return NULL;
}

static const char *const explains[] = { "wait.chain", NULL };

const struct pattern pattern_loader_lock = {
	.id = "wait.loader-lock",
	.title = "Loader lock",
	.category = CATEGORY_WAIT,
	.definition = "Threads wait for the lock under which libraries are loaded and their initialisers run.",
	.context = "DllMain or a constructor of a library that waits for a thread, takes a lock or loads another library; "
		   "every start and end of a thread needs the same lock.",
	.criterion = "In the wait graph at least loader.waiters threads wait for the critical section that PEB.LoaderLock "
		     "points to, or for a lock inside of _rtld_global of ld.so. It is a note while the "
		     "owner runs.",
	.false_positives = "A library that is just being loaded. Locks of other kinds inside of _rtld_global.",
	.recommendation = "See what the owner does on its stack above the loader's functions: an initialiser must not wait "
			  "for anything that another thread has to do. Move the work to a function that is called later.",
	.bucket = "LOADER_LOCK",
	.thresholds = thresholds,
	.needs = NEEDS_THREADS,
	.explains = explains,
	.match = match,
};
