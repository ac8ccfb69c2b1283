Resource limit exceeded.

  $ found() { osmodump -q $1 -c '!analyze -v' | sed -n "/\[$2\]/,/^ *$/p"; }

It has it: too much processor time:

  $ cat > has.recipe <<'END'
  > elfcore x64
  > process pid=4711 ppid=1 uid=0 gid=0 name=demo args=demo
  > thread 4711 signal=24 rip=0x401000 rsp=0x7ffc00001000
  > siginfo 24 128 
  > file 0x400000 0x403000 0 /usr/bin/absent
  > memory 0x401000 prot=rx hex 0f05 zero 0x10
  > memory 0x402000 prot=r zero 0x100
  > memory 0x7ffc00001000 prot=rw zero 0x200
  > END
  $ mkdump has.recipe has
  $ found has exception.resource-limit
  1. Resource limit exceeded [exception.resource-limit]: problem, 92 % sure
     SIGXCPU: the process used more processor time than its limit allows (RLIMIT_CPU); the signal came to thread 0 (tid 4711).
     - SIGXCPU: used more processor time than its limit allows (RLIMIT_CPU); 0x18      [.exr -1]
     - the stack of the fault, frames: 1      [.ecxr; k]
     Not read: the limit itself: a core does not hold it
     What to do: SIGXCPU: the stack is where the time went last; take a profile, or raise the limit. SIGXFSZ: the stack shows which file was being written; a program that ignores the signal gets EFBIG instead.
  

It has it: a file that is too large:

  $ cat > file.recipe <<'END'
  > elfcore x64
  > process pid=4711 ppid=1 uid=0 gid=0 name=demo args=demo
  > thread 4711 signal=25 rip=0x401000 rsp=0x7ffc00001000
  > siginfo 25 0 pid=4711 uid=0
  > file 0x400000 0x403000 0 /usr/bin/absent
  > memory 0x401000 prot=rx hex 0f05 zero 0x10
  > memory 0x402000 prot=r zero 0x100
  > memory 0x7ffc00001000 prot=rw zero 0x200
  > END
  $ mkdump file.recipe file
  $ found file exception.resource-limit | head -2
  1. Resource limit exceeded [exception.resource-limit]: problem, 92 % sure
     SIGXFSZ: the process made a file larger than its limit allows (RLIMIT_FSIZE); the signal came to thread 0 (tid 4711).

It has it not: another signal:

  $ cat > hasnot.recipe <<'END'
  > elfcore x64
  > process pid=4711 ppid=1 uid=0 gid=0 name=demo args=demo
  > thread 4711 signal=11 rip=0x401000 rsp=0x7ffc00001000
  > siginfo 11 1 addr=0x10
  > file 0x400000 0x403000 0 /usr/bin/absent
  > memory 0x401000 prot=rx hex 0f05 zero 0x10
  > memory 0x402000 prot=r zero 0x100
  > memory 0x7ffc00001000 prot=rw zero 0x200
  > END
  $ mkdump hasnot.recipe hasnot
  $ found hasnot exception.resource-limit

It nearly has it: another process sent the signal:

  $ cat > nearly.recipe <<'END'
  > elfcore x64
  > process pid=4711 ppid=1 uid=0 gid=0 name=demo args=demo
  > thread 4711 signal=24 rip=0x401000 rsp=0x7ffc00001000
  > siginfo 24 0 pid=77 uid=0
  > file 0x400000 0x403000 0 /usr/bin/absent
  > memory 0x401000 prot=rx hex 0f05 zero 0x10
  > memory 0x402000 prot=r zero 0x100
  > memory 0x7ffc00001000 prot=rw zero 0x200
  > END
  $ mkdump nearly.recipe nearly
  $ found nearly exception.resource-limit
  $ found nearly quality.requested | head -2
  1. Manual, forced or live dump [quality.requested]: note, 95 % sure
     Forced dump: process 77 sent SIGXCPU; nothing had failed in the process itself.
