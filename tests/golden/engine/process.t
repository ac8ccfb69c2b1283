Process and machine: | || .effmach !sw

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



  $ osmodump -q app.dmp -c '|; ||; .effmach; .effmach amd64; .effmach .'
  .  0\tid: 1a2c\texamine\tname: C:\\demo\\app.exe (esc)
  .  0 User Mini Dump File: Only registers, stack and portions of memory are available: app.dmp
  Effective machine: x64 (AMD64)
  Effective machine: x64 (AMD64)
  Effective machine: x64 (AMD64)
  $ osmodump -q app.dmp -c '|0s; |1s'
  .  0\tid: 1a2c\texamine\tname: C:\\demo\\app.exe (esc)
  Illegal process error in '|1'
  [1]
  $ osmodump -q app.dmp -c '.effmach x86'
  .effmach: 'x86' is no machine of this dump (x64)
  Usage: .effmach [. | x86 | amd64]
  [1]
  $ osmodump -q app.dmp -c '!sw'
  !wow64exts.sw: the dump is of no WOW64 process
  [1]
  $ osmodump -q app.dmp -c '!wow64exts.sw'
  !wow64exts.sw: the dump is of no WOW64 process
  [1]
  $ osmodump -q --json app.dmp -c '|; ||; .effmach; !sw'
  {"kind":"process","marker":".","index":0,"pid":6700,"how":"examine","name":"C:\\demo\\app.exe"}
  {"kind":"system","index":0,"title":"User Mini Dump File: Only registers, stack and portions of memory are available","path":"app.dmp"}
  {"kind":"machine","machine":"x64","title":"x64 (AMD64)"}
  {"kind":"error","code":"unsupported","message":"!wow64exts.sw: the dump is of no WOW64 process"}
  !wow64exts.sw: the dump is of no WOW64 process
  [1]

