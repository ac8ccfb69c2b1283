/* SPDX-License-Identifier: MIT */
/* Signals of threads that work for others. */
#ifndef OSM_BASE_SIGNALS_H
#define OSM_BASE_SIGNALS_H

#include <signal.h>

/* Blocks in this thread all but those that a fault raises, so that threads which it starts leave the program's signals to
 * it; *ret_before is what pthread_sigmask() puts back. */
void signals_block(sigset_t *ret_before);

#endif
