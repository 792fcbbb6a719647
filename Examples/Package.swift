// swift-tools-version: 6.2
import PackageDescription

// A package of its own, as a host's is: nobody who depends on the engine resolves what the examples use.
let package = Package(
    name: "livechat-join-examples",
    platforms: [.macOS("26.0")],
    dependencies: [
        .package(
            name: "livechat-join",
            path: "..",
            traits: ["Console", "Import", "Observability", "PostgreSQL", "Server"]
        ),
        .package(url: "https://github.com/groue/GRDB.swift", from: "7.10.0"),
        .package(url: "https://github.com/hummingbird-project/hummingbird", from: "2.28.1", traits: []),
        .package(url: "https://github.com/apple/swift-crypto", from: "4.5.2"),
        .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
        .package(url: "https://github.com/apple/swift-distributed-tracing", from: "1.7.3"),
        .package(url: "https://github.com/apple/swift-metrics", from: "2.13.0"),
        .package(url: "https://github.com/apple/swift-nio", from: "2.101.2"),
        .package(url: "https://github.com/swift-server/swift-service-lifecycle", from: "2.13.0"),
    ],
    targets: [
        // The engine without HTTP.
        .executableTarget(
            name: "plain",
            dependencies: [
                .product(name: "LivechatJoin", package: "livechat-join"),
                .product(name: "LivechatPersistence", package: "livechat-join"),
            ]
        ),
        // A backend with a router, a login, and tables of its own in the same file.
        .target(
            name: "ChatBackend",
            dependencies: [
                .product(name: "LivechatJoin", package: "livechat-join"),
                .product(name: "LivechatPersistence", package: "livechat-join"),
                .product(name: "LivechatHTTP", package: "livechat-join"),
                .product(name: "Crypto", package: "swift-crypto"),
                .product(name: "CryptoExtras", package: "swift-crypto"),
                .product(name: "GRDB", package: "GRDB.swift"),
                .product(name: "Hummingbird", package: "hummingbird"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "NIOCore", package: "swift-nio"),
            ]
        ),
        .executableTarget(
            name: "chat-backend",
            dependencies: [
                "ChatBackend",
                .product(name: "LivechatJoin", package: "livechat-join"),
                .product(name: "LivechatPersistence", package: "livechat-join"),
                .product(name: "Hummingbird", package: "hummingbird"),
            ]
        ),
        // The engine over the users and rooms that a host has already.
        .target(
            name: "OwnStore",
            dependencies: [
                .product(name: "LivechatJoin", package: "livechat-join"), .product(name: "GRDB", package: "GRDB.swift"),
            ]
        ),
        .testTarget(
            name: "ChatBackendTests",
            dependencies: [
                "ChatBackend", "chat-backend",
                .product(name: "LivechatHTTP", package: "livechat-join"),
                .product(name: "LivechatJoinTesting", package: "livechat-join"),
                .product(name: "LivechatPersistence", package: "livechat-join"),
                .product(name: "GRDB", package: "GRDB.swift"),
                .product(name: "Hummingbird", package: "hummingbird"),
            ]
        ),
        .testTarget(
            name: "OwnStoreTests",
            dependencies: [
                "OwnStore",
                .product(name: "LivechatJoinTesting", package: "livechat-join"),
                .product(name: "GRDB", package: "GRDB.swift"),
            ]
        ),
        // The examples of the README, the guides and the doc comments, which .ci/snippets writes into it.
        .testTarget(
            name: "Snippets",
            dependencies: [
                .product(name: "LivechatJoin", package: "livechat-join"),
                .product(name: "LivechatPersistence", package: "livechat-join"),
                .product(name: "LivechatHTTP", package: "livechat-join"),
                .product(name: "LivechatServer", package: "livechat-join"),
                .product(name: "LivechatConsole", package: "livechat-join"),
                .product(name: "LivechatImport", package: "livechat-join"),
                .product(name: "LivechatPostgreSQL", package: "livechat-join"),
                .product(name: "LivechatJoinTesting", package: "livechat-join"),
                .product(name: "Crypto", package: "swift-crypto"),
                .product(name: "CryptoExtras", package: "swift-crypto"),
                .product(name: "GRDB", package: "GRDB.swift"),
                .product(name: "Hummingbird", package: "hummingbird"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "Metrics", package: "swift-metrics"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "Tracing", package: "swift-distributed-tracing"),
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
            ]
        ),
    ]
)

// What an example declares only to show it is unused.
for target in package.targets where target.name != "Snippets" {
    target.swiftSettings = [.swiftLanguageMode(.v6), .treatAllWarnings(as: .error)]
}
