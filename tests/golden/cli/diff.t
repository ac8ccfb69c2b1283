osmodump diff and !diff

A Windows process, twice: a thread ends, one begins, one moves on, one stays; memory grows.

  $ dump() { mkdump - $1; }
  $ dump first <<'END'
  > minidump x64
  > header time=1600000000
  > system windows 10.0.19041 cpus=2
  > misc size=44 pid=0x1234 create=1599990000 user=10 kernel=1
  > module 0x7ff700000000 0x10000 C:\demo\app.exe
  > module 0x7ff800000000 0x20000 C:\windows\old.dll
  > memory 0x10f000 u64 0x7ff700001000 0 0 0
  > memory 0x20f000 u64 0x7ff700002000 0 0 0
  > memory 0x30f000 u64 0x7ff700003000 0 0 0
  > memory 0x500000 fill 0x1000 1
  > thread 0x10 stack=0x10f000 rsp=0x10f000 rip=0x7ff700001010 name=stays
  > thread 0x20 stack=0x20f000 rsp=0x20f000 rip=0x7ff700001020 name=walks
  > thread 0x30 stack=0x30f000 rsp=0x30f000 rip=0x7ff700001030 name=goes
  > END
  $ dump second <<'END'
  > minidump x64
  > header time=1600000010
  > system windows 10.0.19041 cpus=2
  > misc size=44 pid=0x1234 create=1599990000 user=12 kernel=2
  > module 0x7ff700000000 0x10000 C:\demo\app.exe
  > module 0x7ff900000000 0x20000 C:\windows\new.dll
  > memory 0x10f000 u64 0x7ff700001000 0 0 0
  > memory 0x20f000 u64 0x7ff700002000 0 0 0
  > memory 0x40f000 u64 0x7ff700003000 0 0 0
  > memory 0x500000 fill 0x6000 1
  > memory 0x600000 fill 0x2000 1
  > thread 0x10 stack=0x10f000 rsp=0x10f000 rip=0x7ff700001010 name=stays
  > thread 0x20 stack=0x20f000 rsp=0x20f000 rip=0x7ff700001028 name=walks
  > thread 0x40 stack=0x40f000 rsp=0x40f000 rip=0x7ff700001030 name=comes
  > END
  $ osmodump diff first second
  first -> second: one process, 10 s apart, 3 s of processor time
  
  Threads: 3 before, 3 after: 1 gone, 1 new, 1 moved, 1 with the same stack
    gone   48       "goes" app+0x1030
    new    64       "comes" -> app+0x1030
    moved  32       "walks" app+0x1020 -> app+0x1028
    stuck  16       "stays" app+0x1010
  
  Memory:
    other               4.000 kB ->     32.000 kB  28672 bytes, 2.800 kB a second
    grown  00000000`00500000      20480 bytes, 2.000 kB a second, now 24.000 kB  other
    new    00000000`00600000       8192 bytes, 0.800 kB a second, now 8.000 kB  other
    gone   00000000`0030f000        -32 bytes, now 0.000 kB  Stack
    new    00000000`0040f000         32 bytes, 0.003 kB a second, now 0.031 kB  Stack
  
  Heaps: not known (both): the PEB was not found: no thread's TEB is in the dump
  
  Locks: 0 -> 0 held, 0 -> 0 threads wait, 0 stuck
  
  Modules:
    unloaded 00007ff8`00000000 old.dll
    loaded   00007ff9`00000000 new.dll
  
  Handles: not in the dumps
  $ osmodump diff --json first second
  {"kind":"comparison","before":"first","after":"second","same_process":true,"known_by":"process id and start","pid_before":4660,"pid_after":4660,"seconds":10,"cpu_seconds":3}
  {"kind":"thread_changes","before":3,"after":3,"gone":1,"new":1,"moved":1,"stuck":1}
  {"kind":"thread_change","change":"gone","tid":48,"name":"goes","before":"app+0x1030"}
  {"kind":"thread_change","change":"new","tid":64,"name":"comes","after":"app+0x1030"}
  {"kind":"thread_change","change":"moved","tid":32,"name":"walks","before":"app+0x1020","after":"app+0x1028"}
  {"kind":"thread_change","change":"stuck","tid":16,"name":"stays","before":"app+0x1010"}
  {"kind":"usage_change","usage":"other","before":4096,"after":32768,"growth":28672,"rate":2867}
  {"kind":"region_change","change":"grown","base":"0x500000","before":4096,"after":24576,"growth":20480,"rate":2048,"usage":"other"}
  {"kind":"region_change","change":"new","base":"0x600000","before":0,"after":8192,"growth":8192,"rate":819,"usage":"other"}
  {"kind":"region_change","change":"gone","base":"0x30f000","before":32,"after":0,"growth":-32,"usage":"Stack"}
  {"kind":"region_change","change":"new","base":"0x40f000","before":0,"after":32,"growth":32,"rate":3,"usage":"Stack"}
  {"kind":"heaps_not_known","dump":"both","reason":"the PEB was not found: no thread's TEB is in the dump"}
  {"kind":"lock_changes","held_before":0,"held_after":0,"waiting_before":0,"waiting_after":0,"stuck":0}
  {"kind":"module_change","change":"unloaded","image":"old.dll","start":"0x7ff800000000","size":131072,"path":"C:\\windows\\old.dll"}
  {"kind":"module_change","change":"loaded","image":"new.dll","start":"0x7ff900000000","size":131072,"path":"C:\\windows\\new.dll"}
  $ osmodump -q first -c '!diff second' | head -1
  first -> second: one process, 10 s apart, 3 s of processor time
  $ osmodump -q --json second -c '!diff -v first' | head -2
  {"kind":"comparison","before":"first","after":"second","same_process":true,"known_by":"process id and start","pid_before":4660,"pid_after":4660,"seconds":10,"cpu_seconds":3}
  {"kind":"thread_changes","before":3,"after":3,"gone":1,"new":1,"moved":1,"stuck":1}

Two processes of one program have no ids in common:

  $ mkdump $RECIPES/elf-x64.recipe linux; mkdump $RECIPES/elf-snapshot.recipe snapshot
  $ osmodump diff linux snapshot
  linux -> snapshot: one process
  
  Threads: 2 before, 2 after: 0 gone, 0 new, 1 moved, 1 with the same stack
    moved  4712     "worker "1"" 0.488 s demo+0x1010 -> 0x401010
    stuck  4711     "demo" 1.7 s 0x7f0000101010
  
  Memory:
    other               0.000 kB ->     80.000 kB  81920 bytes
    Image               8.001 kB ->      0.000 kB  -8193 bytes
    Stack               0.270 kB ->      8.000 kB  7916 bytes
    new    00007f00`00400000      65536 bytes, now 64.000 kB  other
    grown  00000000`00402000      16383 bytes, now 16.000 kB  other
    new    00007ffc`00001000       8192 bytes, now 8.000 kB  Stack
    gone   00000000`00400000      -4096 bytes, now 0.000 kB  Image demo
    gone   00000000`00401020      -4064 bytes, now 0.000 kB  Image demo
    gone   00007ffc`00000000       -276 bytes, now 0.000 kB  Stack
    gone   00000000`00401000        -32 bytes, now 0.000 kB  Image demo
  
  Heaps: not known (both): no arena of glibc's malloc found: malloc was not used, is not glibc's, or its data are not in the dump
  
  Locks: 0 -> 0 held, 0 -> 0 threads wait, 0 stuck
  
  Modules:
    unloaded 00000000`00400000 demo
  
  Handles: not in the earlier dump

Three, and with itself:

  $ osmodump diff first first second | grep -c '^Threads'
  2
  $ osmodump diff snapshot snapshot
  snapshot -> snapshot: one process, 0 s apart, 0 s of processor time
  
  Threads: 2 before, 2 after: 0 gone, 0 new, 0 moved, 2 with the same stack
    stuck  4711     "demo" 0 s 0x7f0000101010
    stuck  4712     "worker "1"" 0 s 0x401010
  
  Memory:
  
  Heaps: not known (both): no arena of glibc's malloc found: malloc was not used, is not glibc's, or its data are not in the dump
  
  Locks: 0 -> 0 held, 0 -> 0 threads wait, 0 stuck
  
  Modules:
  
  Handles:

Critical sections of Windows, by their counters and owners; over three dumps, what is stuck and what grows:

  $ sections() { # TIME OWNER CONTENTIONS SEMAPHORE HANDLES
  >   mkdump - "$6" <<END
  > minidump x86
  > header time=$1
  > system windows 5.2.3790 text="Service Pack 2" cpus=1
  > misc size=44 pid=0x1234 create=1599990000 user=10 kernel=1
  > module 0x400000 0x10000 C:\demo\printer.exe
  > module 0x7c800000 0xc0000 C:\WINDOWS\system32\ntdll.dll timestamp=0x45d70ad8
  > memory 0x7c8880c0 ptr 0x200000 u32 0xffffffff 0 0 0 0
  > memory 0x107cddd8 ptr 0x200020 u32 0xfffffffa 1 $2 $4 0
  > memory 0x108cddd8 ptr 0x200040 u32 0xfffffffa 1 0x1198 0x44 0
  > memory 0x200000 u32 0 0x7c8880c0 0x200028 0x200028 0 0 0 0
  >   u32 0 0x107cddd8 0x200048 0x200008 0x80000 $3 0 0
  >   u32 0 0x108cddd8 0x200008 0x200028 0x80000 7 0 0
  > memory 0x500000 fill $5 1
  > memory 0x7ffdd000 u32 0x12ffb0 0x130000 0x12c000 at 0x7ffdd018 u32 0x7ffdd000 at 0x7ffdd020 u32 0x1100 0x1198
  >   at 0x7ffdd030 u32 0x7ffdf000 2 1 zero 0x20
  > memory 0x7ffdf000 u8 0 0 1 0 u32 0 0x400000 0x300000 0x20000 0 0x140000 zero 0x84 u32 0x7c8880c0 zero 0x20
  > thread 0x1194 teb=0x7ffdd000 eip=0x401000 esp=0x12f000
  > thread 0x1198 eip=0x401000 esp=0x12f000
  > thread 0x119c eip=0x401000 esp=0x12f000
  > END
  > }
  $ sections 1600000000 0x1198 100 0 0x10000 cs1
  $ sections 1600000060 0x119c 150 0x7b4 0x30000 cs2
  $ sections 1600000120 0x1198 170 0x7b4 0x50000 cs3
  $ osmodump diff cs1 cs2 | sed -n '/^Locks/,/^$/p'
  Locks: 2 -> 2 held, 2 -> 2 threads wait, 1 stuck
    owner     critical section 107cddd8: owner 4504 -> 4508, 1 -> 1 wait, 50 more contentions, semaphore 7b4 made
    stuck     critical section 108cddd8: owner 4504 -> 4504, 1 -> 1 wait
  
  $ osmodump diff --json cs1 cs2 | grep lock
  {"kind":"lock_changes","held_before":2,"held_after":2,"waiting_before":2,"waiting_after":2,"stuck":1}
  {"kind":"lock_change","change":"owner","type":"critical section","address":"0x107cddd8","owner_before":4504,"owner_after":4508,"waiters_before":1,"waiters_after":1,"contentions":50,"semaphore_made":1972}
  {"kind":"lock_change","change":"stuck","type":"critical section","address":"0x108cddd8","owner_before":4504,"owner_after":4504,"waiters_before":1,"waiters_after":1}
  $ osmodump diff cs1 cs2 cs3 | sed -n '/^Over/,$p'
  Over all 3 dumps:
    memory other: 64.141 kB -> 320.141 kB: grows steadily, 2.134 kB a second, 7.500 MB an hour
    region 00500000 other: 64.000 kB -> 320.000 kB: grows steadily, 2.134 kB a second, 7.500 MB an hour
    contention of a lock 107cddd8 critical section: 100 150 170: grows steadily, 2100 an hour
    stuck: critical section 108cddd8 is held by thread 4504 in all dumps, 1 1 1 wait
  $ osmodump diff --json cs1 cs2 cs3 | grep -e trend -e stuck_lock
  {"kind":"trend","what":"memory","trend":"grows steadily","name":"other","first":65680,"last":327824,"values":[65680,196752,327824],"growth":262144,"rate":2185,"hourly":7864320}
  {"kind":"trend","what":"region","trend":"grows steadily","address":"0x500000","name":"other","first":65536,"last":327680,"values":[65536,196608,327680],"growth":262144,"rate":2185,"hourly":7864320}
  {"kind":"trend","what":"contention of a lock","trend":"grows steadily","address":"0x107cddd8","name":"critical section","first":100,"last":170,"values":[100,150,170],"growth":70,"hourly":2100}
  {"kind":"stuck_lock","type":"critical section","address":"0x108cddd8","owner":4504,"waiters":[1,1,1]}
  $ osmodump diff -v cs1 cs3 cs2 | sed -n '/^Over/,$p'
  Over all 3 dumps:
    processor time: 11000 11000 11000 ms: little changed
    threads: 3 3 3: little changed
    memory other: 64.141 kB -> 192.141 kB: up and down
    memory Image: 0.023 kB -> 0.023 kB: little changed
    memory PEB: 0.191 kB -> 0.191 kB: little changed
    memory TEB: 0.090 kB -> 0.090 kB: little changed
    region 00500000 other: 64.000 kB -> 192.000 kB: up and down
    region 00200000 other: 0.094 kB -> 0.094 kB: little changed
    region 107cddd8 other: 0.023 kB -> 0.023 kB: little changed
    region 108cddd8 other: 0.023 kB -> 0.023 kB: little changed
    region 7c8880c0 ntdll: 0.023 kB -> 0.023 kB: little changed
    region 7ffdd000 TEB: 0.090 kB -> 0.090 kB: little changed
    region 7ffdf000 PEB: 0.191 kB -> 0.191 kB: little changed
    waiters of a lock 107cddd8 critical section: 1 1 1: little changed
    waiters of a lock 108cddd8 critical section: 1 1 1: little changed
    contention of a lock 107cddd8 critical section: 100 170 150: up and down
    contention of a lock 108cddd8 critical section: 7 7 7: little changed
    contention of a lock 7c8880c0 critical section: 0 0 0: little changed
    stuck: critical section 108cddd8 is held by thread 4504 in all dumps, 1 1 1 wait

A browser before and in a hang: of its threads one is elsewhere, in a call to another process that it made out of
what it did before:

  $ browser() { mkdump - "$2" <<END
  > minidump x86
  > header time=$1
  > system windows 6.0.6001 cpus=2
  > misc size=44 pid=0xe5c create=1234000000 user=10 kernel=1
  > module 0x400000 0x9b000 C:\Explorer\iexplore.exe
  > module 0x6c000000 0x36f000 C:\Windows\System32\mshtml.dll
  > module 0x70500000 0x5c9000 C:\Windows\System32\ieframe.dll
  > module 0x76660000 0xc3000 C:\Windows\System32\rpcrt4.dll
  > module 0x767e0000 0x144000 C:\Windows\System32\ole32.dll
  > module 0x76b40000 0x9d000 C:\Windows\System32\user32.dll
  > module 0x76fa0000 0x127000 C:\Windows\System32\ntdll.dll
  > memory 0x161bfc00 u32 0x161bfc68 0x705e41a1 at 0x161bfc68 u32 0x161bfc74 0x76c24911 at 0x161bfc74 u32 0 0 at 0x161bfe00 u32 0
  > memory 0x161bc460 u32 0x161bc52c 0x7681e688 at 0x161bc52c u32 0x161bc9c8 0x7667264e at 0x161bc9c8 u32 0x161bca5c 0x6c1f2a7b
  >   at 0x161bca5c u32 0x161bfc68 0x6c1f2b9c
  > memory 0x12f000 u32 0x12f010 0x00401234 at 0x12f010 u32 0 0
  > memory 0x13f000 u32 0x13f010 0x705e41a1 at 0x13f010 u32 0 0
  > thread 0x1000 eip=0x76ffb010 esp=0x12f000 ebp=0x12f000
  > thread 0x1004 eip=0x76ffb010 esp=0x13f000 ebp=0x13f000
  > thread 0x1024 $3
  > END
  > }
  $ browser 1234300000 before "eip=0x76b60dde esp=0x161bfc00 ebp=0x161bfc00"
  $ browser 1234300600 hangs "eip=0x767fab28 esp=0x161bc460 ebp=0x161bc460"
  $ osmodump diff before hangs | sed -n '1,/^$/p;/^Threads/,/^$/p'
  before -> hangs: one process, 600 s apart, 0 s of processor time
  
  Threads: 3 before, 3 after: 0 gone, 0 new, 1 moved, 2 with the same stack
    moved  4132     user32+0x20dde -> ole32+0x1ab28
    stuck  4096     ntdll+0x5b010
    stuck  4100     ntdll+0x5b010
  
  $ osmodump diff --json before hangs | grep moved
  {"kind":"thread_changes","before":3,"after":3,"gone":0,"new":0,"moved":1,"stuck":2}
  {"kind":"thread_change","change":"moved","tid":4132,"before":"user32+0x20dde","after":"ole32+0x1ab28"}
  $ osmodump -q hangs -c '~2k'
  ChildEBP RetAddr  
  WARNING: Stack unwind information not available. Following frames may be wrong.
  161bc460 7681e688 ole32+0x1ab28
  161bc52c 7667264e ole32+0x3e688
  161bc9c8 6c1f2a7b rpcrt4+0x1264e
  161bca5c 6c1f2b9c mshtml+0x1f2a7b
  161bfc68 00000000 mshtml+0x1f2b9c

Heaps of Windows: what is leaked, in which heap, and how fast:

  $ leak() { mkdump - "$3" <<END
  > minidump x64
  > header time=$1
  > system windows 10.0.19045 cpus=4 vendor=GenuineIntel
  > misc size=24 pid=0x1100 create=1234560000 user=1 kernel=2
  > module 0x7ff700000000 0x10000 C:\demo\app.exe
  > module 0x7ffa00000000 0x20000 C:\Windows\System32\ntdll.dll
  > memory 0x300000 u64 0 0x110000 0x100000 at 0x300030 u64 0x300000 at 0x300040 u64 0x1100 0x1198
  >   at 0x300060 u64 0x301000 at 0x300100 u64 0
  > memory 0x301000 u8 0 0 0 0 at 0x301010 u64 0x7ff700000000 at 0x301030 u64 0x500000
  >   at 0x3010e8 u32 2 16 u64 0x302000 at 0x301200 u64 0
  > memory 0x302000 u64 0x500000 0x600000
  > thread 0x1198 teb=0x300000 rip=0x7ff700001000 rsp=0x10f000
  > nt-heap 0x500000
  > heap-block 24 n=3 "hello"
  > nt-heap 0x600000 reserve=0x100000 commit=0x80000
  > heap-block 3000 n=$2 "leaked"
  > END
  > }
  $ leak 1600000000 1 nt1; leak 1600000060 41 nt2; leak 1600000120 81 nt3
  $ osmodump diff nt1 nt2 | sed -n '/^Heaps/,/^$/p'
  Heaps:
    NT heap        00000000`00600000 2.938 kB -> 120.438 kB in 1 -> 41 blocks  120320 bytes, 1.958 kB a second, 6.885 MB an hour
    3008 bytes each: 1 -> 41  120320 bytes, 1.958 kB a second, 6.885 MB an hour: may leak
  
  $ osmodump diff --json nt1 nt2 | grep heap
  {"kind":"heap_change","heap":"NT heap","address":"0x600000","before":3008,"after":123328,"growth":120320,"blocks_before":1,"blocks_after":41,"committed_before":524288,"committed_after":524288,"rate":2005,"hourly":7219200}
  {"kind":"heap_class_change","size":3008,"before":1,"after":41,"growth":120320,"rate":2005,"hourly":7219200,"may_leak":"may leak"}
  $ osmodump diff nt1 nt2 nt3 | grep leak
    3008 bytes each: 1 -> 41  120320 bytes, 1.958 kB a second, 6.885 MB an hour: may leak
    3008 bytes each: 41 -> 81  120320 bytes, 1.958 kB a second, 6.885 MB an hour: may leak
    heap 00000000`00600000 NT heap: 2.938 kB -> 237.938 kB: grows steadily, 1.958 kB a second, 6.885 MB an hour: may leak
    heap blocks of a size of 3008 bytes: 2.938 kB -> 237.938 kB: grows steadily, 1.958 kB a second, 6.885 MB an hour: may leak

An id that was given to another process, by its start, or as no module is where it was:

  $ sed_first() { sed "$1" <<'END'
  > minidump x64
  > header time=1600000000
  > system windows 10.0.19041 cpus=2
  > misc size=44 pid=0x1234 create=1599990000 user=10 kernel=1
  > module 0x7ff700000000 0x10000 C:\demo\app.exe
  > module 0x7ff800000000 0x20000 C:\windows\old.dll
  > thread 0x10 rsp=0x10f000 rip=0x7ff700001010 name=stays
  > END
  > }
  $ sed_first '' | mkdump - mine
  $ sed_first 's/create=1599990000/create=1599990500/' | mkdump - later
  $ sed_first '/misc/d;/header/a misc size=24 pid=0x1234' | mkdump - plain
  $ sed_first '/misc/d;/header/a misc size=24 pid=0x1234
  > s/0x7ff7/0x7ee7/;s/0x7ff8/0x7ee8/' | mkdump - moved
  $ osmodump diff mine later | head -2
  mine -> later: two processes, 0 s apart: matched by stacks and names
    the process id is the same, but not when it started
  $ osmodump diff plain moved | head -2
  plain -> moved: two processes, 0 s apart: matched by stacks and names
    the process id is the same, but no module is where it was
  $ osmodump diff --json plain plain | head -1
  {"kind":"comparison","before":"plain","after":"plain","same_process":true,"known_by":"process id; when it started is not in the dumps","pid_before":4660,"pid_after":4660,"seconds":0}

A page, whose charts have a line for each thing, and in which no name is markup:

  $ page_check() { python3 "$OSMOSIS_TOP/tests/conformance/page_check.py" "$@"; }
  $ osmodump diff --html page.html cs1 cs2 cs3
  
  Over all 3 dumps:
    memory other: 64.141 kB -> 320.141 kB: grows steadily, 2.134 kB a second, 7.500 MB an hour
    region 00500000 other: 64.000 kB -> 320.000 kB: grows steadily, 2.134 kB a second, 7.500 MB an hour
    contention of a lock 107cddd8 critical section: 100 150 170: grows steadily, 2100 an hour
    stuck: critical section 108cddd8 is held by thread 4504 in all dumps, 1 1 1 wait
  
  Page: page.html
  $ page_check page.html
  1 passed, 0 failed, 0 skipped
  $ sed -n 's/.*<h1>\(.*\)<\/h1>.*/\1/p' page.html
  critical section <bdi>0x108cddd8</bdi> is held by thread 4504 in all 3 dumps while others wait; memory: <bdi>other</bdi> grew from each dump to the next, by 256 kB: 2.1 kB/s, 7.5 MB/h.
  $ grep -c 'class="line s0" d="M0.0 [0-9.]* L300.0 [0-9.]* L600.0 [0-9.]* "' page.html
  5
  $ sed -n '/id="growth"/,/<.section>/s/<[^>]*>/ /gp' page.html
   
   What grows 
      What  First  Last  Change  Rate  Trend    
     memory   other   64.1 kB  320 kB  +256 kB  2.1 kB/s, 7.5 MB/h  grows steadily  
     region   other   0x500000   64.0 kB  320 kB  +256 kB  2.1 kB/s, 7.5 MB/h  grows steadily  
    
   
  $ osmodump diff --html page.html cs1 cs2 >/dev/null
  osmodump: page.html: File exists
  [1]
  $ osmodump diff --force -q --html page.html cs1 moved >/dev/null; grep -c 'more than one process' page.html
  1
  $ for i in 1 2; do mkdump - "<b>$i" <<END
  > elfcore x64
  > process pid=4711 ppid=1 uid=0 gid=0 name="<i>" args="<i>"
  > thread 4711 rip=0x401010 rsp=0x7ffc00000000
  > file 0x500000 0x540000 0 "/tmp/<img src=x onerror=alert(2)>"
  > memory 0x500000 fill 0x${i}8000 1
  > END
  > done
  $ osmodump diff --html hostile.html '<b>1' '<b>2' >/dev/null; page_check hostile.html; grep -o 'alert(.)' hostile.html | sort | uniq -c
  1 passed, 0 failed, 0 skipped
        2 alert(2)
  $ osmodump diff --html - cs1 cs2 | head -1
  <!DOCTYPE html>

What goes wrong:

  $ osmodump diff first
  osmodump: two dumps or more, the earliest first, please
  Try 'osmodump diff --help'.
  [2]
  $ osmodump diff first nosuch
  osmodump: nosuch: No such file or directory
  [3]
  $ osmodump -q first -c '!diff'
  !diff: which dump to compare with?
  Usage: !diff [-v] file
  [1]
  $ osmodump -q first -c '!diff nosuch'
  nosuch: No such file or directory
  [1]
