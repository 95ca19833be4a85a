"""Server-Sent Events with Python's standard library. Reconnects, and resumes after the last id."""

import http.client
import json
import sys
import time
import urllib.parse

url = urllib.parse.urlsplit(sys.argv[1])
target = url.path + ("?" + url.query if url.query else "")
last_id, retry = None, 1.0


def follow():
    global last_id, retry
    connection = http.client.HTTPConnection(url.netloc, timeout=60)
    headers = {"Accept": "text/event-stream"}
    if last_id is not None:
        headers["Last-Event-ID"] = last_id
    connection.request("GET", target, headers=headers)
    event, data = None, []
    for line in connection.getresponse():
        name, _, value = line.decode().rstrip("\r\n").partition(": ")
        if name == "id":
            last_id = value
        elif name == "event":
            event = value
        elif name == "data":
            data.append(value)
        elif name == "retry":
            retry = int(value) / 1000
        elif name == "":
            if data:
                print(json.dumps({"id": last_id, "event": event, "data": "\n".join(data)}), flush=True)
            event, data = None, []


while True:
    try:
        follow()
    except (OSError, http.client.HTTPException):
        pass  # the node is not there
    time.sleep(retry)
