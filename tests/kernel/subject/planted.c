// SPDX-License-Identifier: GPL-2.0
/*
 * Planted trouble, for guests that are dumped: threads of the kernel that hang for good on every kind of lock, a work
 * item that does not come to its end, a timer, a slab cache with a known number of objects, and what user programs
 * can ask for. It cannot be unloaded.
 *
 * /proc/planted/facts: one fact a line, "kind name address key value ...". Threads are named after what they do.
 * /proc/planted/hang:  who reads it sleeps for good, uninterruptibly.
 * /proc/planted/mutex: the first who reads it takes planted_user and sleeps for good; the next wait for the mutex.
 * /proc/planted/spin:  "on": a thread that runs for good and lets others run; "hard": one that does not; "off".
 *                      PREEMPT_RT, where who waits for a spinlock sleeps: "lock": for 15 seconds threads hold and want a
 *                      spinlock and an rwlock, which are facts from then on.
 */
#include <linux/completion.h>
#include <linux/cpumask.h>
#include <linux/delay.h>
#include <linux/kthread.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/percpu-rwsem.h>
#include <linux/proc_fs.h>
#include <linux/rtmutex.h>
#include <linux/rwsem.h>
#include <linux/sched.h>
#include <linux/sched/signal.h>
#include <linux/semaphore.h>
#include <linux/seq_file.h>
#include <linux/slab.h>
#include <linux/timer.h>
#include <linux/uaccess.h>
#include <linux/workqueue.h>

enum { OBJECTS = 1000, FREED = 100, OBJECT_SIZE = 232, TIMER_HOURS = 5 };

static DEFINE_MUTEX(planted_a);
static DEFINE_MUTEX(planted_b);
static DEFINE_MUTEX(planted_user);
static DECLARE_RWSEM(planted_rwsem);
DEFINE_STATIC_PERCPU_RWSEM(planted_percpu);
static struct semaphore planted_semaphore;
static DEFINE_RT_MUTEX(planted_rtmutex);
static DECLARE_COMPLETION(planted_never);
static DECLARE_COMPLETION(a_taken);
static DECLARE_COMPLETION(b_taken);
static struct workqueue_struct *planted_queue;
static struct work_struct planted_work, planted_pending;
static struct timer_list planted_timer;
static struct kmem_cache *planted_cache;
static void *objects[OBJECTS];
static struct task_struct *spinner;

/* One thread that hangs: it takes what it holds, tells, then waits for what it never gets. */
struct role {
	const char *name;
	void (*hold)(void);
	void (*want)(void);
	struct completion held;
	struct task_struct *task;
};

static void take_a(void)
{
	mutex_lock(&planted_a);
	complete(&a_taken);
	wait_for_completion(&b_taken);
}

static void take_b(void)
{
	mutex_lock(&planted_b);
	complete(&b_taken);
	wait_for_completion(&a_taken);
}

static void nothing(void)
{
}

static void want_a(void)
{
	mutex_lock(&planted_a);
}

static void want_b(void)
{
	mutex_lock(&planted_b);
}

static void read_rwsem(void)
{
	down_read(&planted_rwsem);
}

static void write_rwsem(void)
{
	down_write(&planted_rwsem);
}

/* A reader that comes before the writer has queued gets the semaphore, too. */
static void writer_waits(void)
{
	while (!rwsem_is_contended(&planted_rwsem))
		msleep(1);
}

static void read_percpu(void)
{
	percpu_down_read(&planted_percpu);
}

static void write_percpu(void)
{
	percpu_down_write(&planted_percpu);
}

static void take_semaphore(void)
{
	down(&planted_semaphore);
}

static void take_rtmutex(void)
{
	rt_mutex_lock(&planted_rtmutex);
}

static void for_good(void)
{
	wait_for_completion(&planted_never);
}

static struct role roles[] = {
	{ "planted_ab", take_a, want_b },
	{ "planted_ba", take_b, want_a },
	{ "planted_third", nothing, want_a },
	{ "planted_reader", read_rwsem, for_good },
	{ "planted_writer", nothing, write_rwsem },
	{ "planted_behind", writer_waits, read_rwsem },
	{ "planted_pcread", read_percpu, for_good },
	{ "planted_pcwrite", nothing, write_percpu },
	{ "planted_semhold", take_semaphore, for_good },
	{ "planted_semwait", nothing, take_semaphore },
	{ "planted_rthold", take_rtmutex, for_good },
	{ "planted_rtwait", nothing, take_rtmutex },
};

static int hang(void *arg)
{
	struct role *r = arg;

	r->hold();
	complete(&r->held);
	r->want();
	for_good();
	return 0;
}

static int start_roles(void)
{
	int i;

	for (i = 0; i < ARRAY_SIZE(roles); i++)
		init_completion(&roles[i].held);
	for (i = 0; i < ARRAY_SIZE(roles); i++) {
		struct task_struct *t = kthread_create(hang, &roles[i], "%s", roles[i].name);

		if (IS_ERR(t))
			return PTR_ERR(t);
		get_task_struct(t);
		roles[i].task = t;
		wake_up_process(t);
		/* The two that lock each other out come to hold their first mutex only together. */
		if (i != 0)
			wait_for_completion(&roles[i].held);
		if (i == 1)
			wait_for_completion(&roles[0].held);
	}
	return 0;
}

static void work_hangs(struct work_struct *work)
{
	for_good();
}

static void timer_fires(struct timer_list *t)
{
}

/* A constructor keeps the cache from being merged with others of its size. */
static void construct(void *object)
{
	memset(object, 0x5a, OBJECT_SIZE);
}

static int fill_cache(void)
{
	int i;

	planted_cache = kmem_cache_create("planted_cache", OBJECT_SIZE, 0, 0, construct);
	if (!planted_cache)
		return -ENOMEM;
	for (i = 0; i < OBJECTS; i++) {
		objects[i] = kmem_cache_alloc(planted_cache, GFP_KERNEL);
		if (!objects[i])
			return -ENOMEM;
	}
	for (i = 0; i < FREED; i++) {
		kmem_cache_free(planted_cache, objects[i * 7]);
		objects[i * 7] = NULL;
	}
	return 0;
}

#ifdef CONFIG_PREEMPT_RT
enum { HELD_SECONDS = 15, APART_MS = 500 };

static DEFINE_SPINLOCK(planted_spinlock);
static DEFINE_RWLOCK(planted_rwlock);

/*
 * Runs, since who sleeps with a spinlock is warned of. It is in RCU's way, which makes it as urgent as the threads that
 * run timers: on a processor of its own, and not for long.
 */
static void hold_both(void)
{
	ktime_t end = ktime_add_ms(ktime_get(), HELD_SECONDS * 1000);

	spin_lock(&planted_spinlock);
	read_lock(&planted_rwlock);
	while (ktime_before(ktime_get(), end))
		cpu_relax();
	read_unlock(&planted_rwlock);
	spin_unlock(&planted_spinlock);
}

static void come_later(void)
{
	msleep(APART_MS);
}

static void come_last(void)
{
	msleep(2 * APART_MS);
}

static void want_spinlock(void)
{
	spin_lock(&planted_spinlock);
	spin_unlock(&planted_spinlock);
}

static void want_to_write(void)
{
	write_lock(&planted_rwlock);
	write_unlock(&planted_rwlock);
}

static void want_to_read(void)
{
	read_lock(&planted_rwlock);
	read_unlock(&planted_rwlock);
}

static struct role spin_roles[] = {
	{ "planted_spinner", nothing, hold_both },
	{ "planted_spwait", come_later, want_spinlock },
	{ "planted_rwwrite", come_later, want_to_write },
	{ "planted_rwread", come_last, want_to_read },
};

static int start_spin_roles(void)
{
	int i;

	if (spin_roles[0].task)
		return -EBUSY;
	if (!cpu_online(0) || !cpu_online(1))
		return -ENODEV;
	for (i = 0; i < ARRAY_SIZE(spin_roles); i++) {
		struct task_struct *t;

		init_completion(&spin_roles[i].held);
		t = kthread_create(hang, &spin_roles[i], "%s", spin_roles[i].name);
		if (IS_ERR(t))
			return PTR_ERR(t);
		kthread_bind(t, i == 0);
		get_task_struct(t);
		spin_roles[i].task = t;
	}
	for (i = 0; i < ARRAY_SIZE(spin_roles); i++)
		wake_up_process(spin_roles[i].task);
	return 0;
}

static void tell_spin_locks(struct seq_file *s)
{
	if (!spin_roles[ARRAY_SIZE(spin_roles) - 1].task)
		return;
	seq_printf(s, "lock spinlock planted_spinlock %#lx owner %d waiters %d\n", (unsigned long)&planted_spinlock,
		   task_pid_nr(spin_roles[0].task), task_pid_nr(spin_roles[1].task));
	seq_printf(s, "lock rwlock planted_rwlock %#lx owner %d waiters %d %d\n", (unsigned long)&planted_rwlock,
		   task_pid_nr(spin_roles[0].task), task_pid_nr(spin_roles[2].task), task_pid_nr(spin_roles[3].task));
}
#else
static int start_spin_roles(void)
{
	return -EOPNOTSUPP;
}

static void tell_spin_locks(struct seq_file *s)
{
}
#endif

static pid_t role_pid(const char *name)
{
	int i;

	for (i = 0; i < ARRAY_SIZE(roles); i++)
		if (!strcmp(roles[i].name, name))
			return task_pid_nr(roles[i].task);
	return 0;
}

static void tell_lock(struct seq_file *s, const char *kind, const char *name, const void *lock, const char *owner, const char *waiters)
{
	char list[64], *rest = list, *one;

	seq_printf(s, "lock %s %s %#lx owner %d waiters", kind, name, (unsigned long)lock, role_pid(owner));
	strscpy(list, waiters, sizeof(list));
	while ((one = strsep(&rest, " ")))
		seq_printf(s, " %d", role_pid(one));
	seq_putc(s, '\n');
}

static int facts_show(struct seq_file *s, void *v)
{
	int i;

	for (i = 0; i < ARRAY_SIZE(roles); i++)
		seq_printf(s, "thread %s %#lx pid %d\n", roles[i].name, (unsigned long)roles[i].task, task_pid_nr(roles[i].task));
	tell_lock(s, "mutex", "planted_a", &planted_a, "planted_ab", "planted_ba planted_third");
	tell_lock(s, "mutex", "planted_b", &planted_b, "planted_ba", "planted_ab");
	tell_lock(s, "rwsem", "planted_rwsem", &planted_rwsem, "planted_reader", "planted_writer planted_behind");
	tell_lock(s, "percpu_rwsem", "planted_percpu", &planted_percpu, "planted_pcread", "planted_pcwrite");
	tell_lock(s, "semaphore", "planted_semaphore", &planted_semaphore, "planted_semhold", "planted_semwait");
	tell_lock(s, "rtmutex", "planted_rtmutex", &planted_rtmutex, "planted_rthold", "planted_rtwait");
	tell_spin_locks(s);
	seq_printf(s, "lock mutex planted_user %#lx\n", (unsigned long)&planted_user);
	seq_printf(s, "completion planted_never %#lx\n", (unsigned long)&planted_never);
	seq_printf(s, "workqueue planted_queue %#lx running %#lx pending %#lx\n", (unsigned long)planted_queue,
		   (unsigned long)&planted_work, (unsigned long)&planted_pending);
	seq_printf(s, "timer planted_timer %#lx expires %lu function %#lx\n", (unsigned long)&planted_timer, planted_timer.expires,
		   (unsigned long)timer_fires);
	seq_printf(s, "slab planted_cache %#lx size %d objects %d first %#lx\n", (unsigned long)planted_cache, OBJECT_SIZE, OBJECTS - FREED,
		   (unsigned long)objects[1]);
	return 0;
}

static ssize_t hang_read(struct file *f, char __user *to, size_t size, loff_t *at)
{
	wait_for_completion(&planted_never);
	return 0;
}

static ssize_t mutex_read(struct file *f, char __user *to, size_t size, loff_t *at)
{
	mutex_lock(&planted_user);
	wait_for_completion(&planted_never);
	mutex_unlock(&planted_user);
	return 0;
}

static int spin(void *arg)
{
	while (!kthread_should_stop())
		cond_resched();
	return 0;
}

/* Ends nothing: the watchdogs are to find it. */
static int spin_hard(void *arg)
{
	preempt_disable();
	for (;;)
		cpu_relax();
	return 0;
}

static ssize_t spin_write(struct file *f, const char __user *from, size_t size, loff_t *at)
{
	char word[8] = "";
	int rc = 0;

	if (copy_from_user(word, from, min(size, sizeof(word) - 1)))
		return -EFAULT;
	if (spinner && !strncmp(word, "off", 3)) {
		kthread_stop(spinner);
		spinner = NULL;
	} else if (!spinner && !strncmp(word, "on", 2)) {
		spinner = kthread_run(spin, NULL, "planted_spin");
	} else if (!strncmp(word, "hard", 4)) {
		kthread_run(spin_hard, NULL, "planted_hard");
	} else if (!strncmp(word, "lock", 4)) {
		rc = start_spin_roles();
	} else {
		rc = -EINVAL;
	}
	return rc ? rc : size;
}

static const struct proc_ops hang_ops = { .proc_read = hang_read };
static const struct proc_ops mutex_ops = { .proc_read = mutex_read };
static const struct proc_ops spin_ops = { .proc_write = spin_write };

static int __init planted_init(void)
{
	struct proc_dir_entry *dir = proc_mkdir("planted", NULL);
	int rc;

	if (!dir)
		return -ENOMEM;
	sema_init(&planted_semaphore, 1);
	rc = start_roles();
	if (rc)
		return rc;
	planted_queue = alloc_ordered_workqueue("planted_queue", 0);
	if (!planted_queue)
		return -ENOMEM;
	INIT_WORK(&planted_work, work_hangs);
	INIT_WORK(&planted_pending, work_hangs);
	queue_work(planted_queue, &planted_work);
	queue_work(planted_queue, &planted_pending);
	timer_setup(&planted_timer, timer_fires, 0);
	mod_timer(&planted_timer, jiffies + TIMER_HOURS * 3600 * HZ);
	rc = fill_cache();
	if (rc)
		return rc;
	proc_create_single("facts", 0400, dir, facts_show);
	proc_create("hang", 0444, dir, &hang_ops);
	proc_create("mutex", 0444, dir, &mutex_ops);
	proc_create("spin", 0200, dir, &spin_ops);
	return 0;
}

module_init(planted_init);
MODULE_LICENSE("GPL");
MODULE_DESCRIPTION("trouble for tests of kernel dumps");
