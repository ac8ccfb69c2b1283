/* SPDX-License-Identifier: MIT */
/* What access bits and object records of handles mean: for !handle. */
#ifndef OSM_COMMAND_HANDLE_INFO_H
#define OSM_COMMAND_HANDLE_INFO_H

#include "command/command.h"

/* "Delete,Synch", "None" */
void handle_standard_access(uint32_t access, struct strbuf *sb);
/* "QueryState,ModifyState", "None"; false: rights of that type are not known. */
bool handle_specific_access(const char *type, uint32_t access, struct strbuf *sb);
/* Lines about the object ("    Event is Set"), from the records behind the handle;
 * nothing when there are none. */
void handle_object_text(struct dump *d, const struct dump_handle *h, unsigned pointer_size,
			struct strbuf *sb);

#endif
