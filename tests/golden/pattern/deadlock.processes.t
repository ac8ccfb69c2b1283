Deadlock of processes. Two dumps and a manifest are a set.

  $ member() {  # NAME PID PPID FILES THREAD... [MEMORY...]
  >   name=$1 pid=$2 ppid=$3 files=$4 thread=$5; shift 5
  >   mkdump - $name.core <<END
  > elfcore x64
  > process pid=$pid ppid=$ppid uid=0 gid=0 name=$name args=$name
  > thread $pid rsp=0x7ffc00001000 rip=0x401000 $thread
  > note OSMOSIS 0x4f534d01 "{\"format\":1,\"process\":{\"pid\":$pid,\"ppid\":$ppid,\"children\":1,\"signals_caught\":\"0x0\"}}"
  > note OSMOSIS 0x4f534d03 "{\"format\":1,\"threads\":[{\"tid\":$pid,\"state\":\"S\"}],\"files\":[$files]}"
  > memory 0x401000 prot=rx fill 0x20 0x90
  > memory 0x500000 prot=rw ${*:-zero 0x20}
  > memory 0x7ffc00001000 prot=rw zero 0x200
  > END
  > }
  $ fd() { printf '{\\"fd\\":%s,\\"target\\":\\"%s\\",\\"flags\\":\\"%s\\"}' "$1" "$2" "$3"; }
  $ cat > pair.set.json <<'END'
  > {"type":"osmosis-set","format":1,"set":{"kind":"list"},"members":[
  > {"pid":100,"name":"client","file":"client.core"},{"pid":200,"name":"server","file":"server.core"}]}
  > END
  $ reads='orig_rax=0 rdi=3 rsi=2'
  $ waits() { osmodump analyze -q pair.set.json | sed -n "/\[$1\]/,/^ *$/p"; }

It has it: each reads from a pipe into which only the other one could write:

  $ member client 100 1 "$(fd 3 pipe:[5] 0x0),$(fd 4 pipe:[6] 0x1)" "$reads"
  $ member server 200 1 "$(fd 3 pipe:[6] 0x0),$(fd 4 pipe:[5] 0x1)" "$reads"
  $ osmodump analyze -q pair.set.json
  
  Set of 2 processes: Deadlock of processes: process 0 client (pid 100), thread 0 (tid 100) waits for pipe pipe:[5] (descriptor 3), whose other end process 1 server (pid 200) has; process 1 server (pid 200), thread 0 (tid 200) waits for pipe pipe:[6] (descriptor 3), whose other end process 0 client (pid 100) has.
  
  .  0\tid: 64\texamine\tname: client (esc)
  
  Deadlock of processes: process 0 client (pid 100), thread 0 (tid 100) waits for pipe pipe:[5] (descriptor 3), whose other end process 1 server (pid 200) has; process 1 server (pid 200), thread 0 (tid 200) waits for pipe pipe:[6] (descriptor 3), whose other end process 0 client (pid 100) has.
  
  1. Deadlock of processes [deadlock.processes]: problem, 85 % sure (a process outside of the set may have the other end too)
     Deadlock of processes: process 0 client (pid 100), thread 0 (tid 100) waits for pipe pipe:[5] (descriptor 3), whose other end process 1 server (pid 200) has; process 1 server (pid 200), thread 0 (tid 200) waits for pipe pipe:[6] (descriptor 3), whose other end process 0 client (pid 100) has.
     - process 0 client (pid 100), thread 0 (tid 100) waits for pipe pipe:[5] (descriptor 3)      [|0 ~0k]
     - the end at which it waits: descriptor 3 of process 0 client (pid 100); 0x3      [|0 !handle 0x3 f]
     - the other end: descriptor 4 of process 1 server (pid 200); 0x4      [|1 !handle 0x4 f]
     - process 1 server (pid 200), thread 0 (tid 200) waits for pipe pipe:[6] (descriptor 3)      [|1 ~0k]
     - the end at which it waits: descriptor 3 of process 1 server (pid 200); 0x3      [|1 !handle 0x3 f]
     - the other end: descriptor 4 of process 0 client (pid 100); 0x4      [|0 !handle 0x4 f]
     What to do: Look at both ends: the stacks show what each process expects of the other. Give each direction of a talk its turn or its own thread, send what is buffered before waiting for the answer, and take locks in one order in all processes. Ending one of them frees the others.
  
  2. Truncated or damaged dump [quality.truncated]: warning, 98 % sure
     The dump was not written to its end: what was not written reads as absent.
     - the closing record of the snapshot is missing      [.dumpdebug]
     Thresholds: truncated.stacks=90 percent
     What to do: Take the dump again where there is room for it, or copy the file again and compare sizes. What this dump still has is shown as far as it goes; absent memory is ??.
  
  3. Manual, forced or live dump [quality.requested]: note, 99 % sure
     Live dump: a snapshot of a process that lived on, , without stopping it.
     - the dump's own record:  snap  by       [vertarget]
     What to do: There is no crash to explain. Look at waits and processor times; take a second dump a little later to tell what stands still from what moves.
  
  Dump: User Core Dump File (ELF): Linux x64 process, snapshot, written by  snap ; x64
        0.562 kB of memory; 1 threads, 1 with registers, 1 with their stack; 1 damages
  
  PROCESS_NAME:  client
  
  FAULTING_THREAD:  00000064
  
  BUGCHECK_STR:  APPLICATION_HANG_DEADLOCK_PROCESSES
  
  DEFAULT_BUCKET_ID:  DEADLOCK_PROCESSES
  
  BLAMED_BECAUSE:  no frame lies in a module
  
  FAILURE_BUCKET_ID:  DEADLOCK_PROCESSES_unknown!unknown
  
  STACK_TEXT:
  Child-SP          RetAddr           Call Site
  00007ffc`00001000 00000000`00000000 0x401000
  
     1\tid: c8\texamine\tname: server (esc)
  
  Deadlock of processes: process 0 client (pid 100), thread 0 (tid 100) waits for pipe pipe:[5] (descriptor 3), whose other end process 1 server (pid 200) has; process 1 server (pid 200), thread 0 (tid 200) waits for pipe pipe:[6] (descriptor 3), whose other end process 0 client (pid 100) has.
  
  1. Deadlock of processes [deadlock.processes]: problem, 85 % sure (a process outside of the set may have the other end too)
     Deadlock of processes: process 0 client (pid 100), thread 0 (tid 100) waits for pipe pipe:[5] (descriptor 3), whose other end process 1 server (pid 200) has; process 1 server (pid 200), thread 0 (tid 200) waits for pipe pipe:[6] (descriptor 3), whose other end process 0 client (pid 100) has.
     - process 0 client (pid 100), thread 0 (tid 100) waits for pipe pipe:[5] (descriptor 3)      [|0 ~0k]
     - the end at which it waits: descriptor 3 of process 0 client (pid 100); 0x3      [|0 !handle 0x3 f]
     - the other end: descriptor 4 of process 1 server (pid 200); 0x4      [|1 !handle 0x4 f]
     - process 1 server (pid 200), thread 0 (tid 200) waits for pipe pipe:[6] (descriptor 3)      [|1 ~0k]
     - the end at which it waits: descriptor 3 of process 1 server (pid 200); 0x3      [|1 !handle 0x3 f]
     - the other end: descriptor 4 of process 0 client (pid 100); 0x4      [|0 !handle 0x4 f]
     What to do: Look at both ends: the stacks show what each process expects of the other. Give each direction of a talk its turn or its own thread, send what is buffered before waiting for the answer, and take locks in one order in all processes. Ending one of them frees the others.
  
  2. Truncated or damaged dump [quality.truncated]: warning, 98 % sure
     The dump was not written to its end: what was not written reads as absent.
     - the closing record of the snapshot is missing      [.dumpdebug]
     Thresholds: truncated.stacks=90 percent
     What to do: Take the dump again where there is room for it, or copy the file again and compare sizes. What this dump still has is shown as far as it goes; absent memory is ??.
  
  3. Manual, forced or live dump [quality.requested]: note, 99 % sure
     Live dump: a snapshot of a process that lived on, , without stopping it.
     - the dump's own record:  snap  by       [vertarget]
     What to do: There is no crash to explain. Look at waits and processor times; take a second dump a little later to tell what stands still from what moves.
  
  Dump: User Core Dump File (ELF): Linux x64 process, snapshot, written by  snap ; x64
        0.562 kB of memory; 1 threads, 1 with registers, 1 with their stack; 1 damages
  
  PROCESS_NAME:  server
  
  FAULTING_THREAD:  000000c8
  
  BUGCHECK_STR:  APPLICATION_HANG_DEADLOCK_PROCESSES
  
  DEFAULT_BUCKET_ID:  DEADLOCK_PROCESSES
  
  BLAMED_BECAUSE:  no frame lies in a module
  
  FAILURE_BUCKET_ID:  DEADLOCK_PROCESSES_unknown!unknown
  
  STACK_TEXT:
  Child-SP          RetAddr           Call Site
  00007ffc`00001000 00000000`00000000 0x401000
  $ osmodump analyze -q --json pair.set.json | grep -e set_analysis -e '"kind":"process"' -e '"kind":"analysis"'
  {"kind":"set_analysis","verdict":"Deadlock of processes: process 0 client (pid 100), thread 0 (tid 100) waits for pipe pipe:[5] (descriptor 3), whose other end process 1 server (pid 200) has; process 1 server (pid 200), thread 0 (tid 200) waits for pipe pipe:[6] (descriptor 3), whose other end process 0 client (pid 100) has.","severity":"problem","confidence":85,"pattern":"deadlock.processes","of_process":0,"processes":2,"with_problems":2,"with_warnings":0}
  {"kind":"process","marker":".","index":0,"pid":100,"how":"examine","name":"client"}
  {"kind":"analysis","process":0,"verdict":"Deadlock of processes: process 0 client (pid 100), thread 0 (tid 100) waits for pipe pipe:[5] (descriptor 3), whose other end process 1 server (pid 200) has; process 1 server (pid 200), thread 0 (tid 200) waits for pipe pipe:[6] (descriptor 3), whose other end process 0 client (pid 100) has.","severity":"problem","confidence":85,"pattern":"deadlock.processes","problems":1,"warnings":1,"notes":1,"undecided":0,"patterns_run":57,"patterns_unfit":52}
  {"kind":"process","marker":" ","index":1,"pid":200,"how":"examine","name":"server"}
  {"kind":"analysis","process":1,"verdict":"Deadlock of processes: process 0 client (pid 100), thread 0 (tid 100) waits for pipe pipe:[5] (descriptor 3), whose other end process 1 server (pid 200) has; process 1 server (pid 200), thread 0 (tid 200) waits for pipe pipe:[6] (descriptor 3), whose other end process 0 client (pid 100) has.","severity":"problem","confidence":85,"pattern":"deadlock.processes","problems":1,"warnings":1,"notes":1,"undecided":0,"patterns_run":57,"patterns_unfit":52}
  $ osmodump analyze -q --html page.html pair.set.json | tail -1
  Page: page.html
  $ grep -c '<article' page.html; grep -o 'Deadlock of processes, [0-9]* % sure' page.html
  4
  Deadlock of processes, 85 % sure
  $ osmodump -q pair.set.json -c '|1s; !analyze -set' | grep -v '^$'
  .  1\tid: c8\texamine\tname: server (esc)
  Set of 2 processes: Deadlock of processes: process 0 client (pid 100), thread 0 (tid 100) waits for pipe pipe:[5] (descriptor 3), whose other end process 1 server (pid 200) has; process 1 server (pid 200), thread 0 (tid 200) waits for pipe pipe:[6] (descriptor 3), whose other end process 0 client (pid 100) has.
     0\tid: 64\texamine\tname: client (esc)
  Deadlock of processes: process 0 client (pid 100), thread 0 (tid 100) waits for pipe pipe:[5] (descriptor 3), whose other end process 1 server (pid 200) has; process 1 server (pid 200), thread 0 (tid 200) waits for pipe pipe:[6] (descriptor 3), whose other end process 0 client (pid 100) has.
  1. Deadlock of processes [deadlock.processes]: problem, 85 % sure (a process outside of the set may have the other end too)
     Deadlock of processes: process 0 client (pid 100), thread 0 (tid 100) waits for pipe pipe:[5] (descriptor 3), whose other end process 1 server (pid 200) has; process 1 server (pid 200), thread 0 (tid 200) waits for pipe pipe:[6] (descriptor 3), whose other end process 0 client (pid 100) has.
  2. Truncated or damaged dump [quality.truncated]: warning, 98 % sure
     The dump was not written to its end: what was not written reads as absent.
  3. Manual, forced or live dump [quality.requested]: note, 99 % sure
     Live dump: a snapshot of a process that lived on, , without stopping it.
  !analyze -set -v shows the evidence.
     1\tid: c8\texamine\tname: server (esc)
  Deadlock of processes: process 0 client (pid 100), thread 0 (tid 100) waits for pipe pipe:[5] (descriptor 3), whose other end process 1 server (pid 200) has; process 1 server (pid 200), thread 0 (tid 200) waits for pipe pipe:[6] (descriptor 3), whose other end process 0 client (pid 100) has.
  1. Deadlock of processes [deadlock.processes]: problem, 85 % sure (a process outside of the set may have the other end too)
     Deadlock of processes: process 0 client (pid 100), thread 0 (tid 100) waits for pipe pipe:[5] (descriptor 3), whose other end process 1 server (pid 200) has; process 1 server (pid 200), thread 0 (tid 200) waits for pipe pipe:[6] (descriptor 3), whose other end process 0 client (pid 100) has.
  2. Truncated or damaged dump [quality.truncated]: warning, 98 % sure
     The dump was not written to its end: what was not written reads as absent.
  3. Manual, forced or live dump [quality.requested]: note, 99 % sure
     Live dump: a snapshot of a process that lived on, , without stopping it.
  !analyze -set -v shows the evidence.

It has it: of two mutexes in shared memory (they inherit priority) each has one and wants the one that the other has:

  $ wants() { echo "orig_rax=202 rdi=$1 rsi=6 rdx=0 r10=0"; }
  $ shared='u32 0x800000c8 0 200 1 0x20 zero 0x14 u32 0x80000064 0 100 1 0x20 zero 0x14'
  $ member client 100 1 '' "$(wants 0x500000)" "$shared"
  $ member server 200 1 '' "$(wants 0x500028)" "$shared"
  $ waits deadlock.processes | head -9
  1. Deadlock of processes [deadlock.processes]: problem, 95 % sure
     Deadlock of processes: process 0 client (pid 100), thread 0 (tid 100) waits for mutex at 0x500000, which process 1 server (pid 200), thread 0 (tid 200), holds; process 1 server (pid 200), thread 0 (tid 200) waits for mutex at 0x500028, which process 0 client (pid 100), thread 0 (tid 100), holds.
     - process 0 client (pid 100), thread 0 (tid 100) waits for mutex at 0x500000      [|0 ~0k]
     - owner of mutex at 0x500000, in process 0 client (pid 100); 0000000000500000 has 0x800000c8      [|0 dd 0x500000 L1]
     - process 1 server (pid 200), thread 0 (tid 200) waits for mutex at 0x500028      [|1 ~0k]
     - owner of mutex at 0x500028, in process 1 server (pid 200); 0000000000500028 has 0x80000064      [|1 dd 0x500028 L1]
     What to do: Look at both ends: the stacks show what each process expects of the other. Give each direction of a talk its turn or its own thread, send what is buffered before waiting for the answer, and take locks in one order in all processes. Ending one of them frees the others.
  
  1. Deadlock of processes [deadlock.processes]: problem, 95 % sure

It has it not: the server runs, or waits for another client:

  $ member client 100 1 "$(fd 3 pipe:[5] 0x0),$(fd 4 pipe:[6] 0x1)" "$reads"
  $ member server 200 1 "$(fd 3 pipe:[6] 0x0),$(fd 4 pipe:[5] 0x1)" orig_rax=0xffffffffffffffff
  $ waits deadlock.processes
  $ member server 200 1 "$(fd 3 pipe:[6] 0x0),$(fd 4 pipe:[5] 0x1)" 'orig_rax=43 rdi=5'
  $ waits deadlock.processes

It nearly has it: what the server reads no member has the other end of; a dump that is not there can say nothing:

  $ member server 200 1 "$(fd 3 pipe:[7] 0x0),$(fd 4 pipe:[5] 0x1)" "$reads"
  $ waits deadlock.processes
  $ rm server.core
  $ osmodump analyze -q pair.set.json 2>&1 | head -4
  
  Set of 1 processes: process 0 client (pid 100): The dump was not written to its end: what was not written reads as absent.
  Could not be opened: 1
  
