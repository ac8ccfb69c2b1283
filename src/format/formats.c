/* SPDX-License-Identifier: MIT */
/* The containers, in probing order. To add one: see format/dump_impl.h. */
#include "format/dump_impl.h"

extern const struct dump_format format_elfcore;
extern const struct dump_format format_minidump;
extern const struct dump_format format_userdump;

const struct dump_format *const dump_formats[] = {
	&format_minidump,
	&format_userdump,
	&format_elfcore,
	NULL,
};
