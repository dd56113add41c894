#pragma once

#include <stdbool.h>
#include <stddef.h>

// The target defines malloc and its kin for the program that it is linked into; they count and hand on to the C library's.

/// Whether allocations are counted: a sanitizer needs the calls for itself.
bool engram_counts_allocations(void);

/// Allocations of the process so far.
size_t engram_process_allocations(void);

/// Allocations of the calling thread so far.
size_t engram_thread_allocations(void);
