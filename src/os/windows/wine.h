/* SPDX-License-Identifier: MIT */
/*
 * Wine reports whatever version of Windows it plays, but keeps its own layouts where
 * Microsoft documents none. Its ntdll says so by exporting wine_get_version.
 */
#ifndef OSM_OS_WINDOWS_WINE_H
#define OSM_OS_WINDOWS_WINE_H

#include "target/target.h"

bool windows_is_wine(struct target *t);

#endif
