import CFloor
import Generated

/// Careful plain C with the plain schema. Its measuring loops are in C too.
final class FloorSide: Side, @unchecked Sendable {
    private let world: World
    private let path: String
    private let cacheKiB: Int32
    private let mappedBytes: Int64
    private let readers: [OpaquePointer?]
    private var writer: OpaquePointer?
    private var requests: [Scenario: UnsafeMutableBufferPointer<world_request>] = [:]
    private var drawn = drawnRequests
    private var first = 0

    /// - Parameter isMapped: Whether the file is read through a mapping with a small page cache, instead of through a
    ///   page cache that holds all of it.
    init(_ world: World, path: String, isMapped: Bool) throws {
        self.world = world
        self.path = path
        cacheKiB = isMapped ? 2_048 : 1 << 18
        mappedBytes = isMapped ? 1 << 31 : 0
        if floor_turn_off_memory_count() != 0 { throw NotMeasured("SQLite counts its memory already") }
        readers = [
            floor_reader_open(path, cacheKiB, mappedBytes), floor_reader_open(path, cacheKiB, mappedBytes),
        ]
        if readers.contains(nil) { throw NotMeasured("the floor cannot open \(path)") }
    }

    func draw(_ count: Int) {
        drawn = count
        requests.values.forEach { $0.deallocate() }
        requests = [:]
    }

    func begin(with request: Int) { first = request }

    private func requests(_ scenario: Scenario) -> UnsafeMutableBufferPointer<world_request> {
        if let drawn = requests[scenario] { return drawn }
        let drawn = UnsafeMutableBufferPointer<world_request>.allocate(capacity: drawn)
        for index in drawn.indices {
            var request = world_request()
            world_draw(world.c, scenario.drawn, UInt64(index), &request)
            drawn.initializeElement(at: index, to: request)
        }
        requests[scenario] = drawn
        return drawn
    }

    func decide(_ scenario: Scenario, threads: Int, milliseconds: Int) async throws -> Decisions {
        let requests = requests(scenario)
        let measured = floor_measure(
            readers,
            Int32(threads),
            requests.baseAddress,
            requests.count,
            first,
            scenario.outcome,
            Int32(milliseconds)
        )
        return Decisions(
            seconds: measured.seconds,
            processor: measured.processor,
            count: Int(measured.decisions),
            unexpected: Int(measured.unexpected),
            perSecond: Double(measured.decisions) / measured.seconds * Double(threads)
        )
    }

    private func openWriter() throws -> OpaquePointer {
        if writer == nil { writer = floor_writer_open(path, cacheKiB, mappedBytes) }
        guard let writer else { throw NotMeasured("the floor cannot write \(path)") }
        return writer
    }

    func join(first: UInt64, count: Int, callers: Int) async throws -> Joins {
        var latencies = [Double](repeating: 0, count: count)
        let seconds = floor_join_many(try openWriter(), world.c, first, Int32(count), Int32(callers), &latencies)
        if seconds < 0 { throw NotMeasured("the floor refused a join") }
        return Joins(seconds: seconds, latencies: latencies)
    }

    func decide(whileJoining perSecond: Int, first: UInt64, milliseconds: Int) async throws -> (Decisions, Double) {
        try await decide(beside: perSecond, first, milliseconds, issuingTokens: false)
    }

    func decide(whileIssuing perSecond: Int, first: UInt64, milliseconds: Int) async throws -> (Decisions, Double) {
        try await decide(beside: perSecond, first, milliseconds, issuingTokens: true)
    }

    private func decide(
        beside perSecond: Int,
        _ first: UInt64,
        _ milliseconds: Int,
        issuingTokens: Bool
    ) async throws -> (Decisions, Double) {
        let stream = floor_stream_start(try openWriter(), world.c, first, Int32(perSecond), issuingTokens)
        let decisions = try await decide(.member, threads: 1, milliseconds: milliseconds)
        var seconds = 0.0
        let durable = floor_stream_stop(stream, &seconds)
        return (decisions, Double(durable) / seconds)
    }
}
