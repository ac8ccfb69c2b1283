/* SPDX-License-Identifier: MIT */
/*
 * The kernel's log from the fuzzer. The first bytes say where its parts are
 * and how large, the rest is memory from 0x1000 on; both layouts are tried.
 */
#include "base/cursor.h"
#include "os/linux/kernel/printk.h"

#include <string.h>

enum { BASE = 0x1000, MAX_SEEN = 20000 };

struct image {
	const uint8_t *data;
	size_t size;
};

static size_t read_image(void *arg, uint64_t address, void *buf, size_t len)
{
	const struct image *i = arg;
	uint64_t at = address - BASE;

	if (address < BASE || at >= i->size)
		return 0;
	if (len > i->size - at)
		len = (size_t)(i->size - at);
	memcpy(buf, i->data + at, len);
	return len;
}

static bool see(void *arg, const struct printk_record *r)
{
	unsigned *n = arg;

	if (r->length && !memchr(r->text, 0, r->length) && strlen(r->device) >= sizeof(r->device))
		__builtin_trap();
	return ++*n < MAX_SEEN;
}

static void try_ring(const struct arch_memory *m, struct cursor c)
{
	struct printk_ring r = {
		.descs = BASE + cursor_u16(&c), .infos = BASE + cursor_u16(&c), .text = BASE + cursor_u16(&c),
		.head = cursor_u64(&c), .tail = cursor_u64(&c), .count_bits = cursor_u8(&c), .size_bits = cursor_u8(&c),
		.desc_size = 24, .info_size = 88,
		.state = { 0, 8, 1, 0, 0 }, .begin = { 8, 8, 1, 0, 0 }, .next = { 16, 8, 1, 0, 0 },
		.seq = { 0, 8, 1, 0, 0 }, .ts = { 8, 8, 1, 0, 0 }, .length = { 16, 2, 1, 0, 0 },
		.facility = { 18, 1, 1, 0, 0 }, .level = { 19, 1, 1, 5, 3 }, .caller = { 20, 4, 1, 0, 0 },
		.subsystem = { 24, 16, 16, 0, 0 }, .device = { 40, 48, 48, 0, 0 },
	};
	struct printk_summary sum;
	unsigned n = 0;

	r.count_bits %= 14; /* each slot costs a read */
	(void)err_ignore(printk_ring_each(m, &r, see, &n, &sum));
	r.info_size = cursor_u16(&c);
	r.device.offset = cursor_u16(&c);
	r.device.size = cursor_u16(&c);
	(void)err_ignore(printk_ring_each(m, &r, see, &n, &sum));
}

static void try_buffer(const struct arch_memory *m, struct cursor c)
{
	struct printk_buffer b = {
		.text = BASE + cursor_u16(&c), .size = cursor_u32(&c), .first = cursor_u16(&c), .next = cursor_u16(&c),
		.first_seq = cursor_u32(&c), .next_seq = cursor_u32(&c), .head_size = 20,
		.ts = { 0, 8, 1, 0, 0 }, .total = { 8, 2, 1, 0, 0 }, .length = { 10, 2, 1, 0, 0 },
		.dict = { 12, 2, 1, 0, 0 }, .facility = { 14, 1, 1, 0, 0 }, .level = { 15, 1, 1, 5, 3 },
		.caller = { 16, 4, 1, 0, 0 },
	};
	struct printk_summary sum;
	unsigned n = 0;

	(void)err_ignore(printk_buffer_each(m, &b, see, &n, &sum));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	enum { HEAD = 32 };
	struct image image = { data + HEAD, size - HEAD };
	struct arch_memory m = { read_image, &image };
	struct cursor c = cursor_init("fuzz", data, size, 0);

	if (size <= HEAD)
		return 0;
	try_ring(&m, c);
	try_buffer(&m, c);
	return 0;
}
