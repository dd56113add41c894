import Foundation
import Glibc
import ModelFiles
import Testing

@Suite struct FilesTests {
    private func setPermissions(_ permissions: Int, of file: String) throws {
        try FileManager.default.setAttributes([.posixPermissions: permissions], ofItemAtPath: file)
    }

    @Test func `A file is read whole`() throws {
        let scratch = try Scratch()
        let bytes = (0..<200_000).map { UInt8(truncatingIfNeeded: $0) }
        #expect(try FileBytes.read(scratch.file("a", bytes)) == bytes)
        #expect(try FileBytes.read(scratch.file("b", bytes), limit: 200_000) == bytes)
        #expect(try FileBytes.read(scratch.file("empty")) == [])
        #expect(try FileBytes.read("/dev/null") == [])
    }

    @Test func `A file that cannot be read is named with its fault`() throws {
        let scratch = try Scratch()
        let file = try scratch.file("ten", Array(repeating: 0, count: 10))
        #expect(fault { _ = try FileBytes.read(scratch.path + "/none") } == "none: no such file")
        #expect(fault { _ = try FileBytes.read("/dev") } == "dev: is a directory, not a file")
        #expect(
            fault { _ = try FileBytes.read(file + "/below") } == "below: cannot be read, since its folder is a file")
        #expect(
            fault { _ = try FileBytes.read(file, limit: 9) } == "ten: too large, 10 bytes where 9 bytes are allowed")
        #expect(
            fault { _ = try FileBytes.read("/dev/zero", limit: 9) } == "zero: too large, more where 9 bytes are allowed"
        )
        #expect(fault { _ = try FileBytes.read("") } == ": no such file")
        #expect(fault { _ = try FileBytes.read("a\0b") } == "'a\\u{0}b': not a path, since it has a zero byte")
    }

    @Test func `A file that its reader may not read is named with that`() async throws {
        let scratch = try Scratch()
        let file = try scratch.file("secret", [1])
        try setPermissions(0, of: file)
        await #expect(processExitsWith: .success) { [file = file as String] in
            if getuid() == 0 { setuid(65_534) }
            #expect(fault { _ = try FileBytes.read(file) } == "secret: cannot be read, permission denied")
        }
    }

    @Test func `A file is written whole and replaces the one that was there`() throws {
        let scratch = try Scratch()
        let file = try scratch.file("a", [1, 2, 3])
        try setPermissions(0o640, of: file)
        try AtomicFile.write([4, 5], to: file)
        #expect(try FileBytes.read(file) == [4, 5])
        #expect(try FileManager.default.attributesOfItem(atPath: file)[.posixPermissions] as? Int == 0o640)
        try AtomicFile.write([], to: scratch.path + "/new")
        #expect(try scratch.names() == ["a", "new"])
    }

    @Test func `A link goes on linking to the file that is written`() throws {
        let scratch = try Scratch()
        let file = try scratch.file("a", [1]), link = scratch.path + "/link"
        try FileManager.default.createSymbolicLink(atPath: link, withDestinationPath: "a")
        try AtomicFile.write([2], to: link)
        #expect(try FileBytes.read(file) == [2])
        #expect(try scratch.names() == ["a", "link"])
    }

    @Test func `A file that is not finished leaves nothing`() throws {
        let scratch = try Scratch()
        let file = try scratch.file("a", [1])
        do {
            let unfinished = try AtomicFile(replacing: file)
            try unfinished.write([2])
            #expect(try scratch.names().count == 2)
        }
        #expect(try scratch.names() == ["a"])
        #expect(try FileBytes.read(file) == [1])
    }

    @Test func `A file that cannot be written is named with its fault`() throws {
        let scratch = try Scratch()
        let file = try scratch.file("a", [1])
        #expect(
            fault { try AtomicFile.write([], to: scratch.path) }?.hasSuffix(": cannot be written, is a directory")
                == true)
        #expect(
            fault { try AtomicFile.write([], to: scratch.path + "/none/b") }
                == "b: cannot be written, since its folder does not exist")
        #expect(
            fault { try AtomicFile.write([], to: file + "/b") } == "b: cannot be written, since its folder is a file")
        #expect(
            fault { try AtomicFile.write([], to: "/dev/null") }
                == "null: cannot be written, is neither a file nor missing")
        #expect(fault { try AtomicFile.write([], to: "") } == "'': not a path of a file")
        #expect(
            fault { try AtomicFile.write([], to: scratch.path + "/b/") }?.hasSuffix("': not a path of a file") == true)
    }

    @Test func `A full disk is told, and the file that was there stays`() async throws {
        let scratch = try Scratch()
        let file = try scratch.file("a", [1, 2, 3])
        await #expect(processExitsWith: .success) { [file = file as String] in
            signal(SIGXFSZ, SIG_IGN)
            var limit = rlimit(rlim_cur: 1_000, rlim_max: 1_000)
            unsafe setrlimit(__rlimit_resource_t(1), &limit)
            #expect(
                fault { try AtomicFile.write(Array(repeating: 7, count: 2_000), to: file) }
                    == "a: cannot be written, larger than files may be here; the file that was there is unchanged")
            #expect(
                fault { try AtomicFile.write(Array(repeating: 7, count: 2_000), to: file + "new") }
                    == "anew: cannot be written, larger than files may be here")
        }
        #expect(try FileBytes.read(file) == [1, 2, 3])
        #expect(try scratch.names() == ["a"])
    }

    @Test func `A process that is killed while it writes leaves the file that was there`() async throws {
        let scratch = try Scratch()
        let file = try scratch.file("a", [1, 2, 3])
        await #expect(processExitsWith: .signal(SIGKILL)) { [file = file as String] in
            let unfinished = try AtomicFile(replacing: file)
            try unfinished.write(Array(repeating: 7, count: 100_000))
            kill(getpid(), SIGKILL)
        }
        #expect(try FileBytes.read(file) == [1, 2, 3])
    }

    @Test func `A stranger's name is shown without what could harm a terminal`() {
        #expect("conv1.weight".quoted == "'conv1.weight'")
        #expect("a\u{1B}[2J\nüb\u{202E}".quoted == "'a\\u{1b}[2J\\u{a}üb\\u{202e}'")
        #expect(String(repeating: "x", count: 1_000).quoted == "'" + String(repeating: "x", count: 60) + "…'")
    }

    @Test func `An error is file, place, fault and remedy in one line`() {
        #expect(ModelFileError("a", "broken").description == "a: broken")
        #expect(
            ModelFileError("a", place: "tensor 'w'", "broken", remedy: "mend it").description
                == "a: tensor 'w': broken; mend it")
    }
}
