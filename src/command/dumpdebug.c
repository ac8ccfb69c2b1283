/* SPDX-License-Identifier: MIT */
/*
 * .dumpdebug: the container itself: header, streams, damage. .trap: a trap
 * frame as register context.
 */
#include "command/command.h"
#include "command/registers.h"
#include "target/bind.h"

static const struct field container_fields[] = {
	{ "path", FIELD_STR, "the dump" },
	{ "format", FIELD_STR, "minidump, userdump, elfcore" },
	{ "title", FIELD_STR, "kind of dump" },
	{ "machine", FIELD_STR, "of the dumped program" },
	{ "big_endian", FIELD_BOOL, "byte order" },
	{ "flags", FIELD_HEX, "MINIDUMP_TYPE or the format's own" },
	{ "size", FIELD_SIZE, "bytes of the file" },
	{ "time", FIELD_TIME, "when it was written" },
	{ "writer", FIELD_STR, "tool that wrote it" },
	{ "build_string", FIELD_STR, "build of the library that wrote it" },
	{ "integrity", FIELD_HEX, "integrity level of the process" },
	{ "integrity_name", FIELD_STR, "the same in words" },
	{ "protected", FIELD_HEX, "protection of the process" },
	{ "timezone_bias", FIELD_INT, "minutes from local time to UTC" },
	{ "timezone", FIELD_STR, "time zone of the system" },
	{ "streams", FIELD_UINT, "streams, notes or tables" },
	{ NULL },
};
static const struct record container_record = {
	.kind = "container",
	.help = "the header of the dump",
	.fields = container_fields,
	.text = "----- {title}\n"
		"Path      {path}\n"
		"Format    {format}, {machine}\n"
		"[Flags     0x{flags}\n]"
		"Size      0x{size} ({size:S})\n"
		"[Time      {time}\n][Time zone {timezone_bias} minutes to UTC[ ({timezone})]\n]"
		"[Writer    {writer}\n][Written by {build_string}\n]"
		"[Integrity 0x{integrity}[ ({integrity_name})]\n][Protected 0x{protected}\n]"
		"Streams:  {streams}\n",
};

static const struct field stream_fields[] = {
	{ "index", FIELD_UINT, "position in the directory" },
	{ "type", FIELD_HEX, "number of the type" },
	{ "name", FIELD_STR, "its name" },
	{ "owner", FIELD_STR, "owner of an ELF note" },
	{ "size", FIELD_SIZE, "bytes" },
	{ "offset", FIELD_SIZE, "in the file" },
	{ NULL },
};
static const struct record stream_record = {
	.kind = "stream",
	.help = "a stream, note or table of the dump",
	.fields = stream_fields,
	.text = "Stream {index}: type {name|Unknown} ({type})[ of {owner}], size {size:08x}, RVA {offset:08X}\n",
};

static const struct field annotation_fields[] = {
	{ "annotation", FIELD_STR, "where it comes from: comment, crashpad, assertion, lsb-release ..." },
	{ "key", FIELD_STR, "its name" },
	{ "value", FIELD_STR, "its value" },
	{ NULL },
};
static const struct record annotation_record = {
	.kind = "annotation",
	.help = "a text that the writer of the dump put in",
	.fields = annotation_fields,
	.text = "Annotation: {annotation}[ {key}] = {value}\n",
};

static const struct field defect_fields[] = {
	{ "text", FIELD_STR, "what is wrong, and where" },
	{ NULL },
};
static const struct record defect_record = {
	.kind = "defect",
	.help = "damage that was found so far",
	.fields = defect_fields,
	.text = "Defect: {text}\n",
};

static const char *integrity_name(uint32_t level)
{
	switch (level) {
	case 0x0000: return "untrusted";
	case 0x1000: return "low";
	case 0x2000: return "medium";
	case 0x2100: return "medium plus";
	case 0x3000: return "high";
	case 0x4000: return "system";
	default: return NULL;
	}
}

static void emit_misc(const struct dump_facts *f, struct out *o)
{
	out_name(o, "build_string", f->debug_build_string);
	if (f->has & FACT_INTEGRITY) {
		out_uint(o, "integrity", f->integrity_level);
		out_str(o, "integrity_name", integrity_name(f->integrity_level));
	}
	if ((f->has & FACT_PROTECTED) && f->protected_process)
		out_uint(o, "protected", f->protected_process);
	if (f->has & FACT_TIMEZONE) {
		out_int(o, "timezone_bias", f->timezone_bias);
		out_name(o, "timezone", f->timezone_name);
	}
}

static struct err *emit_annotations(struct dump *d, struct out *o)
{
	const struct dump_annotation *v;
	size_t n;

	TRY(dump_annotations(d, &v, &n));
	for (size_t i = 0; i < n; i++) {
		out_begin(o, &annotation_record);
		out_str(o, "annotation", v[i].kind);
		out_name(o, "key", v[i].key);
		out_str(o, "value", v[i].value);
		TRY(out_end(o));
	}
	return NULL;
}

static struct err *emit_container(struct dump *d, size_t n_streams, struct out *o)
{
	const struct dump_facts *f = dump_facts(d);

	out_begin(o, &container_record);
	out_str(o, "path", dump_path(d));
	out_str(o, "format", f->format);
	out_str(o, "title", f->title);
	out_str(o, "machine", machine_name(f->machine));
	out_bool(o, "big_endian", f->big_endian);
	if (f->kind == DUMP_MINIDUMP)
		out_uint(o, "flags", f->flags);
	out_uint(o, "size", dump_source(d)->size);
	if (f->has & FACT_DUMP_TIME)
		out_time(o, "time", f->dump_time);
	out_name(o, "writer", f->writer);
	emit_misc(f, o);
	out_uint(o, "streams", n_streams);
	return out_end(o);
}

static struct err *emit_streams(const struct dump_stream *v, size_t n, struct out *o)
{
	for (size_t i = 0; i < n; i++) {
		out_begin(o, &stream_record);
		out_uint(o, "index", i);
		out_uint(o, "type", v[i].type);
		out_name(o, "name", v[i].name);
		out_name(o, "owner", v[i].owner);
		out_uint(o, "size", v[i].piece.size);
		out_uint(o, "offset", v[i].piece.offset);
		TRY(out_end(o));
	}
	return NULL;
}

static struct err *run_dumpdebug(struct session *s, const struct args *args, struct out *o)
{
	struct dump *d = target_dump(session_target(s));
	const struct dump_defect *defects;
	const struct dump_stream *v;
	size_t n, n_defects;

	TRY(end_parse(args, args->tail));
	TRY(dump_streams(d, &v, &n));
	TRY(emit_container(d, n, o));
	TRY(emit_streams(v, n, o));
	TRY(emit_annotations(d, o));
	n_defects = dump_defects(d, &defects);
	for (size_t i = 0; i < n_defects; i++) {
		out_begin(o, &defect_record);
		out_str(o, "text", defects[i].text);
		TRY(out_end(o));
	}
	return NULL;
}

static const struct record *const dumpdebug_records[] = { &container_record, &stream_record,
							  &annotation_record, &defect_record, NULL };

const struct command command_dumpdebug = {
	.name = ".dumpdebug",
	.summary = "show the parts of the dump file",
	.usage = "",
	.help = "Header, every stream (of a minidump), note (of a core) or table with its type, size\n"
		"and place in the file; what the writer put in of texts: comments, Crashpad's and\n"
		"Breakpad's annotations, assertions; and the damage that has been found so far.",
	.records = dumpdebug_records,
	.needs = NEEDS_TARGET,
	.run = run_dumpdebug,
};

/* Members of KTRAP_FRAME by the names that its type has; a register that the
 * frame has not saved stays unknown. */
static const struct trap_member {
	enum machine machine;
	uint8_t reg;
	const char *name;
} trap_members[] = {
	{ MACHINE_X64, X64_RAX, "Rax" },  { MACHINE_X64, X64_RCX, "Rcx" },
	{ MACHINE_X64, X64_RDX, "Rdx" },  { MACHINE_X64, X64_RBX, "Rbx" },
	{ MACHINE_X64, X64_RSP, "Rsp" },  { MACHINE_X64, X64_RBP, "Rbp" },
	{ MACHINE_X64, X64_RSI, "Rsi" },  { MACHINE_X64, X64_RDI, "Rdi" },
	{ MACHINE_X64, X64_R8, "R8" },	  { MACHINE_X64, X64_R9, "R9" },
	{ MACHINE_X64, X64_R10, "R10" },  { MACHINE_X64, X64_R11, "R11" },
	{ MACHINE_X64, X64_RIP, "Rip" },  { MACHINE_X64, X64_EFL, "EFlags" },
	{ MACHINE_X86, X86_EAX, "Eax" },  { MACHINE_X86, X86_ECX, "Ecx" },
	{ MACHINE_X86, X86_EDX, "Edx" },  { MACHINE_X86, X86_EBX, "Ebx" },
	{ MACHINE_X86, X86_ESP, "HardwareEsp" }, { MACHINE_X86, X86_EBP, "Ebp" },
	{ MACHINE_X86, X86_ESI, "Esi" },  { MACHINE_X86, X86_EDI, "Edi" },
	{ MACHINE_X86, X86_EIP, "Eip" },  { MACHINE_X86, X86_EFL, "EFlags" },
};

static struct err *read_trap(struct session *s, struct type_ref type, uint64_t address,
			     struct regs *ret)
{
	const struct arch *arch = session_arch(s);
	struct regs r = { .arch = arch };

	for (size_t i = 0; i < ARRAY_SIZE(trap_members); i++) {
		const struct trap_member *m = &trap_members[i];
		unsigned size = m->reg == arch->flags ? 4 : arch->pointer_size;
		struct type_member member;
		uint64_t v = 0;

		if (m->machine != arch->machine || err_ignore(type_find_member(type, m->name, &member)))
			continue;
		TRY(space_read_uint(target_space(session_target(s)), address + member.offset, size, &v));
		regs_set(&r, m->reg, v);
	}
	if (!regs_has(&r, arch->ip) || !regs_has(&r, arch->sp))
		return err_new(ERR_UNSUPPORTED, "a trap frame of %s has no known layout", arch->name);
	*ret = r;
	return NULL;
}

static struct err *run_trap(struct session *s, const struct args *args, struct out *o)
{
	const char *p = args->tail;
	uint64_t address = 0;
	struct type_ref type;
	struct regs regs;

	if (*p)
		TRY(expr_parse(s, &p, &address));
	TRY(end_parse(args, p));
	if (!address) {
		session_set_context(s, NULL);
		return NULL;
	}
	if (!target_is_windows(session_target(s)) ||
	    err_ignore(bind_type(session_target(s), session_half(s), NULL, "_KTRAP_FRAME", &type)))
		return err_new(ERR_UNSUPPORTED, "trap frames are made by the Windows kernel: no loaded "
						"symbols describe _KTRAP_FRAME, and the dump of a process "
						"holds none; .cxr takes a CONTEXT");
	TRY(read_trap(s, type, address, &regs));
	session_set_context(s, &regs);
	return registers_emit(s, o, &regs);
}

static const struct record *const trap_records[] = { &registers_record, NULL };

const struct command command_trap = {
	.name = ".trap",
	.summary = "use the registers of a trap frame",
	.usage = "[address]",
	.help = "Shows the KTRAP_FRAME at an address, where loaded symbols describe one, and lets k,\n"
		"r, dv and the like work in it. Without an address the thread's own context is\n"
		"back. Dumps of processes hold no trap frames.",
	.records = trap_records,
	.needs = NEEDS_TARGET,
	.run = run_trap,
};
