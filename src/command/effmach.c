/* SPDX-License-Identifier: MIT */
/*
 * .effmach and !wow64exts.sw: which half of a WOW64 process commands work in.
 * What a 64-bit dump of a 32-bit process calls x86 is the emulated half.
 */
#include "command/session_impl.h"

#include <string.h>
#include <strings.h>

static const struct field machine_fields[] = {
	{ "machine", FIELD_STR, "x86, x64, arm64 ..." },
	{ "title", FIELD_STR, "in WinDbg's words" },
	{ NULL },
};
static const struct record machine_record = {
	.kind = "machine",
	.help = "The machine that commands work in",
	.fields = machine_fields,
	.text = "Effective machine: {title}\n",
};
#define SWITCHED "Switched to {title}\n"
static const struct record *const machine_records[] = { &machine_record, NULL };

static const char *title_of(const struct arch *arch)
{
	static const struct {
		enum machine machine;
		const char *title;
	} titles[] = {
		{ MACHINE_X86, "x86 compatible (x86)" },
		{ MACHINE_X64, "x64 (AMD64)" },
		{ MACHINE_ARM, "ARM Thumb-2 (ARM)" },
		{ MACHINE_ARM64, "ARM 64-bit (AArch64)" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(titles); i++)
		if (titles[i].machine == arch->machine)
			return titles[i].title;
	return machine_name(arch->machine);
}

static struct err *emit(struct session *s, const char *layout, const char *title, struct out *o)
{
	out_begin_as(o, &machine_record, layout);
	out_str(o, "machine", session_arch(s)->name);
	out_str(o, "title", title);
	return out_end(o);
}

/* The half that a name asks for. */
static struct err *half_named(struct session *s, const struct args *args, const char *name,
			      enum thread_half *ret)
{
	const struct arch *native = target_arch(s->target);

	if (strcmp(name, ".") == 0 || strcmp(name, "#") == 0 || strcasecmp(name, native->name) == 0 ||
	    (native->machine == MACHINE_X64 && strcasecmp(name, "amd64") == 0))
		*ret = HALF_NATIVE;
	else if (strcasecmp(name, "x86") == 0 && target_has_wow(s->target))
		*ret = HALF_WOW;
	else
		return usage_error(args, "'%s' is no machine of this dump (%s%s)", name, native->name,
				   target_has_wow(s->target) ? ", x86" : "");
	return NULL;
}

static struct err *run(struct session *s, const struct args *args, struct out *o)
{
	const char *p = args->tail;
	enum thread_half half = HALF_NATIVE;
	char *name;

	TRY(word_parse(args->arena, &p, &name));
	TRY(end_parse(args, p));
	if (name) {
		TRY(half_named(s, args, name, &half));
		session_set_half(s, half);
	}
	return emit(s, machine_record.text, title_of(session_arch(s)), o);
}

const struct command command_effmach = {
	.name = ".effmach",
	.summary = "show or set the machine that commands work in",
	.usage = "[. | x86 | amd64]",
	.help = "In a 64-bit dump of a 32-bit (WOW64) process, x86 makes k, r, u and the like work\n"
		"on the 32-bit half of each thread, and . on the 64-bit half again. The prompt\n"
		"shows x86 as \"0:000:x86>\". Until a machine is chosen, that of the code which\n"
		"the current thread was stopped in is effective.",
	.records = machine_records,
	.needs = NEEDS_TARGET,
	.run = run,
};

static struct err *run_switch(struct session *s, const struct args *args, struct out *o)
{
	TRY(end_parse(args, args->tail));
	if (!target_has_wow(s->target))
		return err_new(ERR_UNSUPPORTED, "!wow64exts.sw: the dump is of no WOW64 process");
	session_set_half(s, session_half(s) == HALF_WOW ? HALF_NATIVE : HALF_WOW);
	return emit(s, SWITCHED, session_half(s) == HALF_WOW ? "Guest (WoW) mode" : "Host mode", o);
}

static const char *const switch_aliases[] = { "!wow64exts.sw", NULL };
const struct command command_sw = {
	.name = "!sw",
	.aliases = switch_aliases,
	.summary = "switch between the halves of a WOW64 process",
	.usage = "",
	.help = "From the 64-bit half to the 32-bit one and back, as .effmach does.",
	.records = machine_records,
	.needs = NEEDS_TARGET,
	.run = run_switch,
};
