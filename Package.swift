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

/// A command: a thin executable over its library.
func command(_ name: String, _ dependencies: [Target.Dependency]) -> Target {
    .executableTarget(name: name, dependencies: dependencies + ["Terminal", argumentParser], swiftSettings: swift)
}

/// A C library that Debian packages; `pkgConfig` names its flags, where they are more than a `link` in its module map.
func library(_ name: String, pkgConfig: String? = nil, package: String) -> Target {
    .systemLibrary(name: name, pkgConfig: pkgConfig, providers: [.apt([package])])
}

/// Commands and their options: help, "did you mean", exit codes.
let argumentParser = Target.Dependency.product(name: "ArgumentParser", package: "swift-argument-parser")

let package = Package(
    name: "engram",
    products: [
        .library(name: "Engine", targets: ["Engine"]),
        .library(name: "NeuralNetworks", targets: ["NeuralNetworks"]),
        .library(name: "ModelFiles", targets: ["ModelFiles"]),
        .executable(name: "engram", targets: ["engram"]),
        .executable(name: "keyword-transcribe", targets: ["keyword-transcribe"]),
        .executable(name: "char-chat", targets: ["char-chat"]),
        .executable(name: "fraud-score", targets: ["fraud-score"]),
        .executable(name: "face-match", targets: ["face-match"]),
    ],
    dependencies: [
        // Reads and writes ONNX, which is protobuf. Without its traits it needs FoundationEssentials only, which loads faster.
        .package(url: "https://github.com/apple/swift-protobuf", exact: "1.39.0", traits: []),
        .package(url: "https://github.com/apple/swift-argument-parser", exact: "1.8.2"),
        // Reads recipes.
        .package(url: "https://github.com/jpsim/Yams", exact: "6.2.2"),
        // Keeps the state of scoring, in SQLite.
        .package(url: "https://github.com/groue/GRDB.swift", exact: "7.10.0"),
    ],
    targets: [
        library("COpenBLAS", package: "libopenblas-dev"),
        library("CSndfile", pkgConfig: "sndfile", package: "libsndfile1-dev"),
        library("CSamplerate", pkgConfig: "samplerate", package: "libsamplerate0-dev"),
        // Without pkg-config, of whose flags SwiftPM refuses the macro that CKissFFT/shim.h defines.
        library("CKissFFT", package: "libkissfft-dev"),
        library("CZlib", package: "zlib1g-dev"),
        library("CUTF8Proc", package: "libutf8proc-dev"),
        .target(name: "CKernels", cSettings: c),
        room("Kernels", ["CKernels", "COpenBLAS"]),
        room("Engine", ["Kernels"]),
        room("NeuralNetworks", ["Engine"]),
        room("Audio", ["CSndfile", "CSamplerate", "CKissFFT"]),
        room("Streams", ["CZlib"]),
        library("CPNG", pkgConfig: "libpng", package: "libpng-dev"),
        library("CTurboJPEG", package: "libturbojpeg0-dev"),
        library("CWebP", package: "libwebp-dev"),
        library("CHEIF", pkgConfig: "libheif", package: "libheif-dev"),
        room("Images", ["Streams", "CPNG", "CTurboJPEG", "CWebP", "CHEIF"]),
        room("Text", ["Streams", "CUTF8Proc"]),
        room("Tables", ["Streams"]),
        .target(
            name: "ModelFiles", dependencies: ["Engine", .product(name: "SwiftProtobuf", package: "swift-protobuf")],
            exclude: ["ONNX/onnx.proto"], swiftSettings: swift),

        library("CCairo", pkgConfig: "cairo", package: "libcairo2-dev"),
        room("Charts", ["CCairo", "Streams"]),
        room("Progress"),
        library("CEdit", pkgConfig: "libedit", package: "libedit-dev"),
        room("LineEditing", ["CEdit"]),
        room("Terminal", ["Progress", argumentParser]),
        room(
            "Pipelines",
            ["NeuralNetworks", "ModelFiles", "Engine", "Progress", "Charts", .product(name: "Yams", package: "Yams")]),

        // A shipped model, compiled in; so is each behind it.
        .target(name: "CKeywordModel", exclude: ["keywords.onnx"], cSettings: c),
        room(
            "SpeechRecognition",
            ["Pipelines", "NeuralNetworks", "ModelFiles", "Engine", "Progress", "Audio", "Charts", "CKeywordModel"]),
        command("keyword-transcribe", ["SpeechRecognition", "Pipelines", "ModelFiles", "Engine", "Progress"]),

        .target(name: "CChatModel", exclude: ["chat.onnx"], cSettings: c),
        room(
            "Chatbot",
            ["Pipelines", "NeuralNetworks", "ModelFiles", "Engine", "Progress", "Text", "Streams", "CChatModel"]),
        command(
            "char-chat",
            ["Chatbot", "Pipelines", "ModelFiles", "Engine", "Progress", "Text", "Streams", "LineEditing"]),

        .target(name: "CFraudModel", exclude: ["fraud.onnx"], cSettings: c),
        room(
            "FraudDetection",
            [
                "Pipelines", "NeuralNetworks", "ModelFiles", "Engine", "Progress", "Tables", "Streams", "Charts",
                "CFraudModel",
                .product(name: "GRDB", package: "GRDB.swift"),
            ]),
        command(
            "fraud-score",
            ["FraudDetection", "Pipelines", "ModelFiles", "Engine", "Progress", "Tables", "Streams"]),

        library("CXXHash", package: "libxxhash-dev"),
        room(
            "FaceRecognition",
            [
                "Pipelines", "NeuralNetworks", "ModelFiles", "Engine", "Progress", "Tables", "Charts", "Images",
                "Streams",
                "CXXHash",
                .product(name: "GRDB", package: "GRDB.swift"),
            ]),
        command(
            "face-match",
            ["FaceRecognition", "Pipelines", "ModelFiles", "Engine", "Progress", "Images", "Tables", "Streams"]),

        room("ModelInspection", ["NeuralNetworks", "ModelFiles", "Engine", "Charts"]),
        command("engram", ["ModelInspection", "ModelFiles", "Engine", "Charts"]),
        .target(name: "OperatorCases", dependencies: ["Engine"], path: "Tests/OperatorCases", swiftSettings: swift),
        .target(name: "AllocationCounter", path: "Tests/AllocationCounter", cSettings: c),

        tests(of: "Kernels", ["CKernels"]),
        tests(of: "Engine", ["Kernels", "ModelFiles", "OperatorCases", "AllocationCounter"], goldens: true),
        tests(of: "NeuralNetworks", ["Engine", "Kernels", "ModelFiles", "AllocationCounter"], goldens: true),
        tests(of: "Audio", goldens: true),
        tests(of: "ModelFiles", ["Engine"], goldens: true),
        tests(of: "ModelInspection", ["NeuralNetworks", "ModelFiles", "Engine", "engram"], goldens: true),
        tests(of: "Images", ["Streams"], goldens: true),
        tests(of: "FaceRecognition", ["ModelFiles", "Engine", "Images", "Streams"], goldens: true),
        tests(of: "Text", ["Streams"]),
        tests(of: "Tables", ["Streams"]),
        // The house rules, the README, and a package outside that depends on this one.
        .testTarget(name: "PackageTests", dependencies: ["ModelFiles", "Engine"], swiftSettings: swift),
        // Reads damaged files, in a process of its own that a trap may end.
        .executableTarget(
            name: "FuzzReaders",
            dependencies: [
                "SpeechRecognition", "FraudDetection", "Pipelines", "ModelInspection", "ModelFiles", "Engine", "Text",
                "Images",
                argumentParser,
            ],
            path: "Tests/FuzzReaders", swiftSettings: swift),
        .testTarget(name: "FuzzingTests", dependencies: ["FuzzReaders"], swiftSettings: swift),
        tests(of: "Chatbot", ["Pipelines", "NeuralNetworks", "ModelFiles", "Engine", "Progress", "Text", "Streams"]),
        tests(
            of: "FraudDetection",
            ["Pipelines", "NeuralNetworks", "ModelFiles", "Engine", "Progress", "Tables", "Streams"]),
        tests(of: "Charts"),
        tests(of: "Progress"),
        // Talks on a terminal that the tests hold the other end of.
        .executableTarget(
            name: "LineEditingTestRun", dependencies: ["LineEditing"], path: "Tests/LineEditingTestRun",
            swiftSettings: swift),
        tests(of: "LineEditing", ["LineEditingTestRun", "CommandRuns"]),
        tests(of: "Terminal", ["Progress", argumentParser]),
        tests(of: "Pipelines", ["NeuralNetworks", "ModelFiles", "Engine", "Progress", "PipelinesTestRun"]),
        // Trains a small network from a recipe; the tests kill it and go on.
        .executableTarget(
            name: "PipelinesTestRun", dependencies: ["Pipelines", "NeuralNetworks", "ModelFiles", "Progress"],
            path: "Tests/PipelinesTestRun", swiftSettings: swift),
        // A model that hears tones, written down by hand.
        .target(
            name: "ToneModel", dependencies: ["SpeechRecognition", "Engine", "Audio"], path: "Tests/ToneModel",
            swiftSettings: swift),
        tests(
            of: "SpeechRecognition",
            ["ToneModel", "Pipelines", "NeuralNetworks", "ModelFiles", "Engine", "Progress", "Audio"], goldens: true),
        // Commands in processes of their own, and on terminals.
        .target(name: "CommandRuns", path: "Tests/CommandRuns", swiftSettings: swift),
        .testTarget(
            name: "CharChatTests",
            dependencies: ["char-chat", "CommandRuns", "Chatbot", "NeuralNetworks", "ModelFiles", "Engine", "Text"],
            swiftSettings: swift),
        .testTarget(
            name: "FaceMatchTests", dependencies: ["face-match", "CommandRuns", "Images", "ModelFiles", "Engine"],
            swiftSettings: swift),
        .testTarget(
            name: "FraudScoreTests",
            dependencies: ["fraud-score", "CommandRuns", "FraudDetection", "Pipelines"], swiftSettings: swift),
        .testTarget(
            name: "KeywordTranscribeTests",
            dependencies: [
                "keyword-transcribe", "CommandRuns", "ToneModel", "SpeechRecognition", "ModelFiles", "Engine", "Audio",
            ],
            swiftSettings: swift),
    ],
    cLanguageStandard: .c2x
)
