Multiple exceptions.

  $ found() { osmodump -q $1 -c '!analyze -v' | sed -n "/\[$2\]/,/^ *$/p"; }
  $ verdict() { osmodump -q $1 -c '!analyze' | sed -n 2p; }

It has it: another thread is in the handler of a fault of its own:

  $ cat > has.recipe <<'END'
  > elfcore x64
  > process pid=4711 ppid=1 uid=0 gid=0 name=demo args=demo
  > thread 4711 signal=11 rip=0x401000 rsp=0x7ffc00009000 rax=0
  > siginfo 11 1 addr=0
  > thread 4712 rip=0x402000 rsp=0x7ffc00001000
  > file 0x400000 0x403000 0 /usr/bin/absent
  > memory 0x400000 prot=rx hex 7f454c46020101 zero 9 u16 3 62 u32 1 u64 0 64 0 u32 0 u16 64 56 1 0 0 0 u32 1 5 u64 0 0 0 0x3000 0x3000 0x1000 at 0x401000 hex 8b00 at 0x402000 hex 48c7c00f0000000f05 at 0x403000
  > memory 0x7ffc00001000 prot=rw at 0x7ffc000010a0 u64 0x7ffc00002000 0x401000 at 0x7ffc000010c8 u64 14 at 0x7ffc000010d8 u64 0xdead0 at 0x7ffc00001130 u32 11 0 1 0 u64 0xdead0 at 0x7ffc00002000 zero 0x200
  > memory 0x7ffc00009000 prot=rw zero 0x200
  > END
  $ mkdump has.recipe has
  $ found has exception.multiple
  2. Multiple exceptions [exception.multiple]: warning, 90 % sure
     1 thread failed besides the one that the dump names: which failed first is not told.
     - thread 1 (tid 4712): frame 0 is the handler's call for SIGSEGV at 0xdead0      [~1k]
     What to do: Look at each of these threads' exceptions: what they touched may be the same, and the first failure is the one to explain.
  

It has it not: the only failure is the one of the dump:

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
  $ found hasnot exception.multiple
  $ verdict hasnot
  SIGSEGV: thread 0 (tid 4711) read from a null pointer (0x0).

It nearly has it: the other thread handles a signal that a process had sent:

  $ cat > nearly.recipe <<'END'
  > elfcore x64
  > process pid=4711 ppid=1 uid=0 gid=0 name=demo args=demo
  > thread 4711 signal=11 rip=0x401000 rsp=0x7ffc00009000 rax=0
  > siginfo 11 1 addr=0
  > thread 4712 rip=0x402000 rsp=0x7ffc00001000
  > file 0x400000 0x403000 0 /usr/bin/absent
  > memory 0x400000 prot=rx hex 7f454c46020101 zero 9 u16 3 62 u32 1 u64 0 64 0 u32 0 u16 64 56 1 0 0 0 u32 1 5 u64 0 0 0 0x3000 0x3000 0x1000 at 0x401000 hex 8b00 at 0x402000 hex 48c7c00f0000000f05 at 0x403000
  > memory 0x7ffc00001000 prot=rw at 0x7ffc000010a0 u64 0x7ffc00002000 0x401000 at 0x7ffc000010c8 u64 14 at 0x7ffc000010d8 u64 0xdead0 at 0x7ffc00001130 u32 10 0 0 0 u64 0xdead0 at 0x7ffc00002000 zero 0x200
  > memory 0x7ffc00009000 prot=rw zero 0x200
  > END
  $ mkdump nearly.recipe nearly
  $ found nearly exception.multiple
  $ verdict nearly
  SIGSEGV: thread 0 (tid 4711) in absent read from a null pointer (0x0).

It has it, by the names of functions on the stack:

  $ named() { osmodump -q -y symbols $1 -c '!analyze -v' | sed -n "/\[$2\]/,/^ *$/p"; }
  $ mkdir -p symbols/ntdll.pdb/5A9832E5287241C1838ED98914E9B7FF1
  $ cat > symbols/ntdll.pdb/5A9832E5287241C1838ED98914E9B7FF1/ntdll.sym <<'END'
  > MODULE windows x86_64 5A9832E5287241C1838ED98914E9B7FF1 ntdll.pdb
  > PUBLIC 1000 0 KiUserExceptionDispatcher
  > END

Another thread is in the dispatch of an exception, on Windows:

  $ cat > dispatch.recipe <<'END'
  > minidump x64
  > header time=1700000000 flags=2
  > system windows 10.0.19041 cpus=2
  > module 0x140000000 0x10000 C:\demo\app.exe
  > module 0x180000000 0x10000 C:\Windows\System32\ntdll.dll pdb ntdll.pdb 5A9832E5-2872-41C1-838E-D98914E9B7FF 1
  > memory 0x140001000 hex 8b4008 zero 0x10
  > memory 0x10f000 zero 0x100
  > thread 0x14 stack=0x10f000 rsp=0x10f000 rip=0x140001000
  > memory 0x20f000 zero 0x100
  > thread 0x18 stack=0x20f000 rsp=0x20f000 rip=0x180001010
  > exception 0x14 0xc0000005 0x140001000 0 8 rsp=0x10f000 rip=0x140001000 rax=0
  > END
  $ mkdump dispatch.recipe dispatch
  $ named dispatch exception.multiple | head -3
  2. Multiple exceptions [exception.multiple]: warning, 90 % sure
     1 thread failed besides the one that the dump names: which failed first is not told.
     - thread 1 (tid 0x18): KiUserExceptionDispatcher in frame 0      [~1k]
