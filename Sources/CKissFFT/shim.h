#pragma once
/* The element type of libkissfft-float. It has to reach the module whatever becomes of pkg-config's flags. */
#ifndef kiss_fft_scalar
#define kiss_fft_scalar float
#endif
#include <kissfft/kiss_fftr.h>
