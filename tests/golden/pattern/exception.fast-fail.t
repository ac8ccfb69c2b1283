Fail fast.

  $ found() { osmodump -q $1 -c '!analyze -v' | sed -n "/\[$2\]/,/^ *$/p"; }
  $ verdict() { osmodump -q $1 -c '!analyze' | sed -n 2p; }

It has it: a broken list:

  $ cat > has.recipe <<'END'
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
  $ mkdump has.recipe has
  $ found has exception.fast-fail
  1. Fail fast [exception.fast-fail]: problem, 97 % sure
     Fail fast: thread 0 (tid 0x14) in app ended the process: a list of the system was broken: a link does not point back (FAST_FAIL_CORRUPT_LIST_ENTRY).
     - the subcode of STATUS_STACK_BUFFER_OVERRUN, first parameter: FAST_FAIL_CORRUPT_LIST_ENTRY; 0x3      [.exr -1]
     - app is where to begin: the instruction is in it; 0000000140001000      [.ecxr; r rip]
     - the stack of the fault, frames: 1      [.ecxr; k]
     What to do: The subcode says which check failed. What it found broken was written to before: page heap and Application Verifier bring the failure nearer to the write.
  

It has it: a component asked for it:

  $ cat > asked.recipe <<'END'
  > minidump x64
  > header time=1700000000
  > system windows 10.0.19041 cpus=2
  > misc size=24 pid=0x1100 create=1700000000 user=1 kernel=2
  > module 0x140000000 0x10000 C:\demo\app.exe
  > memory 0x140001000 hex 8b4008 zero 0x10
  > memory 0x10f000 zero 0x100
  > thread 0x14 stack=0x10f000 rsp=0x10f000 rip=0x140001000 
  > exception 0x14 0xc0000602 0x140001000 rsp=0x10f000 rip=0x140001000
  > END
  $ mkdump asked.recipe asked
  $ found asked exception.fast-fail | head -2
  1. Fail fast [exception.fast-fail]: problem, 93 % sure
     Fail fast: thread 0 (tid 0x14) in app ended the process: a component asked for it.

It has it: a subcode that is not known:

  $ cat > unknown.recipe <<'END'
  > minidump x64
  > header time=1700000000
  > system windows 10.0.19041 cpus=2
  > misc size=24 pid=0x1100 create=1700000000 user=1 kernel=2
  > module 0x140000000 0x10000 C:\demo\app.exe
  > memory 0x140001000 hex 8b4008 zero 0x10
  > memory 0x10f000 zero 0x100
  > thread 0x14 stack=0x10f000 rsp=0x10f000 rip=0x140001000 
  > exception 0x14 0xc0000409 0x140001000 0xffff rsp=0x10f000 rip=0x140001000
  > END
  $ mkdump unknown.recipe unknown
  $ found unknown exception.fast-fail | head -2
  1. Fail fast [exception.fast-fail]: problem, 90 % sure
     Fail fast: thread 0 (tid 0x14) in app ended the process: a check failed (subcode 65535).

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
  $ found hasnot exception.fast-fail
  $ verdict hasnot
  STATUS_ACCESS_VIOLATION: thread 0 (tid 0x14) in app read from a member or element of a null pointer (0x8).

It nearly has it: the fast fail of a stack cookie, which is a pattern of its own:

  $ cat > nearly.recipe <<'END'
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
  $ mkdump nearly.recipe nearly
  $ found nearly exception.fast-fail
  $ verdict nearly
  A buffer on the stack was overrun: the check at the end of a function found its frame overwritten, thread 0 (tid 0x14) in app.
