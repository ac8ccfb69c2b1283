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
  
  Modules:
    unloaded 00007ff8`00000000 old.dll
    loaded   00007ff9`00000000 new.dll
  
  Handles: not in the dumps
  $ osmodump diff --json first second
  {"kind":"comparison","before":"first","after":"second","same_process":true,"pid_before":4660,"pid_after":4660,"seconds":10,"cpu_seconds":3}
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
  {"kind":"module_change","change":"unloaded","image":"old.dll","start":"0x7ff800000000","size":131072,"path":"C:\\windows\\old.dll"}
  {"kind":"module_change","change":"loaded","image":"new.dll","start":"0x7ff900000000","size":131072,"path":"C:\\windows\\new.dll"}
  $ osmodump -q first -c '!diff second' | head -1
  first -> second: one process, 10 s apart, 3 s of processor time
  $ osmodump -q --json second -c '!diff -v first' | head -2
  {"kind":"comparison","before":"first","after":"second","same_process":true,"pid_before":4660,"pid_after":4660,"seconds":10,"cpu_seconds":3}
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
  
  Modules:
  
  Handles:

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
