/* SPDX-License-Identifier: MIT */
#include "capture/json_write.h"

#include <inttypes.h>
#include <string.h>

static void begin(struct json_write *j, const char *key)
{
	if (j->comma)
		strbuf_addc(&j->sb, ',');
	j->comma = true;
	if (key) {
		strbuf_add_json(&j->sb, key, strlen(key));
		strbuf_addc(&j->sb, ':');
	}
}

void json_open(struct json_write *j, const char *key, char bracket)
{
	begin(j, key);
	strbuf_addc(&j->sb, bracket);
	j->comma = false;
}

void json_close(struct json_write *j, char bracket)
{
	strbuf_addc(&j->sb, bracket);
	j->comma = true;
}

void json_strn(struct json_write *j, const char *key, const char *s, size_t n)
{
	begin(j, key);
	strbuf_add_json(&j->sb, s, n);
}

void json_str(struct json_write *j, const char *key, const char *s)
{
	if (s && (*s || !key))
		json_strn(j, key, s, strlen(s));
}

void json_uint(struct json_write *j, const char *key, uint64_t v)
{
	begin(j, key);
	strbuf_addf(&j->sb, "%" PRIu64, v);
}

void json_int(struct json_write *j, const char *key, int64_t v)
{
	begin(j, key);
	strbuf_addf(&j->sb, "%" PRId64, v);
}

void json_hex(struct json_write *j, const char *key, uint64_t v)
{
	begin(j, key);
	strbuf_addf(&j->sb, "\"0x%" PRIx64 "\"", v);
}

void json_bool(struct json_write *j, const char *key, bool v)
{
	begin(j, key);
	strbuf_adds(&j->sb, v ? "true" : "false");
}
