#if HTTP
import Hummingbird
import LivechatHTTP
import LivechatJoin
import LivechatJoinTesting
import ServerTesting
import Testing

@Suite("Liveness and readiness on a host's router")
struct HealthTests {
    @Test(
        "Only readiness asks the store, and its error is not in the answer",
        arguments: [HTTPRequest.Method.get, .head],
        [false, true]
    )
    func health(_ method: HTTPRequest.Method, _ isBroken: Bool) async throws {
        let router = Router()
        router.addLivechatHealth { if isBroken { throw InMemoryJoinStore.Unavailable() } }
        try await Application(router: router).test(.live) { client in
            for (path, isWell) in [("/livez", true), ("/readyz", !isBroken)] {
                let response = try await client.execute(uri: path, method: method)
                let body = isWell ? #"{"success":true}"# : #"{"success":false,"error":"Service Unavailable"}"#
                #expect(response.status == (isWell ? .ok : .serviceUnavailable))
                #expect(response.text == (method == .head ? "" : body))
                #expect(response.headers[.contentLength] == "\(body.utf8.count)")
                #expect(response.headers[.cacheControl] == "no-store")
            }
        }
    }
}
#endif
