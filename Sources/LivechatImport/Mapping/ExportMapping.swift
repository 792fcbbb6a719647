#if Import
internal import LivechatFixture
internal import LivechatJoin

/// Makes values of a fixture from documents; each oddity of the guide "Coming from Rocket.Chat" stands here.
struct ExportMapping {
    let options: RocketChatExport.Options
    let now: LivechatTimestamp
    let findings: Findings

    // MARK: Values

    /// The id of a document; nil, and counted, where it has none that anybody could name.
    func id<Entity>(of document: BSONDocument, _ source: inout Source) -> LivechatID<Entity>? {
        let value = document["_id"]
        source.id = value?.reference
        guard let text = value?.reference else {
            findings.skip("its _id is neither a text nor an ObjectId", source)
            return nil
        }
        if case .objectID = value { findings.note("its _id is an ObjectId: its 24 digits are the id", source) }
        do throws(InvalidLivechatID) {
            return try LivechatID(text)
        } catch {
            findings.skip("its _id \(error)", source)
            return nil
        }
    }

    /// The ids in a list, each once; null or no list is none.
    func ids<Entity>(_ value: BSONValue?, _ what: String, _ source: Source) -> [LivechatID<Entity>] {
        var ids: [LivechatID<Entity>] = []
        value?.list?.eachValue { value in
            guard let id = (value.reference).flatMap({ try? LivechatID<Entity>($0) }) else {
                findings.skip("\(what) that is no id", source)
                return
            }
            if !ids.contains(id) { ids.append(id) }
        }
        return ids
    }

    /// A time that is not in the future: a token of the future would expire too late.
    func past(_ time: LivechatTimestamp, _ source: Source) -> LivechatTimestamp {
        if time > now.adding(days: 1) {
            findings.note("a time in the future: the time of the import is taken instead", source)
            return now
        }
        return time.writable
    }

    // MARK: Users

    /// A user without roles and tokens that refer to anything; nil where the document is no user.
    func isUser(_ document: BSONDocument, _ source: Source) -> Bool {
        switch document["type"]?.text {
        case "visitor":
            findings.skip("a visitor, who is no user", source)
            return false
        case "unknown":
            findings.skip("of the type \"unknown\"", source)
            return false
        default: return true
        }
    }

    func user(_ id: LivechatUserID, _ document: BSONDocument, _ source: Source, expirationDays: Double?) -> FixtureUser
    {
        FixtureUser { user in
            user.id = id
            user.username = Given(document["username"]?.text)
            user.active = document["active"]?.bool ?? true
            user.roles = ids(document["roles"], "a role", source)
            user.tokens = tokens(document, source, expirationDays: expirationDays)
        }
    }

    private func tokens(_ document: BSONDocument, _ source: Source, expirationDays: Double?) -> [FixtureToken] {
        var tokens: [FixtureToken] = []
        var digests: Set<LivechatTokenDigest> = []
        let list = document["services"]?.document?["resume"]?.document?["loginTokens"]?.list
        list?.eachValue { value in
            guard let stored = value.document, let digest = digest(stored, source) else {
                if value.document == nil { findings.skip("a token that is no document", source) }
                return
            }
            guard digests.insert(digest).inserted else { return findings.skip("a token that is there twice", source) }
            let isPersonal = stored["type"]?.text == "personalAccessToken"
            var time = stored[isPersonal ? "createdAt" : "when"]?.time
            if time == nil, !isPersonal {
                findings.note("a login token without a time, which never expires there: the import's is taken", source)
            }
            time = past(time ?? now, source)
            let record = LivechatTokenRecord(kind: isPersonal ? .personalAccess : .login, createdAt: time ?? now)
            findings.count(isPersonal ? \.personalAccess : \.login)
            if let expiry = record.expiry(loginExpirationDays: expirationDays), expiry <= now {
                findings.count(\.expired)
            }
            if isPersonal {
                findings.note("the name of a personal access token is not kept", source, showsID: false)
            }
            tokens.append(
                FixtureToken { token in
                    token.digest = digest
                    token.createdAt = record.createdAt
                    token.kind = record.kind
                }
            )
        }
        return tokens
    }

    /// What a token is stored as; nil, and counted, where it cannot be one.
    private func digest(_ stored: BSONDocument, _ source: Source) -> LivechatTokenDigest? {
        if let hashed = stored["hashedToken"]?.text {
            if let digest = LivechatTokenDigest(base64: hashed) { return digest }
            findings.skip("a token whose hash is not the base64 of a SHA-256", source)
            return nil
        }
        guard let raw = stored["token"]?.text, !raw.isEmpty else {
            findings.skip("a token without a hash", source)
            return nil
        }
        findings.note("a token that was stored raw, hashed now: revoke it", source)
        return LivechatToken(raw).digest
    }

    // MARK: Rooms

    /// Why a room is not imported; nil where it is.
    func reasonToLeaveOut(_ document: BSONDocument) -> String? {
        guard let kind = document["t"]?.text else { return "a room without a kind" }
        switch kind {
        case LivechatRoom.livechatKind:
            return options.onlyOpen && !isOpen(document) ? "closed, and --only-open is given" : nil
        case "c", "p", "d": return options.allRooms ? nil : "no livechat room (--all-rooms takes it)"
        case "v": return "a call, and no livechat room"
        default: return "of the kind \(FixtureError.quoted(kind)), and no livechat room"
        }
    }

    /// Closing removes the field, so nothing but true is open.
    func isOpen(_ document: BSONDocument) -> Bool {
        guard document["open"]?.bool == true else { return false }
        return document["closedAt"]?.time == nil
    }

    func noteOddities(ofRoom document: BSONDocument, _ source: Source) {
        if document["open"]?.bool == true, document["closedAt"]?.time != nil {
            findings.note("open and closed at once: closed", source)
        }
        var hasAttributes = false
        document["abacAttributes"]?.list?.eachValue { _ in hasAttributes = true }
        if hasAttributes {
            findings.note("attributes (ABAC) are not decided here: more users may enter than before", source)
        }
        if document["v"]?.document?["activity"]?.list != nil {
            findings.note("the limit of contacts is not decided here", source, showsID: false)
        }
    }

    /// A room as it stands in its own collection.
    func room(
        _ id: LivechatRoomID,
        _ document: BSONDocument,
        _ source: Source,
        _ plan: ImportPlan
    ) throws -> FixtureRoom {
        let servedBy = try user(
            document["servedBy"]?.document?["_id"],
            "served by a user who is not imported: served by nobody",
            source,
            plan
        )
        let department = try department(document["departmentId"], source, plan)
        return FixtureRoom { room in
            room.id = id
            room.kind = document["t"]?.text
            room.open = isOpen(document)
            room.servedBy = Given(servedBy)
            room.departmentID = Given(department)
            room.visitorToken = Given(document["v"]?.document?["token"]?.text.map { LivechatVisitorToken($0) })
        }
    }

    private func department(
        _ value: BSONValue?,
        _ source: Source,
        _ plan: ImportPlan
    ) throws -> LivechatDepartmentID? {
        guard let text = value?.reference else { return nil }
        let id = try? LivechatDepartmentID(text)
        if let id, plan.departments[id] != nil { return id }
        if let id, plan.units.contains(id) {
            findings.skip("its department is a unit: no department", source)
        } else {
            try findings.dangling("its department is not imported: no department", source)
        }
        return nil
    }

    func user(
        _ value: BSONValue?,
        _ what: String,
        _ source: Source,
        _ plan: ImportPlan
    ) throws -> LivechatUserID? {
        guard let text = value?.reference else { return nil }
        if let id = try? LivechatUserID(text), plan.userIndices[id] != nil { return id }
        try findings.dangling(what, source)
        return nil
    }
}
#endif
