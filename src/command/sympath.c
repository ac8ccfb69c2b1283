/* SPDX-License-Identifier: MIT */
/*
 * Where symbols and images are looked for: .sympath .symfix .exepath .reload
 * .symlist and !sym. Setting a path forgets what was loaded, so that the next
 * question looks again.
 */
#include "base/cancel.h"
#include "command/session_impl.h"

#include <string.h>
#include <strings.h>

/* --- .sympath, .symfix, .exepath -------------------------------------------------------- */

static const struct field path_fields[] = {
	{ "what", FIELD_STR, "Symbol or Executable image" },
	{ "path", FIELD_STR, "as it was set" },
	{ "expanded", FIELD_STR, "with its defaults written out" },
	{ NULL },
};
static const struct record path_record = {
	.kind = "search_path",
	.help = "Where files are looked for",
	.fields = path_fields,
	.text = "{what} search path is: {path|<empty>}\n[Expanded {what} search path is: {expanded}\n]",
};
static const struct record *const path_records[] = { &path_record, NULL };

static struct err *show_symbol_path(struct session *s, struct out *o)
{
	CLEANUP(strbuf_deinit) struct strbuf expanded = STRBUF_INIT;
	const char *path = target_symbol_path(s->target);

	TRY(target_expand_symbol_path(s->target, &expanded));
	out_begin(o, &path_record);
	out_str(o, "what", "Symbol");
	out_name(o, "path", path);
	out_name(o, "expanded", expanded.s);
	return out_end(o);
}

/* "+ path": what is behind '+' at the end of what is there. */
static struct err *joined(const char *old, const char *text, struct strbuf *ret)
{
	bool append = *text == '+';

	text = str_skip_space(text + append);
	if (append && old && *old)
		strbuf_addf(ret, "%s;", old);
	strbuf_adds(ret, text);
	return strbuf_check(ret);
}

static struct err *run_sympath(struct session *s, const struct args *args, struct out *o)
{
	CLEANUP(strbuf_deinit) struct strbuf path = STRBUF_INIT;

	if (*args->tail) {
		TRY(joined(target_symbol_path(s->target), args->tail, &path));
		TRY(target_set_symbol_path(s->target, path.s));
	}
	return show_symbol_path(s, o);
}

const struct command command_sympath = {
	.name = ".sympath",
	.summary = "show or set where symbols are looked for",
	.usage = "[+] [path]",
	.help = "The syntax is that of _NT_SYMBOL_PATH: folders, srv*cache*url and cache*folder,\n"
		"parted by ';'. + appends. Setting the path forgets the symbols that were loaded.\n"
		"Nothing is downloaded unless the path has a URL. The whole rest of the line is the path.",
	.records = path_records,
	.needs = NEEDS_TARGET,
	.syntax = SYNTAX_RAW,
	.run = run_sympath,
};

static struct err *run_symfix(struct session *s, const struct args *args, struct out *o)
{
	CLEANUP(strbuf_deinit) struct strbuf fixed = STRBUF_INIT;
	CLEANUP(strbuf_deinit) struct strbuf path = STRBUF_INIT;
	const char *p = args->tail;
	bool append = *p == '+';

	TRY(target_fixed_symbol_path(str_skip_space(p + append), &fixed));
	strbuf_adds(&path, append ? "+" : "");
	strbuf_adds(&path, fixed.s);
	strbuf_reset(&fixed);
	TRY(joined(target_symbol_path(s->target), path.s, &fixed));
	TRY(target_set_symbol_path(s->target, fixed.s));
	return show_symbol_path(s, o);
}

const struct command command_symfix = {
	.name = ".symfix",
	.summary = "look for symbols at Microsoft's server",
	.usage = "[+] [cache folder]",
	.help = "Sets the symbol path to the public symbol server with a cache in the folder, by\n"
		"default in the user's cache folder. + appends to the path. This is the one command\n"
		"that makes osmodump use the network.",
	.records = path_records,
	.needs = NEEDS_TARGET,
	.run = run_symfix,
};

static struct err *run_exepath(struct session *s, const struct args *args, struct out *o)
{
	CLEANUP(strbuf_deinit) struct strbuf path = STRBUF_INIT;

	if (*args->tail) {
		TRY(joined(target_image_path(s->target), args->tail, &path));
		TRY(target_set_image_path(s->target, path.s));
	}
	out_begin(o, &path_record);
	out_str(o, "what", "Executable image");
	out_name(o, "path", target_image_path(s->target));
	return out_end(o);
}

const struct command command_exepath = {
	.name = ".exepath",
	.summary = "show or set where programs and libraries are looked for",
	.usage = "[+] [path]",
	.help = "Folders parted by ';'. An image that is found there and is the one of the dump (time\n"
		"stamp and size, or build id) fills the memory that the dump left out and serves for\n"
		"unwinding. + appends.",
	.records = path_records,
	.needs = NEEDS_TARGET,
	.syntax = SYNTAX_RAW,
	.run = run_exepath,
};

/* --- .reload ------------------------------------------------------------------------------ */

static const struct field reload_fields[] = {
	{ "module", FIELD_STR, "module" },
	{ "status", FIELD_STR, "deferred, none, export, public or private symbols" },
	{ "file", FIELD_STR, "symbol file" },
	{ "trouble", FIELD_STR, "why there are no better symbols" },
	{ NULL },
};
static const struct record reload_record = {
	.kind = "reload",
	.help = "A module whose symbols were loaded again",
	.fields = reload_fields,
	.text = "{module}: {status}[ {file}][ ({trouble})]\n",
};
static const struct record *const reload_records[] = { &reload_record, NULL };

static const char *status_name(enum symbol_status status)
{
	switch (status) {
	case SYMBOLS_DEFERRED: return "deferred";
	case SYMBOLS_NONE: return "none";
	case SYMBOLS_EXPORT: return "export symbols";
	case SYMBOLS_PUBLIC: return "public symbols";
	case SYMBOLS_PRIVATE: return "private symbols";
	}
	return "unknown";
}

static struct err *load_now(struct session *s, struct module *m, struct out *o)
{
	struct provider **providers;

	(void)module_providers(s->target, m, &providers);
	out_begin(o, &reload_record);
	out_str(o, "module", m->name);
	out_str(o, "status", status_name(module_symbol_status(m)));
	out_name(o, "file", module_symbol_file(m));
	out_name(o, "trouble", module_symbol_trouble(m));
	return out_end(o);
}

static bool module_matches(const struct module *m, const char *pattern)
{
	return !pattern || str_match(pattern, m->name, true) || str_match(pattern, m->image_name, true);
}

/* "/f mod.dll=base,size" and the like: what dumps do not need is cut off. */
static struct err *reload_name(const struct args *args, const char *p, char **ret)
{
	TRY(word_parse(args->arena, &p, ret));
	TRY(end_parse(args, p));
	if (*ret)
		(*ret)[strcspn(*ret, "=")] = '\0';
	return NULL;
}

static struct err *run_reload(struct session *s, const struct args *args, struct out *o)
{
	const char *p = args->tail;
	struct module **v;
	size_t n, hits = 0;
	unsigned bits;
	char *name;

	TRY(options_parse(&p, "finosuvdlw", &bits));
	TRY(reload_name(args, p, &name));
	n = target_modules(s->target, &v);
	for (size_t i = 0; i < n; i++) {
		if (!module_matches(v[i], name))
			continue;
		TRY(cancel_check());
		module_forget_symbols(s->target, v[i]);
		hits++;
		if (name || (bits & 1))
			TRY(load_now(s, v[i], o));
	}
	return name && !hits ? err_new(ERR_NOTFOUND, "there is no module '%s'", name) : NULL;
}

const struct command command_reload = {
	.name = ".reload",
	.summary = "forget symbols and look for them again",
	.usage = "[/f] [module]",
	.help = "Without a module all are forgotten and found again when they are needed; with /f at\n"
		"once. With a module (its name or a pattern) its symbols are loaded now, and what was\n"
		"found is told, or why nothing was.",
	.records = reload_records,
	.needs = NEEDS_TARGET,
	.run = run_reload,
};

/* --- .symlist ------------------------------------------------------------------------------ */

static const struct field missing_fields[] = {
	{ "module", FIELD_STR, "module" },
	{ "file", FIELD_STR, "file that is missing" },
	{ "key", FIELD_STR, "GUID and age, or build id, or time stamp and size" },
	{ "url", FIELD_STR, "where a symbol server has it" },
	{ "trouble", FIELD_STR, "what was found instead" },
	{ NULL },
};
static const struct record missing_record = {
	.kind = "missing_symbols",
	.help = "A file of symbols that is missing",
	.fields = missing_fields,
	.text = "{module:-16} {file:-24|?} {key|unknown}\n[    {url}\n][    ({trouble})\n]",
};
static const struct record *const missing_records[] = { &missing_record, NULL };

static struct err *emit_missing(struct session *s, struct module *m, struct out *o)
{
	CLEANUP(strbuf_deinit) struct strbuf name = STRBUF_INIT;
	CLEANUP(strbuf_deinit) struct strbuf key = STRBUF_INIT;
	CLEANUP(strbuf_deinit) struct strbuf url = STRBUF_INIT;

	(void)module_missing_file(s->target, m, &name, &key, &url);
	out_begin(o, &missing_record);
	out_str(o, "module", m->name);
	out_name(o, "file", name.s);
	out_name(o, "key", key.s);
	out_name(o, "url", url.s);
	out_name(o, "trouble", module_symbol_trouble(m));
	return out_end(o);
}

static struct err *run_symlist(struct session *s, const struct args *args, struct out *o)
{
	struct provider **providers;
	const char *p = args->tail;
	struct module **v;
	size_t n, missing = 0;
	char *pattern;

	TRY(word_parse(args->arena, &p, &pattern));
	TRY(end_parse(args, p));
	n = target_modules(s->target, &v);
	for (size_t i = 0; i < n; i++) {
		if (!module_matches(v[i], pattern))
			continue;
		TRY(cancel_check());
		progress_report("looking for symbols", i, n);
		(void)module_providers(s->target, v[i], &providers);
		if (module_symbol_status(v[i]) >= SYMBOLS_PUBLIC)
			continue;
		missing++;
		TRY(emit_missing(s, v[i], o));
	}
	return missing ? NULL : out_heading(o, "No symbols are missing.\n");
}

const struct command command_symlist = {
	.name = ".symlist",
	.summary = "list the symbol files that are missing",
	.usage = "[module]",
	.help = "For each module without a symbol file: the file's name, its identity as a symbol store\n"
		"names it, and the URL at Microsoft's server, so that it can be fetched elsewhere; for\n"
		"ELF modules the build id. What was found but did not match is told as well.",
	.records = missing_records,
	.needs = NEEDS_TARGET,
	.run = run_symlist,
};

/* --- !sym ---------------------------------------------------------------------------------- */

static const struct field mode_fields[] = {
	{ "noisy", FIELD_BOOL, "whether each attempt to find symbols is told" },
	{ NULL },
};
static const struct record mode_record = {
	.kind = "symbol_mode",
	.help = "How much is told about looking for symbols",
	.fields = mode_fields,
};
static const struct record *const mode_records[] = { &mode_record, NULL };

static struct err *run_sym(struct session *s, const struct args *args, struct out *o)
{
	const char *p = args->tail;
	char *word;

	do {
		TRY(word_parse(args->arena, &p, &word));
		if (!word)
			break;
		if (strcasecmp(word, "noisy") == 0 || strcasecmp(word, "quiet") == 0)
			s->noisy = strcasecmp(word, "noisy") == 0;
		else if (strcasecmp(word, "prompts") != 0 && strcasecmp(word, "off") != 0)
			return usage_error(args, "'%s' is not understood", word);
	} while (true);
	target_set_noisy(s->target, s->noisy);
	TRY(out_heading(o, "%s mode - symbol prompts off\n", s->noisy ? "noisy" : "quiet"));
	out_begin(o, &mode_record);
	out_bool(o, "noisy", s->noisy);
	return out_end(o);
}

const struct command command_sym = {
	.name = "!sym",
	.summary = "tell or set how noisy the search for symbols is",
	.usage = "[noisy | quiet]",
	.help = "noisy: each place where a symbol file was looked for is told on standard error,\n"
		"with what was found there. quiet: only what matters.",
	.records = mode_records,
	.needs = NEEDS_TARGET,
	.run = run_sym,
};
