internal import LivechatFixture
internal import LivechatJoin
internal import LivechatSQLite

/// Everything that a fixture can say, as one connection reads and writes it.
final class FixtureStore {
    let references: FixtureReferences
    let settings: FixtureRows<FixtureSettings>
    let roles: FixtureRows<FixtureRole>
    let permissions: FixtureRows<FixturePermission>
    let users: FixtureRows<FixtureUser>
    let tokens: FixtureRows<FixtureToken>
    let departments: FixtureRows<FixtureDepartment>
    let rooms: FixtureRows<FixtureRoom>
    let inquiries: FixtureRows<FixtureInquiry>
    let members: FixtureRows<FixtureMember>

    init(_ connection: borrowing Connection, now: LivechatTimestamp) throws {
        references = try FixtureReferences(connection, now: now)
        settings = try FixtureRows(connection, FixtureTables.settings, references)
        roles = try FixtureRows(connection, FixtureTables.roles, references)
        permissions = try FixtureRows(connection, FixtureTables.permissions, references)
        users = try FixtureRows(connection, FixtureTables.users, references)
        tokens = try FixtureRows(connection, FixtureTables.tokens, references)
        departments = try FixtureRows(connection, FixtureTables.departments, references)
        rooms = try FixtureRows(connection, FixtureTables.rooms, references)
        inquiries = try FixtureRows(connection, FixtureTables.inquiries, references)
        members = try FixtureRows(connection, FixtureTables.members, references)
    }
}
