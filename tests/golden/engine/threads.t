Threads: ~ and the thread prefix

  $ mkdump - app.dmp <<'END'
  > minidump x64
  > header time=1234567890
  > system windows 10.0.19041 cpus=4 vendor=GenuineIntel
  > misc size=44 pid=0x1a2c create=1234567000 user=1 kernel=2
  > module 0x7ff700000000 0x10000 C:\demo\app.exe pdb D:\src\app.pdb 00112233-4455-6677-8899-AABBCCDDEEFF 2 timestamp=0x49960000
  > module 0x7ffa00000000 0x20000 C:\Windows\System32\ntdll.dll
  > memory 0x7ff700000000 "MZ" at 0x7ff70000003c u32 0x80 at 0x7ff700000080 "PE" zero 2 at 0x7ff7000000a8 u32 0x1234
  > memory 0x20000 z "hello world" at 0x20020 wz "wide" at 0x20040 u64 0x20000 u32 0xdeadbeef
  > memory 0x300000 u64 0 at 0x300060 u64 0x400000
  > memory 0x10f000 u64 0x7ff700001000 u64 0x7ffa00002000
  > memory 0x11f000 u64 1
  > thread 0x1a30 teb=0x300000 stack=0x10f000 suspend=1 rsp=0x10f000 rip=0x7ff700001010 rax=0x1122334455667788 name=main
  > thread 0x1a34 teb=0x302000 stack=0x11f000 suspend=0 rsp=0x11f000 rip=0x7ffa00002040
  > exception 0x1a34 0xc0000005 0x7ffa00002040 1 0x10
  > END

Lists and single threads; the event happened in thread 1:

  $ osmodump -q app.dmp -c '~'
     0  Id: 1a2c.1a30 Suspend: 1 Teb: 00000000`00300000 Unfrozen "main"
  .  1  Id: 1a2c.1a34 Suspend: 0 Teb: 00000000`00302000 Unfrozen
  $ osmodump -q app.dmp -c '~*'
     0  Id: 1a2c.1a30 Suspend: 1 Teb: 00000000`00300000 Unfrozen "main"
        Priority: 0  Priority class: 32
  .  1  Id: 1a2c.1a34 Suspend: 0 Teb: 00000000`00302000 Unfrozen
        Priority: 0  Priority class: 32
  $ osmodump -q app.dmp -c '~0; ~.; ~#; ~~[1a30]; ~[0n1]; ~[1a34]'
     0  Id: 1a2c.1a30 Suspend: 1 Teb: 00000000`00300000 Unfrozen "main"
        Priority: 0  Priority class: 32
  .  1  Id: 1a2c.1a34 Suspend: 0 Teb: 00000000`00302000 Unfrozen
        Priority: 0  Priority class: 32
  .  1  Id: 1a2c.1a34 Suspend: 0 Teb: 00000000`00302000 Unfrozen
        Priority: 0  Priority class: 32
     0  Id: 1a2c.1a30 Suspend: 1 Teb: 00000000`00300000 Unfrozen "main"
        Priority: 0  Priority class: 32
  .  1  Id: 1a2c.1a34 Suspend: 0 Teb: 00000000`00302000 Unfrozen
        Priority: 0  Priority class: 32
  .  1  Id: 1a2c.1a34 Suspend: 0 Teb: 00000000`00302000 Unfrozen
        Priority: 0  Priority class: 32

Changing the current thread:

  $ osmodump -q app.dmp -c '~0s; ? @$tid; ~~[1a34]s; ? @$tid; ~[0]s; ~'
  Evaluate expression: 6704 = 00000000`00001a30
  Evaluate expression: 6708 = 00000000`00001a34
  .  0  Id: 1a2c.1a30 Suspend: 1 Teb: 00000000`00300000 Unfrozen "main"
  #  1  Id: 1a2c.1a34 Suspend: 0 Teb: 00000000`00302000 Unfrozen

A command for one thread, or for each; the current thread stays:

  $ osmodump -q app.dmp -c '~0? @$tid; ? @$tid'
  Evaluate expression: 6704 = 00000000`00001a30
  Evaluate expression: 6708 = 00000000`00001a34
  $ osmodump -q app.dmp -c '~*? @$csp; .echo once'
  
     0  Id: 1a2c.1a30 Suspend: 1 Teb: 00000000`00300000 Unfrozen "main"
  Evaluate expression: 1110016 = 00000000`0010f000
  
  .  1  Id: 1a2c.1a34 Suspend: 0 Teb: 00000000`00302000 Unfrozen
  Evaluate expression: 1175552 = 00000000`0011f000
  once
  $ osmodump -q app.dmp -c '~*e ? @$tid; .echo of the same'
  
     0  Id: 1a2c.1a30 Suspend: 1 Teb: 00000000`00300000 Unfrozen "main"
  Evaluate expression: 6704 = 00000000`00001a30
  of the same
  
  .  1  Id: 1a2c.1a34 Suspend: 0 Teb: 00000000`00302000 Unfrozen
  Evaluate expression: 6708 = 00000000`00001a34
  of the same
  $ osmodump -q app.dmp -c '~* .if (@$tid = 1a30) { .echo first } .else { .echo second }'
  
     0  Id: 1a2c.1a30 Suspend: 1 Teb: 00000000`00300000 Unfrozen "main"
  first
  
  .  1  Id: 1a2c.1a34 Suspend: 0 Teb: 00000000`00302000 Unfrozen
  second

What is wrong is told:

  $ osmodump -q app.dmp -c '~7s'
  Illegal thread error in '~7'
  [1]
  $ osmodump -q app.dmp -c '~~[99]? 1'
  Illegal thread error in '~~[99]'
  [1]
  $ osmodump -q app.dmp -c '~*s'
  Syntax error: ~s takes one thread
  [1]
  $ osmodump -q app.dmp -c '~0f'
  No runnable debuggees error in '~f'
  [1]
  $ osmodump -q app.dmp -c '~*hello'
  
     0  Id: 1a2c.1a30 Suspend: 1 Teb: 00000000`00300000 Unfrozen "main"
  Syntax error at 'hello'
  [1]

JSON records tell which thread they belong to:

  $ osmodump -q --json app.dmp -c '~'
  {"kind":"thread","marker":" ","index":0,"pid":6700,"tid":6704,"suspend":1,"teb":"0x300000","name":"main","current":false,"event":false}
  {"kind":"thread","marker":".","index":1,"pid":6700,"tid":6708,"suspend":0,"teb":"0x302000","current":true,"event":true}
  $ osmodump -q --json app.dmp -c '~*? @$csp'
  {"kind":"thread","marker":" ","index":0,"pid":6700,"tid":6704,"suspend":1,"teb":"0x300000","name":"main","current":false,"event":false}
  {"kind":"value","thread":0,"decimal":1110016,"value":"0x10f000"}
  {"kind":"thread","marker":".","index":1,"pid":6700,"tid":6708,"suspend":0,"teb":"0x302000","current":true,"event":true}
  {"kind":"value","thread":1,"decimal":1175552,"value":"0x11f000"}

