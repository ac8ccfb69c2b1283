Process state of a Linux process: the same commands, and !auxv and !environ

  $ cat > core.recipe <<'END'
  > elfcore x64
  > process pid=4711 ppid=1 uid=1000 gid=1000 name=demo args="demo --fast" state=R
  > thread 4711 signal=11 user=0.01 system=0.002 rip=0x401010 rsp=0x7ffc00000000 fs_base=0x7f0000001700 rdi=0x404100 rsi=128
  >   rdx=2 orig_rax=202
  > siginfo 11 1 addr=0xdead0
  > thread 4712 user=1.5 rip=0x401010 rsp=0x7ffc00000000 fs_base=0x7f0000002700 rdi=0x404140 rsi=128 rdx=2 orig_rax=202
  > thread 4713 rip=0x401010 rsp=0x7ffc00000000 rdi=0x404140 rsi=128 rdx=2 orig_rax=202
  > thread 4714 rip=0x401010 rsp=0x7ffc00000000 rdi=0x404180 rsi=128 rdx=2 orig_rax=202
  > auxv PAGESZ=4096 CLKTCK=100 ENTRY=0x401000 UID=1000 RANDOM=0x7ffc00000200 EXECFN=0x7ffc00000240
  > file 0x400000 0x401000 0 /usr/bin/demo
  > file 0x401000 0x403000 0x1000 /usr/bin/demo
  > memory 0x401000 prot=rx fill 0x20 0x90
  > memory 0x404100 prot=rw u32 2 0 4712 1 0 0 at 0x404140 u32 2 1 4711 1 1 0 at 0x404180 u32 7 zero 0x24
  > memory 0x7f0000001700 prot=rw u64 0x7f0000001700 0x7f0000003000 0x7f0000001700
  > memory 0x7ffc00000000 prot=rw u64 1 0x7ffc00000240 0 0x7ffc00000250 0x7ffc00000260 0
  >   u64 6 4096 17 100 9 0x401000 11 1000 25 0x7ffc00000200 31 0x7ffc00000240 0 0
  >   at 0x7ffc00000240 z "./demo" at 0x7ffc00000250 z "HOME=/root" at 0x7ffc00000260 z "LANG=C"
  > END
  $ mkdump core.recipe core

Two threads that hold each other's mutex; a third waits for one of them, a fourth for something
that nothing tells about:

  $ osmodump -q core -c '!locks'
  
  mutex 0x404100 at 00000000`00404100
  Kind               normal
  OwningThread       4712 (thread 1)
  Waiting threads    0 (tids 4711)
  Known by           its contents, which fit a mutex of this process
  *** Deadlock: threads 0 and 1 hold each other's lock
  *** Locked
  
  mutex 0x404140 at 00000000`00404140
  Kind               recursive
  RecursionCount     1
  OwningThread       4711 (thread 0)
  Waiting threads    1 2 (tids 4712 4713)
  Known by           its contents, which fit a mutex of this process
  *** Deadlock: threads 0 and 1 hold each other's lock
  *** Locked
  
  futex 0x404180 at 00000000`00404180
  Waiting threads    3 (tids 4714)
  Known by           the futex call only: no frame tells what it belongs to
  
  3 of the 3 objects that threads wait for shown
  $ osmodump -q --json core -c '!locks'
  {"kind":"futex_object","type":"mutex","symbol":{"address":"0x404100"},"address":"0x404100","locked":true,"mutex_kind":"normal","owner_tid":4712,"owner":1,"waiting":[0],"waiting_tids":[4711],"known_by":"its contents, which fit a mutex of this process","deadlock":[0,1],"deadlock_text":"Deadlock: threads 0 and 1 hold each other's lock"}
  {"kind":"futex_object","type":"mutex","symbol":{"address":"0x404140"},"address":"0x404140","locked":true,"mutex_kind":"recursive","recursion":1,"owner_tid":4711,"owner":0,"waiting":[1,2],"waiting_tids":[4712,4713],"known_by":"its contents, which fit a mutex of this process","deadlock":[0,1],"deadlock_text":"Deadlock: threads 0 and 1 hold each other's lock"}
  {"kind":"futex_object","type":"futex","symbol":{"address":"0x404180"},"address":"0x404180","waiting":[3],"waiting_tids":[4714],"known_by":"the futex call only: no frame tells what it belongs to"}

  $ osmodump -q core -c '!auxv; !environ'
    6 AT_PAGESZ             00000000`00001000  4096
   17 AT_CLKTCK             00000000`00000064  100
    9 AT_ENTRY              00000000`00401000  demo+0x1000
   11 AT_UID                00000000`000003e8  1000
   25 AT_RANDOM             00007ffc`00000200
   31 AT_EXECFN             00007ffc`00000240  "./demo"
  HOME=/root
  LANG=C
  $ osmodump -q --json core -c '!auxv; !environ'
  {"kind":"auxv","type":6,"name":"AT_PAGESZ","value":"0x1000","number":4096}
  {"kind":"auxv","type":17,"name":"AT_CLKTCK","value":"0x64","number":100}
  {"kind":"auxv","type":9,"name":"AT_ENTRY","value":"0x401000","symbol":{"module":"demo","offset":4096,"address":"0x401000"}}
  {"kind":"auxv","type":11,"name":"AT_UID","value":"0x3e8","number":1000}
  {"kind":"auxv","type":25,"name":"AT_RANDOM","value":"0x7ffc00000200"}
  {"kind":"auxv","type":31,"name":"AT_EXECFN","value":"0x7ffc00000240","text":"./demo"}
  {"kind":"environment_variable","name":"HOME","value":"/root"}
  {"kind":"environment_variable","name":"LANG","value":"C"}
  $ osmodump -q core -c '!teb; ~3s; !teb'
  Thread control block of thread 0
      Thread id:            4711
      Thread pointer:       00007f0000001700 (pthread_self: 00007f0000001700)
      Dtv:                  00007f0000003000
      Self pointer fits:    yes
  Thread control block of thread 3
      Thread id:            4714
      Thread pointer:       not known
  $ osmodump -q --json core -c '!teb'
  {"kind":"thread_control_block","thread":0,"tid":4711,"thread_pointer":"0x7f0000001700","self":"0x7f0000001700","is_self":true,"dtv":"0x7f0000003000"}
  $ osmodump -q core -c '!runaway 3'
   User Mode Time
    Thread       Time
     1:1268        0 days 0:00:01.500
     0:1267        0 days 0:00:00.010
     2:1269        0 days 0:00:00.000
     3:126a        0 days 0:00:00.000
   Kernel Mode Time
    Thread       Time
     0:1267        0 days 0:00:00.002
     1:1268        0 days 0:00:00.000
     2:1269        0 days 0:00:00.000
     3:126a        0 days 0:00:00.000
  $ osmodump -q core -c '!handle'
  start             end                 offset file
  00000000`00400000 00000000`00401000        0 /usr/bin/demo
  00000000`00401000 00000000`00403000     1000 /usr/bin/demo
  2 mappings of 1 files. File descriptors are not in a dump.
  $ osmodump -q --json core -c '!handle' | head -1
  {"kind":"mapped_file","path":"/usr/bin/demo","start":"0x400000","end":"0x401000","file_offset":0}
  $ osmodump -q core -c '!gle'
  errno is not known: no module has symbols for __errno_location, which tells where it is kept
  [1]
  $ osmodump -q core -c '!peb'
  a PEB exists on Windows only; of a Linux process !auxv, !environ, vertarget and lm show the same
  [1]
  $ osmodump -q core -c '!cs'
  !cs: has a meaning only for Windows dumps
  [1]
  $ osmodump -q core -c '.dumpdebug' | head -6
  ----- User Core Dump File (ELF): Linux x64 process
  Path      core
  Format    elfcore, x64
  Size      0x14a3 (5.159 kB)
  Streams:  12
  Stream 0: type NT_PRSTATUS (1) of CORE, size 00000150, RVA 0000016C

Mutexes of other kinds. A robust mutex's owner
died; the kernel's word of an inheriting one counts, not the field; nothing but the call tells of
one whose memory is absent:

  $ cat > kinds.recipe <<'END'
  > elfcore x64
  > process pid=4711 ppid=1 uid=0 gid=0 name=demo args=demo
  > thread 4711 signal=6 rip=0x401000 rsp=0x7ffc00000000
  > thread 4712 rip=0x401000 rsp=0x7ffc00000000 rdi=0x404100 rsi=128 rdx=0x80001267 orig_rax=202
  > thread 4713 rip=0x401000 rsp=0x7ffc00000000 rdi=0x404140 rsi=134 rdx=0 orig_rax=202
  > thread 4714 rip=0x401000 rsp=0x7ffc00000000 rdi=0x405000 rsi=134 rdx=0 orig_rax=202
  > memory 0x401000 prot=rx zero 0x20
  > memory 0x404100 prot=rw u32 0xc0000000 2 4711 1 0xb1 0 at 0x404140 u32 0x80001268 0 4711 1 0x20 0 zero 0x28
  > memory 0x7ffc00000000 prot=rw zero 0x100
  > END
  $ mkdump kinds.recipe kinds && osmodump -q kinds -c '!locks'
  
  mutex 0x404100 at 00000000`00404100
  Kind               recursive, robust, priority inheritance
  RecursionCount     2
  Waiting threads    1 (tids 4712)
  Known by           its contents, which fit a mutex of this process
  *** Its owner ended while it held it
  *** Locked
  
  mutex 0x404140 at 00000000`00404140
  Kind               normal, priority inheritance
  OwningThread       4712 (thread 1)
  Waiting threads    2 (tids 4713)
  Known by           its contents, which fit a mutex of this process
  *** Locked
  
  mutex 0x405000 at 00000000`00405000
  Waiting threads    3 (tids 4714)
  Known by           the futex call, by which only mutexes are locked
  *** Its memory is not in the dump: owner not known
  
  3 of the 3 objects that threads wait for shown
  $ osmodump -q --json kinds -c '!locks' | head -1
  {"kind":"futex_object","type":"mutex","symbol":{"address":"0x404100"},"address":"0x404100","locked":true,"mutex_kind":"recursive","attributes":"robust, priority inheritance","owner_died":true,"recursion":2,"waiting":[1],"waiting_tids":[4712],"known_by":"its contents, which fit a mutex of this process"}
