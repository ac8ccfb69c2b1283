/* SPDX-License-Identifier: MIT */
/* Wine: see wine.h. */
#include "os/windows/wine.h"

bool windows_is_wine(struct target *t)
{
	uint64_t address;

	return !err_ignore(target_symbol_named(t, "ntdll!wine_get_version", &address));
}
