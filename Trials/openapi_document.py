"""Reads the server's OpenAPI document and writes it with the ids and tokens of the trial's fixture, which nobody would guess."""

import json
import sys

HINTS = {
    "X-User-Id": ["ann", "ben"],
    "X-Auth-Token": ["anns-token", "bens-token"],
    "roomId": ["served", "elsewhere", "closed"],
}

document = json.load(sys.stdin)
(operation,) = (path["get"] for path in document["paths"].values())
# As parameters of any value: as keys of the document they would be sent as they should be.
del operation["security"]
schemes = document.pop("components")["securitySchemes"]
headers = [{"name": scheme["name"], "in": "header", "required": True} for scheme in schemes.values()]
operation["parameters"] = headers + operation["parameters"]
for parameter in operation["parameters"]:
    parameter["schema"] = {"anyOf": [{"type": "string", "enum": HINTS[parameter["name"]]}, {"type": "string"}]}
json.dump(document, sys.stdout)
