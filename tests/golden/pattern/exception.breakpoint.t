Breakpoint, assertion left in.

  $ found() { osmodump -q $1 -c '!analyze -v' | sed -n "/\[$2\]/,/^ *$/p"; }
  $ verdict() { osmodump -q $1 -c '!analyze' | sed -n 2p; }

It has it: int3 in the program:

  $ cat > has.recipe <<'END'
  > minidump x64
  > header time=1700000000
  > system windows 10.0.19041 cpus=2
  > misc size=24 pid=0x1100 create=1700000000 user=1 kernel=2
  > module 0x140000000 0x10000 C:\demo\app.exe
  > memory 0x140001000 hex cc zero 0x10
  > memory 0x10f000 zero 0x100
  > thread 0x14 stack=0x10f000 rsp=0x10f000 rip=0x140001000 
  > exception 0x14 0x80000003 0x140001000 rsp=0x10f000 rip=0x140001000
  > END
  $ mkdump has.recipe has
  $ found has exception.breakpoint
  1. Breakpoint, assertion left in [exception.breakpoint]: problem, 85 % sure
     Breakpoint: thread 0 (tid 0x14) in app ran into one that no debugger took.
     - STATUS_BREAKPOINT: the exception of a breakpoint or of a single step; 0x80000003      [.exr -1]
     - the instruction: int 3; 0000000140001000      [u 0x140001000 L1]
     - app is where to begin: the instruction is in it; 0000000140001000      [.ecxr; r rip]
     - the stack of the fault, frames: 1      [.ecxr; k]
     What to do: The caller of the breakpoint is the check that failed: read its condition and its message.
  

It has it, on Linux:

  $ cat > haslin.recipe <<'END'
  > elfcore x64
  > process pid=4711 ppid=1 uid=0 gid=0 name=demo args=demo
  > thread 4711 signal=5 rip=0x401000 rsp=0x7ffc00001000 
  > siginfo 5 128 addr=0
  > file 0x400000 0x403000 0 /usr/bin/absent
  > memory 0x401000 prot=rx hex cc zero 0x10
  > memory 0x402000 prot=r zero 0x100
  > memory 0x403000 prot=rw zero 0x100
  > memory 0x7ffc00001000 prot=rw zero 0x200
  > END
  $ mkdump haslin.recipe haslin
  $ found haslin exception.breakpoint | head -2
  1. Breakpoint, assertion left in [exception.breakpoint]: problem, 85 % sure
     Breakpoint: thread 0 (tid 4711) ran into one that no debugger took.

It has it not: an access violation:

  $ cat > hasnot.recipe <<'END'
  > minidump x64
  > header time=1700000000
  > system windows 10.0.19041 cpus=2
  > misc size=24 pid=0x1100 create=1700000000 user=1 kernel=2
  > module 0x140000000 0x10000 C:\demo\app.exe
  > memory 0x140001000 hex 8b4008 zero 0x10
  > memory 0x10f000 zero 0x100
  > thread 0x14 stack=0x10f000 rsp=0x10f000 rip=0x140001000 rax=0
  > exception 0x14 0xc0000005 0x140001000 0 0x8 rsp=0x10f000 rip=0x140001000 rax=0
  > END
  $ mkdump hasnot.recipe hasnot
  $ found hasnot exception.breakpoint
  $ verdict hasnot
  STATUS_ACCESS_VIOLATION: thread 0 (tid 0x14) in app read from a member or element of a null pointer (0x8).

It has it not: nothing but the system is on the stack, as when a debugger breaks in: that is a note:

  $ cat > bare.recipe <<'END'
  > minidump x64
  > header time=1700000000
  > system windows 10.0.19041 cpus=2
  > misc size=24 pid=0x1100 create=1700000000 user=1 kernel=2
  > module 0x140000000 0x10000 C:\demo\ntdll.dll
  > memory 0x140001000 hex cc zero 0x10
  > memory 0x10f000 zero 0x100
  > thread 0x14 stack=0x10f000 rsp=0x10f000 rip=0x140001000 
  > exception 0x14 0x80000003 0x140001000 rsp=0x10f000 rip=0x140001000
  > END
  $ mkdump bare.recipe bare
  $ found bare exception.breakpoint | head -2
  1. Breakpoint, assertion left in [exception.breakpoint]: note, 60 % sure
     A breakpoint in thread 0 (tid 0x14) in ntdll with nothing else on the stack, as when a debugger breaks in.

It nearly has it: SIGTRAP that another process sent:

  $ cat > nearly.recipe <<'END'
  > elfcore x64
  > process pid=4711 ppid=1 uid=0 gid=0 name=demo args=demo
  > thread 4711 signal=5 rip=0x401000 rsp=0x7ffc00001000 
  > siginfo 5 0 pid=99 uid=0
  > file 0x400000 0x403000 0 /usr/bin/absent
  > memory 0x401000 prot=rx hex 8b00 zero 0x10
  > memory 0x402000 prot=r zero 0x100
  > memory 0x403000 prot=rw zero 0x100
  > memory 0x7ffc00001000 prot=rw zero 0x200
  > END
  $ mkdump nearly.recipe nearly
  $ found nearly exception.breakpoint
  $ verdict nearly
  No problem was recognised. Forced dump: process 99 sent SIGTRAP; nothing had failed in the process itself.

It has it, by the names of functions on the stack:

  $ named() { osmodump -q -y symbols $1 -c '!analyze -v' | sed -n "/\[$2\]/,/^ *$/p"; }
  $ mkdir -p symbols/ntdll.pdb/5A9832E5287241C1838ED98914E9B7FF1
  $ cat > symbols/ntdll.pdb/5A9832E5287241C1838ED98914E9B7FF1/ntdll.sym <<'END'
  > MODULE windows x86_64 5A9832E5287241C1838ED98914E9B7FF1 ntdll.pdb
  > PUBLIC 1000 0 RtlAssert
  > END

A breakpoint in a function of assertions:

  $ cat > assertion.recipe <<'END'
  > minidump x64
  > header time=1700000000 flags=2
  > system windows 10.0.19041 cpus=2
  > module 0x140000000 0x10000 C:\demo\app.exe
  > module 0x180000000 0x10000 C:\Windows\System32\ntdll.dll pdb ntdll.pdb 5A9832E5-2872-41C1-838E-D98914E9B7FF 1
  > memory 0x140001000 hex 8b4008 zero 0x10
  > memory 0x10f000 zero 0x100
  > thread 0x14 stack=0x10f000 rsp=0x10f000 rip=0x180001010
  > exception 0x14 0x80000003 0x180001010 0 rsp=0x10f000 rip=0x180001010
  > END
  $ mkdump assertion.recipe assertion
  $ named assertion exception.breakpoint | head -4
  1. Breakpoint, assertion left in [exception.breakpoint]: problem, 93 % sure
     Breakpoint: thread 0 (tid 0x14) in ntdll!RtlAssert ran into one that no debugger took, by an assertion.
     - STATUS_BREAKPOINT: the exception of a breakpoint or of a single step; 0x80000003      [.exr -1]
     - RtlAssert in frame 0      [.ecxr; k]
