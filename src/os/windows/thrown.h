/* SPDX-License-Identifier: MIT */
/* What the parameters of an exception point at: C++ objects, names of DLLs. */
#ifndef OSM_OS_WINDOWS_THROWN_H
#define OSM_OS_WINDOWS_THROWN_H

#include "target/target.h"

/*
 * Appends what is known beyond the numbers: "class std::bad_alloc at ...: bad
 * allocation", "HRESULT 80131509 COR_E_INVALIDOPERATION", "missing.dll"; nothing
 * for other codes. pointer_size: of the code that raised it.
 */
void thrown_describe(struct target *t, unsigned pointer_size, const struct dump_exception *e,
		     struct strbuf *sb);

#endif
