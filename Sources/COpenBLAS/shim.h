#pragma once
#include <cblas.h>
#include <dlfcn.h>
#include <stdlib.h>

typedef void (*engram_sgemm)(
    enum CBLAS_ORDER, enum CBLAS_TRANSPOSE, enum CBLAS_TRANSPOSE, blasint, blasint, blasint, float, const float *, blasint,
    const float *, blasint, float, float *, blasint);

/// OpenBLAS's product of matrices on the caller's thread, or NULL where the library is missing.
///
/// It is loaded here and not with the program: as it is loaded it starts threads, unless told not to, which spin for a while.
static inline engram_sgemm engram_load_sgemm(void) {
    setenv("OPENBLAS_NUM_THREADS", "1", 1);
    void *library = dlopen("libopenblas.so.0", RTLD_NOW | RTLD_LOCAL);
    if (!library) { return NULL; }
    void *function = dlsym(library, "cblas_sgemm");
    engram_sgemm sgemm;
    __builtin_memcpy(&sgemm, &function, sizeof sgemm);
    return sgemm;
}
