Deadlock: threads that wait for each other in a ring.

  $ found() { osmodump -q $1 -c '!analyze -v' | sed -n "/\[$2\]/,/^ *$/p"; }
  $ verdict() { osmodump -q $1 -c '!analyze' | sed -n 2p; }

It has it: 101 holds the mutex at 0x500000 and waits for the one at 0x500040, 102 the other way round; 103 queues:

  $ cat > has.recipe <<'END'
  > elfcore x64
  > process pid=100 ppid=1 uid=0 gid=0 name=demo args=demo
  > thread 100 rsp=0x7ffc00001000 rip=0x401000 orig_rax=230
  > thread 101 rsp=0x7ffc00001000 rip=0x401000 orig_rax=202 rdi=0x500040 rsi=0x80 rdx=2
  > thread 102 rsp=0x7ffc00001000 rip=0x401000 orig_rax=202 rdi=0x500000 rsi=0x80 rdx=2
  > thread 103 rsp=0x7ffc00001000 rip=0x401000 orig_rax=202 rdi=0x500000 rsi=0x80 rdx=2
  > memory 0x401000 prot=rx fill 0x20 0x90
  > memory 0x500000 prot=rw u32 2 0 101 1 0 zero 0x14 at 0x500040 u32 2 0 102 1 0 zero 0x14
  > memory 0x7ffc00001000 prot=rw zero 0x200
  > END
  $ mkdump has.recipe has
  $ found has deadlock.lock-cycle
  1. Deadlock [deadlock.lock-cycle]: problem, 90 % sure (which lock a thread waits for was inferred)
     Deadlock: thread 1 (tid 101) waits for mutex at 0x500040, which thread 2 (tid 102) holds; thread 2 (tid 102) waits for mutex at 0x500000, which thread 1 (tid 101) holds. 1 more thread waits behind them.
     - thread 1 (tid 101) waits for mutex at 0x500040; known by its futex call, and what the word belongs to by its contents      [~1k]
     - owner of mutex at 0x500040: thread 2 (tid 102); 0000000000500048 has 0x66      [dd 0x500048 L1]
     - thread 2 (tid 102) waits for mutex at 0x500000; known by its futex call, and what the word belongs to by its contents      [~2k]
     - owner of mutex at 0x500000: thread 1 (tid 101); 0000000000500008 has 0x65      [dd 0x500008 L1]
     What to do: Give all locks one order and take them in it, or take only one at a time. The stacks show where each thread took the lock that it holds and where it waits. To go on now, the process has to be ended.
  

  $ verdict has
  Deadlock: thread 1 (tid 101) waits for mutex at 0x500040, which thread 2 (tid 102) holds; thread 2 (tid 102) waits for mutex at 0x500000, which thread 1 (tid 101) holds. 1 more thread waits behind them.

It has it, with three threads:

  $ cat > ring.recipe <<'END'
  > elfcore x64
  > process pid=100 ppid=1 uid=0 gid=0 name=demo args=demo
  > thread 100 rsp=0x7ffc00001000 rip=0x401000 orig_rax=230
  > thread 101 rsp=0x7ffc00001000 rip=0x401000 orig_rax=202 rdi=0x500040 rsi=0x80 rdx=2
  > thread 102 rsp=0x7ffc00001000 rip=0x401000 orig_rax=202 rdi=0x500080 rsi=0x80 rdx=2
  > thread 103 rsp=0x7ffc00001000 rip=0x401000 orig_rax=202 rdi=0x500000 rsi=0x80 rdx=2
  > memory 0x401000 prot=rx fill 0x20 0x90
  > memory 0x500000 prot=rw u32 2 0 101 1 0 zero 0x14 at 0x500040 u32 2 0 102 1 0 zero 0x14 at 0x500080 u32 2 0 103 1 0 zero 0x14
  > memory 0x7ffc00001000 prot=rw zero 0x200
  > END
  $ mkdump ring.recipe ring
  $ verdict ring
  Deadlock: thread 1 (tid 101) waits for mutex at 0x500040, which thread 2 (tid 102) holds; thread 2 (tid 102) waits for mutex at 0x500080, which thread 3 (tid 103) holds; thread 3 (tid 103) waits for mutex at 0x500000, which thread 1 (tid 101) holds.

It has it not: the owner waits for nothing:

  $ cat > hasnot.recipe <<'END'
  > elfcore x64
  > process pid=100 ppid=1 uid=0 gid=0 name=demo args=demo
  > thread 100 rsp=0x7ffc00001000 rip=0x401000 orig_rax=230
  > thread 101 rsp=0x7ffc00001000 rip=0x401000 orig_rax=202 rdi=0x500040 rsi=0x80 rdx=2
  > thread 102 rsp=0x7ffc00001000 rip=0x401000 orig_rax=230
  > memory 0x401000 prot=rx fill 0x20 0x90
  > memory 0x500000 prot=rw u32 0 0 0 1 0 zero 0x14 at 0x500040 u32 2 0 102 1 0 zero 0x14
  > memory 0x7ffc00001000 prot=rw zero 0x200
  > END
  $ mkdump hasnot.recipe hasnot
  $ found hasnot deadlock.lock-cycle
  $ verdict hasnot
  No problem was recognised. Manual dump: it states no exception and no signal; nothing had failed in the process itself.

It nearly has it: a line of three, whose last thread sleeps:

  $ cat > nearly.recipe <<'END'
  > elfcore x64
  > process pid=100 ppid=1 uid=0 gid=0 name=demo args=demo
  > thread 100 rsp=0x7ffc00001000 rip=0x401000 orig_rax=230
  > thread 101 rsp=0x7ffc00001000 rip=0x401000 orig_rax=202 rdi=0x500040 rsi=0x80 rdx=2
  > thread 102 rsp=0x7ffc00001000 rip=0x401000 orig_rax=202 rdi=0x500080 rsi=0x80 rdx=2
  > thread 103 rsp=0x7ffc00001000 rip=0x401000 orig_rax=230
  > memory 0x401000 prot=rx fill 0x20 0x90
  > memory 0x500000 prot=rw u32 2 0 101 1 0 zero 0x14 at 0x500040 u32 2 0 102 1 0 zero 0x14 at 0x500080 u32 2 0 103 1 0 zero 0x14
  > memory 0x7ffc00001000 prot=rw zero 0x200
  > END
  $ mkdump nearly.recipe nearly
  $ found nearly deadlock.lock-cycle
  $ verdict nearly
  No problem was recognised. Manual dump: it states no exception and no signal; nothing had failed in the process itself.


It cannot be told: the mutexes that two threads wait for (FUTEX_LOCK_PI) are not in the dump:

  $ cat > blind.recipe <<'END'
  > elfcore x64
  > process pid=100 ppid=1 uid=0 gid=0 name=demo args=demo
  > thread 100 rsp=0x7ffc00001000 rip=0x401000 orig_rax=230
  > thread 101 rsp=0x7ffc00001000 rip=0x401000 orig_rax=202 rdi=0x500040 rsi=0x86 rdx=0
  > thread 102 rsp=0x7ffc00001000 rip=0x401000 orig_rax=202 rdi=0x500000 rsi=0x86 rdx=0
  > memory 0x401000 prot=rx fill 0x20 0x90
  > hole 0x500000 0x1000 prot=rw
  > memory 0x7ffc00001000 prot=rw zero 0x200
  > END
  $ mkdump blind.recipe blind
  $ found blind deadlock.lock-cycle
  3. Deadlock [deadlock.lock-cycle]: not decidable
     Whether threads are in a deadlock: 2 wait for locks that, or whose owners, are not in the dump.
     Not read: mutex at 0x500000: its memory is not in the dump (threads that wait for it: 1), mutex at 0x500040: its memory is not in the dump (threads that wait for it: 1)
  
  $ verdict blind
  No problem was recognised. Not decidable: Whether threads are in a deadlock: 2 wait for locks that, or whose owners, are not in the dump.

It has it, on Windows: two mutants, whose handles are in rcx, whose owners the handle data tells:

  $ mkdir -p symbols/ntdll.pdb/5A9832E5287241C1838ED98914E9B7FF1
  $ cat > symbols/ntdll.pdb/5A9832E5287241C1838ED98914E9B7FF1/ntdll.sym <<'END'
  > MODULE windows x86_64 5A9832E5287241C1838ED98914E9B7FF1 ntdll.pdb
  > PUBLIC 1000 0 NtWaitForSingleObject
  > PUBLIC 2000 0 RtlUserThreadStart
  > END
  $ cat > mutants.recipe <<'END'
  > minidump x64
  > system windows 10.0.19041 cpus=2
  > misc size=24 pid=0x1100 create=1 user=1 kernel=2
  > module 0x140000000 0x10000 C:\demo\app.exe
  > module 0x180000000 0x10000 C:\Windows\System32\ntdll.dll pdb ntdll.pdb 5A9832E5-2872-41C1-838E-D98914E9B7FF 1
  > memory 0x10f000 zero 0x100
  > thread 0x14 stack=0x10f000 rsp=0x10f000 rip=0x180001014 rcx=0x44
  > thread 0x18 stack=0x10f000 rsp=0x10f000 rip=0x180001014 rcx=0x48
  > thread 0x1c stack=0x10f000 rsp=0x10f000 rip=0x180001014 rcx=0x4c
  > handle 0x44 type=Mutant name=\BaseNamedObjects\orders info=2:0000000000000000,3:00110000000000001800000000000000
  > handle 0x48 type=Mutant name=\BaseNamedObjects\stock info=2:0000000000000000,3:00110000000000001400000000000000
  > handle 0x4c type=Thread info=1:0301000000000000000030000000000000110000000000001400000000000000ff000000000000000800000008000000
  > END
  $ mkdump mutants.recipe mutants.dmp
  $ osmodump -q mutants.dmp -y symbols -c '!analyze -v' | sed -n "/\[deadlock.lock-cycle\]/,/^ *$/p"
  1. Deadlock [deadlock.lock-cycle]: problem, 70 % sure (which lock a thread waits for was inferred)
     Deadlock: thread 0 (tid 0x14) waits for Mutant "\BaseNamedObjects\orders" (handle 0x44), which thread 1 (tid 0x18) holds; thread 1 (tid 0x18) waits for Mutant "\BaseNamedObjects\stock" (handle 0x48), which thread 0 (tid 0x14) holds. 1 more thread waits behind them.
     - thread 0 (tid 0x14) waits for Mutant "\BaseNamedObjects\orders" (handle 0x44); known by a handle in a register of the function that waits      [~0k]
     - Mutant "\BaseNamedObjects\orders" (handle 0x44) is owned by thread 1 (tid 0x18); 0x44      [!handle 0x44 f]
     - thread 1 (tid 0x18) waits for Mutant "\BaseNamedObjects\stock" (handle 0x48); known by a handle in a register of the function that waits      [~1k]
     - Mutant "\BaseNamedObjects\stock" (handle 0x48) is owned by thread 0 (tid 0x14); 0x48      [!handle 0x48 f]
     What to do: Give all locks one order and take them in it, or take only one at a time. The stacks show where each thread took the lock that it holds and where it waits. To go on now, the process has to be ended.
  

It has it, on Windows: SRW locks; who holds them is inferred from the code:

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
  > memory 0x140001000 hex 488d0df96f0000e8f40f0010488d0dfd6f0000e8e80f0010 90
  > memory 0x10f000 u64 0x150002074 0x140001018 0x150004028 0 0 0 0 0
  > memory 0x140001100 hex 488d0d096f0000e8f40e0010488d0ded6e0000e8e84e0010 90
  > memory 0x110000 u64 0x150002074 0x140001118 0x150004028 0 0 0 0 0
  > memory 0x140008000 u64 0x1100f3
  > memory 0x140008010 u64 0x10f0f3
  > thread 0x14 stack=0x10f000 rsp=0x10f000 rip=0x150001014
  > thread 0x18 stack=0x110000 rsp=0x110000 rip=0x150001014
  > END
  $ mkdump srw.recipe srw
  $ osmodump -q srw -y symbols -c '!analyze -v' | sed -n "/\[deadlock.lock-cycle\]/,/^ *$/p"
  1. Deadlock [deadlock.lock-cycle]: problem, 60 % sure (who holds a lock was inferred)
     Deadlock: thread 0 (tid 0x14) waits for SRW lock app!south at 0x140008010, which thread 1 (tid 0x18) holds; thread 1 (tid 0x18) waits for SRW lock app!north at 0x140008000, which thread 0 (tid 0x14) holds.
     - thread 0 (tid 0x14) waits for SRW lock app!south at 0x140008010; known by the code that called RtlAcquireSRWLockExclusive      [~0k]
     - SRW lock app!south at 0x140008010: held, and others wait; it does not record by whom: thread 1 (tid 0x18), by the code of second, which took it and has not released it; 0000000140008010 has 0x10f0f3      [dq 0x140008010 L1]
     - thread 1 (tid 0x18) waits for SRW lock app!north at 0x140008000; known by the code that called RtlAcquireSRWLockExclusive      [~1k]
     - SRW lock app!north at 0x140008000: held, and others wait; it does not record by whom: thread 0 (tid 0x14), by the code of first, which took it and has not released it; 0000000140008000 has 0x1100f3      [dq 0x140008000 L1]
     What to do: Give all locks one order and take them in it, or take only one at a time. The stacks show where each thread took the lock that it holds and where it waits. To go on now, the process has to be ended.
  

It nearly has it: two threads may be the owner of one lock, so that none is taken for it:

  $ cat > two.recipe <<'END'
  > minidump x64
  > system windows 10.0.19041 cpus=2
  > misc size=24 pid=0x1100 create=1 user=1 kernel=2
  > module 0x140000000 0x20000 C:\demo\app.exe pdb app.pdb 5A9832E5-2872-41C1-838E-D98914E9B7FF 1
  > module 0x150000000 0x20000 C:\Windows\System32\ntdll.dll pdb ntdll.pdb 5A9832E5-2872-41C1-838E-D98914E9B7FF 1
  > memory 0x140001000 hex 488d0df96f0000e8f40f0010488d0dfd6f0000e8e80f0010 90
  > memory 0x10f000 u64 0x150002074 0x140001018 0x150004028 0 0 0 0 0
  > memory 0x140001100 hex 488d0d096f0000e8f40e0010488d0ded6e0000e8e84e0010 90
  > memory 0x110000 u64 0x150002074 0x140001118 0x150004028 0 0 0 0 0
  > memory 0x140001200 hex 488d0d096e0000e8f40d0010488d0ded6d0000e8e80d0010 90
  > memory 0x111000 u64 0x150002074 0x140001218 0x150004028 0 0 0 0 0
  > memory 0x140008000 u64 0x1100f3
  > memory 0x140008010 u64 0x10f0f3
  > thread 0x14 stack=0x10f000 rsp=0x10f000 rip=0x150001014
  > thread 0x18 stack=0x110000 rsp=0x110000 rip=0x150001014
  > thread 0x1c stack=0x111000 rsp=0x111000 rip=0x150001014
  > END
  $ mkdump two.recipe two
  $ osmodump -q two -y symbols -c '!analyze -v' | sed -n "/\[deadlock.lock-cycle\]/,/^ *$/p"

It has it, on Windows: each of two threads has a mutant and waits for both:

  $ mv symbols symbols64
  $ mkdir -p symbols/ntdll.pdb/5A9832E5287241C1838ED98914E9B7FF1
  $ cat > symbols/ntdll.pdb/5A9832E5287241C1838ED98914E9B7FF1/ntdll.sym <<'END'
  > MODULE windows x86 5A9832E5287241C1838ED98914E9B7FF1 ntdll.pdb
  > PUBLIC 1000 0 NtWaitForMultipleObjects
  > PUBLIC 4000 0 RtlUserThreadStart
  > END
  $ cat > all.recipe <<'END'
  > minidump x86
  > system windows 6.1.7601 cpus=2
  > misc size=24 pid=0x1100 create=1 user=1 kernel=2
  > module 0x400000 0x20000 C:\demo\app.exe
  > module 0x7c900000 0x20000 C:\WINDOWS\system32\ntdll.dll pdb ntdll.pdb 5A9832E5-2872-41C1-838E-D98914E9B7FF 1
  > memory 0x120000 zero 8 u32 0x120028 0x401020 2 0x200000 0 0 0 0 0 0x7c904020 zero 0x80
  > memory 0x121000 zero 8 u32 0x121028 0x401020 2 0x200000 0 0 0 0 0 0x7c904020 zero 0x80
  > memory 0x200000 u32 0x44 0x48
  > thread 0x14 stack=0x120000 eip=0x7c901014 esp=0x120000 ebp=0x120008
  > thread 0x18 stack=0x121000 eip=0x7c901014 esp=0x121000 ebp=0x121008
  > handle 0x44 type=Mutant name=\BaseNamedObjects\orders info=2:0000000000000000,3:0011000014000000
  > handle 0x48 type=Mutant name=\BaseNamedObjects\stock info=2:0000000000000000,3:0011000018000000
  > END
  $ mkdump all.recipe all
  $ osmodump -q all -y symbols -c '!analyze -v' | sed -n "/\[deadlock.lock-cycle\]/,/^ *$/p"
  1. Deadlock [deadlock.lock-cycle]: problem, 96 % sure
     Deadlock: thread 0 (tid 0x14) waits for Mutant "\BaseNamedObjects\stock" (handle 0x48), which thread 1 (tid 0x18) holds; thread 1 (tid 0x18) waits for Mutant "\BaseNamedObjects\orders" (handle 0x44), which thread 0 (tid 0x14) holds.
     - thread 0 (tid 0x14) waits for Mutant "\BaseNamedObjects\stock" (handle 0x48); known by argument of NtWaitForMultipleObjects, which waits for all of several      [~0k]
     - Mutant "\BaseNamedObjects\stock" (handle 0x48) is owned by thread 1 (tid 0x18); 0x48      [!handle 0x48 f]
     - thread 1 (tid 0x18) waits for Mutant "\BaseNamedObjects\orders" (handle 0x44); known by argument of NtWaitForMultipleObjects, which waits for all of several      [~1k]
     - Mutant "\BaseNamedObjects\orders" (handle 0x44) is owned by thread 0 (tid 0x14); 0x44      [!handle 0x44 f]
     What to do: Give all locks one order and take them in it, or take only one at a time. The stacks show where each thread took the lock that it holds and where it waits. To go on now, the process has to be ended.
  

It has it not: either mutant is enough for them:

  $ cat > any.recipe <<'END'
  > minidump x86
  > system windows 6.1.7601 cpus=2
  > misc size=24 pid=0x1100 create=1 user=1 kernel=2
  > module 0x400000 0x20000 C:\demo\app.exe
  > module 0x7c900000 0x20000 C:\WINDOWS\system32\ntdll.dll pdb ntdll.pdb 5A9832E5-2872-41C1-838E-D98914E9B7FF 1
  > memory 0x120000 zero 8 u32 0x120028 0x401020 2 0x200000 1 0 0 0 0 0x7c904020 zero 0x80
  > memory 0x121000 zero 8 u32 0x121028 0x401020 2 0x200000 1 0 0 0 0 0x7c904020 zero 0x80
  > memory 0x200000 u32 0x44 0x48
  > thread 0x14 stack=0x120000 eip=0x7c901014 esp=0x120000 ebp=0x120008
  > thread 0x18 stack=0x121000 eip=0x7c901014 esp=0x121000 ebp=0x121008
  > handle 0x44 type=Mutant name=\BaseNamedObjects\orders info=2:0000000000000000,3:0011000014000000
  > handle 0x48 type=Mutant name=\BaseNamedObjects\stock info=2:0000000000000000,3:0011000018000000
  > END
  $ mkdump any.recipe any
  $ osmodump -q any -y symbols -c '!analyze -v' | sed -n "/\[deadlock.lock-cycle\]/,/^ *$/p"

It has it, on Windows: a thread with a critical section calls into an apartment whose thread wants the section:

  $ mkdir -p symbols/ntdll.pdb/5A9832E5287241C1838ED98914E9B7FF1
  $ cat > symbols/ntdll.pdb/5A9832E5287241C1838ED98914E9B7FF1/ntdll.sym <<'END'
  > MODULE windows x86 5A9832E5287241C1838ED98914E9B7FF1 ntdll.pdb
  > PUBLIC 1000 0 NtWaitForMultipleObjects
  > PUBLIC 4000 0 RtlUserThreadStart
  > PUBLIC 5000 0 RtlpWaitOnCriticalSection
  > PUBLIC 6000 0 RtlEnterCriticalSection
  > PUBLIC 8000 0 NtWaitForSingleObject
  > PUBLIC 9000 0 KiFastSystemCallRet
  > END
  $ mkdir -p symbols/combase.pdb/5A9832E5287241C1838ED98914E9B7FF1
  $ cat > symbols/combase.pdb/5A9832E5287241C1838ED98914E9B7FF1/combase.sym <<'END'
  > MODULE windows x86 5A9832E5287241C1838ED98914E9B7FF1 combase.pdb
  > PUBLIC 1000 0 GetToSTA
  > PUBLIC 2000 0 CoInitialize
  > END
  $ cat > apartment.recipe <<'END'
  > minidump x86
  > system windows 6.1.7601 cpus=2
  > misc size=24 pid=0x1100 create=1 user=1 kernel=2
  > module 0x400000 0x20000 C:\demo\app.exe
  > module 0x7c900000 0x20000 C:\WINDOWS\system32\ntdll.dll pdb ntdll.pdb 5A9832E5-2872-41C1-838E-D98914E9B7FF 1
  > module 0x77e70000 0x20000 C:\WINDOWS\system32\combase.dll pdb combase.pdb 5A9832E5-2872-41C1-838E-D98914E9B7FF 1
  > memory 0x120000 zero 8 u32 0x120028 0x7c905020 0 0 0 0 0 0 0x120048 0x7c906020 0x200100 0 0 0 0 0 0x120068 0x401020 0x200100 0 0 0 0 0 0x120088 0x7c904020 zero 0x60
  > memory 0x121000 zero 8 u32 0x121028 0x77e71020 0x30 0 0 0 0 0 0x121048 0x401020 0x200200 0 0 0 0 0 0x121068 0x7c904020 zero 0x60
  > memory 0x200000 u32 0 0x200100 0x200008 0x200008 0 0 0 0
  > memory 0x200100 u32 0x200000 0xfffffffa 1 0x20 0 0
  > memory 0x200200 u32 0x77e78000 0x200300 0x1100 0x10 0 zero 0x80
  > memory 0x7ffdd000 u32 0x12ffb0 0x130000 0x12c000 at 0x7ffdd018 u32 0x7ffdd000 at 0x7ffdd020 u32 0x1100 0x10
  >   at 0x7ffdd030 u32 0x7ffdf000 0 0 zero 0x20
  > memory 0x7ffdf000 u8 0 0 0 0 u32 0 0x400000 0x300000 0x20000 0 0x140000 zero 0x84 u32 0 zero 0x20
  > thread 0x10 stack=0x120000 eip=0x7c909020 esp=0x120000 ebp=0x120008 teb=0x7ffdd000
  > thread 0x20 stack=0x121000 eip=0x7c908020 esp=0x121000 ebp=0x121008
  > END
  $ mkdump apartment.recipe apartment
  $ osmodump -q apartment -y symbols -c '!analyze -v' | sed -n "/\[deadlock.lock-cycle\]/,/^ *$/p"
  1. Deadlock [deadlock.lock-cycle]: problem, 75 % sure (which lock a thread waits for was inferred)
     Deadlock: thread 0 (tid 0x10) waits for critical section at 0x200100, which thread 1 (tid 0x20) holds; thread 1 (tid 0x20) waits for COM apartment at 0x200200, which thread 0 (tid 0x10) holds.
     - thread 0 (tid 0x10) waits for critical section at 0x200100; known by argument of the function that enters the section      [~0k]
     - owner of critical section at 0x200100: thread 1 (tid 0x20); 0020010c has 0x20      [dd 0x20010c L1]
     - thread 1 (tid 0x20) waits for COM apartment at 0x200200; known by GetToSTA on its stack      [~1k]
     - owner of COM apartment at 0x200200: thread 0 (tid 0x10); 0020020c has 0x10      [dd 0x20020c L1]
     What to do: Give all locks one order and take them in it, or take only one at a time. The stacks show where each thread took the lock that it holds and where it waits. To go on now, the process has to be ended.
  

It nearly has it: the entry of the apartment names no thread of the process:

  $ cat > elsewhere.recipe <<'END'
  > minidump x86
  > system windows 6.1.7601 cpus=2
  > misc size=24 pid=0x1100 create=1 user=1 kernel=2
  > module 0x400000 0x20000 C:\demo\app.exe
  > module 0x7c900000 0x20000 C:\WINDOWS\system32\ntdll.dll pdb ntdll.pdb 5A9832E5-2872-41C1-838E-D98914E9B7FF 1
  > module 0x77e70000 0x20000 C:\WINDOWS\system32\combase.dll pdb combase.pdb 5A9832E5-2872-41C1-838E-D98914E9B7FF 1
  > memory 0x120000 zero 8 u32 0x120028 0x7c905020 0 0 0 0 0 0 0x120048 0x7c906020 0x200100 0 0 0 0 0 0x120068 0x401020 0x200100 0 0 0 0 0 0x120088 0x7c904020 zero 0x60
  > memory 0x121000 zero 8 u32 0x121028 0x77e71020 0x30 0 0 0 0 0 0x121048 0x401020 0x200200 0 0 0 0 0 0x121068 0x7c904020 zero 0x60
  > memory 0x200000 u32 0 0x200100 0x200008 0x200008 0 0 0 0
  > memory 0x200100 u32 0x200000 0xfffffffa 1 0x20 0 0
  > memory 0x200200 u32 0x77e78000 0x200300 0x1200 0x10 0 zero 0x80
  > memory 0x7ffdd000 u32 0x12ffb0 0x130000 0x12c000 at 0x7ffdd018 u32 0x7ffdd000 at 0x7ffdd020 u32 0x1100 0x10
  >   at 0x7ffdd030 u32 0x7ffdf000 0 0 zero 0x20
  > memory 0x7ffdf000 u8 0 0 0 0 u32 0 0x400000 0x300000 0x20000 0 0x140000 zero 0x84 u32 0 zero 0x20
  > thread 0x10 stack=0x120000 eip=0x7c909020 esp=0x120000 ebp=0x120008 teb=0x7ffdd000
  > thread 0x20 stack=0x121000 eip=0x7c908020 esp=0x121000 ebp=0x121008
  > END
  $ mkdump elsewhere.recipe elsewhere
  $ osmodump -q elsewhere -y symbols -c '!analyze -v' | sed -n "/\[deadlock.lock-cycle\]/,/^ *$/p"
