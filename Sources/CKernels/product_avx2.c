#include "lanes_avx2.h"

#pragma clang attribute push(__attribute__((target("avx2,fma,f16c"))), apply_to = function)
#include "product_pack.h"
#include "product_body.h"
#include "peak_body.h"
#include "winograd_body.h"
#pragma clang attribute pop
