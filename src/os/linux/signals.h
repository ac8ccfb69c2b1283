/* SPDX-License-Identifier: MIT */
/* Signals, their codes and errno values by name (signal(7), sigaction(2)). */
#ifndef OSM_OS_LINUX_SIGNALS_H
#define OSM_OS_LINUX_SIGNALS_H

#include <stdbool.h>
#include <stdint.h>

const char *linux_signal_name(uint32_t signo);		/* "SIGSEGV"; NULL: none */
const char *linux_signal_text(uint32_t signo);		/* "Segmentation fault"; NULL */
/* "SEGV_MAPERR", "SI_TKILL"; NULL: not known */
const char *linux_signal_code_name(uint32_t signo, int32_t code);
/* "integer division by zero"; NULL: not known, or sent by a program */
const char *linux_signal_code_text(uint32_t signo, int32_t code);
/* The kernel sent it because of an instruction: si_addr means something. */
bool linux_signal_is_fault(uint32_t signo, int32_t code);
const char *linux_errno_name(int32_t number);		/* "ENOENT"; NULL */
const char *linux_errno_text(int32_t number);		/* "No such file or directory"; NULL */

#endif
