Coupled processes.

  $ found() { osmodump -q $1 -c '!analyze -v' | sed -n "/\[$2\]/,/^ *$/p"; }

It has it: the owner of the lock reads from a local socket; from a pipe of another process:

  $ cat > has.recipe <<'END'
  > elfcore x64
  > process pid=100 ppid=1 uid=0 gid=0 name=demo args=demo
  > thread 100 rsp=0x7ffc00001000 rip=0x401000 orig_rax=45 rdi=3 rsi=2
  > thread 101 rsp=0x7ffc00001000 rip=0x401000 orig_rax=202 rdi=0x500000 rsi=0x80 rdx=2 r10=0 
  > thread 102 rsp=0x7ffc00001000 rip=0x401000 orig_rax=202 rdi=0x500000 rsi=0x80 rdx=2 r10=0 
  > thread 103 rsp=0x7ffc00001000 rip=0x401000 orig_rax=202 rdi=0x500000 rsi=0x80 rdx=2 r10=0 
  > note OSMOSIS 0x4f534d01 "{\"format\":1,\"tool\":{\"name\":\"osmodump\",\"version\":\"0.1.0\"}}"
  > note OSMOSIS 0x4f534d03 "{\"format\":1,\"threads\":[{\"tid\":100,\"state\":\"S\",\"policy\":\"other\",\"priority\":20,\"nice\":0},{\"tid\":101,\"state\":\"S\",\"policy\":\"other\",\"priority\":20,\"nice\":0},{\"tid\":102,\"state\":\"S\",\"policy\":\"other\",\"priority\":20,\"nice\":0},{\"tid\":103,\"state\":\"S\",\"policy\":\"other\",\"priority\":20,\"nice\":0}],\"files\":[{\"fd\":3,\"target\":\"socket:[77]\",\"detail\":\"unix stream /run/helper.sock ESTABLISHED\",\"position\":0,\"flags\":\"0x2\"}]}"
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
  $ mkdir -p symbols/rpcrt4.pdb/5A9832E5287241C1838ED98914E9B7FF1
  $ cat > symbols/rpcrt4.pdb/5A9832E5287241C1838ED98914E9B7FF1/rpcrt4.sym <<'END'
  > MODULE windows x86 5A9832E5287241C1838ED98914E9B7FF1 rpcrt4.pdb
  > PUBLIC 1000 0 NdrClientCall2
  > PUBLIC 2000 0 LRPC_ADDRESS::ReceiveLotsaCalls
  > PUBLIC 3000 0 LRPC_CCALL::SendReceive
  > END
  $ found has wait.coupled-process
  1. Coupled processes [wait.coupled-process]: warning, 95 % sure
     Coupled processes: thread 0 (tid 100) waits for another process: unix stream /run/helper.sock ESTABLISHED (descriptor 3); 3 threads wait for it.
     - thread 0 (tid 100) waits for another process: unix stream /run/helper.sock ESTABLISHED (descriptor 3); known by its system call      [~0k]
     - owner of mutex at 0x500000: thread 0 (tid 100); 0000000000500008 has 0x64      [dd 0x500008 L1]
     Thresholds: outside.waiters=3 threads, outside.problem=10 threads
     What to do: Take a dump of the other process as well, best both at once (osmodump snap takes sets), and see what its thread does. Do not hold a lock over a call to another process.
  



  $ cat > pipe.recipe <<'END'
  > elfcore x64
  > process pid=100 ppid=1 uid=0 gid=0 name=demo args=demo
  > thread 100 rsp=0x7ffc00001000 rip=0x401000 orig_rax=0 rdi=3 rsi=2
  > thread 101 rsp=0x7ffc00001000 rip=0x401000 orig_rax=202 rdi=0x500000 rsi=0x80 rdx=2 r10=0 
  > thread 102 rsp=0x7ffc00001000 rip=0x401000 orig_rax=202 rdi=0x500000 rsi=0x80 rdx=2 r10=0 
  > thread 103 rsp=0x7ffc00001000 rip=0x401000 orig_rax=202 rdi=0x500000 rsi=0x80 rdx=2 r10=0 
  > note OSMOSIS 0x4f534d01 "{\"format\":1,\"tool\":{\"name\":\"osmodump\",\"version\":\"0.1.0\"}}"
  > note OSMOSIS 0x4f534d03 "{\"format\":1,\"threads\":[{\"tid\":100,\"state\":\"S\",\"policy\":\"other\",\"priority\":20,\"nice\":0},{\"tid\":101,\"state\":\"S\",\"policy\":\"other\",\"priority\":20,\"nice\":0},{\"tid\":102,\"state\":\"S\",\"policy\":\"other\",\"priority\":20,\"nice\":0},{\"tid\":103,\"state\":\"S\",\"policy\":\"other\",\"priority\":20,\"nice\":0}],\"files\":[{\"fd\":3,\"target\":\"pipe:[99]\",\"detail\":\"\",\"position\":0,\"flags\":\"0x0\"}]}"
  > memory 0x401000 prot=rx fill 0x20 0x90
  > memory 0x500000 prot=rw u32 2 0 100 1 0 zero 0x14
  > memory 0x7ffc00001000 prot=rw zero 0x200
  > END
  $ mkdump pipe.recipe pipe
  $ found pipe wait.coupled-process
  1. Coupled processes [wait.coupled-process]: warning, 95 % sure
     Coupled processes: thread 0 (tid 100) waits for another process: pipe:[99] (descriptor 3); 3 threads wait for it.
     - thread 0 (tid 100) waits for another process: pipe:[99] (descriptor 3); known by its system call      [~0k]
     - owner of mutex at 0x500000: thread 0 (tid 100); 0000000000500008 has 0x64      [dd 0x500008 L1]
     Thresholds: outside.waiters=3 threads, outside.problem=10 threads
     What to do: Take a dump of the other process as well, best both at once (osmodump snap takes sets), and see what its thread does. Do not hold a lock over a call to another process.
  

It has it, on Windows: a remote procedure call, with a critical section held:

  $ cat > rpc.recipe <<'END'
  > minidump x86
  > system windows 6.1.7601 cpus=2
  > misc size=24 pid=0x1100 create=1 user=1 kernel=2
  > module 0x400000 0x20000 C:\demo\app.exe pdb app.pdb 5A9832E5-2872-41C1-838E-D98914E9B7FF 1
  > module 0x7c900000 0x20000 C:\WINDOWS\system32\ntdll.dll pdb ntdll.pdb 5A9832E5-2872-41C1-838E-D98914E9B7FF 1
  > module 0x77e70000 0x20000 C:\WINDOWS\system32\rpcrt4.dll pdb rpcrt4.pdb 5A9832E5-2872-41C1-838E-D98914E9B7FF 1
  > memory 0x120000 zero 8 u32 0x120028 0x77e73020 0x0 0x0 0x0 0x0 0x0 0x0 0x120048 0x77e71020 0x0 0x0 0x0 0x0 0x0 0x0 0x120068 0x403020 0x0 0x0 0x0 0x0 0x0 0x0 0x120088 0x7c904020 0x0 0x0 0x0 0x0 0x0 0x0 0x0 0x0 0x0 0x0 0x0 0x0 0x0 0x0 zero 0x40
  > memory 0x121000 zero 8 u32 0x121028 0x7c905020 0x0 0x0 0x0 0x0 0x0 0x0 0x121048 0x7c906020 0x200100 0x0 0x0 0x0 0x0 0x0 0x121068 0x401020 0x200100 0x0 0x0 0x0 0x0 0x0 0x121088 0x7c904020 0x0 0x0 0x0 0x0 0x0 0x0 0x0 0x0 0x0 0x0 0x0 0x0 0x0 0x0 zero 0x40
  > memory 0x122000 zero 8 u32 0x122028 0x7c905020 0x0 0x0 0x0 0x0 0x0 0x0 0x122048 0x7c906020 0x200100 0x0 0x0 0x0 0x0 0x0 0x122068 0x401020 0x200100 0x0 0x0 0x0 0x0 0x0 0x122088 0x7c904020 0x0 0x0 0x0 0x0 0x0 0x0 0x0 0x0 0x0 0x0 0x0 0x0 0x0 0x0 zero 0x40
  > memory 0x123000 zero 8 u32 0x123028 0x7c905020 0x0 0x0 0x0 0x0 0x0 0x0 0x123048 0x7c906020 0x200100 0x0 0x0 0x0 0x0 0x0 0x123068 0x401020 0x200100 0x0 0x0 0x0 0x0 0x0 0x123088 0x7c904020 0x0 0x0 0x0 0x0 0x0 0x0 0x0 0x0 0x0 0x0 0x0 0x0 0x0 0x0 zero 0x40
  > memory 0x200000 u32 0 0x200100 0x200008 0x200008 0 0 0 0
  > memory 0x200100 u32 0x200000 0xfffffff2 1 0x10 0 0
  > memory 0x7ffdd000 u32 0x12ffb0 0x130000 0x12c000 at 0x7ffdd018 u32 0x7ffdd000 at 0x7ffdd020 u32 0x1100 0x10
  >   at 0x7ffdd030 u32 0x7ffdf000 0 0 zero 0x20
  > memory 0x7ffdf000 u8 0 0 0 0 u32 0 0x400000 0x300000 0x20000 0 0x140000 zero 0x84 u32 0 zero 0x20
  > thread 0x10 stack=0x120000 eip=0x7c908020 esp=0x120000 ebp=0x120008 teb=0x7ffdd000
  > thread 0x20 stack=0x121000 eip=0x7c909020 esp=0x121000 ebp=0x121008
  > thread 0x24 stack=0x122000 eip=0x7c909020 esp=0x122000 ebp=0x122008
  > thread 0x28 stack=0x123000 eip=0x7c909020 esp=0x123000 ebp=0x123008
  > END
  $ mkdump rpc.recipe rpc
  $ found rpc wait.coupled-process
  1. Coupled processes [wait.coupled-process]: warning, 90 % sure
     Coupled processes: thread 0 (tid 0x10) waits for another process: the server of a remote procedure call; 3 threads wait for it.
     - thread 0 (tid 0x10) waits for another process: the server of a remote procedure call; known by NdrClientCall2 on its stack      [~0k]
     - owner of critical section at 0x200100: thread 0 (tid 0x10); 0020010c has 0x10      [dd 0x20010c L1]
     Thresholds: outside.waiters=3 threads, outside.problem=10 threads
     What to do: Take a dump of the other process as well, best both at once (osmodump snap takes sets), and see what its thread does. Do not hold a lock over a call to another process.
  

It has it not: what is read is a file:

  $ cat > hasnot.recipe <<'END'
  > elfcore x64
  > process pid=100 ppid=1 uid=0 gid=0 name=demo args=demo
  > thread 100 rsp=0x7ffc00001000 rip=0x401000 orig_rax=0 rdi=3 rsi=2
  > thread 101 rsp=0x7ffc00001000 rip=0x401000 orig_rax=202 rdi=0x500000 rsi=0x80 rdx=2 r10=0 
  > thread 102 rsp=0x7ffc00001000 rip=0x401000 orig_rax=202 rdi=0x500000 rsi=0x80 rdx=2 r10=0 
  > thread 103 rsp=0x7ffc00001000 rip=0x401000 orig_rax=202 rdi=0x500000 rsi=0x80 rdx=2 r10=0 
  > note OSMOSIS 0x4f534d01 "{\"format\":1,\"tool\":{\"name\":\"osmodump\",\"version\":\"0.1.0\"}}"
  > note OSMOSIS 0x4f534d03 "{\"format\":1,\"threads\":[{\"tid\":100,\"state\":\"S\",\"policy\":\"other\",\"priority\":20,\"nice\":0},{\"tid\":101,\"state\":\"S\",\"policy\":\"other\",\"priority\":20,\"nice\":0},{\"tid\":102,\"state\":\"S\",\"policy\":\"other\",\"priority\":20,\"nice\":0},{\"tid\":103,\"state\":\"S\",\"policy\":\"other\",\"priority\":20,\"nice\":0}],\"files\":[{\"fd\":3,\"target\":\"/var/lib/demo/data\",\"detail\":\"\",\"position\":0,\"flags\":\"0x2\"}]}"
  > memory 0x401000 prot=rx fill 0x20 0x90
  > memory 0x500000 prot=rw u32 2 0 100 1 0 zero 0x14
  > memory 0x7ffc00001000 prot=rw zero 0x200
  > END
  $ mkdump hasnot.recipe hasnot
  $ found hasnot wait.coupled-process

It nearly has it: the process has the other end of the pipe itself; a server waits for its next request:

  $ cat > nearly.recipe <<'END'
  > elfcore x64
  > process pid=100 ppid=1 uid=0 gid=0 name=demo args=demo
  > thread 100 rsp=0x7ffc00001000 rip=0x401000 orig_rax=0 rdi=3 rsi=2
  > thread 101 rsp=0x7ffc00001000 rip=0x401000 orig_rax=202 rdi=0x500000 rsi=0x80 rdx=2 r10=0 
  > thread 102 rsp=0x7ffc00001000 rip=0x401000 orig_rax=202 rdi=0x500000 rsi=0x80 rdx=2 r10=0 
  > thread 103 rsp=0x7ffc00001000 rip=0x401000 orig_rax=202 rdi=0x500000 rsi=0x80 rdx=2 r10=0 
  > note OSMOSIS 0x4f534d01 "{\"format\":1,\"tool\":{\"name\":\"osmodump\",\"version\":\"0.1.0\"}}"
  > note OSMOSIS 0x4f534d03 "{\"format\":1,\"threads\":[{\"tid\":100,\"state\":\"S\",\"policy\":\"other\",\"priority\":20,\"nice\":0},{\"tid\":101,\"state\":\"S\",\"policy\":\"other\",\"priority\":20,\"nice\":0},{\"tid\":102,\"state\":\"S\",\"policy\":\"other\",\"priority\":20,\"nice\":0},{\"tid\":103,\"state\":\"S\",\"policy\":\"other\",\"priority\":20,\"nice\":0}],\"files\":[{\"fd\":3,\"target\":\"pipe:[99]\",\"detail\":\"\",\"position\":0,\"flags\":\"0x0\"},{\"fd\":4,\"target\":\"pipe:[99]\",\"detail\":\"\",\"position\":0,\"flags\":\"0x1\"}]}"
  > memory 0x401000 prot=rx fill 0x20 0x90
  > memory 0x500000 prot=rw u32 2 0 100 1 0 zero 0x14
  > memory 0x7ffc00001000 prot=rw zero 0x200
  > END
  $ mkdump nearly.recipe nearly
  $ found nearly wait.coupled-process



  $ cat > server.recipe <<'END'
  > minidump x86
  > system windows 6.1.7601 cpus=2
  > misc size=24 pid=0x1100 create=1 user=1 kernel=2
  > module 0x400000 0x20000 C:\demo\app.exe pdb app.pdb 5A9832E5-2872-41C1-838E-D98914E9B7FF 1
  > module 0x7c900000 0x20000 C:\WINDOWS\system32\ntdll.dll pdb ntdll.pdb 5A9832E5-2872-41C1-838E-D98914E9B7FF 1
  > module 0x77e70000 0x20000 C:\WINDOWS\system32\rpcrt4.dll pdb rpcrt4.pdb 5A9832E5-2872-41C1-838E-D98914E9B7FF 1
  > memory 0x120000 zero 8 u32 0x120028 0x77e72020 0x0 0x0 0x0 0x0 0x0 0x0 0x120048 0x7c904020 0x0 0x0 0x0 0x0 0x0 0x0 0x0 0x0 0x0 0x0 0x0 0x0 0x0 0x0 zero 0x40
  > memory 0x121000 zero 8 u32 0x121028 0x7c905020 0x0 0x0 0x0 0x0 0x0 0x0 0x121048 0x7c906020 0x200100 0x0 0x0 0x0 0x0 0x0 0x121068 0x401020 0x200100 0x0 0x0 0x0 0x0 0x0 0x121088 0x7c904020 0x0 0x0 0x0 0x0 0x0 0x0 0x0 0x0 0x0 0x0 0x0 0x0 0x0 0x0 zero 0x40
  > memory 0x122000 zero 8 u32 0x122028 0x7c905020 0x0 0x0 0x0 0x0 0x0 0x0 0x122048 0x7c906020 0x200100 0x0 0x0 0x0 0x0 0x0 0x122068 0x401020 0x200100 0x0 0x0 0x0 0x0 0x0 0x122088 0x7c904020 0x0 0x0 0x0 0x0 0x0 0x0 0x0 0x0 0x0 0x0 0x0 0x0 0x0 0x0 zero 0x40
  > memory 0x123000 zero 8 u32 0x123028 0x7c905020 0x0 0x0 0x0 0x0 0x0 0x0 0x123048 0x7c906020 0x200100 0x0 0x0 0x0 0x0 0x0 0x123068 0x401020 0x200100 0x0 0x0 0x0 0x0 0x0 0x123088 0x7c904020 0x0 0x0 0x0 0x0 0x0 0x0 0x0 0x0 0x0 0x0 0x0 0x0 0x0 0x0 zero 0x40
  > memory 0x200000 u32 0 0x200100 0x200008 0x200008 0 0 0 0
  > memory 0x200100 u32 0x200000 0xfffffff2 1 0x10 0 0
  > memory 0x7ffdd000 u32 0x12ffb0 0x130000 0x12c000 at 0x7ffdd018 u32 0x7ffdd000 at 0x7ffdd020 u32 0x1100 0x10
  >   at 0x7ffdd030 u32 0x7ffdf000 0 0 zero 0x20
  > memory 0x7ffdf000 u8 0 0 0 0 u32 0 0x400000 0x300000 0x20000 0 0x140000 zero 0x84 u32 0 zero 0x20
  > thread 0x10 stack=0x120000 eip=0x7c908020 esp=0x120000 ebp=0x120008 teb=0x7ffdd000
  > thread 0x20 stack=0x121000 eip=0x7c909020 esp=0x121000 ebp=0x121008
  > thread 0x24 stack=0x122000 eip=0x7c909020 esp=0x122000 ebp=0x122008
  > thread 0x28 stack=0x123000 eip=0x7c909020 esp=0x123000 ebp=0x123008
  > END
  $ mkdump server.recipe server
  $ found server wait.coupled-process

It has it: a call over a port; what is sent is a message that had been answered before, and has the ids of who did:

  $ cat > alpc.recipe <<'END'
  > minidump x86
  > system windows 6.1.7601 cpus=2
  > misc size=24 pid=0x1100 create=1 user=1 kernel=2
  > module 0x400000 0x20000 C:\demo\app.exe pdb app.pdb 5A9832E5-2872-41C1-838E-D98914E9B7FF 1
  > module 0x7c900000 0x20000 C:\WINDOWS\system32\ntdll.dll pdb ntdll.pdb 5A9832E5-2872-41C1-838E-D98914E9B7FF 1
  > memory 0x120000 zero 8 u32 0x120028 0x403020 0x30 0x20000 0x200200 0 0 0 0 0 0x120048 0x7c904020 zero 0x80
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
  > thread 0x10 stack=0x120000 eip=0x7c908020 esp=0x120000 ebp=0x120008 teb=0x7ffdd000
  > handle 0x30 type="ALPC Port" name="\\RPC Control\\ledger"
  > END
  $ mkdump alpc.recipe alpc
  $ found alpc wait.coupled-process
  1. Coupled processes [wait.coupled-process]: warning, 90 % sure
     Coupled processes: thread 3 (tid 0x10) waits for another process: the server of a local procedure call; 3 threads wait for it.
     - thread 3 (tid 0x10) waits for another process: the server of a local procedure call; known by NtAlpcSendWaitReceivePort on its stack      [~3k]
     - owner of critical section at 0x200100: thread 3 (tid 0x10); 0020010c has 0x10      [dd 0x20010c L1]
     Thresholds: outside.waiters=3 threads, outside.problem=10 threads
     What to do: Take a dump of the other process as well, best both at once (osmodump snap takes sets), and see what its thread does. Do not hold a lock over a call to another process.
  
  $ osmodump -q alpc -y symbols -c '!analyze -v' | grep 'waits for ALPC'
        Wait chain: 3 threads wait for what thread 3 (tid 0x10) holds, which itself waits for ALPC Port "\RPC Control\ledger" (handle 0x30).
        - thread 3 (tid 0x10) waits for ALPC Port "\RPC Control\ledger" (handle 0x30); known by argument of NtAlpcSendWaitReceivePort; what it sent has the ids of process 0xdec, thread 0x4a8      [~3k]

It has it not: the thread waits for the next request, as the flags say:

  $ cat > request.recipe <<'END'
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
  > thread 0x10 stack=0x120000 eip=0x7c908020 esp=0x120000 ebp=0x120008 teb=0x7ffdd000
  > handle 0x30 type="ALPC Port" name="\\RPC Control\\ledger"
  > END
  $ mkdump request.recipe request
  $ found request wait.coupled-process

It has it: a process that is not a child, by its handle; a pipe, of which the process has one end; nearly, with both ends:

  $ cat > process.recipe <<'END'
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
  > handle 0x30 type=Process info=4:0301000000e0fd7f03000000080000002c050000d0070000
  > END
  $ mkdump process.recipe process
  $ found process wait.coupled-process | head -3
  1. Coupled processes [wait.coupled-process]: warning, 90 % sure
     Coupled processes: thread 3 (tid 0x10) waits for another process: Process 0x52c (handle 0x30); 3 threads wait for it.
     - thread 3 (tid 0x10) waits for another process: Process 0x52c (handle 0x30); known by the handle that it waits for      [~3k]
  $ echo 'PUBLIC a000 0 NtReadFile' >> symbols/ntdll.pdb/5A9832E5287241C1838ED98914E9B7FF1/ntdll.sym
  $ cat > file.recipe <<'END'
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
  > thread 0x10 stack=0x120000 eip=0x7c90a014 esp=0x120000 ebp=0x120008 teb=0x7ffdd000
  > handle 0x30 type=File name=\Device\NamedPipe\ledger
  > END
  $ mkdump file.recipe file
  $ found file wait.coupled-process | head -3
  1. Coupled processes [wait.coupled-process]: warning, 90 % sure
     Coupled processes: thread 3 (tid 0x10) waits for another process: File "\Device\NamedPipe\ledger" (handle 0x30); 3 threads wait for it.
     - thread 3 (tid 0x10) waits for another process: File "\Device\NamedPipe\ledger" (handle 0x30); known by the handle that it waits for      [~3k]
  $ sed '/handle 0x30/{p;s/0x30/0x34/;}' file.recipe > ends.recipe
  $ mkdump ends.recipe ends
  $ found ends wait.coupled-process | head -3
