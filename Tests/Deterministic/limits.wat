  (import "host" "dive_inside" (func $dive_inside))
  (memory (export "memory") 1 3)
  (type $none (func))
  (table $calls 2 10 funcref)
  (table $grown (export "grown") 1 7 externref)
  (elem (table $calls) (i32.const 0) func $two $plain)
  (global $depth (mut i32) (i32.const 0))

  ;; Counts itself, until there is no stack.
  (func $plain (export "plain")
    (global.set $depth (i32.add (global.get $depth) (i32.const 1)))
    (call $plain)
    (global.set $depth (i32.sub (global.get $depth) (i32.const 1))))

  ;; Frames of several sizes, one of them by a table.
  (func $one (param i32 f64) (local i64 v128)
    (global.set $depth (i32.add (global.get $depth) (i32.const 1)))
    (call_indirect $calls (type $none) (i32.and (local.get 0) (i32.const 0)))
    (local.set 2 (i64.const 1))
    (drop (i64.add (local.get 2) (i64.trunc_sat_f64_s (local.get 1)))))
  (func $two (local v128 v128)
    (local.set 0 (v128.const i64x2 1 2))
    (global.set $depth (i32.add (global.get $depth) (i32.const 1)))
    (call $one (i32.const 4) (f64.const 1))
    (drop (v128.any_true (v128.and (local.get 0) (local.get 1)))))
  (func (export "mixed") (call $two))

  ;; Calls that take their caller's place cost nothing, however many there are ...
  (func $count_down (param i32) (result i32)
    (if (i32.eqz (local.get 0)) (then (return (i32.const 5))))
    (return_call $pass (i32.sub (local.get 0) (i32.const 1)) (i64.const 7)))
  (func $pass (param i32 i64) (result i32) (return_call $count_down (local.get 0)))
  (func (export "tail_calls") (result i32) (call $count_down (i32.const 300000)))

  ;; ... and one between calls that do.
  (func $goes_on (param i32) (result i32)
    (global.set $depth (i32.add (global.get $depth) (i32.const 1)))
    (i32.add (i32.const 1) (call $turns (local.get 0))))
  (func $turns (param i32) (result i32)
    (global.set $depth (i32.add (global.get $depth) (i32.const 1)))
    (if (i32.eqz (local.get 0)) (then (drop (call $goes_on (i32.const 0)))))
    (return_call $goes_on (local.get 0)))
  (func (export "between") (drop (call $goes_on (i32.const 1))))

  ;; The host calls the module again, catches what ends that, and returns.
  (func $asks (param i32)
    (global.set $depth (i32.add (global.get $depth) (i32.const 1)))
    (if (i32.eq (local.get 0) (i32.const 40)) (then (call $dive_inside)))
    (call $asks (i32.add (local.get 0) (i32.const 1))))
  (func (export "asks") (call $asks (i32.const 0)))

  (func (export "depth") (result i32)
    (global.get $depth)
    (global.set $depth (i32.const 0)))
  (func (export "grow_memory") (param i32) (result i32) (memory.grow (local.get 0)))
  (func (export "grow_table") (param i32) (result i32) (table.grow $grown (ref.null extern) (local.get 0)))
  (func (export "at_end") (result i32) (i32.load (i32.sub (i32.shl (memory.size) (i32.const 16)) (i32.const 1))))
