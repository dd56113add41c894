// The one micro-kernel of all products: R rows of A from slabs times panels of B; included by product_body.h.
//
// A: slabs [K / VL][R][VL], the last one filled up; element (row i, k) of a slab is at a constant displacement. Or rows as they lie in memory, each
// `row_stride` floats behind the one before, of stretches of contiguous floats: nothing has to be packed then.
// B: a panel [K][W * VL], or P panels `panel_stride` floats apart (few rows: more sums at a time hide the latency of one).
// An output element has one accumulator, and k ascends: its bits do not depend on R, P and W.

/// Floats of a row that are contiguous: where the first one lies, from the row's own place on.
typedef struct {
    ptrdiff_t offset;
    size_t length;
} row_stretch;

typedef struct {
    size_t depth;               // K
    const float *slabs, *panel; // slabs: or the first row's place
    const row_stretch *stretches;
    size_t stretch_count;
    size_t row_stride;
    size_t panel_stride;
    float *output;              // at the panel's first column
    const ptrdiff_t *places;    // the R rows of output and residual
    const float *residual, *bias;
    size_t columns;             // that are written, of all P panels
    bool accumulate;            // start at the output's old value
    bool residual_first;        // add the residual to the start instead of to the end
    bool relu;
} tile_job;

/// How far ahead of a panel's line in use another is asked for.
enum { PREFETCH_FLOATS = 1024 };

enum { NEAR_ROWS = 5, NEAR_GROUPS = (TILE_ROWS + NEAR_ROWS - 1) / NEAR_ROWS };

/// Where rows of A are: every fifth one, and the distances to those near it, which x86 adds to a pointer as part of a load.
typedef struct {
    const float *group[NEAR_GROUPS];
    size_t stride, stride_times_three;
} tile_rows;

static inline __attribute__((always_inline)) tile_rows rows_at(const int rows, const float *first, size_t stride) {
    tile_rows a = {.stride = stride, .stride_times_three = 3 * stride};
    __asm__("" : "+r"(a.stride_times_three));
    UNROLL for (int g = 0; g < NEAR_GROUPS; g++) {
        a.group[g] = g * NEAR_ROWS < rows ? first + (size_t)(g * NEAR_ROWS) * stride : first;
        __asm__("" : "+r"(a.group[g]));   // else the compiler keeps a distance for each row, which are more than there are registers
    }
    return a;
}

static inline __attribute__((always_inline)) float row_element(const tile_rows *a, const int row, const int k) {
    const float *near = a->group[row / NEAR_ROWS] + k;
    return row % NEAR_ROWS == 3 ? near[a->stride_times_three] : near[(size_t)(row % NEAR_ROWS) * a->stride];
}

static inline __attribute__((always_inline)) void advance_rows(tile_rows *a, size_t steps) {
    UNROLL for (int g = 0; g < NEAR_GROUPS; g++) { a->group[g] += steps; }
}

/// sum += element k of the rows (of a slab, where `in_place` is NULL) times line k of panels.
static inline __attribute__((always_inline)) void tile_step(
    const int rows, const int panels, const int vectors, lanes sum[TILE_ROWS][4][2], const float *a, const tile_rows *in_place, const int k,
    const float *b, size_t panel_stride) {
    b += k * vectors * VL;
    // Into the second-level cache, while many rows leave the way there idle; few rows are bound by it.
    if (2 * rows > TILE_ROWS) {
        UNROLL for (int v = 0; v < vectors; v++) { __builtin_prefetch(b + PREFETCH_FLOATS + v * VL, 0, 2); }
    }
    lanes right[4][2];
    UNROLL for (int p = 0; p < panels; p++) {
        UNROLL for (int v = 0; v < vectors; v++) { right[p][v] = lanes_load(b + (size_t)p * panel_stride + v * VL); }
    }
    UNROLL for (int i = 0; i < rows; i++) {
        lanes left = lanes_all(in_place ? row_element(in_place, i, k) : a[k + i * VL]);
        UNROLL for (int p = 0; p < panels; p++) {
            UNROLL for (int v = 0; v < vectors; v++) { sum[i][p][v] = lanes_fma(left, right[p][v], sum[i][p][v]); }
        }
    }
}

#ifdef HL   // of half_lanes.h
/// sum += one row times panels, in half vectors: lines that come from the outer caches come faster so.
static inline __attribute__((always_inline)) void tile_row(const int panels, const tile_job *job, lanes sum[4][2]) {
    float sums[4 * NR] __attribute__((aligned(64)));
    halves part[4][NR / HL];
    UNROLL for (int p = 0; p < panels; p++) {
        UNROLL for (int v = 0; v < 2; v++) { lanes_store(sums + p * NR + v * VL, sum[p][v]); }
        UNROLL for (int h = 0; h < NR / HL; h++) { part[p][h] = halves_load(sums + p * NR + h * HL); }
    }
    const float *b = job->panel;
    for (size_t k = 0; k < job->depth; k++, b += NR) {
        const halves left = halves_all(job->slabs[k]);
        UNROLL for (int p = 0; p < panels; p++) {
            UNROLL for (int h = 0; h < NR / HL; h++) {
                part[p][h] = halves_fma(left, halves_load(b + (size_t)p * job->panel_stride + h * HL), part[p][h]);
            }
        }
    }
    UNROLL for (int p = 0; p < panels; p++) {
        UNROLL for (int h = 0; h < NR / HL; h++) { halves_store(sums + p * NR + h * HL, part[p][h]); }
        UNROLL for (int v = 0; v < 2; v++) { sum[p][v] = lanes_load(sums + p * NR + v * VL); }
    }
}
#endif

/// sum += rows times panels, k ascending.
static inline __attribute__((always_inline)) void tile_sums(
    const int rows, const int panels, const int vectors, const bool in_place, const tile_job *job, lanes sum[TILE_ROWS][4][2]) {
#ifdef HL
    if (rows == 1 && vectors == 2 && !in_place) {
        tile_row(panels, job, sum[0]);
        return;
    }
#endif
    const float *a = job->slabs, *b = job->panel;
    const size_t panel_stride = job->panel_stride;
    if (in_place) {
        for (const row_stretch *s = job->stretches, *end = s + job->stretch_count; s < end; s++) {
            tile_rows at = rows_at(rows, a + s->offset, job->row_stride);
            size_t left = s->length;
            for (; left >= 4; left -= 4, advance_rows(&at, 4), b += 4 * vectors * VL) {
                UNROLL for (int k = 0; k < 4; k++) { tile_step(rows, panels, vectors, sum, a, &at, k, b, panel_stride); }
            }
            for (; left > 0; left--, advance_rows(&at, 1), b += vectors * VL) {
                tile_step(rows, panels, vectors, sum, a, &at, 0, b, panel_stride);
            }
        }
        return;
    }
    size_t left = job->depth;
    for (; left >= VL; left -= VL) {
        for (int k = 0; k < VL; k += 4) {
            UNROLL for (int q = 0; q < 4; q++) { tile_step(rows, panels, vectors, sum, a, NULL, q, b, panel_stride); }
            a += 4;
            b += 4 * vectors * VL;
        }
        a += (rows - 1) * VL;
    }
    for (; left > 0; left--, a++, b += vectors * VL) { tile_step(rows, panels, vectors, sum, a, NULL, 0, b, panel_stride); }
}

static inline __attribute__((always_inline)) void tile(
    const int rows, const int panels, const int vectors, const bool in_place, const tile_job *job) {
    lanes sum[TILE_ROWS][4][2];
    size_t columns = job->columns;
    UNROLL for (int i = 0; i < rows; i++) {
        UNROLL for (int p = 0; p < panels; p++) {
            UNROLL for (int v = 0; v < vectors; v++) { sum[i][p][v] = lanes_zero(); }
        }
    }
    if (job->accumulate || job->residual_first) {
        UNROLL for (int i = 0; i < rows; i++) {
            UNROLL for (int p = 0; p < panels; p++) {
                UNROLL for (int v = 0; v < vectors; v++) {
                    size_t column = (size_t)(p * vectors + v) * VL;
                    if (column < columns) {
                        lane_mask mask = lanes_range(0, columns - column < VL ? columns - column : VL);
                        ptrdiff_t place = job->places[i] + (ptrdiff_t)column;
                        if (job->accumulate) { sum[i][p][v] = lanes_load_masked(job->output + place, mask); }
                        if (job->residual_first) {
                            sum[i][p][v] = lanes_add(sum[i][p][v], lanes_load_masked(job->residual + place, mask));
                        }
                    }
                }
            }
        }
    }

    tile_sums(rows, panels, vectors, in_place, job, sum);

    const ptrdiff_t *const places = job->places;
    float *const output = job->output;
    const float *const bias = job->bias, *const residual = job->residual_first ? NULL : job->residual;
    const bool relu = job->relu;
    UNROLL for (int p = 0; p < panels; p++) {
        UNROLL for (int v = 0; v < vectors; v++) {
            const size_t column = (size_t)(p * vectors + v) * VL;
            const bool whole = column + VL <= columns;
            if (column >= columns) { continue; }
            const lane_mask mask = lanes_range(0, whole ? VL : columns - column);
            if (bias) {
                lanes shift = whole ? lanes_load(bias + column) : lanes_load_masked(bias + column, mask);
                UNROLL for (int i = 0; i < rows; i++) { sum[i][p][v] = lanes_add(sum[i][p][v], shift); }
            }
            if (residual) {
                UNROLL for (int i = 0; i < rows; i++) {
                    sum[i][p][v] = lanes_add(sum[i][p][v], lanes_load_masked(residual + places[i] + column, mask));
                }
            }
            if (relu) {
                UNROLL for (int i = 0; i < rows; i++) { sum[i][p][v] = lanes_relu(sum[i][p][v]); }
            }
            if (whole) {
                UNROLL for (int i = 0; i < rows; i++) { lanes_store(output + places[i] + column, sum[i][p][v]); }
            } else {
                UNROLL for (int i = 0; i < rows; i++) { lanes_store_masked(output + places[i] + column, mask, sum[i][p][v]); }
            }
        }
    }
}

#define DEFINE_TILES(R)                                                              \
    static void tile_##R##x1(const tile_job *job) { tile(R, 1, 1, false, job); }          \
    static void tile_##R##x2(const tile_job *job) { tile(R, 1, 2, false, job); }          \
    static void tile_in_place_##R##x1(const tile_job *job) { tile(R, 1, 1, true, job); }  \
    static void tile_in_place_##R##x2(const tile_job *job) { tile(R, 1, 2, true, job); }
EACH_TILE_ROWS(DEFINE_TILES)
#undef DEFINE_TILES

static void tile_1x4x2(const tile_job *job) { tile(1, 4, 2, false, job); }
static void tile_2x2x2(const tile_job *job) { tile(2, 2, 2, false, job); }
static void tile_3x2x2(const tile_job *job) { tile(3, 2, 2, false, job); }

typedef void (*tile_function)(const tile_job *);
#define TILES(R) {tile_##R##x1, tile_##R##x2},
static const tile_function tiles[TILE_ROWS][2] = {EACH_TILE_ROWS(TILES)};
#undef TILES
#define TILES(R) {tile_in_place_##R##x1, tile_in_place_##R##x2},
static const tile_function tiles_in_place[TILE_ROWS][2] = {EACH_TILE_ROWS(TILES)};
#undef TILES

/// For 1 to 3 rows: several whole panels at a time.
static const tile_function wide_tiles[3] = {tile_1x4x2, tile_2x2x2, tile_3x2x2};
static const size_t wide_tile_panels[3] = {4, 2, 2};
