public import LivechatValues

// The permissions that a new database starts with and that this package itself does not ask for: names for a host's own
// endpoints, as in `LivechatLogin(service, requiring: .closeLivechatRoom)`.
extension LivechatID where Entity == LivechatPermission {
    /// `access-permissions`.
    public static var accessPermissions: Self { Self(stored: "access-permissions") }
    /// `add-livechat-department-agents`.
    public static var addLivechatDepartmentAgents: Self { Self(stored: "add-livechat-department-agents") }
    /// `block-livechat-contact`.
    public static var blockLivechatContact: Self { Self(stored: "block-livechat-contact") }
    /// `change-livechat-room-visitor`.
    public static var changeLivechatRoomVisitor: Self { Self(stored: "change-livechat-room-visitor") }
    /// `close-livechat-room`.
    public static var closeLivechatRoom: Self { Self(stored: "close-livechat-room") }
    /// `close-others-livechat-room`.
    public static var closeOthersLivechatRoom: Self { Self(stored: "close-others-livechat-room") }
    /// `create-livechat-contact`.
    public static var createLivechatContact: Self { Self(stored: "create-livechat-contact") }
    /// `delete-livechat-contact`.
    public static var deleteLivechatContact: Self { Self(stored: "delete-livechat-contact") }
    /// `edit-livechat-room-customfields`.
    public static var editLivechatRoomCustomFields: Self { Self(stored: "edit-livechat-room-customfields") }
    /// `edit-omnichannel-contact`.
    public static var editOmnichannelContact: Self { Self(stored: "edit-omnichannel-contact") }
    /// `manage-email-inbox`.
    public static var manageEmailInbox: Self { Self(stored: "manage-email-inbox") }
    /// `manage-livechat-agents`.
    public static var manageLivechatAgents: Self { Self(stored: "manage-livechat-agents") }
    /// `manage-livechat-canned-responses`.
    public static var manageLivechatCannedResponses: Self { Self(stored: "manage-livechat-canned-responses") }
    /// `manage-livechat-departments`.
    public static var manageLivechatDepartments: Self { Self(stored: "manage-livechat-departments") }
    /// `manage-livechat-managers`.
    public static var manageLivechatManagers: Self { Self(stored: "manage-livechat-managers") }
    /// `manage-livechat-monitors`.
    public static var manageLivechatMonitors: Self { Self(stored: "manage-livechat-monitors") }
    /// `manage-livechat-priorities`.
    public static var manageLivechatPriorities: Self { Self(stored: "manage-livechat-priorities") }
    /// `manage-livechat-sla`.
    public static var manageLivechatSLA: Self { Self(stored: "manage-livechat-sla") }
    /// `manage-livechat-tags`.
    public static var manageLivechatTags: Self { Self(stored: "manage-livechat-tags") }
    /// `manage-livechat-units`.
    public static var manageLivechatUnits: Self { Self(stored: "manage-livechat-units") }
    /// `on-hold-livechat-room`.
    public static var onHoldLivechatRoom: Self { Self(stored: "on-hold-livechat-room") }
    /// `on-hold-others-livechat-room`.
    public static var onHoldOthersLivechatRoom: Self { Self(stored: "on-hold-others-livechat-room") }
    /// `outbound-voip-calls`.
    public static var outboundVoIPCalls: Self { Self(stored: "outbound-voip-calls") }
    /// `remove-closed-livechat-room`.
    public static var removeClosedLivechatRoom: Self { Self(stored: "remove-closed-livechat-room") }
    /// `remove-closed-livechat-rooms`.
    public static var removeClosedLivechatRooms: Self { Self(stored: "remove-closed-livechat-rooms") }
    /// `remove-livechat-department`.
    public static var removeLivechatDepartment: Self { Self(stored: "remove-livechat-department") }
    /// `request-pdf-transcript`.
    public static var requestPDFTranscript: Self { Self(stored: "request-pdf-transcript") }
    /// `save-others-livechat-room-info`.
    public static var saveOthersLivechatRoomInfo: Self { Self(stored: "save-others-livechat-room-info") }
    /// `send-omnichannel-chat-transcript`.
    public static var sendOmnichannelChatTranscript: Self { Self(stored: "send-omnichannel-chat-transcript") }
    /// `spy-voip-calls`.
    public static var spyVoIPCalls: Self { Self(stored: "spy-voip-calls") }
    /// `transfer-livechat-guest`.
    public static var transferLivechatGuest: Self { Self(stored: "transfer-livechat-guest") }
    /// `update-livechat-contact`.
    public static var updateLivechatContact: Self { Self(stored: "update-livechat-contact") }
    /// `view-joined-room`.
    public static var viewJoinedRoom: Self { Self(stored: "view-joined-room") }
    /// `view-livechat-analytics`.
    public static var viewLivechatAnalytics: Self { Self(stored: "view-livechat-analytics") }
    /// `view-livechat-appearance`.
    public static var viewLivechatAppearance: Self { Self(stored: "view-livechat-appearance") }
    /// `view-livechat-business-hours`.
    public static var viewLivechatBusinessHours: Self { Self(stored: "view-livechat-business-hours") }
    /// `view-livechat-contact`.
    public static var viewLivechatContact: Self { Self(stored: "view-livechat-contact") }
    /// `view-livechat-contact-history`.
    public static var viewLivechatContactHistory: Self { Self(stored: "view-livechat-contact-history") }
    /// `view-livechat-customfields`.
    public static var viewLivechatCustomFields: Self { Self(stored: "view-livechat-customfields") }
    /// `view-livechat-departments`.
    public static var viewLivechatDepartments: Self { Self(stored: "view-livechat-departments") }
    /// `view-livechat-installation`.
    public static var viewLivechatInstallation: Self { Self(stored: "view-livechat-installation") }
    /// `view-livechat-manager`.
    public static var viewLivechatManager: Self { Self(stored: "view-livechat-manager") }
    /// `view-livechat-queue`.
    public static var viewLivechatQueue: Self { Self(stored: "view-livechat-queue") }
    /// `view-livechat-real-time-monitoring`.
    public static var viewLivechatRealTimeMonitoring: Self { Self(stored: "view-livechat-real-time-monitoring") }
    /// `view-livechat-reports`.
    public static var viewLivechatReports: Self { Self(stored: "view-livechat-reports") }
    /// `view-livechat-room-customfields`.
    public static var viewLivechatRoomCustomFields: Self { Self(stored: "view-livechat-room-customfields") }
    /// `view-livechat-triggers`.
    public static var viewLivechatTriggers: Self { Self(stored: "view-livechat-triggers") }
    /// `view-livechat-webhooks`.
    public static var viewLivechatWebhooks: Self { Self(stored: "view-livechat-webhooks") }
    /// `view-omnichannel-contact-center`.
    public static var viewOmnichannelContactCenter: Self { Self(stored: "view-omnichannel-contact-center") }

    /// Every permission of a new database, in the order of their ids (contract C5).
    public static var defaults: [Self] {
        [
            accessPermissions, addLivechatDepartmentAgents, bypassRateLimit, blockLivechatContact,
            changeLivechatRoomVisitor, closeLivechatRoom, closeOthersLivechatRoom, createLivechatContact,
            deleteLivechatContact, editLivechatRoomCustomFields, editOmnichannelContact, manageEmailInbox,
            manageLivechatAgents, manageLivechatCannedResponses, manageLivechatDepartments, manageLivechatManagers,
            manageLivechatMonitors, manageLivechatPriorities, manageLivechatSLA, manageLivechatTags,
            manageLivechatUnits,
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
}
