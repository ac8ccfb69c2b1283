Wait chain: threads queue behind one that holds what they want.

  $ found() { osmodump -q $1 -c '!analyze -v' | sed -n "/\[$2\]/,/^ *$/p"; }
  $ verdict() { osmodump -q $1 -c '!analyze' | sed -n 2p; }

It has it: three threads wait for a mutex whose owner sleeps:

  $ cat > has.recipe <<'END'
  > elfcore x64
  > process pid=100 ppid=1 uid=0 gid=0 name=demo args=demo
  > thread 100 rsp=0x7ffc00001000 rip=0x401000 orig_rax=230
  > thread 101 rsp=0x7ffc00001000 rip=0x401000 orig_rax=202 rdi=0x500000 rsi=0x80 rdx=2
  > thread 102 rsp=0x7ffc00001000 rip=0x401000 orig_rax=202 rdi=0x500000 rsi=0x80 rdx=2
  > thread 103 rsp=0x7ffc00001000 rip=0x401000 orig_rax=202 rdi=0x500000 rsi=0x80 rdx=2
  > memory 0x401000 prot=rx fill 0x20 0x90
  > memory 0x500000 prot=rw u32 2 0 100 1 0 zero 0x14
  > memory 0x7ffc00001000 prot=rw zero 0x200
  > END
  $ mkdump has.recipe has
  $ found has wait.chain
  1. Wait chain [wait.chain]: warning, 85 % sure
     Wait chain: 3 threads wait for what thread 0 (tid 100) holds, which is in a system call.
     - thread 0 (tid 100) is in a system call      [~0k]
     - owner of mutex at 0x500000: thread 0 (tid 100); 0000000000500008 has 0x64      [dd 0x500008 L1]
     Thresholds: chain.waiters=3 threads, chain.problem=10 threads
     What to do: Look at the stack of the thread at the end: what it does while it holds the lock should be done without it. Take a second dump to see whether the owner is still the same.
  

  $ verdict has
  Wait chain: 3 threads wait for what thread 0 (tid 100) holds, which is in a system call.

It has it, but less sure and less grave: the owner runs:

  $ cat > runs.recipe <<'END'
  > elfcore x64
  > process pid=100 ppid=1 uid=0 gid=0 name=demo args=demo
  > thread 100 rsp=0x7ffc00001000 rip=0x401000 orig_rax=0xffffffffffffffff
  > thread 101 rsp=0x7ffc00001000 rip=0x401000 orig_rax=202 rdi=0x500000 rsi=0x80 rdx=2
  > thread 102 rsp=0x7ffc00001000 rip=0x401000 orig_rax=202 rdi=0x500000 rsi=0x80 rdx=2
  > thread 103 rsp=0x7ffc00001000 rip=0x401000 orig_rax=202 rdi=0x500000 rsi=0x80 rdx=2
  > memory 0x401000 prot=rx fill 0x20 0x90
  > memory 0x500000 prot=rw u32 2 0 100 1 0 zero 0x14
  > memory 0x7ffc00001000 prot=rw zero 0x200
  > END
  $ mkdump runs.recipe runs
  $ found runs wait.chain | head -2
  1. Wait chain [wait.chain]: note, 60 % sure (its owner runs: it may release the lock in a moment)
     Wait chain: 3 threads wait for what thread 0 (tid 100) holds, which runs.

Who is in futex(2) to wake another thread runs as well:

  $ cat > wakes.recipe <<'END'
  > elfcore x64
  > process pid=100 ppid=1 uid=0 gid=0 name=demo args=demo
  > thread 100 rsp=0x7ffc00001000 rip=0x401000 orig_rax=202 rdi=0x500040 rsi=0x81 rdx=1
  > thread 101 rsp=0x7ffc00001000 rip=0x401000 orig_rax=202 rdi=0x500000 rsi=0x80 rdx=2
  > thread 102 rsp=0x7ffc00001000 rip=0x401000 orig_rax=202 rdi=0x500000 rsi=0x80 rdx=2
  > thread 103 rsp=0x7ffc00001000 rip=0x401000 orig_rax=202 rdi=0x500000 rsi=0x80 rdx=2
  > memory 0x401000 prot=rx fill 0x20 0x90
  > memory 0x500000 prot=rw u32 2 0 100 1 0 zero 0x14
  > memory 0x7ffc00001000 prot=rw zero 0x200
  > END
  $ mkdump wakes.recipe wakes
  $ found wakes wait.chain | head -2
  1. Wait chain [wait.chain]: note, 60 % sure (its owner runs: it may release the lock in a moment)
     Wait chain: 3 threads wait for what thread 0 (tid 100) holds, which runs.

A problem from ten threads on, or from what the user says:

  $ cat > ten.recipe <<'END'
  > elfcore x64
  > process pid=100 ppid=1 uid=0 gid=0 name=demo args=demo
  > thread 100 rsp=0x7ffc00001000 rip=0x401000 orig_rax=230
  > thread 101 rsp=0x7ffc00001000 rip=0x401000 orig_rax=202 rdi=0x500000 rsi=0x80 rdx=2
  > thread 102 rsp=0x7ffc00001000 rip=0x401000 orig_rax=202 rdi=0x500000 rsi=0x80 rdx=2
  > thread 103 rsp=0x7ffc00001000 rip=0x401000 orig_rax=202 rdi=0x500000 rsi=0x80 rdx=2
  > thread 104 rsp=0x7ffc00001000 rip=0x401000 orig_rax=202 rdi=0x500000 rsi=0x80 rdx=2
  > thread 105 rsp=0x7ffc00001000 rip=0x401000 orig_rax=202 rdi=0x500000 rsi=0x80 rdx=2
  > thread 106 rsp=0x7ffc00001000 rip=0x401000 orig_rax=202 rdi=0x500000 rsi=0x80 rdx=2
  > thread 107 rsp=0x7ffc00001000 rip=0x401000 orig_rax=202 rdi=0x500000 rsi=0x80 rdx=2
  > thread 108 rsp=0x7ffc00001000 rip=0x401000 orig_rax=202 rdi=0x500000 rsi=0x80 rdx=2
  > thread 109 rsp=0x7ffc00001000 rip=0x401000 orig_rax=202 rdi=0x500000 rsi=0x80 rdx=2
  > thread 110 rsp=0x7ffc00001000 rip=0x401000 orig_rax=202 rdi=0x500000 rsi=0x80 rdx=2
  > memory 0x401000 prot=rx fill 0x20 0x90
  > memory 0x500000 prot=rw u32 2 0 100 1 0 zero 0x14
  > memory 0x7ffc00001000 prot=rw zero 0x200
  > END
  $ mkdump ten.recipe ten
  $ found ten wait.chain | head -1
  1. Wait chain [wait.chain]: problem, 85 % sure
  $ osmodump -q has -c '!analyze -t chain.problem=3' | grep '^1'
  1. Wait chain [wait.chain]: problem, 85 % sure

It has it not: nobody waits:

  $ cat > hasnot.recipe <<'END'
  > elfcore x64
  > process pid=100 ppid=1 uid=0 gid=0 name=demo args=demo
  > thread 100 rsp=0x7ffc00001000 rip=0x401000 orig_rax=230
  > thread 101 rsp=0x7ffc00001000 rip=0x401000 orig_rax=230
  > memory 0x401000 prot=rx fill 0x20 0x90
  > memory 0x500000 prot=rw u32 2 0 100 1 0 zero 0x14
  > memory 0x7ffc00001000 prot=rw zero 0x200
  > END
  $ mkdump hasnot.recipe hasnot
  $ found hasnot wait.chain
  $ verdict hasnot
  No problem was recognised. Manual dump: it states no exception and no signal; nothing had failed in the process itself.

It nearly has it: two threads are fewer than chain.waiters:

  $ cat > nearly.recipe <<'END'
  > elfcore x64
  > process pid=100 ppid=1 uid=0 gid=0 name=demo args=demo
  > thread 100 rsp=0x7ffc00001000 rip=0x401000 orig_rax=230
  > thread 101 rsp=0x7ffc00001000 rip=0x401000 orig_rax=202 rdi=0x500000 rsi=0x80 rdx=2
  > thread 102 rsp=0x7ffc00001000 rip=0x401000 orig_rax=202 rdi=0x500000 rsi=0x80 rdx=2
  > memory 0x401000 prot=rx fill 0x20 0x90
  > memory 0x500000 prot=rw u32 2 0 100 1 0 zero 0x14
  > memory 0x7ffc00001000 prot=rw zero 0x200
  > END
  $ mkdump nearly.recipe nearly
  $ found nearly wait.chain
  $ verdict nearly
  No problem was recognised. Manual dump: it states no exception and no signal; nothing had failed in the process itself.

