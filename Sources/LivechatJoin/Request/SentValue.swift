/// One of the three strings of a request, as it was sent (contract C1).
public enum SentValue<Value: Sendable>: Sendable {
    /// A value that can match something.
    case value(Value)
    /// It was not sent, or counts as absent.
    case missing
    /// A value that matches nothing: a header sent twice, no text, no id.
    case matchesNothing
    /// Not in the form that the endpoint takes.
    case malformed(ParameterFault)

    /// The value, if there is one that can match something.
    public var value: Value? { if case .value(let value) = self { value } else { nil } }

    /// What is wrong with a parameter that must be there.
    var fault: ParameterFault? {
        switch self {
        case .value, .matchesNothing: nil
        case .missing: .missing
        case .malformed(let fault): fault
        }
    }

    var isMissing: Bool { if case .missing = self { true } else { false } }
}
