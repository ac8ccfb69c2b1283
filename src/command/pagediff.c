/* SPDX-License-Identifier: MIT */
/* !pagediff: what of modules is not as it is in their files, or in another process. */
#include "command/code.h"
#include "command/region.h"
#include "command/session_impl.h"

#include "base/cancel.h"
#include "target/image_diff.h"

#include <inttypes.h>
#include <string.h>

static const struct field module_fields[] = {
	{ "module", FIELD_STR, "module" },
	{ "start", FIELD_ADDR, "its base" },
	{ "file", FIELD_STR, "file that it was compared with" },
	{ "process", FIELD_UINT, "number of the process that it was compared with" },
	{ "verified", FIELD_BOOL, "whether the file proved to be the one that was loaded" },
	{ "pages", FIELD_UINT, "read-only pages that differ: they are this process's own" },
	{ "changes", FIELD_UINT, "runs of bytes that differ in them" },
	{ "compared", FIELD_SIZE, "bytes of read-only parts that were compared" },
	{ "absent", FIELD_SIZE, "bytes of read-only parts that are not in the dump" },
	{ "unchanged", FIELD_SIZE, "of them, those that the snapshot says are the file's" },
	{ "unknown", FIELD_SIZE, "bytes that the loader changes in a way that is not known" },
	{ "data_pages", FIELD_UINT, "pages of writable parts in the dump" },
	{ "data_written", FIELD_UINT, "of them, those that are not as in the file: written since, or while loading" },
	{ "truncated", FIELD_BOOL, "there are more differences than are told" },
	{ "trouble", FIELD_STR, "why it could not be compared" },
	{ NULL },
};
static const struct record module_record = {
	.kind = "module_difference",
	.help = "A module beside its file or another process",
	.fields = module_fields,
	.text = "{module:-20} {pages:5} pages differ in {changes} places, {compared:S} compared, {absent:S} not in the dump"
		"[ ({unchanged:S} of that unchanged)][, {unknown:S} not known]; {data_written} of {data_pages} data pages "
		"written\n",
};
static const char trouble_layout[] = "{module:-20} {trouble}\n";

static const struct field page_fields[] = {
	{ "address", FIELD_ADDR, "page" },
	{ "section", FIELD_STR, "section, or kind of segment" },
	{ "bytes", FIELD_UINT, "bytes that differ" },
	{ "protect", FIELD_FLAGS, "protection now" },
	{ "module", FIELD_STR, "module" },
	{ NULL },
};
static const struct record page_record = {
	.kind = "page_difference",
	.help = "A page that is not as in the file or in the other process",
	.fields = page_fields,
	.text = "  {address}  page, {section:-9} {bytes:5} bytes differ  {protect}\n",
};

static const struct field change_fields[] = {
	{ "address", FIELD_ADDR, "first byte that differs" },
	{ "size", FIELD_UINT, "bytes" },
	{ "section", FIELD_STR, "section, or kind of segment" },
	{ "symbol", FIELD_SYM, "what lies there" },
	{ "was", FIELD_BYTES, "the first bytes in the file or in the other process" },
	{ "is", FIELD_BYTES, "those in memory" },
	{ "target", FIELD_ADDR, "where the code leads that was put there" },
	{ "target_symbol", FIELD_SYM, "what lies there" },
	{ "target_module", FIELD_STR, "image of the module that it leads to; absent: into none" },
	{ "module", FIELD_STR, "module" },
	{ NULL },
};
static const struct record change_record = {
	.kind = "byte_difference",
	.help = "Bytes that are not as in the file or in the other process",
	.fields = change_fields,
	.text = "  {address}  {size:4} bytes  {symbol}\n      was {was:D}\n      is  {is:D}\n"
		"[      leads to {target} {target_symbol}\n]",
};
static const char wild_layout[] = "  {address}  {size:4} bytes  {symbol}\n      was {was:D}\n      is  {is:D}\n"
				  "      leads to {target}, which is in no module\n";
static const struct record *const records[] = { &module_record, &page_record, &change_record, NULL };

struct request {
	struct session *s;
	struct target *t, *other;	/* other NULL: beside files */
	size_t process;
	bool verbose, one;		/* one: was named, so that its trouble is an error */
};

static struct err *emit_page(const struct request *q, const struct module *m, const struct image_page *page, struct out *o)
{
	struct region r;

	out_begin(o, &page_record);
	out_addr(o, "address", page->address);
	out_str(o, "section", page->section);
	out_uint(o, "bytes", page->bytes);
	if (!err_ignore(target_region_at(q->t, page->address, &r)))
		region_out_protect(o, "protect", &r);
	out_str(o, "module", m->name);
	return out_end(o);
}

/* A patch may leave its first bytes as they were: a detour begins with its function. */
static bool leads_to(const struct request *q, const struct module *m, uint64_t address, uint64_t *ret)
{
	enum { LONGEST = 15 };
	struct symbol_hit hit;

	target_symbol_at(q->t, address, &hit);
	if (hit.symbol.name && hit.displacement && hit.displacement < LONGEST &&
	    image_change_target(q->t, m, address - hit.displacement, ret))
		return true;
	return image_change_target(q->t, m, address, ret);
}

static struct err *emit_change(const struct request *q, struct module *m, const struct image_change *c, struct out *o)
{
	size_t n = c->size < IMAGE_CHANGE_BYTES ? (size_t)c->size : IMAGE_CHANGE_BYTES;
	struct module *into = NULL;
	uint64_t target = 0;
	bool leads = module_is_executable(q->t, m, c->address) && leads_to(q, m, c->address, &target);

	if (leads)
		into = target_module_at(q->t, target);
	out_begin_as(o, &change_record, leads && !into ? wild_layout : change_record.text);
	out_addr(o, "address", c->address);
	out_uint(o, "size", c->size);
	out_str(o, "section", c->section);
	(void)code_out_place(q->s, o, "symbol", c->address);
	out_bytes(o, "was", c->was, n);
	out_bytes(o, "is", c->is, n);
	if (leads) {
		out_addr(o, "target", target);
		(void)code_out_place(q->s, o, "target_symbol", target);
		out_str(o, "target_module", into ? into->image_name : NULL);
	}
	out_str(o, "module", m->name);
	return out_end(o);
}

static struct err *emit_module(const struct request *q, const struct module *m, const struct image_diff *d, struct out *o)
{
	out_begin(o, &module_record);
	out_str(o, "module", m->name);
	out_addr(o, "start", m->base);
	out_name(o, "file", d->file);
	if (q->other)
		out_uint(o, "process", q->process);
	else
		out_bool(o, "verified", d->verified);
	out_uint(o, "pages", d->n_pages);
	out_uint(o, "changes", d->n_changes);
	out_uint(o, "compared", d->compared);
	out_uint(o, "absent", d->absent);
	if (d->unchanged)
		out_uint(o, "unchanged", d->unchanged);
	if (d->unknown)
		out_uint(o, "unknown", d->unknown);
	out_uint(o, "data_pages", d->data_pages);
	out_uint(o, "data_written", d->data_written);
	if (d->truncated)
		out_bool(o, "truncated", true);
	return out_end(o);
}

static struct err *emit_trouble(const struct request *q, const struct module *m, struct err *trouble, struct out *o)
{
	struct err *e;

	if (q->one || err_code(trouble) == ERR_NOMEM || err_code(trouble) == ERR_CANCELLED)
		return trouble;
	out_begin_as(o, &module_record, trouble_layout);
	out_str(o, "module", m->name);
	out_addr(o, "start", m->base);
	out_str(o, "trouble", err_message(trouble));
	e = out_end(o);
	err_free(trouble);
	return e;
}

static struct err *compare(const struct request *q, struct module *m, struct arena *a, struct image_diff *ret)
{
	struct module *theirs;

	if (!q->other)
		return module_compare_file(q->t, m, a, ret);
	theirs = target_module_named(q->other, m->image_name);
	if (!theirs)
		return err_new(ERR_NOTFOUND, "process %zu has no module %s", q->process, m->image_name);
	return module_compare_process(q->t, m, q->other, theirs, a, ret);
}

static struct err *run_module(const struct request *q, struct module *m, struct out *o)
{
	CLEANUP(arena_deinit) struct arena a = ARENA_INIT;
	struct image_diff d = { .file = "" };
	struct err *e = compare(q, m, &a, &d);

	if (e)
		return emit_trouble(q, m, e, o);
	TRY(emit_module(q, m, &d, o));
	for (size_t i = 0; i < d.n_pages && (q->verbose || q->one); i++)
		TRY(emit_page(q, m, &d.pages[i], o));
	for (size_t i = 0; i < d.n_changes; i++) {
		TRY(cancel_check());
		TRY(emit_change(q, m, &d.changes[i], o));
	}
	return NULL;
}

static struct err *module_asked_for(struct request *q, const struct args *args, const char *p, struct module **ret)
{
	const char *word_at = p;
	uint64_t address;
	char *word;

	TRY(word_parse(args->arena, &word_at, &word));
	*ret = word ? target_module_named(q->t, word) : NULL;
	if (*ret)
		return end_parse(args, word_at);
	TRY(expr_parse(q->s, &p, &address));
	TRY(end_parse(args, p));
	*ret = target_module_at(q->t, address);
	return *ret ? NULL : err_new(ERR_NOTFOUND, "no module at 0x%" PRIx64, address);
}

static struct err *run_pagediff(struct session *s, const struct args *args, struct out *o)
{
	struct request q = { .s = s, .t = session_target(s) };
	const char *p = args->tail;
	struct module **modules, *m;
	uint64_t process = 0;
	bool beside = false;
	unsigned bits;
	size_t n;

	TRY(option_value(s, &p, 'p', &process, &beside));
	TRY(options_parse(&p, "v", &bits));
	if (!beside)
		TRY(option_value(s, &p, 'p', &process, &beside));
	q.verbose = bits;
	q.process = (size_t)process;
	if (beside)
		TRY(process_target(s, q.process, &q.other));
	if (beside && q.other == q.t)
		return err_new(ERR_USAGE, "process %zu is the present one", q.process);
	if (*p) {
		q.one = true;
		TRY(module_asked_for(&q, args, p, &m));
		return run_module(&q, m, o);
	}
	n = target_modules(q.t, &modules);
	for (size_t i = 0; i < n; i++)
		TRY(run_module(&q, modules[i], o));
	return NULL;
}

const struct command command_pagediff = {
	.name = "!pagediff",
	.summary = "find what of modules was patched: memory beside files, or beside another process",
	.usage = "[-v] [-p process] [module | address]",
	.help = "Compares code and read-only data of all modules, or of one, with their files: bytes\n"
		"that differ, and for code that was put there where it leads, with symbol and module.\n"
		"A page that differs has been copied for this process alone when it was written (copy on\n"
		"write). PE images are compared as the loader relocates them, without import tables and\n"
		"slots that it fills in; ELF files by their segments. Of writable parts it is only\n"
		"counted how many pages are not as in the file.\n"
		"\n"
		"Bytes that are not in the dump cannot be compared. Snapshots leave pages to the file\n"
		"that nobody had written to; they are counted as unchanged.\n"
		"\n"
		"-p: compares with the same module of another process of the set (by its number, see\n"
		"|); words that differ by as much as the modules' bases count as equal. -v: also tells\n"
		"the pages, with their protection, as a single module's are.\n"
		"\n"
		"Files are found as symbols are: by the module's path (below --sysroot), the image path\n"
		"and the symbol path. One that is not the file that was loaded is not taken; where the\n"
		"dump does not tell which that was, `verified` is false.",
	.records = records,
	.needs = NEEDS_TARGET,
	.run = run_pagediff,
};
