// Small arithmetic that the kernels' bodies share.
#pragma once

#include <stddef.h>

#define UNROLL _Pragma("clang loop unroll(full)")

static inline size_t smaller(size_t a, size_t b) { return a < b ? a : b; }
static inline size_t larger(size_t a, size_t b) { return a > b ? a : b; }
static inline size_t rounded_up(size_t a, size_t unit) { return (a + unit - 1) / unit * unit; }
static inline size_t parts_of(size_t a, size_t unit) { return (a + unit - 1) / unit; }
/// Where part `i` of `parts` begins when `count` things are shared evenly.
static inline size_t even_start(size_t count, size_t parts, size_t i) { return i * (count / parts) + smaller(i, count % parts); }

/// Of the outputs first ..< last those whose input `output * stride + tap` lies in 0 ..< extent: *first ..< *last (empty: equal).
static inline void clip_outputs(size_t stride, ptrdiff_t tap, size_t extent, size_t *first, size_t *last) {
    ptrdiff_t step = (ptrdiff_t)stride, end = (ptrdiff_t)extent - tap;   // need -tap <= output * step < end
    if (tap < 0) { *first = larger(*first, (size_t)((-tap + step - 1) / step)); }
    *last = end <= 0 ? *first : smaller(*last, (size_t)((end + step - 1) / step));
    if (*last < *first) { *last = *first; }
}
