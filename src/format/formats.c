/* SPDX-License-Identifier: MIT */
/* The containers, in probing order. To add one: see format/dump_impl.h. */
#include "format/dump_impl.h"

extern const struct dump_format format_elfcore;
extern const struct dump_format format_kdump;
extern const struct dump_format format_lime;
extern const struct dump_format format_minidump;
extern const struct dump_format format_qemustream;
extern const struct dump_format format_raw;
extern const struct dump_format format_userdump;

const struct dump_format *const dump_formats[] = {
	&format_minidump,
	&format_userdump,
	&format_elfcore,
	&format_kdump,
	&format_lime,
	&format_qemustream,
	&format_raw,
	NULL,
};
