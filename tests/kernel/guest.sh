# SPDX-License-Identifier: MIT
# Guests for shell scripts: Debian's kernels in QEMU. To be sourced; $top is the top of the tree. Over guest.py,
# whose head says what each does in full, and what is in a guest's folder.
#
#	guest_kernels                         the kinds there are: cloud generic rt cloud612
#	guest_kernel KIND                     fetches a kernel once, prints its release; 77 and "skip: why" if it cannot
#	guest_headers KIND                    its headers: the folder for "make -C"
#	guest_module KIND FOLDER              builds a copy of a kbuild folder, prints the .ko files
#	guest_start KIND DIR [OPTION...]      boots; --memory MB --cpus N --append WORDS --file FILE[=NAME] --insmod KO ...
#	guest_run DIR COMMAND [SECONDS]       a shell command in the guest: its output, its exit code
#	guest_get DIR PATH FILE               a file or folder out of the guest
#	guest_monitor DIR COMMAND...          QEMU's monitor: stop, cont, ...
#	guest_dump DIR elf|paging|kdump FILE  dump-guest-memory, complete when it returns
#	guest_end DIR                         ends the guest; call it from a trap
#
#	. tests/kernel/guest.sh
#	trap 'guest_end "$dir"' EXIT
#	guest_start cloud "$dir" --file build-gcc/osmodump=bin/osmodump --insmod "$(guest_module cloud kmod)" || exit
#	guest_run "$dir" 'osmodump snap --kernel -o /data/vmcore' 300
#	guest_get "$dir" /data/vmcore vmcore
guest() { python3 "${top:-.}/tests/kernel/guest.py" "$@"; }
guest_kernels() { guest list; }
guest_kernel() { guest kernel "$1"; }
guest_headers() { guest headers "$1"; }
guest_module() { guest module "$1" "$2"; }
guest_start() { guest start "$@"; }
guest_run() { guest run "$@"; }
guest_get() { guest get "$1" "$2" "$3"; }
guest_monitor() { guest monitor "$@"; }
guest_dump() { guest dump "$1" "$2" "$3"; }
guest_end() { guest end "$1"; }
