import Foundation
import Hummingbird
import LivechatHTTP
import LivechatJoin
import LivechatPersistence
import NIOCore

/// `serve bare`, and `serve ours PATH` or another variant of it: a server on a free loopback port, in the same layout, with and without the engine.
func serve(_ arguments: [String]) async throws {
    let address = BindAddress.hostname("127.0.0.1", port: 0)
    let say: @Sendable (any Channel) async -> Void = { channel in
        print("listening on http://127.0.0.1:\(channel.localAddress?.port ?? 0)")
        fflush(nil)
    }
    if let variant = Variant(rawValue: arguments[1]) {
        let database = try variant.open(arguments[2])
        let server = Application(JoinService(store: database), address: address, onServerRunning: say) {
            try await database.checkHealth()
        }
        try await server.runService()
    } else {
        let router = Router()
        router.get("/api/v1/livechat/room.join") { _, _ in
            Response(
                status: .ok,
                headers: [.contentType: "application/json"],
                body: ResponseBody(byteBuffer: ByteBuffer(string: #"{"success":true}"#))
            )
        }
        try await Application(router: router, configuration: .init(address: address), onServerRunning: say).runService()
    }
}
