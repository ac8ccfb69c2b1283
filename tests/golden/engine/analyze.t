What is wrong: !analyze !explain !patterns !pattern

Two threads that hold each other's mutex (a thread in futex(2) has orig_rax=202 and the word's address in rdi), three that
queue behind them:

  $ cat > deadlock.recipe <<'END'
  > elfcore x64
  > process pid=100 ppid=1 uid=0 gid=0 name=demo args=demo
  > thread 100 rsp=0x7ffc00001000 rip=0x401000 orig_rax=230
  > thread 101 rsp=0x7ffc00001000 rip=0x401000 orig_rax=202 rdi=0x500040 rsi=0x80 rdx=2
  > thread 102 rsp=0x7ffc00001000 rip=0x401000 orig_rax=202 rdi=0x500000 rsi=0x80 rdx=2
  > thread 103 rsp=0x7ffc00001000 rip=0x401000 orig_rax=202 rdi=0x500000 rsi=0x80 rdx=2
  > thread 104 rsp=0x7ffc00001000 rip=0x401000 orig_rax=202 rdi=0x500000 rsi=0x80 rdx=2
  > thread 105 rsp=0x7ffc00001000 rip=0x401000 orig_rax=202 rdi=0x500040 rsi=0x80 rdx=2
  > memory 0x401000 prot=rx fill 0x20 0x90
  > memory 0x500000 prot=rw u32 2 0 101 1 0 zero 0x14 at 0x500040 u32 2 0 102 1 0 zero 0x14
  > memory 0x7ffc00001000 prot=rw zero 0x200
  > END
  $ mkdump deadlock.recipe deadlock
  $ osmodump -q deadlock -c '!analyze'
  
  Deadlock: thread 1 (tid 101) waits for mutex at 0x500040, which thread 2 (tid 102) holds; thread 2 (tid 102) waits for mutex at 0x500000, which thread 1 (tid 101) holds. 3 more threads wait behind them.
  
  1. Deadlock [deadlock.lock-cycle]: problem, 90 % sure (which lock a thread waits for was inferred)
     Deadlock: thread 1 (tid 101) waits for mutex at 0x500040, which thread 2 (tid 102) holds; thread 2 (tid 102) waits for mutex at 0x500000, which thread 1 (tid 101) holds. 3 more threads wait behind them.
  
     2. Wait chain [wait.chain]: warning, 95 % sure, follows from 1
        Wait chain: 3 threads wait behind the deadlock of thread 1 (tid 101), up to 1 in a line.
  
  3. Manual, forced or live dump [quality.requested]: note, 90 % sure
     Manual dump: it states no exception and no signal; nothing had failed in the process itself.
  
  !analyze -v shows the evidence, !explain N how to follow a finding.
  $ osmodump -q deadlock -c '!analyze -v'
  
  Deadlock: thread 1 (tid 101) waits for mutex at 0x500040, which thread 2 (tid 102) holds; thread 2 (tid 102) waits for mutex at 0x500000, which thread 1 (tid 101) holds. 3 more threads wait behind them.
  
  1. Deadlock [deadlock.lock-cycle]: problem, 90 % sure (which lock a thread waits for was inferred)
     Deadlock: thread 1 (tid 101) waits for mutex at 0x500040, which thread 2 (tid 102) holds; thread 2 (tid 102) waits for mutex at 0x500000, which thread 1 (tid 101) holds. 3 more threads wait behind them.
     - thread 1 (tid 101) waits for mutex at 0x500040; known by its futex call, and what the word belongs to by its contents      [~1k]
     - owner of mutex at 0x500040: thread 2 (tid 102); 0000000000500048 has 0x66      [dd 0x500048 L1]
     - thread 2 (tid 102) waits for mutex at 0x500000; known by its futex call, and what the word belongs to by its contents      [~2k]
     - owner of mutex at 0x500000: thread 1 (tid 101); 0000000000500008 has 0x65      [dd 0x500008 L1]
     What to do: Give all locks one order and take them in it, or take only one at a time. The stacks show where each thread took the lock that it holds and where it waits. To go on now, the process has to be ended.
  
     2. Wait chain [wait.chain]: warning, 95 % sure, follows from 1
        Wait chain: 3 threads wait behind the deadlock of thread 1 (tid 101), up to 1 in a line.
        - thread 3 (tid 103) waits for mutex at 0x500000; known by its futex call, and what the word belongs to by its contents      [~3k]
        - thread 4 (tid 104) waits for mutex at 0x500000; known by its futex call, and what the word belongs to by its contents      [~4k]
        - thread 5 (tid 105) waits for mutex at 0x500040; known by its futex call, and what the word belongs to by its contents      [~5k]
        Thresholds: chain.waiters=3 threads, chain.problem=10 threads
        What to do: Look at the stack of the thread at the end: what it does while it holds the lock should be done without it. Take a second dump to see whether the owner is still the same.
  
  3. Manual, forced or live dump [quality.requested]: note, 90 % sure
     Manual dump: it states no exception and no signal; nothing had failed in the process itself.
     - what made the dump be written      [.lastevent]
     What to do: There is no crash to explain. Look at waits and processor times; take a second dump a little later to tell what stands still from what moves.
  
  Dump: User Core Dump File (ELF): Linux x64 process; x64
        0.633 kB of memory; 6 threads, 6 with registers, 6 with their stack
  
  PROCESS_NAME:  demo
  
  FAULTING_THREAD:  00000065
  
  BUGCHECK_STR:  APPLICATION_HANG_DEADLOCK
  
  DEFAULT_BUCKET_ID:  DEADLOCK
  
  BLAMED_BECAUSE:  no frame lies in a module
  
  FAILURE_BUCKET_ID:  DEADLOCK_unknown!unknown
  
  STACK_TEXT:
  Child-SP          RetAddr           Call Site
  00007ffc`00001000 00000000`00000000 0x401000
  $ osmodump -q deadlock -c '!analyze -hang -t chain.waiters=9'
  
  Deadlock: thread 1 (tid 101) waits for mutex at 0x500040, which thread 2 (tid 102) holds; thread 2 (tid 102) waits for mutex at 0x500000, which thread 1 (tid 101) holds. 3 more threads wait behind them.
  
  1. Deadlock [deadlock.lock-cycle]: problem, 90 % sure (which lock a thread waits for was inferred)
     Deadlock: thread 1 (tid 101) waits for mutex at 0x500040, which thread 2 (tid 102) holds; thread 2 (tid 102) waits for mutex at 0x500000, which thread 1 (tid 101) holds. 3 more threads wait behind them.
  
  !analyze -v shows the evidence, !explain N how to follow a finding.
  $ osmodump -q deadlock -c '!explain 1'
  
  1. Deadlock [deadlock.lock-cycle]: problem, 90 % sure (which lock a thread waits for was inferred)
     Deadlock: thread 1 (tid 101) waits for mutex at 0x500040, which thread 2 (tid 102) holds; thread 2 (tid 102) waits for mutex at 0x500000, which thread 1 (tid 101) holds. 3 more threads wait behind them.
     Recognised by: A ring in the wait graph: each thread waits for a lock (mutex, read-write lock, critical section, mutant) whose owner is the next thread, or for the next thread to end.
  
  1. thread 1 (tid 101) waits for mutex at 0x500040; known by its futex call, and what the word belongs to by its contents
       osmodump: ~1k
       WinDbg:   ~~[65]k
       gdb:      thread find 101
  2. owner of mutex at 0x500040: thread 2 (tid 102)
       osmodump: dd 0x500048 L1
       WinDbg:   dd 0x500048 L1
       gdb:      x/1xw 0x500048
  3. thread 2 (tid 102) waits for mutex at 0x500000; known by its futex call, and what the word belongs to by its contents
       osmodump: ~2k
       WinDbg:   ~~[66]k
       gdb:      thread find 102
  4. owner of mutex at 0x500000: thread 1 (tid 101)
       osmodump: dd 0x500008 L1
       WinDbg:   dd 0x500008 L1
       gdb:      x/1xw 0x500008
     What to do: Give all locks one order and take them in it, or take only one at a time. The stacks show where each thread took the lock that it holds and where it waits. To go on now, the process has to be ended.
  $ osmodump -q --json deadlock -c '!analyze -v'
  {"kind":"analysis","verdict":"Deadlock: thread 1 (tid 101) waits for mutex at 0x500040, which thread 2 (tid 102) holds; thread 2 (tid 102) waits for mutex at 0x500000, which thread 1 (tid 101) holds. 3 more threads wait behind them.","severity":"problem","confidence":90,"pattern":"deadlock.lock-cycle","problems":1,"warnings":1,"notes":1,"undecided":0,"patterns_run":56,"patterns_unfit":53}
  {"kind":"finding","number":1,"pattern":"deadlock.lock-cycle","title":"Deadlock","category":"wait","severity":"problem","decision":"decided","confidence":90,"confidence_why":"which lock a thread waits for was inferred","verdict":"Deadlock: thread 1 (tid 101) waits for mutex at 0x500040, which thread 2 (tid 102) holds; thread 2 (tid 102) waits for mutex at 0x500000, which thread 1 (tid 101) holds. 3 more threads wait behind them.","depth":0,"threads":[1,2,3,4,5],"tids":[101,102,103,104,105],"recommendation":"Give all locks one order and take them in it, or take only one at a time. The stacks show where each thread took the lock that it holds and where it waits. To go on now, the process has to be ended."}
  {"kind":"evidence","finding":1,"meaning":"thread 1 (tid 101) waits for mutex at 0x500040; known by its futex call, and what the word belongs to by its contents","command":"~1k","windbg":"~~[65]k","gdb":"thread find 101"}
  {"kind":"evidence","finding":1,"address":"0x500048","value":102,"size":4,"meaning":"owner of mutex at 0x500040: thread 2 (tid 102)","command":"dd 0x500048 L1","windbg":"dd 0x500048 L1","gdb":"x/1xw 0x500048"}
  {"kind":"evidence","finding":1,"meaning":"thread 2 (tid 102) waits for mutex at 0x500000; known by its futex call, and what the word belongs to by its contents","command":"~2k","windbg":"~~[66]k","gdb":"thread find 102"}
  {"kind":"evidence","finding":1,"address":"0x500008","value":101,"size":4,"meaning":"owner of mutex at 0x500000: thread 1 (tid 101)","command":"dd 0x500008 L1","windbg":"dd 0x500008 L1","gdb":"x/1xw 0x500008"}
  {"kind":"finding","number":2,"pattern":"wait.chain","title":"Wait chain","category":"wait","severity":"warning","decision":"decided","confidence":95,"verdict":"Wait chain: 3 threads wait behind the deadlock of thread 1 (tid 101), up to 1 in a line.","cause":1,"depth":1,"threads":[1,3,4,5],"tids":[101,103,104,105],"thresholds":["chain.waiters=3 threads","chain.problem=10 threads"],"recommendation":"Look at the stack of the thread at the end: what it does while it holds the lock should be done without it. Take a second dump to see whether the owner is still the same."}
  {"kind":"evidence","finding":2,"meaning":"thread 3 (tid 103) waits for mutex at 0x500000; known by its futex call, and what the word belongs to by its contents","command":"~3k","windbg":"~~[67]k","gdb":"thread find 103"}
  {"kind":"evidence","finding":2,"meaning":"thread 4 (tid 104) waits for mutex at 0x500000; known by its futex call, and what the word belongs to by its contents","command":"~4k","windbg":"~~[68]k","gdb":"thread find 104"}
  {"kind":"evidence","finding":2,"meaning":"thread 5 (tid 105) waits for mutex at 0x500040; known by its futex call, and what the word belongs to by its contents","command":"~5k","windbg":"~~[69]k","gdb":"thread find 105"}
  {"kind":"finding","number":3,"pattern":"quality.requested","title":"Manual, forced or live dump","category":"quality","severity":"note","decision":"decided","confidence":90,"verdict":"Manual dump: it states no exception and no signal; nothing had failed in the process itself.","depth":0,"recommendation":"There is no crash to explain. Look at waits and processor times; take a second dump a little later to tell what stands still from what moves."}
  {"kind":"evidence","finding":3,"meaning":"what made the dump be written","command":".lastevent","windbg":".lastevent","gdb":"info program"}
  {"kind":"dump_quality","title":"User Core Dump File (ELF): Linux x64 process","machine":"x64","wow64":false,"memory":648,"threads":6,"threads_with_registers":6,"threads_with_stack":6}
  {"kind":"analysis_fault","process_name":"demo","faulting_thread":101,"thread":1,"bugcheck_str":"APPLICATION_HANG_DEADLOCK","default_bucket_id":"DEADLOCK","failure_bucket_id":"DEADLOCK_unknown!unknown","blame_why":"no frame lies in a module"}
  {"kind":"frame","index":0,"child":"0x7ffc00001000","ret":"0x0","ip":"0x401000","sp":"0x7ffc00001000","inline":false,"symbol":{"address":"0x401000"},"trust":"context"}
  $ osmodump -q --json deadlock -c '!explain 2; !explain 9'
  {"kind":"finding","number":2,"pattern":"wait.chain","title":"Wait chain","category":"wait","severity":"warning","decision":"decided","confidence":95,"verdict":"Wait chain: 3 threads wait behind the deadlock of thread 1 (tid 101), up to 1 in a line.","cause":1,"depth":1,"threads":[1,3,4,5],"tids":[101,103,104,105],"thresholds":["chain.waiters=3 threads","chain.problem=10 threads"],"recommendation":"Look at the stack of the thread at the end: what it does while it holds the lock should be done without it. Take a second dump to see whether the owner is still the same."}
  {"kind":"explanation","finding":2,"step":1,"meaning":"thread 3 (tid 103) waits for mutex at 0x500000; known by its futex call, and what the word belongs to by its contents","command":"~3k","windbg":"~~[67]k","gdb":"thread find 103"}
  {"kind":"explanation","finding":2,"step":2,"meaning":"thread 4 (tid 104) waits for mutex at 0x500000; known by its futex call, and what the word belongs to by its contents","command":"~4k","windbg":"~~[68]k","gdb":"thread find 104"}
  {"kind":"explanation","finding":2,"step":3,"meaning":"thread 5 (tid 105) waits for mutex at 0x500040; known by its futex call, and what the word belongs to by its contents","command":"~5k","windbg":"~~[69]k","gdb":"thread find 105"}
  {"kind":"error","code":"notfound","message":"there is no finding 9; there are 3"}
  there is no finding 9; there are 3
  [1]

What a finding's commands print is what its evidence says:

  $ osmodump -q deadlock -c 'dd 0x500048 L1; dd 0x500008 L1'
  00000000`00500048  00000066
  00000000`00500008  00000065

The catalogue:

  $ osmodump -q deadlock -c '!patterns'
  quality     quality.truncated             Truncated or damaged dump
  quality     quality.partial               Abridged dump
  quality     quality.requested             Manual, forced or live dump
  quality     quality.redacted              Redacted dump
  quality     quality.wow64                 Virtualized process (WOW64)
  quality     quality.comment               Embedded comment
  quality     quality.late                  Late dump
  quality     quality.stack-trace           Incorrect stack trace
  quality     quality.tool                  Writer of the dump
  quality     quality.early                 Early dump
  quality     quality.clone                 Clone dump
  quality     quality.smeared               Inconsistent dump
  quality     quality.missing-symbols       Missing symbols
  quality     quality.kernel-smeared        Contradictory state of the kernel
  exception   exception.stack-overflow      Stack overflow (user mode)
  exception   exception.null-data           Null pointer (data)
  exception   exception.null-code           Null pointer (code)
  exception   exception.freed-memory        Use of freed or uninitialised memory
  exception   exception.no-execute          Execution of data (DEP)
  exception   exception.file-gone           Page of a mapped file cannot be had
  exception   exception.wild-pointer        Wild pointer
  exception   exception.cpp                 C++ exception
  exception   exception.stack-overrun       Local buffer overflow
  exception   exception.invalid-parameter   Invalid parameter to the C run-time library
  exception   exception.fast-fail           Fail fast
  exception   exception.abort               Abort, failed assertion
  exception   exception.arithmetic          Divide by zero, arithmetic exception
  exception   exception.illegal-instruction Illegal instruction
  exception   exception.breakpoint          Breakpoint, assertion left in
  exception   exception.managed             Managed code exception
  exception   exception.software            Software exception
  exception   exception.seccomp             System call denied
  exception   exception.nested              Nested exceptions
  exception   exception.multiple            Multiple exceptions
  exception   exception.hidden              Hidden exception
  exception   exception.self-dump           Self-dump
  exception   exception.resource-limit      Resource limit exceeded
  exception   exception.sent-signal         Signal that was sent
  exception   kernel.panic                  Kernel panic
  exception   kernel.oops                   Kernel oops or BUG
  exception   kernel.warning                Warnings of the kernel
  exception   kernel.tainted                Tainted kernel
  wait        deadlock.lock-cycle           Deadlock
  wait        deadlock.self                 Self-deadlock
  wait        wait.orphaned-lock            Orphaned lock
  wait        wait.chain                    Wait chain
  wait        wait.all-blocked              All threads blocked
  wait        wait.missing-wakeup           Missing wake-up
  wait        wait.suspended-thread         Suspended threads
  wait        wait.loader-lock              Loader lock
  wait        wait.priority-inversion       Priority inversion
  wait        wait.high-contention          High contention (critical sections)
  wait        wait.blocking-module          Blocking module
  wait        wait.thread-pool              Thread pool exhaustion
  wait        wait.network                  Network wait
  wait        wait.coupled-process          Coupled processes
  wait        wait.file-lock                File lock
  wait        wait.child-process            Wait for a child process
  wait        wait.message-box              Message box
  wait        wait.barrier                  Barrier that stays shut
  wait        deadlock.pipe                 Pipe to itself
  wait        deadlock.processes            Deadlock of processes
  wait        wait.starved-owner            Starved owner of a lock
  wait        kernel.hung-task              Hung task
  resource    resource.handle-leak          Handle leak
  resource    resource.thread-explosion     Thread explosion
  resource    resource.region-leak          Memory leak (regions)
  resource    resource.address-space        Insufficient memory (address space)
  resource    resource.map-count            Insufficient memory (mappings)
  resource    resource.memory-limit         Insufficient memory (limits)
  resource    resource.stack-space          Insufficient memory (stack)
  resource    resource.heap-fragmentation   Heap fragmentation
  resource    resource.heap-leak            Memory leak (process heap)
  resource    resource.bstr-leak            Memory leak (BSTR)
  resource    resource.nt-heap-leak         Memory leak (process heap)
  resource    kernel.out-of-memory          Out of memory
  resource    resource.process-factory      Process factory
  resource    resource.zombies              Zombies
  resource    resource.file-leak            File leak
  resource    kernel.memory-pressure        Memory pressure
  resource    kernel.slab-leak              Slab leak
  resource    kernel.paged-out              Paged-out user stacks
  cpu         cpu.spiking-thread            Spiking thread
  cpu         cpu.distributed-spike         Distributed spike
  cpu         cpu.spin-wait                 Spin wait (livelock)
  cpu         cpu.recursion                 Infinite recursion
  cpu         cpu.starved-queue             Starved run queue
  cpu         cpu.affine-threads            Affine threads
  cpu         cpu.busy-system               Busy system and spiking tasks
  cpu         kernel.lockup                 Soft or hard lockup
  cpu         kernel.rcu-stall              RCU stall
  corruption  corruption.critical-section   Critical section corruption
  corruption  corruption.heap-overflow      Heap overflow
  corruption  corruption.double-free        Double free
  corruption  corruption.heap               Heap corruption
  corruption  corruption.string-fill        String fill
  corruption  corruption.nt-double-free     Double free (process heap)
  corruption  corruption.nt-heap            Dynamic memory corruption (process heap)
  module      module.missing                Missing component
  module      module.unloaded               Unloaded module still in use
  module      module.duplicated             Duplicated module
  module      module.hidden                 Hidden module
  module      module.replaced               Replaced module
  module      module.writable-code          Memory that is writable and executable
  module      module.ubiquitous             Ubiquitous component
  module      module.hooked                 Hooked function
  module      module.wild-code              Code in no module
  module      module.version-mismatch       Versions that do not fit
  module      kernel.module-gone            Module unloaded with live references
  $ osmodump -q deadlock -c '!pattern deadlock.self'
  Self-deadlock [deadlock.self], wait
  
  A thread waits for a lock that it holds itself and that cannot be entered twice, or for its own end.
  
  Context: A function that takes a lock calls another that takes it too; a signal handler or a callback that runs while the lock is held.
  
  Recognised by: A ring of one thread and one lock in the wait graph: the owner of the lock is the thread that waits for it.
  
  False positives: An owner field that is left over from before in a kind of lock that does not clear it.
  
  What to do: Split the function in one that takes the lock and one that expects it to be held. The stack shows both places: the outer frame that took the lock and the inner one that waits.
  
  Needs threads.
  May be the cause of wait.chain, kernel.hung-task.
  $ osmodump -q --json deadlock -c '!patterns' | head -1
  {"kind":"pattern","id":"quality.truncated","title":"Truncated or damaged dump","category":"quality","definition":"The dump file ends before the data that its own headers announce, or is damaged otherwise.","context":"A full disk, a limit on the size of core files, a dumping tool or a transfer that was broken off.","criterion":"Something that the file's own tables announce lies behind the end of the file, or a snapshot's closing record is missing or says so. Other damage that the reader met is a note.","false_positives":"Files that a tool cut on purpose, to share only their beginning.","recommendation":"Take the dump again where there is room for it, or copy the file again and compare sizes. What this dump still has is shown as far as it goes; absent memory is ??.","thresholds":["truncated.stacks=90 percent: fewer threads than this with a stack in the dump make it a problem"],"explains":["quality.partial"]}
  $ osmodump -q --json deadlock -c '!pattern wait.chain'
  {"kind":"pattern","id":"wait.chain","title":"Wait chain","category":"wait","definition":"Several threads wait, directly or behind each other, for what one thread holds: a convoy. The end of the chain says why nothing goes on.","context":"A lock that is held during input or output, over a call to another process, while sleeping, or by a thread that is itself blocked; a lock that everybody needs.","criterion":"In the wait graph at least chain.waiters threads cannot go on before one thread does that holds a lock and is not itself part of a deadlock; or they stand behind a deadlock. It is a note while that thread runs.","false_positives":"A busy lock in a healthy program, caught in a moment at which several threads queue: its owner runs, and in a second dump it is another one.","recommendation":"Look at the stack of the thread at the end: what it does while it holds the lock should be done without it. Take a second dump to see whether the owner is still the same.","thresholds":["chain.waiters=3 threads: as many must wait, directly or not, for what one thread holds","chain.problem=10 threads: as many make it a problem instead of a warning"],"needs":["threads"]}

Codes:

  $ osmodump -q deadlock -c '!analyze -show 0n11'
  0000000b (SIGSEGV): Segmentation fault
  $ osmodump -q --json deadlock -c '!analyze -show c0000005'
  {"kind":"code_meaning","code":3221225477,"name":"STATUS_ACCESS_VIOLATION","text":"Access violation"}

A crash on Windows:

  $ cat > crash.recipe <<'END'
  > minidump x64
  > header time=1700000000
  > system windows 10.0.19041 cpus=2
  > misc size=24 pid=0x1100 create=1700000000 user=1 kernel=2
  > module 0x140000000 0x10000 C:\demo\app.exe
  > memory 0x140001000 hex 8b4008 zero 0x10
  > memory 0x10f000 zero 0x100
  > thread 0x14 stack=0x10f000 rsp=0x10f000 rip=0x140001000 rax=0
  > exception 0x14 0xc0000005 0x140001000 0 8 rsp=0x10f000 rip=0x140001000 rax=0
  > END
  $ mkdump crash.recipe crash.dmp
  $ osmodump -q crash.dmp -c '!analyze -v'
  
  STATUS_ACCESS_VIOLATION: thread 0 (tid 0x14) in app read from a member or element of a null pointer (0x8).
  
  1. Null pointer (data) [exception.null-data]: problem, 97 % sure
     STATUS_ACCESS_VIOLATION: thread 0 (tid 0x14) in app read from a member or element of a null pointer (0x8).
     - the address that was accessed: pages that are never mapped, for null pointers to fault on; 0000000000000008      [.exr -1]
     - the instruction: mov eax,dword ptr [rax+8]; 0000000140001000      [u 0x140001000 L1]
     - register rax, which the address was made of; 0x0      [.ecxr; r rax]
     - app is where to begin: the instruction is in it; 0000000140001000      [.ecxr; r rip]
     - the stack of the fault, frames: 1      [.ecxr; k]
     What to do: Find where the pointer comes from: the register of the faulting operand, then the callers. Look at what the function returned that should have made the object.
  
  2. Abridged dump [quality.partial]: note, 97 % sure
     The dump is partial: it has 1 kB of memory, and the stacks of 1 of 1 threads.
     - what of the address space the file holds      [.dumpdebug]
     Thresholds: partial.stacks=80 percent, partial.missing=1 percent
     What to do: Stacks and exceptions can be trusted; that something was not found in such a dump says little. Take a full dump if the question is about heaps, locks or leaks.
  
  Dump: User Mini Dump File: Only registers, stack and portions of memory are available; x64
        0.269 kB of memory; 1 threads, 1 with registers, 1 with their stack
  
  PROCESS_NAME:  app.exe
  
  FAULTING_IP:
  app+0x1000
  
  EXCEPTION_CODE: (STATUS_ACCESS_VIOLATION) 0xc0000005 - access violation
  
  FAULT_ADDRESS:  0000000000000008, pages that are never mapped, for null pointers to fault on
  
  FAULTING_THREAD:  00000014
  
  BUGCHECK_STR:  APPLICATION_FAULT_NULL_POINTER_READ
  
  DEFAULT_BUCKET_ID:  NULL_POINTER_READ
  
  MODULE_NAME:  app
  
  IMAGE_NAME:  app.exe
  
  BLAMED_BECAUSE:  the instruction is in it
  
  FAILURE_BUCKET_ID:  NULL_POINTER_READ_c0000005_app.exe!unknown
  
  STACK_TEXT:
  Child-SP          RetAddr           Call Site
  00000000`0010f000 00000000`00000000 app+0x1000

A section that was overwritten makes what else was read less sure (see pattern/corruption.critical-section.t), and so does a
dump whose memory is not of one instant.

What is not understood:

  $ osmodump -q deadlock -c '!analyze -x'
  !analyze: '-x' is not expected
  Usage: !analyze [-v] [-hang] [-set] [-t name=value] | -show code
  [1]
  $ osmodump -q deadlock -c '!analyze -t chain.waiters'
  'chain.waiters': a threshold is given as name=number
  [1]
  $ osmodump -q deadlock -c '!analyze -t nothing=1' 2>&1 | cut -c1-60
  no such threshold: 'nothing=1'; there are: truncated.stacks 
  $ osmodump -q deadlock -c '!explain'
  !explain: which finding? its number is missing
  Usage: !explain number [-t name=value]
  [1]
  $ osmodump -q deadlock -c '!pattern nothing'
  no such pattern: 'nothing'; !patterns lists them
  [1]
