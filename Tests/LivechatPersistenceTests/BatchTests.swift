import Testing

@testable import LivechatPersistence

@Suite("Which jobs share a transaction")
struct BatchTests {
    private static func jobs(_ plan: String) -> [Writer.Job] {
        plan.map { kind in
            Writer.Job(isAlone: kind == "A", isJoin: false, deadline: .now, run: { _ in {} }, fail: { _ in })
        }
    }

    @Test(
        "Work that takes long has a transaction of its own; the rest shares one",
        arguments: [
            ("", 0), ("j", 1), ("jjj", 3), ("A", 1), ("Aj", 1), ("AA", 1), ("jA", 1), ("jjAj", 2),
            (String(repeating: "j", count: 600), 512),
        ]
    )
    func batch(_ plan: String, _ count: Int) {
        let batch = Writer.nextBatch(of: Self.jobs(plan))
        #expect(batch.count == count)
        #expect(batch.count <= 1 || !batch.contains(where: \.isAlone))
    }
}
