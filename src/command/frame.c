/* SPDX-License-Identifier: MIT */
/*
 * .frame and dv: one frame of the stack, and its variables.
 *
 * Variables are shown where the symbols say they are at the frame's address;
 * one that was optimised away says so and is never shown as a guess.
 */
#include "command/command.h"

#include "command/registers.h"
#include "command/stack.h"
#include "command/value.h"

#include <ctype.h>
#include <string.h>

enum { LOOK_AHEAD = 1 };

static const struct field variable_fields[] = {
	{ "name", FIELD_STR, "name" },
	{ "type", FIELD_STR, "its type" },
	{ "value", FIELD_STR, "its value" },
	{ "parameter", FIELD_BOOL, "is a parameter" },
	{ "address", FIELD_ADDR, "where it is in memory" },
	{ "register", FIELD_STR, "the register that holds it" },
	{ "unavailable", FIELD_STR, "why there is no value" },
	{ "scope", FIELD_STR, "prv param or prv local" },
	{ NULL },
};

static const struct record variable_record = {
	.kind = "variable",
	.help = "a local variable or parameter",
	.fields = variable_fields,
	.text = "{name:15} = {value|<value unavailable>}\n",
};
static const char unavailable_layout[] = "{name:15} = <{unavailable}>\n";
static const char typed_layout[] = "{type} {name} = {value|<value unavailable>}\n";
static const char verbose_layout[] = "{scope:-10} {address:P} {name:15} = {value|<value unavailable>}\n";
static const char register_layout[] = "{scope:-10} @{register:-16} {name:15} = {value|<value unavailable>}\n";
static const char verbose_typed_layout[] =
	"{scope:-10} {address:P} {type} {name} = {value|<value unavailable>}\n";
static const char register_typed_layout[] =
	"{scope:-10} @{register:-16} {type} {name} = {value|<value unavailable>}\n";

struct dv {
	bool types, verbose;
	const char *pattern;
};

static const char *choose_layout(const struct dv *d, const struct variable *v)
{
	if (v->location == LOCATION_NONE)
		return unavailable_layout;
	if (d->verbose && v->location == LOCATION_REGISTER)
		return d->types ? register_typed_layout : register_layout;
	if (d->verbose)
		return d->types ? verbose_typed_layout : verbose_layout;
	return d->types ? typed_layout : variable_record.text;
}

static struct err *emit_variable(struct session *s, struct out *o, const struct dv *d,
				 const struct frame *f, const struct variable *v)
{
	CLEANUP(strbuf_deinit) struct strbuf type = STRBUF_INIT, text = STRBUF_INIT;
	struct value value;

	TRY(type_describe(v->type, &type));
	if (value_of_variable(v, f, &value))
		TRY(value_describe(s, &value, &text));
	TRY(strbuf_check(&text));
	out_begin_as(o, &variable_record, choose_layout(d, v));
	out_str(o, "name", v->name);
	out_str(o, "type", type.s);
	if (text.len)
		out_str(o, "value", text.s);
	out_bool(o, "parameter", v->is_parameter);
	if (v->location == LOCATION_ADDRESS)
		out_addr(o, "address", v->value);
	if (v->location == LOCATION_REGISTER)
		out_str(o, "register", f->regs.arch->regs[v->reg].name);
	if (v->location == LOCATION_NONE)
		out_str(o, "unavailable", v->reason ? v->reason : "value unavailable");
	out_str(o, "scope", v->is_parameter ? "prv param" : "prv local");
	return out_end(o);
}

static struct err *current_frame(struct session *s, struct arena *a, struct frame *ret)
{
	struct stack stack = { 0 };
	unsigned index = session_frame(s);

	TRY(session_stack(s, a, index + 1 + LOOK_AHEAD, &stack));
	if (index >= stack.n)
		return err_new(ERR_NOTFOUND, "the stack has no frame 0x%x", index);
	*ret = stack.frames[index];
	return NULL;
}

/* /i /t /v /V /a /n take no part in what is shown but /t and /v. */
static struct err *parse_dv(const struct args *args, struct dv *ret)
{
	const char *p = args->tail;
	char *word;

	while (*p == '/' || *p == '-') {
		for (p++; isalpha((unsigned char)*p); p++) {
			ret->types |= *p == 't';
			ret->verbose |= *p == 'v' || *p == 'V' || *p == 'i';
		}
		p = str_skip_space(p);
	}
	TRY(word_parse(args->arena, &p, &word));
	ret->pattern = word;
	return end_parse(args, p);
}

static struct err *run_dv(struct session *s, const struct args *args, struct out *o)
{
	struct variable *vars = NULL;
	struct dv d = { 0 };
	struct frame f;
	size_t n = 0;

	TRY(parse_dv(args, &d));
	TRY(current_frame(s, args->arena, &f));
	TRY(frame_locals(session_target(s), &f, args->arena, &vars, &n));
	for (size_t i = 0; i < n; i++)
		if (!d.pattern || str_match(d.pattern, vars[i].name, true))
			TRY(emit_variable(s, o, &d, &f, &vars[i]));
	return NULL;
}

static const struct record *const variable_records[] = { &variable_record, NULL };

const struct command command_dv = {
	.name = "dv",
	.summary = "show local variables and parameters of the current frame",
	.usage = "[/t] [/v] [pattern]",
	.help = "Needs private symbols (a full PDB, DWARF). /t shows types, /v where each variable\n"
		"is. The frame is chosen by .frame. A variable that the compiler removed, or\n"
		"whose place cannot be told at this address, says so.",
	.records = variable_records,
	.needs = NEEDS_TARGET | NEEDS_THREAD,
	.run = run_dv,
};

/* --- .frame ------------------------------------------------------------------------------ */

/* The choice stands only when there is such a frame. */
static struct err *choose_frame(struct session *s, struct arena *a, unsigned index,
				struct frame *ret)
{
	unsigned before = session_frame(s);
	struct err *e;

	session_set_frame(s, index);
	e = current_frame(s, a, ret);
	if (e)
		session_set_frame(s, before);
	return e;
}

static struct err *run_frame(struct session *s, const struct args *args, struct out *o)
{
	const char *p = args->tail;
	uint64_t index = session_frame(s);
	unsigned options = 0;
	struct frame f;

	TRY(options_parse(&p, "rc", &options));
	if (*p)
		TRY(expr_parse(s, &p, &index));
	TRY(end_parse(args, p));
	if (index > 0xffff)
		return usage_error(args, "frame 0x%llx is out of range", (unsigned long long)index);
	TRY(choose_frame(s, args->arena, (unsigned)index, &f));
	TRY(emit_single_frame(s, args->arena, o, &f));
	if (options & 2)
		session_set_context(s, &f.regs);
	return options & 1 ? registers_emit(s, o, &f.regs) : NULL;
}

static const struct record *const frame_records[] = { &frame_record, &registers_record, NULL };

const struct command command_frame = {
	.name = ".frame",
	.summary = "choose the frame that dv, r and expressions work in",
	.usage = "[/r] [/c] [frame]",
	.help = "The number is in hexadecimal, as kn shows it. /r also shows the registers as the\n"
		"frame had them, as far as they could be restored; /c makes that context the\n"
		"start of k. Without a number the current frame is shown.",
	.records = frame_records,
	.needs = NEEDS_TARGET | NEEDS_THREAD,
	.run = run_frame,
};
