/* SPDX-License-Identifier: MIT */
/*
 * JSON text piece by piece. A NULL key stands in arrays. Failure of memory
 * shows at the end, by strbuf_check.
 */
#ifndef OSM_CAPTURE_JSON_WRITE_H
#define OSM_CAPTURE_JSON_WRITE_H

#include "base/str.h"
#include <stdbool.h>
#include <stdint.h>

struct json_write {
	struct strbuf sb;
	bool comma;	/* the next item is not the first */
};

void json_open(struct json_write *j, const char *key, char bracket); /* '{' or '[' */
void json_close(struct json_write *j, char bracket);
/* Strings that are NULL or "" are left out of objects. */
void json_str(struct json_write *j, const char *key, const char *s);
void json_strn(struct json_write *j, const char *key, const char *s, size_t n);
void json_uint(struct json_write *j, const char *key, uint64_t v);
void json_int(struct json_write *j, const char *key, int64_t v);
void json_hex(struct json_write *j, const char *key, uint64_t v);	/* "0x7f00" */
void json_bool(struct json_write *j, const char *key, bool v);

#endif
