import CTrials
import Foundation
import LivechatJoin
import LivechatJoinTesting
import LivechatPersistence
import LivechatTokens
import Synchronization

/// A server that is wrong on purpose, for a trial to catch before it is believed of a right one.
///
/// `trials worker broken PATH FAULT` says where it listens, as `livechat-join serve` does.
enum BrokenServer {
    enum Fault: String, Sendable {
        /// Lets every caller in.
        case welcoming
        /// Reads on while nobody reads its answers, and keeps them.
        case gathering
        /// Lets every caller in when the file cannot be read.
        case failingOpen
        /// Ends at once on SIGTERM, without answers to what it has accepted.
        case hasty
        /// Waits for another process's lock for as long as it takes.
        case patient
    }

    static func start(_ path: String, _ fault: Fault) throws -> Server {
        try Server(starting: ChildProcess(ChildProcess.trials, ["worker", "broken", path, fault.rawValue]))
    }

    private static let isEnding = Flag()

    static func run(_ arguments: [String]) async throws {
        guard arguments.count == 2, let fault = Fault(rawValue: arguments[1]) else { throw TrialFailure("PATH FAULT") }
        var options = JoinDatabase.Options()
        options.schema = .requireCurrent
        if fault == .patient { options.busyTimeout = .seconds(3_600) }
        // A page that is gone from a mapping would end it before it could do wrong.
        if fault == .failingOpen { options.mappedBytes = 0 }
        let database = try JoinDatabase(path: arguments[0], options: options)
        let service =
            fault == .failingOpen
            ? JoinService(store: InterposedJoinStore.openDoor(database)) : JoinService(store: database)
        // Looked at before, so that the signal does not find it being made.
        if fault == .hasty, !isEnding.isSet { signal(SIGTERM) { _ in BrokenServer.isEnding.set() } }
        var port: Int32 = 0
        let listener = ctrials_listen(&port)
        guard listener >= 0 else { throw TrialFailure("cannot listen: \(String(cString: strerror(errno)))") }
        print("listening on http://127.0.0.1:\(port)")
        fflush(nil)
        Thread {
            while true {
                let connection = ctrials_accept(listener)
                if connection >= 0 { Thread { serve(connection, service, fault) }.start() }
            }
        }.start()
        while !isEnding.isSet { pass(milliseconds: 5) }
        // What it has accepted is written meanwhile.
        pass(milliseconds: 200)
        ctrials_exit(0)
    }

    private static func serve(_ connection: Int32, _ service: JoinService, _ fault: Fault) {
        defer { ctrials_close(connection) }
        var received: [UInt8] = []
        var unread: [UInt8] = []
        var piece = [UInt8](repeating: 0, count: 65_536)
        while true {
            let count = ctrials_receive(connection, &piece, piece.count, 3_600_000)
            if count <= 0 { return }
            if fault == .gathering {
                // An answer is as long as its request.
                unread += piece[..<count]
                continue
            }
            received += piece[..<count]
            while let end = received.firstRange(of: [13, 10, 13, 10])?.upperBound {
                let request = String(decoding: received[..<end], as: UTF8.self)
                received.removeFirst(end)
                let answer = fault == .welcoming ? welcome : ask(service, request)
                if fault == .hasty, isEnding.isSet { continue }
                unread += Array(answer.utf8)
            }
            guard ctrials_send(connection, unread, unread.count, 10_000) == unread.count else { return }
            unread = []
        }
    }

    private static let welcome = wire(200, #"{"success":true}"#)

    private static func wire(_ status: Int, _ body: String) -> String {
        "HTTP/1.1 \(status) X\r\nContent-Length: \(body.utf8.count)\r\n\r\n\(body)"
    }

    private static func ask(_ service: JoinService, _ request: String) -> String {
        var lines = request.split(separator: "\r\n")
        let target = lines.removeFirst().split(separator: " ").dropFirst().first ?? ""
        let fields = lines.compactMap { line -> (name: String, value: String)? in
            let parts = line.split(separator: ":", maxSplits: 1)
            return parts.count == 2
                ? (name: String(parts[0]), value: parts[1].trimmingCharacters(in: .whitespaces)) : nil
        }
        let query = target.split(separator: "?", maxSplits: 1).dropFirst().first.map(String.init)
        let isDone = DispatchSemaphore(value: 0)
        let answer = Box()
        Task {
            let response = await service.respond(headerFields: fields, query: query)
            answer.text.withLock { $0 = wire(response.status, String(decoding: response.body, as: UTF8.self)) }
            isDone.signal()
        }
        isDone.wait()
        return answer.text.withLock { $0 }
    }

    private final class Box: Sendable {
        let text = Mutex("")
    }
}

extension InterposedJoinStore {
    /// A store that takes a file that cannot be read for one that lets everybody in.
    static func openDoor(_ database: JoinDatabase) -> InterposedJoinStore {
        let open = JoinVerdict.allowed(
            JoinAdmission(
                user: LivechatUserID(stored: "somebody"),
                room: LivechatRoomID(stored: "somewhere"),
                reason: .queuedInPublic,
                at: LivechatTimestamp(milliseconds: 0)
            )
        )
        return InterposedJoinStore(
            database,
            decide: { store, query, evaluate in
                do { return try await store.decide(query, evaluate) } catch { return open }
            },
            admit: { store, query, evaluate in
                do { return try await store.admit(query, evaluate) } catch { return open }
            }
        )
    }
}
