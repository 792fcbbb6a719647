// swift-tools-version: 6.2
import PackageDescription

let package = Package(
    name: "livechat-join",
    platforms: [.macOS("26.0")],
    products: [
        .library(name: "LivechatJoin", targets: ["LivechatJoin"]),
        .library(name: "LivechatPersistence", targets: ["LivechatPersistence"]),
        .library(name: "LivechatServer", targets: ["LivechatServer"]),
        .library(name: "LivechatHTTP", targets: ["LivechatHTTP"]),
        .library(name: "LivechatConsole", targets: ["LivechatConsole"]),
        .library(name: "LivechatImport", targets: ["LivechatImport"]),
        .library(name: "LivechatPostgreSQL", targets: ["LivechatPostgreSQL"]),
        .library(name: "LivechatJoinTesting", targets: ["LivechatJoinTesting"]),
        .executable(name: "livechat-join", targets: ["livechat-join"]),
    ],
    traits: [
        .trait(name: "Server", description: "The server of the endpoint alone, LivechatServer."),
        .trait(name: "HTTP", description: "The Hummingbird adapter, LivechatHTTP."),
        .trait(name: "Observability", description: "Metrics and spans for the backends that the host bootstraps."),
        .trait(
            name: "CommandLine",
            description: "The livechat-join command; brings Server and Observability with it.",
            enabledTraits: ["Server", "Observability"]
        ),
        .trait(
            name: "Console",
            description: "The read-only pages of `serve --console`, LivechatConsole; brings HTTP with it.",
            enabledTraits: ["HTTP"]
        ),
        .trait(name: "Import", description: "Reading what Rocket.Chat has exported, LivechatImport; needs libbson."),
        .trait(name: "PostgreSQL", description: "The store on PostgreSQL, LivechatPostgreSQL; needs libpq."),
        // Nothing by default: an embedder of the engine resolves neither Hummingbird nor the argument parser.
        .default(enabledTraits: []),
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-crypto", from: "4.5.2"),
        .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
        .package(url: "https://github.com/apple/swift-metrics", from: "2.13.0"),
        .package(url: "https://github.com/apple/swift-distributed-tracing", from: "1.7.3"),
        .package(url: "https://github.com/hummingbird-project/hummingbird", from: "2.28.1", traits: []),
        .package(url: "https://github.com/hummingbird-project/swift-mustache", from: "2.1.1"),
        .package(url: "https://github.com/swift-server/swift-service-lifecycle", from: "2.13.0"),
        .package(url: "https://github.com/apple/swift-nio", from: "2.101.2"),
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
    ],
    targets: [
        .systemLibrary(
            name: "CLivechatSQLite",
            pkgConfig: "sqlite3",
            providers: [.apt(["libsqlite3-dev"]), .brew(["sqlite3"])]
        ),
        .target(name: "CLivechatMapping", dependencies: ["CLivechatSQLite"]),
        .target(name: "LivechatSQLite", dependencies: ["CLivechatSQLite", "CLivechatMapping"]),
        .target(
            name: "LivechatMigrations",
            path: "Migrations",
            resources: [.embedInCode("SQLite"), .embedInCode("PostgreSQL")]
        ),
        .target(name: "LivechatValues"),
        .target(
            name: "LivechatTokens",
            dependencies: ["LivechatValues", .product(name: "Crypto", package: "swift-crypto")]
        ),
        .target(name: "LivechatPermissions", dependencies: ["LivechatValues", "LivechatTokens"]),
        .target(name: "LivechatRooms", dependencies: ["LivechatValues", "LivechatTokens", "LivechatPermissions"]),
        .target(
            name: "LivechatJoin",
            dependencies: [
                "LivechatValues", "LivechatTokens", "LivechatPermissions", "LivechatRooms",
                .product(name: "Logging", package: "swift-log"),
                .product(name: "CoreMetrics", package: "swift-metrics", condition: .when(traits: ["Observability"])),
                .product(
                    name: "Tracing",
                    package: "swift-distributed-tracing",
                    condition: .when(traits: ["Observability"])
                ),
            ]
        ),
        .target(
            name: "LivechatFixture",
            dependencies: ["LivechatJoin"],
            resources: [.embedInCode("default-grants.json")]
        ),
        .systemLibrary(
            name: "CLivechatBSON",
            pkgConfig: "libbson-1.0",
            providers: [.apt(["libbson-dev"]), .brew(["mongo-c-driver"])]
        ),
        .target(
            name: "LivechatImport",
            dependencies: [
                "LivechatJoin", "LivechatFixture",
                .target(name: "CLivechatBSON", condition: .when(traits: ["Import"])),
            ]
        ),
        .target(
            name: "LivechatPersistence",
            dependencies: [
                "LivechatJoin", "LivechatFixture", "LivechatValues", "LivechatTokens", "LivechatPermissions",
                "LivechatRooms",
                "LivechatSQLite", "LivechatMigrations",
                .product(name: "Crypto", package: "swift-crypto"),
                .product(name: "Logging", package: "swift-log"),
            ]
        ),
        .systemLibrary(
            name: "CLivechatPostgreSQL",
            pkgConfig: "libpq",
            providers: [.apt(["libpq-dev"]), .brew(["libpq"])]
        ),
        .target(
            name: "LivechatPostgreSQL",
            dependencies: [
                "LivechatJoin", "LivechatFixture", "LivechatMigrations",
                .target(name: "CLivechatPostgreSQL", condition: .when(traits: ["PostgreSQL"])),
                .product(name: "Crypto", package: "swift-crypto"),
                .product(name: "Logging", package: "swift-log"),
            ]
        ),
        .target(
            name: "LivechatServer",
            dependencies: [
                "LivechatJoin",
                .product(name: "Logging", package: "swift-log"),
                .product(
                    name: "Tracing",
                    package: "swift-distributed-tracing",
                    condition: .when(traits: ["Observability"])
                ),
                .product(
                    name: "ServiceLifecycle",
                    package: "swift-service-lifecycle",
                    condition: .when(traits: ["Server"])
                ),
                .product(name: "NIOCore", package: "swift-nio", condition: .when(traits: ["Server"])),
                .product(name: "NIOPosix", package: "swift-nio", condition: .when(traits: ["Server"])),
                .product(name: "NIOHTTP1", package: "swift-nio", condition: .when(traits: ["Server"])),
            ]
        ),
        .target(
            name: "LivechatHTTP",
            dependencies: [
                "LivechatJoin",
                .product(name: "Logging", package: "swift-log"),
                .product(name: "Hummingbird", package: "hummingbird", condition: .when(traits: ["HTTP"])),
                .product(name: "NIOCore", package: "swift-nio", condition: .when(traits: ["HTTP"])),
                .product(
                    name: "ServiceLifecycle",
                    package: "swift-service-lifecycle",
                    condition: .when(traits: ["HTTP"])
                ),
            ]
        ),
        .target(
            name: "LivechatConsole",
            dependencies: [
                "LivechatJoin", "LivechatFixture", "LivechatHTTP",
                .product(name: "Logging", package: "swift-log"),
                .product(name: "Hummingbird", package: "hummingbird", condition: .when(traits: ["Console"])),
                .product(name: "HummingbirdCore", package: "hummingbird", condition: .when(traits: ["Console"])),
                .product(name: "Mustache", package: "swift-mustache", condition: .when(traits: ["Console"])),
                .product(name: "NIOCore", package: "swift-nio", condition: .when(traits: ["Console"])),
                .product(name: "NIOPosix", package: "swift-nio", condition: .when(traits: ["Console"])),
                .product(
                    name: "ServiceLifecycle",
                    package: "swift-service-lifecycle",
                    condition: .when(traits: ["Console"])
                ),
            ],
            resources: [.embedInCode("Templates")]
        ),
        .target(
            name: "LivechatJoinTesting",
            dependencies: ["LivechatJoin", "LivechatFixture"]
        ),
        .executableTarget(
            name: "livechat-join",
            dependencies: [
                "LivechatConsole", "LivechatImport", "LivechatFixture", "LivechatJoin", "LivechatPersistence",
                "LivechatPostgreSQL", "LivechatServer", "LivechatSQLite",
                .product(name: "Logging", package: "swift-log"),
                .product(name: "CoreMetrics", package: "swift-metrics", condition: .when(traits: ["CommandLine"])),
                .product(
                    name: "ArgumentParser",
                    package: "swift-argument-parser",
                    condition: .when(traits: ["CommandLine"])
                ),
                .product(
                    name: "ServiceLifecycle",
                    package: "swift-service-lifecycle",
                    condition: .when(traits: ["CommandLine"])
                ),
                .product(
                    name: "UnixSignals",
                    package: "swift-service-lifecycle",
                    condition: .when(traits: ["CommandLine"])
                ),
                .product(name: "NIOCore", package: "swift-nio", condition: .when(traits: ["CommandLine"])),
                .product(name: "NIOPosix", package: "swift-nio", condition: .when(traits: ["CommandLine"])),
                .product(name: "NIOHTTP1", package: "swift-nio", condition: .when(traits: ["CommandLine"])),
            ]
        ),
        // The contract as a plain function, written from its text and from nothing else.
        .target(name: "Specification", path: "Tests/Specification"),
        // Asks the engine, on any store, and the specification the same questions.
        .target(name: "WorldTesting", dependencies: ["LivechatJoin", "Specification"], path: "Tests/WorldTesting"),
        .testTarget(name: "LivechatSQLiteTests", dependencies: ["LivechatSQLite", "CLivechatSQLite"]),
        .testTarget(name: "LivechatTokensTests", dependencies: ["LivechatValues", "LivechatTokens"]),
        .testTarget(
            name: "LivechatPermissionsTests",
            dependencies: ["LivechatValues", "LivechatPermissions", "LivechatTokens"]
        ),
        .testTarget(
            name: "LivechatRoomsTests",
            dependencies: ["LivechatRooms", "LivechatPermissions", "LivechatTokens", "LivechatValues", "Specification"]
        ),
        .testTarget(
            name: "LivechatJoinTests",
            dependencies: [
                "LivechatJoin", "LivechatJoinTesting",
                .product(name: "Logging", package: "swift-log"),
                .product(name: "CoreMetrics", package: "swift-metrics", condition: .when(traits: ["Observability"])),
                .product(name: "MetricsTestKit", package: "swift-metrics", condition: .when(traits: ["Observability"])),
                .product(
                    name: "Tracing",
                    package: "swift-distributed-tracing",
                    condition: .when(traits: ["Observability"])
                ),
                .product(
                    name: "InMemoryTracing",
                    package: "swift-distributed-tracing",
                    condition: .when(traits: ["Observability"])
                ),
            ]
        ),
        .testTarget(
            name: "LivechatPersistenceTests",
            dependencies: [
                "LivechatPersistence", "LivechatFixture", "LivechatJoin", "LivechatSQLite", "LivechatMigrations",
                "LivechatJoinTesting",
                .product(name: "Crypto", package: "swift-crypto"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "CoreMetrics", package: "swift-metrics", condition: .when(traits: ["Observability"])),
                .product(name: "MetricsTestKit", package: "swift-metrics", condition: .when(traits: ["Observability"])),
            ]
        ),
        .target(
            name: "ImportTesting",
            dependencies: [
                "LivechatJoin", .target(name: "CLivechatBSON", condition: .when(traits: ["Import"])),
            ],
            path: "Tests/ImportTesting"
        ),
        .testTarget(
            name: "LivechatImportTests",
            dependencies: [
                "LivechatImport", "LivechatPersistence", "LivechatFixture", "LivechatJoin", "ImportTesting",
            ]
        ),
        // The store on a private cluster that the tests start and remove; needs PostgreSQL's server programs.
        .testTarget(
            name: "LivechatPostgreSQLTests",
            dependencies: [
                "LivechatPostgreSQL", "LivechatPersistence", "LivechatJoin", "LivechatJoinTesting", "LivechatFixture",
                "Specification", "WorldTesting", "ServerTesting", "livechat-join",
                .product(name: "Logging", package: "swift-log"),
            ]
        ),
        .target(
            name: "ServerTesting",
            dependencies: [
                "LivechatServer", "LivechatJoin",
                .product(name: "Logging", package: "swift-log"),
                .product(name: "Hummingbird", package: "hummingbird", condition: .when(traits: ["HTTP"])),
                .product(name: "HummingbirdCore", package: "hummingbird", condition: .when(traits: ["HTTP"])),
                .product(
                    name: "ServiceLifecycle",
                    package: "swift-service-lifecycle",
                    condition: .when(traits: ["HTTP", "Server"])
                ),
                .product(name: "NIOCore", package: "swift-nio", condition: .when(traits: ["HTTP", "Server"])),
                .product(name: "NIOEmbedded", package: "swift-nio", condition: .when(traits: ["HTTP"])),
                .product(name: "NIOHTTP1", package: "swift-nio", condition: .when(traits: ["HTTP"])),
                .product(name: "NIOPosix", package: "swift-nio", condition: .when(traits: ["HTTP", "Server"])),
            ],
            path: "Tests/ServerTesting"
        ),
        .testTarget(
            name: "LivechatServerTests",
            dependencies: [
                "LivechatServer", "LivechatJoin", "LivechatJoinTesting", "ServerTesting",
                .product(name: "Logging", package: "swift-log"),
                .product(
                    name: "Tracing",
                    package: "swift-distributed-tracing",
                    condition: .when(traits: ["Observability"])
                ),
                .product(
                    name: "InMemoryTracing",
                    package: "swift-distributed-tracing",
                    condition: .when(traits: ["Observability"])
                ),
                .product(
                    name: "ServiceLifecycle",
                    package: "swift-service-lifecycle",
                    condition: .when(traits: ["Server"])
                ),
                .product(name: "NIOCore", package: "swift-nio", condition: .when(traits: ["Server"])),
                .product(name: "NIOEmbedded", package: "swift-nio", condition: .when(traits: ["Server"])),
                .product(name: "NIOHTTP1", package: "swift-nio", condition: .when(traits: ["Server"])),
                .product(name: "NIOPosix", package: "swift-nio", condition: .when(traits: ["Server"])),
            ]
        ),
        .testTarget(
            name: "LivechatHTTPTests",
            dependencies: [
                "LivechatHTTP", "LivechatJoin", "LivechatJoinTesting", "ServerTesting",
                .product(name: "Logging", package: "swift-log"),
                .product(name: "Hummingbird", package: "hummingbird", condition: .when(traits: ["HTTP"])),
                .product(
                    name: "ServiceLifecycle",
                    package: "swift-service-lifecycle",
                    condition: .when(traits: ["HTTP"])
                ),
                .product(name: "NIOCore", package: "swift-nio", condition: .when(traits: ["HTTP"])),
            ]
        ),
        .testTarget(
            name: "LivechatConsoleTests",
            dependencies: [
                "LivechatConsole", "LivechatJoin", "LivechatJoinTesting", "ServerTesting",
                .product(name: "Logging", package: "swift-log"),
                .product(name: "Hummingbird", package: "hummingbird", condition: .when(traits: ["Console"])),
                .product(
                    name: "ServiceLifecycle",
                    package: "swift-service-lifecycle",
                    condition: .when(traits: ["Console"])
                ),
                .product(name: "NIOCore", package: "swift-nio", condition: .when(traits: ["Console"])),
                .product(name: "NIOPosix", package: "swift-nio", condition: .when(traits: ["Console"])),
            ]
        ),
        // The contract, through every entrance: the service, the router, a live socket, the command line.
        .testTarget(
            name: "ContractTests",
            dependencies: [
                "LivechatImport", "LivechatPersistence", "LivechatServer", "LivechatHTTP", "LivechatJoin",
                "LivechatJoinTesting", "LivechatSQLite", "livechat-join", "ServerTesting", "ImportTesting",
                "Specification", "WorldTesting",
                .product(name: "Logging", package: "swift-log"),
                .product(name: "CoreMetrics", package: "swift-metrics", condition: .when(traits: ["CommandLine"])),
                .product(name: "Hummingbird", package: "hummingbird", condition: .when(traits: ["HTTP"])),
                .product(name: "NIOCore", package: "swift-nio", condition: .when(traits: ["Server"])),
            ]
        ),
        // What other programs do to the file of an open database, and what it does to them; needs the sqlite3 shell.
        .testTarget(
            name: "InteropTests",
            dependencies: [
                "LivechatPersistence", "LivechatJoin", "LivechatJoinTesting", "CLivechatSQLite", "livechat-join",
                "ServerTesting",
                .product(name: "Logging", package: "swift-log"),
                .product(name: "NIOCore", package: "swift-nio", condition: .when(traits: ["Server"])),
            ]
        ),
    ]
)

// Trials/run and Trials/Fuzz/run set it: nobody else has to build what only they need.
if Context.environment["LIVECHAT_DEVELOP"] != nil {
    package.targets += [
        // What the engine is put through beside its tests: Trials/run.
        .target(name: "CTrials", dependencies: ["CLivechatSQLite"], path: "Trials/Sources/CTrials"),
        .executableTarget(
            name: "trials",
            dependencies: [
                "CTrials", "LivechatJoin", "LivechatJoinTesting", "LivechatPersistence", "LivechatSQLite",
                "LivechatTokens", "livechat-join",
                .product(name: "Logging", package: "swift-log"),
            ],
            path: "Trials/Sources/trials"
        ),
        // What it is fed that nobody thought of: Trials/Fuzz/run.
        .target(name: "CFuzz", path: "Trials/Fuzz/Sources/CFuzz"),
        .executableTarget(
            name: "fuzz",
            dependencies: ["CFuzz", "LivechatJoin", "LivechatPersistence", "LivechatSQLite", "LivechatTokens"],
            path: "Trials/Fuzz/Sources/fuzz"
        ),
    ]
}

for target in package.targets where target.type != .system {
    target.swiftSettings = [
        .swiftLanguageMode(.v6),
        .enableUpcomingFeature("ExistentialAny"),
        .enableUpcomingFeature("InternalImportsByDefault"),
        .enableUpcomingFeature("MemberImportVisibility"),
        .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
        .treatAllWarnings(as: .error),
    ]
    // The trials call into C of their own all the time; nothing that ships does, but for the wrapper of SQLite.
    if target.name != "trials" && target.name != "fuzz" { target.swiftSettings?.append(.strictMemorySafety()) }
}
