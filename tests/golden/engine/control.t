Control flow

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



  $ osmodump -q app.dmp -c '.if (@$tid = 1a34) { .echo event } .else { .echo other }; .if (0) { .echo no } .elsif (1) { .echo yes }'
  event
  yes
  $ osmodump -q app.dmp -c '.for (r $t0 = 0; @$t0 < 4; r $t0 = @$t0 + 1) { .if (@$t0 = 1) { .continue }; .printf "%d ", @$t0 }; .echo'
  0 2 3 
  $ osmodump -q app.dmp -c 'r $t0 = 0; .while (1) { r $t0 = @$t0 + 1; .if (@$t0 > 3) { .break }; .printf "%d ", @$t0 }; .echo'
  1 2 3 
  $ osmodump -q app.dmp -c 'r $t0 = 3; .do { .printf "%d ", @$t0; r $t0 = @$t0 - 1 } (@$t0 > 0); .echo'
  3 2 1 
  $ osmodump -q app.dmp -c '.foreach (t { .echo 1a 1b }) { ? t }'
  Evaluate expression: 26 = 00000000`0000001a
  Evaluate expression: 27 = 00000000`0000001b
  $ osmodump -q app.dmp -c '.foreach /pS 1 /s (t "a b c") { .echo ${t}x }'
  bx
  cx
  $ osmodump -q app.dmp -c '.catch { .echo before; ? nosuch; .echo never }; .echo after'
  before
  after
  $ osmodump -q app.dmp -c '.catch { .leave; .echo never }; .echo after'
  after
  $ osmodump -q app.dmp -c '.block { .echo a; .block { .echo b } }'
  a
  b
  $ osmodump -q app.dmp -c '.if 1 { }'
  Syntax error: '(' expected at '1 { }'
  [1]
  $ osmodump -q app.dmp -c '.for (;;) { .break }; .echo done; .break'
  done
  .break: not inside a loop
  [1]
  $ osmodump -q --json app.dmp -c '.if (1) { .echo yes }; .for (r $t0=0; @$t0 < 1; r $t0=@$t0+1) { .echo for }; .while (@$t0 < 2) { .echo while; r $t0 = 2 }; .do { .echo do; .continue } (0); .foreach (t { .echo w }) { .echo t }; .block { .echo block }; .catch { .echo catch; .leave }; .do { .break } (1)'
  {"kind":"text","text":"yes"}
  {"kind":"text","text":"for"}
  {"kind":"text","text":"while"}
  {"kind":"text","text":"do"}
  {"kind":"text","text":"w"}
  {"kind":"text","text":"block"}
  {"kind":"text","text":"catch"}


The older forms, j and z:

  $ osmodump -q app.dmp -c "j (@\$tid = 1a34) '.echo event; .echo thread' ; '.echo other'; .echo after"
  event
  thread
  after
  $ osmodump -q app.dmp -c "j 0 '.echo yes' ; ''; j 0 .echo yes; .echo no; .echo after"
  no
  after
  $ osmodump -q app.dmp -c "j poi(20040) '.echo yes"
  j: Syntax error: ' without ' at ''.echo yes'
  Usage: j condition ['commands'] ; ['commands']
  [1]
  $ osmodump -q app.dmp -c 'r $t0 = 0; .block { r $t0 = @$t0 + 1; .printf "%d ", @$t0; z (@$t0 < 4); .echo end }'
  1 2 3 4 end
  $ osmodump -q --json app.dmp -c "j 1 '.echo yes'; r \$t0 = 0; .block { r \$t0 = @\$t0 + 1; .echo again; z(@\$t0 < 2) }"
  {"kind":"text","text":"yes"}
  {"kind":"text","text":"again"}
  {"kind":"text","text":"again"}
