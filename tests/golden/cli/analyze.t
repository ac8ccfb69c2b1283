osmodump analyze: the verdict without a prompt

  $ export XDG_CONFIG_HOME=$PWD/config
  $ cat > chain.recipe <<'END'
  > elfcore x64
  > process pid=100 ppid=1 uid=0 gid=0 name=demo args=demo
  > thread 100 rsp=0x7ffc00001000 rip=0x401000 orig_rax=230
  > thread 101 rsp=0x7ffc00001000 rip=0x401000 orig_rax=202 rdi=0x500000 rsi=0x80 rdx=2
  > thread 102 rsp=0x7ffc00001000 rip=0x401000 orig_rax=202 rdi=0x500000 rsi=0x80 rdx=2
  > memory 0x401000 prot=rx fill 0x20 0x90
  > memory 0x500000 prot=rw u32 2 0 100 1 0 zero 0x14
  > memory 0x7ffc00001000 prot=rw zero 0x200
  > END
  $ mkdump chain.recipe chain
  $ osmodump analyze chain
  
  No problem was recognised. Manual dump: it states no exception and no signal; nothing had failed in the process itself.
  
  1. Manual, forced or live dump [quality.requested]: note, 90 % sure
     Manual dump: it states no exception and no signal; nothing had failed in the process itself.
     - what made the dump be written      [.lastevent]
     What to do: There is no crash to explain. Look at waits and processor times; take a second dump a little later to tell what stands still from what moves.
  
  Dump: User Core Dump File (ELF): Linux x64 process; x64
        0.570 kB of memory; 3 threads, 3 with registers, 3 with their stack
  
  PROCESS_NAME:  demo
  
  FAULTING_THREAD:  00000064
  
  BLAMED_BECAUSE:  no frame lies in a module
  
  STACK_TEXT:
  Child-SP          RetAddr           Call Site
  00007ffc`00001000 00000000`00000000 0x401000
  $ osmodump analyze --threshold chain.waiters=2 chain | head -8
  
  Wait chain: 2 threads wait for what thread 0 (tid 100) holds, which is in a system call.
  
  1. Wait chain [wait.chain]: warning, 85 % sure
     Wait chain: 2 threads wait for what thread 0 (tid 100) holds, which is in a system call.
     - thread 0 (tid 100) is in a system call      [~0k]
     - owner of mutex at 0x500000: thread 0 (tid 100); 0000000000500008 has 0x64      [dd 0x500008 L1]
     Thresholds: chain.waiters=2 threads, chain.problem=10 threads

Thresholds in a file, which the command line overrules:

  $ mkdir -p config/osmodump
  $ printf '# ours\nchain.waiters=2 # two are many here\n\n' > config/osmodump/thresholds
  $ osmodump analyze chain | sed -n 2p
  Wait chain: 2 threads wait for what thread 0 (tid 100) holds, which is in a system call.
  $ osmodump analyze --threshold chain.waiters=3 chain | sed -n 2p
  No problem was recognised. Manual dump: it states no exception and no signal; nothing had failed in the process itself.
  $ osmodump analyze --json chain | head -2
  {"kind":"analysis","verdict":"Wait chain: 2 threads wait for what thread 0 (tid 100) holds, which is in a system call.","severity":"warning","confidence":85,"pattern":"wait.chain","problems":0,"warnings":1,"notes":1,"undecided":0,"patterns_run":56,"patterns_unfit":53}
  {"kind":"finding","number":1,"pattern":"wait.chain","title":"Wait chain","category":"wait","severity":"warning","decision":"decided","confidence":85,"verdict":"Wait chain: 2 threads wait for what thread 0 (tid 100) holds, which is in a system call.","depth":0,"threads":[0,1,2],"tids":[100,101,102],"thresholds":["chain.waiters=2 threads","chain.problem=10 threads"],"recommendation":"Look at the stack of the thread at the end: what it does while it holds the lock should be done without it. Take a second dump to see whether the owner is still the same."}

What is wrong with the command line or the file:

  $ osmodump analyze --threshold 'chain.waiters=2;q' chain
  'chain.waiters=2;q': a threshold is given as name=number
  [2]
  $ osmodump analyze --threshold chain.waiters=two chain
  'chain.waiters=two': a threshold is given as name=number
  [2]
  $ echo nothing > nothing
  $ osmodump analyze nothing 2>&1 | cut -c1-40
  osmodump: nothing: not a dump that is un
  $ osmodump analyze
  osmodump: which file?
  Try 'osmodump --help'.
  [2]

As a page: the verdict is printed, the file is its owner's, and what is there already is kept:

  $ osmodump analyze chain --html page.html
  
  Wait chain: 2 threads wait for what thread 0 (tid 100) holds, which is in a system call.
  
  Page: page.html
  $ stat -c %a page.html
  600
  $ head -1 page.html
  <!DOCTYPE html>
  $ grep -c 'http-equiv="Content-Security-Policy"' page.html
  1
  $ osmodump analyze chain --html page.html
  
  Wait chain: 2 threads wait for what thread 0 (tid 100) holds, which is in a system call.
  page.html: File exists
  [1]
  $ osmodump analyze --json chain --html page.html --force | sed -n '2s/"size":[0-9]*/"size":N/p'
  {"kind":"page","path":"page.html","size":N}
  $ osmodump analyze chain --html - | sed -n '$p'
  </html>
  $ osmodump analyze chain --html nowhere/page.html
  
  Wait chain: 2 threads wait for what thread 0 (tid 100) holds, which is in a system call.
  nowhere/page.html: No such file or directory
  [1]
  $ ls
  chain
  chain.recipe
  config
  nothing
  page.html

Many dumps, one line for each sort of failure, in an order that does not hang on which ended first:

  $ cat > null.recipe <<'END'
  > minidump x64
  > system windows 10.0.19045
  > module 0x140000000 0x10000 C:\demo\app.exe
  > module 0x150000000 0x10000 C:\demo\other.dll
  > thread 0x10 stack=0x20000 rip=0x140001000 rsp=0x20000 rcx=0
  > memory 0x140001000 hex 8b01
  > memory 0x20000 zero 0x100
  > exception 0x10 0xc0000005 0x140001000 0 0 rip=0x140001000 rsp=0x20000 rcx=0
  > END
  $ mkdump null.recipe null.dmp
  $ cp null.dmp again.dmp
  $ osmodump analyze --summary chain null.dmp nothing again.dmp missing | cut -c1-120
       2  NULL_POINTER_READ_c0000005_app.exe!unknown
          STATUS_ACCESS_VIOLATION: thread 0 (tid 0x10) in app read from a null pointer (0x0).
          null.dmp
  
       1  WAIT_CHAIN_unknown!unknown
          Wait chain: 2 threads wait for what thread 0 (tid 100) holds, which is in a system call.
          chain
  
       1  not analysed: nothing: not a dump that is understood here (Windows, Breakpad and Crashpad minidumps (MDMP), Wind
       1  not analysed: missing: No such file or directory
  
  5 files: 3 analysed, 2 not
  $ osmodump analyze --summary --json --threshold chain.waiters=2 chain nothing | cut -c1-240
  {"kind":"dump_summary","file":"chain","bucket":"WAIT_CHAIN_unknown!unknown","verdict":"Wait chain: 2 threads wait for what thread 0 (tid 100) holds, which is in a system call.","severity":"warning","confidence":85,"pattern":"wait.chain","pr
  {"kind":"dump_summary","file":"nothing","error":"nothing: not a dump that is understood here (Windows, Breakpad and Crashpad minidumps (MDMP), Windows full user dumps of the old kind (USERDUMP, USERDU64), ELF cores of Linux and BSD processe
  $ osmodump analyze --summary null.dmp | tail -1
  1 file: 1 analysed, 0 not
  $ osmodump analyze --summary missing nothing | tail -1; osmodump analyze --summary missing >/dev/null
  2 files: 0 analysed, 2 not
  [3]
  $ osmodump analyze --summary
  osmodump: which files?
  [2]
  $ osmodump analyze --summary --html x.html null.dmp
  osmodump: --html is of one dump, --summary of many
  [2]
  $ osmodump analyze --summary --threshold nonsense=2 null.dmp 2>&1 | cut -c1-47
  osmodump: no such threshold: 'nonsense=2'; ther

A failure that no pattern knows has a bucket of its own, and is named before what is said of the dump:

  $ cat > unknown.recipe <<'END'
  > minidump x64
  > system windows 10.0.19045
  > module 0x140000000 0x10000 C:\demo\app.exe
  > thread 0x10 stack=0x20000 rip=0x140001000 rsp=0x30000
  > memory 0x20000 zero 0x100
  > exception 0x10 0xc000010a 0x140001000 rip=0x140001000 rsp=0x30000
  > END
  $ mkdump unknown.recipe unknown.dmp
  $ osmodump analyze --summary unknown.dmp
       1  UNRECOGNIZED_c000010a_app.exe!unknown
          No pattern was recognised behind the other exception (STATUS_PROCESS_IS_TERMINATING) of thread 0 in app. The dump is partial: it has 1 kB of memory, and the stacks of 0 of 1 threads.
          unknown.dmp
  
  1 file: 1 analysed, 0 not
