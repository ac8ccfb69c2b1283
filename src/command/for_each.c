/* SPDX-License-Identifier: MIT */
/* !for_each_module and !for_each_frame: commands once for each. */
#include "base/cancel.h"
#include "command/session_impl.h"

#include <inttypes.h>
#include <string.h>

/* @#Name and ${@#Name} of a module, in MSD's names. */
struct module_word {
	const char *name;
	char text[32];
	const char *s;	/* NULL: text */
};

static const struct module_word *find_word(const struct module_word *words, size_t n, const char *p)
{
	const struct module_word *best = NULL;

	for (size_t i = 0; i < n; i++)
		if (str_starts(p, words[i].name) && (!best || strlen(words[i].name) > strlen(best->name)))
			best = &words[i];
	return best;
}

static struct err *put_in(const char *text, const struct module_word *words, size_t n,
			  struct strbuf *sb)
{
	for (const char *p = text; *p;) {
		bool braced = str_starts(p, "${@#");
		const struct module_word *w = braced ? find_word(words, n, p + 2) : find_word(words, n, p);
		size_t len = w ? strlen(w->name) + (braced ? 3 : 0) : 1;

		if (!w || (braced && p[len - 1] != '}')) {
			strbuf_addc(sb, *p++);
			continue;
		}
		strbuf_adds(sb, w->s ? w->s : w->text);
		p += len;
	}
	return strbuf_check(sb);
}

static struct err *run_for_module(struct session *s, struct module *m, size_t index, const char *text,
				  struct out *o)
{
	CLEANUP(strbuf_deinit) struct strbuf line = STRBUF_INIT;
	struct module_word words[] = {
		{ "@#ModuleName", "", m->name },      { "@#ImageName", "", m->path },
		{ "@#LoadedImageName", "", m->path }, { "@#SymbolFileName", "", module_symbol_file(m) },
		{ "@#Base", "", NULL },		      { "@#Size", "", NULL },
		{ "@#End", "", NULL },		      { "@#ModuleIndex", "", NULL },
		{ "@#TimeDateStamp", "", NULL },      { "@#Checksum", "", NULL },
	};
	const uint64_t values[] = { m->base, m->size, m->base + m->size, index, m->timestamp, m->checksum };

	for (size_t i = 0; i < ARRAY_SIZE(values); i++)
		(void)snprintf(words[4 + i].text, sizeof(words[0].text), "0x%" PRIx64, values[i]);
	TRY(put_in(text, words, ARRAY_SIZE(words), &line));
	return session_run(s, line.s ? line.s : "", o);
}

static const char *unquoted(const struct args *args)
{
	size_t n = strlen(args->tail);

	if (n < 2 || args->tail[0] != '"' || args->tail[n - 1] != '"')
		return args->tail;
	return arena_strndup(args->arena, args->tail + 1, n - 2);
}

static struct err *run_modules(struct session *s, const struct args *args, struct out *o)
{
	const char *text = unquoted(args);
	struct module **modules;
	size_t n = target_modules(session_target(s), &modules);

	if (!text)
		return err_nomem();
	for (size_t i = 0; i < n && !s->quit && s->flow == FLOW_NONE; i++) {
		TRY(cancel_check());
		TRY(run_for_module(s, modules[i], i, *text ? text : ".echo @#ModuleName", o));
	}
	return NULL;
}

static struct err *run_frames(struct session *s, const struct args *args, struct out *o)
{
	const char *text = unquoted(args);
	unsigned before = session_frame(s);
	struct stack stack = { 0 };
	struct err *e = NULL;

	if (!text)
		return err_nomem();
	TRY(session_stack(s, args->arena, 0, &stack));
	for (size_t i = 0; i < stack.n && !e && !s->quit && s->flow == FLOW_NONE; i++) {
		CLEANUP(strbuf_deinit) struct strbuf line = STRBUF_INIT;

		strbuf_addf(&line, ".frame %zx%s%s", i, *text ? "; " : "", text);
		e = strbuf_check(&line);
		if (!e)
			e = session_run(s, line.s, o);
	}
	session_set_frame(s, before);
	return e;
}

const struct command command_for_each_module = {
	.name = "!for_each_module",
	.summary = "run commands for each module",
	.usage = "[commands]",
	.help = "In the commands stand for the module: @#ModuleName, @#ImageName, @#SymbolFileName,\n"
		"@#Base, @#Size, @#End, @#ModuleIndex, @#TimeDateStamp, @#Checksum; also as\n"
		"${@#Base}. Quotes hold several commands: !for_each_module \".echo @#Base; x\n"
		"@#ModuleName!main\". Without commands the names are listed.",
	.needs = NEEDS_TARGET,
	.run = run_modules,
};

const struct command command_for_each_frame = {
	.name = "!for_each_frame",
	.summary = "run commands for each frame of the stack",
	.usage = "[commands]",
	.help = "Shows each frame as .frame does and runs the commands in it: !for_each_frame dv /t.",
	.needs = NEEDS_TARGET | NEEDS_THREAD,
	.run = run_frames,
};
