Missing component.

  $ found() { osmodump -q $1 -c '!analyze -v' | sed -n "/\[$2\]/,/^ *$/p"; }
  $ verdict() { osmodump -q $1 -c '!analyze' | sed -n 2p; }

It has it: a library that is loaded when first used:

  $ cat > has.recipe <<'END'
  > minidump x64
  > header time=1700000000
  > system windows 10.0.19041 cpus=2
  > misc size=24 pid=0x1100 create=1700000000 user=1 kernel=2
  > module 0x140000000 0x10000 C:\demo\app.exe
  > memory 0x140001000 hex 8b4008 zero 0x10
  > memory 0x10f000 zero 0x100
  > memory 0x20000000 u32 0x48 0 u64 0 0 0x20000100 0 0 0 0 0 at 0x20000100 z "missing.dll"
  > thread 0x14 stack=0x10f000 rsp=0x10f000 rip=0x140001000 
  > exception 0x14 0xc06d007e 0x140001000 0x20000000 rsp=0x10f000 rip=0x140001000
  > END
  $ mkdump has.recipe has
  $ found has module.missing
  1. Missing component [module.missing]: problem, 97 % sure
     Missing component: a library that is loaded when first used was not found: missing.dll, ordinal 0: thread 0 (tid 0x14) in app.
     - VCPP_EXCEPTION_MODULE_NOT_FOUND: a library that is loaded when first used was not found; 0xc06d007e      [.exr -1]
     - what the exception's parameters point to: missing.dll, ordinal 0      [.exr -1]
     - app is where to begin: the instruction is in it; 0000000140001000      [.ecxr; r rip]
     - the stack of the fault, frames: 1      [.ecxr; k]
     What to do: Look along the search path of the process whether the library is there, for this machine, in the version that has the function.
  

It has it: a status of the loader:

  $ cat > status.recipe <<'END'
  > minidump x64
  > header time=1700000000
  > system windows 10.0.19041 cpus=2
  > misc size=24 pid=0x1100 create=1700000000 user=1 kernel=2
  > module 0x140000000 0x10000 C:\demo\app.exe
  > memory 0x140001000 hex 8b4008 zero 0x10
  > memory 0x10f000 zero 0x100
  > thread 0x14 stack=0x10f000 rsp=0x10f000 rip=0x140001000 
  > exception 0x14 0xc0000139 0x140001000 rsp=0x10f000 rip=0x140001000
  > END
  $ mkdump status.recipe status
  $ found status module.missing | head -2
  1. Missing component [module.missing]: problem, 93 % sure
     Missing component: a library lacks a function that the program needs: thread 0 (tid 0x14) in app.

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
  $ found hasnot module.missing
  $ verdict hasnot
  STATUS_ACCESS_VIOLATION: thread 0 (tid 0x14) in app read from a member or element of a null pointer (0x8).

It nearly has it: a file that was not found, which is no component:

  $ cat > nearly.recipe <<'END'
  > minidump x64
  > header time=1700000000
  > system windows 10.0.19041 cpus=2
  > misc size=24 pid=0x1100 create=1700000000 user=1 kernel=2
  > module 0x140000000 0x10000 C:\demo\app.exe
  > memory 0x140001000 hex 8b4008 zero 0x10
  > memory 0x10f000 zero 0x100
  > thread 0x14 stack=0x10f000 rsp=0x10f000 rip=0x140001000 
  > exception 0x14 0xc000000f 0x140001000 rsp=0x10f000 rip=0x140001000
  > END
  $ mkdump nearly.recipe nearly
  $ found nearly module.missing
  $ verdict nearly
  No pattern was recognised behind the other exception (STATUS_NO_SUCH_FILE) of thread 0 in app.
