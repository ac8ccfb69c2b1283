Managed code exception.

  $ found() { osmodump -q $1 -c '!analyze -v' | sed -n "/\[$2\]/,/^ *$/p"; }
  $ verdict() { osmodump -q $1 -c '!analyze' | sed -n 2p; }

It has it:

  $ cat > has.recipe <<'END'
  > minidump x64
  > header time=1700000000
  > system windows 10.0.19041 cpus=2
  > misc size=24 pid=0x1100 create=1700000000 user=1 kernel=2
  > module 0x140000000 0x10000 C:\demo\app.exe
  > memory 0x140001000 hex 8b4008 zero 0x10
  > memory 0x10f000 zero 0x100
  > thread 0x14 stack=0x10f000 rsp=0x10f000 rip=0x140001000 
  > exception 0x14 0xe0434352 0x140001000 0x80131509 rsp=0x10f000 rip=0x140001000
  > END
  $ mkdump has.recipe has
  $ found has exception.managed
  1. Managed code exception [exception.managed]: problem, 96 % sure
     A .NET exception that nobody caught: thread 0 (tid 0x14) in app, HRESULT 80131509 COR_E_INVALIDOPERATION.
     - CLR_EXCEPTION: the common language runtime raised it; 0xe0434352      [.exr -1]
     - app is where to begin: the instruction is in it; 0000000140001000      [.ecxr; r rip]
     - the stack of the fault, frames: 1      [.ecxr; k]
     Not read: type, message and managed frames: they are in the runtime's own structures
     What to do: The HRESULT names the kind of exception. The managed stack and the object are shown by the runtime's debugger extension (SOS: !pe, !clrstack), which needs a dump with full memory.
  

It has it: an older runtime:

  $ cat > old.recipe <<'END'
  > minidump x64
  > header time=1700000000
  > system windows 10.0.19041 cpus=2
  > misc size=24 pid=0x1100 create=1700000000 user=1 kernel=2
  > module 0x140000000 0x10000 C:\demo\app.exe
  > memory 0x140001000 hex 8b4008 zero 0x10
  > memory 0x10f000 zero 0x100
  > thread 0x14 stack=0x10f000 rsp=0x10f000 rip=0x140001000 
  > exception 0x14 0xe0434f4d 0x140001000 rsp=0x10f000 rip=0x140001000
  > END
  $ mkdump old.recipe old
  $ found old exception.managed | head -2
  1. Managed code exception [exception.managed]: problem, 96 % sure
     A .NET exception that nobody caught: thread 0 (tid 0x14) in app.

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
  $ found hasnot exception.managed
  $ verdict hasnot
  STATUS_ACCESS_VIOLATION: thread 0 (tid 0x14) in app read from a member or element of a null pointer (0x8).

It nearly has it: the exception of C++, whose code differs by its letters:

  $ cat > nearly.recipe <<'END'
  > minidump x64
  > header time=1700000000
  > system windows 10.0.19041 cpus=2
  > misc size=24 pid=0x1100 create=1700000000 user=1 kernel=2
  > module 0x140000000 0x10000 C:\demo\app.exe
  > memory 0x140001000 hex 8b4008 zero 0x10
  > memory 0x10f000 zero 0x100
  > thread 0x14 stack=0x10f000 rsp=0x10f000 rip=0x140001000 
  > exception 0x14 0xe06d7363 0x140001000 0x19930520 0 0 0 rsp=0x10f000 rip=0x140001000
  > END
  $ mkdump nearly.recipe nearly
  $ found nearly exception.managed
  $ verdict nearly
  A C++ exception that nobody caught: thread 0 (tid 0x14) in app threw rethrown: throw;.
