/* SPDX-License-Identifier: MIT */
#include "symbol/undecorate.h"

bool undecorate(const char *name, enum undecorate_what what, struct strbuf *sb)
{
	return false;
}
