# SPDX-License-Identifier: MIT
# gdb_complains: whether what gdb said (standard input) has a warning or failure. On processors with AMX gdb 13 is
# surprised by the size of the extended state in each core, also in the kernel's own.
gdb_complains() {
	if grep -qw amx_tile /proc/cpuinfo; then
		grep -v 'Unexpected size of section .\.reg-xstate/'
	else
		cat
	fi | grep -qi 'warning\|fail\|unavailable\|corrupt'
}
