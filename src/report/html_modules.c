/* SPDX-License-Identifier: MIT */
/* The page's table of modules, and what the dump is. */
#include "report/html_impl.h"

#include <inttypes.h>

enum { MAX_MODULES = 1000, MODULES_OPEN = 12 };

static const char *symbols_text(const struct module *m)
{
	switch (module_symbol_status(m)) {
	case SYMBOLS_PRIVATE: return "full";
	case SYMBOLS_PUBLIC: return "names";
	case SYMBOLS_EXPORT: return "exports";
	case SYMBOLS_NONE: return "none";
	case SYMBOLS_DEFERRED: break;
	}
	return "not asked for";
}

static void add_version(struct html *h, const struct module *m)
{
	if (m->version.present)
		html_addf(h, "%u.%u.%u.%u", m->version.file_ms >> 16, m->version.file_ms & 0xffff, m->version.file_ls >> 16,
			  m->version.file_ls & 0xffff);
	else if (m->build_id_size)
		for (size_t i = 0; i < 4 && i < m->build_id_size; i++)
			html_addf(h, "%s%02x", i ? "" : "build ", m->build_id[i]);
}

static void add_module(struct html *h, const struct module *m)
{
	html_raw(h, "<tr><td>");
	html_cut(h, m->image_name, 60);
	html_raw(h, "</td><td class=\"mono nw\" data-label=\"at\">");
	html_address(h, m->base);
	html_raw(h, "</td><td class=\"n nw\">");
	html_size(h, m->size);
	html_raw(h, "</td><td class=\"nw\" data-label=\"version\">");
	add_version(h, m);
	html_addf(h, "</td><td data-label=\"symbols\">%s</td><td class=\"small dim\">", symbols_text(m));
	html_cut(h, m->path, 160);
	html_raw(h, "</td></tr>\n");
}

void html_modules(struct html *h)
{
	struct module **modules;
	size_t n = target_modules(h->an->target, &modules);

	html_open_section(h, "modules", "Modules");
	if (!n)
		html_raw(h, "<p>The dump tells of no modules.</p>\n");
	if (n) {
		html_addf(h, "<details%s><summary>", n <= MODULES_OPEN ? " open" : "");
		html_count(h, n, "module");
		html_raw(h, ", by address</summary>\n<table class=\"cards\"><thead><tr><th scope=\"col\">Name</th><th scope=\"col\">Base</th>"
			    "<th scope=\"col\" class=\"n\">Size</th><th scope=\"col\">Version</th><th scope=\"col\">Symbols</th><th scope=\"col\">"
			    "Path</th></tr></thead><tbody>\n");
		for (size_t i = 0; i < n && i < MAX_MODULES; i++)
			add_module(h, modules[i]);
		html_raw(h, "</tbody></table>\n");
		if (n > MAX_MODULES)
			html_addf(h, "<p class=\"dim\">%zu more are not shown.</p>\n", n - MAX_MODULES);
		html_raw(h, "</details>\n");
	}
	html_close_section(h);
}

/* --- the dump --------------------------------------------------------------------------------------- */

static void add_coverage(struct html *h, const struct coverage *c)
{
	html_raw(h, "<div><dt>Memory in the file</dt><dd>");
	html_size(h, c->present);
	if (c->stated != c->present) {
		html_raw(h, " of ");
		html_size(h, c->stated);
		html_raw(h, " listed");
	}
	html_addf(h, "</dd></div>\n<div><dt>Threads</dt><dd>%zu</dd></div>\n<div><dt>with registers</dt><dd>%zu</dd></div>\n"
		     "<div><dt>with their stack</dt><dd>%zu</dd></div>\n",
		  c->threads, c->with_registers, c->with_stack);
}

static void add_damage(struct html *h)
{
	const struct dump_defect *defects;
	size_t n = dump_defects(target_dump(h->an->target), &defects);

	if (n)
		html_addf(h, "<p><span class=\"tag warning\">damaged</span> The file is damaged in %zu place%s.</p>\n", n, n == 1 ? "" : "s");
}

struct err *html_quality(struct html *h)
{
	const struct dump_facts *f = target_facts(h->an->target);
	const struct dump_snapshot *s = NULL;
	const struct coverage *c = NULL;

	TRY(facts_coverage(h->an->facts, &c));
	html_open_section(h, "dump", "The dump");
	add_damage(h);
	html_raw(h, "<dl class=\"facts\">\n");
	html_fact(h, "Kind", f->title);
	html_fact(h, "Written by", f->writer);
	html_fact(h, "Machine", machine_name(f->machine));
	html_fact(h, "Program", target_has_wow(h->an->target) ? "32 bits, in a 64-bit process" : "");
	html_fact(h, "System", f->os_text);
	if (!err_ignore(dump_snapshot(target_dump(h->an->target), &s)) && s)
		html_fact(h, "Consistency", consistency_name(s->consistency));
	add_coverage(h, c);
	html_raw(h, "</dl>\n");
	html_close_section(h);
	return NULL;
}
