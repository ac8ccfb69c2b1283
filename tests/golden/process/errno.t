!gle of a Linux core: errno is where the code of __errno_location says. Programs
for other machines are compiled here, without a C library:

  $ command -v clang >/dev/null && command -v ld.lld >/dev/null || exit 80
  $ cat > demo.c <<'END'
  > static _Thread_local int before[5], my_errno;
  > int *__errno_location(void) { return &my_errno; }
  > int *_start(void) { return &before[__errno_location() != 0]; }
  > END
  $ demo() {  # MACHINE TRIPLE THREAD-WORDS...
  >   machine=$1; shift
  >   clang --target=$1 -O2 -nostdlib -static -fuse-ld=lld -Wl,--build-id -Wl,-e,_start demo.c -o demo-$machine || exit 80
  >   shift
  >   base=$(od -An -tx1 -v demo-$machine | tr -d ' \n' | head -c 2048)
  >   at=$(readelf -lW demo-$machine | sed -n 's/^ *LOAD *0x000000 \(0x[0-9a-f]*\).*/\1/p')
  >   mkdump - core-$machine <<END
  > elfcore $machine
  > process pid=4711 ppid=1 uid=0 gid=0 name=demo args=demo
  > thread 4711 signal=6 $*
  > file $at $(printf '0x%x' $((at + 0x30000))) 0 $PWD/demo-$machine
  > memory $at prot=r size=0x1000 hex $base
  > memory 0x70000000 prot=rw zero 0xfd0 u32 28 at 0x70001000 u32 0x70001000 0 zero 8 u32 2
  > END
  > }
  $ demo arm64 aarch64-linux-gnu tls=0x70001000
  $ osmodump -q core-arm64 -c '!gle'
  errno: 2 ENOENT - No such file or directory (at 00000000`70001010)
  $ demo x64 x86_64-linux-gnu fs_base=0x70001000
  $ osmodump -q core-x64 -c '!gle'
  errno: 28 ENOSPC - No space left on device (at 00000000`70000fd0)
  $ osmodump -q --json core-x64 -c '!gle'
  {"kind":"last_error","thread":0,"source":"errno","kind_of_value":"errno","value":28,"name":"ENOSPC","text":"No space left on device","address":"0x70000fd0"}
