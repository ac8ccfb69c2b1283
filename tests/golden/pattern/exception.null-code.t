Null pointer, code.

  $ found() { osmodump -q $1 -c '!analyze -v' | sed -n "/\[$2\]/,/^ *$/p"; }
  $ verdict() { osmodump -q $1 -c '!analyze' | sed -n 2p; }

It has it, on Linux: the instruction pointer is 0:

  $ cat > has.recipe <<'END'
  > elfcore x64
  > process pid=4711 ppid=1 uid=0 gid=0 name=demo args=demo
  > thread 4711 signal=11 rip=0 rsp=0x7ffc00001000
  > siginfo 11 1 addr=0
  > file 0x400000 0x403000 0 /usr/bin/absent
  > memory 0x401000 prot=rx hex 90 zero 0x10
  > memory 0x402000 prot=r zero 0x100
  > memory 0x403000 prot=rw hex 90 zero 0x100
  > memory 0x7ffc00001000 prot=rw zero 0x200
  > END
  $ mkdump has.recipe has
  $ found has exception.null-code
  1. Null pointer (code) [exception.null-code]: problem, 97 % sure
     SIGSEGV: thread 0 (tid 4711) jumped to a null pointer (0x0).
     - the address that was accessed: pages that are never mapped, for null pointers to fault on; 0000000000000000      [.exr -1]
     - the stack of the fault, frames: 1      [.ecxr; k]
     Not read: the code at the instruction pointer, 0x0
     What to do: The return address on top of the stack tells who called: look there for the pointer. If the stack makes no sense it was overwritten.
  

  $ verdict has
  SIGSEGV: thread 0 (tid 4711) jumped to a null pointer (0x0).

It has it, on Windows:

  $ cat > haswin.recipe <<'END'
  > minidump x64
  > header time=1700000000
  > system windows 10.0.19041 cpus=2
  > misc size=24 pid=0x1100 create=1700000000 user=1 kernel=2
  > module 0x140000000 0x10000 C:\demo\app.exe
  > memory 0x140001000 hex 8b4008 zero 0x10
  > memory 0x10f000 zero 0x100
  > thread 0x14 stack=0x10f000 rsp=0x10f000 rip=0x140001000
  > exception 0x14 0xc0000005 0 8 0 rsp=0x10f000 rip=0
  > END
  $ mkdump haswin.recipe haswin
  $ found haswin exception.null-code
  1. Null pointer (code) [exception.null-code]: problem, 97 % sure
     STATUS_ACCESS_VIOLATION: thread 0 (tid 0x14) jumped to a null pointer (0x0).
     - the address that was accessed: pages that are never mapped, for null pointers to fault on; 0000000000000000      [.exr -1]
     - the stack of the fault, frames: 1      [.ecxr; k]
     Not read: the code at the instruction pointer, 0x0
     What to do: The return address on top of the stack tells who called: look there for the pointer. If the stack makes no sense it was overwritten.
  


It has it not: data is written:

  $ cat > hasnot.recipe <<'END'
  > elfcore x64
  > process pid=4711 ppid=1 uid=0 gid=0 name=demo args=demo
  > thread 4711 signal=11 rip=0x401000 rsp=0x7ffc00001000 rax=0
  > siginfo 11 1 addr=0
  > file 0x400000 0x403000 0 /usr/bin/absent
  > memory 0x401000 prot=rx hex c70001000000 zero 0x10
  > memory 0x402000 prot=r zero 0x100
  > memory 0x403000 prot=rw hex c70001000000 zero 0x100
  > memory 0x7ffc00001000 prot=rw zero 0x200
  > END
  $ mkdump hasnot.recipe hasnot
  $ found hasnot exception.null-code
  $ verdict hasnot
  SIGSEGV: thread 0 (tid 4711) wrote to a null pointer (0x0).

It nearly has it: a call of memory that holds no code:

  $ cat > nearly.recipe <<'END'
  > elfcore x64
  > process pid=4711 ppid=1 uid=0 gid=0 name=demo args=demo
  > thread 4711 signal=11 rip=0x403000 rsp=0x7ffc00001000
  > siginfo 11 2 addr=0x403000
  > file 0x400000 0x403000 0 /usr/bin/absent
  > memory 0x401000 prot=rx hex 90 zero 0x10
  > memory 0x402000 prot=r zero 0x100
  > memory 0x403000 prot=rw hex 90 zero 0x100
  > memory 0x7ffc00001000 prot=rw zero 0x200
  > END
  $ mkdump nearly.recipe nearly
  $ found nearly exception.null-code
  $ verdict nearly
  SIGSEGV: thread 0 (tid 4711) jumped to data (0x403000).

