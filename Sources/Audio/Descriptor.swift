import Glibc

/// An open file, pipe or terminal: the binding to the system's calls, and their errors in our words.
///
/// A class, because an open file has identity; whoever keeps it keeps it open.
final class Descriptor {
    /// How errors name it.
    let name: String
    let number: CInt
    /// Whether positions can be set; a pipe's cannot.
    let isSeekable: Bool
    /// Where it stood when it was taken; the sound begins there.
    private let start: Int
    private let isOwned: Bool

    /// A descriptor that someone opened; it is closed in the end only if it is `owned`.
    init(_ number: CInt, name: String, owned: Bool) throws(AudioError) {
        self.name = name
        self.number = number
        isOwned = owned
        let position = lseek(number, 0, SEEK_CUR)
        start = max(position, 0)
        var status = stat()
        let code = unsafe fstat(number, &status) == 0 ? 0 : errno
        let kind = status.st_mode & S_IFMT
        // A terminal accepts lseek and ignores it.
        isSeekable = position >= 0 && kind != S_IFCHR
        guard code == 0 else { throw Self.error(name, code: code) }
        guard kind != S_IFDIR else { throw AudioError(file: name, fault: .directory) }
    }

    /// A file to read.
    convenience init(reading path: String) throws(AudioError) {
        let number = unsafe open(path, O_RDONLY | O_CLOEXEC)
        guard number >= 0 else { throw Self.error(path, code: errno) }
        try self.init(number, name: path, owned: true)
    }

    /// A new file to write; one that is there is an error.
    convenience init(creating path: String, name: String) throws(AudioError) {
        let number = unsafe open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o666)
        guard number >= 0 else { throw Self.error(name, code: errno) }
        try self.init(number, name: name, owned: true)
    }

    /// A nameless temporary file, gone when it is closed.
    convenience init(temporaryFor name: String) throws(AudioError) {
        let folder = unsafe getenv("TMPDIR").map { unsafe String(cString: $0) } ?? "/tmp"
        var path = Array((folder + "/engram-sound-XXXXXX").utf8CString)
        let number = unsafe mkstemp(&path)
        guard number >= 0 else { throw Self.error(name, code: errno) }
        unsafe unlink(path)
        try self.init(number, name: name, owned: true)
    }

    deinit {
        if isOwned { close(number) }
    }

    /// The bytes that are there now, `limit` at most; waits only while there is none, and is empty at the end.
    func read(upTo limit: Int) throws(AudioError) -> [UInt8] {
        while true {
            var code: CInt = 0
            let bytes = unsafe [UInt8](unsafeUninitializedCapacity: limit) { buffer, count in
                let got = unsafe Glibc.read(number, buffer.baseAddress, limit)
                count = max(got, 0)
                if got < 0 { code = errno }
            }
            switch code {
            case 0: return bytes
            case EINTR: continue
            case EAGAIN:
                var waiting = pollfd(fd: number, events: Int16(POLLIN), revents: 0)
                _ = unsafe poll(&waiting, 1, -1)
            default: throw Self.error(name, code: code)
            }
        }
    }

    /// Writes all of the bytes.
    func write(_ bytes: [UInt8]) throws(AudioError) {
        var done = 0
        while done < bytes.count {
            let put = unsafe bytes.withUnsafeBytes {
                let rest = unsafe $0[done...]
                return unsafe Glibc.write(number, UnsafeRawBufferPointer(rebasing: rest).baseAddress, rest.count)
            }
            if put >= 0 { done += put } else if errno != EINTR { throw Self.error(name, code: errno) }
        }
    }

    /// Another descriptor of the same open file, whose position both share; the caller closes it.
    func copy() throws(AudioError) -> CInt {
        let copy = fcntl(number, F_DUPFD_CLOEXEC, 0)
        guard copy >= 0 else { throw Self.error(name, code: errno) }
        return copy
    }

    /// Goes on by `count` bytes, past the end too.
    func advance(by count: Int) throws(AudioError) {
        guard lseek(number, count, SEEK_CUR) >= 0 else { throw Self.error(name, code: errno) }
    }

    /// Goes back to where the sound begins.
    func rewind() throws(AudioError) {
        guard lseek(number, start, SEEK_SET) >= 0 else { throw Self.error(name, code: errno) }
    }

    /// Bytes from where the sound begins to the file's end.
    var size: Int {
        var status = stat()
        return unsafe fstat(number, &status) == 0 ? max(status.st_size - start, 0) : 0
    }

    /// Makes what was written durable, and gives it its final name.
    func publish(from temporary: String, as path: String) throws(AudioError) {
        guard fsync(number) == 0, unsafe rename(temporary, path) == 0 else { throw Self.error(name, code: errno) }
    }

    /// Takes the name of a file away, if it is there.
    static func remove(_ path: String) {
        unsafe unlink(path)
    }

    private static func error(_ name: String, code: CInt) -> AudioError {
        switch code {
        case ENOENT, ENOTDIR: AudioError(file: name, fault: .missing)
        case EISDIR: AudioError(file: name, fault: .directory)
        case EACCES, EPERM: AudioError(file: name, fault: .notPermitted)
        default: AudioError(file: name, fault: .system(reason: unsafe String(cString: strerror(code)).lowercased()))
        }
    }
}
