Duplicated module.

  $ found() { osmodump -q $1 -c '!analyze -v' | sed -n "/\[$2\]/,/^ *$/p"; }
  $ verdict() { osmodump -q $1 -c '!analyze' | sed -n 2p; }

It has it: two versions of one library:

  $ cat > has.recipe <<'END'
  > minidump x64
  > header time=1700000000 flags=2
  > system windows 10.0.19041 cpus=2
  > module 0x140000000 0x10000 C:\demo\app.exe
  > module 0x7ff800000000 0x10000 C:\demo\zlib1.dll timestamp=0x5f000000
  > module 0x7ff900000000 0x10000 C:\plugin\ZLIB1.dll timestamp=0x4f000000
  > memory 0x140001000 hex 8b4008 zero 0x10
  > memory 0x10f000 zero 0x100
  > thread 0x14 stack=0x10f000 rsp=0x10f000 rip=0x140001000
  > END
  $ mkdump has.recipe has
  $ found has module.duplicated
  1. Duplicated module [module.duplicated]: note, 90 % sure
     zlib1.dll is loaded 2 times, from different files.
     - C:\demo\zlib1.dll, time stamp 5f000000; 00007ff800000000      [lmv a 0x7ff800000000]
     - C:\plugin\ZLIB1.dll, time stamp 4f000000; 00007ff900000000      [lmv a 0x7ff900000000]
     What to do: Compare paths, time stamps and versions. Objects that one copy made must not be given to the other one.
  

It has it not: modules of different names:

  $ cat > hasnot.recipe <<'END'
  > minidump x64
  > header time=1700000000 flags=2
  > system windows 10.0.19041 cpus=2
  > module 0x140000000 0x10000 C:\demo\app.exe
  > module 0x7ff800000000 0x10000 C:\demo\zlib1.dll
  > memory 0x140001000 hex 8b4008 zero 0x10
  > memory 0x10f000 zero 0x100
  > thread 0x14 stack=0x10f000 rsp=0x10f000 rip=0x140001000
  > END
  $ mkdump hasnot.recipe hasnot
  $ found hasnot module.duplicated
  $ verdict hasnot
  No problem was recognised. Manual dump: it states no exception and no signal; nothing had failed in the process itself.

It nearly has it: names that differ by their ends:

  $ cat > nearly.recipe <<'END'
  > minidump x64
  > header time=1700000000 flags=2
  > system windows 10.0.19041 cpus=2
  > module 0x140000000 0x10000 C:\demo\app.exe
  > module 0x7ff800000000 0x10000 C:\demo\zlib1.dll
  > module 0x7ff900000000 0x10000 C:\demo\zlib1d.dll
  > memory 0x140001000 hex 8b4008 zero 0x10
  > memory 0x10f000 zero 0x100
  > thread 0x14 stack=0x10f000 rsp=0x10f000 rip=0x140001000
  > END
  $ mkdump nearly.recipe nearly
  $ found nearly module.duplicated
  $ verdict nearly
  No problem was recognised. Manual dump: it states no exception and no signal; nothing had failed in the process itself.
