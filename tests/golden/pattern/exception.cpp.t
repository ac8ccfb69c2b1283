C++ exception.

  $ found() { osmodump -q $1 -c '!analyze -v' | sed -n "/\[$2\]/,/^ *$/p"; }
  $ verdict() { osmodump -q $1 -c '!analyze' | sed -n 2p; }

It has it, on Windows: 0xe06d7363, with a type whose name is in the dump:

  $ cat > has.recipe <<'END'
  > minidump x64
  > header time=1700000000
  > system windows 10.0.19041 cpus=2
  > misc size=24 pid=0x1100 create=1700000000 user=1 kernel=2
  > module 0x140000000 0x10000 C:\demo\app.exe
  > memory 0x140001000 hex 8b4008 zero 0x10
  > memory 0x10f000 zero 0x100
  > thread 0x14 stack=0x10f000 rsp=0x10f000 rip=0x140001000
  > exception 0x14 0xe06d7363 0x140001000 0x19930520 0x10f080 0x140002000 0x140000000 rsp=0x10f000 rip=0x140001000
  > memory 0x140002000 u32 0 0 0 0x2100
  > memory 0x140002100 u32 1 0x2200
  > memory 0x140002200 u32 0 0x2300 0 0xffffffff 0 0x10 0
  > memory 0x140002300 ptr 0 0 z ".?AVbad_alloc@std@@"
  > END
  $ mkdump has.recipe has
  $ found has exception.cpp
  1. C++ exception [exception.cpp]: problem, 96 % sure
     A C++ exception that nobody caught: thread 0 (tid 0x14) in app threw class std::bad_alloc at 000000000010f080.
     - exception 0xe06d7363, parameters: magic number, object, type; class std::bad_alloc at 000000000010f080      [.exr -1]
     - app is where to begin: the instruction is in it; 0000000140001000      [.ecxr; r rip]
     - the stack of the fault, frames: 1      [.ecxr; k]
     What to do: Type and message say what went wrong. Find the first frame of your own below the throw: either it must not throw there, or a caller has to catch it.
  

  $ verdict has
  A C++ exception that nobody caught: thread 0 (tid 0x14) in app threw class std::bad_alloc at 000000000010f080.

It has it, but what was thrown is not in the dump:

  $ cat > blind.recipe <<'END'
  > minidump x64
  > header time=1700000000
  > system windows 10.0.19041 cpus=2
  > misc size=24 pid=0x1100 create=1700000000 user=1 kernel=2
  > module 0x140000000 0x10000 C:\demo\app.exe
  > memory 0x140001000 hex 8b4008 zero 0x10
  > memory 0x10f000 zero 0x100
  > thread 0x14 stack=0x10f000 rsp=0x10f000 rip=0x140001000
  > exception 0x14 0xe06d7363 0x140001000 0x19930520 0x10f080 0x140002000 0x140000000 rsp=0x10f000 rip=0x140001000
  > END
  $ mkdump blind.recipe blind
  $ found blind exception.cpp
  1. C++ exception [exception.cpp]: problem, 96 % sure
     A C++ exception that nobody caught: thread 0 (tid 0x14) in app threw type not in the dump, ThrowInfo at 0000000140002000, object at 000000000010f080.
     - exception 0xe06d7363, parameters: magic number, object, type; type not in the dump, ThrowInfo at 0000000140002000, object at 000000000010f080      [.exr -1]
     - app is where to begin: the instruction is in it; 0000000140001000      [.ecxr; r rip]
     - the stack of the fault, frames: 1      [.ecxr; k]
     What to do: Type and message say what went wrong. Find the first frame of your own below the throw: either it must not throw there, or a caller has to catch it.
  


It has it not: another exception:

  $ cat > hasnot.recipe <<'END'
  > minidump x64
  > header time=1700000000
  > system windows 10.0.19041 cpus=2
  > misc size=24 pid=0x1100 create=1700000000 user=1 kernel=2
  > module 0x140000000 0x10000 C:\demo\app.exe
  > memory 0x140001000 hex 8b4008 zero 0x10
  > memory 0x10f000 zero 0x100
  > thread 0x14 stack=0x10f000 rsp=0x10f000 rip=0x140001000
  > exception 0x14 0xc0000094 0x140001000  rsp=0x10f000 rip=0x140001000
  > END
  $ mkdump hasnot.recipe hasnot
  $ found hasnot exception.cpp
  $ verdict hasnot
  STATUS_INTEGER_DIVIDE_BY_ZERO: thread 0 (tid 0x14) in app divided an integer by zero.

It nearly has it: SIGABRT without a terminate handler on the stack:

  $ cat > nearly.recipe <<'END'
  > elfcore x64
  > process pid=4711 ppid=1 uid=0 gid=0 name=demo args=demo
  > thread 4711 signal=6 rip=0x401000 rsp=0x7ffc00001000
  > siginfo 6 -6 pid=4711 uid=0
  > file 0x400000 0x403000 0 /usr/bin/absent
  > memory 0x401000 prot=rx hex 90 zero 0x10
  > memory 0x402000 prot=r zero 0x100
  > memory 0x403000 prot=rw hex 90 zero 0x100
  > memory 0x7ffc00001000 prot=rw zero 0x200
  > END
  $ mkdump nearly.recipe nearly
  $ found nearly exception.cpp
  $ verdict nearly
  The program ended itself: thread 0 (tid 4711) called abort.

