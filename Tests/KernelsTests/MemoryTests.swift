import Kernels
import Testing

@Suite struct StorageTests {
    @Test("a storage is zero when made and holds what it is given") func contents() {
        #expect(Storage(byteCount: 100).array(of: UInt8.self) == Array(repeating: 0, count: 100))
        #expect(Storage(byteCount: 0).array(of: Float.self) == [])
        let numbers = Storage(copying: [1, 2, 3] as [Int32])
        #expect(numbers.byteCount == 12)
        #expect(numbers.array(of: Int64.self).count == 1, "bytes that fill no element are left out")
        #expect(Storage(copying: numbers).array(of: Int32.self) == [1, 2, 3])
        #expect(numbers.bytes.count == 12 && numbers.bytes[4] == 2)
    }

    @Test("its maker may write it") func writing() {
        let storage = Storage(byteCount: 12)
        storage.withMutableBytes {
            $0[0] = 7
            $0[6] = 0x20
            $0[7] = 0x40
        }
        #expect(storage.floats[1] == 2.5)
        #expect(storage.bytes[0] == 7)
        storage.copy(from: Storage(copying: [9, 8, 7, 6] as [UInt8]), at: 1, to: 8, byteCount: 3)
        #expect(storage.array(of: UInt8.self).suffix(4) == [8, 7, 6, 0])
    }

    @Test("sizes and copies beyond it are a programmer's error") func preconditions() async {
        await #expect(processExitsWith: .failure) { _ = Storage(byteCount: -1) }
        await #expect(processExitsWith: .failure) {
            Storage(byteCount: 8).copy(from: Storage(byteCount: 8), at: 1, to: 0, byteCount: 8)
        }
        await #expect(processExitsWith: .failure) {
            Storage(byteCount: 8).copy(from: Storage(byteCount: 8), at: 0, to: 5, byteCount: 4)
        }
        await #expect(processExitsWith: .failure) {
            Storage(byteCount: 8).copy(from: Storage(byteCount: 8), at: -1, to: 0, byteCount: 4)
        }
        await #expect(processExitsWith: .failure) { _ = Storage(byteCount: 8).floats[2] }
    }
}

@Suite struct RegionTests {
    @Test("parts lie inside, and overlapping is sharing a byte") func geometry() {
        let storage = Storage(byteCount: 64)
        let region = Region(storage, offset: 8)
        #expect(region.byteCount == 56 && region.floatCount == 14)
        let part = region.part(offset: 8, byteCount: 16)
        #expect(part.offset == 16 && part.storage === storage)
        #expect(Region(arena: 4, byteCount: 8).part(offset: 4, byteCount: 4).offset == 8)
        #expect(region.overlaps(part))
        #expect(!Region(storage, offset: 0, byteCount: 8).overlaps(region))
        #expect(!Region(arena: 0, byteCount: 64).overlaps(region), "an arena is no storage")
        #expect(Region(arena: 0, byteCount: 5).overlaps(Region(arena: 4, byteCount: 4)))
        #expect(!Region(Storage(byteCount: 64)).overlaps(region))
    }

    @Test("regions beyond their memory are a programmer's error") func preconditions() async {
        await #expect(processExitsWith: .failure) { _ = Region(arena: -1, byteCount: 4) }
        await #expect(processExitsWith: .failure) { _ = Region(arena: 0, byteCount: -4) }
        await #expect(processExitsWith: .failure) { _ = Region(Storage(byteCount: 8), offset: 4, byteCount: 8) }
        await #expect(processExitsWith: .failure) { _ = Region(Storage(byteCount: 8), offset: 9) }
        await #expect(processExitsWith: .failure) { _ = Region(arena: 0, byteCount: 8).part(offset: 4, byteCount: 5) }
        await #expect(processExitsWith: .failure) { _ = Region(arena: 0, byteCount: 8).part(offset: -1, byteCount: 4) }
    }
}

@Suite struct WorkspaceTests {
    @Test("a region reads what was written to it, in the arena or in a storage") func readingAndWriting() {
        let workspace = Workspace(arenaBytes: 64, scratchBytes: 100, pool: ThreadPool(threadCount: 2))
        #expect(workspace.byteCount >= 64 + 2 * 100)
        let storage = Storage(byteCount: 16)
        for region in [Region(arena: 12, byteCount: 8), Region(storage, offset: 4, byteCount: 8)] {
            workspace.write([1.5, -2] as [Float], to: region)
            #expect(workspace.read(region).array(of: Float.self) == [1.5, -2])
            workspace.write(Storage(copying: [3, 4] as [Int32]), to: region)
            #expect(workspace.read(region).array(of: Int32.self) == [3, 4])
        }
        #expect(storage.array(of: Int32.self) == [0, 3, 4, 0])
    }

    @Test("writing another number of bytes than the region's is a programmer's error") func preconditions() async {
        await #expect(processExitsWith: .failure) {
            Workspace(arenaBytes: 64, scratchBytes: 0, pool: ThreadPool(threadCount: 1))
                .write([1] as [Float], to: Region(arena: 0, byteCount: 8))
        }
        await #expect(processExitsWith: .failure) {
            Workspace(arenaBytes: 64, scratchBytes: 0, pool: ThreadPool(threadCount: 1))
                .write(Storage(byteCount: 4), to: Region(arena: 0, byteCount: 8))
        }
    }

    @Test("regions of a job that do not fit together are a programmer's error") func jobs() async throws {
        await #expect(processExitsWith: .failure) {
            _ = try KernelSet(.portable).relu(Region(arena: 0, byteCount: 8), to: Region(arena: 8, byteCount: 4))
        }
        await #expect(processExitsWith: .failure) {
            let window = Geometry.matrix(2, 3, 4).window
            let panels = Region(arena: 256, byteCount: 96)
            _ = try KernelSet(.portable).product(
                window, Region(arena: 0, byteCount: 20), panels: panels, to: Region(arena: 64, byteCount: 32))
        }
    }
}
