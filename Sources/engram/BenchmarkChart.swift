import ArgumentParser
import Charts
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
        try BenchmarkReport(contentsOf: report).chart.write(toPNG: picture)
    }
}
