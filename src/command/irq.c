/* SPDX-License-Identifier: MIT */
/* !irq: interrupts, their handlers, and how many each processor has taken. */
#include "command/kernel.h"

#include "os/linux/kernel/irq.h"

#include <inttypes.h>

static const struct field irq_fields[] = {
	{ "irq", FIELD_UINT, "number of the interrupt; absent: processors count it of their own" },
	{ "label", FIELD_STR, "what /proc/interrupts calls it: the number, or LOC, RES, CAL ..." },
	{ "address", FIELD_ADDR, "of its struct irq_desc" },
	{ "hardware", FIELD_UINT, "number at its controller" },
	{ "count", FIELD_UINT, "how many were taken, by all processors" },
	{ "counts", FIELD_STRS, "by each processor number; \"?\" where that is not in the dump" },
	{ "chip", FIELD_STR, "controller" },
	{ "flow", FIELD_STR, "edge, fasteoi ..." },
	{ "disabled", FIELD_UINT, "times that it was disabled and not enabled again" },
	{ "handlers", FIELD_STRS, "names of its handlers" },
	{ NULL },
};
static const struct record irq_record = {
	.kind = "irq",
	.help = "an interrupt",
	.fields = irq_fields,
	.text = "{label:5}  {count:10}  {address:p|-}  {chip:-12|-} {hardware:4|-}-{flow:-8|-} {counts}[  {handlers}][  disabled {disabled}]\n",
};

static const struct field handler_fields[] = {
	{ "irq", FIELD_UINT, "number of the interrupt" },
	{ "action", FIELD_ADDR, "struct irqaction" },
	{ "handler", FIELD_SYM, "function that is called" },
	{ "task_addr", FIELD_ADDR, "task_struct of its thread" },
	{ "name", FIELD_STR, "name that it was given" },
	{ NULL },
};
static const struct record handler_record = {
	.kind = "irq_handler",
	.help = "a function that an interrupt calls (-v)",
	.fields = handler_fields,
	.text = "         {action:p}  {handler|?}  {name|}[  thread {task_addr:p}]\n",
};
static const struct record *const irq_records[] = { &irq_record, &handler_record, NULL };

static struct err *add_counts(struct arena *a, struct out *o, const struct kernel_irq *irq, struct kernel *k)
{
	const char **v = ARENA_NEW_N(a, const char *, irq->n_cpus + 1);
	size_t n = 0;

	if (!v)
		return err_nomem();
	for (unsigned i = 0; i < irq->n_cpus; i++) {
		if (!kernel_cpu_possible(k, i))
			continue;
		v[n] = irq->counted[i] ? arena_printf(a, "%" PRIu64, irq->counts[i]) : "?";
		if (!v[n++])
			return err_nomem();
	}
	out_strs(o, "counts", v, n);
	return NULL;
}

static struct err *show_irq(struct arena *a, struct out *o, const struct kernel_irq *irq, struct kernel *k)
{
	const char **names = ARENA_NEW_N(a, const char *, irq->n_handlers + 1);

	if (!names)
		return err_nomem();
	out_begin(o, &irq_record);
	if (irq->label) {
		out_str(o, "label", irq->label);
	} else {
		out_uint(o, "irq", irq->number);
		out_strf(o, "label", "%" PRIu64, irq->number);
		out_addr(o, "address", irq->address);
		out_uint(o, "hardware", irq->hardware);
	}
	out_uint(o, "count", kernel_irq_total(irq));
	TRY(add_counts(a, o, irq, k));
	out_name(o, "chip", irq->chip);
	out_name(o, "flow", irq->flow);
	if (irq->n_handlers && irq->disabled)
		out_uint(o, "disabled", irq->disabled);
	for (size_t i = 0; i < irq->n_handlers; i++)
		names[i] = irq->handlers[i].name;
	if (irq->n_handlers)
		out_strs(o, "handlers", names, irq->n_handlers);
	return out_end(o);
}

static struct err *show_handlers(struct target *t, struct out *o, const struct kernel_irq *irq)
{
	for (size_t i = 0; i < irq->n_handlers; i++) {
		const struct kernel_irq_handler *h = &irq->handlers[i];
		struct symbol_hit hit = { 0 };

		target_symbol_at(t, h->function, &hit);
		out_begin(o, &handler_record);
		out_uint(o, "irq", irq->number);
		out_addr(o, "action", h->address);
		if (h->function)
			out_sym(o, "handler", hit.module ? hit.module->name : NULL, hit.symbol.name, hit.displacement,
				h->function);
		if (h->thread)
			out_addr(o, "task_addr", h->thread);
		out_name(o, "name", h->name);
		TRY(out_end(o));
	}
	return NULL;
}

static bool is_wanted(const struct kernel_irq *irq, const char *word)
{
	char number[24];

	if (!word)
		return irq->label || irq->n_handlers || kernel_irq_total(irq);
	if (irq->label)
		return str_match(word, irq->label, true);
	(void)snprintf(number, sizeof(number), "%" PRIu64, irq->number);
	if (str_match(word, number, true) || str_match(word, irq->chip, true))
		return true;
	for (size_t i = 0; i < irq->n_handlers; i++)
		if (str_match(word, irq->handlers[i].name, true))
			return true;
	return false;
}

static struct err *run_irq(struct session *s, const struct args *args, struct out *o)
{
	const char *p = str_skip_space(args->tail);
	bool verbose = str_starts(p, "-v") && (!p[2] || p[2] == ' ');
	struct kernel_irq *v = NULL;
	struct kernel *k;
	char *word = NULL;
	size_t n = 0;

	if (verbose)
		p = str_skip_space(p + 2);
	TRY(word_parse(args->arena, &p, &word));
	TRY(end_parse(args, p));
	TRY(kernel_need(s, args, &k));
	TRY(kernel_irqs(session_target(s), args->arena, &v, &n));
	TRY(out_heading(o, "%5s  %10s  %-*s  %-12s %s %s\n", "IRQ", "Count", out_pointer_width(o), "irq_desc", "Chip",
			"Hardware-Flow", "Counts by CPU, handlers"));
	for (size_t i = 0; i < n; i++) {
		if (!is_wanted(&v[i], word))
			continue;
		TRY(show_irq(args->arena, o, &v[i], k));
		if (verbose)
			TRY(show_handlers(session_target(s), o, &v[i]));
	}
	return NULL;
}

static const char *const irq_aliases[] = { "irq", NULL };

const struct command command_irq = {
	.name = "!irq",
	.aliases = irq_aliases,
	.summary = "show interrupts, their handlers, and how many were taken",
	.usage = "[-v] [number|label|chip|handler]",
	.help = "Each interrupt that has a handler or was ever taken, as /proc/interrupts shows them: number,\n"
		"struct irq_desc, controller, number there, how many each processor has taken, names of the\n"
		"handlers; then what processors count of their own (LOC: timer, RES: rescheduling, CAL: function\n"
		"calls, TLB: shootdowns ...). A word (* and ? may stand for anything) shows those whose number,\n"
		"label, controller or handler it is, -v the functions that are called.",
	.records = irq_records,
	.needs = NEEDS_TARGET,
	.whole_word = true,
	.run = run_irq,
};
