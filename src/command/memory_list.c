/* SPDX-License-Identifier: MIT */
/* dS, ds: counted strings of Windows. dl: linked lists. Shown as du, da and dp do. */
#include "command/command.h"

#include "base/cancel.h"

#include <inttypes.h>

/* UNICODE_STRING and STRING (ntdef.h): Length, MaximumLength in bytes, Buffer. */
static struct err *run_counted(struct session *s, const struct args *args, struct out *o)
{
	CLEANUP(strbuf_deinit) struct strbuf line = STRBUF_INIT;
	unsigned size = session_pointer_size(s), unit = args->name[1] == 'S' ? 2 : 1;
	struct space *space = target_space(session_target(s));
	uint64_t address, length, buffer;
	const char *p = args->tail;

	if (!*p)
		return usage_error(args, "an address is missing");
	TRY(expr_parse(s, &p, &address));
	TRY(end_parse(args, p));
	TRY(space_read_uint(space, address, 2, &length));
	TRY(space_read_uint(space, address + size, size, &buffer));
	if (length < unit)
		return size == 8 ? out_line(o, "%08" PRIx64 "`%08" PRIx64 "  \"\"", buffer >> 32,
					    buffer & UINT32_MAX)
				 : out_line(o, "%08" PRIx64 "  \"\"", buffer);
	strbuf_addf(&line, "d%c 0x%" PRIx64 " L0x%" PRIx64, unit == 2 ? 'u' : 'a', buffer, length / unit);
	TRY(strbuf_check(&line));
	return session_run(s, line.s, o);
}

static const char *const counted_aliases[] = { "ds", NULL };
const struct command command_dS = {
	.name = "dS",
	.aliases = counted_aliases,
	.summary = "show the string of a UNICODE_STRING or STRING",
	.usage = "address",
	.help = "dS takes the address of a UNICODE_STRING, ds that of a STRING (ANSI_STRING): a\n"
		"length and a pointer to the characters, which are shown as du and da show them.",
	.needs = NEEDS_TARGET | NEEDS_WINDOWS,
	.whole_word = true,
	.run = run_counted,
};

static struct err *show_node(struct session *s, uint64_t address, uint64_t words, struct out *o)
{
	CLEANUP(strbuf_deinit) struct strbuf line = STRBUF_INIT;

	strbuf_addf(&line, "dp 0x%" PRIx64 " L0x%" PRIx64, address, words);
	TRY(strbuf_check(&line));
	return session_run(s, line.s, o);
}

static struct err *run_list(struct session *s, const struct args *args, struct out *o)
{
	const struct arch_memory *m = target_memory(session_target(s));
	unsigned size = session_pointer_size(s);
	uint64_t start, at, max = 0x20, words = 2;
	const char *p = args->tail;

	if (!*p)
		return usage_error(args, "an address is missing");
	TRY(expr_parse(s, &p, &start));
	if (*p)
		TRY(expr_parse(s, &p, &max));
	if (*p)
		TRY(expr_parse(s, &p, &words));
	TRY(end_parse(args, p));
	if (!words || words > 0x100 || max > 0x10000)
		return usage_error(args, "at most 0x10000 entries of at most 0x100 words");
	at = start;
	for (uint64_t i = 0; i < max && (i == 0 || at != start); i++) {
		TRY(cancel_check());
		TRY(show_node(s, at, words, o));
		if (!arch_read_uint(m, at + (args->name[2] == 'b' ? size : 0), size, &at) || !at)
			break;
	}
	return NULL;
}

static const char *const list_aliases[] = { "dlb", NULL };
const struct command command_dl = {
	.name = "dl",
	.aliases = list_aliases,
	.summary = "show the entries of a linked list",
	.usage = "address [entries [words]]",
	.help = "Follows the first pointer of each entry (dlb: the second), until the list comes\n"
		"back to its start, ends in 0 or is not in the dump: 0x20 entries and two words of\n"
		"each unless told otherwise. Works for LIST_ENTRY and SINGLE_LIST_ENTRY.",
	.needs = NEEDS_TARGET,
	.whole_word = true,
	.run = run_list,
};
