Nested exceptions.

  $ found() { osmodump -q $1 -c '!analyze -v' | sed -n "/\[$2\]/,/^ *$/p"; }
  $ verdict() { osmodump -q $1 -c '!analyze' | sed -n 2p; }

It has it, on Linux: the handler of SIGSEGV failed itself:

  $ cat > has.recipe <<'END'
  > elfcore x64
  > process pid=4711 ppid=1 uid=0 gid=0 name=demo args=demo
  > thread 4711 signal=11 rip=0x402000 rsp=0x7ffc00001000 rax=0
  > siginfo 11 1 addr=0x10
  > file 0x400000 0x403000 0 /usr/bin/absent
  > memory 0x400000 prot=rx hex 7f454c46020101 zero 9 u16 3 62 u32 1 u64 0 64 0 u32 0 u16 64 56 1 0 0 0 u32 1 5 u64 0 0 0 0x3000 0x3000 0x1000 at 0x401000 hex 8b00 at 0x402000 hex 48c7c00f0000000f05 at 0x403000
  > memory 0x7ffc00001000 prot=rw at 0x7ffc000010a0 u64 0x7ffc00002000 0x401000 at 0x7ffc000010c8 u64 14 at 0x7ffc000010d8 u64 0xdead0 at 0x7ffc00001130 u32 11 0 1 0 u64 0xdead0 at 0x7ffc00002000 zero 0x200
  > END
  $ mkdump has.recipe has
  $ found has exception.nested
  1. Nested exceptions [exception.nested]: problem, 93 % sure
     SIGSEGV came in the handler of SIGSEGV: the first failure was at 0xdead0, in absent+0x1000.
     - the signal that was handled, in frame 0: SIGSEGV; 00007ffc00001130 has 0xb      [dd 0x7ffc00001130 L1]
     - the address of the first fault; 00007ffc00001140 has 0xdead0      [dq 0x7ffc00001140 L1]
     - absent!<signal handler called> is where to begin: the instruction is in it; 0000000000402000      [.ecxr; r rip]
     - the stack of the fault, frames: 2      [.ecxr; k]
     What to do: The first exception is the one to explain: go on at the frames below the handler, or at the record that is shown.
  

It has it, on Windows: the record refers to another one:

  $ cat > haswin.recipe <<'END'
  > minidump x64
  > header time=1700000000
  > system windows 10.0.19041 cpus=2
  > misc size=24 pid=0x1100 create=1700000000 user=1 kernel=2
  > module 0x140000000 0x10000 C:\demo\app.exe
  > memory 0x140001000 hex 8b4008 zero 0x10
  > memory 0x10f000 zero 0x100
  > memory 0x20000000 u32 0xc0000094 0 u64 0 0x140001008 u32 0 0
  > thread 0x14 stack=0x10f000 rsp=0x10f000 rip=0x140001000 rax=0
  > exception 0x14 0xc0000005 0x140001000 0 0x8 record=0x20000000 rsp=0x10f000 rip=0x140001000 rax=0
  > END
  $ mkdump haswin.recipe haswin
  $ found haswin exception.nested | head -5
  1. Nested exceptions [exception.nested]: warning, 95 % sure
     The exception was raised while another one was handled: thread 0 (tid 0x14) in app.
     - the record that it is nested in: STATUS_INTEGER_DIVIDE_BY_ZERO at app+0x1008; 0000000140001008 has 0xc0000094      [.exr 0x20000000]
     - app is where to begin: the instruction is in it; 0000000140001000      [.ecxr; r rip]
     - the stack of the fault, frames: 1      [.ecxr; k]

It has it: the other record is not in the dump:

  $ cat > gone.recipe <<'END'
  > minidump x64
  > header time=1700000000
  > system windows 10.0.19041 cpus=2
  > misc size=24 pid=0x1100 create=1700000000 user=1 kernel=2
  > module 0x140000000 0x10000 C:\demo\app.exe
  > memory 0x140001000 hex 8b4008 zero 0x10
  > memory 0x10f000 zero 0x100
  > thread 0x14 stack=0x10f000 rsp=0x10f000 rip=0x140001000 rax=0
  > exception 0x14 0xc0000005 0x140001000 0 0x8 record=0x20000000 rsp=0x10f000 rip=0x140001000 rax=0
  > END
  $ mkdump gone.recipe gone
  $ found gone exception.nested | grep "Not read"
     Not read: the exception record at 0x20000000

It has it not: a fault without a handler on the stack:

  $ cat > hasnot.recipe <<'END'
  > elfcore x64
  > process pid=4711 ppid=1 uid=0 gid=0 name=demo args=demo
  > thread 4711 signal=11 rip=0x401000 rsp=0x7ffc00001000 rax=0
  > siginfo 11 1 addr=0
  > file 0x400000 0x403000 0 /usr/bin/absent
  > memory 0x401000 prot=rx hex 8b00 zero 0x10
  > memory 0x402000 prot=r zero 0x100
  > memory 0x403000 prot=rw zero 0x100
  > memory 0x7ffc00001000 prot=rw zero 0x200
  > END
  $ mkdump hasnot.recipe hasnot
  $ found hasnot exception.nested
  $ verdict hasnot
  SIGSEGV: thread 0 (tid 4711) read from a null pointer (0x0).

It nearly has it: the handler was called for a signal that a process had sent:

  $ cat > nearly.recipe <<'END'
  > elfcore x64
  > process pid=4711 ppid=1 uid=0 gid=0 name=demo args=demo
  > thread 4711 signal=11 rip=0x402000 rsp=0x7ffc00001000 rax=0
  > siginfo 11 1 addr=0x10
  > file 0x400000 0x403000 0 /usr/bin/absent
  > memory 0x400000 prot=rx hex 7f454c46020101 zero 9 u16 3 62 u32 1 u64 0 64 0 u32 0 u16 64 56 1 0 0 0 u32 1 5 u64 0 0 0 0x3000 0x3000 0x1000 at 0x401000 hex 8b00 at 0x402000 hex 48c7c00f0000000f05 at 0x403000
  > memory 0x7ffc00001000 prot=rw at 0x7ffc000010a0 u64 0x7ffc00002000 0x401000 at 0x7ffc000010c8 u64 14 at 0x7ffc000010d8 u64 0xdead0 at 0x7ffc00001130 u32 11 0 0 0 u64 0xdead0 at 0x7ffc00002000 zero 0x200
  > END
  $ mkdump nearly.recipe nearly
  $ found nearly exception.nested
  $ verdict nearly
  SIGSEGV: thread 0 (tid 4711) in absent!<signal handler called> accessed a member or element of a null pointer (0x10).
