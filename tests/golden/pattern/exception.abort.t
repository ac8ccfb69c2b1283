Abort.

  $ found() { osmodump -q $1 -c '!analyze -v' | sed -n "/\[$2\]/,/^ *$/p"; }
  $ verdict() { osmodump -q $1 -c '!analyze' | sed -n 2p; }

It has it, on Linux: SIGABRT that the process sent itself:

  $ cat > has.recipe <<'END'
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
  $ mkdump has.recipe has
  $ found has exception.abort
  1. Abort, failed assertion [exception.abort]: problem, 88 % sure
     The program ended itself: thread 0 (tid 4711) called abort.
     - SIGABRT, raised by the process itself      [.lastevent]
     - the stack of the fault, frames: 1      [.ecxr; k]
     Not read: a message: the C library keeps none, or where it does is not known
     What to do: Read the message: it names the condition, or the check. After a check of the allocator the cause is a write that happened earlier; run the program under a sanitizer or valgrind.
  

  $ verdict has
  The program ended itself: thread 0 (tid 4711) called abort.

It has it, on Windows: the fast fail of abort():

  $ cat > haswin.recipe <<'END'
  > minidump x64
  > header time=1700000000
  > system windows 10.0.19041 cpus=2
  > misc size=24 pid=0x1100 create=1700000000 user=1 kernel=2
  > module 0x140000000 0x10000 C:\demo\app.exe
  > memory 0x140001000 hex 8b4008 zero 0x10
  > memory 0x10f000 zero 0x100
  > thread 0x14 stack=0x10f000 rsp=0x10f000 rip=0x140001000
  > exception 0x14 0xc0000409 0x140001000 7 rsp=0x10f000 rip=0x140001000
  > END
  $ mkdump haswin.recipe haswin
  $ found haswin exception.abort | head -2
  1. Abort, failed assertion [exception.abort]: problem, 88 % sure
     The program ended itself: thread 0 (tid 0x14) in app called abort.

It has it not: another signal:

  $ cat > hasnot.recipe <<'END'
  > elfcore x64
  > process pid=4711 ppid=1 uid=0 gid=0 name=demo args=demo
  > thread 4711 signal=8 rip=0x401000 rsp=0x7ffc00001000
  > siginfo 8 1 addr=0x401000
  > file 0x400000 0x403000 0 /usr/bin/absent
  > memory 0x401000 prot=rx hex f7f1 zero 0x10
  > memory 0x402000 prot=r zero 0x100
  > memory 0x403000 prot=rw hex f7f1 zero 0x100
  > memory 0x7ffc00001000 prot=rw zero 0x200
  > END
  $ mkdump hasnot.recipe hasnot
  $ found hasnot exception.abort
  $ verdict hasnot
  SIGFPE: thread 0 (tid 4711) divided an integer by zero.

It nearly has it: SIGABRT by another process, which is a forced dump:

  $ cat > nearly.recipe <<'END'
  > elfcore x64
  > process pid=4711 ppid=1 uid=0 gid=0 name=demo args=demo
  > thread 4711 signal=6 rip=0x401000 rsp=0x7ffc00001000
  > siginfo 6 0 pid=99 uid=0
  > file 0x400000 0x403000 0 /usr/bin/absent
  > memory 0x401000 prot=rx hex 90 zero 0x10
  > memory 0x402000 prot=r zero 0x100
  > memory 0x403000 prot=rw hex 90 zero 0x100
  > memory 0x7ffc00001000 prot=rw zero 0x200
  > END
  $ mkdump nearly.recipe nearly
  $ found nearly exception.abort
  $ verdict nearly
  No problem was recognised. Forced dump: process 99 sent SIGABRT; nothing had failed in the process itself.

