/* SPDX-License-Identifier: MIT */
/* !peb: the process environment block, its modules, parameters and environment. */
#include "os/windows/peb.h"

#include "command/command.h"
#include "command/variable.h"

static const struct field peb_fields[] = {
	{ "title", FIELD_STR, "PEB, or which half of a WOW64 process it is of" },
	{ "address", FIELD_ADDR, "of the PEB" },
	{ "inherited_address_space", FIELD_BOOL, "it came from a fork" },
	{ "read_image_file_exec_options", FIELD_BOOL, "image file execution options were read" },
	{ "being_debugged", FIELD_BOOL, "a debugger was attached" },
	{ "image_base", FIELD_ADDR, "base of the program" },
	{ "nt_global_flag", FIELD_HEX, "global flags (gflags)" },
	{ "ldr", FIELD_ADDR, "loader data" },
	{ "ldr_initialized", FIELD_BOOL, "the loader has done its first work" },
	{ "init_first", FIELD_ADDR, "InInitializationOrderModuleList" },
	{ "init_last", FIELD_ADDR, "its end" },
	{ "load_first", FIELD_ADDR, "InLoadOrderModuleList" },
	{ "load_last", FIELD_ADDR, "its end" },
	{ "memory_first", FIELD_ADDR, "InMemoryOrderModuleList" },
	{ "memory_last", FIELD_ADDR, "its end" },
	{ NULL },
};
static const struct record peb_record = {
	.kind = "peb",
	.help = "a process environment block",
	.fields = peb_fields,
	.text = "{title} at {address:w}\n"
		"    InheritedAddressSpace:    {inherited_address_space:Y|< not in the dump >}\n"
		"    ReadImageFileExecOptions: {read_image_file_exec_options:Y|< not in the dump >}\n"
		"    BeingDebugged:            {being_debugged:Y|< not in the dump >}\n"
		"    ImageBaseAddress:         {image_base:w|< not in the dump >}\n"
		"[    NtGlobalFlag:             {nt_global_flag}\n]"
		"    Ldr                       {ldr:w|< not in the dump >}\n"
		"[    Ldr.Initialized:          {ldr_initialized:Y}\n]"
		"[    Ldr.InInitializationOrderModuleList: {init_first:w} . {init_last:w}\n]"
		"[    Ldr.InLoadOrderModuleList:           {load_first:w} . {load_last:w}\n]"
		"[    Ldr.InMemoryOrderModuleList:         {memory_first:w} . {memory_last:w}\n]",
};

static const struct field module_fields[] = {
	{ "base", FIELD_ADDR, "base address" },
	{ "timestamp", FIELD_HEX, "time stamp of the PE header" },
	{ "timestamp_time", FIELD_TIME, "the same as a time" },
	{ "size", FIELD_SIZE, "bytes in memory" },
	{ "path", FIELD_STR, "full name" },
	{ NULL },
};
static const struct record module_record = {
	.kind = "peb_module",
	.help = "a module in the loader's list",
	.fields = module_fields,
	.text = "        {base:16x} {timestamp:08x|????????} {timestamp_time:-24s|?} {path|< not in the dump >}\n",
};

static const struct field parameters_fields[] = {
	{ "sub_system_data", FIELD_ADDR, "SubSystemData" },
	{ "process_heap", FIELD_ADDR, "the default heap" },
	{ "parameters", FIELD_ADDR, "RTL_USER_PROCESS_PARAMETERS" },
	{ "current_directory", FIELD_STR, "current directory" },
	{ "window_title", FIELD_STR, "title of the console or first window" },
	{ "image_file", FIELD_STR, "path of the program" },
	{ "command_line", FIELD_STR, "command line" },
	{ "dll_path", FIELD_STR, "where DLLs are looked for" },
	{ "environment", FIELD_ADDR, "environment block" },
	{ NULL },
};
#define UNREADABLE "< Name not readable >"
static const struct record parameters_record = {
	.kind = "process_parameters",
	.help = "what the process was started with",
	.fields = parameters_fields,
	.text = "    SubSystemData:     {sub_system_data:w|< not in the dump >}\n"
		"    ProcessHeap:       {process_heap:w|< not in the dump >}\n"
		"    ProcessParameters: {parameters:w|< not in the dump >}\n"
		"    CurrentDirectory:  '{current_directory|" UNREADABLE "}'\n"
		"    WindowTitle:  '{window_title|" UNREADABLE "}'\n"
		"    ImageFile:    '{image_file|" UNREADABLE "}'\n"
		"    CommandLine:  '{command_line|" UNREADABLE "}'\n"
		"    DllPath:      '{dll_path|" UNREADABLE "}'\n"
		"    Environment:  {environment:w|< not in the dump >}\n",
};

#define EMIT_ADDR(o, key, info, member)                                                              \
	do {                                                                                         \
		if (peb_has(info, member))                                                           \
			out_addr(o, key, (info)->member);                                            \
	} while (0)
#define EMIT_BOOL(o, key, info, member)                                                              \
	do {                                                                                         \
		if (peb_has(info, member))                                                           \
			out_bool(o, key, (info)->member != 0);                                       \
	} while (0)

static void emit_ldr(struct out *o, const struct ldr_info *ldr)
{
	EMIT_BOOL(o, "ldr_initialized", ldr, initialized);
	EMIT_ADDR(o, "init_first", ldr, init_first);
	EMIT_ADDR(o, "init_last", ldr, init_last);
	EMIT_ADDR(o, "load_first", ldr, load_first);
	EMIT_ADDR(o, "load_last", ldr, load_last);
	EMIT_ADDR(o, "memory_first", ldr, memory_first);
	EMIT_ADDR(o, "memory_last", ldr, memory_last);
}

static struct err *emit_head(struct out *o, const char *title, uint64_t address,
			     const struct peb_info *peb, const struct ldr_info *ldr)
{
	out_begin(o, &peb_record);
	out_str(o, "title", title);
	out_addr(o, "address", address);
	EMIT_BOOL(o, "inherited_address_space", peb, inherited_address_space);
	EMIT_BOOL(o, "read_image_file_exec_options", peb, read_image_file_exec_options);
	EMIT_BOOL(o, "being_debugged", peb, being_debugged);
	EMIT_ADDR(o, "image_base", peb, image_base);
	if (peb_has(peb, nt_global_flag))
		out_uint(o, "nt_global_flag", peb->nt_global_flag);
	EMIT_ADDR(o, "ldr", peb, ldr);
	if (ldr)
		emit_ldr(o, ldr);
	return out_end(o);
}

static struct err *emit_module(void *arg, const struct ldr_module *m)
{
	struct out *o = arg;

	out_begin(o, &module_record);
	out_addr(o, "base", m->base);
	if (m->has_timestamp) {
		out_uint(o, "timestamp", m->timestamp);
		out_time(o, "timestamp_time", m->timestamp);
	}
	out_uint(o, "size", m->size);
	out_name(o, "path", m->name);
	return out_end(o);
}

static struct err *emit_modules(struct target *t, enum thread_half half, const struct ldr_info *ldr,
				struct out *o)
{
	const char *broken;

	if (!peb_has(ldr, load_first))
		return NULL;
	TRY(out_heading(o, "                    Base TimeStamp                     Module\n"));
	TRY(ldr_modules(t, half, ldr, emit_module, o, &broken));
	return broken ? out_heading(o, "        < %s >\n", broken) : NULL;
}

static void emit_string(struct target *t, enum thread_half half, struct out *o, const char *key,
			uint64_t address)
{
	CLEANUP(strbuf_deinit) struct strbuf sb = STRBUF_INIT;

	if (peb_add_string(t, half, address, &sb) && !sb.failed)
		out_str(o, key, sb.s);
}

static struct err *emit_variable(void *arg, const char *text)
{
	struct out *o = arg;

	TRY(out_heading(o, "        "));
	return variable_emit(o, text);
}

static struct err *emit_parameters(struct target *t, enum thread_half half,
				   const struct peb_info *peb, struct out *o)
{
	struct parameters_info p = { 0 };
	const char *broken;
	bool has = peb_has(peb, parameters) &&
		   !err_ignore(parameters_read(t, half, peb->parameters, &p));

	out_begin(o, &parameters_record);
	EMIT_ADDR(o, "sub_system_data", peb, sub_system_data);
	EMIT_ADDR(o, "process_heap", peb, process_heap);
	EMIT_ADDR(o, "parameters", peb, parameters);
	if (has) {
		emit_string(t, half, o, "current_directory", p.current_directory);
		emit_string(t, half, o, "window_title", p.window_title);
		emit_string(t, half, o, "image_file", p.image_file);
		emit_string(t, half, o, "command_line", p.command_line);
		emit_string(t, half, o, "dll_path", p.dll_path);
		EMIT_ADDR(o, "environment", &p, environment);
	}
	TRY(out_end(o));
	if (!has || !peb_has(&p, environment))
		return NULL;
	TRY(peb_environment(t, p.environment, emit_variable, o, &broken));
	return broken ? out_heading(o, "        < %s >\n", broken) : NULL;
}

static struct err *show(struct session *s, enum thread_half half, const char *title,
			uint64_t address, struct out *o)
{
	struct target *t = session_target(s);
	struct ldr_info ldr;
	struct peb_info peb;
	bool has_ldr;

	TRY(peb_read(t, half, address, &peb));
	has_ldr = peb_has(&peb, ldr) && !err_ignore(ldr_read(t, half, peb.ldr, &ldr));
	out_set_pointer_size(o, half == HALF_WOW ? 4 : target_arch(t)->pointer_size);
	TRY(emit_head(o, title, address, &peb, has_ldr ? &ldr : NULL));
	if (has_ldr)
		TRY(emit_modules(t, half, &ldr, o));
	return emit_parameters(t, half, &peb, o);
}

static struct err *show_found(struct session *s, enum thread_half half, const char *title,
			      struct out *o)
{
	uint64_t address = 0;

	TRY(peb_find(session_target(s), half, &address));
	return show(s, half, title, address, o);
}

static struct err *show_all(struct session *s, struct out *o)
{
	struct err *e = NULL;

	if (!target_has_wow(session_target(s)))
		return show_found(s, HALF_NATIVE, "PEB", o);
	e = show_found(s, HALF_WOW, "Wow64 PEB32", o);
	if (e)
		session_report(s, e);
	TRY(out_heading(o, "\n\n"));
	return show_found(s, HALF_NATIVE, "Wow64 PEB", o);
}

static struct err *run_peb(struct session *s, const struct args *args, struct out *o)
{
	const char *p = args->tail;
	uint64_t address = 0;
	bool given = *p;
	struct err *e;

	if (!target_is_windows(session_target(s)))
		return err_new(ERR_UNSUPPORTED, "a PEB exists on Windows only; of a Linux process !auxv, "
						"!environ, vertarget and lm show the same");
	if (given)
		TRY(expr_parse(s, &p, &address));
	TRY(end_parse(args, p));
	e = given ? show(s, session_half(s), "PEB", address, o) : show_all(s, o);
	out_set_pointer_size(o, session_pointer_size(s));
	return e;
}

static const struct record *const peb_records[] = { &peb_record, &module_record, &parameters_record,
						    &variable_record, NULL };

const struct command command_peb = {
	.name = "!peb",
	.summary = "show the process environment block",
	.usage = "[address]",
	.help = "The PEB of the process, or the one at an address: flags, the loader's modules,\n"
		"what the process was started with, and its environment. Of a WOW64 process the\n"
		"32-bit PEB is shown and then the 64-bit one. What is not in the dump is said to\n"
		"be so. On Linux !auxv and !environ show what corresponds.",
	.records = peb_records,
	.needs = NEEDS_TARGET,
	.run = run_peb,
};
