/* SPDX-License-Identifier: MIT */
/*
 * Stripping: which memory stays (target/strip.h says what that is).
 *
 * What the lists of modules and threads need is not described anywhere but
 * observed: they are made while a recorder stands between the target and its
 * memory. The stacks are walked once, to learn on which pieces of memory they
 * lie (alternate signal stacks, both halves of WOW64), and then judged word by
 * word, not by what the walk happened to read: registers that it restored on
 * the way may hold data.
 */
#include "target/strip_impl.h"

#include <string.h>

enum {
	CHUNK = 64 << 10,
	MAX_STACK = 256 << 20,
	CALL_BYTES = 8,		/* before a return address outside of modules: what tells that it is one */
	CODE_AROUND = 256,	/* an instruction pointer: its epilogue */
	/* NT_TIB, ClientId, PEB, LastError; of the PEB up to the version of the system. The
	 * structures are the same in every Windows up to there (phnt ntpebteb.h). */
	TEB64_HEAD = 0x78, TEB32_HEAD = 0x38, PEB64_HEAD = 0x140, PEB32_HEAD = 0xc0,
	TEB64_PEB = 0x60, TEB32_PEB = 0x30,
};

static void stripper_deinit(struct stripper *s)
{
	u64map_deinit(&s->interrupted);
	vec_deinit(&s->reads);
	vec_deinit(&s->stacks);
	target_destroy(s->t);
}

/* --- memory to places in the file ------------------------------------------------------------ */

bool strip_find(const struct stripper *s, uint64_t address, struct dump_piece *ret)
{
	struct space_range piece;
	uint64_t skip;

	if (!space_find(target_space(s->t), address, &piece) || piece.address > address ||
	    piece.origin != SPACE_DUMP || piece.src != dump_source(s->t->dump))
		return false;
	skip = address - piece.address;
	*ret = (struct dump_piece){ piece.offset + skip, piece.size - skip };
	return true;
}

static struct err *keep(struct stripper *s, uint64_t address, uint64_t size)
{
	uint64_t end = address + size < address ? UINT64_MAX : address + size;
	struct dump_piece place;
	struct space_range next;

	while (address < end) {
		uint64_t left = end - address;

		if (strip_find(s, address, &place)) {
			left = left < place.size ? left : place.size;
			TRY(strip_plan_keep(s->plan, place.offset, left));
			address += left;
		} else if (space_find(target_space(s->t), address, &next)) {
			left = next.address > address ? next.address - address : next.size - (address - next.address);
			address = left < end - address ? address + left : end;
		} else {
			break;
		}
	}
	return NULL;
}

/* --- what the lists need ------------------------------------------------------------------------ */

static size_t record_read(void *arg, uint64_t address, void *buf, size_t len)
{
	struct stripper *s = arg;
	size_t n = s->inner.read(s->inner.arg, address, buf, len);
	struct read_range range = { address, n };

	if (n && !vec_push(&s->reads, range))
		s->no_memory = true;
	return n;
}

static void read_thread(struct stripper *s, struct thread *th)
{
	bool wide = s->t->arch->pointer_size == 8;
	uint8_t head[TEB64_HEAD], peb[PEB64_HEAD];
	uint64_t at;
	struct regs regs;

	if (!target_is_windows(s->t) || !th->teb)
		return;
	(void)arch_read(&s->t->memory, th->teb, head, wide ? TEB64_HEAD : TEB32_HEAD);
	if (arch_read_uint(&s->t->memory, th->teb + (wide ? TEB64_PEB : TEB32_PEB), wide ? 8 : 4, &at) && at)
		(void)arch_read(&s->t->memory, at, peb, wide ? PEB64_HEAD : PEB32_HEAD);
	if (th->teb32) {
		(void)arch_read(&s->t->memory, th->teb32, head, TEB32_HEAD);
		(void)err_ignore(thread_regs(s->t, th, HALF_WOW, &regs));
	}
}

/* A look at a data file's first bytes found that it is no module. */
static bool is_file_data(struct stripper *s, uint64_t address)
{
	const struct dump_file_mapping *maps;
	size_t n;

	if (target_module_at(s->t, address) || err_ignore(dump_file_mappings(s->t->dump, &maps, &n)))
		return false;
	for (size_t i = 0; i < n; i++)
		if (address >= maps[i].start && address < maps[i].end)
			return true;
	return false;
}

static struct err *keep_lists(struct stripper *s)
{
	struct module **modules;
	struct thread *threads;
	struct err *e = NULL;
	size_t n;

	s->inner = s->t->memory;
	s->t->memory = (struct arch_memory){ .read = record_read, .arg = s };
	(void)target_modules(s->t, &modules);
	n = target_threads(s->t, &threads);
	for (size_t i = 0; i < n; i++)
		read_thread(s, &threads[i]);
	if (!target_is_windows(s->t)) /* other debuggers need it */
		e = modules_read_link_map(s->t);
	s->t->memory = s->inner;
	TRY(e);
	if (s->no_memory)
		return err_nomem();
	for (size_t i = 0; i < s->reads.n; i++)
		if (!is_file_data(s, s->reads.v[i].address))
			TRY(keep(s, s->reads.v[i].address, s->reads.v[i].size));
	return NULL;
}

/* --- modules: what cannot have been written --------------------------------------------------- */

static struct err *keep_sections(struct stripper *s, struct module *m, struct pe *pe)
{
	const struct pe_headers *h = pe_headers(pe);

	TRY(keep(s, m->base, h->size_of_headers < m->size ? h->size_of_headers : m->size));
	for (unsigned i = 0; i < h->n_sections; i++) {
		const struct pe_section *one = &h->sections[i];

		if (!(one->characteristics & PE_SCN_WRITE) && range_in(one->rva, one->virtual_size, m->size))
			TRY(keep(s, m->base + one->rva, one->virtual_size));
	}
	return NULL;
}

static struct err *keep_read_only(struct stripper *s, struct module *m)
{
	const struct dump_segment *v;
	uint64_t end = m->base + m->size;
	size_t n;

	TRY(dump_segments(s->t->dump, &v, &n));
	for (size_t i = 0; i < n && v[i].address < end; i++) {
		uint64_t from = v[i].address > m->base ? v[i].address : m->base;
		uint64_t to = v[i].address + v[i].size < end ? v[i].address + v[i].size : end;

		if (from < to && v[i].prot_known && !(v[i].prot & DUMP_PROT_W))
			TRY(keep(s, from, to - from));
	}
	return NULL;
}

static struct err *keep_modules(struct stripper *s)
{
	struct module **modules;
	size_t n = target_modules(s->t, &modules);

	for (size_t i = 0; i < n; i++) {
		struct pe *pe = module_pe_image(s->t, modules[i]);

		TRY(cancel_check());
		if (pe)
			TRY(keep_sections(s, modules[i], pe));
		else
			TRY(keep_read_only(s, modules[i]));
	}
	return NULL;
}

/* --- where the stacks lie ------------------------------------------------------------------------ */

/* The end of the memory that goes on without a gap from sp. */
static uint64_t stack_end(struct stripper *s, uint64_t sp)
{
	const struct dump_segment *v;
	uint64_t end = sp;
	size_t n;

	if (err_ignore(dump_segments(s->t->dump, &v, &n)))
		return sp;
	for (size_t i = 0; i < n; i++) {
		if (end > sp && !(v[i].continued && v[i].address == end))
			break;
		if (sp < v[i].address + v[i].size && (end > sp || sp >= v[i].address))
			end = v[i].address + v[i].size;
	}
	return end - sp > MAX_STACK ? sp + MAX_STACK : end;
}

static struct err *add_stack(struct stripper *s, uint64_t sp, unsigned word)
{
	struct stack_range range = { sp & ~(uint64_t)(word - 1), 0, word };
	const struct stack_range *last = s->stacks.n ? &s->stacks.v[s->stacks.n - 1] : NULL;

	if (last && last->word == word && range.start >= last->start && range.start < last->end)
		return NULL; /* most frames lie above the one before */
	range.end = stack_end(s, range.start);
	if (range.end <= range.start)
		return NULL;
	for (size_t i = 0; i < s->stacks.n; i++)
		if (s->stacks.v[i].word == word && s->stacks.v[i].end == range.end) {
			if (range.start < s->stacks.v[i].start)
				s->stacks.v[i].start = range.start;
			return NULL;
		}
	return vec_push(&s->stacks, range) ? NULL : err_nomem();
}

/*
 * The code of a frame, where nothing tells which parts of the module are code:
 * small dumps have some of it around each instruction pointer.
 */
static struct err *keep_code(struct stripper *s, uint64_t ip)
{
	if (!stack_is_code(s->t, ip))
		return NULL;
	return keep(s, ip < CODE_AROUND ? 0 : ip - CODE_AROUND, 2 * CODE_AROUND);
}

/* A return address that leads to no code is shown all the same; and where a
 * signal came, no call is before the address. */
static struct err *add_frame(struct stripper *s, const struct frame *f, const struct frame *next)
{
	unsigned word = f->regs.arch->pointer_size;
	uint64_t v;

	TRY(add_stack(s, f->sp, word));
	TRY(keep_code(s, f->ip));
	if (next && arch_read_uint(&s->t->memory, next->sp - word, word, &v) && v == f->ret)
		TRY(keep(s, next->sp - word, word));
	if (f->exact_ip && f->index && !u64map_put(&s->interrupted, f->ip, NULL))
		return err_nomem();
	return NULL;
}

static struct err *add_walk(struct stripper *s, struct thread *th, enum thread_half half, const struct regs *start)
{
	CLEANUP(arena_deinit) struct arena a = ARENA_INIT;
	struct stack_options o = { .half = half, .start = start, .no_inlines = true };
	struct stack stack = { 0 };
	struct err *e = stack_walk(s->t, th, &o, &a, &stack);

	if (e && err_code(e) != ERR_NOMEM && err_code(e) != ERR_CANCELLED) {
		err_free(e); /* a thread without registers has no stack */
		return NULL;
	}
	TRY(e);
	for (size_t i = 0; i < stack.n; i++)
		TRY(add_frame(s, &stack.frames[i], i + 1 < stack.n ? &stack.frames[i + 1] : NULL));
	s->result->frames += stack.n;
	return NULL;
}

static int by_start(const void *a, const void *b)
{
	const struct stack_range *x = a, *y = b;

	return x->start < y->start ? -1 : x->start > y->start;
}

static struct err *find_stacks(struct stripper *s)
{
	struct thread *threads;
	size_t n = target_threads(s->t, &threads);
	struct regs regs;

	s->result->threads = n;
	for (size_t i = 0; i < n; i++) {
		TRY(add_walk(s, &threads[i], HALF_NATIVE, NULL));
		if (threads[i].teb32)
			TRY(add_walk(s, &threads[i], HALF_WOW, NULL));
	}
	if (!err_ignore(target_exception_regs(s->t, &regs)))
		TRY(add_walk(s, target_event_thread(s->t), HALF_NATIVE, &regs));
	if (s->stacks.n)
		qsort(s->stacks.v, s->stacks.n, sizeof(*s->stacks.v), by_start);
	return NULL;
}

/* --- which of their words lead somewhere ---------------------------------------------------------- */

static bool is_stack_pointer(const struct stripper *s, uint64_t v)
{
	size_t lo = 0, hi = s->stacks.n;

	while (lo < hi) {
		size_t mid = lo + (hi - lo) / 2;

		if (s->stacks.v[mid].start <= v)
			lo = mid + 1;
		else
			hi = mid;
	}
	/* two may overlap: those of both halves of WOW64, or of a stack within another */
	for (size_t back = 1; back <= 4 && back <= lo; back++)
		if (v <= s->stacks.v[lo - back].end)
			return true;
	return false;
}

/* The signature in the upper bits of an ARM64 return address. */
static uint64_t without_signature(const struct stripper *s, uint64_t v)
{
	return s->t->facts->machine == MACHINE_ARM64 ? v & 0x0000ffffffffffff : v;
}

/* Four characters can be an address of 32 bits, so there only calls count. */
static bool leads_to_code(struct stripper *s, uint64_t v, unsigned word)
{
	const struct arch *arch = word == 4 && s->t->arch->pointer_size == 8 ? arch_for(MACHINE_X86) : s->t->arch;
	uint8_t bytes[CALL_BYTES];

	if (!stack_is_code(s->t, v - 1))
		return false;
	if (u64map_has(&s->interrupted, v))
		return true;
	return !arch_read(&s->t->memory, v - CALL_BYTES, bytes, sizeof(bytes)) || after_call(arch, &s->t->memory, v);
}

bool strip_leads_somewhere(struct stripper *s, uint64_t v, unsigned word)
{
	uint64_t to = without_signature(s, v);

	return v && (is_stack_pointer(s, v) || (word == 8 && target_module_at(s->t, to)) || leads_to_code(s, to, word));
}

static struct err *judge(struct stripper *s, uint64_t address, uint64_t v, unsigned word)
{
	uint64_t to = without_signature(s, v);

	if (!strip_leads_somewhere(s, v, word))
		return NULL;
	s->result->stack_words++;
	if (!is_stack_pointer(s, v) && !target_module_at(s->t, to))
		TRY(keep(s, to - CALL_BYTES, CALL_BYTES));
	return keep(s, address, word);
}

static struct err *judge_stack(struct stripper *s, const struct stack_range *range)
{
	uint8_t bytes[CHUNK];
	struct space_range piece;
	uint64_t at = range->start;

	while (at < range->end) {
		uint64_t left = range->end - at;
		size_t n = space_read_some(target_space(s->t), at, bytes, left < CHUNK ? (size_t)left : CHUNK);
		struct cursor c = cursor_init("stack", bytes, n, at);

		TRY(cancel_check());
		c.big_endian = s->t->facts->big_endian;
		for (uint64_t i = 0; cursor_left(&c) >= range->word; i += range->word)
			TRY(judge(s, at + i, cursor_uint(&c, range->word), range->word));
		at += n & ~(size_t)(range->word - 1);
		if (n >= range->word)
			continue;
		if (!space_find(target_space(s->t), at + range->word, &piece) || piece.address >= range->end ||
		    at + range->word < at || piece.address > UINT64_MAX - range->word)
			break;
		at = piece.address > at ? (piece.address + range->word - 1) & ~(uint64_t)(range->word - 1)
					: at + range->word;
	}
	return NULL;
}

struct err *target_strip(struct dump *d, const struct target_options *o, struct strip_plan *p,
			 struct strip_stacks *ret)
{
	CLEANUP(stripper_deinit) struct stripper s = { .plan = p, .result = ret };

	*ret = (struct strip_stacks){ 0 };
	TRY(dump_strip(d, p));
	TRY(target_create(d, o, &s.t));
	if (!target_space(s.t))
		return err_nomem();
	TRY(keep_lists(&s));
	TRY(keep_modules(&s));
	TRY(find_stacks(&s));
	for (size_t i = 0; i < s.stacks.n; i++)
		TRY(judge_stack(&s, &s.stacks.v[i]));
	return strip_prove(&s, o);
}
