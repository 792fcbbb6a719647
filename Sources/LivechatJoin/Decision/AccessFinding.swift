internal import LivechatRooms

/// What the rules of access found where none of them admits (contract C6), for logs and operators.
///
/// Any two are equal: a finding describes a refusal, and makes no other one of it.
public struct AccessFinding: Sendable {
    private enum Queue {
        case unknown, isOff, noInquiry, notQueued, disabledDepartment, otherDepartment
    }

    private let queue: Queue

    /// Says nothing of what was looked at.
    public init() { queue = .unknown }

    /// Says what stood against a user who may not enter.
    ///
    /// - Parameters:
    ///   - room: The room.
    ///   - queue: The room's inquiry, where it was asked for.
    init(_ room: RoomFact, _ queue: QueueFact?) {
        guard room.previewsQueue else {
            self.queue = .isOff
            return
        }
        guard let inquiry = queue?.inquiry else {
            self.queue = .noInquiry
            return
        }
        if inquiry.status != QueueFact.Inquiry.queued {
            self.queue = .notQueued
        } else {
            self.queue = inquiry.department?.isEnabled == false ? .disabledDepartment : .otherDepartment
        }
    }
}

extension AccessFinding: Hashable {
    /// True: which of them it is makes no difference to the refusal.
    public static func == (one: AccessFinding, other: AccessFinding) -> Bool { true }

    /// Adds nothing, since all are equal.
    public func hash(into hasher: inout Hasher) {}
}

extension AccessFinding: CustomStringConvertible {
    /// What stood against the user, as the end of a sentence.
    public var description: String {
        let user = "the user is not a member, does not hold view-livechat-rooms and does not serve it"
        switch queue {
        case .unknown: return user
        case .isOff: return user + "; previewRoom is off"
        case .noInquiry: return user + "; it has no inquiry"
        case .notQueued: return user + "; its inquiry is not queued"
        case .disabledDepartment: return user + "; its inquiry waits in a department that is disabled"
        case .otherDepartment: return user + "; its inquiry waits in a department of which the user is not an agent"
        }
    }
}
