;; --memory bounds --instances one
;; shows functions
;; Branch hints, turned round with their conditions. By wasm-tools parse.
(module
  (func $if (export "if") (param i32) (result i32)
    (@metadata.code.branch_hint "\01")
    (if (local.get 0) (then (return (i32.const 1))))
    (i32.const 2))
  (func $over (export "over") (param i32 i32) (result i32)
    (block
      (@metadata.code.branch_hint "\00")
      (br_if 0 (i32.eqz (local.get 0)))
      (local.set 1 (i32.const 5)))
    (local.get 1))
  (func $out (export "out") (param i32) (result i32)
    (block $out
      (loop $l
        (@metadata.code.branch_hint "\00")
        (br_if $out (i32.gt_u (local.get 0) (i32.const 100)))
        (local.set 0 (i32.mul (local.get 0) (i32.const 3)))
        (br $l)))
    (local.get 0))
  (func $value (export "value") (param i32) (result i32)
    (block (result i32)
      (@metadata.code.branch_hint "\01")
      (br_if 0 (i32.const 7) (local.get 0))
      (drop)
      (i32.const 8))))
