/* SPDX-License-Identifier: MIT */
/* Text of maps and smaps: the list must be in order and without overlaps, and every address be found. */
#include "capture/vma.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(const struct vma_list *l)
{
	for (size_t i = 0; i < l->vmas.n; i++) {
		const struct vma *v = &l->vmas.v[i];

		if (v->start >= v->end || (i && l->vmas.v[i - 1].end > v->start) || !v->path || !v->page_size)
			abort();
		if (vma_find(l, v->start) != v || vma_find(l, v->end - 1) != v)
			abort();
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct vma_list l = VMA_LIST_INIT;

	if (err_ignore(vma_list_parse("fuzz", (const char *)data, size, &l)))
		return 0;
	check(&l);
	vma_list_deinit(&l);
	return 0;
}
