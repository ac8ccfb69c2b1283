All threads blocked.

  $ found() { osmodump -q $1 -c '!analyze -v' | sed -n "/\[$2\]/,/^ *$/p"; }

It has it: three threads wait for two words that nobody signals:

  $ cat > has.recipe <<'END'
  > elfcore x64
  > process pid=100 ppid=1 uid=0 gid=0 name=demo args=demo
  > thread 100 rsp=0x7ffc00001000 rip=0x401000 orig_rax=202 rdi=0x500000 rsi=0x80 rdx=2 r10=0 
  > thread 101 rsp=0x7ffc00001000 rip=0x401000 orig_rax=202 rdi=0x500040 rsi=0x80 rdx=2 r10=0 
  > thread 102 rsp=0x7ffc00001000 rip=0x401000 orig_rax=202 rdi=0x500040 rsi=0x80 rdx=2 r10=0 
  > memory 0x401000 prot=rx fill 0x20 0x90
  > memory 0x500000 prot=rw zero 0x100
  > memory 0x7ffc00001000 prot=rw zero 0x200
  > END
  $ mkdump has.recipe has
  $ found has wait.all-blocked
  1. All threads blocked [wait.all-blocked]: problem, 85 % sure
     All threads blocked: each of the 3 threads waits for another one of them, and none is left to go on; 2 of them wait, directly or behind others, for futex at 0x500040.
     - thread 0 (tid 100) waits for futex at 0x500000; known by its futex call      [~0k]
     - thread 1 (tid 101) waits for futex at 0x500040; known by its futex call      [~1k]
     - thread 2 (tid 102) waits for futex at 0x500040; known by its futex call      [~2k]
     What to do: Find for each object who should signal it, and where that thread waits instead. Conditions must be tested under the lock, in a loop, and be changed before they are signalled.
  

It has it not: one thread is elsewhere, in a system call that the outside ends:

  $ cat > hasnot.recipe <<'END'
  > elfcore x64
  > process pid=100 ppid=1 uid=0 gid=0 name=demo args=demo
  > thread 100 rsp=0x7ffc00001000 rip=0x401000 orig_rax=0 
  > thread 101 rsp=0x7ffc00001000 rip=0x401000 orig_rax=202 rdi=0x500040 rsi=0x80 rdx=2 r10=0 
  > thread 102 rsp=0x7ffc00001000 rip=0x401000 orig_rax=202 rdi=0x500040 rsi=0x80 rdx=2 r10=0 
  > memory 0x401000 prot=rx fill 0x20 0x90
  > memory 0x500000 prot=rw zero 0x100
  > memory 0x7ffc00001000 prot=rw zero 0x200
  > END
  $ mkdump hasnot.recipe hasnot
  $ found hasnot wait.all-blocked

It nearly has it: one of the waits has a time limit; or is for a word that processes share:

  $ cat > nearly.recipe <<'END'
  > elfcore x64
  > process pid=100 ppid=1 uid=0 gid=0 name=demo args=demo
  > thread 100 rsp=0x7ffc00001000 rip=0x401000 orig_rax=202 rdi=0x500000 rsi=0x80 rdx=2 r10=0x7ffc00001100 
  > thread 101 rsp=0x7ffc00001000 rip=0x401000 orig_rax=202 rdi=0x500040 rsi=0x80 rdx=2 r10=0 
  > memory 0x401000 prot=rx fill 0x20 0x90
  > memory 0x500000 prot=rw zero 0x100
  > memory 0x7ffc00001000 prot=rw zero 0x200
  > END
  $ mkdump nearly.recipe nearly
  $ found nearly wait.all-blocked



  $ cat > shared.recipe <<'END'
  > elfcore x64
  > process pid=100 ppid=1 uid=0 gid=0 name=demo args=demo
  > thread 100 rsp=0x7ffc00001000 rip=0x401000 orig_rax=202 rdi=0x500000 rsi=0x0 rdx=2 r10=0 
  > thread 101 rsp=0x7ffc00001000 rip=0x401000 orig_rax=202 rdi=0x500040 rsi=0x80 rdx=2 r10=0 
  > memory 0x401000 prot=rx fill 0x20 0x90
  > memory 0x500000 prot=rw zero 0x100
  > memory 0x7ffc00001000 prot=rw zero 0x200
  > END
  $ mkdump shared.recipe shared
  $ found shared wait.all-blocked
