Ubiquitous component.

  $ found() { osmodump -q $1 -c '!analyze -v' | sed -n "/\[$2\]/,/^ *$/p"; }
  $ verdict() { osmodump -q $1 -c '!analyze' | sed -n 2p; }

It has it:

  $ cat > has.recipe <<'END'
  > minidump x64
  > header time=1700000000 flags=2
  > system windows 10.0.19041 cpus=2
  > module 0x140000000 0x10000 C:\demo\app.exe
  > module 0x150000000 0x10000 C:\demo\hook.dll
  > memory 0x100000 u64 0x150001000 0x150001000 0 zero 0x100
  > thread 0x14 stack=0x100000 rsp=0x100000 rip=0x140001000
  > memory 0x110000 u64 0x150001000 0x150001000 0 zero 0x100
  > thread 0x15 stack=0x110000 rsp=0x110000 rip=0x150001000
  > memory 0x120000 u64 0x150001000 0x150001000 0 zero 0x100
  > thread 0x16 stack=0x120000 rsp=0x120000 rip=0x150001000
  > memory 0x130000 u64 0x150001000 0x150001000 0 zero 0x100
  > thread 0x17 stack=0x130000 rsp=0x130000 rip=0x150001000
  > memory 0x140000 u64 0x150001000 0x150001000 0 zero 0x100
  > thread 0x18 stack=0x140000 rsp=0x140000 rip=0x150001000
  > memory 0x150000 u64 0x150001000 0x150001000 0 zero 0x100
  > thread 0x19 stack=0x150000 rsp=0x150000 rip=0x150001000
  > memory 0x160000 u64 0x150001000 0x150001000 0 zero 0x100
  > thread 0x1a stack=0x160000 rsp=0x160000 rip=0x150001000
  > memory 0x170000 u64 0x150001000 0x150001000 0 zero 0x100
  > thread 0x1b stack=0x170000 rsp=0x170000 rip=0x150001000
  > memory 0x180000 u64 0x150001000 0x150001000 0 zero 0x100
  > thread 0x1c stack=0x180000 rsp=0x180000 rip=0x150001000
  > END
  $ mkdump has.recipe has
  $ found has module.ubiquitous
  1. Ubiquitous component [module.ubiquitous]: note, 75 % sure
     hook is on the stacks of 9 of 9 threads.
     - thread 0 (tid 0x14) leads through it      [~0k]
     - thread 1 (tid 0x15) leads through it      [~1k]
     - thread 2 (tid 0x16) leads through it      [~2k]
     - thread 3 (tid 0x17) leads through it      [~3k]
     Thresholds: ubiquitous.threads=8 threads, ubiquitous.share=80 percent
     What to do: If the process hangs or is slow, look first at what these threads do in the module. If it belongs to nobody that you know, it is a hook.
  

It has it not: the module is the program itself:

  $ cat > hasnot.recipe <<'END'
  > minidump x64
  > header time=1700000000 flags=2
  > system windows 10.0.19041 cpus=2
  > module 0x140000000 0x10000 C:\demo\app.exe
  > module 0x150000000 0x10000 C:\demo\hook.dll
  > memory 0x100000 u64 0x140001000 0x140001000 0 zero 0x100
  > thread 0x14 stack=0x100000 rsp=0x100000 rip=0x140001000
  > memory 0x110000 u64 0x140001000 0x140001000 0 zero 0x100
  > thread 0x15 stack=0x110000 rsp=0x110000 rip=0x140001000
  > memory 0x120000 u64 0x140001000 0x140001000 0 zero 0x100
  > thread 0x16 stack=0x120000 rsp=0x120000 rip=0x140001000
  > memory 0x130000 u64 0x140001000 0x140001000 0 zero 0x100
  > thread 0x17 stack=0x130000 rsp=0x130000 rip=0x140001000
  > memory 0x140000 u64 0x140001000 0x140001000 0 zero 0x100
  > thread 0x18 stack=0x140000 rsp=0x140000 rip=0x140001000
  > memory 0x150000 u64 0x140001000 0x140001000 0 zero 0x100
  > thread 0x19 stack=0x150000 rsp=0x150000 rip=0x140001000
  > memory 0x160000 u64 0x140001000 0x140001000 0 zero 0x100
  > thread 0x1a stack=0x160000 rsp=0x160000 rip=0x140001000
  > memory 0x170000 u64 0x140001000 0x140001000 0 zero 0x100
  > thread 0x1b stack=0x170000 rsp=0x170000 rip=0x140001000
  > memory 0x180000 u64 0x140001000 0x140001000 0 zero 0x100
  > thread 0x1c stack=0x180000 rsp=0x180000 rip=0x140001000
  > END
  $ mkdump hasnot.recipe hasnot
  $ found hasnot module.ubiquitous
  $ verdict hasnot
  No problem was recognised. Manual dump: it states no exception and no signal; nothing had failed in the process itself.

It nearly has it: there are few threads:

  $ cat > nearly.recipe <<'END'
  > minidump x64
  > header time=1700000000 flags=2
  > system windows 10.0.19041 cpus=2
  > module 0x140000000 0x10000 C:\demo\app.exe
  > module 0x150000000 0x10000 C:\demo\hook.dll
  > memory 0x100000 u64 0x150001000 0x150001000 0 zero 0x100
  > thread 0x14 stack=0x100000 rsp=0x100000 rip=0x140001000
  > memory 0x110000 u64 0x150001000 0x150001000 0 zero 0x100
  > thread 0x15 stack=0x110000 rsp=0x110000 rip=0x150001000
  > memory 0x120000 u64 0x150001000 0x150001000 0 zero 0x100
  > thread 0x16 stack=0x120000 rsp=0x120000 rip=0x150001000
  > memory 0x130000 u64 0x150001000 0x150001000 0 zero 0x100
  > thread 0x17 stack=0x130000 rsp=0x130000 rip=0x150001000
  > memory 0x140000 u64 0x150001000 0x150001000 0 zero 0x100
  > thread 0x18 stack=0x140000 rsp=0x140000 rip=0x150001000
  > END
  $ mkdump nearly.recipe nearly
  $ found nearly module.ubiquitous
  $ verdict nearly
  No problem was recognised. Manual dump: it states no exception and no signal; nothing had failed in the process itself.
