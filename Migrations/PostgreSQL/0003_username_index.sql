-- A host's login looks users up by their names, which several may share. A hash: a name has no greatest length.
CREATE INDEX livechat_user_by_username ON livechat_user USING hash (username);
