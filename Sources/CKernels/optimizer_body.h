// Steps of optimizers; see include/elementwise.h.

void NAME(sgd_f32)(ptrdiff_t n, const engram_sgd *settings, const float *gradient, float *weights, float *momentum) {
    const float rate = (float)settings->learning_rate, factor = (float)settings->momentum;
    const float decay = (float)settings->weight_decay, scale = (float)settings->gradient_scale;
    if (factor == 0) {
        EACH (i, n) {
            const float g = gradient[i] * scale + decay * weights[i];
            weights[i] = weights[i] - rate * g;
        }
    } else if (settings->nesterov) {
        EACH (i, n) {
            const float g = gradient[i] * scale + decay * weights[i];
            const float m = factor * momentum[i] + g;
            momentum[i] = m;
            weights[i] = weights[i] - rate * (g + factor * m);
        }
    } else {
        EACH (i, n) {
            const float g = gradient[i] * scale + decay * weights[i];
            const float m = factor * momentum[i] + g;
            momentum[i] = m;
            weights[i] = weights[i] - rate * m;
        }
    }
}

void NAME(adamw_f32)(ptrdiff_t n, const engram_adamw *settings, const float *gradient, float *weights, float *first_moment,
                     float *second_moment) {
    const engram_adamw *s = settings;
    const float scale = (float)s->gradient_scale, keep = (float)(1.0 - s->learning_rate * s->weight_decay);
    const float share1 = (float)(1.0 - s->beta1), beta2 = (float)s->beta2, share2 = (float)(1.0 - s->beta2);
    const float step = (float)(s->learning_rate / s->bias_correction1), epsilon = (float)s->epsilon;
    const float root_correction = (float)__builtin_elementwise_sqrt(s->bias_correction2);
    EACH (i, n) {
        const float g = gradient[i] * scale;
        const float m = first_moment[i] + share1 * (g - first_moment[i]);
        const float v = beta2 * second_moment[i] + share2 * (g * g);
        first_moment[i] = m;
        second_moment[i] = v;
        weights[i] = keep * weights[i] - step * (m / (__builtin_elementwise_sqrt(v) / root_correction + epsilon));
    }
}

void NAME(moving_average_f32)(ptrdiff_t n, double decay, const float *weights, float *average) {
    const float kept = (float)decay, share = (float)(1.0 - decay);
    EACH (i, n) {
        average[i] = kept * average[i] + share * weights[i];
    }
}
