Unloaded module still in use.

  $ found() { osmodump -q $1 -c '!analyze -v' | sed -n "/\[$2\]/,/^ *$/p"; }
  $ verdict() { osmodump -q $1 -c '!analyze' | sed -n 2p; }

It has it: a call into a module that was unloaded:

  $ cat > has.recipe <<'END'
  > minidump x64
  > header time=1700000000
  > system windows 10.0.19041 cpus=2
  > misc size=24 pid=0x1100 create=1700000000 user=1 kernel=2
  > module 0x140000000 0x10000 C:\demo\app.exe
  > memory 0x140001000 hex 8b4008 zero 0x10
  > memory 0x10f000 zero 0x100
  > thread 0x14 stack=0x10f000 rsp=0x10f000 rip=0x50001234 
  > exception 0x14 0xc0000005 0x50001234 8 0x50001234 rsp=0x10f000 rip=0x50001234 
  > unloaded 0x50000000 0x10000 plugin.dll
  > END
  $ mkdump has.recipe has
  $ found has module.unloaded
  1. Unloaded module still in use [module.unloaded]: problem, 93 % sure
     STATUS_ACCESS_VIOLATION: thread 0 (tid 0x14) jumped to code of <Unloaded_plugin.dll>+0x1234 (0x50001234).
     - the address that was accessed: an address of which the dump tells nothing more; 0000000050001234      [.exr -1]
     - the stack of the fault, frames: 1      [.ecxr; k]
     - the address lies in a module that had been unloaded; 0000000050001234      [.exr -1]
     Not read: the code at the instruction pointer, 0x50001234
     What to do: Find who unloaded the module while it was in use: threads, timers and callbacks of a library have to end before it is freed.
  
  $ found has exception.wild-pointer | head -1
     2. Wild pointer [exception.wild-pointer]: problem, 75 % sure, follows from 1

It has it not: a jump to where no module was:

  $ cat > hasnot.recipe <<'END'
  > minidump x64
  > header time=1700000000
  > system windows 10.0.19041 cpus=2
  > misc size=24 pid=0x1100 create=1700000000 user=1 kernel=2
  > module 0x140000000 0x10000 C:\demo\app.exe
  > memory 0x140001000 hex 8b4008 zero 0x10
  > memory 0x10f000 zero 0x100
  > thread 0x14 stack=0x10f000 rsp=0x10f000 rip=0x60001234 
  > exception 0x14 0xc0000005 0x60001234 8 0x60001234 rsp=0x10f000 rip=0x60001234 
  > unloaded 0x50000000 0x10000 plugin.dll
  > END
  $ mkdump hasnot.recipe hasnot
  $ found hasnot module.unloaded
  $ verdict hasnot
  STATUS_ACCESS_VIOLATION: thread 0 (tid 0x14) jumped to an address of which the dump tells nothing more (0x60001234).

It nearly has it: another module is there now:

  $ cat > nearly.recipe <<'END'
  > minidump x64
  > header time=1700000000
  > system windows 10.0.19041 cpus=2
  > misc size=24 pid=0x1100 create=1700000000 user=1 kernel=2
  > module 0x140000000 0x10000 C:\demo\app.exe
  > memory 0x140001000 hex 8b4008 zero 0x10
  > memory 0x10f000 zero 0x100
  > thread 0x14 stack=0x10f000 rsp=0x10f000 rip=0x140001000 rax=0
  > exception 0x14 0xc0000005 0x140001000 0 0x8 rsp=0x10f000 rip=0x140001000 rax=0
  > unloaded 0x140000000 0x10000 plugin.dll
  > END
  $ mkdump nearly.recipe nearly
  $ found nearly module.unloaded
  $ verdict nearly
  STATUS_ACCESS_VIOLATION: thread 0 (tid 0x14) in app read from a member or element of a null pointer (0x8).
