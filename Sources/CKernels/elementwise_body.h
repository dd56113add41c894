// Elementwise kernels; see include/elementwise.h.

#define BINARY(name, operation) \
    void NAME(name)(ptrdiff_t n, const float *a, const float *b, float *y) { \
        EACH (i, n) { \
            y[i] = a[i] operation b[i]; \
        } \
    }
BINARY(add_f32, +)
BINARY(subtract_f32, -)
BINARY(multiply_f32, *)
BINARY(divide_f32, /)
#undef BINARY

void NAME(scale_add_f32)(ptrdiff_t n, float a, const float *x, float b, float *y) {
    if (b == 0) {
        EACH (i, n) {
            y[i] = a * x[i];
        }
    } else {
        EACH (i, n) {
            y[i] = a * x[i] + b * y[i];
        }
    }
}

void NAME(relu_f32)(ptrdiff_t n, const float *x, float *y) {
    EACH (i, n) {
        y[i] = x[i] < 0 ? 0 : x[i];
    }
}

void NAME(relu_backward_f32)(ptrdiff_t n, const float *y, const float *dy, float *dx, bool accumulate) {
    if (accumulate) {
        EACH (i, n) {
            const float g = dy[i];
            dx[i] += y[i] > 0 ? g : 0;
        }
    } else {
        EACH (i, n) {
            const float g = dy[i];
            dx[i] = y[i] > 0 ? g : 0;
        }
    }
}

void NAME(fill_f32)(ptrdiff_t n, float value, float *y) {
    EACH (i, n) {
        y[i] = value;
    }
}

void NAME(copy_f32)(ptrdiff_t n, const float *x, float *y) {
    if (n > 0) {
        __builtin_memcpy(y, x, (size_t)n * sizeof(float));
    }
}
