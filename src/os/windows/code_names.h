/* SPDX-License-Identifier: MIT */
/* Tables of codes and their names, sorted by code. */
#ifndef OSM_OS_WINDOWS_CODE_NAMES_H
#define OSM_OS_WINDOWS_CODE_NAMES_H

#include "os/windows/status.h"

struct code_name {
	uint32_t code;
	const char *name;
};

const char *code_name_find(const struct code_name *v, size_t n, uint32_t code);

#endif
