// Sixteen floats side by side, whatever the instruction set's width: the unit in which sums are ordered and tails are cut.
// An including file has pushed its target attribute and defined ENGRAM_ISA, and ENGRAM_VECTOR_BITS as 128, 256 or 512.

// Functions that take lanes are always inlined, so no call passes them in registers that only some instruction sets have.
#pragma clang diagnostic ignored "-Wpsabi"
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer) || __has_feature(undefined_behavior_sanitizer)
// Checks in a loop keep it from becoming vectors.
#pragma clang diagnostic ignored "-Wpass-failed"
#endif

typedef float lanes __attribute__((ext_vector_type(16)));
typedef int32_t int_lanes __attribute__((ext_vector_type(16)));
typedef uint32_t bit_lanes __attribute__((ext_vector_type(16)));
typedef uint64_t long_bit_lanes __attribute__((ext_vector_type(8)));
typedef double double_lanes __attribute__((ext_vector_type(16)));

#define INLINE static inline __attribute__((always_inline, unused))
#define JOIN_NAMES(name, isa) engram_##name##_##isa
#define JOIN_EXPANDED(name, isa) JOIN_NAMES(name, isa)
/// The symbol of a kernel for the instruction set that is being compiled.
#define NAME(name) JOIN_EXPANDED(name, ENGRAM_ISA)

/// A loop whose iterations are independent, except that outputs may be the very arrays that are read. A warning, hence an error,
/// if it does not become vectors.
#define EACH(i, n) _Pragma("clang loop vectorize(assume_safety)") for (ptrdiff_t i = 0; i < (n); i++)

INLINE ptrdiff_t smaller(ptrdiff_t a, ptrdiff_t b) { return a < b ? a : b; }
INLINE ptrdiff_t larger(ptrdiff_t a, ptrdiff_t b) { return a > b ? a : b; }

INLINE lanes all(float value) { return (lanes)(value); }
INLINE bit_lanes bits_of(lanes x) { return __builtin_bit_cast(bit_lanes, x); }
INLINE lanes floats_of(bit_lanes x) { return __builtin_bit_cast(lanes, x); }

INLINE lanes choose(int_lanes condition, lanes yes, lanes no) {
    const bit_lanes mask = __builtin_bit_cast(bit_lanes, condition);
    return floats_of((mask & bits_of(yes)) | (~mask & bits_of(no)));
}

INLINE int_lanes choose_int(int_lanes condition, int_lanes yes, int_lanes no) { return (condition & yes) | (~condition & no); }

typedef float eight_lanes __attribute__((ext_vector_type(8)));
typedef float four_lanes __attribute__((ext_vector_type(4)));

INLINE four_lanes load_four_or(const float *p, ptrdiff_t k, four_lanes fill) {
    if (k >= 4) {
        __builtin_memcpy(&fill, p, sizeof fill);
    } else {
        fill.x = k > 0 ? p[0] : fill.x;
        fill.y = k > 1 ? p[1] : fill.y;
        fill.z = k > 2 ? p[2] : fill.z;
    }
    return fill;
}

INLINE eight_lanes load_eight_or(const float *p, ptrdiff_t k, eight_lanes fill) {
    if (k >= 8) {
        __builtin_memcpy(&fill, p, sizeof fill);
    } else if (k >= 4) {
        fill.lo = load_four_or(p, 4, fill.lo);
        fill.hi = load_four_or(p + 4, k - 4, fill.hi);
    } else {
        fill.lo = load_four_or(p, k, fill.lo);
    }
    return fill;
}

/// `k` elements of four bytes (1...16), the lanes behind them taken from `fill`.
INLINE lanes load_or(const float *p, ptrdiff_t k, lanes fill) {
    if (k == 16) {
        __builtin_memcpy(&fill, p, sizeof fill);
        return fill;
    }
#if ENGRAM_VECTOR_BITS == 512
    return __builtin_bit_cast(lanes, _mm512_mask_loadu_ps(__builtin_bit_cast(__m512, fill), (__mmask16)((1u << k) - 1), p));
#else
    if (k >= 8) {
        fill.lo = load_eight_or(p, 8, fill.lo);
        fill.hi = load_eight_or(p + 8, k - 8, fill.hi);
    } else {
        fill.lo = load_eight_or(p, k, fill.lo);
    }
    return fill;
#endif
}

INLINE lanes load(const float *p, ptrdiff_t k) { return load_or(p, k, all(0)); }

INLINE void store(float *p, ptrdiff_t k, lanes v) {
    if (k == 16) {
        __builtin_memcpy(p, &v, sizeof v);
        return;
    }
#if ENGRAM_VECTOR_BITS == 512
    _mm512_mask_storeu_ps(p, (__mmask16)((1u << k) - 1), __builtin_bit_cast(__m512, v));
#else
    eight_lanes eight = v.lo;
    if (k & 8) {
        __builtin_memcpy(p, &eight, sizeof eight);
        p += 8;
        eight = v.hi;
    }
    four_lanes four = eight.lo;
    if (k & 4) {
        __builtin_memcpy(p, &four, sizeof four);
        p += 4;
        four = eight.hi;
    }
    if (k & 2) {
        p[0] = four.x;
        p[1] = four.y;
        p += 2;
        four.x = four.z;
    }
    if (k & 1) {
        p[0] = four.x;
    }
#endif
}

INLINE int_lanes load_int(const int32_t *p, ptrdiff_t k) {
    return __builtin_bit_cast(int_lanes, load((const float *)(const void *)p, k));
}

INLINE void store_int(int32_t *p, ptrdiff_t k, int_lanes v) { store((float *)(void *)p, k, __builtin_bit_cast(lanes, v)); }

/// sums += v, on k doubles.
INLINE void add_to_doubles(double *sums, ptrdiff_t k, double_lanes v) {
    if (k == 16) {
        double_lanes s;
        __builtin_memcpy(&s, sums, sizeof s);
        s += v;
        __builtin_memcpy(sums, &s, sizeof s);
    } else {
        for (ptrdiff_t l = 0; l < k; l++) {
            sums[l] += ((const double *)&v)[l];
        }
    }
}

INLINE double_lanes doubles_of(lanes v) { return __builtin_convertvector(v, double_lanes); }
INLINE lanes rounded(double_lanes v) { return __builtin_convertvector(v, lanes); }

/// Lanes l and l+8 added, then l and l+4, l+2, l+1.
INLINE float sum_of_lanes(lanes v) {
    const eight_lanes e = v.lo + v.hi;
    const four_lanes f = e.lo + e.hi;
    return (f.x + f.z) + (f.y + f.w);
}

INLINE double sum_of_double_lanes(double_lanes v) {
    typedef double eight __attribute__((ext_vector_type(8)));
    typedef double four __attribute__((ext_vector_type(4)));
    const eight e = v.lo + v.hi;
    const four f = e.lo + e.hi;
    return (f.x + f.z) + (f.y + f.w);
}

/// The greater, NaN if any.
INLINE lanes greater_of(lanes m, lanes v) { return choose((v > m) | (v != v), v, m); }

/// A running maximum in which NaN is noted beside, so that it costs one instruction in the chain.
struct maximum {
    lanes greatest, not_a_number;
};

INLINE struct maximum no_maximum(void) { return (struct maximum){all(-__builtin_inff()), all(0)}; }

INLINE void take_into(struct maximum *m, lanes v) {
    m->greatest = choose(v > m->greatest, v, m->greatest);
    m->not_a_number = choose(v == v, m->not_a_number, v);
}

INLINE float greatest_of(const struct maximum *m) {
    return __builtin_reduce_or(m->not_a_number != m->not_a_number) != 0 ? __builtin_nanf("") : __builtin_reduce_max(m->greatest);
}

/// exp: 2^n times a polynomial on [-ln2/2, ln2/2] (Cephes, S. Moshier 1987). The clamps give 0 and +inf; NaN passes both.
INLINE lanes exp_of_lanes(lanes x) {
    x = choose(x < all(-105.0f), all(-105.0f), x);
    x = choose(x > all(89.0f), all(89.0f), x);
    const lanes shifted = x * 1.44269504f + 12582912.0f;
    const lanes n = shifted - 12582912.0f;
    lanes r = x - n * 0.693359375f;
    r = r - n * -2.12194440e-4f;
    lanes p = all(1.9875691500e-4f);
    p = p * r + 1.3981999507e-3f;
    p = p * r + 8.3334519073e-3f;
    p = p * r + 4.1665795894e-2f;
    p = p * r + 1.6666665459e-1f;
    p = p * r + 5.0000001201e-1f;
    const lanes y = (p * (r * r) + r) + 1.0f;
    // Two factors, since 2^128 and 2^-150 are not normal numbers.
    const int_lanes exponent = __builtin_bit_cast(int_lanes, bits_of(shifted) - bits_of(all(12582912.0f)));
    const int_lanes half = exponent >> 1;
    const bit_lanes upper = __builtin_bit_cast(bit_lanes, half), lower = __builtin_bit_cast(bit_lanes, exponent) - upper;
    return y * floats_of((upper + 127u) << 23) * floats_of((lower + 127u) << 23);
}

/// log: exponent·ln2 plus a polynomial on [sqrt(1/2), sqrt(2)] (Cephes, S. Moshier 1987).
INLINE lanes log_of_lanes(lanes x) {
    const int_lanes subnormal = x < all(0x1p-126f);
    const lanes scaled = choose(subnormal, x * 0x1p23f, x);
    const bit_lanes above = bits_of(scaled) - 0x3f3504f3u;
    const int_lanes exponent = __builtin_bit_cast(int_lanes, above) >> 23;
    const lanes e = __builtin_convertvector(exponent, lanes) - choose(subnormal, all(23.0f), all(0.0f));
    const lanes f = floats_of((above & 0x7fffffu) + 0x3f3504f3u) - 1.0f;
    const lanes z = f * f;
    lanes p = all(7.0376836292e-2f);
    p = p * f - 1.1514610310e-1f;
    p = p * f + 1.1676998740e-1f;
    p = p * f - 1.2420140846e-1f;
    p = p * f + 1.4249322787e-1f;
    p = p * f - 1.6668057665e-1f;
    p = p * f + 2.0000714765e-1f;
    p = p * f - 2.4999993993e-1f;
    p = p * f + 3.3333331174e-1f;
    lanes y = f * z * p;
    y = y + e * -2.12194440e-4f;
    y = y - 0.5f * z;
    y = (f + y) + e * 0.693359375f;
    y = choose(x == all(__builtin_inff()), x, y);
    y = choose(x == all(0.0f), all(-__builtin_inff()), y);
    return choose((x < all(0.0f)) | (x != x), all(__builtin_nanf("")), y);
}

INLINE lanes sigmoid_of_lanes(lanes x) {
    const lanes magnitude = floats_of(bits_of(x) & 0x7fffffffu);
    const lanes e = exp_of_lanes(-magnitude);
    return choose(x < all(0.0f), e, all(1.0f)) / (e + 1.0f);
}

/// tanh: an odd polynomial below 0.625 (Cephes), else 1 - 2/(exp(2|x|) + 1) with the sign of x.
INLINE lanes tanh_of_lanes(lanes x) {
    const bit_lanes sign = bits_of(x) & 0x80000000u;
    const lanes magnitude = floats_of(bits_of(x) ^ sign);
    const lanes z = x * x;
    lanes p = all(-5.70498872745e-3f);
    p = p * z + 2.06390887954e-2f;
    p = p * z - 5.37397155531e-2f;
    p = p * z + 1.33314422036e-1f;
    p = p * z - 3.33332819422e-1f;
    const lanes near = (p * z) * x + x;
    const lanes far = 1.0f - 2.0f / (exp_of_lanes(magnitude + magnitude) + 1.0f);
    return choose(magnitude < all(0.625f), near, floats_of(bits_of(far) | sign));
}
