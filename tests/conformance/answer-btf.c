/* SPDX-License-Identifier: MIT */
/*
 * answer-btf FILE [BASE]: what our reader says of a raw BTF blob, for conf-btf.py.
 *	TYPE id kind size name
 *	MEMBER id name offset bit_offset bit_size type
 *	ENUM id name value
 *	NAMED name id		what a look-up by name finds
 * and to standard error how long opening and the first questions took.
 */
#include "base/arena.h"
#include "base/budget.h"
#include "base/source.h"
#include "symbol/btf.h"

#include <inttypes.h>
#include <stdio.h>

static void print_members(struct provider *p, uint64_t id, struct arena *a)
{
	struct type_member *m;
	size_t n;

	if (err_ignore(p->ops->type_members(p, id, a, &m, &n)))
		(void)printf("BAD %" PRIu64 "\n", id);
	else
		for (size_t i = 0; i < n; i++)
			(void)printf("MEMBER %" PRIu64 " %s %" PRIu64 " %u %u %" PRIu64 "\n", id,
				     *m[i].name ? m[i].name : "(anon)", m[i].offset, m[i].bit_offset, m[i].bit_size,
				     m[i].type.id);
}

static void print_enumerators(struct provider *p, uint64_t id, struct arena *a)
{
	struct type_enumerator *e;
	size_t n;

	if (!err_ignore(p->ops->type_enumerators(p, id, a, &e, &n)))
		for (size_t i = 0; i < n; i++)
			(void)printf("ENUM %" PRIu64 " %s %" PRId64 "\n", id, e[i].name, e[i].value);
}

static void print_type(struct provider *p, uint64_t id, const struct type_info *info)
{
	struct arena a = ARENA_INIT;
	struct type_ref found;

	(void)printf("TYPE %" PRIu64 " %d %" PRIu64 " %s\n", id, (int)info->kind, info->size, info->name);
	print_members(p, id, &a);
	print_enumerators(p, id, &a);
	if (*info->name && !err_ignore(p->ops->type_named(p, info->name, &found)))
		(void)printf("NAMED %s %" PRIu64 "\n", info->name, found.id);
	arena_deinit(&a);
}

/* Variables and tags are no types: the end is where there is nothing for long. */
static struct err *print_all(struct provider *p)
{
	enum { MAX_GAP = 100000 };
	unsigned gap = 0;

	for (uint64_t id = 1; gap < MAX_GAP; id++) {
		struct type_info info;
		struct err *e = p->ops->type_info(p, id, &info);

		if (e && err_code(e) != ERR_NOTFOUND)
			return e;
		gap = e ? gap + 1 : 0;
		if (!err_ignore(e))
			print_type(p, id, &info);
	}
	return NULL;
}

static struct err *open_file(const char *path, struct provider *base, struct view *view, struct provider **ret)
{
	struct source *src = NULL; /* kept: the program ends with it */
	struct btf_input in = { .name = path, .base = base };

	TRY(source_open_file(path, &src));
	TRY(source_view(src, 0, src->size, view));
	in.data = view->data;
	in.size = (size_t)view->size;
	return btf_open(&in, ret);
}

static struct err *run(int argc, char **argv)
{
	struct provider *base = NULL, *p = NULL;
	struct view views[2] = { { 0 } };
	uint64_t start = monotonic_ns(), opened, indexed;
	struct type_info info;
	struct type_ref t;

	if (argc > 2)
		TRY(open_file(argv[2], NULL, &views[1], &base));
	TRY(open_file(argv[1], base, &views[0], &p));
	opened = monotonic_ns();
	TRY(p->ops->type_info(p, 1, &info));
	indexed = monotonic_ns();
	(void)err_ignore(p->ops->type_named(p, "task_struct", &t));
	(void)fprintf(stderr, "opened in %" PRIu64 " us, index %" PRIu64 " us, names %" PRIu64 " us\n",
		      (opened - start) / 1000, (indexed - opened) / 1000, (monotonic_ns() - indexed) / 1000);
	return print_all(p);
}

int main(int argc, char **argv)
{
	struct err *e = argc > 1 ? run(argc, argv) : err_new(ERR_USAGE, "usage: answer-btf FILE [BASE]");

	if (e)
		(void)fprintf(stderr, "answer-btf: %s\n", err_message(e));
	return err_ignore(e) ? 1 : 0;
}
