/* SPDX-License-Identifier: MIT */
/* !block: disks, partitions, and requests that are not finished. */
#include "command/kernel.h"

#include "base/cancel.h"
#include "os/linux/kernel/block.h"
#include "os/linux/kernel/now.h"

enum { SECTOR = 512, SLOW = 1000000000, MILLISECOND = 1000000 };

static const struct field device_fields[] = {
	{ "address", FIELD_ADDR, "of struct block_device" },
	{ "disk_addr", FIELD_ADDR, "of its gendisk" },
	{ "queue_addr", FIELD_ADDR, "of its request_queue" },
	{ "name", FIELD_STR, "name of the device" },
	{ "device", FIELD_STR, "major and minor number" },
	{ "partition", FIELD_UINT, "number of the partition; absent: the whole disk" },
	{ "start", FIELD_UINT, "sector of the disk where it begins" },
	{ "sectors", FIELD_UINT, "capacity in sectors of 512 bytes" },
	{ "bytes", FIELD_SIZE, "capacity" },
	{ "openers", FIELD_UINT, "how many times it is open" },
	{ "in_flight", FIELD_UINT, "requests that the device works on" },
	{ "reads", FIELD_UINT, "read requests done" },
	{ "reads_merged", FIELD_UINT, "of them merged into others" },
	{ "sectors_read", FIELD_UINT, "sectors read" },
	{ "read_ms", FIELD_UINT, "milliseconds that reads took, together" },
	{ "writes", FIELD_UINT, "write requests done" },
	{ "writes_merged", FIELD_UINT, "of them merged into others" },
	{ "sectors_written", FIELD_UINT, "sectors written" },
	{ "write_ms", FIELD_UINT, "milliseconds that writes took, together" },
	{ "busy_ms", FIELD_UINT, "milliseconds for which something was in flight" },
	{ "discards", FIELD_UINT, "discard requests done" },
	{ "flushes", FIELD_UINT, "flush requests done" },
	{ NULL },
};
static const struct record device_record = {
	.kind = "block_device",
	.help = "a disk or a partition",
	.fields = device_fields,
	.text = "{address}  {device:8}  {name:-12|?} {sectors:12}  {in_flight:9}  {reads:9|?} {sectors_read:11|?}  {writes:9|?} "
		"{sectors_written:11|?}[  open {openers}]\n",
};

static const struct field request_fields[] = {
	{ "address", FIELD_ADDR, "of struct request" },
	{ "disk", FIELD_STR, "name of the disk" },
	{ "device_addr", FIELD_ADDR, "block_device that it is for, perhaps a partition" },
	{ "operation", FIELD_STR, "read, write, flush ..." },
	{ "state", FIELD_STR, "queued, in flight, complete" },
	{ "tag", FIELD_INT, "its number at the device; absent: it has none yet" },
	{ "sector", FIELD_UINT, "first sector" },
	{ "bytes", FIELD_UINT, "how many" },
	{ "age_ms", FIELD_UINT, "milliseconds since it was made" },
	{ "slow", FIELD_BOOL, "that is more than a second" },
	{ NULL },
};
static const struct record request_record = {
	.kind = "block_request",
	.help = "a request that is not finished",
	.fields = request_fields,
	.text = "request {address}  {disk}  {operation} sector {sector}, {bytes} bytes  {state}[, tag {tag}][, {age_ms} ms old]\n",
};
static const struct record *const block_records[] = { &device_record, &request_record, NULL };

static void add_figures(struct out *o, const struct kernel_block *b, uint64_t tick)
{
	const struct kernel_disk_figures *f = &b->figures;

	out_uint(o, "reads", f->requests[DISK_READ]);
	out_uint(o, "reads_merged", f->merged[DISK_READ]);
	out_uint(o, "sectors_read", f->sectors[DISK_READ]);
	out_uint(o, "read_ms", f->ns[DISK_READ] / MILLISECOND);
	out_uint(o, "writes", f->requests[DISK_WRITE]);
	out_uint(o, "writes_merged", f->merged[DISK_WRITE]);
	out_uint(o, "sectors_written", f->sectors[DISK_WRITE]);
	out_uint(o, "write_ms", f->ns[DISK_WRITE] / MILLISECOND);
	if (tick)
		out_uint(o, "busy_ms", f->busy * tick / MILLISECOND);
	out_uint(o, "discards", f->requests[DISK_DISCARD]);
	out_uint(o, "flushes", f->requests[DISK_FLUSH]);
}

static struct err *show_device(struct out *o, const struct kernel_block *b, uint64_t tick)
{
	out_begin(o, &device_record);
	out_addr(o, "address", b->address);
	out_addr(o, "disk_addr", b->disk);
	out_addr(o, "queue_addr", b->queue);
	out_name(o, "name", b->name);
	out_strf(o, "device", "%u:%u", b->major, b->minor);
	if (b->partition) {
		out_uint(o, "partition", b->partition);
		out_uint(o, "start", b->start);
	}
	out_uint(o, "sectors", b->sectors);
	out_uint(o, "bytes", b->sectors * SECTOR);
	if (b->openers)
		out_uint(o, "openers", b->openers);
	out_uint(o, "in_flight", b->in_flight);
	if (b->has_figures)
		add_figures(o, b, tick);
	return out_end(o);
}

static bool is_slow(const struct kernel_request *q)
{
	return q->has_age && q->age > SLOW;
}

static struct err *show_request(struct out *o, const struct kernel_request *q)
{
	out_begin(o, &request_record);
	out_addr(o, "address", q->address);
	out_name(o, "disk", q->disk);
	if (q->device)
		out_addr(o, "device_addr", q->device);
	out_str(o, "operation", q->operation);
	out_str(o, "state", q->state);
	if (q->tag >= 0)
		out_int(o, "tag", q->tag);
	out_uint(o, "sector", q->sector);
	out_uint(o, "bytes", q->bytes);
	if (q->has_age)
		out_uint(o, "age_ms", q->age / MILLISECOND);
	out_bool(o, "slow", is_slow(q));
	return out_end(o);
}

static struct err *show_requests(struct out *o, const struct kernel_blocks *v, const char *word, bool slow)
{
	for (size_t i = 0; i < v->n_requests; i++) {
		const struct kernel_request *q = &v->requests[i];

		TRY(cancel_check());
		if (is_slow(q) == slow && (!word || str_match(word, q->disk, false)))
			TRY(show_request(o, q));
	}
	return NULL;
}

static bool is_wanted(const struct kernel_block *b, const char *word, bool all)
{
	if (word)
		return str_match(word, b->name, false);
	return all || (b->listed && (b->sectors || b->figures.requests[DISK_READ] || b->figures.requests[DISK_WRITE]));
}

static struct err *run_block(struct session *s, const struct args *args, struct out *o)
{
	struct target *t = session_target(s);
	const char *p = str_skip_space(args->tail);
	bool all = option_word(&p, "-a");
	struct kernel_blocks v = { 0 };
	struct kernel *k;
	char *word = NULL;
	uint64_t tick;

	TRY(word_parse(args->arena, &p, &word));
	TRY(end_parse(args, p));
	TRY(kernel_need(s, args, &k));
	TRY(kernel_blocks_read(t, args->arena, &v));
	session_report(s, v.trouble);
	tick = kernel_now(t).tick;
	TRY(show_requests(o, &v, word, true));
	TRY(out_heading(o, "%-*s  %8s  %-12s %12s  %9s  %9s %11s  %9s %11s\n", out_pointer_width(o), "block_device",
			"Number", "Name", "Sectors", "In flight", "Reads", "Sectors", "Writes", "Sectors"));
	for (size_t i = 0; i < v.n_devices; i++)
		if (is_wanted(&v.devices[i], word, all))
			TRY(show_device(o, &v.devices[i], tick));
	return show_requests(o, &v, word, false);
}

static const char *const block_aliases[] = { "diskstats", NULL };

const struct command command_block_devices = {
	.name = "!block",
	.aliases = block_aliases,
	.summary = "show block devices, and requests that they have not finished",
	.usage = "[-a] [device]",
	.help = "Disks and partitions by number, as /proc/diskstats has them: struct block_device, capacity in\n"
		"sectors of 512 bytes, requests in flight, reads and writes that were done, how many times it is\n"
		"open. Before them come the requests that are older than a second, behind them all others, the\n"
		"oldest first: what a request that never ends holds up hangs. Ages are as of the kernel's last\n"
		"tick. Devices that are empty and were never used are left out; -a shows them. A word (* and ?\n"
		"may stand for anything) shows the devices of that name, and the requests of such disks.",
	.records = block_records,
	.needs = NEEDS_TARGET,
	.whole_word = true,
	.run = run_block,
};
