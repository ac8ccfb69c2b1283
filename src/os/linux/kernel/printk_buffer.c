/* SPDX-License-Identifier: MIT */
/*
 * The log before Linux 5.10: records of struct printk_log one behind the other.
 *
 * A record is its head, its text and a dictionary ("SUBSYSTEM=usb", "DEVICE=+usb:1-1",
 * each ended by 0), padded; its first length is that of all of it. One with the
 * length 0 says that the next begins at the front of the buffer.
 */
#include "os/linux/kernel/printk_impl.h"

#include "base/cancel.h"

#include <stdlib.h>
#include <string.h>

enum { MAX_RECORDS = 1 << 22, MAX_DICT = 1024 };

static struct err *check(const struct printk_buffer *b)
{
	if (!b->size || b->size > UINT32_MAX || b->first > b->size || b->next > b->size)
		return err_new(ERR_CORRUPT, "the kernel's log: from 0x%llx to 0x%llx in a buffer of 0x%llx bytes",
			       (unsigned long long)b->first, (unsigned long long)b->next, (unsigned long long)b->size);
	if (!b->head_size || b->head_size > PRINTK_MAX_HEAD)
		return err_new(ERR_UNSUPPORTED, "the kernel's log: heads of %u bytes", b->head_size);
	return NULL;
}

static void copy_word(char *to, size_t size, const char *from)
{
	size_t n = strnlen(from, size - 1);

	memcpy(to, from, n);
	to[n] = '\0';
}

static void read_dict(struct printk_walk *w, uint64_t at, size_t size, struct printk_record *ret)
{
	char dict[MAX_DICT + 1];

	if (size > MAX_DICT)
		size = MAX_DICT;
	if (!size || !arch_read(w->memory, at, dict, size))
		return;
	dict[size] = '\0';
	for (size_t i = 0; i < size; i += strlen(dict + i) + 1) {
		if (str_starts(dict + i, "SUBSYSTEM="))
			copy_word(ret->subsystem, sizeof(ret->subsystem), dict + i + strlen("SUBSYSTEM="));
		if (str_starts(dict + i, "DEVICE="))
			copy_word(ret->device, sizeof(ret->device), dict + i + strlen("DEVICE="));
	}
}

/* The record at `at`, which lies in the buffer whole. */
static void read_record(struct printk_walk *w, const struct printk_buffer *b, uint64_t at, const uint8_t *head,
			struct printk_record *ret)
{
	uint64_t total = place_uint(&b->total, head, b->head_size);
	uint64_t length = place_uint(&b->length, head, b->head_size), dict = place_uint(&b->dict, head, b->head_size);

	ret->ts_ns = place_uint(&b->ts, head, b->head_size);
	ret->level = (unsigned)place_uint(&b->level, head, b->head_size) & (PRINTK_LEVELS - 1);
	ret->facility = (unsigned)place_uint(&b->facility, head, b->head_size);
	printk_set_caller(ret, &b->caller, (uint32_t)place_uint(&b->caller, head, b->head_size));
	ret->text = w->text;
	ret->length = (size_t)length;
	ret->lost = length > total - b->head_size || length > PRINTK_MAX_TEXT ||
		    !arch_read(w->memory, b->text + at + b->head_size, w->text, ret->length);
	if (ret->lost)
		ret->length = 0;
	else if (dict <= total - b->head_size - length)
		read_dict(w, b->text + at + b->head_size + length, (size_t)dict, ret);
}

/* Moves *at on; false: the end, or what cannot be read. */
static bool read_one(struct printk_walk *w, const struct printk_buffer *b, uint64_t seq, uint64_t *at, bool *go_on)
{
	struct printk_record record = { .seq = seq };
	uint8_t head[PRINTK_MAX_HEAD];
	uint64_t total = 0;

	for (int turn = 0; turn < 2 && !total; turn++) {
		if (b->size - *at < b->head_size)
			*at = 0; /* no room for a head: as if its length were 0 */
		if (b->size < b->head_size || !arch_read(w->memory, b->text + *at, head, b->head_size))
			return false;
		total = place_uint(&b->total, head, b->head_size);
		if (!total)
			*at = 0;
	}
	if (total < b->head_size || total > b->size - *at)
		return false;
	read_record(w, b, *at, head, &record);
	*at += total;
	*go_on = printk_tell(w, &record);
	return true;
}

struct err *printk_buffer_each(const struct arch_memory *m, const struct printk_buffer *b, printk_visitor *v, void *arg,
			       struct printk_summary *ret)
{
	CLEANUP(freep) struct printk_walk *w = calloc(1, sizeof(*w));
	uint64_t at = b->first, n = b->next_seq - b->first_seq;
	bool go_on = true;

	if (!w)
		return err_nomem();
	TRY(check(b));
	w->memory = m;
	w->visit = v;
	w->arg = arg;
	if (n > MAX_RECORDS)
		return err_new(ERR_CORRUPT, "the kernel's log: %llu messages cannot be right", (unsigned long long)n);
	for (uint64_t i = 0; i < n && go_on; i++) {
		if (i % PRINTK_CANCEL_EVERY == 0)
			TRY(cancel_check());
		if (!read_one(w, b, b->first_seq + i, &at, &go_on)) {
			w->sum.unreadable = n - i;
			break;
		}
	}
	*ret = w->sum;
	return NULL;
}
