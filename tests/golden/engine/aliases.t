Aliases: as aS ad al

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



  $ osmodump -q app.dmp -c 'as where 20000
  > as /x Value 2*3
  > aS Word one; .echo two
  > al
  > .echo where ${where}+4 Value ${Word} $u0
  > ? where + Value'
  two
    Alias             Value
   -------           -------
    Value             0x6
    Word              one
    where             20000
  20000 20000+4 0x6 one $u0
  Evaluate expression: 131078 = 00000000`00020006
  $ osmodump -q app.dmp -c 'as a 1
  > ad a
  > al
  > .echo ${/d:a} ${/f:a}. a'
  No aliases
  0 . a
  $ osmodump -q app.dmp -c 'as /ma text 20000
  > as /c cmd .echo from a command
  > .echo text; .echo cmd'
  hello world
  from a command
  $ osmodump -q app.dmp -c 'aS x in a block; .block { .echo x }'
  in a block
  $ osmodump -q app.dmp -c 'ad nosuch'
  there is no alias 'nosuch'
  [1]
  $ osmodump -q app.dmp -c 'ad /q nosuch; .echo fine'
  fine
  $ osmodump -q app.dmp -c 'r $.u0=abc
  > .echo $u0def'
  abcdef
  $ osmodump -q --json app.dmp -c 'as where 20000
  > as b 2
  > al
  > aS c 3; ad b; .block { al }'
  {"kind":"alias","name":"b","value":"2"}
  {"kind":"alias","name":"where","value":"20000"}
  {"kind":"alias","name":"c","value":"3"}
  {"kind":"alias","name":"where","value":"20000"}

