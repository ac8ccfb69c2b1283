Pipe to itself.

  $ found() { osmodump -q $1 -c '!analyze -v' | sed -n "/\[$2\]/,/^ *$/p"; }
  $ demo() {  # NAME CHILDREN FILES THREAD-0...
  >   name=$1 children=$2 files=$3; shift 3
  >   mkdump - $name <<END
  > elfcore x64
  > process pid=100 ppid=1 uid=0 gid=0 name=demo args=demo
  > thread 100 rsp=0x7ffc00001000 rip=0x401000 $*
  > thread 101 rsp=0x7ffc00001000 rip=0x401000 orig_rax=0 rdi=3 rsi=2
  > note OSMOSIS 0x4f534d01 "{\"format\":1,\"process\":{\"pid\":100,\"children\":$children,\"signals_caught\":\"0x0\"}}"
  > note OSMOSIS 0x4f534d03 "{\"format\":1,\"threads\":[{\"tid\":100,\"state\":\"S\"},{\"tid\":101,\"state\":\"S\"}],\"files\":[$files]}"
  > memory 0x401000 prot=rx fill 0x20 0x90
  > memory 0x500000 prot=rw u32 2 0 101 1 0 zero 0x14
  > memory 0x7ffc00001000 prot=rw zero 0x200
  > END
  > }
  $ pipe='{\"fd\":3,\"target\":\"pipe:[99]\",\"flags\":\"0x0\"},{\"fd\":4,\"target\":\"pipe:[99]\",\"flags\":\"0x1\"}'
  $ pair='{\"fd\":3,\"target\":\"socket:[7]\",\"detail\":\"unix stream CONNECTED\",\"peer\":8,\"flags\":\"0x2\"},{\"fd\":5,\"target\":\"socket:[8]\",\"detail\":\"unix stream CONNECTED\",\"peer\":7,\"flags\":\"0x2\"}'
  $ wants='orig_rax=202 rdi=0x500000 rsi=0x80 rdx=2 r10=0'

It has it: the reader holds the mutex that the only other thread wants; with a pair of sockets; with an eventfd:

  $ demo has 0 "$pipe" $wants
  $ found has deadlock.pipe
  1. Pipe to itself [deadlock.pipe]: problem, 85 % sure (another process may have inherited the other end)
     Pipe to itself: 1 thread waits at pipe pipe:[99] (descriptor 3), whose other end is descriptor 4, and no thread of the process can go on to use it; 1 more thread waits behind.
     - the end at which it waits: descriptor 3; 0x3      [!handle 0x3 f]
     - the other end, in the same process: descriptor 4; 0x4      [!handle 0x4 f]
     - thread 1 (tid 101) waits for pipe pipe:[99] (descriptor 3); known by its system call: reads from descriptor 3      [~1k]
     What to do: Find who should use the other end, and where that thread waits instead. Close ends that a process does not use. Do not wait for a thread, or hold a lock that it needs, while reading what it is to write.
  
  $ demo pair 0 "$pair" $wants
  $ found pair deadlock.pipe | head -2
  1. Pipe to itself [deadlock.pipe]: problem, 85 % sure (another process may have inherited the other end)
     Pipe to itself: 1 thread waits at socket unix stream CONNECTED (descriptor 3), whose other end is descriptor 5, and no thread of the process can go on to use it; 1 more thread waits behind.
  $ demo event 0 '{\"fd\":3,\"target\":\"anon_inode:[eventfd]\",\"flags\":\"0x2\"}' $wants
  $ found event deadlock.pipe | head -4
  1. Pipe to itself [deadlock.pipe]: problem, 85 % sure (another process may have inherited the other end)
     Pipe to itself: 1 thread waits at eventfd anon_inode:[eventfd] (descriptor 3), whose other end is the same, and no thread of the process can go on to use it; 1 more thread waits behind.
     - the descriptor, whose only end this is: 3; 0x3      [!handle 0x3 f]
     - thread 1 (tid 101) waits for eventfd anon_inode:[eventfd] (descriptor 3); known by its system call: reads from descriptor 3      [~1k]

A note, because nobody minds: nobody waits for the reader, and the other thread is parked:

  $ demo parked 0 "$pipe" orig_rax=34
  $ found parked deadlock.pipe | head -2
  2. Pipe to itself [deadlock.pipe]: note, 85 % sure (another process may have inherited the other end)
     Pipe to itself: 1 thread waits at pipe pipe:[99] (descriptor 3), whose other end is descriptor 4, and no thread of the process can go on to use it.

It has it not: the other end belongs to another process; to another pipe:

  $ demo hasnot 0 '{\"fd\":3,\"target\":\"pipe:[99]\",\"flags\":\"0x0\"}' $wants
  $ found hasnot deadlock.pipe
  $ demo other 0 '{\"fd\":3,\"target\":\"pipe:[99]\",\"flags\":\"0x0\"},{\"fd\":4,\"target\":\"pipe:[98]\",\"flags\":\"0x1\"}' $wants
  $ found other deadlock.pipe

It nearly has it: a thread goes on that may write; a child may have inherited the end:

  $ demo nearly 0 "$pipe" orig_rax=0xffffffffffffffff
  $ found nearly deadlock.pipe
  $ demo child 1 "$pipe" $wants
  $ found child deadlock.pipe
