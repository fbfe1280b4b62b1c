;; Whether a function is null: it never is.
(module (memory 1) (func $f) (elem declare func $f) (func (export "a") (result i32) (ref.is_null (ref.func $f)))
 (func (export "b") (result i32) (i32.load (ref.is_null (ref.func $f))))
 (func (export "c") (result i32) (if (result i32) (ref.is_null (ref.func $f)) (then (i32.const 1)) (else (i32.const 2))))
 (func (export "d") (result i32) (i32.eqz (ref.is_null (ref.func $f)))))
