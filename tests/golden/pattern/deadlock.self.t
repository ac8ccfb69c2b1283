Self-deadlock: a thread waits for a lock that it holds.

  $ found() { osmodump -q $1 -c '!analyze -v' | sed -n "/\[$2\]/,/^ *$/p"; }
  $ verdict() { osmodump -q $1 -c '!analyze' | sed -n 2p; }

It has it: 101 locked a normal mutex twice:

  $ cat > has.recipe <<'END'
  > elfcore x64
  > process pid=100 ppid=1 uid=0 gid=0 name=demo args=demo
  > thread 100 rsp=0x7ffc00001000 rip=0x401000 orig_rax=230
  > thread 101 rsp=0x7ffc00001000 rip=0x401000 orig_rax=202 rdi=0x500000 rsi=0x80 rdx=2
  > memory 0x401000 prot=rx fill 0x20 0x90
  > memory 0x500000 prot=rw u32 2 0 101 1 0 zero 0x14
  > memory 0x7ffc00001000 prot=rw zero 0x200
  > END
  $ mkdump has.recipe has
  $ found has deadlock.self
  1. Self-deadlock [deadlock.self]: problem, 90 % sure
     Self-deadlock: thread 1 (tid 101) waits for mutex at 0x500000, which it holds itself.
     - thread 1 (tid 101) waits for mutex at 0x500000; known by its futex call, and what the word belongs to by its contents      [~1k]
     - owner of mutex at 0x500000: thread 1 (tid 101); 0000000000500008 has 0x65      [dd 0x500008 L1]
     What to do: Split the function in one that takes the lock and one that expects it to be held. The stack shows both places: the outer frame that took the lock and the inner one that waits.
  

  $ verdict has
  Self-deadlock: thread 1 (tid 101) waits for mutex at 0x500000, which it holds itself.

It has it not: another thread holds it:

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
  $ found hasnot deadlock.self
  $ verdict hasnot
  No problem was recognised. Manual dump: it states no exception and no signal; nothing had failed in the process itself.

It nearly has it: the mutex is recursive (kind 1), so that its owner could have entered it again:

  $ cat > nearly.recipe <<'END'
  > elfcore x64
  > process pid=100 ppid=1 uid=0 gid=0 name=demo args=demo
  > thread 100 rsp=0x7ffc00001000 rip=0x401000 orig_rax=230
  > thread 101 rsp=0x7ffc00001000 rip=0x401000 orig_rax=202 rdi=0x500000 rsi=0x80 rdx=2
  > memory 0x401000 prot=rx fill 0x20 0x90
  > memory 0x500000 prot=rw u32 2 0 101 1 1 zero 0x14
  > memory 0x7ffc00001000 prot=rw zero 0x200
  > END
  $ mkdump nearly.recipe nearly
  $ found nearly deadlock.self
  1. Self-deadlock [deadlock.self]: note, 40 % sure (a lock of this kind lets its owner enter again: the owner may be of another moment than the wait)
     Self-deadlock: thread 1 (tid 101) waits for mutex at 0x500000, which it holds itself.
     - thread 1 (tid 101) waits for mutex at 0x500000; known by its futex call, and what the word belongs to by its contents      [~1k]
     - owner of mutex at 0x500000: thread 1 (tid 101); 0000000000500008 has 0x65      [dd 0x500008 L1]
     What to do: Split the function in one that takes the lock and one that expects it to be held. The stack shows both places: the outer frame that took the lock and the inner one that waits.
  


