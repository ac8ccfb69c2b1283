/* SPDX-License-Identifier: MIT */
/*
 * The command line. Options are rows: --help, the manual page and the
 * completions are made of them. WinDbg's and cdb's spellings (-z -c -cf -y -i
 * -logo) stand beside the long ones; "--name=value" and "--name value" are the
 * same; "--" ends the options.
 */
#include "main/main.h"

#include <stddef.h>
#include <string.h>

#define AT(member) .offset = offsetof(struct settings, member)

const struct option_row option_rows[] = {
	{ { "-c", "--command" }, "COMMANDS", "run debugger commands and quit; may be repeated", "debug",
	  .is_script = true },
	{ { "-cf", "--command-file" }, "FILE", "run the commands of a file and quit; may be repeated",
	  "debug", .is_script = true, .is_file = true, .completes_files = true },
	{ { "--json" }, NULL, "one JSON object a line instead of text",
	  "debug analyze info snap symbolize convert strip extract diff commands version", AT(json) },
	{ { "-y", "--symbol-path" }, "PATH", "where symbols are, in _NT_SYMBOL_PATH's syntax (default: that variable)",
	  "debug analyze symbolize strip diff", AT(symbol_path), .completes_files = true },
	{ { "-i", "--image-path" }, "PATH", "folders with the programs and libraries, parted by ';'",
	  "debug analyze strip diff", AT(image_path), .completes_files = true },
	{ { "--sysroot" }, "DIR", "put before the paths of modules in Linux dumps",
	  "debug analyze symbolize strip diff", AT(sysroot),
	  .completes_files = true },
	{ { "-logo", "--log" }, "FILE", "copy what is printed to a file", "debug", AT(log),
	  .completes_files = true },
	{ { "-z" }, "FILE", "the dump, as cdb takes it", "debug analyze info", .completes_files = true },
	{ { "--live" }, NULL, "the kernel that runs here, by /proc/kcore: it goes on meanwhile, so that what is seen is smeared",
	  "debug analyze info extract", AT(live) },
	{ { "-q", "--quiet" }, NULL, "no banner and no notices", "debug analyze info snap symbolize convert strip extract diff", AT(quiet) },
	{ { "-v", "--verbose" }, NULL, "all of each list, also what did not change", "diff", AT(verbose) },
	{ { "--tmpdir" }, "DIR", "where compressed dumps are unpacked (default: $TMPDIR or /var/tmp)",
	  "debug analyze info symbolize convert strip extract diff", AT(tmpdir), .completes_files = true },
	{ { "--format" }, "NAME", "what kind of file it is, where its contents do not tell (raw: physical memory and nothing else)",
	  "debug analyze info strip extract diff convert", AT(format) },
	{ { "--threshold" }, "NAME=VALUE", "a pattern's threshold; may be repeated (`!pattern ID` tells which there are)",
	  "analyze", .is_threshold = true },
	{ { "--html" }, "FILE", "write the report as a page, and print the main thing only", "analyze diff", AT(html), .completes_files = true },
	{ { "--summary" }, NULL, "several dumps: one line for each sort of failure, with how many dumps have it", "analyze", AT(summary) },
	{ { "--pdb" }, "FILE", "the PDB file that knows the addresses", "symbolize", AT(pdb),
	  .completes_files = true },
	{ { "--elf" }, "FILE", "the ELF file that knows the addresses", "symbolize", AT(elf),
	  .completes_files = true },
	{ { "--sym" }, "FILE", "the Breakpad symbol file that knows the addresses", "symbolize", AT(sym),
	  .completes_files = true },
	{ { "--module" }, "NAME", "name printed before '!' (default: the file's)", "symbolize", AT(module) },
	{ { "--image-base" }, "ADDRESS", "subtract this from the addresses read", "symbolize", AT(base) },
	{ { "--no-inlines" }, NULL, "do not print functions that were inlined", "symbolize", AT(no_inlines) },
	{ { "-o", "--output" }, "FILE|DIR|-", "where the dump goes (default: the present folder)", "snap extract", AT(output),
	  .completes_files = true },
	{ { "--process" }, "PID|NAME", "the process inside the dump of a machine", "extract", AT(process) },
	{ { "--set" }, "SET", "several processes in one pause: tree (and its descendants), cgroup (that it is in), or PID,PID...",
	  "snap", AT(set) },
	{ { "--vm" }, "SOCKET|DOMAIN", "a virtual machine: the QMP socket of its QEMU, or a domain of libvirt's", "snap", AT(vm), .completes_files = true },
	{ { "--mini" }, NULL, "a small dump: stacks, registers and what they point to; with --full, both", "snap", AT(mini) },
	{ { "--full" }, NULL, "a dump of all memory that coredump_filter includes (the default)", "snap", AT(full) },
	{ { "--all-memory" }, NULL, "also files, shared files and what is marked DONTDUMP", "snap", AT(all_memory) },
	{ { "--include" }, "CLASS,...", "also memory of these classes, whatever coredump_filter says", "snap", AT(include) },
	{ { "--exclude" }, "CLASS,...", "no memory of these classes; the narrower class decides", "snap", AT(exclude) },
	{ { "--dry-run" }, NULL, "only tell what it would cost and which engine would be taken", "snap", AT(dry_run) },
	{ { "--budget" }, "MS", "longest pause: chooses the engine, and how much shared memory is copied (default: 50 for that)", "snap", AT(budget) },
	{ { "--engine" }, "NAME", "auto, clone, precopy, membrane, stop (default: auto); of a virtual machine: auto, migrate, stop", "snap", AT(engine) },
	{ { "--kernel" }, NULL, "the running kernel instead of a process: by osmosis.ko, or smeared from /proc/kcore", "snap", AT(kernel) },
	{ { "--classes" }, "CLASS,...", "--kernel: pages of these classes only: default, all, slab, stack, anon, ...", "snap", AT(classes) },
	{ { "--all" }, NULL, "--kernel: pages of all classes", "snap", AT(all_classes) },
	{ { "--pause-max" }, "MS", "--kernel: longest pause (default: 200)", "snap", AT(pause_max) },
	{ { "--with-process" }, "PROCESS,...", "--kernel: also the memory of these processes, by pid or name; stale: of those that are swapped out most",
	  "snap", AT(with_process) },
	{ { "--calibrate" }, NULL, "--kernel: only tell how much memory there is of which class, and what would be needed", "snap", AT(calibrate) },
	{ { "--no-module" }, NULL, "--kernel: read /proc/kcore even if osmosis.ko is there", "snap", AT(no_module) },
	{ { "--environment" }, NULL, "put the process's environment into the dump's record", "snap", AT(environment) },
	{ { "--to" }, "KIND", "the memory of a machine in another container: elf, kdump, lime, raw; --kernel: elf, kdump", "convert snap", AT(to) },
	{ { "--compress" }, "HOW", "zstd, zstd:LEVEL, lz4, lz4:LEVEL, none (default: none); pages of a kdump: zlib, zstd, snappy, none", "snap convert strip extract", AT(compress) },
	{ { "--limit-rate" }, "RATE", "write no faster than this a second: 50M, 800K, 1.5G, 64MiB; a number alone is of MB", "snap convert strip extract", AT(limit_rate) },
	{ { "--keep-partial" }, NULL, "keep what was written when writing fails", "snap convert strip extract", AT(keep_partial) },
	{ { "--force" }, NULL, "replace a file that exists", "analyze diff snap convert strip extract", AT(force) },
	{ { "--man" }, NULL, "print the manual page's source", "help", AT(man) },
	{ { "--markdown" }, NULL, "print a command's documentation page; without a name, which page is whose", "help", AT(markdown) },
	{ { "--no-color" }, NULL, "no colours (they appear on terminals only, and NO_COLOR is honoured)",
	  "", AT(no_color) },
	{ { "-h", "--help" }, NULL, "print help", "", AT(help) },
	{ { "--version" }, NULL, "print the version", "", AT(version) },
	{ { NULL } },
};

bool option_is_of(const struct option_row *row, const struct subcommand *sub)
{
	size_t n = strlen(sub->name);

	if (!*row->of)
		return true;
	for (const char *p = row->of; *p; p += strspn(p, " ")) {
		size_t len = strcspn(p, " ");

		if (len == n && strncmp(p, sub->name, n) == 0)
			return true;
		p += len;
	}
	return false;
}

static const struct option_row *find(const char *word, size_t len)
{
	for (const struct option_row *row = option_rows; row->names[0]; row++)
		for (size_t i = 0; i < ARRAY_SIZE(row->names) && row->names[i]; i++)
			if (strncmp(row->names[i], word, len) == 0 && !row->names[i][len])
				return row;
	return NULL;
}

static struct err *store(struct settings *s, const struct option_row *row, const char *value)
{
	char *place = (char *)s + row->offset;

	if (row->is_script) {
		struct script script = { value, row->is_file };

		return vec_push(&s->scripts, script) ? NULL : err_nomem();
	}
	if (row->is_threshold)
		return vec_push(&s->thresholds, value) ? NULL : err_nomem();
	if (!row->arg)
		*(bool *)place = true;
	else if (row->offset)
		*(const char **)place = value;
	else /* -z */
		return vec_push(&s->words, value) ? NULL : err_nomem();
	return NULL;
}

/* argv[*i] is an option; *i moves to its last word. */
static struct err *read_option(int argc, char **argv, int *i, struct settings *s,
			       const struct option_row **ret_row)
{
	const char *word = argv[*i], *equals = str_starts(word, "--") ? strchr(word, '=') : NULL;
	const struct option_row *row;
	const char *value = NULL;

	row = find(word, equals ? (size_t)(equals - word) : strlen(word));
	if (!row)
		return err_new(ERR_USAGE, "no such option: '%s'", word);
	if (!row->arg && equals)
		return err_new(ERR_USAGE, "'%s' takes no value", row->names[0]);
	if (row->arg && equals)
		value = equals + 1;
	else if (row->arg && ++*i >= argc)
		return err_new(ERR_USAGE, "'%s' wants a value (%s)", word, row->arg);
	else if (row->arg)
		value = argv[*i];
	*ret_row = row;
	return store(s, row, value);
}

static struct err *add_word(struct settings *s, const char *word)
{
	const struct subcommand *sub = NULL;

	if (!s->subcommand && !s->words.n)
		sub = subcommand_named(word);
	if (sub) {
		s->subcommand = sub;
		return NULL;
	}
	return vec_push(&s->words, word) ? NULL : err_nomem();
}

struct err *options_read(int argc, char **argv, struct settings *ret)
{
	VEC(const struct option_row *) seen = { 0 };
	const struct option_row *row = NULL;
	struct err *e = NULL;
	bool options = true;

	for (int i = 1; i < argc && !e; i++) {
		if (!options || argv[i][0] != '-' || !argv[i][1]) {
			e = add_word(ret, argv[i]);
		} else if (strcmp(argv[i], "--") == 0) {
			options = false;
		} else {
			e = read_option(argc, argv, &i, ret, &row);
			if (!e && !vec_push(&seen, row))
				e = err_nomem();
		}
	}
	if (!ret->subcommand)
		ret->subcommand = subcommands[0];
	for (size_t i = 0; i < seen.n && !e; i++)
		if (!option_is_of(seen.v[i], ret->subcommand))
			e = err_new(ERR_USAGE, "'%s' is no option of 'osmodump %s'",
				    seen.v[i]->names[0], ret->subcommand->name);
	vec_deinit(&seen);
	if (!e && ret->live && !vec_push(&ret->words, "/proc/kcore"))
		e = err_nomem();
	return e;
}

void settings_deinit(struct settings *s)
{
	vec_deinit(&s->scripts);
	vec_deinit(&s->words);
	vec_deinit(&s->thresholds);
}
