Wait for a child process.

  $ found() { osmodump -q $1 -c '!analyze -v' | sed -n "/\[$2\]/,/^ *$/p"; }

It has it: the owner of the mutex is in wait4(2):

  $ cat > has.recipe <<'END'
  > elfcore x64
  > process pid=100 ppid=1 uid=0 gid=0 name=demo args=demo
  > thread 100 rsp=0x7ffc00001000 rip=0x401000 orig_rax=61 rdi=4711 rsi=2
  > thread 101 rsp=0x7ffc00001000 rip=0x401000 orig_rax=202 rdi=0x500000 rsi=0x80 rdx=2 r10=0 
  > thread 102 rsp=0x7ffc00001000 rip=0x401000 orig_rax=202 rdi=0x500000 rsi=0x80 rdx=2 r10=0 
  > thread 103 rsp=0x7ffc00001000 rip=0x401000 orig_rax=202 rdi=0x500000 rsi=0x80 rdx=2 r10=0 
  > note OSMOSIS 0x4f534d01 "{\"format\":1,\"tool\":{\"name\":\"osmodump\",\"version\":\"0.1.0\"}}"
  > note OSMOSIS 0x4f534d03 "{\"format\":1,\"threads\":[{\"tid\":100,\"state\":\"S\",\"policy\":\"other\",\"priority\":20,\"nice\":0},{\"tid\":101,\"state\":\"S\",\"policy\":\"other\",\"priority\":20,\"nice\":0},{\"tid\":102,\"state\":\"S\",\"policy\":\"other\",\"priority\":20,\"nice\":0},{\"tid\":103,\"state\":\"S\",\"policy\":\"other\",\"priority\":20,\"nice\":0}],\"files\":[]}"
  > memory 0x401000 prot=rx fill 0x20 0x90
  > memory 0x500000 prot=rw u32 2 0 100 1 0 zero 0x14
  > memory 0x7ffc00001000 prot=rw zero 0x200
  > END
  $ mkdump has.recipe has
  $ found has wait.child-process
  1. Wait for a child process [wait.child-process]: warning, 95 % sure
     Child process: thread 0 (tid 100) waits for a child process: its end; 3 threads wait for it.
     - thread 0 (tid 100) waits for a child process: its end; known by its system call      [~0k]
     - owner of mutex at 0x500000: thread 0 (tid 100); 0000000000500008 has 0x64      [dd 0x500008 L1]
     Thresholds: outside.waiters=3 threads, outside.problem=10 threads
     What to do: Look at the child: what it waits for, and whether a pipe between both is full. Do not hold a lock while waiting for a process.
  

It has it not: it sleeps:

  $ cat > hasnot.recipe <<'END'
  > elfcore x64
  > process pid=100 ppid=1 uid=0 gid=0 name=demo args=demo
  > thread 100 rsp=0x7ffc00001000 rip=0x401000 orig_rax=230 rdi=4711 rsi=2
  > thread 101 rsp=0x7ffc00001000 rip=0x401000 orig_rax=202 rdi=0x500000 rsi=0x80 rdx=2 r10=0 
  > thread 102 rsp=0x7ffc00001000 rip=0x401000 orig_rax=202 rdi=0x500000 rsi=0x80 rdx=2 r10=0 
  > thread 103 rsp=0x7ffc00001000 rip=0x401000 orig_rax=202 rdi=0x500000 rsi=0x80 rdx=2 r10=0 
  > note OSMOSIS 0x4f534d01 "{\"format\":1,\"tool\":{\"name\":\"osmodump\",\"version\":\"0.1.0\"}}"
  > note OSMOSIS 0x4f534d03 "{\"format\":1,\"threads\":[{\"tid\":100,\"state\":\"S\",\"policy\":\"other\",\"priority\":20,\"nice\":0},{\"tid\":101,\"state\":\"S\",\"policy\":\"other\",\"priority\":20,\"nice\":0},{\"tid\":102,\"state\":\"S\",\"policy\":\"other\",\"priority\":20,\"nice\":0},{\"tid\":103,\"state\":\"S\",\"policy\":\"other\",\"priority\":20,\"nice\":0}],\"files\":[]}"
  > memory 0x401000 prot=rx fill 0x20 0x90
  > memory 0x500000 prot=rw u32 2 0 100 1 0 zero 0x14
  > memory 0x7ffc00001000 prot=rw zero 0x200
  > END
  $ mkdump hasnot.recipe hasnot
  $ found hasnot wait.child-process

It nearly has it: nobody waits for the thread that does:

  $ cat > nearly.recipe <<'END'
  > elfcore x64
  > process pid=100 ppid=1 uid=0 gid=0 name=demo args=demo
  > thread 100 rsp=0x7ffc00001000 rip=0x401000 orig_rax=61 rdi=4711
  > thread 101 rsp=0x7ffc00001000 rip=0x401000 orig_rax=230 
  > memory 0x401000 prot=rx fill 0x20 0x90
  > memory 0x7ffc00001000 prot=rw zero 0x200
  > END
  $ mkdump nearly.recipe nearly
  $ found nearly wait.child-process

It has it, on Windows: the handle of a process whose parent this one is; not, when it has ended:

  $ mkdir -p symbols/ntdll.pdb/5A9832E5287241C1838ED98914E9B7FF1
  $ cat > symbols/ntdll.pdb/5A9832E5287241C1838ED98914E9B7FF1/ntdll.sym <<'END'
  > MODULE windows x86 5A9832E5287241C1838ED98914E9B7FF1 ntdll.pdb
  > PUBLIC 1000 0 NtWaitForSingleObject
  > PUBLIC 4000 0 RtlUserThreadStart
  > PUBLIC 5000 0 RtlpWaitOnCriticalSection
  > PUBLIC 6000 0 RtlEnterCriticalSection
  > PUBLIC 9000 0 KiFastSystemCallRet
  > END
  $ cat > child.recipe <<'END'
  > minidump x86
  > system windows 6.1.7601 cpus=2
  > misc size=24 pid=0x1100 create=1 user=1 kernel=2
  > module 0x400000 0x20000 C:\demo\app.exe pdb app.pdb 5A9832E5-2872-41C1-838E-D98914E9B7FF 1
  > module 0x7c900000 0x20000 C:\WINDOWS\system32\ntdll.dll pdb ntdll.pdb 5A9832E5-2872-41C1-838E-D98914E9B7FF 1
  > memory 0x120000 zero 8 u32 0x120028 0x403020 0x30 0 0 0 0 0 0 0 0x120048 0x7c904020 zero 0x80
  > memory 0x121000 zero 8 u32 0x121028 0x7c905020 0 0 0 0 0 0 0x121048 0x7c906020 0x200100 0 0 0 0 0 0x121068 0x401020 0x200100 0 0 0 0 0 0x121088 0x7c904020 zero 0x60
  > memory 0x122000 zero 8 u32 0x122028 0x7c905020 0 0 0 0 0 0 0x122048 0x7c906020 0x200100 0 0 0 0 0 0x122068 0x401020 0x200100 0 0 0 0 0 0x122088 0x7c904020 zero 0x60
  > memory 0x123000 zero 8 u32 0x123028 0x7c905020 0 0 0 0 0 0 0x123048 0x7c906020 0x200100 0 0 0 0 0 0x123068 0x401020 0x200100 0 0 0 0 0 0x123088 0x7c904020 zero 0x60
  > memory 0x200000 u32 0 0x200100 0x200008 0x200008 0 0 0 0
  > memory 0x200100 u32 0x200000 0xfffffff2 1 0x10 0 0
  > memory 0x200200 u32 0x280010 0x1 0xdec 0x4a8 0x2b 0 0 0
  > memory 0x7ffdd000 u32 0x12ffb0 0x130000 0x12c000 at 0x7ffdd018 u32 0x7ffdd000 at 0x7ffdd020 u32 0x1100 0x10
  >   at 0x7ffdd030 u32 0x7ffdf000 0 0 zero 0x20
  > memory 0x7ffdf000 u8 0 0 0 0 u32 0 0x400000 0x300000 0x20000 0 0x140000 zero 0x84 u32 0 zero 0x20
  > thread 0x20 stack=0x121000 eip=0x7c909020 esp=0x121000 ebp=0x121008
  > thread 0x24 stack=0x122000 eip=0x7c909020 esp=0x122000 ebp=0x122008
  > thread 0x28 stack=0x123000 eip=0x7c909020 esp=0x123000 ebp=0x123008
  > thread 0x10 stack=0x120000 eip=0x7c901020 esp=0x120000 ebp=0x120008 teb=0x7ffdd000
  > handle 0x30 type=Process info=4:0301000000e0fd7f03000000080000002c05000000110000
  > END
  $ mkdump child.recipe child
  $ osmodump -q child -y symbols -c '!analyze -v' | sed -n "/\[wait.child-process\]/,/^ *$/p"
  1. Wait for a child process [wait.child-process]: warning, 90 % sure
     Child process: thread 3 (tid 0x10) waits for a child process: Process 0x52c (handle 0x30); 3 threads wait for it.
     - thread 3 (tid 0x10) waits for a child process: Process 0x52c (handle 0x30); known by the handle that it waits for      [~3k]
     - owner of critical section at 0x200100: thread 3 (tid 0x10); 0020010c has 0x10      [dd 0x20010c L1]
     Thresholds: outside.waiters=3 threads, outside.problem=10 threads
     What to do: Look at the child: what it waits for, and whether a pipe between both is full. Do not hold a lock while waiting for a process.
  
  $ sed 's/info=4:03010000/info=4:00000000/' child.recipe > ended.recipe
  $ mkdump ended.recipe ended
  $ osmodump -q ended -y symbols -c '!analyze -v' | sed -n "/\[wait.child-process\]/,/^ *$/p"
