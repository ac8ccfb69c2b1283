/* SPDX-License-Identifier: MIT */
/* Open descriptors: see descriptor.h. */
#include "os/linux/descriptor.h"

#include <stdlib.h>
#include <string.h>

enum { ACCESS_MODE = 3, READS_AND_WRITES = 2 /* O_ACCMODE, O_RDWR */, LAST_STANDARD = 2 };

static size_t list(struct target *t, const struct dump_handle **ret)
{
	size_t n = 0;

	return err_ignore(dump_handles(target_dump(t), ret, &n)) ? 0 : n;
}

const struct dump_handle *descriptor_of(struct target *t, uint64_t fd)
{
	const struct dump_handle *v = NULL;
	size_t n = list(t, &v);

	for (size_t i = 0; i < n; i++)
		if (v[i].is_descriptor && v[i].handle == fd)
			return &v[i];
	return NULL;
}

bool descriptor_is_pipe(const struct dump_handle *h)
{
	return strcmp(h->type, "pipe") == 0 || strcmp(h->type, "fifo") == 0;
}

uint64_t descriptor_inode(const struct dump_handle *h)
{
	const char *open = strchr(h->name, '[');

	if (!open || (!str_starts(h->name, "pipe:[") && !str_starts(h->name, "socket:[")))
		return 0;
	return strtoull(open + 1, NULL, 10);
}

/* "tcp 127.0.0.1:80 -> 127.0.0.1:5000 ESTABLISHED" and the same the other way round. */
static bool are_ends_of_tcp(const char *a, const char *b)
{
	const char *arrow_a = strstr(a, " -> "), *arrow_b = strstr(b, " -> ");
	const char *from_a = strchr(a, ' '), *from_b = strchr(b, ' ');
	size_t left_a, left_b, right_a, right_b;

	if (!str_starts(a, "tcp") || !arrow_a || !arrow_b || from_a >= arrow_a || from_b >= arrow_b ||
	    from_a - a != from_b - b || strncmp(a, b, (size_t)(from_a - a)) != 0)
		return false;
	left_a = (size_t)(arrow_a - ++from_a);
	left_b = (size_t)(arrow_b - ++from_b);
	right_a = strcspn(arrow_a + 4, " ");
	right_b = strcspn(arrow_b + 4, " ");
	return left_a == right_b && left_b == right_a && strncmp(from_a, arrow_b + 4, left_a) == 0 &&
	       strncmp(from_b, arrow_a + 4, left_b) == 0;
}

static bool are_ends(const struct dump_handle *h, const struct dump_handle *other)
{
	uint32_t mode = h->attributes & ACCESS_MODE, other_mode = other->attributes & ACCESS_MODE;

	if (strcmp(h->type, other->type) != 0)
		return false;
	if (descriptor_is_pipe(h))
		return strcmp(h->name, other->name) == 0 && (mode != other_mode || other_mode == READS_AND_WRITES);
	if (strcmp(h->type, "socket") != 0)
		return false;
	if (h->peer || other->peer)
		return (h->peer && h->peer == descriptor_inode(other)) || (other->peer && other->peer == descriptor_inode(h));
	return h->detail && other->detail && are_ends_of_tcp(h->detail, other->detail);
}

bool descriptor_may_be_passed(struct target *t)
{
	const struct dump_handle *v = NULL;
	size_t n = list(t, &v);

	for (size_t i = 0; i < n; i++)
		if (v[i].is_descriptor && v[i].handle > LAST_STANDARD && strcmp(v[i].type, "socket") == 0 && v[i].detail &&
		    str_starts(v[i].detail, "unix") && !descriptor_other_end(t, &v[i]))
			return true;
	return false;
}

const struct dump_handle *descriptor_other_end(struct target *t, const struct dump_handle *h)
{
	const struct dump_handle *v = NULL;
	size_t n = list(t, &v);
	bool is_event = strcmp(h->type, "eventfd") == 0;

	for (size_t i = 0; i < n; i++) {
		if (!v[i].is_descriptor)
			continue;
		/* of an eventfd no more is known than that the process has it itself */
		if (is_event ? &v[i] == h : &v[i] != h && are_ends(h, &v[i]))
			return &v[i];
	}
	return NULL;
}
