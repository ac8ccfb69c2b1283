/* SPDX-License-Identifier: MIT */
/* A decorated name from the fuzzer, in both forms. */
#include "symbol/undecorate.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *name = strndup((const char *)data, size);

	for (int what = UNDECORATE_NAME_ONLY; name && what <= UNDECORATE_COMPLETE; what++) {
		struct strbuf sb = STRBUF_INIT;

		(void)undecorate(name, (enum undecorate_what)what, &sb);
		strbuf_deinit(&sb);
	}
	free(name);
	return 0;
}
