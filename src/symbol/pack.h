/* SPDX-License-Identifier: MIT */
/*
 * Type pack: a provider of structure layouts that are part of a system's
 * public or long-stable binary interface, for when its own type data is not at
 * hand (the normal case offline). It comes last in a module's chain: whatever
 * the dump's own symbols say wins.
 *
 * A pack is text in a subset of C, laid out with natural alignment for the
 * pointer size asked for, so that one declaration serves 32 and 64 bits:
 *
 *	struct _LIST_ENTRY { ptr Flink; ptr Blink; };
 *	struct _TEB { struct _NT_TIB NtTib; ... u32 LastErrorValue; };
 *
 * Types: u8 u16 u32 u64 i8 i16 i32 i64 ptr uptr char wchar, struct NAME, and
 * arrays of them. `only32 { ... }` / `only64 { ... }` hold members of one
 * width. `type *name` is a pointer whose target is known: `struct X *Next`. `...`
 * behind the last member says that there are more, which differ.
 */
#ifndef OSM_SYMBOL_PACK_H
#define OSM_SYMBOL_PACK_H

#include "symbol/provider.h"

/* Parses texts up to NULL (static storage). CORRUPT: our own text is wrong. */
struct err *pack_open(const char *name, const char *const *texts, unsigned pointer_size,
		      struct provider **ret) MUST_USE;

extern const char *const pack_windows[];	/* PEB, TEB, loader, critical sections, heap */
extern const char *const pack_linux[];	/* pthread objects of glibc */

extern const char pack_windows_heap_text[], pack_windows_wine_text[]; /* for pack_windows.c */

#endif
