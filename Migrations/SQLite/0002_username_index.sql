-- A host's login looks users up by their names, which several may share.
CREATE INDEX livechat_user_by_username ON livechat_user (username);
