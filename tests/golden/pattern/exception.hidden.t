Hidden exception.

  $ found() { osmodump -q $1 -c '!analyze -v' | sed -n "/\[$2\]/,/^ *$/p"; }
  $ verdict() { osmodump -q $1 -c '!analyze' | sed -n 2p; }

It has it: a record and its context lie on the stack; whether it was handled is not told:

  $ cat > has.recipe <<'END'
  > minidump x64
  > header time=1700000000 flags=2
  > system windows 10.0.19041 cpus=2
  > misc size=24 pid=0x1100 create=1700000000 user=1 kernel=2
  > module 0x140000000 0x10000 C:\demo\app.exe
  > memory 0x140001000 hex 8b4008 zero 0x10
  > memory 0x10f000 at 0x10f230 u32 0x10001f at 0x10f2f8 u64 0x140001000 at 0x10f6f0 u32 0xc0000005 0 u64 0 0x140001000 u32 2 0 u64 0 8 at 0x10f800 zero 0x100
  > memory 0x20f000 zero 0x100
  > thread 0x14 stack=0x10f000 rsp=0x10f000 rip=0x140001008
  > thread 0x18 stack=0x20f000 rsp=0x20f000 rip=0x140001008
  > END
  $ mkdump has.recipe has
  $ found has exception.hidden
  1. Hidden exception [exception.hidden]: note, 60 % sure
     thread 0 (tid 0x14) had STATUS_ACCESS_VIOLATION (0xc0000005) at app+0x1000, of which the dump does not tell.
     - exception record at 0x10f6f0; 0000000140001000 has 0xc0000005      [.exr 0x10f6f0]
     - context at 0x10f200, whose instruction pointer is the record's address; 0000000140001000      [.cxr 0x10f200; r]
     What to do: Take the context over (.cxr) and walk the stack from there. A thread in UnhandledExceptionFilter is the crash; a note tells which exceptions a thread had before.
  

It has it not: the exception is the one that the dump names:

  $ cat > hasnot.recipe <<'END'
  > minidump x64
  > header time=1700000000 flags=2
  > system windows 10.0.19041 cpus=2
  > misc size=24 pid=0x1100 create=1700000000 user=1 kernel=2
  > module 0x140000000 0x10000 C:\demo\app.exe
  > memory 0x140001000 hex 8b4008 zero 0x10
  > memory 0x10f000 at 0x10f230 u32 0x10001f at 0x10f2f8 u64 0x140001000 at 0x10f6f0 u32 0xc0000005 0 u64 0 0x140001000 u32 2 0 u64 0 8 at 0x10f800 zero 0x100
  > memory 0x20f000 zero 0x100
  > thread 0x14 stack=0x10f000 rsp=0x10f000 rip=0x140001008
  > thread 0x18 stack=0x20f000 rsp=0x20f000 rip=0x140001008
  > exception 0x14 0xc0000005 0x140001000 0 8 rsp=0x10f000 rip=0x140001000
  > END
  $ mkdump hasnot.recipe hasnot
  $ found hasnot exception.hidden
  $ verdict hasnot
  STATUS_ACCESS_VIOLATION: thread 0 (tid 0x14) in app read from a member or element of a null pointer (0x8).

It nearly has it: there is no context of that address near the record:

  $ cat > nearly.recipe <<'END'
  > minidump x64
  > header time=1700000000 flags=2
  > system windows 10.0.19041 cpus=2
  > misc size=24 pid=0x1100 create=1700000000 user=1 kernel=2
  > module 0x140000000 0x10000 C:\demo\app.exe
  > memory 0x140001000 hex 8b4008 zero 0x10
  > memory 0x10f000 at 0x10f230 u32 0x10001f at 0x10f2f8 u64 0x140001008 at 0x10f6f0 u32 0xc0000005 0 u64 0 0x140001000 u32 2 0 u64 0 8 at 0x10f800 zero 0x100
  > memory 0x20f000 zero 0x100
  > thread 0x14 stack=0x10f000 rsp=0x10f000 rip=0x140001008
  > thread 0x18 stack=0x20f000 rsp=0x20f000 rip=0x140001008
  > END
  $ mkdump nearly.recipe nearly
  $ found nearly exception.hidden
  $ verdict nearly
  No problem was recognised. Manual dump: it states no exception and no signal; nothing had failed in the process itself.

It has it, by the names of functions on the stack:

  $ named() { osmodump -q -y symbols $1 -c '!analyze -v' | sed -n "/\[$2\]/,/^ *$/p"; }
  $ mkdir -p symbols/ntdll.pdb/5A9832E5287241C1838ED98914E9B7FF1
  $ cat > symbols/ntdll.pdb/5A9832E5287241C1838ED98914E9B7FF1/ntdll.sym <<'END'
  > MODULE windows x86_64 5A9832E5287241C1838ED98914E9B7FF1 ntdll.pdb
  > PUBLIC 1000 0 UnhandledExceptionFilter
  > END

The thread is still where the system reports an exception that nobody handled:

  $ cat > reports.recipe <<'END'
  > minidump x64
  > header time=1700000000 flags=2
  > system windows 10.0.19041 cpus=2
  > module 0x140000000 0x10000 C:\demo\app.exe
  > module 0x180000000 0x10000 C:\Windows\System32\ntdll.dll pdb ntdll.pdb 5A9832E5-2872-41C1-838E-D98914E9B7FF 1
  > memory 0x140001000 hex 8b4008 zero 0x10
  > memory 0x10f000 at 0x10f230 u32 0x10001f at 0x10f2f8 u64 0x140001000 at 0x10f6f0 u32 0xc0000005 0 u64 0 0x140001000 u32 2 0 u64 0 8 at 0x10f800 zero 0x100
  > thread 0x14 stack=0x10f000 rsp=0x10f000 rip=0x180001010
  > END
  $ mkdump reports.recipe reports
  $ named reports exception.hidden | head -5
  1. Hidden exception [exception.hidden]: problem, 92 % sure
     thread 0 (tid 0x14) has an exception that nobody handled, STATUS_ACCESS_VIOLATION (0xc0000005) at app+0x1000, of which the dump does not tell.
     - UnhandledExceptionFilter in frame 0: the system reports it      [~0k]
     - exception record at 0x10f6f0; 0000000140001000 has 0xc0000005      [.exr 0x10f6f0]
     - context at 0x10f200, whose instruction pointer is the record's address; 0000000140001000      [.cxr 0x10f200; r]
