;; Loops: what a branch to one carries, what it leaves behind, and how it ends.
(module
  (func (export "empty") (loop) (loop $l))
  (func (export "value") (result i32) (loop (result i32) (i32.const 7)))
  (func (export "fall_through") (result i32)
    (loop (result i32) (loop (result i32) (loop (result i32) (i32.const 3)))))

  ;; A branch to a loop carries its parameters, not its results.
  (func (export "countdown") (param $n i32) (result i32)
    (local $turns i32)
    (local.get $n)
    (loop $l (param i32) (result i32)
      (local.set $n)
      (local.set $turns (i32.add (local.get $turns) (i32.const 1)))
      (if (result i32) (i32.eqz (local.get $n))
        (then (local.get $turns))
        (else (br $l (i32.sub (local.get $n) (i32.const 1)))))))

  ;; Parameters that change places on every turn.
  (func (export "swap") (param $n i32) (result i64 f32)
    (local $a i64) (local $b i64)
    (i64.const 1) (i64.const 2) (f32.const 0)
    (loop $l (param i64 i64 f32) (result i64 f32)
      (f32.add (f32.const 1.5))
      (local.set $n (i32.sub (local.get $n) (i32.const 1)))
      (if (param i64 i64 f32) (result i64 f32) (i32.ge_s (local.get $n) (i32.const 0))
        (then
          (call $rotate) (br $l))
        (else (call $second)))))
  (func $rotate (param i64 i64 f32) (result i64 i64 f32) (local.get 1) (local.get 0) (local.get 2))
  (func $second (param i64 i64 f32) (result i64 f32) (local.get 1) (local.get 2))

  ;; The same exchange on the operand stack, by locals.
  (func (export "fibonacci") (param $n i32) (result i64)
    (local $t i64)
    (i64.const 0) (i64.const 1)
    (loop $l (param i64 i64) (result i64)
      (local.set $t)                            ;; a | t = b
      (local.get $t) (i64.add)                  ;; a + b
      (local.get $t)                            ;; a + b, b
      (local.set $n (i32.sub (local.get $n) (i32.const 1)))
      (if (param i64 i64) (result i64) (i32.gt_s (local.get $n) (i32.const 0))
        (then (call $exchange) (br $l))
        (else (drop)))))
  (func $exchange (param i64 i64) (result i64 i64) (local.get 1) (local.get 0))

  ;; br_if that is not taken keeps the loop's parameters, as the loop's results.
  (func (export "kept") (param $n i32) (result i32 i32)
    (local.get $n) (i32.const 0)
    (loop $l (param i32 i32) (result i32 i32)
      (local.set $n (i32.add (i32.const 1)))    ;; second + 1
      (local.get $n)                            ;; first, n
      (br_if $l (i32.lt_u (local.get $n) (i32.const 10)))))

  ;; Operands under a loop stay what they were.
  (func (export "under") (param $x i32) (result i32)
    (local.get $x)
    (i32.const 5)
    (loop $l
      (local.set $x (i32.add (local.get $x) (i32.const 1)))
      (br_if $l (i32.lt_s (local.get $x) (i32.const 100))))
    (i32.mul)
    (i32.add (local.get $x)))

  (func (export "nested") (param $n i32) (param $m i32) (result i32)
    (local $i i32) (local $j i32) (local $sum i32)
    (block $out
      (loop $outer
        (br_if $out (i32.ge_u (local.get $i) (local.get $n)))
        (local.set $j (i32.const 0))
        (block $next
          (loop $inner
            (br_if $next (i32.ge_u (local.get $j) (local.get $m)))
            (local.set $sum (i32.add (local.get $sum) (i32.mul (local.get $i) (local.get $j))))
            (local.set $j (i32.add (local.get $j) (i32.const 1)))
            (br_if $out (i32.gt_u (local.get $sum) (i32.const 1000)))
            (br $inner)))
        (local.set $i (i32.add (local.get $i) (i32.const 1)))
        (br $outer)))
    (local.get $sum))

  ;; From an inner loop to the outer one's start, past pending operands.
  (func (export "restart") (param $n i32) (result i32)
    (local $turns i32)
    (loop $outer (result i32)
      (local.set $turns (i32.add (local.get $turns) (i32.const 1)))
      (local.get $turns)
      (loop (result i32)
        (local.set $n (i32.sub (local.get $n) (i32.const 1)))
        (br_if $outer (i32.gt_s (local.get $n) (i32.const 0)))
        (i32.const 1000))
      (i32.add)))

  (func (export "return_inside") (param $n i32) (result i32)
    (loop $l
      (if (i32.eq (local.get $n) (i32.const 42)) (then (return (local.get $n))))
      (local.set $n (i32.add (local.get $n) (i32.const 1)))
      (br_if $l (i32.lt_u (local.get $n) (i32.const 50))))
    (i32.const -1))

  ;; A local that the loop's end reads before the next turn sets it.
  (func (export "previous") (param $n i32) (result i32)
    (local $prev i32) (local $now i32)
    (loop $l
      (local.get $now)
      (local.set $now (i32.add (i32.mul (local.get $now) (i32.const 3)) (i32.const 1)))
      (local.set $prev)
      (br_if $l (local.tee $n (i32.sub (local.get $n) (i32.const 1)))))
    (i32.sub (local.get $now) (local.get $prev)))

  ;; Deep in expressions.
  (func (export "as_operands") (result i32)
    (i32.sub
      (loop (result i32) (i32.const 10))
      (i32.mul (loop (result i32) (i32.const 3)) (loop (result i32) (i32.const 2)))))
  (func (export "as_condition") (param i32) (result i32)
    (if (result i32) (loop (result i32) (local.get 0)) (then (i32.const 1)) (else (i32.const 2))))
  (func (export "as_select") (param i32) (result i32)
    (select (loop (result i32) (i32.const 1)) (loop (result i32) (i32.const 2))
      (loop (result i32) (local.get 0))))

  ;; Ends only because of the trap inside.
  (func (export "until_trap") (param $n i32) (result i32)
    (loop $l (result i32)
      (drop (i32.div_u (i32.const 1) (local.get $n)))
      (local.set $n (i32.sub (local.get $n) (i32.const 1)))
      (br $l)))
  (func (export "until_unreachable") (param $n i32)
    (loop $l
      (if (i32.eqz (local.get $n)) (then (unreachable)))
      (local.set $n (i32.sub (local.get $n) (i32.const 1)))
      (br $l)))

  (memory 1)
  ;; Sums and searches through memory, with the access as the loop's only effect.
  (func (export "sum_until_zero") (param $p i32) (result i32)
    (local $sum i32) (local $v i32)
    (loop $l
      (local.set $sum (i32.add (local.get $sum) (local.tee $v (i32.load8_u (local.get $p)))))
      (local.set $p (i32.add (local.get $p) (i32.const 1)))
      (br_if $l (local.get $v)))
    (local.get $sum))
  (func (export "load_until_trap") (param $p i32)
    (loop $l
      (drop (i32.load (local.get $p)))
      (local.set $p (i32.add (local.get $p) (i32.const 4096)))
      (br $l)))
  (data (i32.const 100) "\01\02\03\04\05\00\07"))

(assert_return (invoke "empty"))
(assert_return (invoke "value") (i32.const 7))
(assert_return (invoke "fall_through") (i32.const 3))
(assert_return (invoke "countdown" (i32.const 0)) (i32.const 1))
(assert_return (invoke "countdown" (i32.const 9)) (i32.const 10))
(assert_return (invoke "swap" (i32.const 0)) (i64.const 2) (f32.const 1.5))
(assert_return (invoke "swap" (i32.const 1)) (i64.const 1) (f32.const 3))
(assert_return (invoke "swap" (i32.const 4)) (i64.const 2) (f32.const 7.5))
(assert_return (invoke "fibonacci" (i32.const 1)) (i64.const 1))
(assert_return (invoke "fibonacci" (i32.const 2)) (i64.const 2))
(assert_return (invoke "fibonacci" (i32.const 10)) (i64.const 89))
(assert_return (invoke "kept" (i32.const 33)) (i32.const 33) (i32.const 10))
(assert_return (invoke "under" (i32.const 7)) (i32.const 135))
(assert_return (invoke "under" (i32.const 200)) (i32.const 1201))
(assert_return (invoke "nested" (i32.const 4) (i32.const 5)) (i32.const 60))
(assert_return (invoke "nested" (i32.const 0) (i32.const 5)) (i32.const 0))
(assert_return (invoke "nested" (i32.const 100) (i32.const 100)) (i32.const 1035))
(assert_return (invoke "restart" (i32.const 0)) (i32.const 1001))
(assert_return (invoke "restart" (i32.const 6)) (i32.const 1006))
(assert_return (invoke "return_inside" (i32.const 40)) (i32.const 42))
(assert_return (invoke "return_inside" (i32.const 43)) (i32.const -1))
(assert_return (invoke "previous" (i32.const 1)) (i32.const 1))
(assert_return (invoke "previous" (i32.const 4)) (i32.const 27))
(assert_return (invoke "as_operands") (i32.const 4))
(assert_return (invoke "as_condition" (i32.const 0)) (i32.const 2))
(assert_return (invoke "as_condition" (i32.const 8)) (i32.const 1))
(assert_return (invoke "as_select" (i32.const 0)) (i32.const 2))
(assert_return (invoke "as_select" (i32.const -1)) (i32.const 1))
(assert_trap (invoke "until_trap" (i32.const 20)) "integer divide by zero")
(assert_trap (invoke "until_unreachable" (i32.const 20)) "unreachable")
(assert_return (invoke "sum_until_zero" (i32.const 100)) (i32.const 15))
(assert_return (invoke "sum_until_zero" (i32.const 106)) (i32.const 7))
(assert_trap (invoke "load_until_trap" (i32.const 0)) "out of bounds memory access")
(assert_trap (invoke "load_until_trap" (i32.const 3)) "out of bounds memory access")

(assert_invalid (module (func (result i32) (loop))) "type mismatch")
(assert_invalid (module (func (loop (i32.const 1)))) "type mismatch")
(assert_invalid (module (func (result i32) (loop (result i32) (i64.const 1)))) "type mismatch")
(assert_invalid (module (func (result i32) (loop $l (result i32) (br $l (i32.const 1)) (i64.const 0))))
  "type mismatch")
(assert_invalid (module (func (i32.const 1) (loop $l (param i32) (drop) (br $l)))) "type mismatch")
(assert_invalid (module (func (loop $l (param i32) (drop)))) "type mismatch")
(assert_invalid (module (func (i32.const 1) (loop (drop)))) "type mismatch")
(assert_invalid (module (func (loop (br 2)))) "unknown label")
