;; --memory bounds --instances one
;; shows header code
;; Names of functions, globals and locals: given, clashing, words of C's, or none.
(module
  (import "env" "log" (func (param i32)))
  (global $counter (mut i32) (i32.const 0))
  (global (;1;) (mut i64) (i64.const 5))
  (global (export "limit") i32 (i32.const 7))
  (func $sum.of<T> (param $from i32) (param $to i32) (result i32) (local $int i32) (local i64)
    (loop $next
      (local.set $int (i32.add (local.get $int) (local.get $from)))
      (local.set 3 (i64.add (local.get 3) (global.get 1)))
      (br_if $next
        (i32.lt_u
          (local.tee $from (i32.add (local.get $from) (i32.const 1)))
          (local.get $to))))
    (global.set $counter (local.get $int))
    (global.set 1 (local.get 3))
    (call 0 (local.get $int))
    (local.get $int))
  ;; The same letters and underscores as above.
  (func $sum_of_T_ (param $a-b i32) (param $a_b i32) (param $NULL i32) (result i32)
    (i32.sub (local.get $a-b) (i32.mul (local.get $a_b) (local.get $NULL))))
  (func (export "run fast") (param $i i32) (param $m i32) (result i32)
    (call $sum_of_T_ (call $sum.of<T> (i32.const 0) (local.get $i)) (call 4 (local.get $m))
      (global.get 2)))
  (func (param i32) (result i32) (i32.popcnt (local.get 0))))
