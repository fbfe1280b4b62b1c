;; What a C compiler comes to know of the guest's own values, and warns of.
(module
  (memory (export "memory") 1)
  ;; All that the shift leaves is known.
  (func (export "ones") (param i32) (result i32)
    (i32.shr_s (i32.or (local.get 0) (i32.const 0xfffffe00)) (i32.const 17)))
  (func (export "wide_ones") (param i64) (result i64)
    (i64.shr_s (i64.or (local.get 0) (i64.const 0x8000000000000000)) (i64.const 63)))
  (func (export "loaded") (param i32) (result i64)
    (i64.extend_i32_s (i32.shr_s (i32.or (i32.load8_u (local.get 0)) (i32.const 0x80000000)) (i32.const 191))))
  ;; An address in the upper half, which is known only behind a loop.
  (func (export "far") (param i32 v128) (local $p i32)
    (loop $l
      (local.set $p (i32.const 0x80000000))
      (br_if $l (i32.and (i32.load16_s offset=8 (i32.and (local.get $p) (i32.const 61440))) (i32.const 7)))
      (i32.store (local.get $p) (local.get 0))
      (i64.store offset=4 (local.get $p) (i64.const 1))
      (v128.store (local.get $p) (local.get 1)))
    (memory.fill (local.get $p) (i32.const 0) (i32.const 8))))
