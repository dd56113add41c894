// swift-tools-version: 6.2
import PackageDescription

/// What somebody else's package looks like that depends on this one; PackageTests builds and runs it.
let package = Package(
    name: "outside",
    dependencies: [.package(name: "engram", path: "../..")],
    targets: [
        .executableTarget(
            name: "TrainDigits",
            dependencies: [
                .product(name: "Engine", package: "engram"), .product(name: "ModelFiles", package: "engram"),
                .product(name: "NeuralNetworks", package: "engram"),
            ]),
        .executableTarget(
            name: "RunDigits",
            dependencies: [
                .product(name: "Engine", package: "engram"), .product(name: "ModelFiles", package: "engram"),
            ]),
    ]
)
