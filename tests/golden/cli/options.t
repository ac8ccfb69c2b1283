The command line

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

Exit codes: 0 done, 1 a command failed, 2 usage, 3 no dump:

  $ osmodump -q app.dmp -c '.echo ok'
  ok
  $ osmodump -q app.dmp -c '? 1/0' -c '.echo still'
  Divide by zero error at '/0'
  still
  [1]
  $ osmodump
  osmodump: which file?
  Try 'osmodump --help'.
  [2]
  $ osmodump --nosuch
  osmodump: no such option: '--nosuch'
  Try 'osmodump --help'.
  [2]
  $ osmodump -c
  osmodump: '-c' wants a value (COMMANDS)
  Try 'osmodump --help'.
  [2]
  $ osmodump --json=1 app.dmp
  osmodump: '--json' takes no value
  Try 'osmodump --help'.
  [2]
  $ osmodump --pdb x app.dmp
  osmodump: '--pdb' is no option of 'osmodump debug'
  Try 'osmodump --help'.
  [2]
  $ osmodump app.dmp app.dmp
  osmodump: one file at a time, please
  Try 'osmodump --help'.
  [2]
  $ echo text > text; osmodump text
  osmodump: text: not a dump that is understood here (Windows, Breakpad and Crashpad minidumps (MDMP), Windows full user dumps of the old kind (USERDUMP, USERDU64), ELF cores of Linux and BSD processes, compressed kernel dumps (kdump), images of physical memory (LiME, AVML), migration streams of QEMU, raw images of physical memory (with --format raw))
  [3]
  $ osmodump nosuch.dmp
  osmodump: nosuch.dmp: No such file or directory
  [3]
  $ printf MDMP > short.dmp; osmodump -q short.dmp
  osmodump: short.dmp: minidump header at offset 0x0: 32 bytes expected, 4 left in the file
  [3]

Commands from standard input; -z as cdb takes it; "--" ends options:

  $ printf '.echo one\n\n.echo two' | osmodump -q app.dmp
  one
  two
  $ osmodump -q -z app.dmp -c '|'
  .  0\tid: 1a2c\texamine\tname: C:\\demo\\app.exe (esc)
  $ osmodump -q --command='.echo x' -- app.dmp
  x
  $ printf '? 1/0\n.echo on\n' | osmodump -q --json app.dmp
  {"kind":"error","code":"usage","message":"Divide by zero error at '/0'"}
  Divide by zero error at '/0'
  {"kind":"text","text":"on"}
  [1]

The banner:

  $ osmodump app.dmp -c '.echo x' | head -5 | sed 's/osmodump [0-9.]*/osmodump N/'
  
  osmodump N
  
  Loading Dump File [app.dmp]
  User Mini Dump File: Only registers, stack and portions of memory are available

Help, manual and completions:

  $ osmodump --help | head -3
  usage: osmodump [options] FILE
  
  Opens a Windows or Linux dump of a process and reads commands in WinDbg's language:
  $ osmodump info --help | head -1
  usage: osmodump info [--json] FILE
  $ osmodump help .echo
  .echo text
      print text
  
  Prints what follows, up to ';'. Quotes around the text are removed and let it
  hold ';'.
  $ osmodump help nosuch
  osmodump: there is no 'nosuch' (osmodump commands lists what there is)
  [2]
  $ osmodump --version | sed 's/ [0-9].*//;s/with .*/with .../'
  osmodump
  built with ...
  $ osmodump version --json | cut -c1-17
  {"kind":"version"
  $ osmodump help --man | grep -c '^.SH'
  9
  $ osmodump help --man | groff -man -Tutf8 -ww > /dev/null
  $ osmodump completion bash | bash -n
  $ osmodump completion bash > completion
  $ complete() { bash -c '. ./completion; COMP_WORDS=("$@") COMP_CWORD=$(($# - 1)); _osmodump; echo "${COMPREPLY[*]}"' - "$@"; }
  $ complete osmodump di; complete osmodump diff --h; complete osmodump snap --s; complete osmodump --s; complete osmodump completion z
  diff
  --html --help
  --set
  --symbol-path --sysroot
  zsh
  $ osmodump completion fish | grep -c -e "seen_subcommand_from analyze diff' -l html" -e "not __fish_seen_subcommand_from .* -l sysroot"
  2
  $ osmodump completion fish | grep -c command-file
  1
  $ osmodump completion zsh | head -1
  #compdef osmodump
  $ osmodump completion ksh
  osmodump: completion for which shell? bash, zsh or fish
  [2]
  $ osmodump commands | grep '^.echo'
  .echo          print text
  $ osmodump commands --json | grep -c '"kind":"command","name":".echo"'
  1
  $ osmodump help --markdown .echo | head -1
  # `.echo`: print text

