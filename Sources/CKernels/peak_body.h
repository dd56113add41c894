// As many multiply-adds as the processor can do: all of them in registers, in chains that do not wait for one another.

enum { CHAINS = 12 };

size_t KERNEL_NAME(peak_multiply_adds)(size_t rounds) { return rounds * CHAINS * VL; }

float KERNEL_NAME(peak)(size_t rounds, float factor) {
    lanes sums[CHAINS];
    const lanes factors = lanes_all(factor), ones = lanes_all(1);
#pragma clang loop unroll(full)
    for (int i = 0; i < CHAINS; i++) {
        sums[i] = lanes_all((float)i);
    }
    for (size_t round = 0; round < rounds; round++) {
#pragma clang loop unroll(full)
        for (int i = 0; i < CHAINS; i++) {
            sums[i] = lanes_fma(sums[i], factors, ones);
        }
    }
    lanes sum = lanes_zero();
#pragma clang loop unroll(full)
    for (int i = 0; i < CHAINS; i++) {
        sum = lanes_add(sum, sums[i]);
    }
    float floats[VL];
    lanes_store(floats, sum);
    return floats[0];
}
