#if Server
import LivechatServer
import Testing

@Suite("Sizes")
struct SizeTests {
    private static let start = "\(Fixture.path)?roomId="

    @Test(
        "A target up to 8 KiB is read, a longer one is 414",
        arguments: [
            (8_192, Answer.noSuchRoom), (8_193, .targetTooLong), (20_000, .targetTooLong), (200_000, .targetTooLong),
        ]
    )
    func target(_ bytes: Int, _ answer: Answer) async throws {
        let target = Self.start + String(repeating: "r", count: bytes - Self.start.utf8.count)
        let answered = try await Fixture.exchange(Fixture.get(target))
        #expect(answered == answer.bytes())
    }

    @Test(
        "The names and values of the headers may have 16 KiB together, else 431",
        arguments: [
            (16_384, Answer.joined), (16_385, .headersTooLarge), (70_000, .headersTooLarge),
            (1 << 20, .headersTooLarge),
        ]
    )
    func headers(_ bytes: Int, _ answer: Answer) async throws {
        let taken = "HostxConnectioncloseX-User-IdannX-Auth-Tokenann's tokenPadding".utf8.count
        let padding = "Padding: \(String(repeating: "p", count: bytes - taken))\r\n"
        let answered = try await Fixture.exchange(Fixture.get(Self.start + "served", Fixture.credentials + padding))
        #expect(answered == answer.bytes())
    }

    @Test("256 headers are read, one more is 431", arguments: [(256, Answer.joined), (257, .headersTooLarge)])
    func count(_ count: Int, _ answer: Answer) async throws {
        let more = String(repeating: "A: b\r\n", count: count - 4)
        let answered = try await Fixture.exchange(Fixture.get(Self.start + "served", Fixture.credentials + more))
        #expect(answered == answer.bytes())
    }

    @Test(
        "A body of 64 KiB is thrown away, a larger one is 413",
        arguments: [(65_536, Answer.joined), (65_537, .bodyTooLarge), (1 << 20, .bodyTooLarge)]
    )
    func body(_ bytes: Int, _ answer: Answer) async throws {
        let length = Fixture.credentials + "Content-Length: \(bytes)\r\n"
        let request = Fixture.get(Self.start + "served", length) + String(repeating: "b", count: bytes)
        let answered = try await Fixture.exchange(request)
        #expect(answered == answer.bytes())
    }

    @Test("A long target after another request in the same packet is 414 all the same")
    func second() async throws {
        let request = "GET /livez HTTP/1.1\r\nHost: x\r\n\r\nGET /" + String(repeating: "t", count: 200_000)
        let answered = try await Fixture.exchange(request)
        #expect(answered == Answer.joined.kept + Answer.targetTooLong.bytes())
    }

    @Test(
        "A size without a limit is a size like any other",
        arguments: [(Int.max, Answer.joined), (0, .targetTooLong), (-1, .targetTooLong)]
    )
    func extremes(_ limit: Int, _ answer: Answer) async throws {
        var options = Fixture.options
        options.maximumTargetBytes = limit
        options.maximumHeaderBytes = limit
        let answered = try await Fixture.exchange(Fixture.get("/livez"), options: options)
        #expect(answered == answer.bytes())
    }

    @Test("A client that expects 100 Continue gets it")
    func expect() async throws {
        let request = Fixture.get("/livez", "Expect: 100-Continue\r\nContent-Length: 3\r\n") + "abc"
        let answered = try await Fixture.exchange(request)
        #expect(answered == "HTTP/1.1 100 Continue\r\n\r\n" + Answer.joined.bytes())
    }
}
#endif
