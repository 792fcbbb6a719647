#if HTTP
public import Hummingbird
public import LivechatJoin

extension Parameters {
    /// Reads an id out of the path, with its percent-encoding decoded: Hummingbird leaves a parameter as it was sent.
    ///
    /// ```swift
    /// router.get("rooms/:room") { request, context in
    ///     let room = try context.parameters.require("room", as: LivechatRoomID.self)
    ///     return try await database.members(of: room).map(\.user.string)
    /// }
    /// ```
    ///
    /// - Parameters:
    ///   - name: The parameter's name, without the colon.
    ///   - type: The kind of id.
    /// - Returns: The id.
    /// - Throws: What is answered 400: ``LivechatJoin/InvalidLivechatID`` where the text cannot be an id, and
    ///   `HTTPError` where it is not UTF-8 or the path has no such parameter.
    public func require<Entity>(_ name: String, as type: LivechatID<Entity>.Type) throws -> LivechatID<Entity> {
        let bytes = try require(name).utf8.span.percentDecoded(plusIsSpace: false)
        guard let text = String(validating: bytes, as: UTF8.self) else {
            throw HTTPError(.badRequest, message: "an id is not UTF-8")
        }
        return try LivechatID(text)
    }
}
#endif
