/// What is typed on a terminal, character by character and key by key.
struct Keyboard {
    /// A key that sends an escape sequence.
    enum Key: String, CaseIterable {
        case up = "A"
        case down = "B"
        case right = "C"
        case left = "D"
        case home = "H"
        case end = "F"
        case delete = "3~"
        case wordLeft = "1;5D"
        case wordRight = "1;5C"
        /// The terminal announces pasted text (bracketed paste).
        case pasteBegins = "200~"
        case pasteEnds = "201~"

        /// The key of a sequence without its ESC [ or ESC O; nil for one that means nothing here.
        init?(sequence: String) {
            switch sequence {
            case "1~", "7~": self = .home
            case "4~", "8~": self = .end
            case "1;3D": self = .wordLeft
            case "1;3C": self = .wordRight
            default: self.init(rawValue: sequence)
            }
        }
    }

    /// What came.
    enum Arrival {
        case character(Unicode.Scalar)
        case key(Key)
        /// A signal that somebody watches for.
        case signal
        case end
    }

    private let descriptor: Int32
    private var bytes: [UInt8] = []
    private var position = 0
    /// Whether a signal came inside of a sequence.
    private var isSignalled = false
    /// How long the rest of an escape sequence may take; after that ESC was a key of its own.
    private static let patience: Int32 = 50
    /// No sequence is longer.
    private static let longestSequence = 64

    init(descriptor: Int32) { self.descriptor = descriptor }

    /// The next character or key; waits for it. Bytes that are not UTF-8 become U+FFFD; NUL, C1 control characters and
    /// sequences of unknown keys are dropped.
    mutating func next() -> Arrival {
        while true {
            while let scalar = character() {
                switch scalar {
                case "\u{1B}":
                    guard isSequence() else { return .character(scalar) }
                    if let key = sequence() { return .key(key) }
                case "\0", "\u{80}"..."\u{9F}": continue
                default: return .character(scalar)
                }
            }
            if isSignalled {
                isSignalled = false
                return .signal
            }
            switch read(waiting: -1) {
            case .bytes, .nothing: continue
            case .signal: return .signal
            case .end, .failed: return .end
            }
        }
    }

    /// Forgets what was typed ahead.
    mutating func discard() {
        bytes = []
        position = 0
    }

    private mutating func read(waiting milliseconds: Int32) -> SystemCalls.Arrival {
        let arrival = SystemCalls.read(from: descriptor, waiting: milliseconds)
        if case .bytes(let more) = arrival {
            bytes.removeSubrange(..<position)
            position = 0
            bytes += more
        }
        return arrival
    }

    /// The next character of the bytes that are here; nil if they end, or break off inside of one.
    private mutating func character() -> Unicode.Scalar? {
        guard position < bytes.count else { return nil }
        let lead = bytes[position]
        let length = lead < 0xC2 ? 1 : lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : lead < 0xF5 ? 4 : 1
        let there = bytes[position...].prefix(length)
        if there.count < length, there.dropFirst().allSatisfy({ $0 & 0xC0 == 0x80 }) { return nil }
        var parser = Unicode.UTF8.ForwardParser()
        var iterator = there.makeIterator()
        switch parser.parseScalar(from: &iterator) {
        case .valid(let encoded):
            position += encoded.count
            return Unicode.UTF8.decode(encoded)
        case .error(let length):
            position += length
            return "\u{FFFD}"
        case .emptyInput: return nil
        }
    }

    /// The byte at the position, waiting for it if need be.
    private mutating func byte() -> UInt8? {
        while position >= bytes.count {
            switch read(waiting: Self.patience) {
            case .bytes: continue
            case .signal:
                isSignalled = true
                return nil
            case .nothing, .end, .failed: return nil
            }
        }
        return bytes[position]
    }

    /// Whether after an ESC a sequence begins: ESC [ or ESC O.
    private mutating func isSequence() -> Bool {
        let second = byte()
        return second == UInt8(ascii: "[") || second == UInt8(ascii: "O")
    }

    /// Takes a sequence (ECMA-48 5.4: parameters, then one byte from @ to ~), and says what key it is.
    private mutating func sequence() -> Key? {
        let isSingle = bytes[position] == UInt8(ascii: "O")
        position += 1
        var text = ""
        while text.utf8.count < Self.longestSequence, let byte = byte(), (0x20...0x7E).contains(byte) {
            position += 1
            text.unicodeScalars.append(Unicode.Scalar(byte))
            if isSingle || byte >= 0x40 { return Key(sequence: text) }
        }
        return nil
    }
}
