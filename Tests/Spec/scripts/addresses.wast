;; Addresses that are sums: each wraps as it must, whatever accesses stand beside it.
(module
  (memory 1)
  (data (i32.const 0) "\01\02\03\04\05\06\07\08\09\0a\0b\0c\0d\0e\0f\10")
  (data (i32.const 65532) "\f1\f2\f3\f4")

  (func (export "sum") (param i32) (result i32)
    (i32.load8_u (i32.add (local.get 0) (i32.const 8))))
  (func (export "access_then_sum") (param i32) (result i32)
    (i32.add
      (i32.load8_u (local.get 0))
      (i32.mul (i32.const 256) (i32.load8_u (i32.add (local.get 0) (i32.const 8))))))
  (func (export "sum_then_access") (param i32) (result i32)
    (i32.add
      (i32.mul (i32.const 256) (i32.load8_u (i32.add (local.get 0) (i32.const 8))))
      (i32.load8_u (local.get 0))))
  (func (export "difference") (param i32) (result i32)
    (i32.add
      (i32.load8_u (local.get 0))
      (i32.mul (i32.const 256) (i32.load8_u (i32.sub (local.get 0) (i32.const 8))))))
  (func (export "negative") (param i32) (result i32)
    (i32.add
      (i32.load8_u (local.get 0))
      (i32.mul (i32.const 256) (i32.load8_u (i32.add (local.get 0) (i32.const -8))))))
  (func (export "offset") (param i32) (result i32)
    (i32.add
      (i32.load8_u offset=4 (local.get 0))
      (i32.mul (i32.const 256) (i32.load8_u offset=2 (i32.add (local.get 0) (i32.const 8))))))

  ;; The access that proves the sum is on one path only.
  (func (export "one_arm") (param i32 i32) (result i32)
    (if (local.get 1) (then (drop (i32.load8_u (local.get 0)))))
    (i32.load8_u (i32.add (local.get 0) (i32.const 8))))
  (func (export "left_before") (param i32 i32) (result i32)
    (local $sum i32)
    (block
      (local.set $sum (i32.load8_u (i32.add (local.get 0) (i32.const 8))))
      (br_if 0 (local.get 1))
      (local.set $sum (i32.add (local.get $sum) (i32.load8_u (local.get 0)))))
    (local.get $sum))

  ;; The variable is another by then.
  (func (export "moved") (param i32 i32) (result i32)
    (drop (i32.load8_u (local.get 0)))
    (local.set 0 (local.get 1))
    (i32.load8_u (i32.add (local.get 0) (i32.const 8))))
  (func (export "moved_by_itself") (param i32) (result i32)
    (drop (i32.load8_u (local.get 0)))
    (local.set 0 (i32.sub (local.get 0) (i32.const 16)))
    (i32.load8_u (i32.add (local.get 0) (i32.const 8))))
  (func (export "pending") (param i32) (result i32)
    (i32.load8_u (i32.add (local.get 0) (i32.const 8)))
    (local.set 0 (i32.const 4))
    (i32.mul (i32.load8_u (local.get 0)) (i32.const 256))
    (i32.add))
  (func (export "two") (param i32) (result i32)
    (local $above i32)
    (local.set $above (i32.add (local.get 0) (i32.const 4)))
    (i32.add
      (i32.load8_u (local.get $above))
      (i32.add
        (i32.mul (i32.const 256) (i32.load8_u (i32.add (local.get 0) (i32.const 8))))
        (i32.mul (i32.const 65536) (i32.load8_u (i32.add (local.get 0) (i32.const 2)))))))

  ;; Backwards through the memory and round the end: every turn proves for itself alone.
  (func (export "loop") (param $at i32) (param $turns i32) (result i32)
    (local $sum i32)
    (loop $again
      (local.set $sum
        (i32.add (i32.mul (local.get $sum) (i32.const 3))
          (i32.load8_u (i32.add (local.get $at) (i32.const 8)))))
      (local.set $at (i32.sub (local.get $at) (i32.const 4)))
      (br_if $again (local.tee $turns (i32.sub (local.get $turns) (i32.const 1)))))
    (local.get $sum))
  ;; The value that a branch carries belongs to the branch alone.
  (func (export "carried") (param i32 i32) (result i32)
    (local $turn i32)
    (local.get 0)
    (loop $again (param i32) (result i32)
      (local.set 0)
      (local.set $turn (i32.add (local.get $turn) (i32.const 1)))
      (drop (i32.load8_u (local.get 1)))
      (local.get 1)
      (br_if $again (i32.lt_u (local.get $turn) (i32.const 2)))
      (drop)
      (i32.load8_u (i32.add (local.get 0) (i32.const 8)))))

  ;; Sums of 64 bits of which the lower half is the address.
  (func (export "wide") (param i32) (result i32)
    (i32.add
      (i32.load8_u (local.get 0))
      (i32.mul (i32.const 256)
        (i32.load8_u (i32.wrap_i64 (i64.add (i64.extend_i32_u (local.get 0)) (i64.const 8)))))))
  (func (export "wide_sum") (param i32) (result i32)
    (i32.wrap_i64 (i64.add (i64.extend_i32_s (local.get 0)) (i64.const 0x200000005))))
  (func (export "wide_access") (param i32) (result i32)
    (i32.load8_u (i32.wrap_i64 (i64.add (i64.extend_i32_u (local.get 0)) (i64.const -8)))))

  (func (export "store_then_sum") (param i32) (result i32)
    (i32.store8 (i32.add (local.get 0) (i32.const 8)) (i32.const 77))
    (i32.store8 (local.get 0) (i32.const 78))
    (i32.load8_u (i32.add (local.get 0) (i32.const 8))))

  ;; Of two neighbouring words one is chosen.
  (func (export "either") (param i32 i32) (result i32)
    (i32.load
      (i32.add (local.get 0) (select (i32.const 4) (i32.const 0) (local.get 1)))))
  (func (export "either_turned") (param i32 i32) (result i32)
    (i32.load offset=8
      (i32.add (local.get 0) (select (i32.const -8) (i32.const -4) (local.get 1)))))

  (func (export "either_kept") (param $at i32) (param $second i32) (result i32)
    (local $place i32)
    (local.set $place
      (i32.add (local.get $at) (select (i32.const 4) (i32.const 0) (local.get $second))))
    (local.set $at (i32.load (local.get $place)))
    (i32.add (local.get $at) (local.get $place)))
  ;; What is chosen is added to the variable itself, which is another afterwards.
  (func (export "either_moved") (param $at i32) (param $second i32) (result i32)
    (local.set $at
      (i32.add (local.get $at) (select (i32.const 4) (i32.const 0) (local.get $second))))
    (i32.load (local.get $at)))
  (func (export "either_by_itself") (param $at i32) (param $place i32) (result i32)
    (local.set $place
      (i32.add (local.get $at) (select (i32.const 4) (i32.const 0) (local.get $place))))
    (i32.load (local.get $place)))

  ;; Choices by the lowest bit.
  (func (export "by_bit") (param i32 i32 i32) (result i32)
    (select (local.get 1) (local.get 2) (i32.and (local.get 0) (i32.const 1))))
  (func (export "by_no_bit") (param i64 i64 i64) (result i64)
    (select (local.get 1) (local.get 2)
      (i64.eqz (i64.and (local.get 0) (i64.const 1)))))
  (func (export "by_wrapped_bit") (param i64 i32 i32) (result i32)
    (select (local.get 1) (local.get 2)
      (i32.and (i32.wrap_i64 (local.get 0)) (i32.const 1)))))

(assert_return (invoke "sum" (i32.const -8)) (i32.const 1))
(assert_return (invoke "sum" (i32.const 65524)) (i32.const 0xf1))
(assert_trap (invoke "sum" (i32.const 65528)) "out of bounds memory access")
(assert_return (invoke "access_then_sum" (i32.const 0)) (i32.const 0x901))
(assert_return (invoke "access_then_sum" (i32.const 65524)) (i32.const 0xf100))
(assert_trap (invoke "access_then_sum" (i32.const 65528)) "out of bounds memory access")
(assert_trap (invoke "access_then_sum" (i32.const -8)) "out of bounds memory access")
(assert_return (invoke "sum_then_access" (i32.const 1)) (i32.const 0xa02))
(assert_trap (invoke "sum_then_access" (i32.const 65528)) "out of bounds memory access")
(assert_trap (invoke "sum_then_access" (i32.const -8)) "out of bounds memory access")
(assert_return (invoke "difference" (i32.const 8)) (i32.const 0x109))
(assert_trap (invoke "difference" (i32.const 7)) "out of bounds memory access")
(assert_return (invoke "negative" (i32.const 65535)) (i32.const 0x00f4))
(assert_trap (invoke "negative" (i32.const 0)) "out of bounds memory access")
(assert_return (invoke "offset" (i32.const 0)) (i32.const 0xb05))
(assert_trap (invoke "offset" (i32.const -8)) "out of bounds memory access")
(assert_trap (invoke "offset" (i32.const -4)) "out of bounds memory access")

(assert_return (invoke "one_arm" (i32.const -8) (i32.const 0)) (i32.const 1))
(assert_trap (invoke "one_arm" (i32.const -8) (i32.const 1)) "out of bounds memory access")
(assert_return (invoke "left_before" (i32.const -8) (i32.const 1)) (i32.const 1))
(assert_return (invoke "left_before" (i32.const 0) (i32.const 0)) (i32.const 10))
(assert_trap (invoke "left_before" (i32.const -8) (i32.const 0)) "out of bounds memory access")

(assert_return (invoke "moved" (i32.const 0) (i32.const -8)) (i32.const 1))
(assert_return (invoke "moved_by_itself" (i32.const 8)) (i32.const 1))
(assert_return (invoke "moved_by_itself" (i32.const 9)) (i32.const 2))
(assert_return (invoke "pending" (i32.const -8)) (i32.const 0x501))
(assert_return (invoke "two" (i32.const 0)) (i32.const 0x30905))
(assert_return (invoke "two" (i32.const -2)) (i32.const 0x10703))
(assert_trap (invoke "two" (i32.const -4)) "out of bounds memory access")
(assert_trap (invoke "two" (i32.const -8)) "out of bounds memory access")

(assert_return (invoke "loop" (i32.const 0) (i32.const 3)) (i32.const 97))
(assert_trap (invoke "loop" (i32.const 0) (i32.const 4)) "out of bounds memory access")
(assert_return (invoke "carried" (i32.const 0) (i32.const 1)) (i32.const 10))

(assert_return (invoke "either" (i32.const 0) (i32.const 0)) (i32.const 0x04030201))
(assert_return (invoke "either" (i32.const 0) (i32.const 1)) (i32.const 0x08070605))
(assert_return (invoke "either" (i32.const 3) (i32.const 1)) (i32.const 0x0b0a0908))
(assert_return (invoke "either" (i32.const 65532) (i32.const 0)) (i32.const 0xf4f3f2f1))
(assert_trap (invoke "either" (i32.const 65532) (i32.const 1)) "out of bounds memory access")
(assert_return (invoke "either" (i32.const -4) (i32.const 1)) (i32.const 0x04030201))
(assert_trap (invoke "either" (i32.const -4) (i32.const 0)) "out of bounds memory access")
(assert_trap (invoke "either" (i32.const 65536) (i32.const 0)) "out of bounds memory access")
(assert_return (invoke "either_turned" (i32.const 8) (i32.const 1)) (i32.const 0x0c0b0a09))
(assert_return (invoke "either_turned" (i32.const 8) (i32.const 0)) (i32.const 0x100f0e0d))
(assert_trap (invoke "either_turned" (i32.const 0) (i32.const 1)) "out of bounds memory access")
(assert_return (invoke "either_turned" (i32.const 5) (i32.const 0)) (i32.const 0x0d0c0b0a))

(assert_return (invoke "either_kept" (i32.const 0) (i32.const 1)) (i32.const 0x08070609))
(assert_return (invoke "either_kept" (i32.const 3) (i32.const 0)) (i32.const 0x07060507))
(assert_trap (invoke "either_kept" (i32.const 65532) (i32.const 1)) "out of bounds memory access")
(assert_return (invoke "either_moved" (i32.const 0) (i32.const 1)) (i32.const 0x08070605))
(assert_return (invoke "either_moved" (i32.const 8) (i32.const 0)) (i32.const 0x0c0b0a09))
(assert_return (invoke "either_by_itself" (i32.const 0) (i32.const 1)) (i32.const 0x08070605))
(assert_return (invoke "either_by_itself" (i32.const 0) (i32.const 0)) (i32.const 0x04030201))

(assert_return (invoke "by_bit" (i32.const 6) (i32.const 1) (i32.const 2)) (i32.const 2))
(assert_return (invoke "by_bit" (i32.const 7) (i32.const 1) (i32.const 2)) (i32.const 1))
(assert_return (invoke "by_no_bit" (i64.const 0x100000000) (i64.const -1) (i64.const 5)) (i64.const -1))
(assert_return (invoke "by_no_bit" (i64.const -1) (i64.const -1) (i64.const 5)) (i64.const 5))
(assert_return (invoke "by_wrapped_bit" (i64.const 0x100000000) (i32.const 3) (i32.const 4)) (i32.const 4))
(assert_return (invoke "by_wrapped_bit" (i64.const 0x100000001) (i32.const 3) (i32.const 4)) (i32.const 3))

(assert_return (invoke "wide" (i32.const 0)) (i32.const 0x901))
(assert_trap (invoke "wide" (i32.const -8)) "out of bounds memory access")
(assert_return (invoke "wide_sum" (i32.const -5)) (i32.const 0))
(assert_return (invoke "wide_sum" (i32.const 0x7fffffff)) (i32.const 0x80000004))
(assert_return (invoke "wide_access" (i32.const 8)) (i32.const 1))
(assert_trap (invoke "wide_access" (i32.const 7)) "out of bounds memory access")

(assert_return (invoke "store_then_sum" (i32.const 32)) (i32.const 77))
(assert_trap (invoke "store_then_sum" (i32.const -8)) "out of bounds memory access")

;; All pages from the start: sums reach to the last byte and round it.
(module
  (memory 65536)
  (func (export "last") (param i32) (result i32)
    (i32.store8 (local.get 0) (i32.const 5))
    (i32.store8 (i32.add (local.get 0) (i32.const 16)) (i32.const 6))
    (i32.add
      (i32.load8_u (local.get 0))
      (i32.mul (i32.const 256) (i32.load8_u (i32.const 3))))))
(assert_return (invoke "last" (i32.const -13)) (i32.const 0x605))
