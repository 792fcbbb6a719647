public import LivechatValues

// The permissions that a new database starts with and that this package itself does not ask for: names for a host's own
// endpoints, as in `LivechatLogin(service, requiring: LivechatPermission.closeLivechatRoom)`.
extension LivechatPermission {
    /// `access-permissions`.
    public static let accessPermissions = LivechatPermissionID(stored: "access-permissions")
    /// `add-livechat-department-agents`.
    public static let addLivechatDepartmentAgents = LivechatPermissionID(stored: "add-livechat-department-agents")
    /// `block-livechat-contact`.
    public static let blockLivechatContact = LivechatPermissionID(stored: "block-livechat-contact")
    /// `change-livechat-room-visitor`.
    public static let changeLivechatRoomVisitor = LivechatPermissionID(stored: "change-livechat-room-visitor")
    /// `close-livechat-room`.
    public static let closeLivechatRoom = LivechatPermissionID(stored: "close-livechat-room")
    /// `close-others-livechat-room`.
    public static let closeOthersLivechatRoom = LivechatPermissionID(stored: "close-others-livechat-room")
    /// `create-livechat-contact`.
    public static let createLivechatContact = LivechatPermissionID(stored: "create-livechat-contact")
    /// `delete-livechat-contact`.
    public static let deleteLivechatContact = LivechatPermissionID(stored: "delete-livechat-contact")
    /// `edit-livechat-room-customfields`.
    public static let editLivechatRoomCustomFields = LivechatPermissionID(stored: "edit-livechat-room-customfields")
    /// `edit-omnichannel-contact`.
    public static let editOmnichannelContact = LivechatPermissionID(stored: "edit-omnichannel-contact")
    /// `manage-email-inbox`.
    public static let manageEmailInbox = LivechatPermissionID(stored: "manage-email-inbox")
    /// `manage-livechat-agents`.
    public static let manageLivechatAgents = LivechatPermissionID(stored: "manage-livechat-agents")
    /// `manage-livechat-canned-responses`.
    public static let manageLivechatCannedResponses = LivechatPermissionID(stored: "manage-livechat-canned-responses")
    /// `manage-livechat-departments`.
    public static let manageLivechatDepartments = LivechatPermissionID(stored: "manage-livechat-departments")
    /// `manage-livechat-managers`.
    public static let manageLivechatManagers = LivechatPermissionID(stored: "manage-livechat-managers")
    /// `manage-livechat-monitors`.
    public static let manageLivechatMonitors = LivechatPermissionID(stored: "manage-livechat-monitors")
    /// `manage-livechat-priorities`.
    public static let manageLivechatPriorities = LivechatPermissionID(stored: "manage-livechat-priorities")
    /// `manage-livechat-sla`.
    public static let manageLivechatSLA = LivechatPermissionID(stored: "manage-livechat-sla")
    /// `manage-livechat-tags`.
    public static let manageLivechatTags = LivechatPermissionID(stored: "manage-livechat-tags")
    /// `manage-livechat-units`.
    public static let manageLivechatUnits = LivechatPermissionID(stored: "manage-livechat-units")
    /// `on-hold-livechat-room`.
    public static let onHoldLivechatRoom = LivechatPermissionID(stored: "on-hold-livechat-room")
    /// `on-hold-others-livechat-room`.
    public static let onHoldOthersLivechatRoom = LivechatPermissionID(stored: "on-hold-others-livechat-room")
    /// `outbound-voip-calls`.
    public static let outboundVoIPCalls = LivechatPermissionID(stored: "outbound-voip-calls")
    /// `remove-closed-livechat-room`.
    public static let removeClosedLivechatRoom = LivechatPermissionID(stored: "remove-closed-livechat-room")
    /// `remove-closed-livechat-rooms`.
    public static let removeClosedLivechatRooms = LivechatPermissionID(stored: "remove-closed-livechat-rooms")
    /// `remove-livechat-department`.
    public static let removeLivechatDepartment = LivechatPermissionID(stored: "remove-livechat-department")
    /// `request-pdf-transcript`.
    public static let requestPDFTranscript = LivechatPermissionID(stored: "request-pdf-transcript")
    /// `save-others-livechat-room-info`.
    public static let saveOthersLivechatRoomInfo = LivechatPermissionID(stored: "save-others-livechat-room-info")
    /// `send-omnichannel-chat-transcript`.
    public static let sendOmnichannelChatTranscript = LivechatPermissionID(stored: "send-omnichannel-chat-transcript")
    /// `spy-voip-calls`.
    public static let spyVoIPCalls = LivechatPermissionID(stored: "spy-voip-calls")
    /// `transfer-livechat-guest`.
    public static let transferLivechatGuest = LivechatPermissionID(stored: "transfer-livechat-guest")
    /// `update-livechat-contact`.
    public static let updateLivechatContact = LivechatPermissionID(stored: "update-livechat-contact")
    /// `view-joined-room`.
    public static let viewJoinedRoom = LivechatPermissionID(stored: "view-joined-room")
    /// `view-livechat-analytics`.
    public static let viewLivechatAnalytics = LivechatPermissionID(stored: "view-livechat-analytics")
    /// `view-livechat-appearance`.
    public static let viewLivechatAppearance = LivechatPermissionID(stored: "view-livechat-appearance")
    /// `view-livechat-business-hours`.
    public static let viewLivechatBusinessHours = LivechatPermissionID(stored: "view-livechat-business-hours")
    /// `view-livechat-contact`.
    public static let viewLivechatContact = LivechatPermissionID(stored: "view-livechat-contact")
    /// `view-livechat-contact-history`.
    public static let viewLivechatContactHistory = LivechatPermissionID(stored: "view-livechat-contact-history")
    /// `view-livechat-customfields`.
    public static let viewLivechatCustomFields = LivechatPermissionID(stored: "view-livechat-customfields")
    /// `view-livechat-departments`.
    public static let viewLivechatDepartments = LivechatPermissionID(stored: "view-livechat-departments")
    /// `view-livechat-installation`.
    public static let viewLivechatInstallation = LivechatPermissionID(stored: "view-livechat-installation")
    /// `view-livechat-manager`.
    public static let viewLivechatManager = LivechatPermissionID(stored: "view-livechat-manager")
    /// `view-livechat-queue`.
    public static let viewLivechatQueue = LivechatPermissionID(stored: "view-livechat-queue")
    /// `view-livechat-real-time-monitoring`.
    public static let viewLivechatRealTimeMonitoring = LivechatPermissionID(
        stored: "view-livechat-real-time-monitoring"
    )
    /// `view-livechat-reports`.
    public static let viewLivechatReports = LivechatPermissionID(stored: "view-livechat-reports")
    /// `view-livechat-room-customfields`.
    public static let viewLivechatRoomCustomFields = LivechatPermissionID(stored: "view-livechat-room-customfields")
    /// `view-livechat-triggers`.
    public static let viewLivechatTriggers = LivechatPermissionID(stored: "view-livechat-triggers")
    /// `view-livechat-webhooks`.
    public static let viewLivechatWebhooks = LivechatPermissionID(stored: "view-livechat-webhooks")
    /// `view-omnichannel-contact-center`.
    public static let viewOmnichannelContactCenter = LivechatPermissionID(stored: "view-omnichannel-contact-center")

    /// Every permission of a new database, in the order of their ids (contract C5).
    public static let defaults = [
        accessPermissions, addLivechatDepartmentAgents, bypassRateLimit, blockLivechatContact,
        changeLivechatRoomVisitor, closeLivechatRoom, closeOthersLivechatRoom, createLivechatContact,
        deleteLivechatContact, editLivechatRoomCustomFields, editOmnichannelContact, manageEmailInbox,
        manageLivechatAgents, manageLivechatCannedResponses, manageLivechatDepartments, manageLivechatManagers,
        manageLivechatMonitors, manageLivechatPriorities, manageLivechatSLA, manageLivechatTags, manageLivechatUnits,
        onHoldLivechatRoom, onHoldOthersLivechatRoom, outboundVoIPCalls, removeClosedLivechatRoom,
        removeClosedLivechatRooms, removeLivechatDepartment, requestPDFTranscript, saveOthersLivechatRoomInfo,
        sendOmnichannelChatTranscript, spyVoIPCalls, transferLivechatGuest, updateLivechatContact, viewJoinedRoom,
        viewLivechatRoom, viewLivechatAnalytics, viewLivechatAppearance, viewLivechatBusinessHours,
        viewLivechatContact, viewLivechatContactHistory, viewLivechatCustomFields, viewLivechatDepartments,
        viewLivechatInstallation, viewLivechatManager, viewLivechatQueue, viewLivechatRealTimeMonitoring,
        viewLivechatReports, viewRoomClosedByAnotherAgent, viewRoomClosedInSameDepartment,
        viewLivechatRoomCustomFields, viewLivechatRooms, viewLivechatTriggers, viewLivechatWebhooks,
        viewOmnichannelContactCenter,
    ]
}
