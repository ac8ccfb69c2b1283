Execution of data (DEP).

  $ found() { osmodump -q $1 -c '!analyze -v' | sed -n "/\[$2\]/,/^ *$/p"; }
  $ verdict() { osmodump -q $1 -c '!analyze' | sed -n 2p; }

It has it, on Linux: a jump onto the stack:

  $ cat > has.recipe <<'END'
  > elfcore x64
  > process pid=4711 ppid=1 uid=0 gid=0 name=demo args=demo
  > thread 4711 signal=11 rip=0x7ffc00001100 rsp=0x7ffc00001000 
  > siginfo 11 2 addr=0x7ffc00001100
  > file 0x400000 0x403000 0 /usr/bin/absent
  > memory 0x401000 prot=rx hex 8b00 zero 0x10
  > memory 0x402000 prot=r zero 0x100
  > memory 0x403000 prot=rw zero 0x100
  > memory 0x7ffc00001000 prot=rw zero 0x200
  > END
  $ mkdump has.recipe has
  $ found has exception.no-execute
  1. Execution of data (DEP) [exception.no-execute]: problem, 95 % sure
     SIGSEGV: thread 0 (tid 4711) jumped to the stack of thread 0 (tid 4711) (0x7ffc00001100).
     - the address that was accessed: memory that does not allow the access; 00007ffc00001100      [.exr -1]
     - the stack of the fault, frames: 1      [.ecxr; k]
     - the stack of thread 0 (tid 4711), which may not be executed; 00007ffc00001000      [!address 0x7ffc00001100]
     What to do: The return address on top of the stack tells who called. If the stack is overwritten, look at its words for text or for what a buffer held; the function whose frame was there overran it.
  

It has it, on Windows: a jump into private memory:

  $ cat > haswin.recipe <<'END'
  > minidump x64
  > header time=1700000000
  > system windows 10.0.19041 cpus=2
  > misc size=24 pid=0x1100 create=1700000000 user=1 kernel=2
  > module 0x140000000 0x10000 C:\demo\app.exe
  > memory 0x140001000 hex 8b4008 zero 0x10
  > memory 0x10f000 zero 0x100
  > thread 0x14 stack=0x10f000 rsp=0x10f000 rip=0x20000010 
  > exception 0x14 0xc0000005 0x20000010 8 0x20000010 rsp=0x10f000 rip=0x20000010 
  > region 0x20000000 0x1000 state=commit protect=rw type=private alloc=0x20000000
  > END
  $ mkdump haswin.recipe haswin
  $ found haswin exception.no-execute | head -2
  1. Execution of data (DEP) [exception.no-execute]: problem, 95 % sure
     STATUS_ACCESS_VIOLATION: thread 0 (tid 0x14) jumped to data (0x20000010).

It has it not: a read of memory that is not mapped:

  $ cat > hasnot.recipe <<'END'
  > elfcore x64
  > process pid=4711 ppid=1 uid=0 gid=0 name=demo args=demo
  > thread 4711 signal=11 rip=0x401000 rsp=0x7ffc00001000 rax=0xdead0
  > siginfo 11 1 addr=0xdead0
  > file 0x400000 0x403000 0 /usr/bin/absent
  > memory 0x401000 prot=rx hex 8b00 zero 0x10
  > memory 0x402000 prot=r zero 0x100
  > memory 0x403000 prot=rw zero 0x100
  > memory 0x7ffc00001000 prot=rw zero 0x200
  > END
  $ mkdump hasnot.recipe hasnot
  $ found hasnot exception.no-execute
  $ verdict hasnot
  SIGSEGV: thread 0 (tid 4711) read from memory that is not mapped (0xdead0).

It nearly has it: a jump to memory that is not mapped:

  $ cat > nearly.recipe <<'END'
  > elfcore x64
  > process pid=4711 ppid=1 uid=0 gid=0 name=demo args=demo
  > thread 4711 signal=11 rip=0xdead0 rsp=0x7ffc00001000 
  > siginfo 11 1 addr=0xdead0
  > file 0x400000 0x403000 0 /usr/bin/absent
  > memory 0x401000 prot=rx hex 8b00 zero 0x10
  > memory 0x402000 prot=r zero 0x100
  > memory 0x403000 prot=rw zero 0x100
  > memory 0x7ffc00001000 prot=rw zero 0x200
  > END
  $ mkdump nearly.recipe nearly
  $ found nearly exception.no-execute
  $ verdict nearly
  SIGSEGV: thread 0 (tid 4711) jumped to memory that is not mapped (0xdead0).
