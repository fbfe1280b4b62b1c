;; Whether a function is null: it never is.
(module (memory 1) (func $f) (elem declare func $f) (func (export "a") (result i32) (ref.is_null (ref.func $f)))
 (func (export "b") (result i32) (i32.load (ref.is_null (ref.func $f))))
 (func (export "c") (result i32) (if (result i32) (ref.is_null (ref.func $f)) (then (i32.const 1)) (else (i32.const 2))))
 (func (export "d") (result i32) (i32.eqz (ref.is_null (ref.func $f))))
  ;; One of two.
  (func (export "either") (param i32) (result i32)
    (ref.is_null (select (result funcref) (ref.null func) (ref.func $f) (local.get 0))))
  (func (export "one of three") (param i32) (result i32)
    (ref.is_null (select (result funcref) (select (result funcref) (ref.func $f) (ref.null func) (local.get 0))
      (ref.null func) (i32.const 0))))
  (func (export "again") (param i32)
    (loop (br_if 0 (ref.is_null (select (result funcref) (ref.func $f) (ref.null func) (local.get 0)))))))
