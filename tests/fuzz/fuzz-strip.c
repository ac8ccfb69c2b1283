/* SPDX-License-Identifier: MIT */
/*
 * Stripping of hostile dumps of any kind: what can be stripped is written as
 * `osmodump strip` writes it, piece by piece; what comes out opens, says that
 * it was stripped, is hardly larger than what went in, and has the threads it
 * had unless stripping said otherwise. Stripping it again does no harm; it may
 * be refused, because lists of a hostile dump lie over what was written anew.
 */
#include "target/strip.h"
#include <stdint.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum {
	PIECE = 4099,		/* no multiple of anything, so that pieces begin and end anywhere */
	LARGE = 64 << 20,	/* compressed inputs unpack to more; such a dump is planned, but not written */
	ADDED = 4096,		/* headers and the note or comment that says that it was stripped */
};

struct stripped {
	struct dump *dump;
	struct strip_plan plan;
	uint8_t *out;
};

static void stripped_deinit(struct stripped *s)
{
	strip_plan_deinit(&s->plan);
	dump_unref(s->dump);
	free(s->out);
}

/* The promises of the plan: a violation is a finding. */
static void demand(bool held)
{
	if (!held)
		abort();
}

static struct err *write_out(struct stripped *s)
{
	uint64_t had = dump_source(s->dump)->size;

	demand(s->plan.size <= 2 * had + ADDED && strip_plan_kept(&s->plan, dump_source(s->dump)) <= had);
	if (s->plan.size > LARGE)
		return err_new(ERR_UNSUPPORTED, "too large to be written here");
	s->out = calloc(1, s->plan.size ? (size_t)s->plan.size : 1);
	if (!s->out)
		return err_nomem();
	for (uint64_t at = 0; at < s->plan.size; at += PIECE) {
		uint64_t left = s->plan.size - at;
		bool zero;

		TRY(strip_plan_read(&s->plan, dump_source(s->dump), at, s->out + at, left < PIECE ? (size_t)left : PIECE, &zero));
	}
	return NULL;
}

static struct err *open_bytes(const uint8_t *data, size_t size, struct stripped *s)
{
	struct source *src = NULL;

	TRY(source_from_memory("input", data, size, &src));
	return dump_open_source(src, &s->dump);
}

static size_t count_threads(struct dump *d)
{
	const struct dump_thread *threads;
	size_t n = 0;

	return err_ignore(dump_threads(d, &threads, &n)) ? 0 : n;
}

static struct err *strip_twice(const uint8_t *data, size_t size)
{
	struct target_options o = { .symbol_path = "", .image_path = "", .sysroot = "/nowhere" };
	CLEANUP(stripped_deinit) struct stripped once = { 0 }, twice = { 0 };
	struct strip_stacks stacks;

	TRY(open_bytes(data, size, &once));
	TRY(target_strip(once.dump, &o, &once.plan, &stacks));
	TRY(write_out(&once));
	demand(!err_ignore(open_bytes(once.out, (size_t)once.plan.size, &twice)));
	demand(*dump_facts(twice.dump)->stripped);
	demand(stacks.changed || count_threads(twice.dump) >= count_threads(once.dump));
	TRY(target_strip(twice.dump, &o, &twice.plan, &stacks));
	return write_out(&twice);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	err_ignore(strip_twice(data, size));
	return 0;
}
