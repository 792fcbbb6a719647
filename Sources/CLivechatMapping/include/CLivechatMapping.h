#ifndef CLIVECHATMAPPING_H
#define CLIVECHATMAPPING_H

/// Registers the default VFS once more under a name of its own, with files that keep their memory mapping over commits.
/// Returns the name, or NULL where that cannot be done; on other systems than Linux always NULL.
const char *livechat_mapping_vfs(void);

#endif
