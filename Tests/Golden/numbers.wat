;; --memory guard --instances one
;; shows functions
;; What C would do otherwise: signs, shifts, divisions, signed zeros, NaNs and constants.
(module
  (func $signs (export "signs") (param $a i32) (param $b i32) (result i32)
    (i32.and
      (i32.lt_s (local.get $a) (local.get $b))
      (i32.gt_u (i32.shr_s (local.get $a) (local.get $b)) (i32.shr_u (local.get $a) (i32.const 33)))))
  (func $divide (export "divide") (param $a i32) (param $b i32) (result i32)
    (i32.add (i32.div_s (local.get $a) (i32.const 7)) (i32.rem_s (local.get $a) (local.get $b))))
  (func $rotate (export "rotate") (param $a i64) (param $b i64) (result i64)
    (i64.xor (i64.rotl (local.get $a) (i64.const 13)) (i64.rotr (local.get $a) (local.get $b))))
  (func $bits (export "bits") (param $a i64) (result i32)
    (i32.wrap_i64
      (i64.add (i64.clz (local.get $a)) (i64.extend8_s (i64.sub (i64.const 0) (local.get $a))))))
  (func $quiet (export "quiet") (param $x f32) (result f32)
    (f32.add (f32.mul (local.get $x) (f32.const 1)) (f32.neg (f32.const 0))))
  (func $round (export "round") (param $x f64) (result f64)
    (f64.max (f64.nearest (local.get $x)) (f64.copysign (f64.const -0) (local.get $x))))
  (func $convert (export "convert") (param $x f64) (result i64)
    (i64.add (i64.trunc_f64_s (local.get $x)) (i64.trunc_sat_f64_u (local.get $x))))
  (func $same (export "same") (param $x i32) (result i32)
    (i32.reinterpret_f32 (f32.convert_i32_s (local.get $x))))
  (func $constants (export "constants") (result i32 i64 f32 f64 f64)
    (i32.const 0x80000000) (i64.const 0x8000000000000000)
    (f32.const nan:0x200000) (f64.const 0.1) (f64.const -inf)))
