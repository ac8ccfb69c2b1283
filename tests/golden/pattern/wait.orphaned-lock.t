Orphaned lock: its owner is not there any more.

  $ found() { osmodump -q $1 -c '!analyze -v' | sed -n "/\[$2\]/,/^ *$/p"; }
  $ verdict() { osmodump -q $1 -c '!analyze' | sed -n 2p; }

It has it: a mutex that is robust and inherits priority, whose owner died (bit 30 of its word); 101 waits for it by
FUTEX_LOCK_PI:

  $ cat > has.recipe <<'END'
  > elfcore x64
  > process pid=100 ppid=1 uid=0 gid=0 name=demo args=demo
  > thread 100 rsp=0x7ffc00001000 rip=0x401000 orig_rax=230
  > thread 101 rsp=0x7ffc00001000 rip=0x401000 orig_rax=202 rdi=0x500000 rsi=0x86 rdx=0
  > file 0x400000 0x403000 0 /usr/bin/absent
  > memory 0x401000 prot=rx fill 0x20 0x90
  > memory 0x500000 prot=rw u32 0xc0000063 0 99 1 0x30 zero 0x14
  > memory 0x7ffc00001000 prot=rw zero 0x200
  > END
  $ mkdump has.recipe has
  $ found has wait.orphaned-lock
  1. Orphaned lock [wait.orphaned-lock]: problem, 90 % sure
     Orphaned lock: mutex at 0x500000 is held by thread with tid 99, which is not in the dump; 1 thread waits behind it.
     - owner of mutex at 0x500000: thread with tid 99, which is not in the dump; 0000000000500000 has 0xc0000063      [dd 0x500000 L1]
     - thread 1 (tid 101) waits for mutex at 0x500000; known by its futex call      [~1k]
     What to do: Find who took the lock: its code paths must release it on every way out. Never end threads from outside; use robust mutexes where owners may die.
  

  $ verdict has
  Orphaned lock: mutex at 0x500000 is held by thread with tid 99, which is not in the dump; 1 thread waits behind it.

It has it not: the owner lives:

  $ cat > hasnot.recipe <<'END'
  > elfcore x64
  > process pid=100 ppid=1 uid=0 gid=0 name=demo args=demo
  > thread 100 rsp=0x7ffc00001000 rip=0x401000 orig_rax=230
  > thread 101 rsp=0x7ffc00001000 rip=0x401000 orig_rax=202 rdi=0x500000 rsi=0x80 rdx=2
  > memory 0x401000 prot=rx fill 0x20 0x90
  > memory 0x500000 prot=rw u32 2 0 100 1 0 zero 0x14
  > memory 0x7ffc00001000 prot=rw zero 0x200
  > END
  $ mkdump hasnot.recipe hasnot
  $ found hasnot wait.orphaned-lock
  $ verdict hasnot
  No problem was recognised. Manual dump: it states no exception and no signal; nothing had failed in the process itself.

It nearly has it: the mutex is free, and its waiter is about to be woken:

  $ cat > nearly.recipe <<'END'
  > elfcore x64
  > process pid=100 ppid=1 uid=0 gid=0 name=demo args=demo
  > thread 100 rsp=0x7ffc00001000 rip=0x401000 orig_rax=230
  > thread 101 rsp=0x7ffc00001000 rip=0x401000 orig_rax=202 rdi=0x500000 rsi=0x80 rdx=2
  > memory 0x401000 prot=rx fill 0x20 0x90
  > memory 0x500000 prot=rw u32 0 0 0 1 0 zero 0x14
  > memory 0x7ffc00001000 prot=rw zero 0x200
  > END
  $ mkdump nearly.recipe nearly
  $ found nearly wait.orphaned-lock
  $ verdict nearly
  No problem was recognised. Manual dump: it states no exception and no signal; nothing had failed in the process itself.

