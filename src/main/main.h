/* SPDX-License-Identifier: MIT */
/*
 * What the files of the program share: the rows of sub-commands and options,
 * the settings that the command line gives, and the terminal.
 *
 * To add a sub-command: src/main/<name>.c with a `const struct subcommand`,
 * one line in main.c's list, and its name in the `of` column of the options it
 * takes (options.c). --help, the manual page and the completions follow.
 */
#ifndef OSM_MAIN_MAIN_H
#define OSM_MAIN_MAIN_H

#include "base/cleanup.h"
#include "base/err.h"
#include "base/str.h"
#include "base/vec.h"
#include "capture/sink.h"
#include "command/session.h"
#include "format/manifest.h"
#include "output/output.h"
#include "target/target.h"
#include <stdbool.h>

/* Exit codes; the manual page has the same list (manual.c). */
enum exit_code {
	EXIT_OK = 0,
	EXIT_FAILED = 1,	/* a command failed */
	EXIT_USAGE = 2,		/* the command line is wrong */
	EXIT_OPEN = 3,		/* the file is no dump, or cannot be opened */
};

struct script {
	const char *text;	/* commands, or a file's name */
	bool is_file;
};

struct settings {
	const struct subcommand *subcommand;
	VEC(struct script) scripts;	/* -c and -cf, in their order */
	VEC(const char *) words;	/* what is no option: file names */
	VEC(const char *) thresholds;	/* --threshold, in their order */
	const char *symbol_path, *image_path, *sysroot, *tmpdir, *format, *to, *log;
	const char *pdb, *elf, *sym, *module, *base;
	const char *html;
	bool summary;
	const char *process;	/* inside the dump of a machine */
	const char *output, *budget, *engine, *set, *include, *exclude, *vm;
	bool mini, full, all_memory, environment, dry_run;
	const char *classes, *pause_max, *with_process;	/* of snap --kernel */
	bool kernel, all_classes, calibrate, no_module;
	const char *compress, *limit_rate;	/* of files that are written */
	bool keep_partial, force;
	bool live;
	bool verbose, json, quiet, no_color, help, version, man, markdown, no_inlines;
};

struct option_row {
	const char *names[3];	/* "-c", "--command" */
	const char *arg;	/* "COMMANDS"; NULL: none */
	const char *help;
	const char *of;		/* sub-commands that take it: "debug info"; "": all */
	size_t offset;		/* in struct settings: const char * with arg, else bool */
	bool is_script, is_file;/* goes to scripts instead */
	bool is_threshold;	/* to thresholds */
	bool completes_files;
};

extern const struct option_row option_rows[];	/* ended by names[0] NULL */
bool option_is_of(const struct option_row *row, const struct subcommand *sub);
/* USAGE; *ret is filled as far as the words went, and must be freed either way. */
struct err *options_read(int argc, char **argv, struct settings *ret) MUST_USE;
void settings_deinit(struct settings *s);

struct subcommand {
	const char *name;
	const char *usage;	/* what follows "osmodump name" */
	const char *summary;	/* one line */
	const char *help;	/* paragraphs */
	bool takes_files;	/* for completion */
	const struct record *const *records; /* with --json; NULL: as its commands */
	int (*run)(const struct settings *s);
};

extern const struct subcommand *const subcommands[];	/* NULL-terminated; the first is the default */
const struct subcommand *subcommand_named(const char *name); /* NULL */

/* --- terminal.c: standard error, signals, colours -------------------------------- */
void terminal_init(const struct settings *s);
/* "osmodump: text" in red; clears a progress line first. */
void terminal_error(const char *fmt, ...) PRINTF(1, 2);
void terminal_clear_progress(void);
/* Whether the file lost bytes while it was mapped; tells it when it is new. */
bool terminal_file_changed(void);
void terminal_set_file(const char *path);	/* its name, for that; borrowed */
/* SIGTERM and SIGHUP do what Ctrl-C does: for what must be undone when it is broken off. */
void terminal_undo_when_ended(void);
/* Tells e on standard error, and as a record when o writes JSON. Takes e. */
void report_error(struct out *o, struct err *e);
/* The same for a sub-command that is over with it: with the program's name in text. */
void report_failure(struct out *o, struct err *e);
/* The sink of standard output. */
struct err *stdout_write(void *arg, const char *text, size_t len) MUST_USE;
struct err *stdout_flush(void) MUST_USE;
/* Text or JSON to standard output, as the settings say. */
struct err *open_output(const struct settings *s, struct out **ret) MUST_USE;

/* --- dump.c: opening what the command line names ---------------------------------- */
/* As the options say. */
struct err *load_dump(const struct settings *s, const char *path, struct dump **ret) MUST_USE;
struct target_options load_options(const struct settings *s);
struct err *load_target(const struct settings *s, struct dump *d, struct target **ret) MUST_USE;
/* Reports and returns EXIT_OPEN or EXIT_USAGE; *ret_dump is the caller's. */
int open_dump(const struct settings *s, struct dump **ret_dump);
int open_target(const struct settings *s, struct dump *d, struct target **ret);
/* What is done with the one dump that is named; reports, and returns an exit code. */
typedef struct err *on_dump_fn(const struct settings *s, struct target *t, struct out *o);
int run_on_dump(const struct settings *s, on_dump_fn *f);
/* Also with the memory of a machine, whose target has no threads and no modules. */
int run_on_any_dump(const struct settings *s, on_dump_fn *f);

/* --- system.c: the manifest of a set, and the dumps that it names -------------------- */
struct system;
/* *ret NULL: the file is no manifest. Reports, and returns an exit code. */
int open_system(const struct settings *s, struct system **ret);
void system_destroy(struct system *y);
DEFINE_CLEANUP_PTR(struct system, system_destroy)
const struct manifest *system_manifest(const struct system *y);
/* The i-th process's; lent. */
struct err *system_target(struct system *y, size_t i, struct target **ret) MUST_USE;
/* Path of a file beside the manifest, to be freed. */
struct err *system_path(const struct system *y, const char *file, char **ret) MUST_USE;
/* The first process that can be opened is the session's. */
struct err *system_create_session(struct system *y, struct session **ret, struct target **ret_first) MUST_USE;

/* --- writing.c: how files are written -------------------------------------------------- */
/* Digits and nothing else, at most `most`; false: *ret is untouched. */
bool parse_decimal(const char *text, uint64_t most, uint64_t *ret);
/* --compress, --limit-rate, --keep-partial, --force; the path is the caller's. */
struct err *writing_options(const struct settings *s, struct sink_options *ret) MUST_USE;
/* The path, whose name says how the file is compressed unless --compress does. */
void writing_path(const struct settings *s, const char *path, struct sink_options *ret);

/* --- thresholds.c: of the configuration file and the command line --------------------- */
/* "name=value", as given, in the order in which they count: a later one overrules. */
struct err *thresholds_each(const struct settings *s, struct err *(*add)(void *arg, const char *text), void *arg) MUST_USE;
enum { MAX_THRESHOLDS = 32 };
struct threshold_setting;
/* ret has room for MAX_THRESHOLDS. */
struct err *thresholds_read(const struct settings *s, struct threshold_setting *ret, size_t *ret_n) MUST_USE;

/* --- analyze_page.c, analyze_many.c: other forms of analyze ------------------------------ */
/* --html FILE: the verdict to o, the page to the file. */
struct err *analyze_page(const struct settings *s, struct target *t, struct out *o) MUST_USE;
/* The same of all processes of a set, in one page. */
struct err *analyze_set_page(const struct settings *s, struct system *system, struct out *o) MUST_USE;
/* --summary: over many dumps; reports, and returns an exit code. */
int analyze_many(const struct settings *s);

/* --- page.c: what --html writes ------------------------------------------------------------ */
struct err *page_write(const struct settings *s, struct strbuf *page, struct out *o) MUST_USE;
extern const struct record page_record;

/* --- edit.c: the prompt -------------------------------------------------------------- */
/* Reads and runs lines until the end of input or q. */
int run_interactive(struct session *s, struct out *o);

/* --- manual.c: texts made from the rows ------------------------------------------------ */
void print_usage(const struct subcommand *sub, FILE *to);
void print_manual(FILE *to);
bool print_markdown(const char *command, FILE *to);
void print_pages(FILE *to);
bool print_completion(const char *shell, FILE *to);

#endif
