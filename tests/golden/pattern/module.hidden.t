Hidden module.

  $ found() { osmodump -q $1 -c '!analyze -v' | sed -n "/\[$2\]/,/^ *$/p"; }
  $ verdict() { osmodump -q $1 -c '!analyze' | sed -n 2p; }

It has it: an image in private memory that can be executed:

  $ cat > has.recipe <<'END'
  > minidump x64
  > header time=1700000000 flags=2
  > system windows 10.0.19041 cpus=2
  > module 0x140000000 0x10000 C:\demo\app.exe
  > memory 0x300000000 "MZ" zero 58 u32 0x80 at 0x300000080 "PE" zero 2 hex 6486 zero 0x100
  > region 0x300000000 0x10000 state=commit protect=rwx type=private alloc=0x300000000
  > memory 0x140001000 hex 8b4008 zero 0x10
  > memory 0x10f000 zero 0x100
  > thread 0x14 stack=0x10f000 rsp=0x10f000 rip=0x140001000
  > END
  $ mkdump has.recipe has
  $ found has module.hidden
  2. Hidden module [module.hidden]: note, 85 % sure
     A PE image with executable memory lies at 0x300000000 in private memory, and no module is known there.
     - the header of an image; 0000000300000000      [db 0x300000000 L40]
     - the memory; 0000000300000000      [!address 0x300000000]
     What to do: Write the memory to a file (.writemem) and look what it is. Threads whose stacks lead there tell who uses it.
  

It has it not: memory that can be executed, without an image:

  $ cat > hasnot.recipe <<'END'
  > minidump x64
  > header time=1700000000 flags=2
  > system windows 10.0.19041 cpus=2
  > module 0x140000000 0x10000 C:\demo\app.exe
  > memory 0x300000000 hex 554889e5 zero 0x100
  > region 0x300000000 0x10000 state=commit protect=rwx type=private alloc=0x300000000
  > memory 0x140001000 hex 8b4008 zero 0x10
  > memory 0x10f000 zero 0x100
  > thread 0x14 stack=0x10f000 rsp=0x10f000 rip=0x140001000
  > END
  $ mkdump hasnot.recipe hasnot
  $ found hasnot module.hidden
  $ verdict hasnot
  No problem was recognised. 64 kB of memory in 1 region can be both written and executed.

It nearly has it: an image that is only read, as a file that somebody looks at:

  $ cat > nearly.recipe <<'END'
  > minidump x64
  > header time=1700000000 flags=2
  > system windows 10.0.19041 cpus=2
  > module 0x140000000 0x10000 C:\demo\app.exe
  > memory 0x300000000 "MZ" zero 58 u32 0x80 at 0x300000080 "PE" zero 2 hex 6486 zero 0x100
  > region 0x300000000 0x10000 state=commit protect=rw type=private alloc=0x300000000
  > memory 0x140001000 hex 8b4008 zero 0x10
  > memory 0x10f000 zero 0x100
  > thread 0x14 stack=0x10f000 rsp=0x10f000 rip=0x140001000
  > END
  $ mkdump nearly.recipe nearly
  $ found nearly module.hidden
  $ verdict nearly
  No problem was recognised. Manual dump: it states no exception and no signal; nothing had failed in the process itself.
