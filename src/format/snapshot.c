/* SPDX-License-Identifier: MIT */
#include "format/snapshot.h"

#include <string.h>

static const char *const consistencies[N_CONSISTENCIES] = {
	[CONSISTENCY_UNKNOWN] = "",
	[CONSISTENCY_INSTANTANEOUS] = "instantaneous",
	[CONSISTENCY_QUASI] = "quasi-instantaneous",
	[CONSISTENCY_SMEARED] = "smeared",
};

static const char *const classes[N_RANGE_CLASSES] = {
	[RANGE_SNAPSHOT] = "snapshot",	   [RANGE_PAUSE] = "pause",	  [RANGE_LIVE] = "live",
	[RANGE_UNREADABLE] = "unreadable", [RANGE_LEFT_OUT] = "left-out", [RANGE_FILE] = "file",
	[RANGE_UNTOUCHED] = "untouched",
};

const char *consistency_name(enum consistency c)
{
	return consistencies[c];
}

enum consistency consistency_named(const char *name)
{
	for (unsigned i = 0; i < N_CONSISTENCIES; i++)
		if (!strcmp(name, consistencies[i]))
			return (enum consistency)i;
	return CONSISTENCY_UNKNOWN;
}

const char *range_class_name(enum range_class c)
{
	return classes[c];
}

bool range_class_named(const char *name, enum range_class *ret)
{
	for (unsigned i = 0; i < N_RANGE_CLASSES; i++)
		if (!strcmp(name, classes[i])) {
			*ret = (enum range_class)i;
			return true;
		}
	return false;
}

const char *registers_from_name(enum registers_from r)
{
	static const char *const names[N_REGISTERS_FROM] = {
		[REGISTERS_NONE] = "",
		[REGISTERS_PTRACE] = "ptrace",
		[REGISTERS_SYSCALL] = "/proc syscall (partial)",
	};

	return names[r];
}
