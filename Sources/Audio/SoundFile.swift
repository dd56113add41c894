import CSndfile
import Synchronization

/// A file that libsndfile decodes; the binding to that library.
@safe final class SoundFile {
    let format: AudioFormat
    let promise: Promise
    /// The library keeps the error of a failed opening in a global variable.
    private static let opening = Mutex(())
    private let handle: OpaquePointer
    private let descriptor: Descriptor
    private var buffer: [Float]
    private var frames = 0

    /// Opens a file that can be positioned; `nil` if its format is not known.
    init?(_ descriptor: Descriptor) throws(AudioError) {
        // Before the library reads: both share a position.
        let beginning = try Beginning(descriptor)
        try descriptor.rewind()
        var info = SF_INFO()
        guard let handle = unsafe try Self.open(descriptor, &info) else { return nil }
        unsafe self.handle = handle
        self.descriptor = descriptor
        let rate = Double(max(info.samplerate, 1))
        let seconds = info.frames >= 0 && info.frames < Int64.max ? Double(info.frames) / rate : nil
        format = AudioFormat(sampleRate: Int(info.samplerate), channels: Int(info.channels), seconds: seconds)
        promise = beginning.promise(seconds: seconds, fileSize: descriptor.size)
        buffer = []
        try format.validate(for: descriptor.name)
        buffer = [Float](repeating: 0, count: max(16_384 / format.channels, 1) * format.channels)
    }

    deinit {
        unsafe sf_close(handle)
    }

    /// The next frames, interleaved, in the scale of 16-bit samples; empty at the end.
    func next() throws(AudioError) -> [Float] {
        let count = unsafe sf_readf_float(handle, &buffer, Int64(buffer.count / format.channels))
        guard count > 0 else {
            guard unsafe sf_error(handle) == 0 else {
                throw AudioError(
                    file: descriptor.name,
                    fault: .undecodable(
                        reason: unsafe Self.reason(handle), seconds: Double(frames) / Double(format.sampleRate),
                        promised: format.seconds))
            }
            return []
        }
        frames += Int(count)
        return buffer[0..<min(Int(count) * format.channels, buffer.count)].map { $0 * 32_768 }
    }

    /// A handle of the library; `nil` if it does not know the format.
    private static func open(_ descriptor: Descriptor, _ info: inout SF_INFO) throws(AudioError) -> OpaquePointer? {
        // By descriptor, not by name: a name's extension would let headerless formats be guessed. A copy of it, since
        // the library closes it when it fails, whether asked to or not.
        let copy = try descriptor.copy()
        var code = CInt(SF_ERR_NO_ERROR)
        var reason = ""
        let handle = unsafe opening.withLock { _ in
            let handle = unsafe sf_open_fd(copy, CInt(SFM_READ), &info, 1)
            if unsafe handle == nil {
                code = sf_error(nil)
                reason = unsafe Self.reason(nil)
            }
            return unsafe handle
        }
        if code == CInt(SF_ERR_NO_ERROR) || code == CInt(SF_ERR_UNRECOGNISED_FORMAT) { return unsafe handle }
        throw AudioError(file: descriptor.name, fault: .undecodable(reason: reason))
    }

    private static func reason(_ handle: OpaquePointer?) -> String {
        var text = unsafe String(cString: sf_strerror(handle)).lowercased()
        if text.hasPrefix("error : ") { text.removeFirst(8) }
        return text.hasSuffix(".") ? String(text.dropLast()) : text
    }
}
