public import LivechatValues

// The roles of a new database.
extension LivechatRole {
    /// `admin`.
    public static let admin = LivechatRoleID(stored: "admin")
    /// `anonymous`.
    public static let anonymous = LivechatRoleID(stored: "anonymous")
    /// `app`.
    public static let app = LivechatRoleID(stored: "app")
    /// `bot`.
    public static let bot = LivechatRoleID(stored: "bot")
    /// `federated-external`.
    public static let federatedExternal = LivechatRoleID(stored: "federated-external")
    /// `guest`.
    public static let guest = LivechatRoleID(stored: "guest")
    /// `leader`.
    public static let leader = LivechatRoleID(stored: "leader")
    /// `livechat-agent`.
    public static let livechatAgent = LivechatRoleID(stored: "livechat-agent")
    /// `livechat-manager`.
    public static let livechatManager = LivechatRoleID(stored: "livechat-manager")
    /// `livechat-monitor`.
    public static let livechatMonitor = LivechatRoleID(stored: "livechat-monitor")
    /// `moderator`.
    public static let moderator = LivechatRoleID(stored: "moderator")
    /// `owner`.
    public static let owner = LivechatRoleID(stored: "owner")
    /// `user`.
    public static let user = LivechatRoleID(stored: "user")

    /// The roles of a new database, in the order of their ids (contract C5).
    public static let defaults = [
        admin, anonymous, app, bot, federatedExternal, guest, leader, livechatAgent, livechatManager, livechatMonitor,
        moderator, owner, user,
    ]
}
