package import Charts
internal import FoundationEssentials
internal import ModelFiles

/// What `tools/benchmark` measured, as it writes it.
package struct BenchmarkReport: Decodable {
    package struct Row: Decodable {
        package let name: String
        package let threads: Int
        package let ratio: Double?
    }
    package let machine: String
    package let date: String?
    package let rows: [Row]

    /// Reads a report's JSON.
    ///
    /// - Throws: `ModelFileError` where the file cannot be read or is no report.
    package init(contentsOf path: String) throws {
        let bytes = try FileBytes.read(path, limit: 16 << 20)
        guard let report = try? Self(json: bytes) else { throw ModelFileError(path, "not a report of tools/benchmark") }
        self = report
    }

    package init(json: [UInt8]) throws { self = try JSONDecoder().decode(Self.self, from: Data(json)) }

    /// A bar a row and number of threads: how many times as fast as the best peer.
    package var chart: BarChart {
        let names = rows.reduce(into: [String]()) { if !$0.contains($1.name) { $0.append($1.name) } }
        let threads = Set(rows.map(\.threads)).sorted()
        return BarChart(
            title: "Speed against the best peer", caption: "times as fast, \(machine)\(date.map { ", \($0)" } ?? "")",
            groups: names,
            series: threads.map { count in
                BarChart.Series(
                    count == 1 ? "1 thread" : "\(count) threads",
                    values: names.map { name in
                        rows.first { $0.name == name && $0.threads == count }?.ratio ?? .nan
                    })
            })
    }
}
