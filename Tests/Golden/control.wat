;; --memory guard --instances one
;; shows functions
;; Blocks, loops, switches, selects, and what may not change places.
(module
  (import "env" "next" (func $next (result i32)))
  (memory 1)
  (func $classify (export "classify") (param $x i32) (result i32)
    (block $other
      (block $many
        (block $few
          (br_table $few $few $many $other $many (local.get $x)))
        (return (i32.const 1)))
      (return (i32.const 2)))
    (i32.const 3))
  (func $gcd (export "gcd") (param $a i64) (param $b i64) (result i64) (local $rest i64)
    (block $done
      (loop $again
        (br_if $done (i64.eqz (local.get $b)))
        (local.set $rest (i64.rem_u (local.get $a) (local.get $b)))
        (local.set $a (local.get $b))
        (local.set $b (local.get $rest))
        (br $again)))
    (local.get $a))
  (func $clamp (export "clamp") (param $x f64) (result f64)
    (if (result f64) (f64.lt (local.get $x) (f64.const 0))
      (then (f64.const -0))
      (else
        (select (f64.const 1) (local.get $x) (f64.gt (local.get $x) (f64.const 1))))))
  (func $swap (export "swap") (param $a i32) (param $b i32) (local $old i32)
    (local.set $old (i32.load (local.get $a)))
    (i32.store (local.get $a) (i32.load (local.get $b)))
    (i32.store (local.get $b) (local.get $old)))
  (func $ordered (export "ordered") (param $a i32) (result i32)
    (i32.add (i32.load offset=8 (local.get $a)) (i32.mul (call $next) (call $next)))))
