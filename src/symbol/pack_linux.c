/* SPDX-License-Identifier: MIT */
/*
 * pthread objects of glibc: their layout is part of its binary interface
 * (bits/struct_mutex.h, bits/struct_rwlock.h, bits/thread-shared-types.h of
 * x86 and of the generic port; checked with offsetof on Debian 12). Barriers and
 * semaphores have no public members: names as in its debug information, places
 * as observed in processes with so many threads at one of so many.
 */
#include "symbol/pack.h"

static const char pthread[] =
"struct __pthread_mutex_s { i32 __lock; u32 __count; i32 __owner;"
" only64 { u32 __nusers; i32 __kind; i16 __spins; i16 __elision; ptr __prev; ptr __next; }"
" only32 { i32 __kind; u32 __nusers; i16 __espins; i16 __eelision; } };\n"
"struct __pthread_rwlock_arch_t { u32 __readers; u32 __writers; u32 __wrphase_futex;"
" u32 __writers_futex; u32 __pad3; u32 __pad4;"
" only64 { i32 __cur_writer; i32 __shared; i8 __rwelision; u8 __pad1[7]; u64 __pad2;"
" u32 __flags; }"
" only32 { u8 __flags; u8 __shared; i8 __rwelision; u8 __pad2; i32 __cur_writer; } };\n"
"struct __pthread_cond_s { u64 __wseq; u64 __g1_start; u32 __g_refs[2]; u32 __g_size[2];"
" u32 __g1_orig_size; u32 __wrefs; u32 __g_signals[2]; };\n"
"struct pthread_barrier { u32 in; u32 current_round; u32 count; i32 shared; u32 out; };\n"
"struct new_sem { only64 { u64 data; i32 private; i32 pad; }"
" only32 { u32 value; i32 private; u32 nwaiters; } };\n";

const char *const pack_linux[] = { pthread, NULL };
