#if Console
internal import Hummingbird
internal import LivechatJoin
internal import Logging

/// What one page is made of: a template and the values that stand in it.
///
/// The templates read these values, and those of every page, by the names of their properties.
struct Page {
    var status = HTTPResponse.Status.ok
    let tab: Tab?
    let title: String
    let template: String
    let content: Any

    /// The pages that every page leads to, in the order of their use.
    enum Tab: String, CaseIterable {
        case why = "Why?"
        case now = "Now"
        case rooms = "Rooms"
        case users = "Users"
        case grants = "Grants"
        case health = "Health"

        fileprivate var href: String {
            switch self {
            case .why: ConsoleRoute.why.rawValue
            case .now: ConsoleRoute.now.rawValue
            case .rooms: ConsoleRoute.rooms.rawValue
            case .users: ConsoleRoute.users.rawValue
            case .grants: ConsoleRoute.grants.rawValue
            case .health: ConsoleRoute.health.rawValue
            }
        }
    }

    /// There is nothing to show.
    struct Missing: Error {
        let text: String
    }

    /// A page of one sentence.
    static func message(_ status: HTTPResponse.Status, _ title: String, _ text: String) -> Page {
        Page(status: status, tab: nil, title: title, template: "message", content: ["text": Shown.text(text)])
    }
}

/// What stands around every page.
struct Frame {
    let title: String
    let tabs: [Tab]
    let page: Any

    struct Tab {
        let name: String
        let href: String
        let isCurrent: Bool
    }

    init(_ page: Page) {
        title = page.title
        tabs = Page.Tab.allCases.map { tab in Tab(name: tab.rawValue, href: tab.href, isCurrent: tab == page.tab) }
        self.page = page.content
    }
}

/// A link to an entity's page.
struct Reference {
    let id: String
    let href: String

    init(_ user: LivechatUserID) { (id, href) = (Shown.text(user.string), Link.user(user)) }
    init(_ room: LivechatRoomID) { (id, href) = (Shown.text(room.string), Link.room(room)) }
    init(_ role: LivechatRoleID) {
        (id, href) = (Shown.text(role.string), Link.path("/grants", [("role", role.string)]))
    }
    init(_ permission: LivechatPermissionID) {
        (id, href) = (Shown.text(permission.string), Link.path("/grants", [("permission", permission.string)]))
    }
}

/// Where a table that has more rows goes on, and where it begins.
struct Paging {
    let next: String
    let hasNext: Bool
    let first: String
    let hasFirst: Bool

    init(next: String?, first: String?) {
        (self.next, hasNext) = (next ?? "", next != nil)
        (self.first, hasFirst) = (first ?? "", first != nil)
    }

    var isNeeded: Bool { hasNext || hasFirst }
}

/// Values as people read them.
enum Shown {
    /// Text with nothing in it that hides or turns what stands beside it.
    static func text(_ text: String) -> String {
        text.unicodeScalars.allSatisfy(LogText.isShown) ? text : LogText.escaped(text)
    }

    /// A moment to the second, such as "2026-01-02 03:04:05".
    static func time(_ time: LivechatTimestamp) -> String {
        String(time.rfc3339.prefix(19)).replacing("T", with: " ")
    }

    /// How long a time is, in its largest unit, such as "3 days".
    static func length(milliseconds: Int64) -> String {
        let seconds = abs(milliseconds) / 1_000
        let units: [(Int64, String)] = [
            (31_536_000, "year"), (86_400, "day"), (3_600, "hour"), (60, "minute"), (1, "second"),
        ]
        let (size, name) = units.first { seconds >= $0.0 } ?? (1, "second")
        let count = seconds / size
        return "\(count) \(name)\(count == 1 ? "" : "s")"
    }

    /// A number with commas between its thousands.
    static func count(_ number: Int) -> String {
        let digits = Array(String(abs(number)))
        let grouped = digits.enumerated().map { index, digit in
            index > 0 && (digits.count - index) % 3 == 0 ? ",\(digit)" : "\(digit)"
        }
        return (number < 0 ? "-" : "") + grouped.joined()
    }
}

extension Logger {
    static let silent = Logger(label: "livechat-join") { _ in SwiftLogNoOpLogHandler() }
}
#endif
