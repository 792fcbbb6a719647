/// Collects the report while an export is read.
final class Findings {
    private struct Key: Hashable {
        let collection: Collection
        let what: String
    }

    private(set) var report = ImportReport()
    private var indices: [Key: Int] = [:]
    private var read: [Collection: Int] = [:]
    private var imported: [Collection: Int] = [:]
    private let isStrict: Bool

    private static let idsKept = 10

    init(isStrict: Bool) { self.isStrict = isStrict }

    func countRead(_ collection: Collection) { read[collection, default: 0] += 1 }
    func countImported(_ collection: Collection) { imported[collection, default: 0] += 1 }
    func setImported(_ collection: Collection, _ count: Int) { imported[collection] = count }

    /// Notes what is imported all the same.
    func note(_ what: String, _ source: Source, count: Int = 1, showsID: Bool = true) {
        add(what, source, isSkip: false, count, showsID: showsID)
    }

    /// Counts what is left out.
    func skip(_ what: String, _ source: Source) { add(what, source, isSkip: true, 1, showsID: true) }

    /// Counts what is left out because it refers to nothing.
    ///
    /// - Throws: ``ImportError`` where the import is strict.
    func dangling(_ what: String, _ source: Source) throws {
        if isStrict { throw ImportError(source.file, offset: source.offset, id: source.id, what) }
        skip(what, source)
    }

    private func add(_ what: String, _ source: Source, isSkip: Bool, _ count: Int, showsID: Bool) {
        let key = Key(collection: source.collection, what: what)
        if indices[key] == nil {
            indices[key] = report.findings.count
            let name = source.collection.rawValue
            report.findings.append(.init(collection: name, what: what, isSkip: isSkip, count: 0, ids: []))
        }
        guard let index = indices[key] else { return }
        report.findings[index].count += count
        if showsID, let id = source.id, report.findings[index].ids.count < Self.idsKept {
            report.findings[index].ids.append(id)
        }
    }

    func count(_ kind: WritableKeyPath<ImportReport.Tokens, Int>) { report.tokens[keyPath: kind] += 1 }

    /// Ends the report with what stands in which file.
    func finish(_ files: [Collection: String]) -> ImportReport {
        report.collections = Collection.allCases.map { collection in
            ImportReport.Collection(
                name: collection.rawValue,
                file: files[collection],
                read: read[collection] ?? 0,
                imported: imported[collection] ?? 0,
                meaning: collection.missing
            )
        }
        return report
    }
}

/// The document that a finding is about.
struct Source {
    let collection: Collection
    let file: String
    let offset: Int?
    var id: String?
}

/// The server's collections that are read, in this order.
enum Collection: String, CaseIterable {
    case migrations
    case settings = "rocketchat_settings"
    case roles = "rocketchat_roles"
    case permissions = "rocketchat_permissions"
    case users
    case departments = "rocketchat_livechat_department"
    case agents = "rocketchat_livechat_department_agents"
    case rooms = "rocketchat_room"
    case inquiries = "rocketchat_livechat_inquiry"
    case subscriptions = "rocketchat_subscription"
    case trash = "rocketchat__trash"

    /// What it means that there is no file.
    var missing: String {
        switch self {
        case .migrations: "so the server's version is not known"
        case .settings: "so the settings stay as they are"
        case .roles: "so roles are known by the users who have them"
        case .permissions: "so the grants stay as they are"
        case .users: "and without users nothing is imported"
        case .departments: "so no room or inquiry has a department"
        case .agents: "so the departments' agents stay as they are"
        case .rooms: "so the rooms stay as they are"
        case .inquiries: "so the queue stays as it is"
        case .subscriptions: "so the rooms' members stay as they are"
        case .trash: "so what has gone there since stays here"
        }
    }
}
