/* SPDX-License-Identifier: MIT */
/*
 * !dmesg: the kernel's log. In text a line of the log is a line here, with the
 * stamp of its message; in JSON a message is one record.
 */
#include "command/kernel.h"

#include "base/cancel.h"
#include "os/linux/kernel/printk.h"

#include <inttypes.h>
#include <string.h>

static const struct field message_fields[] = {
	{ "seq", FIELD_UINT, "number of the message since boot" },
	{ "since_boot", FIELD_DURATION, "when it was written, by the log's clock" },
	{ "stamp", FIELD_STR, "the same as dmesg shows it, in seconds" },
	{ "level", FIELD_STR, "emerg, alert, crit, err, warn, notice, info or debug" },
	{ "facility", FIELD_UINT, "as in syslog: 0 is the kernel" },
	{ "caller", FIELD_STR, "who wrote it: T and the thread's id, or C and the processor's number" },
	{ "subsystem", FIELD_STR, "of the device that it is about" },
	{ "device", FIELD_STR, "the device that it is about" },
	{ "text", FIELD_STR, "what it says" },
	{ "lost", FIELD_BOOL, "its text was overwritten or is not in the dump" },
	{ "unfinished", FIELD_BOOL, "its writer had not ended it" },
	{ NULL },
};
static const struct record message_record = {
	.kind = "kernel_message",
	.help = "a message of the kernel's log",
	.fields = message_fields,
	.text = "\\[{stamp:12}\\] {text:r|(its text is not there)}\n",
};
static const char caller_layout[] = "\\[{stamp:12}\\]\\[{caller:6|?}\\] {text:r|(its text is not there)}\n";
static const char level_layout[] = "{level:-6}: \\[{stamp:12}\\] {text:r|(its text is not there)}\n";
static const char both_layout[] = "{level:-6}: \\[{stamp:12}\\]\\[{caller:6|?}\\] {text:r|(its text is not there)}\n";

static const struct field log_fields[] = {
	{ "messages", FIELD_UINT, "messages that are there" },
	{ "shown", FIELD_UINT, "of them those that were asked for" },
	{ "lost", FIELD_UINT, "of them those without their text" },
	{ "unreadable", FIELD_UINT, "messages that are not in the dump" },
	{ "overwritten", FIELD_UINT, "older messages that the log had no room for any more" },
	{ NULL },
};
static const struct record log_record = {
	.kind = "kernel_log",
	.help = "how whole the log is",
	.fields = log_fields,
	.text = "[{overwritten} older messages had been overwritten.\n][{lost} messages have lost their text.\n]"
		"[{unreadable} messages are not in the dump.\n]",
};
static const struct record *const dmesg_records[] = { &message_record, &log_record, NULL };

struct dmesg {
	struct out *o;
	struct arena *arena;
	const char *layout;
	const char *pattern;	/* NULL: all */
	unsigned levels;	/* bit n: level n is shown */
	uint64_t last;		/* only so many; 0: all */
	uint64_t matching, skip;
	bool counting;
	struct err *error;
};

/* --- showing ---------------------------------------------------------------------------- */

static bool is_wanted(struct dmesg *d, const struct printk_record *r)
{
	CLEANUP(strbuf_deinit) struct strbuf text = STRBUF_INIT;

	if (!(d->levels >> r->level & 1))
		return false;
	if (!d->pattern)
		return true;
	strbuf_add(&text, r->text, r->length);
	return str_match(d->pattern, text.s, true);
}

static void add_head(struct dmesg *d, const struct printk_record *r)
{
	out_begin_as(d->o, &message_record, d->layout);
	out_uint(d->o, "seq", r->seq);
	out_duration(d->o, "since_boot", r->ts_ns / 100);
	out_strf(d->o, "stamp", "%" PRIu64 ".%06" PRIu64, r->ts_ns / 1000000000, r->ts_ns / 1000 % 1000000);
	out_str(d->o, "level", printk_levels[r->level]);
	out_uint(d->o, "facility", r->facility);
	if (r->has_caller)
		out_strf(d->o, "caller", "%c%u", r->caller_is_cpu ? 'C' : 'T', r->caller);
	out_name(d->o, "subsystem", r->subsystem);
	out_name(d->o, "device", r->device);
	if (r->lost)
		out_bool(d->o, "lost", true);
	if (r->unfinished)
		out_bool(d->o, "unfinished", true);
}

static struct err *show_text(struct dmesg *d, const struct printk_record *r, const char *text, size_t n)
{
	CLEANUP(strbuf_deinit) struct strbuf sb = STRBUF_INIT;

	strbuf_add_utf8(&sb, text, n);
	TRY(strbuf_check(&sb));
	add_head(d, r);
	if (!r->lost)
		out_str(d->o, "text", sb.s);
	return out_end(d->o);
}

static struct err *show(struct dmesg *d, const struct printk_record *r)
{
	const char *p = r->text, *end = r->text + r->length;

	if (!out_is_text(d->o))
		return show_text(d, r, p, r->length);
	for (;;) {
		const char *nl = memchr(p, '\n', (size_t)(end - p));

		TRY(show_text(d, r, p, (size_t)((nl ? nl : end) - p)));
		if (!nl)
			return NULL;
		p = nl + 1;
	}
}

static bool visit(void *arg, const struct printk_record *r)
{
	struct dmesg *d = arg;

	if (!is_wanted(d, r))
		return true;
	if (d->counting)
		d->matching++;
	else if (d->skip)
		d->skip--;
	else
		d->error = show(d, r);
	return !d->error;
}

static struct err *show_summary(struct dmesg *d, const struct printk_summary *sum)
{
	bool json = !out_is_text(d->o);

	out_begin(d->o, &log_record);
	out_uint(d->o, "messages", sum->records);
	out_uint(d->o, "shown", d->last && d->last < d->matching ? d->last : d->matching);
	if (json || sum->lost)
		out_uint(d->o, "lost", sum->lost);
	if (json || sum->unreadable)
		out_uint(d->o, "unreadable", sum->unreadable);
	if (json || sum->dropped)
		out_uint(d->o, "overwritten", sum->dropped);
	return out_end(d->o);
}

/* --- options ------------------------------------------------------------------------------ */

static bool level_named(const char *word, size_t n, unsigned *ret)
{
	for (unsigned i = 0; i < PRINTK_LEVELS; i++)
		if (strlen(printk_levels[i]) == n && memcmp(printk_levels[i], word, n) == 0) {
			*ret = i;
			return true;
		}
	if (n == 1 && *word >= '0' && *word < '0' + PRINTK_LEVELS) {
		*ret = (unsigned)(*word - '0');
		return true;
	}
	return false;
}

/* "err,warn", "err+": that and what is worse. */
static struct err *parse_levels(const struct args *args, const char *word, unsigned *ret)
{
	unsigned levels = 0, level;

	for (;;) {
		size_t n = strcspn(word, ",+");

		if (!level_named(word, n, &level))
			return usage_error(args, "no level of the log: '%.*s'", (int)n, word);
		levels |= 1u << level;
		word += n;
		if (*word == '+') {
			levels |= (1u << level) - 1;
			word++;
		}
		if (!*word)
			break;
		word++;
	}
	*ret = levels;
	return NULL;
}

static struct err *parse_level_option(const struct args *args, const char **p, unsigned *ret)
{
	const char *q = str_skip_space(*p);
	char *word = NULL;

	if ((*q != '-' && *q != '/') || q[1] != 'l')
		return NULL;
	q += 2;
	TRY(word_parse(args->arena, &q, &word));
	if (!word)
		return usage_error(args, "a level is missing");
	*p = q;
	return parse_levels(args, word, ret);
}

static bool take_flag(const char **p, char letter)
{
	const char *q = str_skip_space(*p);

	if ((*q != '-' && *q != '/') || q[1] != letter || (q[2] && q[2] != ' '))
		return false;
	*p = str_skip_space(q + 2);
	return true;
}

static struct err *parse_pattern(struct dmesg *d, const struct args *args, const char *p)
{
	p = str_skip_space(p);
	if (!*p)
		return NULL;
	d->pattern = arena_printf(args->arena, "*%s*", p);
	return d->pattern ? NULL : err_nomem();
}

/* Options in any order, then the pattern. */
static struct err *parse(struct session *s, struct dmesg *d, const struct args *args)
{
	static const char *const layouts[] = { NULL, caller_layout, level_layout, both_layout };
	const char *p = str_skip_space(args->tail), *before = NULL;
	unsigned layout = 0;
	bool found;

	d->levels = (1u << PRINTK_LEVELS) - 1;
	while (p != before) {
		before = p;
		TRY(parse_level_option(args, &p, &d->levels));
		TRY(option_value(s, &p, 'n', &d->last, &found));
		layout |= take_flag(&p, 'c') | take_flag(&p, 'x') << 1;
		p = str_skip_space(p);
	}
	if (*p == '-')
		return usage_error(args, "no such option: '%.20s'", p);
	d->layout = layouts[layout] ? layouts[layout] : message_record.text;
	return parse_pattern(d, args, p);
}

static struct err *run_dmesg(struct session *s, const struct args *args, struct out *o)
{
	struct dmesg d = { .o = o, .arena = args->arena, .counting = true };
	struct printk_summary sum = { 0 };
	struct kernel *k;

	TRY(parse(s, &d, args));
	TRY(kernel_need(s, args, &k));
	TRY(kernel_printk_each(session_target(s), visit, &d, &sum));
	d.counting = false;
	d.skip = d.last && d.last < d.matching ? d.matching - d.last : 0;
	TRY(kernel_printk_each(session_target(s), visit, &d, &sum));
	TRY(d.error);
	return show_summary(&d, &sum);
}

static const char *const dmesg_aliases[] = { "dmesg", "log", NULL };

const struct command command_dmesg = {
	.name = "!dmesg",
	.aliases = dmesg_aliases,
	.summary = "show the kernel's log",
	.usage = "[-c] [-x] [-l level[,level...]|level+] [-n count] [pattern]",
	.help = "The messages that the kernel has written with printk, out of its own memory, oldest\n"
		"first, with seconds since boot. -c adds who wrote each (T thread, C processor), -x its\n"
		"level, -l shows only some levels (\"err,warn\"; \"warn+\" is warn and what is worse), -n only\n"
		"the last so many, a pattern only messages that contain it (* and ? may stand for\n"
		"anything; no case). Both layouts are read: the ring of Linux 5.10 and later, and the\n"
		"records before it. At the end stands what had been overwritten or cannot be read.",
	.records = dmesg_records,
	.needs = NEEDS_TARGET,
	.whole_word = true,
	.run = run_dmesg,
};
