#pragma once

/// Tells the processor that this thread waits in a loop.
static inline void engram_spin_hint(void) {
#if defined(__x86_64__)
    __builtin_ia32_pause();
#endif
}

/// Processors that this process may run on, at least 1.
int engram_processor_count(void);
