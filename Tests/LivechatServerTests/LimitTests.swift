#if Server
import Foundation
import LivechatJoin
import LivechatJoinTesting
import Logging
import NIOCore
import NIOEmbedded
import NIOHTTP1
import NIOPosix
import ServerTesting
import Synchronization
import Testing

@testable import LivechatServer

@Suite("Limits of a connection and of a server")
struct LimitTests {
    private static let livez = "GET /livez HTTP/1.1\r\nHost: x\r\n\r\n"

    private static let idleTimeout = TimeAmount.seconds(75)

    private func site(_ service: JoinService) -> Site {
        Site(
            service,
            Fixture.options,
            MultiThreadedEventLoopGroup.singleton,
            Logger(label: "test") { _ in SwiftLogNoOpLogHandler() },
            {}
        )
    }

    /// A connection on a clock that the test moves.
    private func channel(_ store: InMemoryJoinStore) throws -> EmbeddedChannel {
        let channel = EmbeddedChannel()
        try channel.pipeline.syncOperations.addRequestHandlers(site(JoinService(store: store)), Self.idleTimeout)
        try channel.connect(to: SocketAddress(ipAddress: "127.0.0.1", port: 1)).wait()
        return channel
    }

    private func send(_ text: String, to channel: EmbeddedChannel) throws {
        _ = try channel.writeInbound(ByteBuffer(string: text))
    }

    private func answer(of channel: EmbeddedChannel) throws -> String {
        var answer = ""
        while let bytes = try channel.readOutbound(as: ByteBuffer.self) { answer += String(buffer: bytes) }
        return answer
    }

    @Test("A connection with nothing to do is closed after its time, counted from the last answer")
    func idle() async throws {
        let channel = try channel(await Fixture.store())
        channel.embeddedEventLoop.advanceTime(by: .seconds(74))
        #expect(channel.isActive)
        try send(Self.livez, to: channel)
        #expect(try answer(of: channel) == Answer.joined.kept)
        channel.embeddedEventLoop.advanceTime(by: .seconds(74))
        #expect(channel.isActive)
        channel.embeddedEventLoop.advanceTime(by: .seconds(1))
        #expect(!channel.isActive)
    }

    @Test("A request that arrives byte by byte has no longer")
    func slow() async throws {
        let channel = try channel(await Fixture.store())
        for byte in Self.livez.utf8.prefix(30) {
            channel.embeddedEventLoop.advanceTime(by: .seconds(2))
            try send(String(decoding: [byte], as: UTF8.self), to: channel)
        }
        #expect(channel.isActive)
        channel.embeddedEventLoop.advanceTime(by: .seconds(15))
        #expect(!channel.isActive)
    }

    @Test("A connection whose request is being decided is not idle, however long that takes")
    func deciding() async throws {
        let (released, release) = AsyncStream.makeStream(of: Void.self)
        let rule = JoinRule { _ in
            for await _ in released {}
            return nil
        }
        let site = site(JoinService(store: try await Fixture.store(), rules: [rule]))
        let channel = NIOAsyncTestingChannel()
        try await channel.testingEventLoop.executeInContext {
            try channel.pipeline.syncOperations.addRequestHandlers(site, Self.idleTimeout)
        }
        try await channel.connect(to: SocketAddress(ipAddress: "127.0.0.1", port: 1)).get()
        let request = "GET \(Fixture.path)?roomId=served HTTP/1.1\r\nHost: x\r\n\(Fixture.credentials)\r\n"
        try await channel.writeInbound(ByteBuffer(string: request))
        for _ in 0..<3 { await channel.testingEventLoop.advanceTime(by: Self.idleTimeout) }
        #expect(channel.isActive)
        release.finish()
        #expect(try await String(buffer: channel.waitForOutboundWrite(as: ByteBuffer.self)) == Answer.joined.kept)
        await channel.testingEventLoop.advanceTime(by: .seconds(74))
        #expect(channel.isActive)
        await channel.testingEventLoop.advanceTime(by: .seconds(1))
        #expect(!channel.isActive)
    }

    @Test("A client that does not read what it is answered is not read from, and closed after its time")
    func unread() async throws {
        let channel = try channel(await Fixture.store())
        channel.isWritable = false
        channel.pipeline.fireChannelWritabilityChanged()
        try send(Self.livez, to: channel)
        channel.embeddedEventLoop.advanceTime(by: .seconds(74))
        #expect(channel.isActive)
        channel.embeddedEventLoop.advanceTime(by: .seconds(1))
        #expect(!channel.isActive)
    }

    @Test("A client that does not read is closed, over a socket", .timeLimit(.minutes(10)))
    func unreadSocket() async throws {
        var options = Fixture.options
        options.idleTimeout = .milliseconds(200)
        try await JoinServer.with(JoinService(store: await Fixture.store()), options: options) { port, _ in
            let connection = try await Wire(port: port)
            try? await connection.channel.executeThenClose { _, outbound in
                let requests = ByteBuffer(string: String(repeating: Self.livez, count: 1_000))
                // It ends when the server has closed the connection.
                await #expect(throws: (any Error).self) { while true { try await outbound.write(requests) } }
            }
        }
    }

    @Test("No more connections are accepted than are allowed; the next is when one ends")
    func connections() async throws {
        var options = Fixture.options
        options.maximumConnections = 2
        let lines = Lines()
        let service = JoinService(store: try await Fixture.store())
        try await JoinServer.with(service, options: options, logger: lines.logger) { port, _ in
            let (one, other) = (try await Wire(port: port), try await Wire(port: port))
            let third = Task { try await Wire.exchange(port: port, Exchange.last) }
            try await one.channel.executeThenClose { inbound, outbound in
                var answers = inbound.makeAsyncIterator()
                try await other.channel.executeThenClose { otherInbound, otherOutbound in
                    var otherAnswers = otherInbound.makeAsyncIterator()
                    for _ in 0..<8 {
                        try await outbound.write(ByteBuffer(string: Self.livez))
                        try await otherOutbound.write(ByteBuffer(string: Self.livez))
                        #expect(try await answers.next().map(String.init(buffer:)) == Answer.joined.kept)
                        #expect(try await otherAnswers.next().map(String.init(buffer:)) == Answer.joined.kept)
                    }
                    await lines.waitForOne()
                }
                #expect(try await third.value == Exchange.lastAnswer)
            }
        }
        #expect(lines.all.count == 1)
        #expect(lines.all.first?.hasPrefix("as many connections as are allowed") == true)
    }

    @Test("When a crowd of connections has gone, memory is given back", .timeLimit(.minutes(1)))
    func memory() async throws {
        let (calls, announce) = AsyncStream.makeStream(of: Void.self)
        var options = Fixture.options
        options.giveMemoryBack = { announce.yield() }
        let silent = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        let listener = EmbeddedChannel()
        try listener.pipeline.syncOperations.addHandler(ConnectionLimit(options, silent))
        var called = calls.makeAsyncIterator()
        for _ in 0..<2 {
            let crowd = (0..<ConnectionLimit.crowd).map { _ in EmbeddedChannel(loop: listener.embeddedEventLoop) }
            for connection in crowd { listener.pipeline.fireChannelRead(connection as any Channel) }
            for connection in crowd { connection.close(promise: nil) }
            listener.embeddedEventLoop.run()
            await called.next()
        }
    }

    @Test("Where there is no descriptor left, accepting pauses for a second and one line says so")
    func descriptors() throws {
        let lines = Lines()
        let channel = EmbeddedChannel()
        try channel.pipeline.syncOperations.addHandler(DescriptorLimit(lines.logger))
        let isReading = {
            channel.options.last { $0.option is ChannelOptions.Types.AutoReadOption }.map { $0.value as? Bool }
        }
        for _ in 0..<3 {
            channel.pipeline.fireErrorCaught(IOError(errnoCode: EMFILE, reason: "accept"))
            #expect(isReading() == false)
            channel.embeddedEventLoop.advanceTime(by: .milliseconds(999))
            #expect(isReading() == false)
            channel.embeddedEventLoop.advanceTime(by: .milliseconds(1))
            #expect(isReading() == true)
        }
        #expect(lines.all.count == 1)
        channel.embeddedEventLoop.advanceTime(by: .minutes(1))
        channel.pipeline.fireErrorCaught(IOError(errnoCode: ENFILE, reason: "accept"))
        #expect(lines.all.count == 2)
        #expect(throws: IOError.self) {
            channel.pipeline.fireErrorCaught(IOError(errnoCode: EPERM, reason: "accept"))
            try channel.throwIfErrorCaught()
        }
    }

    @Test("A stop closes what has nothing to answer at once", arguments: ["", livez, "GET /livez HTTP/1.1\r\nHo"])
    func drainCloses(_ sent: String) async throws {
        let silent = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        let limit = ConnectionLimit(Fixture.options, silent)
        let listener = EmbeddedChannel()
        try listener.pipeline.syncOperations.addHandler(limit)
        let connection = try channel(await Fixture.store())
        listener.pipeline.fireChannelRead(connection as any Channel)
        try send(sent, to: connection)
        _ = limit.drain(within: .hours(1), on: listener.eventLoop)
        connection.embeddedEventLoop.run()
        #expect(!connection.isActive)
        connection.close(promise: nil)
        listener.embeddedEventLoop.run()
    }

    /// A connection that the server has accepted and answered once.
    private func accepted(_ port: Int, then bytes: String = "") async throws -> Task<String, any Error> {
        let connection = try await Wire(port: port)
        let (answered, announce) = AsyncStream.makeStream(of: Void.self)
        let rest = Task {
            try await connection.channel.executeThenClose { inbound, outbound in
                try await outbound.write(ByteBuffer(string: Self.livez + bytes))
                var received = ""
                for try await part in inbound {
                    received += String(buffer: part)
                    announce.yield()
                }
                return received
            }
        }
        _ = await answered.first { _ in true }
        return rest
    }

    @Test("A stop ends what is idle at once, and waits for what is being decided", .timeLimit(.minutes(10)))
    func drainWaits() async throws {
        let (asked, announceAsked) = AsyncStream.makeStream(of: Void.self)
        let (released, release) = AsyncStream.makeStream(of: Void.self)
        let isReleased = Mutex(false)
        let letGo: @Sendable () async -> Void = {
            // The server has had its time to end without the answer.
            for _ in 0..<1_000 { await Task.yield() }
            isReleased.withLock { $0 = true }
            release.finish()
        }
        let rule = JoinRule { _ in
            announceAsked.yield()
            for await _ in released {}
            return nil
        }
        var options = Fixture.options
        options.drainTimeout = .seconds(3_600)
        options.idleTimeout = .seconds(3_600)
        let service = JoinService(store: try await Fixture.store(), rules: [rule])
        let answer = try await JoinServer.with(service, options: options) { port, stop in
            let idle = try await accepted(port)
            let answer = Task { try await Wire.exchange(port: port, Fixture.get("\(Fixture.path)?roomId=served")) }
            _ = await asked.first { _ in true }
            await stop()
            #expect(try await idle.value == Answer.joined.kept)
            Task { await letGo() }
            return answer
        }
        #expect(isReleased.withLock { $0 })
        let answered = try await answer.value
        #expect(answered == Answer.joined.bytes())
    }

    @Test("A stop closes what is idle and what has not been asked whole, and what does not end in time")
    func drain() async throws {
        let (asked, announceAsked) = AsyncStream.makeStream(of: Void.self)
        let (released, release) = AsyncStream.makeStream(of: Void.self)
        let rule = JoinRule { _ in
            announceAsked.yield()
            for await _ in released {}
            return nil
        }
        var options = Fixture.options
        options.drainTimeout = .zero
        let store = try await Fixture.store()
        try await JoinServer.with(JoinService(store: store, rules: [rule]), options: options) { port, stop in
            let idle = try await accepted(port)
            let half = try await accepted(port, then: "GET /livez HTTP/1.1\r\nHo")
            let stuck = try await accepted(port, then: Fixture.get("\(Fixture.path)?roomId=served"))
            _ = await asked.first { _ in true }
            await stop()
            for connection in [idle, half, stuck] { #expect(try await connection.value == Answer.joined.kept) }
        }
        release.finish()
    }
}

/// What a logger was told.
final class Lines: Sendable {
    struct Line {
        let message: String
        let metadata: Logger.Metadata
    }

    private let lines = Mutex<[Line]>([])
    private let (stream, announce) = AsyncStream.makeStream(of: Void.self)

    private struct Handler: LogHandler {
        let lines: Lines
        var metadata: Logger.Metadata = [:]
        var logLevel: Logger.Level

        subscript(metadataKey key: String) -> Logger.Metadata.Value? {
            get { metadata[key] }
            set { metadata[key] = newValue }
        }

        func log(event: LogEvent) {
            let line = Line(message: event.message.description, metadata: event.metadata ?? [:])
            lines.lines.withLock { $0.append(line) }
            lines.announce.yield()
        }
    }

    var logger: Logger { logger(.warning) }
    var all: [String] { entries.map(\.message) }
    var entries: [Line] { lines.withLock { $0 } }

    func logger(_ level: Logger.Level) -> Logger {
        Logger(label: "test") { _ in Handler(lines: self, logLevel: level) }
    }

    func waitForOne() async { _ = await stream.first { _ in true } }
}
#endif
