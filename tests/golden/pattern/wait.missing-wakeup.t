Missing wake-up.

  $ found() { osmodump -q $1 -c '!analyze -v' | sed -n "/\[$2\]/,/^ *$/p"; }

It has it: the word of the mutex is 0, and the kernel said that both threads sleep on it:

  $ cat > has.recipe <<'END'
  > elfcore x64
  > process pid=100 ppid=1 uid=0 gid=0 name=demo args=demo
  > thread 100 rsp=0x7ffc00001000 rip=0x401000 orig_rax=0 
  > thread 101 rsp=0x7ffc00001000 rip=0x401000 orig_rax=202 rdi=0x500000 rsi=0x86 rdx=0 r10=0 
  > thread 102 rsp=0x7ffc00001000 rip=0x401000 orig_rax=202 rdi=0x500000 rsi=0x86 rdx=0 r10=0 
  > note OSMOSIS 0x4f534d01 "{\"format\":1,\"tool\":{\"name\":\"osmodump\",\"version\":\"0.1.0\"}}"
  > note OSMOSIS 0x4f534d03 "{\"format\":1,\"threads\":[{\"tid\":100,\"state\":\"S\",\"policy\":\"other\",\"priority\":20,\"nice\":0},{\"tid\":101,\"state\":\"S\",\"policy\":\"other\",\"priority\":20,\"nice\":0},{\"tid\":102,\"state\":\"S\",\"policy\":\"other\",\"priority\":20,\"nice\":0}],\"files\":[]}"
  > memory 0x401000 prot=rx fill 0x20 0x90
  > memory 0x500000 prot=rw u32 0 0 0 0 0 zero 0x14
  > memory 0x7ffc00001000 prot=rw zero 0x200
  > END
  $ mkdump has.recipe has
  $ found has wait.missing-wakeup
  1. Missing wake-up [wait.missing-wakeup]: warning, 75 % sure
     Missing wake-up: mutex at 0x500000 is free, but 2 threads sleep on it.
     - the word of mutex at 0x500000: it is free; 0000000000500000 has 0x0      [dd 0x500000 L1]
     - thread 1 (tid 101) waits for mutex at 0x500000; known by its futex call      [~1k]
     - thread 2 (tid 102) waits for mutex at 0x500000; known by its futex call      [~2k]
     What to do: Take a second dump. If it stays, look for code that initialises, copies or clears the lock while it is in use.
  

It has it, on Windows: LockCount -9 is free with two waiters, none of them woken; -11 has one who was woken:

  $ cat > win.recipe <<'END'
  > minidump x86
  > system windows 5.2.3790 text="Service Pack 2" cpus=1
  > module 0x400000 0x10000 C:\demo\printer.exe
  > module 0x7c800000 0xc0000 C:\WINDOWS\system32\ntdll.dll timestamp=0x45d70ad8
  > memory 0x7c8880c0 ptr 0x200000 u32 0xffffffff 0 0 0 0
  > memory 0x107cddd8 ptr 0x200020 u32 0xfffffff7 0 0 0 0
  > memory 0x200000 u32 0 0x7c8880c0 0x200028 0x200028 0 0 0 0
  >   u32 0 0x107cddd8 0x200008 0x200008 9 9 0 0
  > memory 0x7ffdd000 u32 0x12ffb0 0x130000 0x12c000 at 0x7ffdd018 u32 0x7ffdd000 at 0x7ffdd020 u32 0x1100 0x1198
  >   at 0x7ffdd030 u32 0x7ffdf000 2 1 zero 0x20
  > memory 0x7ffdf000 u8 0 0 1 0 u32 0 0x400000 0x300000 0x20000 0 0x140000 zero 0x84 u32 0x7c8880c0 zero 0x20
  > thread 0x1194 teb=0x7ffdd000 eip=0x401000 esp=0x12f000
  > thread 0x1198 eip=0x401000 esp=0x12f000
  > thread 0x119c eip=0x401000 esp=0x12f000
  > END
  $ mkdump win.recipe win
  $ found win wait.missing-wakeup
  2. Missing wake-up [wait.missing-wakeup]: note, 50 % sure (a thread may be about to wake them, or one of them was woken a moment ago)
     Missing wake-up: critical section at 0x107cddd8 is free, but 2 threads sleep on it.
     - the word of critical section at 0x107cddd8: it is free; 107cdddc has 0xfffffff7      [dd 0x107cdddc L1]
     What to do: Take a second dump. If it stays, look for code that initialises, copies or clears the lock while it is in use.
  



  $ cat > woken.recipe <<'END'
  > minidump x86
  > system windows 5.2.3790 text="Service Pack 2" cpus=1
  > module 0x400000 0x10000 C:\demo\printer.exe
  > module 0x7c800000 0xc0000 C:\WINDOWS\system32\ntdll.dll timestamp=0x45d70ad8
  > memory 0x7c8880c0 ptr 0x200000 u32 0xffffffff 0 0 0 0
  > memory 0x107cddd8 ptr 0x200020 u32 0xfffffff5 0 0 0 0
  > memory 0x200000 u32 0 0x7c8880c0 0x200028 0x200028 0 0 0 0
  >   u32 0 0x107cddd8 0x200008 0x200008 9 9 0 0
  > memory 0x7ffdd000 u32 0x12ffb0 0x130000 0x12c000 at 0x7ffdd018 u32 0x7ffdd000 at 0x7ffdd020 u32 0x1100 0x1198
  >   at 0x7ffdd030 u32 0x7ffdf000 2 1 zero 0x20
  > memory 0x7ffdf000 u8 0 0 1 0 u32 0 0x400000 0x300000 0x20000 0 0x140000 zero 0x84 u32 0x7c8880c0 zero 0x20
  > thread 0x1194 teb=0x7ffdd000 eip=0x401000 esp=0x12f000
  > thread 0x1198 eip=0x401000 esp=0x12f000
  > thread 0x119c eip=0x401000 esp=0x12f000
  > END
  $ mkdump woken.recipe woken
  $ found woken wait.missing-wakeup

It has it not: thread 100 holds it:

  $ cat > hasnot.recipe <<'END'
  > elfcore x64
  > process pid=100 ppid=1 uid=0 gid=0 name=demo args=demo
  > thread 100 rsp=0x7ffc00001000 rip=0x401000 orig_rax=0 
  > thread 101 rsp=0x7ffc00001000 rip=0x401000 orig_rax=202 rdi=0x500000 rsi=0x86 rdx=0 r10=0 
  > thread 102 rsp=0x7ffc00001000 rip=0x401000 orig_rax=202 rdi=0x500000 rsi=0x86 rdx=0 r10=0 
  > note OSMOSIS 0x4f534d01 "{\"format\":1,\"tool\":{\"name\":\"osmodump\",\"version\":\"0.1.0\"}}"
  > note OSMOSIS 0x4f534d03 "{\"format\":1,\"threads\":[{\"tid\":100,\"state\":\"S\",\"policy\":\"other\",\"priority\":20,\"nice\":0},{\"tid\":101,\"state\":\"S\",\"policy\":\"other\",\"priority\":20,\"nice\":0},{\"tid\":102,\"state\":\"S\",\"policy\":\"other\",\"priority\":20,\"nice\":0}],\"files\":[]}"
  > memory 0x401000 prot=rx fill 0x20 0x90
  > memory 0x500000 prot=rw u32 2 0 100 1 0 zero 0x14
  > memory 0x7ffc00001000 prot=rw zero 0x200
  > END
  $ mkdump hasnot.recipe hasnot
  $ found hasnot wait.missing-wakeup

It nearly has it: one of them runs, and will take it; without a record it is a note:

  $ cat > nearly.recipe <<'END'
  > elfcore x64
  > process pid=100 ppid=1 uid=0 gid=0 name=demo args=demo
  > thread 100 rsp=0x7ffc00001000 rip=0x401000 orig_rax=0 
  > thread 101 rsp=0x7ffc00001000 rip=0x401000 orig_rax=202 rdi=0x500000 rsi=0x86 rdx=0 r10=0 
  > thread 102 rsp=0x7ffc00001000 rip=0x401000 orig_rax=202 rdi=0x500000 rsi=0x86 rdx=0 r10=0 
  > note OSMOSIS 0x4f534d01 "{\"format\":1,\"tool\":{\"name\":\"osmodump\",\"version\":\"0.1.0\"}}"
  > note OSMOSIS 0x4f534d03 "{\"format\":1,\"threads\":[{\"tid\":100,\"state\":\"S\",\"policy\":\"other\",\"priority\":20,\"nice\":0},{\"tid\":101,\"state\":\"R\",\"policy\":\"other\",\"priority\":20,\"nice\":0},{\"tid\":102,\"state\":\"S\",\"policy\":\"other\",\"priority\":20,\"nice\":0}],\"files\":[]}"
  > memory 0x401000 prot=rx fill 0x20 0x90
  > memory 0x500000 prot=rw u32 0 0 0 0 0 zero 0x14
  > memory 0x7ffc00001000 prot=rw zero 0x200
  > END
  $ mkdump nearly.recipe nearly
  $ found nearly wait.missing-wakeup



  $ cat > core.recipe <<'END'
  > elfcore x64
  > process pid=100 ppid=1 uid=0 gid=0 name=demo args=demo
  > thread 100 rsp=0x7ffc00001000 rip=0x401000 orig_rax=0 
  > thread 101 rsp=0x7ffc00001000 rip=0x401000 orig_rax=202 rdi=0x500000 rsi=0x86 rdx=0 r10=0 
  > thread 102 rsp=0x7ffc00001000 rip=0x401000 orig_rax=202 rdi=0x500000 rsi=0x86 rdx=0 r10=0 
  > memory 0x401000 prot=rx fill 0x20 0x90
  > memory 0x500000 prot=rw u32 0 0 0 0 0 zero 0x14
  > memory 0x7ffc00001000 prot=rw zero 0x200
  > END
  $ mkdump core.recipe core
  $ found core wait.missing-wakeup
  1. Missing wake-up [wait.missing-wakeup]: note, 50 % sure (a thread may be about to wake them, or one of them was woken a moment ago)
     Missing wake-up: mutex at 0x500000 is free, but 2 threads sleep on it.
     - the word of mutex at 0x500000: it is free; 0000000000500000 has 0x0      [dd 0x500000 L1]
     - thread 1 (tid 101) waits for mutex at 0x500000; known by its futex call      [~1k]
     - thread 2 (tid 102) waits for mutex at 0x500000; known by its futex call      [~2k]
     What to do: Take a second dump. If it stays, look for code that initialises, copies or clears the lock while it is in use.
  
