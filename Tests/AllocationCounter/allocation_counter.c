// The calls that allocate, counted. A definition in the program comes before the C library's, for shared libraries too.
#include "allocation_counter.h"

#include <errno.h>
#include <stdatomic.h>

static atomic_size_t process_count;
static _Thread_local size_t thread_count __attribute__((tls_model("initial-exec")));

size_t engram_process_allocations(void) { return atomic_load(&process_count); }

size_t engram_thread_allocations(void) { return thread_count; }

#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)

bool engram_counts_allocations(void) { return false; }

#else

bool engram_counts_allocations(void) { return true; }

extern void *__libc_malloc(size_t);
extern void *__libc_calloc(size_t, size_t);
extern void *__libc_realloc(void *, size_t);
extern void *__libc_memalign(size_t, size_t);

static void note(void)
{
    atomic_fetch_add_explicit(&process_count, 1, memory_order_relaxed);
    thread_count++;
}

void *malloc(size_t size)
{
    note();
    return __libc_malloc(size);
}

void *calloc(size_t number, size_t size)
{
    note();
    return __libc_calloc(number, size);
}

void *realloc(void *memory, size_t size)
{
    note();
    return __libc_realloc(memory, size);
}

void *memalign(size_t alignment, size_t size)
{
    note();
    return __libc_memalign(alignment, size);
}

void *aligned_alloc(size_t alignment, size_t size)
{
    note();
    return __libc_memalign(alignment, size);
}

int posix_memalign(void **memory, size_t alignment, size_t size)
{
    note();
    void *made = __libc_memalign(alignment, size);
    if (!made) return ENOMEM;
    *memory = made;
    return 0;
}

#endif
