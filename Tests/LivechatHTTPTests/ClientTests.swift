#if HTTP
import Hummingbird
import LivechatHTTP
import LivechatJoin
import LivechatJoinTesting
import NIOCore
import ServerTesting
import Testing

@Suite("C10: which client a request counts for, on a host's router")
struct ClientTests {
    struct Context: RemoteAddressRequestContext {
        var coreContext: CoreRequestContextStorage
        let remoteAddress: SocketAddress?

        init(source: ApplicationRequestContextSource) {
            coreContext = CoreRequestContextStorage(source: source)
            remoteAddress = source.channel.remoteAddress
        }
    }

    @Test(
        "The peer, or the entry that the trusted proxies point to",
        arguments: [
            (0, ["192.0.2.1"], "127.0.0.1"), (1, [], "127.0.0.1"), (1, ["192.0.2.1"], "192.0.2.1"),
            (1, ["192.0.2.1", "192.0.2.2"], "192.0.2.2"), (2, ["192.0.2.1", "192.0.2.2"], "192.0.2.1"),
            (1, ["unknown"], "127.0.0.1"),
        ]
    )
    func client(_ proxies: Int, _ forwardedFor: [String], _ expected: String) async throws {
        let router = Router(context: Context.self)
        router.get("client") { request, context in
            JoinClient(request, context, trustedProxies: proxies)?.description ?? "none"
        }
        let name = try #require(HTTPField.Name("X-Forwarded-For"))
        try await Application(router: router).test(.live) { client in
            var headers = HTTPFields()
            for value in forwardedFor { headers.append(HTTPField(name: name, value: value)) }
            let response = try await client.execute(uri: "/client", method: .get, headers: headers)
            #expect(response.text == expected)
        }
    }
}
#endif
