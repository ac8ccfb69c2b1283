/* SPDX-License-Identifier: MIT */
/* Words for exceptions and signals: for .exr, .lastevent and the banner. */
#ifndef OSM_COMMAND_EVENT_H
#define OSM_COMMAND_EVENT_H

#include "command/command.h"

/* "Access violation", "SIGSEGV"; NULL: not known. */
const char *exception_name(const struct dump_facts *f, uint32_t code);
/* What the parameters say: "Attempt to read from address ..."; may add nothing. */
void exception_describe(const struct dump_facts *f, const struct dump_exception *e,
			struct strbuf *sb);

#endif
