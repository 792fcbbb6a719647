import LivechatJoin

@testable import Specification

extension ProfileUnderTest {
    /// The engine's profile of this name.
    var profile: JoinProfile {
        guard let profile = JoinProfile.all.first(where: { $0.name == name }) else { preconditionFailure("no \(name)") }
        return profile
    }
}

extension JoinService {
    /// Asks the engine.
    func answer(_ request: RawRequest) async -> Answer {
        Answer(await respond(headerFields: request.headerFields, query: request.query))
    }
}

extension Answer {
    init(_ response: JoinResponse) {
        self.init(response.status, String(decoding: response.body, as: UTF8.self))
    }
}
