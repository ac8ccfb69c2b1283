/* SPDX-License-Identifier: MIT */
/*
 * Names as the Visual C++ compiler decorates them ("?f@C@@QEAAXH@Z") turned
 * back into C++.
 */
#ifndef OSM_SYMBOL_UNDECORATE_H
#define OSM_SYMBOL_UNDECORATE_H

#include "base/str.h"

enum undecorate_what {
	UNDECORATE_NAME_ONLY,	/* "C::f": what a stack shows */
	UNDECORATE_COMPLETE,	/* "public: void __cdecl C::f(int)" */
};

/* Appends to sb. false, and sb as it was: not a decorated name, or one that is
 * not understood (for NAME_ONLY: whose name is not; the rest is not needed). */
bool undecorate(const char *name, enum undecorate_what what, struct strbuf *sb);

#endif
