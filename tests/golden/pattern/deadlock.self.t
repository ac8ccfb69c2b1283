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
  

It has it, on Windows: an SRW lock, which does not record its owner; the code took it once, and takes it again:

  $ mkdir -p symbols/ntdll.pdb/5A9832E5287241C1838ED98914E9B7FF1
  $ cat > symbols/ntdll.pdb/5A9832E5287241C1838ED98914E9B7FF1/ntdll.sym <<'END'
  > MODULE windows x86_64 5A9832E5287241C1838ED98914E9B7FF1 ntdll.pdb
  > PUBLIC 1000 0 NtWaitForAlertByThreadId
  > PUBLIC 2000 0 RtlAcquireSRWLockExclusive
  > PUBLIC 3000 0 RtlReleaseSRWLockExclusive
  > PUBLIC 4000 0 RtlUserThreadStart
  > PUBLIC 6000 0 RtlAcquireSRWLockShared
  > STACK CFI INIT 1000 4000 .cfa: $rsp 8 + .ra: .cfa 8 - ^
  > END
  $ mkdir -p symbols/app.pdb/5A9832E5287241C1838ED98914E9B7FF1
  $ cat > symbols/app.pdb/5A9832E5287241C1838ED98914E9B7FF1/app.sym <<'END'
  > MODULE windows x86_64 5A9832E5287241C1838ED98914E9B7FF1 app.pdb
  > PUBLIC 1000 0 first
  > PUBLIC 1100 0 second
  > PUBLIC 1200 0 third
  > PUBLIC 8000 0 north
  > PUBLIC 8010 0 south
  > STACK CFI INIT 1000 1000 .cfa: $rsp 8 + .ra: .cfa 8 - ^
  > END
  $ cat > srw.recipe <<'END'
  > minidump x64
  > system windows 10.0.19041 cpus=2
  > misc size=24 pid=0x1100 create=1 user=1 kernel=2
  > module 0x140000000 0x20000 C:\demo\app.exe pdb app.pdb 5A9832E5-2872-41C1-838E-D98914E9B7FF 1
  > module 0x150000000 0x20000 C:\Windows\System32\ntdll.dll pdb ntdll.pdb 5A9832E5-2872-41C1-838E-D98914E9B7FF 1
  > memory 0x140001000 hex 488d0df96f0000e8f40f0010488d0ded6f0000e8e80f0010 90
  > memory 0x10f000 u64 0x150002074 0x140001018 0x150004028 0 0 0 0 0
  > memory 0x140008000 u64 0x10f083
  > thread 0x14 stack=0x10f000 rsp=0x10f000 rip=0x150001014
  > END
  $ mkdump srw.recipe srw
  $ osmodump -q srw -y symbols -c '!analyze -v' | sed -n "/\[deadlock.self\]/,/^ *$/p"
  1. Self-deadlock [deadlock.self]: problem, 60 % sure (that it holds the lock was inferred)
     Self-deadlock: thread 0 (tid 0x14) waits for SRW lock app!north at 0x140008000, which it holds itself.
     - thread 0 (tid 0x14) waits for SRW lock app!north at 0x140008000; known by the code that called RtlAcquireSRWLockExclusive      [~0k]
     - SRW lock app!north at 0x140008000: held, and others wait; it does not record by whom: thread 0 (tid 0x14), by the code of first, which took it and has not released it; 0000000140008000 has 0x10f083      [dq 0x140008000 L1]
     What to do: Split the function in one that takes the lock and one that expects it to be held. The stack shows both places: the outer frame that took the lock and the inner one that waits.
  

It has it not: the code had released it before:

  $ cat > released.recipe <<'END'
  > minidump x64
  > system windows 10.0.19041 cpus=2
  > misc size=24 pid=0x1100 create=1 user=1 kernel=2
  > module 0x140000000 0x20000 C:\demo\app.exe pdb app.pdb 5A9832E5-2872-41C1-838E-D98914E9B7FF 1
  > module 0x150000000 0x20000 C:\Windows\System32\ntdll.dll pdb ntdll.pdb 5A9832E5-2872-41C1-838E-D98914E9B7FF 1
  > memory 0x140001000 hex 488d0df96f0000e8f40f0010488d0ded6f0000e8e81f0010488d0de16f0000e8dc0f0010 90
  > memory 0x10f000 u64 0x150002074 0x140001024 0x150004028 0 0 0 0 0
  > memory 0x140008000 u64 0x10f083
  > thread 0x14 stack=0x10f000 rsp=0x10f000 rip=0x150001014
  > END
  $ mkdump released.recipe released
  $ osmodump -q released -y symbols -c '!analyze -v' | sed -n "/\[deadlock.self\]/,/^ *$/p"

It nearly has it: it was another lock, and the one that is waited for is free by now:

  $ cat > other.recipe <<'END'
  > minidump x64
  > system windows 10.0.19041 cpus=2
  > misc size=24 pid=0x1100 create=1 user=1 kernel=2
  > module 0x140000000 0x20000 C:\demo\app.exe pdb app.pdb 5A9832E5-2872-41C1-838E-D98914E9B7FF 1
  > module 0x150000000 0x20000 C:\Windows\System32\ntdll.dll pdb ntdll.pdb 5A9832E5-2872-41C1-838E-D98914E9B7FF 1
  > memory 0x140001000 hex 488d0d09700000e8f40f0010488d0ded6f0000e8e80f0010 90
  > memory 0x10f000 u64 0x150002074 0x140001018 0x150004028 0 0 0 0 0
  > memory 0x140008000 u64 0x0
  > memory 0x140008010 u64 0x1
  > thread 0x14 stack=0x10f000 rsp=0x10f000 rip=0x150001014
  > END
  $ mkdump other.recipe other
  $ osmodump -q other -y symbols -c '!analyze -v' | sed -n "/\[deadlock.self\]/,/^ *$/p"
