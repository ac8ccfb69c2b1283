/* SPDX-License-Identifier: MIT */
/*
 * Structures of Wine's heap, as observed in the memory of processes of Wine 8.0, 32 and
 * 64 bit, that allocated blocks of known sizes (os/windows/heap_wine.c). The names are
 * ours.
 */
#include "symbol/pack.h"

const char pack_windows_wine_text[] =
"struct _HEAP_wine { uptr Reserved0[2]; u32 SegmentSignature; u32 Reserved1; uptr Reserved2[7];"
" u32 Reserved3[2]; uptr Reserved4[3]; u32 Flags; u32 ForceFlags; struct _LIST_ENTRY Heaps;"
" struct _LIST_ENTRY SubHeaps; struct _LIST_ENTRY LargeBlocks; uptr GrowSize; uptr Reserved5;"
" u32 Magic; ... };\n"
"struct _SUBHEAP_wine { uptr DataSize; uptr CommitSize; struct _LIST_ENTRY Entry; ptr Heap; };\n"
"struct _LARGE_wine { uptr Reserved0; only64 { uptr Reserved1; } struct _LIST_ENTRY Entry; uptr Requested;"
" uptr DataSize; only64 { uptr Reserved2; } u64 Header; };\n";
