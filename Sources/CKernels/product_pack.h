// Packing of weights into panels [columns / NR][K][NR].
//
// Three layouts are fast: columns contiguous (rows are copied), channels contiguous ([column][tap][channel]), and taps innermost
// ([column][channel][tap] and, for input gradients, [channel][column][tap]); the latter two run through 8 x 8 transpositions of
// "lines": memory that is contiguous for a fixed column. Anything else is copied element by element.

#include "product_panels.h"

#include <stdbool.h>
#include <string.h>

size_t KERNEL_NAME(panel_count)(size_t columns) { return (columns + NR - 1) / NR; }

size_t KERNEL_NAME(packed_count)(const engram_weights *weights) {
    size_t columns = weights->columns, full = columns / NR, rest = columns % NR;
    return weights->taps * weights->channels * (full * NR + (rest == 0 ? 0 : rest <= VL ? VL : NR));
}

enum { BLOCK = 8 };

/// to[j] = column j of the matrix whose `rows` rows of `count` floats lie `stride` apart; missing ones are zeros.
static inline void transpose_block(const float *from, ptrdiff_t stride, size_t rows, size_t count, float to[BLOCK][BLOCK]) {
#if VL >= 8
    __m256 r[BLOCK], s[BLOCK];
    if (rows == BLOCK && count == BLOCK) {
        for (size_t i = 0; i < BLOCK; i++) { r[i] = _mm256_loadu_ps(from + (ptrdiff_t)i * stride); }
    } else {
        __m256i mask = _mm256_cmpgt_epi32(_mm256_set1_epi32((int)count), _mm256_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7));
        for (size_t i = 0; i < BLOCK; i++) {
            r[i] = i < rows ? _mm256_maskload_ps(from + (ptrdiff_t)i * stride, mask) : _mm256_setzero_ps();
        }
    }
    for (size_t i = 0; i < BLOCK; i += 2) {
        s[i] = _mm256_unpacklo_ps(r[i], r[i + 1]);
        s[i + 1] = _mm256_unpackhi_ps(r[i], r[i + 1]);
    }
    for (size_t i = 0; i < BLOCK; i += 4) {
        r[i] = _mm256_shuffle_ps(s[i], s[i + 2], 0x44);
        r[i + 1] = _mm256_shuffle_ps(s[i], s[i + 2], 0xEE);
        r[i + 2] = _mm256_shuffle_ps(s[i + 1], s[i + 3], 0x44);
        r[i + 3] = _mm256_shuffle_ps(s[i + 1], s[i + 3], 0xEE);
    }
    for (size_t i = 0; i < 4; i++) {
        _mm256_storeu_ps(to[i], _mm256_permute2f128_ps(r[i], r[i + 4], 0x20));
        _mm256_storeu_ps(to[i + 4], _mm256_permute2f128_ps(r[i], r[i + 4], 0x31));
    }
#else
    for (size_t j = 0; j < BLOCK; j++) {
        for (size_t i = 0; i < BLOCK; i++) { to[j][i] = i < rows && j < count ? from[(ptrdiff_t)i * stride + (ptrdiff_t)j] : 0; }
    }
#endif
}

/// Lines for transposition: `groups` of lines with `length` floats; float j of a line is tap `tap[j % period]` (none if negative) of
/// channel `channel + j / period`.
typedef struct {
    const float *from;       // column 0
    ptrdiff_t column_stride;
    size_t length, period, channel;
    const int16_t *tap;
} column_lines;

static void pack_lines(const column_lines *lines, size_t channels, size_t columns, size_t width, float *panel) {
    size_t channel = lines->channel, place = 0;
    for (size_t j = 0; j < lines->length; j += BLOCK) {
        size_t count = lines->length - j < BLOCK ? lines->length - j : BLOCK;
        float *row[BLOCK];
        for (size_t i = 0; i < count; i++) {
            row[i] = lines->tap[place] < 0 ? NULL : panel + ((size_t)lines->tap[place] * channels + channel) * width;
            if (++place == lines->period) {
                place = 0;
                channel++;
            }
        }
        for (size_t column = 0; column < width; column += BLOCK) {
            float block[BLOCK][BLOCK];
            size_t valid = column >= columns ? 0 : columns - column < BLOCK ? columns - column : BLOCK;
            transpose_block(lines->from + (ptrdiff_t)column * lines->column_stride + (ptrdiff_t)j, lines->column_stride, valid, count, block);
            size_t here = width - column < BLOCK ? width - column : BLOCK;
            for (size_t i = 0; i < count; i++) {
                if (row[i]) { memcpy(row[i] + column, block[i], here * sizeof(float)); }
            }
        }
    }
}

enum { LONGEST_TAP_PERIOD = 128 };

/// The tap at each offset below the period, -1 for none; false if an offset does not lie there.
static bool taps_by_offset(const engram_weights *weights, size_t period, int16_t *tap) {
    if (period > LONGEST_TAP_PERIOD) { return false; }
    for (size_t i = 0; i < period; i++) { tap[i] = -1; }
    for (size_t t = 0; t < weights->taps; t++) {
        if (weights->tap_offset[t] < 0 || (size_t)weights->tap_offset[t] >= period || tap[weights->tap_offset[t]] >= 0) { return false; }
        tap[weights->tap_offset[t]] = (int16_t)t;
    }
    return true;
}

static void pack_panel(const engram_weights *weights, const float *source, size_t columns, size_t width, float *panel) {
    size_t channels = weights->channels;
    ptrdiff_t channel_stride = weights->channel_stride, column_stride = weights->column_stride;
    int16_t tap[LONGEST_TAP_PERIOD];
    size_t span = 0;   // of the tap offsets
    for (size_t t = 0; t < weights->taps; t++) {
        ptrdiff_t offset = weights->tap_offset[t];
        if (offset < 0) {
            span = LONGEST_TAP_PERIOD + 1;
            break;
        }
        if ((size_t)offset >= span) { span = (size_t)offset + 1; }
    }
    if (column_stride == 1) {
        for (size_t t = 0; t < weights->taps; t++) {
            const float *from = source + weights->tap_offset[t];
            for (size_t c = 0; c < channels; c++, from += channel_stride, panel += width) {
                if (columns == NR) {
                    lanes_store(panel, lanes_load(from));
                    lanes_store(panel + VL, lanes_load(from + VL));
                } else {
                    for (size_t v = 0; v < width; v += VL) {
                        size_t valid = columns - v < VL ? columns - v : VL;
                        lanes_store(panel + v, lanes_load_masked(from + v, lanes_range(0, valid)));
                    }
                }
            }
        }
    } else if (channel_stride == 1) {
        int16_t only = 0;
        for (size_t t = 0; t < weights->taps; t++) {
            column_lines lines = {source + weights->tap_offset[t], column_stride, channels, 1, 0, &only};
            pack_lines(&lines, channels, columns, width, panel + t * channels * width);
        }
    } else if (channel_stride > 0 && (size_t)channel_stride <= 4 * weights->taps && taps_by_offset(weights, (size_t)channel_stride, tap)) {
        column_lines lines = {source, column_stride, channels ? (channels - 1) * (size_t)channel_stride + span : 0, (size_t)channel_stride, 0, tap};
        pack_lines(&lines, channels, columns, width, panel);
    } else if (span <= 4 * weights->taps && taps_by_offset(weights, span, tap)) {
        for (size_t c = 0; c < channels; c++) {
            column_lines lines = {source + (ptrdiff_t)c * channel_stride, column_stride, span, span, c, tap};
            pack_lines(&lines, channels, columns, width, panel);
        }
    } else {
        for (size_t t = 0; t < weights->taps; t++) {
            for (size_t c = 0; c < channels; c++, panel += width) {
                const float *from = source + weights->tap_offset[t] + (ptrdiff_t)c * channel_stride;
                for (size_t n = 0; n < width; n++) { panel[n] = n < columns ? from[(ptrdiff_t)n * column_stride] : 0; }
            }
        }
    }
}

void KERNEL_NAME(pack)(const engram_weights *weights, const float *source, float *panels, size_t first_panel, size_t last_panel) {
    size_t depth = weights->taps * weights->channels;
    for (size_t p = first_panel; p < last_panel; p++) {
        size_t columns = weights->columns - p * NR < NR ? weights->columns - p * NR : NR;
        pack_panel(weights, source + (ptrdiff_t)(p * NR) * weights->column_stride, columns, panel_vectors(weights->columns, p) * VL,
                   panels + p * depth * NR);
    }
}
