/* SPDX-License-Identifier: MIT */
/*
 * Breakpad symbol files (.sym): functions, lines, inlined calls, public names,
 * STACK CFI and STACK WIN unwind rules, as a provider. docs/formats/breakpad-sym.md
 *
 * Opening reads the first records only (MODULE, INFO). The first question
 * makes an index in one pass: sorted offsets into the mapped file, no copies
 * of its text. Lines that make no sense are skipped and counted.
 */
#ifndef OSM_SYMBOL_BREAKPAD_H
#define OSM_SYMBOL_BREAKPAD_H

#include "base/machine.h"
#include "base/source.h"
#include "symbol/provider.h"

struct breakpad_identity {
	const char *os;		/* "windows", "Linux", "mac" ... as written */
	const char *cpu;	/* "x86_64" ... as written */
	enum machine machine;
	const char *debug_id;	/* GUID and age in hex: 33 digits or more */
	const char *name;	/* of the debug file: "foo.pdb", "libfoo.so" */
	const char *code_id;	/* INFO CODE_ID, "" when none */
};

/* CORRUPT: no MODULE record. */
struct err *breakpad_open(const char *path, struct provider **ret) MUST_USE;
/* Takes the source over on success. */
struct err *breakpad_open_source(struct source *src, struct provider **ret) MUST_USE;

/* p must be a Breakpad provider; the strings live as long as it. */
const struct breakpad_identity *breakpad_identity(const struct provider *p);
/* Lines that could not be read; makes the index if need be. */
struct err *breakpad_bad_lines(struct provider *p, size_t *ret) MUST_USE;
/* Bytes of parameters on the stack of the FUNC or PUBLIC at rva. NOTFOUND. */
struct err *breakpad_param_size(struct provider *p, uint64_t rva, uint32_t *ret) MUST_USE;

#endif
