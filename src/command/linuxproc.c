/* SPDX-License-Identifier: MIT */
/* !auxv and !environ: what the kernel gave a Linux program when it started. */
#include "command/variable.h"

#include "base/cancel.h"
#include "os/linux/startup.h"
#include "os/windows/peb.h"

#include <string.h>

enum { MAX_STRING = 4096, MAX_VARIABLE = 1 << 17 };

static const struct field auxv_fields[] = {
	{ "type", FIELD_UINT, "AT_ number" },
	{ "name", FIELD_STR, "its name" },
	{ "value", FIELD_ADDR, "the value" },
	{ "number", FIELD_UINT, "the value of what is a count or an id" },
	{ "text", FIELD_STR, "the string that it points to" },
	{ "symbol", FIELD_SYM, "what lies there" },
	{ NULL },
};
static const struct record auxv_record = {
	.kind = "auxv",
	.help = "an entry of the auxiliary vector",
	.fields = auxv_fields,
	.text = "{type:3} {name:-20|?}  {value}[  {number}][  \"{text}\"][  {symbol}]\n",
};

static const struct field variable_fields[] = {
	{ "name", FIELD_STR, "name of the variable" },
	{ "value", FIELD_STR, "its value" },
	{ NULL },
};
const struct record variable_record = {
	.kind = "environment_variable",
	.help = "a variable of the environment",
	.fields = variable_fields,
	.text = "{name}[={value}]\n",
};

struct err *variable_emit(struct out *o, const char *text)
{
	const char *equals = *text ? strchr(text + 1, '=') : NULL;

	out_begin(o, &variable_record);
	if (equals) {
		out_strf(o, "name", "%.*s", (int)(equals - text), text);
		out_str(o, "value", equals + 1);
	} else {
		out_str(o, "name", text);
	}
	return out_end(o);
}

static void emit_pointee(struct session *s, struct out *o, const struct dump_auxv *v)
{
	CLEANUP(strbuf_deinit) struct strbuf sb = STRBUF_INIT;
	struct symbol_hit hit;

	if (auxv_form(v->type) == AUXV_STRING) {
		if (linux_add_string(session_target(s), v->value, MAX_STRING, &sb) && !sb.failed)
			out_str(o, "text", sb.s);
	} else if (auxv_form(v->type) == AUXV_ADDRESS) {
		target_symbol_at(session_target(s), v->value, &hit);
		if (hit.module)
			out_sym(o, "symbol", hit.module->name, hit.symbol.name, hit.displacement, v->value);
	}
}

static struct err *run_auxv(struct session *s, const struct args *args, struct out *o)
{
	const struct dump_auxv *v;
	size_t n;

	TRY(end_parse(args, args->tail));
	TRY(dump_auxv(target_dump(session_target(s)), &v, &n));
	if (!n)
		return err_new(ERR_NOTFOUND, "the dump has no auxiliary vector");
	for (size_t i = 0; i < n; i++) {
		out_begin(o, &auxv_record);
		out_uint(o, "type", v[i].type);
		out_str(o, "name", auxv_name(v[i].type));
		out_addr(o, "value", v[i].value);
		if (auxv_form(v[i].type) == AUXV_NUMBER)
			out_uint(o, "number", v[i].value);
		emit_pointee(s, o, &v[i]);
		TRY(out_end(o));
	}
	return NULL;
}

/* The /proc/PID/environ that some minidumps and snapshots carry. */
static struct err *show_annotated(struct session *s, struct out *o, bool *ret_done)
{
	const struct dump_annotation *v;
	size_t n;

	*ret_done = false;
	TRY(dump_annotations(target_dump(session_target(s)), &v, &n));
	for (size_t i = 0; i < n; i++) {
		if (strcmp(v[i].kind, "environ") != 0)
			continue;
		*ret_done = true;
		out_begin(o, &variable_record);
		out_str(o, "name", v[i].key);
		out_str(o, "value", v[i].value);
		TRY(out_end(o));
	}
	return NULL;
}

static struct err *show_stack(struct session *s, struct arena *a, struct out *o)
{
	CLEANUP(strbuf_deinit) struct strbuf sb = STRBUF_INIT;
	uint64_t *addresses = NULL;
	size_t n = 0;

	TRY(linux_environment(session_target(s), a, &addresses, &n));
	for (size_t i = 0; i < n; i++) {
		TRY(cancel_check());
		strbuf_reset(&sb);
		if (!linux_add_string(session_target(s), addresses[i], MAX_VARIABLE, &sb))
			continue;
		TRY(strbuf_check(&sb));
		TRY(variable_emit(o, sb.s));
	}
	return NULL;
}

static struct err *emit_windows(void *arg, const char *text)
{
	return variable_emit(arg, text);
}

static struct err *show_windows(struct session *s, struct out *o)
{
	struct target *t = session_target(s);
	enum thread_half half = target_has_wow(t) ? HALF_WOW : HALF_NATIVE;
	struct parameters_info parameters;
	struct peb_info peb;
	uint64_t address = 0;
	const char *broken = NULL;

	TRY(peb_find(t, half, &address));
	TRY(peb_read(t, half, address, &peb));
	if (!peb_has(&peb, parameters))
		return err_new(ERR_NOTFOUND, "the process parameters are not in the dump");
	TRY(parameters_read(t, half, peb.parameters, &parameters));
	if (!peb_has(&parameters, environment))
		return err_new(ERR_NOTFOUND, "the environment is not in the dump");
	TRY(peb_environment(t, parameters.environment, emit_windows, o, &broken));
	return broken ? out_heading(o, "< %s >\n", broken) : NULL;
}

static struct err *run_environ(struct session *s, const struct args *args, struct out *o)
{
	bool done;

	TRY(end_parse(args, args->tail));
	if (target_is_windows(session_target(s)))
		return show_windows(s, o);
	TRY(show_annotated(s, o, &done));
	return done ? NULL : show_stack(s, args->arena, o);
}

static const struct record *const auxv_records[] = { &auxv_record, NULL };
static const struct record *const environ_records[] = { &variable_record, NULL };

const struct command command_auxv = {
	.name = "!auxv",
	.summary = "show the auxiliary vector of a Linux process",
	.usage = "",
	.help = "What the kernel told the program when it started: each entry's number, name and\n"
		"value, with the string or symbol that it points to where the dump has it.",
	.records = auxv_records,
	.needs = NEEDS_TARGET | NEEDS_LINUX,
	.run = run_auxv,
};

const struct command command_environ = {
	.name = "!environ",
	.summary = "show the environment variables",
	.usage = "",
	.help = "The environment that the program was started with: of a Linux process from the\n"
		"start of the main thread's stack, or from the copy that a minidump or the record\n"
		"of a snapshot carries; changes that a Linux program made later are not seen. Of\n"
		"a Windows process the block that the process parameters name.",
	.records = environ_records,
	.needs = NEEDS_TARGET,
	.run = run_environ,
};
