/* SPDX-License-Identifier: MIT */
/*
 * Open descriptors of a Linux process, as a snapshot lists them
 * (docs/formats/osmosis-note.md), by what a thread that waits at one asks: who
 * has the other end.
 *
 * Both ends of a pipe have one name, "pipe:[inode]", and differ in what may be
 * done with them; a socket's peer is another inode. An eventfd has one end, which
 * whoever has it may read and write.
 */
#ifndef OSM_OS_LINUX_DESCRIPTOR_H
#define OSM_OS_LINUX_DESCRIPTOR_H

#include "target/target.h"

/* NULL: it is not listed, or nothing is. */
const struct dump_handle *descriptor_of(struct target *t, uint64_t fd);
bool descriptor_is_pipe(const struct dump_handle *h);
/* The number in "pipe:[5]" and "socket:[5]"; 0: none. */
uint64_t descriptor_inode(const struct dump_handle *h);
/* A descriptor of `t` which is an end that feeds, or empties, what `h` (of this or another process) waits
 * at: the other end of its pipe, the socket that it is connected with, the same eventfd. NULL: none. */
const struct dump_handle *descriptor_other_end(struct target *t, const struct dump_handle *h);
/* The process is connected to another one by a Unix socket, through which it may have passed any descriptor on (Wine's
 * threads wait at pipes whose other ends they gave to the server). Standard input, output and error do not count. */
bool descriptor_may_be_passed(struct target *t);

#endif
