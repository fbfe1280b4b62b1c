;; References that come from calls and choices, as arguments: their loads are forced.
(module (memory 1) (table 2 funcref)
  (func $make (result externref) (drop (i32.load (i32.const 0))) (ref.null extern))
  (func $use (param externref))
  (func $call (param funcref))
  (func (export "f") (param i32)
    (call $use (call $make))
    (call $call
      (select (result funcref)
        (ref.null func) (table.get 0 (i32.const 0)) (i32.load (local.get 0))))))
