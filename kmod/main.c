// SPDX-License-Identifier: GPL-2.0
/*
 * /dev/osmosis: the state machine. The open file owns the capture; closing it,
 * by whatever way its process ends, wipes and gives back all. An open file
 * holds the module, so it cannot be unloaded in any state but idle.
 */
#include <linux/capability.h>
#include <linux/fs.h>
#include <linux/miscdevice.h>
#include <linux/module.h>
#include <linux/pid.h>
#include <linux/sched/mm.h>
#include <linux/uaccess.h>
#include <linux/version.h>
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 9, 0)
#include <linux/vmcore_info.h>
#else
#include <linux/crash_core.h>
#endif

#include "osmosis.h"

static struct osm the_osm = { .lock = __MUTEX_INITIALIZER(the_osm.lock) };
static unsigned long is_open;

static void set_state(struct osm *o, enum osmosis_state state)
{
	WRITE_ONCE(o->state, state);
	smp_mb(); /* guard.c looks at it */
}

/* --- ending ----------------------------------------------------------------------------------------- */

static void put_processes(struct osm *o)
{
	for (unsigned int i = 0; i < o->n_processes; i++)
		if (o->processes[i].mm) {
			mmput(o->processes[i].mm);
			o->processes[i].mm = NULL;
		}
}

static void end_capture(struct osm *o)
{
	put_processes(o);
	o->n_processes = 0;
	if (o->state != OSMOSIS_IDLE) {
		osm_pool_wipe(o);
		osm_pool_give_back(o);
		osm_tables_free(o);
	}
	WRITE_ONCE(o->cancel, false);
	set_state(o, OSMOSIS_IDLE);
}

/* --- info, count ------------------------------------------------------------------------------------ */

struct image {
	unsigned long va, start, end, physical;
};

/* In order of addresses, without holes; the walk tells no virtual addresses, but these are linear. */
static void see_image(void *arg, unsigned long pfn, unsigned long pages, u64 entry)
{
	struct image *m = arg;

	if (pages && (!m->physical || pfn << PAGE_SHIFT < m->physical))
		m->physical = pfn << PAGE_SHIFT;
	if (pages && (pfn + pages) << PAGE_SHIFT > m->end)
		m->end = (pfn + pages) << PAGE_SHIFT;
}

static void find_image(struct osm *o, struct osmosis_info *info)
{
	struct image m = { 0 };

	osm_walk(o, osm_kernel_root(), __START_KERNEL_map, MODULES_VADDR, see_image, &m);
	info->kernel_physical = m.physical;
	info->kernel_start = __START_KERNEL_map + (m.physical - phys_base);
	info->kernel_size = m.end - m.physical;
}

static int do_info(struct osm *o, void __user *to)
{
	struct osmosis_info info = {
		.abi = OSMOSIS_ABI,
		.state = o->state,
		.cpus = num_online_cpus(),
		.possible_cpus = nr_cpu_ids,
		.page_size = PAGE_SIZE,
		.page_offset = PAGE_OFFSET,
		.vmcoreinfo = paddr_vmcoreinfo_note(),
	};
	int rc = o->state == OSMOSIS_IDLE ? osm_ram_find(o) : 0;

	if (rc)
		return rc;
	info.n_ram = o->n_ram;
	info.boot_reserve = (u64)(o->pool.n_fixed + o->pool.n_kept) << PAGE_SHIFT;
	find_image(o, &info);
	return copy_to_user(to, &info, sizeof(info)) ? -EFAULT : 0;
}

static int do_ram(struct osm *o, void __user *to)
{
	struct osmosis_ram ram;

	if (copy_from_user(&ram, to, sizeof(ram)))
		return -EFAULT;
	if (ram.index >= o->n_ram)
		return -ENOENT;
	ram.start = (u64)o->ram[ram.index].start << PAGE_SHIFT;
	ram.end = (u64)o->ram[ram.index].end << PAGE_SHIFT;
	return copy_to_user(to, &ram, sizeof(ram)) ? -EFAULT : 0;
}

static int count_idle(struct osm *o, struct osmosis_count *count)
{
	int rc = osm_ram_find(o);

	if (!rc)
		rc = osm_tables_alloc(o);
	if (rc)
		return rc;
	rc = osm_classify(o);
	if (!rc)
		osm_count(o, count->pages);
	count->tables = osm_tables_size(o);
	count->available = osm_pool_available() + osm_slots(&o->pool);
	osm_tables_free(o);
	return rc;
}

static int do_count(struct osm *o, void __user *to)
{
	struct osmosis_count count = { 0 };
	int rc;

	if (o->state != OSMOSIS_IDLE)
		return -EBUSY;
	if (osm_guard_refuses())
		return -EPERM;
	rc = count_idle(o, &count);
	return rc ? rc : copy_to_user(to, &count, sizeof(count)) ? -EFAULT : 0;
}

/* --- arm ----------------------------------------------------------------------------------------------- */

static int take_process(struct osm *o, pid_t nr)
{
	struct pid *pid = find_get_pid(nr);
	struct task_struct *task = get_pid_task(pid, PIDTYPE_PID);
	struct mm_struct *mm = task ? get_task_mm(task) : NULL;

	put_pid(pid);
	if (task)
		put_task_struct(task);
	if (!mm)
		return -ESRCH;
	o->processes[o->n_processes++] = (struct osm_process){ .mm = mm, .pid = nr };
	return 0;
}

static int take_processes(struct osm *o, struct osmosis_arm *arm)
{
	if (arm->n_processes > OSMOSIS_MAX_PROCESSES)
		return -EINVAL;
	for (unsigned int i = 0; i < arm->n_processes; i++) {
		int rc = take_process(o, arm->processes[i]);

		if (rc) {
			arm->reason = OSMOSIS_WHY_PROCESS;
			return rc;
		}
	}
	return 0;
}

static u64 wanted_pages(struct osm *o, const struct osmosis_arm *arm)
{
	u64 pages[OSMOSIS_N_CLASSES], sum = 0;

	osm_count(o, pages);
	for (unsigned int c = 0; c < OSMOSIS_N_CLASSES; c++)
		if (arm->classes & OSMOSIS_MASK(c))
			sum += pages[c];
	/* an eighth for what is given out meanwhile, and what the plan keeps for that */
	sum += sum / 8 + 512;
	return arm->max_pages ? min(sum, arm->max_pages) : sum;
}

static int reserve(struct osm *o, struct osmosis_arm *arm)
{
	u64 keep = arm->keep_free ? arm->keep_free : o->n_pages / 32;
	int rc = osm_classify(o);

	if (rc)
		return rc;
	arm->wanted = wanted_pages(o, arm);
	rc = osm_pool_take(o, arm->wanted, keep, arm->flags & OSMOSIS_ARM_RECLAIM);
	if (rc)
		return rc;
	arm->reserved = osm_slots(&o->pool);
	if (osm_cancelled(o))
		return -EINTR;
	if (arm->reserved < arm->wanted)
		arm->reason = OSMOSIS_WHY_NO_MEMORY;
	if (arm->reserved < 256)
		return -ENOMEM;
	osm_calibrate(o);
	arm->predicted_ns = osm_predict(o, arm->wanted);
	return 0;
}

static int arm_idle(struct osm *o, struct osmosis_arm *arm)
{
	int rc;

	arm->reason = osm_guard_refuses();
	if (arm->reason)
		return arm->reason == OSMOSIS_WHY_LOCKDOWN ? -EPERM : -EBUSY;
	rc = osm_ram_find(o);
	if (!rc)
		rc = osm_tables_alloc(o);
	if (rc)
		return rc;
	set_state(o, OSMOSIS_ARMED);
	o->classes = arm->classes;
	rc = take_processes(o, arm);
	if (!rc)
		rc = reserve(o, arm);
	if (rc == -EINTR)
		arm->reason = OSMOSIS_WHY_CANCELLED;
	if (rc)
		end_capture(o);
	return rc;
}

static int do_arm(struct osm *o, void __user *to)
{
	struct osmosis_arm arm;
	int rc;

	if (copy_from_user(&arm, to, sizeof(arm)))
		return -EFAULT;
	if (arm.classes & ~OSMOSIS_ALL_CLASSES || !arm.classes || arm.flags & ~OSMOSIS_ARM_RECLAIM ||
	    arm.keep_free > LONG_MAX || arm.max_pages > LONG_MAX)
		return -EINVAL;
	arm.reason = 0;
	arm.wanted = 0;
	arm.reserved = 0;
	arm.predicted_ns = 0;
	rc = o->state == OSMOSIS_IDLE ? arm_idle(o, &arm) : -EBUSY;
	if (rc == -EBUSY && !arm.reason)
		arm.reason = OSMOSIS_WHY_STATE;
	return copy_to_user(to, &arm, sizeof(arm)) ? -EFAULT : rc;
}

/* --- capture, and what came of it -------------------------------------------------------------------- */

static int capture_armed(struct osm *o, const struct osmosis_capture *wish)
{
	int rc;

	memset(&o->result, 0, sizeof(o->result));
	o->result.pause_max_ns = wish->pause_max_ns;
	o->result.flags = wish->flags;
	set_state(o, OSMOSIS_CAPTURING);
	rc = osm_capture(o);
	put_processes(o);
	if (rc)
		end_capture(o);
	else
		set_state(o, OSMOSIS_READY);
	return rc;
}

static int do_capture(struct osm *o, void __user *to)
{
	struct osmosis_capture *wish = memdup_user(to, sizeof(*wish));
	int rc;

	if (IS_ERR(wish))
		return PTR_ERR(wish);
	if (!wish->pause_max_ns)
		wish->pause_max_ns = OSMOSIS_PAUSE_DEFAULT_NS;
	if (o->state == OSMOSIS_ARMED && !(wish->flags & ~(OSMOSIS_CAPTURE_PLAIN | OSMOSIS_CAPTURE_HOLD)) &&
	    wish->pause_max_ns <= OSMOSIS_PAUSE_MOST_NS)
		rc = capture_armed(o, wish);
	else
		rc = o->state == OSMOSIS_ARMED ? -EINVAL : -EBUSY;
	kfree(wish);
	return copy_to_user(to, &o->result, sizeof(o->result)) ? -EFAULT : rc;
}

static bool is_ready(const struct osm *o)
{
	return o->state == OSMOSIS_READY || o->state == OSMOSIS_DRAINING;
}

static int do_result(struct osm *o, void __user *to)
{
	if (!is_ready(o))
		return -EBUSY;
	return copy_to_user(to, &o->result, sizeof(o->result)) ? -EFAULT : 0;
}

static int do_cpu(struct osm *o, void __user *to)
{
	struct osmosis_cpu __user *cpu = to;
	u32 nr;

	if (get_user(nr, &cpu->cpu))
		return -EFAULT;
	if (!is_ready(o))
		return -EBUSY;
	if (nr >= nr_cpu_ids)
		return -ENOENT;
	o->cpus[nr].out.cpu = nr;
	return copy_to_user(to, &o->cpus[nr].out, sizeof(*cpu)) ? -EFAULT : 0;
}

static int do_process(struct osm *o, void __user *to)
{
	struct osmosis_process p;

	if (copy_from_user(&p, to, sizeof(p)))
		return -EFAULT;
	if (!is_ready(o))
		return -EBUSY;
	if (p.index >= o->n_processes)
		return -ENOENT;
	p.pid = o->processes[p.index].pid;
	p.resident = o->processes[p.index].resident;
	p.swapped = o->processes[p.index].swapped;
	p.captured = o->processes[p.index].captured;
	return copy_to_user(to, &p, sizeof(p)) ? -EFAULT : 0;
}

static int do_map(struct osm *o, void __user *from)
{
	struct osmosis_map map;
	unsigned long index, last;

	if (copy_from_user(&map, from, sizeof(map)))
		return -EFAULT;
	if (!is_ready(o))
		return -EBUSY;
	if (!map.n || map.n > 1 << 20 || map.pfn > ULONG_MAX - map.n || !osm_ram_index(o, map.pfn, &index) ||
	    !osm_ram_index(o, map.pfn + map.n - 1, &last) || last - index != map.n - 1)
		return -EINVAL;
	return copy_to_user(u64_to_user_ptr(map.buffer), &o->kind[index], map.n) ? -EFAULT : 0;
}

static long do_locked(struct osm *o, unsigned int cmd, void __user *arg)
{
	switch (cmd) {
	case OSMOSIS_IOC_INFO:
		return do_info(o, arg);
	case OSMOSIS_IOC_RAM:
		return do_ram(o, arg);
	case OSMOSIS_IOC_COUNT:
		return do_count(o, arg);
	case OSMOSIS_IOC_ARM:
		return do_arm(o, arg);
	case OSMOSIS_IOC_CAPTURE:
		return do_capture(o, arg);
	case OSMOSIS_IOC_RESULT:
		return do_result(o, arg);
	case OSMOSIS_IOC_CPU:
		return do_cpu(o, arg);
	case OSMOSIS_IOC_PROCESS:
		return do_process(o, arg);
	case OSMOSIS_IOC_MAP:
		return do_map(o, arg);
	case OSMOSIS_IOC_RELEASE:
		end_capture(o);
		return 0;
	}
	return -ENOTTY;
}

static long osm_ioctl(struct file *file, unsigned int cmd, unsigned long arg)
{
	struct osm *o = file->private_data;
	long rc;

	if (cmd == OSMOSIS_IOC_CANCEL) {
		WRITE_ONCE(o->cancel, true);
		return 0;
	}
	if (mutex_lock_interruptible(&o->lock))
		return -EINTR;
	rc = do_locked(o, cmd, (void __user *)arg);
	mutex_unlock(&o->lock);
	return rc;
}

/* --- draining ------------------------------------------------------------------------------------------- */

static ssize_t read_pages(struct osm *o, char __user *to, size_t len, u64 at)
{
	size_t done = 0;

	while (done < len) {
		unsigned long index, in_page = (at + done) & ~PAGE_MASK;
		size_t n = min(len - done, PAGE_SIZE - in_page);
		const char *from;

		if (!osm_ram_index(o, (at + done) >> PAGE_SHIFT, &index) || !(o->kind[index] & OSMOSIS_MAP_CAPTURED))
			return done ? done : -ENODATA;
		from = (const char *)osm_slot_page(&o->pool, o->slot[index]) + in_page;
		if (copy_to_user(to + done, from, n))
			return done ? done : -EFAULT;
		done += n;
		if (signal_pending(current))
			break;
	}
	return done;
}

static ssize_t osm_read(struct file *file, char __user *to, size_t len, loff_t *at)
{
	struct osm *o = file->private_data;
	ssize_t n = -EBUSY;

	if (mutex_lock_interruptible(&o->lock))
		return -EINTR;
	if (is_ready(o))
		n = read_pages(o, to, len, *at);
	if (n > 0)
		set_state(o, OSMOSIS_DRAINING);
	mutex_unlock(&o->lock);
	if (n > 0)
		*at += n;
	return n;
}

static int osm_open(struct inode *inode, struct file *file)
{
	if (!capable(CAP_SYS_RAWIO))
		return -EPERM;
	if (test_and_set_bit(0, &is_open))
		return -EBUSY;
	the_osm.cancel = false;
	file->private_data = &the_osm;
	return 0;
}

static int osm_release(struct inode *inode, struct file *file)
{
	struct osm *o = file->private_data;

	mutex_lock(&o->lock);
	end_capture(o);
	mutex_unlock(&o->lock);
	clear_bit_unlock(0, &is_open);
	return 0;
}

static const struct file_operations osm_fops = {
	.owner = THIS_MODULE,
	.open = osm_open,
	.release = osm_release,
	.read = osm_read,
	.unlocked_ioctl = osm_ioctl,
	.llseek = default_llseek,
};

static struct miscdevice osm_device = {
	.minor = MISC_DYNAMIC_MINOR,
	.name = "osmosis",
	.fops = &osm_fops,
	.mode = 0600,
};

static int __init osm_init(void)
{
	int rc = osm_pool_load(&the_osm.pool);

	if (!rc)
		rc = osm_guard_init(&the_osm);
	if (rc)
		goto no_pool;
	rc = misc_register(&osm_device);
	if (rc)
		goto no_device;
	return 0;
no_device:
	osm_guard_exit();
no_pool:
	osm_pool_unload(&the_osm.pool);
	return rc;
}

static void __exit osm_exit(void)
{
	misc_deregister(&osm_device);
	osm_cpu_exit();
	osm_guard_exit();
	osm_pool_unload(&the_osm.pool);
}

module_init(osm_init);
module_exit(osm_exit);
MODULE_DESCRIPTION("Osmosis: a consistent copy of the running kernel's memory");
MODULE_AUTHOR("Osmosis developers");
MODULE_VERSION("0.1.0");
MODULE_LICENSE("GPL");
