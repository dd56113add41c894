// swift-tools-version: 6.2
import PackageDescription

/// Settings of every Swift target.
let swift: [SwiftSetting] = [
    .swiftLanguageMode(.v6), .strictMemorySafety(), .treatAllWarnings(as: .error),
    .enableUpcomingFeature("ExistentialAny"), .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("MemberImportVisibility"), .enableExperimentalFeature("Lifetimes"),
]
/// Settings of every C target.
let c: [CSetting] = [.treatAllWarnings(as: .error)]

/// A room of the house: a Swift library target with the house's settings.
func room(_ name: String, _ dependencies: [Target.Dependency] = []) -> Target {
    .target(name: name, dependencies: dependencies, swiftSettings: swift)
}

/// The tests of a room, in `Tests/<room>Tests`; `resources` are goldens beside them.
func tests(of name: String, _ dependencies: [Target.Dependency] = [], goldens: Bool = false) -> Target {
    .testTarget(
        name: "\(name)Tests", dependencies: [.target(name: name)] + dependencies,
        exclude: goldens ? ["Goldens"] : [], swiftSettings: swift)
}

/// A C library that Debian packages.
func library(_ name: String, pkgConfig: String, package: String) -> Target {
    .systemLibrary(name: name, pkgConfig: pkgConfig, providers: [.apt([package])])
}

/// Commands and their options: help, "did you mean", exit codes.
let argumentParser = Target.Dependency.product(name: "ArgumentParser", package: "swift-argument-parser")

let package = Package(
    name: "engram",
    products: [
        .library(name: "Engine", targets: ["Engine"])
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", exact: "1.8.2")
    ],
    targets: [
        library("COpenBLAS", pkgConfig: "openblas", package: "libopenblas-dev"),
        .target(name: "CKernels", cSettings: c),
        room("Kernels", ["CKernels", "COpenBLAS"]),
        room("Engine", ["Kernels"]),

        library("CCairo", pkgConfig: "cairo", package: "libcairo2-dev"),
        room("Charts", ["CCairo"]),
        room("Progress"),
        room("Terminal", ["Progress", argumentParser]),

        .target(name: "OperatorCases", dependencies: ["Engine"], path: "Tests/OperatorCases", swiftSettings: swift),
        .target(name: "AllocationCounter", path: "Tests/AllocationCounter", cSettings: c),

        tests(of: "Kernels", ["CKernels"]),
        tests(of: "Engine", ["Kernels", "OperatorCases", "AllocationCounter"], goldens: true),
        tests(of: "Charts"),
        tests(of: "Progress"),
        tests(of: "Terminal", ["Progress", argumentParser]),
    ],
    cLanguageStandard: .c2x
)
