public import LivechatJoin

// What the calls promise is said in the protocol.
extension InMemoryJoinStore {
    /// Lists users.
    public func users(_ page: LivechatPage<LivechatUserID>) async throws(LivechatStoreError) -> [LivechatStoredUser] {
        read { world in
            page.entries(of: world.users).map { id, person in
                LivechatStoredUser(
                    user: person.user,
                    roles: person.roles.sorted(),
                    roomRoles: world.rooms.compactMapValues { place in
                        place.members[id].flatMap { $0.roles.isEmpty ? nil : $0.roles.sorted() }
                    },
                    departments: world.departments.filter { $0.value.agents.contains(id) }.keys.sorted(),
                    tokensCount: person.tokens.count
                )
            }
        }
    }

    /// Lists roles.
    public func roles(_ page: LivechatPage<LivechatRoleID>) async throws(LivechatStoreError) -> [LivechatStoredRole] {
        read { world in
            page.entries(of: world.roles).map { id, role in
                LivechatStoredRole(
                    role: role,
                    permissions: world.grants.filter { $0.value.contains(id) }.keys.sorted()
                )
            }
        }
    }

    /// Lists permissions.
    public func permissions(
        _ page: LivechatPage<LivechatPermissionID>
    ) async throws(LivechatStoreError) -> [LivechatStoredPermission] {
        read { world in
            page.entries(of: world.grants).map { id, roles in
                LivechatStoredPermission(
                    id: id,
                    roles: roles.sorted(),
                    restrictedRoles: world.roles.values.filter { $0.restrictedTo.contains(id) }.map(\.id).sorted()
                )
            }
        }
    }

    /// Lists departments.
    public func departments(
        _ page: LivechatPage<LivechatDepartmentID>
    ) async throws(LivechatStoreError) -> [LivechatStoredDepartment] {
        read { world in
            page.entries(of: world.departments).map { id, group in
                LivechatStoredDepartment(id: id, isEnabled: group.isEnabled, agents: group.agents.sorted())
            }
        }
    }

    /// Lists rooms of every kind.
    public func rooms(_ page: LivechatPage<LivechatRoomID>) async throws(LivechatStoreError) -> [LivechatStoredRoom] {
        read { world in
            page.entries(of: world.rooms).map { id, place in
                LivechatStoredRoom(
                    room: place.room(id),
                    kind: place.kind,
                    inquiry: place.inquiry.map {
                        LivechatStoredRoom.Inquiry(
                            status: $0.status,
                            departmentID: $0.department,
                            defaultAgent: $0.defaultAgent
                        )
                    }
                )
            }
        }
    }

    /// Lists the members of a room.
    public func members(
        of room: LivechatRoomID,
        _ page: LivechatPage<LivechatUserID>
    ) async throws(LivechatStoreError) -> [LivechatMember] {
        read { world in
            page.entries(of: world.rooms[room]?.members ?? [:]).map { user, member in
                LivechatMember(user: user, joinedAt: member.joinedAt, roles: member.roles.sorted())
            }
        }
    }

    /// Reads the settings.
    public func settings() async throws(LivechatStoreError) -> LivechatSettings {
        read { world in
            LivechatSettings(previewRoom: world.previewsQueue, loginExpirationDays: world.loginExpirationDays)
        }
    }
}

extension LivechatPage where ID: Comparable & Hashable {
    /// The entries of the page, in the order of their ids.
    func entries<Value>(of all: [ID: Value]) -> some Sequence<(key: ID, value: Value)> {
        all.filter { includes($0.key) }.sorted { $0.key < $1.key }.prefix(limit)
    }
}
