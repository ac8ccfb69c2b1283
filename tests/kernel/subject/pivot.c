// SPDX-License-Identifier: GPL-2.0
/*
 * Pivot for kernels (after Ottmann, Breitinger, Freiling: "As if time had stopped"): counters in all kinds of memory,
 * written in a fixed order by all processors, so that a dump of one instant can be told from one that was copied while
 * time went on. tests/harm/pivot.c is the same for a process.
 *
 * The places are one chain. One thread on each processor has its part of it. In round k each writes k to its places,
 * one after the other, then the thread of the next processor goes on. At any instant therefore
 *	place[0] >= place[1] >= ... >= place[n-1] >= place[0] - 1.
 *
 * /proc/pivot read: "place KIND VIRTUAL PHYSICAL" for each in the chain's order, then "turn N" and "state halted|going".
 * /proc/pivot write: "page PATH INDEX" a page of a file's page cache, "user ADDRESS" of the writer's own memory become
 * places; "go" starts the threads, "halt" ends them.
 */
#include <linux/fs.h>
#include <linux/io.h>
#include <linux/kthread.h>
#include <linux/mm.h>
#include <linux/module.h>
#include <linux/pagemap.h>
#include <linux/percpu.h>
#include <linux/proc_fs.h>
#include <linux/sched.h>
#include <linux/seq_file.h>
#include <linux/slab.h>
#include <linux/uaccess.h>
#include <linux/vmalloc.h>

enum { MOST = 256, EACH = 8, VMALLOC = 4 << 20, LARGE_ORDER = 9 };

struct place {
	const char *kind;
	u64 *at;
	phys_addr_t physical;
};

static struct place places[MOST];
static unsigned int n_places;
static u64 turn;
static u64 in_data;
static u64 in_initialized = 1;
static DEFINE_PER_CPU(u64, in_percpu);
static struct task_struct *threads[NR_CPUS];
static unsigned int n_threads;
static DEFINE_MUTEX(pivot_lock);

static int add(const char *kind, void *at, phys_addr_t physical)
{
	if (!at || n_places == MOST)
		return -ENOMEM;
	places[n_places++] = (struct place){ kind, at, physical };
	WRITE_ONCE(*(u64 *)at, 0);
	return 0;
}

static phys_addr_t physical_of(const void *at)
{
	if (virt_addr_valid(at))
		return virt_to_phys((void *)at);
	return page_to_phys(vmalloc_to_page(at)) + offset_in_page(at);
}

static int add_kernel(const char *kind, void *at)
{
	return at ? add(kind, at, physical_of(at)) : -ENOMEM;
}

/* Neighbours in the chain are of different kinds, so that they lie far apart. */
static int add_all(void)
{
	char *v = vmalloc(VMALLOC);
	char *large = (char *)__get_free_pages(GFP_KERNEL, LARGE_ORDER);
	int i, cpu, rc = 0;

	if (!v || !large)
		return -ENOMEM;
	memset(v, 0, VMALLOC);
	for (i = 0; i < EACH && !rc; i++) {
		rc = add_kernel("slab", kmalloc(64 << (i % 3), GFP_KERNEL));
		if (!rc)
			rc = add_kernel("vmalloc", v + (VMALLOC / EACH) * (i & 1 ? EACH - 1 - i / 2 : i / 2));
		if (!rc)
			rc = add_kernel("page", (void *)__get_free_page(GFP_KERNEL));
		if (!rc)
			rc = add_kernel("large", large + (PAGE_SIZE << LARGE_ORDER) / EACH * i);
	}
	if (!rc)
		rc = add_kernel("module", &in_data);
	for_each_online_cpu(cpu)
		if (!rc)
			rc = add_kernel("percpu", per_cpu_ptr(&in_percpu, cpu));
	return rc ? rc : add_kernel("module", &in_initialized);
}

static int add_page(char *words)
{
	unsigned long index = 0;
	char path[80];
	struct file *f;
	struct page *page;

	if (sscanf(words, "%79s %lu", path, &index) != 2)
		return -EINVAL;
	f = filp_open(path, O_RDWR, 0);
	if (IS_ERR(f))
		return PTR_ERR(f);
	/* The page keeps a reference, so that nothing takes it out of the cache. */
	page = read_mapping_page(f->f_mapping, index, f);
	filp_close(f, NULL);
	if (IS_ERR(page))
		return PTR_ERR(page);
	return add("pagecache", page_address(page), page_to_phys(page));
}

static int add_user(char *words)
{
	unsigned long at;
	struct page *page;

	if (kstrtoul(strim(words), 0, &at) || at % sizeof(u64))
		return -EINVAL;
	if (pin_user_pages_fast(at, 1, FOLL_WRITE | FOLL_LONGTERM, &page) != 1)
		return -EFAULT;
	return add("user", page_address(page) + offset_in_page(at), page_to_phys(page) + offset_in_page(at));
}

static int take_turns(void *arg)
{
	unsigned int me = (unsigned long)arg, first = n_places * me / n_threads, end = n_places * (me + 1) / n_threads;
	u64 k;
	unsigned int i;

	for (k = 1;; k++) {
		while (smp_load_acquire(&turn) != n_threads * (k - 1) + me) {
			if (kthread_should_stop())
				return 0;
			cond_resched();
			cpu_relax();
		}
		for (i = first; i < end; i++)
			smp_store_release(places[i].at, k);
		smp_store_release(&turn, n_threads * (k - 1) + me + 1);
	}
}

static void end_turns(void)
{
	unsigned int i;

	for (i = 0; i < n_threads; i++)
		kthread_stop(threads[i]);
	n_threads = 0;
}

static int go(void)
{
	unsigned int i, cpu, n = 0;

	if (n_threads)
		return -EBUSY;
	turn = 0;
	for (i = 0; i < n_places; i++)
		*places[i].at = 0;
	for_each_online_cpu(cpu) {
		struct task_struct *t = kthread_create(take_turns, (void *)(unsigned long)n, "pivot/%u", cpu);

		if (IS_ERR(t))
			break;
		kthread_bind(t, cpu);
		set_user_nice(t, 19);
		threads[n++] = t;
	}
	n_threads = n;
	for (i = 0; i < n; i++)
		wake_up_process(threads[i]);
	return n ? 0 : -ENOMEM;
}

static int command(char *words)
{
	if (!strncmp(words, "halt", 4)) {
		end_turns();
		return 0;
	}
	if (!strncmp(words, "go", 2))
		return go();
	if (n_threads)
		return -EBUSY;
	if (!strncmp(words, "page ", 5))
		return add_page(words + 5);
	if (!strncmp(words, "user ", 5))
		return add_user(words + 5);
	return -EINVAL;
}

static ssize_t pivot_write(struct file *f, const char __user *from, size_t size, loff_t *at)
{
	char words[128] = "";
	int rc;

	if (size >= sizeof(words) || copy_from_user(words, from, size))
		return -EFAULT;
	mutex_lock(&pivot_lock);
	rc = command(words);
	mutex_unlock(&pivot_lock);
	return rc ? rc : size;
}

static int pivot_show(struct seq_file *s, void *v)
{
	unsigned int i;

	mutex_lock(&pivot_lock);
	for (i = 0; i < n_places; i++)
		seq_printf(s, "place %s %#lx %#llx\n", places[i].kind, (unsigned long)places[i].at, (u64)places[i].physical);
	seq_printf(s, "turn %llu\nstate %s\n", smp_load_acquire(&turn), n_threads ? "going" : "halted");
	mutex_unlock(&pivot_lock);
	return 0;
}

static int pivot_open(struct inode *inode, struct file *f)
{
	return single_open(f, pivot_show, NULL);
}

static const struct proc_ops pivot_ops = {
	.proc_open = pivot_open,
	.proc_read = seq_read,
	.proc_lseek = seq_lseek,
	.proc_release = single_release,
	.proc_write = pivot_write,
};

static int __init pivot_init(void)
{
	int rc = add_all();

	if (rc)
		return rc;
	return proc_create("pivot", 0600, NULL, &pivot_ops) ? 0 : -ENOMEM;
}

module_init(pivot_init);
MODULE_LICENSE("GPL");
MODULE_DESCRIPTION("counters that prove whether a dump is of one instant");
