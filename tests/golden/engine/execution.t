What a dump cannot do: g p t bp e*

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



  $ osmodump -q app.dmp -c 'g'
  No runnable debuggees error in 'g'
  [1]
  $ osmodump -q app.dmp -c 'p; .echo not reached'
  No runnable debuggees error in 'p'
  [1]
  $ osmodump -q app.dmp -c 'bp `app!main.c:21` ".echo hit; g"; .echo not reached'
  Operation not supported by current debuggee error in 'bp `app!main.c:21` ".echo hit; g"'
  [1]
  $ osmodump -q app.dmp -c 'ed 20000 1'
  Operation not supported by current debuggee error in 'ed 20000 1'
  [1]
  $ osmodump -q --json app.dmp -c 'g'
  {"kind":"error","code":"unsupported","message":"No runnable debuggees error in 'g'"}
  No runnable debuggees error in 'g'
  [1]
  $ osmodump -q --json app.dmp -c 'bp app'
  {"kind":"error","code":"unsupported","message":"Operation not supported by current debuggee error in 'bp app'"}
  Operation not supported by current debuggee error in 'bp app'
  [1]

