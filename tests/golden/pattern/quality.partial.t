Abridged dump.

  $ found() { osmodump -q $1 -c '!analyze -v' | sed -n "/\[$2\]/,/^ *$/p"; }
  $ verdict() { osmodump -q $1 -c '!analyze' | sed -n 2p; }

It has it: a minidump without full memory; a warning, since a stack is missing:

  $ cat > has.recipe <<'END'
  > minidump x64
  > header time=1700000000
  > system windows 10.0.19041 cpus=2
  > misc size=24 pid=0x1100 create=1700000000 user=1 kernel=2
  > module 0x140000000 0x10000 C:\demo\app.exe
  > memory 0x140001000 hex 8b4008 zero 0x10
  > memory 0x10f000 zero 0x100
  > thread 0x14 stack=0x10f000 rsp=0x10f000 rip=0x140001000 rax=0
  > exception 0x14 0xc0000005 0x140001000 0 8 rsp=0x10f000 rip=0x140001000 rax=0
  > END
  $ mkdump has.recipe has
  $ found has quality.partial
  2. Abridged dump [quality.partial]: note, 97 % sure
     The dump is partial: it has 1 kB of memory, and the stacks of 1 of 1 threads.
     - what of the address space the file holds      [.dumpdebug]
     Thresholds: partial.stacks=80 percent, partial.missing=1 percent
     What to do: Stacks and exceptions can be trusted; that something was not found in such a dump says little. Take a full dump if the question is about heaps, locks or leaks.
  

  $ cat > bare.recipe <<'END'
  > minidump x64
  > header time=1700000000
  > system windows 10.0.19041 cpus=2
  > misc size=24 pid=0x1100 create=1700000000 user=1 kernel=2
  > module 0x140000000 0x10000 C:\demo\app.exe
  > memory 0x140001000 hex 8b4008 zero 0x10
  > memory 0x10f000 zero 0x100
  > thread 0x14 stack=0x10f000 rsp=0x10f000 rip=0x140001000 rax=0
  > thread 0x18 rsp=0x20f000 rip=0x140001000
  > exception 0x14 0xc0000005 0x140001000 0 8 rsp=0x10f000 rip=0x140001000 rax=0
  > END
  $ mkdump bare.recipe bare
  $ found bare quality.partial
  2. Abridged dump [quality.partial]: warning, 97 % sure
     The dump is partial: it has 1 kB of memory, and the stacks of 1 of 2 threads.
     - what of the address space the file holds      [.dumpdebug]
     Thresholds: partial.stacks=80 percent, partial.missing=1 percent
     Not read: stacks of 1 threads
     What to do: Stacks and exceptions can be trusted; that something was not found in such a dump says little. Take a full dump if the question is about heaps, locks or leaks.
  


It has it not: a core with all that it lists:

  $ cat > hasnot.recipe <<'END'
  > elfcore x64
  > process pid=100 ppid=1 uid=0 gid=0 name=demo args=demo
  > thread 100 rsp=0x7ffc00001000 rip=0x401000 orig_rax=230
  > memory 0x401000 prot=rx fill 0x20 0x90
  > memory 0x7ffc00001000 prot=rw zero 0x200
  > END
  $ mkdump hasnot.recipe hasnot
  $ found hasnot quality.partial
  $ verdict hasnot
  No problem was recognised. Manual dump: it states no exception and no signal; nothing had failed in the process itself.

It nearly has it: full memory, by its flag:

  $ cat > nearly.recipe <<'END'
  > minidump x64
  > header flags=2 time=1700000000
  > system windows 10.0.19041 cpus=2
  > misc size=24 pid=0x1100 create=1700000000 user=1 kernel=2
  > module 0x140000000 0x10000 C:\demo\app.exe
  > memory 0x140001000 hex 8b4008 zero 0x10
  > memory 0x10f000 zero 0x100
  > thread 0x14 stack=0x10f000 rsp=0x10f000 rip=0x140001000 rax=0
  > exception 0x14 0xc0000005 0x140001000 0 8 rsp=0x10f000 rip=0x140001000 rax=0
  > END
  $ mkdump nearly.recipe nearly
  $ found nearly quality.partial

