"""What schemathesis does not check by itself: the bytes of a body, and that every kind of answer was seen."""

import collections
import json
import os
import pathlib

import schemathesis

DOCUMENT = json.loads(pathlib.Path(os.environ["LIVECHAT_JOIN_DOCUMENT"]).read_text())
RESPONSES = DOCUMENT["paths"]["/api/v1/livechat/room.join"]["get"]["responses"]
BODIES = {
    int(status): [
        json.dumps(example["value"], separators=(",", ":")).encode()
        for example in response["content"]["application/json"]["examples"].values()
    ]
    for status, response in RESPONSES.items()
}
SEEN = pathlib.Path(os.environ["LIVECHAT_JOIN_SEEN"])
seen = collections.Counter(json.loads(SEEN.read_text()) if SEEN.exists() else {})


@schemathesis.check
def exact_bytes(ctx, response, case):
    assert response.content in BODIES.get(response.status_code, []), f"not a body of the contract: {response.content}"
    seen[str(response.status_code)] += 1
    SEEN.write_text(json.dumps(seen))
