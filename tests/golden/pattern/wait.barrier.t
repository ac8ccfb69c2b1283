Barrier that stays shut. A program without a C library has the function whose name tells that a thread waits at one.

  $ found() { osmodump -q $1 -c '!analyze -v' | sed -n "/\[$2\]/,/^ *$/p"; }
  $ command -v clang >/dev/null && command -v ld.lld >/dev/null || exit 80
  $ cat > demo.c <<'END'
  > int pthread_barrier_wait(void *b) { return *(volatile int *)b; }
  > int _start(void) { return pthread_barrier_wait(0); }
  > END
  $ clang --target=x86_64-linux-gnu -O1 -fno-inline -nostdlib -static -fuse-ld=lld -Wl,--build-id -Wl,-e,_start demo.c -o demo || exit 80
  $ base=$(od -An -tx1 -v demo | tr -d ' \n' | head -c 2048)
  $ at=$(readelf -lW demo | sed -n 's/^ *LOAD *0x000000 \(0x[0-9a-f]*\).*/\1/p')
  $ ip=0x$(nm demo | sed -n 's/ T pthread_barrier_wait//p')
  $ demo() {  # NAME BARRIER-WORDS THREAD-0...
  >   name=$1 words=$2; shift 2
  >   mkdump - $name <<END
  > elfcore x64
  > process pid=100 ppid=1 uid=0 gid=0 name=demo args=demo
  > thread 100 rsp=0x7ffc00001000 rip=0x401000 $*
  > thread 101 rsp=0x7ffc00001000 rip=$ip orig_rax=202 rdi=0x500004 rsi=0x80 rdx=4 r10=0
  > thread 102 rsp=0x7ffc00001000 rip=$ip orig_rax=202 rdi=0x500004 rsi=0x80 rdx=4 r10=0
  > note OSMOSIS 0x4f534d01 "{\"format\":1,\"process\":{\"pid\":100,\"signals_caught\":\"0x180000000\"}}"
  > file $at $(printf '0x%x' $((at + 0x30000))) 0 $PWD/demo
  > memory $at prot=r size=0x1000 hex $base
  > memory 0x500000 prot=rw u32 $words zero 0x100
  > memory 0x7ffc00001000 prot=rw zero 0x100 at 0x7ffc00001100 u64 600 0
  > END
  > }

It has it: two of three are there, and the third waits for a word that they should change; one that is missing waits for a
signal that nobody handles:

  $ demo has '5 3 3 0 0' orig_rax=202 rdi=0x500040 rsi=0x80 rdx=0 r10=0
  $ found has wait.barrier
  1. Barrier that stays shut [wait.barrier]: problem, 95 % sure
     Barrier: 2 of the 3 threads that barrier at 0x500000 needs have arrived; none of the other threads can ever arrive: thread 0 (tid 100) waits for futex at 0x500040.
     - threads that open the barrier: 3; 0000000000500008 has 0x3      [dd 0x500008 L1]
     - threads that came since it was made: 2 are there now, 3 went through before; 0000000000500000 has 0x5      [dd 0x500000 L1]
     - thread 1 (tid 101) waits for barrier at 0x500000; known by its futex call and pthread_barrier_wait on its stack      [~1k]
     - thread 2 (tid 102) waits for barrier at 0x500000; known by its futex call and pthread_barrier_wait on its stack      [~2k]
     - thread 0 (tid 100) waits for futex at 0x500040; known by its futex call      [~0k]
     What to do: Look at the threads that are not there: one of them should have arrived. Make the barrier for as many threads as come to it, and do not hold a lock across it that another of them needs.
  
  $ demo signal '5 3 3 0 0' orig_rax=34
  $ found signal wait.barrier | head -2
  1. Barrier that stays shut [wait.barrier]: problem, 95 % sure
     Barrier: 2 of the 3 threads that barrier at 0x500000 needs have arrived; none of the other threads can ever arrive: thread 0 (tid 100) waits for a signal, and the process handles none.

A warning: the third one sleeps for ten minutes; one is missing that went through before and is no more:

  $ demo sleeps '5 3 3 0 0' orig_rax=35 rdi=0x7ffc00001100
  $ found sleeps wait.barrier | head -2
  1. Barrier that stays shut [wait.barrier]: warning, 60 % sure
     Barrier: 2 of the 3 threads that barrier at 0x500000 needs have arrived; of the other threads none can arrive before one that sleeps for long does: thread 0 (tid 100) sleeps for long.
  $ demo gone '6 4 4 0 0' orig_rax=7 rdi=0 rsi=0 rdx=0xffffffff
  $ found gone wait.barrier | head -2
  1. Barrier that stays shut [wait.barrier]: warning, 75 % sure
     Barrier: 2 of the 4 threads that barrier at 0x500000 needs have arrived; fewer threads are left that could arrive than are missing: thread 0 (tid 100) can be woken from outside.

It has it not: all are there, and it opens at this moment:

  $ demo hasnot '6 3 3 0 0' orig_rax=202 rdi=0x500040 rsi=0x80 rdx=0 r10=0
  $ found hasnot wait.barrier

It nearly has it: the third one works, or waits for a client: a note. What lies there is no barrier, so that nothing is said of it:

  $ demo nearly '5 3 3 0 0' orig_rax=0xffffffffffffffff
  $ found nearly wait.barrier | head -2
  3. Barrier that stays shut [wait.barrier]: note, 50 % sure
     Barrier: 2 of the 3 threads that barrier at 0x500000 needs have arrived; the missing ones may be on their way: thread 0 (tid 100) can go on by itself.
  $ demo damaged '6 4 0 0 0' orig_rax=0xffffffffffffffff
  $ found damaged wait.barrier
