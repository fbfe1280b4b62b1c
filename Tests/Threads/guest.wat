;; What threads may be at when something ends. By wasm-tools parse.
;;
;; A thread's argument is the address of: what to do, how often, where to count, a lock.
(module
  (import "env" "memory" (memory 1 64 shared))
  (import "wasi" "thread-spawn" (func $spawn (param i32) (result i32)))
  (import "env" "exit" (func $exit (param i32)))
  (import "env" "pause" (func $pause))
  (import "env" "call" (func $call (param i32 i32)))
  (table $own 4 16 funcref)
  (global $calls (mut i32) (i32.const 0))
  (elem (table $own) (i32.const 0) func $nothing $nothing $deeper)
  (type $plain (func))
  ;; Threads that have begun, where everybody looks.
  (global $begun i32 (i32.const 16))

  (func $nothing)
  (func $deeper (local i64 i64)
    (global.set $calls (i32.add (global.get $calls) (i32.const 1)))
    (call $deeper)
    (global.set $calls (i32.sub (global.get $calls) (i32.const 1))))

  (func $lock (param $at i32)
    (loop $again
      (if (i32.atomic.rmw.cmpxchg (local.get $at) (i32.const 0) (i32.const 1))
        (then
          (drop (memory.atomic.wait32 (local.get $at) (i32.const 1) (i64.const -1)))
          (br $again)))))
  (func $unlock (param $at i32)
    (i32.atomic.store (local.get $at) (i32.const 0))
    (drop (memory.atomic.notify (local.get $at) (i32.const 1))))

  ;; In each round one more in counters of all widths, side by side.
  (func $count (param $at i32) (param $n i32)
    (loop $again
      (drop (i32.atomic.rmw8.add_u (local.get $at) (i32.const 1)))
      (drop (i32.atomic.rmw8.sub_u offset=1 (local.get $at) (i32.const 1)))
      (drop (i64.atomic.rmw16.add_u offset=2 (local.get $at) (i64.const 1)))
      (drop (i32.atomic.rmw.add offset=4 (local.get $at) (i32.const 1)))
      (drop (i64.atomic.rmw.add offset=8 (local.get $at) (i64.const 0x100000001)))
      (br_if $again (local.tee $n (i32.sub (local.get $n) (i32.const 1))))))
  ;; The same by plain accesses under a lock.
  (func $count_locked (param $lock i32) (param $at i32) (param $n i32)
    (loop $again
      (call $lock (local.get $lock))
      (i64.store (local.get $at) (i64.add (i64.load (local.get $at)) (i64.const 1)))
      (call $unlock (local.get $lock))
      (br_if $again (local.tee $n (i32.sub (local.get $n) (i32.const 1))))))
  ;; Grows by pages, and counts those that it got; each is zero, and then is not.
  (func $grow (param $at i32) (param $n i32) (local $page i32)
    (loop $again
      (local.set $page (memory.grow (i32.const 1)))
      (if (i32.ne (local.get $page) (i32.const -1))
        (then
          (local.set $page (i32.shl (local.get $page) (i32.const 16)))
          (if (i32.load offset=65532 (local.get $page)) (then unreachable))
          (i32.store offset=65532 (local.get $page) (i32.const 1))
          (drop (i32.atomic.rmw.add (local.get $at) (i32.const 1)))))
      (br_if $again (local.tee $n (i32.sub (local.get $n) (i32.const 1))))))

  (func $act (export "act") (param $what i32) (param $times i32) (param $at i32) (param $lock i32)
    (block $default
    (block $table_grow (block $callback (block $indirect (block $atomic (block $filling (block $busy
    (block $spawning (block $growing (block $locked (block $counting
    (block $sleep (block $wait64 (block $wait (block $pauses
    (block $outside (block $deep (block $exits (block $traps (block $returns
      (br_table $returns $traps $exits $deep $outside $pauses $wait $wait64 $sleep
        $counting $locked $growing $spawning $busy $filling $atomic $indirect $callback $table_grow $default (local.get $what)))
    ;; 0 to 4
    (return))
    unreachable)
    (call $exit (local.get $times)) unreachable)
    (call $deeper) (return))
    (drop (i32.load (i32.const -4))) (return))
    ;; 5 to 8
    (call $pause) (return))
    (drop (memory.atomic.wait32 (local.get $lock) (i32.const 0) (i64.const -1))) unreachable)
    (drop (memory.atomic.wait64 (local.get $lock) (i64.const 0) (i64.const 9000000000000000000))) unreachable)
    (loop $again (drop (memory.atomic.wait32 (local.get $lock) (i32.const 0) (i64.const 1000000))) (br $again)))
    ;; 9 to 12
    (call $count (local.get $at) (local.get $times)) (return))
    (call $count_locked (local.get $lock) (local.get $at) (local.get $times)) (return))
    (call $grow (local.get $at) (local.get $times)) (return))
    (loop $again (drop (call $spawn (local.get $at))) (br_if $again (local.tee $times (i32.sub (local.get $times) (i32.const 1))))) (return))
    ;; 13 to 18: never ends
    (loop $again (br $again)) unreachable)
    (loop $again (memory.fill (i32.const 32768) (i32.const 0) (i32.const 32768)) (br $again)) unreachable)
    (loop $again (drop (i32.atomic.rmw.add (i32.const 1024) (i32.const 1))) (br $again)) unreachable)
    (loop $again (call_indirect $own (type $plain) (i32.const 1)) (br $again)) unreachable)
    (loop $again (call $call (local.get $at) (i32.const 0)) (br $again)) unreachable)
    (loop $again (drop (table.grow $own (ref.null func) (i32.const 1))) (table.set $own (i32.const 3) (ref.func $nothing)) (br $again))))

  (func (export "wasi_thread_start") (param $thread i32) (param $argument i32)
    ;; All have state of their own.
    (if (global.get $calls) (then unreachable))
    (global.set $calls (i32.const 1))
    (drop (i32.atomic.rmw.add (global.get $begun) (i32.const 1)))
    (drop (memory.atomic.notify (global.get $begun) (i32.const -1)))
    (global.set $calls (i32.const 0))
    (call $act (i32.load (local.get $argument)) (i32.load offset=4 (local.get $argument))
      (i32.load offset=8 (local.get $argument)) (i32.load offset=12 (local.get $argument)))
    (drop (i32.atomic.rmw.add (i32.const 20) (i32.const 1)))
    (drop (memory.atomic.notify (i32.const 20) (i32.const -1))))

  (func (export "spawn") (param i32) (result i32) (call $spawn (local.get 0)))
  ;; Until the number at an address is one at least.
  (func (export "await") (param $at i32) (param $least i32) (local $now i32)
    (loop $again
      (local.set $now (i32.atomic.load (local.get $at)))
      (if (i32.lt_u (local.get $now) (local.get $least))
        (then
          (drop (memory.atomic.wait32 (local.get $at) (local.get $now) (i64.const -1)))
          (br $again)))))
  (func (export "notify") (param i32 i32) (result i32) (memory.atomic.notify (local.get 0) (local.get 1)))
  (func (export "grow") (param i32) (result i32) (memory.grow (local.get 0)))
)
