/// Which entries of a list to read.
///
/// A list is in the order of the bytes of its ids, and a page is read on one snapshot.
///
/// ```swift
/// let first = try await database.users(.first(20))
/// let next = try await database.users(.after(first.last?.id, limit: 20))
/// ```
public enum LivechatPage<ID: Sendable>: Sendable {
    /// Those after an id, whether or not there is such an entry; nil is from the beginning. Without a limit it is all
    /// of them.
    case after(ID?, limit: Int? = nil)
    /// The one with this id, if there is one.
    case only(ID)

    /// Every entry.
    public static var all: LivechatPage { .after(nil) }

    /// The first entries.
    public static func first(_ limit: Int) -> LivechatPage { .after(nil, limit: limit) }
}

extension LivechatPage {
    /// The most entries that the page has.
    package var limit: Int {
        switch self {
        case .only: 1
        case .after(_, let limit): limit.map { Swift.max(0, $0) } ?? .max
        }
    }
}

extension LivechatPage where ID: Comparable {
    /// Whether an entry can be on the page, which has the first ``limit`` of those that can.
    package func includes(_ id: ID) -> Bool {
        switch self {
        case .only(let only): id == only
        case .after(let start, _): start.map { $0 < id } ?? true
        }
    }
}

/// The entries of a list, read page by page as they are asked for, so that a list of any length takes little memory.
///
/// ```swift
/// for try await user in LivechatList(database.users) { print(user.id) }
/// for try await member in LivechatList({ try await database.members(of: room, $0) }) { print(member.id) }
/// ```
///
/// Each page is read on a snapshot of its own: what is added or removed meanwhile may be among the entries or not, and
/// no other entry is passed over or comes twice.
public struct LivechatList<Element: Identifiable & Sendable>: AsyncSequence, Sendable where Element.ID: Sendable {
    /// Reads one page.
    public typealias Reader = @Sendable (LivechatPage<Element.ID>) async throws -> [Element]

    private let start: Element.ID?
    private let pageSize: Int
    private let read: Reader

    /// Makes a list.
    ///
    /// - Parameters:
    ///   - start: The id after which to begin; nil begins with the first entry.
    ///   - pageSize: How many entries to read at a time, at least one.
    ///   - read: Reads one page.
    public init(after start: Element.ID? = nil, pageSize: Int = 500, _ read: @escaping Reader) {
        self.start = start
        self.pageSize = Swift.max(1, pageSize)
        self.read = read
    }

    /// Begins to read.
    public func makeAsyncIterator() -> Iterator { Iterator(self) }

    /// Where one reader is in the list.
    public struct Iterator: AsyncIteratorProtocol {
        private let list: LivechatList
        private var last: Element.ID?
        /// What has been read and not passed on, the next one last.
        private var entries: [Element] = []
        private var isAtEnd = false

        fileprivate init(_ list: LivechatList) {
            self.list = list
            last = list.start
        }

        /// The next entry.
        ///
        /// - Returns: nil at the end.
        /// - Throws: What reading a page throws.
        public mutating func next() async throws -> Element? {
            if entries.isEmpty, !isAtEnd {
                entries = try await list.read(.after(last, limit: list.pageSize)).reversed()
                isAtEnd = entries.count < list.pageSize
                last = entries.first?.id
            }
            return entries.popLast()
        }
    }
}
