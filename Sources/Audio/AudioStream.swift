/// Sound from a file, a pipe or the microphone as mono samples of one rate, block by block.
///
/// ```swift
/// var stream = try AudioStream(path: "talk.flac")
/// while let block = try stream.next() {
///     print(block.count)
/// }
/// ```
///
/// Samples are floats in the scale of 16-bit samples (−32,768…32,767) whatever the source holds; those of a float
/// source may be larger. A source at the wanted rate with one channel is passed on bit for bit. Other rates are
/// converted band-limited, several channels are averaged (or, where that cancels them, the loudest is taken).
///
/// The memory is that of one block, however long the sound is. WAV and headerless samples come from a pipe as they
/// arrive, a short read at once; other formats on a pipe are first laid down in a temporary file.
public struct AudioStream: ~Copyable {
    /// How the bytes of a source are to be understood.
    public enum Layout: Hashable, Sendable {
        /// By their header: WAV, and what libsndfile reads (FLAC, Ogg, AIFF, AU, CAF, MP3, …).
        case detected
        /// Without a header: 16 bits, little-endian, one channel, at this rate in Hz.
        case raw(sampleRate: Int)
    }

    private enum Source {
        case samples(SampleReader)
        case soundFile(SoundFile)
    }

    /// What the source says of itself.
    public let format: AudioFormat
    /// Rate of the samples that come out, in Hz.
    public let sampleRate: Int
    private let name: String
    private var source: Source
    private var downmix: Downmix
    private var resampler: Resampler?
    private let promise: Promise
    private var frames = 0
    private var isOver = false
    /// Thrown once everything before it has been delivered.
    private var fault: AudioError?

    /// Opens a file; `-` is standard input. Throws an ``AudioError``.
    public init(path: String, layout: Layout = .detected, sampleRate: Int = 16_000) throws {
        let descriptor =
            if path == "-" {
                try Descriptor(0, name: "standard input", owned: false)
            } else {
                try Descriptor(reading: path)
            }
        try self.init(descriptor, layout: layout, sampleRate: sampleRate)
    }

    /// Reads a descriptor that is open, from where it stands, and does not close it. Throws an ``AudioError``.
    ///
    /// - Parameter name: how errors call it.
    public init(descriptor: Int32, name: String, layout: Layout = .detected, sampleRate: Int = 16_000) throws {
        try self.init(
            Descriptor(descriptor, name: name, owned: false), layout: layout, sampleRate: sampleRate)
    }

    private init(_ descriptor: Descriptor, layout: Layout, sampleRate: Int) throws(AudioError) {
        precondition(AudioFormat.sampleRates.contains(sampleRate), "a wanted rate of \(sampleRate) Hz")
        let opened =
            switch layout {
            case .detected: try Self.detect(descriptor)
            case .raw(let rate): try Self.raw(descriptor, rate: rate)
            }
        source = opened.source
        format = opened.format
        promise = opened.promise
        name = descriptor.name
        self.sampleRate = sampleRate
        downmix = Downmix(channels: format.channels, sampleRate: format.sampleRate)
        resampler = format.sampleRate == sampleRate ? nil : Resampler(from: format.sampleRate, to: sampleRate)
    }

    /// The samples that have arrived since; `nil` at the end.
    ///
    /// Throws an ``AudioError``. A source that is cut off, or has a sample that is not a number, first delivers
    /// what lies before that, then throws: so what is there can be used, and is never taken for the whole.
    public mutating func next() throws -> [Float]? {
        while !isOver {
            let block = finite(read())
            if block.isEmpty { end() }
            frames += block.count / format.channels
            var mono = downmix.push(block)
            if isOver { mono += downmix.finish() }
            let output = resampler == nil ? mono : resampler?.push(mono, last: isOver) ?? []
            if !output.isEmpty { return output }
        }
        if let fault { throw fault }
        return nil
    }

    /// All samples of a file; memory grows with its length. Throws an ``AudioError``, also for a file that is cut off.
    public static func samples(
        path: String, layout: Layout = .detected, sampleRate: Int = 16_000
    ) throws -> [Float] {
        var stream = try AudioStream(path: path, layout: layout, sampleRate: sampleRate)
        var samples: [Float] = []
        while let block = try stream.next() { samples += block }
        return samples
    }

    /// The next frames of the source; empty at its end, and where it fails.
    private mutating func read() -> [Float] {
        guard fault == nil else { return [] }
        do throws(AudioError) {
            switch source {
            case .samples(var reader):
                defer { source = .samples(reader) }
                return try reader.next()
            case .soundFile(let file): return try file.next()
            }
        } catch {
            fault = error
            return []
        }
    }

    /// The frames before the first that has a sample which is no finite number.
    private mutating func finite(_ block: [Float]) -> [Float] {
        // Without the sign, bits are ordered as magnitudes are; infinity and what is no number stand above all.
        var largest: Int32 = 0
        for sample in block { largest = max(largest, Int32(sample.bitPattern & 0x7FFF_FFFF)) }
        guard largest >= 0x7F80_0000, let bad = block.firstIndex(where: { !$0.isFinite }) else { return block }
        let good = bad / format.channels
        let seconds = Double(frames + good) / Double(format.sampleRate)
        fault = AudioError(file: name, fault: .notFinite(seconds: seconds, isInfinite: block[bad].isInfinite))
        return Array(block[0..<good * format.channels])
    }

    private mutating func end() {
        isOver = true
        guard fault == nil else { return }
        fault = promise.fault(frames: frames, sampleRate: format.sampleRate).map { AudioError(file: name, fault: $0) }
    }
}

// MARK: - Finding out what a source is

extension AudioStream {
    private struct Opened {
        var source: Source
        var format: AudioFormat
        var promise = Promise.none
    }

    private static func raw(_ descriptor: Descriptor, rate: Int) throws(AudioError) -> Opened {
        let format = AudioFormat(sampleRate: rate, channels: 1)
        try format.validate(for: descriptor.name)
        let reader = SampleReader(descriptor, encoding: .signed16, channels: 1, bytes: nil)
        return Opened(source: .samples(reader), format: format)
    }

    private static func detect(_ descriptor: Descriptor) throws(AudioError) -> Opened {
        var bytes = HeaderBytes(descriptor)
        let magic = try bytes.take(12)
        guard !magic.isEmpty else { throw AudioError(file: descriptor.name, fault: .empty) }
        if magic.starts(with: "RIFF".utf8) {
            guard magic.count == 12 else { throw bytes.ended }
            if magic.dropFirst(8).elementsEqual("WAVE".utf8), let header = try WaveHeader(&bytes) {
                return wave(header, descriptor)
            }
        }
        return try soundFile(descriptor, magic: magic, kept: bytes.kept)
    }

    private static func wave(_ header: WaveHeader, _ descriptor: Descriptor) -> Opened {
        let frames = header.dataBytes.map { $0 / (header.encoding.width * header.channels) }
        let seconds = header.isPromise ? frames.map { Double($0) / Double(header.sampleRate) } : nil
        let reader = SampleReader(
            descriptor, encoding: header.encoding, channels: header.channels, bytes: header.dataBytes)
        return Opened(
            source: .samples(reader),
            format: AudioFormat(sampleRate: header.sampleRate, channels: header.channels, seconds: seconds),
            promise: seconds.map { .seconds($0) } ?? .none)
    }

    private static func soundFile(
        _ descriptor: Descriptor, magic: [UInt8], kept: [UInt8]?
    ) throws(AudioError) -> Opened {
        var file = descriptor
        if !descriptor.isSeekable {
            // Whatever else runs down the pipe, endless perhaps, is not to fill the disk.
            guard isSoundFile(magic), let kept else { throw unknown(descriptor, magic) }
            file = try Descriptor(temporaryFor: descriptor.name)
            try file.write(kept)
            while case let block = try descriptor.read(upTo: 1 << 16), !block.isEmpty { try file.write(block) }
        }
        guard let sound = try SoundFile(file) else {
            try file.rewind()
            throw unknown(descriptor, try file.read(upTo: 4_096))
        }
        return Opened(source: .soundFile(sound), format: sound.format, promise: sound.promise)
    }

    private static func unknown(_ descriptor: Descriptor, _ beginning: [UInt8]) -> AudioError {
        let isText = beginning.allSatisfy { $0 >= 0x20 && $0 != 0x7F || (0x09...0x0D).contains($0) }
        return AudioError(file: descriptor.name, fault: isText ? .text : .unknownFormat)
    }

    /// Whether these first bytes are those of a format that libsndfile knows.
    private static func isSoundFile(_ magic: [UInt8]) -> Bool {
        ["RIFF", "RIFX", "RF64", "BW64", "riff", "fLaC", "OggS", "FORM", ".snd", "dns.", "caff", "ID3"].contains {
            magic.starts(with: $0.utf8)
        } || (magic.count > 1 && magic[0] == 0xFF && magic[1] >= 0xE0)
    }
}
