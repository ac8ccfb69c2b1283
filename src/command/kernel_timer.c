/* SPDX-License-Identifier: MIT */
/* !timer: timers that wait, of each processor. */
#include "command/kernel.h"

#include "base/cancel.h"
#include "os/linux/kernel/now.h"
#include "os/linux/kernel/timer.h"

#include <inttypes.h>

static const struct field clock_fields[] = {
	{ "jiffies", FIELD_UINT, "ticks counted" },
	{ "tick_ns", FIELD_UINT, "nanoseconds of a tick" },
	{ "monotonic_ns", FIELD_UINT, "nanoseconds of CLOCK_MONOTONIC" },
	{ NULL },
};
static const struct record clock_record = {
	.kind = "kernel_clock",
	.help = "what time it is, as of the last time that the kernel brought its clocks up to date",
	.fields = clock_fields,
	.text = "jiffies {jiffies|?} (of {tick_ns|?} ns), monotonic clock {monotonic_ns|?} ns\n",
};

#define TASK_FIELDS                                                                         \
	{ "task_addr", FIELD_ADDR, "task_struct that it wakes; absent: none, or not known" }, \
	{ "thread", FIELD_UINT, "the debugger's number of the task" },                        \
	{ "pid", FIELD_UINT, "its thread id" },                                               \
	{ "name", FIELD_STR, "its name" }

static const struct field timer_fields[] = {
	{ "cpu", FIELD_UINT, "processor that keeps it" },
	{ "address", FIELD_ADDR, "of struct timer_list" },
	{ "base", FIELD_UINT, "number of the processor's timer_base" },
	{ "expires", FIELD_UINT, "jiffies" },
	{ "left_ms", FIELD_INT, "milliseconds from now; negative: it is due" },
	{ "function", FIELD_SYM, "what is called" },
	{ "work", FIELD_SYM, "function of the work that it queues" },
	{ "flags", FIELD_STRS, "deferrable, pinned, irqsafe, migrating" },
	TASK_FIELDS,
	{ NULL },
};
static const struct record timer_record = {
	.kind = "timer",
	.help = "a timer of the timer wheel",
	.fields = timer_fields,
	.text = "{cpu:3}  {address:p}  {left_ms:12|?} ms  {expires:20}  {function|?}[ ({work})][  wakes {pid} {name}][  {flags}]\n",
};

static const struct field hr_fields[] = {
	{ "cpu", FIELD_UINT, "processor that keeps it" },
	{ "address", FIELD_ADDR, "of struct hrtimer" },
	{ "clock", FIELD_STR, "clock that it goes by" },
	{ "soft", FIELD_BOOL, "called in a softirq" },
	{ "expires", FIELD_INT, "nanoseconds of the clock" },
	{ "soft_expires", FIELD_INT, "may be called from then on" },
	{ "left_ns", FIELD_INT, "nanoseconds from now until it expires; negative: it is due" },
	{ "left_ms", FIELD_INT, "the same in milliseconds" },
	{ "function", FIELD_SYM, "what is called" },
	TASK_FIELDS,
	{ NULL },
};
static const struct record hr_record = {
	.kind = "hrtimer",
	.help = "a high-resolution timer",
	.fields = hr_fields,
	.text = "{cpu:3}  {address:p}  {left_ms:12|?} ms  {expires:20}  {function|?}  {clock}[  wakes {pid} {name}]\n",
};
static const struct record *const timer_records[] = { &clock_record, &timer_record, &hr_record, NULL };

static struct err *show_clock(struct target *t, struct out *o)
{
	struct kernel_now now = kernel_now(t);

	out_begin(o, &clock_record);
	if (now.has_jiffies)
		out_uint(o, "jiffies", now.jiffies);
	if (now.tick)
		out_uint(o, "tick_ns", now.tick);
	if (now.has_monotonic)
		out_uint(o, "monotonic_ns", now.monotonic);
	return out_end(o);
}

static void add_flags(struct out *o, uint64_t flags)
{
	static const struct flag_name names[] = {
		{ TIMER_IS_DEFERRABLE, "deferrable" }, { TIMER_IS_PINNED, "pinned" },
		{ TIMER_IS_IRQSAFE, "irqsafe" }, { TIMER_IS_MIGRATING, "migrating" },
	};

	out_flag_names(o, "flags", flags, names, ARRAY_SIZE(names));
}

static struct err *show_timer(struct target *t, struct out *o, const struct kernel_timer *x)
{
	out_begin(o, x->high_resolution ? &hr_record : &timer_record);
	out_uint(o, "cpu", x->cpu);
	out_addr(o, "address", x->address);
	if (x->high_resolution) {
		out_str(o, "clock", kernel_clock_name(x->clock));
		out_bool(o, "soft", x->is_soft);
		out_int(o, "expires", (int64_t)x->expires);
		out_int(o, "soft_expires", (int64_t)x->soft_expires);
		if (x->has_left)
			out_int(o, "left_ns", x->left);
	} else {
		out_uint(o, "base", x->base);
		out_uint(o, "expires", x->expires);
		add_flags(o, x->flags);
		out_function(t, o, "work", x->work);
	}
	if (x->has_left)
		out_int(o, "left_ms", x->left / 1000000);
	out_function(t, o, "function", x->function);
	out_task(t, o, x->task);
	return out_end(o);
}

static bool is_wanted(struct target *t, const struct kernel_timer *x, const char *word)
{
	struct symbol_hit hit = { 0 };
	char cpu[24];

	if (!word)
		return true;
	(void)snprintf(cpu, sizeof(cpu), "%u", x->cpu);
	if (str_match(word, cpu, false))
		return true;
	target_symbol_at(t, x->function, &hit);
	if (hit.symbol.name && str_match(word, hit.symbol.name, false))
		return true;
	hit = (struct symbol_hit){ 0 };
	if (x->work)
		target_symbol_at(t, x->work, &hit);
	return hit.symbol.name && str_match(word, hit.symbol.name, false);
}

static struct err *run_timer(struct session *s, const struct args *args, struct out *o)
{
	struct target *t = session_target(s);
	const char *p = str_skip_space(args->tail);
	bool wheel = option_word(&p, "-w"), high = !wheel && option_word(&p, "-r");
	struct kernel_timer *v = NULL;
	struct err *trouble = NULL;
	struct kernel *k;
	char *word = NULL;
	size_t n = 0;

	TRY(word_parse(args->arena, &p, &word));
	TRY(end_parse(args, p));
	TRY(kernel_need(s, args, &k));
	TRY(kernel_timers(t, args->arena, &v, &n, &trouble));
	session_report(s, trouble);
	TRY(show_clock(t, o));
	TRY(out_heading(o, "CPU  %-*s  %15s  %20s  %s\n", out_pointer_width(o), "Timer", "From now", "Expires", "Function"));
	for (size_t i = 0; i < n; i++) {
		TRY(cancel_check());
		if ((v[i].high_resolution ? !wheel : !high) && is_wanted(t, &v[i], word))
			TRY(show_timer(t, o, &v[i]));
	}
	return NULL;
}

static const char *const timer_aliases[] = { "timer", NULL };

const struct command command_timer = {
	.name = "!timer",
	.aliases = timer_aliases,
	.summary = "show the kernel's timers that wait",
	.usage = "[-w|-r] [cpu|function]",
	.help = "What each processor's timers are, in the order in which they expire: first those of the timer\n"
		"wheel, which go by ticks (jiffies), then the high-resolution ones, by the nanoseconds of their\n"
		"clock, as /proc/timer_list shows them. Of timers that wake a task the task is shown, of those\n"
		"that queue a work its function. From now means from the last time that the kernel brought its\n"
		"clocks up to date, which is some time ago when all processors idle. -w: only the wheel, -r: only\n"
		"high-resolution timers. A word (* and ? may stand for anything) shows those of a processor, or\n"
		"with that function.",
	.records = timer_records,
	.needs = NEEDS_TARGET,
	.whole_word = true,
	.run = run_timer,
};
