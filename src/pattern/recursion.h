/* SPDX-License-Identifier: MIT */
/* Recursion: a group of frames that repeats on a stack. */
#ifndef OSM_PATTERN_RECURSION_H
#define OSM_PATTERN_RECURSION_H

#include "target/target.h"

struct recursion {
	size_t start, period, repeats;	/* frames; repeats 1: none */
};

/* The shortest group that repeats most, from one of the innermost frames on. */
struct recursion recursion_find(const struct stack *s);

#endif
