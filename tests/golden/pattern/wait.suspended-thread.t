Suspended threads.

  $ found() { osmodump -q $1 -c '!analyze -v' | sed -n "/\[$2\]/,/^ *$/p"; }

It has it: all threads but the writer's have the count of the writer, one has another:

  $ cat > has.recipe <<'END'
  > minidump x64
  > system windows 10.0.19045
  > module 0x140000000 0x10000 C:\demo\demo.exe
  > module 0x7ff800000000 0x10000 C:\Windows\System32\ntdll.dll
  > memory 0x140001000 fill 0x20 0x90
  > memory 0x20f000 zero 0x100
  > thread 0x10 suspend=0 rip=0x140001000 rsp=0x20f000 
  > thread 0x14 suspend=1 rip=0x140001000 rsp=0x20f000 
  > thread 0x18 suspend=1 rip=0x140001000 rsp=0x20f000 
  > thread 0x1c suspend=2 rip=0x140001000 rsp=0x20f000 
  > END
  $ mkdump has.recipe has
  $ found has wait.suspended-thread
  1. Suspended threads [wait.suspended-thread]: warning, 80 % sure
     Suspended threads: 1 of 4 threads is suspended, the first is thread 3 (tid 0x1c).
     - suspend count of thread 3 (tid 0x1c); 0x2      [~3]
     What to do: Find who suspended them: never suspend a thread of the own process that may hold a lock. A process that was stopped goes on with SIGCONT.
  

It has it not: what the writer of the dump did:

  $ cat > hasnot.recipe <<'END'
  > minidump x64
  > system windows 10.0.19045
  > module 0x140000000 0x10000 C:\demo\demo.exe
  > module 0x7ff800000000 0x10000 C:\Windows\System32\ntdll.dll
  > memory 0x140001000 fill 0x20 0x90
  > memory 0x20f000 zero 0x100
  > thread 0x10 suspend=0 rip=0x140001000 rsp=0x20f000 
  > thread 0x14 suspend=1 rip=0x140001000 rsp=0x20f000 
  > thread 0x18 suspend=1 rip=0x140001000 rsp=0x20f000 
  > thread 0x1c suspend=1 rip=0x140001000 rsp=0x20f000 
  > END
  $ mkdump hasnot.recipe hasnot
  $ found hasnot wait.suspended-thread

It nearly has it: the one that was not suspended may be the writer:

  $ cat > nearly.recipe <<'END'
  > minidump x64
  > system windows 10.0.19045
  > module 0x140000000 0x10000 C:\demo\demo.exe
  > module 0x7ff800000000 0x10000 C:\Windows\System32\ntdll.dll
  > memory 0x140001000 fill 0x20 0x90
  > memory 0x20f000 zero 0x100
  > thread 0x10 suspend=0 rip=0x140001000 rsp=0x20f000 
  > thread 0x14 suspend=1 rip=0x140001000 rsp=0x20f000 
  > END
  $ mkdump nearly.recipe nearly
  $ found nearly wait.suspended-thread

It has it, on Linux: the whole process was stopped; and not: it sleeps:

  $ cat > stopped.recipe <<'END'
  > elfcore x64
  > process pid=100 ppid=1 uid=0 gid=0 name=demo args=demo
  > thread 100 rsp=0x7ffc00001000 rip=0x401000 orig_rax=230 
  > thread 101 rsp=0x7ffc00001000 rip=0x401000 orig_rax=230 
  > note OSMOSIS 0x4f534d01 "{\"format\":1,\"tool\":{\"name\":\"osmodump\",\"version\":\"0.1.0\"}}"
  > note OSMOSIS 0x4f534d03 "{\"format\":1,\"threads\":[{\"tid\":100,\"state\":\"T\",\"policy\":\"other\",\"priority\":20,\"nice\":0},{\"tid\":101,\"state\":\"T\",\"policy\":\"other\",\"priority\":20,\"nice\":0}],\"files\":[]}"
  > memory 0x401000 prot=rx fill 0x20 0x90
  > memory 0x7ffc00001000 prot=rw zero 0x200
  > END
  $ mkdump stopped.recipe stopped
  $ found stopped wait.suspended-thread
  1. Suspended threads [wait.suspended-thread]: warning, 90 % sure
     Suspended threads: all 2 threads of the process were stopped.
     - thread 0 (tid 100) is in state T (stopped)      [~0k]
     - thread 1 (tid 101) is in state T (stopped)      [~1k]
     What to do: Find who suspended them: never suspend a thread of the own process that may hold a lock. A process that was stopped goes on with SIGCONT.
  



  $ cat > sleeps.recipe <<'END'
  > elfcore x64
  > process pid=100 ppid=1 uid=0 gid=0 name=demo args=demo
  > thread 100 rsp=0x7ffc00001000 rip=0x401000 orig_rax=230 
  > thread 101 rsp=0x7ffc00001000 rip=0x401000 orig_rax=230 
  > note OSMOSIS 0x4f534d01 "{\"format\":1,\"tool\":{\"name\":\"osmodump\",\"version\":\"0.1.0\"}}"
  > note OSMOSIS 0x4f534d03 "{\"format\":1,\"threads\":[{\"tid\":100,\"state\":\"S\",\"policy\":\"other\",\"priority\":20,\"nice\":0},{\"tid\":101,\"state\":\"S\",\"policy\":\"other\",\"priority\":20,\"nice\":0}],\"files\":[]}"
  > memory 0x401000 prot=rx fill 0x20 0x90
  > memory 0x7ffc00001000 prot=rw zero 0x200
  > END
  $ mkdump sleeps.recipe sleeps
  $ found sleeps wait.suspended-thread
