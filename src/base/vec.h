/* SPDX-License-Identifier: MIT */
/*
 * Growing array.
 *
 *	VEC(struct range) ranges = { 0 };
 *	if (!vec_push(&ranges, r))
 *		return err_nomem();
 *	for (size_t i = 0; i < ranges.n; i++) use(&ranges.v[i]);
 *	vec_deinit(&ranges);
 *
 * vec_push copies the item and is false when memory is out; pointers to items
 * are good until the next push.
 */
#ifndef OSM_BASE_VEC_H
#define OSM_BASE_VEC_H

#include <stdbool.h>
#include <stdlib.h>

#define VEC(type)                                                              \
	struct {                                                               \
		type *v;                                                       \
		size_t n, cap;                                                 \
	}

static inline bool vec_grow_(void **v, size_t *cap, size_t n, size_t size)
{
	size_t want = *cap ? *cap * 2 : 8, bytes;
	void *p;

	if (want < n)
		want = n;
	if (__builtin_mul_overflow(want, size, &bytes))
		return false;
	p = realloc(*v, bytes);
	if (!p)
		return false;
	*v = p;
	*cap = want;
	return true;
}

#define vec_reserve(vec, count)                                                \
	((count) <= (vec)->cap ||                                              \
	 vec_grow_((void **)&(vec)->v, &(vec)->cap, (count), sizeof(*(vec)->v)))

#define vec_push(vec, item)                                                    \
	(vec_reserve((vec), (vec)->n + 1) ? ((vec)->v[(vec)->n++] = (item), true) : false)

#define vec_deinit(vec)                                                        \
	do {                                                                   \
		free((vec)->v);                                                \
		(vec)->v = NULL;                                               \
		(vec)->n = (vec)->cap = 0;                                     \
	} while (0)

#endif
