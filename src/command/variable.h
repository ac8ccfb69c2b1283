/* SPDX-License-Identifier: MIT */
/* One environment variable: for !peb and !environ. */
#ifndef OSM_COMMAND_VARIABLE_H
#define OSM_COMMAND_VARIABLE_H

#include "command/command.h"

extern const struct record variable_record;

/* text: "NAME=value"; a name may begin with '=' (Windows' "=C:=C:\dir"). */
struct err *variable_emit(struct out *o, const char *text) MUST_USE;

#endif
