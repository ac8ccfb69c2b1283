/* SPDX-License-Identifier: MIT */
/* The kernel's log in memory that is built here: both layouts, wrapped, torn, hostile. */
#include "base/str.h"
#include "os/linux/kernel/printk.h"
#include "unit/test.h"

#include <stdlib.h>

enum { BASE = 0x10000, DESCS = BASE, INFOS = BASE + 0x1000, TEXT = BASE + 0x4000, SIZE = 0x8000, COUNT_BITS = 4,
       SIZE_BITS = 8, DESC = 24, INFO = 88 };

static uint8_t image[SIZE];
static uint64_t absent_from; /* memory from here on is not in the dump; 0: all is */

static size_t read_image(void *arg, uint64_t address, void *buf, size_t len)
{
	if (address < BASE || address >= BASE + SIZE || (absent_from && address >= absent_from))
		return 0;
	if (len > BASE + SIZE - address)
		len = (size_t)(BASE + SIZE - address);
	memcpy(buf, image + (address - BASE), len);
	return len;
}
static const struct arch_memory memory = { read_image, NULL };

static void put(uint64_t at, unsigned size, uint64_t v)
{
	for (unsigned i = 0; i < size; i++)
		image[at - BASE + i] = (uint8_t)(v >> 8 * i);
}

static struct printk_ring new_ring(void)
{
	memset(image, 0, sizeof(image));
	absent_from = 0;
	return (struct printk_ring){
		.descs = DESCS, .infos = INFOS, .text = TEXT, .count_bits = COUNT_BITS, .size_bits = SIZE_BITS,
		.desc_size = DESC, .info_size = INFO,
		.state = { 0, 8, 1, 0, 0 }, .begin = { 8, 8, 1, 0, 0 }, .next = { 16, 8, 1, 0, 0 },
		.seq = { 0, 8, 1, 0, 0 }, .ts = { 8, 8, 1, 0, 0 }, .length = { 16, 2, 1, 0, 0 },
		.facility = { 18, 1, 1, 0, 0 }, .level = { 19, 1, 1, 5, 3 }, .caller = { 20, 4, 1, 0, 0 },
		.subsystem = { 24, 16, 16, 0, 0 }, .device = { 40, 48, 48, 0, 0 },
	};
}

/* Message `id` at the logical position `begin`; returns the next position. */
static uint64_t message(uint64_t id, unsigned state, uint64_t begin, const char *text)
{
	uint64_t slot = id % (1 << COUNT_BITS), size = 1 << SIZE_BITS, need = 8 + (strlen(text) + 7) / 8 * 8, at, next;

	if (begin / size != (begin + need - 1) / size) { /* does not fit before the end */
		next = (begin / size + 1) * size + need;
		at = TEXT;
	} else {
		next = begin + need;
		at = TEXT + begin % size;
	}
	put(DESCS + slot * DESC, 8, id | (uint64_t)state << 62);
	put(DESCS + slot * DESC + 8, 8, begin);
	put(DESCS + slot * DESC + 16, 8, next);
	put(INFOS + slot * INFO, 8, 100 + id);
	put(INFOS + slot * INFO + 8, 8, id * 1000000);
	put(INFOS + slot * INFO + 16, 2, strlen(text));
	put(INFOS + slot * INFO + 19, 1, (id % 8) << 5 | 2);
	put(INFOS + slot * INFO + 20, 4, id % 2 ? 0x80000000 | id : id);
	put(at, 8, id);
	memcpy(image + (at + 8 - BASE), text, strlen(text));
	return next;
}

static bool show(void *arg, const struct printk_record *r)
{
	struct strbuf *sb = arg;

	strbuf_addf(sb, "%d:", (int)r->seq);
	if (r->lost)
		strbuf_addc(sb, '?');
	strbuf_add(sb, r->text, r->length);
	strbuf_adds(sb, r->unfinished ? "~ " : " ");
	return true;
}

TEST(a_ring)
{
	CLEANUP(strbuf_deinit) struct strbuf sb = STRBUF_INIT;
	struct printk_ring r = new_ring();
	struct printk_summary sum = { 0 };
	uint64_t at = 0;

	at = message(5, 2, at, "first");
	at = message(6, 2, at, "second one, of two words");
	at = message(7, 1, at, "not ended");
	(void)message(8, 0, at, "being written");
	r.tail = 5;
	r.head = 8;
	EXPECT_OK(printk_ring_each(&memory, &r, show, &sb, &sum));
	EXPECT_STR(sb.s, "105:first 106:second one, of two words 107:not ended~ ");
	EXPECT_EQ(sum.records, 3);
	EXPECT_EQ(sum.dropped, 105);
	EXPECT_EQ(sum.lost, 0);
}

static bool check_fields(void *arg, const struct printk_record *r)
{
	bool *ok = arg;

	*ok = r->seq == 113 && r->ts_ns == 13000000 && r->level == 5 && r->facility == 0 && r->has_caller &&
	      r->caller_is_cpu && r->caller == 13 && strcmp(r->subsystem, "usb") == 0 &&
	      strcmp(r->device, "+usb:1-1 and so on, to the end of its 48 bytes..") == 0;
	return false;
}

TEST(fields_of_a_message)
{
	struct printk_ring r = new_ring();
	struct printk_summary sum = { 0 };
	bool ok = false;

	(void)message(13, 2, 0, "x");
	(void)message(14, 2, 16, "never reached");
	memcpy(image + (INFOS + 13 * INFO + 24 - BASE), "usb", 4);
	memcpy(image + (INFOS + 13 * INFO + 40 - BASE), "+usb:1-1 and so on, to the end of its 48 bytes..", 48);
	r.tail = 13;
	r.head = 14;
	EXPECT_OK(printk_ring_each(&memory, &r, check_fields, &ok, &sum));
	EXPECT(ok);
	EXPECT_EQ(sum.records, 1);
}

/* Round the ring of descriptors and of text; ids round 2^62. */
TEST(a_ring_that_has_wrapped)
{
	CLEANUP(strbuf_deinit) struct strbuf sb = STRBUF_INIT;
	struct printk_ring r = new_ring();
	struct printk_summary sum = { 0 };
	uint64_t last = ((uint64_t)1 << 62) - 1, at = 3 * 256 - 48;

	at = message(last - 1, 2, at, "before");
	at = message(last, 2, at, "this one begins anew at the front");
	(void)message(0, 2, at, "after");
	r.tail = last - 1;
	r.head = 0;
	EXPECT_OK(printk_ring_each(&memory, &r, show, &sb, &sum));
	EXPECT_STR(sb.s, "98:before 99:this one begins anew at the front 100:after ");
	/* exactly up to the end of the text */
	r = new_ring();
	strbuf_reset(&sb);
	at = message(1, 2, 256 - 16, "8 bytes!");
	EXPECT_EQ(at, 256);
	r.tail = r.head = 1;
	EXPECT_OK(printk_ring_each(&memory, &r, show, &sb, &sum));
	EXPECT_STR(sb.s, "101:8 bytes! ");
}

TEST(messages_without_their_text)
{
	CLEANUP(strbuf_deinit) struct strbuf sb = STRBUF_INIT;
	struct printk_ring r = new_ring();
	struct printk_summary sum = { 0 };

	(void)message(1, 2, 0, "overwritten");
	put(TEXT, 8, 77); /* the block has another owner */
	(void)message(2, 2, 64, "no text");
	put(DESCS + 2 * DESC + 8, 8, 1), put(DESCS + 2 * DESC + 16, 8, 1);
	(void)message(3, 2, 128, "");
	put(DESCS + 3 * DESC + 8, 8, 3), put(DESCS + 3 * DESC + 16, 8, 3);
	(void)message(4, 2, 192, "longer than its block");
	put(INFOS + 4 * INFO + 16, 2, 60000);
	(void)message(5, 3, 0, "to be used again");
	(void)message(6 + 16, 2, 0, "another number"); /* in slot 6 */
	r.tail = 1;
	r.head = 6;
	EXPECT_OK(printk_ring_each(&memory, &r, show, &sb, &sum));
	EXPECT(str_starts(sb.s, "101:? 102:? 103: 104:longer than its block"));
	EXPECT_EQ(sum.records, 4);
	EXPECT_EQ(sum.lost, 2);
	absent_from = TEXT;
	EXPECT_OK(printk_ring_each(&memory, &r, show, &sb, &sum));
	EXPECT_EQ(sum.lost, 3);
	absent_from = INFOS;
	EXPECT_OK(printk_ring_each(&memory, &r, show, &sb, &sum));
	EXPECT_EQ(sum.records, 0);
	EXPECT_EQ(sum.unreadable, 4);
	absent_from = BASE;
	EXPECT_OK(printk_ring_each(&memory, &r, show, &sb, &sum));
	EXPECT_EQ(sum.unreadable, 6);
}

TEST(rings_that_cannot_be)
{
	struct printk_summary sum = { 0 };
	struct printk_ring r = new_ring(), bad = r;

	bad.count_bits = 40;
	EXPECT_ERR(printk_ring_each(&memory, &bad, show, NULL, &sum), ERR_CORRUPT);
	bad = r, bad.size_bits = 63;
	EXPECT_ERR(printk_ring_each(&memory, &bad, show, NULL, &sum), ERR_CORRUPT);
	bad = r, bad.head = 17;
	EXPECT_ERR(printk_ring_each(&memory, &bad, show, NULL, &sum), ERR_CORRUPT);
	bad = r, bad.head = 3, bad.tail = 4;
	EXPECT_ERR(printk_ring_each(&memory, &bad, show, NULL, &sum), ERR_CORRUPT);
	bad = r, bad.info_size = 5000;
	EXPECT_ERR(printk_ring_each(&memory, &bad, show, NULL, &sum), ERR_UNSUPPORTED);
}

/* --- before 5.10 ------------------------------------------------------------------------- */

static struct printk_buffer new_buffer(void)
{
	memset(image, 0, sizeof(image));
	absent_from = 0;
	return (struct printk_buffer){
		.text = TEXT, .size = 128, .head_size = 20,
		.ts = { 0, 8, 1, 0, 0 }, .total = { 8, 2, 1, 0, 0 }, .length = { 10, 2, 1, 0, 0 },
		.dict = { 12, 2, 1, 0, 0 }, .facility = { 14, 1, 1, 0, 0 }, .level = { 15, 1, 1, 5, 3 },
		.caller = { 16, 4, 1, 0, 0 },
	};
}

static uint64_t record(uint64_t at, const char *text, const char *dict, size_t n_dict)
{
	size_t total = (20 + strlen(text) + n_dict + 3) / 4 * 4;

	put(TEXT + at, 8, at * 1000);
	put(TEXT + at + 8, 2, total);
	put(TEXT + at + 10, 2, strlen(text));
	put(TEXT + at + 12, 2, n_dict);
	put(TEXT + at + 15, 1, 6 << 5);
	put(TEXT + at + 16, 4, 42);
	memcpy(image + (TEXT - BASE) + at + 20, text, strlen(text));
	memcpy(image + (TEXT - BASE) + at + 20 + strlen(text), dict, n_dict);
	return at + total;
}

static bool check_old(void *arg, const struct printk_record *r)
{
	bool *ok = arg;

	*ok = r->seq == 9 && r->level == 6 && r->caller == 42 && !r->caller_is_cpu && r->length == 5 &&
	      strcmp(r->subsystem, "pci") == 0 && strcmp(r->device, "+pci:0") == 0;
	return false;
}

TEST(a_buffer)
{
	CLEANUP(strbuf_deinit) struct strbuf sb = STRBUF_INIT;
	struct printk_buffer b = new_buffer();
	struct printk_summary sum = { 0 };
	bool ok = false;
	uint64_t end;

	b.first = 40;
	end = record(40, "hello", "SUBSYSTEM=pci\0DEVICE=+pci:0", 27);
	EXPECT_EQ(end, 92);
	/* a length of 0 at 92: goes on at the front */
	b.next = record(0, "again", "", 0);
	b.first_seq = 9;
	b.next_seq = 11;
	EXPECT_OK(printk_buffer_each(&memory, &b, show, &sb, &sum));
	EXPECT_STR(sb.s, "9:hello 10:again ");
	EXPECT_EQ(sum.dropped, 9);
	EXPECT_OK(printk_buffer_each(&memory, &b, check_old, &ok, &sum));
	EXPECT(ok);
	/* no room for a head before the end */
	strbuf_reset(&sb);
	b.size = 100;
	EXPECT_OK(printk_buffer_each(&memory, &b, show, &sb, &sum));
	EXPECT_STR(sb.s, "9:hello 10:again ");
}

TEST(buffers_that_cannot_be)
{
	struct printk_buffer b = new_buffer();
	CLEANUP(strbuf_deinit) struct strbuf sb = STRBUF_INIT;
	struct printk_summary sum = { 0 };

	b.next_seq = 5;
	EXPECT_OK(printk_buffer_each(&memory, &b, show, &sb, &sum)); /* lengths of 0, all over */
	EXPECT_EQ(sum.unreadable, 5);
	put(TEXT + 8, 2, 7); /* shorter than its head */
	EXPECT_OK(printk_buffer_each(&memory, &b, show, &sb, &sum));
	EXPECT_EQ(sum.unreadable, 5);
	put(TEXT + 8, 2, 200); /* longer than the buffer */
	EXPECT_OK(printk_buffer_each(&memory, &b, show, &sb, &sum));
	EXPECT_EQ(sum.unreadable, 5);
	put(TEXT + 8, 2, 40);
	put(TEXT + 10, 2, 60); /* text longer than the record */
	b.next_seq = 1;
	EXPECT_OK(printk_buffer_each(&memory, &b, show, &sb, &sum));
	EXPECT_EQ(sum.lost, 1);
	b.first = 200;
	EXPECT_ERR(printk_buffer_each(&memory, &b, show, &sb, &sum), ERR_CORRUPT);
	b.first = 0, b.next_seq = UINT64_MAX;
	EXPECT_ERR(printk_buffer_each(&memory, &b, show, &sb, &sum), ERR_CORRUPT);
}

TESTS(a_ring, fields_of_a_message, a_ring_that_has_wrapped, messages_without_their_text, rings_that_cannot_be,
      a_buffer, buffers_that_cannot_be)
