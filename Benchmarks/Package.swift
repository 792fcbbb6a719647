// swift-tools-version: 6.2
import PackageDescription

let settings: [SwiftSetting] = [
    .swiftLanguageMode(.v6),
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
    .treatAllWarnings(as: .error),
]

// A package of its own, so that nobody who depends on the engine resolves what it is measured against.
let package = Package(
    name: "livechat-join-benchmarks",
    platforms: [.macOS("26.0")],
    dependencies: [
        .package(name: "livechat-join", path: "..", traits: ["CommandLine", "PostgreSQL"]),
        .package(url: "https://github.com/groue/GRDB.swift", exact: "7.10.0"),
        .package(url: "https://github.com/hummingbird-project/hummingbird", from: "2.28.1", traits: []),
        .package(url: "https://github.com/apple/swift-crypto", from: "4.5.2"),
        .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
        .package(url: "https://github.com/apple/swift-nio", from: "2.101.2"),
    ],
    targets: [
        // The generated data, and what careful C does with a plain schema.
        .target(name: "CFloor", linkerSettings: [.linkedLibrary("sqlite3")]),
        // Loaded before a process (LD_PRELOAD) it counts that process's heap allocations.
        .target(name: "CCountAllocations"),
        .target(
            name: "Generated",
            dependencies: [
                "CFloor",
                .product(name: "LivechatJoin", package: "livechat-join"),
                .product(name: "Logging", package: "swift-log"),
            ],
            swiftSettings: settings
        ),
        // What Benchmarks/instructions counts the instructions of.
        .executableTarget(
            name: "counted",
            dependencies: [
                "Generated",
                .product(name: "LivechatJoin", package: "livechat-join"),
                .product(name: "LivechatPersistence", package: "livechat-join"),
            ],
            swiftSettings: settings
        ),
        .executableTarget(
            name: "benchmarks",
            dependencies: [
                "CFloor", "Generated",
                .product(name: "LivechatJoin", package: "livechat-join"),
                .product(name: "LivechatPersistence", package: "livechat-join"),
                .product(name: "LivechatPostgreSQL", package: "livechat-join"),
                .product(name: "LivechatServer", package: "livechat-join"),
                .product(name: "GRDB", package: "GRDB.swift"),
                .product(name: "Hummingbird", package: "hummingbird"),
                .product(name: "Crypto", package: "swift-crypto"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOHTTP1", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
            ],
            swiftSettings: settings
        ),
    ]
)
package.products.append(
    .library(name: "CountAllocations", type: .dynamic, targets: ["CCountAllocations"])
)
