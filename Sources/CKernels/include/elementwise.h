#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/// Kernels that visit memory once or twice: elementwise, channels, pooling, softmax, reductions, transposition, random
/// numbers, optimizers, conversions. Their list is `elementwise.inc`; each exists for every instruction set.
///
/// What holds for all of them:
/// - Sizes may be zero; nothing is then read or written, except where a value of an empty sum is stated.
/// - Pointers need the alignment of their element only. No kernel allocates, keeps state, or starts threads.
/// - The caller cuts work into ranges: pointers at the range's start with a count, or whole arrays with `first` and `last`.
///   The bits of a value do not depend on the cut, unless the result *is* a partial sum of the range; then the caller fixes
///   ranges by the problem's shape and merges in order.
/// - "In place": the output may be the very same pointer as the named inputs. Arrays that overlap otherwise are not allowed.
/// - NaN in an operand gives NaN in what depends on it. Instruction sets may differ in the last bits (fused multiply-add).
/// - "16 lanes": element i is added to lane i mod 16 in rising i; then lanes l and l+8 are added, then l and l+4, l+2, l+1.
///
/// ## Elementwise, on n floats
///
/// - `add`, `subtract`, `multiply`, `divide`: y = a op b. In place on a, b or both.
/// - `scale_add`: y = a·x + b·y; with b = 0 y is not read. x may be y.
/// - `relu`: y = x < 0 ? 0 : x (NaN stays). In place.
/// - `relu_backward`: dx = y > 0 ? dy : 0, added to dx with `accumulate`. In place on dy or y, without `accumulate`.
/// - `fill`: y = value. `copy`: y = x, no overlap.
///
/// ## Functions of one variable, on n floats; in place
///
/// - `function`: y = f(x). `function_backward`: dx = dy·f'(x), in place on x or dy. With the parameters a and b:
/// - EXP: relative error below 2e-7; 0 below -103.98 (subnormal results are given), +inf above 88.73. LOG: 2e-7 (near 1, absolute
///   1e-8); -inf at ±0, NaN below. SQRT exact. ABS, whose slope at 0 is 0. NEGATE. FLOOR and CEIL, of slope 0.
///   ERF: 3e-7.
/// - SIGMOID: 1/(1 + exp(-x)), 5e-7. TANH: odd, ±1 at ±inf, 5e-7. SOFTPLUS: log(1 + exp(x)), 5e-7.
/// - HARD_SIGMOID: a·x + b within 0...1. HARD_SWISH: x·(x/6 + 1/2 within 0...1). LEAKY_RELU: x < 0 ? a·x : x.
///   ELU: x < 0 ? a·(exp(x) - 1) : x. CLIP: x within a...b, b where they contradict each other; its slope is 1 at the bounds.
/// - GELU: x·Φ(x), the normal distribution's Φ by erf; GELU_TANH: its approximation x/2·(1 + tanh(√(2/π)·(x + 0.044715·x³)))
///   (Hendrycks, Gimpel 2016, arXiv 1606.08415). Absolute error 2e-7 of |x|.
///
/// ## Broadcasting
///
/// `sizes[rank]` is the shape of y (row major, without gaps), rank 0...8; the strides of a and b are in elements, 0 along
/// broadcast dimensions. Rows are the product of all sizes but the last; `first`, `last` choose rows; pointers are the
/// arrays' starts. Callers merge neighbouring dimensions first, for speed: the inner loop runs over the last dimension alone,
/// and is fast for strides 0 and 1 there. In place on an operand that is not broadcast.
///
/// `reduce_to_shape`: the gradient of broadcasting. x has the shape `sizes`; y the same without the dimensions whose
/// `y_strides` is 0, over which x is summed (the other strides are not looked at: y is row major). `first`, `last` choose
/// elements of y. Sums in double, then rounded: in rising order of x's index if the last dimension (of size above 1) is kept,
/// else 16 lanes of double, counted from 0 in each run of summed neighbours. An empty sum is 0. No aliasing.
///
/// ## Channels and batch normalization; arrays are [rows][channels], pointers at the range's first row
///
/// - `channel_sums`: sums[0][c] = Σ a[r][c], sums[1][c] = Σ a[r][c]·b[r][c]; with b null only sums[0] is written. b may be a.
///   Float over 16 rows, these in double.
/// - `merge_sums`: sums += other, n doubles.
/// - `channel_moments`: moments[0][c] = mean, moments[1][c] = Σ (x - mean)² of these rows: each 32 rows by a corrected
///   two-pass, merged in double (Chan, Golub, LeVeque 1979), so exact to about 1e-7 however large |mean| is against the
///   deviation.
/// - `merge_moments`: the moments of `count` rows take up those of `other_count` further rows. Either count may be 0.
/// - `batch_normalization_coefficients`: from the moments of `count` rows: mean, inverse_deviation = 1/sqrt(M2/count +
///   epsilon), scale = gamma·inverse_deviation, shift = beta - mean·scale (in double, rounded once). Running statistics are
///   the caller's.
/// - `scale_shift_channels`: y = act(x·scale[c] + shift[c] [+ residual]); `residual` null or [rows][channels]; act is relu or
///   nothing. In place on x, residual.
/// - `batch_normalization_backward_sums`: with g = y > 0 ? dy : 0 (g = dy where y is null) and x̂ = (x -
///   mean)·inverse_deviation: sums[0][c] = Σ g (the gradient of beta), sums[1][c] = Σ g·x̂ (of gamma). Float over 16 rows,
///   these in double.
/// - `batch_normalization_backward`: dx = gamma·inverse_deviation·(g - sums[0]/count - x̂·sums[1]/count); `d_residual` (null,
///   or an array) = g. `sums` and `count` are those of all rows, not of the range. In place: dx or d_residual on x, y, or dy
///   (not both outputs on one array).
///
/// ## Pooling: x [images][height][width][channels], y [images][output_height][output_width][channels]; pointers are the arrays' starts
///
/// Window (oh, ow) covers rows oh·stride_height - pad_top + k·dilation_height; places outside of the image are skipped.
/// Forward kernels are cut by rows of y (`first`, `last` of images·output_height), backward kernels by rows of x and dx (of
/// images·height): each gathers, so that dx is written once and need not be cleared. No aliasing.
/// - `max_pool`: the greatest, first place on equals, NaN if any (first NaN's place); `argmax` (null, or shaped as y) =
///   ih·width + iw. A window outside of the image: -inf, -1.
/// - `max_pool_backward`: dx = Σ dy of the windows whose argmax this place is, in rising (oh, ow).
/// - `average_pool`: Σ x / count in rising (kh, kw); count is the places in the image, or with `count_include_pad` those in
///   the image and its padding. 0 if there are none.
/// - `average_pool_backward`: dx = Σ dy/count in rising (oh, ow).
/// - `global_average_pool`: x [images][pixels][channels] → y [images][channels], summed as `channel_sums`; NaN when pixels is
///   0. `…_backward`: dx = dy/pixels.
///
/// ## Softmax over the columns of [rows][columns]
///
/// Sums over a row: 16 lanes in float. All but the losses in place. A row with +inf, NaN, or -inf only gives NaN; single -inf
/// are probability 0.
/// - `softmax`: y = exp(x - max)/Σ. `softmax_backward`: dx = y·(dy - Σ dy·y), in place on y or dy.
/// - `log_softmax`: y = x - max - log Σ exp(x - max). `log_softmax_backward`: dx = dy - exp(y)·Σ dy, in place on y or dy.
/// - `softmax_cross_entropy`: losses[r] = -weights[r]·((1-e)·log p[target] + e/classes·Σ log p); e = smoothing in 0...1;
///   weights null: 1. Sum them in double, in order.
/// - `softmax_cross_entropy_backward`: d_logits = scale·weights[r]·(p - (1-e)·onehot - e/classes), in place on logits. Both
///   return -1, or the first row whose target is not in 0..<classes: such rows get 0 everywhere, and the caller should refuse
///   the batch.
///
/// ## Rows: x [rows][columns], each row normalized by itself; `first`, `last` choose rows
///
/// The scale and shift of element j of row r are those of channel (r mod groups)·(columns/inner) + j/inner: layers have groups 1
/// and inner 1, groups of channels their pixels as inner. Null for neither. Mean and variance in two passes, 16 lanes of double.
/// - `normalize_rows`: y = (x - mean)/sqrt(variance + epsilon)·scale + shift. In place.
/// - `normalize_rows_backward`: dx, and products = dy·x̂, whose sums are the scale's gradient (null where nobody asks). dx may be
///   dy, products may be neither.
///
/// ## Dots: y[r] = activation(Σ x[r]·w + bias) of rows [rows][depth], in 16 lanes of float; `relu` or nothing
///
/// ## Interpolation: x [outer][size][inner] → y [outer][count][inner], by `first`, `last` of outer·count
///
/// y = x[lower] + weight·(x[lower + 1] - x[lower]); where weight is 0, x[lower] alone. No aliasing.
///
/// ## Piecewise linear functions: x [rows][features] → y [rows][units]
///
/// y = bias + Σ f(x) of each feature's own f, which is level before its first knot and behind its last one, and linear between neighbours.
/// Feature i has the knots, in rising order, from ends[i - 1] (0 for the first) to ends[i]; of a knot k `scales` has 1/(knots[k + 1] - knots[k]),
/// values[k][0] is f there, and values[k][1] what is added up to the next one (the last knot's are not read). `relu` or nothing.
/// In the order of features; NaN gives NaN. No aliasing.
/// - `piecewise_linear`
///
/// ## Losses
///
/// - `binary_cross_entropy`: of logits z and targets t in 0...1, with p = sigmoid(z):
///   loss = -(positive_weight·t·(1 - p)^focusing·log p + (1 - t)·p^focusing·log(1 - p)) (focusing 0: plain; Lin et al. 2017,
///   arXiv 1708.02002, equation 4). In place. `…_backward`: dx = scale·dloss/dz, in place on the logits.
///
/// ## Recurrent cells, on one row of `units`; gates are [4][units] in the order i, o, f, c, or [3][units] in the order z, r, h
///
/// Sums of products enter, gates leave.
/// - `lstm_cell`: gates (`gate_stride` floats apart) = σ, σ, σ, tanh of themselves, and of what is `added` (null, or gates
///   `added_stride` floats apart); c = f·cell_before + i·g; h = o·tanh(c). cell_before null: zeros; it may be cell. y is h once more, or null.
/// - `lstm_cell_backward`: from the gates as the cell left them, c before and after it: with d = dy + d_hidden, d_gates are
///   the gradients of the sums, d_cell becomes that of c before, d_hidden becomes 0 (what the gates' sums add to it is the
///   caller's product). cell_before null: zeros; dy null: zeros. d_gates may be gates.
/// - `gru_cell`: z and r are through their σ already; hidden is updated in place, and y is hidden once more; n = tanh(gates[2] + r·recurrent), without the last term where
///   `recurrent` is null; gates[2] = n; h = (1-z)·n + z·h.
/// - `gru_cell_backward`: d_gates of z and n, and where there is `recurrent` also that of r, and d_recurrent = dn·r; d_hidden
///   becomes (dy + d_hidden)·z. hidden_before null: zeros; dy null: zeros. d_gates may be gates.
/// - `gru_reset_backward`, where the reset comes before the product, after the former: from the gradient of r·h, d_reset:
///   d_gates of r, d_hidden += d_reset·r, and reset_hidden = r·hidden_before. d_gates may be gates.
///
/// ## Reductions: x [outer][reduced][inner] → y [outer][inner]; `first`, `last` choose elements of y; pointers are the arrays' starts
///
/// - `sum`, `mean`: in double: in rising order where inner > 1, else 16 lanes. Empty: 0 and NaN.
/// - `max`, `min`: NaN if any; -inf and +inf for an empty one.
/// - `argmax`: each row's first greatest column, the first NaN counts as greatest; -1 when columns is 0. Columns below 2³¹.
/// - `sum_of_squares`: n floats, squares exact in double, 16 lanes of double.
///
/// ## Transposition, by element size in bits; no aliasing
///
/// - `permute`: y row major of shape `sizes[rank]` (rank 0...8), y[i0, i1, …] = x[Σ i·strides] (in elements; 0 repeats,
///   negative reverses). `first`, `last` choose rows of y, which are the product of all sizes but the last. Fast for 32 bits
///   where the last or the last but one stride is 1.
/// - `transpose`: x [batches][rows][columns] → y [batches][columns][rows]; `first`, `last` choose rows of y (of
///   batches·columns); NCHW → NHWC is rows = C, columns = H·W.
///
/// ## Random numbers: Philox4x32-10 (Salmon, Moraes, Dror, Shaw 2011)
///
/// The key is the seed, the counter's upper half the stream, its lower half the block. Position p is word (p/16) mod 4 of
/// block 16·(p/64) + p mod 16 (so that 64 neighbours are sixteen blocks side by side). n values from position `first`; the
/// arrays start there.
/// - `random_u32`: the words. A uniform number is (word >> 8)·2⁻²⁴, in [0, 1).
/// - `dropout`: y = uniform ≥ rate ? x/(1 - rate) : 0 (as x·(1/(1 - rate))); the gradient is the same call on dy. In place.
///
/// ## Optimizers, on n weights
///
/// With g = gradient·gradient_scale, order of operations as PyTorch's:
/// - `sgd`: g += weight_decay·w; m = momentum·m + g; w -= learning_rate·(nesterov ? g + momentum·m : m). With momentum 0 the
///   array may be null. m starts at 0.
/// - `adamw` (Loshchilov, Hutter 2019): w *= 1 - learning_rate·weight_decay; m += (1-β1)·(g - m); v = β2·v + (1-β2)·g²; w -=
///   learning_rate/c1 · m/(sqrt(v)/sqrt(c2) + epsilon), with c = 1 - βᵗ passed in.
/// - `moving_average`: average = decay·average + (1-decay)·w.
///
/// ## Conversions, on n elements; no aliasing
///
/// `pair_bf16`: y[i] has even[i] as bf16 in its lower half, odd[i] in its upper one.
/// To f16 and bf16: to nearest, ties to even, overflow to ±inf, NaN quiet with its upper payload. To integers: towards zero,
/// saturating, NaN to 0. To bool: x ≠ 0 (NaN is 1). From bool: any byte but 0 is 1. From i32 and i64: to nearest, ties to
/// even.

/// Functions of one variable, with up to two parameters.
typedef enum {
    ENGRAM_EXP,
    ENGRAM_LOG,
    ENGRAM_SQRT,
    ENGRAM_ABS,
    ENGRAM_NEGATE,
    ENGRAM_FLOOR,
    ENGRAM_CEIL,
    ENGRAM_ERF,
    ENGRAM_SIGMOID,
    ENGRAM_TANH,
    ENGRAM_SOFTPLUS,
    ENGRAM_HARD_SIGMOID,
    ENGRAM_HARD_SWISH,
    ENGRAM_LEAKY_RELU,
    ENGRAM_ELU,
    ENGRAM_GELU,
    ENGRAM_GELU_TANH,
    ENGRAM_CLIP,
} engram_function;

/// The geometry of a pooling; sizes in pixels.
typedef struct {
    ptrdiff_t channels, height, width, output_height, output_width;
    ptrdiff_t kernel_height, kernel_width, stride_height, stride_width, dilation_height, dilation_width;
    ptrdiff_t pad_top, pad_left, pad_bottom, pad_right;
    /// Average pooling alone: padding counts as zeros (what lies beyond it, with rounded-up output sizes, never does).
    bool count_include_pad;
} engram_pooling;

/// Rows that are normalized by themselves.
typedef struct {
    ptrdiff_t columns, groups, inner;
    float epsilon;
} engram_row_normalization;

/// Stochastic gradient descent; scalars are double so that none is rounded twice.
typedef struct {
    double learning_rate, momentum, weight_decay, gradient_scale;
    bool nesterov;
} engram_sgd;

/// AdamW; `bias_correction1` = 1 - beta1^t, `bias_correction2` = 1 - beta2^t, t counted from 1.
typedef struct {
    double learning_rate, beta1, beta2, epsilon, weight_decay, bias_correction1, bias_correction2, gradient_scale;
} engram_adamw;
