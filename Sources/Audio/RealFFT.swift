import CKissFFT

/// The power spectrum of real samples; the binding to kissfft.
@safe struct RealFFT: ~Copyable {
    let size: Int
    private let plan: OpaquePointer
    private var spectrum: [kiss_fft_cpx]

    /// A transform of an even number of samples.
    init(size: Int) {
        precondition(size > 0 && size % 2 == 0 && size <= 1 << 20, "an FFT of \(size) samples")
        guard let plan = unsafe kiss_fftr_alloc(CInt(size), 0, nil, nil) else {
            preconditionFailure("no memory for an FFT of \(size) samples")
        }
        unsafe self.plan = plan
        self.size = size
        spectrum = [kiss_fft_cpx](repeating: kiss_fft_cpx(r: 0, i: 0), count: size / 2 + 1)
    }

    deinit {
        unsafe free(UnsafeMutableRawPointer(plan))
    }

    /// Puts |X[b]|² of `size` samples into `power`, bins 0 to `power.count` − 1.
    mutating func power(of samples: [Float], into power: inout [Float]) {
        precondition(samples.count == size && power.count <= size / 2 + 1, "buffers of the FFT's size")
        unsafe kiss_fftr(plan, samples, &spectrum)
        let bins = spectrum.span
        var output = power.mutableSpan
        for bin in output.indices { output[bin] = bins[bin].r * bins[bin].r + bins[bin].i * bins[bin].i }
    }
}
