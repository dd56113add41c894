import ArgumentParser
import Charts
import ModelFiles
import ModelInspection

/// `engram benchmark-chart`, for tools/benchmark.
struct BenchmarkChart: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Draw what tools/benchmark measured.", shouldDisplay: false)

    @Argument(help: "benchmark.json")
    var report: String

    @Argument(help: "The PNG to write.")
    var picture: String

    func run() throws {
        let bytes = try FileBytes.read(report, limit: 16 << 20)
        try BenchmarkReport(json: bytes).chart.write(toPNG: picture)
    }
}
