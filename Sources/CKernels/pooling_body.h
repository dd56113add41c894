// Pooling of [images][height][width][channels]; see include/elementwise.h.

/// The steps k in begin..<end for which start + k·dilation lies in 0..<size.
struct steps {
    ptrdiff_t begin, end;
};

INLINE ptrdiff_t quotient_up(ptrdiff_t a, ptrdiff_t b) { return a <= 0 ? 0 : b == 1 ? a : (a + b - 1) / b; }

INLINE struct steps steps_inside(ptrdiff_t start, ptrdiff_t dilation, ptrdiff_t kernel, ptrdiff_t size) {
    struct steps steps = {quotient_up(-start, dilation), smaller(kernel, quotient_up(size - start, dilation))};
    if (steps.end < steps.begin) {
        steps.end = steps.begin;
    }
    return steps;
}

/// The windows o in begin..<end that may cover `place` (all do when dilation is 1).
INLINE struct steps windows_over(ptrdiff_t place, ptrdiff_t pad, ptrdiff_t stride, ptrdiff_t dilation, ptrdiff_t kernel,
                                 ptrdiff_t windows) {
    const ptrdiff_t begin = quotient_up(place + pad - (kernel - 1) * dilation, stride);
    return (struct steps){begin, larger(begin, smaller(windows, (place + pad) / stride + 1))};
}

INLINE void max_pool_of(const engram_pooling *s, const float *x, float *y, int32_t *argmax, ptrdiff_t first, ptrdiff_t last,
                        bool keeps) {
    const ptrdiff_t channels = s->channels;
    for (ptrdiff_t row = first; row < last; row++) {
        const float *image = x + row / s->output_height * s->height * s->width * channels;
        const ptrdiff_t h0 = row % s->output_height * s->stride_height - s->pad_top;
        const struct steps kh = steps_inside(h0, s->dilation_height, s->kernel_height, s->height);
        for (ptrdiff_t ow = 0; ow < s->output_width; ow++) {
            const ptrdiff_t w0 = ow * s->stride_width - s->pad_left;
            const struct steps kw = steps_inside(w0, s->dilation_width, s->kernel_width, s->width);
            const ptrdiff_t out = (row * s->output_width + ow) * channels;
            const bool empty = kh.begin == kh.end || kw.begin == kw.end;
            const ptrdiff_t origin = (h0 + kh.begin * s->dilation_height) * s->width + w0 + kw.begin * s->dilation_width;
            EACH_SIXTEEN(c, k, channels, {
                lanes m = empty ? all(-__builtin_inff()) : load(image + origin * channels + c, k);
                int_lanes best = (int_lanes)(empty ? -1 : (int32_t)origin);
                for (ptrdiff_t i = kh.begin; i < kh.end; i++) {
                    for (ptrdiff_t j = kw.begin; j < kw.end; j++) {
                        const ptrdiff_t place = (h0 + i * s->dilation_height) * s->width + w0 + j * s->dilation_width;
                        const lanes v = load(image + place * channels + c, k);
                        if (keeps) {
                            const int_lanes taken = (v > m) | ((v != v) & (m == m));
                            best = choose_int(taken, (int_lanes)((int32_t)place), best);
                            m = choose(taken, v, m);
                        } else {
                            m = greater_of(m, v);
                        }
                    }
                }
                store(y + out + c, k, m);
                if (keeps) {
                    store_int(argmax + out + c, k, best);
                }
            })
        }
    }
}

void NAME(max_pool_f32)(const engram_pooling *shape, const float *x, float *y, int32_t *argmax, ptrdiff_t first, ptrdiff_t last) {
    if (argmax != NULL) {
        max_pool_of(shape, x, y, argmax, first, last, true);
    } else {
        max_pool_of(shape, x, y, argmax, first, last, false);
    }
}

void NAME(max_pool_backward_f32)(const engram_pooling *shape, const int32_t *argmax, const float *dy, float *dx, ptrdiff_t first,
                                 ptrdiff_t last) {
    const engram_pooling *s = shape;
    const ptrdiff_t channels = s->channels;
    for (ptrdiff_t row = first; row < last; row++) {
        const ptrdiff_t image = row / s->height, h = row % s->height;
        const struct steps oh =
            windows_over(h, s->pad_top, s->stride_height, s->dilation_height, s->kernel_height, s->output_height);
        for (ptrdiff_t w = 0; w < s->width; w++) {
            const struct steps ow =
                windows_over(w, s->pad_left, s->stride_width, s->dilation_width, s->kernel_width, s->output_width);
            const int_lanes here = (int_lanes)((int32_t)(h * s->width + w));
            EACH_SIXTEEN(c, k, channels, {
                lanes sum = all(0);
                for (ptrdiff_t i = oh.begin; i < oh.end; i++) {
                    for (ptrdiff_t j = ow.begin; j < ow.end; j++) {
                        const ptrdiff_t window = ((image * s->output_height + i) * s->output_width + j) * channels + c;
                        sum += choose(load_int(argmax + window, k) == here, load(dy + window, k), all(0));
                    }
                }
                store(dx + row * s->width * channels + w * channels + c, k, sum);
            })
        }
    }
}

/// The divisor along one axis: places in the image, or in the image and its padding.
INLINE ptrdiff_t places_of(ptrdiff_t start, ptrdiff_t dilation, ptrdiff_t kernel, ptrdiff_t size, ptrdiff_t pad_after,
                           bool with_pad) {
    if (with_pad) {
        return smaller(kernel, quotient_up(size + pad_after - start, dilation));
    }
    const struct steps steps = steps_inside(start, dilation, kernel, size);
    return steps.end - steps.begin;
}

void NAME(average_pool_f32)(const engram_pooling *shape, const float *x, float *y, ptrdiff_t first, ptrdiff_t last) {
    const engram_pooling *s = shape;
    const ptrdiff_t channels = s->channels;
    for (ptrdiff_t row = first; row < last; row++) {
        const float *image = x + row / s->output_height * s->height * s->width * channels;
        const ptrdiff_t h0 = row % s->output_height * s->stride_height - s->pad_top;
        const struct steps kh = steps_inside(h0, s->dilation_height, s->kernel_height, s->height);
        const ptrdiff_t places =
            places_of(h0, s->dilation_height, s->kernel_height, s->height, s->pad_bottom, s->count_include_pad);
        for (ptrdiff_t ow = 0; ow < s->output_width; ow++) {
            const ptrdiff_t w0 = ow * s->stride_width - s->pad_left;
            const struct steps kw = steps_inside(w0, s->dilation_width, s->kernel_width, s->width);
            const ptrdiff_t count =
                places * places_of(w0, s->dilation_width, s->kernel_width, s->width, s->pad_right, s->count_include_pad);
            const lanes divisor = all((float)larger(count, 1));
            const ptrdiff_t out = (row * s->output_width + ow) * channels;
            EACH_SIXTEEN(c, k, channels, {
                lanes sum = all(0);
                for (ptrdiff_t i = kh.begin; i < kh.end; i++) {
                    for (ptrdiff_t j = kw.begin; j < kw.end; j++) {
                        const ptrdiff_t place = (h0 + i * s->dilation_height) * s->width + w0 + j * s->dilation_width;
                        sum += load(image + place * channels + c, k);
                    }
                }
                store(y + out + c, k, sum / divisor);
            })
        }
    }
}

void NAME(average_pool_backward_f32)(const engram_pooling *shape, const float *dy, float *dx, ptrdiff_t first, ptrdiff_t last) {
    const engram_pooling *s = shape;
    const ptrdiff_t channels = s->channels;
    for (ptrdiff_t row = first; row < last; row++) {
        const ptrdiff_t image = row / s->height, h = row % s->height;
        const struct steps oh =
            windows_over(h, s->pad_top, s->stride_height, s->dilation_height, s->kernel_height, s->output_height);
        for (ptrdiff_t w = 0; w < s->width; w++) {
            const struct steps ow =
                windows_over(w, s->pad_left, s->stride_width, s->dilation_width, s->kernel_width, s->output_width);
            float *out = dx + (row * s->width + w) * channels;
            EACH_SIXTEEN(c, k, channels, store(out + c, k, all(0));)
            for (ptrdiff_t i = oh.begin; i < oh.end; i++) {
                const ptrdiff_t h0 = i * s->stride_height - s->pad_top;
                if (s->dilation_height > 1 && (h - h0) % s->dilation_height != 0) {
                    continue;
                }
                const ptrdiff_t places =
                    places_of(h0, s->dilation_height, s->kernel_height, s->height, s->pad_bottom, s->count_include_pad);
                for (ptrdiff_t j = ow.begin; j < ow.end; j++) {
                    const ptrdiff_t w0 = j * s->stride_width - s->pad_left;
                    if (s->dilation_width > 1 && (w - w0) % s->dilation_width != 0) {
                        continue;
                    }
                    const ptrdiff_t count =
                        places * places_of(w0, s->dilation_width, s->kernel_width, s->width, s->pad_right, s->count_include_pad);
                    const float *from = dy + ((image * s->output_height + i) * s->output_width + j) * channels;
                    EACH_SIXTEEN(c, k, channels, store(out + c, k, load(out + c, k) + load(from + c, k) / (float)count);)
                }
            }
        }
    }
}

void NAME(global_average_pool_f32)(ptrdiff_t images, ptrdiff_t pixels, ptrdiff_t channels, const float *x, float *y) {
    for (ptrdiff_t image = 0; image < images; image++) {
        const float *start = x + image * pixels * channels;
        EACH_SIXTEEN(c, k, channels, {
            double_lanes total = (double_lanes)(0.0);
            for (ptrdiff_t first = 0; first < pixels; first += ROWS_A_BLOCK) {
                lanes sum = all(0);
                for (ptrdiff_t r = first; r < smaller(pixels, first + ROWS_A_BLOCK); r++) {
                    sum += load(start + r * channels + c, k);
                }
                total += doubles_of(sum);
            }
            store(y + image * channels + c, k, rounded(total / (double)pixels));
        })
    }
}

void NAME(global_average_pool_backward_f32)(ptrdiff_t images, ptrdiff_t pixels, ptrdiff_t channels, const float *dy, float *dx) {
    for (ptrdiff_t image = 0; image < images; image++) {
        EACH_SIXTEEN(c, k, channels, {
            const lanes share = load(dy + image * channels + c, k) / (float)pixels;
            for (ptrdiff_t r = 0; r < pixels; r++) {
                store(dx + (image * pixels + r) * channels + c, k, share);
            }
        })
    }
}
