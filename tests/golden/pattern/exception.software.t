Software exception.

  $ found() { osmodump -q $1 -c '!analyze -v' | sed -n "/\[$2\]/,/^ *$/p"; }
  $ verdict() { osmodump -q $1 -c '!analyze' | sed -n 2p; }

It has it: a code of the program's own:

  $ cat > has.recipe <<'END'
  > minidump x64
  > header time=1700000000
  > system windows 10.0.19041 cpus=2
  > misc size=24 pid=0x1100 create=1700000000 user=1 kernel=2
  > module 0x140000000 0x10000 C:\demo\app.exe
  > memory 0x140001000 hex 8b4008 zero 0x10
  > memory 0x10f000 zero 0x100
  > thread 0x14 stack=0x10f000 rsp=0x10f000 rip=0x140001000 
  > exception 0x14 0xe0001234 0x140001000 0x77 rsp=0x10f000 rip=0x140001000
  > END
  $ mkdump has.recipe has
  $ found has exception.software
  1. Software exception [exception.software]: problem, 80 % sure
     Software exception: thread 0 (tid 0x14) in app raised 0xe0001234: a code of the program's own.
     - the customer bit is set; 0xe0001234      [.exr -1]
     - parameter 0; 0x77      [.exr -1]
     - app is where to begin: the instruction is in it; 0000000140001000      [.ecxr; r rip]
     - the stack of the fault, frames: 1      [.ecxr; k]
     What to do: The first frame of your own below RaiseException tells who raised it; code and parameters are its message.
  

It has it: a code that is known:

  $ cat > known.recipe <<'END'
  > minidump x64
  > header time=1700000000
  > system windows 10.0.19041 cpus=2
  > misc size=24 pid=0x1100 create=1700000000 user=1 kernel=2
  > module 0x140000000 0x10000 C:\demo\app.exe
  > memory 0x140001000 hex 8b4008 zero 0x10
  > memory 0x10f000 zero 0x100
  > thread 0x14 stack=0x10f000 rsp=0x10f000 rip=0x140001000 
  > exception 0x14 0x0eedfade 0x140001000 rsp=0x10f000 rip=0x140001000
  > END
  $ mkdump known.recipe known
  $ found known exception.software | head -2
  1. Software exception [exception.software]: problem, 92 % sure
     Software exception: thread 0 (tid 0x14) in app raised 0x0eedfade: an exception of Delphi.

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
  $ found hasnot exception.software
  $ verdict hasnot
  STATUS_ACCESS_VIOLATION: thread 0 (tid 0x14) in app read from a member or element of a null pointer (0x8).

It nearly has it: the customer bit, but of the C++ exception, which is a pattern of its own:

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
  $ found nearly exception.software
  $ verdict nearly
  A C++ exception that nobody caught: thread 0 (tid 0x14) in app threw rethrown: throw;.
