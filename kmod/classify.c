// SPDX-License-Identifier: GPL-2.0
/*
 * What each page is. Most say so themselves, in the flags of struct page; what
 * the kernel maps outside of the direct map is found in its page tables, the
 * stacks of tasks by their tasks, per-CPU areas by their offsets.
 *
 * While the system runs all this is a guess that the stop corrects.
 */
#include <linux/hugetlb.h>
#include <linux/page-flags.h>
#include <linux/percpu.h>
#include <linux/pgtable.h>
#include <linux/rcupdate.h>
#include <linux/sched/signal.h>
#include <linux/sched/task_stack.h>
#include <linux/swapops.h>
#include <linux/vmalloc.h>

#include "osmosis.h"

enum { MAX_TASKS = 1 << 20, MAX_ORDER_SEEN = 10 };

typedef void mark_fn(struct osm *o, unsigned long index, unsigned long pfn, u8 class);

static enum osmosis_class classify_mapped(struct folio *folio)
{
	unsigned long mapping = (unsigned long)READ_ONCE(folio->mapping);

	if (!mapping || !folio_ref_count(folio))
		return OSMOSIS_OTHER;
	if (mapping & PAGE_MAPPING_ANON)
		return OSMOSIS_ANON;
	if (mapping & PAGE_MAPPING_MOVABLE)
		return OSMOSIS_OTHER;
	return folio_test_swapbacked(folio) ? OSMOSIS_SHMEM : OSMOSIS_CACHE;
}

enum osmosis_class osm_classify_page(struct page *page, unsigned long *run)
{
	struct folio *folio;

	*run = 1;
	if (PageBuddy(page)) {
		unsigned long order = READ_ONCE(page->private);

		if (order <= MAX_ORDER_SEEN)
			*run = 1UL << order;
		return OSMOSIS_FREE;
	}
	if (PageHWPoison(page) || PageOffline(page))
		return OSMOSIS_HOLE;
	if (PageTable(page))
		return OSMOSIS_PAGETABLE;
	if (PageReserved(page))
		return OSMOSIS_BOOT;
	folio = page_folio(page);
	if (folio_test_slab(folio))
		return OSMOSIS_SLAB;
	if (PageHuge(page))
		return OSMOSIS_HUGETLB;
	return classify_mapped(folio);
}

/* --- memory with a meaning that its struct page does not tell ------------------------------ */

struct marking {
	struct osm *o;
	mark_fn *mark;
	u8 class;
	struct osm_process *process;
};

static void mark_range(struct marking *m, unsigned long pfn, unsigned long pages)
{
	unsigned long index;

	for (unsigned long i = 0; i < pages; i++)
		if (osm_ram_index(m->o, pfn + i, &index))
			m->mark(m->o, index, pfn + i, m->class);
}

static void mark_leaf(void *arg, unsigned long pfn, unsigned long pages, u64 entry)
{
	mark_range(arg, pfn, pages);
}

static void mark_mapped(struct marking *m, u8 class, unsigned long start, unsigned long end)
{
	m->class = class;
	osm_walk(m->o, osm_kernel_root(), start, end, mark_leaf, m);
}

static void mark_stack(struct marking *m, const struct task_struct *task)
{
	unsigned long stack = (unsigned long)READ_ONCE(task->stack);

	if (stack >= VMALLOC_START && stack < VMALLOC_END)
		mark_mapped(m, OSMOSIS_STACK, stack, stack + THREAD_SIZE);
	else if (stack >= PAGE_OFFSET && stack < VMALLOC_START)
		mark_range(m, PFN_DOWN(__pa(stack)), THREAD_SIZE >> PAGE_SHIFT);
}

static void mark_stacks(struct marking *m)
{
	struct task_struct *process, *task;
	unsigned int n = 0;

	m->class = OSMOSIS_STACK;
	rcu_read_lock();
	for_each_process_thread(process, task) {
		if (++n > MAX_TASKS)
			break;
		mark_stack(m, task);
	}
	rcu_read_unlock();
}

static DEFINE_PER_CPU(char, here);

/* The first chunk of per-CPU memory lies in the direct map: units of at most 2 MB, one for each CPU. */
static void mark_percpu(struct marking *m)
{
	unsigned int cpu;

	m->class = OSMOSIS_PERCPU;
	for_each_possible_cpu(cpu) {
		unsigned long at = (unsigned long)per_cpu_ptr(&here, cpu);

		/* our own variable lies in the reserved part of the first chunk, where modules' static ones are */
		if (at >= PAGE_OFFSET && at < VMALLOC_START)
			mark_range(m, PFN_DOWN(__pa(at & ~(PMD_SIZE - 1))), PMD_SIZE >> PAGE_SHIFT);
	}
}

void osm_special(struct osm *o, mark_fn *mark)
{
	struct marking m = { .o = o, .mark = mark };
	unsigned long top = o->ram[o->n_ram - 1].end;

	mark_mapped(&m, OSMOSIS_KERNEL, __START_KERNEL_map, MODULES_VADDR);
	mark_mapped(&m, OSMOSIS_PERCPU, CPU_ENTRY_AREA_BASE, CPU_ENTRY_AREA_BASE + P4D_SIZE);
	mark_percpu(&m);
	mark_stacks(&m);
	mark_mapped(&m, OSMOSIS_MODULE, MODULES_VADDR, MODULES_END);
	mark_mapped(&m, OSMOSIS_MEMMAP, (unsigned long)pfn_to_page(0), (unsigned long)(pfn_to_page(top - 1) + 1));
	mark_mapped(&m, OSMOSIS_VMALLOC, VMALLOC_START, VMALLOC_END);
}

static bool is_swapped(u64 entry)
{
	return !non_swap_entry(pte_to_swp_entry(__pte(entry)));
}

static void mark_process(void *arg, unsigned long pfn, unsigned long pages, u64 entry)
{
	struct marking *m = arg;
	unsigned long index;

	if (!pages) {
		m->process->swapped += is_swapped(entry);
		return;
	}
	for (unsigned long i = 0; i < pages; i++) {
		unsigned long run;
		enum osmosis_class now;

		if (!osm_ram_index(m->o, pfn + i, &index))
			continue;
		now = osm_classify_page(pfn_to_page(pfn + i), &run);
		if (now != OSMOSIS_ANON && now != OSMOSIS_SHMEM)
			continue;
		m->process->resident++;
		m->mark(m->o, index, pfn + i, OSMOSIS_PROCESS);
		m->process->captured += !!m->o->slot[index];
	}
}

void osm_process_pages(struct osm *o, struct osm_process *p, mark_fn *mark)
{
	struct marking m = { .o = o, .mark = mark, .process = p };

	p->resident = 0;
	p->swapped = 0;
	p->captured = 0;
	osm_walk(o, __pa(p->mm->pgd), 0, TASK_SIZE_MAX, mark_process, &m);
}

/* What was freed of the image at boot, and given out again, is still in its mapping: but it is not reserved any more. */
bool osm_apt(u8 now, u8 class)
{
	if (class == OSMOSIS_PROCESS)
		return now == OSMOSIS_ANON || now == OSMOSIS_SHMEM;
	if (class == OSMOSIS_KERNEL || class == OSMOSIS_PERCPU)
		return now == OSMOSIS_BOOT;
	return now == OSMOSIS_OTHER || now == OSMOSIS_BOOT;
}

/* --- all of it, while the system runs -------------------------------------------------------- */

static void mark_running(struct osm *o, unsigned long index, unsigned long pfn, u8 class)
{
	if (osm_apt(o->kind[index], class))
		o->kind[index] = class;
}

static void classify_chunk(struct osm *o, const struct osm_ram *r, unsigned long pfn, unsigned long end)
{
	unsigned long index = r->index + (pfn - r->start), run;

	if (!pfn_to_online_page(pfn)) {
		memset(&o->kind[index], OSMOSIS_HOLE, end - pfn);
		return;
	}
	while (pfn < end) {
		u8 class = osm_classify_page(pfn_to_page(pfn), &run);

		run = min(run, end - pfn);
		memset(&o->kind[index], class, run);
		pfn += run;
		index += run;
	}
}

static void mark_table(struct osm *o, const void *table, u64 size)
{
	unsigned long index;

	for (u64 at = 0; table && at < size; at += PAGE_SIZE)
		if (osm_ram_index(o, vmalloc_to_pfn(table + at), &index))
			o->kind[index] = OSMOSIS_OWN;
}

static void mark_own(struct osm *o)
{
	unsigned long index, pfn;

	for (unsigned long slot = 1; slot <= osm_slots(&o->pool); slot++)
		if (osm_slot_pfn(&o->pool, slot, &pfn) && osm_ram_index(o, pfn, &index))
			o->kind[index] = OSMOSIS_OWN;
	mark_table(o, o->kind, o->n_pages);
	mark_table(o, o->slot, (u64)o->n_pages * sizeof(*o->slot));
	mark_table(o, o->chunk_done, o->n_chunks);
	mark_table(o, o->cpus, (u64)nr_cpu_ids * sizeof(*o->cpus));
	mark_table(o, o->pool.pfn, (u64)o->pool.room * sizeof(*o->pool.pfn));
}

int osm_classify(struct osm *o)
{
	for (unsigned int i = 0; i < o->n_ram; i++) {
		const struct osm_ram *r = &o->ram[i];

		for (unsigned long pfn = r->start, next; pfn < r->end; pfn = next) {
			next = min((pfn | (OSM_CHUNK - 1)) + 1, r->end);
			classify_chunk(o, r, pfn, next);
			if (osm_cancelled(o))
				return -EINTR;
			cond_resched();
		}
	}
	osm_special(o, mark_running);
	for (unsigned int i = 0; i < o->n_processes; i++)
		osm_process_pages(o, &o->processes[i], mark_running);
	mark_own(o);
	return 0;
}

void osm_count(const struct osm *o, u64 *pages)
{
	memset(pages, 0, OSMOSIS_N_CLASSES * sizeof(*pages));
	for (unsigned long i = 0; i < o->n_pages; i++)
		pages[o->kind[i] & OSMOSIS_MAP_CLASS]++;
}
