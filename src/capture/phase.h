/* SPDX-License-Identifier: MIT */
/*
 * Names of the boundaries that a capture passes, in their order. Nothing
 * happens at them, unless a test sets a hook that kills us there: the target
 * must live on whatever the boundary.
 */
#ifndef OSM_CAPTURE_PHASE_H
#define OSM_CAPTURE_PHASE_H

typedef void phase_fn(const char *name);

void phase(const char *name);
void phase_hook(phase_fn *fn);

#endif
