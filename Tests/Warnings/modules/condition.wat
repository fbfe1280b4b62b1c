;; A loop whose condition is a temporary, in a function that has no locals.
(module (memory 1)
  (func (export "f") (result i32)
    (loop $l
      (i32.load (i32.const 4))
      (i32.store (i32.const 8) (i32.const 1))
      (br_if $l))
    (i32.const 3)))
