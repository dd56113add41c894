// Depthwise convolutions and their weight gradients, for the vector type of lanes_<isa>.h.
//
// Vectors run over channels. Pixels of a row of which the same taps lie inside of the input are taken up to 8 at a time (fewer pixels take
// more vectors), and three taps that are neighbours share the loads of the input (stride 1). Taps outside are left out.
// A sum takes the taps in ascending order, wherever the pixel is.

#include "kernels.h"
#include "pixel_box.h"
#include "sizes.h"

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

enum {
    STRIP = 8,           // pixels at a time
    STEPS = 64,          // steps of a plan; more taps go in several passes
    PLANS = 4,           // that are kept: for the pixels inside, and for some near the edges
};

/// Taps at a pixel: one, or three neighbours (joined).
typedef struct {
    ptrdiff_t offset;    // of the input
    size_t weights;      // offset of the first tap's weights
    bool joined;
} tap_step;

typedef struct {
    const tap_step *steps;
    size_t step_count, channels;
    ptrdiff_t input_pixel, output_pixel;   // between neighbouring outputs
    bool accumulate, relu;
    bool left_edge, right_edge;            // of joined taps, the first pixel's first, or the last one's last, is outside
} strip_job;

static inline __attribute__((always_inline)) lanes load_some(const float *p, const bool masked, lane_mask mask) {
    return masked ? lanes_load_masked(p, mask) : lanes_load(p);
}

static inline __attribute__((always_inline)) void strip(
    const int pixels, const int vectors, const bool masked, lane_mask mask, const strip_job *job, const float *input, const float *weights,
    const float *bias, const float *residual, float *output) {
    lanes sum[STRIP][4];
    const ptrdiff_t output_pixel = job->output_pixel;
    UNROLL for (int i = 0; i < pixels; i++) {
        UNROLL for (int v = 0; v < vectors; v++) {
            sum[i][v] = job->accumulate ? load_some(output + i * output_pixel + v * VL, masked, mask) : lanes_zero();
        }
    }
    const ptrdiff_t step = job->input_pixel;
    const size_t channels = job->channels;
    const bool left_edge = job->left_edge, right_edge = job->right_edge;
    for (size_t s = 0; s < job->step_count; s++) {
        const float *from = input + job->steps[s].offset, *weight = weights + job->steps[s].weights;
        if (job->steps[s].joined) {
            UNROLL for (int v = 0; v < vectors; v++) {
                lanes w0 = load_some(weight + v * VL, masked, mask), w1 = load_some(weight + channels + v * VL, masked, mask);
                lanes w2 = load_some(weight + 2 * channels + v * VL, masked, mask);
                UNROLL for (int i = 0; i < pixels + 2; i++) {
                    if ((i == 0 && left_edge) || (i == pixels + 1 && right_edge)) { continue; }
                    lanes value = load_some(from + i * step + v * VL, masked, mask);
                    if (i < pixels) { sum[i][v] = lanes_fma(value, w0, sum[i][v]); }
                    if (i >= 1 && i < pixels + 1) { sum[i - 1][v] = lanes_fma(value, w1, sum[i - 1][v]); }
                    if (i >= 2) { sum[i - 2][v] = lanes_fma(value, w2, sum[i - 2][v]); }
                }
            }
        } else {
            UNROLL for (int v = 0; v < vectors; v++) {
                lanes w = load_some(weight + v * VL, masked, mask);
                UNROLL for (int i = 0; i < pixels; i++) { sum[i][v] = lanes_fma(load_some(from + i * step + v * VL, masked, mask), w, sum[i][v]); }
            }
        }
    }
    if (bias) {
        UNROLL for (int v = 0; v < vectors; v++) {
            lanes shift = load_some(bias + v * VL, masked, mask);
            UNROLL for (int i = 0; i < pixels; i++) { sum[i][v] = lanes_add(sum[i][v], shift); }
        }
    }
    if (residual) {
        UNROLL for (int i = 0; i < pixels; i++) {
            UNROLL for (int v = 0; v < vectors; v++) {
                sum[i][v] = lanes_add(sum[i][v], load_some(residual + i * output_pixel + v * VL, masked, mask));
            }
        }
    }
    if (job->relu) {
        UNROLL for (int i = 0; i < pixels; i++) {
            UNROLL for (int v = 0; v < vectors; v++) { sum[i][v] = lanes_relu(sum[i][v]); }
        }
    }
    UNROLL for (int i = 0; i < pixels; i++) {
        UNROLL for (int v = 0; v < vectors; v++) {
            if (masked) {
                lanes_store_masked(output + i * output_pixel + v * VL, mask, sum[i][v]);
            } else {
                lanes_store(output + i * output_pixel + v * VL, sum[i][v]);
            }
        }
    }
}

/// All channels of a strip, `vectors` vectors at a time as long as there are so many.
static inline __attribute__((always_inline)) void strip_channels(
    const int pixels, const int vectors, const strip_job *job, const float *input, const float *weights, const float *bias,
    const float *residual, float *output) {
    const size_t channels = job->channels, wide = (size_t)vectors * VL;
    const lane_mask none = lanes_range(0, 0);
    size_t c = 0;
    for (; channels - c >= wide; c += wide) {
        strip(pixels, vectors, false, none, job, input + c, weights + c, bias ? bias + c : NULL, residual ? residual + c : NULL, output + c);
    }
    for (; vectors > 1 && channels - c >= VL; c += VL) {
        strip(pixels, 1, false, none, job, input + c, weights + c, bias ? bias + c : NULL, residual ? residual + c : NULL, output + c);
    }
    if (c < channels) {
        strip(pixels, 1, true, lanes_range(0, channels - c), job, input + c, weights + c, bias ? bias + c : NULL,
              residual ? residual + c : NULL, output + c);
    }
}

typedef void (*strip_function)(const strip_job *job, const float *input, const float *weights, const float *bias, const float *residual,
                               float *output);
#define EACH_STRIP(X) X(1, 4) X(2, 4) X(3, 4) X(4, 2) X(5, 2) X(6, 2) X(7, 1) X(8, 1)   // pixels, vectors
#define DEFINE_STRIP(P, V)                                                                                                       \
    static void strip_##P(const strip_job *job, const float *input, const float *weights, const float *bias, const float *residual, \
                          float *output) {                                                                                         \
        strip_channels(P, V, job, input, weights, bias, residual, output);                                                         \
    }
EACH_STRIP(DEFINE_STRIP)
#define STRIP_NAME(P, V) strip_##P,
static const strip_function strip_functions[STRIP] = {EACH_STRIP(STRIP_NAME)};
#undef STRIP_NAME
#undef DEFINE_STRIP
#undef EACH_STRIP

/// All channels of `pixels` neighbouring pixels of a row; the first and the last of which may be at an edge.
static void row_strips(strip_job *job, size_t pixels, bool left_edge, bool right_edge, const float *input, const float *weights, const float *bias,
                       const float *residual, float *output) {
    const size_t parts = parts_of(pixels, STRIP);
    for (size_t p = 0; p < parts; p++) {
        size_t count = even_start(pixels, parts, p + 1) - even_start(pixels, parts, p);
        job->left_edge = left_edge && p == 0;
        job->right_edge = right_edge && p == parts - 1;
        strip_functions[count - 1](job, input, weights, bias, residual, output);
        input += (ptrdiff_t)count * job->input_pixel;
        output += (ptrdiff_t)count * job->output_pixel;
        if (residual) { residual += (ptrdiff_t)count * job->output_pixel; }
    }
}

/// Where a row of an input image lies, from its first one.
static inline ptrdiff_t input_row(const engram_window *w, ptrdiff_t y) {
    return (w->input_ring > 0 ? y % (ptrdiff_t)w->input_ring : y) * (ptrdiff_t)w->input_row_stride;
}

/// Steps for the taps from *tap on that lie inside of the input at (y, x); stops at STEPS of them.
static size_t make_steps(const engram_window *w, ptrdiff_t y, ptrdiff_t x, size_t *tap, tap_step *steps) {
    size_t count = 0, t = *tap;
    const ptrdiff_t height = (ptrdiff_t)w->input_height, width = (ptrdiff_t)w->input_width;
    while (t < w->taps && count < STEPS) {
        const ptrdiff_t tap_y = w->tap_y[t], tap_x = w->tap_x[t];
        if (y + tap_y < 0 || y + tap_y >= height || x + tap_x < 0 || x + tap_x >= width) {
            t++;
            continue;
        }
        const bool joined = w->stride_x == 1 && t + 2 < w->taps && w->tap_y[t + 1] == tap_y && w->tap_y[t + 2] == tap_y
            && w->tap_x[t + 1] == tap_x + 1 && w->tap_x[t + 2] == tap_x + 2 && x + tap_x + 2 < width;
        const ptrdiff_t down = input_row(w, y + tap_y) - input_row(w, y);
        steps[count++] = (tap_step){down + tap_x * (ptrdiff_t)w->input_pixel_stride, t * w->channels, joined};
        t += joined ? 3 : 1;
    }
    while (t < w->taps && (y + w->tap_y[t] < 0 || y + w->tap_y[t] >= height || x + w->tap_x[t] < 0 || x + w->tap_x[t] >= width)) { t++; }
    *tap = t;
    return count;
}

/// The first steps of the pixels with the same taps inside.
typedef struct {
    size_t y, x;             // SIZE_MAX: all where every tap is inside
    size_t count, next_tap;
    tap_step steps[STEPS];
} tap_plan;

/// Whether all taps are rows of three neighbours, and no output has more than the first or the last of three outside at a side.
static bool has_single_edges(const engram_window *w, size_t first_x, size_t last_x) {
    if (w->stride_x != 1 || w->taps % 3 != 0 || first_x > 1 || last_x + 1 < w->output_width || first_x >= last_x) { return false; }
    for (size_t t = 0; t < w->taps; t += 3) {
        if (w->tap_y[t + 1] != w->tap_y[t] || w->tap_y[t + 2] != w->tap_y[t] || w->tap_x[t] != w->tap_x[0]
            || w->tap_x[t + 1] != w->tap_x[0] + 1 || w->tap_x[t + 2] != w->tap_x[0] + 2) {
            return false;
        }
    }
    return true;
}

void KERNEL_NAME(depthwise)(
    const engram_window *window, const float *input, const float *weights, float *output, const engram_epilogue *epilogue,
    size_t first_pixel, size_t last_pixel) {
    const engram_window *w = window;
    if (first_pixel >= last_pixel) { return; }
    tap_plan plans[PLANS];
    for (size_t i = 0; i < PLANS; i++) { plans[i].y = plans[i].x = SIZE_MAX - 1; }
    tap_step later_steps[STEPS];
    strip_job job = {.channels = w->channels, .input_pixel = (ptrdiff_t)(w->stride_x * w->input_pixel_stride),
                     .output_pixel = (ptrdiff_t)w->output_pixel_stride};
    size_t first_x = 0, last_x = w->output_width, first_y = 0, last_y = w->output_height;   // of which all taps are inside
    for (size_t t = 0; t < w->taps; t++) {
        clip_outputs(w->stride_x, w->tap_x[t], w->input_width, &first_x, &last_x);
        clip_outputs(w->stride_y, w->tap_y[t], w->input_height, &first_y, &last_y);
    }

    const bool whole_rows = has_single_edges(w, first_x, last_x);
    size_t x = first_pixel % w->output_width, y = first_pixel / w->output_width % w->output_height;
    size_t n = first_pixel / w->output_width / w->output_height;
    for (size_t left = last_pixel - first_pixel; left > 0;) {
        const size_t end = smaller(w->output_width, x + left);
        left -= end - x;
        while (x < end) {
            const bool x_inside = whole_rows || (x >= first_x && x < last_x);
            const size_t pixels = whole_rows ? end - x : x_inside ? smaller(end, last_x) - x : 1;
            const bool left_edge = whole_rows && x < first_x, right_edge = whole_rows && end > last_x;
            const ptrdiff_t input_y = (ptrdiff_t)(y * w->stride_y), input_x = (ptrdiff_t)(x * w->stride_x);
            const float *in = input + (ptrdiff_t)(n * w->input_image_stride) + input_row(w, input_y)
                + input_x * (ptrdiff_t)w->input_pixel_stride;
            const size_t place = n * w->output_image_stride + y * w->output_row_stride + x * w->output_pixel_stride;
            const bool y_alike = w->input_ring == 0 && y >= first_y && y < last_y;
            const size_t plan_y = y_alike ? SIZE_MAX : y, plan_x = x_inside ? SIZE_MAX : x;
            tap_plan *plan = plans + (x_inside ? 0 : 1 + x % (PLANS - 1));
            if (plan->y != plan_y || plan->x != plan_x) {
                plan->y = plan_y, plan->x = plan_x, plan->next_tap = 0;
                plan->count = make_steps(w, input_y, whole_rows ? (ptrdiff_t)first_x : input_x, &plan->next_tap, plan->steps);
            }
            size_t tap = plan->next_tap;
            for (bool first = true, last = false; !last; first = false) {
                job.steps = plan->steps;
                job.step_count = plan->count;
                if (!first) {
                    job.steps = later_steps;
                    job.step_count = make_steps(w, input_y, whole_rows ? (ptrdiff_t)first_x : input_x, &tap, later_steps);
                }
                last = tap >= w->taps;
                // A residual starts the sum of several passes, as it may be the output.
                const bool early = !last && first && epilogue->residual;
                job.accumulate = epilogue->accumulate || !first;
                job.relu = last && epilogue->activation == ENGRAM_RELU;
                row_strips(&job, pixels, left_edge, right_edge, in, weights, last ? epilogue->bias : NULL,
                           (last && first) || early ? epilogue->residual ? epilogue->residual + place : NULL : NULL, output + place);
            }
            x += pixels;
        }
        x = 0;
        if (++y == w->output_height) {
            y = 0;
            n++;
        }
    }
}

// MARK: Gradient of the weights

enum { GRADIENT_VECTORS = VL == 16 ? 4 : 2 };

/// gradient[tap][..] += for `taps` neighbouring taps and `vectors` vectors of channels, of which the last may be masked.
static inline __attribute__((always_inline)) void product_sum(
    const int taps, const int vectors, const bool masked, const pixel_box *box, size_t valid, ptrdiff_t tap_stride, float *gradient, size_t gradient_stride) {
    lanes sum[3][GRADIENT_VECTORS];
    const lane_mask mask = lanes_range(0, valid);
    UNROLL for (int t = 0; t < taps; t++) {
        UNROLL for (int v = 0; v < vectors; v++) {
            sum[t][v] = load_some(gradient + (size_t)t * gradient_stride + v * VL, masked && v == vectors - 1, mask);
        }
    }
    for (size_t n = 0; n < box->images; n++) {
        for (size_t y = 0; y < box->rows; y++) {
            const float *x = box->input + (ptrdiff_t)n * box->input_image + (ptrdiff_t)y * box->input_row;
            const float *d = box->output + (ptrdiff_t)n * box->output_image + (ptrdiff_t)y * box->output_row;
            for (size_t left = box->pixels; left > 0; left--) {
                UNROLL for (int v = 0; v < vectors; v++) {
                    lanes value = load_some(d + v * VL, masked && v == vectors - 1, mask);
                    UNROLL for (int t = 0; t < taps; t++) {
                        sum[t][v] = lanes_fma(load_some(x + t * tap_stride + v * VL, masked && v == vectors - 1, mask), value, sum[t][v]);
                    }
                }
                x += box->input_pixel;
                d += box->output_pixel;
            }
        }
    }
    UNROLL for (int t = 0; t < taps; t++) {
        UNROLL for (int v = 0; v < vectors; v++) {
            float *to = gradient + (size_t)t * gradient_stride + v * VL;
            if (masked && v == vectors - 1) {
                lanes_store_masked(to, mask, sum[t][v]);
            } else {
                lanes_store(to, sum[t][v]);
            }
        }
    }
}

static void one_tap(const pixel_box *whole, size_t channels, ptrdiff_t tap_stride, float *gradient) {
    pixel_box box = *whole;
    for (size_t c = 0; c < channels;) {
        size_t left = channels - c;
        if (left >= GRADIENT_VECTORS * VL) {
            product_sum(1, GRADIENT_VECTORS, false, &box, VL, tap_stride, gradient + c, channels);
            c += GRADIENT_VECTORS * VL, box.input += GRADIENT_VECTORS * VL, box.output += GRADIENT_VECTORS * VL;
        } else {
            product_sum(1, 1, true, &box, smaller(left, VL), tap_stride, gradient + c, channels);
            c += VL, box.input += VL, box.output += VL;
        }
    }
}

static void three_taps(const pixel_box *whole, size_t channels, ptrdiff_t tap_stride, float *gradient) {
    pixel_box box = *whole;
    for (size_t c = 0; c < channels;) {
        size_t left = channels - c;
        if (left >= GRADIENT_VECTORS * VL) {
            product_sum(3, GRADIENT_VECTORS, false, &box, VL, tap_stride, gradient + c, channels);
            c += GRADIENT_VECTORS * VL, box.input += GRADIENT_VECTORS * VL, box.output += GRADIENT_VECTORS * VL;
        } else {
            product_sum(3, 1, true, &box, smaller(left, VL), tap_stride, gradient + c, channels);
            c += VL, box.input += VL, box.output += VL;
        }
    }
}

void KERNEL_NAME(depthwise_weight_gradient)(
    const engram_window *window, const float *input, const float *output_gradient, float *gradient, size_t first_image, size_t last_image,
    int accumulate) {
    const engram_window *w = window;
    const size_t channels = w->channels;
    if (!accumulate) { memset(gradient, 0, w->taps * channels * sizeof(float)); }
    if (w->output_height == 0 || w->output_width == 0) { return; }
    const chunk_shape chunk = chunk_of(w, channels * (1 + w->stride_y * w->stride_x), CHUNK_FLOATS, CHUNK_PIXELS);
    chunk_shape size;
    for (size_t n = first_image; n < last_image; n += size.images) {
        size.images = smaller(chunk.images, last_image - n);
        for (size_t y = 0; y < w->output_height; y += size.rows) {
            size.rows = smaller(chunk.rows, w->output_height - y);
            for (size_t x = 0; x < w->output_width; x += size.pixels) {
                size.pixels = smaller(chunk.pixels, w->output_width - x);
                for (size_t t = 0, together = 1; t < w->taps; t += together) {
                    together = t + 2 < w->taps && w->tap_y[t + 1] == w->tap_y[t] && w->tap_y[t + 2] == w->tap_y[t]
                        && w->tap_x[t + 1] == w->tap_x[t] + 1 && w->tap_x[t + 2] == w->tap_x[t] + 2 ? 3 : 1;
                    size_t y0 = y, y1 = y + size.rows;
                    clip_outputs(w->stride_y, w->tap_y[t], w->input_height, &y0, &y1);
                    if (y0 == y1) { continue; }
                    size_t inside0 = x, inside1 = x + size.pixels;   // where all the taps are inside
                    for (size_t i = 0; i < together; i++) { clip_outputs(w->stride_x, w->tap_x[t + i], w->input_width, &inside0, &inside1); }
                    if (inside0 < inside1) {
                        pixel_box box = output_box(w, output_gradient, n, y0, inside0);
                        set_input(&box, w, input, t, n, y0, inside0);
                        box.images = size.images, box.rows = y1 - y0, box.pixels = inside1 - inside0;
                        (together == 3 ? three_taps : one_tap)(&box, channels, (ptrdiff_t)w->input_pixel_stride, gradient + t * channels);
                    }
                    for (size_t i = 0; together == 3 && i < 3; i++) {
                        size_t x0 = x, x1 = x + size.pixels;
                        clip_outputs(w->stride_x, w->tap_x[t + i], w->input_width, &x0, &x1);
                        size_t edges[2][2] = {{x0, inside0 < inside1 ? inside0 : x1}, {inside0 < inside1 ? inside1 : x1, x1}};
                        for (size_t e = 0; e < 2; e++) {
                            if (edges[e][0] >= edges[e][1]) { continue; }
                            pixel_box box = output_box(w, output_gradient, n, y0, edges[e][0]);
                            set_input(&box, w, input, t + i, n, y0, edges[e][0]);
                            box.images = size.images, box.rows = y1 - y0, box.pixels = edges[e][1] - edges[e][0];
                            one_tap(&box, channels, (ptrdiff_t)w->input_pixel_stride, gradient + (t + i) * channels);
                        }
                    }
                }
            }
        }
    }
}
