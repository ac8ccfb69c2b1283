/* SPDX-License-Identifier: MIT */
/* Critical sections: see critsec.h. */
#include "os/windows/critsec.h"

#include "base/cancel.h"
#include "base/map.h"
#include "os/windows/wine.h"
#include "target/argument.h"
#include "target/bind.h"

#include <inttypes.h>
#include <string.h>
#include <strings.h>

enum {
	MAX_SECTIONS = 1 << 20,
	MAX_RECURSION = 1000,
	MAX_STACK_WORDS = 96,
};

struct section {
	uint64_t has;
	uint64_t debug, lock_count, recursion, owner, semaphore, spin;
};
static const struct bind_member section_members[] = {
	{ "DebugInfo", offsetof(struct section, debug), BIND_UINT, false },
	{ "LockCount", offsetof(struct section, lock_count), BIND_INT, false },
	{ "RecursionCount", offsetof(struct section, recursion), BIND_INT, false },
	{ "OwningThread", offsetof(struct section, owner), BIND_UINT, false },
	{ "LockSemaphore", offsetof(struct section, semaphore), BIND_UINT, false },
	{ "SpinCount", offsetof(struct section, spin), BIND_UINT, false },
	{ NULL },
};
static const struct binding section_binding = { "ntdll", "_RTL_CRITICAL_SECTION", section_members };

struct debug {
	uint64_t has;
	uint64_t section, next, entries, contention;
};
static const struct bind_member debug_members[] = {
	{ "CriticalSection", offsetof(struct debug, section), BIND_UINT, false },
	{ "ProcessLocksList.Flink", offsetof(struct debug, next), BIND_UINT, false },
	{ "EntryCount", offsetof(struct debug, entries), BIND_UINT, false },
	{ "ContentionCount", offsetof(struct debug, contention), BIND_UINT, false },
	{ NULL },
};
static const struct binding debug_binding = { "ntdll", "_RTL_CRITICAL_SECTION_DEBUG",
					      debug_members };

enum critsec_encoding critsec_encoding(struct target *t)
{
	const struct dump_facts *f = target_facts(t);
	unsigned version = f->os_major << 8 | f->os_minor;

	if (!(f->has & FACT_OS_VERSION))
		return LOCKCOUNT_UNKNOWN;
	/* Wine implements them in the old way, whatever version it reports */
	if (windows_is_wine(t) || version < 0x502)
		return LOCKCOUNT_OLD;
	/* 5.2 without a service pack still counts the old way */
	if (version == 0x502 && !strstr(f->os_text, "Service Pack"))
		return LOCKCOUNT_OLD;
	return LOCKCOUNT_BITS;
}

static void decode_count(struct critsec *cs)
{
	switch (cs->encoding) {
	case LOCKCOUNT_BITS:
		cs->locked = !(cs->lock_count & 1);
		cs->waiter_woken = !(cs->lock_count & 2);
		cs->waiters = (uint64_t)((-1 - (int64_t)cs->lock_count) >> 2);
		if (cs->lock_count > -1)
			cs->waiters = 0;
		break;
	case LOCKCOUNT_OLD:
		cs->locked = cs->lock_count != -1;
		if (cs->lock_count >= cs->recursion_count && cs->recursion_count > 0)
			cs->waiters = (uint64_t)(cs->lock_count - (cs->recursion_count - 1));
		break;
	case LOCKCOUNT_UNKNOWN:
		cs->locked = cs->owning_thread != 0;
		break;
	}
}

/* Values that no sequence of Enter and Leave produces. */
static const char *find_corruption(struct target *t, const struct critsec *cs, struct arena *a)
{
	struct thread *threads;
	size_t n = target_threads(t, &threads);

	if (!cs->locked)
		return cs->encoding == LOCKCOUNT_OLD && cs->lock_count < -1
			       ? arena_printf(a, "LockCount %d is below -1", cs->lock_count)
			       : NULL;
	/* the owner is no thread but an address nearby: plain data lies there */
	if (!cs->owner && cs->owning_thread >> 16 && cs->owning_thread >> 16 == cs->address >> 16)
		return arena_printf(a, "OwningThread 0x%" PRIx64 " is no thread but an address near the "
				       "section: the memory was overwritten (LockCount %d would mean "
				       "%" PRIu64 " waiting threads)",
				    cs->owning_thread, cs->lock_count, cs->waiters);
	if (cs->waiters > n)
		return arena_printf(a, "LockCount %d means %" PRIu64
				       " waiting threads, the process has %zu",
				    cs->lock_count, cs->waiters, n);
	if (cs->recursion_count > MAX_RECURSION && !cs->owner)
		return arena_printf(a, "RecursionCount %d with an owner 0x%" PRIx64
				       " that is no thread",
				    cs->recursion_count, cs->owning_thread);
	if (cs->owning_thread > UINT32_MAX || (cs->owning_thread & 3 && !cs->owner))
		return arena_printf(a, "OwningThread 0x%" PRIx64 " cannot be a thread id",
				    cs->owning_thread);
	if (cs->recursion_count < 0)
		return arena_printf(a, "RecursionCount %d is negative", cs->recursion_count);
	if (cs->has_debug && cs->debug_section != cs->address)
		return arena_printf(a, "DebugInfo points back to 0x%" PRIx64, cs->debug_section);
	return NULL;
}

static void read_debug(struct target *t, struct critsec *cs)
{
	uint64_t none = cs->half == HALF_WOW || target_arch(t)->pointer_size == 4 ? UINT32_MAX
										   : UINT64_MAX;
	struct debug d;

	if (!cs->debug_info || cs->debug_info == none ||
	    err_ignore(bind_read(t, cs->half, &debug_binding, cs->debug_info, &d)))
		return;
	cs->has_debug = true;
	cs->entry_count = (uint32_t)d.entries;
	cs->contention_count = (uint32_t)d.contention;
	cs->debug_section = d.section;
}

struct err *critsec_read(struct target *t, enum thread_half half, uint64_t address,
			 struct arena *a, struct critsec *ret)
{
	struct section s;
	struct critsec cs = { .address = address, .half = half };

	TRY(bind_read(t, half, &section_binding, address, &s));
	TRY(bind_offset(t, half, &section_binding, "OwningThread", &cs.owner_at));
	TRY(bind_offset(t, half, &section_binding, "LockCount", &cs.count_at));
	cs.owner_at += address;
	cs.count_at += address;
	cs.debug_info = s.debug;
	cs.lock_count = (int32_t)s.lock_count;
	cs.recursion_count = (int32_t)s.recursion;
	cs.owning_thread = s.owner;
	cs.lock_semaphore = s.semaphore;
	cs.spin_count = s.spin;
	cs.encoding = critsec_encoding(t);
	read_debug(t, &cs);
	decode_count(&cs);
	cs.owner = s.owner <= UINT32_MAX ? target_thread_by_tid(t, (uint32_t)s.owner) : NULL;
	cs.corrupt = find_corruption(t, &cs, a);
	cs.orphaned = cs.locked && !cs.corrupt && s.owner && !cs.owner;
	*ret = cs;
	return NULL;
}

static const char *ntdll_of(struct target *t, enum thread_half half)
{
	enum machine machine = half == HALF_WOW ? MACHINE_X86 : target_facts(t)->machine;
	struct module **modules;
	size_t n = target_modules(t, &modules);

	for (size_t i = 0; i < n; i++)
		if (modules[i]->machine == machine &&
		    strcasecmp(modules[i]->image_name, "ntdll.dll") == 0)
			return modules[i]->name;
	return NULL;
}

/* The head by symbol; without one, the list is circular, so that any section
 * that is on it leads around it: PEB.FastPebLock and PEB.LoaderLock are. */
static struct err *find_head(struct target *t, enum thread_half half, uint64_t *ret)
{
	const char *ntdll = ntdll_of(t, half);
	CLEANUP(strbuf_deinit) struct strbuf sb = STRBUF_INIT;

	if (!ntdll)
		return err_new(ERR_NOTFOUND, "ntdll is not among the modules");
	strbuf_addf(&sb, "%s!RtlCriticalSectionList", ntdll);
	TRY(strbuf_check(&sb));
	return target_symbol_named(t, sb.s, ret);
}

struct peb_locks {
	uint64_t has;
	uint64_t fast, loader;
};
static const struct bind_member peb_members[] = {
	{ "FastPebLock", offsetof(struct peb_locks, fast), BIND_UINT, true },
	{ "LoaderLock", offsetof(struct peb_locks, loader), BIND_UINT, true },
	{ NULL },
};
static const struct binding peb_binding = { "ntdll", "_PEB", peb_members };

struct teb_peb {
	uint64_t has;
	uint64_t peb;
};
static const struct bind_member teb_members[] = {
	{ "ProcessEnvironmentBlock", offsetof(struct teb_peb, peb), BIND_UINT, false },
	{ NULL },
};
static const struct binding teb_binding = { "ntdll", "_TEB", teb_members };

static struct err *list_entry_of(struct target *t, enum thread_half half, uint64_t section,
				 uint64_t *ret)
{
	uint64_t offset = 0;
	struct section s;
	struct debug d;

	TRY(bind_read(t, half, &section_binding, section, &s));
	TRY(bind_read(t, half, &debug_binding, s.debug, &d));
	if (d.section != section)
		return err_new(ERR_CORRUPT, "debug information does not point back");
	TRY(bind_offset(t, half, &debug_binding, "ProcessLocksList", &offset));
	*ret = s.debug + offset;
	return NULL;
}

/* All threads share one PEB. */
static bool read_peb_locks(struct target *t, enum thread_half half, struct peb_locks *ret)
{
	struct thread *threads;
	size_t n = target_threads(t, &threads);

	for (size_t i = 0; i < n; i++) {
		uint64_t teb = half == HALF_WOW ? threads[i].teb32 : threads[i].teb;
		struct teb_peb tp;

		if (teb && !err_ignore(bind_read(t, half, &teb_binding, teb, &tp)) &&
		    !err_ignore(bind_read(t, half, &peb_binding, tp.peb, ret)))
			return true;
	}
	return false;
}

uint64_t critsec_loader_lock(struct target *t, enum thread_half half)
{
	struct peb_locks locks;

	return read_peb_locks(t, half, &locks) ? locks.loader : 0;
}

static struct err *find_through_peb(struct target *t, enum thread_half half, uint64_t *ret)
{
	struct peb_locks locks;

	if (read_peb_locks(t, half, &locks)) {
		if (locks.loader && !err_ignore(list_entry_of(t, half, locks.loader, ret)))
			return NULL;
		if (locks.fast && !err_ignore(list_entry_of(t, half, locks.fast, ret)))
			return NULL;
	}
	return err_new(ERR_NOTFOUND, "the list of critical sections was not found: symbols for "
				     "ntdll or full memory are needed");
}

/* Is this list entry the head in ntdll's data rather than a section's? */
static bool is_head(struct target *t, enum thread_half half, uint64_t entry, uint64_t offset)
{
	struct debug d;
	struct section s;

	return err_ignore(bind_read(t, half, &debug_binding, entry - offset, &d)) ||
	       err_ignore(bind_read(t, half, &section_binding, d.section, &s)) ||
	       s.debug != entry - offset;
}

static struct err *walk(struct target *t, enum thread_half half, struct arena *a, uint64_t start,
			bool start_is_head, critsec_visitor *v, void *arg,
			struct critsec_walk *ret)
{
	unsigned size = half == HALF_WOW ? 4 : target_arch(t)->pointer_size;
	const struct arch_memory *m = target_memory(t);
	struct u64map seen = U64MAP_INIT;
	uint64_t offset = 0, at = start;
	struct err *e = bind_offset(t, half, &debug_binding, "ProcessLocksList", &offset);
	bool skip = start_is_head;

	while (!e && ret->scanned < MAX_SECTIONS) {
		struct critsec cs;
		struct debug d;

		e = cancel_check();
		if (e || u64map_has(&seen, at))
			break;
		if (!u64map_put(&seen, at, NULL))
			e = err_nomem();
		if (!e && !skip && !is_head(t, half, at, offset) &&
		    !err_ignore(bind_read(t, half, &debug_binding, at - offset, &d)) &&
		    !err_ignore(critsec_read(t, half, d.section, a, &cs))) {
			ret->scanned++;
			if (!v(arg, &cs))
				break;
		}
		skip = false;
		if (!arch_read_uint(m, at, size, &at)) {
			ret->broken = "a list entry is not in the dump";
			break;
		}
	}
	if (!e && !ret->broken && at != start)
		ret->broken = "the list does not come back to its start";
	u64map_deinit(&seen);
	return e;
}

struct err *critsec_list(struct target *t, enum thread_half half, struct arena *a,
			 critsec_visitor *v, void *arg, struct critsec_walk *ret)
{
	struct err *e;
	uint64_t start = 0;

	*ret = (struct critsec_walk){ 0 };
	e = find_head(t, half, &start);
	if (!e)
		return walk(t, half, a, start, true, v, arg, ret);
	err_free(e);
	TRY(find_through_peb(t, half, &start));
	return walk(t, half, a, start, false, v, arg, ret);
}

static bool is_enter_frame(const char *function)
{
	return function && (strstr(function, "RtlEnterCriticalSection") ||
			    strstr(function, "RtlpEnterCriticalSection") ||
			    strstr(function, "RtlpWaitOnCriticalSection") ||
			    strstr(function, "RtlpWaitForCriticalSection") ||
			    strstr(function, "RtlpUnWaitCriticalSection") ||
			    strcmp(function, "EnterCriticalSection") == 0);
}

/* What its own debug structure points back to is a section, whatever else was overwritten. */
static bool is_proven(const struct critsec *cs)
{
	return cs->has_debug && cs->debug_section == cs->address;
}

/* A locked section, not owned by the thread itself. */
static bool is_contended(struct target *t, enum thread_half half, struct thread *th,
			 uint64_t address)
{
	CLEANUP(arena_deinit) struct arena a = ARENA_INIT;
	struct critsec cs;

	return address && !(address & 3) &&
	       !err_ignore(critsec_read(t, half, address, &a, &cs)) && cs.locked &&
	       (cs.corrupt ? is_proven(&cs) : cs.owner && cs.owner != th && cs.recursion_count > 0);
}

/* What an argument names needs less of a proof: its owner may be gone. */
static bool is_locked(struct target *t, enum thread_half half, struct thread *th, uint64_t address)
{
	CLEANUP(arena_deinit) struct arena a = ARENA_INIT;
	struct critsec cs;

	return address && !(address & 3) && !err_ignore(critsec_read(t, half, address, &a, &cs)) && cs.locked &&
	       !cs.corrupt && cs.owner != th;
}

static uint64_t search_frame(struct target *t, enum thread_half half, struct thread *th,
			     const struct frame *f, uint64_t end)
{
	unsigned size = f->regs.arch->pointer_size;

	for (unsigned i = 0; i < f->regs.arch->n_regs && i < ARCH_MAX_REGS; i++)
		if (regs_has(&f->regs, i) && i != f->regs.arch->ip && i != f->regs.arch->sp &&
		    is_contended(t, half, th, f->regs.v[i]))
			return f->regs.v[i];
	for (uint64_t at = f->sp, n = 0; at < end && n < MAX_STACK_WORDS; at += size, n++) {
		uint64_t word;

		if (arch_read_uint(target_memory(t), at, size, &word) &&
		    is_contended(t, half, th, word))
			return word;
	}
	return 0;
}

enum critsec_wait critsec_waited_by(struct target *t, struct thread *th, enum thread_half half, uint64_t *ret)
{
	CLEANUP(arena_deinit) struct arena a = ARENA_INIT;
	struct stack_options options = { .max_frames = 16, .half = half, .no_inlines = true };
	struct stack stack = { 0 };
	enum critsec_wait how = CRITSEC_NO_WAIT;

	*ret = 0;
	if (err_ignore(stack_walk(t, th, &options, &a, &stack)))
		return how;
	for (size_t i = 0; i < stack.n && !*ret; i++) {
		const struct frame *f = &stack.frames[i];
		uint64_t end = i + 1 < stack.n ? stack.frames[i + 1].sp + 64 : f->sp + 512, section = 0;
		enum argument_how given;

		if (!is_enter_frame(f->function))
			continue;
		given = frame_argument(t, &stack, i, 0, &section);
		if ((given >= ARGUMENT_CODE && is_locked(t, half, th, section)) ||
		    (given != ARGUMENT_UNKNOWN && is_contended(t, half, th, section))) {
			*ret = section;
			return given == ARGUMENT_INFERRED ? CRITSEC_INFERRED : CRITSEC_ARGUMENT;
		}
		*ret = search_frame(t, half, th, f, end);
		how = *ret ? CRITSEC_INFERRED : CRITSEC_UNKNOWN;
	}
	return how;
}
