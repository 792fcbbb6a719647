#if CommandLine
import ServerTesting
import Testing

@testable import Specification

/// What another process has committed is seen by the next request (contract C5).
@Suite(.serialized) struct FreshnessProcessTests {
    @Test("The next request sees what another process has committed", arguments: Change.all)
    func otherProcess(_ change: Change) async throws {
        try await Engine.with(Change.world) { engine in
            try await FreshnessTests.seesEveryChange(change, engine) { world in
                let result = try await Tool.run(
                    ["load", "-", "--database", engine.path],
                    input: String(decoding: world.fixture, as: UTF8.self)
                )
                try #require(result.status == 0, "\(result.errors)")
            }
        }
    }
}
#endif
