/* SPDX-License-Identifier: MIT */
/* !address and !vprot: the address space in regions. */
#include "command/address_kernel.h"
#include "command/region.h"

#include "base/cancel.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

static const struct field region_fields[] = {
	{ "usage", FIELD_STR, "Image, Stack, TEB, PEB, Heap, MappedFile, <unknown>, Free" },
	{ "base", FIELD_ADDR, "first address" },
	{ "end", FIELD_ADDR, "first address behind it" },
	{ "size", FIELD_SIZE, "bytes" },
	{ "state", FIELD_FLAGS, "MEM_COMMIT, MEM_RESERVE, MEM_FREE" },
	{ "protect", FIELD_FLAGS, "protection" },
	{ "type", FIELD_FLAGS, "MEM_IMAGE, MEM_MAPPED, MEM_PRIVATE" },
	{ "allocation_base", FIELD_ADDR, "start of the allocation" },
	{ "allocation_protect", FIELD_FLAGS, "protection it was allocated with" },
	{ "in_dump", FIELD_SIZE, "bytes of it that the dump holds" },
	{ "module", FIELD_STR, "module" },
	{ "path", FIELD_STR, "image or mapped file" },
	{ "thread", FIELD_UINT, "debugger number of the thread" },
	{ "tid", FIELD_HEX, "thread id" },
	{ "address", FIELD_ADDR, "the address asked for" },
	{ NULL },
};

static const struct record region_record = {
	.kind = "region",
	.help = "a region of the address space",
	.fields = region_fields,
	.text = "{base} {end} {size:17x}  {type:-11|           } {state:-11|           } "
		"{protect:-22|                      } {usage}[ \\[{module}\\]][ \\[~{thread}; {tid}\\]]\n",
};
static const char one_layout[] =
	"\nUsage:                  {usage}\n"
	"Base Address:           {base}\n"
	"End Address:            {end}\n"
	"Region Size:            {size:p}\n"
	"[State:                  {state:08x}    {state}\n]"
	"[Protect:                {protect:08x}    {protect}\n]"
	"[Type:                   {type:08x}    {type}\n]"
	"[Allocation Base:        {allocation_base}\n]"
	"[Allocation Protect:     {allocation_protect:08x}    {allocation_protect}\n]"
	"[Image Path:             {path}\n]"
	"[Module Name:            {module}\n]"
	"[Thread:                 ~{thread} ({tid})\n]"
	"[Bytes in the dump:      {in_dump:x}\n]"
	"[More info:              lmv m {module}\n][More info:              !lmi {module}\n]"
	"[More info:              ln 0x{address:x}\n]";
static const char vprot_layout[] =
	"BaseAddress:       {base}\n[AllocationBase:    {allocation_base}\n]"
	"[AllocationProtect: {allocation_protect:08x}  {allocation_protect}\n]"
	"RegionSize:        {size:w}\n[State:             {state:08x}  {state}\n]"
	"[Protect:           {protect:08x}  {protect}\n][Type:              {type:08x}  {type}\n]";

static const struct field summary_fields[] = {
	{ "group", FIELD_STR, "usage, type, state or protection" },
	{ "name", FIELD_STR, "its value" },
	{ "regions", FIELD_UINT, "how many regions" },
	{ "size", FIELD_SIZE, "bytes in them" },
	{ "percent", FIELD_FLOAT, "of all that is not free" },
	{ "in_dump", FIELD_SIZE, "bytes of them that the dump holds" },
	{ NULL },
};

static const struct record summary_record = {
	.kind = "region_summary",
	.help = "regions of one kind, added up",
	.fields = summary_fields,
	.text = "{name:-38} {regions:8} {size:17x} ({size:S})[ {percent:s}%][ in dump {in_dump:S}]\n",
};

struct name {
	uint32_t value;
	const char *name;
};

static const struct name states[] = {
	{ 0x1000, "MEM_COMMIT" }, { 0x2000, "MEM_RESERVE" }, { 0x10000, "MEM_FREE" }, { 0, NULL },
};
static const struct name types[] = {
	{ 0x20000, "MEM_PRIVATE" }, { 0x40000, "MEM_MAPPED" }, { 0x1000000, "MEM_IMAGE" }, { 0, NULL },
};
static const struct name protections[] = {
	{ 1, "PAGE_NOACCESS" }, { 2, "PAGE_READONLY" }, { 4, "PAGE_READWRITE" },
	{ 8, "PAGE_WRITECOPY" }, { 0x10, "PAGE_EXECUTE" }, { 0x20, "PAGE_EXECUTE_READ" },
	{ 0x40, "PAGE_EXECUTE_READWRITE" }, { 0x80, "PAGE_EXECUTE_WRITECOPY" },
	{ 0x100, "PAGE_GUARD" }, { 0x200, "PAGE_NOCACHE" }, { 0x400, "PAGE_WRITECOMBINE" }, { 0, NULL },
};

static void add_names(const struct name *names, uint32_t value, struct strbuf *sb)
{
	for (; names->name; names++)
		if (value & names->value)
			strbuf_addf(sb, "%s%s", sb->len ? "|" : "", names->name);
}

static void emit_flags(struct out *o, const char *key, const struct name *names, uint32_t value)
{
	CLEANUP(strbuf_deinit) struct strbuf sb = STRBUF_INIT;

	if (!value)
		return;
	add_names(names, value, &sb);
	out_flags(o, key, value, sb.s);
}

/* r, w and x of an ELF segment in the words of the same protections. */
static uint32_t protection_of(const struct region *r)
{
	static const uint8_t words[8] = { 1, 0x10, 4, 0x40, 2, 0x20, 4, 0x40 };

	return r->has_state ? r->protect : r->has_prot ? words[r->prot & 7] : 0;
}

void region_out_protect(struct out *o, const char *key, const struct region *r)
{
	emit_flags(o, key, protections, protection_of(r));
}

static struct err *emit_region(struct out *o, const struct region *r, const char *layout,
			       const uint64_t *address)
{
	const char *path = r->module ? r->module->path : r->path;

	out_begin_as(o, &region_record, layout);
	out_str(o, "usage", region_usage_name(r->usage));
	out_addr(o, "base", r->base);
	out_addr(o, "end", r->base + r->size);
	out_uint(o, "size", r->size);
	if (r->has_state) {
		emit_flags(o, "state", states, r->state);
		emit_flags(o, "type", types, r->type);
		if (r->usage != USAGE_FREE)
			out_addr(o, "allocation_base", r->allocation_base);
		emit_flags(o, "allocation_protect", protections, r->allocation_protect);
	}
	emit_flags(o, "protect", protections, protection_of(r));
	if (r->usage != USAGE_FREE)
		out_uint(o, "in_dump", r->in_dump);
	if (r->module)
		out_str(o, "module", r->module->name);
	out_str(o, "path", path);
	if (r->thread) {
		out_uint(o, "thread", r->thread->index);
		out_uint(o, "tid", r->thread->tid);
	}
	if (address)
		out_addr(o, "address", *address);
	return out_end(o);
}

/* --- summary --------------------------------------------------------------------------- */

struct sum {
	const char *group, *name;
	uint64_t regions, size, in_dump;
};

struct summary {
	struct sum usage[N_USAGES], type[ARRAY_SIZE(types)], state[ARRAY_SIZE(states)],
		protect[ARRAY_SIZE(protections)];
	uint64_t busy;
};

static void add(struct sum *s, const char *group, const char *name, const struct region *r)
{
	s->group = group;
	s->name = name;
	s->regions++;
	s->size += r->size;
	s->in_dump += r->in_dump;
}

static void add_by_name(struct sum *sums, const char *group, const struct name *names,
			uint32_t value, const struct region *r)
{
	for (size_t i = 0; names[i].name; i++)
		if (value & names[i].value)
			add(&sums[i], group, names[i].name, r);
}

static void add_region(struct summary *s, const struct region *r)
{
	add(&s->usage[r->usage], "usage", region_usage_name(r->usage), r);
	if (r->usage != USAGE_FREE)
		s->busy += r->size;
	if (r->has_state) {
		if (r->usage != USAGE_FREE)
			add_by_name(s->type, "type", types, r->type, r);
		add_by_name(s->state, "state", states, r->state, r);
	}
	if (r->usage != USAGE_FREE)
		add_by_name(s->protect, "protect", protections, protection_of(r), r);
}

static int by_size(const void *a, const void *b)
{
	const struct sum *x = a, *y = b;

	return x->size > y->size ? -1 : x->size < y->size;
}

static struct err *emit_group(struct out *o, struct sum *sums, size_t n, const char *title,
			      uint64_t busy)
{
	qsort(sums, n, sizeof(*sums), by_size);
	if (!sums[0].regions)
		return NULL;
	TRY(out_heading(o, "\n--- %s Summary ---------------- RgnCount ------- Total Size\n", title));
	for (size_t i = 0; i < n && sums[i].regions; i++) {
		out_begin(o, &summary_record);
		out_str(o, "group", sums[i].group);
		out_str(o, "name", sums[i].name);
		out_uint(o, "regions", sums[i].regions);
		out_uint(o, "size", sums[i].size);
		if (strcmp(sums[i].name, "Free") && strcmp(sums[i].name, "MEM_FREE") && busy)
			out_float(o, "percent", (double)(sums[i].size * 10000 / busy) / 100);
		out_uint(o, "in_dump", sums[i].in_dump);
		TRY(out_end(o));
	}
	return NULL;
}

static struct err *run_summary(struct out *o, const struct region *regions, size_t n)
{
	struct summary s = { 0 };

	for (size_t i = 0; i < n; i++)
		add_region(&s, &regions[i]);
	TRY(emit_group(o, s.usage, ARRAY_SIZE(s.usage), "Usage", s.busy));
	TRY(emit_group(o, s.type, ARRAY_SIZE(s.type), "Type", s.busy));
	TRY(emit_group(o, s.state, ARRAY_SIZE(s.state), "State", s.busy));
	return emit_group(o, s.protect, ARRAY_SIZE(s.protect), "Protect", s.busy);
}

/* --- filters ---------------------------------------------------------------------------- */

/* One word of -f:A,B: a usage, a flag name, or a part of one (Stack, MEM_COMMIT,
 * COMMIT, PAGE_READWRITE). */
static bool matches_word(const struct region *r, const char *word, size_t len)
{
	CLEANUP(strbuf_deinit) struct strbuf sb = STRBUF_INIT;
	char wanted[64];

	if (len >= sizeof(wanted))
		return false;
	memcpy(wanted, word, len);
	wanted[len] = '\0';
	if (strcasecmp(wanted, region_usage_name(r->usage)) == 0 ||
	    (r->usage == USAGE_UNKNOWN && strcasecmp(wanted, "VAR") == 0))
		return true;
	if (r->has_state) {
		add_names(states, r->state, &sb);
		add_names(types, r->type, &sb);
	}
	add_names(protections, protection_of(r), &sb);
	for (const char *p = sb.s; *p; p += strcspn(p, "|"), p += *p == '|') {
		size_t n = strcspn(p, "|");

		if (n == len && strncasecmp(p, wanted, n) == 0)
			return true;
		if (n > len + 4 && strncasecmp(p, "MEM_", 4) == 0 && n == len + 4 &&
		    strncasecmp(p + 4, wanted, len) == 0)
			return true;
	}
	return false;
}

/* -f:Stack,Image: any of the words; several -f: all of them */
static bool matches_filter(const struct region *r, const char *filter)
{
	while (*filter) {
		size_t n = strcspn(filter, ",");

		if (matches_word(r, filter, n))
			return true;
		filter += n + (filter[n] == ',');
	}
	return false;
}

static struct err *list(struct out *o, const struct region *regions, size_t n, char **filters,
			size_t n_filters)
{
	TRY(out_heading(o, out_pointer_size(o) == 8
				   ? "      BaseAddress   EndAddress+1        RegionSize  Type        State       "
				     "Protect                Usage\n"
				   : "BaseAddr EndAddr+1        RegionSize  Type        State       Protect        "
				     "        Usage\n"));
	for (size_t i = 0; i < n; i++) {
		bool wanted = true;

		TRY(cancel_check());
		for (size_t k = 0; k < n_filters; k++)
			wanted = wanted && matches_filter(&regions[i], filters[k]);
		if (wanted)
			TRY(emit_region(o, &regions[i], region_record.text, NULL));
	}
	return NULL;
}

static struct err *of_kernel(struct session *s, const struct args *args, const char *p, bool summary, struct out *o)
{
	struct kernel *k = target_kernel(session_target(s));
	uint64_t address;

	if (!*p)
		return address_kernel_areas(k, !summary, o);
	TRY(expr_parse(s, &p, &address));
	TRY(end_parse(args, p));
	return address_kernel(s, k, args->arena, address, o);
}

static struct err *run_address(struct session *s, const struct args *args, struct out *o)
{
	const struct region *regions = NULL;
	const char *p = args->tail;
	char *filters[8], *word;
	size_t n = 0, n_filters = 0;
	bool summary = false;

	while (*p == '-' || *p == '/') {
		TRY(word_parse(args->arena, &p, &word));
		if (strcasecmp(word + 1, "summary") == 0)
			summary = true;
		else if (strncasecmp(word + 1, "f:", 2) == 0 && n_filters < ARRAY_SIZE(filters))
			filters[n_filters++] = word + 3;
		else
			return usage_error(args, "unknown option '%s'", word);
	}
	if (target_kernel(session_target(s)))
		return of_kernel(s, args, p, summary, o);
	TRY(target_regions(session_target(s), &regions, &n));
	if (*p) {
		struct region r;
		uint64_t address;

		TRY(expr_parse(s, &p, &address));
		TRY(end_parse(args, p));
		TRY(target_region_at(session_target(s), address, &r));
		return emit_region(o, &r, one_layout, &address);
	}
	if (!n)
		return err_new(ERR_NOTFOUND, "the dump tells of no regions");
	return summary ? run_summary(o, regions, n) : list(o, regions, n, filters, n_filters);
}

static struct err *run_vprot(struct session *s, const struct args *args, struct out *o)
{
	const char *p = args->tail;
	struct region r;
	uint64_t address;

	if (*p) {
		TRY(expr_parse(s, &p, &address));
	} else {
		struct regs regs;

		TRY(session_regs(s, &regs));
		address = regs_ip(&regs);
	}
	TRY(end_parse(args, p));
	TRY(target_region_at(session_target(s), address, &r));
	return emit_region(o, &r, vprot_layout, &address);
}

static const struct record *const region_records[] = { &region_record, &summary_record, &kernel_region_record, &kernel_area_record, NULL };

const struct command command_address = {
	.name = "!address",
	.summary = "show the regions of the address space",
	.usage = "[-summary | -f:filter[,filter...] | address]",
	.help = "Without an argument: all regions. With an address: the region that holds it, what\n"
		"it is used for, and how much of it the dump holds. -summary adds them up by\n"
		"usage, type, state and protection. -f: keeps those of a usage (Image, Stack, Heap,\n"
		"TEB, PEB, MappedFile, Free, VAR), state, type or protection (MEM_COMMIT,\n"
		"PAGE_READWRITE). A dump without a region list (minidumps without memory\n"
		"information, ELF cores) shows the memory that it lists. What nothing tells about\n"
		"is <unknown>.\n"
		"Of a kernel: the pages that are mapped alike, -summary the parts of its address space,\n"
		"with an address also its physical address, the symbol, the slab cache and object, or\n"
		"the task whose kernel stack it is in.",
	.records = region_records,
	.needs = NEEDS_TARGET,
	.run = run_address,
};

static const struct record *const vprot_records[] = { &region_record, NULL };

const struct command command_vprot = {
	.name = "!vprot",
	.summary = "show the protection of the region at an address",
	.usage = "[address]",
	.help = "Base, size, state, protection and type of the region, at the instruction pointer\n"
		"when no address is given.",
	.records = vprot_records,
	.needs = NEEDS_TARGET,
	.run = run_vprot,
};
