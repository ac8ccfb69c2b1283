/* SPDX-License-Identifier: MIT */
/*
 * Simple types: indices below 0x1000 that need no record. Bits 0-7 are the
 * type, bits 8-11 say whether it is that type or a pointer to it (cvinfo.h,
 * TYPE_ENUM_e). 0x0103, which would be a 16-bit pointer to void, is the type of
 * nullptr.
 */
#include "symbol/pdb_impl.h"

#include <string.h>

enum { T_NULLPTR = 0x0103, T_TYPE = 0x00ff };

static const struct simple {
	uint8_t index;
	uint8_t kind;
	uint8_t size;
	const char *name;
} simples[] = {
	{ 0x03, TYPE_VOID, 0, "void" },
	{ 0x08, TYPE_HRESULT, 4, "HRESULT" },
	{ 0x10, TYPE_CHAR, 1, "signed char" },
	{ 0x11, TYPE_INT, 2, "short" },
	{ 0x12, TYPE_INT, 4, "long" },
	{ 0x13, TYPE_INT, 8, "__int64" },
	{ 0x14, TYPE_INT, 16, "__int128" },
	{ 0x20, TYPE_UINT, 1, "unsigned char" },
	{ 0x21, TYPE_UINT, 2, "unsigned short" },
	{ 0x22, TYPE_UINT, 4, "unsigned long" },
	{ 0x23, TYPE_UINT, 8, "unsigned __int64" },
	{ 0x24, TYPE_UINT, 16, "unsigned __int128" },
	{ 0x30, TYPE_BOOL, 1, "bool" },
	{ 0x31, TYPE_BOOL, 2, "__bool16" },
	{ 0x32, TYPE_BOOL, 4, "__bool32" },
	{ 0x33, TYPE_BOOL, 8, "__bool64" },
	{ 0x40, TYPE_FLOAT, 4, "float" },
	{ 0x41, TYPE_FLOAT, 8, "double" },
	{ 0x42, TYPE_FLOAT, 10, "long double" },
	{ 0x43, TYPE_FLOAT, 16, "__float128" },
	{ 0x44, TYPE_FLOAT, 6, "__float48" },
	{ 0x45, TYPE_FLOAT, 4, "float" }, /* partial precision */
	{ 0x46, TYPE_FLOAT, 2, "__half" },
	{ 0x50, TYPE_FLOAT, 8, "_Complex float" },
	{ 0x51, TYPE_FLOAT, 16, "_Complex double" },
	{ 0x52, TYPE_FLOAT, 20, "_Complex long double" },
	{ 0x53, TYPE_FLOAT, 32, "_Complex __float128" },
	{ 0x68, TYPE_INT, 1, "__int8" },
	{ 0x69, TYPE_UINT, 1, "unsigned __int8" },
	{ 0x70, TYPE_CHAR, 1, "char" },
	{ 0x71, TYPE_WCHAR, 2, "wchar_t" },
	{ 0x72, TYPE_INT, 2, "short" },
	{ 0x73, TYPE_UINT, 2, "unsigned short" },
	{ 0x74, TYPE_INT, 4, "int" },
	{ 0x75, TYPE_UINT, 4, "unsigned int" },
	{ 0x76, TYPE_INT, 8, "__int64" },
	{ 0x77, TYPE_UINT, 8, "unsigned __int64" },
	{ 0x78, TYPE_INT, 16, "__int128" },
	{ 0x79, TYPE_UINT, 16, "unsigned __int128" },
	{ 0x7a, TYPE_WCHAR, 2, "char16_t" },
	{ 0x7b, TYPE_WCHAR, 4, "char32_t" },
	{ 0x7c, TYPE_CHAR, 1, "char8_t" },
};

static unsigned pointer_size(const struct pdb *pdb)
{
	unsigned n = machine_pointer_size(pdb->identity.machine);

	return n ? n : 8;
}

bool pdb_simple_type(struct pdb *pdb, uint32_t index, struct type_info *ret)
{
	/* by mode: direct, near, far, huge, 32-bit, 16:32, 64-bit, 128-bit */
	static const uint8_t pointer_sizes[8] = { 0, 2, 4, 4, 4, 6, 8, 16 };
	unsigned mode = index >> 8 & 0xf;

	if (index >= 0x1000 || mode >= ARRAY_SIZE(pointer_sizes))
		return false;
	if (index == T_NULLPTR) {
		*ret = (struct type_info){ .kind = TYPE_POINTER, .name = "std::nullptr_t",
					   .size = pointer_size(pdb),
					   .element = pdb_type_ref(pdb, 0x03) };
		return true;
	}
	for (size_t i = 0; i < ARRAY_SIZE(simples); i++) {
		const struct simple *s = &simples[i];

		if (s->index != (index & T_TYPE))
			continue;
		*ret = (struct type_info){ .kind = (enum type_kind)s->kind, .name = s->name,
					   .size = s->size };
		if (mode)
			*ret = (struct type_info){ .kind = TYPE_POINTER, .name = "",
						   .size = pointer_sizes[mode],
						   .element = pdb_type_ref(pdb, index & T_TYPE) };
		return true;
	}
	return false;
}

uint32_t pdb_simple_named(const char *name)
{
	static const struct {
		const char *name;
		uint32_t index;
	} others[] = {
		{ "long long", 0x13 }, { "unsigned long long", 0x23 }, { "signed", 0x74 },
		{ "unsigned", 0x75 },  { "int64", 0x13 },	       { "unsigned int64", 0x23 },
	};

	for (size_t i = ARRAY_SIZE(simples); i-- > 0;)
		if (!strcmp(simples[i].name, name))
			return simples[i].index;
	for (size_t i = 0; i < ARRAY_SIZE(others); i++)
		if (!strcmp(others[i].name, name))
			return others[i].index;
	return 0;
}
