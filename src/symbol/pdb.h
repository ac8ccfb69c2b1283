/* SPDX-License-Identifier: MIT */
/*
 * PDB: the provider for Windows program databases (MSF 7.00, Visual C++ 7 and
 * later, clang and lld).
 *
 * Opening reads the headers only: its cost does not depend on the file's size.
 * A module's symbols and lines are read when an address in it, or a name that
 * leads to it, is asked for, and are kept.
 *
 * Type ids are the indices of the TPI stream; simple types keep their numbers
 * below 0x1000, so that T_NOTYPE is 0, "none".
 */
#ifndef OSM_SYMBOL_PDB_H
#define OSM_SYMBOL_PDB_H

#include "base/source.h"
#include "symbol/provider.h"

struct pdb_identity {
	uint8_t guid[16];	/* as stored: the order of an RSDS record */
	uint32_t age;		/* of the DBI stream: what the image's RSDS record says */
	uint32_t info_age;	/* of the info stream: grows with every write */
	uint32_t signature;	/* time stamp */
	enum machine machine;	/* MACHINE_UNKNOWN: no DBI stream (type server) */
	bool stripped;		/* public symbols only */
	bool fastlink;		/* /DEBUG:FASTLINK: the rest is in object files */
};

/*
 * OS, CORRUPT, TRUNCATED; UNSUPPORTED for portable (managed) and pre-7.00 PDBs.
 * A fastlink PDB opens: its publics are there; what it lacks is UNSUPPORTED.
 */
struct err *pdb_open(const char *path, struct provider **ret) MUST_USE;
/* Takes `src`: it is destroyed with the provider, and when opening fails. */
struct err *pdb_open_source(struct source *src, struct provider **ret) MUST_USE;

/* `p` must come from pdb_open*. */
struct pdb_identity pdb_identity(const struct provider *p);
/* The GUID and age of an image's RSDS record name this file. */
bool pdb_matches(const struct provider *p, const uint8_t guid[16], uint32_t age);
/* The provider is one of pdb_open*. */
bool provider_is_pdb(const struct provider *p);

#endif
