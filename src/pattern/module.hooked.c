/* SPDX-License-Identifier: MIT */
/* Hooked functions: code or slots of modules that lead elsewhere than their files say. */
#include "base/vec.h"
#include "pattern/facts.h"
#include "pattern/pattern.h"
#include "target/hooks.h"
#include "target/image_diff.h"

#include <inttypes.h>
#include <string.h>

enum { MAX_PLACES = 4096, MAX_SHOWN = 8, MAX_BACK = 3 };
enum { COMPARE_LIMIT = 64 << 20 }; /* bytes of code */

enum nature {
	LEADS_OUT,	/* into another module, or into none */
	LEADS_WITHIN,	/* a module's own doing */
	BREAKPOINT,
	CHANGED,	/* leads nowhere */
	N_NATURES,
};

struct place {
	enum nature nature;
	struct module *module, *to;
	uint64_t address, target;
	bool is_slot, by_file;
	const char *name, *library;
	const struct image_change *change; /* NULL: none was compared */
	bool told;
};

struct search {
	struct pattern_run *run;
	VEC(struct place) places;
	uint64_t left;		/* bytes of code that may yet be compared */
	struct module *compared;	/* its entries are known */
};

static void search_deinit(struct search *s)
{
	vec_deinit(&s->places);
}

/* Products that hook in every process by design. Names of images, '*' as in str_match. */
static const struct {
	const char *image, *product;
} known[] = {
	{ "verifier.dll", "Application Verifier" },
	{ "vrfcore.dll", "Application Verifier" },
	{ "vf*.dll", "Application Verifier" },
	{ "ac*.dll", "application compatibility" },
	{ "apphelp.dll", "application compatibility" },
	{ "emet*.dll", "EMET" },
	{ "payloadrestrictions.dll", "exploit protection" },
	{ "sbiedll.dll", "Sandboxie" },
	{ "umppc*.dll", "CrowdStrike Falcon" },
	{ "csxumd*.dll", "CrowdStrike Falcon" },
	{ "sysfer.dll", "Symantec Endpoint Protection" },
	{ "hmpalert.dll", "HitmanPro.Alert" },
	{ "aswhook*.dll", "Avast" },
	{ "snxhk*.dll", "Avast" },
	{ "atcuf*.dll", "Bitdefender" },
	{ "bdhkm*.dll", "Bitdefender" },
	{ "cyinjct.dll", "Cylance" },
	{ "inprocessclient*.dll", "SentinelOne" },
	{ "mfaphook*.dll", "Citrix" },
	{ "gameoverlayrenderer*", "Steam overlay" },
	{ "discordhook*.dll", "Discord overlay" },
	{ "rtsshooks*.dll", "RivaTuner" },
	{ "libheaptrack_inject.so*", "heaptrack" },
	{ "frida-agent*", "Frida" },
};

static const char *known_product(const struct module *m)
{
	for (size_t i = 0; m && i < ARRAY_SIZE(known); i++)
		if (str_match(known[i].image, m->image_name, true))
			return known[i].product;
	return NULL;
}

/* --- finding them ------------------------------------------------------------------------- */

static void add(struct search *s, struct place p)
{
	p.name = arena_strdup(s->run->arena, p.name);
	p.library = arena_strdup(s->run->arena, p.library);
	if (!p.name || !p.library || (s->places.n < MAX_PLACES && !vec_push(&s->places, p)))
		s->run->no_memory = true;
}

static bool visit_hook(void *arg, const struct hook *h)
{
	struct search *s = arg;

	add(s, (struct place){ .nature = h->to == h->module ? LEADS_WITHIN : LEADS_OUT, .module = h->module, .to = h->to,
			       .address = h->address, .target = h->target, .is_slot = h->is_slot, .name = h->name,
			       .library = h->library });
	return s->places.n < MAX_PLACES;
}

/* The changed bytes may begin within the instruction that was put there. */
static bool change_leads(struct target *t, const struct module *m, uint64_t address, uint64_t *ret_at, uint64_t *ret)
{
	for (unsigned back = 0; back <= MAX_BACK; back++) {
		*ret_at = address - back;
		if (image_change_target(t, m, *ret_at, ret) && (!back || target_module_at(t, *ret) != m))
			return true;
	}
	*ret_at = address;
	return false;
}

static void add_change(struct search *s, struct module *m, const struct image_change *c)
{
	struct target *t = s->run->target;
	struct place p = { .nature = CHANGED, .module = m, .by_file = true, .name = "", .library = "", .change = c };

	if (c->size == 1 && c->is[0] == 0xcc) {
		p.nature = BREAKPOINT;
		p.address = c->address;
	} else if (change_leads(t, m, c->address, &p.address, &p.target)) {
		p.target = hook_follow(t, m, p.target);
		p.to = target_module_at(t, p.target);
		p.nature = p.to == m ? LEADS_WITHIN : LEADS_OUT;
	}
	add(s, p);
}

/* Any code of the module is in the dump, so that there is something to compare. */
static bool has_code(struct target *t, const struct module *m)
{
	const struct dump_segment *v;
	size_t n;

	if (target_is_windows(t))
		return true; /* comparing tells */
	if (err_ignore(dump_segments(target_dump(t), &v, &n)))
		return false;
	for (size_t i = 0; i < n && v[i].address < m->base + m->size; i++)
		if (v[i].address + v[i].size > m->base && v[i].file_size && v[i].prot_known && v[i].prot & DUMP_PROT_X)
			return true;
	return false;
}

/* Nothing is downloaded for this: a path with a server counts only for files that were found already. */
static bool may_look_for_file(struct target *t, const struct module *m)
{
	return *module_image_file(m) || !strstr(target_symbol_path(t), "://");
}

static struct err *compare(struct search *s, struct module *m)
{
	struct target *t = s->run->target;
	struct image_diff d;
	struct err *e;

	s->compared = NULL;
	if (!s->left || !has_code(t, m) || !may_look_for_file(t, m))
		return NULL;
	e = module_compare_code(t, m, s->run->arena, s->left, &d);
	if (e && (err_code(e) == ERR_NOMEM || err_code(e) == ERR_CANCELLED))
		return e;
	if (err_ignore(e))
		return NULL;
	s->left -= d.compared < s->left ? d.compared : s->left;
	if (!d.truncated && d.compared)
		s->compared = m;
	for (size_t i = 0; i < d.n_changes && d.verified; i++)
		add_change(s, m, &d.changes[i]);
	return NULL;
}

static struct err *search(struct search *s)
{
	struct module **v;
	size_t n = target_modules(s->run->target, &v);

	for (size_t i = 0; i < n; i++) {
		TRY(run_check(s->run));
		TRY(compare(s, v[i]));
		if (s->compared != v[i])
			TRY(module_hooked_entries(s->run->target, v[i], visit_hook, s));
		TRY(run_check(s->run));
		TRY(module_hooked_imports(s->run->target, v[i], visit_hook, s));
	}
	return NULL;
}

/* --- telling them ---------------------------------------------------------------------------- */

static const char *place_text(struct pattern_run *run, const struct place *p)
{
	if (p->is_slot)
		return run_text(run, "the import %s of %s%s%s", *p->name ? p->name : "without a name", p->module->name,
				*p->library ? " from " : "", p->library);
	return *p->name ? run_text(run, "%s!%s", p->module->name, p->name) : run_symbol_text(run, p->address);
}

static const char *target_text(struct pattern_run *run, const struct place *p)
{
	return p->to ? run_symbol_text(run, p->target) : run_text(run, "0x%" PRIx64 ", which is in no module", p->target);
}

static const char *bytes_text(struct pattern_run *run, const struct image_change *c)
{
	char was[3 * IMAGE_CHANGE_BYTES + 1] = "", is[3 * IMAGE_CHANGE_BYTES + 1] = "";

	for (size_t i = 0; i < c->size && i < IMAGE_CHANGE_BYTES; i++) {
		(void)snprintf(was + 3 * i, 4, " %02x", c->was[i]);
		(void)snprintf(is + 3 * i, 4, " %02x", c->is[i]);
	}
	return run_text(run, "%" PRIu64 " byte%s not as in the file:%s, there%s", c->size, c->size == 1 ? " is" : "s are", is, was);
}

static void show_code(struct pattern_run *run, struct finding *f, uint64_t address, const char *meaning)
{
	const char *show = run_text(run, "u 0x%" PRIx64 " L1", address);

	evidence_other(run, f,
		       &(struct evidence){ .has_address = true, .address = address, .command = show, .windbg = show,
					   .gdb = run_text(run, "x/1i 0x%" PRIx64, address) },
		       "%s", meaning);
}

static void show_place(struct pattern_run *run, struct finding *f, const struct place *p)
{
	const char *leads = p->nature == LEADS_OUT || p->nature == LEADS_WITHIN ? run_text(run, " leads to %s", target_text(run, p)) : "";
	const char *bytes = p->change ? run_text(run, "; %s", bytes_text(run, p->change)) : "";

	finding_module(run, f, p->module->name);
	if (p->is_slot)
		evidence_memory(run, f, p->address, arch_for(p->module->machine)->pointer_size, "%s%s", place_text(run, p), leads);
	else
		show_code(run, f, p->address, run_text(run, "%s%s%s", place_text(run, p), leads, bytes));
}

static bool alike(const struct place *x, const struct place *y)
{
	return x->nature == y->nature && (x->nature == LEADS_OUT ? x->to == y->to && (!x->to || (x->module == x->to) == (y->module == y->to))
								   : x->module == y->module);
}

static bool is_one_bit(const struct image_change *c)
{
	unsigned x = c && c->size == 1 ? c->was[0] ^ c->is[0] : 0;

	return x && !(x & (x - 1));
}

static struct finding *tell_out(struct pattern_run *run, const struct place *p, const char *others)
{
	const char *product = known_product(p->to);
	unsigned sure = !p->to ? 80 : p->by_file ? 93 : 85;

	return finding_add(run, product ? SEVERITY_NOTE : SEVERITY_WARNING, sure, "Hooked: %s %s to %s%s%s%s.", place_text(run, p),
			   p->is_slot ? "leads" : "was patched and leads", target_text(run, p), others,
			   product ? ", by design of " : "", product ? product : "");
}

static struct finding *tell(struct pattern_run *run, const struct place *p, size_t n)
{
	const char *others = n > 1 ? run_text(run, ", and %zu other place%s lead%s there", n - 1, n == 2 ? "" : "s", n == 2 ? "s" : "") : "";

	switch (p->nature) {
	case LEADS_OUT: return tell_out(run, p, others);
	case LEADS_WITHIN:
		return finding_add(run, SEVERITY_NOTE, 90, "Changed by itself: %s leads to %s, in the same module%s.",
				   place_text(run, p), target_text(run, p), others);
	case BREAKPOINT:
		return finding_add(run, SEVERITY_NOTE, 92, "%zu breakpoint%s set in code of %s: %s.", n, n == 1 ? " is" : "s are",
				   p->module->name, place_text(run, p));
	case CHANGED:
	case N_NATURES: break;
	}
	return finding_add(run, SEVERITY_WARNING, 88, "Code of %s is not as in its file, at %zu place%s: %s%s.", p->module->name, n,
			   n == 1 ? "" : "s", place_text(run, p), n == 1 && is_one_bit(p->change) ? ", in a single bit, as a fault of memory leaves it" : "");
}

static void tell_all(struct search *s)
{
	for (size_t i = 0; i < s->places.n; i++) {
		struct place *p = &s->places.v[i];
		struct finding *f;
		size_t n = 0;

		if (p->told)
			continue;
		for (size_t k = i; k < s->places.n; k++)
			n += alike(p, &s->places.v[k]);
		f = tell(s->run, p, n);
		if (p->nature == CHANGED && n == 1 && is_one_bit(p->change))
			finding_recommend(s->run, f, "Test the memory of the machine, and compare the file on disk with a good one.");
		if (p->to)
			finding_module(s->run, f, p->to->name);
		n = 0;
		for (size_t k = i; k < s->places.n; k++) {
			struct place *q = &s->places.v[k];

			if (q->told || !alike(p, q))
				continue;
			q->told = true;
			if (n++ < MAX_SHOWN)
				show_place(s->run, f, q);
		}
	}
}

static struct err *match(struct pattern_run *run)
{
	CLEANUP(search_deinit) struct search s = { .run = run, .left = COMPARE_LIMIT };
	struct err *e = search(&s);

	tell_all(&s); /* also what was found before the time was up */
	return e;
}

const struct pattern pattern_hooked = {
	.id = "module.hooked",
	.title = "Hooked function",
	.category = CATEGORY_MODULE,
	.definition = "Code of a module was changed in memory, or a slot by which it calls others leads elsewhere than it was bound to.",
	.context = "Security products, overlays, recorders and test tools that intercept calls; injected code; programs that patch themselves; "
		   "faults of memory.",
	.criterion = "Where a module's file is found without asking a server and is the one that was loaded: code that differs from it. Else exported functions that begin "
		     "with a direct jump out of their module. Imports whose address is no exported function of the module it is in, or is in no module.",
	.false_positives = "Compilers at run time and profilers that patch on purpose. Packers that bind imports themselves. Modules that are not in the "
			   "dump's list.",
	.recommendation = "Find whose code it leads to, and try without that product. Code of a hook runs in the place of the function: its faults "
			  "look like faults of the caller.",
	.match = match,
};
