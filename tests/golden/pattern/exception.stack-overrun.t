Local buffer overflow.

  $ found() { osmodump -q $1 -c '!analyze -v' | sed -n "/\[$2\]/,/^ *$/p"; }
  $ verdict() { osmodump -q $1 -c '!analyze' | sed -n 2p; }

It has it: the fast fail of a stack cookie:

  $ cat > has.recipe <<'END'
  > minidump x64
  > header time=1700000000
  > system windows 10.0.19041 cpus=2
  > misc size=24 pid=0x1100 create=1700000000 user=1 kernel=2
  > module 0x140000000 0x10000 C:\demo\app.exe
  > memory 0x140001000 hex 8b4008 zero 0x10
  > memory 0x10f000 zero 0x100
  > thread 0x14 stack=0x10f000 rsp=0x10f000 rip=0x140001000 
  > exception 0x14 0xc0000409 0x140001000 2 rsp=0x10f000 rip=0x140001000
  > END
  $ mkdump has.recipe has
  $ found has exception.stack-overrun
  1. Local buffer overflow [exception.stack-overrun]: problem, 97 % sure
     A buffer on the stack was overrun: the check at the end of a function found its frame overwritten, thread 0 (tid 0x14) in app.
     - STATUS_STACK_BUFFER_OVERRUN: the check of a stack cookie failed; 0xc0000409      [.exr -1]
     - app is where to begin: the instruction is in it; 0000000140001000      [.ecxr; r rip]
     - the stack of the fault, frames: 1      [.ecxr; k]
     What to do: The function that failed the check has the buffer. Look at its arrays and at who writes to them; the frames below it cannot be trusted.
  

It has it: the exception without a subcode, as older systems raise it:

  $ cat > old.recipe <<'END'
  > minidump x64
  > header time=1700000000
  > system windows 10.0.19041 cpus=2
  > misc size=24 pid=0x1100 create=1700000000 user=1 kernel=2
  > module 0x140000000 0x10000 C:\demo\app.exe
  > memory 0x140001000 hex 8b4008 zero 0x10
  > memory 0x10f000 zero 0x100
  > thread 0x14 stack=0x10f000 rsp=0x10f000 rip=0x140001000 
  > exception 0x14 0xc0000409 0x140001000 rsp=0x10f000 rip=0x140001000
  > END
  $ mkdump old.recipe old
  $ found old exception.stack-overrun | head -1
  1. Local buffer overflow [exception.stack-overrun]: problem, 97 % sure

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
  $ found hasnot exception.stack-overrun
  $ verdict hasnot
  STATUS_ACCESS_VIOLATION: thread 0 (tid 0x14) in app read from a member or element of a null pointer (0x8).

It nearly has it: the fast fail of another check:

  $ cat > nearly.recipe <<'END'
  > minidump x64
  > header time=1700000000
  > system windows 10.0.19041 cpus=2
  > misc size=24 pid=0x1100 create=1700000000 user=1 kernel=2
  > module 0x140000000 0x10000 C:\demo\app.exe
  > memory 0x140001000 hex 8b4008 zero 0x10
  > memory 0x10f000 zero 0x100
  > thread 0x14 stack=0x10f000 rsp=0x10f000 rip=0x140001000 
  > exception 0x14 0xc0000409 0x140001000 3 rsp=0x10f000 rip=0x140001000
  > END
  $ mkdump nearly.recipe nearly
  $ found nearly exception.stack-overrun
  $ verdict nearly
  Fail fast: thread 0 (tid 0x14) in app ended the process: a list of the system was broken: a link does not point back (FAST_FAIL_CORRUPT_LIST_ENTRY).
