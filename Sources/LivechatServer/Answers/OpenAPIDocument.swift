#if Server
package import LivechatJoin

/// The OpenAPI 3.1 document of the endpoint, made from the answers themselves.
package struct OpenAPIDocument: Sendable {
    /// An answer that the server gives.
    package struct Example: Sendable {
        package let name: String
        package let summary: String
        package let response: JoinResponse
        /// Whether a part of its text is not the same each time: the rule's code, the seconds.
        let varies: Bool
    }

    /// Every answer, in the order of the profile's steps, and then those that come before and beside a decision.
    package let examples: [Example]
    private let profile: JoinProfile

    package init(_ profile: JoinProfile) {
        self.profile = profile
        var examples = [Example]("join", "The user is a member now, or was one already.", profile, .alreadyMember)
        for step in profile.order.steps {
            for refusal in step.refusals {
                let isOne = step.refusals.count == 1
                let name = isOne ? step.rawValue : "\(step.rawValue)-\(Self.fault(refusal))"
                examples += [Example](name, "Refused: \(refusal).", profile, .refused(refusal))
            }
        }
        for (name, summary, response) in [
            ("bad-request", "The request breaks a rule of HTTP.", .badRequest),
            ("method-not-allowed", "The method is not GET.", .methodNotAllowed),
            ("body-too-large", "The body is too large.", .bodyTooLarge),
            ("target-too-long", "The path and the query are too long.", .targetTooLong),
            ("headers-too-large", "The headers are too large.", .headersTooLarge),
            ("unavailable", "The store failed. Nothing was decided; asking again is safe.", .unavailable),
        ] as [(String, String, JoinResponse)] {
            examples.append(Example(name: name, summary: summary, response: response, varies: false))
        }
        self.examples = examples
    }

    private static func fault(_ refusal: JoinRefusal) -> String {
        if case .invalidParameters(let fault) = refusal { fault.rawValue } else { "\(refusal)" }
    }

    /// The document.
    package var json: String {
        let statuses = Set(examples.map(\.response.status)).sorted()
        let responses = statuses.map { status in
            #""\#(status)":\#(answer(examples.filter { $0.response.status == status }))"#
        }
        let description = """
            The first step that refuses decides: \(profile.order.steps.map(\.rawValue).joined(separator: ", ")). \
            Asking again is safe: a member gets 200 and nothing is written. These are the answers of the profile \
            \(profile.name).
            """
        return #"{"openapi":"3.1.0","info":{"title":"livechat-join","version":"1","summary":"#
            + #""Decides who may enter a livechat room.","license":{"name":"Apache-2.0","identifier":"Apache-2.0"}},"#
            + #""servers":[{"url":"/"}],"paths":{"\#(JoinRequest.path)":{"get":{"operationId":"join","#
            + #""summary":"Join a livechat room","description":\#(JSONString.quoted(description)),"#
            + #""security":[{"userID":[],"token":[]}],"parameters":[\#(Self.roomID)],"#
            + #""responses":{\#(responses.joined(separator: ","))}}}},"#
            + #""components":{"securitySchemes":{"#
            + #""userID":{"type":"apiKey","in":"header","name":"\#(JoinRequest.userIDHeader)"},"#
            + #""token":{"type":"apiKey","in":"header","name":"\#(JoinRequest.tokenHeader)"}}}}"#
    }

    private static let roomID =
        #"{"name":"roomId","in":"query","required":true,"description":"The room. No other parameter is allowed.","#
        + #""schema":{"type":"string"}}"#

    /// The answers of one status: each as an example, and a schema that takes them and nothing else.
    private func answer(_ examples: [Example]) -> String {
        func text(_ example: Example) -> String { String(decoding: example.response.body, as: UTF8.self) }
        let values = examples.map { example in
            #"\#(JSONString.quoted(example.name)):{"summary":\#(JSONString.quoted(example.summary)),"#
                + #""value":\#(text(example))}"#
        }
        let fixed = examples.filter { !$0.varies }.map(text)
        var schemas = fixed.isEmpty ? [] : [#"{"enum":[\#(fixed.joined(separator: ","))]}"#]
        if fixed.count < examples.count {
            schemas.append(
                #"{"type":"object","properties":{"success":{"const":false},"error":{"type":"string"}},"#
                    + #""required":["success","error"],"additionalProperties":false}"#
            )
        }
        let summary = examples.map(\.summary).joined(separator: " ")
        return #"{"description":\#(JSONString.quoted(summary)),"content":{"\#(JoinResponse.contentType)":{"#
            + #""schema":{"anyOf":[\#(schemas.joined(separator: ","))]},"examples":{\#(values.joined(separator: ","))}}}}"#
    }
}

extension [OpenAPIDocument.Example] {
    fileprivate init(_ name: String, _ summary: String, _ profile: JoinProfile, _ outcome: JoinOutcome) {
        let varies =
            switch outcome {
            case .refused(.rule), .refused(.tooManyRequests): true
            default: false
            }
        let response = profile.response(to: outcome)
        self = [OpenAPIDocument.Example(name: name, summary: summary, response: response, varies: varies)]
    }
}
#endif
