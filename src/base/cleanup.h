/* SPDX-License-Identifier: MIT */
/*
 * Scope cleanup.
 *
 *	CLEANUP(strbuf_deinit) struct strbuf sb = STRBUF_INIT;
 *	CLEANUP(dump_unrefp) struct dump *dump = NULL;
 *	...
 *	*ret = TAKE_PTR(dump);
 *
 * A type that is handled by pointer defines its pointer form with
 * DEFINE_CLEANUP_PTR beside its destructor. A destructor accepts NULL and
 * half-built objects.
 */
#ifndef OSM_BASE_CLEANUP_H
#define OSM_BASE_CLEANUP_H

#include <stdlib.h>

#define CLEANUP(func) __attribute__((cleanup(func)))

/* TAKE_PTR(p): the value of p, which becomes NULL: ownership moves on. */
#define TAKE_PTR(p)                                                            \
	__extension__({                                                        \
		__typeof__(p) *take_pp_ = &(p);                                \
		__typeof__(p) take_p_ = *take_pp_;                             \
		*take_pp_ = NULL;                                              \
		take_p_;                                                       \
	})

/* Defines func##p(type **), for use with CLEANUP on a pointer variable. */
#define DEFINE_CLEANUP_PTR(type, func)                                         \
	static inline void func##p(type **pp)                                  \
	{                                                                      \
		if (*pp)                                                       \
			func(*pp);                                             \
	}

static inline void freep(void *pp)
{
	free(*(void **)pp);
}

#define ARRAY_SIZE(a) (sizeof(a) / sizeof((a)[0]))

#endif
