/* SPDX-License-Identifier: MIT */
/* Exception codes and NTSTATUS values by name (ntstatus.h, winnt.h). */
#ifndef OSM_OS_WINDOWS_STATUS_H
#define OSM_OS_WINDOWS_STATUS_H

#include "target/target.h"

struct status {
	uint32_t code;
	const char *name;	/* "STATUS_ACCESS_VIOLATION" */
	const char *text;	/* "Access violation": WinDbg's words; may be "" */
};

/* Codes that raise exceptions, with texts. NULL: not in the table. */
const struct status *status_find(uint32_t code);
/* Names, NULL: not known. status_name also knows exception codes that are no
 * NTSTATUS; hresult_name also Win32 codes and NTSTATUS inside an HRESULT. */
const char *status_name(uint32_t code);
const char *ntstatus_name(uint32_t code);
const char *hresult_name(uint32_t code);
/* FAST_FAIL_* subcode of 0xC0000409, NULL: not known. */
const char *fast_fail_name(uint64_t subcode);
const char *win32_error_name(uint32_t code);

#endif
