/* SPDX-License-Identifier: MIT */
/* Version mismatch: modules that do not belong together, or not to the files that are at hand. */
#include "pattern/facts.h"
#include "pattern/pattern.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

enum { MAX_SHOWN = 8 };

struct part {
	struct module *module;
	const char *product;	/* or the name of a library without its version */
	const char *version;
};

/* --- files that are at hand -------------------------------------------------------- */

static const char *show_module(struct pattern_run *run, const struct module *m)
{
	return run_text(run, "lmv a 0x%" PRIx64, m->base);
}

static struct err *match_files(struct pattern_run *run)
{
	struct finding *f = NULL;
	struct module **v;
	size_t n = target_modules(run->target, &v), found = 0, shown = 0;
	const char *first = "";

	for (size_t i = 0; i < n; i++) {
		if (*module_other_file(v[i]) && !found++)
			first = v[i]->image_name;
	}
	if (!found)
		return NULL;
	f = finding_add(run, SEVERITY_NOTE, 92, "%s%s: the file at hand is another build than the one that was loaded.", first,
			found > 1 ? run_text(run, " and %zu other module%s", found - 1, found == 2 ? "" : "s") : "");
	for (size_t i = 0; i < n && shown < MAX_SHOWN; i++) {
		const char *show = show_module(run, v[i]);

		TRY(run_check(run));
		if (!*module_other_file(v[i]))
			continue;
		shown++;
		finding_module(run, f, v[i]->name);
		evidence_other(run, f,
			       &(struct evidence){ .has_address = true, .address = v[i]->base, .command = show, .windbg = show,
						   .gdb = "info sharedlibrary" },
			       "%s; here there is %s", v[i]->path, module_other_file(v[i]));
	}
	return NULL;
}

/* --- what belongs together ------------------------------------------------------------ */

/* Systems are made of parts of many versions. */
static bool is_system(const char *company)
{
	return str_match("*microsoft*", company, true) || str_match("*wine*", company, true);
}

static bool product_of_pe(struct pattern_run *run, struct module *m, struct part *ret)
{
	struct pe *pe = module_pe_image(run->target, m);
	const struct pe_version *v;
	const char *product, *company;

	if (!pe || err_ignore(pe_version(pe, &v)) || !v->has_fixed)
		return false;
	product = pe_version_string(v, "ProductName");
	company = pe_version_string(v, "CompanyName");
	if (!product || !*product || is_system(product) || (company && is_system(company)))
		return false;
	*ret = (struct part){ m, arena_strdup(run->arena, product),
			      run_text(run, "%u.%u.%u.%u", v->product[0], v->product[1], v->product[2], v->product[3]) };
	return ret->product != NULL;
}

static bool is_version(char c)
{
	return (c >= '0' && c <= '9') || c == '.';
}

/* "libssl.so.1.1": libssl, .so.1.1; "libsoup-3.0.so.0": libsoup, -3.0.so.0. */
static bool product_of_elf(struct pattern_run *run, struct module *m, struct part *ret)
{
	const char *so = strstr(m->image_name, ".so"), *end = so;

	if (!so || so == m->image_name || (so[3] && so[3] != '.'))
		return false;
	while (end > m->image_name && is_version(end[-1]))
		end--;
	if (end == so || end == m->image_name || end[-1] != '-')
		end = so;
	else
		end--;
	*ret = (struct part){ m, run_text(run, "%.*s", (int)(end - m->image_name), m->image_name), m->image_name };
	return *ret->product && (*end != '.' || end[3]);
}

static int compare(const void *a, const void *b)
{
	const struct part *x = a, *y = b;
	int d = strcasecmp(x->product, y->product);

	if (!d)
		d = (x->module->machine > y->module->machine) - (x->module->machine < y->module->machine);
	if (!d)
		d = strcmp(x->version, y->version);
	return d ? d : (x->module->base > y->module->base) - (x->module->base < y->module->base);
}

static bool together(const struct part *x, const struct part *y)
{
	return strcasecmp(x->product, y->product) == 0 && x->module->machine == y->module->machine;
}

static bool is_on_stack(struct pattern_run *run, const struct module *m)
{
	const struct fault *fault = facts_fault(run->facts);
	const struct stack *s = facts_blame(run->facts)->stack;

	if (fault->class == FAULT_NONE || fault->class == FAULT_REQUESTED)
		return false;
	for (size_t i = 0; s && i < s->n; i++)
		if (s->frames[i].symbol.module == m)
			return true;
	return false;
}

static void tell(struct pattern_run *run, const struct part *v, size_t n)
{
	bool windows = target_is_windows(run->target), stacked = false;
	size_t shown = 0;
	struct finding *f;

	for (size_t i = 0; i < n; i++)
		stacked |= is_on_stack(run, v[i].module);
	f = finding_add(run, stacked ? SEVERITY_WARNING : SEVERITY_NOTE, stacked ? 70 : 88, "%s%s is loaded in different versions: %s and %s%s.",
			windows ? "Product " : "Library ", v[0].product,
			windows ? run_text(run, "%s has %s", v[0].module->image_name, v[0].version) : v[0].version,
			windows ? run_text(run, "%s has %s", v[n - 1].module->image_name, v[n - 1].version) : v[n - 1].version,
			stacked ? "; the stack of the fault leads through it" : "");
	for (size_t i = 0; i < n; i++) {
		const char *show = show_module(run, v[i].module);

		/* the first of each version, and the last */
		if (shown >= MAX_SHOWN || (i && i + 1 < n && strcmp(v[i].version, v[i - 1].version) == 0))
			continue;
		shown++;
		finding_module(run, f, v[i].module->name);
		evidence_other(run, f,
			       &(struct evidence){ .has_address = true, .address = v[i].module->base, .command = show, .windbg = show,
						   .gdb = "info sharedlibrary" },
			       "%s%s%s", v[i].module->path, windows ? ", of version " : "", windows ? v[i].version : "");
	}
}

static struct err *match_products(struct pattern_run *run)
{
	struct module **modules;
	size_t n_modules = target_modules(run->target, &modules), n = 0, end;
	struct part *v = ARENA_NEW_N(run->arena, struct part, n_modules + 1);

	if (!v)
		return err_nomem();
	for (size_t i = 0; i < n_modules; i++) {
		TRY(run_check(run));
		n += target_is_windows(run->target) ? product_of_pe(run, modules[i], &v[n]) : product_of_elf(run, modules[i], &v[n]);
	}
	if (n)
		qsort(v, n, sizeof(*v), compare);
	for (size_t i = 0; i < n; i = end) {
		TRY(run_check(run));
		for (end = i + 1; end < n && together(&v[i], &v[end]); end++)
			continue;
		if (strcmp(v[i].version, v[end - 1].version) != 0)
			tell(run, v + i, end - i);
	}
	return NULL;
}

static struct err *match(struct pattern_run *run)
{
	TRY(match_products(run));
	return match_files(run);
}

const struct pattern pattern_version_mismatch = {
	.id = "module.version-mismatch",
	.title = "Versions that do not fit",
	.category = CATEGORY_MODULE,
	.definition = "Modules of one product or library are loaded in different versions, or a module is another build than the file of its name "
		      "that is at hand.",
	.context = "An update that replaced some files of a product only, a library that two others need in two versions, symbols and files of "
		   "another build than the one that runs.",
	.criterion = "Windows: modules whose version resources have one product name, of no system's maker, and different product versions. Linux: "
		     "shared libraries whose names differ in their version only. It is a warning when the stack of the fault leads through one of "
		     "them. Files: only of modules whose symbols or image were asked for, by time stamp and size, or by build id.",
	.false_positives = "Products whose parts have versions of their own. Libraries that keep the symbols of their versions apart.",
	.recommendation = "Install the product whole, or bind everything to one version of the library. For files that do not fit, get those of the "
			  "build that ran: stacks and symbols of a wrong file mislead.",
	.match = match,
};
