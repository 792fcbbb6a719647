import Crypto
import Foundation
import GRDB
import Hummingbird
import LivechatHTTP
import LivechatJoin
import LivechatJoinTesting
import LivechatPersistence
import Logging
import Metrics
import NIOCore
import Tracing

// What an example may use without declaring it. Examples are compiled; those that are tests of their own also run.

var database: JoinDatabase { fatalError("compiled, and not run") }
var service: JoinService { JoinService(store: store) }
var pool: DatabasePool { fatalError("compiled, and not run") }
let store = InMemoryJoinStore()
let logger = Logger(label: "snippets")
let clock = SettableClock()
let factory = NOOPMetricsHandler.instance
let tracer = NoOpTracer()
let token = "anns-token"
let sent = "the visitor's token"
let password = "anns password"
let user: LivechatUserID = "ann"
let room: LivechatRoomID = "r1"
let last: LivechatUserID? = nil
let cursor: JoinEvent.Cursor = 0
let fields: [(name: String, value: String)] = []

/// A host's request context.
struct Context: LivechatRequestContext, RemoteAddressRequestContext {
    var coreContext: CoreRequestContextStorage
    var livechatUser: LivechatUserID?
    let remoteAddress: SocketAddress?

    init(source: ApplicationRequestContextSource) {
        coreContext = CoreRequestContextStorage(source: source)
        remoteAddress = source.channel.remoteAddress
    }
}

var router: Router<Context> { Router(context: Context.self) }

/// A host's messages, which keep the cursor of the event that each came from.
struct Messages {
    func lastCursor() async throws -> JoinEvent.Cursor { 0 }
    func store(_ cursor: JoinEvent.Cursor) async throws {}
    func insert(_ text: String, _ user: LivechatUserID?, _ room: LivechatRoomID?, _ at: JoinEvent.Cursor) async throws {
    }
}

let messages = Messages()

/// A host's tables, as a store of its own reads and writes them.
struct Tickets {
    struct Transaction {
        func facts(_ query: JoinQuery) throws -> any JoinFacts { throw CancellationError() }
        func insert(_ admission: JoinAdmission) throws {}
    }

    func facts(_ query: JoinQuery) async throws -> any JoinFacts { throw CancellationError() }
    func transaction<Result>(_ body: (Transaction) throws -> Result) async throws -> Result { try body(Transaction()) }
}

func isOpen(for user: LivechatUserID) async throws -> Bool { true }
func isPassword(_ password: String, of user: LivechatUserID?) async throws -> Bool { true }
func storedPassword(of user: LivechatUserID?) async throws -> (salt: Data, hash: SymmetricKey)? { nil }
func session(of request: Request) async throws -> LivechatUserID? { user }
func rooms(of user: LivechatUserID?) async throws -> String { "" }
