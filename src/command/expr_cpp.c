/* SPDX-License-Identifier: MIT */
#include "command/session_impl.h"

struct err *expr_cpp(struct session *s, const char **p, uint64_t *ret)
{
	return err_new(ERR_UNSUPPORTED, "C++ expressions are not understood yet");
}
