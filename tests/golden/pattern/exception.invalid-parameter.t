Invalid parameter to the C run-time library.

  $ found() { osmodump -q $1 -c '!analyze -v' | sed -n "/\[$2\]/,/^ *$/p"; }
  $ verdict() { osmodump -q $1 -c '!analyze' | sed -n 2p; }

It has it: the exception of the C run-time library:

  $ cat > has.recipe <<'END'
  > minidump x64
  > header time=1700000000
  > system windows 10.0.19041 cpus=2
  > misc size=24 pid=0x1100 create=1700000000 user=1 kernel=2
  > module 0x140000000 0x10000 C:\demo\app.exe
  > memory 0x140001000 hex 8b4008 zero 0x10
  > memory 0x10f000 zero 0x100
  > thread 0x14 stack=0x10f000 rsp=0x10f000 rip=0x140001000 
  > exception 0x14 0xc0000417 0x140001000 rsp=0x10f000 rip=0x140001000
  > END
  $ mkdump has.recipe has
  $ found has exception.invalid-parameter
  1. Invalid parameter to the C run-time library [exception.invalid-parameter]: problem, 97 % sure
     Invalid parameter: thread 0 (tid 0x14) in app gave a function of the C run-time library what it does not take.
     - STATUS_INVALID_CRUNTIME_PARAMETER: the library's exception for it; 0xc0000417      [.exr -1]
     - app is where to begin: the instruction is in it; 0000000140001000      [.ecxr; r rip]
     - the stack of the fault, frames: 1      [.ecxr; k]
     What to do: The caller of the handler is the function that refused; its arguments in the frame of your own code tell which one is wrong. The debug library prints the expression that failed.
  

It has it: the exception by which Breakpad tells of it:

  $ cat > breakpad.recipe <<'END'
  > minidump x64
  > header time=1700000000
  > system windows 10.0.19041 cpus=2
  > misc size=24 pid=0x1100 create=1700000000 user=1 kernel=2
  > module 0x140000000 0x10000 C:\demo\app.exe
  > memory 0x140001000 hex 8b4008 zero 0x10
  > memory 0x10f000 zero 0x100
  > thread 0x14 stack=0x10f000 rsp=0x10f000 rip=0x140001000 
  > exception 0x14 0xc000000d 0x140001000 rsp=0x10f000 rip=0x140001000
  > END
  $ mkdump breakpad.recipe breakpad
  $ found breakpad exception.invalid-parameter | head -2
  1. Invalid parameter to the C run-time library [exception.invalid-parameter]: problem, 97 % sure
     Invalid parameter: thread 0 (tid 0x14) in app gave a function of the C run-time library what it does not take.

It has it not: an access violation:

  $ cat > hasnot.recipe <<'END'
  > minidump x64
  > header time=1700000000
  > system windows 10.0.19041 cpus=2
  > misc size=24 pid=0x1100 create=1700000000 user=1 kernel=2
  > module 0x140000000 0x10000 C:\demo\app.exe
  > memory 0x140001000 hex 8b4008 zero 0x10
  > memory 0x10f000 zero 0x100
  > thread 0x14 stack=0x10f000 rsp=0x10f000 rip=0x140001000 rax=0
  > exception 0x14 0xc0000005 0x140001000 0 0x8 rsp=0x10f000 rip=0x140001000 rax=0
  > END
  $ mkdump hasnot.recipe hasnot
  $ found hasnot exception.invalid-parameter
  $ verdict hasnot
  STATUS_ACCESS_VIOLATION: thread 0 (tid 0x14) in app read from a member or element of a null pointer (0x8).

It nearly has it: the fast fail for an invalid argument, without the library on the stack:

  $ cat > nearly.recipe <<'END'
  > minidump x64
  > header time=1700000000
  > system windows 10.0.19041 cpus=2
  > misc size=24 pid=0x1100 create=1700000000 user=1 kernel=2
  > module 0x140000000 0x10000 C:\demo\app.exe
  > memory 0x140001000 hex 8b4008 zero 0x10
  > memory 0x10f000 zero 0x100
  > thread 0x14 stack=0x10f000 rsp=0x10f000 rip=0x140001000 
  > exception 0x14 0xc0000409 0x140001000 5 rsp=0x10f000 rip=0x140001000
  > END
  $ mkdump nearly.recipe nearly
  $ found nearly exception.invalid-parameter
  $ verdict nearly
  Fail fast: thread 0 (tid 0x14) in app ended the process: an invalid argument (FAST_FAIL_INVALID_ARG).

It has it, by the names of functions on the stack:

  $ named() { osmodump -q -y symbols $1 -c '!analyze -v' | sed -n "/\[$2\]/,/^ *$/p"; }
  $ mkdir -p symbols/ntdll.pdb/5A9832E5287241C1838ED98914E9B7FF1
  $ cat > symbols/ntdll.pdb/5A9832E5287241C1838ED98914E9B7FF1/ntdll.sym <<'END'
  > MODULE windows x86_64 5A9832E5287241C1838ED98914E9B7FF1 ntdll.pdb
  > PUBLIC 1000 0 _invoke_watson
  > END

The fast fail of the library's handler:

  $ cat > watson.recipe <<'END'
  > minidump x64
  > header time=1700000000 flags=2
  > system windows 10.0.19041 cpus=2
  > module 0x140000000 0x10000 C:\demo\app.exe
  > module 0x180000000 0x10000 C:\Windows\System32\ntdll.dll pdb ntdll.pdb 5A9832E5-2872-41C1-838E-D98914E9B7FF 1
  > memory 0x140001000 hex 8b4008 zero 0x10
  > memory 0x10f000 zero 0x100
  > thread 0x14 stack=0x10f000 rsp=0x10f000 rip=0x180001010
  > exception 0x14 0xc0000409 0x180001010 5 rsp=0x10f000 rip=0x180001010
  > END
  $ mkdump watson.recipe watson
  $ named watson exception.invalid-parameter | head -4
  1. Invalid parameter to the C run-time library [exception.invalid-parameter]: problem, 92 % sure
     Invalid parameter: thread 0 (tid 0x14) in ntdll!_invoke_watson gave a function of the C run-time library what it does not take.
     - STATUS_STACK_BUFFER_OVERRUN: how the library's handler ended the process; 0xc0000409      [.exr -1]
     - _invoke_watson in frame 0; the function that refused its argument is its caller      [.ecxr; k]
