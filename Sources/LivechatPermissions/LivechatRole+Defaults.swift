public import LivechatValues

// The roles of a new database.
extension LivechatID where Entity == LivechatRole {
    /// `admin`.
    public static var admin: Self { Self(stored: "admin") }
    /// `anonymous`.
    public static var anonymous: Self { Self(stored: "anonymous") }
    /// `app`.
    public static var app: Self { Self(stored: "app") }
    /// `bot`.
    public static var bot: Self { Self(stored: "bot") }
    /// `federated-external`.
    public static var federatedExternal: Self { Self(stored: "federated-external") }
    /// `guest`.
    public static var guest: Self { Self(stored: "guest") }
    /// `leader`.
    public static var leader: Self { Self(stored: "leader") }
    /// `livechat-agent`.
    public static var livechatAgent: Self { Self(stored: "livechat-agent") }
    /// `livechat-manager`.
    public static var livechatManager: Self { Self(stored: "livechat-manager") }
    /// `livechat-monitor`.
    public static var livechatMonitor: Self { Self(stored: "livechat-monitor") }
    /// `moderator`.
    public static var moderator: Self { Self(stored: "moderator") }
    /// `owner`.
    public static var owner: Self { Self(stored: "owner") }
    /// `user`.
    public static var user: Self { Self(stored: "user") }

    /// The roles of a new database, in the order of their ids (contract C5).
    public static var defaults: [Self] {
        [
            admin, anonymous, app, bot, federatedExternal, guest, leader, livechatAgent, livechatManager,
            livechatMonitor,
            moderator, owner, user,
        ]
    }
}
