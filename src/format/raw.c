/* SPDX-License-Identifier: MIT */
/*
 * Raw images: byte n of the file is byte n of physical memory, with no header
 * that could say so (QEMU's pmemsave, dd of /dev/mem, padded LiME, VMware's
 * .vmem). Nothing is probed: it has to be asked for (--format raw).
 */
#include "format/dump_impl.h"

extern const struct dump_format format_raw;

static bool never(struct source *src)
{
	(void)src;
	return false;
}

static struct err *list_physical(struct dump *d, struct dump_segment **ret, size_t *ret_n)
{
	*ret = ARENA_NEW(&d->arena, struct dump_segment);
	if (!*ret)
		return err_nomem();
	(*ret)->size = (*ret)->file_size = d->src->size;
	*ret_n = d->src->size != 0;
	return NULL;
}

static const struct dump_ops ops = { .physical = list_physical };

static struct err *open_raw(struct source *src, struct dump **ret)
{
	struct dump *d = calloc(1, sizeof(*d));
	struct err *e;

	if (!d)
		return err_nomem();
	e = dump_init(d, &ops, src);
	if (e) {
		free(d);
		return e;
	}
	d->facts.kind = DUMP_RAW;
	d->facts.format = format_raw.name;
	d->facts.title = "Physical Memory Image (raw)";
	d->facts.whole_system = true;
	*ret = d;
	return NULL;
}

const struct dump_format format_raw = {
	.name = "raw",
	.summary = "raw images of physical memory (with --format raw)",
	.probe = never,
	.open = open_raw,
};
