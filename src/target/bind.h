/* SPDX-License-Identifier: MIT */
/*
 * Structures bound by member name.
 *
 * A caller says which members of which type it needs and gets them in a small
 * local struct, wherever the dump's own type data puts them:
 *
 *	struct critsec { uint64_t has; uint64_t lock_count, owner; };
 *	static const struct bind_member members[] = {
 *		{ "LockCount", offsetof(struct critsec, lock_count), BIND_INT, 0 },
 *		{ "OwningThread", offsetof(struct critsec, owner), BIND_UINT, 0 },
 *		{ NULL },
 *	};
 *	static const struct binding critsec_binding =
 *		{ "ntdll", "_RTL_CRITICAL_SECTION", members };
 *	TRY(bind_read(t, HALF_NATIVE, &critsec_binding, address, &cs));
 *
 * All members are 64-bit locals; the local struct starts with `uint64_t has`,
 * whose bit i says that member i exists in this layout and could be read.
 * Presence is tested, never a version. The module's own types are asked first,
 * then the type packs. Layouts are worked out once per target.
 */
#ifndef OSM_TARGET_BIND_H
#define OSM_TARGET_BIND_H

#include "target/target.h"

enum bind_kind {
	BIND_UINT,	/* zero-extended */
	BIND_INT,	/* sign-extended */
	BIND_ADDRESS_OF,/* address of the member itself */
};

struct bind_member {
	const char *path;	/* "NtTib.StackBase"; NULL ends the table */
	size_t local;		/* offset of a uint64_t in the local struct */
	enum bind_kind kind;
	bool optional;
};

struct binding {
	const char *module;	/* whose types to ask, without half: "ntdll"; NULL: all */
	const char *type;
	const struct bind_member *members;
};

/* NOTFOUND: type or a needed member unknown; FAULT: a needed member absent. */
struct err *bind_read(struct target *t, enum thread_half half, const struct binding *b,
		      uint64_t address, void *local) MUST_USE;
/* Offset of one member ("ProcessLocksList"); same errors. */
struct err *bind_offset(struct target *t, enum thread_half half, const struct binding *b,
			const char *path, uint64_t *ret) MUST_USE;
/* The type that the binding found (for dt-like display). NOTFOUND. */
struct err *bind_type(struct target *t, enum thread_half half, const char *module,
		      const char *type, struct type_ref *ret) MUST_USE;
/* Offset and type of a (dotted) member, through bases and anonymous members. */
struct err *type_find_member(struct type_ref type, const char *path, struct type_member *ret) MUST_USE;

#endif
