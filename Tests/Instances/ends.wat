;; Recursion that ends in what C compilers make a call of a function of the C library's.
(module
  (memory 1)
  ;; Sets 4,096 bytes: memset.
  (func $fill (export "fill") (param $depth i32) (result i32)
    (local $at i32)
    (if (result i32) (local.get $depth)
      (then (i32.add (call $fill (i32.sub (local.get $depth) (i32.const 1))) (i32.const 1)))
      (else
        (loop $next
          (i32.store8 (local.get $at) (i32.const 7))
          (br_if $next
            (i32.ne (local.tee $at (i32.add (local.get $at) (i32.const 1))) (i32.const 4096))))
        (i32.load8_u (i32.const 9)))))
  ;; Counts bytes up to a zero: strlen.
  (func $length (export "length") (param $depth i32) (result i32)
    (local $at i32)
    (if (result i32) (local.get $depth)
      (then (i32.add (call $length (i32.sub (local.get $depth) (i32.const 1))) (i32.const 1)))
      (else
        (loop $next
          (br_if $next
            (i32.load8_u (local.tee $at (i32.add (local.get $at) (i32.const 1))))))
        (local.get $at))))
  ;; Divides by zero: the way out of a trap.
  (func $divide (export "divide") (param $depth i32) (result i32)
    (if (result i32) (local.get $depth)
      (then (i32.add (call $divide (i32.sub (local.get $depth) (i32.const 1))) (i32.const 1)))
      (else (i32.div_u (i32.const 1) (local.get $depth)))))
  (data (i32.const 0) "text"))
