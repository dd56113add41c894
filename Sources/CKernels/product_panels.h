// The panels of packed weights: NR columns each.
#pragma once

#include "kernels.h"

enum { NR = 2 * VL };

/// Vectors of a panel: 2, or 1 for a last panel of few columns.
static inline size_t panel_vectors(size_t columns, size_t panel) { return columns - panel * NR <= VL ? 1 : 2; }
