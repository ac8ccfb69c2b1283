osmodump symbolize

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

Addresses from standard input, with a symbol file:

  $ cat > demo.sym <<'END'
  > MODULE Linux x86_64 000102030405060708090A0B0C0D0E0F0 demo
  > FILE 0 src/demo.c
  > FILE 1 src/inner.h
  > INLINE_ORIGIN 0 inner()
  > FUNC 1000 100 0 outer(int)
  > INLINE 0 20 0 0 1010 10
  > 1000 10 19 0
  > 1010 10 7 1
  > 1020 e0 21 0
  > PUBLIC 2000 0 public_name
  > END
  $ printf '1000\n0x1014 ignored\n\n1050\n2004\n' | osmodump symbolize --sym demo.sym
  00000000`00001000 demo!outer(int) [src/demo.c @ 19]
  00000000`00001014 demo!inner()+0x4 [src/inner.h @ 7]
                    (inlined by) demo!outer(int)+0x14 [src/demo.c @ 20]
  00000000`00001050 demo!outer(int)+0x50 [src/demo.c @ 21]
  00000000`00002004 demo!public_name+0x4
  $ printf '401014\n' | osmodump symbolize --sym demo.sym --image-base 0x400000 --module app
  00000000`00401014 app!inner()+0x4 [src/inner.h @ 7]
                    (inlined by) app!outer(int)+0x14 [src/demo.c @ 20]
  $ printf '1014\n' | osmodump symbolize --sym demo.sym --no-inlines
  00000000`00001014 demo!outer(int)+0x14 [src/inner.h @ 7]
  $ printf '1014\n10\n' | osmodump symbolize --sym demo.sym --json
  {"kind":"location","address":"0x1014","level":0,"symbol":{"module":"demo","name":"inner()","offset":4,"address":"0x1014"},"inlined":true,"file":"src/inner.h","line":7}
  {"kind":"location","address":"0x1014","level":1,"symbol":{"module":"demo","name":"outer(int)","offset":20,"address":"0x1014"},"inlined":false,"file":"src/demo.c","line":20}
  {"kind":"location","address":"0x10","level":0,"symbol":{"module":"demo","offset":16,"address":"0x10"},"inlined":false}

With a dump the addresses are those of the process:

  $ printf '7ff700001010\n7ffa`00000020\n5\n' | osmodump symbolize app.dmp
  00007ff7`00001010 app+0x1010
  00007ffa`00000020 ntdll+0x20
  00000000`00000005 0x5

What is wrong:

  $ printf '1000\nxyz\n1000\n' | osmodump symbolize --sym demo.sym
  00000000`00001000 demo!outer(int) [src/demo.c @ 19]
  no address: 'xyz'
  [1]
  $ osmodump symbolize < /dev/null
  osmodump: one of --pdb, --elf, --sym and a dump, please
  [2]
  $ osmodump symbolize --sym nosuch.sym
  osmodump: nosuch.sym: No such file or directory
  [3]
  $ osmodump symbolize --sym demo.sym app.dmp
  osmodump: one of --pdb, --elf, --sym and a dump, please
  [2]
  $ osmodump symbolize --pdb demo.sym
  osmodump: demo.sym: offset 0x0: no MSF 7.00 signature, not a PDB
  [3]

