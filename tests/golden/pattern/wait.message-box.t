Message box.

  $ found() { osmodump -q $1 -c '!analyze -v' | sed -n "/\[$2\]/,/^ *$/p"; }

It has it: the owner of the mutex reads from a terminal:

  $ cat > has.recipe <<'END'
  > elfcore x64
  > process pid=100 ppid=1 uid=0 gid=0 name=demo args=demo
  > thread 100 rsp=0x7ffc00001000 rip=0x401000 orig_rax=0 rdi=0 rsi=2
  > thread 101 rsp=0x7ffc00001000 rip=0x401000 orig_rax=202 rdi=0x500000 rsi=0x80 rdx=2 r10=0 
  > thread 102 rsp=0x7ffc00001000 rip=0x401000 orig_rax=202 rdi=0x500000 rsi=0x80 rdx=2 r10=0 
  > thread 103 rsp=0x7ffc00001000 rip=0x401000 orig_rax=202 rdi=0x500000 rsi=0x80 rdx=2 r10=0 
  > note OSMOSIS 0x4f534d01 "{\"format\":1,\"tool\":{\"name\":\"osmodump\",\"version\":\"0.1.0\"}}"
  > note OSMOSIS 0x4f534d03 "{\"format\":1,\"threads\":[{\"tid\":100,\"state\":\"S\",\"policy\":\"other\",\"priority\":20,\"nice\":0},{\"tid\":101,\"state\":\"S\",\"policy\":\"other\",\"priority\":20,\"nice\":0},{\"tid\":102,\"state\":\"S\",\"policy\":\"other\",\"priority\":20,\"nice\":0},{\"tid\":103,\"state\":\"S\",\"policy\":\"other\",\"priority\":20,\"nice\":0}],\"files\":[{\"fd\":0,\"target\":\"/dev/pts/3\",\"detail\":\"\",\"position\":0,\"flags\":\"0x2\"}]}"
  > memory 0x401000 prot=rx fill 0x20 0x90
  > memory 0x500000 prot=rw u32 2 0 100 1 0 zero 0x14
  > memory 0x7ffc00001000 prot=rw zero 0x200
  > END
  $ mkdump has.recipe has
  $ found() { osmodump -q $1 -y symbols -c '!analyze -v' | sed -n "/\[$2\]/,/^ *$/p"; }
  $ mkdir -p symbols/app.pdb/5A9832E5287241C1838ED98914E9B7FF1
  $ cat > symbols/app.pdb/5A9832E5287241C1838ED98914E9B7FF1/app.sym <<'END'
  > MODULE windows x86 5A9832E5287241C1838ED98914E9B7FF1 app.pdb
  > PUBLIC 1000 0 work
  > PUBLIC 2000 0 main
  > PUBLIC 3000 0 ask
  > END
  $ mkdir -p symbols/ntdll.pdb/5A9832E5287241C1838ED98914E9B7FF1
  $ cat > symbols/ntdll.pdb/5A9832E5287241C1838ED98914E9B7FF1/ntdll.sym <<'END'
  > MODULE windows x86 5A9832E5287241C1838ED98914E9B7FF1 ntdll.pdb
  > PUBLIC 1000 0 NtWaitForSingleObject
  > PUBLIC 2000 0 NtWaitForWorkViaWorkerFactory
  > PUBLIC 3000 0 TppWorkerThread
  > PUBLIC 4000 0 RtlUserThreadStart
  > PUBLIC 5000 0 RtlpWaitOnCriticalSection
  > PUBLIC 6000 0 RtlEnterCriticalSection
  > PUBLIC 7000 0 LdrLoadDll
  > PUBLIC 8000 0 NtAlpcSendWaitReceivePort
  > PUBLIC 9000 0 KiFastSystemCallRet
  > END
  $ mkdir -p symbols/user32.pdb/5A9832E5287241C1838ED98914E9B7FF1
  $ cat > symbols/user32.pdb/5A9832E5287241C1838ED98914E9B7FF1/user32.sym <<'END'
  > MODULE windows x86 5A9832E5287241C1838ED98914E9B7FF1 user32.pdb
  > PUBLIC 1000 0 MessageBoxW
  > PUBLIC 2000 0 GetMessageW
  > END
  $ found has wait.message-box
  1. Message box [wait.message-box]: warning, 95 % sure
     Message box: thread 0 (tid 100) waits for a user: /dev/pts/3 (descriptor 0); 3 threads wait for it.
     - thread 0 (tid 100) waits for a user: /dev/pts/3 (descriptor 0); known by its system call      [~0k]
     - owner of mutex at 0x500000: thread 0 (tid 100); 0000000000500008 has 0x64      [dd 0x500008 L1]
     Thresholds: outside.waiters=3 threads, outside.problem=10 threads
     What to do: Read the text: it tells what went wrong before. Services should write to a log instead, and nobody should ask while a lock is held.
  

It has it, on Windows: a message box, with a critical section held; and with nobody behind it, which is a note:

  $ cat > box.recipe <<'END'
  > minidump x86
  > system windows 6.1.7601 cpus=2
  > misc size=24 pid=0x1100 create=1 user=1 kernel=2
  > module 0x400000 0x20000 C:\demo\app.exe pdb app.pdb 5A9832E5-2872-41C1-838E-D98914E9B7FF 1
  > module 0x7c900000 0x20000 C:\WINDOWS\system32\ntdll.dll pdb ntdll.pdb 5A9832E5-2872-41C1-838E-D98914E9B7FF 1
  > module 0x7e400000 0x20000 C:\WINDOWS\system32\user32.dll pdb user32.pdb 5A9832E5-2872-41C1-838E-D98914E9B7FF 1
  > memory 0x120000 zero 8 u32 0x120028 0x7e401020 0x0 0x0 0x0 0x0 0x0 0x0 0x120048 0x402020 0x0 0x300000 0x300020 0x10 0x0 0x0 0x120068 0x7c904020 0x0 0x0 0x0 0x0 0x0 0x0 0x0 0x0 0x0 0x0 0x0 0x0 0x0 0x0 zero 0x40
  > memory 0x121000 zero 8 u32 0x121028 0x7c905020 0x0 0x0 0x0 0x0 0x0 0x0 0x121048 0x7c906020 0x200100 0x0 0x0 0x0 0x0 0x0 0x121068 0x401020 0x200100 0x0 0x0 0x0 0x0 0x0 0x121088 0x7c904020 0x0 0x0 0x0 0x0 0x0 0x0 0x0 0x0 0x0 0x0 0x0 0x0 0x0 0x0 zero 0x40
  > memory 0x122000 zero 8 u32 0x122028 0x7c905020 0x0 0x0 0x0 0x0 0x0 0x0 0x122048 0x7c906020 0x200100 0x0 0x0 0x0 0x0 0x0 0x122068 0x401020 0x200100 0x0 0x0 0x0 0x0 0x0 0x122088 0x7c904020 0x0 0x0 0x0 0x0 0x0 0x0 0x0 0x0 0x0 0x0 0x0 0x0 0x0 0x0 zero 0x40
  > memory 0x123000 zero 8 u32 0x123028 0x7c905020 0x0 0x0 0x0 0x0 0x0 0x0 0x123048 0x7c906020 0x200100 0x0 0x0 0x0 0x0 0x0 0x123068 0x401020 0x200100 0x0 0x0 0x0 0x0 0x0 0x123088 0x7c904020 0x0 0x0 0x0 0x0 0x0 0x0 0x0 0x0 0x0 0x0 0x0 0x0 0x0 0x0 zero 0x40
  > memory 0x200000 u32 0 0x200100 0x200008 0x200008 0 0 0 0
  > memory 0x200100 u32 0x200000 0xfffffff2 1 0x10 0 0
  > memory 0x7ffdd000 u32 0x12ffb0 0x130000 0x12c000 at 0x7ffdd018 u32 0x7ffdd000 at 0x7ffdd020 u32 0x1100 0x10
  >   at 0x7ffdd030 u32 0x7ffdf000 0 0 zero 0x20
  > memory 0x7ffdf000 u8 0 0 0 0 u32 0 0x400000 0x300000 0x20000 0 0x140000 zero 0x84 u32 0 zero 0x20
  > memory 0x300000 wz "disk full" at 0x300020 wz "Printer" zero 0x100
  > thread 0x10 stack=0x120000 eip=0x7c909020 esp=0x120000 ebp=0x120008 teb=0x7ffdd000
  > thread 0x20 stack=0x121000 eip=0x7c909020 esp=0x121000 ebp=0x121008
  > thread 0x24 stack=0x122000 eip=0x7c909020 esp=0x122000 ebp=0x122008
  > thread 0x28 stack=0x123000 eip=0x7c909020 esp=0x123000 ebp=0x123008
  > END
  $ mkdump box.recipe box
  $ found box wait.message-box
  1. Message box [wait.message-box]: warning, 90 % sure
     Message box: thread 0 (tid 0x10) waits for a user: the answer to a message box; 3 threads wait for it.
     - thread 0 (tid 0x10) waits for a user: the answer to a message box; known by MessageBoxW on its stack      [~0k]
     - owner of critical section at 0x200100: thread 0 (tid 0x10); 0020010c has 0x10      [dd 0x20010c L1]
     - its caption: Printer; 00300020      [du 0x300020]
     - its text: disk full; 00300000      [du 0x300000]
     Thresholds: outside.waiters=3 threads, outside.problem=10 threads
     What to do: Read the text: it tells what went wrong before. Services should write to a log instead, and nobody should ask while a lock is held.
  



  $ cat > alone.recipe <<'END'
  > minidump x86
  > system windows 6.1.7601 cpus=2
  > misc size=24 pid=0x1100 create=1 user=1 kernel=2
  > module 0x400000 0x20000 C:\demo\app.exe pdb app.pdb 5A9832E5-2872-41C1-838E-D98914E9B7FF 1
  > module 0x7c900000 0x20000 C:\WINDOWS\system32\ntdll.dll pdb ntdll.pdb 5A9832E5-2872-41C1-838E-D98914E9B7FF 1
  > module 0x7e400000 0x20000 C:\WINDOWS\system32\user32.dll pdb user32.pdb 5A9832E5-2872-41C1-838E-D98914E9B7FF 1
  > memory 0x120000 zero 8 u32 0x120028 0x7e401020 0x0 0x0 0x0 0x0 0x0 0x0 0x120048 0x402020 0x0 0x300000 0x300020 0x10 0x0 0x0 0x120068 0x7c904020 0x0 0x0 0x0 0x0 0x0 0x0 0x0 0x0 0x0 0x0 0x0 0x0 0x0 0x0 zero 0x40
  > memory 0x200000 u32 0 0x200100 0x200008 0x200008 0 0 0 0
  > memory 0x200100 u32 0x200000 0xfffffffe 1 0x10 0 0
  > memory 0x7ffdd000 u32 0x12ffb0 0x130000 0x12c000 at 0x7ffdd018 u32 0x7ffdd000 at 0x7ffdd020 u32 0x1100 0x10
  >   at 0x7ffdd030 u32 0x7ffdf000 0 0 zero 0x20
  > memory 0x7ffdf000 u8 0 0 0 0 u32 0 0x400000 0x300000 0x20000 0 0x140000 zero 0x84 u32 0 zero 0x20
  > memory 0x300000 wz "disk full" at 0x300020 wz "Printer" zero 0x100
  > thread 0x10 stack=0x120000 eip=0x7c909020 esp=0x120000 ebp=0x120008 teb=0x7ffdd000
  > END
  $ mkdump alone.recipe alone
  $ found alone wait.message-box
  1. Message box [wait.message-box]: note, 90 % sure
     Message box: thread 0 (tid 0x10) waits for the answer to a message box, in MessageBoxW.
     - MessageBoxW is on its stack      [~0k]
     - its caption: Printer; 00300020      [du 0x300020]
     - its text: disk full; 00300000      [du 0x300000]
     Thresholds: outside.waiters=3 threads, outside.problem=10 threads
     What to do: Read the text: it tells what went wrong before. Services should write to a log instead, and nobody should ask while a lock is held.
  

It has it not: it reads from a file:

  $ cat > hasnot.recipe <<'END'
  > elfcore x64
  > process pid=100 ppid=1 uid=0 gid=0 name=demo args=demo
  > thread 100 rsp=0x7ffc00001000 rip=0x401000 orig_rax=0 rdi=0 rsi=2
  > thread 101 rsp=0x7ffc00001000 rip=0x401000 orig_rax=202 rdi=0x500000 rsi=0x80 rdx=2 r10=0 
  > thread 102 rsp=0x7ffc00001000 rip=0x401000 orig_rax=202 rdi=0x500000 rsi=0x80 rdx=2 r10=0 
  > thread 103 rsp=0x7ffc00001000 rip=0x401000 orig_rax=202 rdi=0x500000 rsi=0x80 rdx=2 r10=0 
  > note OSMOSIS 0x4f534d01 "{\"format\":1,\"tool\":{\"name\":\"osmodump\",\"version\":\"0.1.0\"}}"
  > note OSMOSIS 0x4f534d03 "{\"format\":1,\"threads\":[{\"tid\":100,\"state\":\"S\",\"policy\":\"other\",\"priority\":20,\"nice\":0},{\"tid\":101,\"state\":\"S\",\"policy\":\"other\",\"priority\":20,\"nice\":0},{\"tid\":102,\"state\":\"S\",\"policy\":\"other\",\"priority\":20,\"nice\":0},{\"tid\":103,\"state\":\"S\",\"policy\":\"other\",\"priority\":20,\"nice\":0}],\"files\":[{\"fd\":0,\"target\":\"/etc/demo.conf\",\"detail\":\"\",\"position\":0,\"flags\":\"0x2\"}]}"
  > memory 0x401000 prot=rx fill 0x20 0x90
  > memory 0x500000 prot=rw u32 2 0 100 1 0 zero 0x14
  > memory 0x7ffc00001000 prot=rw zero 0x200
  > END
  $ mkdump hasnot.recipe hasnot
  $ found hasnot wait.message-box

It nearly has it: a program that waits for its user, and nobody else does; a loop of messages:

  $ cat > nearly.recipe <<'END'
  > elfcore x64
  > process pid=100 ppid=1 uid=0 gid=0 name=demo args=demo
  > thread 100 rsp=0x7ffc00001000 rip=0x401000 orig_rax=0 rdi=0
  > note OSMOSIS 0x4f534d01 "{\"format\":1,\"tool\":{\"name\":\"osmodump\",\"version\":\"0.1.0\"}}"
  > note OSMOSIS 0x4f534d03 "{\"format\":1,\"threads\":[{\"tid\":100,\"state\":\"S\",\"policy\":\"other\",\"priority\":20,\"nice\":0}],\"files\":[{\"fd\":0,\"target\":\"/dev/pts/3\",\"detail\":\"\",\"position\":0,\"flags\":\"0x2\"}]}"
  > memory 0x401000 prot=rx fill 0x20 0x90
  > memory 0x7ffc00001000 prot=rw zero 0x200
  > END
  $ mkdump nearly.recipe nearly
  $ found nearly wait.message-box



  $ cat > loop.recipe <<'END'
  > minidump x86
  > system windows 6.1.7601 cpus=2
  > misc size=24 pid=0x1100 create=1 user=1 kernel=2
  > module 0x400000 0x20000 C:\demo\app.exe pdb app.pdb 5A9832E5-2872-41C1-838E-D98914E9B7FF 1
  > module 0x7c900000 0x20000 C:\WINDOWS\system32\ntdll.dll pdb ntdll.pdb 5A9832E5-2872-41C1-838E-D98914E9B7FF 1
  > module 0x7e400000 0x20000 C:\WINDOWS\system32\user32.dll pdb user32.pdb 5A9832E5-2872-41C1-838E-D98914E9B7FF 1
  > memory 0x120000 zero 8 u32 0x120028 0x7e402020 0x0 0x0 0x0 0x0 0x0 0x0 0x120048 0x402020 0x0 0x300000 0x300020 0x10 0x0 0x0 0x120068 0x7c904020 0x0 0x0 0x0 0x0 0x0 0x0 0x0 0x0 0x0 0x0 0x0 0x0 0x0 0x0 zero 0x40
  > memory 0x121000 zero 8 u32 0x121028 0x7c905020 0x0 0x0 0x0 0x0 0x0 0x0 0x121048 0x7c906020 0x200100 0x0 0x0 0x0 0x0 0x0 0x121068 0x401020 0x200100 0x0 0x0 0x0 0x0 0x0 0x121088 0x7c904020 0x0 0x0 0x0 0x0 0x0 0x0 0x0 0x0 0x0 0x0 0x0 0x0 0x0 0x0 zero 0x40
  > memory 0x122000 zero 8 u32 0x122028 0x7c905020 0x0 0x0 0x0 0x0 0x0 0x0 0x122048 0x7c906020 0x200100 0x0 0x0 0x0 0x0 0x0 0x122068 0x401020 0x200100 0x0 0x0 0x0 0x0 0x0 0x122088 0x7c904020 0x0 0x0 0x0 0x0 0x0 0x0 0x0 0x0 0x0 0x0 0x0 0x0 0x0 0x0 zero 0x40
  > memory 0x123000 zero 8 u32 0x123028 0x7c905020 0x0 0x0 0x0 0x0 0x0 0x0 0x123048 0x7c906020 0x200100 0x0 0x0 0x0 0x0 0x0 0x123068 0x401020 0x200100 0x0 0x0 0x0 0x0 0x0 0x123088 0x7c904020 0x0 0x0 0x0 0x0 0x0 0x0 0x0 0x0 0x0 0x0 0x0 0x0 0x0 0x0 zero 0x40
  > memory 0x200000 u32 0 0x200100 0x200008 0x200008 0 0 0 0
  > memory 0x200100 u32 0x200000 0xfffffff2 1 0x10 0 0
  > memory 0x7ffdd000 u32 0x12ffb0 0x130000 0x12c000 at 0x7ffdd018 u32 0x7ffdd000 at 0x7ffdd020 u32 0x1100 0x10
  >   at 0x7ffdd030 u32 0x7ffdf000 0 0 zero 0x20
  > memory 0x7ffdf000 u8 0 0 0 0 u32 0 0x400000 0x300000 0x20000 0 0x140000 zero 0x84 u32 0 zero 0x20
  > memory 0x300000 wz "disk full" at 0x300020 wz "Printer" zero 0x100
  > thread 0x10 stack=0x120000 eip=0x7c909020 esp=0x120000 ebp=0x120008 teb=0x7ffdd000
  > thread 0x20 stack=0x121000 eip=0x7c909020 esp=0x121000 ebp=0x121008
  > thread 0x24 stack=0x122000 eip=0x7c909020 esp=0x122000 ebp=0x122008
  > thread 0x28 stack=0x123000 eip=0x7c909020 esp=0x123000 ebp=0x123008
  > END
  $ mkdump loop.recipe loop
  $ found loop wait.message-box
