/* SPDX-License-Identifier: MIT */
#include "capture/phase.h"

#include <stddef.h>

static phase_fn *hook;

void phase_hook(phase_fn *fn)
{
	hook = fn;
}

void phase(const char *name)
{
	if (hook)
		hook(name);
}
