package import LivechatJoin

/// The roles and grants that a new database starts with (contract C5).
package enum DefaultGrants {
    /// They as a fixture.
    package static var fixture: [UInt8] { PackageResources.default_grants_json }

    /// The roles that each permission is granted to.
    ///
    /// - Throws: Nothing as long as the file is a fixture, which every test that loads it proves.
    package static func roles() throws -> [LivechatPermissionID: Set<LivechatRoleID>] {
        var roles: [LivechatPermissionID: Set<LivechatRoleID>] = [:]
        try FixtureReader(fixture).read { element, _ in
            if case .permission(let permission) = element { roles[permission.id] = Set(permission.roles ?? []) }
        }
        return roles
    }
}
