/* SPDX-License-Identifier: MIT */
/*
 * Exceptions whose parameters are pointers: see thrown.h.
 *
 * C++ (0xE06D7363): parameters are a magic number, the object, its ThrowInfo and,
 * where pointers have 64 bits, the image that the offsets in it count from
 * (clang's lib/CodeGen/MicrosoftCXXABI.cpp writes these structures). The object of
 * a std::exception holds a pointer to its message behind the vftable (the CRT's
 * vcruntime_exception.h). Delay-loaded DLLs: DelayLoadInfo of delayimp.h. .NET:
 * the HRESULT is the first parameter.
 */
#include "os/windows/thrown.h"

#include "os/windows/status.h"

#include <inttypes.h>
#include <string.h>

enum { MAX_NAME = 1024, MAX_MESSAGE = 256, MAX_TYPES = 32 };
static const uint32_t cpp_exception = 0xe06d7363, clr_exception = 0xe0434352, clr_v1 = 0xe0434f4d,
		      module_not_found = 0xc06d007e, proc_not_found = 0xc06d007f,
		      possible_deadlock = 0xc0000194;
static const uint64_t magic_first = 0x19930520, magic_last = 0x19930522;

struct thrown {
	const struct arch_memory *memory;
	unsigned size;		/* of a pointer */
	uint64_t image;		/* what the offsets count from, 0 with 32 bits */
};

/* Up to a NUL, printable only; false: absent, or no text. */
static bool read_text(const struct arch_memory *m, uint64_t address, size_t max, char *ret)
{
	size_t n = 0;

	while (address && n < max && arch_read(m, address + n, &ret[n], 1) && ret[n])
		if ((unsigned char)ret[n++] < ' ')
			return false;
	ret[n < max ? n : max - 1] = '\0';
	return n > 0 && n < max;
}

/* A 32-bit address, or an offset into the image. */
static bool read_link(const struct thrown *x, uint64_t address, uint64_t *ret)
{
	if (!arch_read_uint(x->memory, address, 4, ret) || !*ret)
		return false;
	*ret += x->image;
	return true;
}

/* TypeDescriptor: the vftable, a spare pointer, the name. */
static bool type_name(const struct thrown *x, uint64_t catchable, char *ret)
{
	uint64_t descriptor;

	return read_link(x, catchable + 4, &descriptor) &&
	       read_text(x->memory, descriptor + 2 * (uint64_t)x->size, MAX_NAME, ret);
}

/* Catchable types: the object's own type first, its bases behind it. */
static bool describe_types(const struct thrown *x, uint64_t info, struct strbuf *sb,
			   bool *ret_is_exception)
{
	uint64_t array, n, catchable;
	char name[MAX_NAME];

	*ret_is_exception = false;
	if (!read_link(x, info + 12, &array) || !arch_read_uint(x->memory, array, 4, &n))
		return false;
	for (uint64_t i = 0; i < n && i < MAX_TYPES; i++) {
		if (!read_link(x, array + 4 + 4 * i, &catchable) || !type_name(x, catchable, name))
			return i > 0;
		if (!i && !rtti_type_name(name, sb))
			strbuf_adds(sb, name);
		*ret_is_exception |= strcmp(name, ".?AVexception@std@@") == 0;
	}
	return n > 0;
}

static void describe_cpp(struct thrown *x, const struct dump_exception *e, struct strbuf *sb)
{
	int digits = (int)x->size * 2;
	char message[MAX_MESSAGE];
	bool is_exception;
	uint64_t what;

	if (e->n_parameters < 3 || e->parameters[0] < magic_first || e->parameters[0] > magic_last)
		return;
	if (!e->parameters[2]) {
		strbuf_adds(sb, "rethrown: throw;");
		return;
	}
	x->image = x->size == 8 && e->n_parameters > 3 ? e->parameters[3] : 0;
	if (!describe_types(x, e->parameters[2], sb, &is_exception))
		strbuf_addf(sb, "type not in the dump, ThrowInfo at %0*" PRIx64 ", object", digits,
			    e->parameters[2]);
	strbuf_addf(sb, " at %0*" PRIx64, digits, e->parameters[1]);
	if (is_exception && arch_read_uint(x->memory, e->parameters[1] + x->size, x->size, &what) &&
	    read_text(x->memory, what, MAX_MESSAGE, message))
		strbuf_addf(sb, ": %s", message);
}

/* DelayLoadInfo: size, descriptor, slot, DLL, flag, name or ordinal. */
static void describe_delay_load(const struct thrown *x, const struct dump_exception *e,
				struct strbuf *sb)
{
	unsigned size = x->size;
	uint64_t info = e->parameters[0], dll, by_name, name;
	char text[MAX_MESSAGE];

	if (!arch_read_uint(x->memory, info + 3 * (uint64_t)size, size, &dll) ||
	    !read_text(x->memory, dll, sizeof(text), text))
		return;
	strbuf_adds(sb, text);
	if (!arch_read_uint(x->memory, info + 4 * (uint64_t)size, 4, &by_name) ||
	    !arch_read_uint(x->memory, info + 5 * (uint64_t)size, size, &name))
		return;
	if (!by_name)
		strbuf_addf(sb, ", ordinal %u", (unsigned)name & 0xffff);
	else if (read_text(x->memory, name, sizeof(text), text))
		strbuf_addf(sb, ", %s", text);
}

void thrown_describe(struct target *t, unsigned pointer_size, const struct dump_exception *e,
		     struct strbuf *sb)
{
	struct thrown x = { .memory = target_memory(t), .size = pointer_size };
	const char *name;

	if (e->code == cpp_exception)
		describe_cpp(&x, e, sb);
	if (!e->n_parameters)
		return;
	if (e->code == module_not_found || e->code == proc_not_found)
		describe_delay_load(&x, e, sb);
	if (e->code == possible_deadlock)
		strbuf_addf(sb, "critical section at %0*" PRIx64, (int)pointer_size * 2,
			    e->parameters[0]);
	if (e->code == clr_exception || e->code == clr_v1) {
		name = hresult_name((uint32_t)e->parameters[0]);
		strbuf_addf(sb, "HRESULT %08x%s%s", (uint32_t)e->parameters[0], name ? " " : "",
			    name ? name : "");
	}
}
