"""Publishes, asks, and tries what it may not, over the TCP bridge; a line of JSON for each thing that comes back."""

import json
import socket
import struct
import sys

bridge = socket.create_connection(("127.0.0.1", int(sys.argv[1])))
frames = bridge.makefile("rb")


def say(**message):
    body = json.dumps(message).encode()
    bridge.sendall(struct.pack(">I", len(body)) + body)


def hear():
    (length,) = struct.unpack(">I", frames.read(4))
    return json.loads(frames.read(length))


def tell(**line):
    print(json.dumps(line, separators=(",", ":")), flush=True)


say(type="register", address="ears")
say(type="publish", address="ticks", body={"from": "python"})
say(type="send", address="sluice.events", body={"asked": "python"}, replyAddress="1", headers={"topic": "requests"})
tell(id=hear()["body"])
say(type="send", address="sluice.events", body=1, replyAddress="2", headers={"type": "close"})
tell(code=hear()["failureCode"])
say(type="publish", address="ears", body="to myself")
tell(heard=hear()["body"])
say(type="publish", address="other", body="not permitted")
tell(error=hear()["message"])
