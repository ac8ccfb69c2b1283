Text: .echo .printf and comments

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



  $ osmodump -q app.dmp -c '.echo hello   world; .echo "a;b"; .echo; * comment; .echo not this'
  hello   world
  a;b
  
  $ osmodump -q app.dmp -c '$$ comment; .echo this'
  this
  $ osmodump -q app.dmp -c '.printf "%d %x %08X %p\n", 0n10, ff, abc, 20000; .printf "%ma|%mu|%y\n", 20000, 20020, ntdll+20'
  10 ff 00000ABC 0000000000020000
  hello world|wide|ntdll+0x20
  $ osmodump -q app.dmp -c '.printf "%ma", 20000'
  hello world (no-eol)
  $ osmodump -q app.dmp -c '.printf "%d"'
  .printf: the format wants more arguments
  Usage: .printf "format" [, expression ...]
  [1]
  $ osmodump -q --json app.dmp -c '.echo hello; .printf "%d\n", 1; * comment'
  {"kind":"text","text":"hello"}
  {"kind":"printed","text":"1\n"}
  $ osmodump -q --json app.dmp -c '$$ comment; .echo x'
  {"kind":"text","text":"x"}

