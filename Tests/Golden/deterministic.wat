;; --memory guard --instances one --deterministic --max-stack 65536
;; shows code
;; What is the same on every host: canonical NaNs, counted calls, growth that traps instead of failing.
(module
  (memory 1 3)
  (table $table 1 funcref)
  (func $numbers (export "numbers") (param $a f32) (param $b f64) (result f64)
    (f64.add
      (f64.promote_f32 (f32.sqrt (f32.neg (local.get $a))))
      (f64.mul (f64.abs (local.get $b)) (f64.const 1))))
  (func $vectors (export "vectors") (param $a v128) (result v128)
    (f32x4.pmin (f32x4.add (local.get $a) (v128.const f32x4 0 0 0 0)) (f64x2.relaxed_madd (local.get $a) (local.get $a) (local.get $a))))
  (func $recurse (export "recurse") (param $a i32) (result i32) (local $v v128)
    (if (result i32) (local.get $a)
      (then (call $recurse (i32.sub (local.get $a) (i32.const 1))))
      (else (i32.const 0))))
  (func $last (export "last") (param $a i32) (result i32)
    (return_call $recurse (local.get $a)))
  (func $grow (export "grow") (param $a i32) (result i32)
    (i32.add
      (memory.grow (local.get $a))
      (table.grow $table (ref.null func) (local.get $a)))))
