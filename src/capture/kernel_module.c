/* SPDX-License-Identifier: MIT */
/*
 * The snapshot that osmosis.ko takes. Ctrl-C ends arming and the first pass:
 * its signal interrupts the call. Closing the device, also by our death, makes
 * the module wipe and give back what it has.
 */
#include "base/cancel.h"
#include "capture/kernel_impl.h"
#include "capture/proc.h"

#include "kmod/osmosis_uapi.h"
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

static const char *reason_text(uint32_t reason)
{
	switch (reason) {
	case OSMOSIS_WHY_LOCKDOWN:
		return "kernel_lockdown(7) is in mode confidentiality, which keeps the kernel's memory from everyone";
	case OSMOSIS_WHY_CPU_HOTPLUG:
		return "a CPU is just being added or taken away";
	case OSMOSIS_WHY_MEMORY_HOTPLUG:
		return "memory is just being added or taken away";
	case OSMOSIS_WHY_SUSPEND:
		return "the system is about to sleep";
	case OSMOSIS_WHY_NO_MEMORY:
		return "not enough memory could be set aside";
	case OSMOSIS_WHY_PAUSE:
		return "the pause was not to be longer";
	case OSMOSIS_WHY_PROCESS:
		return "a process that was named is gone, or has no memory of its own";
	case OSMOSIS_WHY_LAYOUT:
		return "memory was added or taken away meanwhile";
	default:
		return NULL;
	}
}

static struct err *refused(int errnum, uint32_t reason, const char *what)
{
	const char *text = reason_text(reason);

	if (errnum == EINTR) {
		TRY(cancel_check());
		return err_cancelled();
	}
	if (text)
		return err_new(ERR_UNSUPPORTED, "osmosis.ko does not %s: %s", what, text);
	return err_os(errnum, "osmosis.ko does not %s", what);
}

static struct err *open_device(int *ret)
{
	int fd = open(OSMOSIS_DEVICE, O_RDONLY | O_CLOEXEC);

	if (fd >= 0) {
		*ret = fd;
		return NULL;
	}
	if (errno == EBUSY)
		return err_new(ERR_UNSUPPORTED, "%s is in use: one capture at a time", OSMOSIS_DEVICE);
	if (errno == EPERM || errno == EACCES)
		return err_new(ERR_UNSUPPORTED, "%s: reading the kernel's memory needs root with CAP_SYS_RAWIO", OSMOSIS_DEVICE);
	return err_os(errno, "%s", OSMOSIS_DEVICE);
}

static struct err *read_info(int fd, struct osmosis_info *ret)
{
	if (ioctl(fd, OSMOSIS_IOC_INFO, ret))
		return err_os(errno, "%s", OSMOSIS_DEVICE);
	if (ret->abi != OSMOSIS_ABI || ret->page_size != KERNEL_PAGE)
		return err_new(ERR_UNSUPPORTED, "osmosis.ko speaks version %u of its interface, version %d is known here", ret->abi,
			       OSMOSIS_ABI);
	return NULL;
}

struct err *kernel_count(struct kernel_need *ret)
{
	struct osmosis_count count;
	struct osmosis_info info;
	struct err *e;
	int fd;

	TRY(open_device(&fd));
	e = read_info(fd, &info);
	if (!e && ioctl(fd, OSMOSIS_IOC_COUNT, &count))
		e = refused(errno, errno == EPERM ? OSMOSIS_WHY_LOCKDOWN : 0, "count");
	(void)close(fd);
	if (e)
		return e;
	for (unsigned i = 0; i < OSMOSIS_N_CLASSES; i++)
		if (!vec_push(&ret->pages, count.pages[i]))
			return err_nomem();
	ret->available = count.available;
	ret->tables = count.tables;
	return NULL;
}

/* --- what was captured ------------------------------------------------------------------------- */

static struct err *add_map(struct kernel_snapshot *s, uint64_t pfn, const uint8_t *kinds, uint64_t n)
{
	for (uint64_t i = 0; i < n; i++)
		if (kinds[i] & OSMOSIS_MAP_CAPTURED)
			TRY(kernel_add_range(s, (pfn + i) * KERNEL_PAGE, (pfn + i + 1) * KERNEL_PAGE, !(kinds[i] & OSMOSIS_MAP_INSTANT)));
	return NULL;
}

static struct err *read_ram(struct kernel_snapshot *s, const struct osmosis_ram *ram, uint8_t *kinds, uint64_t most)
{
	for (uint64_t pfn = ram->start / KERNEL_PAGE, end = ram->end / KERNEL_PAGE, n; pfn < end; pfn += n) {
		struct osmosis_map map = { .pfn = pfn, .buffer = (uintptr_t)kinds };

		TRY(cancel_check());
		n = end - pfn < most ? end - pfn : most;
		map.n = n;
		if (ioctl(s->fd, OSMOSIS_IOC_MAP, &map))
			return err_os(errno, "%s: which pages were captured", OSMOSIS_DEVICE);
		TRY(add_map(s, pfn, kinds, n));
	}
	return NULL;
}

static struct err *read_ranges(struct kernel_snapshot *s, uint32_t n_ram)
{
	enum { MOST = 1 << 18 };
	CLEANUP(freep) uint8_t *kinds = malloc(MOST);

	if (!kinds)
		return err_nomem();
	for (uint32_t i = 0; i < n_ram; i++) {
		struct osmosis_ram ram = { .index = i };

		if (ioctl(s->fd, OSMOSIS_IOC_RAM, &ram))
			return err_os(errno, "%s: ranges of memory", OSMOSIS_DEVICE);
		TRY(read_ram(s, &ram, kinds, MOST));
	}
	return NULL;
}

static struct err *read_cpus(struct kernel_snapshot *s, uint32_t possible)
{
	for (uint32_t i = 0; i < possible; i++) {
		struct osmosis_cpu cpu = { .cpu = i };
		struct kernel_cpu c;

		if (ioctl(s->fd, OSMOSIS_IOC_CPU, &cpu))
			return err_os(errno, "%s: CPU %u", OSMOSIS_DEVICE, i);
		if (!(cpu.flags & OSMOSIS_CPU_ONLINE))
			continue;
		c = (struct kernel_cpu){ .cpu = i, .pid = cpu.pid, .task = cpu.task, .displaced = cpu.flags & OSMOSIS_CPU_DISPLACED,
					 .user = cpu.flags & OSMOSIS_CPU_USER, .displaced_pid = cpu.displaced_pid,
					 .displaced_task = cpu.displaced_task, .displaced_sp = cpu.displaced_sp,
					 .displaced_ns = cpu.displaced_ns };
		memcpy(c.regs, cpu.regs, sizeof(c.regs));
		memcpy(c.user_regs, cpu.user_regs, sizeof(c.user_regs));
		memcpy(c.displaced_name, cpu.displaced_comm, sizeof(cpu.displaced_comm));
		if (!vec_push(&s->cpus, c))
			return err_nomem();
	}
	return NULL;
}

static void name_process(struct kernel_process *p)
{
	struct proc_stat stat;

	if (!err_ignore(proc_stat_read(p->pid, 0, &stat)))
		memcpy(p->name, stat.comm, sizeof(stat.comm));
}

static struct err *read_processes(struct kernel_snapshot *s, size_t n)
{
	for (uint32_t i = 0; i < n; i++) {
		struct osmosis_process from = { .index = i };
		struct kernel_process p;

		if (ioctl(s->fd, OSMOSIS_IOC_PROCESS, &from))
			return err_os(errno, "%s: process %u", OSMOSIS_DEVICE, i);
		p = (struct kernel_process){ .pid = from.pid, .resident = from.resident, .swapped = from.swapped, .captured = from.captured };
		name_process(&p);
		if (!vec_push(&s->processes, p))
			return err_nomem();
	}
	return NULL;
}

static struct err *read_vmcoreinfo(struct kernel_snapshot *s, uint64_t physical)
{
	enum { SIZE = KERNEL_PAGE };
	uint8_t *note = arena_alloc(&s->arena, SIZE);
	ssize_t n = 0;

	if (!note)
		return err_nomem();
	if (physical) /* on a page of its own; not among those captured when its class was not asked for, or cut */
		n = pread(s->fd, note, SIZE - physical % KERNEL_PAGE, (off_t)physical);
	if (n > 0)
		s->vmcoreinfo = kernel_vmcoreinfo(note, (size_t)n, &s->vmcoreinfo_size);
	if (!s->vmcoreinfo)
		kernel_kcore_vmcoreinfo(s);
	return NULL;
}

static struct err *take_figures(struct kernel_snapshot *s, const struct osmosis_capture *c, uint32_t classes)
{
	bool live = false;

	for (unsigned i = 0; i < OSMOSIS_N_CLASSES; i++) {
		const struct osmosis_class_result *r = &c->classes[i];
		struct kernel_figures f = { r->pages, r->captured, r->live, r->changed, r->fresh, classes & OSMOSIS_MASK(i),
					    c->whole & OSMOSIS_MASK(i) };

		live |= r->live;
		if (!vec_push(&s->classes, f))
			return err_nomem();
	}
	s->consistency = live ? CONSISTENCY_SMEARED : CONSISTENCY_INSTANTANEOUS;
	s->consistency_why = live ? "the pause ended before all pages were compared: those are listed as live" : "";
	s->partial = reason_text(c->reason);
	s->paused = true;
	s->time_ns = c->realtime_ns;
	s->pause_ns = c->pause_ns;
	s->inside_ns = c->inside_ns;
	s->call_ns = c->call_ns;
	s->predicted_ns = c->predicted_ns;
	s->first_pass_ns = c->first_pass_ns;
	s->cycles = c->cycles;
	s->compared = c->compared;
	s->changed_pages = c->changed_pages;
	s->changed_bytes = c->changed_bytes;
	s->fresh_pages = c->fresh_pages;
	s->dropped_pages = c->dropped_pages;
	s->reserved = c->slots;
	s->reserve_used = c->slots_used;
	return NULL;
}

/* --- source ------------------------------------------------------------------------------------------ */

static bool module_read(struct kernel_snapshot *s, uint64_t physical, uint8_t *buf, size_t len)
{
	for (size_t done = 0; done < len;) {
		ssize_t n = pread(s->fd, buf + done, len - done, (off_t)(physical + done));

		if (n < 0 && errno == EINTR && !cancel_requested())
			continue;
		if (n <= 0)
			return false;
		done += (size_t)n;
	}
	return true;
}

static const struct kernel_source source = { .read = module_read };

static struct err *arm(struct kernel_snapshot *s, const struct kernel_options *options, uint32_t classes)
{
	struct osmosis_arm arm = { .classes = classes, .flags = OSMOSIS_ARM_RECLAIM, .n_processes = (uint32_t)options->n_processes };

	for (size_t i = 0; i < options->n_processes; i++)
		arm.processes[i] = options->processes[i];
	progress_report("setting memory aside", 0, 0);
	return ioctl(s->fd, OSMOSIS_IOC_ARM, &arm) ? refused(errno, arm.reason, "arm") : NULL;
}

static struct err *capture(struct kernel_snapshot *s, const struct kernel_options *options, uint32_t classes)
{
	struct osmosis_capture *c = ARENA_NEW(&s->arena, struct osmosis_capture);

	if (!c)
		return err_nomem();
	c->pause_max_ns = options->pause_max_ns;
	c->flags = options->hold ? OSMOSIS_CAPTURE_HOLD : 0;
	progress_report("capturing", 0, 0);
	if (ioctl(s->fd, OSMOSIS_IOC_CAPTURE, c))
		return refused(errno, c->reason, "capture");
	return take_figures(s, c, classes);
}

struct err *kernel_module_take(const struct kernel_options *options, struct kernel_snapshot *s)
{
	uint32_t classes = options->classes ? options->classes : OSMOSIS_KERNEL_CLASSES;
	struct osmosis_info info;

	if (options->n_processes > OSMOSIS_MAX_PROCESSES)
		return err_new(ERR_USAGE, "%zu processes: at most %d can be named", options->n_processes, OSMOSIS_MAX_PROCESSES);
	if (options->n_processes)
		classes |= OSMOSIS_MASK(OSMOSIS_PROCESS);
	s->engine = "kernel-module";
	s->why = "osmosis.ko is loaded";
	s->source = &source;
	TRY(open_device(&s->fd));
	TRY(read_info(s->fd, &info));
	TRY(arm(s, options, classes));
	TRY(cancel_check());
	TRY(capture(s, options, classes));
	s->page_offset = info.page_offset;
	s->image_start = info.kernel_start;
	s->image_size = info.kernel_size;
	s->image_physical = info.kernel_physical;
	TRY(read_ranges(s, info.n_ram));
	TRY(read_cpus(s, info.possible_cpus));
	TRY(read_processes(s, options->n_processes));
	return read_vmcoreinfo(s, info.vmcoreinfo);
}
