/* SPDX-License-Identifier: MIT */
/* Deadlock of processes: members of a set that wait for each other in a ring (pattern/process_set.h). */
#include "pattern/engine.h"
#include "pattern/waits.h"

#include <inttypes.h>

enum { MAX_LINKS = 4 };

static const struct wait_graph *graph_of(const struct set_member *m)
{
	const struct wait_graph *g = NULL;

	return err_ignore(facts_wait_graph(m->facts, &g)) ? NULL : g;
}

static const char *process_text(struct pattern_run *run, const struct set_member *m)
{
	return run_text(run, "process %zu%s%s (pid %" PRIu32 ")", m->index, *m->name ? " " : "", m->name, m->pid);
}

/* "thread 0 (tid 10) waits for pipe:[5] (descriptor 3)" */
static const char *wait_text(struct pattern_run *run, const struct set_member *m, size_t thread)
{
	const struct wait_graph *g = graph_of(m);
	const struct wait_edge *e = g ? wait_edge_of(g, thread) : NULL;

	if (!g)
		return "";
	return run_text(run, "%s waits for %s", run_thread_text(run, g->nodes[thread].thread),
			e ? waits_node_text(run, &g->nodes[e->to]) : "a child process");
}

static const char *link_text(struct pattern_run *run, const struct set_link *l)
{
	const struct set_member *v = run->analysis->set->members, *to = &v[l->to];
	const struct wait_graph *g = l->by_lock ? graph_of(to) : NULL;
	const char *text = run_text(run, "%s, %s", process_text(run, &v[l->member]), wait_text(run, &v[l->member], l->thread));

	if (l->by_lock)
		return run_text(run, "%s, which %s, %s, holds", text, process_text(run, to),
				g ? run_thread_text(run, g->nodes[l->to_thread].thread) : "");
	if (l->by_file_lock)
		return run_text(run, "%s, on which %s has a lock", text, process_text(run, to));
	return run_text(run, l->by_fd ? "%s, whose other end %s has" : "%s, %s", text, process_text(run, to));
}

static const char *ring_text(struct pattern_run *run, const struct set_ring *r)
{
	const char *text = "";

	for (size_t i = 0; i < r->n && i < MAX_LINKS; i++)
		text = run_text(run, "%s%s%s", text, i ? "; " : "", link_text(run, &r->links[i]));
	return r->n > MAX_LINKS ? run_text(run, "%s; and so on, %zu waits in a ring", text, r->n) : text;
}

/* The word that names the owner, in the memory of who waits. */
static void show_owner(struct pattern_run *run, struct finding *f, const struct set_member *m, size_t thread)
{
	const struct wait_graph *g = graph_of(m);
	const struct wait_edge *e = g ? g->nodes[thread].next : NULL;
	const struct wait_node *lock = e ? &g->nodes[e->to] : NULL;
	uint64_t value = 0;

	if (!lock || !lock->owner_at || !arch_read_uint(target_memory(m->target), lock->owner_at, lock->owner_size, &value))
		return;
	evidence_other(run, f, &(struct evidence){ .has_address = true, .address = lock->owner_at, .has_value = true, .value = value,
						   .size = lock->owner_size,
						   .command = run_text(run, "|%zu dd 0x%" PRIx64 " L1", m->index, lock->owner_at) },
		       "owner of %s, in %s", waits_node_text(run, lock), process_text(run, m));
}

static void show_fd(struct pattern_run *run, struct finding *f, const struct set_member *m, uint64_t fd, const char *which)
{
	evidence_other(run, f, &(struct evidence){ .has_value = true, .value = fd,
						   .command = run_text(run, "|%zu !handle 0x%" PRIx64 " f", m->index, fd) },
		       "%s: descriptor %" PRIu64 " of %s", which, fd, process_text(run, m));
}

static void show(struct pattern_run *run, struct finding *f, const struct set_ring *r)
{
	const struct set_member *v = run->analysis->set->members;

	for (size_t i = 0; i < r->n && i < 16; i++) {
		const struct set_link *l = &r->links[i];
		const struct set_member *m = &v[l->member];
		const struct wait_graph *g = graph_of(m);

		evidence_other(run, f, &(struct evidence){ .command = run_text(run, "|%zu ~%zuk", m->index, l->thread) }, "%s, %s",
			       process_text(run, m), wait_text(run, m, l->thread));
		if (l->member == run->analysis->member && g)
			finding_thread(run, f, g->nodes[l->thread].thread);
		if (l->by_lock)
			show_owner(run, f, m, l->thread);
		if (l->by_file_lock)
			show_fd(run, f, m, l->fd, "the file on which it wants a lock");
		if (!l->by_fd)
			continue;
		show_fd(run, f, m, l->fd, "the end at which it waits");
		show_fd(run, f, &v[l->to], l->to_fd, "the other end");
	}
}

/* How sure it is, and what makes it less so. */
static unsigned sureness(const struct set_ring *r, const char **ret_why)
{
	bool by_file_lock = false;

	for (size_t i = 0; i < r->n; i++) {
		by_file_lock |= r->links[i].by_file_lock;
		if (r->links[i].by_lock || r->links[i].by_file_lock)
			continue;
		*ret_why = "a process outside of the set may have the other end too";
		return 85;
	}
	*ret_why = by_file_lock ? "who has the lock on a file was asked a moment before the pause" : "";
	return by_file_lock ? 90 : 95;
}

static struct err *match(struct pattern_run *run)
{
	const struct process_set *set = run->analysis->set;

	for (size_t i = 0; i < set->n_rings; i++) {
		const struct set_ring *r = &set->rings[i];
		const char *why = "";
		struct finding *f;

		TRY(run_check(run));
		if (!set_ring_has(r, run->analysis->member))
			continue;
		f = finding_add(run, SEVERITY_PROBLEM, sureness(r, &why), "Deadlock of processes: %s.", ring_text(run, r));
		f->confidence_why = why;
		show(run, f, r);
	}
	return NULL;
}

static const char *const explains[] = { "wait.coupled-process", "wait.chain", "wait.all-blocked", "wait.child-process",
					"wait.orphaned-lock", "wait.barrier", "deadlock.pipe", NULL };

const struct pattern pattern_process_deadlock = {
	.id = "deadlock.processes",
	.title = "Deadlock of processes",
	.category = CATEGORY_WAIT,
	.definition = "Two or more processes wait for each other in a ring: each for an answer, or a lock in shared memory, that the "
		      "next one would have to give.",
	.context = "A client and a server that both read, because each takes it for the other's turn; two that write to each other "
		   "while the pipes are full; locks in shared memory that processes take in different order; a parent that waits "
		   "for the end of a child which waits for its input.",
	.criterion = "Dumps of a set, taken in one pause. A ring of threads of at least two members, each of which waits for a lock that "
		     "a thread of the next member holds, for a lock on a file that the next member has, for data or room of a pipe or socket whose other end only the next member "
		     "has, or for the next member's end; and no thread of a member that is waited for goes on by itself, or can be "
		     "woken from outside of the set.",
	.false_positives = "A process that is no member of the set and has the same pipe, or a handler of signals that acts.",
	.recommendation = "Look at both ends: the stacks show what each process expects of the other. Give each direction of a talk "
			  "its turn or its own thread, send what is buffered before waiting for the answer, and take locks in one "
			  "order in all processes. Ending one of them frees the others.",
	.bucket = "DEADLOCK_PROCESSES",
	.needs = NEEDS_THREADS | NEEDS_SYSTEM_LINUX | NEEDS_SET,
	.explains = explains,
	.match = match,
};
