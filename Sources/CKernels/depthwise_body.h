// Depthwise convolutions and their weight gradients, for the vector type of lanes_<isa>.h.
//
// Vectors run over channels. Pixels of which all taps lie inside of the input are taken up to 8 at a time along a row; three taps that are
// neighbours then share the loads of the input (stride 1). Other pixels go one by one, and taps outside are left out.
// A sum takes the taps in ascending order in both ways.

#include "kernels.h"
#include "pixel_box.h"
#include "sizes.h"

#include <stdbool.h>
#include <string.h>

enum {
    STRIP = 8,           // pixels at a time
    PLANNED_TAPS = 128,  // more taps go the slow way
};

/// Taps at a pixel: one, or three neighbours (joined).
typedef struct {
    ptrdiff_t offset;
    bool joined;
} tap_step;

typedef struct {
    const tap_step *steps;
    size_t step_count;
    const float *weights;      // [tap][channels]
    size_t channels;
    ptrdiff_t input_pixel;     // between the inputs of neighbouring outputs
    ptrdiff_t output_pixel;
    bool accumulate, relu;
} strip_job;

static inline __attribute__((always_inline)) lanes load_some(const float *p, const bool masked, lane_mask mask) {
    return masked ? lanes_load_masked(p, mask) : lanes_load(p);
}

static inline __attribute__((always_inline)) void strip(
    const int pixels, const bool masked, lane_mask mask, const strip_job *job, const float *input, const float *weights, const float *bias,
    const float *residual, float *output) {
    lanes sum[STRIP];
    UNROLL for (int i = 0; i < pixels; i++) {
        sum[i] = job->accumulate ? load_some(output + i * job->output_pixel, masked, mask) : lanes_zero();
    }
    const ptrdiff_t step = job->input_pixel;
    const size_t channels = job->channels;
    for (size_t s = 0; s < job->step_count; s++) {
        const float *from = input + job->steps[s].offset;
        lanes w0 = load_some(weights, masked, mask);
        weights += channels;
        if (job->steps[s].joined) {
            lanes w1 = load_some(weights, masked, mask), w2 = load_some(weights + channels, masked, mask);
            weights += 2 * channels;
            UNROLL for (int i = 0; i < pixels + 2; i++) {
                lanes value = load_some(from, masked, mask);
                from += step;
                if (i < pixels) { sum[i] = lanes_fma(value, w0, sum[i]); }
                if (i >= 1 && i < pixels + 1) { sum[i - 1] = lanes_fma(value, w1, sum[i - 1]); }
                if (i >= 2) { sum[i - 2] = lanes_fma(value, w2, sum[i - 2]); }
            }
        } else {
            UNROLL for (int i = 0; i < pixels; i++) {
                sum[i] = lanes_fma(load_some(from, masked, mask), w0, sum[i]);
                from += step;
            }
        }
    }
    lanes shift = bias ? load_some(bias, masked, mask) : lanes_zero();
    UNROLL for (int i = 0; i < pixels; i++) {
        lanes value = lanes_add(sum[i], shift);
        if (residual) { value = lanes_add(value, load_some(residual + i * job->output_pixel, masked, mask)); }
        if (job->relu) { value = lanes_relu(value); }
        if (masked) {
            lanes_store_masked(output + i * job->output_pixel, mask, value);
        } else {
            lanes_store(output + i * job->output_pixel, value);
        }
    }
}

static inline __attribute__((always_inline)) void strips(
    size_t pixels, const bool masked, lane_mask mask, const strip_job *job, const float *input, const float *weights, const float *bias,
    const float *residual, float *output) {
    size_t parts = parts_of(pixels, STRIP);
    for (size_t p = 0; p < parts; p++) {
        size_t count = even_start(pixels, parts, p + 1) - even_start(pixels, parts, p);
        switch (count) {
#define STRIP_CASE(N) case N: strip(N, masked, mask, job, input, weights, bias, residual, output); break;
            STRIP_CASE(1) STRIP_CASE(2) STRIP_CASE(3) STRIP_CASE(4) STRIP_CASE(5) STRIP_CASE(6) STRIP_CASE(7) STRIP_CASE(8)
#undef STRIP_CASE
        }
        input += (ptrdiff_t)count * job->input_pixel;
        output += (ptrdiff_t)count * job->output_pixel;
        if (residual) { residual += (ptrdiff_t)count * job->output_pixel; }
    }
}

static void whole_strips(size_t pixels, const strip_job *job, const float *input, const float *weights, const float *bias,
                         const float *residual, float *output) {
    strips(pixels, false, lanes_range(0, VL), job, input, weights, bias, residual, output);
}

static void masked_strips(size_t pixels, size_t valid, const strip_job *job, const float *input, const float *weights, const float *bias,
                          const float *residual, float *output) {
    strips(pixels, true, lanes_range(0, valid), job, input, weights, bias, residual, output);
}

/// One pixel, of which any taps may be outside. `input` is the place of pixel (y, x).
static void edge_pixel(const engram_window *w, const float *input, ptrdiff_t y, ptrdiff_t x, const float *weights,
                       const engram_epilogue *epilogue, const float *residual, float *output) {
    const size_t channels = w->channels;
    enum { AT_ONCE = 4 };
    for (size_t c = 0; c < channels; c += AT_ONCE * VL) {
        size_t vectors = smaller(AT_ONCE, parts_of(channels - c, VL));
        lane_mask mask[AT_ONCE];
        lanes sum[AT_ONCE];
        for (size_t v = 0; v < AT_ONCE; v++) {
            mask[v] = lanes_range(0, v < vectors ? smaller(VL, channels - c - v * VL) : 0);
            sum[v] = epilogue->accumulate ? lanes_load_masked(output + c + v * VL, mask[v]) : lanes_zero();
        }
        const bool whole = channels - c >= AT_ONCE * VL;
        for (size_t t = 0; t < w->taps; t++) {
            ptrdiff_t row = y + w->tap_y[t], column = x + w->tap_x[t];
            if (row < 0 || row >= (ptrdiff_t)w->input_height || column < 0 || column >= (ptrdiff_t)w->input_width) { continue; }
            const float *from = input + w->tap_y[t] * (ptrdiff_t)w->input_row_stride + w->tap_x[t] * (ptrdiff_t)w->input_pixel_stride + c;
            const float *weight = weights + t * channels + c;
            if (whole) {
                UNROLL for (size_t v = 0; v < AT_ONCE; v++) { sum[v] = lanes_fma(lanes_load(from + v * VL), lanes_load(weight + v * VL), sum[v]); }
            } else {
                UNROLL for (size_t v = 0; v < AT_ONCE; v++) {
                    sum[v] = lanes_fma(lanes_load_masked(from + v * VL, mask[v]), lanes_load_masked(weight + v * VL, mask[v]), sum[v]);
                }
            }
        }
        for (size_t v = 0; v < vectors; v++) {
            size_t at = c + v * VL;
            lanes value = lanes_add(sum[v], epilogue->bias ? lanes_load_masked(epilogue->bias + at, mask[v]) : lanes_zero());
            if (residual) { value = lanes_add(value, lanes_load_masked(residual + at, mask[v])); }
            if (epilogue->activation == ENGRAM_RELU) { value = lanes_relu(value); }
            lanes_store_masked(output + at, mask[v], value);
        }
    }
}

void KERNEL_NAME(depthwise)(
    const engram_window *window, const float *input, const float *weights, float *output, const engram_epilogue *epilogue,
    size_t first_pixel, size_t last_pixel) {
    const engram_window *w = window;
    const size_t channels = w->channels;
    if (first_pixel >= last_pixel) { return; }
    const bool planned = w->taps <= PLANNED_TAPS;
    tap_step steps[PLANNED_TAPS];
    strip_job job = {.steps = steps, .weights = weights, .channels = channels,
                     .input_pixel = (ptrdiff_t)(w->stride_x * w->input_pixel_stride), .output_pixel = (ptrdiff_t)w->output_pixel_stride,
                     .accumulate = epilogue->accumulate, .relu = epilogue->activation == ENGRAM_RELU};
    ptrdiff_t lowest_y = 0, highest_y = 0;
    size_t inside_first = 0, inside_last = planned ? w->output_width : 0;   // of x
    for (size_t t = 0; t < w->taps; t++) {
        if (t == 0 || w->tap_y[t] < lowest_y) { lowest_y = w->tap_y[t]; }
        if (t == 0 || w->tap_y[t] > highest_y) { highest_y = w->tap_y[t]; }
        clip_outputs(w->stride_x, w->tap_x[t], w->input_width, &inside_first, &inside_last);
    }
    for (size_t t = 0; planned && t < w->taps;) {
        bool joined = w->stride_x == 1 && t + 2 < w->taps && w->tap_y[t + 1] == w->tap_y[t] && w->tap_y[t + 2] == w->tap_y[t]
            && w->tap_x[t + 1] == w->tap_x[t] + 1 && w->tap_x[t + 2] == w->tap_x[t] + 2;
        steps[job.step_count++] = (tap_step){w->tap_y[t] * (ptrdiff_t)w->input_row_stride + w->tap_x[t] * (ptrdiff_t)w->input_pixel_stride, joined};
        t += joined ? 3 : 1;
    }

    size_t x = first_pixel % w->output_width, y = first_pixel / w->output_width % w->output_height;
    size_t n = first_pixel / w->output_width / w->output_height;
    for (size_t left = last_pixel - first_pixel; left > 0;) {
        const size_t end = smaller(w->output_width, x + left);
        const ptrdiff_t iy = (ptrdiff_t)(y * w->stride_y);
        const float *in = input + n * w->input_image_stride + y * w->stride_y * w->input_row_stride;
        const size_t out = n * w->output_image_stride + y * w->output_row_stride;
        bool row_inside = iy + lowest_y >= 0 && iy + highest_y < (ptrdiff_t)w->input_height;
        size_t from = row_inside ? smaller(end, larger(x, inside_first)) : end, to = row_inside ? larger(from, smaller(end, inside_last)) : end;
        left -= end - x;
        for (; x < end; x++) {
            if (x == from && to > from) {
                for (size_t c = 0; c < channels; c += VL) {
                    const size_t place = out + from * w->output_pixel_stride + c;
                    const float *at = in + from * w->stride_x * w->input_pixel_stride + c;
                    const float *bias = epilogue->bias ? epilogue->bias + c : NULL;
                    const float *residual = epilogue->residual ? epilogue->residual + place : NULL;
                    if (channels - c >= VL) {
                        whole_strips(to - from, &job, at, weights + c, bias, residual, output + place);
                    } else {
                        masked_strips(to - from, channels - c, &job, at, weights + c, bias, residual, output + place);
                    }
                }
                x = to;
                if (x == end) { break; }
            }
            const size_t place = out + x * w->output_pixel_stride;
            edge_pixel(w, in + x * w->stride_x * w->input_pixel_stride, iy, (ptrdiff_t)(x * w->stride_x), weights, epilogue,
                       epilogue->residual ? epilogue->residual + place : NULL, output + place);
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
