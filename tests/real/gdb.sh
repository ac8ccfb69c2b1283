# SPDX-License-Identifier: MIT
# gdb_complains: whether what gdb said (standard input) has a warning or failure. What gdb 13 says of the extended state
# in each core, also in the kernel's own, is none: on processors with AMX it is surprised by the size; on those with
# protection keys and without AVX-512 it looks for the keys where others have them.
gdb_complains() {
	if grep -qw amx_tile /proc/cpuinfo; then
		grep -v 'Unexpected size of section .\.reg-xstate/'
	elif grep -qw pku /proc/cpuinfo && ! grep -qw avx512f /proc/cpuinfo; then
		grep -v 'Section .\.reg-xstate/[0-9]*. in core file too small'
	else
		cat
	fi | grep -qi 'warning\|fail\|unavailable\|corrupt'
}
