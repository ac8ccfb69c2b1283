/* SPDX-License-Identifier: MIT */
/*
 * !teb and !gle: the thread environment block and the thread's last error. On
 * Linux what the thread pointer leads to, and errno.
 */
#include "command/command.h"

#include "os/linux/errno.h"
#include "os/linux/signals.h"
#include "os/windows/peb.h"
#include "os/windows/status.h"

#include <string.h>

static const struct field teb_fields[] = {
	{ "title", FIELD_STR, "TEB, or which half of a WOW64 thread it is of" },
	{ "address", FIELD_ADDR, "of the TEB" },
	{ "exception_list", FIELD_ADDR, "head of the handlers (x86)" },
	{ "stack_base", FIELD_ADDR, "high end of the stack" },
	{ "stack_limit", FIELD_ADDR, "low end that is committed" },
	{ "sub_system_tib", FIELD_ADDR, "SubSystemTib" },
	{ "fiber_data", FIELD_ADDR, "FiberData" },
	{ "arbitrary_user_pointer", FIELD_ADDR, "ArbitraryUserPointer" },
	{ "self", FIELD_ADDR, "NtTib.Self" },
	{ "environment_pointer", FIELD_ADDR, "EnvironmentPointer" },
	{ "pid", FIELD_ADDR, "process id" },
	{ "tid", FIELD_ADDR, "thread id" },
	{ "rpc_handle", FIELD_ADDR, "ActiveRpcHandle" },
	{ "tls_storage", FIELD_ADDR, "ThreadLocalStoragePointer" },
	{ "peb", FIELD_ADDR, "process environment block" },
	{ "last_error", FIELD_UINT, "LastErrorValue" },
	{ "last_status", FIELD_HEX, "LastStatusValue" },
	{ "owned_locks", FIELD_UINT, "CountOfOwnedCriticalSections" },
	{ "hard_error_mode", FIELD_UINT, "HardErrorMode" },
	{ NULL },
};
static const struct record teb_record = {
	.kind = "teb",
	.help = "a thread environment block",
	.fields = teb_fields,
	.text = "{title} at {address:w}\n"
		"    ExceptionList:        {exception_list:w|?}\n"
		"    StackBase:            {stack_base:w|?}\n"
		"    StackLimit:           {stack_limit:w|?}\n"
		"    SubSystemTib:         {sub_system_tib:w|?}\n"
		"    FiberData:            {fiber_data:w|?}\n"
		"    ArbitraryUserPointer: {arbitrary_user_pointer:w|?}\n"
		"    Self:                 {self:w|?}\n"
		"    EnvironmentPointer:   {environment_pointer:w|?}\n"
		"    ClientId:             {pid:w|?} . {tid:w|?}\n"
		"    RpcHandle:            {rpc_handle:w|?}\n"
		"    Tls Storage:          {tls_storage:w|?}\n"
		"    PEB Address:          {peb:w|?}\n"
		"    LastErrorValue:       {last_error|?}\n"
		"[    LastStatusValue:      {last_status}\n]"
		"    Count Owned Locks:    {owned_locks|?}\n"
		"[    HardErrorMode:        {hard_error_mode}\n]",
};

static const struct field pthread_fields[] = {
	{ "thread", FIELD_UINT, "the debugger's number" },
	{ "tid", FIELD_UINT, "thread id" },
	{ "name", FIELD_STR, "name of the thread" },
	{ "thread_pointer", FIELD_ADDR, "what the TLS register holds" },
	{ "self", FIELD_ADDR, "tcbhead_t.self" },
	{ "dtv", FIELD_ADDR, "tcbhead_t.dtv: TLS blocks of the modules" },
	{ "is_self", FIELD_BOOL, "self is the thread pointer, as the ABI wants" },
	{ NULL },
};
static const struct record pthread_record = {
	.kind = "thread_control_block",
	.help = "what the thread pointer of a Linux thread leads to",
	.fields = pthread_fields,
	.text = "Thread control block of thread {thread}[ \"{name}\"]\n"
		"    Thread id:            {tid}\n"
		"    Thread pointer:       {thread_pointer:w|not known}[ (pthread_self: {self:w})]\n"
		"[    Dtv:                  {dtv:w}\n]"
		"[    Self pointer fits:    {is_self}\n]",
};

static const struct field error_fields[] = {
	{ "thread", FIELD_UINT, "the debugger's number" },
	{ "source", FIELD_STR, "LastErrorValue, LastStatusValue or errno" },
	{ "kind_of_value", FIELD_STR, "Win32, NTSTATUS or errno" },
	{ "value", FIELD_HEX, "the value" },
	{ "name", FIELD_STR, "its name" },
	{ "text", FIELD_STR, "what it means" },
	{ "address", FIELD_ADDR, "where it is kept" },
	{ NULL },
};
static const struct record error_record = {
	.kind = "last_error",
	.help = "the last error of a thread",
	.fields = error_fields,
	.text = "{source}: ({kind_of_value}) 0x{value} ({value:d})[ - {name}]\n",
};
static const char status_layout[] = "{source}: ({kind_of_value}) 0x{value:08x}[ - {name}][: {text}]\n";
static const char errno_layout[] = "{source}: {value:d}[ {name}][ - {text}] (at {address})\n";

#define EMIT(o, key, info, member)                                                                   \
	do {                                                                                         \
		if (peb_has(info, member))                                                           \
			out_addr(o, key, (info)->member);                                            \
	} while (0)
#define EMIT_NUMBER(o, key, info, member)                                                            \
	do {                                                                                         \
		if (peb_has(info, member))                                                           \
			out_uint(o, key, (info)->member);                                            \
	} while (0)

static void emit_tib(struct out *o, const struct teb_info *teb)
{
	EMIT(o, "exception_list", teb, exception_list);
	EMIT(o, "stack_base", teb, stack_base);
	EMIT(o, "stack_limit", teb, stack_limit);
	EMIT(o, "sub_system_tib", teb, sub_system_tib);
	EMIT(o, "fiber_data", teb, fiber_data);
	EMIT(o, "arbitrary_user_pointer", teb, arbitrary_user_pointer);
	EMIT(o, "self", teb, self);
}

static struct err *show_teb(struct session *s, enum thread_half half, const char *title,
			    uint64_t address, struct out *o)
{
	struct target *t = session_target(s);
	struct teb_info teb;

	TRY(teb_read(t, half, address, &teb));
	out_set_pointer_size(o, half == HALF_WOW ? 4 : target_arch(t)->pointer_size);
	out_begin(o, &teb_record);
	out_str(o, "title", title);
	out_addr(o, "address", address);
	emit_tib(o, &teb);
	EMIT(o, "environment_pointer", &teb, environment_pointer);
	EMIT(o, "pid", &teb, pid);
	EMIT(o, "tid", &teb, tid);
	EMIT(o, "rpc_handle", &teb, rpc_handle);
	EMIT(o, "tls_storage", &teb, tls_storage);
	EMIT(o, "peb", &teb, peb);
	EMIT_NUMBER(o, "last_error", &teb, last_error);
	EMIT_NUMBER(o, "last_status", &teb, last_status);
	EMIT_NUMBER(o, "owned_locks", &teb, owned_locks);
	EMIT_NUMBER(o, "hard_error_mode", &teb, hard_error_mode);
	return out_end(o);
}

static struct err *show_thread_tebs(struct session *s, const struct thread *th, struct out *o)
{
	if (!th->teb && !th->teb32)
		return err_new(ERR_NOTFOUND, "the dump does not tell the TEB of thread %zu", th->index);
	if (!th->teb32)
		return show_teb(s, HALF_NATIVE, "TEB", th->teb, o);
	TRY(show_teb(s, HALF_WOW, "Wow64 TEB32", th->teb32, o));
	TRY(out_heading(o, "\n\n"));
	return show_teb(s, HALF_NATIVE, "Wow64 TEB", th->teb, o);
}

/* tcbhead_t begins { tcb, dtv, self } on x86 (psABI, "Thread-Local Storage":
 * the word at the thread pointer is its own address). */
static struct err *show_tcb(struct session *s, const struct thread *th, struct out *o)
{
	struct target *t = session_target(s);
	enum machine machine = target_arch(t)->machine;
	unsigned size = target_arch(t)->pointer_size;
	uint64_t self, dtv;

	out_begin(o, &pthread_record);
	out_uint(o, "thread", th->index);
	out_uint(o, "tid", th->tid);
	out_name(o, "name", th->name);
	if (th->teb)
		out_addr(o, "thread_pointer", th->teb);
	if (th->teb && (machine == MACHINE_X64 || machine == MACHINE_X86)) {
		if (arch_read_uint(target_memory(t), th->teb + 2 * (uint64_t)size, size, &self)) {
			out_addr(o, "self", self);
			out_bool(o, "is_self", self == th->teb);
		}
		if (arch_read_uint(target_memory(t), th->teb + size, size, &dtv))
			out_addr(o, "dtv", dtv);
	}
	return out_end(o);
}

static struct err *run_teb(struct session *s, const struct args *args, struct out *o)
{
	const char *p = args->tail;
	uint64_t address = 0;
	bool given = *p;
	struct err *e;

	if (given)
		TRY(expr_parse(s, &p, &address));
	TRY(end_parse(args, p));
	if (!target_is_windows(session_target(s)))
		return given ? usage_error(args, "an address is of use on Windows only")
			     : show_tcb(s, session_thread(s), o);
	e = given ? show_teb(s, session_half(s), "TEB", address, o)
		  : show_thread_tebs(s, session_thread(s), o);
	out_set_pointer_size(o, session_pointer_size(s));
	return e;
}

static struct err *emit_win32(const struct thread *th, uint32_t value, struct out *o)
{
	out_begin(o, &error_record);
	out_uint(o, "thread", th->index);
	out_str(o, "source", "LastErrorValue");
	out_str(o, "kind_of_value", "Win32");
	out_uint(o, "value", value);
	out_str(o, "name", win32_error_name(value));
	return out_end(o);
}

static struct err *emit_status(const struct thread *th, uint32_t value, struct out *o)
{
	const struct status *status = status_find(value);

	out_begin_as(o, &error_record, status_layout);
	out_uint(o, "thread", th->index);
	out_str(o, "source", "LastStatusValue");
	out_str(o, "kind_of_value", "NTSTATUS");
	out_uint(o, "value", value);
	out_str(o, "name", status_name(value));
	out_name(o, "text", status ? status->text : NULL);
	return out_end(o);
}

static struct err *show_last_error(struct session *s, struct thread *th, struct out *o)
{
	enum thread_half half = th->teb32 ? HALF_WOW : HALF_NATIVE;
	uint64_t address = th->teb32 ? th->teb32 : th->teb;
	struct teb_info teb;

	if (!address)
		return err_new(ERR_NOTFOUND, "the dump does not tell the TEB of thread %zu", th->index);
	TRY(teb_read(session_target(s), half, address, &teb));
	if (!peb_has(&teb, last_error))
		return err_new(ERR_NOTFOUND, "the last error of thread %zu is not in the dump", th->index);
	TRY(emit_win32(th, (uint32_t)teb.last_error, o));
	return peb_has(&teb, last_status) ? emit_status(th, (uint32_t)teb.last_status, o) : NULL;
}

static struct err *show_errno(struct session *s, struct thread *th, struct out *o)
{
	struct target *t = session_target(s);
	uint64_t address = 0, value;

	TRY(linux_errno_address(t, th, &address));
	if (!arch_read_uint(target_memory(t), address, 4, &value))
		return err_prefix(err_fault(address), "errno of thread %zu", th->index);
	out_begin_as(o, &error_record, errno_layout);
	out_uint(o, "thread", th->index);
	out_str(o, "source", "errno");
	out_str(o, "kind_of_value", "errno");
	out_uint(o, "value", value);
	out_str(o, "name", linux_errno_name((int32_t)(uint32_t)value));
	out_str(o, "text", linux_errno_text((int32_t)(uint32_t)value));
	out_addr(o, "address", address);
	return out_end(o);
}

static struct err *show_error(struct session *s, struct thread *th, struct out *o)
{
	return target_is_windows(session_target(s)) ? show_last_error(s, th, o) : show_errno(s, th, o);
}

static struct err *run_gle(struct session *s, const struct args *args, struct out *o)
{
	struct thread *threads;
	size_t n = target_threads(session_target(s), &threads);

	if (!*args->tail)
		return show_error(s, session_thread(s), o);
	if (strcmp(args->tail, "-all") != 0)
		return usage_error(args, "'%s' is no option", args->tail);
	for (size_t i = 0; i < n; i++) {
		struct err *e;

		TRY(out_heading(o, "Last error for thread %zu:\n", threads[i].index));
		e = show_error(s, &threads[i], o);
		if (e && err_code(e) != ERR_NOTFOUND && err_code(e) != ERR_FAULT)
			return e;
		if (e)
			session_report(s, e);
	}
	return NULL;
}

static const struct record *const teb_records[] = { &teb_record, &pthread_record, NULL };
static const struct record *const gle_records[] = { &error_record, NULL };

const struct command command_teb = {
	.name = "!teb",
	.summary = "show the thread environment block",
	.usage = "[address]",
	.help = "The TEB of the current thread, or the one at an address; of a WOW64 thread the\n"
		"32-bit one and then the 64-bit one. ?? stands for what is not in the dump.\n"
		"\n"
		"Linux: the thread pointer and, on x86, the words that the ABI puts there: the\n"
		"pointer to itself, which is what pthread_self returns, and the table of TLS blocks.",
	.records = teb_records,
	.needs = NEEDS_TARGET | NEEDS_THREAD,
	.run = run_teb,
};

const struct command command_gle = {
	.name = "!gle",
	.summary = "show the last error of a thread",
	.usage = "[-all]",
	.help = "Windows: LastErrorValue of the current thread's TEB, and LastStatusValue where the\n"
		"symbols of ntdll tell its place; -all: of every thread. Linux: errno, whose place\n"
		"is read from the code of libc's __errno_location (x64, x86, ARM64); where that\n"
		"cannot be had, errno is said to be not known.",
	.records = gle_records,
	.needs = NEEDS_TARGET | NEEDS_THREAD,
	.run = run_gle,
};
