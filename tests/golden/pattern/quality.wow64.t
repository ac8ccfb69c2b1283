Virtualized process (WOW64).

  $ found() { osmodump -q $1 -c '!analyze -v' | sed -n "/\[$2\]/,/^ *$/p"; }
  $ verdict() { osmodump -q $1 -c '!analyze' | sed -n 2p; }

It has it:

  $ cat > has.recipe <<'END'
  > minidump x64
  > header time=1700000000 flags=2
  > system windows 10.0.19041 cpus=2
  > module 0x140000000 0x10000 C:\demo\app.exe
  > module 0x77000000 0x10000 C:\Windows\System32\wow64.dll
  > module 0x77100000 0x10000 C:\Windows\System32\wow64cpu.dll
  > memory 0x100000 zero 0x100
  > thread 0x14 stack=0x100000 rsp=0x100000 rip=0x140001000
  > END
  $ mkdump has.recipe has
  $ found has quality.wow64
  2. Virtualized process (WOW64) [quality.wow64]: note, 90 % sure
     A 64-bit tool wrote the dump of a 32-bit program: 0 of 1 threads have both halves in it.
     Not read: the 32-bit halves of the threads: their memory is not in the dump
     What to do: Nothing is lost where the memory is in the dump: stacks are shown by their 32-bit half, .effmach changes. Tools that need the program's own bitness want a dump by a 32-bit tool.
  

It has it not: a 64-bit program:

  $ cat > hasnot.recipe <<'END'
  > minidump x64
  > header time=1700000000 flags=2
  > system windows 10.0.19041 cpus=2
  > module 0x140000000 0x10000 C:\demo\app.exe
  > memory 0x100000 zero 0x100
  > thread 0x14 stack=0x100000 rsp=0x100000 rip=0x140001000
  > END
  $ mkdump hasnot.recipe hasnot
  $ found hasnot quality.wow64
  $ verdict hasnot
  No problem was recognised. Manual dump: it states no exception and no signal; nothing had failed in the process itself.

It nearly has it: a module of another name:

  $ cat > nearly.recipe <<'END'
  > minidump x64
  > header time=1700000000 flags=2
  > system windows 10.0.19041 cpus=2
  > module 0x140000000 0x10000 C:\demo\app.exe
  > module 0x77000000 0x10000 C:\demo\wow64log.txt.dll
  > memory 0x100000 zero 0x100
  > thread 0x14 stack=0x100000 rsp=0x100000 rip=0x140001000
  > END
  $ mkdump nearly.recipe nearly
  $ found nearly quality.wow64
  $ verdict nearly
  No problem was recognised. Manual dump: it states no exception and no signal; nothing had failed in the process itself.
