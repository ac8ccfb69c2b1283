/* SPDX-License-Identifier: MIT */
/*
 * The fault of a dump: see fault.h. Exception codes from winnt.h and ntstatus.h;
 * the parameters of an access violation are the kind of access (0 read, 1 write,
 * 8 execute) and the address, which is all ones where the processor raised a
 * general protection fault, that is, for addresses that are not canonical. Mach:
 * exception_types.h. Codes that tools use for dumps without a failure: Breakpad's
 * exception_handler.h (0x0517a7ed), Crashpad's simulated exceptions.
 */
#include "pattern/fault.h"

#include "os/linux/signals.h"
#include "os/windows/status.h"
#include "target/regions.h"

#include <stdio.h>

enum { NULL_LIMIT = 0x10000, LINUX_NULL_LIMIT = 0x1000, STATE_FREE = 0x10000, SIGILL_ = 4, SIGTRAP_ = 5, SIGABRT_ = 6, SIGFPE_ = 8,
       SIGSEGV_ = 11 };

const char *fault_class_name(enum fault_class c)
{
	static const char *const names[] = {
		[FAULT_NONE] = "none",		       [FAULT_ACCESS] = "access violation",
		[FAULT_STACK_OVERFLOW] = "stack overflow", [FAULT_CPP] = "C++ exception",
		[FAULT_ABORT] = "abort",	       [FAULT_FAST_FAIL] = "fast fail",
		[FAULT_BREAKPOINT] = "breakpoint",     [FAULT_ARITHMETIC] = "arithmetic exception",
		[FAULT_REQUESTED] = "dump on request", [FAULT_OTHER] = "other exception",
	};

	return names[c];
}

const char *fault_place_text(enum fault_place p)
{
	static const char *const texts[] = {
		[PLACE_UNKNOWN] = "an address of which the dump tells nothing more",
		[PLACE_NULL] = "pages that are never mapped, for null pointers to fault on",
		[PLACE_STACK_END] = "the end of a stack",
		[PLACE_UNMAPPED] = "memory that is not mapped",
		[PLACE_PROTECTED] = "memory that does not allow the access",
		[PLACE_NOT_CANONICAL] = "an address that is not canonical",
	};

	return texts[p];
}

bool fault_is_exception(const struct target *t, const struct fault *f, uint32_t code)
{
	return target_facts(t)->os == OS_WINDOWS && f->record && f->record->code == code;
}

bool fault_is_signal(const struct target *t, const struct fault *f, uint32_t signo)
{
	enum dump_os os = target_facts(t)->os;

	return (os == OS_LINUX || os == OS_ANDROID) && f->record && f->record->code == signo;
}

/* --- Windows ------------------------------------------------------------------------ */

static const struct {
	uint32_t code;
	enum fault_class class;
} codes[] = {
	{ 0xc0000005, FAULT_ACCESS },	   { 0xc0000006, FAULT_ACCESS },
	{ 0xc00000fd, FAULT_STACK_OVERFLOW }, { 0xe06d7363, FAULT_CPP },
	{ 0xc0000409, FAULT_FAST_FAIL },   { 0xc0000602, FAULT_FAST_FAIL },
	{ 0xc0000420, FAULT_ABORT },	   { 0x40000015, FAULT_ABORT },
	{ 0x80000003, FAULT_BREAKPOINT },  { 0x80000004, FAULT_BREAKPOINT },
	{ 0x4000001f, FAULT_BREAKPOINT },  { 0xc0000094, FAULT_ARITHMETIC },
	{ 0xc0000095, FAULT_ARITHMETIC },  { 0xc000008e, FAULT_ARITHMETIC },
	{ 0x0517a7ed, FAULT_REQUESTED },   { 0, FAULT_REQUESTED },
};

/* Regions only tell where the dump has them. */
static enum fault_place place_by_address(struct target *t, uint64_t address, uint64_t null_limit)
{
	struct region r;

	if (address < null_limit)
		return PLACE_NULL;
	if (err_ignore(target_region_at(t, address, &r)) || !r.has_state)
		return PLACE_UNKNOWN;
	return r.state == STATE_FREE ? PLACE_UNMAPPED : PLACE_PROTECTED;
}

static void windows_access(struct target *t, struct fault *f)
{
	const struct dump_exception *e = f->record;
	bool wide = target_facts(t)->pointer_size == 8;

	if (e->n_parameters < 2)
		return;
	f->access = e->parameters[0] == 0   ? ACCESS_READ
		    : e->parameters[0] == 1 ? ACCESS_WRITE
		    : e->parameters[0] == 8 ? ACCESS_EXECUTE
					    : ACCESS_UNKNOWN;
	f->address = wide ? e->parameters[1] : (uint32_t)e->parameters[1];
	f->has_address = true;
	if (wide && f->address == UINT64_MAX && f->access == ACCESS_READ) {
		f->place = PLACE_NOT_CANONICAL;
		f->has_address = false; /* the processor does not tell it */
		return;
	}
	/* before data execution prevention a jump to nowhere was a read */
	if (f->has_regs && f->address == regs_ip(&f->regs) && f->access == ACCESS_READ)
		f->access = ACCESS_EXECUTE;
	f->place = place_by_address(t, f->address, NULL_LIMIT);
}

static void find_windows(struct target *t, struct fault *f)
{
	const char *name = status_name(f->record->code);

	f->class = FAULT_OTHER;
	for (size_t i = 0; i < ARRAY_SIZE(codes); i++)
		if (codes[i].code == f->record->code)
			f->class = codes[i].class;
	/* the fast fail of abort() is an abort */
	if (f->class == FAULT_FAST_FAIL && f->record->n_parameters && f->record->parameters[0] == 7)
		f->class = FAULT_ABORT;
	(void)snprintf(f->name, sizeof(f->name), "%s", name ? name : "");
	if (f->class == FAULT_ACCESS)
		windows_access(t, f);
}

/* --- Linux --------------------------------------------------------------------------- */

static enum fault_class signal_class(uint32_t signal)
{
	switch (signal) {
	case SIGSEGV_: return FAULT_ACCESS;
	case SIGABRT_: return FAULT_ABORT;
	case SIGTRAP_: return FAULT_BREAKPOINT;
	case SIGFPE_: return FAULT_ARITHMETIC;
	default: return FAULT_OTHER;
	}
}

/* SI_USER, SI_QUEUE, SI_TKILL: no instruction did that, but a process. */
static void note_sender(struct target *t, struct fault *f)
{
	uint64_t pid = f->record->n_parameters > 1 ? f->record->parameters[1] : 0;

	if (f->class == FAULT_ACCESS)
		f->class = FAULT_OTHER;
	if (!pid || (uint32_t)pid == target_pid(t))
		return;
	f->class = FAULT_REQUESTED;
	f->sender = (uint32_t)pid;
}

static void find_linux(struct target *t, struct fault *f)
{
	const char *name = linux_signal_name(f->record->code);
	struct signal_fault at;
	int32_t code = 0;
	bool has_code = linux_signal_code(target_facts(t), f->record, &code);

	(void)snprintf(f->name, sizeof(f->name), "%s", name ? name : "");
	f->class = f->record->code == UINT32_MAX || !f->record->code ? FAULT_REQUESTED
								    : signal_class(f->record->code);
	if (has_code && code <= 0 && target_facts(t)->kind == DUMP_ELFCORE)
		note_sender(t, f);
	if (f->class != FAULT_ACCESS || !has_code || !linux_signal_fault(t, f->record, code, &at))
		return;
	f->access = at.access;
	f->place = at.place;
	f->address = at.address;
	/* Breakpad's older dumps have the address and no si_code; other codes state none */
	f->unstated = !code && target_facts(t)->kind == DUMP_MINIDUMP;
	f->has_address = at.has_address && (f->unstated || f->place != PLACE_UNKNOWN);
	if (f->place == PLACE_UNKNOWN && f->has_address)
		f->place = place_by_address(t, f->address, LINUX_NULL_LIMIT);
	if (f->place == PLACE_STACK_END)
		f->class = FAULT_STACK_OVERFLOW;
}

/* --- Mach ------------------------------------------------------------------------------ */

static void find_mach(struct fault *f)
{
	static const enum fault_class classes[] = { FAULT_REQUESTED, FAULT_ACCESS,   FAULT_OTHER,
						    FAULT_ARITHMETIC, FAULT_OTHER,   FAULT_ABORT,
						    FAULT_BREAKPOINT };
	const struct dump_exception *e = f->record;

	f->class = e->code < ARRAY_SIZE(classes) ? classes[e->code]
		   : e->code == 0x43507378	 ? FAULT_REQUESTED
						 : FAULT_OTHER;
	if (f->class != FAULT_ACCESS)
		return;
	f->address = e->n_parameters > 2 ? e->parameters[2] : e->address;
	f->has_address = true;
	f->place = f->address < NULL_LIMIT ? PLACE_NULL : PLACE_UNKNOWN;
	if (f->has_regs && regs_ip(&f->regs) == f->address)
		f->access = ACCESS_EXECUTE;
}

void fault_find(struct target *t, struct fault *ret)
{
	enum dump_os os = target_facts(t)->os;

	*ret = (struct fault){ 0 };
	if (err_ignore(dump_exception(target_dump(t), &ret->record)) || !ret->record) {
		ret->record = NULL;
		return;
	}
	ret->thread = target_thread_by_tid(t, ret->record->tid);
	ret->has_regs = !err_ignore(target_exception_regs(t, &ret->regs)) &&
			regs_has(&ret->regs, ret->regs.arch->ip);
	if (os == OS_WINDOWS)
		find_windows(t, ret);
	else if (os == OS_MACOS || os == OS_IOS)
		find_mach(ret);
	else
		find_linux(t, ret);
}
