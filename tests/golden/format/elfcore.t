ELF cores: what `info` says of a kernel's core, of gcore's, of a vmcore, of damage

  $ recipes=$OSMOSIS_TOP/tests/mkdump/recipes

A core that a kernel wrote:

  $ mkdump $recipes/elf-x64.recipe core
  $ osmodump info core
  File:            core
  Format:          elfcore: User Core Dump File (ELF): Linux x64 process
  Size:            4165 bytes (4.067 kB)
  Machine:         x64
  System:          Linux
  Process:         4711 (parent 1) demo
  Command line:    demo --fast
  Threads:         2
  Modules:         1
  Signal:          11 (SIGSEGV) in thread 4712
  
  Streams:
        type  name                                   offset        bytes
           1  NT_PRSTATUS                               1dc          336  CORE
           3  NT_PRPSINFO                               340          136  CORE
    53494749  NT_SIGINFO                                3dc          128  CORE
           6  NT_AUXV                                   470          272  CORE
    46494c45  NT_FILE                                   594          152  CORE
           2  NT_FPREGSET                               640          512  CORE
         202  NT_X86_XSTATE                             854          832  LINUX
           1  NT_PRSTATUS                               ba8          336  CORE
           2  NT_FPREGSET                               d0c          512  CORE
  
  Memory in the file:
    category     ranges             bytes
    modules           3                37    0.036 kB
    stacks            1               276    0.270 kB
    absent            3            532444  519.965 kB

The same for 32-bit and big-endian machines:

  $ for m in x86 x32 arm arm64 riscv64 ppc64 s390x mips; do mkdump $recipes/elf-$m.recipe $m.core; osmodump info $m.core | sed -n '/^Format/p;/^Machine/p;/^Signal/p'; done
  Format:          elfcore: User Core Dump File (ELF): Linux x86 process
  Machine:         x86
  Signal:          11 (SIGSEGV) in thread 4712
  Format:          elfcore: User Core Dump File (ELF): Linux x32 process
  Machine:         x64
  Signal:          11 (SIGSEGV) in thread 4712
  Format:          elfcore: User Core Dump File (ELF): Linux ARM process
  Machine:         ARM
  Signal:          11 (SIGSEGV) in thread 4712
  Format:          elfcore: User Core Dump File (ELF): Linux ARM64 process
  Machine:         ARM64
  Signal:          11 (SIGSEGV) in thread 4712
  Format:          elfcore: User Core Dump File (ELF): Linux RISC-V 64 process
  Machine:         RISC-V 64
  Signal:          11 (SIGSEGV) in thread 4712
  Format:          elfcore: User Core Dump File (ELF): Linux PowerPC 64 process
  Machine:         PowerPC 64
  Signal:          11 (SIGSEGV) in thread 4712
  Format:          elfcore: User Core Dump File (ELF): Linux s390x process
  Machine:         s390x
  Signal:          11 (SIGSEGV) in thread 4712
  Format:          elfcore: User Core Dump File (ELF): Linux MIPS process
  Machine:         MIPS
  Signal:          11 (SIGSEGV) in thread 4712

gdb's gcore of a running process has no signal:

  $ mkdump $recipes/elf-gcore.recipe gcore.core
  $ osmodump info gcore.core | sed '/^Streams/,$d'
  File:            gcore.core
  Format:          elfcore: User Core Dump File (ELF): Linux x64 process
  Size:            2576 bytes (2.516 kB)
  Machine:         x64
  System:          Linux
  Process:         50 (parent 1) server
  Command line:    server -d
  Flags:           0x8
  Written by:      gdb (gcore)
  Threads:         2
  Modules:         0
  

A kernel's memory:

  $ mkdump $recipes/elf-vmcore.recipe vmcore
  $ osmodump info vmcore | sed '/^Streams/,$d'
  File:            vmcore
  Format:          elfcore: Kernel Core Dump File (vmcore): Linux x64 kernel, not a process
  Size:            1087 bytes (1.062 kB)
  Machine:         x64
  System:          Linux 6.1.0-18-amd64
  Processors:      2
  Dump time:       Tue Nov 14 22:13:20.000 2023 (UTC + 0:00)
  Flags:           0x1
  Threads:         2
  Modules:         0
  

A core that was cut off, with a thread record that is too short:

  $ mkdump $recipes/elf-damaged.recipe damaged.core
  $ osmodump info damaged.core | sed '/^Streams/,$d'
  modules: damaged.core: offset 0x3a0: NT_FILE states 3 mappings in 33 bytes
  File:            damaged.core
  Format:          elfcore: User Core Dump File (ELF): Linux x64 process
  Size:            4136 bytes (4.039 kB)
  Machine:         x64
  System:          Linux
  Process:         7 (parent 1) cut
  Command line:    cut
  Flags:           0x4
  Threads:         1
  Modules:         0
  Signal:          6 (SIGABRT) in thread 7
  
  $ osmodump info damaged.core | grep ^Damaged
  modules: damaged.core: offset 0x3a0: NT_FILE states 3 mappings in 33 bytes
  Damaged: damaged.core: the file ends at 0x1028: 6144 bytes of memory in 2 of 2 segments are missing, as when a size limit or a full disk cuts a core off
  Damaged: damaged.core: 1 thread records are too short, the first at offset 0x5ec

More segments than e_phnum can say:

  $ mkdump $recipes/elf-xnum.recipe xnum.core
  $ osmodump info xnum.core | sed -n '/^Memory/,$p'
  Memory in the file:
    category     ranges             bytes
    stacks            1                 4    0.004 kB
    other         69999            279996  273.434 kB
    absent        70000         286440000  273.170 MB

What is no core is told:

  $ printf '\177ELF\2\1\1\0\0\0\0\0\0\0\0\0\3\0\76\0' > program; head -c 100 /dev/zero >> program
  $ osmodump info program
  osmodump: program: an ELF file but not a core: offset 0x10 says type 3 (a shared object or position-independent program)
  [3]
