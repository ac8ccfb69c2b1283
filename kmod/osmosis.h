/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What the files of osmosis.ko share.
 *
 * Every page of RAM has an index: pages are numbered through the ranges of
 * System RAM. kind[index] says what the page is (OSMOSIS_MAP_*), slot[index]
 * which page of the reserve has its copy (0: none; slot 1 is the first).
 *
 * While all CPUs are stopped nothing is allocated, printed or locked; claims
 * of slots are atomic, each page belongs to one CPU, except those that the
 * walk of special memory finds (claim_slot).
 */
#ifndef OSMOSIS_H
#define OSMOSIS_H

#include <linux/atomic.h>
#include <linux/mm.h>
#include <linux/mutex.h>
#include <linux/sched/signal.h>
#include <linux/types.h>

#include <asm/ptrace.h>

#include "osmosis_uapi.h"

#define OSM_MAX_RAM 512
#define OSM_CHUNK 1024UL	/* pages: no buddy block is larger, or begins elsewhere than at its multiple */

struct osm_ram {
	unsigned long start, end;	/* page frames */
	unsigned long index;		/* of the first */
	unsigned long chunk;		/* number of the first chunk that has pages of it */
};

struct osm_pool {
	void *fixed;			/* mapping of the boot-time reserve */
	unsigned long n_fixed;		/* its pages: slots 1 .. n_fixed */
	u32 *pfn;			/* of the others */
	unsigned long n, room;
	unsigned long n_kept;		/* taken at load: stay until unload */
};

struct osm_process {
	struct mm_struct *mm;
	pid_t pid;
	u64 resident, swapped, captured;
};

/* Written by one CPU while all are stopped. */
struct osm_cpu {
	struct osmosis_cpu out;
	u64 entered, left;		/* ns, raw monotonic */
	u64 cycles;
	u64 compared, changed_pages, fresh, dropped, bailed;
	u64 changed[OSMOSIS_N_CLASSES], new[OSMOSIS_N_CLASSES];
};

struct osm {
	struct mutex lock;		/* of all but state and cancel */
	enum osmosis_state state;
	bool cancel;
	u32 classes, open;		/* wanted; those of which new pages are taken too */
	struct osm_ram ram[OSM_MAX_RAM];
	unsigned int n_ram;
	unsigned long n_pages, n_chunks;
	u8 *kind;
	u32 *slot;
	u8 *chunk_done;			/* reclassified while stopped */
	struct osm_pool pool;
	atomic_long_t used;		/* slots */
	struct osm_process processes[OSMOSIS_MAX_PROCESSES];
	unsigned int n_processes;
	struct osm_cpu *cpus;		/* nr_cpu_ids of them */
	u64 scan_ns, compare_ns;	/* for 1024 pages, on one CPU */
	struct osmosis_capture result;
};

static inline bool osm_cancelled(const struct osm *o)
{
	return READ_ONCE(o->cancel) || signal_pending(current);
}

static inline u64 *osm_slot_page(const struct osm_pool *p, u32 slot)
{
	unsigned long i = slot - 1;

	if (i < p->n_fixed)
		return p->fixed + (i << PAGE_SHIFT);
	return pfn_to_kaddr(p->pfn[i - p->n_fixed]);
}

static inline unsigned long osm_slots(const struct osm_pool *p)
{
	return p->n_fixed + p->n;
}

/* ram.c: the ranges, and the tables over them */
int osm_ram_find(struct osm *o);
/* Whether the ranges are still what they were. */
bool osm_ram_same(const struct osm *o);
/* false: no RAM */
bool osm_ram_index(const struct osm *o, unsigned long pfn, unsigned long *index);
int osm_tables_alloc(struct osm *o);
void osm_tables_free(struct osm *o);
u64 osm_tables_size(const struct osm *o);

/* pool.c: the reserve */
/* false: not in the direct map, so no RAM of the system */
bool osm_slot_pfn(const struct osm_pool *p, unsigned long slot, unsigned long *pfn);
int osm_pool_load(struct osm_pool *p);
void osm_pool_unload(struct osm_pool *p);
int osm_pool_take(struct osm *o, unsigned long pages, unsigned long keep, bool reclaim);
void osm_pool_wipe(struct osm *o);
void osm_pool_give_back(struct osm *o);
unsigned long osm_pool_available(void);

/* walk.c: page tables */
typedef void osm_leaf_fn(void *arg, unsigned long pfn, unsigned long pages, u64 entry);
void osm_walk(const struct osm *o, u64 root, unsigned long start, unsigned long end, osm_leaf_fn *fn, void *arg);
u64 osm_kernel_root(void);
/* Whether the page can be read by its address in the direct map. */
struct osm_direct {
	unsigned long start, end;	/* page frames that are known to be */
	u64 root;
};

bool osm_direct_mapped(const struct osm *o, struct osm_direct *d, unsigned long pfn);

/* classify.c */
/* By the struct page alone; *run: pages for which this holds, of a block of free ones. */
enum osmosis_class osm_classify_page(struct page *page, unsigned long *run);
/* EINTR */
int osm_classify(struct osm *o);
/* Whether a page that its struct page calls `now` may be of this special class. */
bool osm_apt(u8 now, u8 class);
void osm_special(struct osm *o, void (*mark)(struct osm *o, unsigned long index, unsigned long pfn, u8 class));
void osm_process_pages(struct osm *o, struct osm_process *p,
		       void (*mark)(struct osm *o, unsigned long index, unsigned long pfn, u8 class));
void osm_count(const struct osm *o, u64 *pages);

/* copy.c */
unsigned int osm_sync_page(u64 *to, const u64 *from);
void osm_calibrate(struct osm *o);

/* plan.c */
u64 osm_predict(const struct osm *o, u64 pages);
/* How many pages of each class are captured; o->open and the result's reason say what falls short. */
void osm_plan(struct osm *o, u64 pause_max, u64 *take);
void osm_learn(struct osm *o, u64 pages);

/* capture.c: o->result has the wishes; EINTR, EBUSY with a reason */
int osm_capture(struct osm *o);

/* stop.c: what happens while all CPUs are stopped */
int osm_stop(struct osm *o);

/* cpu.c */
int osm_cpu_watch(void);
void osm_cpu_unwatch(void);
void osm_cpu_exit(void);
void osm_cpu_record(struct osm_cpu *c, struct pt_regs *regs, u64 now);

/* Of the function that it stands in, whose frame must outlive the pause: what is scratch in it stays 0. */
static __always_inline void osm_regs_here(struct pt_regs *regs)
{
	*regs = (struct pt_regs){ 0 };
	asm volatile("movq %%rbx, %0" : "=m"(regs->bx));
	asm volatile("movq %%rbp, %0" : "=m"(regs->bp));
	asm volatile("movq %%r12, %0" : "=m"(regs->r12));
	asm volatile("movq %%r13, %0" : "=m"(regs->r13));
	asm volatile("movq %%r14, %0" : "=m"(regs->r14));
	asm volatile("movq %%r15, %0" : "=m"(regs->r15));
	asm volatile("movq %%rsp, %0" : "=m"(regs->sp));
	asm volatile("leaq (%%rip), %0" : "=r"(regs->ip));
}

u64 osm_cpu_displaced_at(unsigned int cpu);

/* guard.c */
int osm_guard_init(struct osm *o);
void osm_guard_exit(void);
enum osmosis_reason osm_guard_refuses(void);

#endif
