/* SPDX-License-Identifier: MIT */
/*
 * Sections as they were before compression (SHF_COMPRESSED: System V gABI,
 * "Section Compression"), through libelf. The sizes are checked first.
 */
#include "symbol/elf_impl.h"

#include <elf.h>
#include <gelf.h>
#include <libelf.h>
#include <stdlib.h>
#include <string.h>

enum { MAX_PLAIN = 1 << 30 };

static struct err *libelf_error(const struct elf_file *f, const char *name)
{
	return err_new(ERR_CORRUPT, "%s: %s cannot be decompressed: %s", f->src->name, name, elf_errmsg(-1));
}

/* Decompresses section `index`; the file's bytes are not written to. */
static struct err *decompress(const struct elf_file *f, const char *name, size_t index, uint8_t **ret, size_t *ret_n)
{
	Elf *elf = NULL;
	Elf_Scn *scn;
	Elf_Data *data = NULL;
	struct err *e = NULL;
	GElf_Chdr ch;

	(void)elf_version(EV_CURRENT);
	if (f->src->map)
		elf = elf_memory((char *)(uintptr_t)f->src->map, f->src->size);
	scn = elf ? elf_getscn(elf, index) : NULL;
	if (!scn || !gelf_getchdr(scn, &ch))
		e = libelf_error(f, name);
	else if (ch.ch_size > MAX_PLAIN)
		e = err_new(ERR_CORRUPT, "%s: %s of 0x%llx bytes", f->src->name, name, (unsigned long long)ch.ch_size);
	else if (elf_compress(scn, 0, 0) < 0 || !(data = elf_getdata(scn, NULL)) || !data->d_buf)
		e = libelf_error(f, name);
	if (!e) {
		*ret = malloc(data->d_size + 1);
		*ret_n = data->d_size;
		if (*ret)
			memcpy(*ret, data->d_buf, data->d_size);
		else
			e = err_nomem();
	}
	if (elf)
		(void)elf_end(elf);
	return e;
}

struct err *elf_plain_section(const struct elf_file *f, const char *name, struct source **ret,
			      uint8_t **ret_bytes)
{
	const struct elf_section *s = elf_section_named(f, name);
	uint8_t *bytes = NULL;
	size_t n;
	struct err *e;

	if (!s)
		return err_new(ERR_NOTFOUND, "%s: no %s", f->src->name, name);
	if (!(s->flags & SHF_COMPRESSED)) {
		if (!f->src->map || !range_in(s->offset, s->size, f->src->size))
			return err_new(ERR_TRUNCATED, "%s: %s is not all there", f->src->name, name);
		return source_from_memory(f->src->name, f->src->map + s->offset, s->size, ret);
	}
	TRY(decompress(f, name, (size_t)(s - f->sections), &bytes, &n));
	e = source_from_memory(f->src->name, bytes, n, ret);
	if (e)
		free(bytes);
	else
		*ret_bytes = bytes;
	return e;
}
