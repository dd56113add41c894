/// Why a sound cannot be read or written: one line that names the file, what is wrong and, where something can be
/// done, what to do.
///
/// ```
/// cut.wav: the data end after 0.53 s where the header promises 1.00 s
/// notes.wav: text, not sound; a sound file begins with a header such as RIFF, fLaC or OggS
/// ```
public struct AudioError: Error, Hashable, Sendable {
    /// What is wrong with a file.
    public enum Fault: Hashable, Sendable {
        /// There is no file of that name.
        case missing
        /// The name is a directory's.
        case directory
        /// The system does not let this user read or write it.
        case notPermitted
        /// The system failed otherwise; `reason` is its own word.
        case system(reason: String)
        /// The file has no bytes.
        case empty
        /// The file is readable text.
        case text
        /// The file begins like no sound file that is known here.
        case unknownFormat
        /// The file ended inside its header.
        case headerEnds(bytes: Int)
        /// The header contradicts itself or says what cannot be; `reason` says what.
        case badHeader(reason: String)
        /// The decoder gave up; `reason` is its own word. What lies before it has been delivered.
        case undecodable(reason: String, seconds: Double = 0, promised: Double? = nil)
        /// A count of channels that cannot be.
        case channels(Int)
        /// A sample rate in Hz that cannot be.
        case sampleRate(Int)
        /// There is less than the header promises or, where it promises no length, no end. What is there has been
        /// delivered.
        case cut(seconds: Double, promised: Double?)
        /// There is a header, and no sample after it.
        case noSamples
        /// A sample is not a number or infinite. What lies before it has been delivered.
        case notFinite(seconds: Double, isInfinite: Bool)
    }

    /// The file as it was named by whoever asked for it.
    public var file: String
    /// What is wrong.
    public var fault: Fault

    /// An error of one file.
    public init(file: String, fault: Fault) {
        self.file = file
        self.fault = fault
    }

    /// Where in the file: the second or the byte, if the fault has a place.
    public var place: String? {
        switch fault {
        case .cut(let seconds, _), .notFinite(let seconds, _), .undecodable(_, let seconds, _?):
            "\(decimal(seconds, digits: 2)) s"
        case .headerEnds(let bytes): "byte \(bytes)"
        case .missing, .directory, .notPermitted, .system, .empty, .text, .unknownFormat, .badHeader, .undecodable,
            .channels, .sampleRate, .noSamples:
            nil
        }
    }

    /// What can be done about it, if anything.
    public var remedy: String? {
        switch fault {
        case .directory: "name the files in it"
        case .text: "a sound file begins with a header such as RIFF, fLaC or OggS"
        case .unknownFormat: "samples without a header need their rate said"
        case .channels: "accepted are 1 to \(AudioFormat.channelLimit)"
        case .sampleRate:
            "accepted are \(AudioFormat.sampleRates.lowerBound) to \(AudioFormat.sampleRates.upperBound) Hz"
        case .missing, .notPermitted, .system, .empty, .headerEnds, .badHeader, .undecodable, .cut, .noSamples,
            .notFinite:
            nil
        }
    }
}

extension AudioError: CustomStringConvertible {
    /// The whole line, without a full stop.
    public var description: String {
        "\(file): \(words)" + (remedy.map { "; " + $0 } ?? "")
    }

    private var words: String {
        switch fault {
        case .missing: "no such file"
        case .directory: "a directory, not a sound file"
        case .notPermitted: "permission denied"
        case .system(let reason): reason
        case .empty: "the file is empty"
        case .text: "text, not sound"
        case .unknownFormat: "not a sound file that can be read (WAV, FLAC, Ogg, AIFF, AU, CAF, MP3)"
        case .headerEnds(let bytes): "the file ends inside its header, after \(bytes) bytes"
        case .badHeader(let reason): reason
        case .undecodable(let reason, _, nil): "cannot be decoded: \(reason)"
        case .undecodable(let reason, let seconds, let promised?):
            "cannot be decoded after \(decimal(seconds, digits: 2)) s of \(decimal(promised, digits: 2)) s: \(reason)"
        case .channels(let count): "\(count) channels"
        case .sampleRate(let rate): "a sample rate of \(rate) Hz"
        case .cut(let seconds, let promised): Self.cut(after: seconds, promised: promised)
        case .noSamples: "there are no samples after the header"
        case .notFinite(let seconds, let isInfinite):
            "the sample at \(decimal(seconds, digits: 2)) s is \(isInfinite ? "infinite" : "not a number")"
        }
    }

    /// Two decimals, and as many more as tell the two lengths apart.
    private static func cut(after seconds: Double, promised: Double?) -> String {
        guard let promised else {
            return "the data end after \(decimal(seconds, digits: 2)) s without the mark of an end"
        }
        var digits = 2
        while digits < 6 && decimal(seconds, digits: digits) == decimal(promised, digits: digits) { digits += 1 }
        let (there, whole) = (decimal(seconds, digits: digits), decimal(promised, digits: digits))
        return "the data end after \(there) s where the header promises \(whole) s"
    }
}

/// A number that is not negative with a fixed count of decimals.
private func decimal(_ value: Double, digits: Int) -> String {
    var power = 1
    for _ in 0..<digits { power *= 10 }
    guard let scaled = Int(exactly: (value * Double(power)).rounded()) else { return "\(value)" }
    let fraction = String(scaled % power)
    return "\(scaled / power)." + String(repeating: "0", count: digits - fraction.count) + fraction
}
