#pragma once

#include <stddef.h>

/// Allocations of this process so far, by whatever call.
///
/// The target defines malloc and its kin for the program that it is linked into; they count and hand on to the C library's.
size_t engram_allocation_count(void);
