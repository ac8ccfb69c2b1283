/* SPDX-License-Identifier: MIT */
/* Handle leak: very many open handles or descriptors, most of one type. */
#include "pattern/limits.h"
#include "pattern/pattern.h"

#include <inttypes.h>
#include <string.h>

enum { MAX_TYPES = 64 };

static const struct threshold thresholds[] = {
	{ "handles.count", 10000, "handles", "as many must be open" },
	{ "handles.share", 80, "percent", "of them that one type must have" },
	{ "handles.limit", 90, "percent", "of the limit of open files; as many are a leak whatever their types" },
	{ NULL },
};

struct type_count {
	const char *type;
	const struct dump_handle *first, *last;
	size_t n;
};

static struct type_count *count_of(struct type_count *v, size_t *n, const struct dump_handle *h)
{
	size_t i = 0;

	while (i < *n && strcmp(v[i].type, h->type) != 0)
		i++;
	if (i == *n && *n < MAX_TYPES)
		v[(*n)++] = (struct type_count){ .type = h->type, .first = h };
	return i < *n ? &v[i] : NULL;
}

/* The type that most have. */
static struct err *count(struct pattern_run *run, const struct dump_handle *v, size_t n, struct type_count *ret)
{
	struct type_count types[MAX_TYPES], best = { .type = "" };
	size_t n_types = 0;

	for (size_t i = 0; i < n; i++) {
		struct type_count *c;

		if (i % 4096 == 0)
			TRY(run_check(run));
		c = count_of(types, &n_types, &v[i]);
		if (!c)
			continue;
		c->n++;
		c->last = &v[i];
	}
	for (size_t i = 0; i < n_types; i++)
		if (types[i].n > best.n)
			best = types[i];
	*ret = best;
	return NULL;
}

static void show_handle(struct pattern_run *run, struct finding *f, const struct dump_handle *h, const char *which)
{
	bool windows = target_is_windows(run->target);
	const char *command = run_text(run, "!handle 0x%" PRIx64 " f", h->handle);

	evidence_other(run, f,
		       &(struct evidence){ .has_value = true, .value = h->handle, .command = command,
					   .windbg = windows ? command : NULL },
		       "the %s of them: %s%s%s", which, *h->type ? h->type : "?", *h->name ? " " : "", h->name);
}

static void tell(struct pattern_run *run, size_t n, const struct type_count *c, bool near_limit, uint64_t limit)
{
	const char *what = target_is_windows(run->target) ? "handles" : "descriptors";
	struct finding *f;

	f = finding_add(run, SEVERITY_WARNING, near_limit ? 90 : 75,
			"Handle leak: the process has %zu open %s%s, %zu of them of type %s.", n, what,
			near_limit ? run_text(run, " of %" PRIu64 " that it may have", limit) : "", c->n,
			*c->type ? c->type : "?");
	if (!near_limit)
		f->confidence_why = "some servers keep as many open as they have clients";
	evidence_other(run, f, &(struct evidence){ .command = "!handle", .windbg = "!handle", .gdb = NULL },
		       "%zu %s in all", n, what);
	show_handle(run, f, c->first, "first");
	show_handle(run, f, c->last, "last");
}

/* Of unsigned numbers that may be large. */
static bool is_share(uint64_t part, uint64_t whole, uint64_t percent)
{
	return (double)part * 100 >= (double)whole * (double)percent;
}

static struct err *match(struct pattern_run *run)
{
	const struct dump_handle *v = NULL;
	uint64_t limit = 0;
	size_t n = 0;
	struct type_count most;
	bool near_limit;

	if (err_ignore(dump_handles(target_dump(run->target), &v, &n)) || !n)
		return NULL;
	TRY(count(run, v, n, &most));
	near_limit = limits_value(run->target, "limits.Max open files", &limit) && limit &&
		     is_share(n, limit, run_threshold(run, "handles.limit"));
	if (near_limit || (n >= run_threshold(run, "handles.count") && is_share(most.n, n, run_threshold(run, "handles.share"))))
		tell(run, n, &most, near_limit, limit);
	return NULL;
}

const struct pattern pattern_handle_leak = {
	.id = "resource.handle-leak",
	.title = "Handle leak",
	.category = CATEGORY_RESOURCE,
	.definition = "The process has very many handles or descriptors open, nearly all of one type: they are made and not "
		      "closed.",
	.context = "A way out of a function that does not close; events, threads or processes whose handles nobody closes; "
		   "connections that the other side has left.",
	.criterion = "At least handles.count are open, and handles.share of them are of one type; or as many as handles.limit "
		     "of the soft limit of open files that the snapshot has.",
	.false_positives = "Servers with as many clients, data bases with as many files.",
	.recommendation = "Compare two dumps: what grows leaks. Names and types tell what it is; !htrace or Application Verifier "
			  "on Windows and strace or a tool of bpf on Linux tell who opens it.",
	.bucket = "HANDLE_LEAK",
	.thresholds = thresholds,
	.match = match,
};
