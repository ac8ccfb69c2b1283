File lock.

  $ found() { osmodump -q $1 -c '!analyze -v' | sed -n "/\[$2\]/,/^ *$/p"; }

It has it: the owner of the mutex waits for a lock on a file:

  $ cat > has.recipe <<'END'
  > elfcore x64
  > process pid=100 ppid=1 uid=0 gid=0 name=demo args=demo
  > thread 100 rsp=0x7ffc00001000 rip=0x401000 orig_rax=73 rdi=3 rsi=2
  > thread 101 rsp=0x7ffc00001000 rip=0x401000 orig_rax=202 rdi=0x500000 rsi=0x80 rdx=2 r10=0 
  > thread 102 rsp=0x7ffc00001000 rip=0x401000 orig_rax=202 rdi=0x500000 rsi=0x80 rdx=2 r10=0 
  > thread 103 rsp=0x7ffc00001000 rip=0x401000 orig_rax=202 rdi=0x500000 rsi=0x80 rdx=2 r10=0 
  > note OSMOSIS 0x4f534d01 "{\"format\":1,\"tool\":{\"name\":\"osmodump\",\"version\":\"0.1.0\"}}"
  > note OSMOSIS 0x4f534d03 "{\"format\":1,\"threads\":[{\"tid\":100,\"state\":\"S\",\"policy\":\"other\",\"priority\":20,\"nice\":0},{\"tid\":101,\"state\":\"S\",\"policy\":\"other\",\"priority\":20,\"nice\":0},{\"tid\":102,\"state\":\"S\",\"policy\":\"other\",\"priority\":20,\"nice\":0},{\"tid\":103,\"state\":\"S\",\"policy\":\"other\",\"priority\":20,\"nice\":0}],\"files\":[{\"fd\":3,\"target\":\"/var/lib/demo/lock\",\"detail\":\"\",\"position\":0,\"flags\":\"0x2\"}]}"
  > memory 0x401000 prot=rx fill 0x20 0x90
  > memory 0x500000 prot=rw u32 2 0 100 1 0 zero 0x14
  > memory 0x7ffc00001000 prot=rw zero 0x200
  > END
  $ mkdump has.recipe has
  $ found has wait.file-lock
  1. File lock [wait.file-lock]: warning, 95 % sure
     File lock: thread 0 (tid 100) waits for a lock on a file: /var/lib/demo/lock (descriptor 3); 3 threads wait for it.
     - thread 0 (tid 100) waits for a lock on a file: /var/lib/demo/lock (descriptor 3); known by its system call      [~0k]
     - owner of mutex at 0x500000: thread 0 (tid 100); 0000000000500008 has 0x64      [dd 0x500008 L1]
     Thresholds: outside.waiters=3 threads, outside.problem=10 threads
     What to do: Ask who has the lock: a snapshot says it where the kernel told, else /proc/locks and lslocks do. Do not hold a lock of the process while waiting for one on a file.
  

It has it: the snapshot recorded which process has the lock; it is another, or this one itself:

  $ sed 's,\\"target\\":\\"/var/lib/demo/lock\\",&\,\\"locked_by\\":4711,' has.recipe > holder.recipe
  $ mkdump holder.recipe holder
  $ found holder wait.file-lock | sed -n 2,4p
     File lock: thread 0 (tid 100) waits for a lock on a file: /var/lib/demo/lock (descriptor 3), which process 4711 has; 3 threads wait for it.
     - thread 0 (tid 100) waits for a lock on a file: /var/lib/demo/lock (descriptor 3); known by its system call      [~0k]
     - process that has the lock on the file; 0x1267      [!handle]
  $ sed 's,4711,100,' holder.recipe > own.recipe; mkdump own.recipe own
  $ found own wait.file-lock | sed -n 2p
     File lock: thread 0 (tid 100) waits for a lock on a file: /var/lib/demo/lock (descriptor 3), which this process has itself; 3 threads wait for it.

It has it not: nobody waits for the thread that does:

  $ cat > hasnot.recipe <<'END'
  > elfcore x64
  > process pid=100 ppid=1 uid=0 gid=0 name=demo args=demo
  > thread 100 rsp=0x7ffc00001000 rip=0x401000 orig_rax=73 rdi=3 rsi=2
  > thread 101 rsp=0x7ffc00001000 rip=0x401000 orig_rax=230 
  > note OSMOSIS 0x4f534d01 "{\"format\":1,\"tool\":{\"name\":\"osmodump\",\"version\":\"0.1.0\"}}"
  > note OSMOSIS 0x4f534d03 "{\"format\":1,\"threads\":[{\"tid\":100,\"state\":\"S\",\"policy\":\"other\",\"priority\":20,\"nice\":0},{\"tid\":101,\"state\":\"S\",\"policy\":\"other\",\"priority\":20,\"nice\":0}],\"files\":[{\"fd\":3,\"target\":\"/var/lib/demo/lock\",\"detail\":\"\",\"position\":0,\"flags\":\"0x2\"}]}"
  > memory 0x401000 prot=rx fill 0x20 0x90
  > memory 0x7ffc00001000 prot=rw zero 0x200
  > END
  $ mkdump hasnot.recipe hasnot
  $ found hasnot wait.file-lock

It nearly has it: fcntl(2) that asks for something else:

  $ cat > nearly.recipe <<'END'
  > elfcore x64
  > process pid=100 ppid=1 uid=0 gid=0 name=demo args=demo
  > thread 100 rsp=0x7ffc00001000 rip=0x401000 orig_rax=72 rdi=3 rsi=3
  > thread 101 rsp=0x7ffc00001000 rip=0x401000 orig_rax=202 rdi=0x500000 rsi=0x80 rdx=2 r10=0 
  > thread 102 rsp=0x7ffc00001000 rip=0x401000 orig_rax=202 rdi=0x500000 rsi=0x80 rdx=2 r10=0 
  > thread 103 rsp=0x7ffc00001000 rip=0x401000 orig_rax=202 rdi=0x500000 rsi=0x80 rdx=2 r10=0 
  > note OSMOSIS 0x4f534d01 "{\"format\":1,\"tool\":{\"name\":\"osmodump\",\"version\":\"0.1.0\"}}"
  > note OSMOSIS 0x4f534d03 "{\"format\":1,\"threads\":[{\"tid\":100,\"state\":\"S\",\"policy\":\"other\",\"priority\":20,\"nice\":0},{\"tid\":101,\"state\":\"S\",\"policy\":\"other\",\"priority\":20,\"nice\":0},{\"tid\":102,\"state\":\"S\",\"policy\":\"other\",\"priority\":20,\"nice\":0},{\"tid\":103,\"state\":\"S\",\"policy\":\"other\",\"priority\":20,\"nice\":0}],\"files\":[{\"fd\":3,\"target\":\"/var/lib/demo/lock\",\"detail\":\"\",\"position\":0,\"flags\":\"0x2\"}]}"
  > memory 0x401000 prot=rx fill 0x20 0x90
  > memory 0x500000 prot=rw u32 2 0 100 1 0 zero 0x14
  > memory 0x7ffc00001000 prot=rw zero 0x200
  > END
  $ mkdump nearly.recipe nearly
  $ found nearly wait.file-lock
