// SPDX-License-Identifier: GPL-2.0
/*
 * The pause. stop_machine() puts every CPU's stopper thread to work with
 * interrupts off; no CPU goes on before the last is done. The CPUs take chunks
 * of pages in turn, in two sweeps: the first looks at every page anew, says
 * what it is now, and mends the copies of the kernel's pages; the second mends
 * those of users. So a pause that is too short costs users' pages first.
 * At the end one CPU looks for special memory (stacks, vmalloc, pages of the
 * processes that were named) that came into being between the passes.
 *
 * Nothing here allocates, prints, locks or waits, except for a chunk that
 * another CPU is just looking at.
 */
#include <linux/nmi.h>
#include <linux/stop_machine.h>

#include "osmosis.h"

enum { STEP = 128 }; /* pages between two looks at the clock */

struct pause {
	struct osm *o;
	u64 deadline;
	atomic_long_t next;	/* piece of work */
	atomic_t done;
	bool late, plain, hold;
};

struct work {
	struct pause *p;
	struct osm *o;
	struct osm_cpu *c;
	struct osm_direct direct;
	bool users;		/* the second sweep */
};

static bool is_user(u8 class)
{
	return class >= OSMOSIS_PROCESS && class <= OSMOSIS_HUGETLB;
}

static bool is_special(u8 class)
{
	return class == OSMOSIS_KERNEL || class == OSMOSIS_PERCPU || class == OSMOSIS_STACK || class == OSMOSIS_VMALLOC ||
	       class == OSMOSIS_MODULE || class == OSMOSIS_MEMMAP;
}

/* struct page does not tell what is special: it stays what it was. */
static u8 resolve(u8 now, u8 before)
{
	if ((now == OSMOSIS_OTHER || now == OSMOSIS_BOOT) && is_special(before))
		return before;
	if ((now == OSMOSIS_ANON || now == OSMOSIS_SHMEM) && before == OSMOSIS_PROCESS)
		return before;
	return now;
}

static void mend(struct work *w, unsigned long index, unsigned long pfn, u8 class, u32 slot)
{
	u64 *copy = osm_slot_page(&w->o->pool, slot);
	unsigned int changed = 0;

	if (!osm_direct_mapped(w->o, &w->direct, pfn)) {
		w->o->kind[index] = OSMOSIS_HOLE;
		return;
	}
	if (w->p->plain)
		copy_page(copy, pfn_to_kaddr(pfn));
	else
		changed = osm_sync_page(copy, pfn_to_kaddr(pfn));
	w->c->compared++;
	w->c->changed_pages += !!changed;
	w->c->changed[class] += changed;
	w->o->kind[index] = class | OSMOSIS_MAP_CAPTURED | OSMOSIS_MAP_INSTANT | (changed ? OSMOSIS_MAP_CHANGED : 0);
}

/* A page that had no copy. */
static void capture_new(struct work *w, unsigned long index, unsigned long pfn, u8 class)
{
	unsigned long slot;

	w->o->kind[index] = class;
	if (!(w->o->open & OSMOSIS_MASK(class)) || w->p->plain)
		return;
	if (!osm_direct_mapped(w->o, &w->direct, pfn)) {
		w->o->kind[index] = OSMOSIS_HOLE;
		return;
	}
	slot = atomic_long_inc_return(&w->o->used);
	if (slot > osm_slots(&w->o->pool))
		return;
	w->o->slot[index] = slot;
	copy_page(osm_slot_page(&w->o->pool, slot), pfn_to_kaddr(pfn));
	w->c->fresh++;
	w->c->new[class]++;
	w->o->kind[index] = class | OSMOSIS_MAP_CAPTURED | OSMOSIS_MAP_INSTANT | OSMOSIS_MAP_CHANGED;
}

static void drop(struct work *w, unsigned long index, u8 class)
{
	w->c->dropped += !!(w->o->kind[index] & OSMOSIS_MAP_CAPTURED);
	w->o->kind[index] = class;
}

static void do_page(struct work *w, unsigned long index, unsigned long pfn, u8 class)
{
	u32 slot = w->o->slot[index];

	if (class == OSMOSIS_FREE || class == OSMOSIS_HOLE)
		drop(w, index, class);
	else if (is_user(class) != w->users) /* its turn comes: what it is now, and that its copy is not yet mended */
		w->o->kind[index] = class | (w->o->kind[index] & OSMOSIS_MAP_CAPTURED);
	else if (slot)
		mend(w, index, pfn, class, slot);
	else
		capture_new(w, index, pfn, class);
}

static bool is_late(struct pause *p)
{
	if (ktime_get_raw_fast_ns() < p->deadline)
		return false;
	WRITE_ONCE(p->late, true);
	return true;
}

/* Too late: what is left keeps its copy, which is not of the instant. */
static void look_at(struct work *w, unsigned long index, unsigned long pfn, unsigned long pages)
{
	unsigned long run = 0;
	u8 now = OSMOSIS_FREE;

	for (; pages && (pages % STEP || !is_late(w->p)); pages--, index++, pfn++) {
		u8 before = w->o->kind[index] & OSMOSIS_MAP_CLASS;

		if (!run)
			now = osm_classify_page(pfn_to_page(pfn), &run);
		run--;
		if (before != OSMOSIS_OWN && before != OSMOSIS_HOLE)
			do_page(w, index, pfn, resolve(now, before));
	}
}

static void users_of(struct work *w, unsigned long index, unsigned long pfn, unsigned long pages)
{
	for (; pages; pages--, index++, pfn++) {
		u8 class = w->o->kind[index] & OSMOSIS_MAP_CLASS;

		if (is_user(class))
			do_page(w, index, pfn, class);
	}
}

static const struct osm_ram *ram_of_chunk(const struct osm *o, unsigned long chunk)
{
	const struct osm_ram *r = &o->ram[0];

	while (r + 1 < o->ram + o->n_ram && r[1].chunk <= chunk)
		r++;
	return r;
}

static void do_chunk(struct work *w, unsigned long chunk)
{
	const struct osm_ram *r = ram_of_chunk(w->o, chunk);
	unsigned long first = (r->start / OSM_CHUNK + (chunk - r->chunk)) * OSM_CHUNK;
	unsigned long pfn = max(first, r->start), end = min(first + OSM_CHUNK, r->end), n;

	if (!w->users) {
		look_at(w, r->index + (pfn - r->start), pfn, end - pfn);
		smp_store_release(&w->o->chunk_done[chunk], 1); /* after what kind[] says of it: see below */
		return;
	}
	/* kind[] is read after this: see above */
	while (!smp_load_acquire(&w->o->chunk_done[chunk]) && !READ_ONCE(w->p->late))
		cpu_relax();
	for (; pfn < end && !is_late(w->p); pfn += n) {
		n = min_t(unsigned long, STEP, end - pfn);
		users_of(w, r->index + (pfn - r->start), pfn, n);
	}
}

/* --- what came into being between the passes ------------------------------------------------------ */

static struct work *last_work; /* of the one CPU that is at it */

static void mark_stopped(struct osm *o, unsigned long index, unsigned long pfn, u8 class)
{
	if (!osm_apt(o->kind[index] & OSMOSIS_MAP_CLASS, class))
		return;
	if (o->slot[index])
		o->kind[index] = (o->kind[index] & ~OSMOSIS_MAP_CLASS) | class;
	else
		capture_new(last_work, index, pfn, class);
}

static void do_special(struct work *w)
{
	last_work = w;
	osm_special(w->o, mark_stopped);
	for (unsigned int i = 0; i < w->o->n_processes && !is_late(w->p); i++)
		osm_process_pages(w->o, &w->o->processes[i], mark_stopped);
}

/* --- on each CPU ----------------------------------------------------------------------------------- */

static int stopped(void *arg)
{
	struct pause *p = arg;
	struct osm *o = p->o;
	struct osm_cpu *c = &o->cpus[smp_processor_id()];
	struct work w = { .p = p, .o = o, .c = c, .direct.root = osm_kernel_root() };
	struct pt_regs regs;
	long piece;

	c->entered = ktime_get_raw_fast_ns();
	c->cycles = get_cycles();
	osm_regs_here(&regs);
	osm_cpu_record(c, &regs, c->entered);
	while (!is_late(p) && (piece = atomic_long_inc_return(&p->next) - 1) < 2 * o->n_chunks) {
		w.users = piece >= o->n_chunks;
		do_chunk(&w, w.users ? piece - o->n_chunks : piece);
		touch_nmi_watchdog();
	}
	/* counted here: before stop_machine() has its lock a CPU may come or go */
	if (atomic_inc_return(&p->done) == num_online_cpus() && !READ_ONCE(p->late))
		do_special(&w);
	while (p->hold && ktime_get_raw_fast_ns() < p->deadline) {
		cpu_relax();
		touch_nmi_watchdog();
	}
	c->cycles = get_cycles() - c->cycles;
	c->left = ktime_get_raw_fast_ns();
	return 0;
}

static void measure(struct osm *o, u64 called, u64 returned)
{
	u64 first = U64_MAX, inside = U64_MAX, last = 0;
	unsigned int cpu;

	for_each_possible_cpu(cpu) {
		const struct osm_cpu *c = &o->cpus[cpu];
		u64 displaced = osm_cpu_displaced_at(cpu);

		if (!c->entered)
			continue;
		first = min(first, displaced >= called && displaced <= c->entered ? displaced : c->entered);
		inside = min(inside, c->entered);
		last = max(last, c->left);
		o->result.cycles = max(o->result.cycles, c->cycles);
	}
	o->result.pause_ns = last - first;
	o->result.inside_ns = last - inside;
	o->result.call_ns = returned - called;
}

int osm_stop(struct osm *o)
{
	u64 called = ktime_get_raw_fast_ns();
	struct pause p = {
		.o = o,
		.plain = o->result.flags & OSMOSIS_CAPTURE_PLAIN,
		.hold = o->result.flags & OSMOSIS_CAPTURE_HOLD,
		.deadline = called + o->result.pause_max_ns,
	};
	int rc;

	o->result.realtime_ns = ktime_get_real_ns();
	o->result.boottime_ns = ktime_get_boottime_ns();
	rc = stop_machine(stopped, &p, cpu_online_mask);
	if (rc)
		return rc;
	measure(o, called, ktime_get_raw_fast_ns());
	if (!p.late)
		return 0;
	o->result.reason = OSMOSIS_WHY_PAUSE;
	return -ETIME;
}
