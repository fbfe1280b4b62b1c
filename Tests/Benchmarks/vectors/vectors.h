/* vectors.h: vectors of 16 bytes, in the extensions that gcc and clang have for every target. */
#ifndef VECTORS_H
#define VECTORS_H

#include "../kernels/bench.h"

typedef uint8_t u8x16 __attribute__((vector_size(16)));
typedef uint16_t u16x8 __attribute__((vector_size(16)));
typedef int16_t i16x8 __attribute__((vector_size(16)));
typedef uint32_t u32x4 __attribute__((vector_size(16)));
typedef int32_t i32x4 __attribute__((vector_size(16)));
typedef float f32x4 __attribute__((vector_size(16)));
typedef double f64x2 __attribute__((vector_size(16)));

/* The same at any address. */
typedef u8x16 u8x16_at __attribute__((aligned(1), may_alias));
typedef i16x8 i16x8_at __attribute__((aligned(1), may_alias));
typedef f32x4 f32x4_at __attribute__((aligned(1), may_alias));

#endif
