Null pointer, data.

  $ found() { osmodump -q $1 -c '!analyze -v' | sed -n "/\[$2\]/,/^ *$/p"; }
  $ verdict() { osmodump -q $1 -c '!analyze' | sed -n 2p; }

It has it, on Linux: a write to 0:

  $ cat > has.recipe <<'END'
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
  $ mkdump has.recipe has
  $ found has exception.null-data
  1. Null pointer (data) [exception.null-data]: problem, 97 % sure
     SIGSEGV: thread 0 (tid 4711) wrote to a null pointer (0x0).
     - the address that was accessed: pages that are never mapped, for null pointers to fault on; 0000000000000000      [.exr -1]
     - the instruction: mov dword ptr [rax],1; 0000000000401000      [u 0x401000 L1]
     - register rax, which the address was made of; 0x0      [.ecxr; r rax]
     - the stack of the fault, frames: 1      [.ecxr; k]
     What to do: Find where the pointer comes from: the register of the faulting operand, then the callers. Look at what the function returned that should have made the object.
  

  $ verdict has
  SIGSEGV: thread 0 (tid 4711) wrote to a null pointer (0x0).

It has it, on Windows: a read of a member at 8:

  $ cat > haswin.recipe <<'END'
  > minidump x64
  > header time=1700000000
  > system windows 10.0.19041 cpus=2
  > misc size=24 pid=0x1100 create=1700000000 user=1 kernel=2
  > module 0x140000000 0x10000 C:\demo\app.exe
  > memory 0x140001000 hex 8b4008 zero 0x10
  > memory 0x10f000 zero 0x100
  > thread 0x14 stack=0x10f000 rsp=0x10f000 rip=0x140001000 rax=0
  > exception 0x14 0xc0000005 0x140001000 0 8 rsp=0x10f000 rip=0x140001000 rax=0
  > END
  $ mkdump haswin.recipe haswin
  $ found haswin exception.null-data
  1. Null pointer (data) [exception.null-data]: problem, 97 % sure
     STATUS_ACCESS_VIOLATION: thread 0 (tid 0x14) in app read from a member or element of a null pointer (0x8).
     - the address that was accessed: pages that are never mapped, for null pointers to fault on; 0000000000000008      [.exr -1]
     - the instruction: mov eax,dword ptr [rax+8]; 0000000140001000      [u 0x140001000 L1]
     - register rax, which the address was made of; 0x0      [.ecxr; r rax]
     - app is where to begin: the instruction is in it; 0000000140001000      [.ecxr; r rip]
     - the stack of the fault, frames: 1      [.ecxr; k]
     What to do: Find where the pointer comes from: the register of the faulting operand, then the callers. Look at what the function returned that should have made the object.
  


It has it not: there is no fault:

  $ cat > hasnot.recipe <<'END'
  > elfcore x64
  > process pid=100 ppid=1 uid=0 gid=0 name=demo args=demo
  > thread 100 rsp=0x7ffc00001000 rip=0x401000 orig_rax=230
  > memory 0x401000 prot=rx fill 0x20 0x90
  > memory 0x7ffc00001000 prot=rw zero 0x200
  > END
  $ mkdump hasnot.recipe hasnot
  $ found hasnot exception.null-data
  $ verdict hasnot
  No problem was recognised. Manual dump: it states no exception and no signal; nothing had failed in the process itself.

It nearly has it: a small address, yet behind the pages that are never mapped:

  $ cat > nearly.recipe <<'END'
  > elfcore x64
  > process pid=4711 ppid=1 uid=0 gid=0 name=demo args=demo
  > thread 4711 signal=11 rip=0x401000 rsp=0x7ffc00001000 rax=0x11000
  > siginfo 11 1 addr=0x11000
  > file 0x400000 0x403000 0 /usr/bin/absent
  > memory 0x401000 prot=rx hex 8b00 zero 0x10
  > memory 0x402000 prot=r zero 0x100
  > memory 0x403000 prot=rw hex 8b00 zero 0x100
  > memory 0x7ffc00001000 prot=rw zero 0x200
  > END
  $ mkdump nearly.recipe nearly
  $ found nearly exception.null-data
  $ verdict nearly
  SIGSEGV: thread 0 (tid 4711) read from memory that is not mapped (0x11000).

