The prompt: line editing, history, completion, Ctrl-C

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

  $ export HOME="$PWD" XDG_STATE_HOME="$PWD/state" XDG_CONFIG_HOME="$PWD/config" NO_COLOR=1
  $ typist() { "$OSMOSIS_TOP/tests/typist" osmodump -q app.dmp; }

Commands, the prompt of the current thread, <Enter> repeats, q ends:

  $ typist <<'END'
  > wait 0:001> 
  > type ? 1+1\n
  > wait 0:001> 
  > type \n
  > wait 0:001> 
  > type ~0s\n
  > wait 0:000> 
  > type ? 1/0\n
  > wait 0:000> 
  > type q\n
  > END
  0:001> ? 1+1
  Evaluate expression: 2 = 00000000`00000002
  0:001> 
  Evaluate expression: 2 = 00000000`00000002
  0:001> ~0s
  0:000> ? 1/0
  Divide by zero error at '/0'
  0:000> q
  exit code 0

Lines and memory that go on with <Enter>:

  $ typist <<'END'
  > wait 0:001> 
  > type db 20000 L8\n
  > wait 0:001> 
  > type \n
  > wait 0:001> 
  > type db 20020 L4\n
  > wait 0:001> 
  > END
  0:001> db 20000 L8
  00000000`00020000  68 65 6c 6c 6f 20 77 6f                          hello wo
  0:001> 
  00000000`00020008  72 6c 64 00 00 00 00 00-00 00 00 00 00 00 00 00  rld.............
  00000000`00020018  00 00 00 00 00 00 00 00-77 00 69 00 64 00 65 00  ........w.i.d.e.
  00000000`00020028  00 00 00 00 00 00 00 00-00 00 00 00 00 00 00 00  ................
  00000000`00020038  00 00 00 00 00 00 00 00-00 00 02 00 00 00 00 00  ................
  00000000`00020048  ef be ad de ?? ?? ?? ??-?? ?? ?? ?? ?? ?? ?? ??  ....????????????
  00000000`00020058  ?? ?? ?? ?? ?? ?? ?? ??-?? ?? ?? ?? ?? ?? ?? ??  ????????????????
  00000000`00020068  ?? ?? ?? ?? ?? ?? ?? ??-?? ?? ?? ?? ?? ?? ?? ??  ????????????????
  00000000`00020078  ?? ?? ?? ?? ?? ?? ?? ??-?? ?? ?? ?? ?? ?? ?? ??  ????????????????
  0:001> db 20020 L4
  00000000`00020020  77 00 69 00                                      w.i.
  0:001> ^D
  exit code 0

The history is kept for its owner alone, and comes back with the arrow key:

  $ stat -c %a state/osmodump state/osmodump/history
  700
  600
  $ typist <<'END'
  > wait 0:001> 
  > type \x1b[A
  > wait db 20020 L4
  > type \n
  > wait 0:001> 
  > END
  0:001> db 20020 L4
  00000000`00020020  77 00 69 00                                      w.i.
  0:001> ^D
  exit code 0

Completion of commands and modules:

  $ typist <<'END'
  > wait 0:001> 
  > type .forma\t
  > wait ts 
  > type 41\n
  > wait 0:001> 
  > type ? ntd\t
  > wait ll!
  > type \x15
  > END
  0:001> .formats 41
  Evaluate expression:
    Hex:     00000000`00000041
    Decimal: 65
    Decimal (unsigned) : 65
    Octal:   0000000000000000000101
    Binary:  00000000 00000000 00000000 00000000 00000000 00000000 00000000 01000001
    Chars:   .......A
    Time:    Thu Jan  1 00:01:05 1970
    Float:   low 9.10844e-44 high 0
    Double:  3.21143e-322
  0:001> ? ntdll!^D
  exit code 0

Ctrl-C ends a command, not the program; at the prompt it clears the line:

  $ typist <<'END'
  > wait 0:001> 
  > type ? 1+1; .for (;;) { .if (1) { } }\n
  > wait 00000002
  > press \x03
  > wait cancelled
  > wait 0:001> 
  > type .echo no
  > wait .echo no
  > type \x03
  > wait 0:001> 
  > type \x03
  > wait quits
  > wait 0:001> 
  > type .echo alive\n
  > wait 0:001> 
  > END
  0:001> ? 1+1; .for (;;) { .if (1) { } }
  Evaluate expression: 2 = 00000000`00000002
  ^C
  cancelled
  0:001> .echo no^C
  0:001> ^C
  (q or Ctrl-D quits)
  0:001> .echo alive
  alive
  0:001> ^D
  exit code 0

Commands of the rc file run before the first prompt:

  $ mkdir -p config/osmodump; echo '.echo from rc' > config/osmodump/rc
  $ typist <<'END'
  > wait 0:001> 
  > END
  from rc
  0:001> ^D
  exit code 0
