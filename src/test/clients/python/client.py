"""Server-Sent Events with Python's standard library. Reconnects, and resumes after the last id."""

import http.client
import json
import sys
import time
import urllib.parse

url = urllib.parse.urlsplit(sys.argv[1])
target = url.path + ("?" + url.query if url.query else "")
last_id, retry = None, "1000"


def follow():
    global last_id, retry
    connection = http.client.HTTPConnection(url.netloc, timeout=60)
    connection.request("GET", target, headers={"Last-Event-ID": last_id} if last_id else {})
    block = {}
    for line in connection.getresponse():
        name, _, value = line.decode().rstrip("\r\n").partition(": ")
        if name:
            block.setdefault(name, []).append(value)
            continue
        last_id = block.get("id", [last_id])[-1]  # only now: a block that was cut off does not count
        retry = block.get("retry", [retry])[-1]
        event = block.get("event", [None])[-1]
        if "data" in block:
            print(json.dumps({"id": last_id, "event": event, "data": "\n".join(block["data"])}), flush=True)
        block = {}


while True:
    try:
        follow()
    except (OSError, http.client.HTTPException):
        pass  # the node is not there
    time.sleep(int(retry) / 1000)
