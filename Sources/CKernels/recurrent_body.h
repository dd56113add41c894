// Cells of recurrent networks, a row at a time; see include/elementwise.h.

INLINE lanes load_or_zero(const float *p, ptrdiff_t k) { return p ? load(p, k) : all(0); }

void NAME(lstm_cell_f32)(
    ptrdiff_t units, float *gates, ptrdiff_t gate_stride, const float *added, ptrdiff_t added_stride, const float *cell_before,
    float *cell, float *hidden, float *y) {
    EACH_SIXTEEN(j, k, units, {
        lanes sum[4];
        for (int gate = 0; gate < 4; gate++) {
            sum[gate] = load(gates + gate * gate_stride + j, k);
            if (added) {
                sum[gate] += load(added + gate * added_stride + j, k);
            }
        }
        const lanes i = sigmoid_of_lanes(sum[0]), o = sigmoid_of_lanes(sum[1]), f = sigmoid_of_lanes(sum[2]);
        const lanes g = tanh_of_lanes(sum[3]);
        const lanes c = f * load_or_zero(cell_before ? cell_before + j : cell_before, k) + i * g, h = o * tanh_of_lanes(c);
        store(gates + j, k, i);
        store(gates + gate_stride + j, k, o);
        store(gates + 2 * gate_stride + j, k, f);
        store(gates + 3 * gate_stride + j, k, g);
        store(cell + j, k, c);
        store(hidden + j, k, h);
        if (y) {
            store(y + j, k, h);
        }
    })
}

void NAME(lstm_cell_backward_f32)(
    ptrdiff_t units, const float *gates, const float *cell_before, const float *cell, const float *dy, float *d_hidden,
    float *d_cell, float *d_gates) {
    EACH_SIXTEEN(j, k, units, {
        const lanes i = load(gates + j, k), o = load(gates + units + j, k);
        const lanes f = load(gates + 2 * units + j, k), g = load(gates + 3 * units + j, k);
        const lanes dh = load_or_zero(dy ? dy + j : dy, k) + load(d_hidden + j, k), t = tanh_of_lanes(load(cell + j, k));
        const lanes dc = load(d_cell + j, k) + dh * o * (1.0f - t * t);
        const lanes before = load_or_zero(cell_before ? cell_before + j : cell_before, k);
        store(d_gates + j, k, dc * g * (i * (1.0f - i)));
        store(d_gates + units + j, k, dh * t * (o * (1.0f - o)));
        store(d_gates + 2 * units + j, k, dc * before * (f * (1.0f - f)));
        store(d_gates + 3 * units + j, k, dc * i * (1.0f - g * g));
        store(d_cell + j, k, dc * f);
        store(d_hidden + j, k, all(0));
    })
}

void NAME(gru_cell_f32)(ptrdiff_t units, float *gates, const float *recurrent, float *hidden, float *y) {
    const float *update = gates, *reset = gates + units;
    float *candidate = gates + 2 * units;
    EACH_SIXTEEN(j, k, units, {
        lanes sum = load(candidate + j, k);
        if (recurrent) {
            sum += load(reset + j, k) * load(recurrent + j, k);
        }
        const lanes z = load(update + j, k), n = tanh_of_lanes(sum);
        const lanes h = (1.0f - z) * n + z * load(hidden + j, k);
        store(candidate + j, k, n);
        store(hidden + j, k, h);
        store(y + j, k, h);
    })
}

void NAME(gru_cell_backward_f32)(
    ptrdiff_t units, const float *gates, const float *recurrent, const float *hidden_before, const float *dy,
    float *d_hidden, float *d_gates, float *d_recurrent) {
    EACH_SIXTEEN(j, k, units, {
        const lanes z = load(gates + j, k), r = load(gates + units + j, k), n = load(gates + 2 * units + j, k);
        const lanes d = load_or_zero(dy ? dy + j : dy, k) + load(d_hidden + j, k);
        const lanes before = load_or_zero(hidden_before ? hidden_before + j : hidden_before, k);
        const lanes dn = d * (1.0f - z) * (1.0f - n * n);
        store(d_gates + j, k, d * (before - n) * (z * (1.0f - z)));
        store(d_gates + 2 * units + j, k, dn);
        if (recurrent) {
            store(d_gates + units + j, k, dn * load(recurrent + j, k) * (r * (1.0f - r)));
            store(d_recurrent + j, k, dn * r);
        }
        store(d_hidden + j, k, d * z);
    })
}

void NAME(gru_reset_backward_f32)(
    ptrdiff_t units, const float *gates, const float *hidden_before, const float *d_reset, float *d_hidden, float *d_gates,
    float *reset_hidden) {
    EACH_SIXTEEN(j, k, units, {
        const lanes r = load(gates + units + j, k), d = load(d_reset + j, k);
        const lanes before = load_or_zero(hidden_before ? hidden_before + j : hidden_before, k);
        store(d_gates + units + j, k, d * before * (r * (1.0f - r)));
        store(d_hidden + j, k, load(d_hidden + j, k) + d * r);
        store(reset_hidden + j, k, before * r);
    })
}
