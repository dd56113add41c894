// Counter-based random numbers; see include/elementwise.h.

/// Both halves of the products of 32-bit words: even and odd words are multiplied apart, as the instruction has it.
INLINE void multiply_words(bit_lanes a, uint32_t b, bit_lanes *upper, bit_lanes *lower) {
    const long_bit_lanes low_half = (long_bit_lanes)(0xffffffffu), pairs = __builtin_bit_cast(long_bit_lanes, a);
    const long_bit_lanes even = (pairs & low_half) * (uint64_t)b, odd = (pairs >> 32) * (uint64_t)b;
    *upper = __builtin_bit_cast(bit_lanes, (even >> 32) | (odd & ~low_half));
    *lower = __builtin_bit_cast(bit_lanes, (even & low_half) | (odd << 32));
}

/// Philox4x32-10 of sixteen counters, in place.
INLINE void philox(bit_lanes counter[4], uint32_t key0, uint32_t key1) {
    for (int round = 0; round < 10; round++) {
        bit_lanes upper0, lower0, upper2, lower2;
        multiply_words(counter[0], 0xD2511F53u, &upper0, &lower0);
        multiply_words(counter[2], 0xCD9E8D57u, &upper2, &lower2);
        counter[0] = upper2 ^ counter[1] ^ key0;
        counter[1] = lower2;
        counter[2] = upper0 ^ counter[3] ^ key1;
        counter[3] = lower0;
        key0 += 0x9E3779B9u;
        key1 += 0xBB67AE85u;
    }
}

/// The words at positions 64·group ... 64·group + 63.
INLINE void random_group(uint64_t seed, uint64_t stream, uint64_t group, bit_lanes words[4]) {
    const bit_lanes counting = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15};
    const uint64_t block = group * 16;
    words[0] = counting + (uint32_t)block;
    words[1] = (bit_lanes)((uint32_t)(block >> 32));
    words[2] = (bit_lanes)((uint32_t)stream);
    words[3] = (bit_lanes)((uint32_t)(stream >> 32));
    philox(words, (uint32_t)seed, (uint32_t)(seed >> 32));
}

INLINE lanes uniform_of(bit_lanes words) {
    return __builtin_convertvector(__builtin_convertvector(words >> 8, int_lanes), lanes) * 0x1p-24f;
}

/// What becomes of sixteen words: themselves, or inputs kept or dropped. Words at the range's ends are computed
/// and not stored.
enum draw { draw_words, draw_dropout };

INLINE void draw(enum draw kind, uint64_t seed, uint64_t stream, uint64_t first, ptrdiff_t n, float rate, const float *x,
                 void *y) {
    const float scale = 1.0f / (1.0f - rate);
    for (ptrdiff_t done = 0; done < n;) {
        const uint64_t position = first + (uint64_t)done;
        const ptrdiff_t begin = (ptrdiff_t)(position % 64), end = smaller(64, begin + (n - done));
        bit_lanes words[4];
        random_group(seed, stream, position / 64, words);
        for (ptrdiff_t w = begin / 16; w * 16 < end; w++) {
            const ptrdiff_t skipped = larger(begin - w * 16, 0), k = smaller(16, end - w * 16) - skipped;
            const ptrdiff_t place = done + w * 16 + skipped - begin;
            lanes value = kind == draw_words ? floats_of(words[w]) : uniform_of(words[w]);
            if (skipped > 0) {
                float moved[16];
                __builtin_memcpy(moved, &value, sizeof moved);
                value = load(moved + skipped, 16 - skipped);
            }
            if (kind == draw_dropout) {
                value = choose(value >= all(rate), load(x + place, k) * scale, all(0));
            }
            store((float *)y + place, k, value);
        }
        done += end - begin;
    }
}

void NAME(random_u32)(uint64_t seed, uint64_t stream, uint64_t first, ptrdiff_t n, uint32_t *y) {
    draw(draw_words, seed, stream, first, n, 0, NULL, y);
}

void NAME(dropout_f32)(uint64_t seed, uint64_t stream, uint64_t first, ptrdiff_t n, float rate, const float *x, float *y) {
    draw(draw_dropout, seed, stream, first, n, rate, x, y);
}
