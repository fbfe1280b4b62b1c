;; by wasm-tools
;; Nothing of a vector's store that does not fit is done. Some processors, and qemu for aarch64, do
;; half of it where only the hardware checks.
(module
  (memory 1)
  (func (export "store") (param i32 v128) (v128.store (local.get 0) (local.get 1)))
  (func (export "store_lane") (param i32 v128) (v128.store64_lane 1 (local.get 0) (local.get 1)))
  (func (export "word") (param i32) (result i32) (i32.load (local.get 0))))

(assert_trap (invoke "store" (i32.const 65524) (v128.const i64x2 -1 -1)) "out of bounds memory access")
(assert_return (invoke "word" (i32.const 65524)) (i32.const 0))
(assert_trap (invoke "store_lane" (i32.const 65532) (v128.const i64x2 -1 -1)) "out of bounds memory access")
(assert_return (invoke "word" (i32.const 65532)) (i32.const 0))
