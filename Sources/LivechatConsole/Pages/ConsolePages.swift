#if Console
internal import Hummingbird
internal import LivechatFixture
internal import LivechatJoin
internal import Mustache
internal import NIOCore

/// Everything that the pages are made from.
struct ConsolePages: Sendable {
    let store: any JoinConsole.Store
    let reader = ConsoleReader()
    let profile: JoinProfile
    let rules: [JoinRule]
    let refusals: JoinRefusalCount?
    let options: JoinConsoleOptions
    let health: @Sendable () async throws -> [JoinConsoleFact]
    let listeners = ListenerCount()
    let defaultGrants: [LivechatPermissionID: Set<LivechatRoleID>]
    private let templates: MustacheLibrary

    /// The most rows of a table; a cursor leads on.
    static let mostRows = 200

    init(
        store: any JoinConsole.Store,
        profile: JoinProfile,
        rules: [JoinRule],
        refusals: JoinRefusalCount?,
        options: JoinConsoleOptions,
        health: @escaping @Sendable () async throws -> [JoinConsoleFact]
    ) throws {
        self.store = store
        self.profile = profile
        self.rules = rules
        self.refusals = refusals
        self.options = options
        self.health = health
        defaultGrants = try DefaultGrants.roles()
        templates = try Self.templates()
    }

    /// A service that decides as the host's does, and says nothing of it in the log.
    func service(_ profile: JoinProfile? = nil) -> JoinService {
        JoinService(store: store, profile: profile ?? self.profile, rules: rules, clock: options.clock, logger: .silent)
    }

    // MARK: Answers

    /// Answers with a page, or with what kept it from being made.
    func answer(_ route: ConsoleRoute, _ query: ConsoleQuery, _ request: Request) async -> Response {
        do {
            switch route {
            case .why: return response(try await why(query))
            case .now: return response(try await now(query))
            case .events: return events(query, request)
            case .rooms: return response(try await rooms(query))
            case .room: return response(try await room(query))
            case .users: return response(try await users(query))
            case .user: return response(try await user(query))
            case .grants: return response(try await grants(query))
            case .health: return response(try await healthPage())
            case .style, .script: return notFound()
            }
        } catch let error as Page.Missing {
            return response(.message(.notFound, "Not found", error.text))
        } catch {
            return failure(error)
        }
    }

    /// Says why the store did not answer, which those who look at a console may know.
    func failure(_ error: any Error) -> Response {
        let cause = (error as? JoinFailure)?.cause ?? error
        return response(.message(.serviceUnavailable, "The store did not answer", "\(cause)"))
    }

    func notFound() -> Response { response(.message(.notFound, "Not found", "The console has no such page.")) }

    /// The two files that every page names.
    func file(_ route: ConsoleRoute) -> Response? {
        switch route {
        case .style: Response(.ok, "text/css; charset=utf-8", PackageResources.console_css)
        case .script: Response(.ok, "text/javascript; charset=utf-8", PackageResources.console_js)
        default: nil
        }
    }

    private func response(_ page: Page) -> Response {
        Response(page.status, "text/html; charset=utf-8", Array(render(page).utf8))
    }

    /// A page as HTML.
    func render(_ page: Page) -> String { templates.render(Frame(page), withTemplate: page.template) ?? "" }

    /// A part of a page as HTML.
    func render(_ content: Any, _ template: String) -> String {
        templates.render(content, withTemplate: template) ?? ""
    }

    private static func templates() throws -> MustacheLibrary {
        let sources = [
            "frame": PackageResources.frame_html, "why": PackageResources.why_html, "now": PackageResources.now_html,
            "event": PackageResources.event_html, "refusals": PackageResources.refusals_html,
            "rooms": PackageResources.rooms_html, "room": PackageResources.room_html,
            "users": PackageResources.users_html, "user": PackageResources.user_html,
            "grants": PackageResources.grants_html, "health": PackageResources.health_html,
            "message": PackageResources.message_html, "more": PackageResources.more_html,
        ]
        return MustacheLibrary(
            templates: try sources.mapValues { try MustacheTemplate(string: String(decoding: $0, as: UTF8.self)) }
        )
    }
}

extension Response {
    fileprivate init(_ status: HTTPResponse.Status, _ type: String, _ body: [UInt8]) {
        self.init(
            status: status,
            headers: [.contentType: type],
            body: ResponseBody(byteBuffer: ByteBuffer(bytes: body))
        )
    }

    /// Says how to get in.
    ///
    /// A browser keeps the cookie to itself when a link is followed from another site's page, and sends it when the
    /// link is followed from here.
    ///
    /// - Parameter target: The page that was asked for; nil where there is no use in asking again.
    /// - Returns: The answer to a browser without the key.
    static func noKey(_ target: String?) -> Response {
        let body = (try? MustacheTemplate(string: String(decoding: PackageResources.closed_html, as: UTF8.self)))?
            .render(["target": target ?? "", "hasTarget": target != nil] as [String: Any])
        return Response(.forbidden, "text/html; charset=utf-8", Array((body ?? "").utf8))
    }
}
#endif
