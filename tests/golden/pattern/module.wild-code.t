Code in no module.

  $ found() { osmodump -q $1 -c '!analyze -v' | sed -n "/\[$2\]/,/^ *$/p"; }
  $ verdict() { osmodump -q $1 -c '!analyze' | sed -n 2p; }
  $ process() { # NAME RIP PROTECT MODULE
  > mkdump - $1 <<END
  > minidump x64
  > header time=1700000000 flags=2
  > system windows 10.0.19041 cpus=2
  > module 0x140000000 0x10000 C:\\demo\\app.exe
  > module 0x180000000 0x10000 C:\\demo\\$4
  > unloaded 0x50000000 0x10000 plugin.dll
  > memory 0x140001000 hex 8b4008c3 zero 0x10
  > memory 0x20001000 fill 0x40 0x90
  > memory 0x50001000 fill 0x40 0x90
  > memory 0x10f000 zero 0x100
  > region 0x20001000 0x1000 state=commit protect=$3 type=private alloc=0x20001000
  > region 0x50001000 0x1000 state=commit protect=0x20 type=private alloc=0x50001000
  > thread 0x14 stack=0x10f000 rsp=0x10f000 rip=0x140001000
  > thread 0x15 stack=0x10f000 rsp=0x10f000 rip=$2
  > thread 0x16 stack=0x10f000 rsp=0x10f000 rip=$2
  > END
  > }

It has it: two threads that run in private memory:

  $ process has 0x20001010 0x20 lib.dll && found has module.wild-code
  1. Code in no module [module.wild-code]: warning, 88 % sure
     thread 1 (tid 0x15) runs code at 0x20001010, which is in no module: private memory of 4 kB at 0x20001000; 2 threads are there.
     - frame 0 of thread 1 (tid 0x15) is at 0x20001010      [~1k]
     - the code there; 0000000020001010      [u 0x20001010 L1]
     - frame 0 of thread 2 (tid 0x16) is at 0x20001010      [~2k]
     - the code there; 0000000020001010      [u 0x20001010 L1]
     - private memory of 4 kB at 0x20001000; 0000000020001000      [!address 0x20001010]
     What to do: Look at the code (u) and at what is around it (!address, db). module.hidden tells if the header of an image is there.
  

It has it not: threads in modules:

  $ process hasnot 0x140001002 0x20 lib.dll && found hasnot module.wild-code; verdict hasnot
  No problem was recognised. Manual dump: it states no exception and no signal; nothing had failed in the process itself.

It nearly has it: a runtime that makes code is loaded; the memory may not be executed; a module was there:

  $ process runtime 0x20001010 0x20 coreclr.dll && found runtime module.wild-code; verdict runtime
  No problem was recognised. Manual dump: it states no exception and no signal; nothing had failed in the process itself.
  $ process data 0x20001010 4 lib.dll && found data module.wild-code; verdict data
  No problem was recognised. Manual dump: it states no exception and no signal; nothing had failed in the process itself.
  $ process unloaded 0x50001010 0x20 lib.dll && found unloaded module.wild-code
