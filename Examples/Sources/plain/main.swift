// The engine without HTTP: a host that speaks another protocol, or none.
import LivechatJoin
import LivechatPersistence

// In a temporary folder, so that the example can run again and again; yours is `JoinDatabase(path: "chat.db")`.
let database = try JoinDatabase.temporary()
let (ann, orders) = (try LivechatUserID("ann"), try LivechatRoomID("orders"))
try await database.addUser(LivechatUser(id: ann), roles: [LivechatRoleID("livechat-agent")])
try await database.addRoom(LivechatRoom(id: orders))

// The host has logged her in itself, so there is no token.
let service = JoinService(store: database)
let request = JoinRequest(.verified(ann), roomID: orders.string)

func join() async throws {
    switch try await service.join(request) {
    case .joined(let reason): print("joined: \(reason)")
    case .alreadyMember: print("is a member")
    case .refused(let refusal): print("refused by \(refusal.step): \(refusal)")
    }
}

try await join()
try await database.serve(orders, by: ann)
try await join()
try await join()
for event in try await database.events(after: 0) { print(event.json) }
await database.close()
