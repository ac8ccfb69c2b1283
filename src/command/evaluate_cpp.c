/* SPDX-License-Identifier: MIT */
/* ??: a C++ expression with its type; structures are shown by dt. */
#include "command/cpp.h"

#include "command/value.h"

#include <inttypes.h>
#include <string.h>

static const struct field fields[] = {
	{ "type", FIELD_STR, "type of the expression" },
	{ "text", FIELD_STR, "value as text" },
	{ "value", FIELD_ADDR, "value of integers and pointers" },
	{ "number", FIELD_FLOAT, "value of floating-point numbers" },
	{ "address", FIELD_ADDR, "where it lies, if in memory" },
	{ NULL },
};
static const struct record record = {
	.kind = "cpp_value",
	.help = "The value of a C++ expression",
	.fields = fields,
	.text = "{type} {text}\n",
};
static const struct record *const records[] = { &record, NULL };

/* The address, and the text that a pointer to characters leads to. */
static void out_pointer(struct session *s, const struct cpp_value *v, struct out *o)
{
	enum { MAX_TEXT = 256 };
	struct target *t = session_target(s);
	const struct arch_memory *m = t ? target_memory(t) : NULL;
	CLEANUP(strbuf_deinit) struct strbuf sb = STRBUF_INIT;
	char text[MAX_TEXT];
	size_t n = 0;

	if (session_pointer_size(s) == 4)
		strbuf_addf(&sb, "0x%08" PRIx64, v->v);
	else
		strbuf_addf(&sb, "0x%08x`%08x", (unsigned)(v->v >> 32), (unsigned)v->v);
	if (m && v->type.pointers == 1 && v->type.kind == CPP_CHAR && v->type.size == 1)
		n = m->read(m->arg, v->v, text, sizeof(text));
	if (n) {
		strbuf_adds(&sb, " \"");
		strbuf_add_utf8(&sb, text, strnlen(text, n));
		strbuf_adds(&sb, "\"");
	}
	if (!sb.failed)
		out_str(o, "text", sb.s);
}

static void out_text(struct session *s, const struct cpp_value *v, struct out *o)
{
	if (v->type.pointers)
		out_pointer(s, v, o);
	else if (v->type.kind == CPP_FLOAT)
		out_strf(o, "text", "%.17g", v->f);
	else if (v->type.kind == CPP_BOOL)
		out_str(o, "text", v->v ? "true" : "false");
	else if (v->type.kind == CPP_CHAR && v->v >= 0x20 && v->v < 0x7f)
		out_strf(o, "text", "0n%" PRId64 " '%c'", (int64_t)v->v, (char)v->v);
	else if (v->type.is_signed)
		out_strf(o, "text", "0n%" PRId64, (int64_t)v->v);
	else
		out_strf(o, "text", "0x%" PRIx64, v->v);
}

static struct err *run(struct session *s, const struct args *args, struct out *o)
{
	CLEANUP(strbuf_deinit) struct strbuf name = STRBUF_INIT;
	struct cpp x = { .s = s, .a = args->arena };
	const char *p = args->tail;
	struct cpp_value v, loaded;

	if (!*p)
		return usage_error(args, "an expression is missing");
	TRY(cpp_evaluate(s, args->arena, &p, &v));
	TRY(end_parse(args, p));
	if (v.in_memory && v.type.kind == CPP_AGGREGATE && !v.type.pointers)
		return dt_show(s, args->arena, o, v.type.ref, v.address);
	cpp_add_name(&v.type, &name);
	loaded = v;
	TRY(cpp_load(&x, &loaded, args->tail));
	s->last_value = loaded.v;
	out_begin(o, &record);
	out_str(o, "type", name.s);
	out_text(s, &loaded, o);
	if (loaded.type.kind == CPP_FLOAT && !loaded.type.pointers)
		out_float(o, "number", loaded.f);
	else
		out_addr(o, "value", loaded.v);
	if (v.in_memory)
		out_addr(o, "address", v.address);
	return out_end(o);
}

const struct command command_evaluate_cpp = {
	.name = "??",
	.summary = "evaluate a C++ expression",
	.usage = "expression",
	.help = "Numbers are C's (decimal, 0x, 0), registers and pseudo-registers need '@'. Variables\n"
		"have the types of the symbol files: ?? argv[0], ?? ((ntdll!_PEB *)@$peb)->BeingDebugged,\n"
		"?? sizeof(mod!thing), ?? #FIELD_OFFSET(mod!thing, member). @$teb and @$peb are typed\n"
		"pointers where the types are known. Nothing can be assigned or called. A structure\n"
		"is shown as by dt.",
	.records = records,
	.run = run,
};
