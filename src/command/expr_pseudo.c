/* SPDX-License-Identifier: MIT */
/*
 * Pseudo-registers ($ip, $peb, $t0 ...) and the $functions of expressions
 * (MSD: Pseudo-Register Syntax; MASM Numbers and Operators).
 *
 * Windows: the TEB holds the address of the PEB at 0x30 (32-bit) and 0x60
 * (64-bit), as winternl.h declares it; that is as old as NT and is read only
 * through memory of the dump.
 */
#include "command/session_impl.h"

#include <ctype.h>
#include <string.h>

static struct err *need_target(struct session *s)
{
	return s->target ? NULL : err_new(ERR_USAGE, "no dump is open");
}

static struct err *need_thread(struct session *s)
{
	TRY(need_target(s));
	return s->thread ? NULL : err_new(ERR_NOTFOUND, "no current thread");
}

static struct err *get_tid(struct session *s, uint64_t *ret)
{
	TRY(need_thread(s));
	*ret = s->thread->tid;
	return NULL;
}

static struct err *get_tpid(struct session *s, uint64_t *ret)
{
	TRY(need_target(s));
	*ret = target_pid(s->target);
	return NULL;
}

static struct err *get_teb(struct session *s, uint64_t *ret)
{
	TRY(need_thread(s));
	*ret = session_half(s) == HALF_WOW ? s->thread->teb32 : s->thread->teb;
	return *ret ? NULL : err_new(ERR_NOTFOUND, "$teb: the dump does not tell it");
}

static struct err *get_peb(struct session *s, uint64_t *ret)
{
	unsigned size = session_pointer_size(s);
	uint64_t teb;

	TRY(need_target(s));
	if (!target_is_windows(s->target))
		return err_new(ERR_UNSUPPORTED, "$peb: has a meaning only for Windows dumps");
	TRY(get_teb(s, &teb));
	if (!arch_read_uint(target_memory(s->target), teb + (size == 8 ? 0x60 : 0x30), size, ret))
		return err_prefix(err_fault(teb), "$peb: the TEB is not in the dump");
	return NULL;
}

static struct err *get_ip(struct session *s, uint64_t *ret)
{
	struct regs r;

	TRY(session_regs(s, &r));
	*ret = regs_ip(&r);
	return NULL;
}

static struct err *get_csp(struct session *s, uint64_t *ret)
{
	struct regs r;

	TRY(session_regs(s, &r));
	*ret = regs_sp(&r);
	return NULL;
}

static struct err *get_retreg(struct session *s, uint64_t *ret)
{
	struct regs r;

	TRY(session_regs(s, &r));
	if (r.arch->ret == ARCH_NO_REG || !regs_has(&r, r.arch->ret))
		return err_new(ERR_NOTFOUND, "$retreg: its value is not known");
	*ret = r.v[r.arch->ret];
	return NULL;
}

static struct err *get_ra(struct session *s, uint64_t *ret)
{
	CLEANUP(arena_deinit) struct arena a = ARENA_INIT;
	struct stack stack;

	TRY(session_stack(s, &a, s->frame + 1, &stack));
	if (s->frame >= stack.n)
		return err_new(ERR_NOTFOUND, "$ra: the stack has no frame %x", s->frame);
	*ret = stack.frames[s->frame].ret;
	return NULL;
}

/* PE: AddressOfEntryPoint lies 0x28 behind "PE\0\0" (Microsoft PE format). */
static struct err *image_entry(struct session *s, uint64_t base, uint64_t *ret)
{
	const struct arch_memory *m = target_memory(s->target);
	uint64_t header, rva, magic;

	if (!arch_read_uint(m, base + 0x3c, 4, &header) || header > 0x10000 ||
	    !arch_read_uint(m, base + header, 4, &magic) || magic != 0x4550 ||
	    !arch_read_uint(m, base + header + 0x28, 4, &rva))
		return err_new(ERR_NOTFOUND, "the header of the image at 0x%llx is not in the dump",
			       (unsigned long long)base);
	*ret = base + rva;
	return NULL;
}

static struct err *auxv_entry(struct session *s, uint64_t *ret)
{
	enum { AT_ENTRY_TAG = 9 };
	const struct dump_auxv *v;
	size_t n;

	TRY(dump_auxv(target_dump(s->target), &v, &n));
	for (size_t i = 0; i < n; i++) {
		if (v[i].type == AT_ENTRY_TAG) {
			*ret = v[i].value;
			return NULL;
		}
	}
	return err_new(ERR_NOTFOUND, "$exentry: the dump does not tell it");
}

static struct err *get_exentry(struct session *s, uint64_t *ret)
{
	const struct dump_module *v;
	size_t n;

	TRY(need_target(s));
	if (!target_is_windows(s->target))
		return auxv_entry(s, ret);
	TRY(dump_modules(target_dump(s->target), &v, &n));
	if (!n)
		return err_new(ERR_NOTFOUND, "$exentry: the dump lists no modules");
	return image_entry(s, v[0].base, ret); /* the program is listed first */
}

static struct err *get_ptrsize(struct session *s, uint64_t *ret)
{
	*ret = session_pointer_size(s);
	return NULL;
}

static struct err *get_pagesize(struct session *s, uint64_t *ret)
{
	*ret = 0x1000;
	return NULL;
}

static struct err *get_frame(struct session *s, uint64_t *ret)
{
	*ret = s->frame;
	return NULL;
}

static struct err *get_exp(struct session *s, uint64_t *ret)
{
	*ret = s->last_value;
	return NULL;
}

/* FILETIME, as in WinDbg: 100 ns since 1601. */
static struct err *get_dbgtime(struct session *s, uint64_t *ret)
{
	const struct dump_facts *f;

	TRY(need_target(s));
	f = target_facts(s->target);
	if (!(f->has & FACT_DUMP_TIME))
		return err_new(ERR_NOTFOUND, "$dbgtime: the dump does not tell when it was made");
	*ret = (f->dump_time + 11644473600u) * 10000000u;
	return NULL;
}

static struct err *exception(struct session *s, const struct dump_exception **ret)
{
	TRY(need_target(s));
	TRY(dump_exception(target_dump(s->target), ret));
	return *ret ? NULL : err_new(ERR_NOTFOUND, "the dump has no exception");
}

static struct err *get_exr_code(struct session *s, uint64_t *ret)
{
	const struct dump_exception *e;

	TRY(exception(s, &e));
	*ret = e->code;
	return NULL;
}

static struct err *get_exr_numparams(struct session *s, uint64_t *ret)
{
	const struct dump_exception *e;

	TRY(exception(s, &e));
	*ret = e->n_parameters;
	return NULL;
}

static struct err *get_eventip(struct session *s, uint64_t *ret)
{
	const struct dump_exception *e;

	TRY(exception(s, &e));
	*ret = e->address;
	return NULL;
}

static const struct {
	const char *name;
	struct err *(*get)(struct session *s, uint64_t *ret);
} pseudos[] = {
	{ "ip", get_ip },	    { "csp", get_csp },		  { "ra", get_ra },
	{ "retreg", get_retreg },   { "retreg64", get_retreg },	  { "tid", get_tid },
	{ "tpid", get_tpid },	    { "teb", get_teb },		  { "thread", get_teb },
	{ "peb", get_peb },	    { "proc", get_peb },	  { "exentry", get_exentry },
	{ "ptrsize", get_ptrsize }, { "pagesize", get_pagesize }, { "frame", get_frame },
	{ "exp", get_exp },	    { "dbgtime", get_dbgtime },	  { "exr_code", get_exr_code },
	{ "eventip", get_eventip }, { "scopeip", get_ip },	  { "exr_numparams", get_exr_numparams },
};

/* "t0" .. "t19"; -1: none of them. */
static int user_register(const char *name)
{
	int n = 0;

	if (name[0] != 't' || !isdigit((unsigned char)name[1]) || strlen(name) > 3)
		return -1;
	for (const char *p = name + 1; *p; p++) {
		if (!isdigit((unsigned char)*p))
			return -1;
		n = n * 10 + (*p - '0');
	}
	return n < SESSION_PSEUDO ? n : -1;
}

static struct err *exception_parameter(struct session *s, const char *digits, uint64_t *ret)
{
	const struct dump_exception *e;
	uint64_t n = 0;

	for (; isdigit((unsigned char)*digits) && n < 100; digits++)
		n = n * 10 + (uint64_t)(*digits - '0');
	TRY(exception(s, &e));
	if (*digits || n >= e->n_parameters || n >= ARRAY_SIZE(e->parameters))
		return err_new(ERR_NOTFOUND, "the exception has %u parameters", e->n_parameters);
	*ret = e->parameters[n];
	return NULL;
}

struct err *pseudo_value(struct session *s, const char *name, uint64_t *ret)
{
	int t = user_register(name);

	if (t >= 0) {
		*ret = s->pseudo[t];
		return NULL;
	}
	if (str_starts(name, "exr_param") && isdigit((unsigned char)name[9]))
		return exception_parameter(s, name + 9, ret);
	for (size_t i = 0; i < ARRAY_SIZE(pseudos); i++)
		if (strcmp(pseudos[i].name, name) == 0)
			return pseudos[i].get(s, ret);
	return err_new(ERR_USAGE, "Bad register error at '$%s'", name);
}

/* --- assignment ------------------------------------------------------------------- */

static struct err *assign_fixed(struct session *s, const char *p, const char *end)
{
	unsigned i = (unsigned)(p[0] - '0');
	const char *text;
	size_t n;

	text = str_skip_space(p + 1);
	if (*text != '=')
		return err_new(ERR_USAGE, "Syntax error at '%.60s'", p);
	text = str_skip_space(text + 1);
	n = (size_t)(end - text);
	if (n >= 2 && *text == '"' && text[n - 1] == '"') {
		text++;
		n -= 2;
	}
	free(s->fixed[i]);
	s->fixed[i] = strndup(text, n);
	return s->fixed[i] ? NULL : err_nomem();
}

/* "$t3 = expr" at *p; *ret_done false when something else is there. */
static struct err *assign_one(struct session *s, const char **p, bool *ret_done)
{
	const char *q = *p + (**p == '@');
	char name[8] = "";
	size_t n = 0;
	uint64_t v;
	int t;

	*ret_done = false;
	if (*q++ != '$')
		return NULL;
	while (isalnum((unsigned char)q[n]) && n + 1 < sizeof(name)) {
		name[n] = q[n];
		n++;
	}
	t = user_register(name);
	q = str_skip_space(q + n);
	if (t < 0 || *q != '=')
		return NULL;
	q++;
	TRY(expr_raw(s, &q, &v));
	s->pseudo[t] = v;
	*p = q;
	*ret_done = true;
	return NULL;
}

struct err *pseudo_assign(struct session *s, const char *tail, bool *ret_done)
{
	const char *p = str_skip_space(tail);
	bool done;

	*ret_done = false;
	if (str_starts(p, "$.u") && isdigit((unsigned char)p[3])) {
		*ret_done = true;
		return assign_fixed(s, p + 3, p + strlen(p));
	}
	for (;;) {
		TRY(assign_one(s, &p, &done));
		if (!done)
			break;
		*ret_done = true;
		p = str_skip_space(p);
		if (*p != ',')
			break;
		p = str_skip_space(p + 1);
	}
	if (*ret_done && *p)
		return expr_error("Extra character error", p);
	return NULL;
}

/* --- functions ---------------------------------------------------------------------- */

/* A word up to ',' or ')', quoted or not, into the buffer. */
static struct err *string_argument(struct expr *x, struct strbuf *sb)
{
	const char *at = x->p = str_skip_space(x->p);

	if (*x->p == '"') {
		for (x->p++; *x->p && *x->p != '"'; x->p++)
			strbuf_addc(sb, *x->p);
		if (!*x->p)
			return expr_error("Syntax error", at);
		x->p++;
	} else {
		while (*x->p && *x->p != ',' && *x->p != ')')
			strbuf_addc(sb, *x->p++);
	}
	x->p = str_skip_space(x->p);
	return strbuf_check(sb);
}

static struct err *expect(struct expr *x, char c)
{
	x->p = str_skip_space(x->p);
	if (*x->p != c)
		return expr_error("Syntax error", x->p);
	x->p++;
	return NULL;
}

static struct err *compare_strings(struct expr *x, const char *name, uint64_t *ret)
{
	CLEANUP(strbuf_deinit) struct strbuf a = STRBUF_INIT;
	CLEANUP(strbuf_deinit) struct strbuf b = STRBUF_INIT;
	int order;

	TRY(string_argument(x, &a));
	TRY(expect(x, ','));
	TRY(string_argument(x, &b));
	TRY(expect(x, ')'));
	if (strcmp(name, "spat") == 0) {
		*ret = str_match(b.s, a.s, true);
		return NULL;
	}
	order = strcmp(name, "scmp") == 0 ? strcmp(a.s, b.s) : strcasecmp(a.s, b.s);
	*ret = (uint64_t)(int64_t)((order > 0) - (order < 0));
	return NULL;
}

static struct err *image_entry_function(struct expr *x, uint64_t *ret)
{
	uint64_t base;

	TRY(expr_or(x, &base));
	TRY(expect(x, ')'));
	TRY(need_target(x->s));
	return image_entry(x->s, base, ret);
}

/* $vvalid(address, length): all of it is in the dump. */
static struct err *valid_function(struct expr *x, uint64_t *ret)
{
	uint64_t address, length;
	struct space_range r;

	TRY(expr_or(x, &address));
	TRY(expect(x, ','));
	TRY(expr_or(x, &length));
	TRY(expect(x, ')'));
	TRY(need_target(x->s));
	if (session_pointer_size(x->s) == 4)
		address &= 0xffffffff;
	*ret = 1;
	while (length && *ret) {
		uint64_t n;

		*ret = space_find(target_space(x->s->target), address, &r) && r.address <= address;
		n = *ret ? r.size - (address - r.address) : length;
		n = n < length ? n : length;
		address += n;
		length -= n;
	}
	return NULL;
}

struct err *expr_function(struct expr *x, const char *name, const char *at, uint64_t *ret)
{
	struct err *e;

	x->p++;
	if (++x->depth > EXPR_MAX_DEPTH)
		return expr_error("Nesting too deep", at);
	if (strcmp(name, "scmp") == 0 || strcmp(name, "sicmp") == 0 || strcmp(name, "spat") == 0)
		e = compare_strings(x, name, ret);
	else if (strcmp(name, "iment") == 0)
		e = image_entry_function(x, ret);
	else if (strcmp(name, "vvalid") == 0)
		e = valid_function(x, ret);
	else
		return expr_error("Couldn't resolve error", at);
	x->depth--;
	return e;
}
