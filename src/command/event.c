/* SPDX-License-Identifier: MIT */
/*
 * .lastevent, .exr, .ecxr, .cxr: the exception or signal of the dump, and the
 * register contexts that stacks may start from.
 */
#include "command/command.h"

#include "command/code.h"
#include "command/registers.h"
#include "os/linux/fault.h"
#include "os/linux/signals.h"
#include "os/windows/status.h"
#include "os/windows/thrown.h"

#include <inttypes.h>
#include <string.h>

enum { MAX_PARAMETERS = 15 };
static const uint32_t access_violation = 0xc0000005, in_page_error = 0xc0000006,
		      fast_fail = 0xc0000409, linux_abort_signal = 6;

static const struct field exception_fields[] = {
	{ "tid", FIELD_HEX, "thread id" },
	{ "address", FIELD_ADDR, "where it was raised" },
	{ "symbol", FIELD_SYM, "function there" },
	{ "code", FIELD_HEX, "exception code or signal number" },
	{ "name", FIELD_STR, "its name" },
	{ "flags", FIELD_HEX, "exception flags" },
	{ "parameters", FIELD_WORDS, "parameters of the record" },
	{ "signal_code", FIELD_INT, "si_code (Linux)" },
	{ "access", FIELD_STR, "read, write or execute: what a faulting instruction did (Linux)" },
	{ "reason", FIELD_STR, "what the parameters mean" },
	{ "message", FIELD_STR, "what abort, assert or the allocator's checks said (Linux)" },
	{ "nested", FIELD_ADDR, "exception record that this one is nested in" },
	{ NULL },
};

static const struct record exception_record = {
	.kind = "exception",
	.help = "an exception record, or the signal of a core",
	.fields = exception_fields,
	.text = "[ExceptionAddress: {address}[ ({symbol})]\n]"
		"[   ExceptionCode: {code:08x}[ ({name})]\n]"
		"[  ExceptionFlags: {flags:08x}\n]"
		"[      Parameters: {parameters}\n][{reason}\n]"
		"[Nested exception record: {nested}\n]",
};
static const char windows_layout[] = "[ExceptionAddress: {address:w}[ ({symbol})]\n]"
				     "[   ExceptionCode: {code:08x}[ ({name})]\n]"
				     "[  ExceptionFlags: {flags:08x}\n]";
static const char windows_end[] = "[{reason}\n][Nested exception record: {nested}\n]";
static const char signal_layout[] =
	"Signal: {code:d}[ ({name})][, code {signal_code}][ at {address}[ ({symbol})]]\n[{reason}\n]"
	"[Message: {message}\n]";

static const struct record last_event_record = {
	.kind = "last_event",
	.help = "what made the dump be written",
	.fields = exception_fields,
	.text = "Last event: [{reason}]\n[Message: {message}\n]",
};

/* Mach exceptions (mach/exception_types.h), which dumps of Apple's systems state. */
static const char *mach_name(uint32_t code)
{
	static const char *const names[] = {
		NULL, "EXC_BAD_ACCESS", "EXC_BAD_INSTRUCTION", "EXC_ARITHMETIC", "EXC_EMULATION",
		"EXC_SOFTWARE", "EXC_BREAKPOINT", "EXC_SYSCALL", "EXC_MACH_SYSCALL", "EXC_RPC_ALERT",
		"EXC_CRASH", "EXC_RESOURCE", "EXC_GUARD", "EXC_CORPSE_NOTIFY",
	};

	if (code == 0x43507378)
		return "Simulated exception: a dump without a crash";
	return code < ARRAY_SIZE(names) ? names[code] : NULL;
}

/* Of exception codes that are none RPC raises Win32 errors. */
static const char *windows_name(uint32_t code)
{
	const struct status *status = status_find(code);

	if (status && *status->text)
		return status->text;
	return code && code < 0x10000 ? win32_error_name(code) : status_name(code);
}

static const char *exception_name(const struct dump_facts *f, uint32_t code)
{
	if (f->os == OS_LINUX || f->os == OS_ANDROID)
		return linux_signal_name(code);
	if (f->os == OS_MACOS || f->os == OS_IOS)
		return mach_name(code);
	return f->os == OS_WINDOWS ? windows_name(code) : NULL;
}

/* A record of a 32-bit process keeps 32 bits of each parameter; the upper half
 * of the 64-bit field holds the sign, or whatever was there. */
static uint64_t parameter(const struct dump_facts *f, const struct dump_exception *e, size_t i)
{
	return f->pointer_size == 4 ? (uint32_t)e->parameters[i] : e->parameters[i];
}

static void describe_access(const struct dump_facts *f, const struct dump_exception *e,
			    struct strbuf *sb)
{
	static const char *const how[] = { "read from", "write to", NULL, NULL, NULL, NULL, NULL, NULL,
					   "execute" };
	uint64_t kind = parameter(f, e, 0);
	const char *verb = kind < ARRAY_SIZE(how) && how[kind] ? how[kind] : "access";
	int digits = f->pointer_size == 4 ? 8 : 16;

	strbuf_addf(sb, "Attempt to %s address %0*" PRIx64, verb, digits, parameter(f, e, 1));
}

static void describe_windows(const struct dump_facts *f, const struct dump_exception *e,
			     struct strbuf *sb)
{
	const char *name;

	if ((e->code == access_violation || e->code == in_page_error) && e->n_parameters >= 2) {
		describe_access(f, e, sb);
		if (e->code == in_page_error && e->n_parameters >= 3)
			strbuf_addf(sb, ", I/O status %08" PRIx64, parameter(f, e, 2));
	} else if (e->code == fast_fail && e->n_parameters >= 1) {
		name = fast_fail_name(e->parameters[0]);
		strbuf_addf(sb, "Subcode: 0x%" PRIx64 "%s%s", e->parameters[0], name ? " " : "",
			    name ? name : "");
	}
}

static enum fault_access describe_signal(struct target *t, const struct dump_exception *e,
					 struct strbuf *sb)
{
	CLEANUP(strbuf_deinit) struct strbuf why = STRBUF_INIT;
	const struct dump_facts *f = target_facts(t);
	enum fault_access access;
	int32_t code = 0;
	bool has_code = linux_signal_code(f, e, &code);
	const char *name = linux_signal_code_name(e->code, code), *text = linux_signal_text(e->code);

	if (text)
		strbuf_adds(sb, text);
	if (!has_code)
		return ACCESS_UNKNOWN;
	if (name)
		strbuf_addf(sb, "%s%s", text ? ": " : "", name);
	if (linux_signal_is_fault(e->code, code))
		strbuf_addf(sb, " at 0x%" PRIx64, e->address);
	access = linux_explain_signal(t, e, code, &why);
	if (why.len)
		strbuf_addf(sb, "%s%s", sb->len ? ", " : "", why.s);
	return access;
}

/* Crashpad: the parameters are exception, code and subcode; EXC_CRASH has the
 * signal that ended the process in its code. Breakpad has the code as flags. */
static void describe_mach(const struct dump_exception *e, struct strbuf *sb)
{
	static const char *const signals[] = {
		[4] = "SIGILL", [5] = "SIGTRAP", [6] = "SIGABRT", [8] = "SIGFPE", [9] = "SIGKILL",
		[10] = "SIGBUS", [11] = "SIGSEGV", [12] = "SIGSYS",
	};
	uint32_t exception = e->code ? e->code : (uint32_t)e->parameters[0];
	unsigned signal = e->n_parameters > 1 ? (unsigned)(e->parameters[1] >> 24 & 0xff) : 0;

	if (!e->code && mach_name(exception))
		strbuf_adds(sb, mach_name(exception));
	if (exception == 10 && signal < ARRAY_SIZE(signals) && signals[signal])
		strbuf_addf(sb, "%s%s", sb->len ? ", " : "", signals[signal]);
	if (exception == 1)
		strbuf_addf(sb, "%sat 0x%" PRIx64, sb->len ? ", " : "",
			    e->n_parameters > 2 ? e->parameters[2] : e->address);
}

static enum fault_access exception_describe(struct target *t, const struct dump_exception *e,
					    struct strbuf *sb)
{
	const struct dump_facts *f = target_facts(t);

	if (f->os == OS_WINDOWS) {
		describe_windows(f, e, sb);
		thrown_describe(t, f->pointer_size, e, sb);
	} else if (f->os == OS_MACOS || f->os == OS_IOS) {
		describe_mach(e, sb);
	} else if (f->os == OS_LINUX || f->os == OS_ANDROID) {
		return describe_signal(t, e, sb);
	}
	return ACCESS_UNKNOWN;
}

/* Only an abort leaves a message, and only then libc's symbols are needed. */
static void emit_message(struct session *s, struct out *o, const struct dump_exception *e)
{
	CLEANUP(strbuf_deinit) struct strbuf sb = STRBUF_INIT;
	const struct dump_facts *f = target_facts(session_target(s));

	if (f->os == OS_LINUX && e->code == linux_abort_signal &&
	    linux_abort_message(session_target(s), &sb) && !sb.failed)
		out_str(o, "message", sb.s);
}

static void emit_address(struct session *s, struct out *o, uint64_t address)
{
	out_addr(o, "address", address);
	(void)code_out_place(s, o, "symbol", address);
}

static void emit_parameters(struct session *s, struct out *o, const struct dump_exception *e)
{
	const struct dump_facts *f = target_facts(session_target(s));
	struct out_word words[MAX_PARAMETERS];
	size_t n = e->n_parameters < MAX_PARAMETERS ? e->n_parameters : MAX_PARAMETERS;

	for (size_t i = 0; i < n; i++)
		words[i] = (struct out_word){ parameter(f, e, i), true };
	if (n)
		out_words(o, "parameters", words, n, target_arch(session_target(s))->pointer_size);
}

/* WinDbg's layout has a line for each parameter. */
static void add_windows_layout(struct session *s, const struct dump_exception *e, struct strbuf *sb)
{
	int digits = (int)target_arch(session_target(s))->pointer_size * 2;

	strbuf_addf(sb, "%sNumberParameters: %u\n", windows_layout, e->n_parameters);
	for (uint32_t i = 0; i < e->n_parameters && i < MAX_PARAMETERS; i++)
		strbuf_addf(sb, "   Parameter\\[%u\\]: %0*" PRIx64 "\n", i, digits, e->parameters[i]);
	strbuf_adds(sb, windows_end);
}

static struct err *emit_exception(struct session *s, struct out *o, const struct dump_exception *e)
{
	const struct dump_facts *f = target_facts(session_target(s));
	CLEANUP(strbuf_deinit) struct strbuf reason = STRBUF_INIT, layout = STRBUF_INIT;
	bool is_signal = f->os == OS_LINUX || f->os == OS_ANDROID;
	enum fault_access access = exception_describe(session_target(s), e, &reason);
	int32_t code = 0;
	bool has_code = linux_signal_code(f, e, &code);

	if (f->os == OS_WINDOWS)
		add_windows_layout(s, e, &layout);
	TRY(strbuf_check(&reason));
	TRY(strbuf_check(&layout));
	out_begin_as(o, &exception_record, is_signal ? signal_layout
			     : layout.len ? layout.s : exception_record.text);
	out_uint(o, "tid", e->tid);
	if (!is_signal || linux_signal_is_fault(e->code, code))
		emit_address(s, o, e->address);
	out_uint(o, "code", e->code);
	out_str(o, "name", exception_name(f, e->code));
	if (is_signal && has_code)
		out_int(o, "signal_code", code);
	else if (!is_signal)
		out_uint(o, "flags", e->flags);
	emit_parameters(s, o, e);
	out_str(o, "access", fault_access_name(access));
	if (reason.len)
		out_str(o, "reason", reason.s);
	emit_message(s, o, e);
	if (e->nested_record)
		out_addr(o, "nested", e->nested_record);
	return out_end(o);
}

static struct err *dump_has_exception(struct session *s, const struct dump_exception **ret)
{
	TRY(dump_exception(target_dump(session_target(s)), ret));
	return *ret ? NULL : err_new(ERR_NOTFOUND, "the dump states no exception or signal");
}

/* EXCEPTION_RECORD in memory: winnt.h, both widths. */
static struct err *read_record(struct session *s, uint64_t address, struct dump_exception *ret)
{
	unsigned size = session_pointer_size(s);
	uint64_t n_at = 8 + 2 * (uint64_t)size, v = 0;
	struct space *space = target_space(session_target(s));
	struct dump_exception e = { 0 };

	TRY(space_read_uint(space, address, 4, &v));
	e.code = (uint32_t)v;
	TRY(space_read_uint(space, address + 4, 4, &v));
	e.flags = (uint32_t)v;
	TRY(space_read_uint(space, address + 8, size, &e.nested_record));
	TRY(space_read_uint(space, address + 8 + size, size, &e.address));
	TRY(space_read_uint(space, address + n_at, 4, &v));
	e.n_parameters = v < MAX_PARAMETERS ? (uint32_t)v : MAX_PARAMETERS;
	for (uint32_t i = 0; i < e.n_parameters; i++)
		TRY(space_read_uint(space, address + n_at + size + (uint64_t)i * size, size,
				    &e.parameters[i]));
	*ret = e;
	return NULL;
}

static struct err *run_exr(struct session *s, const struct args *args, struct out *o)
{
	const struct dump_exception *e = NULL;
	struct dump_exception in_memory;
	const char *p = args->tail;
	uint64_t address = UINT64_MAX;

	if (*p)
		TRY(expr_parse(s, &p, &address));
	TRY(end_parse(args, p));
	if (address != UINT64_MAX && (uint32_t)address != UINT32_MAX) {
		if (!target_is_windows(session_target(s)))
			return err_new(ERR_UNSUPPORTED, "exception records in memory exist on Windows only; "
							".exr -1 shows the signal");
		TRY(read_record(s, address, &in_memory));
		return emit_exception(s, o, &in_memory);
	}
	TRY(dump_has_exception(s, &e));
	return emit_exception(s, o, e);
}

static struct err *run_lastevent(struct session *s, const struct args *args, struct out *o)
{
	const struct dump_facts *f = target_facts(session_target(s));
	CLEANUP(strbuf_deinit) struct strbuf text = STRBUF_INIT, reason = STRBUF_INIT;
	const struct dump_exception *e = NULL;
	const char *name;

	TRY(end_parse(args, args->tail));
	TRY(dump_exception(target_dump(session_target(s)), &e));
	if (f->has & FACT_PID)
		strbuf_addf(&text, "%x", f->pid);
	if (!e) {
		strbuf_addf(&text, "%snone stated in the dump", text.len ? ": " : "");
	} else {
		name = exception_name(f, e->code);
		(void)exception_describe(session_target(s), e, &reason);
		strbuf_addf(&text, "%s%x: %s - code %08x%s%s%s", text.len ? "." : "", e->tid,
			    name ? name : "Exception", e->code, reason.len ? " (" : "", reason.s, reason.len ? ")" : "");
	}
	TRY(strbuf_check(&text));
	out_begin(o, &last_event_record);
	if (e) {
		out_uint(o, "tid", e->tid);
		out_uint(o, "code", e->code);
	}
	out_str(o, "reason", text.s);
	if (e)
		emit_message(s, o, e);
	return out_end(o);
}

static struct err *run_ecxr(struct session *s, const struct args *args, struct out *o)
{
	struct target *t = session_target(s);
	struct thread *th = target_event_thread(t);
	struct regs regs;

	TRY(end_parse(args, args->tail));
	TRY(target_exception_regs(t, &regs));
	if (th)
		session_set_thread(s, th);
	session_set_exception_context(s, &regs);
	return registers_emit(s, o, &regs);
}

static struct err *read_context(struct session *s, uint64_t address, struct regs *ret)
{
	static const struct {
		enum machine machine;
		enum context_layout layout;
		size_t size;
	} contexts[] = {
		{ MACHINE_X64, CONTEXT_WIN_X64, 1232 },
		{ MACHINE_X86, CONTEXT_WIN_X86, 716 },
		{ MACHINE_ARM64, CONTEXT_WIN_ARM64, 912 },
		{ MACHINE_ARM, CONTEXT_WIN_ARM, 416 },
	};
	const struct arch *arch = session_arch(s);
	uint8_t bytes[1232];
	struct regs regs;

	for (size_t i = 0; i < ARRAY_SIZE(contexts); i++) {
		if (contexts[i].machine != arch->machine)
			continue;
		TRY(space_read(target_space(session_target(s)), address, bytes, contexts[i].size));
		TRY(arch->decode(contexts[i].layout, bytes, contexts[i].size, false, &regs));
		if (!wow_narrow(session_target(s), &regs, ret))
			*ret = regs;
		return NULL;
	}
	return err_new(ERR_UNSUPPORTED, "the layout of a %s CONTEXT is not known",
		       machine_name(arch->machine));
}

static struct err *run_cxr(struct session *s, const struct args *args, struct out *o)
{
	const char *p = args->tail;
	uint64_t address = 0;
	struct regs regs;

	if (*p)
		TRY(expr_parse(s, &p, &address));
	TRY(end_parse(args, p));
	if (!address || (uint32_t)address == UINT32_MAX) {
		session_set_context(s, NULL);
		return NULL;
	}
	if (!target_is_windows(session_target(s)))
		return err_new(ERR_UNSUPPORTED, "CONTEXT records exist on Windows only");
	TRY(read_context(s, address, &regs));
	if (!regs_has(&regs, regs.arch->ip))
		return err_new(ERR_CORRUPT, "no CONTEXT at 0x%" PRIx64 ": its flags say that it has no "
					    "instruction pointer", address);
	session_set_context(s, &regs);
	return registers_emit(s, o, &regs);
}

static const struct record *const exception_records[] = { &exception_record, NULL };
static const struct record *const last_event_records[] = { &last_event_record, NULL };
static const struct record *const context_records[] = { &registers_record, NULL };

const struct command command_exr = {
	.name = ".exr",
	.summary = "show an exception record, or the signal of a core",
	.usage = "[-1 | address]",
	.help = "-1, or nothing, shows the exception that the dump states; an address shows the\n"
		"EXCEPTION_RECORD there. On Linux the signal is shown: its number, si_code and,\n"
		"for faults, the address that was accessed, how, and what lies there; of an abort,\n"
		"what the C library (abort, assert, the allocator's checks) had to say.",
	.records = exception_records,
	.needs = NEEDS_TARGET,
	.run = run_exr,
};

const struct command command_lastevent = {
	.name = ".lastevent",
	.summary = "show what made the dump be written",
	.usage = "",
	.help = "One line: process and thread, the exception or signal, and what its parameters\n"
		"mean; the C library's message of an abort below it. A dump taken by hand states none.",
	.records = last_event_records,
	.needs = NEEDS_TARGET,
	.run = run_lastevent,
};

const struct command command_ecxr = {
	.name = ".ecxr",
	.summary = "use the register context of the exception",
	.usage = "",
	.help = "Makes the thread of the exception current, shows the registers at the exception\n"
		"and lets k, r, dv and the like work in that context until .cxr, or another\n"
		"thread is chosen. An exception in 32-bit code of a WOW64 process has the 32-bit\n"
		"registers, and the 32-bit stack.",
	.records = context_records,
	.needs = NEEDS_TARGET,
	.run = run_ecxr,
};

const struct command command_cxr = {
	.name = ".cxr",
	.summary = "use the register context at an address",
	.usage = "[address]",
	.help = "Reads a CONTEXT structure of the effective machine, shows it, and lets k, r, dv\n"
		"and the like work in it. Without an address the thread's own context is back.\n"
		"A 64-bit one that was taken in 32-bit code of a WOW64 process (its cs is 23) is\n"
		"shown as the 32-bit registers that it holds.",
	.records = context_records,
	.needs = NEEDS_TARGET,
	.run = run_cxr,
};
