Stacks: k ~*k !uniqstack !findstack

  $ mkdump - app.dmp <<'END'
  > minidump x64
  > header time=1234567890
  > system windows 10.0.19041 cpus=4
  > misc size=44 pid=0x1a2c
  > module 0x7ff700000000 0x10000 C:\demo\app.exe
  > module 0x7ffa00000000 0x20000 C:\Windows\System32\ntdll.dll
  > memory 0x10f000 u64 0x7ff700001234 0x7ffa00002000 0 1 2 3
  > memory 0x11f000 u64 0x7ff700001111 0x11 0x22 0x33 0x44 0x55
  > memory 0x12f000 u64 0x7ff700001234 0x7ffa00002000 0 1 2 3
  > thread 0x1a30 teb=0x300000 stack=0x10f000 suspend=1 rsp=0x10f000 rip=0x7ff700001010 name=main
  > thread 0x1a34 teb=0x302000 stack=0x11f000 rsp=0x11f000 rip=0x7ffa00002040
  > thread 0x1a38 teb=0x304000 stack=0x12f000 rsp=0x12f000 rip=0x7ff700001010
  > END

Without symbols or unwind data the stack is searched, and the text says so:

  $ osmodump -q app.dmp -c 'k; kc; kL'
  Child-SP          RetAddr           Call Site
  WARNING: Stack unwind information not available. Following frames may be wrong.
  00000000`0010f000 00007ff7`00001234 app+0x1010
  00000000`0010f008 00007ffa`00002000 app+0x1234
  00000000`0010f010 00000000`00000000 ntdll+0x2000
  Call Site
  WARNING: Stack unwind information not available. Following frames may be wrong.
  app+0x1010
  app+0x1234
  ntdll+0x2000
  Child-SP          RetAddr           Call Site
  WARNING: Stack unwind information not available. Following frames may be wrong.
  00000000`0010f000 00007ff7`00001234 app+0x1010
  00000000`0010f008 00007ffa`00002000 app+0x1234
  00000000`0010f010 00000000`00000000 ntdll+0x2000
  $ osmodump -q app.dmp -c 'kb; kv; ~1kb'
  Child-SP          RetAddr           : Args to Child                                                           : Call Site
  WARNING: Stack unwind information not available. Following frames may be wrong.
  00000000`0010f000 00007ff7`00001234 : 00007ffa`00002000 00000000`00000000 00000000`00000001 00000000`00000002 : app+0x1010
  00000000`0010f008 00007ffa`00002000 : 00000000`00000000 00000000`00000001 00000000`00000002 00000000`00000003 : app+0x1234
  00000000`0010f010 00000000`00000000 :                                                                         : ntdll+0x2000
  Child-SP          RetAddr           : Args to Child                                                           : Call Site
  WARNING: Stack unwind information not available. Following frames may be wrong.
  00000000`0010f000 00007ff7`00001234 : 00007ffa`00002000 00000000`00000000 00000000`00000001 00000000`00000002 : app+0x1010
  00000000`0010f008 00007ffa`00002000 : 00000000`00000000 00000000`00000001 00000000`00000002 00000000`00000003 : app+0x1234
  00000000`0010f010 00000000`00000000 :                                                                         : ntdll+0x2000
  Child-SP          RetAddr           : Args to Child                                                           : Call Site
  WARNING: Stack unwind information not available. Following frames may be wrong.
  00000000`0011f000 00007ff7`00001111 : 00000000`00000011 00000000`00000022 00000000`00000033 00000000`00000044 : ntdll+0x2040
  00000000`0011f008 00000000`00000000 :                                                                         : app+0x1111
  $ osmodump -q app.dmp -c 'kn; kf; kp'
   # Child-SP          RetAddr           Call Site
  WARNING: Stack unwind information not available. Following frames may be wrong.
  00 00000000`0010f000 00007ff7`00001234 app+0x1010
  01 00000000`0010f008 00007ffa`00002000 app+0x1234
  02 00000000`0010f010 00000000`00000000 ntdll+0x2000
    Memory  Child-SP          RetAddr           Call Site
  WARNING: Stack unwind information not available. Following frames may be wrong.
            00000000`0010f000 00007ff7`00001234 app+0x1010
          8 00000000`0010f008 00007ffa`00002000 app+0x1234
          8 00000000`0010f010 00000000`00000000 ntdll+0x2000
  Child-SP          RetAddr           Call Site
  WARNING: Stack unwind information not available. Following frames may be wrong.
  00000000`0010f000 00007ff7`00001234 app+0x1010
  00000000`0010f008 00007ffa`00002000 app+0x1234
  00000000`0010f010 00000000`00000000 ntdll+0x2000
  $ osmodump -q app.dmp -c 'k 2; kn 0n1; k = 11f000 7ffa00002040'
  Child-SP          RetAddr           Call Site
  WARNING: Stack unwind information not available. Following frames may be wrong.
  00000000`0010f000 00007ff7`00001234 app+0x1010
  00000000`0010f008 00007ffa`00002000 app+0x1234
   # Child-SP          RetAddr           Call Site
  WARNING: Stack unwind information not available. Following frames may be wrong.
  00 00000000`0010f000 00007ff7`00001234 app+0x1010
  Child-SP          RetAddr           Call Site
  WARNING: Stack unwind information not available. Following frames may be wrong.
  00000000`0011f000 00007ff7`00001111 ntdll+0x2040
  00000000`0011f008 00000000`00000000 app+0x1111
  $ osmodump -q app.dmp -c 'k 1 2'
  k: '2' is not expected
  Usage: k [b|c|d|f|n|p|P|v|L] [= [frame] stack [ip]] [count]
  [1]
  $ osmodump -q app.dmp -c 'kq'
  Couldn't resolve error at 'q'
  [1]
  $ osmodump -q --json app.dmp -c 'k; kb 1'
  {"kind":"warning","text":"WARNING: Stack unwind information not available. Following frames may be wrong."}
  {"kind":"frame","index":0,"child":"0x10f000","ret":"0x7ff700001234","ip":"0x7ff700001010","sp":"0x10f000","args":["0x7ffa00002000","0x0","0x1","0x2"],"inline":false,"symbol":{"module":"app","offset":4112,"address":"0x7ff700001010"},"trust":"context"}
  {"kind":"frame","index":1,"memory":8,"child":"0x10f008","ret":"0x7ffa00002000","ip":"0x7ff700001234","sp":"0x10f008","args":["0x0","0x1","0x2","0x3"],"inline":false,"symbol":{"module":"app","offset":4660,"address":"0x7ff700001234"},"trust":"scan"}
  {"kind":"frame","index":2,"memory":8,"child":"0x10f010","ret":"0x0","ip":"0x7ffa00002000","sp":"0x10f010","inline":false,"symbol":{"module":"ntdll","offset":8192,"address":"0x7ffa00002000"},"trust":"scan"}
  {"kind":"warning","text":"WARNING: Stack unwind information not available. Following frames may be wrong."}
  {"kind":"frame","index":0,"child":"0x10f000","ret":"0x7ff700001234","ip":"0x7ff700001010","sp":"0x10f000","args":["0x7ffa00002000","0x0","0x1","0x2"],"inline":false,"symbol":{"module":"app","offset":4112,"address":"0x7ff700001010"},"trust":"context"}
  $ osmodump -q app.dmp -c '.frame 1; .frame'
  01 00000000`0010f008 00007ffa`00002000 app+0x1234
  01 00000000`0010f008 00007ffa`00002000 app+0x1234
  $ osmodump -q --json app.dmp -c '.frame 1'
  {"kind":"frame","index":1,"child":"0x10f008","ret":"0x7ffa00002000","ip":"0x7ff700001234","sp":"0x10f008","args":["0x0","0x1","0x2","0x3"],"inline":false,"symbol":{"module":"app","offset":4660,"address":"0x7ff700001234"},"trust":"scan"}

All threads; those with the same stack once; those with some module in it:

  $ osmodump -q app.dmp -c '~*k'
  
  .  0  Id: 1a2c.1a30 Suspend: 1 Teb: 00000000`00300000 Unfrozen "main"
  Child-SP          RetAddr           Call Site
  WARNING: Stack unwind information not available. Following frames may be wrong.
  00000000`0010f000 00007ff7`00001234 app+0x1010
  00000000`0010f008 00007ffa`00002000 app+0x1234
  00000000`0010f010 00000000`00000000 ntdll+0x2000
  
     1  Id: 1a2c.1a34 Suspend: 0 Teb: 00000000`00302000 Unfrozen
  Child-SP          RetAddr           Call Site
  WARNING: Stack unwind information not available. Following frames may be wrong.
  00000000`0011f000 00007ff7`00001111 ntdll+0x2040
  00000000`0011f008 00000000`00000000 app+0x1111
  
     2  Id: 1a2c.1a38 Suspend: 0 Teb: 00000000`00304000 Unfrozen
  Child-SP          RetAddr           Call Site
  WARNING: Stack unwind information not available. Following frames may be wrong.
  00000000`0012f000 00007ff7`00001234 app+0x1010
  00000000`0012f008 00007ffa`00002000 app+0x1234
  00000000`0012f010 00000000`00000000 ntdll+0x2000
  $ osmodump -q app.dmp -c '!uniqstack'
  
  . 0  2 thread(s): 0 2
  Child-SP          RetAddr           Call Site
  WARNING: Stack unwind information not available. Following frames may be wrong.
  00000000`0010f000 00007ff7`00001234 app+0x1010
  00000000`0010f008 00007ffa`00002000 app+0x1234
  00000000`0010f010 00000000`00000000 ntdll+0x2000
  
  . 1  1 thread(s): 1
  Child-SP          RetAddr           Call Site
  WARNING: Stack unwind information not available. Following frames may be wrong.
  00000000`0011f000 00007ff7`00001111 ntdll+0x2040
  00000000`0011f008 00000000`00000000 app+0x1111
  
  Total threads: 3
  Unique stacks: 2
  $ osmodump -q --json app.dmp -c '~*k 1; !uniqstack'
  {"kind":"thread","marker":".","index":0,"pid":6700,"tid":6704,"suspend":1,"teb":"0x300000","name":"main","current":true,"event":true}
  {"kind":"warning","thread":0,"text":"WARNING: Stack unwind information not available. Following frames may be wrong."}
  {"kind":"frame","thread":0,"index":0,"child":"0x10f000","ret":"0x7ff700001234","ip":"0x7ff700001010","sp":"0x10f000","args":["0x7ffa00002000","0x0","0x1","0x2"],"inline":false,"symbol":{"module":"app","offset":4112,"address":"0x7ff700001010"},"trust":"context"}
  {"kind":"thread","marker":" ","index":1,"pid":6700,"tid":6708,"suspend":0,"teb":"0x302000","current":false,"event":false}
  {"kind":"warning","thread":1,"text":"WARNING: Stack unwind information not available. Following frames may be wrong."}
  {"kind":"frame","thread":1,"index":0,"child":"0x11f000","ret":"0x7ff700001111","ip":"0x7ffa00002040","sp":"0x11f000","args":["0x11","0x22","0x33","0x44"],"inline":false,"symbol":{"module":"ntdll","offset":8256,"address":"0x7ffa00002040"},"trust":"context"}
  {"kind":"thread","marker":" ","index":2,"pid":6700,"tid":6712,"suspend":0,"teb":"0x304000","current":false,"event":false}
  {"kind":"warning","thread":2,"text":"WARNING: Stack unwind information not available. Following frames may be wrong."}
  {"kind":"frame","thread":2,"index":0,"child":"0x12f000","ret":"0x7ff700001234","ip":"0x7ff700001010","sp":"0x12f000","args":["0x7ffa00002000","0x0","0x1","0x2"],"inline":false,"symbol":{"module":"app","offset":4112,"address":"0x7ff700001010"},"trust":"context"}
  {"kind":"stack_group","group":0,"threads":2,"tids":[6704,6712],"indices":"0 2"}
  {"kind":"warning","text":"WARNING: Stack unwind information not available. Following frames may be wrong."}
  {"kind":"frame","index":0,"child":"0x10f000","ret":"0x7ff700001234","ip":"0x7ff700001010","sp":"0x10f000","args":["0x7ffa00002000","0x0","0x1","0x2"],"inline":false,"symbol":{"module":"app","offset":4112,"address":"0x7ff700001010"},"trust":"context"}
  {"kind":"frame","index":1,"memory":8,"child":"0x10f008","ret":"0x7ffa00002000","ip":"0x7ff700001234","sp":"0x10f008","args":["0x0","0x1","0x2","0x3"],"inline":false,"symbol":{"module":"app","offset":4660,"address":"0x7ff700001234"},"trust":"scan"}
  {"kind":"frame","index":2,"memory":8,"child":"0x10f010","ret":"0x0","ip":"0x7ffa00002000","sp":"0x10f010","inline":false,"symbol":{"module":"ntdll","offset":8192,"address":"0x7ffa00002000"},"trust":"scan"}
  {"kind":"stack_group","group":1,"threads":1,"tids":[6708],"indices":"1"}
  {"kind":"warning","text":"WARNING: Stack unwind information not available. Following frames may be wrong."}
  {"kind":"frame","index":0,"child":"0x11f000","ret":"0x7ff700001111","ip":"0x7ffa00002040","sp":"0x11f000","args":["0x11","0x22","0x33","0x44"],"inline":false,"symbol":{"module":"ntdll","offset":8256,"address":"0x7ffa00002040"},"trust":"context"}
  {"kind":"frame","index":1,"memory":8,"child":"0x11f008","ret":"0x0","ip":"0x7ff700001111","sp":"0x11f008","inline":false,"symbol":{"module":"app","offset":4369,"address":"0x7ff700001111"},"trust":"scan"}
  {"kind":"stack_total","threads":3,"group":2}
  $ osmodump -q app.dmp -c '!findstack ntdll 0; !findstack app!*; !findstack kernel32'
  Thread 000, id 1a30, 1 frame(s) match
  Thread 001, id 1a34, 1 frame(s) match
  Thread 002, id 1a38, 1 frame(s) match
  Thread 000, id 1a30, 2 frame(s) match
   # Child-SP          RetAddr           Call Site
  WARNING: Stack unwind information not available. Following frames may be wrong.
  00 00000000`0010f000 00007ff7`00001234 app+0x1010
  01 00000000`0010f008 00007ffa`00002000 app+0x1234
  
  Thread 001, id 1a34, 1 frame(s) match
   # Child-SP          RetAddr           Call Site
  01 00000000`0011f008 00000000`00000000 app+0x1111
  
  Thread 002, id 1a38, 2 frame(s) match
   # Child-SP          RetAddr           Call Site
  WARNING: Stack unwind information not available. Following frames may be wrong.
  00 00000000`0012f000 00007ff7`00001234 app+0x1010
  01 00000000`0012f008 00007ffa`00002000 app+0x1234
  
  $ osmodump -q app.dmp -c '!findstack'
  !findstack: a symbol is missing
  Usage: !findstack symbol [0|1|2]
  [1]
  $ osmodump -q --json app.dmp -c '!findstack ntdll'
  {"kind":"stack_match","index":0,"tid":6704,"frames":1}
  {"kind":"frame","index":2,"child":"0x10f010","ret":"0x0","ip":"0x7ffa00002000","sp":"0x10f010","inline":false,"symbol":{"module":"ntdll","offset":8192,"address":"0x7ffa00002000"},"trust":"scan"}
  {"kind":"stack_match","index":1,"tid":6708,"frames":1}
  {"kind":"warning","text":"WARNING: Stack unwind information not available. Following frames may be wrong."}
  {"kind":"frame","index":0,"child":"0x11f000","ret":"0x7ff700001111","ip":"0x7ffa00002040","sp":"0x11f000","args":["0x11","0x22","0x33","0x44"],"inline":false,"symbol":{"module":"ntdll","offset":8256,"address":"0x7ffa00002040"},"trust":"context"}
  {"kind":"stack_match","index":2,"tid":6712,"frames":1}
  {"kind":"frame","index":2,"child":"0x12f010","ret":"0x0","ip":"0x7ffa00002000","sp":"0x12f010","inline":false,"symbol":{"module":"ntdll","offset":8192,"address":"0x7ffa00002000"},"trust":"scan"}

32-bit code has frame pointers and three words of arguments:

  $ mkdump - old.dmp <<'END'
  > minidump x86
  > system windows 6.1.7601 cpus=1
  > module 0x400000 0x10000 C:\demo\old.exe
  > memory 0x401000 fill 0xfb 0x90 hex e800000000 fill 0x7b 0x90 hex e800000000 fill 0x80 0x90
  > memory 0x12f000 u32 0x12f010 0x401100 1 2 0x12f020 0x401180 3 4 0 0 5 6
  > thread 0x1a30 stack=0x12f000 esp=0x12f000 ebp=0x12f000 eip=0x401000
  > END
  $ osmodump -q old.dmp -c 'k; kb; kv 1; kn 2; kf'
  ChildEBP RetAddr  
  WARNING: Stack unwind information not available. Following frames may be wrong.
  0012f000 00401100 old+0x1000
  0012f010 00401180 old+0x1100
  0012f020 00000000 old+0x1180
  ChildEBP RetAddr  Args to Child              
  WARNING: Stack unwind information not available. Following frames may be wrong.
  0012f000 00401100 00000001 00000002 0012f020 old+0x1000
  0012f010 00401180 00000003 00000004 00000000 old+0x1100
  0012f020 00000000 00000005 00000006 ???????? old+0x1180
  ChildEBP RetAddr  Args to Child              
  WARNING: Stack unwind information not available. Following frames may be wrong.
  0012f000 00401100 00000001 00000002 0012f020 old+0x1000
   # ChildEBP RetAddr  
  WARNING: Stack unwind information not available. Following frames may be wrong.
  00 0012f000 00401100 old+0x1000
  01 0012f010 00401180 old+0x1100
    Memory  ChildEBP RetAddr  
  WARNING: Stack unwind information not available. Following frames may be wrong.
            0012f000 00401100 old+0x1000
          8 0012f010 00401180 old+0x1100
         10 0012f020 00000000 old+0x1180
  $ osmodump -q old.dmp -c 'k = 12f010 12f010 401100'
  ChildEBP RetAddr  
  WARNING: Stack unwind information not available. Following frames may be wrong.
  0012f010 00401180 old+0x1100
  0012f020 00000000 old+0x1180
  $ osmodump -q --json old.dmp -c 'kb 1'
  {"kind":"warning","text":"WARNING: Stack unwind information not available. Following frames may be wrong."}
  {"kind":"frame","index":0,"child":"0x12f000","ret":"0x401100","ip":"0x401000","sp":"0x12f000","args":[1,2,1241120],"inline":false,"symbol":{"module":"old","offset":4096,"address":"0x401000"},"trust":"context"}
