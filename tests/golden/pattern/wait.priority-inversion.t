Priority inversion.

  $ found() { osmodump -q $1 -c '!analyze -v' | sed -n "/\[$2\]/,/^ *$/p"; }

It has it: the owner can run, at nice 10, and a thread of realtime policy waits for it:

  $ cat > has.recipe <<'END'
  > elfcore x64
  > process pid=100 ppid=1 uid=0 gid=0 name=demo args=demo
  > thread 100 rsp=0x7ffc00001000 rip=0x401000 orig_rax=0xffffffffffffffff 
  > thread 101 rsp=0x7ffc00001000 rip=0x401000 orig_rax=202 rdi=0x500000 rsi=0x80 rdx=2 r10=0 
  > note OSMOSIS 0x4f534d01 "{\"format\":1,\"tool\":{\"name\":\"osmodump\",\"version\":\"0.1.0\"}}"
  > note OSMOSIS 0x4f534d03 "{\"format\":1,\"threads\":[{\"tid\":100,\"state\":\"R\",\"policy\":\"other\",\"priority\":30,\"nice\":10},{\"tid\":101,\"state\":\"S\",\"policy\":\"fifo\",\"priority\":-51,\"nice\":0}],\"files\":[]}"
  > memory 0x401000 prot=rx fill 0x20 0x90
  > memory 0x500000 prot=rw u32 2 0 100 1 0 zero 0x14
  > memory 0x7ffc00001000 prot=rw zero 0x200
  > END
  $ mkdump has.recipe has
  $ found has wait.priority-inversion
  1. Priority inversion [wait.priority-inversion]: warning, 70 % sure
     Priority inversion: thread 1 (tid 101) (policy fifo, priority -51) waits for mutex at 0x500000, whose owner thread 0 (tid 100) can run but is of lower priority (policy other, nice 10).
     - thread 1 (tid 101) waits for mutex at 0x500000; known by its futex call, and what the word belongs to by its contents      [~1k]
     - owner of mutex at 0x500000: thread 0 (tid 100); 0000000000500008 has 0x64      [dd 0x500008 L1]
     - thread 0 (tid 100) runs      [~0k]
     Thresholds: inversion.steps=5 steps
     What to do: Let both have the same priority, or use a mutex that inherits priorities (PTHREAD_PRIO_INHERIT). Do as little as possible under a lock that urgent threads need.
  

It has it not: both are alike:

  $ cat > hasnot.recipe <<'END'
  > elfcore x64
  > process pid=100 ppid=1 uid=0 gid=0 name=demo args=demo
  > thread 100 rsp=0x7ffc00001000 rip=0x401000 orig_rax=0xffffffffffffffff 
  > thread 101 rsp=0x7ffc00001000 rip=0x401000 orig_rax=202 rdi=0x500000 rsi=0x80 rdx=2 r10=0 
  > note OSMOSIS 0x4f534d01 "{\"format\":1,\"tool\":{\"name\":\"osmodump\",\"version\":\"0.1.0\"}}"
  > note OSMOSIS 0x4f534d03 "{\"format\":1,\"threads\":[{\"tid\":100,\"state\":\"R\",\"policy\":\"other\",\"priority\":20,\"nice\":0},{\"tid\":101,\"state\":\"S\",\"policy\":\"other\",\"priority\":20,\"nice\":0}],\"files\":[]}"
  > memory 0x401000 prot=rx fill 0x20 0x90
  > memory 0x500000 prot=rw u32 2 0 100 1 0 zero 0x14
  > memory 0x7ffc00001000 prot=rw zero 0x200
  > END
  $ mkdump hasnot.recipe hasnot
  $ found hasnot wait.priority-inversion

It nearly has it: the owner sleeps, so that no processor would help it; and 4 steps of nice are few:

  $ cat > nearly.recipe <<'END'
  > elfcore x64
  > process pid=100 ppid=1 uid=0 gid=0 name=demo args=demo
  > thread 100 rsp=0x7ffc00001000 rip=0x401000 orig_rax=230 
  > thread 101 rsp=0x7ffc00001000 rip=0x401000 orig_rax=202 rdi=0x500000 rsi=0x80 rdx=2 r10=0 
  > note OSMOSIS 0x4f534d01 "{\"format\":1,\"tool\":{\"name\":\"osmodump\",\"version\":\"0.1.0\"}}"
  > note OSMOSIS 0x4f534d03 "{\"format\":1,\"threads\":[{\"tid\":100,\"state\":\"S\",\"policy\":\"other\",\"priority\":30,\"nice\":10},{\"tid\":101,\"state\":\"S\",\"policy\":\"fifo\",\"priority\":-51,\"nice\":0}],\"files\":[]}"
  > memory 0x401000 prot=rx fill 0x20 0x90
  > memory 0x500000 prot=rw u32 2 0 100 1 0 zero 0x14
  > memory 0x7ffc00001000 prot=rw zero 0x200
  > END
  $ mkdump nearly.recipe nearly
  $ found nearly wait.priority-inversion



  $ cat > few.recipe <<'END'
  > elfcore x64
  > process pid=100 ppid=1 uid=0 gid=0 name=demo args=demo
  > thread 100 rsp=0x7ffc00001000 rip=0x401000 orig_rax=0xffffffffffffffff 
  > thread 101 rsp=0x7ffc00001000 rip=0x401000 orig_rax=202 rdi=0x500000 rsi=0x80 rdx=2 r10=0 
  > note OSMOSIS 0x4f534d01 "{\"format\":1,\"tool\":{\"name\":\"osmodump\",\"version\":\"0.1.0\"}}"
  > note OSMOSIS 0x4f534d03 "{\"format\":1,\"threads\":[{\"tid\":100,\"state\":\"R\",\"policy\":\"other\",\"priority\":24,\"nice\":4},{\"tid\":101,\"state\":\"S\",\"policy\":\"other\",\"priority\":20,\"nice\":0}],\"files\":[]}"
  > memory 0x401000 prot=rx fill 0x20 0x90
  > memory 0x500000 prot=rw u32 2 0 100 1 0 zero 0x14
  > memory 0x7ffc00001000 prot=rw zero 0x200
  > END
  $ mkdump few.recipe few
  $ found few wait.priority-inversion

... until the user says that they are many:

  $ osmodump -q few -c '!analyze -t inversion.steps=4' | grep '^1'
  1. Priority inversion [wait.priority-inversion]: warning, 70 % sure
  $ found few wait.priority-inversion
