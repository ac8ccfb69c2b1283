/* SPDX-License-Identifier: MIT */
/* Memory pressure: what a machine could still give away has become little. */
#include "os/linux/kernel/meminfo.h"
#include "pattern/facts.h"
#include "pattern/pattern.h"

#include <inttypes.h>

enum { MAX_USERS = 6, PAGE_KB = 4, HUNDRED = 100 };

static const struct threshold thresholds[] = {
	{ "pressure.available", 5, "percent", "of the machine's memory: less than this available without swapping makes it a warning" },
	{ "pressure.swap", 10, "percent", "of the swap space: less than this free besides makes it a problem" },
	{ NULL },
};

static void show_figure(struct pattern_run *run, struct finding *f, const struct meminfo *m, enum meminfo_item item)
{
	if (m->known[item])
		evidence_other(run, f, &(struct evidence){ .command = "!vm" }, "%s: %" PRIu64 " kB", meminfo_names[item], m->kb[item]);
}

static struct err *show_users(struct pattern_run *run, struct finding *f)
{
	struct memory_user *v = NULL;
	struct thread *th;
	size_t n = 0;
	struct err *e = kernel_memory_users(run->target, run->arena, &v, &n);

	if (e && (err_code(e) == ERR_NOMEM || err_code(e) == ERR_CANCELLED))
		return e;
	if (e)
		finding_unread(run, f, "who uses the memory: %s", err_message(e));
	err_free(e);
	for (size_t i = 0; i < n && i < MAX_USERS; i++) {
		th = target_thread_by_tid(run->target, v[i].pid);
		if (th)
			finding_thread(run, f, th);
		evidence_other(run, f, &(struct evidence){ .has_address = true, .address = v[i].task, .command = "!vm" },
			       "\"%s\" (pid %u) has %" PRIu64 " kB resident, %" PRIu64 " kB in swap", v[i].name, v[i].pid,
			       memory_resident(&v[i]) * PAGE_KB, v[i].swap * PAGE_KB);
	}
	return NULL;
}

static bool swap_is_short(struct pattern_run *run, const struct meminfo *m)
{
	return m->known[MEM_SWAP_TOTAL] && m->known[MEM_SWAP_FREE] &&
	       m->kb[MEM_SWAP_FREE] < m->kb[MEM_SWAP_TOTAL] / HUNDRED * run_threshold(run, "pressure.swap") + !m->kb[MEM_SWAP_TOTAL];
}

static struct err *match(struct pattern_run *run)
{
	static const enum meminfo_item items[] = { MEM_FREE, MEM_CACHED, MEM_ANON, MEM_SHMEM, MEM_SLAB_UNRECLAIMABLE, MEM_SWAP_TOTAL,
						   MEM_SWAP_FREE };
	struct meminfo m = { 0 };
	struct finding *f;
	struct err *e = kernel_meminfo(run->target, &m);

	if (e && (err_code(e) == ERR_NOMEM || err_code(e) == ERR_CANCELLED))
		return e;
	if (e || !m.known[MEM_TOTAL] || !m.known[MEM_AVAILABLE]) {
		f = finding_undecidable(run, "Whether memory is short: the kernel's counters are not to be had.");
		if (e)
			finding_unread(run, f, "%s", err_message(e));
		err_free(e);
		return NULL;
	}
	if (m.kb[MEM_AVAILABLE] >= m.kb[MEM_TOTAL] / HUNDRED * run_threshold(run, "pressure.available"))
		return NULL;
	f = finding_add(run, swap_is_short(run, &m) ? SEVERITY_PROBLEM : SEVERITY_WARNING, 90,
			"Memory pressure: of %" PRIu64 " kB of memory %" PRIu64 " kB are available without swapping%s.", m.kb[MEM_TOTAL],
			m.kb[MEM_AVAILABLE], swap_is_short(run, &m) ? ", and there is no swap space to speak of" : "");
	for (size_t i = 0; i < ARRAY_SIZE(items); i++)
		show_figure(run, f, &m, items[i]);
	return show_users(run, f);
}

static const char *const explains[] = { "kernel.out-of-memory", "kernel.hung-task", "kernel.paged-out", NULL };

const struct pattern pattern_kernel_memory_pressure = {
	.id = "kernel.memory-pressure",
	.title = "Memory pressure",
	.category = CATEGORY_RESOURCE,
	.definition = "The memory that a machine could give away without swapping has become little: everything that needs some is slow or fails.",
	.context = "A process that grows without end, more processes than the machine was made for, memory that the kernel itself has lost.",
	.criterion = "MemAvailable, worked out as the kernel does it, is below pressure.available of MemTotal; a problem when less than pressure.swap "
		     "of the swap space is free besides.",
	.false_positives = "Machines that are filled on purpose: databases and virtual machines with pages of their own.",
	.recommendation = "See who has the memory (!vm, and !slab for the kernel's own), and whether two dumps show it growing.",
	.bucket = "MEMORY_PRESSURE",
	.thresholds = thresholds,
	.needs = NEEDS_KERNEL,
	.explains = explains,
	.match = match,
};
